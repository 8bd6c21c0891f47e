//! What stands in the place of `handover` in a client that neither puts messages together nor takes
//! any apart.

use crate::client::Event;
use crate::client::core::Core;
use crate::client::receiving::incoming::Incoming;

impl Core<'_> {
    pub(crate) fn ready(&self) -> Option<usize> {
        None
    }

    pub(crate) fn hand_over(&self, _: usize) -> Option<Event<'static>> {
        None
    }
}

impl Incoming<'_> {
    pub(crate) fn sweep(&self) {}
}

//! What stands in the place of `datagrams` in a client that speaks over streams only.

use super::Config;
use super::core::Core;
use super::receiving::inbox::Kept;

/// None ever go or come.
pub(super) struct Datagrams;

impl Datagrams {
    pub(super) fn new(_: &Config<'_>, _: u64) -> Self {
        Self
    }

    pub(super) fn is_on(&self) -> bool {
        false
    }

    pub(super) fn stop(&self) {}

    pub(super) fn transmitted(&self) {}

    pub(super) fn can_accept(&self) -> bool {
        false
    }

    pub(super) fn next_deadline(&self) -> Option<u64> {
        None
    }

    pub(super) fn shift(&self, _: u64) {}
}

impl Core<'_> {
    pub(super) fn accept_datagram(&self, _: &mut [u8], _: bool, _: u64) -> Option<Kept> {
        None
    }

    pub(super) fn poll_datagram(&self, _: u64) -> &[u8] {
        &[]
    }
}

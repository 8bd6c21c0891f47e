//! What stands in the place of `topics` in a client that subscribes to none. A message on a topic
//! is taken as any other.

use super::core::Core;
use super::memory::record::Record;
use super::outbox::OutboxSlot;
use super::{Event, Failure};
use crate::coap::{CoapError, Code, Packet, Token};

/// Never.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Standing {}

impl Standing {
    pub(super) fn ends(self) -> bool {
        match self {}
    }

    pub(super) fn ended<'r>(self, _: &OutboxSlot, _: Option<Failure<'r>>) -> Event<'r> {
        match self {}
    }

    pub(super) fn encode(
        self,
        _: Record<'_>,
        _: &[&str],
        _: Token,
        _: &mut [u8],
    ) -> Result<usize, CoapError> {
        match self {}
    }
}

impl Core<'_> {
    pub(super) fn renew_subscriptions(&self) {}

    pub(super) fn standing(&self, _: Token) -> Option<usize> {
        None
    }

    pub(super) fn on_subscription_response(
        &self,
        _: usize,
        code: Code,
        _: &mut [u8],
    ) -> Event<'static> {
        Event::Refused(code)
    }

    pub(super) fn on_notification(&self, _: usize, packet: Packet<'_>, _: u64) -> Event<'static> {
        Event::Refused(packet.code)
    }
}

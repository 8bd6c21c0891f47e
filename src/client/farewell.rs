//! What whoever opens and closes sessions has to know of the client.

use super::Client;
#[cfg(doc)]
use super::Event;
use super::core::Core;

/// Why this session is of no more use although it is open.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[non_exhaustive]
pub enum Farewell {
    /// The server asks to connect again, not before so many seconds: [`Event::Released`].
    Released {
        /// *Hold-Off* of RFC 8323 section 5.5.
        hold_off_s: u32,
    },
    /// One side has given the session up: [`Event::Aborted`] or [`Event::Malformed`].
    Aborted,
    /// The registration was answered 4.01: the server takes the key that opened this session no
    /// longer. A session with a newer one is needed, then another [`Client::register`].
    Unauthorized,
}

impl Client<'_> {
    /// Why this session should be closed and another one opened, if so. An event has said it.
    pub fn farewell(&self) -> Option<Farewell> {
        self.core.outbound.farewell
    }

    /// Whether a request has been sent whose answer has not come yet.
    pub fn awaits_answer(&self) -> bool {
        self.core.awaits_answer()
    }

    /// Whether everything that can go out now has gone.
    pub(crate) fn has_sent_all(&mut self, now: u64) -> bool {
        self.poll_transmit(now).is_empty()
    }
}

impl Core<'_> {
    fn awaits_answer(&self) -> bool {
        let entries = self.outbox.iter().map(|slot| &slot.exchange);
        let sets = self.incoming.shelf.iter().map(|slot| &slot.exchange);
        let mut all = entries.chain(sets).chain(self.membership.exchange());
        all.any(|exchange| exchange.is_waiting())
    }
}

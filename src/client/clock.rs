//! The clock is the caller's, and it goes forward. Where it does not, no harm is done for long.

use super::core::Core;
use super::outbox::Kind;
use super::receiving::incoming::IncomingSlot;

impl Core<'_> {
    /// It is `now` (ms). When that is earlier than before, what is left of each wait stays as it
    /// is: so a clock that jumped ahead and back leaves nothing waiting for the far time.
    pub(super) fn tick(&mut self, now: u64) {
        let back_ms = self.time.saturating_sub(now);
        self.time = now;
        if back_ms == 0 {
            return;
        }
        let shift = |at: &mut u64| *at = at.saturating_sub(back_ms);
        if let Some(exchange) = self.membership.exchange_mut() {
            exchange.shift(back_ms);
        }
        self.refresh_at.iter_mut().for_each(shift);
        for slot in self.outbox.iter_mut() {
            slot.exchange.shift(back_ms);
            slot.gathering.until_mut().into_iter().for_each(shift);
            if let Kind::Segmented(segments) = &mut slot.kind {
                segments.kept_until_mut().into_iter().for_each(shift);
            }
        }
        for slot in self.incoming.shelf.iter_mut() {
            slot.exchange.shift(back_ms);
            if slot.deadline != IncomingSlot::NEVER {
                shift(&mut slot.deadline);
            }
        }
        self.outbound.csm_due.iter_mut().for_each(shift);
        self.datagrams.shift(back_ms);
    }
}

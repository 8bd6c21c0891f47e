//! The clock is the caller's, and it goes forward. Where it does not, no harm is done for long.

use super::Connection;
use super::machine::Phase;

impl<C> Connection<'_, C> {
    /// It is `now` (ms). When that is earlier than before, what is left of each wait stays as it
    /// is: so a clock that jumped ahead and back leaves nothing waiting for the far time.
    pub(super) fn tick(&mut self, now: u64) {
        let back_ms = self.time.saturating_sub(now);
        self.time = now;
        if back_ms == 0 {
            return;
        }
        let shift = |at: &mut u64| *at = at.saturating_sub(back_ms);
        if let Phase::Pausing { until, .. }
        | Phase::Asking { until, .. }
        | Phase::Dialling { until }
        | Phase::Opening { until }
        | Phase::Closing { until, .. } = &mut self.phase
        {
            shift(until);
        }
        shift(&mut self.opened_at);
        shift(&mut self.heard_at);
        self.asked_at.iter_mut().for_each(shift);
    }
}

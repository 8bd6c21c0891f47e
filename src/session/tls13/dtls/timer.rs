//! When to send again (RFC 9147 section 5.8).

use super::config::DtlsConfig;

/// The timer of one flight.
#[derive(Clone, Copy)]
pub(super) struct Timer {
    first_ms: u32,
    max_ms: u32,
    interval_ms: u32,
    due: Option<u64>,
    /// How often it was time since the start.
    tries: u8,
}

impl Timer {
    pub(super) fn new(config: &DtlsConfig<'_>) -> Self {
        let first_ms = config.retransmit_first_ms.max(1);
        Self {
            first_ms,
            max_ms: config.retransmit_max_ms.max(first_ms),
            interval_ms: first_ms,
            due: None,
            tries: 0,
        }
    }

    /// A new flight is on its way.
    pub(super) fn start(&mut self, now: u64) {
        self.interval_ms = self.first_ms;
        self.tries = 0;
        self.due = Some(now.saturating_add(u64::from(self.interval_ms)));
    }

    /// Nothing is waited for.
    pub(super) fn stop(&mut self) {
        self.due = None;
    }

    /// Time went back by so many milliseconds: what is left of the wait stays.
    pub(super) fn shift(&mut self, back_ms: u64) {
        if let Some(due) = &mut self.due {
            *due = due.saturating_sub(back_ms);
        }
    }

    pub(super) fn tries(&self) -> u8 {
        self.tries
    }

    pub(super) fn due(&self) -> Option<u64> {
        self.due
    }

    /// It is time. Waits twice as long from now on.
    pub(super) fn fire(&mut self, now: u64) -> bool {
        if self.due.is_none_or(|due| now < due) {
            return false;
        }
        self.tries = self.tries.saturating_add(1);
        self.interval_ms = self.interval_ms.saturating_mul(2).min(self.max_ms);
        self.due = Some(now.saturating_add(u64::from(self.interval_ms)));
        true
    }
}

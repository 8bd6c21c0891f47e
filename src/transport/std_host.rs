use super::Host;
use core::time::Duration;
use std::time::Instant;

/// How long [`StdHost`] sleeps when there is nothing to do.
const IDLE: Duration = Duration::from_micros(200);

/// The clock of the operating system, counted from the creation of this value.
///
/// Idles by sleeping 0.2 ms.
#[derive(Debug, Clone)]
pub struct StdHost {
    start: Instant,
}

impl StdHost {
    /// A clock that starts at 0 ms now.
    #[must_use]
    pub fn new() -> Self {
        Self {
            start: Instant::now(),
        }
    }
}

impl Default for StdHost {
    fn default() -> Self {
        Self::new()
    }
}

impl Host for StdHost {
    fn now_ms(&mut self) -> u64 {
        u64::try_from(self.start.elapsed().as_millis()).unwrap_or(u64::MAX)
    }

    fn idle(&mut self) {
        std::thread::sleep(IDLE);
    }
}

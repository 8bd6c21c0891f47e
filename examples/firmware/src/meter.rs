//! What a stretch of the program costs: instructions, without those spent waiting for the line, and octets.

use crate::board;
use crate::clock::ticks;
use core::sync::atomic::{AtomicBool, AtomicU32, Ordering::Relaxed};

static WAITED: AtomicU32 = AtomicU32::new(0);
/// When the line was tried in vain.
static SINCE: AtomicU32 = AtomicU32::new(0);
static WAITING: AtomicBool = AtomicBool::new(false);
static SENT: AtomicU32 = AtomicU32::new(0);
static RECEIVED: AtomicU32 = AtomicU32::new(0);

/// The beginning of a stretch.
pub struct Meter {
    ticks: u32,
    waited: u32,
    sent: u32,
    received: u32,
}

/// What a stretch cost.
pub struct Cost {
    /// Instructions, if the emulator runs with `-icount shift=0`: there one takes one nanosecond.
    pub instructions: u64,
    /// Octets to the line.
    pub sent: u32,
    /// Octets from the line.
    pub received: u32,
}

impl Meter {
    /// Begins to count.
    pub fn start() -> Self {
        Self {
            ticks: ticks(),
            waited: WAITED.load(Relaxed),
            sent: SENT.load(Relaxed),
            received: RECEIVED.load(Relaxed),
        }
    }

    /// The cost since the start. A stretch of more than 171 s wraps.
    pub fn stop(self) -> Cost {
        let waited = WAITED.load(Relaxed).wrapping_sub(self.waited);
        let worked = ticks().wrapping_sub(self.ticks).wrapping_sub(waited);
        Cost {
            instructions: u64::from(worked) * u64::from(1_000_000_000 / board::TIMER_HZ),
            sent: SENT.load(Relaxed).wrapping_sub(self.sent),
            received: RECEIVED.load(Relaxed).wrapping_sub(self.received),
        }
    }
}

/// The line had nothing, or took nothing. Who has other work goes on with that: it is no waiting yet.
pub(crate) fn in_vain() {
    if !WAITING.load(Relaxed) {
        SINCE.store(ticks(), Relaxed);
    }
}

/// There is nothing to do: since the line was tried in vain, it is waited for.
pub(crate) fn idle() {
    WAITING.store(true, Relaxed);
}

/// The line moves again.
pub(crate) fn moved() {
    if WAITING.load(Relaxed) {
        WAITING.store(false, Relaxed);
        add(&WAITED, ticks().wrapping_sub(SINCE.load(Relaxed)));
    }
}

/// Does what is the line's work, not that of the program: it is not counted.
pub(crate) fn aside<T>(work: impl FnOnce() -> T) -> T {
    let since = ticks();
    let done = work();
    add(&WAITED, ticks().wrapping_sub(since));
    done
}

/// Octets went out.
pub(crate) fn sent(octets: usize) {
    add(&SENT, octets as u32);
}

/// Octets came in.
pub(crate) fn received(octets: usize) {
    add(&RECEIVED, octets as u32);
}

/// Load and store: Cortex-M0 has no more, and nobody interrupts.
fn add(counter: &AtomicU32, more: u32) {
    counter.store(counter.load(Relaxed).wrapping_add(more), Relaxed);
}

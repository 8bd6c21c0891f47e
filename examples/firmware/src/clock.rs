//! A clock over the CMSDK timer 0: a 32-bit down counter without interrupts.

use crate::{board, meter};
use core::ptr::{read_volatile, write_volatile};
use core::sync::atomic::{AtomicU32, Ordering::Relaxed};
use msgin5g::transport::Host;

const CTRL: usize = board::TIMER0;
const VALUE: usize = board::TIMER0 + 0x4;
const RELOAD: usize = board::TIMER0 + 0x8;

/// Ticks up to the last whole millisecond.
static LAST: AtomicU32 = AtomicU32::new(0);
/// Milliseconds until then: low half and high half.
static MS: [AtomicU32; 2] = [AtomicU32::new(0), AtomicU32::new(0)];

/// The board's clock.
///
/// It must be read at least once in a turn of the 32-bit counter, which is 171 s at 25 MHz.
#[derive(Clone, Copy)]
pub struct Clock(());

impl Clock {
    /// Starts the timer at 0.
    pub fn start() -> Self {
        // SAFETY: the three registers belong to timer 0 of the board, which nothing else touches.
        unsafe {
            write_volatile(RELOAD as *mut u32, u32::MAX);
            write_volatile(VALUE as *mut u32, u32::MAX);
            write_volatile(CTRL as *mut u32, 1);
        }
        Self(())
    }
}

impl Host for Clock {
    fn now_ms(&mut self) -> u64 {
        // Divided in 32 bits: in 64 a small core needs a function of 0.9 kB for it. Loads and stores
        // only: Cortex-M0 has nothing else, and nobody interrupts.
        const PER_MS: u32 = board::TIMER_HZ / 1000;
        let [low, high] = &MS;
        let last = LAST.load(Relaxed);
        let passed = ticks().wrapping_sub(last) / PER_MS;
        LAST.store(last.wrapping_add(passed * PER_MS), Relaxed);
        let (ms, carry) = low.load(Relaxed).overflowing_add(passed);
        low.store(ms, Relaxed);
        high.store(high.load(Relaxed) + u32::from(carry), Relaxed);
        (u64::from(high.load(Relaxed)) << 32) | u64::from(ms)
    }

    /// A product sleeps here (`wfi`) until its UART interrupts. A polled UART interrupts nobody.
    fn idle(&mut self) {
        meter::idle();
    }
}

/// Milliseconds of the clock that was started, for those who hold none.
pub fn now_ms() -> u64 {
    Clock(()).now_ms()
}

/// Ticks of the timer since its start, in 32 bits: for differences.
pub fn ticks() -> u32 {
    // SAFETY: reading VALUE has no side effect.
    !unsafe { read_volatile(VALUE as *const u32) }
}

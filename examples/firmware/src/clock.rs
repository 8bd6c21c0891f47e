//! A clock over the CMSDK timer 0: a 32-bit down counter without interrupts.

use crate::board;
use core::cell::Cell;
use core::ptr::{read_volatile, write_volatile};
use msgin5g::transport::Host;

const CTRL: usize = board::TIMER0;
const VALUE: usize = board::TIMER0 + 0x4;
const RELOAD: usize = board::TIMER0 + 0x8;

/// Counts ticks of the board's timer in 64 bits.
///
/// It must be read at least once in a turn of the 32-bit counter, which is 171 s at 25 MHz.
pub struct Clock {
    low: Cell<u32>,
    turns: Cell<u32>,
}

impl Clock {
    /// Starts the timer. There is one timer, so there is one clock: the board makes it.
    pub fn start() -> Self {
        // SAFETY: the three registers belong to timer 0 of the board, which nothing else touches.
        unsafe {
            write_volatile(RELOAD as *mut u32, u32::MAX);
            write_volatile(VALUE as *mut u32, u32::MAX);
            write_volatile(CTRL as *mut u32, 1);
        }
        Self {
            low: Cell::new(0),
            turns: Cell::new(0),
        }
    }

    /// Ticks since the start.
    pub fn ticks(&self) -> u64 {
        // SAFETY: reading VALUE has no side effect.
        let low = !unsafe { read_volatile(VALUE as *const u32) };
        if low < self.low.get() {
            self.turns.set(self.turns.get().wrapping_add(1));
        }
        self.low.set(low);
        (u64::from(self.turns.get()) << 32) | u64::from(low)
    }

    /// Milliseconds since the start.
    pub fn now_ms(&self) -> u64 {
        self.ticks() / u64::from(board::TIMER_HZ / 1000)
    }
}

impl Host for &Clock {
    fn now_ms(&mut self) -> u64 {
        Clock::now_ms(self)
    }

    /// A product sleeps here (`wfi`) until its UART interrupts. A polled UART interrupts nobody.
    fn idle(&mut self) {}
}

/// What a stretch of ticks cost in instructions, when QEMU runs with `-icount shift=0`: one instruction is one nanosecond.
pub fn instructions(ticks: u64) -> u64 {
    ticks * u64::from(1_000_000_000 / board::TIMER_HZ)
}

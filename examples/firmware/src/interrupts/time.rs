//! A clock that goes on while the core sleeps, and an alarm: the CMSDK dual timer, a tick each 256 of its input.
//!
//! There is no periodic tick. A turn of the 32-bit counters is 12 hours at 25 MHz and 15 at 20 MHz.

use super::{Interrupt, allow, tell};
use crate::board::{DUAL_TIMER, TIMER_HZ};
use core::ptr::{read_volatile, write_volatile};
use core::sync::atomic::{AtomicU32, Ordering::Relaxed};
use msgin5g::driver::AsyncHost;
use msgin5g::transport::Host;

const CLOCK_LOAD: usize = DUAL_TIMER;
const CLOCK_VALUE: usize = DUAL_TIMER + 0x4;
const CLOCK_CONTROL: usize = DUAL_TIMER + 0x8;
const ALARM_LOAD: usize = DUAL_TIMER + 0x20;
const ALARM_CONTROL: usize = DUAL_TIMER + 0x28;
const ALARM_INTCLR: usize = DUAL_TIMER + 0x2C;

const ONE_SHOT: u32 = 1 << 0;
const SIZE_32: u32 = 1 << 1;
const PRESCALE_256: u32 = 2 << 2;
const INTERRUPT: u32 = 1 << 5;
const ENABLE: u32 = 1 << 7;

/// A tick is so many parts of 3125 of a millisecond: 10.24 or 12.8 microseconds.
const PARTS: u32 = 256_000 * 3125 / TIMER_HZ;
const MS: u32 = 3125;

/// The alarm is never set later than this, so that the clock is read in time: 6 hours.
const LATEST_MS: u64 = 6 * 3_600_000;

/// How often the alarm has rung.
static RUNG: AtomicU32 = AtomicU32::new(0);

/// The clock and its alarm. There is one.
pub struct Time {
    /// When the counter was read last.
    ticks: u32,
    /// Milliseconds until then, and what is left over, in parts.
    ms: u64,
    parts: u32,
    /// When the alarm rings, and how often it had rung before.
    alarm: Option<(u64, u32)>,
    /// How often a task has waited.
    waited: u32,
}

impl Time {
    /// Starts the clock at 0.
    pub fn start() -> Self {
        // SAFETY: the registers belong to the dual timer of the board, which nothing but this module touches.
        unsafe {
            write_volatile(CLOCK_LOAD as *mut u32, u32::MAX);
            write_volatile(CLOCK_CONTROL as *mut u32, ENABLE | SIZE_32 | PRESCALE_256);
        }
        allow(Interrupt::Timer);
        Self {
            ticks: ticks(),
            ms: 0,
            parts: 0,
            alarm: None,
            waited: 0,
        }
    }

    /// Has the alarm ring at this time (ms), or never; one that has passed rings at once.
    pub fn set_alarm(&mut self, at: Option<u64>) {
        let alarm = at.map(|at| (at, self.rung()));
        if self.alarm == alarm {
            return;
        }
        self.alarm = alarm;
        // SAFETY: as above. Off before it is loaded; what it may have asked for is taken back.
        unsafe {
            write_volatile(ALARM_CONTROL as *mut u32, SIZE_32);
            write_volatile(ALARM_INTCLR as *mut u32, 1);
        }
        let Some(at) = at else { return };
        let ms = at.saturating_sub(Host::now_ms(self)).min(LATEST_MS);
        // Rounded up: it must not ring before its time, when there is nothing to do yet.
        let ticks = (ms * u64::from(MS)).div_ceil(u64::from(PARTS)).max(1);
        // SAFETY: as above.
        unsafe {
            write_volatile(ALARM_LOAD as *mut u32, ticks as u32);
            write_volatile(
                ALARM_CONTROL as *mut u32,
                ENABLE | INTERRUPT | SIZE_32 | PRESCALE_256 | ONE_SHOT,
            );
        }
    }

    /// How often a task has waited, by [`AsyncHost`].
    pub fn waited(&self) -> u32 {
        self.waited
    }

    /// How often the alarm has rung.
    pub fn rung(&self) -> u32 {
        RUNG.load(Relaxed)
    }
}

impl Host for Time {
    fn now_ms(&mut self) -> u64 {
        let ticks = ticks();
        let passed = ticks.wrapping_sub(self.ticks);
        self.ticks = ticks;
        let parts = u64::from(passed) * u64::from(PARTS) + u64::from(self.parts);
        self.ms += parts / u64::from(MS);
        self.parts = (parts % u64::from(MS)) as u32;
        self.ms
    }

    fn idle(&mut self) {
        super::sleep();
    }
}

/// For a task: the same clock, and it is woken by the alarm and by the UART.
impl AsyncHost for Time {
    fn now_ms(&mut self) -> u64 {
        Host::now_ms(self)
    }

    async fn wait_until(&mut self, until: u64) {
        if until > Host::now_ms(self) {
            self.set_alarm(Some(until));
            super::wait().await;
            self.waited += 1;
        }
    }
}

fn ticks() -> u32 {
    // SAFETY: reading VALUE has no side effect.
    !unsafe { read_volatile(CLOCK_VALUE as *const u32) }
}

/// The alarm rings.
pub(super) extern "C" fn rings() {
    // SAFETY: INTCLR takes the request back and does nothing else.
    unsafe { write_volatile(ALARM_INTCLR as *mut u32, 1) };
    RUNG.store(RUNG.load(Relaxed).wrapping_add(1), Relaxed);
    tell();
}

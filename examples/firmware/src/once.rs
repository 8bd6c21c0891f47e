//! A static that is given out once, for what is too large to be built on the stack.

use core::cell::UnsafeCell;
use core::sync::atomic::{AtomicBool, Ordering::Relaxed};

/// Memory that belongs to whoever takes it first.
pub struct Once<T> {
    taken: AtomicBool,
    value: UnsafeCell<T>,
}

// SAFETY: the one reference to the value is handed out with interrupts off.
unsafe impl<T> Sync for Once<T> {}

impl<T> Once<T> {
    /// Holds the value, which lies in static RAM from the beginning.
    pub const fn new(value: T) -> Self {
        Self {
            taken: AtomicBool::new(false),
            value: UnsafeCell::new(value),
        }
    }

    /// The value, the first time.
    #[expect(
        clippy::mut_from_ref,
        reason = "the flag sees to it that there is one reference"
    )]
    pub fn take(&self) -> Option<&mut T> {
        cortex_m::interrupt::free(|_| {
            if self.taken.load(Relaxed) {
                return None;
            }
            self.taken.store(true, Relaxed);
            // SAFETY: the flag was down, so this is the first and only reference.
            Some(unsafe { &mut *self.value.get() })
        })
    }
}

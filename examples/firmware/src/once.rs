//! Static memory that is given out once, for what is too large for the stack.

use core::cell::UnsafeCell;
use core::mem::MaybeUninit;
use core::sync::atomic::{AtomicBool, Ordering::Relaxed};

/// Memory that belongs to whoever takes it first. It costs RAM only: its contents are made at run time, not kept in flash.
pub struct Once<T> {
    taken: AtomicBool,
    value: UnsafeCell<MaybeUninit<T>>,
}

// SAFETY: the one reference to the value is handed out with interrupts off.
unsafe impl<T> Sync for Once<T> {}

impl<T> Once<T> {
    /// Memory that nobody has taken yet.
    pub const fn new() -> Self {
        Self {
            taken: AtomicBool::new(false),
            value: UnsafeCell::new(MaybeUninit::uninit()),
        }
    }

    /// The memory with what `make` makes, the first time; `None` after that.
    #[inline(never)]
    #[expect(
        clippy::mut_from_ref,
        reason = "the flag sees to it that there is one reference"
    )]
    pub fn take(&self, make: impl FnOnce() -> T) -> Option<&mut T> {
        cortex_m::interrupt::free(|_| {
            if self.taken.load(Relaxed) {
                return None;
            }
            self.taken.store(true, Relaxed);
            // SAFETY: the flag was down, so this is the first and only reference.
            let memory = unsafe { &mut *self.value.get() };
            Some(memory.write(make()))
        })
    }
}

impl<T> Default for Once<T> {
    fn default() -> Self {
        Self::new()
    }
}

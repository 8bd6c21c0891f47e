//! The caller's memory, given away piece by piece.

use core::mem::MaybeUninit;
use core::ptr::NonNull;

use crate::msgin5g_status as Status;

/// What is left of the memory.
pub struct Arena {
    next: *mut u8,
    left: usize,
}

impl Arena {
    /// # Safety
    /// `size` octets that are nobody else's for as long as what is given away is used.
    pub unsafe fn new(memory: *mut u8, size: usize) -> Self {
        Self {
            next: memory,
            left: size,
        }
    }

    /// Room for `count` of these, not written yet.
    pub fn room<T>(&mut self, count: usize) -> Result<&'static mut [MaybeUninit<T>], Status> {
        let gap = self.next.align_offset(align_of::<T>());
        let octets = size_of::<T>().checked_mul(count);
        let needed = octets.and_then(|octets| octets.checked_add(gap));
        let needed = needed.ok_or(Status::BufferTooSmall)?;
        if needed > self.left {
            return Err(Status::BufferTooSmall);
        }
        let start = self.next.wrapping_add(gap).cast::<MaybeUninit<T>>();
        self.next = self.next.wrapping_add(needed);
        self.left = self.left.saturating_sub(needed);
        // SAFETY: in the memory, aligned, given away once, and it need not be initialised.
        Ok(unsafe { core::slice::from_raw_parts_mut(start, count) })
    }

    /// `count` times this value.
    pub fn filled<T: Copy>(&mut self, count: usize, value: T) -> Result<&'static mut [T], Status> {
        let room = self.room::<T>(count)?;
        for place in room.iter_mut() {
            place.write(value);
        }
        let len = room.len();
        // SAFETY: each of them has just been written.
        Ok(unsafe { core::slice::from_raw_parts_mut(room.as_mut_ptr().cast::<T>(), len) })
    }

    /// One value, that nobody drops.
    #[cfg(any(feature = "embedded-tls", feature = "at"))]
    pub fn put<T>(&mut self, value: T) -> Result<&'static mut T, Status> {
        let room = self.room::<T>(1)?;
        let place = room.first_mut().ok_or(Status::Internal)?;
        Ok(place.write(value))
    }

    /// One value that is made of what is left, and dropped with its owner. Its own place comes first.
    pub fn own<T: 'static>(
        &mut self,
        make: impl FnOnce(&mut Self) -> Result<T, Status>,
    ) -> Result<Owned<T>, Status> {
        let room = self.room::<T>(1)?;
        let place = room.first_mut().ok_or(Status::Internal)?;
        Ok(Owned(NonNull::from(place.write(make(self)?))))
    }
}

/// A value in the caller's memory.
pub struct Owned<T>(NonNull<T>);

impl<T> core::ops::Deref for Owned<T> {
    type Target = T;

    fn deref(&self) -> &T {
        // SAFETY: written, aligned, and nobody else's.
        unsafe { self.0.as_ref() }
    }
}

impl<T> core::ops::DerefMut for Owned<T> {
    fn deref_mut(&mut self) -> &mut T {
        // SAFETY: as above.
        unsafe { self.0.as_mut() }
    }
}

impl<T> Drop for Owned<T> {
    fn drop(&mut self) {
        // SAFETY: as above, and it is done once. The memory stays as long as the context.
        unsafe { self.0.drop_in_place() }
    }
}

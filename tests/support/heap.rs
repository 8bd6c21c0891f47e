//! Counts what a thread holds of the heap.

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;

struct Counting;

#[global_allocator]
static COUNTING: Counting = Counting;

thread_local! {
    static IN_USE: Cell<i64> = const { Cell::new(0) };
}

/// Octets that this thread has taken and not given back. A test that has one thread compares two
/// moments of it; other tests do not disturb it.
pub fn in_use() -> i64 {
    IN_USE.get()
}

fn count(octets: usize, sign: i64) {
    let octets = i64::try_from(octets).expect("less than an address space");
    // A thread that ends may give back when its variables are gone.
    let _ = IN_USE.try_with(|in_use| in_use.set(in_use.get() + sign * octets));
}

// SAFETY: the system's allocator does it all; counting allocates nothing.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        count(layout.size(), 1);
        // SAFETY: as the caller's.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, place: *mut u8, layout: Layout) {
        count(layout.size(), -1);
        // SAFETY: as the caller's.
        unsafe { System.dealloc(place, layout) }
    }
}

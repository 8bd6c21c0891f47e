//! Octets on their way from an interrupt to the loop.

use core::sync::atomic::{AtomicU8, AtomicUsize, Ordering};

/// A ring of octets: one side puts in, the other takes out, neither waits for the other. Loads and stores only, which
/// Cortex-M0 has, too; and no `unsafe`: were both sides to mix it up, the octets would be wrong, no more.
///
/// It holds `N - 1` octets. `N` is a power of two.
pub struct Ring<const N: usize> {
    octets: [AtomicU8; N],
    /// Where the next octet goes in. Written by the side that puts in.
    head: AtomicUsize,
    /// Where the next one comes out. Written by the side that takes out.
    tail: AtomicUsize,
}

impl<const N: usize> Ring<N> {
    /// An empty one.
    pub const fn new() -> Self {
        const { assert!(N.is_power_of_two()) };
        Self {
            octets: [const { AtomicU8::new(0) }; N],
            head: AtomicUsize::new(0),
            tail: AtomicUsize::new(0),
        }
    }

    /// Whether there is no room.
    pub fn is_full(&self) -> bool {
        let (head, tail) = (
            self.head.load(Ordering::Relaxed),
            self.tail.load(Ordering::Acquire),
        );
        after::<N>(head) == tail
    }

    /// Puts an octet in. False: there was no room.
    pub fn put(&self, octet: u8) -> bool {
        let head = self.head.load(Ordering::Relaxed);
        let next = after::<N>(head);
        if next == self.tail.load(Ordering::Acquire) {
            return false;
        }
        if let Some(place) = self.octets.get(head) {
            place.store(octet, Ordering::Relaxed);
        }
        self.head.store(next, Ordering::Release);
        true
    }

    /// Takes the oldest octet out.
    pub fn take(&self) -> Option<u8> {
        let tail = self.tail.load(Ordering::Relaxed);
        if tail == self.head.load(Ordering::Acquire) {
            return None;
        }
        let octet = self.octets.get(tail)?.load(Ordering::Relaxed);
        self.tail.store(after::<N>(tail), Ordering::Release);
        Some(octet)
    }
}

impl<const N: usize> Default for Ring<N> {
    fn default() -> Self {
        Self::new()
    }
}

const fn after<const N: usize>(place: usize) -> usize {
    (place + 1) % N
}

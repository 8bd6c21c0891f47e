//! Octets on their way from one hand to the other.

use zeroize::{Zeroize, ZeroizeOnDrop};

/// Room for one record of a short message; what is longer goes in several.
const LEN: usize = 256;

/// A few octets, put in by one side and taken out by the other. Wiped when they are taken.
#[derive(ZeroizeOnDrop)]
pub(super) struct Pipe {
    octets: [u8; LEN],
    start: usize,
    end: usize,
}

impl Pipe {
    pub(super) const fn new() -> Self {
        Self {
            octets: [0; LEN],
            start: 0,
            end: 0,
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.start >= self.end
    }

    pub(super) fn is_full(&self) -> bool {
        self.end >= LEN
    }

    /// What waits.
    pub(super) fn waiting(&self) -> &[u8] {
        self.octets.get(self.start..self.end).unwrap_or_default()
    }

    /// The first `n` of what waits are taken.
    pub(super) fn taken(&mut self, n: usize) {
        self.start = self.start.saturating_add(n).min(self.end);
        if self.is_empty() {
            self.clear();
        }
    }

    /// Where more can be put.
    pub(super) fn room(&mut self) -> &mut [u8] {
        self.octets.get_mut(self.end..).unwrap_or_default()
    }

    /// `n` were put into the [room](Self::room).
    pub(super) fn put(&mut self, n: usize) {
        self.end = self.end.saturating_add(n).min(LEN);
    }

    pub(super) fn clear(&mut self) {
        self.zeroize();
    }
}

impl Zeroize for Pipe {
    fn zeroize(&mut self) {
        self.octets.zeroize();
        (self.start, self.end) = (0, 0);
    }
}

/// Copies as many as fit; how many.
pub(super) fn copy(to: &mut [u8], from: &[u8]) -> usize {
    let n = to.len().min(from.len());
    for (to, from) in to.iter_mut().zip(from) {
        *to = *from;
    }
    n
}

//! Chance that can be repeated.

/// Random numbers that are the same for the same seed (xorshift64).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Random(pub u64);

impl Random {
    /// A number below `end`; 0 when that is 0.
    pub fn below(&mut self, end: u64) -> u64 {
        self.0 = if self.0 == 0 {
            0x9e37_79b9_7f4a_7c15
        } else {
            self.0
        };
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 11).checked_rem(end).unwrap_or(0)
    }
}

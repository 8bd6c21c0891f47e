//! Which records have come: protection against replay (RFC 9147 section 4.5.1).

/// The 64 records before the next expected one.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Window {
    /// One more than the highest record number that came.
    pub(super) next: u64,
    /// Bit `i`: record `next - 1 - i` came.
    pub(super) seen: u64,
}

impl Window {
    /// The record number nearest to the expected one that ends in these bits (RFC 9147 section
    /// 4.2.2).
    pub(super) fn nearest(&self, low: u64, bits: u32) -> u64 {
        let turn = 1u64.checked_shl(bits).unwrap_or(u64::MAX);
        let base = self.next & !turn.wrapping_sub(1);
        let same = base | low;
        let (before, after) = (same.checked_sub(turn), same.checked_add(turn));
        [before, after]
            .into_iter()
            .flatten()
            .fold(same, |best, candidate| {
                if candidate.abs_diff(self.next) < best.abs_diff(self.next) {
                    candidate
                } else {
                    best
                }
            })
    }

    /// It has not come yet, as far as can be told; what is too old counts as come.
    pub(super) fn is_new(&self, number: u64) -> bool {
        match self.next.checked_sub(number) {
            None | Some(0) => true,
            Some(age) if age <= 64 => self.seen & bit(age) == 0,
            Some(_) => false,
        }
    }

    /// It has come, and is authentic.
    pub(super) fn add(&mut self, number: u64) {
        match self.next.checked_sub(number) {
            None | Some(0) => {
                let step = number.saturating_sub(self.next).saturating_add(1);
                let step = u32::try_from(step).unwrap_or(u32::MAX);
                self.seen = self.seen.checked_shl(step).unwrap_or(0) | 1;
                self.next = number.saturating_add(1);
            }
            Some(age) if age <= 64 => self.seen |= bit(age),
            Some(_) => {}
        }
    }
}

/// The bit of a record of this age, 1 to 64.
fn bit(age: u64) -> u64 {
    let shift = u32::try_from(age.saturating_sub(1)).unwrap_or(u32::MAX);
    1u64.checked_shl(shift).unwrap_or(0)
}

#[cfg(test)]
mod tests;

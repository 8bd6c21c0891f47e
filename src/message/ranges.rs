//! Sets of segment numbers, as SEGREC lists them.

use super::segments::RANGE_SIGN;

/// Segment numbers from `first` to `last`, both counted in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct SegmentRange {
    /// The lowest number.
    pub first: u16,
    /// The highest number, not below `first`.
    pub last: u16,
}

/// Up to 32 ranges in ascending order that neither overlap nor touch.
///
/// ```
/// use msgin5g::message::SegmentRanges;
/// let mut missing = SegmentRanges::EMPTY;
/// for number in [7, 5, 6, 10] {
///     missing.insert(number, number);
/// }
/// let mut ranges = missing.iter().map(|range| (range.first, range.last));
/// assert_eq!(ranges.next(), Some((5, 7)));
/// assert_eq!(ranges.next(), Some((10, 10)));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct SegmentRanges {
    // What `len` does not cover is zero, so that equal sets are equal structs.
    ranges: [SegmentRange; Self::MAX],
    len: u8,
    capped: bool,
}

impl SegmentRanges {
    /// How many ranges there can be.
    pub const MAX: usize = 32;
    /// No segment.
    pub const EMPTY: Self = Self {
        ranges: [SegmentRange { first: 0, last: 0 }; Self::MAX],
        len: 0,
        capped: false,
    };

    /// Adds the segments from `first` to `last`. Nothing happens when `last` is below `first`.
    ///
    /// When there are too many ranges the highest is dropped, which [`SegmentRanges::is_capped`] then tells:
    /// whoever asked for it will ask again.
    pub fn insert(&mut self, first: u16, last: u16) {
        if last < first {
            return;
        }
        let mut merged = Self {
            capped: self.capped,
            ..Self::EMPTY
        };
        let mut new = SegmentRange { first, last };
        let mut placed = false;
        for range in self.iter() {
            if range.last.saturating_add(1) < new.first {
                merged.push(range);
            } else if new.last.saturating_add(1) < range.first {
                if !core::mem::replace(&mut placed, true) {
                    merged.push(new);
                }
                merged.push(range);
            } else {
                new = SegmentRange {
                    first: new.first.min(range.first),
                    last: new.last.max(range.last),
                };
            }
        }
        if !placed {
            merged.push(new);
        }
        *self = merged;
    }

    /// The ranges in ascending order.
    pub fn iter(&self) -> impl Iterator<Item = SegmentRange> + '_ {
        self.ranges.iter().take(usize::from(self.len)).copied()
    }

    /// Whether there is no segment in it.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// Whether ranges had to be dropped.
    #[must_use]
    pub const fn is_capped(&self) -> bool {
        self.capped
    }

    /// Adds ranges written as `5-7, 10-10, 15` with any spaces and parentheses. `None` for other text.
    ///
    /// Numbers beyond 65535 are out of any set's bounds: what is left of their range counts.
    pub(super) fn insert_text(&mut self, text: &str) -> Option<()> {
        let (mut first, mut number, mut ended) = (None, None, false);
        for octet in text.bytes().chain([b',']) {
            match octet {
                b'0'..=b'9' if !ended => {
                    let tenfold = number.unwrap_or(0u32).saturating_mul(10);
                    number = Some(tenfold.saturating_add(u32::from(octet & 15)));
                }
                b' ' => ended = number.is_some(),
                RANGE_SIGN if first.is_none() && number.is_some() => {
                    (first, number, ended) = (number, None, false);
                }
                b',' | b';' | b'(' | b')' => {
                    match (first, number) {
                        (first, Some(last)) => self.insert_numbers(first.unwrap_or(last), last),
                        (Some(_), None) => return None,
                        (None, None) => {}
                    }
                    (first, number, ended) = (None, None, false);
                }
                _ => return None,
            }
        }
        Some(())
    }

    fn insert_numbers(&mut self, first: u32, last: u32) {
        if let Ok(first) = u16::try_from(first) {
            self.insert(first, u16::try_from(last).unwrap_or(u16::MAX));
        }
    }

    fn push(&mut self, range: SegmentRange) {
        match self.ranges.get_mut(usize::from(self.len)) {
            Some(place) => {
                *place = range;
                self.len = self.len.saturating_add(1);
            }
            None => self.capped = true,
        }
    }
}

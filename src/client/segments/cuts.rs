//! Where a payload is cut into segments, and which of them are still to be sent.
//!
//! Segment `n` goes from the border of a character at or before `(n - 1) * step` to the one at or
//! before `n * step`. So each can be found without the others, which a payload that the client
//! does not hold demands, and none cuts a character.

use core::ops::Range;

use crate::message::{SegmentRange, SegmentRanges};

/// Octets that a character can have before a cut.
const OVERHANG: usize = 3;
/// Below this, segments are not made smaller.
pub(crate) const SMALLEST: usize = 16;

/// The step for segments of at most `size` octets. Characters of one octet have no overhang.
pub(crate) fn step(size: usize, one_octet_characters: bool) -> usize {
    let overhang = if one_octet_characters { 0 } else { OVERHANG };
    size.max(SMALLEST).saturating_sub(overhang)
}

/// How many segments there are; `None` when there are too many to be numbered.
pub(crate) fn count(len: usize, step: usize) -> Option<u16> {
    u16::try_from(len.div_ceil(step).max(1)).ok()
}

/// The octets of the payload that tell all about a segment.
pub(crate) fn window(number: u16, step: usize, len: usize) -> Range<usize> {
    let start = step.saturating_mul(usize::from(number.saturating_sub(1)));
    let end = step.saturating_mul(usize::from(number)).min(len);
    start.saturating_sub(OVERHANG)..end
}

/// The segment's text in its window; `None` if that is no UTF-8.
pub(crate) fn piece(window: &[u8], number: u16, is_last: bool) -> Option<&str> {
    let before = if number > 1 { OVERHANG } else { 0 };
    let (lead, _) = window.split_at_checked(before)?;
    let from = before.saturating_sub(begun(lead));
    let left = if is_last { 0 } else { begun(window) };
    let piece = window.get(from..window.len().saturating_sub(left))?;
    core::str::from_utf8(piece).ok()
}

/// Octets at the end that belong to a character which is not complete.
fn begun(octets: &[u8]) -> usize {
    for (octet, count) in octets.iter().rev().zip(1_usize..=OVERHANG) {
        let whole = match octet {
            0x80..=0xbf => continue,
            0xc0..=0xdf => 2,
            0xe0..=0xef => 3,
            0xf0..=0xff => 4,
            _ => 1,
        };
        return if whole > count { count } else { 0 };
    }
    0
}

/// Octets of a list of wanted segments: as many ranges as SEGREC can name.
pub(crate) const WANTED_LEN: u16 = 128;
const _: () = assert!(WANTED_LEN as usize == SegmentRanges::MAX * 4);

/// The wanted segments, read from a record.
pub(crate) fn wanted(octets: &[u8]) -> SegmentRanges {
    let mut ranges = SegmentRanges::EMPTY;
    for pair in octets.chunks_exact(4) {
        if let [a, b, c, d] = *pair {
            let (first, last) = (u16::from_be_bytes([a, b]), u16::from_be_bytes([c, d]));
            if first > 0 {
                ranges.insert(first, last);
            }
        }
    }
    ranges
}

/// Writes them down.
pub(crate) fn keep_wanted(ranges: &SegmentRanges, octets: &mut [u8]) {
    octets.fill(0);
    for (place, range) in octets.chunks_exact_mut(4).zip(ranges.iter()) {
        let [a, b] = range.first.to_be_bytes();
        let [c, d] = range.last.to_be_bytes();
        place.copy_from_slice(&[a, b, c, d]);
    }
}

/// Takes out the lowest number.
pub(crate) fn take_first(octets: &mut [u8]) -> Option<u16> {
    let ranges = wanted(octets);
    let SegmentRange { first, .. } = ranges.iter().next()?;
    let mut rest = SegmentRanges::EMPTY;
    for range in ranges.iter() {
        rest.insert(range.first.max(first.saturating_add(1)), range.last);
    }
    keep_wanted(&rest, octets);
    Some(first)
}

/// Those within 1 to `total`.
pub(crate) fn within(ranges: &SegmentRanges, total: u16) -> SegmentRanges {
    let mut valid = SegmentRanges::EMPTY;
    for range in ranges.iter() {
        valid.insert(range.first.max(1), range.last.min(total));
    }
    valid
}

pub(crate) fn how_many(ranges: &SegmentRanges) -> u16 {
    ranges.iter().fold(0_u16, |sum, range| {
        let count = range.last.saturating_sub(range.first).saturating_add(1);
        sum.saturating_add(count)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::string::String;

    #[test]
    fn pieces_are_the_whole_in_order_whatever_the_characters() {
        let texts = [
            "",
            "a",
            "plain text, cut anywhere",
            "grün äöü ß",
            "a€b€€c",
            "😀a😀😀é€z",
        ];
        for text in texts {
            let text = text.repeat(7);
            for size in 16..40 {
                let step = step(size, text.is_ascii());
                let total = count(text.len(), step).unwrap();
                let mut whole = String::new();
                for number in 1..=total {
                    let window = text.as_bytes().get(window(number, step, text.len()));
                    let piece = piece(window.unwrap(), number, number == total).unwrap();
                    assert!(piece.len() <= size && (total == 1 || !piece.is_empty()));
                    whole.push_str(piece);
                }
                assert_eq!(whole, text, "segments of {size}");
            }
        }
    }

    #[test]
    fn octets_that_are_no_text_give_no_piece() {
        assert_eq!(piece(b"abc\xff\xfe", 1, false), None);
        assert_eq!(piece(b"ab", 2, false), None);
    }

    #[test]
    fn wanted_segments_go_out_once_each_in_order() {
        let mut list = SegmentRanges::EMPTY;
        list.insert(9, 9);
        list.insert(2, 4);
        let mut octets = [0; WANTED_LEN as usize];
        keep_wanted(&list, &mut octets);
        assert_eq!(how_many(&wanted(&octets)), 4);
        let all: std::vec::Vec<u16> = core::iter::from_fn(|| take_first(&mut octets)).collect();
        assert_eq!(all, [2, 3, 4, 9]);
        assert_eq!(how_many(&within(&list, 3)), 2);
    }
}

//! What each octet is to JSON and to names, and loops over octets that take four at a time.

/// A quote, a backslash or a control character: ends plain text, in reading and in writing.
pub(super) const SPECIAL: u8 = 0x80;
/// A part of a character beyond ASCII.
pub(super) const WIDE: u8 = 0x81;

/// For a letter its lower case, for a digit itself, 0 for other plain ASCII, else one of the above.
static CLASSES: [u8; 256] = classes();

/// The class of an octet.
pub(super) fn class(octet: u8) -> u8 {
    CLASSES.get(usize::from(octet)).copied().unwrap_or(WIDE)
}

/// The class of an octet, for the compiler.
pub(super) const fn class_of(octet: u8) -> u8 {
    match octet {
        b'a'..=b'z' | b'0'..=b'9' => octet,
        b'A'..=b'Z' => octet | 0x20,
        b'"' | b'\\' | ..b' ' => SPECIAL,
        0x80.. => WIDE,
        _ => 0,
    }
}

const fn classes() -> [u8; 256] {
    let mut table = [0; 256];
    let mut free: &mut [u8] = &mut table;
    let mut octet = 0u8;
    while let [place, tail @ ..] = free {
        *place = class_of(octet);
        octet = octet.wrapping_add(1);
        free = tail;
    }
    table
}

/// The length of the plain ASCII text at the front.
pub(super) fn plain_len(octets: &[u8]) -> usize {
    let (words, _) = octets.as_chunks::<4>();
    let plain = words
        .iter()
        .take_while(|word| is_plain(u32::from_le_bytes(**word)))
        .count();
    let start = plain.saturating_mul(4);
    let rest = octets.get(start..).unwrap_or_default();
    let more = rest
        .iter()
        .position(|octet| class(*octet) >= SPECIAL)
        .unwrap_or(rest.len());
    start.saturating_add(more)
}

/// The length of the text beyond ASCII at the front.
pub(super) fn wide_len(octets: &[u8]) -> usize {
    octets.iter().position(u8::is_ascii).unwrap_or(octets.len())
}

/// Whether all four octets are plain ASCII.
const fn is_plain(word: u32) -> bool {
    const ONES: u32 = 0x0101_0101;
    const TOPS: u32 = 0x8080_8080;
    // The top bit of an octet is set if it is below `limit` (up to 0x80) and no lower octet has borrowed;
    // after a borrow there is a set bit already.
    const fn below(word: u32, limit: u32) -> u32 {
        word.wrapping_sub(limit.wrapping_mul(ONES)) & !word
    }
    let control = below(word, 0x20);
    let quote = below(word ^ (0x22 * ONES), 1);
    let backslash = below(word ^ (0x5c * ONES), 1);
    (word | control | quote | backslash) & TOPS == 0
}

/// Whether two texts are the same.
pub(super) fn same(a: &[u8], b: &[u8]) -> bool {
    let ((a_words, a_rest), (b_words, b_rest)) = (a.as_chunks::<4>(), b.as_chunks::<4>());
    let word = |word: &[u8; 4]| u32::from_ne_bytes(*word);
    a.len() == b.len()
        && a_words.iter().map(word).eq(b_words.iter().map(word))
        && a_rest.iter().eq(b_rest.iter())
}

#[cfg(test)]
mod tests {
    use std::vec;

    use super::*;

    #[test]
    fn plain_text_ends_at_every_octet_that_is_not() {
        for octet in 0..=255 {
            for len in 0..12 {
                for at in 0..len {
                    let mut text = vec![b'x'; len];
                    *text.get_mut(at).unwrap() = octet;
                    let expected = if class(octet) >= SPECIAL { at } else { len };
                    assert_eq!(plain_len(&text), expected, "{octet:02x} at {at} of {len}");
                }
            }
        }
        assert_eq!(wide_len("\u{20ac}\u{e9}x".as_bytes()), 5);
    }

    #[test]
    fn texts_differ_at_every_octet() {
        let text = *b"0123456789";
        for len in 0..text.len() {
            let text = text.get(..len).unwrap();
            assert!(same(text, text) && !same(text, b"0123456789"));
            for at in 0..len {
                let mut other = text.to_vec();
                *other.get_mut(at).unwrap() = b'x';
                assert!(!same(text, &other));
            }
        }
    }
}

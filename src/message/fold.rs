//! Names and words compared as bare text: only ASCII letters and digits count, in either case.

use super::octets::{SPECIAL, class, class_of};

/// What `text` means among `words`, in either case.
pub(super) fn find_word<T: Copy>(words: &[(&str, T)], text: &[u8]) -> Option<T> {
    find(words, |word| word.as_bytes().eq_ignore_ascii_case(text))
}

/// What `text` means among `words` when both are folded.
pub(super) fn find_folded<T: Copy>(words: &[(&str, T)], text: &[u8]) -> Option<T> {
    find(words, |word| eq_folded(word.as_bytes(), text))
}

fn find<T: Copy>(words: &[(&str, T)], is_it: impl Fn(&str) -> bool) -> Option<T> {
    words
        .iter()
        .find(|(word, _)| is_it(word))
        .map(|(_, value)| *value)
}

/// The first word for `value`: the one that is sent.
pub(super) fn word_for<T: PartialEq>(words: &[(&'static str, T)], value: &T) -> &'static str {
    words
        .iter()
        .find(|(_, other)| other == value)
        .map_or("", |(word, _)| word)
}

/// Whether two texts are the same when folded.
pub(super) fn eq_folded(a: &[u8], b: &[u8]) -> bool {
    let (mut a, mut b) = (a.iter(), b.iter());
    let folded = |octet: &u8| is_folded(class(*octet)).then_some(class(*octet));
    loop {
        match (a.find_map(folded), b.find_map(folded)) {
            (None, None) => return true,
            (left, right) if left != right => return false,
            _ => {}
        }
    }
}

/// A hash of what counts in a name.
pub(super) fn folded_hash(name: &[u8]) -> u8 {
    hash_end(
        name.iter()
            .fold(HASH_START, |hash, octet| hash_step(hash, class(*octet))),
    )
}

/// `folded_hash` for the compiler.
pub(super) const fn const_folded_hash(name: &[u8]) -> u8 {
    let (mut hash, mut rest) = (HASH_START, name);
    while let [octet, tail @ ..] = rest {
        hash = hash_step(hash, class_of(*octet));
        rest = tail;
    }
    hash_end(hash)
}

/// A letter or a digit, which counts.
const fn is_folded(class: u8) -> bool {
    class != 0 && class < SPECIAL
}

const HASH_START: u32 = 0x811c_9dc5;

/// One step of FNV-1a.
const fn hash_step(hash: u32, class: u8) -> u32 {
    if is_folded(class) {
        (hash ^ class as u32).wrapping_mul(0x0100_0193)
    } else {
        hash
    }
}

const fn hash_end(hash: u32) -> u8 {
    let [a, b, c, d] = hash.to_le_bytes();
    a ^ b ^ c ^ d
}

#[cfg(test)]
mod tests {
    use super::eq_folded;

    #[test]
    fn only_letters_and_digits_count() {
        assert!(eq_folded(b"Message ID", b"-messageid?"));
        assert!(eq_folded(b"", b" -\xff"));
        assert!(!eq_folded(b"Message ID", b"Message ID2"));
        assert!(!eq_folded(b"Message ID2", b"Message ID"));
    }
}

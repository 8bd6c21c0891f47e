//! Names compared as bare text: only ASCII letters and digits count, in either case.
//!
//! A name is looked up by the hash of its folded form in an index that the compiler sorts, and then compared
//! with the spelling found, so that no other name is ever taken for it.

use super::wire::{Member, SPELLINGS};

/// One spelling in the index.
#[derive(Clone, Copy)]
struct Entry {
    hash: u32,
    member: Member,
    spelling: &'static str,
}

/// All spellings in the order of their hashes.
static INDEX: [Entry; SPELLINGS.len()] = sorted(hashed());

/// The member that `name` means at `place`.
pub(super) fn find_member(name: &[u8], place: u8) -> Option<Member> {
    let hash = hash(name);
    let first = INDEX.partition_point(|entry| entry.hash < hash);
    let mut same = INDEX
        .iter()
        .skip(first)
        .take_while(|entry| entry.hash == hash);
    same.find(|entry| {
        entry.member.places() & place != 0 && eq_folded(entry.spelling.as_bytes(), name)
    })
    .map(|entry| entry.member)
}

/// What `text` means among `words`.
pub(super) fn find_word<T: Copy>(words: &[(&str, T)], text: &str) -> Option<T> {
    words
        .iter()
        .find(|(word, _)| eq_folded(word.as_bytes(), text.as_bytes()))
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
    a.iter()
        .filter_map(|octet| fold(*octet))
        .eq(b.iter().filter_map(|octet| fold(*octet)))
}

/// The octet as it counts, or `None` if it does not.
const fn fold(octet: u8) -> Option<u8> {
    match octet {
        b'a'..=b'z' | b'0'..=b'9' => Some(octet),
        b'A'..=b'Z' => Some(octet | 0x20),
        _ => None,
    }
}

/// FNV-1a over the folded octets.
const fn hash(name: &[u8]) -> u32 {
    let mut hash: u32 = 0x811c_9dc5;
    let mut rest = name;
    while let [octet, tail @ ..] = rest {
        if let Some(folded) = fold(*octet) {
            hash = (hash ^ folded as u32).wrapping_mul(0x0100_0193);
        }
        rest = tail;
    }
    hash
}

const fn hashed() -> [Entry; SPELLINGS.len()] {
    let mut entries = [Entry {
        hash: 0,
        member: Member::Service,
        spelling: "",
    }; SPELLINGS.len()];
    let mut free: &mut [Entry] = &mut entries;
    let mut rest = SPELLINGS;
    while let ([entry, free_tail @ ..], [(member, spelling), tail @ ..]) = (free, rest) {
        *entry = Entry {
            hash: hash(spelling.as_bytes()),
            member: *member,
            spelling,
        };
        (free, rest) = (free_tail, tail);
    }
    entries
}

/// Insertion sort: the compiler runs it, once, on some eighty entries.
const fn sorted(mut entries: [Entry; SPELLINGS.len()]) -> [Entry; SPELLINGS.len()] {
    let mut done = 1;
    while done < SPELLINGS.len() {
        let mut at = done;
        while let (Some(left), true) = (at.checked_sub(1), at > 0) {
            let Some((head, [right, ..])) = entries.split_at_mut_checked(at) else {
                break;
            };
            let Some(before) = head.last_mut() else { break };
            if before.hash <= right.hash {
                break;
            }
            let swapped = *before;
            *before = *right;
            *right = swapped;
            at = left;
        }
        done = done.wrapping_add(1);
    }
    entries
}

#[cfg(test)]
mod tests {
    use std::{string::String, vec::Vec};

    use super::*;

    #[test]
    fn the_index_is_sorted_and_whole() {
        assert!(INDEX.is_sorted_by_key(|entry| entry.hash));
        for (member, spelling) in SPELLINGS {
            let place = member.places() & member.places().wrapping_neg();
            assert_eq!(
                find_member(spelling.as_bytes(), place),
                Some(*member),
                "{spelling}"
            );
        }
    }

    /// Two members may share a spelling only where they cannot stand together.
    #[test]
    fn no_spelling_is_ambiguous() {
        let folded = |text: &str| {
            text.bytes()
                .filter_map(fold)
                .map(char::from)
                .collect::<String>()
        };
        let all: Vec<_> = SPELLINGS
            .iter()
            .map(|(member, text)| (member, folded(text)))
            .collect();
        for (at, (member, text)) in all.iter().enumerate() {
            for (other, same) in &all[at + 1..] {
                let together = member.places() & other.places() != 0;
                assert!(
                    text != same || !together || member == other,
                    "{text}: {member:?}, {other:?}"
                );
            }
        }
    }

    #[test]
    fn only_whole_names_in_their_place_match() {
        use super::super::wire::place::{PROFILE, TOP};
        for name in [
            "Segmentation Set Identifier",
            "segmentation-set-identifier",
            "segmentationSetIdentifier",
        ] {
            assert_eq!(find_member(name.as_bytes(), TOP), Some(Member::SegmentSet));
        }
        assert_eq!(find_member(b"Segmentation Set Identifiers", TOP), None);
        assert_eq!(find_member(b"Segmentation Set", TOP), None);
        assert_eq!(find_member(b"", TOP), None);
        assert_eq!(find_member(b"Payload", PROFILE), None);
    }
}

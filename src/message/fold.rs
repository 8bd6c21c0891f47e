//! Names compared as bare text: only ASCII letters and digits count, in either case.
//!
//! Most peers write a name exactly as a spelling in the table, so that is tried first, by a hash of a few of
//! its octets. Only then the name is folded. Both ways end in a comparison, so that no other name is ever
//! taken for a spelling.

use super::{
    octets::{SPECIAL, class, class_of, same},
    wire::{Member, SPELLINGS},
};

/// Open addressing: the number of a spelling, or `FREE`, at the low octet of its hash or soon after.
type Slots = [u8; 256];

/// No spelling has this number.
const FREE: u8 = u8::MAX;

/// Half of the slots stay free, so that a search ends soon.
const _: () = assert!(SPELLINGS.len() < 128);

static EXACT: Slots = slots(true);
static FOLDED: Slots = slots(false);

/// The member that `name` means at `place`.
pub(super) fn find_member(name: &[u8], place: u8) -> Option<Member> {
    let exact = find_spelling(&EXACT, exact_hash(name), place, |spelling| {
        same(spelling, name)
    });
    exact.or_else(|| {
        find_spelling(&FOLDED, folded_hash(name), place, |spelling| {
            eq_folded(spelling, name)
        })
    })
}

fn find_spelling(
    slots: &Slots,
    hash: u8,
    place: u8,
    is_it: impl Fn(&[u8]) -> bool,
) -> Option<Member> {
    let mut slot = hash;
    loop {
        let number = slots.get(usize::from(slot))?;
        let (member, spelling) = SPELLINGS.get(usize::from(*number))?;
        if is_it(spelling.as_bytes()) && member.places() & place != 0 {
            return Some(*member);
        }
        slot = slot.wrapping_add(1);
    }
}

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

/// A letter or a digit, which counts.
const fn is_folded(class: u8) -> bool {
    class != 0 && class < SPECIAL
}

/// A hash of the length and the first, middle and last octets.
const fn exact_hash(name: &[u8]) -> u8 {
    let (start, end) = match name.split_at_checked(name.len() / 2) {
        Some(halves) => halves,
        None => (name, name),
    };
    let [a, b, c] = [
        word(start.first_chunk()),
        word(end.first_chunk()),
        word(end.last_chunk()),
    ];
    let mixed = a.wrapping_mul(5) ^ b.wrapping_mul(0x9e37_79b1) ^ c.wrapping_mul(0x85eb_ca6b);
    let [.., high] = mixed.wrapping_mul(0x0100_0193).to_le_bytes();
    let [length, ..] = name.len().to_le_bytes();
    high ^ length
}

const fn word(octets: Option<&[u8; 4]>) -> u32 {
    match octets {
        Some(octets) => u32::from_le_bytes(*octets),
        None => 0,
    }
}

const HASH_START: u32 = 0x811c_9dc5;

/// One step of FNV-1a over the octets that count.
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

fn folded_hash(name: &[u8]) -> u8 {
    hash_end(
        name.iter()
            .fold(HASH_START, |hash, octet| hash_step(hash, class(*octet))),
    )
}

/// `folded_hash` for the compiler.
const fn const_folded_hash(name: &[u8]) -> u8 {
    let (mut hash, mut rest) = (HASH_START, name);
    while let [octet, tail @ ..] = rest {
        hash = hash_step(hash, class_of(*octet));
        rest = tail;
    }
    hash_end(hash)
}

const fn slots(exact: bool) -> Slots {
    let mut slots = [FREE; 256];
    let (mut number, mut rest) = (0u8, SPELLINGS);
    while let [(_, spelling), tail @ ..] = rest {
        let name = spelling.as_bytes();
        let mut slot = if exact {
            exact_hash(name)
        } else {
            const_folded_hash(name)
        };
        while let Some((_, [place, ..])) = slots.split_at_mut_checked(slot as usize) {
            if *place == FREE {
                *place = number;
                break;
            }
            slot = slot.wrapping_add(1);
        }
        number = number.wrapping_add(1);
        rest = tail;
    }
    slots
}

#[cfg(test)]
mod tests {
    use std::{string::String, vec::Vec};

    use super::*;

    #[test]
    fn every_spelling_is_found_both_ways() {
        for (member, spelling) in SPELLINGS {
            let place = member.places() & member.places().wrapping_neg();
            assert_eq!(
                find_member(spelling.as_bytes(), place),
                Some(*member),
                "{spelling}"
            );
            let shouted = spelling.to_uppercase().replace(' ', "");
            assert_eq!(
                find_member(shouted.as_bytes(), place),
                Some(*member),
                "{shouted}"
            );
        }
    }

    /// Two members may share a spelling only where they cannot stand together.
    #[test]
    fn no_spelling_is_ambiguous() {
        let folded = |text: &str| {
            text.bytes()
                .map(class)
                .filter(|class| is_folded(*class))
                .map(char::from)
                .collect()
        };
        let all: Vec<(_, String)> = SPELLINGS
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
        for name in [
            "Segmentation Set Identifiers",
            "Segmentation Set",
            "",
            "x",
            "end",
            "Payloaf",
        ] {
            assert_eq!(find_member(name.as_bytes(), TOP), None, "{name}");
        }
        assert_eq!(find_member(b"Payload", PROFILE), None);
    }

    /// A search looks at few slots, on average and at worst.
    #[test]
    fn slots_are_spread() {
        for (slots, hash) in [
            (EXACT, exact_hash as fn(&[u8]) -> u8),
            (FOLDED, folded_hash),
        ] {
            let distance = |(number, (_, spelling)): (usize, &(_, &str))| {
                let at = slots
                    .iter()
                    .position(|slot| usize::from(*slot) == number)
                    .unwrap();
                usize::from(
                    u8::try_from(at)
                        .unwrap()
                        .wrapping_sub(hash(spelling.as_bytes())),
                )
            };
            let all: Vec<_> = SPELLINGS.iter().enumerate().map(distance).collect();
            assert!(all.iter().sum::<usize>() < all.len(), "{all:?}");
            assert!(all.iter().max() < Some(&16), "{all:?}");
        }
    }
}

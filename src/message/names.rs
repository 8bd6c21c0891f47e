//! The names of [`wire`](super::wire), laid out by the compiler so that they take little flash and are found fast.
//!
//! Most peers write a name exactly as a spelling in the table, so that is tried first, by a hash of a few of
//! its octets. Only then the name is folded. Both ways end in a comparison, so that no other name is ever
//! taken for a spelling.

use super::{
    fold::{const_folded_hash, eq_folded, folded_hash},
    octets::same,
    wire::{Member, SPELLINGS},
};

/// The name that is sent for `member`.
pub(super) fn name(member: Member) -> &'static str {
    // The canonical names come first, in the order of the members.
    let Some(spelling) = INDEX.get(usize::from(member as u8)) else {
        return "";
    };
    let start = usize::from(spelling.start);
    TEXT.get(start..start.saturating_add(spelling.len.into()))
        .unwrap_or("")
}

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
        let spelling = INDEX.get(usize::from(*number))?;
        if is_it(spelling.octets()) && spelling.member.places() & place != 0 {
            return Some(spelling.member);
        }
        slot = slot.wrapping_add(1);
    }
}

/// All spellings, one behind the other.
static OCTETS: [u8; total()] = octets();

/// The same as text.
static TEXT: &str = match core::str::from_utf8(&OCTETS) {
    Ok(text) => text,
    Err(_) => "",
};

/// One spelling.
#[derive(Clone, Copy)]
struct Spelling {
    start: u16,
    len: u8,
    member: Member,
}

impl Spelling {
    fn octets(self) -> &'static [u8] {
        let (_, rest) = OCTETS
            .split_at_checked(self.start.into())
            .unwrap_or_default();
        rest.get(..self.len.into()).unwrap_or_default()
    }
}

static INDEX: [Spelling; SPELLINGS.len()] = index();

/// Open addressing: the number of a spelling, or `FREE`, at its hash or soon after.
type Slots = [u8; 256];

/// No spelling has this number.
const FREE: u8 = u8::MAX;

/// Half of the slots stay free, so that a search ends soon; and lengths fit into what holds them.
const _: () = assert!(SPELLINGS.len() < 128 && total() <= u16::MAX as usize);

static EXACT: Slots = slots(true);
static FOLDED: Slots = slots(false);

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

const fn total() -> usize {
    let (mut total, mut rest) = (0usize, SPELLINGS);
    while let [(_, spelling), tail @ ..] = rest {
        total = total.saturating_add(spelling.len());
        rest = tail;
    }
    total
}

const fn octets() -> [u8; total()] {
    let mut octets = [0; total()];
    let (mut free, mut rest): (&mut [u8], _) = (&mut octets, SPELLINGS);
    while let [(_, spelling), tail @ ..] = rest {
        let Some((place, left)) = free.split_at_mut_checked(spelling.len()) else {
            break;
        };
        place.copy_from_slice(spelling.as_bytes());
        (free, rest) = (left, tail);
    }
    octets
}

const fn index() -> [Spelling; SPELLINGS.len()] {
    let mut index = [Spelling {
        start: 0,
        len: 0,
        member: Member::Service,
    }; SPELLINGS.len()];
    let (mut free, mut rest): (&mut [Spelling], _) = (&mut index, SPELLINGS);
    let mut start = 0u16;
    while let ([place, left @ ..], [(member, spelling), tail @ ..]) = (free, rest) {
        let [len, ..] = spelling.len().to_le_bytes();
        *place = Spelling {
            start,
            len,
            member: *member,
        };
        start = start.wrapping_add(len as u16);
        (free, rest) = (left, tail);
    }
    index
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

    /// The first spelling of each member is its name.
    #[test]
    fn names_are_those_of_the_table() {
        for (at, (member, spelling)) in SPELLINGS.iter().take(Member::COUNT).enumerate() {
            assert_eq!((usize::from(*member as u8), member.name()), (at, *spelling));
        }
        assert_eq!(TEXT.len(), OCTETS.len());
    }

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
            let counts = text.bytes().filter(u8::is_ascii_alphanumeric);
            counts
                .map(|octet| char::from(octet.to_ascii_lowercase()))
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

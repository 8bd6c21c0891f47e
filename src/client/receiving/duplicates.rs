//! Repeats of messages: known again, answered again, handed over once.

use crate::message::MessageId;

/// How many received messages are remembered. A server repeats a delivery
/// within minutes, so the newest few are enough.
pub(crate) const REMEMBERED: usize = 32;

/// What stands for the segment number of a whole message.
pub(crate) const WHOLE: u32 = 0;
/// Of a report instead of a message.
pub(crate) const REPORT: u32 = u32::MAX;
/// Of an aggregate.
pub(crate) const AGGREGATE: u32 = u32::MAX - 1;
/// Of a message that no memory can hold.
pub(crate) const TOO_LARGE: u32 = u32::MAX - 2;

/// The newest messages received, by originator, Message ID and segment number.
pub(crate) struct Duplicates {
    seen: [Fingerprint; REMEMBERED],
    next: usize,
}

/// The Message ID (its 16 octets, or a hash where it is not a UUID) and a hash
/// of the rest. A Message ID is chosen by its sender, so a third party cannot
/// make a message look like a repeat without knowing an ID before it is sent.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Fingerprint {
    id: [u8; 16],
    rest: u64,
}

impl Duplicates {
    pub(crate) const fn new() -> Self {
        Self {
            seen: [Fingerprint {
                id: [0; 16],
                rest: 0,
            }; REMEMBERED],
            next: 0,
        }
    }

    /// Whether this message came before.
    pub(crate) fn contains(&self, originator: &str, id: MessageId<'_>, segment: u32) -> bool {
        self.seen
            .contains(&Fingerprint::of(originator, id, segment))
    }

    /// Remembers this message in place of the oldest.
    pub(crate) fn remember(&mut self, originator: &str, id: MessageId<'_>, segment: u32) {
        self.put(Fingerprint::of(originator, id, segment));
    }

    fn put(&mut self, newest: Fingerprint) {
        if let Some(oldest) = self.seen.get_mut(self.next) {
            *oldest = newest;
        }
        self.next = self.next.wrapping_add(1) % REMEMBERED;
    }
}

#[cfg(feature = "snapshot")]
impl Duplicates {
    /// What is remembered, oldest first, for a snapshot.
    pub(crate) fn images(&self) -> impl Iterator<Item = ([u8; 16], [u8; 8])> {
        let (newer, older) = self.seen.split_at_checked(self.next).unwrap_or_default();
        let all = older.iter().chain(newer).filter(|seen| seen.rest != 0);
        all.map(|seen| (seen.id, seen.rest.to_be_bytes()))
    }

    /// Remembers what a snapshot remembers.
    pub(crate) fn restore(&mut self, (id, rest): ([u8; 16], [u8; 8])) {
        let rest = u64::from_be_bytes(rest);
        self.put(Fingerprint { id, rest });
    }
}

impl Fingerprint {
    fn of(originator: &str, id: MessageId<'_>, segment: u32) -> Self {
        let id = match id {
            MessageId::Uuid(uuid) => uuid,
            MessageId::Opaque(text) => {
                let high = fnv1a(FNV_BASIS, text.bytes());
                let low = fnv1a(high, text.bytes());
                (u128::from(high) << 64 | u128::from(low)).to_be_bytes()
            }
        };
        // Never 0, so that an unused place equals no message.
        let rest = fnv1a(FNV_BASIS, originator.bytes().chain(segment.to_be_bytes())) | 1;
        Self { id, rest }
    }
}

const FNV_BASIS: u64 = 0xcbf2_9ce4_8422_2325;
const FNV_PRIME: u64 = 0x0000_0100_0000_01b3;

fn fnv1a(basis: u64, octets: impl Iterator<Item = u8>) -> u64 {
    octets.fold(basis, |hash, octet| {
        (hash ^ u64::from(octet)).wrapping_mul(FNV_PRIME)
    })
}

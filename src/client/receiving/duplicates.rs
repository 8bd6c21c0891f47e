//! Repeats of messages: known again, answered again, handed over once.

use crate::message::MessageId;

/// How many received messages are remembered. A server repeats a delivery within minutes, so the
/// newest few are enough.
pub(crate) const REMEMBERED: usize = 32;

/// What was received. Only a message and a report may have the same Message ID.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub(crate) enum Seen {
    Message,
    Report,
    #[cfg(feature = "aggregation")]
    Aggregate,
    /// A message that no memory can hold.
    #[cfg(feature = "segmentation")]
    TooLarge,
}

/// The newest messages received, by originator and Message ID, the oldest first.
///
/// When there is no more room, the originator of most of them loses its oldest one. So however
/// much one sends, it pushes out nobody else's: of `n` originators each keeps its newest
/// `32 / n` at least.
pub(crate) struct Duplicates {
    seen: heapless::Vec<Fingerprint, REMEMBERED>,
}

/// The Message ID (its 16 octets, or a hash where it is not a UUID), a hash of the originator, and
/// what it is. A Message ID is chosen by its sender, so a third party cannot make a message look
/// like a repeat without knowing an ID before it is sent.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Fingerprint {
    id: [u8; 16],
    /// The hash in the upper bits, [`Seen`] in the lowest two.
    origin: u64,
}

impl Duplicates {
    pub(crate) const fn new() -> Self {
        Self {
            seen: heapless::Vec::new(),
        }
    }

    /// Whether this came before.
    pub(crate) fn contains(&self, originator: &str, id: MessageId<'_>, what: Seen) -> bool {
        self.seen.contains(&Fingerprint::of(originator, id, what))
    }

    /// Remembers this, in place of an older one if need be.
    pub(crate) fn remember(&mut self, originator: &str, id: MessageId<'_>, what: Seen) {
        self.put(Fingerprint::of(originator, id, what));
    }

    fn put(&mut self, new: Fingerprint) {
        if self.seen.is_full() {
            let oldest = self.first_of_most(&new);
            self.seen.remove(oldest);
        }
        // There is room now.
        let _ = self.seen.push(new);
    }

    /// The oldest one of the originator that has most, `new` counted; the oldest of all where
    /// several have as many.
    fn first_of_most(&self, new: &Fingerprint) -> usize {
        let share = |of: &Fingerprint| {
            let all = self.seen.iter().chain([new]);
            all.filter(|one| one.is_of(of)).count()
        };
        let (mut first, mut most) = (0, 0);
        for (at, one) in self.seen.iter().enumerate() {
            // Whoever has its first one here has no more than there are from here on.
            if self.seen.len().saturating_sub(at) < most {
                break;
            }
            let share = share(one);
            if share > most {
                (first, most) = (at, share);
            }
        }
        first
    }
}

#[cfg(feature = "snapshot")]
impl Duplicates {
    /// What is remembered, oldest first, for a snapshot.
    pub(crate) fn images(&self) -> impl Iterator<Item = ([u8; 16], [u8; 8])> {
        let all = self.seen.iter();
        all.map(|seen| (seen.id, seen.origin.to_be_bytes()))
    }

    /// Remembers what a snapshot remembers.
    pub(crate) fn restore(&mut self, (id, origin): ([u8; 16], [u8; 8])) {
        let origin = u64::from_be_bytes(origin);
        self.put(Fingerprint { id, origin });
    }
}

impl Fingerprint {
    fn of(originator: &str, id: MessageId<'_>, what: Seen) -> Self {
        let id = match id {
            MessageId::Uuid(uuid) => uuid,
            MessageId::Opaque(text) => {
                let high = fnv1a(FNV_BASIS, text.bytes());
                let low = fnv1a(high, text.bytes());
                (u128::from(high) << 64 | u128::from(low)).to_be_bytes()
            }
        };
        let origin = fnv1a(FNV_BASIS, originator.bytes()) << 2 | what as u64;
        Self { id, origin }
    }

    fn is_of(&self, other: &Self) -> bool {
        self.origin >> 2 == other.origin >> 2
    }
}

const FNV_BASIS: u64 = 0xcbf2_9ce4_8422_2325;
const FNV_PRIME: u64 = 0x0000_0100_0000_01b3;

fn fnv1a(basis: u64, octets: impl Iterator<Item = u8>) -> u64 {
    octets.fold(basis, |hash, octet| {
        (hash ^ u64::from(octet)).wrapping_mul(FNV_PRIME)
    })
}

//! Why a snapshot could not be made, or is not taken.

use core::fmt;

/// What went wrong with a snapshot. Whatever it is: go on without one, the client starts clean.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[non_exhaustive]
pub enum SnapshotError {
    /// The buffer is too short for what there is to be kept. Nothing has been used up.
    BufferTooSmall {
        /// Octets that would do now; [`max_len`](super::max_len) always does.
        needed: usize,
    },
    /// The device secret has less than 16 octets.
    SecretTooShort,
    /// The counter could not be read or advanced. Nothing has been used up.
    Counter,
    /// The random number generator failed.
    NoRandom,
    /// These octets are no snapshot: erased flash, say.
    NotASnapshot,
    /// A snapshot in a form that this version of the crate does not read.
    Version(u8),
    /// The end is missing.
    Truncated {
        /// Octets that the snapshot should have.
        needed: usize,
    },
    /// Made with another device secret, or for another UE Service ID.
    Foreign,
    /// Made under another value of the counter: it has been used before, or a newer one was made.
    Old {
        /// The value that it was made under.
        made_at: u64,
        /// The value now.
        now: u64,
    },
    /// Not as it was made: at least one bit is different.
    NotAuthentic,
    /// Authentic, but not what this build understands: made by another one with other features.
    Malformed,
    /// The client's memory is too small for it.
    DoesNotFit {
        /// Slots of the outbox that it takes.
        slots: usize,
        /// Octets of the outbox that it takes.
        outbox: usize,
        /// Slots for incoming messages that it takes.
        incoming_slots: usize,
        /// Octets for incoming messages that it takes.
        incoming: usize,
    },
    /// It holds no client.
    Absent,
}

impl fmt::Display for SnapshotError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::BufferTooSmall { needed } => write!(f, "the snapshot needs {needed} octets"),
            Self::SecretTooShort => f.write_str("a device secret of 16 octets or more expected"),
            Self::Counter => f.write_str("the counter did not answer"),
            Self::NoRandom => f.write_str("the random number generator failed"),
            Self::NotASnapshot => f.write_str("not a snapshot"),
            Self::Version(version) => write!(f, "a snapshot of unknown version {version}"),
            Self::Truncated { needed } => {
                write!(f, "a snapshot of {needed} octets whose end is missing")
            }
            Self::Foreign => f.write_str("a snapshot of another device or UE"),
            Self::Old { made_at, now } => {
                write!(f, "a snapshot made at {made_at}, the counter is at {now}")
            }
            Self::NotAuthentic => f.write_str("a snapshot that was changed"),
            Self::Malformed => f.write_str("a snapshot made by another build"),
            Self::DoesNotFit {
                slots,
                outbox,
                incoming_slots,
                incoming,
            } => write!(
                f,
                "the client's memory must have {slots} slots, {outbox} octets of outbox, \
                 {incoming_slots} incoming slots, {incoming} incoming octets"
            ),
            Self::Absent => f.write_str("a snapshot without a client"),
        }
    }
}

impl core::error::Error for SnapshotError {}

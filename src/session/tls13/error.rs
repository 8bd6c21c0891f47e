//! What ends a connection.

use super::alert::Alert;
use core::fmt;

/// Why the connection is over. Once given, it is given again by every later call.
///
/// Four octets, so that results stay in registers: it is on every path.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[non_exhaustive]
pub enum TlsError {
    /// The peer broke the protocol, or somebody on the path changed an octet. The alert is what
    /// was sent to it.
    Refused(Alert),
    /// A record with a content type that has no place at this point, or in clear when it may
    /// not be.
    UnexpectedRecord(u8),
    /// A record whose header cannot be: wrong version, impossible length.
    MalformedRecord,
    /// A handshake message, or the content of a protected record, with a type that has no place at
    /// this point. 0: without any type.
    UnexpectedMessage(u8),
    /// The server went on without the PSK. Without it nobody has proved who they are, so this
    /// client does not.
    PskDeclined,
    /// The peer ended the connection with this alert.
    PeerAlert(Alert),
    /// The peer said close_notify: everything it sent has been given.
    Closed,
    /// The transport ended without close_notify: something may be missing.
    Truncated,
    /// A record that the receive buffer cannot hold.
    RecordTooLong {
        /// Octets the record has, its 5-octet header included.
        len: u16,
    },
    /// A buffer of the caller's is too short.
    BufferTooSmall {
        /// Octets that would do.
        needed: u16,
    },
    /// The configuration offers no suite, or no group, that this build contains, or an identity
    /// or a name that does not fit its field.
    Unsupported,
    /// The holder of the PSK gave no answer.
    KeyUnavailable,
    /// The random number generator failed, or gives the same octet over and over.
    NoRandom,
    /// The deadline passed.
    TimedOut,
    /// Too many records in a row without any data.
    TooManyEmptyRecords,
    /// More records under one key than its suite allows, and no new key.
    KeyExhausted,
}

impl From<Alert> for TlsError {
    fn from(alert: Alert) -> Self {
        Self::Refused(alert)
    }
}

impl TlsError {
    /// A buffer has to have so many octets.
    pub(crate) fn too_small(needed: usize) -> Self {
        let needed = u16::try_from(needed).unwrap_or(u16::MAX);
        Self::BufferTooSmall { needed }
    }

    /// The same, if a buffer is too short, with room for so many octets more.
    pub(crate) fn needing(self, more: usize) -> Self {
        match self {
            Self::BufferTooSmall { needed } => {
                Self::too_small(usize::from(needed).saturating_add(more))
            }
            other => other,
        }
    }

    /// The alert that tells the peer, if it is to be told.
    pub(crate) fn alert(self) -> Option<Alert> {
        match self {
            Self::Refused(alert) => Some(alert),
            Self::UnexpectedRecord(_) | Self::UnexpectedMessage(_) | Self::TooManyEmptyRecords => {
                Some(Alert::UNEXPECTED_MESSAGE)
            }
            Self::KeyExhausted => Some(Alert::CLOSE_NOTIFY),
            Self::MalformedRecord => Some(Alert::DECODE_ERROR),
            Self::PskDeclined => Some(Alert::HANDSHAKE_FAILURE),
            Self::RecordTooLong { .. } => Some(Alert::RECORD_OVERFLOW),
            Self::BufferTooSmall { .. } | Self::Unsupported => Some(Alert::INTERNAL_ERROR),
            Self::TimedOut => Some(Alert::USER_CANCELED),
            _ => None,
        }
    }
}

impl fmt::Display for TlsError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Refused(alert) => write!(f, "the peer's message was refused with {alert}"),
            Self::UnexpectedRecord(kind) => {
                write!(f, "a record of type {kind} has no place here")
            }
            Self::UnexpectedMessage(kind) => {
                write!(f, "a message of type {kind} has no place here")
            }
            Self::MalformedRecord => f.write_str("the header of a record is malformed"),
            Self::PskDeclined => f.write_str("the server did not take the pre-shared key"),
            Self::PeerAlert(alert) => write!(f, "the peer ended the connection with {alert}"),
            Self::Closed => f.write_str("the peer closed the connection"),
            Self::Truncated => f.write_str("the transport ended without close_notify"),
            Self::RecordTooLong { len } => {
                write!(f, "a record of {len} octets does not fit the buffer")
            }
            Self::BufferTooSmall { needed } => write!(f, "the buffer must have {needed} octets"),
            Self::Unsupported => f.write_str("the configuration offers nothing that is built in"),
            Self::KeyUnavailable => f.write_str("the holder of the pre-shared key did not answer"),
            Self::NoRandom => f.write_str("the random number generator failed"),
            Self::TimedOut => f.write_str("the deadline passed"),
            Self::TooManyEmptyRecords => f.write_str("too many records without data in a row"),
            Self::KeyExhausted => f.write_str("the key has protected as many records as it may"),
        }
    }
}

impl core::error::Error for TlsError {}

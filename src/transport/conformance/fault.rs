use core::fmt;

use crate::transport::TransportError;

/// What was looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[non_exhaustive]
pub enum Check {
    /// A connection on which nothing has come is `Pending`.
    NothingThere,
    /// An empty buffer is `Ready(Ok(0))`.
    EmptyBuffers,
    /// Octets taken one at a time.
    TinyReads,
    /// A buffer larger than what is there is not waited for to be filled.
    LargeReads,
    /// 16 KiB, first without reading, so that the port says when it is full.
    Bulk,
    /// The octets before a close arrive, then `Closed`, each time it is asked.
    Close,
    /// A new connection begins empty.
    Reconnect,
    /// Datagrams keep their borders.
    Borders,
}

/// What was wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[non_exhaustive]
pub enum Fault {
    /// The port could not connect, or the connection ended where it should not.
    Ended(TransportError),
    /// The check was not over in [`Limits::check_ms`](super::Limits::check_ms).
    NotInTime {
        /// Octets or datagrams that had arrived.
        received: usize,
        /// How many should have.
        expected: usize,
    },
    /// One call took longer than [`Limits::call_ms`](super::Limits::call_ms).
    Blocked {
        /// How long it took, in milliseconds.
        ms: u64,
    },
    /// `Ready(Ok(n))` with an `n` that cannot be: 0, or more than was offered.
    Count {
        /// The port's number.
        n: usize,
        /// The length of what was offered.
        len: usize,
    },
    /// An octet that is not the one which was sent: lost, doubled, moved or changed.
    Octet {
        /// Its position.
        at: usize,
        /// What was sent.
        expected: u8,
        /// What arrived.
        got: u8,
    },
    /// Octets arrived that nobody sent.
    Unasked,
    /// The connection was closed by the peer, and the port does not say `Closed`.
    StillOpen,
    /// A datagram arrived with another length, or put together with others.
    Length {
        /// What arrived.
        got: usize,
    },
    /// Too many datagrams did not come back.
    Lost {
        /// How many of [`Fault::Lost::of`].
        lost: usize,
        /// How many were sent.
        of: usize,
    },
}

/// What a port does not keep to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Nonconformance {
    /// What was looked at.
    pub check: Check,
    /// What was wrong.
    pub fault: Fault,
}

impl fmt::Display for Check {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::NothingThere => "on a connection on which nothing has come",
            Self::EmptyBuffers => "with an empty buffer",
            Self::TinyReads => "reading one octet at a time",
            Self::LargeReads => "reading into a large buffer",
            Self::Bulk => "with 16 KiB both ways",
            Self::Close => "when the peer closes",
            Self::Reconnect => "after connecting again",
            Self::Borders => "with datagrams of several lengths",
        })
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Self::Ended(error) => write!(f, "expected a connection, but {error}"),
            Self::NotInTime { received, expected } => {
                write!(f, "expected {expected} octets, {received} came in time")
            }
            Self::Blocked { ms } => write!(f, "a call must not wait, but it took {ms} ms"),
            Self::Count { n, len } => {
                write!(
                    f,
                    "expected a count from 1 to {len}, or Pending, but got {n}"
                )
            }
            Self::Octet { at, expected, got } => {
                write!(
                    f,
                    "octet {at} should be {expected:#04x}, but it is {got:#04x}"
                )
            }
            Self::Unasked => f.write_str("octets came that nobody had sent"),
            Self::StillOpen => f.write_str("expected Closed after the last octet"),
            Self::Length { got } => {
                write!(
                    f,
                    "a datagram came with {got} octets, which none had that was sent"
                )
            }
            Self::Lost { lost, of } => write!(f, "{lost} of {of} datagrams did not come back"),
        }
    }
}

impl fmt::Display for Nonconformance {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.check, self.fault)
    }
}

impl core::error::Error for Nonconformance {}

//! What the manager tells the application.

use core::fmt;

use crate::akma::KeySourceError;
use crate::session::SessionError;

/// A change in the life of a connection. Nothing has to be done about any of them: the manager
/// goes on by itself. Times are in milliseconds on the clock that the caller polls with.
///
/// `docs/errors.md` says what stands behind each, and what helps.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[non_exhaustive]
pub enum ConnectionEvent {
    /// A session is open. What the client holds goes out; it registers again by itself if it was
    /// registered.
    Connected,
    /// The open session has ended, or the server has been silent for too long
    /// ([`SessionError::TimedOut`]).
    Disconnected {
        /// Why.
        error: SessionError,
        /// When another one is tried.
        retry_at: u64,
    },
    /// No session could be opened.
    ConnectFailed {
        /// Why. [`SessionError::TimedOut`]: dialling and handshake together took too long.
        error: SessionError,
        /// When it is tried again.
        retry_at: u64,
    },
    /// The key source has no key, or did not answer in time. It is asked again at `retry_at`, and
    /// at once when its [generation](crate::akma::AkmaKeySource::generation) changes.
    NoKey {
        /// Why, in the words of the key source.
        error: KeySourceError,
        /// When it is asked again.
        retry_at: u64,
    },
    /// K_AUSF has changed while a session is open. It goes on under the old key; the next one
    /// takes the new key. Told once in a session.
    KeyChanged,
    /// The server has refused identity or key, and the key source has a newer A-KID by now: it is
    /// tried at once. Usual just after a primary authentication (TS 33.501 clause 6.3.2): the
    /// network has the new key a moment before the UE does.
    KeyRenewed,
    /// The server refuses identity or key, and the key source has no newer A-KID. If the server
    /// is right (K_AF has expired, or the AAnF has no context), then **only a new primary
    /// authentication helps**: have the modem register in 5GS anew. It is tried again at
    /// `retry_at` all the same, since anybody on the path can fake a refusal, and at once when
    /// the generation of the key source changes.
    KeyRefused {
        /// What the server said.
        error: SessionError,
        /// When it is tried again.
        retry_at: u64,
    },
    /// So many attempts in a row have come to nothing: no session could be opened, or none lasted,
    /// as when each breaks at the same request. It goes on as before; told once until a session
    /// has lasted for [`Settings::stable_ms`](super::Settings::stable_ms). For an application that
    /// can do something: another APN or server, a restart of the modem, somebody who is told.
    NothingLasts {
        /// [`Settings::tell_after`](super::Settings::tell_after).
        attempts: u8,
        /// When it is tried again.
        retry_at: u64,
    },
    /// The connection was closed as [`close`](super::Connection::close) asked for.
    Closed,
}

impl fmt::Display for ConnectionEvent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Connected => f.write_str("a session is open"),
            Self::Disconnected { error, retry_at } => {
                write!(
                    f,
                    "the session has ended: {error}; next attempt at {retry_at} ms"
                )
            }
            Self::ConnectFailed { error, retry_at } => {
                write!(f, "no session: {error}; next attempt at {retry_at} ms")
            }
            Self::NoKey { error, retry_at } => {
                write!(f, "no key: {error}; next attempt at {retry_at} ms")
            }
            Self::KeyChanged => f.write_str("K_AUSF has changed; the open session goes on"),
            Self::KeyRenewed => f.write_str("the key was refused; a newer one is tried at once"),
            Self::KeyRefused { error, retry_at } => write!(
                f,
                "{error}, and there is no newer key: only a new primary authentication helps; \
                 next attempt at {retry_at} ms"
            ),
            Self::NothingLasts { attempts, retry_at } => write!(
                f,
                "{attempts} attempts in a row, and no session that lasted; \
                 next attempt at {retry_at} ms"
            ),
            Self::Closed => f.write_str("the connection is closed"),
        }
    }
}

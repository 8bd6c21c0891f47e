//! Which records may come when, before anything else reads them.
//!
//! The crate `embedded-tls` reads whatever comes and panics on some of it (a plaintext Finished
//! after the handshake). Nothing but what this module admits ever reaches it.

use super::server_hello;
use crate::session::SessionError;

/// Content types of RFC 8446 clause 5.1.
pub(super) const CHANGE_CIPHER_SPEC: u8 = 20;
pub(super) const ALERT: u8 = 21;
pub(super) const HANDSHAKE: u8 = 22;
pub(super) const APPLICATION_DATA: u8 = 23;

/// legacy_record_version of every record but the first ClientHello.
pub(super) const VERSION: [u8; 2] = [3, 3];

/// The shortest protected record: one octet of content type and the tag.
const MIN_PROTECTED: u16 = 17;

/// How far the peer is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Phase {
    /// One plaintext ServerHello, or an alert.
    ServerHello,
    /// A change_cipher_spec for the eyes of middleboxes, or protected records.
    ServerFlight,
    /// Protected records of the handshake.
    Protected,
    /// Protected records after the handshake.
    Open,
}

/// What to do with a record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Verdict {
    Pass,
    Drop,
}

/// The header of a record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Header {
    pub(super) content_type: u8,
    pub(super) version: [u8; 2],
    pub(super) length: u16,
}

impl Header {
    pub(super) const LEN: usize = 5;

    pub(super) fn parse([content_type, v1, v2, l1, l2]: [u8; Self::LEN]) -> Self {
        Self {
            content_type,
            version: [v1, v2],
            length: u16::from_be_bytes([l1, l2]),
        }
    }
}

impl Phase {
    /// Judges a record by its header, before its content is collected.
    pub(super) fn admit_header(self, header: Header, fits: u16) -> Result<(), SessionError> {
        let Header {
            content_type,
            version,
            length,
        } = header;
        let (version_ok, length_ok) = match (self, content_type) {
            (Self::ServerHello, HANDSHAKE) => (version == VERSION, length > 0),
            // An old server may refuse us in its own version.
            (Self::ServerHello, ALERT) => (version.first() == Some(&3), length == 2),
            (Self::ServerFlight, CHANGE_CIPHER_SPEC) => (version == VERSION, length == 1),
            (Self::ServerFlight | Self::Protected | Self::Open, APPLICATION_DATA) => {
                (version == VERSION, length >= MIN_PROTECTED)
            }
            _ => return Err(SessionError::UnexpectedRecord { content_type }),
        };
        if !version_ok || !length_ok {
            return Err(SessionError::MalformedRecord);
        }
        if length > fits {
            return Err(SessionError::RecordTooLong { got: length, fits });
        }
        Ok(())
    }

    /// Judges a whole record whose header was admitted, and moves on.
    pub(super) fn admit(&mut self, header: Header, body: &[u8]) -> Result<Verdict, SessionError> {
        match header.content_type {
            ALERT => Err(refusal(body)),
            CHANGE_CIPHER_SPEC if body == [1] => {
                *self = Self::Protected;
                Ok(Verdict::Drop)
            }
            CHANGE_CIPHER_SPEC => Err(SessionError::MalformedRecord),
            HANDSHAKE => {
                server_hello::check(body)?;
                *self = Self::ServerFlight;
                Ok(Verdict::Pass)
            }
            _ => {
                if *self == Self::ServerFlight {
                    *self = Self::Protected;
                }
                Ok(Verdict::Pass)
            }
        }
    }
}

/// What a plaintext alert in place of a ServerHello says. Nobody has signed it.
fn refusal(body: &[u8]) -> SessionError {
    match body {
        [_, 0] => SessionError::Closed,
        // unknown_psk_identity, handshake_failure
        [_, 115 | 40] => SessionError::IdentityUnknown,
        // illegal_parameter (OpenSSL, on a wrong binder), decrypt_error, bad_record_mac
        [_, 47 | 51 | 20] => SessionError::KeyRejected,
        [_, other] => SessionError::PeerAlert(*other),
        _ => SessionError::MalformedRecord,
    }
}

/// The alert that tells the server why its ServerHello was refused (RFC 8446 clause 6.2).
pub(super) fn alert_for(e: SessionError) -> Option<u8> {
    Some(match e {
        SessionError::UnexpectedRecord { .. } => 10,
        SessionError::RecordTooLong { .. } => 22,
        SessionError::PskDeclined => 40,
        SessionError::Unsupported(crate::session::Unsupported::Version(_)) => 70,
        SessionError::Unsupported(_) => 47,
        SessionError::MalformedRecord | SessionError::MalformedHandshake => 50,
        _ => return None,
    })
}

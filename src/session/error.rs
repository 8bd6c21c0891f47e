use crate::transport::TransportError;
use core::fmt;

/// Why a session could not be opened, or ended.
///
/// What a server says before it has proved its key ([`IdentityUnknown`](Self::IdentityUnknown),
/// [`KeyRejected`](Self::KeyRejected), [`PskDeclined`](Self::PskDeclined),
/// [`PeerAlert`](Self::PeerAlert)) could also be said by anybody on the path. Take it as a hint
/// for the next attempt, never as a reason to throw a key away.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[non_exhaustive]
pub enum SessionError {
    /// The server does not know the PSK identity (alert 115 or 40). Ask the key source for the
    /// A-KID again; if it has not changed, only a new primary authentication helps. A server
    /// with which no TLS parameter is common sends alert 40 too.
    IdentityUnknown,
    /// The server knows the identity but not this key (alert 47, 51 or 20). Check AF_ID (host
    /// name and Ua* identifier), then as for [`IdentityUnknown`](Self::IdentityUnknown).
    KeyRejected,
    /// The server went on without the PSK, as with a certificate. It does not serve AKMA on this
    /// port, or its AKMA context is gone: check address and port, then as for an unknown identity.
    PskDeclined,
    /// The server selected the PSK but did not prove that it has the key. An impostor, or
    /// somebody on the path who changed the handshake. Connect again; tell somebody if it stays.
    ServerNotAuthenticated,
    /// The server gave up with this alert (RFC 8446 clause 6.2). After the session was open it
    /// comes from the server, before that from anybody.
    PeerAlert(u8),
    /// The session was ended in order, by either side. Open a new one when there is a need.
    Closed,
    /// The stream ended without the farewell (close_notify): the network or an attacker cut it,
    /// or the server hung up in the handshake. What was sent last may be lost. Connect again.
    Truncated,
    /// The deadline passed. Connect again, later each time.
    TimedOut,
    /// The transport failed. Look up its code, connect again.
    Transport(TransportError),
    /// A record of `got` octets came where `fits` have room. The server ignored
    /// max_fragment_length: give the session larger memory or tell the server to send less.
    RecordTooLong {
        /// Octets of the record without its header.
        got: u16,
        /// Octets that the memory has room for.
        fits: u16,
    },
    /// A record of a type that has no place at this point: no TLS server at this address, or
    /// somebody on the path inserted plaintext (20 change_cipher_spec, 21 alert, 22 handshake).
    /// Connect again.
    UnexpectedRecord {
        /// Its content type octet.
        content_type: u8,
    },
    /// A record whose header or plaintext content is malformed: wrong version, impossible
    /// length. As for [`UnexpectedRecord`](Self::UnexpectedRecord).
    MalformedRecord,
    /// A record after the handshake that was not made with the session's key: changed, replayed,
    /// dropped or inserted on the path. Connect again.
    RecordNotAuthentic,
    /// A handshake message that is malformed or breaks the protocol. The server is faulty, or
    /// somebody on the path is at work. Connect again, later each time.
    MalformedHandshake,
    /// The server, with the key, sent something that has no place after the handshake. The
    /// number is the handshake type, or the content type where it is none. Connect again.
    UnexpectedMessage(u8),
    /// The server wants something that this client does not do. Configure the server, or use
    /// another session backend; after a [`KeyUpdate`](Unsupported::KeyUpdate) just open a new
    /// session.
    Unsupported(Unsupported),
    /// The peer sent too many records in a row without any data in them. Connect again.
    TooManyEmptyRecords,
    /// So many records went under one key that AES-GCM must not be used with it any longer
    /// (RFC 8446 clause 5.5). Open a new session.
    KeyExhausted,
    /// The session's transmit memory is too small for the ClientHello. Raise `TX`.
    BufferTooSmall {
        /// Octets it needs.
        needed: usize,
    },
    /// The server name is not a host name of 1 to 253 octets of ASCII without a trailing dot,
    /// or an ALPN name is not of 1 to 255 octets. Correct the configuration.
    InvalidConfig,
    /// Whoever holds the PSK (a secure element) did not answer. Is it powered and unlocked?
    KeyUnavailable,
    /// The random number generator failed or gave the same octet over and over. Is it running?
    RandomSource,
    /// A state that should not be. Please report it.
    Internal,
}

/// What this client does not do and a server asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[non_exhaustive]
pub enum Unsupported {
    /// HelloRetryRequest: the server wants another group than secp256r1, or a cookie.
    HelloRetryRequest,
    /// A protocol version other than TLS 1.3.
    Version(u16),
    /// A cipher suite other than TLS_AES_128_GCM_SHA256.
    CipherSuite(u16),
    /// A key exchange group other than secp256r1.
    Group(u16),
    /// New keys in a running session.
    KeyUpdate,
}

impl fmt::Display for SessionError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::IdentityUnknown => f.write_str("the server does not know the PSK identity"),
            Self::KeyRejected => f.write_str("the server does not accept the key"),
            Self::PskDeclined => f.write_str("the server went on without the PSK"),
            Self::ServerNotAuthenticated => {
                f.write_str("the server did not prove that it has the key")
            }
            Self::PeerAlert(alert) => write!(f, "the server gave up with TLS alert {alert}"),
            Self::Closed => f.write_str("the session was closed in order"),
            Self::Truncated => f.write_str("the stream ended without close_notify"),
            Self::TimedOut => f.write_str("the deadline passed"),
            Self::Transport(e) => e.fmt(f),
            Self::RecordTooLong { got, fits } => {
                write!(f, "a record of {got} octets came, {fits} fit")
            }
            Self::UnexpectedRecord { content_type } => {
                write!(f, "a record of type {content_type} has no place here")
            }
            Self::MalformedRecord => f.write_str("a record header or content is malformed"),
            Self::RecordNotAuthentic => f.write_str("a record was not made with the session's key"),
            Self::MalformedHandshake => f.write_str("a handshake message breaks the protocol"),
            Self::UnexpectedMessage(kind) => {
                write!(
                    f,
                    "a message of type {kind} has no place after the handshake"
                )
            }
            Self::Unsupported(what) => what.fmt(f),
            Self::TooManyEmptyRecords => f.write_str("too many records without data in a row"),
            Self::KeyExhausted => f.write_str("the key has protected as many records as it may"),
            Self::BufferTooSmall { needed } => {
                write!(
                    f,
                    "the transmit memory needs {needed} octets for the ClientHello"
                )
            }
            Self::InvalidConfig => f.write_str(
                "expected a host name of 1 to 253 octets and ALPN names of 1 to 255 octets",
            ),
            Self::KeyUnavailable => f.write_str("the holder of the PSK did not answer"),
            Self::RandomSource => f.write_str("the random number generator does not work"),
            Self::Internal => f.write_str("internal error"),
        }
    }
}

impl fmt::Display for Unsupported {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::HelloRetryRequest => f.write_str("the server asked for another ClientHello"),
            Self::Version(v) => write!(f, "the server speaks version {v:#06x}, not TLS 1.3"),
            Self::CipherSuite(s) => {
                write!(f, "the server chose cipher suite {s:#06x}, expected 0x1301")
            }
            Self::Group(g) => write!(f, "the server chose group {g:#06x}, expected 0x0017"),
            Self::KeyUpdate => f.write_str("the server changed its keys in a running session"),
        }
    }
}

impl core::error::Error for SessionError {}

impl From<TransportError> for SessionError {
    /// A stream that ends under a session was cut: the end in order has its own message.
    fn from(e: TransportError) -> Self {
        match e {
            TransportError::Closed => Self::Truncated,
            e @ TransportError::Failed(_) => Self::Transport(e),
        }
    }
}

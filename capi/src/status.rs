//! Status codes, and the conversions into them.

use core::ffi::c_char;

use msgin5g::akma::{AkmaError, KeySourceError};
use msgin5g::client::{ConfigError, Failure, SendError};
use msgin5g::session::SessionError;
use msgin5g::transport::TransportError;

/// What a function returns, and why something went wrong. 0 is success, what is below 0 is not.
/// A function returns a positive number only where its description says so.
#[repr(i32)]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum msgin5g_status {
    /// It worked.
    Ok = 0,
    /// A pointer that must not be NULL is, or a number is out of its range.
    InvalidArgument = -1,
    /// This is no client: never initialised, wiped, or moved to another address.
    NotInitialised = -2,
    /// Called out of a callback of the same client. Do it after msgin5g_poll() has returned.
    InCallback = -3,
    /// The caller's buffer or memory is too small.
    BufferTooSmall = -4,
    /// This library was built without what was asked for.
    NotBuilt = -5,
    /// A text is not UTF-8, or has no end within its longest length.
    InvalidText = -6,
    /// An identifier has the wrong length or spaces in it.
    InvalidIdentifier = -7,
    /// A value of the configuration is out of its range, or two do not go together.
    InvalidConfig = -8,
    /// The random number generator failed. Nothing was done.
    RandomFailed = -9,
    /// The size that stands first in a structure is not one that this library knows.
    InvalidSize = -10,
    /// The peer or the network ended the stream. A transport returns this too.
    Closed = -20,
    /// The transport failed; its own code is in `detail` of the event.
    TransportFailed = -21,
    /// A function of the transport returned more octets than it was given room for.
    TransportBroken = -22,
    /// No slot is free in the outbox. Try again after an event.
    OutboxFull = -30,
    /// The outbox has not so much room left. Try again after an event.
    OutboxTooSmall = -31,
    /// The message does not fit the transmit memory, or is more than the server takes. It never will.
    TooLarge = -32,
    /// A registration or de-registration is under way, or something else goes out at the moment.
    Busy = -33,
    /// Nothing with this ticket, subscription or Message ID waits for it.
    UnknownTicket = -34,
    /// Not the part of the payload that was asked for.
    WrongPart = -35,
    /// 1 to 8 topics are expected.
    TopicCount = -36,
    /// There is no valid K_AUSF: have the modem register in 5GS. A key source returns this too.
    NoKausf = -40,
    /// The modem or the subscription does no AKMA. A key source returns this too.
    KeysNotSupported = -41,
    /// The key source did not answer in time. A key source returns this too.
    KeysTimedOut = -42,
    /// The modem gave an error of its own; its code is in `detail` of the event.
    KeysModemFailed = -43,
    /// The key source gave something that is no A-KID or no key.
    KeysBadAnswer = -44,
    /// The server does not know the A-KID.
    IdentityUnknown = -50,
    /// The server knows the A-KID, but not this key.
    KeyRejected = -51,
    /// The server goes on without AKMA, as with a certificate.
    PskDeclined = -52,
    /// The server did not prove that it has the key.
    ServerNotAuthenticated = -53,
    /// The server sent an alert; its number is in `detail` of the event.
    PeerAlert = -54,
    /// The stream ended without farewell.
    Truncated = -55,
    /// It took too long.
    TimedOut = -56,
    /// A record does not fit the record buffer; `detail` has its length.
    RecordTooLong = -57,
    /// The server broke the protocol.
    ProtocolViolation = -58,
    /// A record was changed on its way.
    RecordNotAuthentic = -59,
    /// The server wants something that the session cannot do.
    Unsupported = -60,
    /// A new session is needed: so much went through this one.
    KeyExhausted = -61,
    /// A fault in this library. Please report it.
    Internal = -62,
    /// The server answered a request with an error; `coap_code` and `cause` of the event say which.
    Refused = -70,
    /// The server could not deliver the message.
    Undeliverable = -71,
    /// No answer to any attempt.
    NoAnswer = -72,
    /// Session after session broke while this request was under way.
    SessionBroken = -73,
    /// The server takes smaller messages only; `detail` has the limit in octets.
    PeerLimit = -74,
    /// The server sent what is no CoAP message.
    Malformed = -75,
    /// A snapshot does not open: no snapshot, changed, or of another device or subscription.
    SnapshotInvalid = -80,
    /// A snapshot that has been used, or is older than another one.
    SnapshotOld = -81,
    /// The monotonic counter could not be read or advanced.
    CounterFailed = -82,
    /// A snapshot does not fit the memory of this client.
    SnapshotDoesNotFit = -83,
    /// A key is not of the length that it has.
    KeyLength = -90,
    /// SUPI, Routing Indicator, network code, realm or host name is not what it should be.
    AkmaName = -91,
    /// The modem did not answer an AT command in time.
    ModemNoAnswer = -100,
    /// The modem refused an AT command; it gave a number if `detail` has one.
    ModemRefused = -101,
    /// An AT command cannot be written: too long, or a quotation mark in a name.
    ModemUnsendable = -102,
    /// A transport does not do what it should; the report says what.
    NotConforming = -110,
    /// No UE configuration document, or one without what it must have; what it was read into says why.
    InvalidDocument = -120,
    /// A gateway does not take a message, from either side; the step says why.
    NotTaken = -130,
}

use msgin5g_status as Status;

/// One line of English about a status, for logs. Never NULL, constant, ends with 0.
/// Any number may be given. May be called at any time from anywhere.
///
/// \param status what a function returned or an event holds
#[unsafe(no_mangle)]
pub extern "C" fn msgin5g_strerror(status: i32) -> *const c_char {
    let known = TEXTS.iter().find(|(known, _)| *known as i32 == status);
    known.map_or(c"unknown status", |(_, text)| text).as_ptr()
}

/// The version of this library: major in bits 16 to 23, minor in 8 to 15, patch in 0 to 7. The same as
/// MSGIN5G_VERSION of the header that it goes with. May be called at any time from anywhere.
#[unsafe(no_mangle)]
pub extern "C" fn msgin5g_version() -> u32 {
    MSGIN5G_VERSION
}

/// The version of this header, see msgin5g_version().
pub const MSGIN5G_VERSION: u32 = 0x00_01_00;

const TEXTS: &[(Status, &core::ffi::CStr)] = &[
    (Status::Ok, c"ok"),
    (
        Status::InvalidArgument,
        c"NULL, or a number out of its range",
    ),
    (Status::NotInitialised, c"not an initialised context"),
    (Status::InCallback, c"called out of a callback"),
    (Status::BufferTooSmall, c"buffer or memory too small"),
    (Status::NotBuilt, c"not built into this library"),
    (Status::InvalidText, c"text is not UTF-8 or has no end"),
    (
        Status::InvalidIdentifier,
        c"identifier of wrong length or with spaces",
    ),
    (Status::InvalidConfig, c"configuration out of range"),
    (Status::RandomFailed, c"random number generator failed"),
    (Status::InvalidSize, c"structure of unknown size"),
    (Status::Closed, c"closed by the peer or the network"),
    (Status::TransportFailed, c"transport failed"),
    (
        Status::TransportBroken,
        c"transport gave more octets than fit",
    ),
    (Status::OutboxFull, c"no free slot in the outbox"),
    (Status::OutboxTooSmall, c"no room in the outbox"),
    (Status::TooLarge, c"message too large"),
    (Status::Busy, c"something else is under way"),
    (Status::UnknownTicket, c"nothing waits for this"),
    (Status::WrongPart, c"not the part that was asked for"),
    (Status::TopicCount, c"1 to 8 topics expected"),
    (Status::NoKausf, c"no K_AUSF: register in 5GS first"),
    (
        Status::KeysNotSupported,
        c"no AKMA in modem or subscription",
    ),
    (Status::KeysTimedOut, c"no keys in time"),
    (Status::KeysModemFailed, c"modem refused the keys"),
    (Status::KeysBadAnswer, c"keys cannot be used"),
    (Status::IdentityUnknown, c"server does not know the A-KID"),
    (Status::KeyRejected, c"server has another key"),
    (Status::PskDeclined, c"server goes on without AKMA"),
    (
        Status::ServerNotAuthenticated,
        c"server did not prove the key",
    ),
    (Status::PeerAlert, c"server sent an alert"),
    (Status::Truncated, c"stream cut off"),
    (Status::TimedOut, c"took too long"),
    (Status::RecordTooLong, c"record too long for its buffer"),
    (Status::ProtocolViolation, c"server broke the protocol"),
    (Status::RecordNotAuthentic, c"record changed on its way"),
    (
        Status::Unsupported,
        c"server wants what the session cannot do",
    ),
    (Status::KeyExhausted, c"session used up"),
    (Status::Internal, c"internal fault"),
    (Status::Refused, c"server answered with an error"),
    (Status::Undeliverable, c"not delivered"),
    (Status::NoAnswer, c"no answer"),
    (
        Status::SessionBroken,
        c"sessions broke while this was under way",
    ),
    (Status::PeerLimit, c"server takes less"),
    (Status::Malformed, c"not CoAP"),
    (Status::SnapshotInvalid, c"snapshot does not open"),
    (Status::SnapshotOld, c"snapshot used or outdated"),
    (Status::CounterFailed, c"monotonic counter failed"),
    (Status::SnapshotDoesNotFit, c"snapshot does not fit"),
    (Status::KeyLength, c"key of wrong length"),
    (
        Status::AkmaName,
        c"SUPI, network, realm or host name not valid",
    ),
    (Status::ModemNoAnswer, c"modem did not answer"),
    (Status::ModemRefused, c"modem refused a command"),
    (Status::ModemUnsendable, c"command cannot be written"),
    (Status::NotConforming, c"transport does not do as it should"),
    (Status::InvalidDocument, c"configuration document not valid"),
    (Status::NotTaken, c"gateway does not take it"),
];

/// A status, and the number that goes with it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Told {
    pub status: Status,
    pub detail: i32,
}

impl From<Status> for Told {
    fn from(status: Status) -> Self {
        Self { status, detail: 0 }
    }
}

impl From<TransportError> for Told {
    fn from(error: TransportError) -> Self {
        match error {
            TransportError::Closed => Status::Closed.into(),
            TransportError::Failed(detail) => Self {
                status: Status::TransportFailed,
                detail,
            },
            _ => Status::TransportFailed.into(),
        }
    }
}

impl From<SessionError> for Told {
    fn from(error: SessionError) -> Self {
        use SessionError as E;
        let with = |status, detail| Self { status, detail };
        match error {
            E::IdentityUnknown => Status::IdentityUnknown.into(),
            E::KeyRejected => Status::KeyRejected.into(),
            E::PskDeclined => Status::PskDeclined.into(),
            E::ServerNotAuthenticated => Status::ServerNotAuthenticated.into(),
            E::PeerAlert(alert) => with(Status::PeerAlert, alert.into()),
            E::Closed => Status::Closed.into(),
            E::Truncated => Status::Truncated.into(),
            E::TimedOut => Status::TimedOut.into(),
            E::Transport(error) => error.into(),
            E::RecordTooLong { got, .. } => with(Status::RecordTooLong, got.into()),
            E::UnexpectedRecord { content_type } => {
                with(Status::ProtocolViolation, content_type.into())
            }
            E::MalformedRecord
            | E::MalformedHandshake
            | E::UnexpectedMessage(_)
            | E::TooManyEmptyRecords => Status::ProtocolViolation.into(),
            E::RecordNotAuthentic => Status::RecordNotAuthentic.into(),
            E::Unsupported(_) => Status::Unsupported.into(),
            E::KeyExhausted => Status::KeyExhausted.into(),
            E::BufferTooSmall { needed } => with(
                Status::BufferTooSmall,
                i32::try_from(needed).unwrap_or(i32::MAX),
            ),
            E::InvalidConfig => Status::InvalidConfig.into(),
            E::KeyUnavailable => Status::NoKausf.into(),
            E::RandomSource => Status::RandomFailed.into(),
            _ => Status::Internal.into(),
        }
    }
}

impl From<KeySourceError> for Told {
    fn from(error: KeySourceError) -> Self {
        match error {
            KeySourceError::NoKausf => Status::NoKausf.into(),
            KeySourceError::NotSupported => Status::KeysNotSupported.into(),
            KeySourceError::TimedOut => Status::KeysTimedOut.into(),
            KeySourceError::Modem(detail) => Self {
                status: Status::KeysModemFailed,
                detail,
            },
            _ => Status::KeysBadAnswer.into(),
        }
    }
}

impl From<&Failure<'_>> for Told {
    fn from(failure: &Failure<'_>) -> Self {
        match failure {
            Failure::Answered { .. } => Status::Refused.into(),
            Failure::Undeliverable { .. } => Status::Undeliverable.into(),
            Failure::NoAnswer => Status::NoAnswer.into(),
            Failure::SessionBroken { times } => Self {
                status: Status::SessionBroken,
                detail: (*times).into(),
            },
            Failure::TooLarge { limit } => Self {
                status: Status::PeerLimit,
                detail: i32::try_from(*limit).unwrap_or(i32::MAX),
            },
            _ => Status::Undeliverable.into(),
        }
    }
}

impl From<SendError> for Status {
    fn from(error: SendError) -> Self {
        match error {
            SendError::OutboxFull => Self::OutboxFull,
            SendError::OutboxTooSmall { .. } => Self::OutboxTooSmall,
            SendError::TooLarge { .. } => Self::TooLarge,
            SendError::UnknownTicket => Self::UnknownTicket,
            SendError::WrongPart => Self::WrongPart,
            SendError::TopicCount => Self::TopicCount,
            _ => Self::Busy,
        }
    }
}

impl From<ConfigError> for Status {
    fn from(error: ConfigError) -> Self {
        match error {
            ConfigError::UeServiceId(_) => Self::InvalidIdentifier,
            ConfigError::ReceiveMemory { .. } | ConfigError::TransmitMemory { .. } => {
                Self::BufferTooSmall
            }
            _ => Self::InvalidConfig,
        }
    }
}

impl From<AkmaError> for Status {
    fn from(error: AkmaError) -> Self {
        match error {
            AkmaError::KeyLength { .. }
            | AkmaError::KeyIsHexText
            | AkmaError::KeyHexDigits
            | AkmaError::EmskLength { .. }
            | AkmaError::EmskIsHexText => Self::KeyLength,
            _ => Self::AkmaName,
        }
    }
}

/// A `Result` as C sees it.
pub(crate) fn told(result: Result<(), Status>) -> Status {
    result.err().unwrap_or(Status::Ok)
}

//! Alerts (RFC 8446 section 6).

use core::fmt;

/// An alert's description, the second octet of the message (RFC 8446 section 6.2, RFC 8449).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Alert(pub u8);

impl Alert {
    /// The sender will send no more. The only orderly end.
    pub const CLOSE_NOTIFY: Self = Self(0);
    /// A message that may not come here.
    pub const UNEXPECTED_MESSAGE: Self = Self(10);
    /// A record that could not be deprotected.
    pub const BAD_RECORD_MAC: Self = Self(20);
    /// A record longer than agreed.
    pub const RECORD_OVERFLOW: Self = Self(22);
    /// No acceptable set of parameters.
    pub const HANDSHAKE_FAILURE: Self = Self(40);
    /// A field with a value that is not allowed here.
    pub const ILLEGAL_PARAMETER: Self = Self(47);
    /// A message that does not parse.
    pub const DECODE_ERROR: Self = Self(50);
    /// A Finished or binder that does not verify.
    pub const DECRYPT_ERROR: Self = Self(51);
    /// A version of the protocol that is not supported.
    pub const PROTOCOL_VERSION: Self = Self(70);
    /// Something went wrong here that is not the peer's fault.
    pub const INTERNAL_ERROR: Self = Self(80);
    /// The handshake is given up for a reason outside the protocol; a close_notify follows.
    pub const USER_CANCELED: Self = Self(90);
    /// An extension that must be there is not.
    pub const MISSING_EXTENSION: Self = Self(109);
    /// An extension that was not asked for, or not allowed in this message.
    pub const UNSUPPORTED_EXTENSION: Self = Self(110);
    /// No PSK is known under this identity.
    pub const UNKNOWN_PSK_IDENTITY: Self = Self(115);
    /// None of the application protocols offered is supported.
    pub const NO_APPLICATION_PROTOCOL: Self = Self(120);

    /// The message as sent: TLS 1.3 keeps the level only for show, 1 for the two that end or
    /// announce an orderly close, 2 for all others.
    #[must_use]
    pub(crate) fn to_message(self) -> [u8; 2] {
        let level = match self {
            Self::CLOSE_NOTIFY | Self::USER_CANCELED => 1,
            _ => 2,
        };
        [level, self.0]
    }
}

impl fmt::Display for Alert {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "alert {}", self.0)
    }
}

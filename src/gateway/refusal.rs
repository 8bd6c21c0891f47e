use core::fmt;

use crate::coap::Code;
use crate::message::cause;

/// Why a gateway does not take a message, from either side.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[non_exhaustive]
pub enum Refusal {
    /// Nothing is registered over this link, or not this application.
    NotRegistered,
    /// The application is registered over another link.
    ApplicationTaken,
    /// The Layer-2 ID in a registration is not that of the link that it came over.
    OtherLink,
    /// No room for another application or another report that is waited for, in all or for this link.
    Full,
    /// A message that goes down has come up.
    Direction,
    /// An address that is empty or over 255 octets, or of an area: a UE cannot broadcast.
    Target,
    /// A Message ID that is no UUID: L3 has no form for it, and reports could not be matched.
    MessageId,
    /// Another message with this Message ID waits for its report.
    MessageIdTaken,
    /// A report on a message that none is waited for.
    UnknownMessage,
    /// No application for this message: it names another, or none while several are registered or none.
    NoApplication,
    /// One segment of a message. The client puts them together before.
    Segment,
}

impl Refusal {
    /// The code of the CoAP response to a constrained UE. On L3 no answer is known. UNCONFIRMED.
    #[must_use]
    pub const fn code(self) -> Code {
        match self {
            Self::NotRegistered | Self::ApplicationTaken | Self::OtherLink => Code::FORBIDDEN,
            Self::Full => Code::SERVICE_UNAVAILABLE,
            Self::UnknownMessage | Self::NoApplication => Code::NOT_FOUND,
            Self::Direction
            | Self::Target
            | Self::MessageId
            | Self::MessageIdTaken
            | Self::Segment => Code::BAD_REQUEST,
        }
    }

    /// The *Failure Cause* for a report to whoever sent a message that was not delivered.
    #[must_use]
    pub const fn cause(self) -> &'static str {
        match self {
            Self::NoApplication | Self::NotRegistered | Self::ApplicationTaken => {
                cause::APPLICATION_NOT_AVAILABLE
            }
            Self::Full | Self::OtherLink => cause::RECIPIENT_NOT_REACHABLE,
            _ => cause::MALFORMED_MESSAGE,
        }
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::NotRegistered => "not registered over this link",
            Self::ApplicationTaken => "registered over another link",
            Self::OtherLink => "the Layer-2 ID is not that of the link",
            Self::Full => "no room",
            Self::Direction => "a message that goes to a constrained UE",
            Self::Target => "expected a UE, an AS, a group or a topic of 1 to 255 octets",
            Self::MessageId => "expected a UUID as Message ID",
            Self::MessageIdTaken => "the Message ID is in use",
            Self::UnknownMessage => "no report on this message is waited for",
            Self::NoApplication => "no application for this message",
            Self::Segment => "expected a whole message",
        })
    }
}

impl core::error::Error for Refusal {}

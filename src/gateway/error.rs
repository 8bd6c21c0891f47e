use core::fmt;

use super::Element;
use crate::coap::CoapError;
use crate::message::{DecodeError, EncodeError};

/// Why octets are no message of MSGin5G-5.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[non_exhaustive]
pub enum LocalDecodeError {
    /// The payload is not JSON, is too deep, or has an address that cannot be used.
    Json(DecodeError),
    /// More octets than are taken.
    TooLong {
        /// The most.
        max: usize,
    },
    /// An element ends behind the last octet.
    Truncated(Element),
    /// An optional element that is not known ends behind the last octet.
    UnknownTruncated {
        /// Octets from the first to where it begins.
        at: usize,
    },
    /// A mandatory element is missing, or null.
    Missing(Element),
    /// An element is shorter or longer than table A.2.1.1-1 and its like allow.
    Length(Element),
    /// An element in JSON has a value of another type.
    Mistyped(Element),
    /// An element has a value that means nothing: an address that is empty, an Application ID that is no
    /// number, text that is not UTF-8.
    Unusable(Element),
    /// An L3 message type that is not known.
    UnknownMessageType(u8),
}

/// Why a message of MSGin5G-5 could not be written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[non_exhaustive]
pub enum LocalEncodeError {
    /// The buffer is too small.
    BufferTooSmall {
        /// The size that is just enough, in octets.
        needed: usize,
    },
    /// An element whose value L3 has no room or no form for: an address under 5 or over 255 octets, a
    /// Message ID that is no UUID, an empty payload or one over 65535 octets.
    Unwritable(Element),
    /// More than 8 segments in a path.
    TooManyPathSegments,
    /// The CoAP message around it.
    Coap(CoapError),
}

impl fmt::Display for LocalDecodeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Json(error) => error.fmt(f),
            Self::TooLong { max } => write!(f, "more than {max} octets"),
            Self::Truncated(element) => write!(f, "`{}` is cut off", element.name()),
            Self::UnknownTruncated { at } => write!(f, "the element at octet {at} is cut off"),
            Self::Missing(element) => write!(f, "`{}` is missing", element.name()),
            Self::Length(element) => {
                write!(f, "`{}` is too short or too long", element.name())
            }
            Self::Mistyped(element) => {
                write!(f, "`{}` has a value of another type", element.name())
            }
            Self::Unusable(element) => {
                write!(f, "`{}` has a value that cannot be used", element.name())
            }
            Self::UnknownMessageType(octet) => write!(f, "unknown message type {octet:#04x}"),
        }
    }
}

impl core::error::Error for LocalDecodeError {}

impl fmt::Display for LocalEncodeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::BufferTooSmall { needed } => {
                write!(f, "buffer too small, {needed} octets needed")
            }
            Self::Unwritable(element) => write!(f, "`{}` has no form on L3", element.name()),
            Self::TooManyPathSegments => f.write_str("more than 8 path segments"),
            Self::Coap(error) => error.fmt(f),
        }
    }
}

impl core::error::Error for LocalEncodeError {}

impl From<EncodeError> for LocalEncodeError {
    fn from(error: EncodeError) -> Self {
        let EncodeError::BufferTooSmall { needed } = error;
        Self::BufferTooSmall { needed }
    }
}

impl From<CoapError> for LocalEncodeError {
    fn from(error: CoapError) -> Self {
        match error {
            CoapError::BufferTooSmall { needed } => Self::BufferTooSmall { needed },
            other => Self::Coap(other),
        }
    }
}

use core::fmt;

use super::{MAX_DEPTH, ServerAddress};
use crate::message::IdError;

/// The elements that a UE configuration document has for MSGin5G (TS 24.538 clause 7.2.3).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[non_exhaustive]
pub enum Element {
    /// `MSGin5G-Server-address`, mandatory.
    ServerAddress,
    /// `MSGin5G-UE-Service-id`, mandatory.
    UeServiceId,
    /// `Segment-size`, optional.
    SegmentSize,
}

/// Why octets are not a UE configuration document.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[non_exhaustive]
pub enum ConfigurationError {
    /// The octets are not XML.
    Syntax {
        /// What should have stood there.
        expected: Expected,
        /// Octets from the first.
        at: usize,
    },
    /// A document type declaration. It could define what text stands for, so it is not taken.
    DocumentType {
        /// Octets from the first.
        at: usize,
    },
    /// The document is longer than is taken.
    TooLong {
        /// The most octets.
        max: usize,
    },
    /// More than 16 elements are inside each other.
    TooDeep {
        /// Octets from the first to behind the tag that was one too many.
        at: usize,
    },
    /// A mandatory element is not there, or not inside `on-network`.
    Missing(Element),
    /// An element stands twice: which one counts nobody can tell.
    Repeated(Element),
    /// An element has other elements inside, where text belongs.
    NotText(Element),
    /// Text that is not UTF-8.
    NotUtf8(Element),
    /// `Segment-size` is not a number from 1 to 65535.
    SegmentSize,
    /// `MSGin5G-Server-address` is no address that can be used.
    ServerAddress(AddressError),
    /// `MSGin5G-UE-Service-id` is no UE Service ID.
    UeServiceId(IdError),
}

/// What XML wants at some place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[non_exhaustive]
pub enum Expected {
    /// One element around all others, and no text outside of it.
    Root,
    /// The name of an element or an attribute.
    Name,
    /// `>`, or a space and an attribute.
    TagEnd,
    /// `=` behind the name of an attribute.
    Equals,
    /// A quote before or behind the value of an attribute.
    Quote,
    /// `-->`
    CommentEnd,
    /// `?>`
    InstructionEnd,
    /// `]]>`
    CdataEnd,
    /// `&amp;`, another of the five that XML itself knows, or `&#` with the number of a character.
    Reference,
    /// The end tag of the element that is open.
    EndTag,
}

/// Why a text is no address of a server.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[non_exhaustive]
pub enum AddressError {
    /// More octets than are taken.
    TooLong {
        /// The most octets.
        max: usize,
    },
    /// It does not begin with `coap://`, `coaps://` or one of their forms over TCP and WebSockets.
    Scheme,
    /// No host, one over 255 octets, or one with characters that no name or address has.
    Host,
    /// A port that is no number from 1 to 65535.
    Port,
    /// A query or a fragment: RFC 7252 section 6.4 forbids the one and here is no use for the other.
    Query,
    /// `%` without two hexadecimal digits.
    PercentEncoding,
    /// More path segments than are taken.
    TooManySegments {
        /// The most.
        max: usize,
    },
    /// A path segment over 255 octets, which no Uri-Path can hold.
    SegmentTooLong,
    /// A path segment that is `.` or `..`, or not UTF-8 (RFC 7252 section 5.10.1).
    Segment,
}

impl Element {
    /// Its name in the document, without prefix.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::ServerAddress => "MSGin5G-Server-address",
            Self::UeServiceId => "MSGin5G-UE-Service-id",
            Self::SegmentSize => "Segment-size",
        }
    }
}

impl Expected {
    /// It in words, such as "the end tag of the open element".
    #[must_use]
    pub const fn describe(self) -> &'static str {
        match self {
            Self::Root => "one element around all others",
            Self::Name => "a name",
            Self::TagEnd => "`>` or a space",
            Self::Equals => "`=`",
            Self::Quote => "a quote",
            Self::CommentEnd => "`-->`",
            Self::InstructionEnd => "`?>`",
            Self::CdataEnd => "`]]>`",
            Self::Reference => "a reference to a character",
            Self::EndTag => "the end tag of the open element",
        }
    }
}

impl fmt::Display for ConfigurationError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Self::Syntax { expected, at } => {
                write!(f, "octet {at}: expected {}", expected.describe())
            }
            Self::DocumentType { at } => write!(f, "octet {at}: a document type is not taken"),
            Self::TooLong { max } => write!(f, "more than {max} octets"),
            Self::TooDeep { at } => {
                write!(
                    f,
                    "octet {at}: more than {MAX_DEPTH} elements inside each other"
                )
            }
            Self::Missing(element) => {
                write!(f, "`{}` is missing inside `on-network`", element.name())
            }
            Self::Repeated(element) => write!(f, "`{}` stands twice", element.name()),
            Self::NotText(element) => write!(f, "`{}`: expected text only", element.name()),
            Self::NotUtf8(element) => write!(f, "`{}`: expected UTF-8", element.name()),
            Self::SegmentSize => f.write_str("`Segment-size`: expected 1 to 65535"),
            Self::ServerAddress(error) => write!(f, "`MSGin5G-Server-address`: {error}"),
            Self::UeServiceId(error) => write!(f, "`MSGin5G-UE-Service-id`: {error}"),
        }
    }
}

impl core::error::Error for ConfigurationError {}

impl fmt::Display for AddressError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Self::TooLong { max } => write!(f, "more than {max} octets"),
            Self::Scheme => f.write_str("expected coap://, coaps:// or one of their forms"),
            Self::Host => f.write_str("expected a host of 1 to 255 octets"),
            Self::Port => f.write_str("expected a port from 1 to 65535"),
            Self::Query => f.write_str("a query or a fragment is not taken"),
            Self::PercentEncoding => f.write_str("expected two hexadecimal digits after %"),
            Self::TooManySegments { max } => write!(f, "more than {max} path segments"),
            Self::SegmentTooLong => write!(
                f,
                "path segment over {} octets",
                ServerAddress::MAX_SEGMENT_LEN
            ),
            Self::Segment => f.write_str("path segment that is not UTF-8, or is `.` or `..`"),
        }
    }
}

impl core::error::Error for AddressError {}

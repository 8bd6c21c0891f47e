use core::fmt;

use super::wire::{Member, Shape};

/// Why octets are not a message. Answer the request that brought them with 4.00 Bad Request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[non_exhaustive]
pub enum DecodeError {
    /// The octets are not JSON.
    Syntax {
        /// What should have stood there.
        expected: Expected,
        /// Octets from the first.
        at: usize,
    },
    /// The JSON is longer than any message may be.
    TooLong {
        /// The most octets.
        max: usize,
    },
    /// More than four objects and arrays are inside each other.
    TooDeep {
        /// Octets from the first to the bracket that was one too many.
        at: usize,
    },
    /// A mandatory member is missing, or null.
    Missing(Member),
    /// A member has a value of another type.
    Mistyped {
        /// The member.
        member: Member,
        /// What belongs there.
        expected: Shape,
    },
    /// A number is negative or too large for what it means, or a list is longer than is taken.
    OutOfRange(Member),
    /// A value is not what the member needs: an identifier that is empty or over its limit, an unknown
    /// address type, an empty list.
    Unusable(Member),
    /// A second originator or recipient beside another one.
    Surplus(Member),
    /// `Message Type` is none of those known.
    UnknownMessageType,
    /// A segment, or an aggregate, and what reads them is not built in: answer 5.01 Not Implemented.
    NotBuilt,
}

/// What JSON wants at some place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[non_exhaustive]
pub enum Expected {
    /// `{`: a message is an object.
    Object,
    /// Any value.
    Value,
    /// A name in quotes.
    Name,
    /// `:` after a name.
    Colon,
    /// `,` or the closing bracket.
    CommaOrEnd,
    /// The closing quote before a control character or the end.
    Quote,
    /// One of `"\/bfnrtu`, and four hexadecimal digits after `u`.
    Escape,
    /// The second half of a surrogate pair, or a character that is none.
    SurrogatePair,
    /// UTF-8 inside a string.
    Utf8,
    /// A digit.
    Digit,
    /// Nothing behind the message.
    End,
}

impl Expected {
    const fn describe(self) -> &'static str {
        match self {
            Self::Object => "`{`",
            Self::Value => "a value",
            Self::Name => "a name in quotes",
            Self::Colon => "`:`",
            Self::CommaOrEnd => "`,` or the closing bracket",
            Self::Quote => "the closing quote",
            Self::Escape => "an escape of JSON",
            Self::SurrogatePair => "a surrogate pair",
            Self::Utf8 => "UTF-8",
            Self::Digit => "a digit",
            Self::End => "nothing more",
        }
    }
}

impl Shape {
    const fn describe(self) -> &'static str {
        match self {
            Self::Text => "a string",
            Self::Texts => "a string or an array of strings",
            Self::Boolean => "true or false",
            Self::Integer => "an integer",
            Self::Integers => "an integer or an array of integers",
            Self::Address => "a string or {addrType, addr}",
            Self::Ranges => "a list of segment ranges",
            Self::Object => "an object",
            Self::Items => "an array of objects",
        }
    }
}

impl fmt::Display for DecodeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Self::Syntax { expected, at } => {
                write!(f, "octet {at}: expected {}", expected.describe())
            }
            Self::TooLong { max } => write!(f, "more than {max} octets"),
            Self::TooDeep { at } => write!(f, "octet {at}: more than 4 brackets inside each other"),
            Self::Missing(member) => write!(f, "`{}` is missing", member.name()),
            Self::Mistyped { member, expected } => {
                write!(f, "`{}`: expected {}", member.name(), expected.describe())
            }
            Self::OutOfRange(member) => write!(f, "`{}` is out of range", member.name()),
            Self::Unusable(member) => {
                write!(f, "`{}` has a value that cannot be used", member.name())
            }
            Self::Surplus(member) => write!(f, "`{}` beside another of its kind", member.name()),
            Self::UnknownMessageType => f.write_str("unknown `Message Type`"),
            Self::NotBuilt => f.write_str("neither segments nor aggregates are built in"),
        }
    }
}

impl core::error::Error for DecodeError {}

/// Why a message could not be written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[non_exhaustive]
pub enum EncodeError {
    /// The buffer is too small.
    BufferTooSmall {
        /// The size that is just enough, in octets.
        needed: usize,
    },
}

impl fmt::Display for EncodeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::BufferTooSmall { needed } => {
                write!(f, "buffer too small, {needed} octets needed")
            }
        }
    }
}

impl core::error::Error for EncodeError {}

/// Why a text is not an identifier.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[non_exhaustive]
pub enum IdError {
    /// Shorter or longer than allowed.
    Length {
        /// Least octets.
        min: usize,
        /// Most octets.
        max: usize,
        /// What was given.
        found: usize,
    },
    /// A space or a control character in it.
    Space {
        /// Octets from the first.
        at: usize,
    },
}

impl fmt::Display for IdError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Length { min, max, found } => {
                write!(f, "{min} to {max} octets expected, {found} given")
            }
            Self::Space { at } => write!(f, "space or control character at octet {at}"),
        }
    }
}

impl core::error::Error for IdError {}

use core::fmt;

/// Why octets are not a CoAP message, or why a message could not be written.
///
/// On a stream each reading error but [`CoapError::EmptyPayload`] and the option errors means that the
/// boundary between messages is lost: answer Abort and close (RFC 8323 section 5.6). In a datagram it means
/// Reset for a confirmable message and silence otherwise (RFC 7252 section 4.2).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[non_exhaustive]
pub enum CoapError {
    /// The token length field is over 8.
    TokenTooLong(u8),
    /// The message ends before its header does.
    Truncated,
    /// A frame was given with this many octets missing, or too many behind it.
    FrameLength {
        /// What the frame's own header says, in octets.
        expected: usize,
        /// What was given.
        found: usize,
    },
    /// The length field cannot be represented on this machine.
    FrameTooLong,
    /// A nibble of 15 where an option's delta or length belongs.
    ReservedNibble {
        /// Octets from the first option.
        at: usize,
    },
    /// An option runs past the end of the message.
    OptionTruncated {
        /// Octets from the first option.
        at: usize,
    },
    /// Option numbers go over 65535.
    OptionOverflow {
        /// Octets from the first option.
        at: usize,
    },
    /// A payload marker with nothing behind it.
    EmptyPayload,
    /// Datagram: the version field is not 1. Ignore the message without a word.
    Version(u8),
    /// Datagram: an empty message (0.00) that has a token, options or a payload.
    EmptyNotEmpty,
    /// Datagram: the code's class is 1, 6 or 7, which nothing may use.
    ReservedClass(u8),
    /// A signalling message that is none of 7.01 to 7.05.
    UnknownSignal(u8),
    /// A signalling message has a critical option that RFC 8323 does not know, or whose value is wrong.
    /// In a CSM, answer Abort with this number as Bad-CSM-Option.
    BadSignalOption(u16),
    /// Writing: the options are not in ascending order of their numbers.
    OptionsOrder,
    /// Writing: an option's value is over 65804 octets.
    OptionTooLong,
    /// Writing: the buffer is too small.
    BufferTooSmall {
        /// The size that is just enough, in octets.
        needed: usize,
    },
}

impl fmt::Display for CoapError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Self::TokenTooLong(len) => write!(f, "token of {len} octets, expected at most 8"),
            Self::Truncated => f.write_str("message ends inside its header"),
            Self::FrameLength { expected, found } => {
                write!(f, "frame of {expected} octets expected, {found} given")
            }
            Self::FrameTooLong => f.write_str("length field beyond what this machine can address"),
            Self::ReservedNibble { at } => {
                write!(
                    f,
                    "option at {at}: delta or length nibble 15, expected 0 to 14"
                )
            }
            Self::OptionTruncated { at } => {
                write!(f, "option at {at} runs past the end of the message")
            }
            Self::OptionOverflow { at } => write!(f, "option at {at}: number over 65535"),
            Self::EmptyPayload => f.write_str("payload marker without a payload"),
            Self::Version(version) => write!(f, "version {version}, expected 1"),
            Self::EmptyNotEmpty => f.write_str("empty message with something behind its header"),
            Self::ReservedClass(class) => write!(f, "code class {class} is reserved"),
            Self::UnknownSignal(detail) => write!(f, "signal 7.{detail:02}, expected 7.01 to 7.05"),
            Self::BadSignalOption(number) => write!(f, "signal option {number} not understood"),
            Self::OptionsOrder => f.write_str("options must be given in ascending order"),
            Self::OptionTooLong => f.write_str("option value over 65804 octets"),
            Self::BufferTooSmall { needed } => {
                write!(f, "buffer too small, {needed} octets needed")
            }
        }
    }
}

impl core::error::Error for CoapError {}

//! CoAP in plain code: messages, options, and the framing of each carriage in a module of its own.

mod code;
pub mod datagram;
mod options;
pub mod stream;

pub use code::Code;
pub use options::{Options, number};

/// One CoAP message without what a carriage adds to it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Message {
    /// Method, response code or signal.
    pub code: Code,
    /// At most eight octets.
    pub token: Vec<u8>,
    /// In ascending order.
    pub options: Options,
    /// Empty when there is none.
    pub payload: Vec<u8>,
}

/// Octets that are no CoAP message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CoapError {
    /// A token length of 9 to 15.
    TokenLength,
    /// An option header with a reserved nibble, or an option that runs over the end.
    Option,
    /// A payload marker with nothing behind it.
    EmptyPayload,
    /// Longer than what this side announced.
    TooLarge {
        /// The longest that is taken.
        announced: usize,
    },
}

impl Message {
    /// A message without options and payload.
    pub fn new(code: Code, token: &[u8]) -> Self {
        Self {
            code,
            token: token.to_vec(),
            ..Self::default()
        }
    }
}

impl std::fmt::Display for CoapError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::TokenLength => f.write_str("token longer than 8 octets"),
            Self::Option => f.write_str("malformed option"),
            Self::EmptyPayload => f.write_str("payload marker without payload"),
            Self::TooLarge { announced } => {
                write!(f, "message longer than the announced {announced} octets")
            }
        }
    }
}

impl std::error::Error for CoapError {}

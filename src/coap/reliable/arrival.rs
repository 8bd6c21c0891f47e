//! What the message layer finds, and what it sends back by itself.

use crate::coap::datagram::{Header, Type};
use crate::coap::{CoapError, Code, Outgoing, Token};

/// What a datagram leads to. See [`Endpoint::accept`](super::Endpoint::accept).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[non_exhaustive]
pub enum Arrival {
    /// A new request: serve it, then ask
    /// [`Endpoint::answer`](super::Endpoint::answer) how to send the answer.
    Request,
    /// A new response to a request of ours.
    Response {
        /// Its acknowledgement, for a separate response.
        reply: Option<Reply>,
    },
    /// The peer has the message with this token. Its answer comes later, in a message of its own.
    Acknowledged(Token),
    /// The peer has rejected the message with this token: it lacks the context for it.
    Rejected(Token),
    /// Nothing new, but this goes back.
    Reply(Reply),
    /// Nothing at all.
    Ignored,
}

/// A message without options and payload that goes back at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Reply {
    /// An acknowledgement or a reset.
    pub header: Header,
    /// [`Code::EMPTY`], or that of an answer that was given before.
    pub code: Code,
    /// Empty but for such an answer.
    pub token: Token,
}

/// What time brings. See [`Endpoint::lapse`](super::Endpoint::lapse).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum Timeout {
    /// The message with this token goes again, octet for octet.
    Again {
        /// As before.
        header: Header,
        /// As before.
        token: Token,
    },
    /// The message with this token was sent often enough.
    GivenUp(Token),
}

impl Reply {
    /// The most octets that [`encode`](Self::encode) writes.
    pub const MAX_LEN: usize = 4 + Token::MAX;

    pub(super) const fn empty(kind: Type, message_id: u16) -> Self {
        Self {
            header: Header { kind, message_id },
            code: Code::EMPTY,
            token: Token::EMPTY,
        }
    }

    /// Writes the datagram and tells its length in octets.
    ///
    /// # Errors
    /// [`CoapError::BufferTooSmall`]; [`Reply::MAX_LEN`] is always enough.
    pub fn encode(&self, out: &mut [u8]) -> Result<usize, CoapError> {
        let message = Outgoing {
            code: self.code,
            token: self.token,
            options: &[],
            payload: &[],
        };
        message.encode_datagram(self.header, out)
    }
}

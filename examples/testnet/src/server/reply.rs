//! Replies, with the codes of the response table.

use crate::coap::{Code, Message, number};
use crate::wire::{Body, Malformed};

/// The CoAP response that the server wants sent.
#[derive(Debug, Clone, PartialEq)]
pub struct Reply {
    /// The response code.
    pub code: Code,
    /// The payload.
    pub content: Content,
    /// Seconds, for 5.03.
    pub max_age: Option<u32>,
    /// What would have been small enough, for 4.13.
    pub size1: Option<u32>,
    /// The sequence number of an observation that begins.
    pub observe: Option<u32>,
}

/// What a reply carries.
#[derive(Debug, Clone, PartialEq)]
pub enum Content {
    None,
    Json(Body),
    Diagnostic(String),
}

impl Reply {
    /// Without payload.
    pub fn new(code: Code) -> Self {
        Self {
            code,
            content: Content::None,
            max_age: None,
            size1: None,
            observe: None,
        }
    }

    /// With an object as payload.
    pub fn json(code: Code, body: Body) -> Self {
        Self {
            content: Content::Json(body),
            ..Self::new(code)
        }
    }

    /// With a text for people as payload.
    pub fn diagnostic(code: Code, text: &str) -> Self {
        Self {
            content: Content::Diagnostic(text.to_owned()),
            ..Self::new(code)
        }
    }

    /// 2.04 without payload.
    pub fn changed() -> Self {
        Self::new(Code::CHANGED)
    }

    /// 4.04.
    pub fn not_found(text: &str) -> Self {
        Self::diagnostic(Code::NOT_FOUND, text)
    }

    /// 4.00 with a text for people.
    pub fn bad_request(text: &str) -> Self {
        Self::diagnostic(Code::BAD_REQUEST, text)
    }

    /// 5.03: come again later.
    pub fn overloaded() -> Self {
        Self {
            max_age: Some(30),
            ..Self::new(Code::UNAVAILABLE)
        }
    }

    /// 4.01.
    pub fn unauthorized(text: &str) -> Self {
        Self::diagnostic(Code::UNAUTHORIZED, text)
    }

    /// 4.13 with Size1.
    pub fn too_large(limit: usize) -> Self {
        Self {
            size1: u32::try_from(limit).ok(),
            ..Self::diagnostic(Code::TOO_LARGE, "payload too large")
        }
    }

    /// The CoAP message that answers the request with this token.
    pub fn message(&self, token: &[u8]) -> Message {
        let mut message = Message::new(self.code, token);
        match &self.content {
            Content::None => {}
            Content::Json(body) => {
                message
                    .options
                    .add_uint(number::CONTENT_FORMAT, super::check::JSON);
                message.payload = body.octets();
            }
            // A diagnostic payload has no Content-Format (RFC 7252 5.5.2).
            Content::Diagnostic(text) => message.payload = text.clone().into_bytes(),
        }
        if let Some(sequence) = self.observe {
            message.options.add_uint(number::OBSERVE, sequence);
        }
        if let Some(seconds) = self.max_age {
            message.options.add_uint(number::MAX_AGE, seconds);
        }
        if let Some(size) = self.size1 {
            message.options.add_uint(number::SIZE1, size);
        }
        message
    }
}

impl From<Malformed> for Reply {
    fn from(malformed: Malformed) -> Self {
        Self::bad_request(&malformed.0)
    }
}

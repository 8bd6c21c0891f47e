//! The header of a message in a datagram (RFC 7252 section 3). Retransmission is done in
//! [`reliable`](super::reliable).

use super::{CoapError, Code, Packet, Token, options};

/// Whether a message wants an acknowledgement, or is one (the T field).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum Type {
    /// Confirmable, T = 0.
    Con,
    /// Non-confirmable, T = 1.
    Non,
    /// Acknowledgement, T = 2.
    Ack,
    /// Reset, T = 3.
    Rst,
}

/// What a datagram has and a stream has not.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Header {
    /// The T field.
    pub kind: Type,
    /// Ties an acknowledgement to its message, and tells repeats. Not MSGin5G's Message ID.
    pub message_id: u16,
}

/// A received datagram.
#[derive(Debug, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Datagram<'a> {
    /// Type and message ID.
    pub header: Header,
    /// The message itself.
    pub packet: Packet<'a>,
}

const VERSION: u8 = 1;

/// Octets before the token.
pub(crate) const HEADER_LEN: usize = 4;

impl Header {
    /// Reads only the first four octets: enough to answer a message that is otherwise malformed.
    ///
    /// # Errors
    /// [`CoapError::Truncated`] or [`CoapError::Version`]; such a datagram is dropped without an answer.
    pub fn decode(datagram: &[u8]) -> Result<Self, CoapError> {
        let Some([first, _, id @ ..]) = datagram.first_chunk::<4>() else {
            return Err(CoapError::Truncated);
        };
        if first >> 6 != VERSION {
            return Err(CoapError::Version(first >> 6));
        }
        let kind = match first >> 4 & 3 {
            0 => Type::Con,
            1 => Type::Non,
            2 => Type::Ack,
            _ => Type::Rst,
        };
        Ok(Self {
            kind,
            message_id: u16::from_be_bytes(*id),
        })
    }

    pub(super) fn octets(self, token: Token, code: Code) -> [u8; 4] {
        let kind = match self.kind {
            Type::Con => 0,
            Type::Non => 1,
            Type::Ack => 2,
            Type::Rst => 3,
        };
        let [high, low] = self.message_id.to_be_bytes();
        [VERSION << 6 | kind << 4 | token.tkl(), code.0, high, low]
    }
}

/// What the front of a datagram tells: enough to match it and to answer it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Front {
    /// Type and message ID.
    pub header: Header,
    /// Method, response, or empty.
    pub code: Code,
    /// Ties a response to its request.
    pub token: Token,
}

/// Reads the front of a datagram, 12 octets at the most; what follows may be cut off.
///
/// # Errors
/// As [`decode`], but for what concerns options and payload.
pub fn peek(datagram: &[u8]) -> Result<Front, CoapError> {
    let header = Header::decode(datagram)?;
    let Some(([first, code, ..], rest)) = datagram.split_first_chunk::<4>() else {
        return Err(CoapError::Truncated);
    };
    let (code, tkl) = (Code(*code), *first & 15);
    if code == Code::EMPTY && (tkl != 0 || !rest.is_empty()) {
        return Err(CoapError::EmptyNotEmpty);
    }
    if matches!(code.class(), 1 | 6 | 7) {
        return Err(CoapError::ReservedClass(code.class()));
    }
    if usize::from(tkl) > Token::MAX {
        return Err(CoapError::TokenTooLong(tkl));
    }
    let token = rest.get(..usize::from(tkl)).ok_or(CoapError::Truncated)?;
    Ok(Front {
        header,
        code,
        token: Token::new(token)?,
    })
}

/// Reads one datagram.
///
/// # Errors
/// [`CoapError`], see there.
pub fn decode(datagram: &mut [u8]) -> Result<Datagram<'_>, CoapError> {
    let Front {
        header,
        code,
        token,
    } = peek(datagram)?;
    let before_body = HEADER_LEN.saturating_add(token.as_octets().len());
    let body = datagram.get_mut(before_body..);
    let (options, payload) = options::split(body.ok_or(CoapError::Truncated)?)?;
    Ok(Datagram {
        header,
        packet: Packet {
            code,
            token,
            options,
            payload,
        },
    })
}

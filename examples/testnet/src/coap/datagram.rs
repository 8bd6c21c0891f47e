//! Framing of one datagram (RFC 7252 section 3): version, type, Message ID, and no length.

use super::{CoapError, Code, Message, Options};

/// What a datagram asks of the receiver.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(missing_docs, reason = "the names are those of RFC 7252")]
pub enum Type {
    Confirmable,
    NonConfirmable,
    Acknowledgement,
    Reset,
}

/// One message as a datagram.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Datagram {
    /// CON, NON, ACK or RST.
    pub kind: Type,
    /// Message ID, chosen by the sender of a CON or NON.
    pub mid: u16,
    /// Code, token, options, payload; code 0.00 for an empty one.
    pub message: Message,
}

/// Octets that are no CoAP datagram.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rejected {
    /// Why.
    pub error: CoapError,
    /// The Message ID, when a confirmable one is to be answered with Reset.
    pub reset: Option<u16>,
}

/// Reads one datagram. `Ok(None)`: too short for a header or of another version, which is silently ignored.
pub fn decode(octets: &[u8]) -> Result<Option<Datagram>, Rejected> {
    let Some((&[head, code, high, low], rest)) = octets.split_first_chunk::<4>() else {
        return Ok(None);
    };
    if head >> 6 != 1 {
        return Ok(None);
    }
    let kind = match head >> 4 & 3 {
        0 => Type::Confirmable,
        1 => Type::NonConfirmable,
        2 => Type::Acknowledgement,
        _ => Type::Reset,
    };
    let mid = u16::from_be_bytes([high, low]);
    let rejected = |error| Rejected {
        error,
        reset: (kind == Type::Confirmable).then_some(mid),
    };
    let token_length = usize::from(head & 0x0f);
    if token_length > 8 {
        return Err(rejected(CoapError::TokenLength));
    }
    let (token, rest) = rest
        .split_at_checked(token_length)
        .ok_or_else(|| rejected(CoapError::TokenLength))?;
    // An empty message is its header and nothing else.
    if code == 0 && !(token.is_empty() && rest.is_empty()) {
        return Err(rejected(CoapError::Option));
    }
    let (options, payload) = Options::decode(rest).map_err(rejected)?;
    let message = Message {
        code: Code(code),
        token: token.to_vec(),
        options,
        payload: payload.to_vec(),
    };
    Ok(Some(Datagram { kind, mid, message }))
}

/// The octets of one datagram.
pub fn encode(kind: Type, mid: u16, message: &Message) -> Vec<u8> {
    let bits = match kind {
        Type::Confirmable => 0,
        Type::NonConfirmable => 1,
        Type::Acknowledgement => 2,
        Type::Reset => 3,
    };
    let mut out = vec![0x40 | bits << 4 | message.token.len() as u8, message.code.0];
    out.extend(mid.to_be_bytes());
    out.extend_from_slice(&message.token);
    message.options.encode(&mut out);
    if !message.payload.is_empty() {
        out.push(0xff);
        out.extend_from_slice(&message.payload);
    }
    out
}

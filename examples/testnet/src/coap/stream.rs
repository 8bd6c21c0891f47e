//! Framing over a reliable stream (RFC 8323 section 3.2): a length nibble, a token, and no message types.

use super::{CoapError, Code, Message, Options};

/// Option numbers of the signalling messages; each code has its own numbers.
#[allow(missing_docs, reason = "the names are those of the registry")]
pub mod signal {
    pub const CSM_MAX_MESSAGE_SIZE: u32 = 2;
    pub const CSM_BLOCK_WISE: u32 = 4;
    pub const CUSTODY: u32 = 2;
    pub const HOLD_OFF: u32 = 4;
    pub const BAD_CSM_OPTION: u32 = 2;
}

/// What a peer can take before its CSM says more.
pub const BASE_MAX_MESSAGE_SIZE: usize = 1152;

/// Takes one whole message off the front of `octets`. `None`: more octets are needed.
/// A message that would be longer than `max` is an error as soon as its header shows it.
pub fn decode(octets: &[u8], max: usize) -> Result<Option<(Message, usize)>, CoapError> {
    let Some((head, rest)) = octets.split_first() else {
        return Ok(None);
    };
    let (width, base) = match head >> 4 {
        13 => (1, 13),
        14 => (2, 269),
        15 => (4, 65805),
        n => (0, u64::from(n)),
    };
    let Some((extra, rest)) = rest.split_at_checked(width) else {
        return Ok(None);
    };
    let body = base + extra.iter().fold(0u64, |n, b| n << 8 | u64::from(*b));
    let token_length = usize::from(head & 0x0f);
    if token_length > 8 {
        return Err(CoapError::TokenLength);
    }
    let header = 1 + width + 1 + token_length;
    let whole = body.saturating_add(header as u64);
    if whole > max as u64 {
        return Err(CoapError::TooLarge { announced: max });
    }
    let whole = whole as usize;
    if octets.len() < whole {
        return Ok(None);
    }
    let (code, rest) = rest.split_first().ok_or(CoapError::Option)?;
    let (token, _) = rest
        .split_at_checked(token_length)
        .ok_or(CoapError::Option)?;
    let (options, payload) = Options::decode(&octets[header..whole])?;
    let message = Message {
        code: Code(*code),
        token: token.to_vec(),
        options,
        payload: payload.to_vec(),
    };
    Ok(Some((message, whole)))
}

/// The octets of one message.
pub fn encode(message: &Message) -> Vec<u8> {
    let mut body = Vec::new();
    message.options.encode(&mut body);
    if !message.payload.is_empty() {
        body.push(0xff);
        body.extend_from_slice(&message.payload);
    }
    let (nibble, extra) = match body.len() {
        n @ 0..=12 => (n as u8, Vec::new()),
        n @ 13..=268 => (13, vec![(n - 13) as u8]),
        n @ 269..=65804 => (14, ((n - 269) as u16).to_be_bytes().to_vec()),
        n => (15, ((n - 65805) as u32).to_be_bytes().to_vec()),
    };
    let mut out = vec![nibble << 4 | message.token.len() as u8];
    out.extend(extra);
    out.push(message.code.0);
    out.extend_from_slice(&message.token);
    out.extend(body);
    out
}

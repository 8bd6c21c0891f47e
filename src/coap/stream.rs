//! The frame around a message on a reliable stream (RFC 8323 section 3.2).
//!
//! The first octet holds the length nibble and the token length; one, two or four octets of length may
//! follow; then come code, token, options and payload. Signals (7.01 to 7.05) are in [`super::signal`].

use super::{CoapError, Code, Packet, Token, options};

/// Length nibbles that announce one, two or four more octets, and what is added to these.
const ONE_MORE: u8 = 13;
const TWO_MORE: u8 = 14;
const FOUR_MORE: u8 = 15;
const ONE_MORE_BASE: usize = 13;
const TWO_MORE_BASE: usize = 269;
const FOUR_MORE_BASE: usize = 65805;

/// The most octets that [`frame_len`] looks at.
pub const MAX_HEAD: usize = 5;

/// The most octets that [`peek`] looks at: the head, the code, the token.
pub const MAX_FRONT: usize = MAX_HEAD + 1 + Token::MAX;

/// The length of the frame that begins here, in octets, its head included.
///
/// `None` when the octets so far do not tell. Looks at [`MAX_HEAD`] octets or fewer, so call it as often as
/// you like while a frame arrives.
///
/// # Errors
/// [`CoapError::TokenTooLong`] and [`CoapError::FrameTooLong`]; the stream cannot be followed any further.
pub fn frame_len(octets: &[u8]) -> Result<Option<usize>, CoapError> {
    Ok(parse_head(octets)?.map(|head| head.frame))
}

/// What the front of a frame tells before the rest has arrived.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Front {
    /// Method, response or signal.
    pub code: Code,
    /// Ties a response to its request.
    pub token: Token,
    /// As by [`frame_len`].
    pub frame_len: usize,
}

/// Reads the front of the frame that begins here: enough to answer it, and to match it.
///
/// `None` when the octets so far do not tell; [`MAX_FRONT`] are always enough.
///
/// # Errors
/// As [`frame_len`].
pub fn peek(octets: &[u8]) -> Result<Option<Front>, CoapError> {
    let Some(head) = parse_head(octets)? else {
        return Ok(None);
    };
    let rest = octets.get(head.extended..).and_then(<[u8]>::split_first);
    let Some((code, rest)) = rest else {
        return Ok(None);
    };
    let Some(token) = rest.get(..head.token) else {
        return Ok(None);
    };
    Ok(Some(Front {
        code: Code(*code),
        token: Token::new(token)?,
        frame_len: head.frame,
    }))
}

/// Octets before the token of the frame that begins here.
#[cfg(feature = "datagrams")]
pub(super) fn head_len(octets: &[u8]) -> Option<usize> {
    Some(parse_head(octets).ok()??.extended.saturating_add(1))
}

/// Reads one frame, no octet less or more.
///
/// # Errors
/// [`CoapError`], see there; [`CoapError::FrameLength`] when `frame` is not exactly one frame.
pub fn decode(frame: &mut [u8]) -> Result<Packet<'_>, CoapError> {
    let found = frame.len();
    let head = parse_head(frame)?.ok_or(CoapError::Truncated)?;
    if head.frame != found {
        return Err(CoapError::FrameLength {
            expected: head.frame,
            found,
        });
    }
    let (_, rest) = frame
        .split_at_mut_checked(head.extended)
        .ok_or(CoapError::Truncated)?;
    let (code, rest) = rest.split_first_mut().ok_or(CoapError::Truncated)?;
    let (token, body) = rest
        .split_at_mut_checked(head.token)
        .ok_or(CoapError::Truncated)?;
    let (code, token) = (Code(*code), Token::new(token)?);
    let (options, payload) = options::split(body)?;
    Ok(Packet {
        code,
        token,
        options,
        payload,
    })
}

struct Head {
    /// Octets before the code.
    extended: usize,
    token: usize,
    frame: usize,
}

fn parse_head(octets: &[u8]) -> Result<Option<Head>, CoapError> {
    let Some((first, rest)) = octets.split_first() else {
        return Ok(None);
    };
    let token = first & 15;
    if usize::from(token) > Token::MAX {
        return Err(CoapError::TokenTooLong(token));
    }
    let (more, body) = match first >> 4 {
        ONE_MORE => match rest.first() {
            Some(len) => (1, usize::from(*len).saturating_add(ONE_MORE_BASE)),
            None => return Ok(None),
        },
        TWO_MORE => match rest.first_chunk() {
            Some(len) => (
                2,
                usize::from(u16::from_be_bytes(*len)).saturating_add(TWO_MORE_BASE),
            ),
            None => return Ok(None),
        },
        FOUR_MORE => match rest.first_chunk() {
            Some(len) => {
                let len = usize::try_from(u32::from_be_bytes(*len))
                    .map_err(|_| CoapError::FrameTooLong)?;
                (
                    4,
                    len.checked_add(FOUR_MORE_BASE)
                        .ok_or(CoapError::FrameTooLong)?,
                )
            }
            None => return Ok(None),
        },
        len => (0usize, usize::from(len)),
    };
    let extended = more.saturating_add(1);
    let token = usize::from(token);
    let before_body = extended.saturating_add(1).saturating_add(token);
    let frame = body
        .checked_add(before_body)
        .ok_or(CoapError::FrameTooLong)?;
    Ok(Some(Head {
        extended,
        token,
        frame,
    }))
}

/// What stands before the token of a frame with `body` octets of options and payload.
pub(super) fn head(body: usize, token: Token, code: Code) -> Result<HeadOctets, CoapError> {
    if u32::try_from(body.saturating_sub(FOUR_MORE_BASE)).is_err() {
        return Err(CoapError::FrameTooLong);
    }
    let first = |nibble: u8| nibble << 4 | token.tkl();
    let (octets, len) = match body {
        0..ONE_MORE_BASE => {
            let [.., nibble] = body.to_be_bytes();
            ([first(nibble), code.0, 0, 0, 0, 0], 2)
        }
        ONE_MORE_BASE..TWO_MORE_BASE => {
            let [.., len] = body.wrapping_sub(ONE_MORE_BASE).to_be_bytes();
            ([first(ONE_MORE), len, code.0, 0, 0, 0], 3)
        }
        TWO_MORE_BASE..FOUR_MORE_BASE => {
            let [.., high, low] = body.wrapping_sub(TWO_MORE_BASE).to_be_bytes();
            ([first(TWO_MORE), high, low, code.0, 0, 0], 4)
        }
        _ => {
            let [.., a, b, c, d] = body.wrapping_sub(FOUR_MORE_BASE).to_be_bytes();
            ([first(FOUR_MORE), a, b, c, d, code.0], 6)
        }
    };
    Ok(HeadOctets { octets, len })
}

/// 2 to 6 octets.
pub(super) struct HeadOctets {
    octets: [u8; 6],
    len: usize,
}

impl core::ops::Deref for HeadOctets {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        self.octets.get(..self.len).unwrap_or(&self.octets)
    }
}

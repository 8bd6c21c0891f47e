//! Payloads of octets (feature `base64`).
//!
//! The payload of a message is text, and the standard has no form for anything else. What this
//! module does is **a convention of this crate**: base64 with the alphabet and the padding of RFC 4648
//! section 4, without line breaks. Both ends have to know, by the Application ID for example; nothing
//! in the message tells. The limit of 2048 octets counts what base64 makes of them: 1536 octets.
//!
//! [`Client::send_octets`](crate::client::Client::send_octets) writes straight into the outbox.
//!
//! ```
//! use msgin5g::message::base64;
//!
//! let mut payload = *b"AAH+/w==";
//! assert_eq!(base64::decode_in_place(&mut payload), Ok(&[0, 1, 254, 255][..]));
//! ```

use base64ct::{Base64, Encoding};
use core::fmt;

use super::Msg;

/// Why a payload gives no octets.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[non_exhaustive]
pub enum Base64Error {
    /// It is not base64 with padding.
    NotBase64,
    /// The buffer is too small.
    BufferTooSmall {
        /// The octets that it needs.
        needed: usize,
    },
}

/// Octets of the text that stands for so many octets.
#[must_use]
pub const fn encoded_len(octets: usize) -> usize {
    octets.div_ceil(3).saturating_mul(4)
}

/// The octets that a text stands for, which has three quarters of its length at the most.
///
/// # Errors
///
/// As [`Base64Error`] says; nothing in `out` is of use then.
pub fn decode<'o>(text: &str, out: &'o mut [u8]) -> Result<&'o [u8], Base64Error> {
    let padding = text.bytes().rev().take(2).filter(|octet| *octet == b'=');
    let needed = (text.len() / 4)
        .saturating_mul(3)
        .saturating_sub(padding.count());
    let place = out
        .get_mut(..needed)
        .ok_or(Base64Error::BufferTooSmall { needed })?;
    Base64::decode(text, place).map_err(|_| Base64Error::NotBase64)
}

/// The same where the text lies, for one who has it in a buffer of one's own.
///
/// # Errors
///
/// [`Base64Error::NotBase64`]; the text may be spoilt then.
pub fn decode_in_place(text: &mut [u8]) -> Result<&[u8], Base64Error> {
    Base64::decode_in_place(text).map_err(|_| Base64Error::NotBase64)
}

/// Writes the text that stands for `octets`, which fills `out`: [`encoded_len`].
pub(crate) fn encode(octets: &[u8], out: &mut [u8]) {
    // There is room.
    let _ = Base64::encode(octets, out);
}

impl Msg<'_> {
    /// The octets that the payload stands for, if the sender keeps to the [convention](self).
    ///
    /// # Errors
    ///
    /// As [`decode`].
    pub fn octets<'o>(&self, out: &'o mut [u8]) -> Result<&'o [u8], Base64Error> {
        decode(self.payload, out)
    }
}

impl fmt::Display for Base64Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotBase64 => f.write_str("base64 with padding expected"),
            Self::BufferTooSmall { needed } => {
                write!(f, "a buffer of {needed} octets at least expected")
            }
        }
    }
}

impl core::error::Error for Base64Error {}

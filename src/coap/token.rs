//! The token that ties a response to its request (RFC 7252 section 5.3.1).

use super::CoapError;

/// 0 to 8 octets, chosen by whoever sends the request.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Token {
    // What `len` does not cover is zero, so that equal tokens are equal structs.
    octets: [u8; Token::MAX],
    len: u8,
}

impl Token {
    /// The longest token, in octets. Longer ones (RFC 8974) are not spoken.
    pub const MAX: usize = 8;
    /// The token of no octets.
    pub const EMPTY: Self = Self {
        octets: [0; Self::MAX],
        len: 0,
    };

    /// A token of these octets.
    ///
    /// # Errors
    /// [`CoapError::TokenTooLong`] over 8 octets.
    pub fn new(octets: &[u8]) -> Result<Self, CoapError> {
        let mut token = Self::EMPTY;
        let len = u8::try_from(octets.len()).unwrap_or(u8::MAX);
        token
            .octets
            .get_mut(..octets.len())
            .ok_or(CoapError::TokenTooLong(len))?
            .copy_from_slice(octets);
        token.len = len;
        Ok(token)
    }

    /// The octets as they stand in a message.
    #[must_use]
    pub fn as_octets(&self) -> &[u8] {
        self.octets
            .get(..usize::from(self.len))
            .unwrap_or(&self.octets)
    }

    /// The TKL field, 0 to 8.
    pub(super) const fn tkl(self) -> u8 {
        self.len
    }
}

impl From<u32> for Token {
    /// Four octets, the most significant first.
    fn from(number: u32) -> Self {
        let [a, b, c, d] = number.to_be_bytes();
        Self {
            octets: [a, b, c, d, 0, 0, 0, 0],
            len: 4,
        }
    }
}

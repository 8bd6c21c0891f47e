//! Option numbers and the values that are numbers (RFC 7252 sections 3.2, 5.4 and 5.10).

/// The number of an option.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct OptionNumber(pub u16);

impl OptionNumber {
    /// 1
    pub const IF_MATCH: Self = Self(1);
    /// 3
    pub const URI_HOST: Self = Self(3);
    /// 4
    pub const ETAG: Self = Self(4);
    /// 5
    pub const IF_NONE_MATCH: Self = Self(5);
    /// 6 (RFC 7641)
    pub const OBSERVE: Self = Self(6);
    /// 7
    pub const URI_PORT: Self = Self(7);
    /// 8
    pub const LOCATION_PATH: Self = Self(8);
    /// 11
    pub const URI_PATH: Self = Self(11);
    /// 12
    pub const CONTENT_FORMAT: Self = Self(12);
    /// 14: seconds, 60 when absent.
    pub const MAX_AGE: Self = Self(14);
    /// 15
    pub const URI_QUERY: Self = Self(15);
    /// 17
    pub const ACCEPT: Self = Self(17);
    /// 20
    pub const LOCATION_QUERY: Self = Self(20);
    /// 23 (RFC 7959)
    pub const BLOCK2: Self = Self(23);
    /// 27 (RFC 7959)
    pub const BLOCK1: Self = Self(27);
    /// 35
    pub const PROXY_URI: Self = Self(35);
    /// 39
    pub const PROXY_SCHEME: Self = Self(39);
    /// 60: in a 4.13, the largest size that the server would take.
    pub const SIZE1: Self = Self(60);

    /// Whoever does not understand this option must refuse the message: 4.02 to a request (section 5.4.1).
    #[must_use]
    pub const fn is_critical(self) -> bool {
        self.0 & 1 == 1
    }

    /// The option may stand more than once (table 4). Others count as not understood from the second on
    /// (section 5.4.5).
    #[must_use]
    pub const fn is_repeatable(self) -> bool {
        matches!(
            self,
            Self::IF_MATCH
                | Self::ETAG
                | Self::LOCATION_PATH
                | Self::URI_PATH
                | Self::URI_QUERY
                | Self::LOCATION_QUERY
        )
    }
}

/// What a payload is written in (RFC 7252 section 12.3).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct ContentFormat(pub u16);

impl ContentFormat {
    /// 50, application/json: the one that MSGin5G uses (TS 24.538 clause 6.5.1.2.1).
    pub const JSON: Self = Self(50);

    /// The value of the option for a format below 256.
    ///
    /// Formats above are written with [`UintValue`].
    #[must_use]
    pub const fn octets(self) -> [u8; 1] {
        let [_, low] = self.0.to_be_bytes();
        [low]
    }
}

/// A number as an option value: big-endian, without leading zeros, so that zero is no octets at all.
///
/// ```
/// use msgin5g::coap::UintValue;
/// assert_eq!(UintValue::new(0).as_octets(), b"");
/// assert_eq!(UintValue::new(1152).as_octets(), [0x04, 0x80]);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct UintValue([u8; 4]);

impl UintValue {
    /// The value of an option that stands for `number`.
    #[must_use]
    pub const fn new(number: u32) -> Self {
        Self(number.to_be_bytes())
    }

    /// The octets to put into an option.
    #[must_use]
    pub fn as_octets(&self) -> &[u8] {
        let mut octets: &[u8] = &self.0;
        while let [0, rest @ ..] = octets {
            octets = rest;
        }
        octets
    }
}

/// Reads an option value as a number. Leading zeros are accepted; `None` over 4 octets.
#[must_use]
pub fn uint(value: &[u8]) -> Option<u32> {
    if value.len() > 4 {
        return None;
    }
    Some(
        value
            .iter()
            .fold(0, |number, octet| number << 8 | u32::from(*octet)),
    )
}

use core::fmt;

/// Why an AKMA value could not be made.
///
/// All of these are mistakes in configuration or in a modem port: the same
/// input fails again. The text of each says what was expected.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[non_exhaustive]
pub enum AkmaError {
    /// A key is not 32 octets long.
    KeyLength {
        /// Octets given.
        given: usize,
    },
    /// 64 hexadecimal digits were given where 32 raw octets belong. Decode
    /// them first, for example with `Kausf::from_hex`.
    KeyIsHexText,
    /// The text of a key is not 64 hexadecimal digits.
    KeyHexDigits,
    /// An EMSK is not 64 octets long (RFC 5448, RFC 9048).
    EmskLength {
        /// Octets given.
        given: usize,
    },
    /// 128 hexadecimal digits were given where the 64 raw octets of an EMSK
    /// belong.
    EmskIsHexText,
    /// The SUPI begins with "imsi-", "nai-", "gci-", "gli-" or "supi-". Those
    /// prefixes belong to the network's JSON interfaces, not to the KDF
    /// (TS 33.501 A.7.0).
    SupiPrefix,
    /// An IMSI is not 6 to 15 decimal digits (TS 23.003 2.2).
    Imsi,
    /// An NAI is not `user@realm` of 3 to 253 octets without spaces.
    Nai,
    /// A Routing Indicator is not 1 to 4 decimal digits (TS 23.003 2.2B).
    RoutingIndicator,
    /// A mobile country code is not 3 decimal digits.
    Mcc,
    /// A mobile network code is not 2 or 3 decimal digits.
    Mnc,
    /// A network identifier of an SNPN is not 11 hexadecimal digits.
    Nid,
    /// A realm is not 1 to 253 octets without spaces, quotes and `@`.
    Realm,
    /// A serving network name is not
    /// `5G:mnc<3 digits>.mcc<3 digits>.3gppnetwork.org`, with `:<NID>` in an
    /// SNPN (TS 24.501 9.12.1).
    ServingNetworkName,
    /// The host name of the AF is empty.
    FqdnEmpty,
    /// The host name of the AF is longer than 253 octets.
    FqdnLength {
        /// Octets given.
        given: usize,
    },
    /// The host name of the AF ends with a dot.
    FqdnTrailingDot,
    /// The host name of the AF has a label that is empty, longer than 63
    /// octets, or begins or ends with a hyphen.
    FqdnLabel,
    /// The host name of the AF carries a scheme or a path, as a URL does.
    FqdnIsUrl,
    /// The host name of the AF carries a port number.
    FqdnHasPort,
    /// An IP address was given: AF_ID is defined for names only.
    FqdnIsIpAddress,
    /// The host name of the AF has a character other than a letter, a digit,
    /// a hyphen or a dot. An internationalised name goes in as A-labels.
    FqdnCharacter,
    /// A Ua* identifier is not 5 octets long (TS 33.220 H.1).
    UaStarIdLength {
        /// Octets given.
        given: usize,
    },
    /// 10 hexadecimal digits were given where the 5 raw octets of a Ua*
    /// identifier belong.
    UaStarIdIsHexText,
    /// The text of a Ua* identifier is not 10 hexadecimal digits.
    UaStarIdHexDigits,
    /// An A-KID is not `user@realm` without spaces, quotes and line ends.
    AKid,
    /// An A-KID does not fit into [`AKid::MAX_LEN`](super::AKid::MAX_LEN).
    AKidLength {
        /// Octets that it has.
        needed: usize,
    },
    /// The name of an A-KID form is none of F1, F1a, F2, F3, F4.
    AKidForm,
    /// A PSK identity is not 1 to
    /// [`PskIdentity::MAX_LEN`](super::PskIdentity::MAX_LEN) octets long.
    PskIdentityLength {
        /// Octets given.
        given: usize,
    },
    /// A parameter of the KDF is longer than its 16-bit length can say.
    ParameterLength {
        /// Octets given.
        given: usize,
    },
    /// The caller's buffer is too small.
    BufferTooSmall {
        /// Octets that it must have.
        needed: usize,
    },
}

impl fmt::Display for AkmaError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        use super::{AKid, PskIdentity};
        match *self {
            Self::KeyLength { given } => write!(f, "key: expected 32 octets, got {given}"),
            Self::KeyIsHexText => f.write_str(
                "key: expected 32 raw octets, got 64 hexadecimal digits; decode them first (from_hex)",
            ),
            Self::KeyHexDigits => f.write_str("key: expected 64 hexadecimal digits"),
            Self::EmskLength { given } => write!(f, "EMSK: expected 64 octets, got {given}"),
            Self::EmskIsHexText => f.write_str(
                "EMSK: expected 64 raw octets, got 128 hexadecimal digits; decode them first",
            ),
            Self::SupiPrefix => f.write_str(
                "SUPI: expected the bare digits of the IMSI or the bare NAI, got a prefix such as \"imsi-\"",
            ),
            Self::Imsi => f.write_str("IMSI: expected 6 to 15 decimal digits"),
            Self::Nai => f.write_str("NAI: expected user@realm, at most 253 octets, no spaces"),
            Self::RoutingIndicator => {
                f.write_str("Routing Indicator: expected 1 to 4 decimal digits")
            }
            Self::Mcc => f.write_str("MCC: expected 3 decimal digits"),
            Self::Mnc => f.write_str("MNC: expected 2 or 3 decimal digits"),
            Self::Nid => f.write_str("NID: expected 11 hexadecimal digits"),
            Self::Realm => {
                f.write_str("realm: expected 1 to 253 octets without spaces, quotes and \"@\"")
            }
            Self::ServingNetworkName => f.write_str(
                "serving network name: expected \"5G:mnc<3 digits>.mcc<3 digits>.3gppnetwork.org\", with \":<NID>\" in an SNPN",
            ),
            Self::FqdnEmpty => f.write_str("FQDN: expected a host name, got nothing"),
            Self::FqdnLength { given } => {
                write!(f, "FQDN: expected at most 253 octets, got {given}")
            }
            Self::FqdnTrailingDot => f.write_str("FQDN: expected no dot at the end"),
            Self::FqdnLabel => f.write_str(
                "FQDN: expected labels of 1 to 63 octets that neither begin nor end with a hyphen",
            ),
            Self::FqdnIsUrl => {
                f.write_str("FQDN: expected a bare host name, got a scheme or a path")
            }
            Self::FqdnHasPort => f.write_str("FQDN: expected a bare host name, got a port"),
            Self::FqdnIsIpAddress => f.write_str("FQDN: expected a host name, got an IP address"),
            Self::FqdnCharacter => f.write_str(
                "FQDN: expected letters, digits, hyphens and dots (A-labels for other scripts)",
            ),
            Self::UaStarIdLength { given } => {
                write!(f, "Ua* identifier: expected 5 octets, got {given}")
            }
            Self::UaStarIdIsHexText => f.write_str(
                "Ua* identifier: expected 5 raw octets, got 10 hexadecimal digits; decode them first",
            ),
            Self::UaStarIdHexDigits => {
                f.write_str("Ua* identifier: expected 10 hexadecimal digits")
            }
            Self::AKid => f.write_str(
                "A-KID: expected user@realm without spaces, quotes and line ends",
            ),
            Self::AKidLength { needed } => write!(
                f,
                "A-KID: expected at most {} octets, got {needed}",
                AKid::MAX_LEN
            ),
            Self::AKidForm => f.write_str("A-KID form: expected F1, F1a, F2, F3 or F4"),
            Self::PskIdentityLength { given } => write!(
                f,
                "PSK identity: expected 1 to {} octets, got {given}",
                PskIdentity::MAX_LEN
            ),
            Self::ParameterLength { given } => write!(
                f,
                "KDF parameter: expected at most 65535 octets, got {given}"
            ),
            Self::BufferTooSmall { needed } => {
                write!(f, "buffer: expected at least {needed} octets")
            }
        }
    }
}

impl core::error::Error for AkmaError {}

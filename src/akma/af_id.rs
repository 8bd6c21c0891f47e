//! Whom a K_AF is for.

use super::{AkmaError, text};

/// AF_ID (TS 33.535 A.4): the host name of the application function and the
/// identifier of the protocol that is protected with K_AF.
///
/// Its octets go into K_AF, so the name must be exactly the one that the AF
/// uses towards the home network, and is sent as server name in the TLS
/// handshake.
///
/// # Example
///
/// ```
/// use msgin5g::akma::{AfId, AkmaError, UaStarId};
///
/// let af_id = AfId::new("msgin5g.example.com", UaStarId::TLS13)?;
/// assert_eq!(af_id.octets().as_slice(), b"msgin5g.example.com\x01\x00\x00\x00\x07");
/// assert_eq!(
///     AfId::new("coaps://msgin5g.example.com", UaStarId::TLS13),
///     Err(AkmaError::FqdnIsUrl)
/// );
/// # Ok::<(), AkmaError>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AfId<'a> {
    fqdn: &'a str,
    ua_star_id: UaStarId,
}

impl<'a> AfId<'a> {
    /// Longest host name in octets (RFC 1035).
    pub const MAX_FQDN_LEN: usize = 253;

    /// Longest AF_ID in octets.
    pub const MAX_LEN: usize = Self::MAX_FQDN_LEN + UaStarId::LEN;

    /// `fqdn` is a host name of 1 to 253 octets: labels of letters, digits and
    /// hyphens joined by dots, without a dot at the end, without scheme, port
    /// and path. An internationalised name goes in as A-labels.
    ///
    /// Upper-case letters are taken as they are, and give another key than
    /// lower-case ones. The standard is silent about case; use lower case
    /// unless the AF is known to do otherwise.
    ///
    /// # Errors
    ///
    /// One of the `Fqdn` errors of [`AkmaError`], which says what is wrong. An
    /// IP address is refused, because AF_ID is defined for names only.
    pub fn new(fqdn: &'a str, ua_star_id: UaStarId) -> Result<Self, AkmaError> {
        check_fqdn(fqdn)?;
        Ok(Self { fqdn, ua_star_id })
    }

    /// The host name.
    pub const fn fqdn(&self) -> &'a str {
        self.fqdn
    }

    /// The protocol.
    pub const fn ua_star_id(&self) -> &UaStarId {
        &self.ua_star_id
    }

    /// AF_ID as one string of octets, for a secure element that derives K_AF
    /// itself.
    pub fn octets(&self) -> heapless::Vec<u8, { AfId::MAX_LEN }> {
        let mut octets = heapless::Vec::new();
        // Fits: the constructor bounds the name.
        let _ = octets.extend_from_slice(self.fqdn.as_bytes());
        let _ = octets.extend_from_slice(self.ua_star_id.as_octets());
        octets
    }
}

#[cfg(feature = "defmt")]
impl defmt::Format for AfId<'_> {
    fn format(&self, f: defmt::Formatter<'_>) {
        defmt::write!(f, "AfId({=str}, {})", self.fqdn, self.ua_star_id);
    }
}

/// The Ua* security protocol identifier (TS 33.220 Annex H): 5 octets. The
/// first names the organisation: 01 3GPP, FF private use; under 00 only all
/// zeros is allowed.
///
/// UNCONFIRMED: no value for DTLS or OSCORE was found. For DTLS 1.3, whose
/// procedures TS 33.535 Annex C copies from TLS 1.3, [`UaStarId::TLS13`] is the
/// best reading; keep it configurable.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct UaStarId([u8; 5]);

impl UaStarId {
    /// Length in octets.
    pub const LEN: usize = 5;

    /// TLS 1.3 with a pre-shared key: 01 00 00 00 07 (TS 33.222 5.4.0.2).
    pub const TLS13: Self = Self([0x01, 0x00, 0x00, 0x00, 0x07]);

    /// HTTP Digest: 01 00 00 00 02 (TS 24.109).
    pub const HTTP_DIGEST: Self = Self([0x01, 0x00, 0x00, 0x00, 0x02]);

    /// TLS 1.2 with a pre-shared key: 01 00 01 and the IANA code of the cipher
    /// suite, for example 0x00A8 for TLS_PSK_WITH_AES_128_GCM_SHA256. K_AF
    /// therefore depends on the suite; offer exactly one.
    pub const fn tls12(cipher_suite: u16) -> Self {
        let [high, low] = cipher_suite.to_be_bytes();
        Self([0x01, 0x00, 0x01, high, low])
    }

    /// Any other identifier.
    pub const fn custom(octets: [u8; 5]) -> Self {
        Self(octets)
    }

    /// Takes a slice of exactly 5 raw octets.
    ///
    /// # Errors
    ///
    /// [`AkmaError::UaStarIdIsHexText`] for 10 hexadecimal digits,
    /// [`AkmaError::UaStarIdLength`] for any other length.
    pub fn from_slice(octets: &[u8]) -> Result<Self, AkmaError> {
        match octets.try_into() {
            Ok(octets) => Ok(Self(octets)),
            Err(_) if octets.len() == 10 && text::is_hex(octets) => {
                Err(AkmaError::UaStarIdIsHexText)
            }
            Err(_) => Err(AkmaError::UaStarIdLength {
                given: octets.len(),
            }),
        }
    }

    /// Reads 10 hexadecimal digits, upper or lower case.
    ///
    /// # Errors
    ///
    /// [`AkmaError::UaStarIdHexDigits`] for anything else.
    pub fn from_hex(digits: &str) -> Result<Self, AkmaError> {
        let mut octets = [0; 5];
        match text::decode_hex(digits, &mut octets) {
            true => Ok(Self(octets)),
            false => Err(AkmaError::UaStarIdHexDigits),
        }
    }

    /// The raw octets.
    pub const fn as_octets(&self) -> &[u8; 5] {
        &self.0
    }
}

fn check_fqdn(fqdn: &str) -> Result<(), AkmaError> {
    let given = fqdn.len();
    if fqdn.is_empty() {
        return Err(AkmaError::FqdnEmpty);
    }
    if fqdn.contains('/') {
        return Err(AkmaError::FqdnIsUrl);
    }
    if is_ip_address(fqdn) {
        return Err(AkmaError::FqdnIsIpAddress);
    }
    if fqdn.contains(':') {
        return Err(AkmaError::FqdnHasPort);
    }
    if given > AfId::MAX_FQDN_LEN {
        return Err(AkmaError::FqdnLength { given });
    }
    if fqdn.ends_with('.') {
        return Err(AkmaError::FqdnTrailingDot);
    }
    let allowed = |octet: u8| octet.is_ascii_alphanumeric() || octet == b'-' || octet == b'.';
    if !fqdn.bytes().all(allowed) {
        return Err(AkmaError::FqdnCharacter);
    }
    match fqdn.split('.').all(is_label) {
        true => Ok(()),
        false => Err(AkmaError::FqdnLabel),
    }
}

fn is_label(label: &str) -> bool {
    (1..=63).contains(&label.len()) && !label.starts_with('-') && !label.ends_with('-')
}

/// IPv6 in brackets or with two colons; IPv4, which is any name whose last
/// label is a number, as no top-level domain is.
fn is_ip_address(fqdn: &str) -> bool {
    if fqdn.starts_with('[') || fqdn.matches(':').count() > 1 {
        return true;
    }
    let host = fqdn.split(':').next().map_or("", |host| host);
    host.rsplit('.')
        .next()
        .is_some_and(|label| !label.is_empty() && text::is_digits(label))
}

use core::fmt;

use super::{AKid, AkmaError};

/// The PSK identity that the UE sends to the server in the clear: "3GPP-AKMA"
/// and the A-KID (TS 24.109 K.3.2 for TLS 1.2; TLS 1.3 is read the same way).
///
/// # Example
///
/// ```
/// use msgin5g::akma::{AKid, PskIdentity};
///
/// # fn main() -> Result<(), msgin5g::akma::AkmaError> {
/// let a_kid = AKid::from_modem("rid0.atidfeed@5gc.mnc001.mcc001.3gppnetwork.org")?;
/// assert_eq!(
///     PskIdentity::new(&a_kid).as_bytes(),
///     b"3GPP-AKMArid0.atidfeed@5gc.mnc001.mcc001.3gppnetwork.org"
/// );
/// // A server in a laboratory that knows nothing of AKMA.
/// let lab = PskIdentity::verbatim(b"Client_identity")?;
/// assert_eq!(lab.as_bytes(), b"Client_identity");
/// # Ok(())
/// # }
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct PskIdentity(heapless::Vec<u8, { PskIdentity::MAX_LEN }>);

impl PskIdentity {
    /// What the identity begins with. In TLS 1.2 this is also the server's
    /// `psk_identity_hint`.
    pub const PREFIX: &'static str = "3GPP-AKMA";

    /// What stands between the prefix and the A-KID: nothing.
    ///
    /// UNCONFIRMED: TS 24.109 K.3.2 asks for the prefix and the A-KID and names
    /// no separator. Yet the sibling identity of GBA has one: the conformance
    /// tests of TS 36.508 4.7H join "3GPP-bootstrapping" and B-TID by a
    /// punctuation mark. A server that wants one is served by
    /// [`PskIdentity::with_separator`].
    pub const SEPARATOR: &'static str = "";

    /// Longest identity in octets. RFC 4279 asks TLS stacks for 128 only; form
    /// F1 in an SNPN has up to 134.
    pub const MAX_LEN: usize = 256;

    /// The identity for an A-KID.
    pub fn new(a_kid: &AKid) -> Self {
        const { assert!(Self::PREFIX.len() + Self::SEPARATOR.len() + AKid::MAX_LEN <= Self::MAX_LEN) }
        // Fits: see the assertion above.
        Self::join(a_kid, Self::SEPARATOR).0
    }

    /// The identity for an A-KID, with a separator of the server's liking
    /// between the prefix and the A-KID.
    ///
    /// # Errors
    ///
    /// [`AkmaError::PskIdentityLength`] if the whole is longer than
    /// [`PskIdentity::MAX_LEN`].
    ///
    /// # Example
    ///
    /// ```
    /// use msgin5g::akma::{AKid, PskIdentity};
    ///
    /// # fn main() -> Result<(), msgin5g::akma::AkmaError> {
    /// let a_kid = AKid::from_modem("rid0.atidfeed@5gc.mnc001.mcc001.3gppnetwork.org")?;
    /// let identity = PskIdentity::with_separator(&a_kid, ";")?;
    /// assert!(identity.as_bytes().starts_with(b"3GPP-AKMA;rid0.atidfeed@"));
    /// # Ok(())
    /// # }
    /// ```
    pub fn with_separator(a_kid: &AKid, separator: &str) -> Result<Self, AkmaError> {
        match Self::join(a_kid, separator) {
            (identity, given) if given <= Self::MAX_LEN => Ok(identity),
            (_, given) => Err(AkmaError::PskIdentityLength { given }),
        }
    }

    /// The identity, cut if it does not fit, and the length it should have.
    fn join(a_kid: &AKid, separator: &str) -> (Self, usize) {
        let mut identity = heapless::Vec::new();
        let mut len = 0_usize;
        for piece in [Self::PREFIX, separator, a_kid.as_str()] {
            len = len.saturating_add(piece.len());
            let _ = identity.extend_from_slice(piece.as_bytes());
        }
        (Self(identity), len)
    }

    /// An identity taken as it is, for a server that does not speak AKMA.
    ///
    /// # Errors
    ///
    /// [`AkmaError::PskIdentityLength`] unless it has 1 to
    /// [`PskIdentity::MAX_LEN`] octets.
    pub fn verbatim(identity: &[u8]) -> Result<Self, AkmaError> {
        match heapless::Vec::from_slice(identity) {
            Ok(held) if !held.is_empty() => Ok(Self(held)),
            _ => Err(AkmaError::PskIdentityLength {
                given: identity.len(),
            }),
        }
    }

    /// The octets as they go into the handshake.
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }

    /// The identity as text, if it is text.
    pub fn as_str(&self) -> Option<&str> {
        core::str::from_utf8(&self.0).ok()
    }

    /// What may be logged: the prefix and a little of the A-KID.
    fn shortened(&self) -> &str {
        self.as_str()
            .and_then(|text| text.get(..23))
            .map_or("", |head| head)
    }
}

impl fmt::Debug for PskIdentity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PskIdentity({}..)", self.shortened())
    }
}

#[cfg(feature = "defmt")]
impl defmt::Format for PskIdentity {
    fn format(&self, f: defmt::Formatter<'_>) {
        defmt::write!(f, "PskIdentity({=str}..)", self.shortened());
    }
}

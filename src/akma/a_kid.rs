//! The A-KID: the name under which the home network knows K_AKMA.

use core::fmt;
use core::str::FromStr;

use super::text::{self, Text};
use super::{AkmaError, HomeNetwork, RoutingIndicator};

/// The AKMA key identifier (TS 33.535 6.1): an NAI `user@realm` that carries
/// the Routing Indicator and the A-TID, and names the home network.
///
/// The home network finds K_AKMA by this text, so it must agree octet by
/// octet. Where the modem gives one, take it: [`AKid::from_modem`].
///
/// It is not secret, but it links the sessions of one subscriber until the
/// next primary authentication. Therefore it prints shortened.
///
/// # Example
///
/// ```
/// use msgin5g::akma::{AKid, AkmaError};
///
/// let a_kid = AKid::from_modem("rid0.atidfeed@5gc.mnc001.mcc001.3gppnetwork.org")?;
/// assert_eq!(a_kid.realm(), "5gc.mnc001.mcc001.3gppnetwork.org");
/// // The rest of an AT response is not part of it.
/// assert_eq!(AKid::from_modem("\"rid0.atidfeed@5gc\"\r\n"), Err(AkmaError::AKid));
/// # Ok::<(), AkmaError>(())
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct AKid(heapless::String<{ AKid::MAX_LEN }>);

impl AKid {
    /// Longest A-KID in octets. Form F1 with a Routing Indicator of 4 digits
    /// in an SNPN has 125.
    pub const MAX_LEN: usize = 192;

    /// Takes an A-KID as the modem or the operator gives it, unchanged.
    ///
    /// # Errors
    ///
    /// [`AkmaError::AKid`] if it is not `user@realm`, or holds a space, a
    /// quote or a line end (what remains of an AT response);
    /// [`AkmaError::AKidLength`] if it is longer than [`AKid::MAX_LEN`].
    pub fn from_modem(a_kid: &str) -> Result<Self, AkmaError> {
        if text::split_nai(a_kid).is_none() {
            return Err(AkmaError::AKid);
        }
        Self::checked(|whole| whole.push(a_kid))
    }

    /// Builds an A-KID from its parts.
    ///
    /// The standard does not settle the form (see [`AKidForm`]). All parties
    /// must use the same one: ask the operator.
    ///
    /// # Errors
    ///
    /// [`AkmaError::AKidLength`] if the realm is so long that the whole
    /// exceeds [`AKid::MAX_LEN`].
    ///
    /// # Example
    ///
    /// ```
    /// use msgin5g::akma::{AKid, AKidForm, ATid, HomeNetwork, RoutingIndicator};
    ///
    /// # fn main() -> Result<(), msgin5g::akma::AkmaError> {
    /// let a_kid = AKid::build(
    ///     AKidForm::F1,
    ///     &RoutingIndicator::new("0")?,
    ///     &ATid::from_octets([0xA5; 32]),
    ///     &HomeNetwork::plmn("001", "01")?,
    /// )?;
    /// assert!(a_kid.as_str().starts_with("rid0.atida5a5a5"));
    /// assert_eq!(a_kid.as_str().len(), 107);
    /// # Ok(())
    /// # }
    /// ```
    pub fn build(
        form: AKidForm,
        routing_indicator: &RoutingIndicator,
        a_tid: &ATid,
        home_network: &HomeNetwork<'_>,
    ) -> Result<Self, AkmaError> {
        let rid = routing_indicator.as_str();
        Self::checked(|whole| {
            match form {
                AKidForm::F1 | AKidForm::F1a => {
                    whole.push("rid");
                    whole.push(rid);
                    whole.push(".atid");
                    whole.push_hex(a_tid.as_octets());
                }
                AKidForm::F2 => {
                    whole.push(rid);
                    whole.push_hex(a_tid.as_octets());
                }
                AKidForm::F3 => {
                    whole.push(rid);
                    whole.push(".");
                    whole.push_base64url(a_tid.as_octets());
                }
                AKidForm::F4 => {
                    whole.push_hex(a_tid.as_octets());
                    whole.push(rid);
                }
            }
            whole.push("@");
            form.push_realm(home_network, whole);
        })
    }

    /// The whole text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The realm, which tells the AF whose home network to ask.
    pub fn realm(&self) -> &str {
        text::split_nai(self.as_str()).map_or("", |(_, realm)| realm)
    }

    fn checked(push: impl FnOnce(&mut Text<{ Self::MAX_LEN }>)) -> Result<Self, AkmaError> {
        let mut whole = Text::new();
        push(&mut whole);
        match whole.finish() {
            Ok(whole) => Ok(Self(whole)),
            Err(needed) => Err(AkmaError::AKidLength { needed }),
        }
    }

    /// What may be logged: enough to tell two apart, too little to track.
    pub(super) fn shortened(&self) -> &str {
        self.as_str().get(..14).map_or("", |head| head)
    }
}

impl fmt::Debug for AKid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "AKid({}..)", self.shortened())
    }
}

#[cfg(feature = "defmt")]
impl defmt::Format for AKid {
    fn format(&self, f: defmt::Formatter<'_>) {
        defmt::write!(f, "AKid({=str}..)", self.shortened());
    }
}

/// How Routing Indicator, A-TID and home network are joined to an A-KID.
///
/// UNCONFIRMED: TS 33.535 6.1 says that the A-KID is an NAI whose user name
/// includes the Routing Indicator and the A-TID and whose realm includes the
/// home network identifier. It does not say how, and no clause of TS 23.003
/// was found that does. These are the readings met so far.
///
/// | | user name | realm |
/// |---|---|---|
/// | F1 | `rid<RID>.atid<64 hex digits>` | `5gc.mnc<MNC>.mcc<MCC>.3gppnetwork.org` |
/// | F1a | as F1 | `akma.5gc.mnc...` |
/// | F2 | `<RID><64 hex digits>` | as F1 |
/// | F3 | `<RID>.<43 characters of base64url>` | `akma.5gc.mnc...` |
/// | F4 | `<64 hex digits><RID>` | `<MCC><MNC>`, the MNC as it was given |
///
/// Hexadecimal digits are lower case. A verbatim realm stands in each form as
/// it is; F1a and F3 put the label `akma.` before it unless it begins so.
///
/// From text ([`FromStr`]): the names in the table, in any case.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum AKidForm {
    /// Labels and dots as in the sibling identifier CP-PRUK ID
    /// (TS 23.003 28.7.11), with the home network domain.
    #[default]
    F1,
    /// As F1, with a service label before the home network domain: the full
    /// analogy.
    F1a,
    /// Bare concatenation.
    F2,
    /// Base64url without padding; met in a SIM simulator.
    F3,
    /// A-TID first, and bare MCC and MNC; met in an open-source 5G core.
    F4,
}

impl AKidForm {
    fn push_realm<const N: usize>(self, home_network: &HomeNetwork<'_>, whole: &mut Text<N>) {
        const LABEL: &str = "akma.";
        if self == Self::F4 {
            home_network
                .bare()
                .into_iter()
                .for_each(|piece| whole.push(piece));
            return;
        }
        let realm = home_network.realm();
        let has_label = realm.first().is_some_and(|head| head.starts_with(LABEL));
        if matches!(self, Self::F1a | Self::F3) && !has_label {
            whole.push(LABEL);
        }
        realm.into_iter().for_each(|piece| whole.push(piece));
    }
}

impl FromStr for AKidForm {
    type Err = AkmaError;

    fn from_str(name: &str) -> Result<Self, AkmaError> {
        [
            ("F1", Self::F1),
            ("F1a", Self::F1a),
            ("F2", Self::F2),
            ("F3", Self::F3),
            ("F4", Self::F4),
        ]
        .into_iter()
        .find(|(known, _)| known.eq_ignore_ascii_case(name))
        .map(|(_, form)| form)
        .ok_or(AkmaError::AKidForm)
    }
}

/// The AKMA temporary UE identifier (TS 33.535 A.3): 32 octets, part of the
/// A-KID. Not secret; prints shortened, as the A-KID does.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct ATid([u8; 32]);

impl ATid {
    /// Takes 32 raw octets.
    pub const fn from_octets(octets: [u8; 32]) -> Self {
        Self(octets)
    }

    /// The raw octets.
    pub const fn as_octets(&self) -> &[u8; 32] {
        &self.0
    }
}

impl fmt::Debug for ATid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [a, b, ..] = self.0;
        write!(f, "ATid({a:02x}{b:02x}..)")
    }
}

#[cfg(feature = "defmt")]
impl defmt::Format for ATid {
    fn format(&self, f: defmt::Formatter<'_>) {
        let [a, b, ..] = self.0;
        defmt::write!(f, "ATid({=u8:02x}{=u8:02x}..)", a, b);
    }
}

//! How networks are named: the home network in an A-KID, the serving network
//! in K_AUSF.

use core::fmt;

use super::text::{self, Text};
use super::{AkmaError, Supi};

/// The home network of the subscriber, which is the realm of the A-KID
/// (TS 23.003 28.2). `Display` writes the realm.
///
/// # Example
///
/// ```
/// use msgin5g::akma::HomeNetwork;
///
/// # fn main() -> Result<(), msgin5g::akma::AkmaError> {
/// // A 2-digit MNC gets a leading zero.
/// let home = HomeNetwork::plmn("345", "12")?;
/// assert_eq!(home.to_string(), "5gc.mnc012.mcc345.3gppnetwork.org");
///
/// let campus = HomeNetwork::snpn("345", "12", "000007ed9d5")?;
/// assert_eq!(
///     campus.to_string(),
///     "5gc.nid000007ed9d5.mnc012.mcc345.3gppnetwork.org"
/// );
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HomeNetwork<'a>(Kind<'a>);

#[derive(Debug, Clone, PartialEq, Eq)]
enum Kind<'a> {
    Plmn(Plmn<'a>),
    Snpn(Plmn<'a>, Nid),
    Verbatim(&'a str),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Plmn<'a> {
    mcc: &'a str,
    mnc: &'a str,
}

type Nid = heapless::String<11, u8>;

impl<'a> HomeNetwork<'a> {
    /// A public network: MCC of 3 digits, MNC of 2 or 3 digits.
    ///
    /// # Errors
    ///
    /// [`AkmaError::Mcc`], [`AkmaError::Mnc`].
    pub fn plmn(mcc: &'a str, mnc: &'a str) -> Result<Self, AkmaError> {
        Ok(Self(Kind::Plmn(Plmn::new(mcc, mnc)?)))
    }

    /// A stand-alone non-public network: as [`HomeNetwork::plmn`], and the
    /// network identifier of 11 hexadecimal digits (TS 23.003 12.7). The NID is
    /// written in lower case, as the example of TS 23.003 28.2 has it.
    ///
    /// # Errors
    ///
    /// [`AkmaError::Mcc`], [`AkmaError::Mnc`], [`AkmaError::Nid`].
    pub fn snpn(mcc: &'a str, mnc: &'a str, nid: &str) -> Result<Self, AkmaError> {
        let plmn = Plmn::new(mcc, mnc)?;
        let mut nid = checked_nid(nid)?;
        nid.make_ascii_lowercase();
        Ok(Self(Kind::Snpn(plmn, nid)))
    }

    /// A realm that is none of the two, such as that of an NAI; it is taken as
    /// it is. 1 to 253 octets.
    ///
    /// # Errors
    ///
    /// [`AkmaError::Realm`] if it is empty, too long, or holds a space, a
    /// quote or an `@`.
    pub fn verbatim(realm: &'a str) -> Result<Self, AkmaError> {
        let fits = (1..=Supi::MAX_LEN).contains(&realm.len());
        if !fits || realm.contains('@') || !text::is_clean(realm) {
            return Err(AkmaError::Realm);
        }
        Ok(Self(Kind::Verbatim(realm)))
    }

    /// The realm, in pieces to be joined.
    pub(super) fn realm(&self) -> [&str; 8] {
        match &self.0 {
            Kind::Plmn(plmn) => plmn.domain("5gc", "", "."),
            Kind::Snpn(plmn, nid) => plmn.domain("5gc.nid", nid, "."),
            Kind::Verbatim(realm) => [realm, "", "", "", "", "", "", ""],
        }
    }

    /// MCC and MNC without a domain round them, as A-KID form F4 has it; a
    /// verbatim realm is still that realm.
    pub(super) fn bare(&self) -> [&str; 2] {
        match &self.0 {
            Kind::Plmn(plmn) | Kind::Snpn(plmn, _) => [plmn.mcc, plmn.mnc],
            Kind::Verbatim(realm) => [realm, ""],
        }
    }
}

impl fmt::Display for HomeNetwork<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.realm()
            .into_iter()
            .try_for_each(|piece| f.write_str(piece))
    }
}

#[cfg(feature = "defmt")]
impl defmt::Format for HomeNetwork<'_> {
    fn format(&self, f: defmt::Formatter<'_>) {
        for piece in self.realm() {
            defmt::write!(f, "{=str}", piece);
        }
    }
}

/// The serving network name (TS 24.501 9.12.1), an input of K_AUSF in 5G AKA:
/// "5G:mnc001.mcc001.3gppnetwork.org", with ":NID" behind it in an SNPN.
///
/// # Example
///
/// ```
/// use msgin5g::akma::{AkmaError, ServingNetworkName};
///
/// let serving = ServingNetworkName::plmn("001", "01")?;
/// assert_eq!(serving.as_str(), "5G:mnc001.mcc001.3gppnetwork.org");
/// // A 2-digit MNC in the text would give a wrong K_AUSF.
/// assert_eq!(
///     ServingNetworkName::parse("5G:mnc01.mcc001.3gppnetwork.org"),
///     Err(AkmaError::ServingNetworkName)
/// );
/// # Ok::<(), AkmaError>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ServingNetworkName(heapless::String<{ ServingNetworkName::MAX_LEN }>);

impl ServingNetworkName {
    /// Longest name in octets: that of an SNPN.
    pub const MAX_LEN: usize = 44;

    /// A public network: MCC of 3 digits, MNC of 2 or 3 digits. A 2-digit MNC
    /// gets a leading zero.
    ///
    /// # Errors
    ///
    /// [`AkmaError::Mcc`], [`AkmaError::Mnc`].
    pub fn plmn(mcc: &str, mnc: &str) -> Result<Self, AkmaError> {
        Self::build(Plmn::new(mcc, mnc)?, None)
    }

    /// A stand-alone non-public network, with a NID of 11 hexadecimal digits.
    /// The NID is written in upper case: the grammar of TS 24.501 9.12.1 knows
    /// no other.
    ///
    /// # Errors
    ///
    /// [`AkmaError::Mcc`], [`AkmaError::Mnc`], [`AkmaError::Nid`].
    pub fn snpn(mcc: &str, mnc: &str, nid: &str) -> Result<Self, AkmaError> {
        let mut nid = checked_nid(nid)?;
        nid.make_ascii_uppercase();
        Self::build(Plmn::new(mcc, mnc)?, Some(&nid))
    }

    /// Reads a whole name, which must be exactly as the other constructors
    /// write it.
    ///
    /// # Errors
    ///
    /// [`AkmaError::ServingNetworkName`] for anything else, a 2-digit MNC
    /// among it.
    pub fn parse(name: &str) -> Result<Self, AkmaError> {
        Self::parts(name)
            .and_then(|(mcc, mnc, nid)| match nid {
                Some(nid) => Self::snpn(mcc, mnc, nid).ok(),
                None => Self::plmn(mcc, mnc).ok(),
            })
            .filter(|built| built.as_str() == name)
            .ok_or(AkmaError::ServingNetworkName)
    }

    /// The name, whose octets are parameter P0 of the KDF.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    fn build(plmn: Plmn<'_>, nid: Option<&str>) -> Result<Self, AkmaError> {
        let mut name = Text::new();
        for piece in plmn.domain("5G", "", ":") {
            name.push(piece);
        }
        if let Some(nid) = nid {
            name.push(":");
            name.push(nid);
        }
        match name.finish() {
            Ok(name) => Ok(Self(name)),
            Err(_) => Err(AkmaError::ServingNetworkName),
        }
    }

    /// MCC, MNC and NID of a name that may still be wrong elsewhere.
    fn parts(name: &str) -> Option<(&str, &str, Option<&str>)> {
        let (mnc, rest) = name.strip_prefix("5G:mnc")?.split_at_checked(3)?;
        let (mcc, rest) = rest.strip_prefix(".mcc")?.split_at_checked(3)?;
        let nid = rest.split_once(':').map(|(_, nid)| nid);
        Some((mcc, mnc, nid))
    }
}

#[cfg(feature = "defmt")]
impl defmt::Format for ServingNetworkName {
    fn format(&self, f: defmt::Formatter<'_>) {
        defmt::write!(f, "ServingNetworkName({=str})", self.as_str());
    }
}

impl<'a> Plmn<'a> {
    fn new(mcc: &'a str, mnc: &'a str) -> Result<Self, AkmaError> {
        if mcc.len() != 3 || !text::is_digits(mcc) {
            return Err(AkmaError::Mcc);
        }
        if !(2..=3).contains(&mnc.len()) || !text::is_digits(mnc) {
            return Err(AkmaError::Mnc);
        }
        Ok(Self { mcc, mnc })
    }

    /// `<lead><nid><joint>mnc<3 digits>.mcc<3 digits>.3gppnetwork.org`
    fn domain<'b>(&self, lead: &'b str, nid: &'b str, joint: &'b str) -> [&'b str; 8]
    where
        'a: 'b,
    {
        let mnc = match self.mnc.len() {
            2 => "mnc0",
            _ => "mnc",
        };
        [
            lead,
            nid,
            joint,
            mnc,
            self.mnc,
            ".mcc",
            self.mcc,
            ".3gppnetwork.org",
        ]
    }
}

fn checked_nid(nid: &str) -> Result<Nid, AkmaError> {
    if nid.len() != 11 || !text::is_hex(nid.as_bytes()) {
        return Err(AkmaError::Nid);
    }
    match Nid::try_from(nid) {
        Ok(nid) => Ok(nid),
        Err(_) => Err(AkmaError::Nid),
    }
}

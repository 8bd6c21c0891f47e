use core::fmt;

use super::{AkmaError, HomeNetwork, text};

/// The subscription permanent identifier, in the octets that the KDF takes
/// (TS 33.501 A.7.0): the bare digits of an IMSI, or a whole NAI.
///
/// It prints shortened, because it names a person's or a company's
/// subscription for good.
///
/// # Example
///
/// ```
/// use msgin5g::akma::{AkmaError, Supi};
///
/// assert!(Supi::imsi("001010000000001").is_ok());
/// assert!(Supi::nai("sensor-17@factory.example").is_ok());
/// // The prefix belongs to the core network's JSON, and gives another key.
/// assert_eq!(Supi::imsi("imsi-001010000000001"), Err(AkmaError::SupiPrefix));
/// ```
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Supi<'a> {
    kind: Kind,
    text: &'a str,
}

/// How many digits of an IMSI are the MNC. The IMSI itself does not tell; the
/// USIM does (EF_AD, TS 31.102 4.2.18).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum MncLength {
    /// Two digits: Europe, most of the world.
    Two,
    /// Three digits: North America and a few more.
    Three,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Imsi,
    Nai,
}

/// Prefixes of a SUPI in the network's JSON interfaces (TS 29.571).
const PREFIXES: [&str; 5] = ["imsi-", "nai-", "gci-", "gli-", "supi-"];

impl<'a> Supi<'a> {
    /// Longest SUPI in octets: that of an NAI (RFC 7542 2.3).
    pub const MAX_LEN: usize = 253;

    /// An IMSI: 6 to 15 decimal digits, MCC, MNC and MSIN (TS 23.003 2.2).
    ///
    /// # Errors
    ///
    /// [`AkmaError::SupiPrefix`] if it begins with "imsi-",
    /// [`AkmaError::Imsi`] for anything else that is not 6 to 15 digits.
    pub fn imsi(digits: &'a str) -> Result<Self, AkmaError> {
        refuse_prefix(digits)?;
        if !(6..=15).contains(&digits.len()) || !text::is_digits(digits) {
            return Err(AkmaError::Imsi);
        }
        Ok(Self {
            kind: Kind::Imsi,
            text: digits,
        })
    }

    /// A network specific identifier, GLI or GCI: an NAI `user@realm`
    /// (TS 23.003 28.7.2, 28.15.2, 28.16.2), at most 253 octets of UTF-8.
    /// Nothing is normalised: upper and lower case give different keys.
    ///
    /// # Errors
    ///
    /// [`AkmaError::SupiPrefix`] if it begins with "nai-" or the like,
    /// [`AkmaError::Nai`] if it is not `user@realm`. A user name that truly
    /// begins so goes in through [`Supi::nai_verbatim`].
    pub fn nai(nai: &'a str) -> Result<Self, AkmaError> {
        refuse_prefix(nai)?;
        Self::nai_verbatim(nai)
    }

    /// As [`Supi::nai`], for a subscriber whose user name itself begins with
    /// "imsi-", "nai-", "gci-", "gli-" or "supi-".
    ///
    /// # Errors
    ///
    /// [`AkmaError::Nai`] if it is not `user@realm`.
    pub fn nai_verbatim(nai: &'a str) -> Result<Self, AkmaError> {
        if nai.len() > Self::MAX_LEN || text::split_nai(nai).is_none() {
            return Err(AkmaError::Nai);
        }
        Ok(Self {
            kind: Kind::Nai,
            text: nai,
        })
    }

    /// An NAI if there is an `@`, an IMSI if not.
    ///
    /// # Errors
    ///
    /// Those of [`Supi::nai`] and [`Supi::imsi`].
    pub fn parse(text: &'a str) -> Result<Self, AkmaError> {
        match text.contains('@') {
            true => Self::nai(text),
            false => Self::imsi(text),
        }
    }

    /// The text, whose octets are parameter P1 of the KDF.
    pub const fn as_str(&self) -> &'a str {
        self.text
    }

    /// True for an IMSI, false for an NAI.
    pub const fn is_imsi(&self) -> bool {
        matches!(self.kind, Kind::Imsi)
    }

    /// The home network as far as the SUPI tells: MCC and MNC of an IMSI; the
    /// NAI's own realm otherwise, `mnc_length` being ignored then.
    ///
    /// That the realm of an NAI is also the realm of its A-KID is a reading,
    /// not a quotation: TS 33.535 6.1 says "home network identifier" only.
    ///
    /// # Errors
    ///
    /// None for a [`Supi`] as constructed; the type says so because the parts
    /// are checked again.
    ///
    /// # Example
    ///
    /// ```
    /// use msgin5g::akma::{MncLength, Supi};
    ///
    /// # fn main() -> Result<(), msgin5g::akma::AkmaError> {
    /// let home = Supi::imsi("310410123456789")?.home_network(MncLength::Three)?;
    /// assert_eq!(home.to_string(), "5gc.mnc410.mcc310.3gppnetwork.org");
    /// # Ok(())
    /// # }
    /// ```
    pub fn home_network(&self, mnc_length: MncLength) -> Result<HomeNetwork<'a>, AkmaError> {
        match self.kind {
            Kind::Imsi => {
                let (mcc, rest) = self.text.split_at_checked(3).ok_or(AkmaError::Mcc)?;
                let digits = match mnc_length {
                    MncLength::Two => 2,
                    MncLength::Three => 3,
                };
                let (mnc, _) = rest.split_at_checked(digits).ok_or(AkmaError::Mnc)?;
                HomeNetwork::plmn(mcc, mnc)
            }
            Kind::Nai => {
                let (_, realm) = text::split_nai(self.text).ok_or(AkmaError::Nai)?;
                HomeNetwork::verbatim(realm)
            }
        }
    }

    /// What may be shown: the country and the first two digits after it, or
    /// the realm.
    fn shown(&self) -> (&'static str, &'a str) {
        match self.kind {
            Kind::Imsi => ("imsi ", self.text.get(..5).map_or("", |head| head)),
            Kind::Nai => (
                "nai ..@",
                text::split_nai(self.text).map_or("", |(_, realm)| realm),
            ),
        }
    }
}

impl fmt::Debug for Supi<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (label, shown) = self.shown();
        write!(f, "Supi({label}{shown}..)")
    }
}

#[cfg(feature = "defmt")]
impl defmt::Format for Supi<'_> {
    fn format(&self, f: defmt::Formatter<'_>) {
        let (label, shown) = self.shown();
        defmt::write!(f, "Supi({=str}{=str}..)", label, shown);
    }
}

fn refuse_prefix(text: &str) -> Result<(), AkmaError> {
    let begins_with = |prefix: &str| {
        text.get(..prefix.len())
            .is_some_and(|head| head.eq_ignore_ascii_case(prefix))
    };
    match PREFIXES.into_iter().any(begins_with) {
        true => Err(AkmaError::SupiPrefix),
        false => Ok(()),
    }
}

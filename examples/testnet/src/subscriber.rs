//! Subscribers as UDM and AUSF know them, and the A-KID that is made for each.

use std::fmt;
use std::str::FromStr;

use crate::kdf::{self, Key};
use crate::text;

/// One subscriber: who it is, its K_AUSF and the UE Service IDs that belong to it.
#[derive(Clone, PartialEq, Eq)]
pub struct Subscriber {
    /// Digits of the IMSI, or a whole NAI; never with a prefix such as `imsi-`.
    pub supi: String,
    /// The key that the last primary authentication left behind.
    pub kausf: Key,
    /// Routing Indicator, 1 to 4 digits.
    pub rid: String,
    /// What the realm of the A-KID is made of.
    pub home: HomeNetwork,
    /// UE Service IDs that the configuration function binds to this SUPI.
    pub ue_service_ids: Vec<String>,
    /// An A-KID that is used as it is, in place of one of the forms.
    pub a_kid: Option<String>,
}

/// The home network of a subscriber (TS 23.003 28.2).
#[derive(Debug, Clone, PartialEq, Eq)]
#[allow(missing_docs, reason = "the fields are the network codes")]
pub enum HomeNetwork {
    /// A public network; MNC of two or three digits.
    Plmn { mcc: String, mnc: String },
    /// A stand-alone network; NID of eleven hexadecimal digits.
    Snpn {
        mcc: String,
        mnc: String,
        nid: String,
    },
    /// A realm that is used as it is.
    Realm(String),
}

/// How Routing Indicator and A-TID are joined in the A-KID. No text that we know settles it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum AKidForm {
    /// `rid<RID>.atid<hex>@5gc...`
    #[default]
    F1,
    /// As F1 with the realm `akma.5gc...`.
    F1a,
    /// `<RID><hex>@5gc...`
    F2,
    /// `<RID>.<base64url>@akma.5gc...`
    F3,
    /// `<hex><RID>@<MCC><MNC>`
    F4,
}

/// A subscriber, an identity or a setting that cannot be right.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Invalid(pub String);

impl Subscriber {
    /// A subscriber with Routing Indicator 0; its home network is read from the SUPI
    /// (MCC and a two-digit MNC of an IMSI, the realm of an NAI).
    pub fn new(supi: &str, kausf: Key) -> Self {
        let home = match supi.split_once('@') {
            Some((_, realm)) => HomeNetwork::Realm(realm.to_owned()),
            None => HomeNetwork::Plmn {
                mcc: supi.chars().take(3).collect(),
                mnc: supi.chars().skip(3).take(2).collect(),
            },
        };
        Self {
            supi: supi.to_owned(),
            kausf,
            rid: "0".to_owned(),
            home,
            ue_service_ids: Vec::new(),
            a_kid: None,
        }
    }

    /// Binds one more UE Service ID to the subscriber.
    #[must_use]
    pub fn with_ue(mut self, ue_service_id: &str) -> Self {
        self.ue_service_ids.push(ue_service_id.to_owned());
        self
    }

    /// Sets the Routing Indicator.
    #[must_use]
    pub fn with_rid(mut self, rid: &str) -> Self {
        self.rid = rid.to_owned();
        self
    }

    /// Sets the home network.
    #[must_use]
    pub fn with_home(mut self, home: HomeNetwork) -> Self {
        self.home = home;
        self
    }

    /// Checks what a network would never have let in.
    pub fn check(&self) -> Result<(), Invalid> {
        let imsi = (6..=15).contains(&self.supi.len()) && digits(&self.supi);
        let nai = self.supi.split_once('@').is_some_and(|(user, realm)| {
            !user.is_empty() && !realm.is_empty() && !realm.contains('@') && self.supi.len() <= 253
        });
        if !imsi && !nai {
            return Err(Invalid(format!(
                "SUPI must be 6 to 15 digits or user@realm, got {:?}",
                self.supi
            )));
        }
        if !(1..=4).contains(&self.rid.len()) || !digits(&self.rid) {
            return Err(Invalid(format!(
                "RID must be 1 to 4 digits, got {:?}",
                self.rid
            )));
        }
        self.home.check()
    }

    /// The A-KID of this subscriber in the given form.
    pub fn a_kid(&self, form: AKidForm, a_tid: &Key) -> String {
        if let Some(verbatim) = &self.a_kid {
            return verbatim.clone();
        }
        let (rid, hex, realm) = (&self.rid, text::hex(a_tid), self.home.realm());
        match form {
            AKidForm::F1 => format!("rid{rid}.atid{hex}@{realm}"),
            AKidForm::F1a => format!("rid{rid}.atid{hex}@akma.{realm}"),
            AKidForm::F2 => format!("{rid}{hex}@{realm}"),
            AKidForm::F3 => format!("{rid}.{}@akma.{realm}", text::base64url(a_tid)),
            AKidForm::F4 => format!("{hex}{rid}@{}", self.home.digits()),
        }
    }
}

impl fmt::Debug for Subscriber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Subscriber")
            .field("supi", &self.supi)
            .field("kausf", &"..")
            .field("rid", &self.rid)
            .field("home", &self.home)
            .field("ue_service_ids", &self.ue_service_ids)
            .finish_non_exhaustive()
    }
}

/// `supi=..,kausf=HEX,rid=..,ue=..[,mcc=..,mnc=..][,nid=..][,realm=..][,akid=..]`; `ue` may be repeated.
/// In place of `kausf`: `ck=HEX,ik=HEX,snn=5G:..,sqnak=HEX`, or `emsk=HEX`.
impl FromStr for Subscriber {
    type Err = Invalid;

    fn from_str(s: &str) -> Result<Self, Invalid> {
        let pairs: Vec<(&str, &str)> = s
            .split(',')
            .map(|pair| {
                pair.split_once('=')
                    .ok_or_else(|| Invalid(format!("expected key=value, got {pair:?}")))
            })
            .collect::<Result<_, _>>()?;
        const KEYS: [&str; 13] = [
            "supi", "kausf", "ck", "ik", "snn", "sqnak", "emsk", "rid", "ue", "mcc", "mnc", "nid",
            "realm",
        ];
        if let Some((key, _)) = pairs
            .iter()
            .find(|(key, _)| !KEYS.contains(key) && *key != "akid")
        {
            return Err(Invalid(format!("unknown key {key:?}")));
        }
        let get = |key: &str| pairs.iter().find(|(k, _)| *k == key).map(|(_, v)| *v);
        let need = |key: &str| get(key).ok_or_else(|| Invalid(format!("{key}= is missing")));
        let kausf = if let Some(hex) = get("kausf") {
            text::unhex_exact(hex).map_err(|e| Invalid(format!("kausf: {e}")))?
        } else if let Some(hex) = get("emsk") {
            kdf::k_ausf_eap_aka_prime(
                &text::unhex_exact(hex).map_err(|e| Invalid(format!("emsk: {e}")))?,
            )
        } else {
            let ck = text::unhex_exact(need("ck")?).map_err(|e| Invalid(format!("ck: {e}")))?;
            let ik = text::unhex_exact(need("ik")?).map_err(|e| Invalid(format!("ik: {e}")))?;
            let sqn =
                text::unhex_exact(need("sqnak")?).map_err(|e| Invalid(format!("sqnak: {e}")))?;
            kdf::k_ausf_5g_aka(&ck, &ik, need("snn")?, &sqn).map_err(|e| Invalid(e.to_string()))?
        };
        let mut subscriber = Self::new(need("supi")?, kausf);
        if let Some(rid) = get("rid") {
            subscriber.rid = rid.to_owned();
        }
        if let (Some(mcc), Some(mnc)) = (get("mcc"), get("mnc")) {
            let (mcc, mnc) = (mcc.to_owned(), mnc.to_owned());
            subscriber.home = match get("nid") {
                Some(nid) => HomeNetwork::Snpn {
                    mcc,
                    mnc,
                    nid: nid.to_owned(),
                },
                None => HomeNetwork::Plmn { mcc, mnc },
            };
        }
        if let Some(realm) = get("realm") {
            subscriber.home = HomeNetwork::Realm(realm.to_owned());
        }
        subscriber.a_kid = get("akid").map(str::to_owned);
        subscriber.ue_service_ids = pairs
            .iter()
            .filter(|(k, _)| *k == "ue")
            .map(|(_, v)| (*v).to_owned())
            .collect();
        subscriber.check()?;
        Ok(subscriber)
    }
}

impl HomeNetwork {
    /// The home network domain; MNC and MCC always as three digits.
    pub fn realm(&self) -> String {
        match self {
            Self::Plmn { mcc, mnc } => format!("5gc.mnc{mnc:0>3}.mcc{mcc}.3gppnetwork.org"),
            Self::Snpn { mcc, mnc, nid } => {
                format!("5gc.nid{nid}.mnc{mnc:0>3}.mcc{mcc}.3gppnetwork.org")
            }
            Self::Realm(realm) => realm.clone(),
        }
    }

    fn digits(&self) -> String {
        match self {
            Self::Plmn { mcc, mnc } | Self::Snpn { mcc, mnc, .. } => format!("{mcc}{mnc}"),
            Self::Realm(realm) => realm.clone(),
        }
    }

    fn check(&self) -> Result<(), Invalid> {
        let (mcc, mnc) = match self {
            Self::Realm(realm) if realm.is_empty() => {
                return Err(Invalid("the realm is empty".to_owned()));
            }
            Self::Realm(_) => return Ok(()),
            Self::Plmn { mcc, mnc } => (mcc, mnc),
            Self::Snpn { mcc, mnc, nid } => {
                if nid.len() != 11 || !nid.bytes().all(|b| b.is_ascii_hexdigit()) {
                    return Err(Invalid(format!(
                        "NID must be 11 hexadecimal digits, got {nid:?}"
                    )));
                }
                (mcc, mnc)
            }
        };
        if mcc.len() != 3 || !digits(mcc) || !(2..=3).contains(&mnc.len()) || !digits(mnc) {
            return Err(Invalid(format!(
                "MCC must be 3 digits and MNC 2 or 3, got {mcc:?} and {mnc:?}"
            )));
        }
        Ok(())
    }
}

impl FromStr for AKidForm {
    type Err = Invalid;

    fn from_str(s: &str) -> Result<Self, Invalid> {
        match s {
            "F1" => Ok(Self::F1),
            "F1a" => Ok(Self::F1a),
            "F2" => Ok(Self::F2),
            "F3" => Ok(Self::F3),
            "F4" => Ok(Self::F4),
            _ => Err(Invalid(format!(
                "A-KID form must be F1, F1a, F2, F3 or F4, got {s:?}"
            ))),
        }
    }
}

impl fmt::Display for Invalid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for Invalid {}

fn digits(s: &str) -> bool {
    !s.is_empty() && s.bytes().all(|b| b.is_ascii_digit())
}

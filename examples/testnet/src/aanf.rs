//! The AKMA Anchor Function: which A-KID belongs to whom, and K_AF for an application function (TS 33.535 6.1, 6.2).
//!
//! It keeps only the latest (SUPI, A-KID, K_AKMA) of each UE. Time is the caller's, in milliseconds.

use std::collections::{BTreeSet, HashMap};
use std::fmt;

use openssl::error::ErrorStack;

use crate::kdf::{self, Key};
use crate::subscriber::{AKidForm, Invalid, Subscriber};

/// What an application function gets for an A-KID.
#[derive(Clone, PartialEq, Eq)]
pub struct ApplicationKey {
    /// The key itself.
    pub k_af: Key,
    /// When the key ends, on the caller's clock.
    pub expires_ms: u64,
    /// Whose key it is.
    pub supi: String,
}

/// Why there is no K_AF.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum AanfError {
    /// No K_AKMA under this A-KID: never authenticated, authenticated anew since, or forgotten.
    UnknownAKid,
    /// Policy: this application function may not use AKMA.
    AfNotAllowed,
    /// The life of K_AF is over; only a new primary authentication gives another one.
    KafExpired,
    /// The AAnF itself failed.
    Internal,
}

/// AUSF and AAnF in one.
#[derive(Debug)]
pub struct Aanf {
    form: AKidForm,
    kaf_lifetime_ms: u64,
    allowed: BTreeSet<String>,
    /// What the UDM knows: every subscriber by SUPI, with the K_AUSF of its last authentication.
    subscribers: HashMap<String, Subscriber>,
    contexts: HashMap<String, Context>,
}

/// The latest key set of one UE, under its A-KID.
struct Context {
    supi: String,
    k_akma: Key,
    /// Expiry of each K_AF given out. K_AF is a pure function of K_AKMA, so its life is never started again.
    expiries: HashMap<(String, [u8; 5]), u64>,
}

impl Aanf {
    /// An AAnF that serves the application functions of these names.
    pub fn new(form: AKidForm, kaf_lifetime_ms: u64, allowed_fqdns: &[String]) -> Self {
        Self {
            form,
            kaf_lifetime_ms,
            allowed: allowed_fqdns.iter().cloned().collect(),
            subscribers: HashMap::new(),
            contexts: HashMap::new(),
        }
    }

    /// A primary authentication succeeded: the new key set replaces what was known of this SUPI. Returns the A-KID.
    pub fn authenticated(&mut self, subscriber: &Subscriber) -> Result<String, Invalid> {
        subscriber.check()?;
        let internal = |e: ErrorStack| Invalid(e.to_string());
        let k_akma = kdf::k_akma(&subscriber.kausf, &subscriber.supi).map_err(internal)?;
        let a_tid = kdf::a_tid(&subscriber.kausf, &subscriber.supi).map_err(internal)?;
        let a_kid = subscriber.a_kid(self.form, &a_tid);
        self.contexts
            .retain(|_, context| context.supi != subscriber.supi);
        self.subscribers
            .insert(subscriber.supi.clone(), subscriber.clone());
        self.contexts.insert(
            a_kid.clone(),
            Context {
                supi: subscriber.supi.clone(),
                k_akma,
                expiries: HashMap::new(),
            },
        );
        Ok(a_kid)
    }

    /// The same subscriber with a new K_AUSF. `None` when the SUPI is unknown.
    pub fn reauthenticated(&mut self, supi: &str, kausf: Key) -> Option<String> {
        let mut subscriber = self.subscribers.get(supi)?.clone();
        subscriber.kausf = kausf;
        self.authenticated(&subscriber).ok()
    }

    /// K_AF for an application function, as Naanf_AKMA_ApplicationKey_Get gives it.
    pub fn application_key(
        &mut self,
        a_kid: &str,
        fqdn: &str,
        ua: [u8; 5],
        now_ms: u64,
    ) -> Result<ApplicationKey, AanfError> {
        if !self.allowed.contains(fqdn) {
            return Err(AanfError::AfNotAllowed);
        }
        let context = self.contexts.get_mut(a_kid).ok_or(AanfError::UnknownAKid)?;
        let expires_ms = *context
            .expiries
            .entry((fqdn.to_owned(), ua))
            .or_insert(now_ms.saturating_add(self.kaf_lifetime_ms));
        if now_ms >= expires_ms {
            return Err(AanfError::KafExpired);
        }
        let k_af = kdf::k_af(&context.k_akma, fqdn, ua).map_err(|_| AanfError::Internal)?;
        Ok(ApplicationKey {
            k_af,
            expires_ms,
            supi: context.supi.clone(),
        })
    }

    /// Ends the life of every K_AF of this SUPI, those not given out yet included.
    pub fn expire(&mut self, supi: &str, fqdns: &[String], uas: &[[u8; 5]]) -> bool {
        let Some(context) = self.contexts.values_mut().find(|c| c.supi == supi) else {
            return false;
        };
        for fqdn in fqdns {
            for ua in uas {
                context.expiries.insert((fqdn.clone(), *ua), 0);
            }
        }
        true
    }

    /// Removes the context (Naanf_AKMA_Context_Remove). The A-KID is unknown until the next primary authentication.
    pub fn forget(&mut self, supi: &str) -> bool {
        let before = self.contexts.len();
        self.contexts.retain(|_, context| context.supi != supi);
        self.contexts.len() != before
    }

    /// The A-KID that this SUPI has now.
    pub fn a_kid(&self, supi: &str) -> Option<String> {
        self.contexts
            .iter()
            .find(|(_, c)| c.supi == supi)
            .map(|(a_kid, _)| a_kid.clone())
    }
}

impl fmt::Debug for Context {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Context")
            .field("supi", &self.supi)
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for ApplicationKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "ApplicationKey {{ supi: {:?}, expires_ms: {} }}",
            self.supi, self.expires_ms
        )
    }
}

impl fmt::Display for AanfError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::UnknownAKid => "A-KID unknown",
            Self::AfNotAllowed => "AF not allowed to use AKMA",
            Self::KafExpired => "K_AF expired",
            Self::Internal => "AAnF failed",
        })
    }
}

impl std::error::Error for AanfError {}

//! From PSK identity and server name to K_AF.

use std::sync::{Arc, Mutex, PoisonError};

use crate::aanf::{Aanf, AanfError};
use crate::config::Config;
use crate::event::{EventKind, Refusal};
use crate::faults::{Faults, spend};
use crate::log::Log;
use crate::server::PeerId;
use crate::text;

/// What every lookup of one protocol needs.
#[derive(Clone)]
pub struct KeyService {
    aanf: Arc<Mutex<Aanf>>,
    faults: Arc<Mutex<Faults>>,
    log: Log,
    fqdns: Vec<String>,
    ua: [u8; 5],
    prefix: String,
}

/// K_AF, whose it is, and when it ends.
pub struct Found {
    pub k_af: [u8; 32],
    pub supi: String,
    pub expires_ms: u64,
}

impl KeyService {
    /// `ua` is the Ua* identifier of the protocol that asks.
    pub fn new(
        config: &Config,
        ua: [u8; 5],
        aanf: &Arc<Mutex<Aanf>>,
        faults: &Arc<Mutex<Faults>>,
        log: &Log,
    ) -> Self {
        Self {
            aanf: aanf.clone(),
            faults: faults.clone(),
            log: log.clone(),
            fqdns: config.fqdns.clone(),
            ua,
            prefix: config.psk_prefix.clone(),
        }
    }

    /// `Ok(None)`: the fault "ignore the PSK" is on.
    pub fn key(
        &self,
        peer: Option<PeerId>,
        identity: &[u8],
        name: Option<String>,
    ) -> Result<Option<Found>, Refusal> {
        let a_kid = identity
            .strip_prefix(self.prefix.as_bytes())
            .and_then(|rest| std::str::from_utf8(rest).ok());
        let a_kid = a_kid.ok_or(Refusal::NotAkma)?;
        let fqdn = match name {
            Some(name) if self.fqdns.contains(&name) => name,
            other => return Err(Refusal::ServerName(other)),
        };
        if self.fault(peer, |f| &mut f.ignore_psk, "PSK ignored") {
            return Ok(None);
        }
        let answer = self
            .aanf
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .application_key(a_kid, &fqdn, self.ua, self.log.now_ms());
        self.log.push(
            peer,
            EventKind::KeyAsked {
                a_kid: text::shortened(a_kid),
                answer: answer
                    .as_ref()
                    .map(|key| key.supi.clone())
                    .map_err(|e: &AanfError| *e),
            },
        );
        let mut key = answer.map_err(Refusal::Aanf)?;
        if self.fault(peer, |f| &mut f.wrong_key, "another K_AF used") {
            key.k_af[0] ^= 0x01;
        }
        Ok(Some(Found {
            k_af: key.k_af,
            supi: key.supi,
            expires_ms: key.expires_ms,
        }))
    }

    fn fault(&self, peer: Option<PeerId>, times: fn(&mut Faults) -> &mut u32, what: &str) -> bool {
        let spent = spend(times(
            &mut self.faults.lock().unwrap_or_else(PoisonError::into_inner),
        ));
        if spent {
            let what = what.to_owned();
            self.log.push(peer, EventKind::Fault { what });
        }
        spent
    }
}

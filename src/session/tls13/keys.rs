//! Which keys protect the records of a stream, from the ServerHello to the last KeyUpdate.

use super::alert::Alert;
use super::crypto::{CipherSuite, Crypto};
use super::error::TlsError;
use super::key_schedule::{ApplicationSecrets, HandshakeSecrets, Secret, next_secret};
use super::protocol::Protocol;
use super::record::TrafficKey;
use zeroize::Zeroize;

/// Records that a peer may still send under a key after it was to be changed: they were under way.
/// The limits of RFC 8446 section 5.5 are rounded down by far more than that.
pub(crate) const GRACE: u64 = 1024;

/// The keys of both directions. What is dead is wiped at once, by being dropped.
pub(crate) struct Keys<C: Crypto> {
    suite: Option<CipherSuite>,
    pub(crate) read: Option<TrafficKey<C>>,
    pub(crate) write: Option<TrafficKey<C>>,
    /// Secrets of the application data, below which the next keys are; zeros where there is none.
    /// No `Option`: an empty one may hold whatever was on the stack.
    read_secret: Secret,
    write_secret: Secret,
    records_per_key: u64,
    /// The peer was asked for a KeyUpdate that has not come.
    asked: bool,
}

/// The keys of an open connection in a snapshot. With each secret the number of records under its
/// key.
#[cfg(feature = "snapshot")]
pub(crate) struct Kept<S> {
    pub(crate) suite: CipherSuite,
    pub(crate) read: (S, u64),
    pub(crate) write: (S, u64),
    pub(crate) records_per_key: u64,
    pub(crate) asked: bool,
}

impl<C: Crypto> Keys<C> {
    pub(crate) fn new(records_per_key: u64) -> Self {
        Self {
            suite: None,
            read: None,
            write: None,
            read_secret: Secret::default(),
            write_secret: Secret::default(),
            records_per_key: records_per_key.max(1),
            asked: false,
        }
    }

    /// The keys between ServerHello and the end of the handshake.
    pub(crate) fn handshake(
        &mut self,
        suite: CipherSuite,
        secrets: &HandshakeSecrets,
    ) -> Result<(), TlsError> {
        self.suite = Some(suite);
        self.change(&secrets.client, &secrets.server)
    }

    /// The first keys of the application data.
    pub(crate) fn application(&mut self, secrets: ApplicationSecrets) -> Result<(), TlsError> {
        self.change(&secrets.client, &secrets.server)?;
        self.write_secret = secrets.client;
        self.read_secret = secrets.server;
        Ok(())
    }

    /// What of them is put away, if both directions are open.
    #[cfg(feature = "snapshot")]
    pub(crate) fn put_away(&self) -> Option<Kept<&Secret>> {
        Some(Kept {
            suite: self.suite?,
            read: (&self.read_secret, self.read.as_ref()?.number()),
            write: (&self.write_secret, self.write.as_ref()?.number()),
            records_per_key: self.records_per_key,
            asked: self.asked,
        })
    }

    /// The keys again, which go on where they had stopped.
    #[cfg(feature = "snapshot")]
    pub(crate) fn take_up(kept: Kept<Secret>) -> Result<Self, TlsError> {
        let key = |(secret, number): (&Secret, u64)| -> Result<TrafficKey<C>, TlsError> {
            let mut key = TrafficKey::new(Protocol::Tls, kept.suite, secret)?;
            key.skip_to(number);
            Ok(key)
        };
        let ((read, read_number), (write, write_number)) = (kept.read, kept.write);
        Ok(Self {
            suite: Some(kept.suite),
            read: Some(key((&read, read_number))?),
            write: Some(key((&write, write_number))?),
            read_secret: read,
            write_secret: write,
            records_per_key: kept.records_per_key.max(1),
            asked: kept.asked,
        })
    }

    /// The peer has changed its key (RFC 8446 section 7.2).
    pub(crate) fn next_read(&mut self) -> Result<(), TlsError> {
        self.asked = false;
        let suite = self.suite.ok_or(Alert::INTERNAL_ERROR)?;
        next_secret::<C>(Protocol::Tls, &mut self.read_secret);
        self.read = Some(TrafficKey::new(Protocol::Tls, suite, &self.read_secret)?);
        Ok(())
    }

    /// This side has said that it changes its key.
    pub(crate) fn next_write(&mut self) -> Result<(), TlsError> {
        let suite = self.suite.ok_or(Alert::INTERNAL_ERROR)?;
        next_secret::<C>(Protocol::Tls, &mut self.write_secret);
        self.write = Some(TrafficKey::new(Protocol::Tls, suite, &self.write_secret)?);
        Ok(())
    }

    /// Nothing is read any more.
    pub(crate) fn end_read(&mut self) {
        self.read = None;
        self.read_secret.zeroize();
    }

    /// Nothing is written any more.
    pub(crate) fn end_write(&mut self) {
        self.write = None;
        self.write_secret.zeroize();
    }

    /// One more record may be written, but after it nothing under a new key.
    pub(crate) fn end_write_secret(&mut self) {
        self.write_secret.zeroize();
    }

    /// RFC 8446 section 5.5: no key protects more records than its suite allows. `Some`: this side
    /// is to change its key now; `true`: and to ask the peer for the same.
    pub(crate) fn update_due(&mut self) -> Option<bool> {
        let limit = self.limit();
        let ask = used(self.read.as_ref()) >= limit && !self.asked;
        self.asked |= ask;
        (ask || used(self.write.as_ref()) >= limit).then_some(ask)
    }

    /// The peer goes on under a key that it was asked to change.
    pub(crate) fn read_is_exhausted(&self) -> bool {
        used(self.read.as_ref()) > self.limit().saturating_add(GRACE)
    }

    fn limit(&self) -> u64 {
        let suite = self.suite.map_or(0, CipherSuite::record_limit);
        suite.min(self.records_per_key)
    }

    fn change(&mut self, client: &Secret, server: &Secret) -> Result<(), TlsError> {
        let suite = self.suite.ok_or(Alert::INTERNAL_ERROR)?;
        self.read = Some(TrafficKey::new(Protocol::Tls, suite, server)?);
        self.write = Some(TrafficKey::new(Protocol::Tls, suite, client)?);
        Ok(())
    }
}

fn used<C: Crypto>(key: Option<&TrafficKey<C>>) -> u64 {
    key.map_or(0, TrafficKey::number)
}

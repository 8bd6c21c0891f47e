//! From the wish for a session to an open one: key, transport, handshake.

use core::task::Poll;

use rand_core::{CryptoRng, RngCore};
use sha2::{Digest, Sha256};

use super::machine::{Phase, Step, after};
use super::{Channel, Connection, ConnectionEvent, Modem};
use crate::akma::{Kaf, KeySourceError, PskIdentity};
use crate::client::Client;
use crate::session::{Psk, SessionError};

/// K_AF and its name, between the key source and the handshake. Wiped when it is dropped.
pub(super) struct Keys {
    k_af: Kaf,
    identity: PskIdentity,
}

/// Tells one PSK identity from another, and tells nobody which it is.
pub(super) type Print = [u8; 8];

impl<C: Channel> Connection<'_, C> {
    /// Keys are asked for when a session needs them, never before, and forgotten when it has them.
    pub(super) fn take_key<M: Modem>(
        &mut self,
        modem: &mut M,
        until: u64,
        refused: Option<SessionError>,
        now: u64,
        rng: &mut impl RngCore,
    ) -> Step {
        let dialling = Phase::Dialling {
            until: after(now, self.settings.open_timeout_ms),
        };
        if !self.channel.needs_key() {
            self.phase = dialling;
            return Step::Again;
        }
        let generation = modem.generation();
        let context = match modem.request(&self.settings.af_id) {
            Poll::Pending if now < until => return Step::Wait,
            Poll::Pending => Err(KeySourceError::TimedOut),
            Poll::Ready(answer) => answer,
        };
        self.generation = Some(generation);
        let context = match context {
            Ok(context) => context,
            Err(error) => {
                let retry_at = self.pause(true, now, rng);
                self.needs_authentication = error == KeySourceError::NoKausf;
                return Step::Event(ConnectionEvent::NoKey { error, retry_at });
            }
        };
        let identity = modem.psk_identity(&context);
        let print = print(&identity);
        let is_new = self.print != Some(print);
        match refused {
            Some(error) if !is_new => {
                let retry_at = self.pause(true, now, rng);
                self.needs_authentication = true;
                return Step::Event(ConnectionEvent::KeyRefused { error, retry_at });
            }
            // A source that has a new A-KID each time must not make this a loop.
            Some(error) if self.retried => {
                let retry_at = self.pause(true, now, rng);
                return Step::Event(ConnectionEvent::ConnectFailed { error, retry_at });
            }
            _ => {}
        }
        self.print = Some(print);
        let k_af = context.k_af(&self.settings.af_id);
        self.keys = Some(Keys { k_af, identity });
        self.phase = dialling;
        if refused.is_some() {
            self.retried = true;
            return Step::Event(ConnectionEvent::KeyRenewed);
        }
        Step::Again
    }

    pub(super) fn dial<M: Modem<Transport = C::Transport>>(
        &mut self,
        modem: &mut M,
        until: u64,
        now: u64,
        rng: &mut (impl RngCore + CryptoRng),
    ) -> Step {
        let transport = match modem.dial() {
            Poll::Ready(Ok(transport)) => transport,
            Poll::Ready(Err(e)) => return self.not_opened(modem, e.into(), now, rng),
            Poll::Pending if now < until => return Step::Wait,
            Poll::Pending => {
                return self.not_opened(modem, SessionError::TimedOut, now, rng);
            }
        };
        let keys = self.keys.take();
        let psk = keys.as_ref().map(|keys| Psk {
            key: &keys.k_af,
            identity: &keys.identity,
        });
        match self.channel.begin(transport, psk, rng) {
            Ok(()) => {
                self.phase = Phase::Opening { until };
                Step::Again
            }
            Err(error) => self.not_opened(modem, error, now, rng),
        }
    }

    pub(super) fn open_session<M: Modem>(
        &mut self,
        client: &mut Client<'_>,
        modem: &mut M,
        until: u64,
        now: u64,
        rng: &mut impl RngCore,
    ) -> Step {
        let error = match self.channel.poll_open(now) {
            Poll::Ready(Ok(())) => return self.opened(client, now),
            Poll::Pending if now < until => return Step::Wait,
            Poll::Pending => SessionError::TimedOut,
            Poll::Ready(Err(error)) => error,
        };
        if C::NEEDS_KEY && is_refusal(error) {
            self.drop_session(client, modem);
            return self.ask(now, Some(error));
        }
        self.not_opened(modem, error, now, rng)
    }

    fn opened(&mut self, client: &mut Client<'_>, now: u64) -> Step {
        self.channel.join(client);
        if core::mem::take(&mut self.register) {
            // It fails only when one is under way.
            let _ = client.register();
        }
        self.phase = Phase::Open;
        self.needs_authentication = false;
        self.told_of_change = false;
        (self.opened_at, self.heard_at) = (now, now);
        // A session that has moved asks at once whether the server is still there.
        (self.asked_at, self.pinged) = (None, client.will_ping());
        log_info!("connection: open");
        Step::Event(ConnectionEvent::Connected)
    }

    fn not_opened<M: Modem>(
        &mut self,
        modem: &mut M,
        error: SessionError,
        now: u64,
        rng: &mut impl RngCore,
    ) -> Step {
        self.lose_session(modem, error);
        let retry_at = self.pause(false, now, rng);
        log_warn!("connection: not opened: {}", error);
        Step::Event(ConnectionEvent::ConnectFailed { error, retry_at })
    }
}

fn print(identity: &PskIdentity) -> Print {
    let mut print = Print::default();
    for (to, from) in print.iter_mut().zip(Sha256::digest(identity.as_bytes())) {
        *to = from;
    }
    print
}

/// Whether the server said, or somebody in its name, that identity or key will not do.
fn is_refusal(error: SessionError) -> bool {
    matches!(
        error,
        SessionError::IdentityUnknown | SessionError::KeyRejected | SessionError::PskDeclined
    )
}

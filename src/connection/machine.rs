//! The states of a connection, and the way from one to the next.

use core::task::Poll;

use rand_core::{CryptoRng, RngCore};
use sha2::{Digest, Sha256};

use super::pause::Failures;
use super::{Channel, Connection, ConnectionEvent, Modem};
use crate::akma::{Kaf, KeySourceError, PskIdentity};
use crate::client::{Client, Farewell};
use crate::session::{Psk, SessionError};

/// The longest Hold-Off of a Release (RFC 8323 section 5.5) that is kept, in seconds: a day. It may be
/// half a year and more, and a device that was told so by mistake would not be heard of for as long.
const LONGEST_HOLD_OFF_S: u32 = 86_400;

/// Where a connection stands. Times are in milliseconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Phase {
    /// Nothing is wanted.
    Off,
    /// Until the next attempt; `for_key`: or until the key source has another one.
    Pausing {
        until: u64,
        for_key: bool,
    },
    /// The key source is asked, until then; `refused`: why the last key was.
    Asking {
        until: u64,
        refused: Option<SessionError>,
    },
    /// The modem dials, until then.
    Dialling {
        until: u64,
    },
    /// The handshake is under way, until then.
    Opening {
        until: u64,
    },
    Open,
    /// The session has ended; first the application takes what had arrived before.
    Ended(SessionError),
    /// It is being ended in order, until then.
    Closing {
        until: u64,
        then: Then,
    },
}

/// What follows an orderly end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Then {
    /// Nothing: it was asked for.
    Off,
    /// Another session, not before so many seconds.
    Again { hold_off_s: u32 },
    /// Another key.
    Refused,
}

/// What one step came to.
pub(super) enum Step {
    /// Tell this.
    Event(ConnectionEvent),
    /// Another step can be made now.
    Again,
    /// Nothing more can be done now.
    Wait,
}

/// K_AF and its name, between the key source and the handshake. Wiped when it is dropped.
pub(super) struct Keys {
    k_af: Kaf,
    identity: PskIdentity,
}

/// Tells one PSK identity from another, and tells nobody which it is.
pub(super) type Print = [u8; 8];

impl<C: Channel> Connection<'_, C> {
    pub(super) fn step<M: Modem<Transport = C::Transport>>(
        &mut self,
        client: &mut Client<'_>,
        modem: &mut M,
        now: u64,
        rng: &mut (impl RngCore + CryptoRng),
    ) -> Step {
        match self.phase {
            Phase::Off if self.wanted => self.ask(now, None),
            Phase::Off => Step::Wait,
            Phase::Open => self.carry(client, modem, now),
            Phase::Ended(error) => self.ended(client, modem, error, now, rng),
            Phase::Closing { until, then } => self.leave(client, modem, until, then, now, rng),
            _ if !self.wanted => {
                self.drop_session(client, modem);
                self.phase = Phase::Off;
                Step::Event(ConnectionEvent::Closed)
            }
            Phase::Pausing { until, for_key } => {
                // What ends a pause early does so once: a source that is never the same twice
                // must not make this a loop.
                let may_hurry = for_key && !self.retried && now < until;
                let renewed = may_hurry && self.generation != Some(modem.generation());
                // At the end of time never, instead of again and again.
                if !renewed && (now < until || until == u64::MAX) {
                    return Step::Wait;
                }
                self.retried = renewed;
                self.ask(now, None)
            }
            Phase::Asking { until, refused } => self.take_key(modem, until, refused, now, rng),
            Phase::Dialling { until } => self.dial(client, modem, until, now, rng),
            Phase::Opening { until } => self.open_session(client, modem, until, now, rng),
        }
    }

    fn ask(&mut self, now: u64, refused: Option<SessionError>) -> Step {
        let until = after(now, self.settings.keys_timeout_ms);
        self.phase = Phase::Asking { until, refused };
        Step::Again
    }

    /// Keys are asked for when a session needs them, never before, and forgotten when it has them.
    fn take_key<M: Modem>(
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
        if !C::NEEDS_KEY {
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

    fn dial<M: Modem<Transport = C::Transport>>(
        &mut self,
        client: &mut Client<'_>,
        modem: &mut M,
        until: u64,
        now: u64,
        rng: &mut (impl RngCore + CryptoRng),
    ) -> Step {
        let transport = match modem.dial() {
            Poll::Ready(Ok(transport)) => transport,
            Poll::Ready(Err(e)) => return self.not_opened(client, modem, e.into(), now, rng),
            Poll::Pending if now < until => return Step::Wait,
            Poll::Pending => {
                return self.not_opened(client, modem, SessionError::TimedOut, now, rng);
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
            Err(error) => self.not_opened(client, modem, error, now, rng),
        }
    }

    fn open_session<M: Modem>(
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
        self.not_opened(client, modem, error, now, rng)
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
        (self.asked_at, self.pinged) = (None, false);
        log_info!("connection: open");
        Step::Event(ConnectionEvent::Connected)
    }

    /// Moves octets, and looks for what ends a session.
    fn carry<M: Modem>(&mut self, client: &mut Client<'_>, modem: &mut M, now: u64) -> Step {
        if !self.wanted {
            client.release();
            return self.close_session(Then::Off, now);
        }
        match self.channel.exchange(client, now) {
            Ok(true) => (self.heard_at, self.pinged) = (now, false),
            Ok(false) => {}
            Err(error) => {
                self.phase = Phase::Ended(error);
                // What arrived before the end still counts.
                return match client.has_event(now) {
                    true => Step::Wait,
                    false => Step::Again,
                };
            }
        }
        if let Some(farewell) = client.farewell() {
            let then = match farewell {
                Farewell::Released { hold_off_s } => Then::Again { hold_off_s },
                Farewell::Unauthorized => Then::Refused,
                Farewell::Aborted => Then::Again { hold_off_s: 0 },
            };
            return self.close_session(then, now);
        }
        let is_stale = C::NEEDS_KEY && self.generation != Some(modem.generation());
        if is_stale && !core::mem::replace(&mut self.told_of_change, true) {
            return Step::Event(ConnectionEvent::KeyChanged);
        }
        self.watch(client, now)
    }

    /// A server that says nothing although it was asked something is gone.
    fn watch(&mut self, client: &mut Client<'_>, now: u64) -> Step {
        if client.awaits_answer() || self.pinged {
            self.asked_at.get_or_insert(now);
        } else {
            self.asked_at = None;
        }
        if self.silent_at().is_some_and(|at| at <= now) {
            self.phase = Phase::Ended(SessionError::TimedOut);
            return Step::Again;
        }
        if self.ping_at().is_some_and(|at| at <= now) {
            client.ping();
            self.pinged = true;
            return Step::Again;
        }
        Step::Wait
    }

    /// When the server counts as gone.
    pub(super) fn silent_at(&self) -> Option<u64> {
        let since = self.asked_at?.max(self.heard_at);
        Some(after(since, self.settings.silence_ms))
    }

    /// When to ask for a sign of life.
    pub(super) fn ping_at(&self) -> Option<u64> {
        let pause = self.settings.ping_ms.filter(|_| !self.pinged)?;
        Some(after(self.heard_at, pause))
    }

    fn close_session(&mut self, then: Then, now: u64) -> Step {
        let until = after(now, self.settings.close_timeout_ms);
        self.phase = Phase::Closing { until, then };
        Step::Again
    }

    fn leave<M: Modem>(
        &mut self,
        client: &mut Client<'_>,
        modem: &mut M,
        until: u64,
        then: Then,
        now: u64,
        rng: &mut impl RngCore,
    ) -> Step {
        // What is owed goes out, our farewell last; whatever fails now ends it just as well.
        let is_dead = self.channel.exchange(client, now).is_err();
        let is_late = now >= until;
        let is_over = is_dead
            || is_late
            || (client.has_sent_all(now) && self.channel.poll_close(now).is_ready());
        if !is_over {
            return Step::Wait;
        }
        if client.has_event(now) && !is_late {
            self.phase = Phase::Closing { until: now, then };
            return Step::Wait;
        }
        self.drop_session(client, modem);
        match then {
            Then::Off => {
                self.phase = Phase::Off;
                Step::Event(ConnectionEvent::Closed)
            }
            Then::Again { hold_off_s } => {
                self.forgive(now);
                let hold_off_s = hold_off_s.min(LONGEST_HOLD_OFF_S);
                let hold_off_ms = u64::from(hold_off_s).saturating_mul(1000);
                let begins = now.saturating_add(hold_off_ms);
                let retry_at = self.pause(false, begins, rng);
                let error = SessionError::Closed;
                Step::Event(ConnectionEvent::Disconnected { error, retry_at })
            }
            Then::Refused => {
                self.forgive(now);
                self.register = true;
                self.ask(now, Some(SessionError::KeyRejected))
            }
        }
    }

    fn ended<M: Modem>(
        &mut self,
        client: &mut Client<'_>,
        modem: &mut M,
        error: SessionError,
        now: u64,
        rng: &mut impl RngCore,
    ) -> Step {
        self.drop_session(client, modem);
        self.forgive(now);
        let retry_at = self.pause(false, now, rng);
        log_warn!("connection: lost: {}", error);
        Step::Event(ConnectionEvent::Disconnected { error, retry_at })
    }

    fn not_opened<M: Modem>(
        &mut self,
        client: &mut Client<'_>,
        modem: &mut M,
        error: SessionError,
        now: u64,
        rng: &mut impl RngCore,
    ) -> Step {
        self.drop_session(client, modem);
        let retry_at = self.pause(false, now, rng);
        log_warn!("connection: not opened: {}", error);
        Step::Event(ConnectionEvent::ConnectFailed { error, retry_at })
    }

    fn drop_session<M: Modem>(&mut self, client: &mut Client<'_>, modem: &mut M) {
        self.keys = None;
        self.channel.abandon();
        modem.hang_up();
        client.disconnected();
    }

    /// A session that lasted has shown that the way is good, and the key. One that did not has
    /// shown nothing: a server may open it and refuse the registration, whatever the key.
    fn forgive(&mut self, now: u64) {
        if now >= after(self.opened_at, self.settings.stable_ms) {
            self.failures = Failures::NONE;
            self.retried = false;
        }
    }

    fn pause(&mut self, for_key: bool, now: u64, rng: &mut impl RngCore) -> u64 {
        let pause = self.failures.next_pause(&self.settings, rng);
        let until = now.saturating_add(pause);
        self.phase = Phase::Pausing { until, for_key };
        until
    }
}

fn after(now: u64, ms: u32) -> u64 {
    now.saturating_add(u64::from(ms))
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

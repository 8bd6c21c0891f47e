//! The states of a connection, and the way from one to the next.

use rand_core::{CryptoRng, RngCore};

use super::pause::Failures;
use super::{Channel, Connection, ConnectionEvent, Modem};
use crate::client::Client;
use crate::session::SessionError;

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
            Phase::Pausing { until, .. } if core::mem::take(&mut self.tell) => {
                let attempts = self.settings.tell_after;
                Step::Event(ConnectionEvent::NothingLasts {
                    attempts,
                    retry_at: until,
                })
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
            Phase::Dialling { until } => self.dial(modem, until, now, rng),
            Phase::Opening { until } => self.open_session(client, modem, until, now, rng),
        }
    }

    pub(super) fn ask(&mut self, now: u64, refused: Option<SessionError>) -> Step {
        let until = after(now, self.settings.keys_timeout_ms);
        self.phase = Phase::Asking { until, refused };
        Step::Again
    }

    /// Ends what there is of a session, for good.
    pub(super) fn drop_session<M: Modem>(&mut self, client: &mut Client<'_>, modem: &mut M) {
        self.keys = None;
        self.channel.abandon();
        modem.hang_up();
        client.disconnected();
    }

    /// The same because of an error: if the transport alone is gone, the session may outlive it.
    pub(super) fn lose_session<M: Modem>(&mut self, modem: &mut M, error: SessionError) {
        self.keys = None;
        match error {
            SessionError::Transport(_) => self.channel.suspend(),
            _ => self.channel.abandon(),
        }
        modem.hang_up();
    }

    /// A session that lasted has shown that the way is good, and the key. One that did not has
    /// shown nothing: a server may open it and refuse the registration, whatever the key.
    pub(super) fn forgive(&mut self, now: u64) {
        if now >= after(self.opened_at, self.settings.stable_ms) {
            self.failures = Failures::NONE;
            self.retried = false;
        }
    }

    pub(super) fn pause(&mut self, for_key: bool, now: u64, rng: &mut impl RngCore) -> u64 {
        let before = self.failures.count();
        let pause = self.failures.next_pause(&self.settings, rng);
        let count = self.failures.count();
        // The count stops at its largest, which is not told each time.
        self.tell = count == self.settings.tell_after && count != before;
        let until = now.saturating_add(pause);
        self.phase = Phase::Pausing { until, for_key };
        until
    }
}

pub(super) fn after(now: u64, ms: u32) -> u64 {
    now.saturating_add(u64::from(ms))
}

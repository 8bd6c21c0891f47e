//! An open session: what it carries, how it is watched, and how it ends.

use rand_core::RngCore;

use super::machine::{Phase, Step, Then, after};
use super::{Channel, Connection, ConnectionEvent, Modem};
use crate::client::{Client, Farewell};
use crate::session::SessionError;

/// The longest Hold-Off of a Release (RFC 8323 section 5.5) that is kept, in seconds: a day. It may be
/// half a year and more, and a device that was told so by mistake would not be heard of for as long.
const LONGEST_HOLD_OFF_S: u32 = 86_400;

impl<C: Channel> Connection<'_, C> {
    /// Moves octets, and looks for what ends a session.
    pub(super) fn carry<M: Modem>(
        &mut self,
        client: &mut Client<'_>,
        modem: &mut M,
        now: u64,
    ) -> Step {
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
        let generation = self.generation.filter(|_| C::NEEDS_KEY);
        let is_stale = generation.is_some_and(|known| known != modem.generation());
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

    pub(super) fn leave<M: Modem>(
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

    pub(super) fn ended<M: Modem>(
        &mut self,
        client: &mut Client<'_>,
        modem: &mut M,
        error: SessionError,
        now: u64,
        rng: &mut impl RngCore,
    ) -> Step {
        self.lose_session(modem, error);
        // One that goes on without a key is put away: the server knows the client as before.
        if C::NEEDS_KEY && !self.channel.needs_key() {
            client.paused();
        } else {
            client.disconnected();
        }
        self.forgive(now);
        let retry_at = self.pause(false, now, rng);
        log_warn!("connection: lost: {}", error);
        Step::Event(ConnectionEvent::Disconnected { error, retry_at })
    }
}

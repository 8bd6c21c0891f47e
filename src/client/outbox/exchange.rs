//! One request and its answer: sent, repeated, given up.

use crate::client::Config;
use crate::client::config::LONGEST_PAUSE_MS;
use crate::coap::Token;

/// Where a request stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Exchange {
    pub(crate) state: State,
    /// Sent last with this token; every attempt has one of its own.
    pub(crate) token: Token,
    pub(crate) attempts: u8,
    /// How often a session broke while this request was under way, so that it may be the reason.
    pub(crate) breaks: u8,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum State {
    /// Not before somebody says so.
    Held,
    /// To be sent not before this time (ms).
    Due(u64),
    /// Sent; the answer is due by this time (ms).
    AwaitingAnswer(u64),
}

impl Exchange {
    /// To be sent at once.
    pub(crate) const NEW: Self = Self {
        state: State::Due(0),
        token: Token::EMPTY,
        attempts: 0,
        breaks: 0,
    };

    /// The same for one that may be what ended a session.
    pub(crate) const SUSPECT: Self = Self {
        breaks: 1,
        ..Self::NEW
    };

    /// To be sent when it is released.
    pub(crate) const HELD: Self = Self {
        state: State::Held,
        ..Self::NEW
    };

    pub(crate) fn release(&mut self) {
        self.state = State::Due(0);
    }

    pub(crate) fn is_held(&self) -> bool {
        self.state == State::Held
    }

    /// Answered, but its token is not forgotten: the answer to a subscription stands for those
    /// that follow it.
    pub(crate) fn hold(&mut self) {
        self.state = State::Held;
    }

    /// To be sent at once, with the token that it had.
    #[cfg(feature = "topics")]
    pub(crate) fn again(&mut self) {
        self.state = State::Due(0);
        self.attempts = 0;
    }

    /// What waits for a time does so no longer.
    pub(crate) fn hurry(&mut self) {
        if matches!(self.state, State::Due(_)) {
            self.state = State::Due(0);
        }
    }

    /// Whether this token was used last, answered or not.
    #[inline(never)]
    pub(crate) fn has_token(&self, token: Token) -> bool {
        self.token == token && self.token != Token::EMPTY
    }

    pub(crate) fn token(&self) -> Token {
        self.token
    }

    pub(crate) fn is_due(&self, now: u64) -> bool {
        matches!(self.state, State::Due(at) if at <= now)
    }

    pub(crate) fn is_waiting(&self) -> bool {
        matches!(self.state, State::AwaitingAnswer(_))
    }

    /// Whether an answer with this token belongs here.
    #[inline(never)]
    pub(crate) fn awaits(&self, token: Token) -> bool {
        self.is_waiting() && self.token == token
    }

    /// Whether the answer should have come by now.
    pub(crate) fn is_overdue(&self, now: u64) -> bool {
        matches!(self.state, State::AwaitingAnswer(until) if until <= now)
    }

    /// The time (ms) at which something is to happen; `None` when it can happen at once.
    pub(crate) fn deadline(&self) -> Option<u64> {
        match self.state {
            State::Held | State::Due(0) => None,
            State::Due(at) | State::AwaitingAnswer(at) => Some(at),
        }
    }

    /// Sets until when (ms) the answer may come.
    #[cfg(feature = "datagrams")]
    pub(crate) fn wait_until(&mut self, until: u64) {
        if self.is_waiting() {
            self.state = State::AwaitingAnswer(until);
        }
    }

    pub(crate) fn sent(&mut self, token: Token, now: u64, config: &Config<'_>) {
        self.token = token;
        self.attempts = self.attempts.saturating_add(1);
        self.state = State::AwaitingAnswer(now.saturating_add(u64::from(config.answer_timeout_ms)));
    }

    /// The session broke: what was under way starts again and costs no attempt.
    pub(crate) fn interrupted(&mut self) {
        if self.is_waiting() {
            self.attempts = self.attempts.saturating_sub(1);
            self.state = State::Due(0);
        }
    }

    /// The session broke while this request was under way, `alone` or with others. Of several it
    /// may have been any; each is suspected, and none is counted further.
    pub(crate) fn suspect(&mut self, alone: bool) {
        self.breaks = if alone {
            self.breaks.saturating_add(1)
        } else {
            self.breaks.max(1)
        };
    }

    /// How often a session broke while it was under way.
    pub(crate) fn breaks(&self) -> u8 {
        self.breaks
    }

    /// Time went back by so many milliseconds: what is left of a wait stays.
    pub(crate) fn shift(&mut self, back_ms: u64) {
        if let State::Due(at) | State::AwaitingAnswer(at) = &mut self.state {
            *at = at.saturating_sub(back_ms);
        }
    }

    pub(crate) fn may_repeat(&self, config: &Config<'_>) -> bool {
        self.attempts < config.max_attempts
    }

    /// Another attempt, but not before `pause_ms` from now; false when there have been enough.
    pub(crate) fn put_off(&mut self, pause_ms: u64, now: u64, config: &Config<'_>) -> bool {
        let again = self.may_repeat(config);
        if again {
            self.state = State::Due(now.saturating_add(pause_ms));
        }
        again
    }

    /// Another attempt after a pause that doubles, is bounded, and is shifted at random by up
    /// to half of itself, so that a fleet that failed together does not return together.
    pub(crate) fn repeat(&mut self, now: u64, config: &Config<'_>, jitter: &mut Jitter) -> bool {
        let doublings = u32::from(self.attempts.saturating_sub(1)).min(16);
        let pause = u64::from(config.retry_pause_ms)
            .saturating_mul(1_u64 << doublings)
            .min(u64::from(LONGEST_PAUSE_MS));
        self.put_off((pause / 2).saturating_add(jitter.below(pause)), now, config)
    }
}

/// Spreads retries in time. Not for secrets.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Jitter(u32);

impl Jitter {
    pub(crate) fn new(seed: u32) -> Self {
        Self(seed | 1)
    }

    /// A number from 0 up to `bound`, `bound` excluded unless it is 0.
    pub(crate) fn below(&mut self, bound: u64) -> u64 {
        // Xorshift32 (Marsaglia 2003).
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 17;
        self.0 ^= self.0 << 5;
        u64::from(self.0).saturating_mul(bound) >> 32
    }
}

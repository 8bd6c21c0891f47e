//! The message layer for datagrams (RFC 7252 section 4): what is lost goes again, what comes twice
//! counts once.
//!
//! An [`Endpoint`] decides and the caller does: no datagram is kept here, no clock is read, nothing is
//! sent. A confirmable message stays where its sender keeps it, or is written anew with the same
//! [`Header`] and token, until [`Endpoint::accept`] says what became of it. Of a request that has been
//! answered only the code of the answer is kept: the token comes again with the repeated request, and a
//! payload the caller has to make again.
//!
//! ```
//! use msgin5g::coap::reliable::{Arrival, Endpoint, Params, Timeout};
//! use msgin5g::coap::{Code, Outgoing, Token};
//!
//! let mut endpoint = Endpoint::<1, 8>::new(Params::new(), 0x5eed);
//! let post = Outgoing { code: Code::POST, token: Token::from(7), options: &[], payload: b"{}" };
//!
//! // Out it goes, and again when no acknowledgement comes.
//! let header = endpoint.confirm(post.token, 0).expect("nothing else is under way");
//! let mut datagram = [0; 32];
//! let len = post.encode_datagram(header, &mut datagram)?;
//! let deadline = endpoint.next_deadline().expect("2 to 3 seconds");
//! assert_eq!(endpoint.lapse(deadline), Some(Timeout::Again { header, token: post.token }));
//!
//! // The answer stands in the acknowledgement.
//! let mut answer = [0x64, 0x44, 0, 0, 0, 0, 0, 7];
//! answer[2..4].copy_from_slice(&header.message_id.to_be_bytes());
//! let arrival = endpoint.accept(&answer, deadline, |token| token == post.token);
//! assert_eq!(arrival, Arrival::Response { reply: None });
//! assert_eq!(endpoint.next_deadline(), None);
//! # Ok::<(), msgin5g::coap::CoapError>(())
//! ```

mod arrival;
mod params;

use super::datagram::{self, Header, Type};
use super::{Code, Token};
pub use arrival::{Arrival, Reply, Timeout};
pub use params::Params;

/// One end of a conversation in datagrams with one peer.
///
/// `NSTART` is how many confirmable messages of ours may wait for their acknowledgement at the same
/// time; RFC 7252 section 4.7 says 1. `SEEN` is how many messages of the peer are remembered, 24 octets
/// or so each: as many as it may send in EXCHANGE_LIFETIME, or fewer where a repeated request does no
/// harm. When there is no more room the oldest is forgotten.
#[derive(Debug, Clone)]
pub struct Endpoint<const NSTART: usize = 1, const SEEN: usize = 8> {
    params: Params,
    next_id: u16,
    jitter: u32,
    unacknowledged: [Option<Unacknowledged>; NSTART],
    seen: [Option<Seen>; SEEN],
    /// Where the next one is written down: the place of the oldest.
    oldest: usize,
}

/// A confirmable message of ours.
#[derive(Debug, Clone, Copy)]
struct Unacknowledged {
    message_id: u16,
    token: Token,
    /// When (ms) it goes again or is given up.
    at: u64,
    timeout_ms: u64,
    retransmissions: u8,
}

/// A message of the peer's.
#[derive(Debug, Clone, Copy)]
struct Seen {
    /// Until when (ms) its message ID means this message.
    until: u64,
    token: Token,
    message_id: u16,
    is_confirmable: bool,
    outcome: Outcome,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Outcome {
    /// A request that is not answered yet.
    Open,
    /// A request that was answered with this code.
    Answered(Code),
    /// A response that was acknowledged.
    Acknowledged,
}

impl<const NSTART: usize, const SEEN: usize> Endpoint<NSTART, SEEN> {
    /// An end that has neither sent nor received anything. `seed` is a random number; it gives the
    /// first message ID and spreads the timeouts.
    #[must_use]
    pub fn new(params: Params, seed: u64) -> Self {
        let [a, b, c, d, .., e, f] = seed.to_be_bytes();
        Self {
            params,
            next_id: u16::from_be_bytes([e, f]),
            // Zero would stay zero.
            jitter: u32::from_be_bytes([a, b, c, d]) | 1,
            unacknowledged: [None; NSTART],
            seen: [None; SEEN],
            oldest: 0,
        }
    }

    /// Another conversation begins, under a security association of its own: what was under way is
    /// forgotten. Message IDs go on.
    pub fn reset(&mut self) {
        self.unacknowledged = [None; NSTART];
        self.seen = [None; SEEN];
        self.oldest = 0;
    }

    /// The ID of the next message of ours.
    #[cfg(feature = "snapshot")]
    pub(crate) fn next_message_id(&self) -> u16 {
        self.next_id
    }

    /// Message IDs go on from here.
    #[cfg(feature = "snapshot")]
    pub(crate) fn set_next_message_id(&mut self, message_id: u16) {
        self.next_id = message_id;
    }

    /// The parameters.
    #[must_use]
    pub fn params(&self) -> &Params {
        &self.params
    }

    // ---- sending ------------------------------------------------------------------------

    /// Whether another confirmable message may go out (NSTART).
    #[must_use]
    pub fn may_confirm(&self) -> bool {
        self.unacknowledged.iter().any(Option::is_none)
    }

    /// Whether the confirmable message with this token is still under way.
    #[must_use]
    pub fn is_unacknowledged(&self, token: Token) -> bool {
        let mut all = self.unacknowledged.iter().flatten();
        all.any(|message| message.token == token)
    }

    /// The header of a new confirmable message that goes out `now` (ms), with a message ID of its own.
    /// `None` when as many as may be are under way. Keep the message until it is acknowledged.
    pub fn confirm(&mut self, token: Token, now: u64) -> Option<Header> {
        let timeout_ms = self.first_timeout();
        let header = Header {
            kind: Type::Con,
            message_id: self.next_id,
        };
        let place = self.unacknowledged.iter_mut().find(|one| one.is_none())?;
        *place = Some(Unacknowledged {
            message_id: header.message_id,
            token,
            at: now.saturating_add(timeout_ms),
            timeout_ms,
            retransmissions: 0,
        });
        self.next_id = self.next_id.wrapping_add(1);
        Some(header)
    }

    /// The header of a new non-confirmable message.
    pub fn unconfirmed(&mut self) -> Header {
        let message_id = self.next_id;
        self.next_id = self.next_id.wrapping_add(1);
        Header {
            kind: Type::Non,
            message_id,
        }
    }

    /// The header of the answer to a request that [`accept`](Self::accept) handed over: an
    /// acknowledgement, or a message of its own for a request that was not confirmable. `None` when that
    /// request has been answered or is too long ago to be known.
    ///
    /// The code is remembered for when the request comes again.
    pub fn answer(&mut self, token: Token, code: Code) -> Option<Header> {
        // Where two have the same token the older one is first, as requests are served in their order.
        let (newer, older) = self.seen.split_at_mut_checked(self.oldest)?;
        let mut in_order = older.iter_mut().chain(newer).flatten();
        let request = in_order.find(|seen| seen.outcome == Outcome::Open && seen.token == token)?;
        request.outcome = Outcome::Answered(code);
        let header = Header {
            kind: Type::Ack,
            message_id: request.message_id,
        };
        Some(if request.is_confirmable {
            header
        } else {
            self.unconfirmed()
        })
    }

    /// Forgets a message of ours: it does not go again, and NSTART counts it no more.
    pub fn cancel(&mut self, token: Token) {
        self.take(|message| message.token == token);
    }

    // ---- time ---------------------------------------------------------------------------

    /// The time (ms) at which [`lapse`](Self::lapse) has something.
    #[must_use]
    pub fn next_deadline(&self) -> Option<u64> {
        let all = self.unacknowledged.iter().flatten();
        all.map(|message| message.at).min()
    }

    /// The clock has gone back by so many milliseconds, which it should not: what is left of each
    /// wait stays as it is.
    pub fn shift(&mut self, back_ms: u64) {
        for message in self.unacknowledged.iter_mut().flatten() {
            message.at = message.at.saturating_sub(back_ms);
        }
        for seen in self.seen.iter_mut().flatten() {
            seen.until = seen.until.saturating_sub(back_ms);
        }
    }

    /// What is to be done now, one at a time.
    pub fn lapse(&mut self, now: u64) -> Option<Timeout> {
        let most = self.params.retransmissions();
        for place in &mut self.unacknowledged {
            let Some(message) = place.as_mut().filter(|message| message.at <= now) else {
                continue;
            };
            let token = message.token;
            if u32::from(message.retransmissions) >= most {
                *place = None;
                return Some(Timeout::GivenUp(token));
            }
            message.retransmissions = message.retransmissions.saturating_add(1);
            message.timeout_ms = message.timeout_ms.saturating_mul(2);
            message.at = now.saturating_add(message.timeout_ms);
            let header = Header {
                kind: Type::Con,
                message_id: message.message_id,
            };
            return Some(Timeout::Again { header, token });
        }
        None
    }

    // ---- receiving ----------------------------------------------------------------------

    /// What a datagram that has arrived `now` (ms) leads to. `is_known` tells whether a response with
    /// this token is waited for, or is welcome as a notification.
    ///
    /// Only the header, the code and the token are looked at: the start of a datagram too large to be
    /// kept is enough. Where the rest turns out not to be CoAP, ask [`reject`](Self::reject) instead.
    pub fn accept(
        &mut self,
        datagram: &[u8],
        now: u64,
        is_known: impl FnOnce(Token) -> bool,
    ) -> Arrival {
        let Ok(front) = datagram::peek(datagram) else {
            return self.reject(datagram);
        };
        match front.header.kind {
            Type::Con | Type::Non => self.accept_message(datagram, front, now, is_known),
            Type::Ack => self.accept_acknowledgement(front),
            Type::Rst if front.code == Code::EMPTY => {
                let rejected = self.take(|message| message.message_id == front.header.message_id);
                rejected.map_or(Arrival::Ignored, |message| Arrival::Rejected(message.token))
            }
            Type::Rst => Arrival::Ignored,
        }
    }

    /// What a datagram leads to that is not CoAP, or means nothing here: a reset if it is confirmable
    /// (RFC 7252 section 4.2).
    #[must_use]
    pub fn reject(&self, datagram: &[u8]) -> Arrival {
        match Header::decode(datagram) {
            Ok(header) if header.kind == Type::Con => {
                Arrival::Reply(Reply::empty(Type::Rst, header.message_id))
            }
            _ => Arrival::Ignored,
        }
    }

    fn accept_message(
        &mut self,
        datagram: &[u8],
        front: datagram::Front,
        now: u64,
        is_known: impl FnOnce(Token) -> bool,
    ) -> Arrival {
        let id = front.header.message_id;
        let is_confirmable = front.header.kind == Type::Con;
        let mut seen = self.seen.iter().flatten();
        // Of a used ID in its lifetime the newest message counts, and there is only one.
        if let Some(seen) = seen.find(|seen| seen.message_id == id && now < seen.until) {
            return match seen.outcome {
                _ if !is_confirmable => Arrival::Ignored,
                Outcome::Open => Arrival::Ignored,
                Outcome::Answered(code) => Arrival::Reply(Reply {
                    code,
                    token: front.token,
                    ..Reply::empty(Type::Ack, id)
                }),
                Outcome::Acknowledged => Arrival::Reply(Reply::empty(Type::Ack, id)),
            };
        }
        if front.code.is_request() {
            self.remember(front, Outcome::Open, now);
            return Arrival::Request;
        }
        if !front.code.is_response() || !is_known(front.token) {
            // An empty message is a ping, and this is its answer (section 4.3).
            return self.reject(datagram);
        }
        // It tells that the request has arrived, whatever became of the acknowledgement (section 5.2.2).
        self.cancel(front.token);
        self.remember(front, Outcome::Acknowledged, now);
        Arrival::Response {
            reply: is_confirmable.then(|| Reply::empty(Type::Ack, id)),
        }
    }

    fn accept_acknowledgement(&mut self, front: datagram::Front) -> Arrival {
        if front.code != Code::EMPTY && !front.code.is_response() {
            return Arrival::Ignored;
        }
        let is_answer = front.code != Code::EMPTY;
        let acknowledged = self.take(|message| {
            message.message_id == front.header.message_id
                && (!is_answer || message.token == front.token)
        });
        match acknowledged {
            Some(_) if is_answer => Arrival::Response { reply: None },
            Some(message) => Arrival::Acknowledged(message.token),
            None => Arrival::Ignored,
        }
    }

    fn remember(&mut self, front: datagram::Front, outcome: Outcome, now: u64) {
        let is_confirmable = front.header.kind == Type::Con;
        let lifetime_ms = if is_confirmable {
            self.params.exchange_lifetime_ms()
        } else {
            self.params.non_lifetime_ms()
        };
        if let Some(place) = self.seen.get_mut(self.oldest) {
            *place = Some(Seen {
                until: now.saturating_add(lifetime_ms),
                token: front.token,
                message_id: front.header.message_id,
                is_confirmable,
                outcome,
            });
        }
        self.oldest = self.oldest.wrapping_add(1);
        if self.oldest >= SEEN {
            self.oldest = 0;
        }
    }

    fn take(&mut self, which: impl Fn(&Unacknowledged) -> bool) -> Option<Unacknowledged> {
        let mut places = self.unacknowledged.iter_mut();
        places
            .find(|place| place.as_ref().is_some_and(&which))?
            .take()
    }

    /// Between ACK_TIMEOUT and ACK_TIMEOUT * ACK_RANDOM_FACTOR.
    fn first_timeout(&mut self) -> u64 {
        // Xorshift32 (Marsaglia 2003).
        self.jitter ^= self.jitter << 13;
        self.jitter ^= self.jitter >> 17;
        self.jitter ^= self.jitter << 5;
        let shortest = u64::from(self.params.ack_timeout_ms);
        let width = self.params.spread().saturating_sub(shortest);
        // At most u32::MAX * 6 * 2^32: fits.
        let part = width.saturating_mul(u64::from(self.jitter)) >> 32;
        shortest.saturating_add(part)
    }
}

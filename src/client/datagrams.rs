//! The client over datagrams: what a stream does by itself is done by the message layer of RFC 7252.
//!
//! The rest of the client knows streams only. A datagram is turned into a frame where it lies when it
//! arrives, and a frame into a datagram where it stands before it goes; both are the same octets but
//! for the head. The one request that may be under way unacknowledged (NSTART 1) stays in the transmit
//! memory until it is acknowledged, so nothing is kept twice. Acknowledgements, resets and the client's
//! answers are small and have no content: they have a few octets of their own.

use crate::coap::datagram::{self, HEADER_LEN, Header};
use crate::coap::reliable::{Arrival, Endpoint, Reply, Timeout};
use crate::coap::stream;
use crate::coap::{Code, Token, reframe};

use super::Config;
use super::core::{Answer, Core};
use super::outbox::exchange::Exchange;
use super::receiving::inbox::Kept;

/// How many messages of the server are remembered, so that a repeated one is answered as before. One
/// that is older is taken for a new one; then the MSGin5G Message ID tells.
const SEEN: usize = 8;

/// The longest of the messages without content: header, token, Max-Age.
const SMALL: usize = 4 + Token::MAX + 2;

/// What the client needs for datagrams besides what it needs anyway.
pub(super) struct Datagrams {
    endpoint: Endpoint<1, SEEN>,
    is_on: bool,
    /// The request that is in the transmit memory until it is acknowledged.
    under_way: Option<Token>,
    /// What goes back at once.
    reply: Option<Reply>,
    small: [u8; SMALL],
    offered: Offered,
}

/// What the driver is to send.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Offered {
    Nothing,
    /// This many octets of the small ones.
    Small(usize),
    /// The request under way.
    Request,
}

impl Datagrams {
    pub(super) fn new(config: &Config<'_>, seed: u64) -> Self {
        Self {
            endpoint: Endpoint::new(config.datagrams, seed),
            is_on: false,
            under_way: None,
            reply: None,
            small: [0; SMALL],
            offered: Offered::Nothing,
        }
    }

    pub(super) fn is_on(&self) -> bool {
        self.is_on
    }

    pub(super) fn stop(&mut self) {
        self.endpoint.reset();
        (self.is_on, self.under_way, self.reply) = (false, None, None);
        self.offered = Offered::Nothing;
    }

    /// The next message ID of ours, for a snapshot.
    #[cfg(feature = "snapshot")]
    pub(crate) fn message_id(&self) -> u16 {
        self.endpoint.next_message_id()
    }

    /// Goes on from here.
    #[cfg(feature = "snapshot")]
    pub(crate) fn set_message_id(&mut self, message_id: u16) {
        self.endpoint.set_next_message_id(message_id);
    }

    /// Nothing is to be sent again, nothing to be said at once.
    #[cfg(feature = "snapshot")]
    pub(crate) fn is_quiet(&self) -> bool {
        self.offered == Offered::Nothing
            && self.under_way.is_none()
            && self.reply.is_none()
            && self.endpoint.next_deadline().is_none()
    }

    /// The driver has sent what it was offered.
    pub(super) fn transmitted(&mut self) {
        self.offered = Offered::Nothing;
    }

    /// Whether another datagram can be looked at: what the last one asked for is on its way.
    pub(super) fn can_accept(&self) -> bool {
        self.reply.is_none()
    }

    pub(super) fn next_deadline(&self) -> Option<u64> {
        self.endpoint.next_deadline()
    }

    /// Time went back by so many milliseconds.
    pub(super) fn shift(&mut self, back_ms: u64) {
        self.endpoint.shift(back_ms);
    }

    /// Offers a message without content.
    fn offer(&mut self, header: Header, code: Code, token: Token) {
        let answer = Answer {
            token,
            code,
            custody: false,
        };
        // There is always room.
        let len = answer.encode_datagram(header, &mut self.small);
        self.offered = len.map_or(Offered::Nothing, Offered::Small);
    }
}

impl Core<'_> {
    pub(super) fn connect_datagrams(&mut self) {
        self.datagrams.is_on = true;
        let limit = usize::from(self.config.max_datagram);
        self.outbound.connect_datagrams(limit);
    }

    /// Looks at a datagram that has arrived, and says whether it is to be kept as a frame.
    pub(super) fn accept_datagram(
        &mut self,
        octets: &mut [u8],
        is_whole: bool,
        now: u64,
    ) -> Option<Kept> {
        let front = datagram::peek(octets).ok();
        let is_sound = !is_whole || datagram::decode(octets).is_ok();
        let is_known = front.is_some_and(|front| self.is_waiting_for(front.token));
        let endpoint = &mut self.datagrams.endpoint;
        let arrival = if is_sound {
            endpoint.accept(octets, now, |_| is_known)
        } else {
            endpoint.reject(octets)
        };
        self.settle();
        match arrival {
            Arrival::Response { reply } => self.datagrams.reply = reply,
            Arrival::Request => {}
            Arrival::Reply(reply) => {
                self.datagrams.reply = Some(reply);
                return None;
            }
            Arrival::Rejected(Token::EMPTY) | Arrival::Acknowledged(Token::EMPTY) => {
                // A ping was heard (RFC 7252 section 4.3): the rest of the client knows it as Pong.
                let pong = datagram::Front {
                    code: Code::PONG,
                    ..front?
                };
                let head = octets.get_mut(..HEADER_LEN)?;
                return reframe::to_frame(head, &pong).map(Kept::Frame);
            }
            Arrival::Acknowledged(token) => {
                // A separate response has all its time from here (RFC 7252 section 5.2.2).
                let wait_ms = u64::from(self.config.answer_timeout_ms);
                self.wait_until(token, now.saturating_add(wait_ms));
                return None;
            }
            Arrival::Rejected(token) => {
                self.wait_until(token, 0);
                return None;
            }
            _ => return None,
        }
        let front = front?;
        Some(if is_whole {
            Kept::Frame(reframe::to_frame(octets, &front)?)
        } else {
            Kept::TooLarge(stream::Front {
                code: front.code,
                token: front.token,
                frame_len: octets.len(),
            })
        })
    }

    /// The datagram to be sent, if there is one.
    pub(super) fn poll_datagram(&mut self, now: u64) -> &[u8] {
        if self.datagrams.offered == Offered::Nothing && self.outbound.is_connected() {
            self.next_datagram(now);
        }
        match self.datagrams.offered {
            Offered::Nothing => &[],
            Offered::Small(len) => self.datagrams.small.get(..len).unwrap_or_default(),
            Offered::Request => self.outbound.unsent(),
        }
    }

    fn next_datagram(&mut self, now: u64) {
        if let Some(reply) = self.datagrams.reply.take() {
            return self.datagrams.offer(reply.header, reply.code, reply.token);
        }
        while let Some(Answer { token, code, .. }) = self.answers.pop_front() {
            if let Some(header) = self.datagrams.endpoint.answer(token, code) {
                return self.datagrams.offer(header, code, token);
            }
        }
        self.drop_abandoned();
        match self.datagrams.endpoint.lapse(now) {
            Some(Timeout::Again { header, token }) if token == Token::EMPTY => {
                return self.datagrams.offer(header, Code::EMPTY, token);
            }
            Some(Timeout::Again { .. }) => {
                self.datagrams.offered = Offered::Request;
                return;
            }
            Some(Timeout::GivenUp(token)) => {
                self.settle();
                self.wait_until(token, 0);
            }
            None => {}
        }
        let is_free = self.datagrams.endpoint.may_confirm();
        if !is_free && !self.datagrams.endpoint.is_unacknowledged(Token::EMPTY) {
            return self.queue_due(now);
        }
        // A ping makes way for a request, which asks for a sign of life just as well.
        self.next_confirmable(now);
        if is_free && self.datagrams.offered == Offered::Nothing {
            self.next_ping(now);
        }
    }

    /// An empty confirmable message, to which the other end says no (RFC 7252 section 4.3).
    fn next_ping(&mut self, now: u64) {
        if !::core::mem::take(&mut self.outbound.signals.ping) {
            return;
        }
        if let Some(header) = self.datagrams.endpoint.confirm(Token::EMPTY, now) {
            self.datagrams.offer(header, Code::EMPTY, Token::EMPTY);
        }
    }

    /// Puts the next request on its way. One that the application has just supplied is in the
    /// transmit memory already.
    fn next_confirmable(&mut self, now: u64) {
        if self.outbound.unsent().is_empty() && !self.next_request(now) {
            return;
        }
        let front = stream::peek(self.outbound.unsent()).ok().flatten();
        let datagrams = &mut self.datagrams;
        datagrams.endpoint.cancel(Token::EMPTY);
        let confirmed = front.and_then(|front| {
            let header = datagrams.endpoint.confirm(front.token, now)?;
            Some((front.token, header))
        });
        let Some((token, header)) = confirmed else {
            return;
        };
        self.datagrams.under_way = Some(token);
        if !self.outbound.become_datagram(header) {
            // Not reached: what was written is a frame. It is repeated as if it were lost.
            return;
        }
        self.datagrams.offered = Offered::Request;
        // The message layer gives up first.
        let wait_ms = self.config.datagrams.max_transmit_wait_ms();
        let wait_ms = wait_ms.max(u64::from(self.config.answer_timeout_ms));
        self.wait_until(token, now.saturating_add(wait_ms));
    }

    /// A request that nobody waits for any more does not go again.
    fn drop_abandoned(&mut self) {
        if let Some(token) = self.datagrams.under_way
            && self.exchange_mut(token).is_none()
        {
            self.datagrams.endpoint.cancel(token);
            self.settle();
        }
    }

    /// The transmit memory is free again once its request is acknowledged or given up.
    fn settle(&mut self) {
        let datagrams = &mut self.datagrams;
        if let Some(token) = datagrams.under_way
            && !datagrams.endpoint.is_unacknowledged(token)
        {
            datagrams.under_way = None;
            if datagrams.offered == Offered::Request {
                datagrams.offered = Offered::Nothing;
            }
            self.outbound.transmitted(usize::MAX);
        }
    }

    /// Whether a response with this token is welcome.
    fn is_waiting_for(&mut self, token: Token) -> bool {
        self.exchange_mut(token).is_some() || self.standing(token).is_some()
    }

    /// Until when (ms) the answer may come. 0: none will.
    fn wait_until(&mut self, token: Token, until: u64) {
        if let Some(exchange) = self.exchange_mut(token) {
            exchange.wait_until(until);
        }
    }

    fn exchange_mut(&mut self, token: Token) -> Option<&mut Exchange> {
        let membership = self.membership.exchange_mut();
        let entries = self.outbox.iter_mut().map(|slot| &mut slot.exchange);
        let sets = self.incoming.shelf.iter_mut();
        let sets = sets.map(|slot| &mut slot.exchange);
        let mut all = membership.into_iter().chain(entries).chain(sets);
        all.find(|exchange| exchange.awaits(token))
    }
}

//! What goes to the server next.

use crate::client::core::Core;
use crate::client::membership::{Membership, longest_request, with_request};
use crate::client::outbox::{Kind, OutboxSlot};
use crate::coap::Token;
use crate::coap::signal::{Abort, Csm, Release, Signal};

use super::request::{encode_entry, post};

impl Core<'_> {
    /// Octets for the session. `max_message_size` is what the client itself takes.
    pub(crate) fn poll_transmit(&mut self, max_message_size: usize, now: u64) -> &[u8] {
        if self.datagrams.is_on() {
            return self.poll_datagram(now);
        }
        if self.outbound.unsent().is_empty() && self.outbound.connected {
            self.next_out(max_message_size, now);
        }
        self.outbound.unsent()
    }

    /// Puts the next frame into the transmit memory, if there is one.
    fn next_out(&mut self, max_message_size: usize, now: u64) -> bool {
        let signals = &mut self.outbound.signals;
        if core::mem::take(&mut signals.csm) {
            let wait_ms = u64::from(self.config.answer_timeout_ms);
            self.outbound.csm_due = Some(now.saturating_add(wait_ms));
            let size = u32::try_from(max_message_size).unwrap_or(u32::MAX);
            return self.signal(Signal::Csm(Csm {
                max_message_size: Some(size),
                block_wise: false,
            }));
        }
        if core::mem::take(&mut signals.abort) {
            self.outbound.connected = false;
            return self.signal(Signal::Abort(Abort::default()));
        }
        if let Some(answer) = self.answers.pop_front() {
            return self.outbound.frame(&mut |out| answer.encode(out));
        }
        if core::mem::take(&mut signals.ping) {
            let token = self.new_token();
            return self
                .outbound
                .frame(&mut |out| Signal::Ping { custody: false }.encode(token, out));
        }
        if self.next_request(now) {
            return true;
        }
        if core::mem::take(&mut self.outbound.signals.release) {
            self.outbound.connected = false;
            return self.signal(Signal::Release(Release::default()));
        }
        false
    }

    fn signal(&mut self, signal: Signal<'_>) -> bool {
        self.outbound
            .frame(&mut |out| signal.encode(Token::EMPTY, out))
    }

    pub(crate) fn next_request(&mut self, now: u64) -> bool {
        match self.membership {
            Membership::Registering(exchange) => exchange.is_due(now) && self.send_membership(now),
            Membership::Registered => self.send_something(now),
            Membership::Deregistering(exchange) => {
                if self.send_something(now) {
                    return true;
                }
                if self.outbox.iter().any(OutboxSlot::delays_leaving) {
                    self.queue_due(now);
                    return false;
                }
                exchange.is_due(now) && self.send_membership(now)
            }
            Membership::None => false,
        }
    }

    /// What is due waits for its turn, and no longer for a time: that would be a deadline that has
    /// passed.
    pub(crate) fn queue_due(&mut self, now: u64) {
        if self.membership.lets_messages_out() {
            self.gather(now);
        }
        let membership = self.membership.exchange_mut();
        let entries = self.outbox.iter_mut().map(|slot| &mut slot.exchange);
        for exchange in membership.into_iter().chain(entries) {
            if exchange.is_due(now) {
                exchange.release();
            }
        }
    }

    /// REG or DEREG, written when it is sent: it needs no place in the outbox.
    fn send_membership(&mut self, now: u64) -> bool {
        if longest_request(&self.config) > self.outbound.limit_now() {
            // Once the limit is known time tells that it is too little.
            self.outbound.waits_for_csm = self.outbound.peer_limit().is_none();
            return false;
        }
        let token = self.new_token();
        let Some(exchange) = self.membership.exchange_mut() else {
            return false;
        };
        exchange.sent(token, now, &self.config);
        let config = &self.config;
        let limit = usize::MAX;
        with_request(self.membership, &config.registration, |request| {
            self.outbound
                .frame(&mut |out| post(config, token, request, limit, out))
        })
    }

    /// SEGREC first: somebody's memory waits for it. Then the outbox.
    fn send_something(&mut self, now: u64) -> bool {
        if self.outbound.waits_for_csm {
            self.queue_due(now);
            return false;
        }
        if let Some(sent) = self.send_recovery(now) {
            return sent;
        }
        self.gather(now);
        while let Some(index) = self.outbox.next_due(now) {
            let slot = self.outbox.shelf.slot(index);
            if !slot.is_some_and(|slot| self.may_go(&slot.exchange)) {
                // It waits for an answer, and no longer for a time.
                self.queue_due(now);
                return false;
            }
            if self.transmit_entry(index, None, now) {
                return true;
            }
            if self.outbound.waits_for_csm {
                return false;
            }
        }
        false
    }

    /// Puts the request of an entry into the transmit memory; `part` is of a payload that the
    /// application holds. False when it does not fit; then something has been done about it.
    pub(crate) fn transmit_entry(&mut self, index: usize, part: Option<&[u8]>, now: u64) -> bool {
        let mut token = self.new_token();
        if self.next_segment(index).is_none() && self.is_segmented(index) {
            // Nothing is left to be sent.
            if let Some(slot) = self.outbox.slot_mut(index) {
                slot.exchange.hold();
            }
            return false;
        }
        let Some(slot) = self.outbox.slot_mut(index) else {
            return false;
        };
        if matches!(slot.kind, Kind::Subscription(_)) && slot.exchange.token() != Token::EMPTY {
            // Its notifications have this token (RFC 7641 section 3.6).
            token = slot.exchange.token();
        }
        let before = slot.exchange;
        slot.exchange.sent(token, now, &self.config);
        let (slot, limit) = (*slot, self.outbound.limit_now());
        let (outbox, config) = (&self.outbox, &self.config);
        let fits = self.outbound.frame(&mut |out| {
            encode_entry(outbox, config, (index, &slot), part, token, limit, out)
        });
        if !fits && self.outbound.peer_limit().is_none() {
            // The server's CSM tells what is to be done.
            self.outbound.waits_for_csm = true;
            if let Some(slot) = self.outbox.slot_mut(index) {
                slot.exchange = before;
                slot.exchange.release();
            }
            return false;
        }
        if !fits && !self.unbind(index) {
            self.does_not_fit(index);
        }
        fits
    }

    fn is_segmented(&self, index: usize) -> bool {
        let slot = self.outbox.shelf.slot(index);
        slot.is_some_and(|slot| matches!(slot.kind, Kind::Segmented(_)))
    }
}

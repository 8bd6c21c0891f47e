//! CoAP over datagrams (RFC 7252 section 4): confirmation, retransmission, repeats told apart. Time goes in.

use std::collections::VecDeque;

use super::exchange::{Inbound, Outbound, What};
use super::random::Random;
use super::stream::Input;
use crate::coap::datagram::{Datagram, Type, decode, encode};
use crate::coap::{Code, Message, number};
use crate::config::DatagramSettings;
use crate::event::Closing;
use crate::server::DeliveryId;
use crate::wire::Body;

pub use super::exchange::Posted;

/// Octets of an empty message.
const EMPTY: usize = 4;

/// The exchange with one peer.
#[derive(Debug)]
pub struct DatagramEndpoint {
    settings: DatagramSettings,
    next_mid: u16,
    next_token: u32,
    random: Random,
    /// What the peer sent, as long as a repeat of it may come.
    inbound: Vec<Inbound>,
    /// What is under way and not confirmed or not answered.
    flying: Vec<Outbound>,
    /// What waits for NSTART.
    queue: VecDeque<Outbound>,
    output: Vec<Vec<u8>>,
    heard_ms: u64,
}

impl DatagramEndpoint {
    pub fn new(settings: DatagramSettings, seed: u64, now_ms: u64) -> Self {
        let mut random = Random(seed | 1);
        Self {
            next_mid: random.below(1 << 16) as u16,
            next_token: 0xd600_0001,
            random,
            settings,
            inbound: Vec::new(),
            flying: Vec::new(),
            queue: VecDeque::new(),
            output: Vec::new(),
            heard_ms: now_ms,
        }
    }

    /// No datagram of more octets fits what is below.
    pub fn hold(&mut self, octets: usize) {
        self.settings.max_datagram = self.settings.max_datagram.min(octets);
    }

    /// Takes one datagram of the peer.
    pub fn feed(&mut self, now_ms: u64, octets: &[u8]) -> Vec<Input> {
        self.heard_ms = now_ms;
        self.inbound.retain(|i| i.until_ms > now_ms);
        let mut inputs = Vec::new();
        match decode(octets) {
            Ok(None) => inputs.push(Input::Signal("datagram of another protocol".to_owned())),
            Ok(Some(datagram)) => self.datagram(now_ms, datagram, &mut inputs),
            Err(rejected) => {
                if let Some(mid) = rejected.reset {
                    self.empty(Type::Reset, mid);
                }
                inputs.push(Input::Signal(format!("rejected: {}", rejected.error)));
            }
        }
        self.start(now_ms);
        inputs
    }

    /// A response to a request of the peer; or a Ping. Other signals are for streams.
    pub fn send(&mut self, now_ms: u64, message: &Message) {
        if message.code.is_signal() {
            if message.code == Code::PING {
                self.confirmable(Message::new(Code::EMPTY, &[]), What::Ping);
                self.start(now_ms);
            }
            return;
        }
        let mut recent = self.inbound.iter_mut().rev();
        let Some(request) = recent.find(|i| i.token.as_ref() == Some(&message.token)) else {
            return;
        };
        let answered = request.reply.clone().filter(|reply| reply.len() > EMPTY);
        if let Some(again) = answered {
            // A second copy of the same answer, by a fault.
            self.output.push(again);
            return;
        }
        if request.ack_due.take().is_some() {
            let reply = encode(Type::Acknowledgement, request.mid, message);
            request.reply = Some(reply.clone());
            self.output.push(reply);
            return;
        }
        if request.confirmable {
            // The request was confirmed before, so the response goes by itself.
            self.confirmable(message.clone(), What::Response);
            return self.start(now_ms);
        }
        let mid = self.mid();
        self.output.push(encode(Type::NonConfirmable, mid, message));
    }

    /// A request of ours. `None`: it is on its way; else how it ended already.
    pub fn post(
        &mut self,
        now_ms: u64,
        delivery: DeliveryId,
        body: &Body,
        confirmable: bool,
        whatever_the_size: bool,
    ) -> Option<Posted> {
        let token = self.next_token.to_be_bytes();
        self.next_token = self.next_token.wrapping_add(1);
        let mut message = Message::new(Code::POST, &token);
        message.options.add_uint(number::CONTENT_FORMAT, 50);
        message.payload = body.octets();
        if !whatever_the_size && !self.fits(&message) {
            return Some(Posted::TooLarge);
        }
        if confirmable {
            self.confirmable(message, What::Post(delivery));
            self.start(now_ms);
            return None;
        }
        let mid = self.mid();
        self.output
            .push(encode(Type::NonConfirmable, mid, &message));
        Some(Posted::Done)
    }

    /// A notification, confirmable so that it is known to have arrived.
    pub fn notify(
        &mut self,
        now_ms: u64,
        delivery: DeliveryId,
        message: &Message,
    ) -> Option<Posted> {
        if !self.fits(message) {
            return Some(Posted::TooLarge);
        }
        self.confirmable(message.clone(), What::Notification(delivery, message.code));
        self.start(now_ms);
        None
    }

    /// Does what is due: retransmissions, late confirmations, the end of patience.
    pub fn tick(&mut self, now_ms: u64) -> Vec<Input> {
        for at in 0..self.inbound.len() {
            if self.inbound[at].ack_due.is_some_and(|due| due <= now_ms) {
                self.inbound[at].ack_due = None;
                let mid = self.inbound[at].mid;
                self.inbound[at].reply = Some(self.empty(Type::Acknowledgement, mid));
            }
        }
        let mut over = false;
        for out in &mut self.flying {
            match out.acked_until {
                Some(until) => over |= until <= now_ms,
                None if out.due_ms > now_ms => {}
                None if out.sent > self.settings.max_retransmit => over = true,
                None => {
                    out.sent += 1;
                    out.timeout_ms *= 2;
                    out.due_ms = now_ms + out.timeout_ms;
                    self.output.push(out.octets.clone());
                }
            }
        }
        if !over {
            return Vec::new();
        }
        self.flying.clear();
        self.queue.clear();
        vec![Input::End(Closing::Error("no answer".to_owned()))]
    }

    pub fn next_due(&self) -> Option<u64> {
        let flying = self
            .flying
            .iter()
            .map(|o| o.acked_until.unwrap_or(o.due_ms));
        let acks = self.inbound.iter().filter_map(|i| i.ack_due);
        flying.chain(acks).min()
    }

    /// When the peer was last heard of.
    pub fn heard_ms(&self) -> u64 {
        self.heard_ms
    }

    pub fn take_output(&mut self) -> Vec<Vec<u8>> {
        std::mem::take(&mut self.output)
    }

    fn datagram(&mut self, now_ms: u64, datagram: Datagram, inputs: &mut Vec<Input>) {
        let Datagram { kind, mid, message } = datagram;
        match kind {
            Type::Acknowledgement => self.acknowledged(now_ms, mid, message, inputs),
            Type::Reset => self.reset(mid, inputs),
            Type::Confirmable | Type::NonConfirmable => {
                let confirmable = kind == Type::Confirmable;
                if message.code == Code::EMPTY {
                    // CoAP ping.
                    if confirmable {
                        self.empty(Type::Reset, mid);
                    }
                    return inputs.push(Input::Signal("Ping".to_owned()));
                }
                let known = self
                    .inbound
                    .iter()
                    .find(|i| i.mid == mid && i.until_ms > now_ms);
                if let Some(known) = known {
                    self.output
                        .extend(known.reply.clone().filter(|_| known.confirmable));
                    return inputs.push(Input::Signal(format!("message {mid} again")));
                }
                self.first(now_ms, mid, confirmable, message, inputs);
            }
        }
    }

    /// A CON or NON that is no repeat.
    fn first(
        &mut self,
        now_ms: u64,
        mid: u16,
        confirmable: bool,
        message: Message,
        inputs: &mut Vec<Input>,
    ) {
        let lifetime = super::millis(self.settings.exchange_lifetime);
        let mut inbound = Inbound {
            mid,
            token: None,
            until_ms: now_ms + lifetime,
            confirmable,
            ack_due: None,
            reply: None,
        };
        if message.code.is_request() {
            inbound.token = Some(message.token.clone());
            if confirmable && self.settings.separate {
                inbound.reply = Some(self.empty(Type::Acknowledgement, mid));
            } else if confirmable {
                inbound.ack_due = Some(now_ms + super::millis(self.settings.ack_delay));
            }
            inputs.push(Input::Request(message));
        } else if message.code.is_response() {
            let wanted = |o: &Outbound| o.token == message.token && matches!(o.what, What::Post(_));
            let answered = self.flying.iter().position(wanted);
            if confirmable {
                let answer = if answered.is_some() {
                    Type::Acknowledgement
                } else {
                    Type::Reset
                };
                inbound.reply = Some(self.empty(answer, mid));
            }
            match answered.map(|at| self.flying.swap_remove(at).what) {
                Some(What::Post(delivery)) => inputs.push(Input::Response(delivery, message.code)),
                _ => inputs.push(Input::Signal(format!(
                    "response {} to nothing",
                    message.code
                ))),
            }
        } else {
            if confirmable {
                self.empty(Type::Reset, mid);
            }
            return inputs.push(Input::Signal(format!("code {} ignored", message.code)));
        }
        self.inbound.push(inbound);
    }

    fn acknowledged(&mut self, now_ms: u64, mid: u16, message: Message, inputs: &mut Vec<Input>) {
        let Some(at) = self.flying.iter().position(|o| o.mid == mid) else {
            return;
        };
        match (self.flying[at].what, message.code) {
            (What::Post(_), Code::EMPTY) => {
                let patience = super::millis(self.settings.exchange_lifetime);
                self.flying[at].acked_until = Some(now_ms + patience);
            }
            (What::Post(delivery), code) if self.flying[at].token == message.token => {
                self.flying.swap_remove(at);
                inputs.push(Input::Response(delivery, code));
            }
            (What::Post(_), _) => inputs.push(Input::Signal("ACK with another token".to_owned())),
            (What::Notification(delivery, code), _) => {
                self.flying.swap_remove(at);
                inputs.push(Input::Response(delivery, code));
            }
            (What::Response | What::Ping, _) => {
                self.flying.swap_remove(at);
            }
        }
    }

    fn reset(&mut self, mid: u16, inputs: &mut Vec<Input>) {
        let Some(at) = self.flying.iter().position(|o| o.mid == mid) else {
            return;
        };
        match self.flying.swap_remove(at).what {
            What::Post(delivery) | What::Notification(delivery, _) => {
                inputs.push(Input::Reset(delivery))
            }
            What::Ping => inputs.push(Input::Signal("Pong".to_owned())),
            What::Response => {}
        }
    }

    fn confirmable(&mut self, message: Message, what: What) {
        let mid = self.mid();
        self.queue.push_back(Outbound {
            mid,
            octets: encode(Type::Confirmable, mid, &message),
            token: message.token,
            what,
            due_ms: 0,
            timeout_ms: 0,
            sent: 0,
            acked_until: None,
        });
    }

    /// Lets go of the queue what NSTART allows. Responses are no new exchanges and do not wait.
    fn start(&mut self, now_ms: u64) {
        let mut waiting = VecDeque::new();
        while let Some(mut out) = self.queue.pop_front() {
            let exchanges = self
                .flying
                .iter()
                .filter(|o| o.what != What::Response)
                .count();
            if out.what != What::Response && exchanges >= self.settings.nstart {
                waiting.push_back(out);
                continue;
            }
            // Between ACK_TIMEOUT and ACK_TIMEOUT * ACK_RANDOM_FACTOR.
            let least = super::millis(self.settings.ack_timeout);
            let more = least * u64::from(self.settings.ack_random_percent) / 100;
            out.timeout_ms = least + self.random.below(more + 1);
            out.due_ms = now_ms + out.timeout_ms;
            out.sent = 1;
            self.output.push(out.octets.clone());
            self.flying.push(out);
        }
        self.queue = waiting;
    }

    fn fits(&self, message: &Message) -> bool {
        encode(Type::Confirmable, 0, message).len() <= self.settings.max_datagram
    }

    fn empty(&mut self, kind: Type, mid: u16) -> Vec<u8> {
        let octets = encode(kind, mid, &Message::new(Code::EMPTY, &[]));
        self.output.push(octets.clone());
        octets
    }

    fn mid(&mut self) -> u16 {
        self.next_mid = self.next_mid.wrapping_add(1);
        self.next_mid
    }
}

//! The client's state, and what it accepts from the application.

use heapless::Deque;

use crate::coap::{Code, Token};
use crate::message::{MessageId, Msg, Originator, Priority};

use super::aggregation::Gathering;
use super::aggregation::answered::Answered;
use super::datagrams::Datagrams;
use super::membership::Membership;
use super::memory::record::{Field, Pen};
use super::outbox::exchange::Jitter;
use super::outbox::{Outbox, OutboxSlot};
use super::payload::Payload;
use super::receiving::duplicates::Duplicates;
use super::receiving::incoming::Incoming;
use super::receiving::reports::check_json_with;
use super::sending::outbound::Outbound;
use super::sending::request::request_overhead;
use super::{Config, Pieces, SendError};

/// How many answers to the server may wait to be sent.
const ANSWERS: usize = 4;

/// All of the client that does not borrow the frame at hand.
pub(super) struct Core<'m> {
    pub(super) config: Config<'m>,
    pub(super) outbox: Outbox<'m>,
    pub(super) outbound: Outbound<'m>,
    pub(super) datagrams: Datagrams,
    pub(super) incoming: Incoming<'m>,
    /// Answers to requests of the server.
    pub(super) answers: Deque<Answer, ANSWERS>,
    pub(super) membership: Membership,
    /// When (ms) to register again, if the configuration says so.
    pub(super) refresh_at: Option<u64>,
    pub(super) duplicates: Duplicates,
    pub(super) answered: Answered,
    pub(super) jitter: Jitter,
    /// The time (ms) that the client was told last.
    pub(super) time: u64,
    pub(crate) next_number: u32,
}

/// An answer that is due: a response, or a Pong (RFC 8323 section 5.4).
pub(super) struct Answer {
    pub(super) token: Token,
    pub(super) code: Code,
    /// Of a Pong: the Ping asked for it.
    pub(super) custody: bool,
}

/// How a message shall go.
#[derive(Clone, Copy)]
pub(super) struct Manner {
    pub(super) may_segment: bool,
    /// The Message ID of an aggregate that this message may begin.
    pub(super) aggregate_id: Option<[u8; 16]>,
}

impl<'m> Core<'m> {
    /// The receive memory is not part of it.
    pub(super) fn new(config: Config<'m>, memory: Pieces<'m>, seed: u64) -> (Self, &'m mut [u8]) {
        let [a, b, c, d, e, f, g, h] = seed.to_be_bytes();
        let core = Self {
            // Message IDs and tokens start from different octets of it.
            datagrams: Datagrams::new(&config, seed.swap_bytes()),
            config,
            outbox: Outbox::new(memory.slots, memory.outbox),
            outbound: Outbound::new(memory.tx),
            incoming: Incoming::new(memory.incoming_slots, memory.incoming),
            answers: Deque::new(),
            membership: Membership::None,
            refresh_at: None,
            time: 0,
            duplicates: Duplicates::new(),
            answered: Answered::new(),
            jitter: Jitter::new(u32::from_be_bytes([a, b, c, d])),
            next_number: u32::from_be_bytes([e, f, g, h]),
        };
        (core, memory.rx)
    }

    pub(super) fn accept_message(
        &mut self,
        msg: &Msg<'_>,
        payload: Payload<'_>,
        manner: Manner,
    ) -> Result<(), SendError> {
        let limit = self.outbound.limit();
        let whole = check_json_with(payload.added_len(), msg, &self.config, limit);
        let is_small = payload.len() <= usize::from(self.config.segment_size);
        let json_len = match whole {
            Ok(json_len) if is_small || !manner.may_segment => json_len,
            Err(error) if !manner.may_segment => return Err(error),
            _ => return self.accept_segmented(msg, payload),
        };
        // None has priority High (TS 23.554 clause 8.4.2).
        let gathers = msg.priority != Some(Priority::High);
        let aggregate_id = manner.aggregate_id.filter(|_| gathers);
        let entry = OutboxSlot {
            gathering: Gathering::new(aggregate_id.is_some()),
            may_segment: manner.may_segment,
            json_len,
            ..message_entry(msg)
        };
        self.outbox
            .push(entry, &mut |pen| {
                if let Some(id) = aggregate_id {
                    pen.field(Field::AggregateId, &id);
                }
                write_message(pen, msg, payload);
            })
            .map(|_| ())
    }

    /// The longest JSON that can go out, in octets.
    pub(super) fn largest_json(&self) -> usize {
        let overhead = request_overhead(self.config.server_path);
        self.outbound.limit().saturating_sub(overhead)
    }

    /// The session is gone: what was under way starts again on the next one.
    pub(super) fn interrupt(&mut self) {
        self.pause();
        if self.membership == Membership::Registered {
            self.register_again();
        }
    }

    /// The way to the server is gone and the session is not: the server knows this client as ever.
    pub(super) fn pause(&mut self) {
        self.interrupt_requests();
        self.outbound.disconnect();
        self.datagrams.stop();
        self.answers.clear();
    }

    pub(super) fn can_answer(&self) -> bool {
        !self.answers.is_full()
    }

    /// Numbers need not be guessed by anybody, they only have to differ.
    pub(super) fn new_number(&mut self) -> u32 {
        self.next_number = self.next_number.wrapping_add(1);
        self.next_number
    }

    pub(super) fn new_token(&mut self) -> Token {
        Token::from(self.new_number())
    }

    pub(super) fn new_ticket(&mut self) -> super::ReportTicket {
        super::ReportTicket(self.new_number())
    }

    pub(super) fn us(&self) -> Originator<'m> {
        Originator::Ue(self.config.registration.ue_service_id)
    }
}

pub(super) fn message_entry(msg: &Msg<'_>) -> OutboxSlot {
    OutboxSlot {
        priority: msg.priority.unwrap_or(Priority::Middle),
        uuid: uuid_of(msg.message_id),
        ..OutboxSlot::EMPTY
    }
}

pub(super) fn write_message(pen: &mut Pen<'_>, msg: &Msg<'_>, payload: Payload<'_>) {
    pen.recipient(msg.recipient);
    pen.message_id(msg.message_id);
    pen.manners(msg);
    payload.write(pen);
}

pub(super) fn uuid_of(id: MessageId<'_>) -> Option<[u8; 16]> {
    match id {
        MessageId::Uuid(uuid) => Some(uuid),
        MessageId::Opaque(_) => None,
    }
}

//! The client's state, and what it does without a frame at hand.

use heapless::Deque;

use crate::coap::{Code, Token};
use crate::message::{
    AsServiceId, Deregistration, EncodeError, Message, MessageId, Msg, Originator, Outcome,
    Priority, Recipient, Report, UeServiceId,
};

use super::duplicates::Duplicates;
use super::exchange::{Exchange, Jitter};
use super::outbound::{Outbound, request_overhead};
use super::outbox::{Kind, Outbox, OutboxSlot};
use super::{Config, Event, Failure, ReportTicket, SendError};

/// How many answers to the server may wait to be sent.
const ANSWERS: usize = 4;

/// All of the client that does not borrow the frame at hand.
pub(super) struct Core<'m> {
    pub(super) config: Config<'m>,
    pub(super) outbox: Outbox<'m>,
    pub(super) outbound: Outbound<'m>,
    /// Answers to requests of the server.
    pub(super) answers: Deque<Answer, ANSWERS>,
    pub(super) membership: Membership,
    pub(super) duplicates: Duplicates,
    jitter: Jitter,
    next_token: u32,
}

/// What the client is to the server.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Membership {
    None,
    Registering(Exchange),
    Registered,
    Deregistering(Exchange),
}

/// An answer that is due: a response, or a Pong (RFC 8323 section 5.4).
pub(super) struct Answer {
    pub(super) token: Token,
    pub(super) code: Code,
    /// Of a Pong: the Ping asked for it.
    pub(super) custody: bool,
}

impl<'m> Core<'m> {
    pub(super) fn new(
        config: Config<'m>,
        tx: &'m mut [u8],
        outbox: &'m mut [u8],
        slots: &'m mut [OutboxSlot],
        seed: u64,
    ) -> Self {
        let [a, b, c, d, e, f, g, h] = seed.to_be_bytes();
        Self {
            config,
            outbox: Outbox::new(slots, outbox),
            outbound: Outbound::new(tx),
            answers: Deque::new(),
            membership: Membership::None,
            duplicates: Duplicates::new(),
            jitter: Jitter::new(u32::from_be_bytes([a, b, c, d])),
            next_token: u32::from_be_bytes([e, f, g, h]),
        }
    }

    pub(super) fn change_membership(&mut self, wanted: Membership) -> Result<(), SendError> {
        match self.membership {
            Membership::Registering(_) | Membership::Deregistering(_) => Err(SendError::Busy),
            Membership::None | Membership::Registered => {
                self.check_membership_fits(wanted)?;
                self.membership = wanted;
                Ok(())
            }
        }
    }

    /// What does not fit the transmit memory would never leave, and nobody would know why.
    fn check_membership_fits(&self, wanted: Membership) -> Result<(), SendError> {
        let message = self.membership_request(wanted);
        let needed = json_len(&message, self.config.service_identifier)
            .saturating_add(request_overhead(self.config.server_path));
        let limit = self.outbound.capacity();
        if needed > limit {
            return Err(SendError::TooLarge { needed, limit });
        }
        Ok(())
    }

    /// REG or DEREG.
    pub(super) fn membership_request(&self, wanted: Membership) -> Message<'m> {
        let registration = self.config.registration;
        match wanted {
            Membership::Deregistering(_) => Message::Deregistration(Deregistration {
                ue_service_id: registration.ue_service_id,
                credential: registration.credential,
            }),
            _ => Message::Registration(registration),
        }
    }

    pub(super) fn accept_message(&mut self, msg: &Msg<'_>) -> Result<(), SendError> {
        let entry = OutboxSlot {
            kind: Kind::Message,
            priority: msg.priority.unwrap_or(Priority::Middle),
            uuid: uuid_of(msg.message_id),
            ..OutboxSlot::EMPTY
        };
        self.accept(entry, &Message::Msg(*msg))
    }

    /// Accepts the report on a received message, to be sent at once or when the ticket comes
    /// back. Reports go before messages: they are short, and somebody waits for them.
    pub(super) fn accept_report(
        &mut self,
        msg: &Msg<'_>,
        ticket: Option<ReportTicket>,
    ) -> Result<(), SendError> {
        let entry = OutboxSlot {
            kind: Kind::Report,
            priority: Priority::High,
            uuid: uuid_of(msg.message_id),
            exchange: ticket.map_or(Exchange::NEW, |_| Exchange::HELD),
            ticket,
            ..OutboxSlot::EMPTY
        };
        let report = Report {
            originator: Originator::Ue(self.config.registration.ue_service_id),
            recipient: msg.originator.as_recipient(),
            message_id: msg.message_id,
            status: Outcome::Success,
            failure_cause: None,
        };
        self.accept(entry, &Message::Report(report))
    }

    /// Releases a report that is held, with the outcome that the application found.
    pub(super) fn give_report(
        &mut self,
        ticket: ReportTicket,
        outcome: Outcome<'_>,
        cause: Option<&str>,
    ) -> Result<(), SendError> {
        let held = |slot: &OutboxSlot| slot.ticket == Some(ticket);
        let index = self.outbox.iter().position(held);
        let index = index.ok_or(SendError::UnknownTicket)?;
        if !outcome.is_success() || cause.is_some() {
            self.rewrite_report(index, outcome, cause)?;
        }
        if let Some(slot) = self.outbox.iter_mut().find(|slot| held(slot)) {
            slot.ticket = None;
            slot.exchange.release();
        }
        Ok(())
    }

    /// Success was written down when the message came; something else takes its place.
    fn rewrite_report(
        &mut self,
        index: usize,
        outcome: Outcome<'_>,
        cause: Option<&str>,
    ) -> Result<(), SendError> {
        let service = self.config.service_identifier;
        let us = Originator::Ue(self.config.registration.ue_service_id);
        let report = |recipient, message_id, status, failure_cause| {
            Message::Report(Report {
                originator: us,
                recipient,
                message_id,
                status,
                failure_cause,
            })
        };
        // How much longer it gets does not depend on whom it goes to.
        let len = |status, cause| {
            let message_id = MessageId::Uuid([0; 16]);
            json_len(
                &report(us.as_recipient(), message_id, status, cause),
                service,
            )
        };
        let grows = len(outcome, cause).saturating_sub(len(Outcome::Success, None));
        let largest = self.largest_json();
        self.outbox.check_growth(index, grows, largest)?;

        // From here on nothing fails. Reading spoils the JSON, so the names are copied first.
        let Some((slot, json)) = self.outbox.entry_mut(index) else {
            return Err(SendError::UnknownTicket);
        };
        let entry = *slot;
        let Ok(Message::Report(old)) = Message::decode(json) else {
            return Err(SendError::UnknownTicket);
        };
        let addressee = Addressee::copy_of(&old);
        let (recipient, message_id) = addressee.lend().ok_or(SendError::UnknownTicket)?;
        self.outbox.remove(index);
        let new = report(recipient, message_id, outcome, cause);
        self.outbox
            .push(entry, largest, |json| new.encode_for(service, json))
    }

    fn accept(&mut self, entry: OutboxSlot, message: &Message<'_>) -> Result<(), SendError> {
        let service = self.config.service_identifier;
        let largest = self.largest_json();
        self.outbox
            .push(entry, largest, |json| message.encode_for(service, json))
    }

    fn largest_json(&self) -> usize {
        let overhead = request_overhead(self.config.server_path);
        self.outbound.limit().saturating_sub(overhead)
    }

    /// The session is gone: what was under way starts again on the next one.
    pub(super) fn interrupt(&mut self) {
        self.outbound.disconnect();
        self.answers.clear();
        self.membership = match self.membership {
            Membership::Registered => Membership::Registering(Exchange::NEW),
            other => other,
        };
        if let Some(exchange) = self.membership.exchange_mut() {
            exchange.interrupted();
        }
        for slot in self.outbox.iter_mut() {
            slot.exchange.interrupted();
        }
    }

    pub(super) fn can_answer(&self) -> bool {
        !self.answers.is_full()
    }

    /// Puts off what has not been answered in time, and finds what has come to its end.
    pub(super) fn lapse(&mut self, now: u64) -> Option<End> {
        if let Some(exchange) = self.membership.exchange_mut()
            && exchange.is_overdue(now)
            && !exchange.repeat(now, &self.config, &mut self.jitter)
        {
            return Some(End::Membership);
        }
        let room = self.outbound.peer_limit();
        let overhead = request_overhead(self.config.server_path);
        for (index, slot) in self.outbox.iter_mut().enumerate() {
            // What has gone out already may have been taken: its answer will tell.
            if !slot.exchange.is_waiting()
                && room.is_some_and(|limit| slot.len.saturating_add(overhead) > limit)
            {
                let limit = room.unwrap_or_default();
                return Some(End::Entry(index, Failure::TooLarge { limit }));
            }
            if slot.exchange.is_overdue(now)
                && !slot.exchange.repeat(now, &self.config, &mut self.jitter)
            {
                return Some(End::Entry(index, Failure::NoAnswer));
            }
        }
        None
    }

    /// Takes out what has come to its end, and tells of it.
    pub(super) fn end(&mut self, end: End) -> Option<Event<'static>> {
        match end {
            End::Entry(index, failure) => {
                self.outbox.remove(index).map(|slot| slot.failed(failure))
            }
            End::Membership => {
                let before = core::mem::replace(&mut self.membership, Membership::None);
                Some(match before {
                    Membership::Registering(_) => Event::RegistrationFailed(Failure::NoAnswer),
                    _ => Event::Deregistered,
                })
            }
        }
    }

    pub(super) fn next_deadline(&self) -> Option<u64> {
        let requests = self.outbox.iter().map(|slot| &slot.exchange);
        let all = requests.chain(self.membership.exchange());
        all.filter_map(Exchange::deadline).min()
    }

    /// Tickets have the numbers of tokens, only so that no two are alike.
    pub(super) fn new_ticket(&mut self) -> ReportTicket {
        self.next_token = self.next_token.wrapping_add(1);
        ReportTicket(self.next_token)
    }

    /// Tokens need not be guessed by anybody, they only have to differ.
    pub(super) fn new_token(&mut self) -> Token {
        self.next_token = self.next_token.wrapping_add(1);
        Token::from(self.next_token)
    }
}

/// What will not be tried again.
#[derive(Clone, Copy)]
pub(super) enum End {
    Membership,
    Entry(usize, Failure<'static>),
}

impl Membership {
    pub(super) fn exchange(&self) -> Option<&Exchange> {
        match self {
            Self::Registering(exchange) | Self::Deregistering(exchange) => Some(exchange),
            Self::None | Self::Registered => None,
        }
    }

    pub(super) fn exchange_mut(&mut self) -> Option<&mut Exchange> {
        match self {
            Self::Registering(exchange) | Self::Deregistering(exchange) => Some(exchange),
            Self::None | Self::Registered => None,
        }
    }
}

fn uuid_of(id: MessageId<'_>) -> Option<[u8; 16]> {
    match id {
        MessageId::Uuid(uuid) => Some(uuid),
        MessageId::Opaque(_) => None,
    }
}

/// The length of a message's JSON in octets.
pub(super) fn json_len(message: &Message<'_>, service: &str) -> usize {
    match message.encode_for(service, &mut []) {
        Ok(len) | Err(EncodeError::BufferTooSmall { needed: len }) => len,
    }
}

/// Whom a report goes to, and about what: a copy that outlives the report's JSON.
struct Addressee {
    is_ue: bool,
    name: heapless::String<{ UeServiceId::MAX }>,
    uuid: Option<[u8; 16]>,
    opaque: heapless::String<{ MessageId::MAX_OPAQUE }>,
}

impl Addressee {
    fn copy_of(report: &Report<'_>) -> Self {
        let opaque = match report.message_id {
            MessageId::Uuid(_) => "",
            MessageId::Opaque(text) => text,
        };
        Self {
            is_ue: matches!(report.recipient, Recipient::Ue(_)),
            // What has been read is within the limits.
            name: report.recipient.as_str().try_into().unwrap_or_default(),
            uuid: uuid_of(report.message_id),
            opaque: opaque.try_into().unwrap_or_default(),
        }
    }

    fn lend(&self) -> Option<(Recipient<'_>, MessageId<'_>)> {
        let recipient = if self.is_ue {
            UeServiceId::received(&self.name).map(Recipient::Ue)
        } else {
            AsServiceId::received(&self.name).map(Recipient::As)
        };
        let message_id = match self.uuid {
            Some(uuid) => MessageId::Uuid(uuid),
            None => MessageId::Opaque(&self.opaque),
        };
        Some((recipient?, message_id))
    }
}

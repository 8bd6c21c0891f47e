//! What comes from the server, and what it leads to.

use crate::coap::stream::{self, Front};
use crate::coap::{
    CoapError, Code, ContentFormat, OptionNumber, Packet, Token, signal::Signal, uint,
};
use crate::message::{
    Message, MessageId, Msg, MsgResponse, RegistrationResponse, Report, ResponseStatus,
};

use super::core::{Answer, Core, Membership};
use super::exchange::Exchange;
use super::outbox::Kind;
use super::{Event, Failure, OutboxSlot, Reports, SendError};

/// Pause after 5.03 without Max-Age: its default (RFC 7252 section 5.10.5), in seconds.
const DEFAULT_MAX_AGE_S: u32 = 60;

/// The longest pause that a 5.03 is granted, in seconds: a day. Max-Age goes to 136 years, and
/// a message would never come to an end.
const LONGEST_PAUSE_S: u32 = 86_400;

/// Options that a request may carry although they are critical. The client is one resource
/// only and dispatches on *Message Type*, so any path is right.
const UNDERSTOOD: &[OptionNumber] = &[
    OptionNumber::URI_HOST,
    OptionNumber::URI_PORT,
    OptionNumber::URI_PATH,
    OptionNumber::URI_QUERY,
    OptionNumber::ACCEPT,
];

/// Stands for the segment number where a report is remembered instead of a message.
const REPORT: u32 = u32::MAX;

/// Which request an answer belongs to.
#[derive(Clone, Copy)]
enum Request {
    Register(Exchange),
    Deregister(Exchange),
    Entry(usize, OutboxSlot),
}

impl Core<'_> {
    /// Whether this frame gives the application an event; all others are absorbed.
    pub(super) fn concerns_application(&self, head: &Front) -> bool {
        if head.code.is_response() {
            return match self.request_of(head.token) {
                Some(request) => !self.is_quiet(&request, head.code),
                None => false,
            };
        }
        head.code.is_request() || matches!(head.code, Code::PONG | Code::RELEASE | Code::ABORT)
    }

    /// Handles a frame that concerns nobody but the client itself.
    pub(super) fn absorb(&mut self, frame: &mut [u8], now: u64) -> Result<(), CoapError> {
        let packet = stream::decode(frame)?;
        if packet.code.is_signal() {
            match Signal::decode(&packet) {
                Ok(Signal::Csm(csm)) => self.outbound.take_csm(csm),
                Ok(Signal::Ping { custody }) => {
                    // Each one is answered, behind the requests that came before it.
                    let _ = self.answers.push_back(Answer {
                        token: packet.token,
                        code: Code::PONG,
                        custody,
                    });
                }
                // Codes of later versions are passed over; a bad option is not (RFC 8323 section 5.2).
                Err(error @ CoapError::BadSignalOption(_)) => return Err(error),
                _ => {}
            }
        } else {
            let max_age = packet.options.first_uint(OptionNumber::MAX_AGE);
            self.absorb_response(packet.code, packet.token, max_age, now);
        }
        Ok(())
    }

    /// Handles such a frame when it is too large to be kept: only its head is known.
    pub(super) fn absorb_unread(&mut self, head: &Front, now: u64) {
        self.absorb_response(head.code, head.token, None, now);
    }

    /// A quiet answer. Anything else says nothing: empty messages, reserved codes, answers
    /// to nothing.
    fn absorb_response(&mut self, code: Code, token: Token, max_age_s: Option<u32>, now: u64) {
        if !code.is_response() {
            return;
        }
        let Some(request) = self.request_of(token) else {
            return;
        };
        if code.is_success() {
            self.finish(&request);
        } else {
            let pause_s = max_age_s.unwrap_or(DEFAULT_MAX_AGE_S).min(LONGEST_PAUSE_S);
            self.put_off(&request, u64::from(pause_s).saturating_mul(1000), now);
        }
    }

    /// Handles a frame that [concerns the application](Self::concerns_application).
    pub(super) fn on_frame<'r>(&mut self, frame: &'r mut [u8]) -> Event<'r> {
        let packet = match stream::decode(frame) {
            Ok(packet) => packet,
            Err(error) => return self.give_up(error),
        };
        if packet.code.is_request() {
            return self.on_request(packet);
        }
        if packet.code.is_response() {
            return self.on_response(packet.code, packet.token, packet.payload);
        }
        match Signal::decode(&packet) {
            Ok(Signal::Pong { .. }) => Event::Pong,
            Ok(Signal::Release(release)) => Event::Released {
                hold_off_s: release.hold_off.unwrap_or_default(),
            },
            Ok(_) => Event::Aborted,
            Err(error) => self.give_up(error),
        }
    }

    /// The same for a frame too large to be kept: only its head is known.
    pub(super) fn on_too_large(&mut self, head: &Front) -> Event<'static> {
        match head.code {
            Code::PONG => Event::Pong,
            Code::RELEASE => Event::Released { hold_off_s: 0 },
            Code::ABORT => Event::Aborted,
            code if code.is_response() => self.on_response(code, head.token, &mut []),
            // Only requests are answered: two ends that answer answers never stop.
            _ => self.refuse(head.token, Code::REQUEST_ENTITY_TOO_LARGE),
        }
    }

    /// The stream cannot be followed any more.
    pub(super) fn give_up(&mut self, error: CoapError) -> Event<'static> {
        self.outbound.abort();
        Event::Malformed(error)
    }

    // ---- requests of the server ---------------------------------------------------------

    fn on_request<'r>(&mut self, packet: Packet<'r>) -> Event<'r> {
        let token = packet.token;
        if let Some(code) = unacceptable(&packet) {
            return self.refuse(token, code);
        }
        match Message::decode(packet.payload) {
            Ok(Message::Msg(msg)) => self.on_msg(token, msg),
            Ok(Message::Report(report)) => self.on_report(token, report),
            Ok(Message::MsgResponse(response)) => self.on_msg_response(token, response),
            // A server's own requests, and what comes with a later release.
            Ok(_) => self.refuse(token, Code::NOT_IMPLEMENTED),
            Err(_) => self.refuse(token, Code::BAD_REQUEST),
        }
    }

    fn on_msg<'r>(&mut self, token: Token, msg: Msg<'r>) -> Event<'r> {
        if msg.segment.is_some() {
            return self.refuse(token, Code::NOT_IMPLEMENTED);
        }
        let originator = msg.originator.as_str();
        if self.duplicates.contains(originator, msg.message_id, 0) {
            self.answer(token, Code::CHANGED);
            return Event::Duplicate;
        }
        let mut ticket = None;
        if msg.report_wanted {
            if self.config.reports == Reports::ByApplication {
                ticket = Some(self.new_ticket());
            }
            match self.accept_report(&msg, ticket) {
                Ok(()) => {}
                // It would not fit later either: delivering again and again helps nobody.
                Err(SendError::TooLarge { .. }) => {
                    return self.refuse(token, Code::INTERNAL_SERVER_ERROR);
                }
                // No room for the report: the server shall deliver again later.
                Err(_) => return self.refuse(token, Code::SERVICE_UNAVAILABLE),
            }
        }
        self.duplicates.remember(originator, msg.message_id, 0);
        self.answer(token, Code::CHANGED);
        Event::Message {
            msg,
            report: ticket,
        }
    }

    fn on_report<'r>(&mut self, token: Token, report: Report<'r>) -> Event<'r> {
        self.answer(token, Code::CHANGED);
        let originator = report.originator.as_str();
        if self
            .duplicates
            .contains(originator, report.message_id, REPORT)
        {
            return Event::Duplicate;
        }
        self.duplicates
            .remember(originator, report.message_id, REPORT);
        Event::Report(report)
    }

    /// A message response that the server sends by itself, after it took the message over.
    fn on_msg_response<'r>(&mut self, token: Token, response: MsgResponse<'r>) -> Event<'r> {
        // Messages sent from here have UUIDs.
        let MessageId::Uuid(uuid) = response.message_id else {
            return self.refuse(token, Code::NOT_FOUND);
        };
        self.answer(token, Code::CHANGED);
        // It may overtake the answer to the message; that then says nothing more.
        let overtaken = self.outbox.iter().position(|slot| slot.is_message(uuid));
        if let Some(index) = overtaken {
            self.outbox.remove(index);
        }
        outcome(MessageId::Uuid(uuid), Code::CHANGED, &response)
    }

    /// Answers a request with an error and tells the application.
    fn refuse(&mut self, token: Token, code: Code) -> Event<'static> {
        self.answer(token, code);
        Event::Refused(code)
    }

    fn answer(&mut self, token: Token, code: Code) {
        // A request is looked at only while there is room for its answer.
        let _ = self.answers.push_back(Answer {
            token,
            code,
            custody: false,
        });
    }

    // ---- answers of the server -----------------------------------------------------------

    fn on_response<'r>(&mut self, code: Code, token: Token, payload: &'r mut [u8]) -> Event<'r> {
        match self.request_of(token) {
            Some(Request::Register(_)) => self.on_registration_response(code, payload),
            Some(Request::Deregister(_)) => {
                self.membership = Membership::None;
                Event::Deregistered
            }
            Some(request @ Request::Entry(_, slot)) => {
                // Who is leaving does not come back for a message.
                let is_leaving = matches!(self.membership, Membership::Deregistering(_));
                if code == Code::UNAUTHORIZED && !is_leaving && self.put_off(&request, 0, 0) {
                    // Several messages may be told so; one registration is enough.
                    if !matches!(self.membership, Membership::Registering(_)) {
                        self.membership = Membership::Registering(Exchange::NEW);
                    }
                    return Event::RegistrationLost;
                }
                self.finish(&request);
                on_entry_response(&slot, code, payload)
            }
            // Not reached: an answer to nothing does not concern the application.
            None => Event::Refused(code),
        }
    }

    fn on_registration_response<'r>(&mut self, code: Code, payload: &'r mut [u8]) -> Event<'r> {
        // A body that cannot be read says nothing; the code does (sheet: any 2.xx is success).
        let response = RegistrationResponse::decode(payload).unwrap_or_default();
        if code.is_success() && response.is_interim() {
            return Event::RegistrationPending;
        }
        if code.is_success() && !response.is_refused() {
            self.membership = Membership::Registered;
            return Event::Registered;
        }
        self.membership = Membership::None;
        Event::RegistrationFailed(Failure::Answered {
            code,
            cause: response.failure_cause,
        })
    }

    // ---- book-keeping ---------------------------------------------------------------------

    fn request_of(&self, token: Token) -> Option<Request> {
        match self.membership {
            Membership::Registering(exchange) if exchange.awaits(token) => {
                Some(Request::Register(exchange))
            }
            Membership::Deregistering(exchange) if exchange.awaits(token) => {
                Some(Request::Deregister(exchange))
            }
            _ => self
                .outbox
                .iter()
                .enumerate()
                .find(|(_, slot)| slot.exchange.awaits(token))
                .map(|(index, slot)| Request::Entry(index, *slot)),
        }
    }

    /// Answers that need no event: a report taken, and an overload that is waited out.
    fn is_quiet(&self, request: &Request, code: Code) -> bool {
        match request {
            Request::Entry(_, slot) if code.is_success() => slot.kind == Kind::Report,
            Request::Entry(_, slot) => {
                code == Code::SERVICE_UNAVAILABLE && slot.exchange.may_repeat(&self.config)
            }
            Request::Register(exchange) | Request::Deregister(exchange) => {
                code == Code::SERVICE_UNAVAILABLE && exchange.may_repeat(&self.config)
            }
        }
    }

    fn finish(&mut self, request: &Request) {
        if let Request::Entry(index, _) = *request {
            self.outbox.remove(index);
        }
    }

    /// Another attempt after a pause; false when there have been enough.
    fn put_off(&mut self, request: &Request, pause_ms: u64, now: u64) -> bool {
        let exchange = match *request {
            Request::Register(_) | Request::Deregister(_) => self.membership.exchange_mut(),
            Request::Entry(index, _) => self
                .outbox
                .entry_mut(index)
                .map(|(slot, _)| &mut slot.exchange),
        };
        exchange.is_some_and(|exchange| exchange.put_off(pause_ms, now, &self.config))
    }
}

/// The error code for a request that is not one of MSGin5G's.
fn unacceptable(packet: &Packet<'_>) -> Option<Code> {
    if packet.code != Code::POST {
        return Some(Code::METHOD_NOT_ALLOWED);
    }
    match packet.options.first(OptionNumber::CONTENT_FORMAT) {
        Some(format) if uint(format) != Some(u32::from(ContentFormat::JSON.0)) => {
            Some(Code::UNSUPPORTED_CONTENT_FORMAT)
        }
        _ => packet
            .options
            .unrecognised_critical(UNDERSTOOD)
            .map(|_| Code::BAD_OPTION),
    }
}

fn on_entry_response<'r>(slot: &OutboxSlot, code: Code, payload: &'r mut [u8]) -> Event<'r> {
    let message_id = slot.message_id();
    if slot.kind == Kind::Report {
        return slot.failed(Failure::Answered { code, cause: None });
    }
    match Message::decode(payload) {
        Ok(Message::MsgResponse(response)) => outcome(message_id, code, &response),
        _ if code.is_success() => Event::Accepted { message_id },
        _ => Event::Failed {
            message_id,
            failure: Failure::Answered { code, cause: None },
        },
    }
}

/// What a message response says about the message.
fn outcome<'r>(
    message_id: MessageId<'static>,
    code: Code,
    response: &MsgResponse<'r>,
) -> Event<'r> {
    let cause = response.failure_cause;
    match response.status {
        _ if !code.is_success() => Event::Failed {
            message_id,
            failure: Failure::Answered { code, cause },
        },
        None => Event::Accepted { message_id },
        Some(ResponseStatus::Stored) => Event::Stored { message_id },
        Some(_) => Event::Failed {
            message_id,
            failure: Failure::Undeliverable { cause },
        },
    }
}

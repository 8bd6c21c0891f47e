//! What comes from the server, and what it leads to.

use crate::client::core::{Answer, Core};
use crate::client::farewell::Farewell;
use crate::client::outbox::Verdict;
use crate::client::receiving::duplicates::Seen;
use crate::client::receiving::reports::due;
use crate::client::sending::responses::outcome;
use crate::client::{Event, Reports, SendError};
use crate::coap::stream::{self, Front};
use crate::coap::{
    CoapError, Code, ContentFormat, OptionNumber, Options, Packet, Token, signal::Signal, uint,
};
use crate::message::{DecodeError, Message, MessageId, Msg, MsgResponse, Report, ResponseStatus};

/// Options that a request may carry although they are critical. The client is one resource
/// only and dispatches on *Message Type*, so any path is right.
const UNDERSTOOD: &[OptionNumber] = &[
    OptionNumber::URI_HOST,
    OptionNumber::URI_PORT,
    OptionNumber::URI_PATH,
    OptionNumber::URI_QUERY,
    OptionNumber::ACCEPT,
];

impl Core<'_> {
    /// Whether this frame gives the application an event; all others are absorbed.
    pub(crate) fn concerns_application(&self, head: &Front) -> bool {
        if head.code.is_response() {
            return self.is_heard(head.token, head.code);
        }
        head.code.is_request() || matches!(head.code, Code::PONG | Code::RELEASE | Code::ABORT)
    }

    /// Handles a frame that concerns nobody but the client itself.
    pub(crate) fn absorb(&mut self, frame: &mut [u8], now: u64) -> Result<(), CoapError> {
        let packet = stream::decode(frame)?;
        if packet.code != Code::CSM {
            self.outbound.miss_csm();
        }
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
    pub(crate) fn absorb_unread(&mut self, head: &Front, now: u64) {
        self.absorb_response(head.code, head.token, None, now);
    }

    /// Handles a frame that [concerns the application](Self::concerns_application).
    pub(crate) fn on_frame<'r>(&'r mut self, frame: &'r mut [u8], now: u64) -> Event<'r> {
        let packet = match stream::decode(frame) {
            Ok(packet) => packet,
            Err(error) => return self.give_up(error),
        };
        self.outbound.miss_csm();
        if packet.code.is_request() {
            return self.on_request(packet, now);
        }
        if packet.code.is_response() {
            return self.on_response(packet, now);
        }
        match Signal::decode(&packet) {
            Ok(Signal::Pong { .. }) => Event::Pong,
            Ok(Signal::Release(release)) => self.released(release.hold_off.unwrap_or_default()),
            Ok(_) => self.aborted(),
            Err(error) => self.give_up(error),
        }
    }

    /// The same for a frame too large to be kept: only its head is known.
    pub(crate) fn on_too_large(&mut self, head: &Front, now: u64) -> Event<'_> {
        match head.code {
            Code::PONG => Event::Pong,
            Code::RELEASE => self.released(0),
            Code::ABORT => self.aborted(),
            code if code.is_response() => {
                let unread = Packet {
                    code,
                    token: head.token,
                    options: Options::EMPTY,
                    payload: &mut [],
                };
                self.on_response(unread, now)
            }
            // Only requests are answered: two ends that answer answers never stop.
            _ => self.refuse(Some(head.token), Code::REQUEST_ENTITY_TOO_LARGE),
        }
    }

    fn released(&mut self, hold_off_s: u32) -> Event<'static> {
        self.outbound.farewell = Some(Farewell::Released { hold_off_s });
        Event::Released { hold_off_s }
    }

    fn aborted(&mut self) -> Event<'static> {
        self.outbound.farewell = Some(Farewell::Aborted);
        Event::Aborted
    }

    /// The stream cannot be followed any more.
    pub(crate) fn give_up(&mut self, error: CoapError) -> Event<'static> {
        self.outbound.abort();
        Event::Malformed(error)
    }

    // ---- requests of the server ---------------------------------------------------------

    fn on_request<'r>(&'r mut self, packet: Packet<'r>, now: u64) -> Event<'r> {
        let token = Some(packet.token);
        if let Some(code) = unacceptable(&packet) {
            return self.refuse(token, code);
        }
        let service = self.config.service_identifier;
        match Message::decode_from_server(service, packet.payload) {
            // One without the service's name is taken, too.
            Ok((message, _)) => self.on_message(token, message, now),
            Err(DecodeError::NotBuilt) => self.refuse(token, Code::NOT_IMPLEMENTED),
            Err(_) => self.refuse(token, Code::BAD_REQUEST),
        }
    }

    /// A message of the server. It has no token where no answer is expected.
    pub(crate) fn on_message<'r>(
        &'r mut self,
        token: Option<Token>,
        message: Message<'r>,
        now: u64,
    ) -> Event<'r> {
        let outcome = match message {
            Message::Msg(msg) => {
                return match msg.segment {
                    Some(segment) => self.on_segment(token, msg, segment, now),
                    None => self.on_msg(token, msg),
                };
            }
            Message::AggregatedMsg(all) => return self.on_aggregate(token, all),
            Message::Report(report) => return self.on_report(token, report),
            Message::AggregatedReport(all) => return self.on_aggregated_report(token, all),
            Message::MsgResponse(response) => return self.on_msg_response(token, response),
            Message::SegmentsRecovery(recovery) => self.on_recovery(&recovery),
            Message::SegmentsConfirmation(confirmation) => self.on_confirmation(&confirmation),
            // A server's own requests, and what comes with a later release.
            _ => Err(Code::NOT_IMPLEMENTED),
        };
        match outcome {
            Ok(event) => {
                self.answer(token, Code::CHANGED);
                event
            }
            Err(code) => self.refuse(token, code),
        }
    }

    fn on_msg<'r>(&mut self, token: Option<Token>, msg: Msg<'r>) -> Event<'r> {
        let originator = msg.originator.as_str();
        if self
            .duplicates
            .contains(originator, msg.message_id, Seen::Message)
        {
            return self.repeated(token);
        }
        let mut ticket = None;
        if msg.report_wanted {
            if self.config.reports == Reports::ByApplication {
                ticket = Some(self.new_ticket());
            }
            let report = crate::client::receiving::reports::Due {
                ticket,
                ..due(&msg)
            };
            let limit = self.outbound.limit();
            let accepted = report.accept(&mut self.outbox, &self.config, limit);
            match accepted {
                Ok(()) => {}
                // Handled below.
                Err(_) if token.is_none() => {}
                // It would not fit later either: delivering again and again helps nobody.
                Err(SendError::TooLarge { .. }) => {
                    return self.refuse(token, Code::INTERNAL_SERVER_ERROR);
                }
                // No room for the report: the server shall deliver again later.
                Err(_) => return self.refuse(token, Code::SERVICE_UNAVAILABLE),
            }
            // A notification cannot be refused, and the message is worth more than its report.
            ticket = ticket.filter(|_| accepted.is_ok());
        }
        self.duplicates
            .remember(originator, msg.message_id, Seen::Message);
        self.drop_set_of(&msg);
        self.answer(token, Code::CHANGED);
        Event::Message {
            msg,
            report: ticket,
        }
    }

    fn on_report<'r>(&mut self, token: Option<Token>, report: Report<'r>) -> Event<'r> {
        self.answer(token, Code::CHANGED);
        let originator = report.originator.as_str();
        if self
            .duplicates
            .contains(originator, report.message_id, Seen::Report)
        {
            return Event::Duplicate;
        }
        self.duplicates
            .remember(originator, report.message_id, Seen::Report);
        Event::Report(report)
    }

    /// A message response that the server sends by itself, after it took the message over.
    fn on_msg_response<'r>(
        &mut self,
        token: Option<Token>,
        response: MsgResponse<'r>,
    ) -> Event<'r> {
        // Messages sent from here have UUIDs.
        let MessageId::Uuid(uuid) = response.message_id else {
            return self.refuse(token, Code::NOT_FOUND);
        };
        self.answer(token, Code::CHANGED);
        let failed = response
            .status
            .is_some_and(|status| status != ResponseStatus::Stored);
        let event = outcome(MessageId::Uuid(uuid), Code::CHANGED, &response);
        let verdict = Verdict::of(&event);
        if let Some(first) = verdict.and_then(|verdict| self.conclude_aggregate(uuid, verdict)) {
            return outcome(MessageId::Uuid(first), Code::CHANGED, &response);
        }
        // It may overtake the answer to the message; that then says nothing more.
        self.forget_message(uuid, failed);
        event
    }

    pub(crate) fn repeated(&mut self, token: Option<Token>) -> Event<'static> {
        self.answer(token, Code::CHANGED);
        Event::Duplicate
    }

    /// Answers a request with an error and tells the application.
    #[inline(never)]
    pub(crate) fn refuse(&mut self, token: Option<Token>, code: Code) -> Event<'static> {
        self.answer(token, code);
        Event::Refused(code)
    }

    #[inline(never)]
    pub(crate) fn answer(&mut self, token: Option<Token>, code: Code) {
        if let Some(token) = token {
            // A request is looked at only while there is room for its answer.
            let _ = self.answers.push_back(Answer {
                token,
                code,
                custody: false,
            });
        }
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

//! What the server answers to requests of ours.

use crate::client::core::Core;
use crate::client::membership::Membership;
use crate::client::outbox::exchange::Exchange;
use crate::client::outbox::{Kind, OutboxSlot, Verdict};
use crate::client::{Event, Failure};
use crate::coap::{Code, OptionNumber, Packet, Token};
use crate::message::{Message, MessageId, MsgResponse, ResponseStatus};

/// Pause after 5.03 without Max-Age: its default (RFC 7252 section 5.10.5), in seconds.
const DEFAULT_MAX_AGE_S: u32 = 60;

/// The longest pause that a 5.03 is granted, in seconds: a day. Max-Age goes to 136 years, and
/// a message would never come to an end.
const LONGEST_PAUSE_S: u32 = 86_400;

/// At most so much longer is waited than a 5.03 asks for, in milliseconds: a quarter of an hour.
const WIDEST_SPREAD_MS: u64 = 900_000;

/// Which request an answer belongs to.
#[derive(Clone, Copy)]
enum Request {
    Register(Exchange),
    Deregister(Exchange),
    Entry(usize, OutboxSlot),
    /// SEGREC
    Recovery(usize),
    /// None that waits: the answer follows an earlier one.
    Notification(usize),
}

impl Core<'_> {
    /// Whether the application hears of this answer.
    pub(crate) fn is_heard(&self, token: Token, code: Code) -> bool {
        match self.request_of(token) {
            Some(request) => !self.is_quiet(&request, code),
            None => false,
        }
    }

    /// An answer that the application does not hear of: it ends a request, or puts it off.
    /// Anything else says nothing: empty messages, reserved codes, answers to nothing.
    pub(crate) fn absorb_response(
        &mut self,
        code: Code,
        token: Token,
        max_age_s: Option<u32>,
        now: u64,
    ) {
        if !code.is_response() {
            return;
        }
        let Some(request) = self.request_of(token) else {
            return;
        };
        match request {
            Request::Recovery(index) => self.recovery_answered(index, code, now),
            Request::Entry(index, slot) if code.is_success() => match slot.kind {
                Kind::Segmented(_) => {
                    self.segment_taken(index, now);
                }
                _ => {
                    self.outbox.remove(index);
                }
            },
            #[cfg(feature = "segmentation")]
            Request::Entry(index, slot) if slot.kind == Kind::Confirmation => {
                // Nobody waits for it.
                self.outbox.remove(index);
            }
            _ => {
                let pause_s = max_age_s.unwrap_or(DEFAULT_MAX_AGE_S).min(LONGEST_PAUSE_S);
                let pause_ms = u64::from(pause_s).saturating_mul(1000);
                // A fleet is told the same at once. It returns by and by, and nobody too early.
                let late_ms = self.jitter.below((pause_ms / 2).min(WIDEST_SPREAD_MS));
                self.put_off(&request, pause_ms.saturating_add(late_ms), now);
            }
        }
    }

    pub(crate) fn on_response<'r>(&'r mut self, packet: Packet<'r>, now: u64) -> Event<'r> {
        let code = packet.code;
        match self.request_of(packet.token) {
            Some(Request::Register(_)) => self.on_registration_response(code, packet.payload, now),
            Some(Request::Deregister(_)) => {
                self.membership = Membership::None;
                Event::Deregistered
            }
            Some(Request::Notification(index)) => self.on_notification(index, packet, now),
            Some(request @ Request::Entry(index, slot)) => {
                // Who is leaving does not come back for a message.
                let is_leaving = matches!(self.membership, Membership::Deregistering(_));
                if knows_us_not(&slot, code) && !is_leaving && self.put_off(&request, 0, 0) {
                    if let Some(slot) = self.outbox.slot_mut(index) {
                        slot.renewed = true;
                    }
                    // Several messages may be told so; one registration is enough.
                    if !matches!(self.membership, Membership::Registering(_)) {
                        self.register_again();
                    }
                    return Event::RegistrationLost;
                }
                self.on_entry_response(index, &slot, packet, now)
            }
            // Not reached: such an answer does not concern the application.
            Some(Request::Recovery(_)) | None => Event::Refused(code),
        }
    }

    fn on_entry_response<'r>(
        &'r mut self,
        index: usize,
        slot: &OutboxSlot,
        packet: Packet<'r>,
        now: u64,
    ) -> Event<'r> {
        let code = packet.code;
        let message_id = slot.message_id();
        match slot.kind {
            Kind::Subscription(standing)
                if standing.ends()
                    && packet.options.first(OptionNumber::OBSERVE).is_some()
                    && code.is_success() =>
            {
                // A notification that was on its way already.
                self.on_notification(index, packet, now)
            }
            Kind::Subscription(_) => self.on_subscription_response(index, code, packet.payload),
            #[cfg(feature = "stored-message-update")]
            Kind::Update => {
                self.outbox.remove(index);
                crate::client::storing::on_update_response(slot, code)
            }
            Kind::Message | Kind::Segmented(_) => {
                let smaller = code == Code::REQUEST_ENTITY_TOO_LARGE
                    && (self.unbind(index) || self.cut_smaller(index, self.largest_json()));
                if smaller {
                    return Event::Retried { message_id };
                }
                let event = on_message_answer(
                    message_id,
                    code,
                    self.config.service_identifier,
                    packet.payload,
                );
                if let (Kind::Segmented(segments), false) =
                    (slot.kind, matches!(event, Event::Failed { .. }))
                {
                    return match self.segment_taken(index, now) {
                        Some((sent, false)) => segments.progress(message_id, sent),
                        _ => event,
                    };
                }
                if !matches!(event, Event::Failed { .. }) {
                    self.remember_aggregate(slot.gathering);
                }
                self.outbox.remove(index);
                if let Some(verdict) = Verdict::of(&event) {
                    self.conclude_others(slot.gathering, verdict);
                }
                event
            }
            // A report or a confirmation.
            _ => {
                self.outbox.remove(index);
                slot.failed(Failure::Answered { code, cause: None })
            }
        }
    }

    /// The outcome of a message is known before its answer has come. Segments that are wanted
    /// or kept go on unless it has failed.
    pub(crate) fn forget_message(&mut self, uuid: [u8; 16], failed: bool) {
        let index = self.outbox.shelf.position(|slot| {
            let ends = match slot.kind {
                Kind::Message => true,
                Kind::Segmented(_) => failed,
                _ => false,
            };
            ends && slot.uuid == Some(uuid)
        });
        if let Some(gone) = index.and_then(|index| self.outbox.remove(index)) {
            self.pass_on(&gone);
        }
    }

    fn request_of(&self, token: Token) -> Option<Request> {
        match self.membership {
            Membership::Registering(exchange) if exchange.awaits(token) => {
                return Some(Request::Register(exchange));
            }
            Membership::Deregistering(exchange) if exchange.awaits(token) => {
                return Some(Request::Deregister(exchange));
            }
            _ => {}
        }
        let mut entries = self.outbox.iter().enumerate();
        let entry = entries.find(|(_, slot)| slot.exchange.awaits(token));
        if let Some((index, slot)) = entry {
            return Some(Request::Entry(index, *slot));
        }
        let set = self.recovery_of(token);
        set.map(Request::Recovery)
            .or_else(|| self.standing(token).map(Request::Notification))
    }

    /// Answers that need no event: a report taken, and an overload that is waited out.
    fn is_quiet(&self, request: &Request, code: Code) -> bool {
        let is_put_off = |exchange: &Exchange| {
            code == Code::SERVICE_UNAVAILABLE && exchange.may_repeat(&self.config)
        };
        match request {
            Request::Recovery(_) => true,
            Request::Notification(_) => false,
            Request::Register(exchange) | Request::Deregister(exchange) => is_put_off(exchange),
            Request::Entry(_, slot) => match slot.kind {
                #[cfg(feature = "segmentation")]
                Kind::Confirmation => true,
                Kind::Report if code.is_success() => true,
                Kind::Segmented(segments) if code.is_success() => segments.is_told(),
                _ => is_put_off(&slot.exchange),
            },
        }
    }

    /// Another attempt after a pause; false when there have been enough.
    fn put_off(&mut self, request: &Request, pause_ms: u64, now: u64) -> bool {
        let exchange = match *request {
            Request::Register(_) | Request::Deregister(_) => self.membership.exchange_mut(),
            Request::Entry(index, _) => self.outbox.slot_mut(index).map(|slot| &mut slot.exchange),
            Request::Recovery(_) | Request::Notification(_) => None,
        };
        exchange.is_some_and(|exchange| exchange.put_off(pause_ms, now, &self.config))
    }
}

/// The server has no registration of ours any more: said once for each request, a second time
/// it means the request.
fn knows_us_not(slot: &OutboxSlot, code: Code) -> bool {
    let by_code = match slot.kind {
        // What is not found may also be the stored message.
        #[cfg(feature = "stored-message-update")]
        Kind::Update => code == Code::UNAUTHORIZED,
        _ => matches!(code, Code::UNAUTHORIZED | Code::NOT_FOUND),
    };
    by_code && !slot.renewed
}

fn on_message_answer<'r>(
    message_id: MessageId<'static>,
    code: Code,
    service: &str,
    payload: &'r mut [u8],
) -> Event<'r> {
    match Message::decode_from_server(service, payload) {
        Ok((Message::MsgResponse(response), _)) => outcome(message_id, code, &response),
        _ if code.is_success() => Event::Accepted { message_id },
        _ => Event::Failed {
            message_id,
            failure: Failure::Answered { code, cause: None },
        },
    }
}

/// What a message response says about the message.
pub(crate) fn outcome<'r>(
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

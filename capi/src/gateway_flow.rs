//! What goes up and down through a gateway.

use core::ffi::c_void;

use msgin5g::coap::datagram::{self, Header, Type};
use msgin5g::coap::{Code, Outgoing, Token};
use msgin5g::gateway::{
    ApplicationId, Gateway, L3Codings, Link, LocalEncodeError, LocalMessage, Upward,
};
use msgin5g::message::{MessageId, UeServiceId};

use crate::context::Parts;
use crate::gateway_step::{Place, of_link};
use crate::{
    MSGIN5G_GATEWAY_APPLICATIONS, MSGIN5G_GATEWAY_EXCHANGES, msgin5g_link, msgin5g_refusal as Why,
    msgin5g_status as Status, msgin5g_step_kind as Kind,
};

/// An answer without payload: header and token.
pub(crate) const ANSWER: usize = 12;

/// All of a gateway but what guards it.
pub(crate) struct Rest {
    pub is_coap: bool,
    /// Message ID of the next request over CoAP.
    pub next: u16,
    pub us: UeServiceId<'static>,
    pub path: [&'static str; 8],
    pub path_count: usize,
    pub codings: L3Codings,
    pub user: *mut c_void,
    pub may_register: Option<unsafe extern "C" fn(*mut c_void, *const msgin5g_link, u32) -> i32>,
    pub role: Gateway<'static, MSGIN5G_GATEWAY_APPLICATIONS, MSGIN5G_GATEWAY_EXCHANGES>,
}

impl Rest {
    /// A datagram from a UE.
    pub fn request(
        &mut self,
        parts: Parts<'_>,
        from: Link,
        octets: &mut [u8],
        now: u64,
        place: &mut Place,
    ) -> Result<(), Status> {
        let Ok(header) = Header::decode(octets) else {
            return place.refuse(Why::Unreadable);
        };
        let reply = |kind| Header { kind, ..header };
        let Ok(read) = datagram::decode(octets) else {
            if header.kind == Type::Con {
                answer(Code::EMPTY, Token::EMPTY, reply(Type::Rst), place)?;
            }
            return place.refuse(Why::Unreadable);
        };
        let (code, token) = (read.packet.code, read.packet.token);
        let is_request = code.class() == 0 && code != Code::EMPTY;
        if !is_request || !matches!(header.kind, Type::Con | Type::Non) {
            place.step.kind = Kind::Answered as u32;
            // A ping, or an answer that came by itself.
            return match header.kind {
                Type::Con if code == Code::EMPTY => {
                    answer(Code::EMPTY, Token::EMPTY, reply(Type::Rst), place)
                }
                Type::Con => answer(Code::EMPTY, Token::EMPTY, reply(Type::Ack), place),
                _ => Ok(()),
            };
        }
        let outcome = match LocalMessage::decode_request(read.packet) {
            Ok(message) => self.take(parts, from, &message, now, place),
            Err(code) => {
                place.code = code;
                place.refuse(Why::Unreadable)
            }
        };
        let code = match outcome {
            Ok(()) if place.step.kind == Kind::Registered as u32 => Code::CREATED,
            Ok(()) if place.step.kind == Kind::Deregistered as u32 => Code::DELETED,
            Ok(()) => Code::CHANGED,
            Err(Status::NotTaken) => place.code,
            Err(_) => Code::SERVICE_UNAVAILABLE,
        };
        let header = match header.kind {
            Type::Con => reply(Type::Ack),
            _ => Header {
                kind: Type::Non,
                message_id: self.number(),
            },
        };
        answer(code, token, header, place)?;
        outcome
    }

    /// A message from a UE.
    pub fn take(
        &mut self,
        parts: Parts<'_>,
        from: Link,
        message: &LocalMessage<'_>,
        now: u64,
        place: &mut Place,
    ) -> Result<(), Status> {
        if let (LocalMessage::Registration(registration), Some(may)) = (message, self.may_register)
        {
            let (link, number) = (of_link(from), registration.application_id.number());
            // SAFETY: the caller's function with the caller's pointer, and a link that stays during the call.
            if unsafe { may(self.user, &link, number.into()) } == 0 {
                place.code = Code::FORBIDDEN;
                return place.refuse(Why::NotRegistered);
            }
        }
        if let LocalMessage::Sending(sending) = message {
            place.about(sending.message_id);
        }
        if let LocalMessage::ReportSending(report) = message {
            place.about(report.message_id);
        }
        let upward = match self.role.from_application(from, message, now) {
            Ok(upward) => upward,
            Err(refusal) => return place.refused(refusal),
        };
        place.step.kind = match &upward {
            Upward::Registered(id) => {
                place.step.application_id = id.number().into();
                Kind::Registered
            }
            Upward::Deregistered(id) => {
                place.step.application_id = id.number().into();
                Kind::Deregistered
            }
            Upward::Repeated => Kind::Repeated,
            Upward::Report { report, ticket } => {
                place.step.success = report.status.is_success().into();
                if let Some(ticket) = ticket {
                    place.step.report_ticket = ticket.number();
                    let client = parts.client;
                    client.report(*ticket, report.status, report.failure_cause)?;
                }
                Kind::Reported
            }
            _ => {
                let Some((outgoing, uuid)) = upward.outgoing() else {
                    return place.refuse(Why::Other);
                };
                if let Err(error) = parts.client.send_as(&outgoing, uuid) {
                    // Should the UE try again, it is no repeat.
                    let _ = self.role.deliver_failure(MessageId::Uuid(uuid), "");
                    return Err(error.into());
                }
                Kind::Sent
            }
        } as u32;
        Ok(())
    }

    /// Writes a message; how long it is.
    pub fn write(&self, message: &LocalMessage<'_>, place: &mut Place) -> Result<usize, Status> {
        let out = place.out()?;
        let written = if self.is_coap {
            let path = self.path.get(..self.path_count).unwrap_or_default();
            let token = Token::new(&self.next.to_be_bytes()).map_err(|_| Status::Internal)?;
            message.encode_request(path, self.next, token, out)
        } else {
            message.encode_l3(&self.codings, out)
        };
        match written {
            Ok(len) => Ok(len),
            Err(LocalEncodeError::BufferTooSmall { .. }) => Err(Status::BufferTooSmall),
            Err(_) => {
                place.step.refusal = Why::Unwritable as u32;
                Err(Status::NotTaken)
            }
        }
    }

    /// A message that goes down.
    pub fn down(
        &mut self,
        kind: Kind,
        link: Link,
        message: &LocalMessage<'_>,
        place: &mut Place,
    ) -> Result<(), Status> {
        place.step.out_len = self.write(message, place)?;
        let _ = self.number();
        place.step.kind = kind as u32;
        place.step.link = of_link(link);
        match message {
            LocalMessage::Delivery(delivery) => {
                place.about(delivery.message_id);
                let id = delivery.application_id.map_or(0, ApplicationId::number);
                place.step.application_id = id.into();
            }
            LocalMessage::ReportDelivery(report) => place.about(report.message_id),
            _ => {}
        }
        Ok(())
    }

    /// The Message ID of CoAP that has not been used for longest.
    fn number(&mut self) -> u16 {
        let number = self.next;
        self.next = number.wrapping_add(1);
        number
    }
}

/// An answer over CoAP, without payload.
fn answer(code: Code, token: Token, header: Header, place: &mut Place) -> Result<(), Status> {
    let answer = Outgoing {
        code,
        token,
        options: &[],
        payload: &[],
    };
    let written = answer.encode_datagram(header, place.out()?);
    place.step.out_len = written.map_err(|_| Status::BufferTooSmall)?;
    Ok(())
}

//! MSGin5G-5 over CoAP (TS 24.538 clause A.3): JSON, and the request around it.

use super::{
    ApplicationId, Delivery, Element, Layer2Id, LocalDecodeError, LocalEncodeError, LocalMessage,
    Registration, ReportDelivery, ReportSending, Sending, Target,
};
use crate::coap::datagram::{Header, Type};
use crate::coap::{Code, ContentFormat, OptionNumber, Outgoing, Packet, Token, uint};
use crate::message::local::{Fault, LocalFields};
use crate::message::{LOCAL_DEREGISTRATION, MessageId, Outcome};

/// The longest JSON that is read, in octets.
const MAX_LEN: usize = 0xffff;
/// Path segments of an address, at most.
const MAX_PATH: usize = 8;
/// Octets of an address, at most.
const MAX_ADDRESS: usize = 255;

/// Critical options that a request may have. The path may be any: a gateway has one resource.
const UNDERSTOOD: &[OptionNumber] = &[
    OptionNumber::URI_HOST,
    OptionNumber::URI_PORT,
    OptionNumber::URI_PATH,
    OptionNumber::ACCEPT,
];

impl<'a> LocalMessage<'a> {
    /// Writes the canonical JSON and tells its length in octets.
    ///
    /// # Errors
    /// [`LocalEncodeError::BufferTooSmall`] tells the size that is enough.
    pub fn encode_json(&self, out: &mut [u8]) -> Result<usize, LocalEncodeError> {
        let mut fields = LocalFields::EMPTY;
        match self {
            Self::Sending(sending) => {
                fields.set(Element::TargetAddress, Some(sending.target.address));
                fields.set_target_type(sending.target.kind);
                fields.set(Element::Payload, Some(sending.payload));
                fields.set_boolean(Element::StatusRequired, sending.report_wanted);
                let application = sending.application_id;
                write(fields, application, Some(sending.message_id), out)
            }
            Self::Delivery(delivery) => {
                fields.set(Element::OriginatorAddress, Some(delivery.originator));
                fields.set(Element::Payload, Some(delivery.payload));
                fields.set_boolean(Element::StatusRequired, delivery.report_wanted);
                let application = delivery.application_id;
                write(fields, application, Some(delivery.message_id), out)
            }
            Self::ReportSending(report) => {
                fields.set(Element::TargetAddress, Some(report.target));
                fields.set_outcome(report.status);
                fields.set(Element::FailureCause, report.failure_cause);
                write(fields, None, Some(report.message_id), out)
            }
            Self::ReportDelivery(report) => {
                fields.set(Element::OriginatorAddress, Some(report.originator));
                fields.set_outcome(report.status);
                fields.set(Element::FailureCause, report.failure_cause);
                write(fields, None, Some(report.message_id), out)
            }
            Self::Registration(registration) => registration.write(fields, out),
            Self::Deregistration(registration) => {
                fields.set(Element::MessageType, Some(LOCAL_DEREGISTRATION));
                registration.write(fields, out)
            }
        }
    }

    /// Reads JSON, unescaping its strings in place. The buffer then no longer holds JSON.
    ///
    /// Which message it is, its elements tell: *Delivery Status* makes a report, *Originator Address* one
    /// that goes down, and one without a *Message ID* is a registration, or a de-registration if its
    /// *Message Type* says so. UNCONFIRMED.
    ///
    /// # Errors
    /// [`LocalDecodeError`] tells what was expected, and where or of which element.
    pub fn decode_json(json: &'a mut [u8]) -> Result<Self, LocalDecodeError> {
        if json.len() > MAX_LEN {
            return Err(LocalDecodeError::TooLong { max: MAX_LEN });
        }
        let fields = LocalFields::read(json).map_err(|fault| match fault {
            Fault::Json(error) => LocalDecodeError::Json(error),
            Fault::Mistyped(element) => LocalDecodeError::Mistyped(element),
        })?;
        let is_down = fields.text(Element::OriginatorAddress).is_some();
        if let Some(status) = fields.outcome() {
            return read_report(&fields, status, is_down);
        }
        let is_message = [
            Element::MessageId,
            Element::TargetAddress,
            Element::OriginatorAddress,
        ];
        if !is_message
            .into_iter()
            .any(|element| fields.text(element).is_some())
        {
            return read_registration(&fields);
        }
        let message_id = message_id(&fields)?;
        let payload = fields.text(Element::Payload).unwrap_or_default();
        let application_id = application_id(&fields)?;
        let report_wanted = fields.boolean(Element::StatusRequired);
        if is_down {
            return Ok(Self::Delivery(Delivery {
                originator: address(&fields, Element::OriginatorAddress)?,
                message_id,
                payload,
                application_id,
                report_wanted,
            }));
        }
        Ok(Self::Sending(Sending {
            target: Target {
                address: address(&fields, Element::TargetAddress)?,
                kind: fields.target_type().map_err(LocalDecodeError::Unusable)?,
            },
            message_id,
            payload,
            application_id,
            report_wanted,
        }))
    }

    /// Writes the request that carries the message, as a datagram (A.3.1.1, A.3.1.2): POST to this
    /// path, with Content-Format 50. It is confirmable but for a message that wants no report.
    ///
    /// Tells its length in octets.
    ///
    /// # Errors
    /// [`LocalEncodeError::BufferTooSmall`] tells the size that is enough;
    /// [`LocalEncodeError::TooManyPathSegments`].
    pub fn encode_request(
        &self,
        path: &[&str],
        message_id: u16,
        token: Token,
        out: &mut [u8],
    ) -> Result<usize, LocalEncodeError> {
        let format = ContentFormat::JSON.octets();
        let mut options: heapless::Vec<(OptionNumber, &[u8]), { MAX_PATH + 1 }> =
            heapless::Vec::new();
        for segment in path {
            let option = (OptionNumber::URI_PATH, segment.as_bytes());
            options
                .push(option)
                .map_err(|_| LocalEncodeError::TooManyPathSegments)?;
        }
        options
            .push((OptionNumber::CONTENT_FORMAT, &format))
            .map_err(|_| LocalEncodeError::TooManyPathSegments)?;
        let head = Outgoing {
            code: Code::POST,
            token,
            options: &options,
            payload: &[],
        };
        let header = Header {
            kind: self.request_type(),
            message_id,
        };
        // The payload is made in its place, behind the head and the marker.
        let head_len = match head.encode_datagram(header, &mut []) {
            Err(crate::coap::CoapError::BufferTooSmall { needed }) => needed,
            other => other?,
        };
        let start = head_len.saturating_add(1);
        let len = match self.encode_json(out.get_mut(start..).unwrap_or_default()) {
            Err(LocalEncodeError::BufferTooSmall { needed }) => {
                let needed = start.saturating_add(needed);
                return Err(LocalEncodeError::BufferTooSmall { needed });
            }
            other => other?,
        };
        head.encode_datagram(header, out)?;
        if let Some(marker) = out.get_mut(head_len) {
            *marker = 0xff;
        }
        Ok(start.saturating_add(len))
    }

    /// Reads a request that carries a message.
    ///
    /// # Errors
    /// The code to answer with: 4.05 for another method than POST, 4.15 for another format than JSON,
    /// 4.02 for a critical option that is not understood, 4.13 for JSON over 65535 octets, 4.00 for
    /// anything else that cannot be read.
    pub fn decode_request(packet: Packet<'a>) -> Result<Self, Code> {
        if packet.code != Code::POST {
            return Err(Code::METHOD_NOT_ALLOWED);
        }
        match packet.options.first(OptionNumber::CONTENT_FORMAT) {
            Some(format) if uint(format) != Some(u32::from(ContentFormat::JSON.0)) => {
                return Err(Code::UNSUPPORTED_CONTENT_FORMAT);
            }
            _ => {}
        }
        if packet.options.unrecognised_critical(UNDERSTOOD).is_some() {
            return Err(Code::BAD_OPTION);
        }
        Self::decode_json(packet.payload).map_err(|error| match error {
            LocalDecodeError::TooLong { .. } => Code::REQUEST_ENTITY_TOO_LARGE,
            _ => Code::BAD_REQUEST,
        })
    }

    /// The "T" field (A.3.1.1 a, A.3.1.2): only a message that wants no report need not be acknowledged.
    fn request_type(&self) -> Type {
        let is_confirmable = match self {
            Self::Sending(sending) => sending.report_wanted,
            Self::Delivery(delivery) => delivery.report_wanted,
            _ => true,
        };
        if is_confirmable { Type::Con } else { Type::Non }
    }
}

impl Registration {
    fn write(self, fields: LocalFields<'_>, out: &mut [u8]) -> Result<usize, LocalEncodeError> {
        let digits = self.layer2_id.map(Layer2Id::digits);
        let digits = digits
            .as_ref()
            .and_then(|digits| core::str::from_utf8(digits).ok());
        // Set anew, because the digits do not live as long as the fields that were given.
        let mut all = LocalFields::EMPTY;
        all.set(Element::MessageType, fields.text(Element::MessageType));
        all.set(Element::Layer2Id, digits);
        write(all, Some(self.application_id), None, out)
    }
}

/// Writes the fields, with those that have a text only here.
fn write(
    fields: LocalFields<'_>,
    application_id: Option<ApplicationId>,
    message_id: Option<MessageId<'_>>,
    out: &mut [u8],
) -> Result<usize, LocalEncodeError> {
    let mut fields = fields;
    fields.set(
        Element::ApplicationId,
        application_id.as_ref().map(ApplicationId::as_str),
    );
    let Some(message_id) = message_id else {
        return Ok(fields.write(out)?);
    };
    message_id.with_text(|text| {
        let mut fields = fields;
        fields.set(Element::MessageId, Some(text));
        Ok(fields.write(out)?)
    })
}

fn read_report<'a>(
    fields: &LocalFields<'a>,
    status: Outcome<'a>,
    is_down: bool,
) -> Result<LocalMessage<'a>, LocalDecodeError> {
    let message_id = message_id(fields)?;
    let failure_cause = fields.text(Element::FailureCause);
    if is_down {
        return Ok(LocalMessage::ReportDelivery(ReportDelivery {
            originator: address(fields, Element::OriginatorAddress)?,
            message_id,
            status,
            failure_cause,
        }));
    }
    Ok(LocalMessage::ReportSending(ReportSending {
        target: address(fields, Element::TargetAddress)?,
        message_id,
        status,
        failure_cause,
    }))
}

fn read_registration<'a>(fields: &LocalFields<'a>) -> Result<LocalMessage<'a>, LocalDecodeError> {
    let missing = LocalDecodeError::Missing(Element::ApplicationId);
    let layer2_id = match fields.text(Element::Layer2Id) {
        Some(text) => {
            let id = Layer2Id::parse(text);
            Some(id.ok_or(LocalDecodeError::Unusable(Element::Layer2Id))?)
        }
        None => None,
    };
    let registration = Registration {
        application_id: application_id(fields)?.ok_or(missing)?,
        layer2_id,
    };
    let kind = fields.text(Element::MessageType).unwrap_or_default();
    Ok(if kind.eq_ignore_ascii_case(LOCAL_DEREGISTRATION) {
        LocalMessage::Deregistration(registration)
    } else {
        LocalMessage::Registration(registration)
    })
}

fn address<'a>(fields: &LocalFields<'a>, element: Element) -> Result<&'a str, LocalDecodeError> {
    let text = fields
        .text(element)
        .ok_or(LocalDecodeError::Missing(element))?;
    if (1..=MAX_ADDRESS).contains(&text.len()) {
        Ok(text)
    } else {
        Err(LocalDecodeError::Unusable(element))
    }
}

fn message_id<'a>(fields: &LocalFields<'a>) -> Result<MessageId<'a>, LocalDecodeError> {
    let element = Element::MessageId;
    let text = fields
        .text(element)
        .ok_or(LocalDecodeError::Missing(element))?;
    MessageId::parse(text).ok_or(LocalDecodeError::Unusable(element))
}

fn application_id(fields: &LocalFields<'_>) -> Result<Option<ApplicationId>, LocalDecodeError> {
    let Some(text) = fields.text(Element::ApplicationId) else {
        return Ok(None);
    };
    let id = ApplicationId::parse(text);
    id.map(Some)
        .ok_or(LocalDecodeError::Unusable(Element::ApplicationId))
}

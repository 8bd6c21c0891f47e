//! MSGin5G-5 as standard L3 messages (TS 24.538 clause A.2; the frame is that of TS 24.007 clause 11.2).

use super::{
    ApplicationId, Delivery, Element, L3Codings, Layer2Id, LocalDecodeError, LocalEncodeError,
    LocalMessage, Registration, ReportDelivery, ReportSending, Sending, Target, TargetType,
};
use crate::message::{MessageId, Outcome};

mod read;
mod write;

use read::{Octets, Optional};
use write::Pen;

/// Addresses on L3 (table A.2.1.1-1: LV of 6 octets and more).
const ADDRESS: core::ops::RangeInclusive<usize> = 5..=255;
/// The longest message: all elements at their longest, with room for some that are not known.
const MAX_LEN: usize = 0x1_1000;

impl<'a> LocalMessage<'a> {
    /// Writes the message and tells its length in octets.
    ///
    /// # Errors
    /// [`LocalEncodeError::BufferTooSmall`] tells the size that is enough;
    /// [`LocalEncodeError::Unwritable`] names an element that L3 has no form for.
    pub fn encode_l3(
        &self,
        codings: &L3Codings,
        out: &mut [u8],
    ) -> Result<usize, LocalEncodeError> {
        let mut pen = Pen::new(out);
        match self {
            Self::Sending(sending) => {
                pen.octet(codings.message_sending);
                pen.lv(address(sending.target.address, Element::TargetAddress)?);
                pen.octets(&uuid(sending.message_id)?);
                pen.payload(sending.payload)?;
                pen.application_id(codings, sending.application_id);
                pen.half(STATUS_REQUIRED, sending.report_wanted.then_some(1));
                pen.half(TARGET_TYPE, sending.target.kind.map(type_value));
            }
            Self::ReportSending(report) => {
                pen.octet(codings.report_sending);
                pen.lv(address(report.target, Element::TargetAddress)?);
                pen.octets(&uuid(report.message_id)?);
                pen.octet(codings.status_value(report.status));
                pen.failure_cause(codings, report.failure_cause);
            }
            Self::Delivery(delivery) => {
                pen.octet(codings.message_delivery);
                pen.octets(&uuid(delivery.message_id)?);
                pen.payload(delivery.payload)?;
                let originator = address(delivery.originator, Element::OriginatorAddress)?;
                pen.tlv(codings.originator_address, originator);
                pen.application_id(codings, delivery.application_id);
                pen.half(STATUS_REQUIRED, delivery.report_wanted.then_some(1));
            }
            Self::ReportDelivery(report) => {
                pen.octet(codings.report_delivery);
                pen.octets(&uuid(report.message_id)?);
                pen.octet(codings.status_value(report.status));
                let originator = address(report.originator, Element::OriginatorAddress)?;
                pen.tlv(codings.originator_address, originator);
                pen.failure_cause(codings, report.failure_cause);
            }
            Self::Registration(registration) => {
                pen.octet(codings.registration);
                pen.registration(codings, *registration);
            }
            Self::Deregistration(registration) => {
                pen.octet(codings.deregistration);
                pen.registration(codings, *registration);
            }
        }
        pen.finish()
    }

    /// Reads a message. Optional elements that are not known are passed over, those that stand twice
    /// count once, and their order is free.
    ///
    /// # Errors
    /// [`LocalDecodeError`] names the element that is missing, cut off or unusable.
    pub fn decode_l3(octets: &'a [u8], codings: &L3Codings) -> Result<Self, LocalDecodeError> {
        if octets.len() > MAX_LEN {
            return Err(LocalDecodeError::TooLong { max: MAX_LEN });
        }
        let mut octets = Octets::new(octets);
        let kind = octets.octet(Element::MessageType)?;
        if kind == codings.message_sending {
            read_sending(octets, codings).map(Self::Sending)
        } else if kind == codings.report_sending {
            read_report_sending(octets, codings).map(Self::ReportSending)
        } else if kind == codings.message_delivery {
            read_delivery(octets, codings).map(Self::Delivery)
        } else if kind == codings.report_delivery {
            read_report_delivery(octets, codings).map(Self::ReportDelivery)
        } else if kind == codings.registration {
            read_registration(octets, codings).map(Self::Registration)
        } else if kind == codings.deregistration {
            read_registration(octets, codings).map(Self::Deregistration)
        } else {
            Err(LocalDecodeError::UnknownMessageType(kind))
        }
    }
}

/// IEIs of type 1 (table A.2.1.1-1).
const STATUS_REQUIRED: u8 = 0xb;
const TARGET_TYPE: u8 = 0xd;

/// Values of *Target Type*, in the order of TS 29.538's AddressType. UNCONFIRMED.
const TARGET_TYPES: [(u8, TargetType); 5] = [
    (1, TargetType::Ue),
    (2, TargetType::As),
    (3, TargetType::Group),
    (4, TargetType::BroadcastArea),
    (5, TargetType::Topic),
];

fn read_sending<'a>(
    mut octets: Octets<'a>,
    codings: &L3Codings,
) -> Result<Sending<'a>, LocalDecodeError> {
    let address = read_address(octets.lv(Element::TargetAddress)?, Element::TargetAddress)?;
    let message_id = octets.message_id()?;
    let payload = octets.payload()?;
    let optional = Optional::read(octets, codings)?;
    Ok(Sending {
        target: Target {
            address,
            kind: optional.target_type.map(target_type).transpose()?,
        },
        message_id,
        payload,
        application_id: optional.application_id.map(ApplicationId::new),
        report_wanted: optional.is_report_wanted()?,
    })
}

fn read_report_sending<'a>(
    mut octets: Octets<'a>,
    codings: &L3Codings,
) -> Result<ReportSending<'a>, LocalDecodeError> {
    Ok(ReportSending {
        target: read_address(octets.lv(Element::TargetAddress)?, Element::TargetAddress)?,
        message_id: octets.message_id()?,
        status: codings.status(octets.octet(Element::DeliveryStatus)?),
        failure_cause: Optional::read(octets, codings)?.failure_cause()?,
    })
}

fn read_delivery<'a>(
    mut octets: Octets<'a>,
    codings: &L3Codings,
) -> Result<Delivery<'a>, LocalDecodeError> {
    let message_id = octets.message_id()?;
    let payload = octets.payload()?;
    let optional = Optional::read(octets, codings)?;
    Ok(Delivery {
        originator: optional.originator()?,
        message_id,
        payload,
        application_id: optional.application_id.map(ApplicationId::new),
        report_wanted: optional.is_report_wanted()?,
    })
}

fn read_report_delivery<'a>(
    mut octets: Octets<'a>,
    codings: &L3Codings,
) -> Result<ReportDelivery<'a>, LocalDecodeError> {
    let message_id = octets.message_id()?;
    let status = codings.status(octets.octet(Element::DeliveryStatus)?);
    let optional = Optional::read(octets, codings)?;
    Ok(ReportDelivery {
        originator: optional.originator()?,
        message_id,
        status,
        failure_cause: optional.failure_cause()?,
    })
}

fn read_registration(
    mut octets: Octets<'_>,
    codings: &L3Codings,
) -> Result<Registration, LocalDecodeError> {
    let application_id = ApplicationId::new(octets.two(Element::ApplicationId)?);
    let optional = Optional::read(octets, codings)?;
    let layer2_id = match optional.layer2_id {
        None => None,
        Some(id) => {
            let id = id.try_into();
            Some(Layer2Id(
                id.map_err(|_| LocalDecodeError::Length(Element::Layer2Id))?,
            ))
        }
    };
    Ok(Registration {
        application_id,
        layer2_id,
    })
}

fn read_address(octets: &[u8], element: Element) -> Result<&str, LocalDecodeError> {
    if !ADDRESS.contains(&octets.len()) {
        return Err(LocalDecodeError::Length(element));
    }
    read_text(octets, element)
}

fn read_text(octets: &[u8], element: Element) -> Result<&str, LocalDecodeError> {
    core::str::from_utf8(octets).map_err(|_| LocalDecodeError::Unusable(element))
}

fn target_type(value: u8) -> Result<TargetType, LocalDecodeError> {
    let found = TARGET_TYPES.iter().find(|(number, _)| *number == value);
    found
        .map(|(_, kind)| *kind)
        .ok_or(LocalDecodeError::Unusable(Element::TargetType))
}

fn type_value(kind: TargetType) -> u8 {
    let found = TARGET_TYPES.iter().find(|(_, other)| *other == kind);
    found.map_or(0, |(number, _)| *number)
}

fn address(text: &str, element: Element) -> Result<&[u8], LocalEncodeError> {
    if ADDRESS.contains(&text.len()) {
        Ok(text.as_bytes())
    } else {
        Err(LocalEncodeError::Unwritable(element))
    }
}

fn uuid(id: MessageId<'_>) -> Result<[u8; 16], LocalEncodeError> {
    match id {
        MessageId::Uuid(uuid) => Ok(uuid),
        MessageId::Opaque(_) => Err(LocalEncodeError::Unwritable(Element::MessageId)),
    }
}

impl L3Codings {
    fn status(&self, octet: u8) -> Outcome<'static> {
        // The other half octet is spare.
        if octet & 15 == self.delivered & 15 {
            Outcome::Success
        } else {
            Outcome::Failure
        }
    }

    fn status_value(&self, status: Outcome<'_>) -> u8 {
        if status.is_success() {
            self.delivered & 15
        } else {
            self.not_delivered & 15
        }
    }
}

//! MSGin5G-5 on L3 and over CoAP (TS 24.538 Annex A): the examples, all that is written, all that is hostile.

mod hostile;
mod written;

use msgin5g::coap::{Code, OptionNumber, Outgoing, Token, datagram};
use msgin5g::gateway::{
    ApplicationId, Delivery, Element, L3Codings, Layer2Id, LocalDecodeError, LocalEncodeError,
    LocalMessage, Registration, ReportDelivery, ReportSending, Sending, Target, TargetType,
};
use msgin5g::message::{DecodeError, MessageId, Outcome};
use proptest::prelude::*;

const CODINGS: L3Codings = L3Codings::DEFAULT;

/// The Message IDs of the vectors differ in the last octet only.
fn id(last: u8) -> MessageId<'static> {
    MessageId::parse(&format!("3f0c1d52-7a44-4e0b-9c61-1f2a5b6c7d{last:02x}"))
        .map(|id| match id {
            MessageId::Uuid(uuid) => MessageId::Uuid(uuid),
            MessageId::Opaque(_) => unreachable!(),
        })
        .unwrap()
}

fn door_open() -> Sending<'static> {
    Sending {
        target: Target {
            address: "ue-0815@iot.example",
            kind: Some(TargetType::Ue),
        },
        message_id: id(1),
        payload: "door open",
        application_id: Some(ApplicationId::new(4660)),
        report_wanted: true,
    }
}

fn least() -> Sending<'static> {
    Sending {
        target: Target {
            kind: None,
            ..door_open().target
        },
        application_id: None,
        report_wanted: false,
        ..door_open()
    }
}

fn written(
    encode: impl Fn(&mut [u8]) -> Result<usize, LocalEncodeError>,
) -> Result<Vec<u8>, LocalEncodeError> {
    let needed = match encode(&mut []) {
        Err(LocalEncodeError::BufferTooSmall { needed }) => needed,
        Err(other) => return Err(other),
        Ok(len) => panic!("{len} octets in none"),
    };
    let mut octets = vec![0; needed];
    assert_eq!(
        encode(&mut octets[..needed - 1]),
        Err(LocalEncodeError::BufferTooSmall { needed })
    );
    assert_eq!(encode(&mut octets), Ok(needed));
    Ok(octets)
}

fn l3(message: &LocalMessage<'_>) -> Vec<u8> {
    written(|out| message.encode_l3(&CODINGS, out)).unwrap()
}

fn json(message: &LocalMessage<'_>) -> Vec<u8> {
    written(|out| message.encode_json(out)).unwrap()
}

/// One of each kind, as full as it can be.
fn each() -> Vec<LocalMessage<'static>> {
    let registration = Registration {
        application_id: ApplicationId::new(4660),
        layer2_id: Some(Layer2Id([0xa1, 0xb2, 0xc3])),
    };
    vec![
        LocalMessage::Sending(door_open()),
        LocalMessage::Sending(least()),
        LocalMessage::ReportSending(ReportSending {
            target: "as-meter@iot.example",
            message_id: id(7),
            status: Outcome::Failure,
            failure_cause: Some("no valve"),
        }),
        LocalMessage::Delivery(Delivery {
            originator: "as-meter@iot.example",
            message_id: id(7),
            payload: "SET interval=3600",
            application_id: Some(ApplicationId::new(4660)),
            report_wanted: true,
        }),
        LocalMessage::ReportDelivery(ReportDelivery {
            originator: "ue-0815@iot.example",
            message_id: id(1),
            status: Outcome::Success,
            failure_cause: None,
        }),
        LocalMessage::Registration(registration),
        LocalMessage::Deregistration(registration),
    ]
}

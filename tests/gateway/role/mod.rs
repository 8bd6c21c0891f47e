//! The gateway role (TS 23.554 clause 8.11): from a constrained UE to the network and back.

mod end_to_end;
mod exchanges;
mod refusals;

use crate::script;
use crate::ue::with_configured;
use crate::who::{METER, network};
use msgin5g::client::Event;
use msgin5g::coap::Code;
use msgin5g::gateway::{
    ApplicationId, Gateway, Layer2Id, Limits, Link, LocalMessage, Refusal, Registration,
    ReportSending, Sending, Target, TargetType, Upward,
};
use msgin5g::message::{
    AsServiceId, MessageId, Msg, Originator, Outcome, Recipient, Report, Segment, UeServiceId,
    cause,
};
use proptest::prelude::*;

const LOCK: Link = Link::Layer2(Layer2Id([0xa1, 0xb2, 0xc3]));

const LAMP: Link = Link::Other(7);

const CODINGS: msgin5g::gateway::L3Codings = msgin5g::gateway::L3Codings::DEFAULT;

fn us() -> UeServiceId<'static> {
    UeServiceId::new("gateway-1@iot.example").unwrap()
}

fn id(last: u8) -> MessageId<'static> {
    MessageId::Uuid([last; 16])
}

fn gateway() -> Gateway<'static, 3, 4> {
    let limits = Limits {
        applications_per_link: 2,
        exchanges_per_link: 3,
        exchange_lifetime_ms: 1000,
    };
    Gateway::new(us(), limits)
}

fn registration(number: u16) -> LocalMessage<'static> {
    LocalMessage::Registration(Registration {
        application_id: ApplicationId::new(number),
        layer2_id: None,
    })
}

fn deregistration(number: u16) -> LocalMessage<'static> {
    LocalMessage::Deregistration(Registration {
        application_id: ApplicationId::new(number),
        layer2_id: None,
    })
}

/// A gateway with the lock's application 1 and the lamp's application 2.
fn with_both() -> Gateway<'static, 3, 4> {
    let mut gateway = gateway();
    gateway.from_application(LOCK, &registration(1), 0).unwrap();
    gateway.from_application(LAMP, &registration(2), 0).unwrap();
    gateway
}

fn sending(last: u8) -> Sending<'static> {
    Sending {
        target: Target {
            address: "as-meter@iot.example",
            kind: Some(TargetType::As),
        },
        message_id: id(last),
        payload: "door open",
        application_id: Some(ApplicationId::new(1)),
        report_wanted: true,
    }
}

fn report_sending(last: u8) -> LocalMessage<'static> {
    LocalMessage::ReportSending(ReportSending {
        target: "as-meter@iot.example",
        message_id: id(last),
        status: Outcome::Failure,
        failure_cause: Some("jammed"),
    })
}

/// A message from an Application Server to the application with this ID.
fn msg(last: u8, application: Option<&'static str>) -> Msg<'static> {
    Msg {
        application_id: application,
        report_wanted: true,
        ..Msg::new(
            Originator::As(AsServiceId::new("as-meter@iot.example").unwrap()),
            Recipient::Ue(us()),
            id(last),
            "SET 1",
        )
    }
}

fn report(last: u8) -> Report<'static> {
    Report {
        originator: Originator::As(AsServiceId::new("as-meter@iot.example").unwrap()),
        recipient: Recipient::Ue(us()),
        message_id: id(last),
        status: Outcome::Success,
        failure_cause: None,
    }
}

fn refused<T: std::fmt::Debug>(result: Result<T, Refusal>) -> Refusal {
    result.unwrap_err()
}

//! The gateway role (TS 23.554 clause 8.11): from a constrained UE to the network and back.

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

#[test]
fn a_message_goes_up_under_the_gateways_name_and_its_report_comes_down_once() {
    let mut gateway = with_both();
    let message = LocalMessage::Sending(sending(1));
    let up = gateway.from_application(LOCK, &message, 0).unwrap();
    let Upward::Message(msg) = up else {
        panic!("{up:?}");
    };
    assert_eq!(msg.originator, Originator::Ue(us()));
    assert!(matches!(msg.recipient, Recipient::As(to) if to.as_str() == "as-meter@iot.example"));
    assert_eq!((msg.message_id, msg.payload), (id(1), "door open"));
    assert_eq!((msg.application_id, msg.report_wanted), (Some("1"), true));
    let (outgoing, uuid) = up.outgoing().unwrap();
    assert_eq!((outgoing.recipient, uuid), (msg.recipient, [1; 16]));
    assert_eq!(
        (outgoing.application_id, outgoing.payload),
        (Some("1"), "door open")
    );
    assert!(outgoing.report_wanted);

    // The UE did not hear the answer and asks again.
    assert_eq!(
        gateway.from_application(LOCK, &message, 1),
        Ok(Upward::Repeated)
    );
    // Another one must not get the report.
    assert_eq!(
        refused(gateway.from_application(LAMP, &message, 1)),
        Refusal::MessageIdTaken
    );

    let (link, down) = gateway.deliver_report(&report(1), 2).unwrap();
    assert_eq!(link, LOCK);
    let LocalMessage::ReportDelivery(down) = down else {
        panic!("{down:?}");
    };
    assert_eq!(
        (down.originator, down.message_id),
        ("as-meter@iot.example", id(1))
    );
    assert!(down.status.is_success());
    assert_eq!(
        refused(gateway.deliver_report(&report(1), 3)),
        Refusal::UnknownMessage
    );
    assert_eq!(gateway.exchanges(), 0);
}

#[test]
fn a_message_comes_down_to_its_application_and_the_report_goes_up_once() {
    let mut gateway = with_both();
    let (link, down) = gateway.deliver(&msg(9, Some("2")), None, 0).unwrap();
    assert_eq!(link, LAMP);
    let LocalMessage::Delivery(delivery) = down else {
        panic!("{down:?}");
    };
    assert_eq!(
        (delivery.originator, delivery.payload),
        ("as-meter@iot.example", "SET 1")
    );
    assert_eq!(delivery.application_id, Some(ApplicationId::new(2)));

    // Who did not get it does not report on it.
    assert_eq!(
        refused(gateway.from_application(LOCK, &report_sending(9), 1)),
        Refusal::UnknownMessage
    );
    let message = report_sending(9);
    let up = gateway.from_application(LAMP, &message, 1).unwrap();
    let Upward::Report { report, ticket } = up else {
        panic!("{up:?}");
    };
    assert_eq!(report.originator, Originator::Ue(us()));
    assert_eq!(report.recipient, msg(9, None).originator.as_recipient());
    assert_eq!(
        (report.message_id, report.status),
        (id(9), Outcome::Failure)
    );
    assert_eq!((report.failure_cause, ticket), (Some("jammed"), None));
    assert_eq!(
        refused(gateway.from_application(LAMP, &message, 2)),
        Refusal::UnknownMessage
    );
    // From a UE the report goes to a UE.
    let from_ue = Msg {
        originator: Originator::Ue(UeServiceId::new("as-meter@iot.example").unwrap()),
        ..msg(9, Some("2"))
    };
    gateway.deliver(&from_ue, None, 3).unwrap();
    let up = gateway.from_application(LAMP, &message, 4).unwrap();
    assert!(
        matches!(up, Upward::Report { report, .. } if matches!(report.recipient, Recipient::Ue(_)))
    );
}

/// The network gives the message back to the gateway that it came from.
#[test]
fn two_ues_behind_one_gateway_write_to_each_other() {
    let mut gateway = with_both();
    let message = LocalMessage::Sending(Sending {
        target: Target {
            address: us().as_str(),
            kind: Some(TargetType::Ue),
        },
        application_id: Some(ApplicationId::new(2)),
        ..sending(1)
    });
    let up = gateway.from_application(LOCK, &message, 0).unwrap();
    let Upward::Message(msg) = up else {
        panic!("{up:?}");
    };
    let (link, down) = gateway.deliver(&msg, None, 0).unwrap();
    assert_eq!(link, LAMP);
    assert!(matches!(down, LocalMessage::Delivery(_)));
    // The lamp's report goes up and comes down to the lock, each once.
    let reported = LocalMessage::ReportSending(ReportSending {
        target: us().as_str(),
        message_id: id(1),
        status: Outcome::Success,
        failure_cause: None,
    });
    assert_eq!(
        refused(gateway.from_application(LOCK, &reported, 0)),
        Refusal::UnknownMessage
    );
    let up = gateway.from_application(LAMP, &reported, 0).unwrap();
    let Upward::Report { report, .. } = up else {
        panic!("{up:?}");
    };
    let (link, _) = gateway.deliver_report(&report, 0).unwrap();
    assert_eq!((link, gateway.exchanges()), (LOCK, 0));
}

#[test]
fn what_could_not_be_sent_is_told_to_whoever_waits() {
    let mut gateway = with_both();
    let wanting = LocalMessage::Sending(sending(1));
    let indifferent = LocalMessage::Sending(Sending {
        report_wanted: false,
        ..sending(2)
    });
    gateway.from_application(LOCK, &wanting, 0).unwrap();
    gateway.from_application(LOCK, &indifferent, 0).unwrap();
    let (link, down) = gateway
        .deliver_failure(id(1), cause::RECIPIENT_NOT_REACHABLE)
        .unwrap();
    assert_eq!(link, LOCK);
    let LocalMessage::ReportDelivery(down) = down else {
        panic!("{down:?}");
    };
    assert_eq!(down.originator, us().as_str());
    assert_eq!(
        (down.status, down.failure_cause),
        (Outcome::Failure, Some(cause::RECIPIENT_NOT_REACHABLE))
    );
    for last in [1, 2] {
        assert_eq!(
            refused(gateway.deliver_failure(id(last), "")),
            Refusal::UnknownMessage
        );
    }
}

#[test]
fn only_who_is_registered_sends_and_is_reached() {
    let mut gateway = gateway();
    let message = LocalMessage::Sending(sending(1));
    assert_eq!(
        refused(gateway.from_application(LOCK, &message, 0)),
        Refusal::NotRegistered
    );
    assert_eq!(
        refused(gateway.deliver(&msg(1, None), None, 0)),
        Refusal::NoApplication
    );
    assert_eq!(
        gateway.from_application(LOCK, &registration(1), 0),
        Ok(Upward::Registered(ApplicationId::new(1)))
    );
    // Again is no harm; another's application is.
    assert!(gateway.from_application(LOCK, &registration(1), 0).is_ok());
    assert_eq!(gateway.applications(), 1);
    assert_eq!(
        refused(gateway.from_application(LAMP, &registration(1), 0)),
        Refusal::ApplicationTaken
    );
    assert_eq!(
        refused(gateway.from_application(LAMP, &deregistration(1), 0)),
        Refusal::NotRegistered
    );
    // The only one is meant when none is named.
    assert_eq!(gateway.deliver(&msg(1, None), None, 0).unwrap().0, LOCK);
    for other in [Some("2"), Some("metering"), Some("")] {
        assert_eq!(
            refused(gateway.deliver(&msg(2, other), None, 0)),
            Refusal::NoApplication
        );
    }
    gateway.from_application(LAMP, &registration(2), 0).unwrap();
    assert_eq!(
        refused(gateway.deliver(&msg(2, None), None, 0)),
        Refusal::NoApplication
    );
    assert_eq!(
        gateway.from_application(LAMP, &deregistration(2), 0),
        Ok(Upward::Deregistered(ApplicationId::new(2)))
    );
    assert_eq!(
        refused(gateway.deliver(&msg(2, Some("2")), None, 0)),
        Refusal::NoApplication
    );
}

#[test]
fn a_layer_2_id_is_that_of_the_link() {
    let named = |octets| {
        LocalMessage::Registration(Registration {
            application_id: ApplicationId::new(1),
            layer2_id: Some(Layer2Id(octets)),
        })
    };
    let mut gateway = gateway();
    assert_eq!(
        refused(gateway.from_application(LOCK, &named([1, 2, 3]), 0)),
        Refusal::OtherLink
    );
    assert!(
        gateway
            .from_application(LOCK, &named([0xa1, 0xb2, 0xc3]), 0)
            .is_ok()
    );
}

#[test]
fn what_cannot_be_done_is_refused_by_name() {
    let mut gateway = with_both();
    let mut refuse =
        |message: &LocalMessage<'_>| refused(gateway.from_application(LOCK, message, 0));
    let area = LocalMessage::Sending(Sending {
        target: Target {
            address: "cell-1",
            kind: Some(TargetType::BroadcastArea),
        },
        ..sending(1)
    });
    assert_eq!(refuse(&area), Refusal::Target);
    let long = "x".repeat(256);
    for address in ["", &long] {
        let nobody = LocalMessage::Sending(Sending {
            target: Target {
                address,
                kind: None,
            },
            ..sending(1)
        });
        assert_eq!(refuse(&nobody), Refusal::Target);
    }
    let opaque = LocalMessage::Sending(Sending {
        message_id: MessageId::Opaque("no. 7"),
        ..sending(1)
    });
    assert_eq!(refuse(&opaque), Refusal::MessageId);
    let mut gateway = with_both();
    let (_, down) = gateway.deliver(&msg(3, Some("1")), None, 0).unwrap();
    assert_eq!(
        refused(gateway.from_application(LOCK, &down, 0)),
        Refusal::Direction
    );
    // The same Message ID again, down and up.
    assert_eq!(
        refused(gateway.deliver(&msg(3, Some("1")), None, 0)),
        Refusal::MessageIdTaken
    );
    let up = LocalMessage::Sending(sending(3));
    assert_eq!(
        refused(gateway.from_application(LOCK, &up, 0)),
        Refusal::MessageIdTaken
    );
    let segment = Msg {
        segment: Some(Segment {
            set: "s",
            number: 1,
            total: Some(2),
            last: false,
        }),
        ..msg(4, Some("1"))
    };
    assert_eq!(
        refused(gateway.deliver(&segment, None, 0)),
        Refusal::Segment
    );
    // An ID that is no UUID passes down where no report has to be matched.
    let opaque = Msg {
        message_id: MessageId::Opaque("no. 7"),
        ..msg(4, Some("1"))
    };
    assert_eq!(
        refused(gateway.deliver(&opaque, None, 0)),
        Refusal::MessageId
    );
    let indifferent = Msg {
        report_wanted: false,
        ..opaque
    };
    assert!(gateway.deliver(&indifferent, None, 0).is_ok());
}

#[test]
fn memory_has_bounds_for_all_and_for_each_link() {
    let mut gateway = gateway();
    let mut register = |link, number| {
        gateway
            .from_application(link, &registration(number), 0)
            .map(drop)
    };
    assert_eq!(register(LOCK, 1), Ok(()));
    assert_eq!(register(LOCK, 2), Ok(()));
    assert_eq!(register(LOCK, 3), Err(Refusal::Full), "two for each link");
    assert_eq!(register(LAMP, 4), Ok(()));
    assert_eq!(
        register(Link::Other(8), 5),
        Err(Refusal::Full),
        "three in all"
    );

    let mut send = |link, last, now| {
        let message = LocalMessage::Sending(sending(last));
        gateway.from_application(link, &message, now).map(drop)
    };
    for last in 1..=3 {
        assert_eq!(send(LOCK, last, 0), Ok(()));
    }
    assert_eq!(send(LOCK, 4, 0), Err(Refusal::Full), "three for each link");
    assert_eq!(send(LAMP, 5, 500), Ok(()));
    assert_eq!(send(LAMP, 6, 999), Err(Refusal::Full), "four in all");
    // Reports that do not come are no longer waited for.
    assert_eq!(send(LOCK, 4, 1000), Ok(()));
    assert_eq!(gateway.exchanges(), 2);
    assert_eq!(
        refused(gateway.deliver_report(&report(1), 1000)),
        Refusal::UnknownMessage
    );
    assert_eq!(gateway.deliver_report(&report(5), 1499).unwrap().0, LAMP);

    gateway.forget(LOCK);
    assert_eq!((gateway.applications(), gateway.exchanges()), (1, 0));
}

/// The client holds a place for a report that the application gives; it must not hold it for ever.
#[test]
fn a_report_that_does_not_come_gives_its_ticket_back() {
    for is_forgotten in [false, true] {
        let mut memory = script::Bench::memory();
        let mut bench = script::Bench::by_application(&mut memory);
        bench.post(
            r#"{"Message Type":"MSG","Originating AS Service ID":"as-meter@iot.example",
                "Recipient UE Service ID":"ue-4711@iot.example","Application ID":"1",
                "Message ID":"09090909-0909-0909-0909-090909090909","Delivery status required":true}"#,
        );
        let mut gateway = with_both();
        let Some(Event::Message { msg, report }) = bench.client.poll_event(0) else {
            panic!("a message");
        };
        gateway.deliver(&msg, report, 0).unwrap();
        bench.sent(0);
        if is_forgotten {
            gateway.forget(LOCK);
        } else {
            assert_eq!(gateway.lapsed(999), None);
        }
        let now = if is_forgotten { 1 } else { 1000 };
        // The UE is too late.
        assert_eq!(
            refused(gateway.from_application(LOCK, &report_sending(9), now)),
            Refusal::UnknownMessage
        );
        assert_eq!(gateway.exchanges(), 1);
        let ticket = gateway.lapsed(now).expect("the ticket");
        assert_eq!((gateway.lapsed(now), gateway.exchanges()), (None, 0));
        let why = Some(cause::APPLICATION_NOT_AVAILABLE);
        bench.client.report(ticket, Outcome::Failure, why).unwrap();
        let told = bench.request(now);
        assert_eq!(told.json()["Delivery Status"], "failure");
        bench.answer(&told, Code::CHANGED, "");
        bench.events(now);
        assert!(bench.client.is_idle());
    }
}

#[test]
fn each_refusal_has_a_code_and_a_cause() {
    for (refusal, code, cause) in [
        (
            Refusal::NotRegistered,
            Code::FORBIDDEN,
            cause::APPLICATION_NOT_AVAILABLE,
        ),
        (
            Refusal::Full,
            Code::SERVICE_UNAVAILABLE,
            cause::RECIPIENT_NOT_REACHABLE,
        ),
        (
            Refusal::UnknownMessage,
            Code::NOT_FOUND,
            cause::MALFORMED_MESSAGE,
        ),
        (
            Refusal::NoApplication,
            Code::NOT_FOUND,
            cause::APPLICATION_NOT_AVAILABLE,
        ),
        (
            Refusal::Direction,
            Code::BAD_REQUEST,
            cause::MALFORMED_MESSAGE,
        ),
    ] {
        assert_eq!((refusal.code(), refusal.cause()), (code, cause));
        assert!(!refusal.to_string().is_empty());
    }
}

proptest! {
    /// Whatever the order: bounds hold, and no report is handed over that is not waited for.
    #[test]
    fn each_wanted_report_is_handed_over_once(steps in prop::collection::vec((0..6u8, 0..3u8, 0..5u8), 0..60)) {
        let mut gateway = with_both();
        let (mut up, mut down) = (Vec::new(), Vec::new());
        for (step, link, last) in steps {
            let link = [LOCK, LAMP, Link::Other(8)][usize::from(link)];
            match step {
                0 => {
                    let message = LocalMessage::Sending(sending(last));
                    if let Ok(Upward::Message(_)) = gateway.from_application(link, &message, 0) {
                        up.push((last, link));
                    }
                }
                1 => {
                    if let Ok((link, _)) = gateway.deliver(&msg(last, Some("1")), None, 0) {
                        down.push((last, link));
                    }
                }
                2 => {
                    let known = up.iter().position(|(sent, _)| *sent == last);
                    let delivered = gateway.deliver_report(&report(last), 0).map(|(link, _)| link);
                    prop_assert_eq!(delivered.ok(), known.map(|at| up.swap_remove(at).1));
                }
                3 => {
                    let known = down.iter().position(|entry| *entry == (last, link));
                    let message = report_sending(last);
                    let reported = gateway.from_application(link, &message, 0).is_ok();
                    prop_assert_eq!(reported, known.is_some());
                    known.map(|at| down.swap_remove(at));
                }
                4 => drop(gateway.from_application(link, &registration(last.into()), 0)),
                _ => drop(gateway.from_application(link, &deregistration(last.into()), 0)),
            }
            prop_assert_eq!(gateway.exchanges(), up.len() + down.len());
            prop_assert!(gateway.exchanges() <= 4 && gateway.applications() <= 3);
        }
    }
}

/// A constrained UE on L3, the gateway role, a client, TLS, and the reference network; and back.
#[test]
fn a_constrained_ue_and_the_network_talk_through_a_client() {
    use msgin5g::client::Reports;
    use msgin5g_testnet::EventKind;

    let network = network(msgin5g_testnet::Config {
        echo: vec!["echo-1@iot.example".to_owned()],
        ..msgin5g_testnet::Config::default()
    });
    let us = UeServiceId::new(METER.service_id).unwrap();
    let mut gateway: Gateway<'_, 2, 4> = Gateway::new(us, Limits::default());
    let written = |message: &LocalMessage<'_>| {
        let mut out = vec![0; 1024];
        let len = message.encode_l3(&CODINGS, &mut out).unwrap();
        out.truncate(len);
        out
    };
    // Octets of the lock, one message each.
    let registration = written(&registration(1));
    let message = written(&LocalMessage::Sending(Sending {
        target: Target {
            address: "echo-1@iot.example",
            kind: None,
        },
        ..sending(1)
    }));

    let by_application =
        |config: &mut msgin5g::client::Config<'_>| config.reports = Reports::ByApplication;
    with_configured(&network, METER, by_application, |meter| {
        let read = LocalMessage::decode_l3(&registration, &CODINGS).unwrap();
        gateway.from_application(LOCK, &read, 0).unwrap();
        let read = LocalMessage::decode_l3(&message, &CODINGS).unwrap();
        let up = gateway.from_application(LOCK, &read, 0).unwrap();
        let (outgoing, uuid) = up.outgoing().unwrap();
        meter.client.send_as(&outgoing, uuid).unwrap();

        // The report and the echo come in any order; both go to the lock.
        let (mut reported, mut echoed) = (None, None);
        while reported.is_none() || echoed.is_none() {
            meter.until(|event| {
                match event {
                    Event::Report(report) => {
                        let (link, down) = gateway.deliver_report(report, 0).unwrap();
                        assert_eq!(link, LOCK);
                        reported = Some(written(&down));
                    }
                    Event::Message { msg, report } => {
                        let (link, down) = gateway.deliver(msg, *report, 0).unwrap();
                        assert_eq!(link, LOCK);
                        echoed = Some(written(&down));
                    }
                    _ => return None,
                }
                Some(())
            });
        }
        let (reported, echoed) = (reported.unwrap(), echoed.unwrap());
        let Ok(LocalMessage::ReportDelivery(report)) = LocalMessage::decode_l3(&reported, &CODINGS)
        else {
            panic!("a report");
        };
        assert_eq!(
            (report.message_id, report.status),
            (id(1), Outcome::Success)
        );
        let Ok(LocalMessage::Delivery(echo)) = LocalMessage::decode_l3(&echoed, &CODINGS) else {
            panic!("a message");
        };
        assert_eq!(
            (echo.originator, echo.payload),
            ("echo-1@iot.example", "echo: door open")
        );
        assert!(echo.report_wanted);

        // The lock reports on the echo, and the network hears of it.
        let report = LocalMessage::ReportSending(ReportSending {
            target: echo.originator,
            message_id: echo.message_id,
            status: Outcome::Success,
            failure_cause: None,
        });
        let Ok(Upward::Report { report, ticket }) = gateway.from_application(LOCK, &report, 0)
        else {
            panic!("a report");
        };
        meter
            .client
            .report(ticket.unwrap(), report.status, report.failure_cause)
            .unwrap();
        meter.flush();
        network
            .wait_for(|event| matches!(&event.kind, EventKind::Report { from, .. } if from == METER.service_id))
            .expect("the lock's report");
    });
}

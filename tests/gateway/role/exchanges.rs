//! Messages and reports up and down, each to whom it belongs.

use super::*;

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

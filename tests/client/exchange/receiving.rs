//! Messages and reports of others: answered, reported, handed over.

use super::*;

#[test]
fn a_received_message_is_answered_reported_and_handed_over_once() {
    let mut memory = Bench::memory();
    let mut bench = Bench::registered(&mut memory);
    for round in 0..3 {
        let token = bench.post(&msg_to_us(7, "SET \\u0022x\\u0022", true));
        match bench.client.poll_event(0).expect("an event") {
            Event::Message { msg, report: None } if round == 0 => {
                assert_eq!(msg.payload, "SET \"x\"");
                assert!(msg.report_wanted);
            }
            Event::Duplicate if round > 0 => {}
            other => panic!("unexpected {other:?}"),
        }
        let sent = bench.sent(0);
        assert_eq!((sent[0].code, sent[0].token), (Code::CHANGED, token));
        if round == 0 {
            let report = sent[1].json();
            assert_eq!(report["Message Type"], "IMDN");
            assert_eq!(report["Message ID"], msg_id(7));
            assert_eq!(report["Delivery Status"], "success");
            assert_eq!(report["Recipient AS Service ID"], "as-meter@iot.example");
            // The answer to a report is nobody's business.
            let report = sent[1].clone();
            bench.answer(&report, Code::CHANGED, "");
            assert_eq!(bench.client.poll_event(0), None);
        } else {
            assert_eq!(sent.len(), 1, "one report for each message");
        }
    }
    assert_eq!(bench.client.pending(), 0);
}

#[test]
fn without_a_wish_there_is_no_report() {
    let mut memory = Bench::memory();
    let mut bench = Bench::registered(&mut memory);
    bench.post(&msg_to_us(1, "hello", false));
    assert!(matches!(
        bench.client.poll_event(0),
        Some(Event::Message { .. })
    ));
    assert_eq!(bench.sent(0).len(), 1);
}

#[test]
fn the_application_may_report_for_itself() {
    for (outcome, cause, words) in [
        (Outcome::Success, None, "success"),
        (Outcome::Failure, Some("valve \"3\" stuck"), "failure"),
    ] {
        let mut memory = Bench::memory();
        let mut bench = Bench::by_application(&mut memory);
        bench.post(&msg_to_us(1, "hello", true));
        let Some(Event::Message {
            report: Some(ticket),
            ..
        }) = bench.client.poll_event(0)
        else {
            panic!("a message with a ticket");
        };
        assert_eq!(bench.sent(0).len(), 1, "nothing by itself");
        assert_eq!(bench.client.next_deadline(), None);

        assert_eq!(bench.client.report(ticket, outcome, cause), Ok(()));
        let sent = bench.request(0).json();
        assert_eq!(sent["Delivery Status"], words);
        assert_eq!(sent["Message ID"], msg_id(1));
        assert_eq!(sent["Recipient AS Service ID"], "as-meter@iot.example");
        assert_eq!(sent["Failure Cause"].as_str(), cause);
        assert_eq!(
            bench.client.report(ticket, outcome, cause),
            Err(SendError::UnknownTicket),
            "one report only"
        );
    }
}

#[test]
fn a_report_that_does_not_fit_keeps_its_ticket() {
    let mut memory = Bench::memory();
    let mut bench = Bench::by_application(&mut memory);
    bench.post(&msg_to_us(1, "hello", true));
    let Some(Event::Message {
        report: Some(ticket),
        ..
    }) = bench.client.poll_event(0)
    else {
        panic!("a message with a ticket");
    };
    let long = "x".repeat(1000);
    let error = bench.client.report(ticket, Outcome::Failure, Some(&long));
    assert!(
        matches!(error, Err(SendError::TooLarge { .. })),
        "{error:?}"
    );
    assert_eq!(bench.client.report(ticket, Outcome::Failure, None), Ok(()));
    bench.sent(0);
}

#[test]
fn a_report_about_our_message_reaches_the_application() {
    let mut memory = Bench::memory();
    let mut bench = Bench::registered(&mut memory);
    bench.post(
        r#"{"Message Type":"IMDN","Originating UE Service ID":"ue-0815@iot.example",
            "Recipient UE Service ID":"ue-4711@iot.example",
            "Message ID":"3f0c1d52-7a44-4e0b-9c61-1f2a5b6c7d01","Delivery Status":"delivered"}"#,
    );
    match bench.client.poll_event(0) {
        Some(Event::Report(report)) => {
            assert_eq!(report.status, ReportStatus::Success);
            assert_eq!(
                report.message_id.to_string(),
                "3f0c1d52-7a44-4e0b-9c61-1f2a5b6c7d01"
            );
        }
        other => panic!("unexpected {other:?}"),
    }
    assert_eq!(bench.sent(0)[0].code, Code::CHANGED);
}

#[test]
fn what_is_no_message_is_refused_with_the_code_that_says_why() {
    let mut memory = Bench::memory();
    let mut bench = Bench::registered(&mut memory);
    let json = [50_u8];
    let good = msg_to_us(1, "x", false);
    type Case<'a> = (Code, &'a [(OptionNumber, &'a [u8])], &'a str, Code);
    let cases: [Case<'_>; 6] = [
        (Code::GET, &[], "", Code::METHOD_NOT_ALLOWED),
        (
            Code::POST,
            &[(OptionNumber::CONTENT_FORMAT, &[60])],
            &good,
            Code::UNSUPPORTED_CONTENT_FORMAT,
        ),
        (
            Code::POST,
            &[(OptionNumber::IF_MATCH, b"x")],
            &good,
            Code::BAD_OPTION,
        ),
        (
            Code::POST,
            &[(OptionNumber::CONTENT_FORMAT, &json)],
            "{\"Message Type\":",
            Code::BAD_REQUEST,
        ),
        (
            Code::POST,
            &[(OptionNumber::CONTENT_FORMAT, &json)],
            r#"{"Message Type":"NEW"}"#,
            Code::BAD_REQUEST,
        ),
        (
            Code::POST,
            &[(OptionNumber::CONTENT_FORMAT, &json)],
            "",
            Code::BAD_REQUEST,
        ),
    ];
    for (method, options, payload, expected) in cases {
        bench.frame(method, Token::from(9), options, payload.as_bytes());
        assert_eq!(
            bench.client.poll_event(0),
            Some(Event::Refused(expected)),
            "{payload}"
        );
        let sent = bench.sent(0);
        assert_eq!((sent[0].code, sent.len()), (expected, 1));
    }
}

#[test]
fn no_room_for_the_report_means_come_again() {
    let mut memory = Bench::memory();
    let mut bench = Bench::registered(&mut memory);
    for _ in 0..6 {
        bench.send("x", Priority::Middle);
    }
    let (_, taken, _) = bench.exchange(&msg_to_us(0, "hello", true), 0);
    assert_eq!(taken, Code::CHANGED, "the last slot is for its report");
    let (event, code, _) = bench.exchange(&msg_to_us(1, "hello", true), 0);
    assert_eq!(code, Code::SERVICE_UNAVAILABLE, "{event}");
    // Once there is room it is a message like any other, not a repetition.
    bench.client.connected();
    let reg = bench.request(0);
    bench.answer(&reg, Code::CREATED, "");
    bench.events(0);
    let report = bench.request(0);
    assert_eq!(report.json()["Message Type"], "IMDN");
    bench.answer(&report, Code::CHANGED, "");
    assert_eq!(bench.client.poll_event(0), None);
    bench.post(&msg_to_us(1, "hello", true));
    assert!(matches!(
        bench.client.poll_event(0),
        Some(Event::Message { .. })
    ));
}

//! The client as a state machine, against a scripted server and a clock that the test owns.

use crate::script::Bench;
use msgin5g::client::{
    Client, Event, Failure, IncomingSlot, OutboxSlot, OutgoingMessage, SendError,
};
use msgin5g::coap::{self, Code, OptionNumber, Token};
use msgin5g::message::{Outcome, Priority, Recipient, ReportStatus, UeServiceId};
use serde_json::{Value, json};

#[test]
fn the_first_frame_is_a_csm_that_says_what_fits() {
    let mut memory = Bench::memory();
    let mut bench = Bench::new(&mut memory);
    let frames = bench.sent(0);
    assert_eq!(frames.len(), 1);
    assert_eq!(frames[0].code, Code::CSM);
    assert_eq!(frames[0].uint_option(2), Some(Bench::RX as u32));
}

#[test]
fn a_registration_is_asked_for_and_granted() {
    let mut memory = Bench::memory();
    let mut bench = Bench::new(&mut memory);
    bench.client.register().unwrap();
    let reg = bench.request(0);
    assert_eq!(reg.path(), ["msgin5g"]);
    assert_eq!(reg.uint_option(12), Some(50));
    assert_eq!(reg.json()["Message Type"], "REG");
    assert_eq!(reg.json()["UE Service ID"], "ue-4711@iot.example");

    bench.answer(&reg, Code::CREATED, r#"{"Registration result":"success"}"#);
    assert_eq!(bench.client.poll_event(0), Some(Event::Registered));
    assert!(bench.client.is_registered());
    assert_eq!(bench.client.poll_event(0), None);
}

#[test]
fn a_refused_registration_tells_code_and_cause() {
    let mut memory = Bench::memory();
    let mut bench = Bench::new(&mut memory);
    bench.client.register().unwrap();
    let reg = bench.request(0);
    bench.answer(
        &reg,
        Code::FORBIDDEN,
        r#"{"Registration result":"failure","Failure Cause":"not \u0041ssociated"}"#,
    );
    assert_eq!(
        bench.client.poll_event(0),
        Some(Event::RegistrationFailed(Failure::Answered {
            code: Code::FORBIDDEN,
            cause: Some("not Associated"),
        }))
    );
    assert!(!bench.client.is_registered());
    // And may be asked for again.
    assert_eq!(bench.client.register(), Ok(()));
}

#[test]
fn a_success_code_with_a_failure_in_it_is_a_failure() {
    let mut memory = Bench::memory();
    let mut bench = Bench::new(&mut memory);
    bench.client.register().unwrap();
    let reg = bench.request(0);
    bench.answer(&reg, Code::CREATED, r#"{"registrationResult":"failure"}"#);
    assert!(matches!(
        bench.client.poll_event(0),
        Some(Event::RegistrationFailed(_))
    ));
}

#[test]
fn messages_wait_for_the_registration_and_leave_by_priority() {
    let mut memory = Bench::memory();
    let mut bench = Bench::new(&mut memory);
    bench.send("low", Priority::Low);
    bench.send("first", Priority::Middle);
    bench.send("second", Priority::Middle);
    bench.send("high", Priority::High);
    // Only the CSM leaves before the registration.
    assert_eq!(bench.sent(0).len(), 1);
    bench.register();
    let texts: Vec<Value> = bench
        .sent(0)
        .iter()
        .map(|frame| frame.json()["Payload"].clone())
        .collect();
    assert_eq!(texts, ["high", "first", "second", "low"]);
}

#[test]
fn an_accepted_message_leaves_the_outbox() {
    let mut memory = Bench::memory();
    let mut bench = Bench::registered(&mut memory);
    let id = bench.send("open", Priority::Middle);
    let msg = bench.request(0);
    assert_eq!(bench.client.pending(), 1);
    assert_eq!(msg.json()["Message ID"], id.to_string());
    assert_eq!(msg.json()["Store and forward flag"], false);
    bench.answer(&msg, Code::CHANGED, "");
    assert_eq!(
        bench.client.poll_event(0),
        Some(Event::Accepted { message_id: id })
    );
    assert_eq!(bench.client.pending(), 0);
}

#[test]
fn a_stored_message_is_told_apart_in_the_answer_and_by_itself() {
    let mut memory = Bench::memory();
    let mut bench = Bench::registered(&mut memory);
    let id = bench.send("later", Priority::Middle);
    let msg = bench.request(0);
    let stored = message_response(&id.to_string(), "stored", None);
    bench.answer(&msg, Code::CHANGED, &stored);
    assert_eq!(
        bench.client.poll_event(0),
        Some(Event::Stored { message_id: id })
    );
    // The server may say so again by a request of its own.
    bench.post(&stored);
    assert_eq!(
        bench.client.poll_event(0),
        Some(Event::Stored { message_id: id })
    );
    assert_eq!(bench.sent(0)[0].code, Code::CHANGED);
}

#[test]
fn an_undeliverable_message_tells_the_cause() {
    let mut memory = Bench::memory();
    let mut bench = Bench::registered(&mut memory);
    let id = bench.send("hello", Priority::Middle);
    let msg = bench.request(0);
    bench.answer(
        &msg,
        Code::CHANGED,
        &message_response(&id.to_string(), "failed", Some("recipient not registered")),
    );
    assert_eq!(
        bench.client.poll_event(0),
        Some(Event::Failed {
            message_id: id,
            failure: Failure::Undeliverable {
                cause: Some("recipient not registered")
            }
        })
    );
}

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
fn a_frame_over_the_receive_memory_is_refused_and_the_next_one_is_read() {
    let mut memory = Bench::memory();
    let mut bench = Bench::registered(&mut memory);
    let large = msg_to_us(1, &"x".repeat(3000), false);
    let mut octets = encoded(&large, 1);
    octets.extend(encoded(&msg_to_us(2, "small", false), 2));
    // The application polls whenever octets have come.
    let mut events = Vec::new();
    for chunk in octets.chunks(100) {
        bench.octets(chunk);
        while let Some(event) = bench.client.poll_event(0) {
            events.push(format!("{event:?}"));
        }
    }
    assert_eq!(events.len(), 2, "{events:?}");
    assert!(events[0].contains("Refused"), "{events:?}");
    assert!(events[1].contains("small"), "{events:?}");
    let codes: Vec<Code> = bench.sent(0).iter().map(|frame| frame.code).collect();
    assert_eq!(codes, [Code::REQUEST_ENTITY_TOO_LARGE, Code::CHANGED]);
}

#[test]
fn ping_pong_release_abort() {
    let mut memory = Bench::memory();
    let mut bench = Bench::registered(&mut memory);
    bench.frame(Code::PING, Token::from(77), &[], b"");
    assert_eq!(bench.client.poll_event(0), None);
    let sent = bench.sent(0);
    assert_eq!((sent[0].code, sent[0].token), (Code::PONG, Token::from(77)));

    bench.client.ping();
    let ping = bench.sent(0).remove(0);
    assert_eq!(ping.code, Code::PING);
    bench.frame(Code::PONG, ping.token, &[], b"");
    assert_eq!(bench.client.poll_event(0), Some(Event::Pong));

    bench.frame(
        Code::RELEASE,
        Token::EMPTY,
        &[(OptionNumber(4), &[30])],
        b"",
    );
    assert_eq!(
        bench.client.poll_event(0),
        Some(Event::Released { hold_off_s: 30 })
    );
    bench.frame(Code::ABORT, Token::EMPTY, &[], b"");
    assert_eq!(bench.client.poll_event(0), Some(Event::Aborted));

    bench.client.release();
    assert_eq!(bench.sent(0)[0].code, Code::RELEASE);
    assert!(bench.sent(0).is_empty(), "nothing after a release");
}

#[test]
fn octets_that_are_not_coap_end_the_session_and_lose_nothing() {
    let mut memory = Bench::memory();
    let mut bench = Bench::registered(&mut memory);
    let id = bench.send("keep me", Priority::Middle);
    bench.octets(&[0x0f, 0xff, 0xff]);
    assert!(matches!(
        bench.client.poll_event(0),
        Some(Event::Malformed(_))
    ));
    assert_eq!(bench.client.poll_event(0), None, "said once");
    assert_eq!(bench.sent(0)[0].code, Code::ABORT);
    assert!(bench.sent(0).is_empty(), "nothing after an abort");

    bench.client.connected();
    let reg = bench.request(0);
    assert_eq!(reg.json()["Message Type"], "REG", "registers again");
    bench.answer(&reg, Code::CREATED, "");
    assert_eq!(bench.client.poll_event(0), Some(Event::Registered));
    assert_eq!(bench.request(0).json()["Message ID"], id.to_string());
}

#[test]
fn a_request_without_answer_is_repeated_and_then_given_up() {
    let mut memory = Bench::memory();
    let mut bench = Bench::registered(&mut memory);
    let id = bench.send("anybody?", Priority::Middle);
    let mut now = 0;
    let mut attempts = 0;
    let mut tokens = Vec::new();
    let event = loop {
        for frame in bench.sent(now) {
            attempts += 1;
            assert_eq!(frame.json()["Message ID"], id.to_string());
            assert!(!tokens.contains(&frame.token), "a token of its own");
            tokens.push(frame.token);
        }
        let at = bench.client.next_deadline().expect("a deadline");
        assert!(at > now && at <= now + 93_000 + 3_600_000 * 3 / 2);
        assert_eq!(bench.client.poll_event(at - 1), None);
        now = at;
        if bench.client.has_event(now) {
            break bench.client.poll_event(now);
        }
    };
    assert_eq!(attempts, 5);
    assert_eq!(
        event,
        Some(Event::Failed {
            message_id: id,
            failure: Failure::NoAnswer
        })
    );
    assert_eq!(bench.client.next_deadline(), None);
}

#[test]
fn an_overloaded_server_is_given_the_time_it_asks_for() {
    let mut memory = Bench::memory();
    let mut bench = Bench::registered(&mut memory);
    bench.send("not now", Priority::Middle);
    let msg = bench.request(0);
    bench.frame(
        Code::SERVICE_UNAVAILABLE,
        msg.token,
        &[(OptionNumber::MAX_AGE, &[120])],
        b"",
    );
    assert_eq!(bench.client.poll_event(1_000), None);
    // Never earlier, and somewhat later: not every device at the same time.
    let at = bench.client.next_deadline().unwrap();
    assert!((121_000..181_000).contains(&at), "{at}");
    assert!(bench.sent(at - 1).is_empty());
    assert_eq!(bench.request(at).json()["Payload"], "not now");
}

#[test]
fn a_lost_registration_is_renewed_and_the_message_sent_again() {
    let mut memory = Bench::memory();
    let mut bench = Bench::registered(&mut memory);
    bench.send("again", Priority::Middle);
    let msg = bench.request(0);
    bench.answer(&msg, Code::UNAUTHORIZED, "");
    assert_eq!(bench.client.poll_event(0), Some(Event::RegistrationLost));
    let reg = bench.request(0);
    assert_eq!(reg.json()["Message Type"], "REG");
    bench.answer(&reg, Code::CREATED, "");
    assert_eq!(bench.client.poll_event(0), Some(Event::Registered));
    assert_eq!(bench.request(0).json()["Payload"], "again");
}

#[test]
fn a_full_outbox_says_so_and_keeps_what_it_has() {
    let mut memory = Bench::memory();
    let mut bench = Bench::registered(&mut memory);
    let to = Recipient::Ue(UeServiceId::new("ue-0815@iot.example").unwrap());
    let mut accepted = 0;
    let error = loop {
        match bench
            .client
            .send(&OutgoingMessage::text(to, "short"), &mut bench.rng)
        {
            Ok(_) => accepted += 1,
            Err(error) => break error,
        }
    };
    assert_eq!(error, SendError::OutboxFull);
    assert_eq!((accepted, bench.client.pending()), (6, 6));
    assert_eq!(bench.sent(0).len(), 6);

    let mut memory = Bench::memory();
    let mut bench = Bench::registered(&mut memory);
    let long = "x".repeat(660);
    bench.send(&long, Priority::Middle);
    bench.send(&long, Priority::Middle);
    let error = bench
        .client
        .send(&OutgoingMessage::text(to, &long), &mut bench.rng);
    assert!(
        matches!(error, Err(SendError::OutboxTooSmall { needed }) if needed > 700),
        "{error:?}"
    );
    let error = bench.client.send(
        &OutgoingMessage::text(to, &"x".repeat(1000)),
        &mut bench.rng,
    );
    assert!(
        matches!(error, Err(SendError::TooLarge { needed, limit }) if needed > limit && limit < 1024),
        "{error:?}"
    );
    assert_eq!(bench.client.pending(), 2);
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

#[test]
fn deregistration_waits_for_what_was_accepted() {
    let mut memory = Bench::memory();
    let mut bench = Bench::registered(&mut memory);
    bench.send("last words", Priority::Low);
    bench.client.deregister().unwrap();
    assert_eq!(bench.client.deregister(), Err(SendError::Busy));
    let msg = bench.request(0);
    assert_eq!(msg.json()["Message Type"], "MSG");
    bench.answer(&msg, Code::CHANGED, "");
    assert!(matches!(
        bench.client.poll_event(0),
        Some(Event::Accepted { .. })
    ));
    let dereg = bench.request(0);
    assert_eq!(dereg.json()["Message Type"], "DEREG");
    bench.answer(&dereg, Code::DELETED, "");
    assert_eq!(bench.client.poll_event(0), Some(Event::Deregistered));
    assert!(!bench.client.is_registered());
}

#[test]
fn a_server_that_takes_less_than_was_accepted_costs_that_message_only() {
    let mut memory = Bench::memory();
    let mut bench = Bench::new(&mut memory);
    let large = bench.send(&"x".repeat(400), Priority::Middle);
    let small = bench.send("x", Priority::Middle);
    bench.frame(
        Code::CSM,
        Token::EMPTY,
        &[(OptionNumber(2), &[0x02, 0x58])],
        b"",
    );
    assert!(!bench.client.has_event(0) || bench.client.pending() == 2);
    assert_eq!(
        bench.client.poll_event(0),
        Some(Event::Failed {
            message_id: large,
            failure: Failure::TooLarge { limit: 600 }
        })
    );
    bench.register();
    assert_eq!(bench.request(0).json()["Message ID"], small.to_string());
}

#[test]
fn every_cut_of_the_stream_gives_the_same_events() {
    let script = [
        encoded(&msg_to_us(1, "one", true), 1),
        encoded(r#"{"Message Type":"SEGREC"}"#, 2),
        encoded(&msg_to_us(2, "two", false), 3),
        encoded("no json", 4),
    ]
    .concat();
    let mut memory = Bench::memory();
    let whole = events(&mut Bench::registered(&mut memory), &script, script.len());
    assert_eq!(whole.len(), 4);
    for size in 1..40 {
        let mut memory = Bench::memory();
        let mut bench = Bench::registered(&mut memory);
        assert_eq!(events(&mut bench, &script, size), whole, "pieces of {size}");
    }
}

/// Plays octets in pieces, as a driver does, and tells all events.
fn events(bench: &mut Bench<'_>, octets: &[u8], size: usize) -> Vec<String> {
    let mut events = Vec::new();
    for piece in octets.chunks(size) {
        bench.octets(piece);
        while let Some(event) = bench.client.poll_event(0) {
            events.push(format!("{event:?}"));
        }
        bench.sent(0);
    }
    events
}

fn encoded(json: &str, token: u32) -> Vec<u8> {
    let frame = coap::Outgoing {
        code: Code::POST,
        token: Token::from(token),
        options: &[(OptionNumber::CONTENT_FORMAT, &[50])],
        payload: json.as_bytes(),
    };
    let mut octets = vec![0; 8192];
    let len = frame.encode_stream(&mut octets).unwrap();
    octets.truncate(len);
    octets
}

fn message_response(id: &str, status: &str, cause: Option<&str>) -> String {
    let mut response = json!({
        "MSGin5G service identifier": "MSGin5G",
        "Message Type": "MSGRESP",
        "Originating UE Service ID": "ue-4711@iot.example",
        "Message ID": id,
        "Delivery Status": status,
    });
    if let Some(cause) = cause {
        response["Failure Cause"] = cause.into();
    }
    response.to_string()
}

fn msg_id(number: u8) -> String {
    format!("3f0c1d52-7a44-4e0b-9c61-1f2a5b6c7d{number:02x}")
}

/// A message from an Application Server; `text` as it stands in JSON.
fn msg_to_us(number: u8, text: &str, report: bool) -> String {
    format!(
        r#"{{"MSGin5G service identifier":"MSGin5G","Message Type":"MSG",
            "Originating AS Service ID":"as-meter@iot.example",
            "Recipient UE Service ID":"ue-4711@iot.example","Message ID":"{}",
            "Delivery status required":{report},"Payload":"{text}"}}"#,
        msg_id(number)
    )
}

/// What a client needs besides the caller's buffers.
#[test]
fn the_state_of_a_client_is_small() {
    let (client, outgoing, incoming) = (
        size_of::<Client<'_>>(),
        size_of::<OutboxSlot>(),
        size_of::<IncomingSlot>(),
    );
    assert!(client < 9 * 256, "client {client}");
    assert!(
        outgoing <= 176 && incoming <= 112,
        "slots {outgoing} {incoming}"
    );
}

/// A deadline that has passed and can change nothing would keep the device awake.
#[test]
fn what_waits_for_a_registration_has_no_deadline() {
    let mut memory = Bench::memory();
    let mut bench = Bench::registered(&mut memory);
    bench.send("x", Priority::Middle);
    let sent = bench.request(0);
    bench.answer(&sent, Code::SERVICE_UNAVAILABLE, "");
    assert_eq!(bench.client.poll_event(0), None);
    let at = bench.client.next_deadline().unwrap();
    assert!((60_000..90_000).contains(&at), "{at}");
    bench.client.connected();
    assert_eq!(bench.request(50_000).json()["Message Type"], "REG");
    assert_eq!(bench.client.next_deadline(), Some(50_000 + 93_000));
    bench.client.disconnected();
    assert_eq!(bench.client.next_deadline(), None);
}

//! Messages of ours: when they go, and what becomes of them.

use super::*;

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

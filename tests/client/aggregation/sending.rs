//! What goes together, what alone, and what becomes of it.

use super::*;

// ---- sending ------------------------------------------------------------------------------

#[test]
fn messages_to_one_target_go_together_after_a_while() {
    let mut memory = Bench::memory();
    let mut bench = Bench::registered(&mut memory);
    let ids = [
        send(&mut bench, meter(), "t=21.5"),
        send(&mut bench, meter(), "h=40"),
    ];
    assert!(bench.sent(100).is_empty(), "they wait");
    assert_eq!(bench.client.next_deadline(), Some(100 + WAIT));
    let late = send(&mut bench, meter(), "p=1013");
    assert!(bench.sent(1_000).is_empty());
    assert_eq!(
        bench.client.next_deadline(),
        Some(100 + WAIT),
        "the first one tells the time"
    );
    let sent = bench.request(100 + WAIT);
    let json = sent.json();
    assert_eq!(json["Message Type"], "MSG");
    assert_eq!(json["Recipient AS Service ID"], "as-meter@iot.example");
    assert_eq!(json["Number of individual messages"], 3);
    assert_eq!(json["Payload"], Value::Null);
    let parts = parts(&sent);
    assert_eq!(parts[0]["Payload"], "t=21.5");
    assert_eq!(parts[1]["Message ID"], ids[1].to_string());
    assert!(
        !ids.iter().any(|id| json["Message ID"] == id.to_string()),
        "an ID of its own"
    );
    // One answer, an event for each.
    bench.answer(&sent, Code::CHANGED, "");
    for id in [ids[0], ids[1], late] {
        assert_eq!(
            bench.client.poll_event(3_000),
            Some(Event::Accepted { message_id: id })
        );
    }
    assert_eq!(bench.client.poll_event(3_000), None);
    assert!(bench.client.is_idle());
}

#[test]
fn one_that_stays_alone_goes_as_any_message() {
    let mut memory = Bench::memory();
    let mut bench = Bench::registered(&mut memory);
    let id = send(&mut bench, meter(), "t=21.5");
    assert!(bench.sent(0).is_empty());
    let sent = bench.request(WAIT);
    assert_eq!(sent.json()["Payload"], "t=21.5");
    assert_eq!(sent.json()["Message ID"], id.to_string());
}

#[test]
fn only_equals_go_together() {
    let mut memory = Bench::memory();
    let mut bench = Bench::registered(&mut memory);
    let pump = Recipient::Ue(UeServiceId::new("ue-0815@iot.example").unwrap());
    send(&mut bench, meter(), "a1");
    send(&mut bench, pump, "b1");
    let urgent = OutgoingMessage::text(meter(), "fire")
        .with_aggregation()
        .with_priority(Priority::High);
    bench.client.send(&urgent, &mut bench.rng).unwrap();
    let stored = OutgoingMessage::text(meter(), "keep")
        .with_aggregation()
        .with_storing(None);
    bench.client.send(&stored, &mut bench.rng).unwrap();
    send(&mut bench, pump, "b2");
    send(&mut bench, meter(), "a2");
    let now = bench.sent(0);
    assert_eq!(now.len(), 1, "High never waits");
    assert_eq!(now[0].json()["Payload"], "fire");
    let sent = bench.sent(WAIT);
    let payloads = |frame: &Frame| -> Vec<Value> {
        parts(frame)
            .iter()
            .map(|part| part["Payload"].clone())
            .collect()
    };
    assert_eq!(sent.len(), 3);
    assert_eq!(payloads(&sent[0]), ["a1", "a2"]);
    assert_eq!(payloads(&sent[1]), ["b1", "b2"]);
    assert_eq!(sent[2].json()["Payload"], "keep");
}

#[test]
fn enough_to_fill_a_segment_waits_no_longer() {
    let mut memory = Bench::memory();
    let mut bench = Bench::registered_with(&mut memory, |config| config.segment_size = 100);
    send(&mut bench, meter(), &"x".repeat(40));
    assert!(bench.sent(0).is_empty());
    send(&mut bench, meter(), &"y".repeat(40));
    assert_eq!(
        parts(&bench.request(0)).len(),
        2,
        "80 % of the segment size"
    );
}

#[test]
fn an_aggregate_is_never_larger_than_what_can_be_sent() {
    let mut memory = Bench::memory();
    let mut bench = Bench::registered(&mut memory);
    for _ in 0..6 {
        send(&mut bench, meter(), &"z".repeat(150));
    }
    bench.sent(0);
    let sent = bench.sent(WAIT);
    let all: usize = sent
        .iter()
        .map(
            |frame| match frame.json()["List of individual messages"].as_array() {
                Some(parts) => parts.len(),
                None => 1,
            },
        )
        .sum();
    assert_eq!(all, 6);
    assert!(sent.len() > 1, "transmit memory holds 1024 octets");
}

#[test]
fn what_the_server_says_of_an_aggregate_holds_for_each() {
    let mut memory = Bench::memory();
    let mut bench = Bench::registered(&mut memory);
    let ids = [
        send(&mut bench, meter(), "a"),
        send(&mut bench, meter(), "b"),
    ];
    bench.sent(0);
    let sent = bench.request(WAIT);
    let stored = json!({"Message Type": "MSGRESP", "Originating UE Service ID": "ue-4711@iot.example",
        "Message ID": sent.json()["Message ID"], "Delivery Status": "stored"});
    bench.answer(&sent, Code::CHANGED, &stored.to_string());
    for id in ids {
        assert_eq!(
            bench.client.poll_event(WAIT),
            Some(Event::Stored { message_id: id })
        );
    }
    let ids = [
        send(&mut bench, meter(), "a"),
        send(&mut bench, meter(), "b"),
    ];
    bench.sent(WAIT);
    let sent = bench.request(2 * WAIT);
    bench.answer(&sent, Code::FORBIDDEN, "");
    for id in ids {
        let failure = Failure::Answered {
            code: Code::FORBIDDEN,
            cause: None,
        };
        assert_eq!(
            bench.client.poll_event(WAIT),
            Some(Event::Failed {
                message_id: id,
                failure
            })
        );
    }
    assert!(bench.client.is_idle());
}

/// MSGRESP as a request of the server, before the answer and after it.
#[test]
fn a_message_response_to_an_aggregate_is_told_of_each_message() {
    let mut memory = Bench::memory();
    let mut bench = Bench::registered(&mut memory);
    let mut now = 0;
    let mut aggregate = |bench: &mut Bench<'_>| {
        let ids = ["a", "b", "c"].map(|text| send(bench, meter(), text));
        bench.sent(now);
        now += WAIT;
        let sent = bench.request(now);
        (ids, sent)
    };
    let response = |sent: &Frame, status: &str| {
        json!({"Message Type": "MSGRESP", "Originating UE Service ID": "ue-4711@iot.example",
            "Message ID": sent.json()["Message ID"], "Delivery Status": status})
        .to_string()
    };
    // The first one has been answered, the second one has not.
    let (first, to_first) = aggregate(&mut bench);
    bench.answer(&to_first, Code::CHANGED, "");
    for id in first {
        let accepted = Some(Event::Accepted { message_id: id });
        assert_eq!(bench.client.poll_event(WAIT), accepted);
    }
    let (second, to_second) = aggregate(&mut bench);
    for (sent, ids) in [(&to_second, second), (&to_first, first)] {
        bench.post(&response(sent, "stored"));
        for id in ids {
            let stored = Some(Event::Stored { message_id: id });
            assert!(bench.client.has_event(2 * WAIT));
            assert_eq!(bench.client.poll_event(2 * WAIT), stored);
        }
        assert_eq!(bench.client.poll_event(2 * WAIT), None);
    }
    assert!(bench.client.is_idle());
    // The answer to the second one says nothing more, and the server may think again.
    bench.answer(&to_second, Code::CHANGED, "");
    assert_eq!(bench.client.poll_event(2 * WAIT), None);
    bench.post(&response(&to_second, "failed"));
    for id in second {
        let failure = Failure::Undeliverable { cause: None };
        let failed = Some(Event::Failed {
            message_id: id,
            failure,
        });
        assert_eq!(bench.client.poll_event(2 * WAIT), failed);
    }
    // Failed at once, it is not remembered.
    let (third, to_third) = aggregate(&mut bench);
    bench.post(&response(&to_third, "failed"));
    assert_eq!(bench.events(3 * WAIT).len(), third.len());
    assert_eq!(bench.client.pending(), 0);
}

/// About a message that is not the first of those that go together, before their answer.
#[test]
fn a_message_response_to_one_of_several_leaves_the_others_waiting() {
    let mut memory = Bench::memory();
    let mut bench = Bench::registered(&mut memory);
    let ids = ["a", "b", "c"].map(|text| send(&mut bench, meter(), text));
    bench.sent(0);
    let sent = bench.request(WAIT);
    for id in [ids[1], ids[0]] {
        let response = json!({"Message Type": "MSGRESP", "Message ID": id.to_string(),
            "Originating UE Service ID": "ue-4711@iot.example", "Delivery Status": "failed"});
        bench.post(&response.to_string());
        let event = bench.client.poll_event(WAIT);
        assert!(
            matches!(event, Some(Event::Failed { message_id, .. }) if message_id == id),
            "{event:?}"
        );
        assert_eq!(bench.client.poll_event(WAIT), None);
    }
    assert!(bench.client.awaits_answer());
    bench.answer(&sent, Code::CHANGED, "");
    let accepted = Event::Accepted { message_id: ids[2] };
    assert_eq!(bench.client.poll_event(WAIT), Some(accepted));
    assert!(bench.client.is_idle());
}

#[test]
fn an_aggregate_too_large_for_the_server_is_undone() {
    let mut memory = Bench::memory();
    let mut bench = Bench::registered(&mut memory);
    send(&mut bench, meter(), "a");
    send(&mut bench, meter(), "b");
    bench.sent(0);
    let sent = bench.request(WAIT);
    bench.answer(&sent, Code::REQUEST_ENTITY_TOO_LARGE, "");
    assert!(bench.event(WAIT).starts_with("Retried"));
    let alone = bench.sent(WAIT);
    let texts: Vec<Value> = alone
        .iter()
        .map(|frame| frame.json()["Payload"].clone())
        .collect();
    assert_eq!(texts, ["a", "b"]);
}

/// Found by fuzzing: cut into segments, they were bound together still, and one of them never went.
#[test]
fn those_that_go_in_segments_go_alone() {
    let mut memory = Bench::memory();
    let mut bench = Bench::registered(&mut memory);
    for text in ["a", "b"] {
        let text = text.repeat(200);
        let message = OutgoingMessage::text(meter(), &text)
            .with_aggregation()
            .with_segments();
        bench.client.send(&message, &mut bench.rng).unwrap();
    }
    let smaller = [(OptionNumber(2), &[0x01, 0x90][..])];
    bench.frame(Code::CSM, Token::EMPTY, &smaller, b"");
    bench.events(0);
    // The next session would take both together.
    bench.client.connected();
    let again = bench.request(0);
    bench.answer(&again, Code::CREATED, "");
    bench.events(0);
    let mut texts = String::new();
    for round in 1..20 {
        for segment in bench.sent(round * WAIT) {
            texts += segment.json()["Payload"].as_str().unwrap();
            bench.answer(&segment, Code::CHANGED, "");
            bench.events(round * WAIT);
        }
    }
    assert_eq!(bench.client.pending(), 0);
    for text in ["a", "b"] {
        assert_eq!(texts.matches(text).count(), 200);
    }
}

#[test]
fn an_aggregate_without_answer_is_repeated_as_it_was_and_given_up() {
    let mut memory = Bench::memory();
    let mut bench = Bench::registered_with(&mut memory, |config| config.max_attempts = 2);
    let ids = [
        send(&mut bench, meter(), "a"),
        send(&mut bench, meter(), "b"),
    ];
    bench.sent(0);
    let first = bench.request(WAIT);
    // A lost session changes nothing.
    bench.client.connected();
    let reg = bench.request(WAIT);
    bench.answer(&reg, Code::CREATED, "");
    bench.events(WAIT);
    assert_eq!(bench.request(WAIT).payload, first.payload);
    let mut failed = Vec::new();
    while let Some(now) = bench.client.next_deadline() {
        for frame in bench.sent(now) {
            assert_eq!(frame.payload, first.payload);
        }
        while let Some(event) = bench.client.poll_event(now) {
            match event {
                Event::Failed {
                    message_id,
                    failure: Failure::NoAnswer,
                } => failed.push(message_id),
                other => panic!("unexpected {other:?}"),
            }
        }
    }
    assert_eq!(failed, ids);
}

#[test]
fn deregistration_does_not_wait_for_company() {
    let mut memory = Bench::memory();
    let mut bench = Bench::registered(&mut memory);
    send(&mut bench, meter(), "a");
    assert!(bench.sent(0).is_empty());
    bench.client.deregister().unwrap();
    assert_eq!(bench.request(0).json()["Payload"], "a");
}

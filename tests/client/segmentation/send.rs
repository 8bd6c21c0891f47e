//! Sending messages in segments, against a scripted server and a clock that the test owns.

use crate::script::{Bench, Frame};
use crate::segments::*;
use msgin5g::client::{Event, OutgoingMessage, SendError};
use msgin5g::coap::Code;
use serde_json::{Value, json};

#[test]
fn a_message_that_fits_goes_whole() {
    let mut memory = Bench::memory();
    let mut bench = Bench::registered_with(&mut memory, small);
    send(&mut bench, &"x".repeat(64));
    let (frames, events) = run(&mut bench, 0);
    assert_eq!(frames.len(), 1);
    assert_eq!(frames[0].json()["Message is segmented"], Value::Null);
    assert!(events[0].starts_with("Accepted"), "{events:?}");
    assert!(bench.client.is_idle());
}

#[test]
fn a_long_message_goes_in_segments_as_the_table_says() {
    let mut memory = Bench::memory();
    let mut bench = Bench::registered_with(&mut memory, small);
    let text = "0123456789".repeat(20);
    let id = send(&mut bench, &text);
    let (frames, events) = run(&mut bench, 0);
    assert_eq!(numbers(&frames), [1, 2, 3, 4]);
    assert_eq!(joined(&frames), text);
    let sizes: Vec<usize> = frames
        .iter()
        .map(|frame| frame.json()["Payload"].as_str().unwrap().len())
        .collect();
    assert_eq!(sizes, [64, 64, 64, 8]);
    for (at, frame) in frames.iter().enumerate() {
        let json = frame.json();
        let (first, last) = (at == 0, at == 3);
        assert_eq!(json["Message ID"], id.to_string());
        assert_eq!(json["Recipient UE Service ID"], "ue-0815@iot.example");
        assert_eq!(json["Segmentation Set Identifier"], id.to_string());
        assert_eq!(json["Message is segmented"], true);
        assert_eq!(
            json["Total number of message segments"],
            if first { json!(4) } else { Value::Null }
        );
        assert_eq!(
            json["Delivery status required"],
            if first { json!(true) } else { Value::Null }
        );
        assert_eq!(
            json["Store and forward flag"],
            if first { json!(false) } else { Value::Null }
        );
        assert_eq!(
            json["Last segment flag"],
            if last { json!(true) } else { Value::Null }
        );
    }
    let words: Vec<&str> = events
        .iter()
        .map(|event| event.split(' ').next().unwrap())
        .collect();
    assert_eq!(words, ["Progress", "Progress", "Progress", "Accepted"]);
    assert!(events[1].contains("sent: 2, total: 4"), "{events:?}");
    assert_eq!(bench.client.pending(), 0);
    assert!(!bench.client.is_idle(), "kept for a SEGREC");
}

#[test]
fn one_segment_is_on_its_way_at_a_time() {
    let mut memory = Bench::memory();
    let mut bench = Bench::registered_with(&mut memory, small);
    send(&mut bench, &"x".repeat(200));
    assert_eq!(numbers(&bench.sent(0)), [1]);
    assert!(bench.sent(1000).is_empty());
}

#[test]
fn a_long_message_is_refused_when_segments_are_not_allowed() {
    let mut memory = Bench::memory();
    let mut bench = Bench::registered(&mut memory);
    let text = "x".repeat(1000);
    let error = bench
        .client
        .send(&OutgoingMessage::text(to_pump(), &text), &mut bench.rng);
    assert!(
        matches!(error, Err(SendError::TooLarge { .. })),
        "{error:?}"
    );
    send(&mut bench, &text);
    assert!(
        run(&mut bench, 0).0.len() > 1,
        "what fits the transmit memory"
    );
}

#[test]
fn no_character_is_cut() {
    let text = "Zähler €uro 😀😀😀 grün ".repeat(30);
    let mut memory = Bench::memory();
    let mut bench = Bench::registered_with(&mut memory, small);
    send(&mut bench, &text);
    let (frames, _) = run(&mut bench, 0);
    assert_eq!(joined(&frames), text);
    for frame in &frames {
        assert!(frame.json()["Payload"].as_str().unwrap().len() <= 64);
    }
}

#[test]
fn characters_that_json_writes_longer_make_smaller_segments() {
    let text = "\u{1}\u{2}\"\\".repeat(300);
    let mut memory = Bench::memory();
    let mut bench = Bench::registered(&mut memory);
    send(&mut bench, &text);
    let (frames, events) = run(&mut bench, 0);
    assert_eq!(joined(&frames), text);
    assert!(events.last().unwrap().starts_with("Accepted"), "{events:?}");
}

#[test]
fn segments_that_are_missed_go_again_and_no_others() {
    let mut memory = Bench::memory();
    let mut bench = Bench::registered_with(&mut memory, small);
    let id = send(&mut bench, &"y".repeat(640));
    let (frames, _) = run(&mut bench, 0);
    let recovery = segrec(
        &id.to_string(),
        r#"[{"start":2,"end":3},{"start":9,"end":99}]"#,
    );
    let (event, code, sent) = bench.exchange(&recovery, 1000);
    assert!(event.contains("count: 4"), "{event}");
    assert_eq!(code, Code::CHANGED);
    bench.answer(&sent[0], Code::CHANGED, "");
    assert_eq!(bench.client.poll_event(1000), None);
    let (mut again, events) = run(&mut bench, 1000);
    again.insert(0, sent[0].clone());
    assert_eq!(numbers(&again), [2, 3, 9, 10]);
    assert!(events.is_empty(), "told before: {events:?}");
    for frame in &again {
        let first = &frames[number(frame) as usize - 1];
        assert_eq!(first.payload, frame.payload, "the same segment");
        assert_ne!(first.token, frame.token, "another request");
    }
    // Kept from here on anew.
    assert_eq!(bench.client.next_deadline(), Some(1000 + KEEP));
}

/// Whoever asks for segments has those that he does not ask for, and is there to take them.
#[test]
fn a_segrec_ends_every_pause() {
    let mut memory = Bench::memory();
    let mut bench = Bench::registered_with(&mut memory, small);
    let id = send(&mut bench, &"y".repeat(200));
    let first = bench.request(0);
    let recovery = segrec(&id.to_string(), r#"[{"start":2,"end":3}]"#);
    let (_, _, sent) = bench.exchange(&recovery, 0);
    assert_eq!(numbers(&sent), [2], "segment 1 has arrived");
    bench.answer(&first, Code::CHANGED, "");
    assert_eq!(bench.client.poll_event(0), None);
    // The answer to segment 2 is lost, and nothing but the pause is in the way.
    let late = 93_000;
    assert_eq!(bench.client.poll_event(late), None);
    assert!(bench.sent(late).is_empty());
    let recovery = segrec(&id.to_string(), r#"[{"start":2,"end":2}]"#);
    let (_, _, sent) = bench.exchange(&recovery, late);
    assert_eq!(numbers(&sent), [2]);
}

/// A recipient that asks without end has the message sent without end, and no de-registration.
#[test]
fn segrecs_without_end_come_to_an_end() {
    let mut memory = Bench::memory();
    let mut bench = Bench::registered_with(&mut memory, small);
    let id = send(&mut bench, &"y".repeat(200));
    run(&mut bench, 0);
    let recovery = segrec(&id.to_string(), r#"[{"start":1,"end":1}]"#);
    let mut obeyed = 0;
    let mut now = 0;
    loop {
        now += KEEP - 1;
        let (_, code, sent) = bench.exchange(&recovery, now);
        if code == Code::NOT_FOUND {
            break;
        }
        bench.answer(&sent[0], Code::CHANGED, "");
        assert_eq!(bench.client.poll_event(now), None);
        obeyed += 1;
        assert!(obeyed <= 100, "without end");
    }
    assert_eq!(obeyed, 100);
    assert!(matches!(
        bench.client.poll_event(now + KEEP),
        Some(Event::SegmentsReleased { .. })
    ));
}

#[test]
fn who_is_leaving_sends_no_segment_again() {
    let mut memory = Bench::memory();
    let mut bench = Bench::registered_with(&mut memory, small);
    let id = send(&mut bench, &"y".repeat(200));
    run(&mut bench, 0);
    bench.client.deregister().unwrap();
    let recovery = segrec(&id.to_string(), r#"[{"start":1,"end":1}]"#);
    let (_, code, sent) = bench.exchange(&recovery, 0);
    assert_eq!(code, Code::NOT_FOUND);
    assert_eq!(sent[0].json()["Message Type"], "DEREG");
}

#[test]
fn a_segrec_that_names_nothing_is_refused() {
    let mut memory = Bench::memory();
    let mut bench = Bench::registered_with(&mut memory, small);
    let id = send(&mut bench, &"y".repeat(200));
    run(&mut bench, 0);
    let unknown = segrec("seg-77", r#"[{"start":1,"end":1}]"#);
    assert_eq!(bench.exchange(&unknown, 0).1, Code::NOT_FOUND);
    let beyond = segrec(&id.to_string(), r#"[{"start":5,"end":9}]"#);
    assert_eq!(bench.exchange(&beyond, 0).1, Code::BAD_REQUEST);
    let none = segrec(&id.to_string(), "[]");
    assert_eq!(bench.exchange(&none, 0).1, Code::BAD_REQUEST);
    assert!(bench.sent(0).is_empty());
}

#[test]
fn segments_are_kept_until_they_are_confirmed_or_the_time_is_over() {
    let mut memory = Bench::memory();
    let mut bench = Bench::registered_with(&mut memory, small);
    let id = send(&mut bench, &"y".repeat(200));
    run(&mut bench, 0);
    let (event, code, _) = bench.exchange(&segconfir(&id.to_string(), "success"), 500);
    assert_eq!(code, Code::CHANGED);
    assert!(
        event.contains("SegmentsReleased") && event.contains("confirmed: true"),
        "{event}"
    );
    assert!(bench.client.is_idle());
    assert_eq!(
        bench
            .exchange(&segconfir(&id.to_string(), "success"), 500)
            .1,
        Code::NOT_FOUND
    );

    let id = send(&mut bench, &"y".repeat(200));
    run(&mut bench, 0);
    assert_eq!(bench.client.next_deadline(), Some(KEEP));
    assert_eq!(bench.client.poll_event(KEEP - 1), None);
    assert_eq!(
        bench.client.poll_event(KEEP),
        Some(Event::SegmentsReleased {
            message_id: id,
            confirmed: false
        })
    );
    assert!(bench.client.is_idle());
    let late = segrec(&id.to_string(), r#"[{"start":1,"end":1}]"#);
    assert_eq!(bench.exchange(&late, KEEP).1, Code::NOT_FOUND);
}

/// MSGRESP as a request of the server, before it has all segments.
#[test]
fn a_message_that_has_failed_goes_no_further() {
    let mut memory = Bench::memory();
    let mut bench = Bench::registered_with(&mut memory, small);
    let id = send(&mut bench, &"y".repeat(200));
    let first = bench.request(0);
    bench.answer(&first, Code::CHANGED, "");
    bench.events(0);
    let second = bench.request(0);
    let (event, code, sent) = bench.exchange(
        &json!({"Message Type": "MSGRESP", "Originating UE Service ID": "ue-4711@iot.example",
            "Message ID": id.to_string(), "Delivery Status": "failed"})
        .to_string(),
        0,
    );
    assert!(event.starts_with("Failed"), "{event}");
    assert_eq!((code, sent.len()), (Code::CHANGED, 0));
    bench.answer(&second, Code::CHANGED, "");
    assert_eq!(bench.client.poll_event(0), None);
    assert!(bench.sent(0).is_empty() && bench.client.is_idle());
}

#[test]
fn a_confirmation_may_overtake_the_last_answer() {
    let mut memory = Bench::memory();
    let mut bench = Bench::registered_with(&mut memory, small);
    let id = send(&mut bench, &"y".repeat(100));
    let first = bench.request(0);
    bench.answer(&first, Code::CHANGED, "");
    bench.events(0);
    let last = bench.request(0);
    let (event, ..) = bench.exchange(&segconfir(&id.to_string(), "success"), 0);
    assert!(event.starts_with("Accepted"), "{event}");
    assert!(bench.event(0).starts_with("SegmentsReleased"));
    bench.answer(&last, Code::CHANGED, "");
    assert_eq!(bench.client.poll_event(0), None);
    assert!(bench.client.is_idle());
}

#[test]
fn a_lost_session_costs_one_repetition() {
    let mut memory = Bench::memory();
    let mut bench = Bench::registered_with(&mut memory, small);
    let text = "0123456789".repeat(20);
    send(&mut bench, &text);
    let first = bench.request(0);
    bench.answer(&first, Code::CHANGED, "");
    bench.events(0);
    assert_eq!(number(&bench.request(0)), 2);
    bench.client.connected();
    let reg = bench.request(0);
    bench.answer(&reg, Code::CREATED, "");
    bench.events(0);
    let (frames, events) = run(&mut bench, 0);
    assert_eq!(numbers(&frames), [2, 3, 4]);
    assert!(events.last().unwrap().starts_with("Accepted"));
}

#[test]
fn a_server_that_takes_less_gets_smaller_segments_of_another_set() {
    let mut memory = Bench::memory();
    let mut bench = Bench::registered_with(&mut memory, |config| config.segment_size = 400);
    let text = "0123456789".repeat(60);
    send(&mut bench, &text);
    let first = bench.request(0);
    bench.answer(&first, Code::REQUEST_ENTITY_TOO_LARGE, "");
    assert!(bench.event(0).starts_with("Retried"));
    let (frames, _) = run(&mut bench, 0);
    assert_eq!(joined(&frames), text);
    let set = |frame: &Frame| frame.json()["Segmentation Set Identifier"].clone();
    assert_ne!(set(&first), set(&frames[0]));
    assert!(frames.iter().all(|frame| set(frame) == set(&frames[0])));
    assert!(frames[0].json()["Payload"].as_str().unwrap().len() <= 200);
}

#[test]
fn a_whole_message_too_large_for_the_server_goes_in_segments() {
    let mut memory = Bench::memory();
    let mut bench = Bench::registered(&mut memory);
    let text = "0123456789".repeat(40);
    send(&mut bench, &text);
    let whole = bench.request(0);
    bench.answer(&whole, Code::REQUEST_ENTITY_TOO_LARGE, "");
    assert!(bench.event(0).starts_with("Retried"));
    assert_eq!(joined(&run(&mut bench, 0).0), text);
    // And is lost only when that does not help either.
    send(&mut bench, &text);
    let mut event = String::new();
    for _ in 0..10 {
        for frame in bench.sent(0) {
            bench.answer(&frame, Code::REQUEST_ENTITY_TOO_LARGE, "");
            event = bench.event(0);
        }
    }
    assert!(
        event.starts_with("Failed") && event.contains("Answered"),
        "{event}"
    );
}

#[test]
fn a_refused_segment_fails_the_message() {
    let mut memory = Bench::memory();
    let mut bench = Bench::registered_with(&mut memory, small);
    send(&mut bench, &"y".repeat(200));
    let first = bench.request(0);
    bench.answer(&first, Code::FORBIDDEN, "");
    assert!(bench.event(0).starts_with("Failed"));
    assert!(bench.client.is_idle());
    assert!(bench.sent(0).is_empty());
}

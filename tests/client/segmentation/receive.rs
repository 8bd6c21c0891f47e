//! Receiving messages in segments: order, recovery, confirmation, report.

use crate::script::Bench;
use crate::segments::*;
use msgin5g::client::Event;
use msgin5g::coap::Code;
use msgin5g::message::Outcome;
use serde_json::json;

#[test]
fn segments_make_one_message_whatever_their_order() {
    for order in [
        [1, 2, 3],
        [1, 3, 2],
        [2, 1, 3],
        [2, 3, 1],
        [3, 1, 2],
        [3, 2, 1],
    ] {
        let mut memory = Bench::memory();
        let mut bench = Bench::registered(&mut memory);
        for (at, number) in order.into_iter().enumerate() {
            let json = match number {
                1 => segment("seg-77", 1, "The quick ", &total(3)),
                2 => segment("seg-77", 2, "br\\u00f6wn ", ""),
                _ => segment("seg-77", 3, "fox", LAST),
            };
            let (event, code, sent) = bench.exchange(&json, 0);
            assert_eq!(code, Code::CHANGED);
            if at < 2 {
                assert!(
                    event.starts_with("Segment")
                        && event.contains(&format!("received: {}", at + 1)),
                    "{event}"
                );
                // Again: answered, and otherwise nothing.
                assert_eq!(bench.exchange(&json, 0).0, "Duplicate");
                assert!(sent.is_empty());
            } else {
                assert!(
                    event.contains("payload: \"The quick bröwn fox\""),
                    "{event}"
                );
                assert!(
                    event.contains("app.meter") && event.contains("report_wanted: true"),
                    "{event}"
                );
                assert_eq!(ends(&sent), ["IMDN success", "SEGCONFIR success"]);
                for frame in &sent {
                    assert_eq!(frame.json()["Message ID"], id_of("seg-77"));
                    bench.answer(frame, Code::CHANGED, "");
                }
            }
            if at == 2 {
                assert_eq!(bench.exchange(&json, 0).0, "Duplicate", "a straggler");
            }
        }
        assert_eq!(bench.client.poll_event(0), None);
        assert!(bench.client.is_idle(), "order {order:?}");
        assert_eq!(bench.client.next_deadline(), None);
    }
}

#[test]
fn the_application_reports_on_a_segmented_message_as_on_any() {
    let mut memory = Bench::memory();
    let mut bench = Bench::by_application(&mut memory);
    bench.exchange(&segment("s", 1, "a", &total(2)), 0);
    bench.post(&segment("s", 2, "b", LAST));
    let Some(Event::Message {
        report: Some(ticket),
        msg,
    }) = bench.client.poll_event(0)
    else {
        panic!("a message with a ticket");
    };
    assert_eq!(msg.payload, "ab");
    assert_eq!(ends(&bench.sent(0)[1..]), ["SEGCONFIR success"]);
    let failure = Outcome::Failure;
    bench
        .client
        .report(ticket, failure, Some("too hot"))
        .unwrap();
    let report = bench.request(0).json();
    assert_eq!(
        (
            report["Delivery Status"].as_str(),
            report["Failure Cause"].as_str()
        ),
        (Some("failure"), Some("too hot"))
    );
}

#[test]
fn a_set_that_counts_from_0_is_known_by_its_first() {
    for order in [[0, 1, 2], [2, 1, 0], [1, 2, 0]] {
        let mut memory = Bench::memory();
        let mut bench = Bench::registered(&mut memory);
        let mut last = String::new();
        for number in order {
            let json = match number {
                0 => segment("z", 0, "a", &total(3)),
                1 => segment("z", 1, "b", ""),
                _ => segment("z", 2, "c", LAST),
            };
            last = bench.exchange(&json, 0).0;
        }
        assert!(last.contains("payload: \"abc\""), "{order:?}: {last}");
    }
}

#[test]
fn a_set_of_one_is_a_message() {
    let mut memory = Bench::memory();
    let mut bench = Bench::registered(&mut memory);
    let extra = format!("{}{LAST}", total(1));
    let (event, code, sent) = bench.exchange(&segment("one", 1, "alone", &extra), 0);
    assert!(event.contains("payload: \"alone\""), "{event}");
    assert_eq!((code, ends(&sent).len()), (Code::CHANGED, 2));
}

#[test]
fn a_total_that_nobody_tells_is_learned_from_the_last() {
    let mut memory = Bench::memory();
    let mut bench = Bench::registered(&mut memory);
    bench.exchange(&segment("t", 1, "a", ""), 0);
    let (event, ..) = bench.exchange(&segment("t", 2, "b", LAST), 100);
    assert!(
        event.starts_with("Segment"),
        "a segment 0 may be missing: {event}"
    );
    assert_eq!(bench.client.next_deadline(), Some(100 + WAIT));
    let event = bench.event(100 + WAIT);
    assert!(event.contains("payload: \"ab\""), "{event}");
    assert_eq!(ends(&bench.sent(100 + WAIT)), ["SEGCONFIR success"]);
}

#[test]
fn missing_segments_are_asked_for_in_ranges_and_given_up_in_the_end() {
    let mut memory = Bench::memory();
    let mut bench = Bench::registered(&mut memory);
    for (at, number) in [(0, 1), (1000, 4), (2000, 9)] {
        let extra = if number == 1 {
            total(10)
        } else {
            String::new()
        };
        bench.exchange(&segment("g", number, "x", &extra), at);
    }
    let mut now = 2000;
    for round in 0..3 {
        // The time runs from the last new segment, or from the last request.
        now += WAIT;
        assert_eq!(bench.client.next_deadline(), Some(now));
        assert!(bench.sent(now - 1).is_empty());
        assert_eq!(bench.client.poll_event(now), None);
        let recovery = bench.request(now);
        let json = recovery.json();
        assert_eq!(json.as_object().unwrap().len(), 4, "exactly four members");
        assert_eq!(json["Message Type"], "SEGREC");
        assert_eq!(json["Segmentation Set Identifier"], "g");
        let range = |start: u16, end: u16| json!({"start": start, "end": end});
        let first = if round == 0 { range(2, 3) } else { range(3, 3) };
        assert_eq!(
            json["List of Segment range"],
            json!([first, range(5, 8), range(10, 10)])
        );
        bench.answer(&recovery, Code::CHANGED, "");
        if round == 0 {
            now += 500;
            bench.exchange(&segment("g", 2, "y", ""), now);
        }
    }
    now += WAIT;
    let event = bench.event(now);
    assert!(
        event.starts_with("Incomplete") && event.contains("as-meter@iot.example"),
        "{event}"
    );
    let report = bench.request(now).json();
    assert_eq!(report["Delivery Status"], "failure");
    assert_eq!(report["Failure Cause"], "segments missing");
    assert_eq!(
        bench.exchange(&segment("g", 3, "late", ""), now).0,
        "Duplicate"
    );
    assert_eq!(
        bench.exchange(&segment("g", 1, "late", &total(10)), now).0,
        "Duplicate"
    );
}

#[test]
fn what_was_missing_completes_the_message() {
    let mut memory = Bench::memory();
    let mut bench = Bench::registered(&mut memory);
    bench.exchange(&segment("g", 1, "a", &total(3)), 0);
    bench.exchange(&segment("g", 3, "c", LAST), 0);
    bench.client.poll_event(WAIT);
    let recovery = bench.request(WAIT);
    bench.answer(&recovery, Code::CHANGED, "");
    let (event, ..) = bench.exchange(&segment("g", 2, "b", ""), WAIT + 1);
    assert!(event.contains("payload: \"abc\""), "{event}");
}

#[test]
fn where_first_and_last_are_lost_the_next_is_asked_for() {
    let mut memory = Bench::memory();
    let mut bench = Bench::registered(&mut memory);
    bench.exchange(&segment("m", 3, "c", ""), 0);
    bench.client.poll_event(WAIT);
    let json = bench.request(WAIT).json();
    assert_eq!(
        json["List of Segment range"],
        json!([{"start": 1, "end": 2}, {"start": 4, "end": 4}])
    );
}

#[test]
fn a_sender_that_knows_the_set_no_more_ends_it() {
    let mut memory = Bench::memory();
    let mut bench = Bench::registered(&mut memory);
    bench.exchange(&segment("g", 1, "a", &total(3)), 0);
    bench.client.poll_event(WAIT);
    let recovery = bench.request(WAIT);
    bench.answer(&recovery, Code::NOT_FOUND, "");
    assert!(bench.event(WAIT).starts_with("Incomplete"));
    assert_eq!(bench.request(WAIT).json()["Delivery Status"], "failure");
}

#[test]
fn a_sender_that_is_busy_is_asked_again() {
    let mut memory = Bench::memory();
    let mut bench = Bench::registered(&mut memory);
    bench.exchange(&segment("g", 1, "a", &total(2)), 0);
    bench.client.poll_event(WAIT);
    let recovery = bench.request(WAIT);
    bench.answer(&recovery, Code::SERVICE_UNAVAILABLE, "");
    assert_eq!(bench.client.poll_event(WAIT), None, "it is not given up");
    assert_eq!(bench.client.poll_event(2 * WAIT), None);
    assert_eq!(bench.request(2 * WAIT).json()["Message Type"], "SEGREC");
    let (event, ..) = bench.exchange(&segment("g", 2, "b", LAST), 2 * WAIT);
    assert!(event.contains("payload: \"ab\""), "{event}");
}

#[test]
fn no_time_passes_for_a_set_while_there_is_no_session() {
    let mut memory = Bench::memory();
    let mut bench = Bench::registered(&mut memory);
    bench.exchange(&segment("g", 1, "a", &total(2)), 0);
    bench.client.disconnected();
    for hour in 1..10 {
        assert_eq!(bench.client.poll_event(hour * 3_600_000), None);
    }
    let now = 36_000_000;
    bench.client.connected();
    bench.client.poll_event(now);
    let reg = bench.request(now);
    bench.answer(&reg, Code::CREATED, "");
    bench.events(now);
    let (event, ..) = bench.exchange(&segment("g", 2, "b", LAST), now);
    assert!(event.contains("payload: \"ab\""), "{event}");
}

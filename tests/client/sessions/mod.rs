//! Sessions that break and end, servers that are late with their CSM, and clocks that jump.

mod csm;
mod leaving;
mod suspects;

use crate::script::{Bench, Counter, Frame};
use crate::segments;
use msgin5g::client::{Client, ClientMemory, Config, Event, Failure, OutgoingMessage, SendError};
use msgin5g::coap::{Code, OptionNumber, Token};
use msgin5g::message::{ClientProfile, MessageId, Outcome, Priority, Recipient, UeServiceId};

fn requests(frames: &[Frame]) -> Vec<String> {
    let requests = frames.iter().filter(|frame| frame.code.is_request());
    requests
        .map(|frame| {
            let json = frame.json();
            let text = json["Payload"].as_str().or(json["Message Type"].as_str());
            text.unwrap().to_owned()
        })
        .collect()
}

// ---- repetitions --------------------------------------------------------------------------

/// Opens a session anew and registers; tells what the client sends behind that.
fn reconnect(bench: &mut Bench<'_>) -> Vec<Frame> {
    bench.client.connected();
    let reg = bench.request(0);
    bench.answer(&reg, Code::CREATED, "");
    assert!(bench.client.has_event(0));
    while let Some(event) = bench.client.poll_event(0) {
        assert!(matches!(event, Event::Registered), "{event:?}");
    }
    bench.sent(0)
}

/// Each pause is the base, doubled with each attempt, and shifted by up to half of itself.
#[test]
fn pauses_begin_with_the_base_and_double() {
    let mut memory = Bench::memory();
    let mut bench = Bench::registered_with(&mut memory, |config| config.max_attempts = 3);
    let mut now = 0;
    for _ in 0..12 {
        bench.send("?", Priority::Middle);
        bench.request(now);
        for base in [30_000, 60_000] {
            now += 93_000;
            assert_eq!(bench.client.poll_event(now), None);
            let next = bench.client.next_deadline().unwrap();
            assert!((base / 2..=base * 3 / 2).contains(&(next - now)), "{base}");
            now = next;
            bench.request(now);
        }
        now += 93_000;
        assert!(bench.event(now).starts_with("Failed"));
    }
}

#[test]
fn an_attempt_that_a_session_cut_short_does_not_count() {
    let mut memory = Bench::memory();
    let mut bench = Bench::registered_with(&mut memory, |config| config.max_attempts = 2);
    bench.send("again", Priority::Middle);
    bench.request(0);
    for _ in 0..3 {
        assert_eq!(requests(&reconnect(&mut bench)), ["again"]);
    }
    // The second one of two.
    assert_eq!(bench.client.poll_event(93_000), None);
    let next = bench.client.next_deadline().expect("another attempt");
    assert_eq!(requests(&bench.sent(next)), ["again"]);
    assert!(bench.event(next + 93_000).starts_with("Failed"));
}

#[test]
fn at_the_end_of_time_nobody_registers_again() {
    let mut memory = Bench::memory();
    let refresh = Some(60_000);
    let mut bench = Bench::with(&mut memory, |config| {
        config.registration_refresh_ms = refresh;
    });
    let now = u64::MAX - 10;
    bench.client.register().unwrap();
    let reg = bench.request(now);
    bench.answer(&reg, Code::CREATED, "");
    assert_eq!(bench.client.poll_event(now), Some(Event::Registered));
    assert_eq!(bench.client.poll_event(u64::MAX), None);
    assert!(bench.sent(u64::MAX).is_empty());
}

// ---- clocks -------------------------------------------------------------------------------

/// An hour ahead and back again: nothing waits for that hour.
#[test]
fn a_clock_that_jumps_leaves_nothing_waiting() {
    const HOUR: u64 = 3_600_000;
    let mut memory = Bench::memory();
    let mut bench = Bench::registered_with(&mut memory, |config| {
        config.registration_refresh_ms = Some(60_000);
        segments::small(config);
    });
    // Each of these gets its time while the clock is wrong.
    bench.answer_all(HOUR);
    bench.send("busy", Priority::Middle);
    let sent = bench.request(HOUR);
    bench.frame(Code::SERVICE_UNAVAILABLE, sent.token, &[], b"");
    bench.send("open", Priority::Middle);
    bench.sent(HOUR);
    let to = Recipient::Ue(UeServiceId::new("ue-0815@iot.example").unwrap());
    let message = OutgoingMessage::text(to, "company").with_aggregation();
    bench.client.send(&message, &mut bench.rng).unwrap();
    bench.sent(HOUR);
    bench.exchange(&segments::segment("s", 1, "x", &segments::total(2)), HOUR);
    bench.events(HOUR);
    // Back again.
    bench.sent(100);
    let mut seen = Vec::new();
    for _ in 0..30 {
        let deadline = bench.client.next_deadline().unwrap();
        if deadline > 600_000 {
            break;
        }
        let now = deadline.max(100);
        seen.extend(bench.events(now));
        for frame in bench.sent(now) {
            if frame.code.is_request() {
                seen.extend(requests(std::slice::from_ref(&frame)));
                bench.answer(&frame, Code::CHANGED, "");
            }
        }
        seen.extend(bench.events(now));
    }
    for wanted in ["busy", "open", "company", "SEGREC", "REG"] {
        assert!(seen.iter().any(|one| one == wanted), "{wanted} in {seen:?}");
    }
}

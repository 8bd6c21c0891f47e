//! How long the radio may sleep: what the client answers, and that nothing wakes it for nothing.

use crate::script::Bench;
use msgin5g::client::{Event, OutgoingMessage};
use msgin5g::coap::Code;
use msgin5g::message::{MessagingTopic, Outcome, Priority, Recipient, UeServiceId};

const YEAR_MS: u64 = 365 * 24 * 3_600_000;

/// Has nothing to say or to do for a year, and then neither.
fn assert_sleeps(bench: &mut Bench<'_>) {
    assert_eq!(bench.client.next_deadline(), None);
    for now in [0, 1, YEAR_MS] {
        assert!(bench.client.poll_transmit(now).is_empty());
        assert!(!bench.client.has_event(now));
        assert_eq!(bench.client.next_deadline(), None);
    }
}

#[test]
fn a_client_that_is_not_registered_sleeps() {
    let mut memory = Bench::memory();
    let mut bench = Bench::new(&mut memory);
    let csm = bench.sent(0);
    assert_eq!(csm.len(), 1);
    assert_sleeps(&mut bench);
}

#[test]
fn a_registered_client_sleeps() {
    let mut memory = Bench::memory();
    let mut bench = Bench::registered(&mut memory);
    assert_sleeps(&mut bench);
}

#[test]
fn a_client_sleeps_when_all_is_answered() {
    let mut memory = Bench::memory();
    let mut bench = Bench::by_application(&mut memory);
    bench.send("text", Priority::Middle);
    let message = bench.request(0);
    assert_eq!(bench.client.next_deadline(), Some(93_000), "the answer");
    bench.answer(&message, Code::CHANGED, "");
    bench.event(0);
    assert_sleeps(&mut bench);

    // The application takes its time for a report.
    bench.post(
        r#"{"Message Type":"MSG","Originating UE Service ID":"ue-0815@iot.example","Recipient UE Service ID":"ue-4711@iot.example","Message ID":"m-1","Delivery status required":true,"Payload":"x"}"#,
    );
    let Some(Event::Message { report, .. }) = bench.client.poll_event(0) else {
        panic!("a message");
    };
    let ticket = report.expect("a ticket");
    bench.sent(0);
    assert_sleeps(&mut bench);
    bench.client.report(ticket, Outcome::Success, None).unwrap();
    let report = bench.request(0);
    bench.answer(&report, Code::CHANGED, "");
    assert!(!bench.client.has_event(0));
    assert_sleeps(&mut bench);

    // A subscription stands for as long as the server lets it.
    bench
        .client
        .subscribe(&[MessagingTopic::new("weather").unwrap()], None)
        .unwrap();
    let get = bench.request(0);
    bench.answer(&get, Code::CONTENT, "");
    bench.event(0);
    assert_sleeps(&mut bench);
}

#[test]
fn a_client_without_a_session_sleeps_whatever_it_holds() {
    let mut memory = Bench::memory();
    let mut bench = Bench::registered(&mut memory);
    bench.send("waits", Priority::Middle);
    bench.client.disconnected();
    assert_sleeps(&mut bench);
}

#[test]
fn only_a_registration_that_is_to_be_renewed_has_a_time() {
    let mut memory = Bench::memory();
    let refresh = Some(3_600_000);
    let mut bench = Bench::registered_with(&mut memory, |config| {
        config.registration_refresh_ms = refresh
    });
    assert_eq!(bench.client.next_deadline(), Some(3_600_000));
    assert!(bench.client.poll_transmit(3_599_999).is_empty());
    assert!(!bench.client.has_event(3_600_000));
    let reg = bench.request(3_600_000);
    assert_eq!(reg.json()["Message Type"], "REG");
}

/// A server that answers nothing at all: each time the client asks to be woken, it has something
/// to send, to tell, or has found a later time; and before it has nothing.
#[test]
fn nothing_wakes_for_nothing() {
    let mut memory = Bench::memory();
    let mut bench = Bench::registered_with(&mut memory, |config| config.segment_size = 64);
    let to = Recipient::Ue(UeServiceId::new("ue-0815@iot.example").unwrap());
    let long = "long ".repeat(40);
    for message in [
        OutgoingMessage::text(to, "short"),
        OutgoingMessage::text(to, "one of several").with_aggregation(),
        OutgoingMessage::text(to, "two of several").with_aggregation(),
        OutgoingMessage::text(to, &long)
            .with_segments()
            .with_report(),
    ] {
        bench.client.send(&message, &mut bench.rng).unwrap();
    }
    let (mut now, mut idle_wakes, mut wakes) = (0, 0, 0);
    loop {
        bench.sent(now);
        while !bench.events(now).is_empty() {
            bench.sent(now);
        }
        let Some(deadline) = bench.client.next_deadline() else {
            break;
        };
        assert!(deadline > now, "not at once, and not in the past");
        let before = deadline - 1;
        assert!(bench.client.poll_transmit(before).is_empty(), "too early");
        assert!(!bench.client.has_event(before), "too early");
        now = deadline;
        let has_something =
            bench.client.has_event(now) || !bench.client.poll_transmit(now).is_empty();
        idle_wakes += u32::from(!has_something);
        wakes += 1;
        assert!(wakes < 200, "no end");
    }
    assert_eq!(bench.client.pending(), 0, "all has come to its end");
    // A pause between two attempts is found out when the first one is late.
    assert!(idle_wakes <= wakes / 2, "{idle_wakes} of {wakes}");
}

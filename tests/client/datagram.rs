//! The client over datagrams (RFC 7252): octet for octet with a scripted server, and two clients with
//! a server between them over links that lose, double, delay and reorder.

use crate::bench::*;
use crate::datagram_world;
use crate::ledger;
use msgin5g::client::{Event, Failure, OutgoingMessage, SendError};
use msgin5g::coap::datagram::Type;
use msgin5g::coap::{Code, Token};
use msgin5g::message::{Recipient, UeServiceId};

// ---- requests of the client ---------------------------------------------------------------

#[test]
fn a_request_goes_again_as_it_was_until_it_is_answered() {
    let mut memory = Memory::new();
    let mut bench = Bench::new(&mut memory, |_| {});
    let first = bench.sent(0).unwrap();
    assert_eq!((first.header.kind, first.code), (Type::Con, Code::POST));
    assert_eq!(bench.sent(1_999), None);
    let at = bench.client.next_deadline().unwrap();
    assert!((2_000..=3_000).contains(&at), "{at}");
    assert_eq!(bench.sent(at), Some(first.clone()));
    assert_eq!(bench.client.next_deadline(), Some(3 * at));
    bench.give(&answer(&first, Code::CREATED));
    assert_eq!(bench.client.poll_event(at + 1), Some(Event::Registered));
    assert_eq!(bench.client.next_deadline(), None);
    assert_eq!(bench.sent(500_000), None);
}

#[test]
fn after_the_message_layer_the_client_tries_again_with_another_token() {
    let mut memory = Memory::new();
    let mut bench = Bench::new(&mut memory, |config| config.max_attempts = 2);
    let mut sent = Vec::new();
    let mut now = 0;
    let failed = loop {
        while let Some(datagram) = bench.sent(now) {
            sent.push((now, datagram));
        }
        if let Some(event) = bench.client.poll_event(now) {
            break event == Event::RegistrationFailed(Failure::NoAnswer);
        }
        now = bench.client.next_deadline().unwrap().max(now);
        assert!(now < 1_000_000);
    };
    assert!(failed);
    assert_eq!(sent.len(), 10);
    let (first, second) = sent.split_at(5);
    for attempt in [first, second] {
        assert!(
            attempt
                .iter()
                .all(|(_, datagram)| *datagram == attempt[0].1)
        );
    }
    assert_ne!(first[0].1.token, second[0].1.token);
    assert_ne!(first[0].1.header, second[0].1.header);
    // Given up after 62 to 93 s, and then a pause of 15 to 45 s.
    assert!((77_000..=138_000).contains(&second[0].0), "{}", second[0].0);
}

#[test]
fn a_separate_answer_is_waited_for_and_acknowledged() {
    let mut memory = Memory::new();
    let mut bench = Bench::new(&mut memory, |_| {});
    let reg = bench.sent(0).unwrap();
    bench.give(&empty(Type::Ack, reg.header.message_id));
    assert!(!bench.client.has_event(1_000));
    assert_eq!(bench.sent(60_000), None, "it is not sent again");

    // The server asks others first, and comes back at the end of MAX_TRANSMIT_WAIT.
    let late = 93_900;
    let created = write(Type::Con, 0x7777, Code::CREATED, reg.token, "");
    bench.give(&created);
    assert_eq!(bench.client.poll_event(late), Some(Event::Registered));
    let ack = bench.sent(late).unwrap();
    assert_eq!(ack.octets, [0x60, 0, 0x77, 0x77]);
    // It was lost.
    assert_eq!(bench.reply_to(&created).unwrap().octets, ack.octets);
}

#[test]
fn a_reset_counts_as_no_answer() {
    let mut memory = Memory::new();
    let mut bench = Bench::new(&mut memory, |config| config.max_attempts = 1);
    let reg = bench.sent(0).unwrap();
    bench.give(&empty(Type::Rst, reg.header.message_id));
    let failed = Event::RegistrationFailed(Failure::NoAnswer);
    assert_eq!(bench.client.poll_event(10), Some(failed));
    assert_eq!(bench.sent(100_000), None);
}

#[test]
fn one_request_at_a_time_is_unacknowledged() {
    let mut memory = Memory::new();
    let mut bench = Bench::registered(&mut memory);
    bench.send("one");
    bench.send("two");
    let one = bench.sent(0).unwrap();
    assert_eq!(bench.sent(100), None);
    // Not answered, but with the server: the next one may go.
    bench.give(&empty(Type::Ack, one.header.message_id));
    let two = bench.sent(100).unwrap();
    assert_ne!(two.header.message_id, one.header.message_id);
    bench.give(&answer(&two, Code::CHANGED));
    let event = bench.client.poll_event(200);
    assert!(matches!(event, Some(Event::Accepted { .. })), "{event:?}");
    bench.give(&write(Type::Non, 1, Code::CHANGED, one.token, ""));
    let event = bench.client.poll_event(300);
    assert!(matches!(event, Some(Event::Accepted { .. })), "{event:?}");
    assert!(bench.client.is_idle());
    assert_eq!(bench.client.next_deadline(), None);
}

#[test]
fn no_datagram_is_larger_than_configured() {
    let mut memory = Memory::new();
    let mut bench = Bench::new(&mut memory, |config| config.max_datagram = 500);
    let to = Recipient::Ue(UeServiceId::new("ue-b@iot.example").unwrap());
    let long = "x".repeat(400);
    let message = OutgoingMessage::text(to, &long);
    let refused = bench.client.send(&message, &mut bench.rng);
    assert!(matches!(refused, Err(SendError::TooLarge { .. })));
    let message = message.with_segments();
    bench.client.send(&message, &mut bench.rng).unwrap();
    let mut requests = 0;
    while let Some(request) = bench.sent(0) {
        assert!(request.octets.len() <= 500);
        requests += 1;
        bench.give(&answer(&request, Code::CHANGED));
        while bench.client.poll_event(0).is_some() {}
    }
    assert!(requests > 2, "{requests}");
}

#[test]
fn a_session_that_breaks_loses_nothing() {
    let mut memory = Memory::new();
    let mut bench = Bench::registered(&mut memory);
    bench.send("one");
    let before = bench.sent(0).unwrap();
    bench.client.disconnected();
    assert_eq!(bench.sent(10_000), None);
    bench.client.connected_datagram();
    let reg = bench.sent(20_000).unwrap();
    bench.give(&answer(&reg, Code::CREATED));
    assert_eq!(bench.client.poll_event(20_000), Some(Event::Registered));
    let again = bench.sent(20_000).unwrap();
    assert_ne!(again.header, before.header);
    bench.give(&answer(&again, Code::CHANGED));
    let event = bench.client.poll_event(20_000);
    assert!(matches!(event, Some(Event::Accepted { .. })));

    // And from datagrams to a stream: a CSM comes first, and then a frame.
    bench.client.connected();
    assert_eq!(bench.client.poll_transmit(20_000)[1], Code::CSM.0);
}

// ---- requests of the server ---------------------------------------------------------------

#[test]
fn a_delivery_is_handed_over_once_and_answered_each_time() {
    let mut memory = Memory::new();
    let mut bench = Bench::registered(&mut memory);
    let request = delivery(Type::Con, 0x1234, 1);
    bench.give(&request);
    let event = bench.client.poll_event(0);
    assert!(matches!(event, Some(Event::Message { msg, .. }) if msg.payload == "hello"));
    let changed = bench.sent(0).unwrap();
    assert_eq!(changed.octets, [0x64, 0x44, 0x12, 0x34, 0, 0, 0, 0x51]);
    // Not even Event::Duplicate: the message layer knows it.
    assert_eq!(bench.reply_to(&request), Some(changed));
    // The same message in another request.
    bench.give(&delivery(Type::Con, 0x1235, 1));
    assert_eq!(bench.client.poll_event(0), Some(Event::Duplicate));
    assert_eq!(bench.sent(0).unwrap().header.message_id, 0x1235);
}

#[test]
fn a_delivery_that_wants_no_acknowledgement_is_answered_in_kind() {
    let mut memory = Memory::new();
    let mut bench = Bench::registered(&mut memory);
    bench.give(&delivery(Type::Non, 0x1234, 1));
    let event = bench.client.poll_event(0);
    assert!(matches!(event, Some(Event::Message { .. })));
    let changed = bench.sent(0).unwrap();
    assert_eq!(changed.header.kind, Type::Non);
    assert_eq!(
        (changed.code, changed.token),
        (Code::CHANGED, Token::from(0x51))
    );
    assert_eq!(bench.reply_to(&delivery(Type::Non, 0x1234, 1)), None);
}

#[test]
fn answers_go_while_a_request_waits() {
    let mut memory = Memory::new();
    let mut bench = Bench::registered(&mut memory);
    bench.send("one");
    let one = bench.sent(0).unwrap();
    bench.give(&delivery(Type::Con, 0x1234, 1));
    assert!(bench.client.poll_event(0).is_some());
    assert_eq!(bench.sent(0).unwrap().header.kind, Type::Ack);
    let at = bench.client.next_deadline().unwrap();
    assert_eq!(bench.sent(at), Some(one), "it is still whole");
}

#[test]
fn what_is_too_large_is_refused() {
    let mut memory = Memory::new();
    let mut bench = Bench::registered(&mut memory);
    let long = MSG.replace("hello", &"x".repeat(2_000));
    bench.give(&write(Type::Con, 5, Code::POST, Token::from(0x51), &long));
    let refused = Event::Refused(Code::REQUEST_ENTITY_TOO_LARGE);
    assert_eq!(bench.client.poll_event(0), Some(refused));
    let answer = bench.sent(0).unwrap();
    assert_eq!(answer.header.message_id, 5);
    assert_eq!(answer.code, Code::REQUEST_ENTITY_TOO_LARGE);
    bench.give(&delivery(Type::Con, 6, 1));
    assert!(matches!(
        bench.client.poll_event(0),
        Some(Event::Message { .. })
    ));
}

// ---- what is not understood ---------------------------------------------------------------

#[test]
fn what_is_not_understood_is_reset_or_passed_over() {
    let mut memory = Memory::new();
    let mut bench = Bench::registered(&mut memory);
    let reset = |id: u16| Some([&[0x70, 0][..], &id.to_be_bytes()].concat());
    let mut reply = |octets: &[u8]| bench.reply_to(octets).map(|sent| sent.octets);
    // A ping; an answer to nothing; an option nibble of 15; a marker without a payload.
    assert_eq!(reply(&empty(Type::Con, 9)), reset(9));
    let stray = write(Type::Con, 10, Code::CHANGED, Token::from(3), "");
    assert_eq!(reply(&stray), reset(10));
    assert_eq!(reply(&[0x40, 2, 0, 11, 0xf0]), reset(11));
    assert_eq!(reply(&[0x40, 2, 0, 12, 0xff]), reset(12));
    // The same without a wish to know, another version, half a header, a signal of a stream.
    assert_eq!(reply(&[0x50, 2, 0, 11, 0xf0]), None);
    assert_eq!(reply(&[0xc0, 2, 0, 11]), None);
    assert_eq!(reply(&[0x40, 2]), None);
    assert_eq!(reply(&[0x50, 0xe1, 0, 13]), None);
    assert_eq!(reply(&empty(Type::Ack, 14)), None);
    assert_eq!(reply(&empty(Type::Rst, 15)), None);
}

proptest::proptest! {
    /// Whatever comes, the client goes on.
    #[test]
    fn arbitrary_datagrams_do_no_harm(
        all in proptest::collection::vec(proptest::collection::vec(proptest::num::u8::ANY, 1..40), 1..40)
    ) {
        let mut memory = Memory::new();
        let mut bench = Bench::registered(&mut memory);
        bench.send("one");
        for (octets, now) in all.iter().zip(0..) {
            let mut octets = octets.clone();
            // Most of them are of this version and have a short token.
            if now % 4 > 0 {
                octets[0] = 0x40 | octets[0] & 0x34;
            }
            bench.give(&octets);
            while bench.client.poll_event(now).is_some() {}
            while bench.sent(now).is_some() {}
        }
        bench.give(&delivery(Type::Con, 0x1234, 1));
        let mut delivered = false;
        while let Some(event) = bench.client.poll_event(50) {
            delivered |= matches!(event, Event::Message { .. });
        }
        // Unless by chance that message ID has been used.
        let used = all.iter().any(|octets| octets.len() > 3 && octets[2..4] == [0x12, 0x34]);
        proptest::prop_assert!(delivered || used);
    }
}

// ---- two clients --------------------------------------------------------------------------

/// DATAGRAM_SEED: one run to look at.
#[test]
fn each_message_and_each_report_comes_exactly_once() {
    if let Some(seen) = ledger::run_all("DATAGRAM_SEED", 1000, datagram_world::run) {
        // Otherwise it would all be easy.
        let rarest = [
            seen.lost,
            seen.repeated_requests,
            seen.separate,
            seen.messages,
            seen.aggregates,
            seen.segments,
            seen.breaks,
        ];
        assert!(rarest.iter().all(|count| *count > 200), "{seen:?}");
    }
}

//! A sign of life over datagrams: an empty confirmable message, and a reset for an answer (RFC 7252
//! section 4.3).

use crate::bench::*;
use msgin5g::client::Event;
use msgin5g::coap::Code;
use msgin5g::coap::datagram::Type;

#[test]
fn a_ping_is_four_octets_and_its_answer_a_pong() {
    let mut memory = Memory::new();
    let mut bench = Bench::registered(&mut memory);
    bench.client.ping();
    let ping = bench.sent(10).unwrap();
    assert_eq!((ping.header.kind, ping.code), (Type::Con, Code::EMPTY));
    assert_eq!(ping.octets.len(), 4);
    assert_eq!(bench.sent(10), None, "once");
    // Lost, it goes again as it was.
    let at = bench.client.next_deadline().unwrap();
    assert_eq!(bench.sent(at), Some(ping.clone()));
    // Neither a reset of another message nor any acknowledgement of one is its answer.
    bench.give(&empty(Type::Rst, ping.header.message_id.wrapping_add(1)));
    assert!(!bench.client.has_event(at));
    bench.give(&empty(Type::Rst, ping.header.message_id));
    assert_eq!(bench.client.poll_event(at), Some(Event::Pong));
    assert_eq!(bench.client.poll_event(at), None);
    assert_eq!(bench.client.next_deadline(), None);
    // Another one has another ID.
    bench.client.ping();
    let next = bench.sent(at).unwrap();
    assert_ne!(next.header.message_id, ping.header.message_id);
}

#[test]
fn a_ping_that_nobody_answers_comes_to_an_end() {
    let mut memory = Memory::new();
    let mut bench = Bench::registered(&mut memory);
    bench.client.ping();
    let mut sent = u32::from(bench.sent(0).is_some());
    while let Some(at) = bench.client.next_deadline() {
        sent += u32::from(bench.sent(at).is_some());
        assert_eq!(bench.client.poll_event(at), None);
        assert!(at < 100_000);
    }
    assert_eq!(sent, 1 + 4);
}

#[test]
fn a_request_goes_first_and_does_not_wait_for_a_ping() {
    let mut memory = Memory::new();
    let mut bench = Bench::registered(&mut memory);
    bench.client.ping();
    bench.send("first");
    let first = bench.sent(0).unwrap();
    assert_eq!(first.code, Code::POST);
    assert_eq!(bench.sent(0), None, "NSTART");
    bench.give(&answer(&first, Code::CHANGED));
    assert!(matches!(
        bench.client.poll_event(0),
        Some(Event::Accepted { .. })
    ));
    let ping = bench.sent(0).unwrap();
    assert_eq!(ping.code, Code::EMPTY);
    // One that comes now takes its place.
    bench.send("second");
    let second = bench.sent(1).unwrap();
    assert_eq!(second.code, Code::POST);
    let at = bench.client.next_deadline().unwrap();
    assert_eq!(bench.sent(at), Some(second.clone()));
    bench.give(&empty(Type::Rst, ping.header.message_id));
    assert!(!bench.client.has_event(at), "it is not waited for any more");
    bench.give(&answer(&second, Code::CHANGED));
    assert!(matches!(
        bench.client.poll_event(at),
        Some(Event::Accepted { .. })
    ));
    assert!(bench.client.is_idle());
}

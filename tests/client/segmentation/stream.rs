//! Sending payloads that the application holds and the client never sees whole.

use crate::script;
use crate::script::Bench;
use crate::segments::*;
use msgin5g::client::{Client, ClientMemory, Config, Event, OutgoingMessage, SendError};
use msgin5g::coap::Code;
use msgin5g::message::UeServiceId;
use serde_json::Value;

/// A payload that the client never holds whole.
#[test]
fn a_payload_over_64_kib_is_streamed_out_of_the_application() {
    let payload: Vec<u8> = "€12 grün 😀 ".bytes().cycle().take(80_000).collect();
    let text = String::from_utf8_lossy(&payload);
    let payload = text.trim_end_matches('\u{fffd}').as_bytes();
    let mut memory = ClientMemory::<1024, 1024, 512, 3, 0, 0>::new();
    let mut config = Config::new(UeServiceId::new("ue-4711@iot.example").unwrap());
    config.segment_size = 512;
    let mut rng = script::Counter(1);
    let client = Client::new(config, memory.pieces(), &mut rng).expect("a sound configuration");
    let mut bench = Bench::of(client);
    bench.client.connected();
    bench.register();
    let message = OutgoingMessage::text(to_pump(), "").with_report();
    let id = bench
        .client
        .send_from(&message, payload.len(), &mut bench.rng)
        .unwrap();

    let mut frames = Vec::new();
    let mut accepted = false;
    for _ in 0..2000 {
        feed(&mut bench, payload, &mut accepted);
        for frame in bench.sent(0) {
            bench.answer(&frame, Code::CHANGED, "");
            frames.push(frame);
        }
    }
    assert!(accepted);
    assert_eq!(joined(&frames).as_bytes(), payload);
    let total = frames.len() as u64;
    assert_eq!(frames[0].json()["Total number of message segments"], total);
    assert_eq!(numbers(&frames), (1..=total).collect::<Vec<_>>());
    assert!(
        frames
            .iter()
            .all(|frame| frame.json()["Payload"].as_str().unwrap().len() <= 512)
    );

    // What is missed is asked for again.
    let recovery = segrec(&id.to_string(), r#"[{"start":7,"end":7}]"#);
    let (_, code, sent) = bench.exchange(&recovery, 0);
    assert_eq!((code, sent.len()), (Code::CHANGED, 0));
    feed(&mut bench, payload, &mut accepted);
    let again = bench.request(0);
    assert_eq!(again.payload, frames[6].payload);
    bench.answer(&again, Code::CHANGED, "");
    assert_eq!(bench.client.poll_event(0), None);
    bench.exchange(&segconfir(&id.to_string(), "success"), 0);
    assert!(bench.client.is_idle());
}

fn feed(bench: &mut Bench<'_>, payload: &[u8], accepted: &mut bool) {
    while let Some(event) = bench.client.poll_event(0) {
        match event {
            Event::PayloadWanted {
                message_id,
                offset,
                len,
            } => {
                assert!(len <= 512);
                let part = &payload[offset..offset + len];
                bench.client.supply(message_id, offset, part, 0).unwrap();
            }
            Event::Accepted { .. } => *accepted = true,
            Event::Progress { .. } => {}
            other => panic!("unexpected {other:?}"),
        }
    }
}

#[test]
fn a_part_that_was_not_asked_for_is_refused() {
    let mut memory = Bench::memory();
    let mut bench = Bench::registered_with(&mut memory, small);
    let message = OutgoingMessage::text(to_pump(), "");
    let id = bench
        .client
        .send_from(&message, 150, &mut bench.rng)
        .unwrap();
    assert_eq!(
        bench.client.supply(id, 0, &[b'x'; 61], 0),
        Err(SendError::UnknownTicket)
    );
    assert_eq!(
        bench.client.poll_event(0),
        Some(Event::PayloadWanted {
            message_id: id,
            offset: 0,
            len: 61
        })
    );
    assert_eq!(bench.client.poll_event(0), None, "asked for once");
    assert_eq!(
        bench.client.supply(id, 1, &[b'x'; 61], 0),
        Err(SendError::WrongPart)
    );
    assert_eq!(
        bench.client.supply(id, 0, &[b'x'; 60], 0),
        Err(SendError::WrongPart)
    );
    assert_eq!(
        bench.client.supply(id, 0, &[0xff; 61], 0),
        Err(SendError::WrongPart)
    );
    // Something else has taken the transmit memory meanwhile.
    bench.client.ping();
    assert!(!bench.client.poll_transmit(0).is_empty());
    assert_eq!(
        bench.client.supply(id, 0, &[b'x'; 61], 0),
        Err(SendError::Busy)
    );
    bench.sent(0);
    assert!(
        bench.event(0).starts_with("PayloadWanted"),
        "asked for again"
    );
    assert_eq!(bench.client.supply(id, 0, &[b'x'; 61], 0), Ok(()));
    assert_eq!(number(&bench.request(0)), 1);
}

/// The application was asked for one segment when the recipient tells that it has that one.
#[test]
fn a_segrec_for_others_asks_the_application_anew() {
    let mut memory = Bench::memory();
    let mut bench = Bench::registered_with(&mut memory, small);
    let message = OutgoingMessage::text(to_pump(), "");
    let sent = bench.client.send_from(&message, 150, &mut bench.rng);
    let id = sent.unwrap();
    let wanted = |offset, len| {
        Some(Event::PayloadWanted {
            message_id: id,
            offset,
            len,
        })
    };
    assert_eq!(bench.client.poll_event(0), wanted(0, 61));
    bench.client.supply(id, 0, &[b'x'; 61], 0).unwrap();
    let first = bench.request(0);
    bench.answer(&first, Code::CHANGED, "");
    assert!(bench.event(0).starts_with("Progress"));
    assert_eq!(bench.client.poll_event(0), wanted(58, 64));
    let recovery = segrec(&id.to_string(), r#"[{"start":3,"end":3}]"#);
    bench.post(&recovery);
    assert!(bench.event(0).starts_with("SegmentsWanted"));
    bench.sent(0);
    assert_eq!(bench.client.poll_event(0), wanted(119, 31));
    bench.client.supply(id, 119, &[b'x'; 31], 0).unwrap();
    assert_eq!(number(&bench.request(0)), 3);
}

#[test]
fn a_short_payload_out_of_the_application_goes_whole() {
    let mut memory = Bench::memory();
    let mut bench = Bench::registered(&mut memory);
    let message = OutgoingMessage::text(to_pump(), "");
    let id = bench.client.send_from(&message, 5, &mut bench.rng).unwrap();
    assert!(bench.event(0).starts_with("PayloadWanted"));
    bench.client.supply(id, 0, b"short", 0).unwrap();
    let sent = bench.request(0);
    assert_eq!(sent.json()["Message is segmented"], Value::Null);
    bench.answer(&sent, Code::CHANGED, "");
    assert!(bench.event(0).starts_with("Accepted"));
    assert!(bench.event(0).starts_with("SegmentsReleased"));
    assert!(bench.client.is_idle());
}

//! Requests with wrong octets in them, in any order: the client answers each one, keeps to its
//! memory, and in the end has forgotten all of it.

use crate::relay::Chance;
use crate::script::Bench;
use crate::segments::{LAST, segconfir, segment, segrec, small, to_pump, total};
use msgin5g::client::{Event, OutgoingMessage};
use msgin5g::coap::Code;

const AGGREGATE: &str = r#"{"Message Type":"MSG","Originating AS Service ID":"as-x@iot.example",
    "Recipient UE Service ID":"ue-4711@iot.example","Message ID":"agg-1","List of individual messages":[
    {"Message ID":"a-1","Payload":"one","Delivery status required":true},{"Message ID":"a-2","Payload":"two"}]}"#;
const REPORTS: &str = r#"{"Message Type":"IMDN","Originating UE Service ID":"ue-0815@iot.example",
    "Recipient UE Service ID":"ue-4711@iot.example","List of individual messages":[
    {"Message ID":"r-1","Delivery Status":"success"},{"Message ID":"r-2","Delivery Status":"failed"}]}"#;

fn request(chance: &mut Chance, ours: &str) -> Vec<u8> {
    let sets = ["s", "t", "u", "v"];
    let set = sets[chance.below(4) as usize];
    let number = chance.below(6) as u16;
    let json = match chance.below(8) {
        0 => AGGREGATE.to_owned(),
        1 => REPORTS.to_owned(),
        2 => segrec(ours, r#"[{"start":1,"end":3},"5-9",[2,2],7]"#),
        3 => segconfir(if chance.below(4) == 0 { ours } else { set }, "success"),
        4 => segment(set, 1, "first part", &total(chance.below(7) as u16)),
        5 => segment(set, number, "the end", LAST),
        _ => segment(set, number, &"x".repeat(chance.below(200) as usize), ""),
    };
    let mut octets = json.into_bytes();
    for _ in 0..chance.below(4) {
        let at = chance.below(octets.len() as u64) as usize;
        match chance.below(4) {
            0 => octets[at] = chance.below(256) as u8,
            1 => octets.truncate(at.max(1)),
            // Another number, another letter: it may still be JSON.
            2 => octets[at] ^= 1,
            _ => {}
        }
    }
    octets
}

#[test]
fn nothing_that_a_server_says_harms_the_client() {
    for seed in 0..200 {
        let mut chance = Chance::new(seed);
        let mut memory = Bench::memory();
        let mut bench = Bench::registered_with(&mut memory, small);
        let text = "y".repeat(300);
        let message = OutgoingMessage::text(to_pump(), &text).with_report();
        let id = bench
            .client
            .send(&message.with_segments(), &mut bench.rng)
            .unwrap();
        let mut now = 0;
        for _ in 0..100 {
            now += chance.below(3_000);
            let octets = request(&mut chance, &id.to_string());
            let token = msgin5g::coap::Token::from(chance.below(1 << 20) as u32);
            bench.frame(Code::POST, token, &[], &octets);
            bench.events(now);
            let sent = bench.sent(now);
            let mut answers = sent.iter().filter(|frame| frame.code.is_response());
            let answer = answers.next().expect("an answer to each request");
            assert_eq!(answer.token, token, "seed {seed}");
            assert!(answers.next().is_none());
            for frame in sent.iter().filter(|frame| frame.code.is_request()) {
                frame.json();
                let codes = [
                    Code::CHANGED,
                    Code::NOT_FOUND,
                    Code::REQUEST_ENTITY_TOO_LARGE,
                ];
                let code = codes[(chance.below(6) as usize).saturating_sub(3)];
                if chance.below(5) > 0 {
                    bench.answer(frame, code, "");
                }
            }
        }
        settle(&mut bench, now, seed);
        // And as good as new.
        bench.post(
            r#"{"Message Type":"MSG","Originating UE Service ID":"ue-0815@iot.example",
            "Recipient UE Service ID":"ue-4711@iot.example","Message ID":"new","Payload":"hello"}"#,
        );
        let event = bench.client.poll_event(now);
        assert!(matches!(event, Some(Event::Message { msg, .. }) if msg.payload == "hello"));
    }
}

/// Answers everything until nothing is left.
fn settle(bench: &mut Bench<'_>, mut now: u64, seed: u64) {
    for _ in 0..2_000 {
        if !bench.client.is_registered() {
            // A refusal ends a registration; the application wants it nevertheless.
            let _ = bench.client.register();
        }
        bench.events(now);
        for frame in bench.sent(now) {
            if frame.code.is_request() {
                bench.answer(&frame, Code::CHANGED, "");
                bench.events(now);
            }
        }
        if bench.client.is_idle() {
            return;
        }
        now = bench.client.next_deadline().unwrap_or(now).max(now + 1);
    }
    panic!("seed {seed}: not idle");
}

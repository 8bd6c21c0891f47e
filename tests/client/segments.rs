//! What the tests of segments share.

use msgin5g::client::{Config, OutgoingMessage};
use msgin5g::coap::Code;
use msgin5g::message::{MessageId, Recipient, UeServiceId};

use super::script::{Bench, Frame};

pub const WAIT: u64 = 15_000;
pub const KEEP: u64 = 120_000;

pub fn small(config: &mut Config<'_>) {
    config.segment_size = 64;
}

pub fn to_pump() -> Recipient<'static> {
    Recipient::Ue(UeServiceId::new("ue-0815@iot.example").unwrap())
}

pub fn send(bench: &mut Bench<'_>, text: &str) -> MessageId<'static> {
    let message = OutgoingMessage::text(to_pump(), text)
        .with_report()
        .with_segments();
    bench.client.send(&message, &mut bench.rng).unwrap()
}

/// Answers each segment until none comes; tells them and the events.
pub fn run(bench: &mut Bench<'_>, now: u64) -> (Vec<Frame>, Vec<String>) {
    let (mut frames, mut events) = (Vec::new(), Vec::new());
    loop {
        let sent = bench.sent(now);
        if sent.is_empty() {
            return (frames, events);
        }
        for frame in sent {
            if frame.code == Code::POST {
                bench.answer(&frame, Code::CHANGED, "");
                frames.push(frame);
            }
            events.extend(bench.events(now));
        }
    }
}

pub fn number(frame: &Frame) -> u64 {
    frame.json()["Message segment number"].as_u64().unwrap()
}

pub fn numbers(frames: &[Frame]) -> Vec<u64> {
    frames.iter().map(number).collect()
}

pub fn joined(frames: &[Frame]) -> String {
    let payload = |frame: &Frame| {
        frame.json()["Payload"]
            .as_str()
            .unwrap_or_default()
            .to_owned()
    };
    frames.iter().map(payload).collect()
}

pub fn segrec(set: &str, ranges: &str) -> String {
    format!(
        r#"{{"MSGin5G service identifier":"MSGin5G","Message Type":"SEGREC",
            "Segmentation Set Identifier":"{set}","List of Segment range":{ranges}}}"#
    )
}

pub fn segconfir(set: &str, result: &str) -> String {
    format!(
        r#"{{"MSGin5G service identifier":"MSGin5G","Message Type":"SEGCONFIR",
            "Segmentation Set Identifier":"{set}","Result":"{result}"}}"#
    )
}

/// A segment from an Application Server; `extra` are further members.
pub fn segment(set: &str, number: u16, text: &str, extra: &str) -> String {
    let id = id_of(set);
    format!(
        r#"{{"MSGin5G service identifier":"MSGin5G","Message Type":"MSG",
            "Originating AS Service ID":"as-meter@iot.example",
            "Recipient UE Service ID":"ue-4711@iot.example","Message ID":"{id}",
            "Payload":"{text}","Message is segmented":true,
            "Segmentation Set Identifier":"{set}","Message segment number":{number}{extra}}}"#
    )
}

pub fn id_of(set: &str) -> String {
    let number = set
        .bytes()
        .fold(0_u64, |sum, octet| sum * 31 + u64::from(octet));
    format!("3f0c1d52-7a44-4e0b-9c61-{number:012x}")
}

pub fn total(total: u16) -> String {
    format!(
        r#","Total number of message segments":{total},"Delivery status required":true,"Application ID":"app.meter""#
    )
}

pub const LAST: &str = r#","Last segment flag":true"#;

/// What the client says by itself once a message is complete: SEGCONFIR and the report.
pub fn ends(sent: &[Frame]) -> Vec<String> {
    let mut words: Vec<String> = sent
        .iter()
        .map(|frame| {
            let json = frame.json();
            let status = json["Delivery Status"].as_str().or(json["Result"].as_str());
            format!(
                "{} {}",
                json["Message Type"].as_str().unwrap(),
                status.unwrap()
            )
        })
        .collect();
    words.sort();
    words
}

//! Several messages in one, both ways, against a scripted server and a clock that the test owns.

mod receiving;
mod sending;

use crate::script::{Bench, Frame};
use msgin5g::client::{Event, Failure, OutgoingMessage};
use msgin5g::coap::{Code, OptionNumber, Token};
use msgin5g::message::{AsServiceId, MessageId, Priority, Recipient, ReportStatus, UeServiceId};
use serde_json::{Value, json};

const WAIT: u64 = 2_000;

fn meter() -> Recipient<'static> {
    Recipient::As(AsServiceId::new("as-meter@iot.example").unwrap())
}

fn send(bench: &mut Bench<'_>, to: Recipient<'_>, text: &str) -> MessageId<'static> {
    let message = OutgoingMessage::text(to, text).with_aggregation();
    bench.client.send(&message, &mut bench.rng).unwrap()
}

fn parts(frame: &Frame) -> Vec<Value> {
    let json = frame.json();
    let parts = json["List of individual messages"].as_array();
    parts.expect("an aggregate").clone()
}

//! The client as a state machine, against a scripted server and a clock that the test owns.

mod receiving;
mod registration;
mod sending;
mod stream;

use crate::script::Bench;
use msgin5g::client::{
    Client, Event, Failure, IncomingSlot, OutboxSlot, OutgoingMessage, SendError,
};
use msgin5g::coap::{self, Code, OptionNumber, Token};
use msgin5g::message::{Outcome, Priority, Recipient, ReportStatus, UeServiceId};
use serde_json::{Value, json};

fn msg_id(number: u8) -> String {
    format!("3f0c1d52-7a44-4e0b-9c61-1f2a5b6c7d{number:02x}")
}

/// A message from an Application Server; `text` as it stands in JSON.
fn msg_to_us(number: u8, text: &str, report: bool) -> String {
    format!(
        r#"{{"MSGin5G service identifier":"MSGin5G","Message Type":"MSG",
            "Originating AS Service ID":"as-meter@iot.example",
            "Recipient UE Service ID":"ue-4711@iot.example","Message ID":"{}",
            "Delivery status required":{report},"Payload":"{text}"}}"#,
        msg_id(number)
    )
}

/// What a client needs besides the caller's buffers.
#[test]
fn the_state_of_a_client_is_small() {
    let (client, outgoing, incoming) = (
        size_of::<Client<'_>>(),
        size_of::<OutboxSlot>(),
        size_of::<IncomingSlot>(),
    );
    assert!(client < 9 * 256, "client {client}");
    assert!(
        outgoing <= 176 && incoming <= 112,
        "slots {outgoing} {incoming}"
    );
}

//! The client against a server that means harm, or is merely wrong, and against memory and clocks
//! that nobody would choose. The test owns the clock.

mod answers;
mod large;
mod repeats;
mod signals;

use crate::script::{Bench, Counter};
use msgin5g::client::{
    Client, Config, Event, Failure, IncomingSlot, OutboxSlot, OutgoingMessage, Pieces, SendError,
};
use msgin5g::coap::signal::{Csm, Signal};
use msgin5g::coap::{CoapError, Code, OptionNumber, Outgoing, Token, stream};
use msgin5g::message::{Priority, Recipient, UeServiceId};
use serde_json::json;

/// An MSG from ue-0815.
fn msg(id: &str, payload: &str, report: bool) -> String {
    json!({
        "MSGin5G service identifier": "MSGin5G",
        "Message Type": "MSG",
        "Originating UE Service ID": "ue-0815@iot.example",
        "Recipient UE Service ID": "ue-4711@iot.example",
        "Message ID": id,
        "Delivery status required": report,
        "Payload": payload,
    })
    .to_string()
}

fn message_response(id: &str, status: &str) -> String {
    json!({
        "Message Type": "MSGRESP",
        "Originating UE Service ID": "ue-4711@iot.example",
        "Message ID": id,
        "Delivery Status": status,
    })
    .to_string()
}

fn events(bench: &mut Bench<'_>, now: u64) -> Vec<String> {
    std::iter::from_fn(|| {
        bench
            .client
            .poll_event(now)
            .map(|event| format!("{event:?}"))
    })
    .collect()
}

/// A frame larger than the client's receive memory. Somebody looks for events as it arrives.
fn large(bench: &mut Bench<'_>, code: Code, token: Token) {
    let mut octets = vec![0; Bench::RX + 100];
    let frame = Outgoing {
        code,
        token,
        options: &[],
        payload: &[b' '; Bench::RX],
    };
    let len = frame.encode_stream(&mut octets).unwrap();
    for piece in octets[..len].chunks(100) {
        bench.client.has_event(0);
        bench.octets(piece);
    }
}

// ---- frames that are too large ----------------------------------------------------------------

fn csm(max_message_size: u32) -> Vec<u8> {
    let signal = Signal::Csm(Csm {
        max_message_size: Some(max_message_size),
        block_wise: false,
    });
    let mut octets = vec![0; 16];
    let len = signal.encode(Token::EMPTY, &mut octets).unwrap();
    octets.truncate(len);
    octets
}

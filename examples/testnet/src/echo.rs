//! A built-in UE: it reports what it gets, and answers each message with one of its own.

use openssl::rand::rand_bytes;

use crate::coap::{Code, Message, number};
use crate::text;
use crate::wire::names;
use crate::wire::{Address, Body, Fields, MessageType};

/// The UE that is simulated.
#[derive(Debug)]
pub struct Echo {
    ue: String,
}

impl Echo {
    pub fn new(ue: &str) -> Self {
        Self { ue: ue.to_owned() }
    }

    pub fn ue(&self) -> &str {
        &self.ue
    }

    pub fn registration(&self) -> Message {
        request(&Body::new(MessageType::Reg).with(&names::UE_SERVICE_ID, self.ue.as_str()))
    }

    /// What it sends after it got this. Messages of `quiet` UEs are only reported, or two of us would never end.
    pub fn requests(&self, kind: MessageType, got: &Fields, quiet: &[String]) -> Vec<Message> {
        let (MessageType::Msg, Ok(from), Ok(id)) = (kind, got.originator(), got.message_id())
        else {
            return Vec::new();
        };
        let me = Address::ue(&self.ue);
        let wanted = got.boolean(&names::REPORT_WANTED) == Ok(Some(true));
        let mut requests = Vec::new();
        if wanted {
            let report = Body::new(MessageType::Imdn).from(&me).to(&from);
            requests.push(request(
                &report
                    .with(&names::MESSAGE_ID, id)
                    .with(&names::STATUS, "success"),
            ));
        }
        if !quiet.contains(&from.id) {
            let payload = got.text(&names::PAYLOAD).ok().flatten().unwrap_or_default();
            let answer = Body::new(MessageType::Msg)
                .from(&me)
                .to(&from)
                .with(&names::MESSAGE_ID, uuid())
                .copied(got, &[&names::APPLICATION_ID])
                .with(&names::REPORT_WANTED, wanted)
                .with(&names::PAYLOAD, format!("echo: {payload}"))
                .with(&names::STORE_FLAG, false);
            requests.push(request(&answer));
        }
        requests
    }
}

/// A random UUID (RFC 9562, version 4).
pub fn uuid() -> String {
    let mut octets = [0; 16];
    // OpenSSL's generator fails only when the machine has no randomness at all; the ID is then merely not unique.
    let _ = rand_bytes(&mut octets);
    octets[6] = octets[6] & 0x0f | 0x40;
    octets[8] = octets[8] & 0x3f | 0x80;
    let hex = text::hex(&octets);
    format!(
        "{}-{}-{}-{}-{}",
        &hex[..8],
        &hex[8..12],
        &hex[12..16],
        &hex[16..20],
        &hex[20..]
    )
}

fn request(body: &Body) -> Message {
    let mut message = Message::new(Code::POST, &[]);
    message.options.add(number::URI_PATH, b"msgin5g");
    message.options.add_uint(number::CONTENT_FORMAT, 50);
    message.payload = body.octets();
    message
}

//! A client over datagrams whose other end the test plays, octet for octet.

use msgin5g::client::{Client, ClientMemory, Config, Event, OutgoingMessage};
use msgin5g::coap::datagram::{self, Header, Type};
use msgin5g::coap::{Code, ContentFormat, OptionNumber, Outgoing, Token};
use msgin5g::message::{Recipient, UeServiceId};

use super::script;

pub type Memory = ClientMemory<1024, 1024, 2048, 6>;

pub const MSG: &str = r#"{"MSGin5G service identifier":"MSGin5G","Message Type":"MSG","Originating UE Service ID":"ue-b@iot.example","Recipient UE Service ID":"ue-a@iot.example","Message ID":"00000000-0000-4000-8000-00000000000N","Payload":"hello"}"#;

/// A client whose other end the test plays.
pub struct Bench<'m> {
    pub client: Client<'m>,
    pub rng: script::Counter,
}

/// A datagram that the client sent.
#[derive(Debug, Clone, PartialEq)]
pub struct Sent {
    pub header: Header,
    pub code: Code,
    pub token: Token,
    pub octets: Vec<u8>,
}

impl<'m> Bench<'m> {
    pub fn new(memory: &'m mut Memory, adjust: impl FnOnce(&mut Config<'m>)) -> Self {
        let mut config = Config::new(UeServiceId::new("ue-a@iot.example").unwrap());
        adjust(&mut config);
        let mut rng = script::Counter(1);
        let mut client =
            Client::new(config, memory.pieces(), &mut rng).expect("a sound configuration");
        client.connected_datagram();
        client.register().unwrap();
        Self { client, rng }
    }

    pub fn registered(memory: &'m mut Memory) -> Self {
        let mut bench = Self::new(memory, |_| {});
        let reg = bench.sent(0).unwrap();
        bench.give(&answer(&reg, Code::CREATED));
        assert_eq!(bench.client.poll_event(0), Some(Event::Registered));
        bench
    }

    pub fn sent(&mut self, now: u64) -> Option<Sent> {
        let mut octets = self.client.poll_transmit(now).to_vec();
        if octets.is_empty() {
            return None;
        }
        self.client.transmitted(octets.len());
        let whole = octets.clone();
        let read = datagram::decode(&mut octets).unwrap();
        Some(Sent {
            header: read.header,
            code: read.packet.code,
            token: read.packet.token,
            octets: whole,
        })
    }

    pub fn give(&mut self, octets: &[u8]) {
        let space = self.client.recv_space();
        let len = octets.len().min(space.len());
        assert!(len > 0, "the client takes datagrams");
        space[..len].copy_from_slice(&octets[..len]);
        self.client.received(len);
    }

    /// What the client sends back to this; it means nothing to the application.
    pub fn reply_to(&mut self, octets: &[u8]) -> Option<Sent> {
        self.give(octets);
        assert!(!self.client.has_event(0));
        self.sent(0)
    }

    pub fn send(&mut self, text: &str) {
        let to = Recipient::Ue(UeServiceId::new("ue-b@iot.example").unwrap());
        let message = OutgoingMessage::text(to, text);
        self.client.send(&message, &mut self.rng).unwrap();
    }
}

pub fn write(kind: Type, message_id: u16, code: Code, token: Token, json: &str) -> Vec<u8> {
    let format = ContentFormat::JSON.octets();
    let options: &[(OptionNumber, &[u8])] = &[(OptionNumber::CONTENT_FORMAT, &format)];
    let message = Outgoing {
        code,
        token,
        options: if json.is_empty() { &[] } else { options },
        payload: json.as_bytes(),
    };
    let mut octets = vec![0; 4096];
    let header = Header { kind, message_id };
    let len = message.encode_datagram(header, &mut octets).unwrap();
    octets.truncate(len);
    octets
}

pub fn answer(request: &Sent, code: Code) -> Vec<u8> {
    write(
        Type::Ack,
        request.header.message_id,
        code,
        request.token,
        "",
    )
}

pub fn empty(kind: Type, message_id: u16) -> Vec<u8> {
    write(kind, message_id, Code::EMPTY, Token::EMPTY, "")
}

pub fn delivery(kind: Type, message_id: u16, number: u8) -> Vec<u8> {
    let json = MSG.replace("000N", &format!("{number:04}"));
    write(kind, message_id, Code::POST, Token::from(0x51), &json)
}

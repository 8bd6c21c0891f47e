//! A scripted server: what the client sent, as frames; what it receives, as octets.

use msgin5g::client::{Client, ClientMemory, Config, Event, OutgoingMessage, Reports};
use msgin5g::coap::{self, Code, ContentFormat, OptionNumber, Token, stream};
use msgin5g::message::{MessageId, Priority, Recipient, UeServiceId};
use rand_core::{CryptoRng, RngCore};
use serde_json::Value;

pub type Memory = ClientMemory<{ Bench::RX }, 1024, 2048, 7>;

/// A client with an open session whose other end the test plays.
pub struct Bench<'m> {
    pub client: Client<'m>,
    pub rng: Counter,
    next_token: u32,
}

/// A frame that the client sent.
#[derive(Debug, Clone)]
pub struct Frame {
    pub code: Code,
    pub token: Token,
    pub options: Vec<(u16, Vec<u8>)>,
    pub payload: Vec<u8>,
}

impl<'m> Bench<'m> {
    pub const RX: usize = 1024;

    pub fn memory() -> Memory {
        ClientMemory::new()
    }

    pub fn new(memory: &'m mut Memory) -> Self {
        Self::with(memory, |_| {})
    }

    pub fn with(memory: &'m mut Memory, adjust: impl FnOnce(&mut Config<'m>)) -> Self {
        let mut config = Config::new(UeServiceId::new("ue-4711@iot.example").unwrap());
        adjust(&mut config);
        let mut rng = Counter(1);
        let mut client =
            Client::new(config, memory.pieces(), &mut rng).expect("a sound configuration");
        client.connected();
        Self {
            rng,
            ..Self::of(client)
        }
    }

    pub fn of(client: Client<'m>) -> Self {
        Self {
            client,
            rng: Counter(1000),
            next_token: 0x5e00_0000,
        }
    }

    pub fn registered(memory: &'m mut Memory) -> Self {
        let mut bench = Self::new(memory);
        bench.register();
        bench
    }

    pub fn registered_with(memory: &'m mut Memory, adjust: impl FnOnce(&mut Config<'m>)) -> Self {
        let mut bench = Self::with(memory, adjust);
        bench.register();
        bench
    }

    pub fn by_application(memory: &'m mut Memory) -> Self {
        let mut bench = Self::with(memory, |config| config.reports = Reports::ByApplication);
        bench.register();
        bench
    }

    pub fn register(&mut self) {
        self.client.register().unwrap();
        let reg = self.request(0);
        self.answer(&reg, Code::CREATED, r#"{"Registration result":"success"}"#);
        assert_eq!(self.client.poll_event(0), Some(Event::Registered));
    }

    pub fn send(&mut self, text: &str, priority: Priority) -> MessageId<'static> {
        let to = Recipient::Ue(UeServiceId::new("ue-0815@iot.example").unwrap());
        let message = OutgoingMessage::text(to, text).with_priority(priority);
        self.client.send(&message, &mut self.rng).unwrap()
    }

    /// Everything the client has to send now.
    pub fn sent(&mut self, now: u64) -> Vec<Frame> {
        let mut octets = Vec::new();
        loop {
            let out = self.client.poll_transmit(now);
            if out.is_empty() {
                break;
            }
            // As a transport would take them: by and by.
            let n = out.len().min(7);
            octets.extend_from_slice(&out[..n]);
            self.client.transmitted(n);
        }
        frames(&mut octets)
    }

    /// The event that must be there, in words.
    pub fn event(&mut self, now: u64) -> String {
        let event = self.client.poll_event(now);
        format!("{:?}", event.expect("an event"))
    }

    /// All events that are there, in words.
    pub fn events(&mut self, now: u64) -> Vec<String> {
        let mut events = Vec::new();
        while let Some(event) = self.client.poll_event(now) {
            events.push(format!("{event:?}"));
        }
        events
    }

    /// Posts a request, polls its event and tells the code of its answer; what else the client
    /// sends is returned too.
    pub fn exchange(&mut self, json: &str, now: u64) -> (String, Code, Vec<Frame>) {
        let token = self.post(json);
        let event = self.event(now);
        let mut sent = self.sent(now);
        let at = sent.iter().position(|frame| frame.token == token);
        let answer = sent.remove(at.expect("an answer"));
        (event, answer.code, sent)
    }

    /// The only request among what the client sends now.
    pub fn request(&mut self, now: u64) -> Frame {
        let sent = self.sent(now);
        let mut requests = sent.into_iter().filter(|frame| frame.code.is_request());
        let request = requests.next().expect("a request");
        assert!(requests.next().is_none(), "one request only");
        request
    }

    /// Answers all that the client sends now, and takes the events.
    pub fn answer_all(&mut self, now: u64) {
        while let Some(frame) = self.sent(now).first().cloned() {
            self.answer(&frame, Code::CHANGED, "");
            self.events(now);
        }
    }

    pub fn answer(&mut self, to: &Frame, code: Code, payload: &str) {
        self.frame(code, to.token, &[], payload.as_bytes());
    }

    /// A request of the server; its token is returned.
    pub fn post(&mut self, json: &str) -> Token {
        self.next_token += 1;
        let token = Token::from(self.next_token);
        let format = ContentFormat::JSON.octets();
        self.frame(
            Code::POST,
            token,
            &[(OptionNumber::CONTENT_FORMAT, &format)],
            json.as_bytes(),
        );
        token
    }

    pub fn frame(
        &mut self,
        code: Code,
        token: Token,
        options: &[(OptionNumber, &[u8])],
        payload: &[u8],
    ) {
        let frame = coap::Outgoing {
            code,
            token,
            options,
            payload,
        };
        let mut octets = vec![0; 8192];
        let len = frame.encode_stream(&mut octets).unwrap();
        self.octets(&octets[..len]);
    }

    /// Octets from the server, cut as the client's room demands.
    pub fn octets(&mut self, mut octets: &[u8]) {
        while !octets.is_empty() {
            let space = self.client.recv_space();
            let n = octets.len().min(space.len());
            assert!(n > 0, "the client takes no more octets");
            space[..n].copy_from_slice(&octets[..n]);
            self.client.received(n);
            octets = &octets[n..];
        }
    }
}

impl Frame {
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.payload).expect("JSON")
    }

    pub fn path(&self) -> Vec<String> {
        let texts = self.options.iter().filter(|(number, _)| *number == 11);
        texts
            .map(|(_, value)| String::from_utf8(value.clone()).unwrap())
            .collect()
    }

    pub fn uint_option(&self, wanted: u16) -> Option<u32> {
        let (_, value) = self.options.iter().find(|(number, _)| *number == wanted)?;
        Some(
            value
                .iter()
                .fold(0, |sum, octet| sum << 8 | u32::from(*octet)),
        )
    }
}

fn frames(mut octets: &mut [u8]) -> Vec<Frame> {
    let mut all = Vec::new();
    while !octets.is_empty() {
        let len = stream::frame_len(octets).unwrap().expect("a whole frame");
        let (frame, rest) = octets.split_at_mut(len);
        let packet = stream::decode(frame).unwrap();
        let options = packet.options.iter();
        all.push(Frame {
            code: packet.code,
            token: packet.token,
            options: options
                .map(|(number, value)| (number.0, value.to_vec()))
                .collect(),
            payload: packet.payload.to_vec(),
        });
        octets = rest;
    }
    all
}

/// Numbers that a test can foresee.
pub struct Counter(pub u64);

impl RngCore for Counter {
    fn next_u32(&mut self) -> u32 {
        self.next_u64() as u32
    }

    fn next_u64(&mut self) -> u64 {
        self.0 += 1;
        self.0.wrapping_mul(0x9e37_79b9_7f4a_7c15)
    }

    fn fill_bytes(&mut self, dest: &mut [u8]) {
        for chunk in dest.chunks_mut(8) {
            chunk.copy_from_slice(&self.next_u64().to_be_bytes()[..chunk.len()]);
        }
    }

    fn try_fill_bytes(&mut self, dest: &mut [u8]) -> Result<(), rand_core::Error> {
        self.fill_bytes(dest);
        Ok(())
    }
}

impl CryptoRng for Counter {}

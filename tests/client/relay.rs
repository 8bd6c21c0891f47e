//! A server that passes everything on to the other side, as often as it takes.

use msgin5g::coap::{self, Code, ContentFormat, OptionNumber, Token, stream};

/// A CoAP frame and what the relay has to know of it.
#[derive(Clone)]
pub struct Frame {
    pub octets: Vec<u8>,
    pub is_signal: bool,
    code: Code,
    token: Token,
    json: String,
}

/// A request on its way to a client.
struct Delivery {
    to: usize,
    json: String,
    token: Token,
    /// When it goes out, for the first time or again.
    at: u64,
}

pub struct Relay {
    names: [&'static str; 2],
    registered: [bool; 2],
    deliveries: Vec<Delivery>,
    answers: Vec<(usize, Frame)>,
    next_token: u32,
    pub seen: Seen,
}

/// How often a kind of request came, so that a test can say that it saw it.
#[derive(Debug, Default, Clone, Copy)]
pub struct Seen {
    pub segments: u32,
    pub aggregates: u32,
    pub recoveries: u32,
    pub confirmations: u32,
    pub reports: u32,
}

impl std::ops::AddAssign for Seen {
    fn add_assign(&mut self, other: Self) {
        self.segments += other.segments;
        self.aggregates += other.aggregates;
        self.recoveries += other.recoveries;
        self.confirmations += other.confirmations;
        self.reports += other.reports;
    }
}

/// How long the relay waits for an answer.
const PATIENCE_MS: u64 = 5_000;

impl Frame {
    pub fn read(octets: &[u8]) -> Self {
        let mut copy = octets.to_vec();
        let packet = stream::decode(&mut copy).expect("one whole frame");
        Self {
            octets: octets.to_vec(),
            is_signal: packet.code.is_signal(),
            code: packet.code,
            token: packet.token,
            json: String::from_utf8(packet.payload.to_vec()).expect("text"),
        }
    }

    fn new(code: Code, token: Token, json: &str) -> Self {
        let format = ContentFormat::JSON.octets();
        let options: &[(OptionNumber, &[u8])] = &[(OptionNumber::CONTENT_FORMAT, &format)];
        let frame = coap::Outgoing {
            code,
            token,
            options: if json.is_empty() { &[] } else { options },
            payload: json.as_bytes(),
        };
        let mut octets = vec![0; 4096];
        let len = frame.encode_stream(&mut octets).expect("fits");
        octets.truncate(len);
        Self {
            octets,
            is_signal: false,
            code,
            token,
            json: json.to_owned(),
        }
    }

    fn is(&self, kind: &str) -> bool {
        self.json.contains(&format!(r#""Message Type":"{kind}""#))
    }
}

impl Relay {
    pub fn new(names: [&'static str; 2]) -> Self {
        Self {
            names,
            registered: [false; 2],
            deliveries: Vec::new(),
            answers: Vec::new(),
            next_token: 0x5e00_0000,
            seen: Seen::default(),
        }
    }

    pub fn is_idle(&self) -> bool {
        self.deliveries.is_empty() && self.answers.is_empty()
    }

    /// The session with this client is no more.
    pub fn cut(&mut self, side: usize) {
        self.registered[side] = false;
        self.answers.retain(|(to, _)| *to != side);
    }

    pub fn deadline(&self) -> Option<u64> {
        let ready = self
            .deliveries
            .iter()
            .filter(|delivery| self.registered[delivery.to]);
        ready.map(|delivery| delivery.at).min()
    }

    /// What goes out now.
    pub fn due(&mut self, now: u64) -> Vec<(usize, Frame)> {
        let mut out = std::mem::take(&mut self.answers);
        for delivery in &mut self.deliveries {
            if delivery.at <= now && self.registered[delivery.to] {
                // Another attempt is another request.
                self.next_token += 1;
                delivery.token = Token::from(self.next_token);
                delivery.at = now + PATIENCE_MS;
                out.push((
                    delivery.to,
                    Frame::new(Code::POST, delivery.token, &delivery.json),
                ));
            }
        }
        out
    }

    pub fn take(&mut self, from: usize, frame: &Frame, now: u64, chance: &mut Chance) {
        if frame.is_signal {
            return;
        }
        if frame.code.is_response() {
            let mut deliveries = self.deliveries.iter();
            let answered = deliveries.position(|delivery| delivery.token == frame.token);
            match answered {
                Some(at) if frame.code == Code::SERVICE_UNAVAILABLE => {
                    self.deliveries[at].at = now + PATIENCE_MS;
                }
                // Also what is refused has come to its end.
                Some(at) => drop(self.deliveries.remove(at)),
                None => {}
            }
            return;
        }
        let code = if frame.is("REG") {
            Code::CREATED
        } else {
            Code::CHANGED
        };
        self.answers.push((from, Frame::new(code, frame.token, "")));
        if frame.is("REG") {
            self.registered[from] = true;
            return;
        }
        let seen = |wanted: bool| u32::from(wanted);
        self.seen += Seen {
            segments: seen(frame.json.contains(r#""Message is segmented":true"#)),
            aggregates: seen(frame.json.contains("List of individual messages")),
            recoveries: seen(frame.is("SEGREC")),
            confirmations: seen(frame.is("SEGCONFIR")),
            reports: seen(frame.is("IMDN")),
        };
        // One of each set gets through, or nobody would know of it.
        let is_segment = frame.json.contains(r#""Message is segmented":true"#)
            && !frame.json.contains(r#""Message segment number":2"#);
        let loses = is_segment || frame.is("SEGREC") || frame.is("SEGCONFIR");
        // Taken and never passed on: what SEGREC is for.
        if loses && chance.below(6) == 0 {
            return;
        }
        let to = 1 - from;
        if frame.is("MSG") || frame.is("IMDN") {
            assert!(frame.json.contains(self.names[to]), "for the other side");
        }
        self.deliveries.push(Delivery {
            to,
            json: frame.json.clone(),
            token: Token::EMPTY,
            at: now,
        });
    }
}

/// Numbers that one seed gives (xorshift64*).
pub struct Chance(u64);

impl Chance {
    pub fn new(seed: u64) -> Self {
        let mut chance = Self(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1);
        chance.below(2);
        chance
    }

    pub fn below(&mut self, bound: u64) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        (self.0.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 33) % bound
    }

    pub fn text(&mut self, octets: usize) -> String {
        const LETTERS: [char; 12] = [
            'a', 'b', 'c', 'd', 'e', ' ', '"', '\\', '\n', 'ö', '€', '😀',
        ];
        let mut text = String::new();
        while text.len() < octets {
            text.push(LETTERS[self.below(12) as usize]);
        }
        text
    }
}

//! The whole client: a server that sends anything, an application that calls anything, a clock
//! that shows anything, memory of any size. At the end a good server answers all that is left.
//!
//! With the variable `FUZZ_TELL` the story of an input is told.

mod serve;
mod wishes;

use super::numbers::Numbers;
use arbitrary::{Result, Unstructured};
use msgin5g::client::{
    Client, Config, Event, IncomingSlot, OutboxSlot, OutgoingMessage, Pieces, ReportTicket,
    Reports, Subscription,
};
use msgin5g::coap::{Code, OptionNumber, Outgoing, Token, stream};
use msgin5g::message::{
    AsServiceId, ClientProfile, MessageId, MessagingTopic, Outcome, Priority, Recipient,
    StoreAndForward, UeServiceId,
};
use std::collections::{BTreeMap, BTreeSet, VecDeque};

pub fn client(data: &[u8]) {
    // The octets are at an end: so is the story.
    let _ = story(&mut Unstructured::new(data));
}

fn story(u: &mut Unstructured<'_>) -> Result<()> {
    let size = |u: &mut Unstructured<'_>, usual: usize| -> Result<usize> {
        Ok(if u.ratio(1, 8)? {
            u.int_in_range(0..=300)?
        } else {
            usual
        })
    };
    let (mut rx, mut tx) = (vec![0; size(u, 700)?], vec![0; size(u, 700)?]);
    let mut outbox = vec![0; size(u, 1500)?];
    let mut slots = vec![OutboxSlot::EMPTY; u.int_in_range(0..=6)?];
    let mut incoming = vec![0; size(u, 900)?];
    let mut incoming_slots = vec![IncomingSlot::EMPTY; u.int_in_range(0..=3)?];
    let mut config = Config::new(UeServiceId::new("ue-4711@iot.example").unwrap());
    if u.arbitrary()? {
        config.reports = Reports::ByApplication;
    }
    config.max_attempts = u.int_in_range(1..=5)?;
    if u.arbitrary()? {
        config.segment_size = u.int_in_range(16..=400)?;
    }
    if u.ratio(1, 4)? {
        config.registration_refresh_ms = Some(u.int_in_range(60_000..=600_000)?);
    }
    let (room, rx_len, tx_len) = (slots.len(), rx.len(), tx.len());
    let pieces = Pieces {
        rx: &mut rx,
        tx: &mut tx,
        outbox: &mut outbox,
        slots: &mut slots,
        incoming: &mut incoming,
        incoming_slots: &mut incoming_slots,
    };
    let mut rng = Numbers(1);
    let Ok(client) = Client::new(config, pieces, &mut rng) else {
        return Ok(());
    };
    let mut world = World {
        client,
        rng,
        now: 0,
        latest: 0,
        room,
        rx_len,
        tx_len,
        open: BTreeSet::new(),
        spoken: BTreeSet::new(),
        tickets: Vec::new(),
        subscriptions: Vec::new(),
        streams: BTreeMap::new(),
        wanted: Vec::new(),
        up: Vec::new(),
        down: VecDeque::new(),
        seen: Vec::new(),
        asked: VecDeque::new(),
        followed: true,
        tells: std::env::var_os("FUZZ_TELL").is_some(),
    };
    let told = world.live(u);
    world.settle();
    told
}

struct World<'m> {
    client: Client<'m>,
    rng: Numbers,
    now: u64,
    /// The latest time that the client has been told.
    latest: u64,
    room: usize,
    rx_len: usize,
    tx_len: usize,
    /// Accepted from the application, without an outcome so far.
    open: BTreeSet<[u8; 16]>,
    /// Named by the server in a request of its own: it may speak of these again.
    spoken: BTreeSet<[u8; 16]>,
    tickets: Vec<ReportTicket>,
    subscriptions: Vec<Subscription>,
    /// Payloads that the application holds.
    streams: BTreeMap<[u8; 16], Vec<u8>>,
    /// Parts of them that were asked for.
    wanted: Vec<([u8; 16], usize, usize)>,
    /// From the client, not yet a whole frame.
    up: Vec<u8>,
    /// To the client.
    down: VecDeque<u8>,
    /// Requests of the client in this session: token, and the Message IDs in it.
    seen: Vec<(Token, Vec<String>)>,
    /// Tokens of the server's requests and Pings that were not answered yet, in order.
    asked: VecDeque<Token>,
    /// Only whole frames were sent down in this session, so `asked` is right.
    followed: bool,
    tells: bool,
}

impl World<'_> {
    fn live(&mut self, u: &mut Unstructured<'_>) -> Result<()> {
        while !u.is_empty() {
            let step = u.int_in_range(0..=23)?;
            self.tell(|| format!("step {step}"));
            match step {
                0 => self.connect(),
                1 => self.disconnect(),
                2 => drop(self.client.register()),
                3 => drop(self.client.deregister()),
                4 | 5 => self.send(u)?,
                6 => self.report(u)?,
                7 => self.client.ping(),
                8 => self.client.release(),
                9 => {
                    // What lies in the client's hands is behind us then: go there, or anywhere.
                    self.now = match (u.int_in_range(0..=3)?, self.client.next_deadline()) {
                        (0, _) => u.arbitrary::<u64>()? >> u.int_in_range(0..=40)?,
                        (1, _) => u64::MAX,
                        (_, Some(deadline)) => deadline,
                        (_, None) => self.now.saturating_add(u.arbitrary::<u16>()?.into()),
                    };
                    self.latest = self.latest.max(self.now);
                }
                10 => {
                    let octets: Vec<u8> = u.arbitrary()?;
                    self.followed = false;
                    self.down.extend(octets);
                }
                11..=15 => self.serve(u)?,
                16 => {
                    let n = u.int_in_range(0..=40)?;
                    self.transmit(n);
                }
                17 => self.transmit(usize::MAX),
                20 => self.subscribe(u)?,
                21 => match u.int_in_range(0..=2)? {
                    0 => self.client.on_device_trigger(),
                    1 => drop(self.client.change_profile(ClientProfile::EMPTY)),
                    _ => self.update(u)?,
                },
                22 => self.supply(u)?,
                18 => {
                    let n = u.int_in_range(0..=40)?;
                    self.receive(n);
                    self.poll(1);
                }
                _ => {
                    self.receive(usize::MAX);
                    self.poll(usize::MAX);
                }
            }
            assert!(self.client.pending() <= self.room);
            assert!(self.client.pending() >= self.open.len());
            // At the end of time all that is to happen later happens now, and again now.
            if u.ratio(1, 4)? && self.now < u64::MAX / 2 {
                let has = self.client.has_event(self.now);
                let same = self.client.has_event(self.now);
                assert_eq!(has, same, "asking changes nothing");
                let got = self.poll(1) == 1;
                assert_eq!(has, got, "has_event and poll_event agree");
            }
        }
        Ok(())
    }

    fn tell(&self, what: impl FnOnce() -> String) {
        if self.tells {
            eprintln!("{:>20} {}", self.now, what());
        }
    }

    fn connect(&mut self) {
        self.disconnect();
        self.client.connected();
    }

    fn disconnect(&mut self) {
        self.client.disconnected();
        self.up.clear();
        self.down.clear();
        self.seen.clear();
        self.asked.clear();
        self.followed = true;
    }

    fn say(&mut self, code: Code, token: Token, options: &[(OptionNumber, &[u8])], payload: &[u8]) {
        let frame = Outgoing {
            code,
            token,
            options,
            payload,
        };
        let mut octets = vec![0; payload.len() + 64];
        let len = frame.encode_stream(&mut octets).unwrap();
        self.down.extend(&octets[..len]);
        if code.is_request() || code == Code::PING {
            self.asked.push_back(token);
        }
        // An oversize Ping has no Pong.
        self.followed &= code != Code::PING || len <= self.rx_len;
    }

    /// The transport takes up to `n` octets.
    fn transmit(&mut self, n: usize) {
        let mut left = n;
        for turn in 0.. {
            assert!(turn < 10_000, "octets without end");
            let octets = self.client.poll_transmit(self.now);
            let taken = octets.len().min(left);
            if taken == 0 {
                break;
            }
            assert!(octets.len() <= self.tx_len);
            self.up.extend(&octets[..taken]);
            self.client.transmitted(taken);
            left -= taken;
        }
        self.hear();
    }

    /// The server reads: all is whole frames, and its requests are answered in their order.
    fn hear(&mut self) {
        while let Some(len) = stream::frame_len(&self.up).unwrap() {
            if len > self.up.len() {
                break;
            }
            let mut frame: Vec<u8> = self.up.drain(..len).collect();
            let packet = stream::decode(&mut frame).unwrap();
            if packet.code.is_request() {
                let json = String::from_utf8(packet.payload.to_vec()).unwrap();
                self.tell(|| format!("-> {} {json}", packet.code));
                let ids = json.split(r#""Message ID":""#).skip(1);
                let ids = ids.filter_map(|rest| Some(rest.split('"').next()?.to_owned()));
                let ids = ids.collect();
                // A subscription keeps its token (RFC 7641 section 3.6).
                let fresh = self.seen.iter().all(|(token, _)| *token != packet.token);
                assert!(fresh || packet.code == Code::GET, "a token of its own");
                self.seen.push((packet.token, ids));
            } else if (packet.code.is_response() || packet.code == Code::PONG)
                && self.followed
                && self.tx_len >= 32
            {
                assert_eq!(self.asked.pop_front(), Some(packet.token));
            }
        }
    }

    /// Up to `n` octets arrive.
    fn receive(&mut self, n: usize) {
        let mut left = n.min(self.down.len());
        while left > 0 {
            let space = self.client.recv_space();
            let len = space.len().min(left);
            if len == 0 {
                break;
            }
            for (place, octet) in space.iter_mut().zip(self.down.drain(..len)) {
                *place = octet;
            }
            self.client.received(len);
            left -= len;
        }
    }

    /// The application takes up to `n` events; tells how many there were.
    fn poll(&mut self, n: usize) -> usize {
        for count in 0..n {
            assert!(count < 10_000, "events without end");
            let Some(event) = self.client.poll_event(self.now) else {
                return count;
            };
            let text = format!("{event:?}");
            if self.tells {
                eprintln!("{:>20} {text}", self.now);
            }
            match event {
                Event::Accepted { message_id }
                | Event::Stored { message_id }
                | Event::Failed { message_id, .. } => {
                    let id = uuid(message_id);
                    assert!(
                        self.open.remove(&id) || self.spoken.contains(&id),
                        "one outcome: {message_id}"
                    );
                }
                Event::Message {
                    report: Some(ticket),
                    ..
                } => self.tickets.push(ticket),
                Event::PayloadWanted {
                    message_id,
                    offset,
                    len,
                } => {
                    let id = uuid(message_id);
                    assert!(offset + len <= self.streams[&id].len());
                    self.wanted.push((id, offset, len));
                }
                _ => {}
            }
        }
        n
    }

    /// All comes to an end with a server that answers everything.
    fn settle(&mut self) {
        if self.rx_len < 32 {
            // Too small to be answered.
            return;
        }
        // A clock that went back is right again: what was put off meanwhile is not due before.
        self.now = self.latest;
        self.connect();
        let mut answered = 0;
        // A day that a server asked for (Max-Age), in refreshes of the registration each minute.
        for _ in 0..10_000 {
            for ticket in std::mem::take(&mut self.tickets) {
                // Unknown where a shrinking limit has failed the report before it was given.
                let _ = self.client.report(ticket, Outcome::Success, None);
            }
            let registers = self.client.is_registered() || self.client.register().is_ok();
            if !registers && self.tx_len < 150 {
                return;
            }
            while let Some((id, offset, len)) = self.wanted.pop() {
                let part = &self.streams[&id][offset..offset + len];
                let _ = self
                    .client
                    .supply(MessageId::Uuid(id), offset, part, self.now);
            }
            let before = answered;
            let (pending, deadline) = (self.client.pending(), self.client.next_deadline());
            self.tell(|| format!("pending {pending}, deadline {deadline:?}"));
            self.transmit(usize::MAX);
            while let Some((token, _)) = self.seen.get(answered).cloned() {
                answered += 1;
                self.say(Code::CHANGED, token, &[], b"");
            }
            self.receive(usize::MAX);
            self.poll(usize::MAX);
            if self.client.is_registered() && self.client.pending() == 0 {
                break;
            }
            // No time passes while something happens.
            if let (true, Some(deadline)) = (before == answered, self.client.next_deadline()) {
                self.now = self.now.max(deadline);
            }
        }
        assert_eq!(
            self.client.pending(),
            0,
            "registered {}, deadline {:?} at {}, {answered} answered, {} open",
            self.client.is_registered(),
            self.client.next_deadline(),
            self.now,
            self.open.len()
        );
        assert!(self.open.is_empty(), "an outcome for each");
    }
}

fn uuid(id: MessageId<'_>) -> [u8; 16] {
    match id {
        MessageId::Uuid(uuid) => uuid,
        MessageId::Opaque(_) => [0; 16],
    }
}

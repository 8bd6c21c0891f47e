//! Two clients, and between them a server with a message layer of its own: it shares no code with the
//! client's.

use std::collections::{BTreeMap, HashMap};

use msgin5g::client::{Client, ClientMemory, Config, Event, OutgoingMessage, Reports};
use msgin5g::coap::datagram::{self, Header, Type};
use msgin5g::coap::{Code, OptionNumber, Outgoing, Packet, Token, stream};
use msgin5g::message::{MessageId, Outcome, Recipient, UeServiceId};

use crate::relay::{Chance, Frame, Relay};
use crate::script::Counter;

const NAMES: [&str; 2] = ["ue-a@iot.example", "ue-b@iot.example"];
const END_MS: u64 = 100 * 3_600_000;
/// EXCHANGE_LIFETIME (RFC 7252 section 4.8.2).
const LIFETIME_MS: u64 = 247_000;

type Memory = ClientMemory<1500, 1024, 4096, 12, 3072, 4>;

/// What happened, so that a test can say that it was not all easy.
#[derive(Debug, Default, Clone, Copy)]
pub struct Seen {
    pub lost: u32,
    pub repeated_requests: u32,
    pub separate: u32,
    pub messages: u32,
}

impl std::ops::AddAssign for Seen {
    fn add_assign(&mut self, other: Self) {
        self.lost += other.lost;
        self.repeated_requests += other.repeated_requests;
        self.separate += other.separate;
        self.messages += other.messages;
    }
}

/// A message that one side sends, and what became of it.
struct Sent {
    from: usize,
    payload: String,
    report_wanted: bool,
    streamed: bool,
    accepted: u32,
    received: u32,
    reported: u32,
}

/// The server's end of the conversation with one client.
#[derive(Default)]
struct Peer {
    next_id: u16,
    /// Requests and answers of the client: until when they are known, and what was sent back.
    seen: HashMap<u16, (u64, Option<Vec<u8>>)>,
    /// Requests that are not answered yet: their message ID, unless it has been acknowledged.
    open: HashMap<Vec<u8>, Option<(Type, u16)>>,
    /// Messages that are not acknowledged: when they go again, after which pause, how often.
    unacknowledged: HashMap<u16, (u64, u64, u32, Vec<u8>)>,
}

struct World<'m> {
    clients: Vec<Client<'m>>,
    peers: [Peer; 2],
    relay: Relay,
    chance: Chance,
    rng: Counter,
    now: u64,
    /// Datagrams on their way, by time of arrival.
    on_the_way: BTreeMap<(u64, u64), (usize, bool, Vec<u8>)>,
    count: u64,
    plan: Vec<(u64, Sent)>,
    sent: HashMap<String, Sent>,
    seen: Seen,
}

/// One run, from two registrations until nobody holds anything.
pub fn run(seed: u64) -> Seen {
    let mut chance = Chance::new(seed);
    let mut memories = [Memory::new(), Memory::new()];
    let mut rng = Counter(seed << 20);
    let clients = memories.iter_mut().zip(NAMES).map(|(memory, name)| {
        let mut config = Config::new(UeServiceId::new(name).unwrap());
        config.retry_pause_ms = 500;
        config.max_attempts = 100;
        config.segment_size = 48 + chance.below(100) as u16;
        config.segment_recoveries = 200;
        config.segment_keep_ms = 3_600_000;
        if chance.below(2) == 0 {
            config.reports = Reports::ByApplication;
        }
        Client::new(config, memory.pieces(), &mut rng).expect("a sound configuration")
    });
    let mut world = World {
        clients: clients.collect(),
        peers: Default::default(),
        relay: Relay::new(NAMES),
        rng: Counter(seed << 21),
        now: 0,
        on_the_way: BTreeMap::new(),
        count: 0,
        plan: Vec::new(),
        sent: HashMap::new(),
        seen: Seen::default(),
        chance,
    };
    world.make_plan();
    for client in &mut world.clients {
        client.register().unwrap();
        client.connected_datagram();
    }
    while !world.is_over() {
        world.step();
        assert!(world.now < END_MS, "no end");
    }
    for (id, sent) in &world.sent {
        let told = (sent.received, sent.accepted, sent.reported);
        let wanted = u32::from(sent.report_wanted);
        assert_eq!(told, (1, 1, wanted), "{id}: received, accepted, reported");
        world.seen.messages += 1;
    }
    for client in &world.clients {
        assert_eq!((client.pending(), client.next_deadline()), (0, None));
    }
    world.seen
}

impl World<'_> {
    fn make_plan(&mut self) {
        for from in 0..2 {
            for _ in 0..self.chance.below(7) {
                let len = match self.chance.below(3) {
                    0 => 100 + self.chance.below(400),
                    _ => self.chance.below(40),
                };
                let sent = Sent {
                    from,
                    payload: self.chance.text(len as usize),
                    report_wanted: self.chance.below(2) == 0,
                    streamed: self.chance.below(6) == 0,
                    accepted: 0,
                    received: 0,
                    reported: 0,
                };
                self.plan.push((self.chance.below(3) * 5_000, sent));
            }
        }
    }

    fn is_over(&self) -> bool {
        self.plan.is_empty()
            && self.clients.iter().all(Client::is_idle)
            && self.relay.is_idle()
            && self.on_the_way.is_empty()
            && self.peers.iter().all(|peer| peer.unacknowledged.is_empty())
    }

    fn step(&mut self) {
        self.apply_plan();
        for side in 0..2 {
            self.run_client(side);
            self.repeat(side);
        }
        for (side, frame) in self.relay.due(self.now) {
            self.pass_on(side, &frame);
        }
        self.now = self.next_time();
        while let Some(entry) = self.on_the_way.first_entry() {
            if entry.key().0 > self.now {
                break;
            }
            let (side, up, octets) = entry.remove();
            if up {
                self.take(side, &octets);
            } else {
                self.give(side, &octets);
            }
        }
    }

    fn next_time(&self) -> u64 {
        let clients = self.clients.iter().filter_map(Client::next_deadline);
        let ways = self.on_the_way.keys().map(|(at, _)| *at);
        let plan = self.plan.iter().map(|(at, ..)| *at);
        let repeats = self
            .peers
            .iter()
            .flat_map(|peer| peer.unacknowledged.values());
        let repeats = repeats.map(|(at, ..)| *at);
        let all = clients.chain(ways).chain(plan).chain(repeats);
        let all = all.chain(self.relay.deadline());
        all.min().unwrap_or(self.now).max(self.now + 1)
    }

    fn apply_plan(&mut self) {
        for (at, sent) in std::mem::take(&mut self.plan) {
            if at > self.now {
                self.plan.push((at, sent));
                continue;
            }
            let to = Recipient::Ue(UeServiceId::new(NAMES[1 - sent.from]).unwrap());
            let mut message = OutgoingMessage::text(to, &sent.payload).with_segments();
            message.report_wanted = sent.report_wanted;
            let client = &mut self.clients[sent.from];
            let accepted = if sent.streamed {
                client.send_from(&message, sent.payload.len(), &mut self.rng)
            } else {
                client.send(&message, &mut self.rng)
            };
            match accepted {
                Ok(id) => {
                    self.sent.insert(id.to_string(), sent);
                }
                // Full: later.
                Err(_) => self.plan.push((self.now + 1_000, sent)),
            }
        }
    }

    // ---- the server ---------------------------------------------------------------------

    /// A datagram of a client has arrived.
    fn take(&mut self, side: usize, octets: &[u8]) {
        let mut copy = octets.to_vec();
        let datagram::Datagram { header, packet } =
            datagram::decode(&mut copy).expect("clients send CoAP");
        let peer = &mut self.peers[side];
        let id = header.message_id;
        match header.kind {
            Type::Rst => drop(peer.unacknowledged.remove(&id)),
            Type::Ack => {
                peer.unacknowledged.remove(&id);
                if packet.code != Code::EMPTY {
                    self.relay_takes(side, &packet);
                }
            }
            Type::Con | Type::Non => {
                if let Some((until, back)) = peer.seen.get(&id)
                    && self.now < *until
                {
                    self.seen.repeated_requests += 1;
                    if let Some(back) = back.clone() {
                        self.put_on_way(side, false, back);
                    }
                    return;
                }
                peer.seen.insert(id, (self.now + LIFETIME_MS, None));
                if packet.code.is_request() {
                    let mut asked = Some((header.kind, id));
                    if header.kind == Type::Con && self.chance.below(4) == 0 {
                        // The answer comes in a message of its own.
                        self.seen.separate += 1;
                        let ack = write(Type::Ack, id, &EMPTY);
                        peer.seen
                            .insert(id, (self.now + LIFETIME_MS, Some(ack.clone())));
                        asked = None;
                        self.put_on_way(side, false, ack);
                    }
                    let token = packet.token.as_octets().to_vec();
                    self.peers[side].open.insert(token, asked);
                }
                self.relay_takes(side, &packet);
            }
        }
    }

    fn relay_takes(&mut self, side: usize, packet: &Packet<'_>) {
        let options: Vec<_> = packet.options.iter().collect();
        let message = Outgoing {
            code: packet.code,
            token: packet.token,
            options: &options,
            payload: packet.payload,
        };
        let mut octets = vec![0; 4096];
        let len = message.encode_stream(&mut octets).unwrap();
        let frame = Frame::read(&octets[..len]);
        self.relay.take(side, &frame, self.now, &mut self.chance);
    }

    /// A message of the relay goes to a client.
    fn pass_on(&mut self, side: usize, frame: &Frame) {
        let mut copy = frame.octets.clone();
        let packet = stream::decode(&mut copy).unwrap();
        let options: Vec<(OptionNumber, &[u8])> = packet.options.iter().collect();
        let message = Outgoing {
            code: packet.code,
            token: packet.token,
            options: &options,
            payload: packet.payload,
        };
        let peer = &mut self.peers[side];
        if packet.code.is_response()
            && let Some(Some((Type::Con, id))) = peer.open.remove(packet.token.as_octets())
        {
            let octets = write(Type::Ack, id, &message);
            let until = self.now + LIFETIME_MS;
            peer.seen.insert(id, (until, Some(octets.clone())));
            return self.put_on_way(side, false, octets);
        }
        let id = peer.next_id;
        peer.next_id = peer.next_id.wrapping_add(1);
        // What comes in time by itself need not be confirmed: the relay repeats requests.
        let is_confirmable = packet.code.is_response() || self.chance.below(4) > 0;
        if is_confirmable {
            let octets = write(Type::Con, id, &message);
            let again = (self.now + 2_000, 2_000, 0, octets.clone());
            peer.unacknowledged.insert(id, again);
            self.put_on_way(side, false, octets);
        } else {
            self.put_on_way(side, false, write(Type::Non, id, &message));
        }
    }

    /// What is not acknowledged goes again, four times at the most.
    fn repeat(&mut self, side: usize) {
        let mut out = Vec::new();
        let now = self.now;
        self.peers[side].unacknowledged.retain(|_, entry| {
            let (at, pause, times, octets) = entry;
            if *at > now {
                return true;
            }
            (*pause, *times) = (*pause * 2, *times + 1);
            *at = now + *pause;
            if *times <= 4 {
                out.push(octets.clone());
            }
            *times <= 4
        });
        out.sort();
        for octets in out {
            self.put_on_way(side, false, octets);
        }
    }

    fn put_on_way(&mut self, side: usize, up: bool, octets: Vec<u8>) {
        let copies = match self.chance.below(10) {
            0 | 1 => 0,
            2 => 2,
            _ => 1,
        };
        self.seen.lost += u32::from(copies == 0);
        for _ in 0..copies {
            let slow = self.chance.below(8) == 0;
            let delay = 1 + self.chance.below(if slow { 8_000 } else { 300 });
            self.count += 1;
            let at = (self.now + delay, self.count);
            self.on_the_way.insert(at, (side, up, octets.clone()));
        }
    }

    // ---- the clients --------------------------------------------------------------------

    fn give(&mut self, side: usize, octets: &[u8]) {
        let space = self.clients[side].recv_space();
        space[..octets.len()].copy_from_slice(octets);
        self.clients[side].received(octets.len());
        self.run_client(side);
    }

    /// Lets a client do all that it can do now.
    fn run_client(&mut self, side: usize) {
        let mut idle_turns = 0;
        loop {
            let mut idle = true;
            while self.take_event(side) {
                idle = false;
            }
            loop {
                let out = self.clients[side].poll_transmit(self.now).to_vec();
                if out.is_empty() {
                    break;
                }
                self.clients[side].transmitted(out.len());
                self.put_on_way(side, true, out);
                idle = false;
            }
            let deadline = self.clients[side].next_deadline();
            if idle && deadline.is_none_or(|at| at > self.now) {
                return;
            }
            idle_turns += u32::from(idle);
            assert!(
                idle_turns < 3,
                "{deadline:?} has passed and nothing happens"
            );
        }
    }

    fn take_event(&mut self, side: usize) -> bool {
        let mut ticket = None;
        let mut wanted = None;
        let Some(event) = self.clients[side].poll_event(self.now) else {
            return false;
        };
        let all = &mut self.sent;
        match event {
            Event::Message { msg, report } => {
                let sent = find(all, msg.message_id);
                assert_eq!((sent.from, msg.payload), (1 - side, &*sent.payload));
                assert_eq!(msg.report_wanted, sent.report_wanted);
                sent.received += 1;
                ticket = report;
            }
            Event::Report(report) => {
                let sent = find(all, report.message_id);
                assert!(report.status.is_success() && sent.from == side);
                sent.reported += 1;
            }
            Event::Accepted { message_id } => find(all, message_id).accepted += 1,
            Event::PayloadWanted {
                message_id,
                offset,
                len,
            } => wanted = Some((message_id, offset, len)),
            Event::Failed { .. }
            | Event::Incomplete(_)
            | Event::ReportFailed { .. }
            | Event::RegistrationFailed(_)
            | Event::Malformed(_) => panic!("{event:?}"),
            _ => {}
        }
        let client = &mut self.clients[side];
        if let Some(ticket) = ticket {
            client.report(ticket, Outcome::Success, None).unwrap();
        }
        if let Some((id, offset, len)) = wanted {
            let part = &self.sent[&id.to_string()].payload.as_bytes()[offset..offset + len];
            client.supply(id, offset, part, self.now).unwrap();
        }
        true
    }
}

fn find<'w>(all: &'w mut HashMap<String, Sent>, id: MessageId<'_>) -> &'w mut Sent {
    all.get_mut(&id.to_string()).expect("was sent")
}

const EMPTY: Outgoing<'static> = Outgoing {
    code: Code::EMPTY,
    token: Token::EMPTY,
    options: &[],
    payload: &[],
};

fn write(kind: Type, message_id: u16, message: &Outgoing<'_>) -> Vec<u8> {
    let mut octets = vec![0; 4096];
    let header = Header { kind, message_id };
    let len = message.encode_datagram(header, &mut octets).unwrap();
    octets.truncate(len);
    octets
}

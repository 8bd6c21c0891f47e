//! Two clients, and between them a server with a message layer of its own: it shares no code with the
//! client's.

use std::collections::{BTreeMap, HashMap};

use msgin5g::client::Client;
use msgin5g::coap::datagram::{self, Header, Type};
use msgin5g::coap::{Code, OptionNumber, Outgoing, Packet, Token, stream};

use crate::ledger::{self, Ledger, Memory, NAMES};
use crate::relay::{Chance, Frame, Relay};
use crate::script::Counter;

const END_MS: u64 = 100 * 3_600_000;
/// EXCHANGE_LIFETIME (RFC 7252 section 4.8.2).
const LIFETIME_MS: u64 = 247_000;

/// What happened, so that a test can say that it was not all easy.
#[derive(Debug, Default, Clone, Copy)]
pub struct Seen {
    pub lost: u32,
    pub repeated_requests: u32,
    pub separate: u32,
    pub messages: u32,
    pub aggregates: u32,
    pub segments: u32,
    pub breaks: u32,
}

impl std::ops::AddAssign for Seen {
    fn add_assign(&mut self, other: Self) {
        self.lost += other.lost;
        self.repeated_requests += other.repeated_requests;
        self.separate += other.separate;
        self.messages += other.messages;
        self.aggregates += other.aggregates;
        self.segments += other.segments;
        self.breaks += other.breaks;
    }
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

/// A datagram between a client and the server.
struct OnTheWay {
    side: usize,
    session: u32,
    up: bool,
    octets: Vec<u8>,
}

struct World<'m> {
    clients: Vec<Client<'m>>,
    ledger: Ledger,
    peers: [Peer; 2],
    relay: Relay,
    chance: Chance,
    now: u64,
    /// Datagrams on their way, by time of arrival.
    on_the_way: BTreeMap<(u64, u64), OnTheWay>,
    count: u64,
    /// Sessions that were opened; datagrams of older ones mean nothing.
    sessions: [u32; 2],
    seen: Seen,
}

/// One run, from two registrations until nobody holds anything.
pub fn run(seed: u64) -> Seen {
    let mut chance = Chance::new(seed);
    let mut memories = [Memory::new(), Memory::new()];
    let mut rng = Counter(seed << 20);
    let clients = memories
        .iter_mut()
        .enumerate()
        .map(|(side, memory)| ledger::client(side, memory, &mut chance, &mut rng, |_| {}));
    let clients = clients.collect();
    let mut world = World {
        clients,
        ledger: Ledger::new(seed, &mut chance),
        peers: Default::default(),
        relay: Relay::new(NAMES),
        now: 0,
        on_the_way: BTreeMap::new(),
        count: 0,
        sessions: [0; 2],
        seen: Seen::default(),
        chance,
    };
    for client in &mut world.clients {
        client.register().unwrap();
        client.connected_datagram();
    }
    while !world.is_over() {
        world.step();
        let ledger = &world.ledger;
        assert!(
            world.now < END_MS,
            "no end: {}",
            ledger.state(&world.clients)
        );
    }
    world.ledger.check(&world.clients);
    Seen {
        messages: world.ledger.count() as u32,
        aggregates: world.relay.seen.aggregates,
        segments: world.relay.seen.segments,
        ..world.seen
    }
}

impl World<'_> {
    fn is_over(&self) -> bool {
        self.ledger.is_done(&self.clients)
            && self.relay.is_idle()
            && self.on_the_way.is_empty()
            && self.peers.iter().all(|peer| peer.unacknowledged.is_empty())
    }

    fn step(&mut self) {
        for side in self.ledger.broken(self.now) {
            self.reconnect(side);
        }
        self.ledger.apply(&mut self.clients, self.now);
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
            let one = entry.remove();
            if one.session != self.sessions[one.side] {
                continue;
            }
            if one.up {
                self.take(one.side, &one.octets);
            } else {
                self.give(one.side, &one.octets);
            }
        }
    }

    fn next_time(&self) -> u64 {
        let clients = self.clients.iter().filter_map(Client::next_deadline);
        let ways = self.on_the_way.keys().map(|(at, _)| *at);
        let repeats = self
            .peers
            .iter()
            .flat_map(|peer| peer.unacknowledged.values());
        let repeats = repeats.map(|(at, ..)| *at);
        let all = clients
            .chain(ways)
            .chain(self.ledger.next_time())
            .chain(repeats);
        let all = all.chain(self.relay.deadline());
        all.min().unwrap_or(self.now).max(self.now + 1)
    }

    /// Another security association: message IDs begin anew on both sides.
    fn reconnect(&mut self, side: usize) {
        self.seen.breaks += 1;
        self.sessions[side] += 1;
        self.peers[side] = Peer::default();
        self.relay.cut(side);
        self.clients[side].disconnected();
        self.clients[side].connected_datagram();
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
            let one = OnTheWay {
                side,
                session: self.sessions[side],
                up,
                octets: octets.clone(),
            };
            self.on_the_way.insert(at, one);
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
            while self
                .ledger
                .take_event(&mut self.clients[side], side, self.now)
            {
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

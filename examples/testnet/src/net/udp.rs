//! The socket of CoAP over UDP: one endpoint for each address, and the luck of datagrams on their way.

use std::collections::{BTreeMap, HashMap};
use std::io;
use std::net::SocketAddr;

use mio::net::UdpSocket;
use mio::{Interest, Registry, Token};

use super::Shared;
use crate::carriage::datagram::{DatagramEndpoint, Posted};
use crate::carriage::random::Random;
use crate::carriage::stream::Input;
use crate::coap::Code;
use crate::config::DatagramSettings;
use crate::event::{Closing, EventKind};
use crate::hub::Out;
use crate::secure::Opened;
use crate::server::{Outcome, PeerId};

/// All peers of the socket.
pub struct Udp {
    shared: Shared,
    socket: UdpSocket,
    settings: DatagramSettings,
    max_peers: usize,
    peers: HashMap<PeerId, Peer>,
    by_address: HashMap<SocketAddr, PeerId>,
    /// Datagrams that come late, by time and number.
    late: BTreeMap<(u64, u64), Flight>,
    next_flight: u64,
}

struct Peer {
    address: SocketAddr,
    endpoint: DatagramEndpoint,
    octets_in: u64,
    octets_out: u64,
}

/// One datagram on its way.
#[derive(Clone)]
struct Flight {
    inbound: bool,
    address: SocketAddr,
    octets: Vec<u8>,
    /// It goes as soon as another one has passed.
    overtaken: bool,
}

impl Udp {
    pub fn bind(
        shared: Shared,
        address: SocketAddr,
        settings: DatagramSettings,
        max_peers: usize,
        token: Token,
        registry: &Registry,
    ) -> io::Result<Self> {
        let mut socket = UdpSocket::bind(address)?;
        registry.register(&mut socket, token, Interest::READABLE)?;
        Ok(Self {
            shared,
            socket,
            settings,
            max_peers,
            peers: HashMap::new(),
            by_address: HashMap::new(),
            late: BTreeMap::new(),
            next_flight: 0,
        })
    }

    pub fn address(&self) -> Option<SocketAddr> {
        self.socket.local_addr().ok()
    }

    /// Takes what the socket has. New peers get numbers from `next_peer` on.
    pub fn ready(&mut self, next_peer: &mut usize) {
        let mut buffer = vec![0; 65536];
        // An error tells that an earlier datagram found nobody, and says nothing of the socket.
        loop {
            match self.socket.recv_from(&mut buffer) {
                Ok((n, address)) => {
                    let octets = buffer[..n].to_vec();
                    self.fly(true, address, octets, next_peer);
                }
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => return,
                Err(_) => {}
            }
        }
    }

    /// Does what is meant for one of these peers; gives back what is not.
    pub fn carry_out(&mut self, out: Out) -> Option<Out> {
        let now = self.shared.log.now_ms();
        let to = match &out {
            Out::Send { to, .. }
            | Out::Post { to, .. }
            | Out::Notify { to, .. }
            | Out::Close { to, .. } => *to,
            Out::CutAll => {
                let all: Vec<PeerId> = self.peers.keys().copied().collect();
                all.into_iter()
                    .for_each(|peer| self.end(peer, Closing::Cut));
                self.late.clear();
                return Some(out);
            }
            Out::Raw { .. } | Out::Settle { .. } => return Some(out),
        };
        let Some(peer) = self.peers.get_mut(&to) else {
            return Some(out);
        };
        let endpoint = &mut peer.endpoint;
        let (delivery, posted) = match out {
            Out::Send { message, .. } => {
                endpoint.send(now, &message);
                (None, None)
            }
            Out::Post {
                delivery,
                body,
                whatever_the_size,
                ..
            } => {
                let con = !self.settings.non || wants_report(&body);
                (
                    Some(delivery),
                    endpoint.post(now, delivery, &body, con, whatever_the_size),
                )
            }
            Out::Notify {
                delivery, message, ..
            } => (Some(delivery), endpoint.notify(now, delivery, &message)),
            _ => {
                self.end(to, Closing::Cut);
                (None, None)
            }
        };
        if let (Some(delivery), Some(posted)) = (delivery, posted) {
            let outcome = match posted {
                Posted::Done => Outcome::Answered(Code::CHANGED),
                Posted::TooLarge => Outcome::TooLarge,
            };
            self.shared.hub().settle(to, delivery, outcome);
        }
        self.pump(to);
        None
    }

    /// Datagrams that are late, retransmissions, peers that were silent too long.
    pub fn tick(&mut self, next_peer: &mut usize) {
        let now = self.shared.log.now_ms();
        while let Some(entry) = self.late.first_entry() {
            if entry.key().0 > now {
                break;
            }
            let flight = entry.remove();
            self.arrive(flight, next_peer);
        }
        let due = |p: &Peer| p.endpoint.next_due().is_some_and(|at| at <= now);
        let due: Vec<PeerId> = self
            .peers
            .iter()
            .filter(|(_, p)| due(p))
            .map(|(id, _)| *id)
            .collect();
        for id in due {
            let inputs = self.peers.get_mut(&id).map(|p| p.endpoint.tick(now));
            self.take(id, inputs.unwrap_or_default());
        }
    }

    pub fn next_due(&self) -> Option<u64> {
        let endpoints = self.peers.values().filter_map(|p| p.endpoint.next_due());
        endpoints
            .chain(self.late.first_key_value().map(|((at, _), _)| *at))
            .min()
    }

    /// One datagram sets out, and meets its luck.
    fn fly(&mut self, inbound: bool, address: SocketAddr, octets: Vec<u8>, next_peer: &mut usize) {
        let mut flight = Flight {
            inbound,
            address,
            octets,
            overtaken: false,
        };
        let luck = self.luck(&mut flight);
        if luck.lost {
            return;
        }
        for copy in 0..=u64::from(luck.twice) {
            match luck.late_ms {
                Some(late) if copy == 0 => self.later(late, flight.clone()),
                _ => self.arrive(flight.clone(), next_peer),
            }
        }
        // Whatever waited to be overtaken was.
        if luck.late_ms.is_none() {
            let waiting = self
                .late
                .iter()
                .find(|(_, f)| f.overtaken && f.inbound == inbound);
            let waiting = waiting.map(|(key, _)| *key);
            if let Some(flight) = waiting.and_then(|key| self.late.remove(&key)) {
                self.arrive(flight, next_peer);
            }
        }
    }

    fn luck(&self, flight: &mut Flight) -> Luck {
        let mut faults = self.shared.faults();
        let Some(faults) = faults.datagrams.as_mut() else {
            return Luck::default();
        };
        let mut random = Random(faults.seed);
        let mut happens = |percent: u8| random.below(100) < u64::from(percent);
        let mut luck = Luck {
            lost: happens(faults.lose),
            twice: happens(faults.duplicate),
            late_ms: None,
        };
        let late = happens(faults.delay);
        flight.overtaken = happens(faults.reorder);
        let longest = u64::try_from(faults.late.as_millis()).unwrap_or(u64::MAX);
        if late || flight.overtaken {
            luck.late_ms = Some(1 + random.below(longest));
        }
        faults.seed = random.0;
        luck
    }

    fn later(&mut self, late_ms: u64, flight: Flight) {
        let at = self.shared.log.now_ms() + late_ms;
        self.late.insert((at, self.next_flight), flight);
        self.next_flight += 1;
    }

    fn arrive(&mut self, flight: Flight, next_peer: &mut usize) {
        if !flight.inbound {
            // What the socket does not take is lost, as any datagram may be.
            let _ = self.socket.send_to(&flight.octets, flight.address);
            return;
        }
        let known = self.by_address.get(&flight.address).copied();
        let Some(id) = known.or_else(|| self.open(flight.address, next_peer)) else {
            return;
        };
        let now = self.shared.log.now_ms();
        let Some(peer) = self.peers.get_mut(&id) else {
            return;
        };
        peer.octets_in += flight.octets.len() as u64;
        let inputs = peer.endpoint.feed(now, &flight.octets);
        self.take(id, inputs);
    }

    /// A peer that was not heard of before. `None`: there are too many.
    fn open(&mut self, address: SocketAddr, next_peer: &mut usize) -> Option<PeerId> {
        if self.peers.len() >= self.max_peers {
            self.forget_one();
        }
        if self.peers.len() >= self.max_peers {
            return None;
        }
        let id = PeerId(*next_peer as u64);
        *next_peer += 1;
        let now = self.shared.log.now_ms();
        let (from, secured) = (address, false);
        self.shared
            .log
            .push(Some(id), EventKind::Connected { from, secured });
        let peer = Peer {
            address,
            endpoint: DatagramEndpoint::new(self.settings.clone(), id.0, now),
            octets_in: 0,
            octets_out: 0,
        };
        self.peers.insert(id, peer);
        self.by_address.insert(address, id);
        let opened = Opened {
            proven: None,
            cipher: None,
        };
        self.shared.hub().opened(id, &opened, secured);
        Some(id)
    }

    /// The one that was silent longest, if its exchanges are over.
    fn forget_one(&mut self) {
        let lifetime =
            u64::try_from(self.settings.exchange_lifetime.as_millis()).unwrap_or(u64::MAX);
        let oldest = self
            .peers
            .iter()
            .min_by_key(|(_, peer)| peer.endpoint.heard_ms());
        let oldest =
            oldest.filter(|(_, p)| p.endpoint.heard_ms() + lifetime <= self.shared.log.now_ms());
        if let Some(id) = oldest.map(|(id, _)| *id) {
            self.end(id, Closing::Error("silent for long".to_owned()));
        }
    }

    fn take(&mut self, id: PeerId, inputs: Vec<Input>) {
        for input in inputs {
            let mut hub = self.shared.hub();
            match input {
                Input::Request(request) => hub.request(id, &request),
                Input::Response(delivery, code) => hub.response(id, delivery, code),
                Input::Reset(delivery) => hub.settle(id, delivery, Outcome::Reset),
                Input::Signal(what) => {
                    let ue = hub.server.name(id);
                    let kind = EventKind::Signal {
                        ue,
                        inbound: true,
                        what,
                    };
                    self.shared.log.push(Some(id), kind);
                }
                Input::End(how) => {
                    drop(hub);
                    self.end(id, how);
                }
            }
        }
        self.pump(id);
    }

    /// From the endpoint to the wire.
    fn pump(&mut self, id: PeerId) {
        let Some(peer) = self.peers.get_mut(&id) else {
            return;
        };
        let address = peer.address;
        let output = peer.endpoint.take_output();
        peer.octets_out += output.iter().map(|octets| octets.len() as u64).sum::<u64>();
        for octets in output {
            // Outward no new peer appears.
            self.fly(false, address, octets, &mut 0);
        }
    }

    fn end(&mut self, id: PeerId, how: Closing) {
        let Some(peer) = self.peers.remove(&id) else {
            return;
        };
        self.by_address.remove(&peer.address);
        let mut hub = self.shared.hub();
        let ue = hub.server.name(id);
        hub.server.peer_gone(id);
        let (octets_in, octets_out) = (peer.octets_in, peer.octets_out);
        let kind = EventKind::SessionClosed {
            ue,
            how,
            octets_in,
            octets_out,
        };
        self.shared.log.push(Some(id), kind);
    }
}

#[derive(Default)]
struct Luck {
    lost: bool,
    twice: bool,
    late_ms: Option<u64>,
}

/// A message whose delivery somebody wants to hear of goes as CON.
fn wants_report(body: &crate::wire::Body) -> bool {
    let fields = body.fields();
    let message = fields.message_type() == Ok(crate::wire::MessageType::Msg);
    !message || fields.boolean(&crate::wire::names::REPORT_WANTED) == Ok(Some(true))
}

//! A socket of CoAP over UDP, bare or in DTLS: one endpoint for each peer.

mod peer;
mod routes;
mod way;

use std::collections::HashMap;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use mio::net::UdpSocket;
use mio::{Interest, Registry, Token};

use super::Shared;
use crate::carriage::datagram::{DatagramEndpoint, Posted};
use crate::carriage::stream::Input;
use crate::coap::Code;
use crate::config::DatagramSettings;
use crate::event::{Closing, EventKind, Refusal};
use crate::hub::Out;
use crate::secure::datagram::DatagramSecurity;
use crate::secure::{KeyService, Opened};
use crate::server::{Outcome, PeerId};
use peer::{Peer, Step};
use routes::Routes;
use way::{Flight, Way};

/// All peers of the socket.
pub struct Udp {
    shared: Shared,
    socket: UdpSocket,
    token: Token,
    setup: UdpSetup,
    peers: HashMap<PeerId, Peer>,
    routes: Routes,
    way: Way,
}

/// How a socket behaves.
pub struct UdpSetup {
    pub settings: DatagramSettings,
    pub max_peers: usize,
    /// A handshake must be over within this time.
    pub handshake: Duration,
    /// DTLS, and where its keys come from; else the peers are believed.
    pub security: Option<(Arc<dyn DatagramSecurity>, KeyService)>,
}

impl Udp {
    pub fn bind(
        shared: Shared,
        address: SocketAddr,
        setup: UdpSetup,
        token: Token,
        registry: &Registry,
    ) -> io::Result<Self> {
        let mut socket = UdpSocket::bind(address)?;
        registry.register(&mut socket, token, Interest::READABLE)?;
        Ok(Self {
            way: Way::new(shared.clone()),
            shared,
            socket,
            token,
            setup,
            peers: HashMap::new(),
            routes: Routes::default(),
        })
    }

    pub fn token(&self) -> Token {
        self.token
    }

    pub fn is_secured(&self) -> bool {
        self.setup.security.is_some()
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
            | Out::UpdateKeys { to }
            | Out::Close { to, .. } => *to,
            Out::CutAll => {
                let all: Vec<PeerId> = self.peers.keys().copied().collect();
                all.into_iter()
                    .for_each(|peer| self.end(peer, Closing::Cut));
                self.way.clear();
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
                let con = !self.setup.settings.non || wants_report(&body);
                (
                    Some(delivery),
                    endpoint.post(now, delivery, &body, con, whatever_the_size),
                )
            }
            Out::Notify {
                delivery, message, ..
            } => (Some(delivery), endpoint.notify(now, delivery, &message)),
            Out::UpdateKeys { .. } => {
                peer.update_keys(now);
                (None, None)
            }
            Out::Close { orderly: true, .. } if peer.close() => {
                self.pump(to);
                self.end(to, Closing::Orderly);
                (None, None)
            }
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
        while let Some(flight) = self.way.due(now) {
            self.arrive(flight, next_peer);
        }
        let due = |p: &Peer| p.next_due().is_some_and(|at| at <= now);
        let due: Vec<PeerId> = self
            .peers
            .iter()
            .filter(|(_, p)| due(p))
            .map(|(id, _)| *id)
            .collect();
        for id in due {
            let steps = self.peers.get_mut(&id).map(|p| p.tick(now));
            self.take(id, steps.unwrap_or_default());
        }
    }

    pub fn next_due(&self) -> Option<u64> {
        let peers = self.peers.values().filter_map(Peer::next_due);
        peers.chain(self.way.next_due()).min()
    }

    /// One datagram sets out.
    fn fly(&mut self, inbound: bool, address: SocketAddr, octets: Vec<u8>, next_peer: &mut usize) {
        for flight in self.way.set_out(inbound, address, octets) {
            self.arrive(flight, next_peer);
        }
    }

    fn arrive(&mut self, flight: Flight, next_peer: &mut usize) {
        if !flight.inbound {
            // What the socket does not take is lost, as any datagram may be.
            let _ = self.socket.send_to(&flight.octets, flight.address);
            return;
        }
        let now = self.shared.log.now_ms();
        for id in self.whose(&flight, next_peer) {
            if let Some(peer) = self.peers.get_mut(&id) {
                let steps = peer.feed(now, flight.address, &flight.octets);
                self.take(id, steps);
            }
        }
    }

    /// The peers that it may be from; a new one if it is from none.
    fn whose(&mut self, flight: &Flight, next_peer: &mut usize) -> Vec<PeerId> {
        let address = flight.address;
        if !self.is_secured() {
            let known = self.routes.at(address);
            let found = known.or_else(|| self.open(address, next_peer));
            return found.into_iter().collect();
        }
        let known = self.routes.of_dtls(address, &flight.octets);
        let handshakes = |id: &PeerId| self.peers.get(id).is_some_and(|p| !p.is_open());
        if self.routes.may_begin(address, &flight.octets) && !known.iter().any(handshakes) {
            return self.open(address, next_peer).into_iter().collect();
        }
        known
    }

    /// A peer that was not heard of before. `None`: there are too many.
    fn open(&mut self, address: SocketAddr, next_peer: &mut usize) -> Option<PeerId> {
        if self.peers.len() >= self.setup.max_peers {
            self.forget_one();
        }
        if self.peers.len() >= self.setup.max_peers {
            return None;
        }
        let id = PeerId(*next_peer as u64);
        *next_peer += 1;
        let now = self.shared.log.now_ms();
        let (from, secured) = (address, self.is_secured());
        self.shared
            .log
            .push(Some(id), EventKind::Connected { from, secured });
        let endpoint = DatagramEndpoint::new(self.setup.settings.clone(), id.0, now);
        let peer = match &self.setup.security {
            None => Ok(Peer::plain(address, endpoint)),
            Some((security, keys)) => {
                let patience = u64::try_from(self.setup.handshake.as_millis()).unwrap_or(u64::MAX);
                Peer::guarded(
                    address,
                    endpoint,
                    (id, &routes::connection_id(id)),
                    (&**security, keys),
                    now.saturating_add(patience),
                )
            }
        };
        let peer = match peer {
            Ok(peer) => peer,
            Err(why) => {
                self.refused(id, Refusal::Other(why));
                return None;
            }
        };
        self.peers.insert(id, peer);
        self.routes.add(address, id);
        if !secured {
            let opened = Opened {
                proven: None,
                cipher: None,
            };
            self.shared.hub().opened(id, &opened, secured);
        }
        Some(id)
    }

    /// The one that was silent longest, if its exchanges are over.
    fn forget_one(&mut self) {
        let lifetime =
            u64::try_from(self.setup.settings.exchange_lifetime.as_millis()).unwrap_or(u64::MAX);
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

    fn take(&mut self, id: PeerId, steps: Vec<Step>) {
        for step in steps {
            match step {
                Step::Input(input) => self.input(id, input),
                Step::Opened(opened) => {
                    let address = self.peers.get(&id).map(|peer| peer.address);
                    let before = address.and_then(|address| self.routes.prove(address, id));
                    if let Some(before) = before {
                        let why = "another association took its place";
                        self.end(before, Closing::Error(why.to_owned()));
                    }
                    self.shared.hub().opened(id, &opened, true);
                }
                Step::Moved => {
                    if let Some(to) = self.peers.get(&id).map(|peer| peer.address) {
                        self.routes.relocate(to, id);
                        let ue = self.shared.hub().server.name(id);
                        self.shared.log.push(Some(id), EventKind::Moved { ue, to });
                    }
                }
                Step::Refused(reason) => {
                    self.pump(id);
                    self.refused(id, reason);
                    self.end(id, Closing::Error("handshake refused".to_owned()));
                }
            }
        }
        self.pump(id);
    }

    fn input(&mut self, id: PeerId, input: Input) {
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
                self.pump(id);
                self.end(id, how);
            }
        }
    }

    fn refused(&self, id: PeerId, reason: Refusal) {
        let ue = self.shared.hub().server.name(id);
        let kind = EventKind::SessionRefused { ue, reason };
        self.shared.log.push(Some(id), kind);
    }

    /// From the endpoint to the wire.
    fn pump(&mut self, id: PeerId) {
        let Some(peer) = self.peers.get_mut(&id) else {
            return;
        };
        let address = peer.address;
        for octets in peer.take_output(self.shared.log.now_ms()) {
            // Outward no new peer appears.
            self.fly(false, address, octets, &mut 0);
        }
    }

    fn end(&mut self, id: PeerId, how: Closing) {
        let Some(peer) = self.peers.remove(&id) else {
            return;
        };
        self.routes.remove(id);
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

/// A message whose delivery somebody wants to hear of goes as CON.
fn wants_report(body: &crate::wire::Body) -> bool {
    let fields = body.fields();
    let message = fields.message_type() == Ok(crate::wire::MessageType::Msg);
    !message || fields.boolean(&crate::wire::names::REPORT_WANTED) == Ok(Some(true))
}

//! The MSGin5G Server: registration, routing, delivery. No I/O, no clock: requests go in, replies and effects come out.

mod check;
mod delivery;
mod from_as;
mod message;
mod register;
mod repeats;
mod reply;
mod report;

use std::collections::{BTreeMap, BTreeSet, HashMap, VecDeque};
use std::fmt;

use crate::coap::Message;
use crate::config::ServerSettings;
use crate::event::EventKind;
use crate::wire::{Address, Body, Fields, MessageType};

use delivery::Delivery;
use repeats::Seen;

pub use from_as::AsMessage;
pub use reply::Reply;

/// One connection, or one built-in UE.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize)]
pub struct PeerId(pub u64);

/// One request of the server to a UE.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct DeliveryId(pub u64);

/// What the session of a peer proved.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Identity {
    /// A key that the AAnF gave for this SUPI, good until the given time.
    Proven {
        /// The subscriber.
        supi: String,
        /// The end of K_AF.
        expires_ms: u64,
    },
    /// Plain CoAP on a bench: whatever UE Service ID it claims is believed.
    Believed,
    /// A session without AKMA: it gets 4.01 for everything.
    Unknown,
}

/// What the server wants done.
#[derive(Debug, Clone, PartialEq)]
pub enum Effect {
    /// A request to a UE.
    Post {
        /// The session it goes to.
        to: PeerId,
        /// What its answer is given back under.
        delivery: DeliveryId,
        /// MSG, IMDN or MSGRESP.
        kind: MessageType,
        /// The payload.
        body: Body,
    },
    /// An entry for the log.
    Event(EventKind),
}

/// How a delivery ended, seen from the carriage.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// The UE answered with this code.
    Answered(crate::coap::Code),
    /// The message is longer than the peer takes.
    TooLarge,
}

/// The state of the server.
#[derive(Debug)]
pub struct Server {
    settings: ServerSettings,
    /// SUPI to UE Service IDs, as the configuration function knows them.
    bindings: HashMap<String, BTreeSet<String>>,
    peers: HashMap<PeerId, Identity>,
    /// UE Service ID to the connection it registered on.
    registrations: BTreeMap<String, PeerId>,
    deliveries: BTreeMap<DeliveryId, Delivery>,
    next_delivery: u64,
    /// Messages and reports that were taken, oldest first, and whether each was stored.
    seen: VecDeque<Seen>,
    fates: HashMap<Seen, bool>,
}

impl Server {
    /// A server without registrations.
    pub fn new(settings: ServerSettings) -> Self {
        Self {
            settings,
            bindings: HashMap::new(),
            peers: HashMap::new(),
            registrations: BTreeMap::new(),
            deliveries: BTreeMap::new(),
            next_delivery: 1,
            seen: VecDeque::new(),
            fates: HashMap::new(),
        }
    }

    /// Binds a UE Service ID to a SUPI.
    pub fn bind(&mut self, supi: &str, ue: &str) {
        self.bindings
            .entry(supi.to_owned())
            .or_default()
            .insert(ue.to_owned());
    }

    /// A session opened.
    pub fn peer_opened(&mut self, peer: PeerId, identity: Identity) {
        self.peers.insert(peer, identity);
    }

    /// The transport association is gone, and with it the registrations that lived on it.
    /// What was under way to them waits for the next registration.
    pub fn peer_gone(&mut self, peer: PeerId) {
        self.peers.remove(&peer);
        self.registrations
            .retain(|_, registered| *registered != peer);
        for delivery in self
            .deliveries
            .values_mut()
            .filter(|d| d.sent_to == Some(peer))
        {
            delivery.sent_to = None;
        }
    }

    /// Ends the life of the keys that sessions of this SUPI run on.
    pub fn expire(&mut self, supi: &str) {
        for identity in self.peers.values_mut() {
            if let Identity::Proven {
                supi: proven,
                expires_ms,
            } = identity
                && proven == supi
            {
                *expires_ms = 0;
            }
        }
    }

    /// A restart: connections and registrations are lost, what waits for delivery is not.
    pub fn restart(&mut self) {
        self.peers.clear();
        self.registrations.clear();
        for delivery in self.deliveries.values_mut() {
            delivery.sent_to = None;
        }
    }

    /// Carries out one request.
    pub fn request(
        &mut self,
        now_ms: u64,
        peer: PeerId,
        request: &Message,
        effects: &mut Vec<Effect>,
    ) -> Reply {
        self.dispatch(now_ms, peer, request, effects)
            .unwrap_or_else(|refusal| refusal)
    }

    /// The connection on which a UE is registered.
    pub fn registered(&self, ue: &str) -> Option<PeerId> {
        self.registrations.get(ue).copied()
    }

    /// How to call a peer in a log: its UE Service ID, else its SUPI, else its number.
    pub fn name(&self, peer: PeerId) -> String {
        if let Some((ue, _)) = self.registrations.iter().find(|(_, p)| **p == peer) {
            return ue.clone();
        }
        match self.peers.get(&peer) {
            Some(Identity::Proven { supi, .. }) => self.name_of(supi),
            _ => peer.to_string(),
        }
    }

    /// The first UE Service ID of a SUPI, or the SUPI itself.
    pub fn name_of(&self, supi: &str) -> String {
        let ue = self.bindings.get(supi).and_then(BTreeSet::first);
        ue.map_or(supi, String::as_str).to_owned()
    }

    fn dispatch(
        &mut self,
        now_ms: u64,
        peer: PeerId,
        request: &Message,
        effects: &mut Vec<Effect>,
    ) -> Result<Reply, Reply> {
        check::request(request, &self.settings)?;
        let fields = Fields::parse(&request.payload)?;
        let kind = fields.message_type()?;
        self.check_key(now_ms, peer)?;
        match kind {
            MessageType::Reg => self.register(peer, &fields, effects),
            MessageType::Dereg => self.deregister(peer, &fields, effects),
            MessageType::Msg => self.message(peer, &fields, effects),
            MessageType::Imdn => self.report(peer, &fields, effects),
            // Only gateways send it upwards; it tells the server nothing that it must act on.
            MessageType::MsgResp => Ok(Reply::changed()),
            // No set is kept yet, so none is known.
            MessageType::SegRec | MessageType::SegConfir => {
                Err(Reply::not_found("unknown segmentation set"))
            }
        }
    }

    /// The session must have proved an AKMA key that is still alive.
    fn check_key(&self, now_ms: u64, peer: PeerId) -> Result<(), Reply> {
        match self.peers.get(&peer) {
            Some(Identity::Believed) => Ok(()),
            Some(Identity::Proven { expires_ms, .. }) if now_ms < *expires_ms => Ok(()),
            Some(Identity::Proven { .. }) => Err(Reply::unauthorized("K_AF expired")),
            Some(Identity::Unknown) | None => Err(Reply::unauthorized("no AKMA identity")),
        }
    }

    /// Whether the session may speak for this UE Service ID.
    fn may_be(&self, peer: PeerId, ue: &str) -> bool {
        match self.peers.get(&peer) {
            Some(Identity::Believed) => true,
            Some(Identity::Proven { supi, .. }) => {
                self.bindings.get(supi).is_some_and(|ues| ues.contains(ue))
            }
            Some(Identity::Unknown) | None => false,
        }
    }

    /// Whether anybody could ever register under this ID. To a sender on a bench without keys nobody is unknown.
    fn is_known(&self, ue: &str, from: &Address) -> bool {
        let sender = self
            .registered(&from.id)
            .and_then(|peer| self.peers.get(&peer));
        sender == Some(&Identity::Believed)
            || self.registrations.contains_key(ue)
            || self.bindings.values().any(|ues| ues.contains(ue))
    }
}

impl PeerId {
    /// Numbers from here on are built-in UEs.
    pub const BUILT_IN: u64 = 1 << 32;

    /// Whether this is a built-in UE.
    pub const fn is_built_in(self) -> bool {
        self.0 >= Self::BUILT_IN
    }
}

impl fmt::Display for PeerId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "peer {}", self.0)
    }
}

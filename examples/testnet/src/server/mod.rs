//! The MSGin5G Server: registration, routing, delivery. No I/O, no clock: requests go in, replies and effects come out.

mod aggregate;
mod check;
mod content;
mod delivery;
mod effect;
mod from_as;
mod incoming;
mod message;
mod outgoing;
mod register;
mod repeats;
mod reply;
mod report;
mod route;
mod stored;
mod topics;

use std::collections::{BTreeMap, BTreeSet, HashMap, VecDeque};
use std::fmt;
use std::time::Duration;

use crate::coap::Message;
use crate::config::ServerSettings;
use crate::wire::{Address, Fields, MessageType};

use check::Resource;
use delivery::Delivery;
use incoming::Incoming;
use outgoing::Outgoing;
use repeats::Seen;
use topics::Subscription;

pub use effect::{Effect, Identity, Outcome, Record};
pub use from_as::{AsMessage, AsOutcome, AsReport};
pub use reply::Reply;

/// One connection, or one built-in UE.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize)]
pub struct PeerId(pub u64);

/// One request of the server to a UE.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct DeliveryId(pub u64);

/// Where a UE is reached.
#[derive(Debug, Clone, Copy)]
struct Registration {
    peer: PeerId,
    /// Longest payload that it takes at once, as it told.
    segment_size: Option<usize>,
}

/// The state of the server.
#[derive(Debug)]
pub struct Server {
    settings: ServerSettings,
    /// The time of what is being done, in milliseconds since the start.
    now_ms: u64,
    /// The start, in milliseconds since 1970.
    wall_at_start_ms: u64,
    /// SUPI to UE Service IDs, as the configuration function knows them.
    bindings: HashMap<String, BTreeSet<String>>,
    peers: HashMap<PeerId, Identity>,
    /// By UE Service ID.
    registrations: BTreeMap<String, Registration>,
    deliveries: BTreeMap<DeliveryId, Delivery>,
    next_delivery: u64,
    /// Unfinished sets, by sender and set.
    incoming: BTreeMap<(String, String), Incoming>,
    /// Unconfirmed sets, by recipient and set.
    outgoing: BTreeMap<(String, String), Outgoing>,
    /// Numbers the sets and messages of the server's own.
    next_set: u64,
    /// By topic and UE.
    subscriptions: BTreeMap<String, BTreeMap<String, Subscription>>,
    /// Messages and reports that were taken, oldest first, and whether each was stored.
    seen: VecDeque<Seen>,
    fates: HashMap<Seen, bool>,
}

impl Server {
    /// A server without registrations. Times are counted from now, which is given in milliseconds since 1970.
    pub fn new(settings: ServerSettings, wall_at_start_ms: u64) -> Self {
        Self {
            settings,
            now_ms: 0,
            wall_at_start_ms,
            bindings: HashMap::new(),
            peers: HashMap::new(),
            registrations: BTreeMap::new(),
            deliveries: BTreeMap::new(),
            next_delivery: 1,
            incoming: BTreeMap::new(),
            outgoing: BTreeMap::new(),
            next_set: 0,
            subscriptions: BTreeMap::new(),
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
            .retain(|_, registered| registered.peer != peer);
        self.observers_gone(|observer| observer == peer);
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
        self.observers_gone(|_| true);
        for delivery in self.deliveries.values_mut() {
            delivery.sent_to = None;
        }
    }

    /// A restart of a server that keeps nothing in memory: what is recalled afterwards is all there is.
    pub fn forget_all(&mut self) {
        self.restart();
        self.deliveries.clear();
        self.incoming.clear();
        self.outgoing.clear();
        self.subscriptions.clear();
        self.seen.clear();
        self.fates.clear();
    }

    /// When there is something to do without a request.
    pub fn next_due(&self) -> Option<u64> {
        let here = |d: &&Delivery| d.sent_to.is_none();
        let holds = self.deliveries.values().filter(here);
        let holds = holds.filter(|d| self.registrations.contains_key(&d.ue));
        let subscriptions = self.subscriptions.values().flat_map(BTreeMap::values);
        let incoming = self.incoming.values().map(Incoming::due_ms);
        incoming
            .chain(self.outgoing.values().map(Outgoing::until_ms))
            .chain(
                self.deliveries
                    .values()
                    .filter(here)
                    .filter_map(|d| d.expires),
            )
            .chain(holds.filter_map(|d| d.hold))
            .chain(subscriptions.filter_map(|s| s.expires))
            .min()
    }

    /// Does what is due.
    pub fn tick(&mut self, now_ms: u64, effects: &mut Vec<Effect>) {
        self.now_ms = now_ms;
        if self.next_due().is_none_or(|at| at > now_ms) {
            return;
        }
        self.recover(effects);
        self.drop_old_sets();
        self.expire_stored(effects);
        self.expire_subscriptions(effects);
        let held = self
            .deliveries
            .values()
            .filter(|d| d.hold.is_some_and(|at| at <= now_ms));
        let ues: BTreeSet<String> = held.map(|d| d.ue.clone()).collect();
        for ue in ues {
            self.flush(&ue, effects);
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
        self.registrations.get(ue).map(|registered| registered.peer)
    }

    /// How to call a peer in a log: its UE Service ID, else its SUPI, else its number.
    pub fn name(&self, peer: PeerId) -> String {
        if let Some((ue, _)) = self.registrations.iter().find(|(_, r)| r.peer == peer) {
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
        self.now_ms = now_ms;
        let max_request = match peer.is_built_in() {
            // Whatever it answers is cut by us.
            true => usize::MAX,
            false => self.settings.max_request,
        };
        if check::request(request, &self.settings, max_request)? == Resource::Topics {
            self.check_key(now_ms, peer)?;
            return self.topics(peer, request, effects);
        }
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
            MessageType::SegRec => self.resend(peer, &fields, effects),
            MessageType::SegConfir => self.confirmed(peer, &fields, effects),
            MessageType::MsgUpd => self.update_stored(peer, &fields, effects),
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

    /// A time in milliseconds since 1970 on the server's own scale; what lies before the start is its beginning.
    fn since_start(&self, unix_ms: u64) -> u64 {
        unix_ms.saturating_sub(self.wall_at_start_ms)
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

fn millis(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX / 4)
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

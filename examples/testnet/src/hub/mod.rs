//! Between the connections and the server: faults, built-in UEs, the log. Still without I/O.

mod sending;

use std::collections::{BTreeMap, VecDeque};
use std::io;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use crate::coap::{Code, Message};
use crate::config::Config;
use crate::describe;
use crate::echo::Echo;
use crate::event::EventKind;
use crate::faults::{Faults, spend};
use crate::log::Log;
use crate::secure::Opened;
use crate::server::{
    AsMessage, AsOutcome, AsReport, DeliveryId, Effect, Identity, Outcome, PeerId, Reply, Server,
};
use crate::store::Store;
use crate::wire::{Body, Fields};

/// What the connections have to do.
#[derive(Debug, Clone, PartialEq)]
pub enum Out {
    /// Any message that is ready: a response, or a signal.
    Send { to: PeerId, message: Message },
    Post {
        to: PeerId,
        delivery: DeliveryId,
        body: Body,
        whatever_the_size: bool,
    },
    /// A message under the token of an observation.
    Notify {
        to: PeerId,
        delivery: DeliveryId,
        message: Message,
    },
    /// Nothing goes out, and the server takes it for delivered.
    Settle { to: PeerId, delivery: DeliveryId },
    /// Octets that go to the wire as they are, past TLS.
    Raw { to: Option<PeerId>, octets: Vec<u8> },
    /// Changes the server's key of one association of DTLS.
    UpdateKeys { to: PeerId },
    /// Ends one connection, with close_notify or without a word.
    Close { to: PeerId, orderly: bool },
    /// Ends every connection without a word.
    CutAll,
}

impl Out {
    /// The connection that it is for; `None`: all.
    pub fn to(&self) -> Option<PeerId> {
        match self {
            Self::Send { to, .. }
            | Self::Post { to, .. }
            | Self::Notify { to, .. }
            | Self::Settle { to, .. }
            | Self::UpdateKeys { to }
            | Self::Close { to, .. } => Some(*to),
            Self::Raw { to, .. } => *to,
            Self::CutAll => None,
        }
    }
}

/// Something to do now, or after a while.
#[derive(Debug, Clone, PartialEq)]
pub struct Task {
    pub after: Option<Duration>,
    pub out: Out,
}

/// The network without its sockets.
#[derive(Debug)]
pub struct Hub {
    pub server: Server,
    pub tasks: Vec<Task>,
    faults: Arc<Mutex<Faults>>,
    log: Log,
    echoes: Vec<(PeerId, Echo)>,
    store: Option<Store>,
    /// What each application server got, oldest first.
    inboxes: BTreeMap<String, VecDeque<Body>>,
}

/// More than this is not held for one application server: the oldest goes.
const INBOX: usize = 1024;

impl Hub {
    /// The error is that of the file in which messages are kept.
    pub fn new(config: &Config, faults: Arc<Mutex<Faults>>, log: Log) -> io::Result<Self> {
        let store = config.store.as_deref().map(Store::open).transpose();
        let store = store.map_err(io::Error::other)?;
        let mut hub = Self {
            server: Server::new(config.server.clone(), log.wall_at_start_ms()),
            tasks: Vec::new(),
            faults,
            log,
            echoes: Vec::new(),
            store,
            inboxes: BTreeMap::new(),
        };
        hub.recall();
        hub.start_echoes(&config.echo);
        Ok(hub)
    }

    pub fn opened(&mut self, peer: PeerId, opened: &Opened, secured: bool) {
        let identity = match (&opened.proven, secured) {
            (Some((supi, expires_ms)), _) => Identity::Proven {
                supi: supi.clone(),
                expires_ms: *expires_ms,
            },
            (None, true) => Identity::Unknown,
            (None, false) => Identity::Believed,
        };
        self.server.peer_opened(peer, identity);
        self.log.push(
            Some(peer),
            EventKind::SessionOpened {
                ue: self.server.name(peer),
                supi: opened.proven.as_ref().map(|(supi, _)| supi.clone()),
                cipher: opened.cipher.clone(),
            },
        );
    }

    /// A request of a UE.
    pub fn request(&mut self, peer: PeerId, request: &Message) {
        // What was due before it comes first.
        self.tick();
        let ue = self.claimed_name(peer, request);
        self.log.push(
            Some(peer),
            EventKind::Request {
                ue: ue.clone(),
                what: describe::request(request),
            },
        );
        if self.fault(peer, |f| &mut f.lose_requests, "request lost") {
            return;
        }
        if self.segment_lost(peer, request) {
            return self.answer(peer, &ue, request, &Reply::changed());
        }
        let refuse = self
            .faults()
            .refuse_requests
            .as_mut()
            .and_then(|r| spend(&mut r.times).then_some(*r));
        if let Some(refuse) = refuse {
            self.fault_event(peer, "request refused");
            let reply = Reply {
                max_age: refuse.max_age,
                ..Reply::new(refuse.code)
            };
            return self.answer(peer, &ue, request, &reply);
        }
        let mut effects = Vec::new();
        let reply = self
            .server
            .request(self.log.now_ms(), peer, request, &mut effects);
        // What happened comes before the answer in the log, and what is stored is in the file before anybody is told.
        // What the server sends on comes behind the answer on the wire.
        let (posts, done): (Vec<Effect>, Vec<Effect>) = effects
            .into_iter()
            .partition(|effect| matches!(effect, Effect::Post { .. } | Effect::Notify { .. }));
        self.carry_out(Some(peer), done);
        self.answer(peer, &ue, request, &reply);
        self.carry_out(Some(peer), posts);
    }

    /// The answer of a UE to a request of ours.
    pub fn response(&mut self, peer: PeerId, delivery: DeliveryId, code: Code) {
        if let Some(kind) = self.server.delivery_kind(delivery) {
            let ue = self.server.name(peer);
            self.log
                .push(Some(peer), EventKind::PostAnswer { ue, kind, code });
        }
        self.settle(peer, delivery, Outcome::Answered(code));
    }

    /// A request of ours ended.
    pub fn settle(&mut self, peer: PeerId, delivery: DeliveryId, outcome: Outcome) {
        let mut effects = Vec::new();
        self.server
            .delivered(self.log.now_ms(), peer, delivery, outcome, &mut effects);
        self.carry_out(Some(peer), effects);
    }

    /// Does what is due.
    pub fn tick(&mut self) {
        let mut effects = Vec::new();
        self.server.tick(self.log.now_ms(), &mut effects);
        self.carry_out(None, effects);
    }

    /// How long nothing is due.
    pub fn idle_for(&self) -> Option<Duration> {
        let due = self.server.next_due()?;
        Some(Duration::from_millis(due.saturating_sub(self.log.now_ms())))
    }

    pub fn take_from_as(&mut self, message: &AsMessage) -> Result<AsOutcome, &'static str> {
        let mut effects = Vec::new();
        let now_ms = self.log.now_ms();
        let result = self.server.take_from_as(now_ms, message, &mut effects);
        self.carry_out(None, effects);
        result
    }

    /// Takes a report of an application server.
    pub fn report_from_as(&mut self, report: &AsReport) -> Result<(), &'static str> {
        let mut effects = Vec::new();
        let now_ms = self.log.now_ms();
        let result = self.server.report_from_as(now_ms, report, &mut effects);
        self.carry_out(None, effects);
        result
    }

    /// Writes into the log.
    pub fn tell(&self, kind: EventKind) {
        self.log.push(None, kind);
    }

    /// Ends the connection of a registered UE. `false`: it is not registered, or built in.
    pub fn disconnect(&mut self, ue: &str, orderly: bool) -> bool {
        let found = self
            .server
            .registered(ue)
            .filter(|peer| !peer.is_built_in());
        let Some(to) = found else {
            return false;
        };
        self.send(Out::Close { to, orderly });
        true
    }

    /// Changes the server's key of a registered UE's association of DTLS. `false`: it is not registered.
    pub fn update_keys(&mut self, ue: &str) -> bool {
        let Some(to) = self.server.registered(ue) else {
            return false;
        };
        self.send(Out::UpdateKeys { to });
        true
    }

    /// Connections and registrations are lost. The built-in UEs come back at once.
    pub fn restart(&mut self) {
        self.log.push(None, EventKind::Restarted);
        self.tasks.retain(|task| task.after.is_none());
        self.tasks.push(Task {
            after: None,
            out: Out::CutAll,
        });
        if self.store.is_some() {
            // As if the process had ended: the file is all there is.
            self.server.forget_all();
            self.recall();
        } else {
            self.server.restart();
        }
        let echoes: Vec<String> = self
            .echoes
            .drain(..)
            .map(|(_, echo)| echo.ue().to_owned())
            .collect();
        self.start_echoes(&echoes);
    }

    pub fn send(&mut self, out: Out) {
        self.tasks.push(Task { after: None, out });
    }

    /// What an application server got, oldest first.
    pub fn inbox(&self, application_server: &str) -> Vec<Body> {
        let inbox = self.inboxes.get(application_server);
        inbox.into_iter().flatten().cloned().collect()
    }

    fn recall(&mut self) {
        if let Some(store) = &self.store
            && let Err(error) = store.recall(&mut self.server)
        {
            self.log.push(
                None,
                EventKind::StoreFailed {
                    what: error.to_string(),
                },
            );
        }
    }

    fn start_echoes(&mut self, ues: &[String]) {
        for (n, ue) in ues.iter().enumerate() {
            let peer = PeerId(PeerId::BUILT_IN + n as u64);
            let echo = Echo::new(ue);
            self.server.bind(ue, ue);
            self.server.peer_opened(
                peer,
                Identity::Proven {
                    supi: ue.clone(),
                    expires_ms: u64::MAX,
                },
            );
            let register = echo.registration();
            self.echoes.push((peer, echo));
            self.request(peer, &register);
        }
    }

    /// The name of a peer; before its registration the UE Service ID that it claims.
    fn claimed_name(&self, peer: PeerId, request: &Message) -> String {
        let name = self.server.name(peer);
        if name != peer.to_string() {
            return name;
        }
        let fields = Fields::parse(&request.payload).unwrap_or_default();
        fields.ue_service_id().map_or(name, str::to_owned)
    }

    fn faults(&self) -> MutexGuard<'_, Faults> {
        self.faults.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

//! Between the connections and the server: faults, built-in UEs, the log. Still without I/O.

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
use crate::server::{AsMessage, DeliveryId, Effect, Identity, Outcome, PeerId, Reply, Server};
use crate::wire::names;
use crate::wire::{Body, Fields, MessageType};

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
    /// Octets that go to the wire as they are, past TLS.
    Raw { to: Option<PeerId>, octets: Vec<u8> },
    /// Ends one connection, with close_notify or without a word.
    Close { to: PeerId, orderly: bool },
    /// Ends every connection without a word.
    CutAll,
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
}

impl Hub {
    pub fn new(config: &Config, faults: Arc<Mutex<Faults>>, log: Log) -> Self {
        let mut hub = Self {
            server: Server::new(config.server.clone()),
            tasks: Vec::new(),
            faults,
            log,
            echoes: Vec::new(),
        };
        hub.start_echoes(&config.echo);
        hub
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
        // What happened comes before the answer in the log, what the server sends on comes behind it on the wire.
        let (told, posts): (Vec<Effect>, Vec<Effect>) = effects
            .into_iter()
            .partition(|effect| matches!(effect, Effect::Event(_)));
        self.carry_out(Some(peer), told);
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
        self.server.delivered(peer, delivery, outcome, &mut effects);
        self.carry_out(Some(peer), effects);
    }

    pub fn take_from_as(&mut self, message: &AsMessage) -> Result<(), &'static str> {
        let mut effects = Vec::new();
        let result = self.server.take_from_as(message, &mut effects);
        self.carry_out(None, effects);
        result
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

    /// Connections and registrations are lost. The built-in UEs come back at once.
    pub fn restart(&mut self) {
        self.log.push(None, EventKind::Restarted);
        self.tasks.retain(|task| task.after.is_none());
        self.tasks.push(Task {
            after: None,
            out: Out::CutAll,
        });
        self.server.restart();
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

    fn answer(&mut self, peer: PeerId, ue: &str, request: &Message, reply: &Reply) {
        let message = reply.message(&request.token);
        let what = Fields::parse(&message.payload)
            .ok()
            .and_then(|fields| describe::outcome_of(&fields));
        // Faults are settled before the log tells of the answer: whoever waits for it may change them.
        let after = self.faults().delay_answers;
        let copies = self.copies(
            peer,
            "answer",
            |f| &mut f.drop_answers,
            |f| &mut f.duplicate_answers,
        );
        self.log.push(
            Some(peer),
            EventKind::Answer {
                ue: ue.to_owned(),
                code: reply.code,
                what,
            },
        );
        for _ in 0..copies {
            let out = Out::Send {
                to: peer,
                message: message.clone(),
            };
            self.tasks.push(Task { after, out });
        }
    }

    fn carry_out(&mut self, cause: Option<PeerId>, effects: Vec<Effect>) {
        for effect in effects {
            match effect {
                Effect::Event(kind) => self.log.push(cause, kind),
                Effect::Post {
                    to,
                    delivery,
                    kind,
                    body,
                } => self.post(to, delivery, kind, body),
            }
        }
    }

    fn post(&mut self, to: PeerId, delivery: DeliveryId, kind: MessageType, mut body: Body) {
        let what = describe::body(kind, &body.fields(), false);
        let after = self.faults().delay_deliveries;
        let oversize = self.faults().oversize_deliveries;
        let oversize = oversize.filter(|_| kind == MessageType::Msg && !to.is_built_in());
        let copies = self.copies(
            to,
            "delivery",
            |f| &mut f.drop_deliveries,
            |f| &mut f.duplicate_deliveries,
        );
        self.log.push(
            Some(to),
            EventKind::Post {
                ue: self.server.name(to),
                kind,
                what,
            },
        );
        if to.is_built_in() {
            return self.post_to_echo(to, delivery, kind, &body);
        }
        if let Some(octets) = oversize {
            self.fault_event(to, "delivery blown up");
            body = body.with(&names::PAYLOAD, "x".repeat(octets));
        }
        for _ in 0..copies {
            let out = Out::Post {
                to,
                delivery,
                body: body.clone(),
                whatever_the_size: oversize.is_some(),
            };
            self.tasks.push(Task { after, out });
        }
    }

    fn post_to_echo(&mut self, peer: PeerId, delivery: DeliveryId, kind: MessageType, body: &Body) {
        self.response(peer, delivery, Code::CHANGED);
        let ours: Vec<String> = self
            .echoes
            .iter()
            .map(|(_, echo)| echo.ue().to_owned())
            .collect();
        let Some((_, echo)) = self.echoes.iter().find(|(p, _)| *p == peer) else {
            return;
        };
        for request in echo.requests(kind, &body.fields(), &ours) {
            self.request(peer, &request);
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

    /// How often something is sent: never, once or twice. To a built-in UE nothing is sent over a wire.
    fn copies(
        &self,
        peer: PeerId,
        what: &str,
        drop: fn(&mut Faults) -> &mut u32,
        twice: fn(&mut Faults) -> &mut u32,
    ) -> usize {
        if peer.is_built_in() || self.fault(peer, drop, &format!("{what} dropped")) {
            return 0;
        }
        if self.fault(peer, twice, &format!("{what} sent twice")) {
            return 2;
        }
        1
    }

    fn fault(&self, peer: PeerId, times: fn(&mut Faults) -> &mut u32, what: &str) -> bool {
        let spent = spend(times(&mut self.faults()));
        if spent {
            self.fault_event(peer, what);
        }
        spent
    }

    fn fault_event(&self, peer: PeerId, what: &str) {
        self.log.push(
            Some(peer),
            EventKind::Fault {
                what: what.to_owned(),
            },
        );
    }

    fn faults(&self) -> MutexGuard<'_, Faults> {
        self.faults.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

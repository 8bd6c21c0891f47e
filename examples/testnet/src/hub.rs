//! Between the connections and the server: faults, built-in UEs, the log. Still without I/O.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use crate::coap::{Code, Message};
use crate::config::Config;
use crate::echo::Echo;
use crate::event::{EventKind, Log};
use crate::faults::{Faults, spend};
use crate::secure::Opened;
use crate::server::{AsMessage, DeliveryId, Effect, Identity, Outcome, PeerId, Reply, Server};
use crate::wire::names::{self, Name};
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
            server: Server::new(config.server.clone(), config.plain.is_some()),
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
                what: describe(request),
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
            // Numbers from the far end, so that they never meet those of connections.
            let peer = PeerId(u64::MAX - n as u64);
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
            .and_then(|fields| outcome_of(&fields));
        self.log.push(
            Some(peer),
            EventKind::Answer {
                ue: ue.to_owned(),
                code: reply.code,
                what,
            },
        );
        if self.is_echo(peer) {
            return;
        }
        if self.fault(peer, |f| &mut f.drop_answers, "answer dropped") {
            return;
        }
        let after = self.faults().delay_answers;
        if self.fault(peer, |f| &mut f.duplicate_answers, "answer sent twice") {
            self.tasks.push(Task {
                after,
                out: Out::Send {
                    to: peer,
                    message: message.clone(),
                },
            });
        }
        self.tasks.push(Task {
            after,
            out: Out::Send { to: peer, message },
        });
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
        let what = describe_body(kind, &body.fields());
        self.log.push(
            Some(to),
            EventKind::Post {
                ue: self.server.name(to),
                kind,
                what,
            },
        );
        if self.is_echo(to) {
            return self.post_to_echo(to, delivery, kind, &body);
        }
        if self.fault(to, |f| &mut f.drop_deliveries, "delivery dropped") {
            return;
        }
        let (after, oversize) = {
            let faults = self.faults();
            (
                faults.delay_deliveries,
                faults
                    .oversize_deliveries
                    .filter(|_| kind == MessageType::Msg),
            )
        };
        if let Some(octets) = oversize {
            self.fault_event(to, "delivery blown up");
            body = body.with(&names::PAYLOAD, "x".repeat(octets));
        }
        let out = Out::Post {
            to,
            delivery,
            body,
            whatever_the_size: oversize.is_some(),
        };
        if self.fault(to, |f| &mut f.duplicate_deliveries, "delivery sent twice") {
            self.tasks.push(Task {
                after,
                out: out.clone(),
            });
        }
        self.tasks.push(Task { after, out });
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

    fn is_echo(&self, peer: PeerId) -> bool {
        self.echoes.iter().any(|(p, _)| *p == peer)
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

/// `MSG to ue-0815@iot.example, report wanted`: one line for a person.
fn describe(request: &Message) -> String {
    let plain = || format!("{} with {} octets", request.code, request.payload.len());
    let Ok(fields) = Fields::parse(&request.payload) else {
        return plain();
    };
    fields
        .message_type()
        .map_or_else(|_| plain(), |kind| describe_body(kind, &fields))
}

fn describe_body(kind: MessageType, fields: &Fields) -> String {
    let text = |name: &Name| {
        fields
            .text(name)
            .ok()
            .flatten()
            .unwrap_or_default()
            .to_owned()
    };
    match kind {
        MessageType::Reg | MessageType::Dereg => {
            format!("{} {}", kind.text(), text(&names::UE_SERVICE_ID))
        }
        MessageType::Msg => {
            let to = fields
                .recipient()
                .map_or_else(|_| String::new(), |to| format!(" to {to}"));
            let from = fields
                .originator()
                .map_or_else(|_| String::new(), |from| format!(" from {from}"));
            let wanted = fields.boolean(&names::REPORT_WANTED) == Ok(Some(true));
            let payload: String = text(&names::PAYLOAD).chars().take(32).collect();
            format!(
                "MSG{from}{to}{}: {payload}",
                if wanted { ", report wanted" } else { "" }
            )
        }
        MessageType::MsgResp | MessageType::Imdn => {
            let outcome = outcome_of(fields).map_or_else(String::new, |o| format!(" {o}"));
            format!("{}{outcome}", kind.text())
        }
        MessageType::SegRec | MessageType::SegConfir => {
            format!("{} {}", kind.text(), text(&names::SEGMENT_SET))
        }
    }
}

/// The member of an answer that says how it went, with its cause.
fn outcome_of(fields: &Fields) -> Option<String> {
    let text = |name: &Name| fields.text(name).ok().flatten();
    let outcome = [
        &names::REGISTRATION_RESULT,
        &names::DEREGISTRATION_RESULT,
        &names::STATUS,
    ]
    .into_iter()
    .find_map(text);
    match (outcome, text(&names::CAUSE)) {
        (Some(outcome), Some(cause)) => Some(format!("{outcome}: {cause}")),
        (Some(outcome), None) => Some(outcome.to_owned()),
        (None, cause) => cause.map(str::to_owned),
    }
}

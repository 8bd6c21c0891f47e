//! What happened, in order, and how a test waits for it.

use std::net::SocketAddr;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use crate::aanf::AanfError;
use crate::coap::Code;
use crate::server::PeerId;
use crate::wire::MessageType;

/// One thing that happened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Event {
    /// Milliseconds since the network started.
    pub at_ms: u64,
    /// The connection it happened on, if any.
    pub peer: Option<PeerId>,
    pub kind: EventKind,
}

impl Event {
    /// One line of JSON: the time, the peer, and the kind with its fields as Rust's Debug writes them.
    pub fn json(&self) -> serde_json::Value {
        let debug = format!("{:?}", self.kind);
        let (name, fields) = debug.split_once(' ').unwrap_or((&debug, ""));
        serde_json::json!({ "at_ms": self.at_ms, "peer": self.peer.map(|p| p.0), "event": name, "detail": fields })
    }
}

/// The kinds of events. `ue` is a UE Service ID once it is known, before that the SUPI or `peer N`.
#[derive(Debug, Clone, PartialEq, Eq)]
#[allow(missing_docs, reason = "the names say it")]
pub enum EventKind {
    /// A primary authentication succeeded. The A-KID is shortened.
    Authenticated {
        supi: String,
        a_kid: String,
    },
    /// The life of the subscriber's K_AF is over.
    KafExpired {
        supi: String,
    },
    /// The AAnF dropped the subscriber's context.
    Forgotten {
        supi: String,
    },
    /// All connections and registrations are gone.
    Restarted,

    Connected {
        from: SocketAddr,
        secured: bool,
    },
    /// The AF asked the AAnF for K_AF during a handshake.
    KeyAsked {
        a_kid: String,
        answer: Result<String, AanfError>,
    },
    /// `supi` is `None` without a proven key: plain CoAP, or a handshake by certificate.
    SessionOpened {
        ue: String,
        supi: Option<String>,
        cipher: Option<String>,
    },
    SessionRefused {
        ue: String,
        reason: Refusal,
    },
    SessionClosed {
        ue: String,
        how: Closing,
        octets_in: u64,
        octets_out: u64,
    },

    /// A CoAP request of a UE reached the server.
    Request {
        ue: String,
        what: String,
    },
    /// The server's response to it.
    Answer {
        ue: String,
        code: Code,
        what: Option<String>,
    },
    /// A request of the server to a UE.
    Post {
        ue: String,
        kind: MessageType,
        what: String,
    },
    /// The UE's response to it.
    PostAnswer {
        ue: String,
        kind: MessageType,
        code: Code,
    },
    /// A signal of RFC 8323 other than CSM, or a message that was thrown away.
    Signal {
        ue: String,
        inbound: bool,
        what: String,
    },

    Registered {
        ue: String,
    },
    RegistrationRefused {
        ue: String,
        cause: String,
    },
    Deregistered {
        ue: String,
    },
    /// A message was taken for the first time.
    Message {
        from: String,
        to: String,
        message_id: String,
        payload: String,
    },
    /// A delivery status report was taken for the first time.
    Report {
        from: String,
        to: String,
        message_id: String,
        status: String,
        cause: Option<String>,
    },
    /// A message or report came again; it was answered and not passed on.
    Duplicate {
        from: String,
        kind: MessageType,
        message_id: String,
    },
    /// A message waits for its recipient to register.
    Stored {
        to: String,
        message_id: String,
    },
    /// A message will not be delivered.
    Failed {
        message_id: String,
        cause: String,
    },
    /// An application server got a message.
    AsMessage {
        from: String,
        to: String,
        message_id: String,
        payload: String,
    },

    /// A fault was injected.
    Fault {
        what: String,
    },
}

/// Why the server refused a handshake.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Refusal {
    /// SNI names no application function of this network, or is missing.
    ServerName(Option<String>),
    /// The client offered no PSK.
    NoPsk,
    /// The PSK identity does not begin with `3GPP-AKMA`.
    NotAkma,
    /// The AAnF gave no key.
    Aanf(AanfError),
    /// The binder does not fit K_AF.
    WrongKey,
    /// The client gave up, or spoke no TLS 1.3.
    Other(String),
}

/// How a connection ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Closing {
    /// With close_notify, or with FIN when there is no TLS.
    Orderly,
    /// Without close_notify, or in the middle of a message.
    Truncated,
    /// The client sent Abort, or the server did.
    Aborted(String),
    /// By an injected fault or a restart.
    Cut,
    /// By TLS or the network.
    Error(String),
}

/// How often things happened. Repeats count in `duplicates` only.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[allow(missing_docs, reason = "the names say it")]
pub struct Counters {
    pub connections: u64,
    pub sessions: u64,
    pub refused_sessions: u64,
    pub registrations: u64,
    pub refused_registrations: u64,
    pub deregistrations: u64,
    pub messages: u64,
    pub reports: u64,
    pub duplicates: u64,
    pub posts: u64,
}

/// The log that all parts of the network write to.
#[derive(Clone, Debug)]
pub struct Log(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    start: Instant,
    book: Mutex<Book>,
    grown: Condvar,
}

/// The events that are still held, and the count of all that ever were.
#[derive(Debug, Default)]
struct Book {
    dropped: usize,
    events: Vec<Event>,
    counters: Counters,
}

/// More events than this are not held: the older half goes.
const HELD: usize = 200_000;

impl Log {
    pub fn new() -> Self {
        Self(Arc::new(Inner {
            start: Instant::now(),
            book: Mutex::default(),
            grown: Condvar::new(),
        }))
    }

    /// Milliseconds since the log began; the clock of the whole network.
    pub fn now_ms(&self) -> u64 {
        u64::try_from(self.0.start.elapsed().as_millis()).unwrap_or(u64::MAX)
    }

    pub fn push(&self, peer: Option<PeerId>, kind: EventKind) {
        let at_ms = self.now_ms();
        let mut book = self.book();
        book.counters.count(&kind);
        book.events.push(Event { at_ms, peer, kind });
        if book.events.len() > HELD {
            book.events.drain(..HELD / 2);
            book.dropped += HELD / 2;
        }
        self.0.grown.notify_all();
    }

    /// The events that are held, oldest first.
    pub fn all(&self) -> Vec<Event> {
        self.book().events.clone()
    }

    /// Events from position `from` on (counted since the start), and the position behind them. Waits until there are some.
    pub fn after(&self, from: usize, limit: Duration) -> (Vec<Event>, usize) {
        let mut found = Vec::new();
        let mut behind = from;
        self.wait_book(limit, |book| {
            found = book.since(from).to_vec();
            behind = book.dropped + book.events.len();
            (!found.is_empty()).then_some(())
        });
        (found, behind)
    }

    /// The first event, past or to come, that `wanted` accepts; `None` when the time is over.
    pub fn wait_for(
        &self,
        limit: Duration,
        mut wanted: impl FnMut(&Event) -> bool,
    ) -> Option<Event> {
        let mut looked_at = 0;
        self.wait_book(limit, |book| {
            let found = book
                .since(looked_at)
                .iter()
                .find(|event| wanted(event))
                .cloned();
            looked_at = book.dropped + book.events.len();
            found
        })
    }

    /// Calls `found` with the counters and all held events, again whenever there are more, until it returns something.
    pub fn wait<T>(
        &self,
        limit: Duration,
        mut found: impl FnMut(&Counters, &[Event]) -> Option<T>,
    ) -> Option<T> {
        self.wait_book(limit, |book| found(&book.counters, &book.events))
    }

    pub fn counters(&self) -> Counters {
        self.book().counters
    }

    fn wait_book<T>(
        &self,
        limit: Duration,
        mut found: impl FnMut(&Book) -> Option<T>,
    ) -> Option<T> {
        let end = Instant::now() + limit;
        let mut book = self.book();
        loop {
            if let Some(result) = found(&book) {
                return Some(result);
            }
            let left = end.checked_duration_since(Instant::now())?;
            book = self
                .0
                .grown
                .wait_timeout(book, left)
                .unwrap_or_else(PoisonError::into_inner)
                .0;
        }
    }

    fn book(&self) -> MutexGuard<'_, Book> {
        self.0.book.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Book {
    fn since(&self, position: usize) -> &[Event] {
        self.events
            .get(position.saturating_sub(self.dropped)..)
            .unwrap_or_default()
    }
}

impl Counters {
    fn count(&mut self, kind: &EventKind) {
        let counter = match kind {
            EventKind::Connected { .. } => &mut self.connections,
            EventKind::SessionOpened { .. } => &mut self.sessions,
            EventKind::SessionRefused { .. } => &mut self.refused_sessions,
            EventKind::Registered { .. } => &mut self.registrations,
            EventKind::RegistrationRefused { .. } => &mut self.refused_registrations,
            EventKind::Deregistered { .. } => &mut self.deregistrations,
            EventKind::Message { .. } => &mut self.messages,
            EventKind::Report { .. } => &mut self.reports,
            EventKind::Duplicate { .. } => &mut self.duplicates,
            EventKind::Post { .. } => &mut self.posts,
            _ => return,
        };
        *counter += 1;
    }
}

impl Default for Log {
    fn default() -> Self {
        Self::new()
    }
}

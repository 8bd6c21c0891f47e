//! What can happen.

use std::net::SocketAddr;

use serde::Serialize;

use crate::aanf::AanfError;
use crate::coap::Code;
use crate::server::PeerId;
use crate::wire::MessageType;

/// One thing that happened. As JSON it is one flat object.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Event {
    /// Milliseconds since the network started.
    pub at_ms: u64,
    /// The connection it happened on, if any.
    pub peer: Option<PeerId>,
    /// What it was.
    #[serde(flatten)]
    pub kind: EventKind,
}

/// The kinds of events. `ue` is a UE Service ID once it is known, before that the SUPI or `peer N`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "event", rename_all = "snake_case")]
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
    /// A UE took what the server posted.
    Delivered {
        to: String,
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
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Refusal {
    /// SNI names no application function of this network, or is missing.
    ServerName(Option<String>),
    /// The client offered no PSK.
    NoPsk,
    /// The PSK identity does not begin with `3GPP-AKMA`, or is no text.
    NotAkma,
    /// The AAnF gave no key.
    Aanf(AanfError),
    /// The binder does not fit K_AF.
    WrongKey,
    /// The client gave up, or spoke no TLS 1.3.
    Other(String),
}

/// How a connection ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Closing {
    /// With close_notify, or with FIN when there is no TLS.
    Orderly,
    /// Without close_notify, in the middle of a message, or by a reset.
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
    /// Posts that a UE took, each counted once.
    pub delivered: u64,
    pub failed: u64,
    pub closed: u64,
}

impl Counters {
    pub(crate) fn count(&mut self, kind: &EventKind) {
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
            EventKind::Delivered { .. } => &mut self.delivered,
            EventKind::Failed { .. } => &mut self.failed,
            EventKind::SessionClosed { .. } => &mut self.closed,
            _ => return,
        };
        *counter += 1;
    }
}

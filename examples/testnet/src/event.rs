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
    /// A peer of DTLS was heard from another address, by its Connection ID, and is answered there.
    Moved {
        ue: String,
        to: SocketAddr,
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
    /// A segmented message of a UE is complete.
    Reassembled {
        from: String,
        set: String,
        segments: usize,
        octets: usize,
    },
    /// The server asks a UE for missing segments; `round` counts since the last new one.
    Recovery {
        ue: String,
        set: String,
        ranges: String,
        round: u32,
    },
    /// A set of a UE was given up.
    SetLost {
        from: String,
        set: String,
        cause: String,
    },
    /// A message goes to a UE in segments.
    Segmented {
        to: String,
        set: String,
        message_id: String,
        segments: usize,
    },
    /// A UE asked for segments and gets them again.
    Resent {
        to: String,
        set: String,
        ranges: String,
    },
    /// A UE has all segments.
    SetConfirmed {
        by: String,
        set: String,
        message_id: String,
    },
    /// The messages of an aggregate go one by one, for together they are too long.
    Split {
        to: String,
        message_id: String,
        messages: usize,
    },
    /// The server put messages together.
    Aggregated {
        to: String,
        message_id: String,
        messages: usize,
    },
    Subscribed {
        ue: String,
        topic: String,
    },
    /// By the UE, or because its time was over.
    Unsubscribed {
        ue: String,
        topic: String,
        expired: bool,
    },
    /// The time of a stored message was over before its recipient came.
    Expired {
        to: String,
        message_id: String,
    },
    /// The sender of a stored message changed its time, or discarded it.
    Updated {
        from: String,
        message_id: String,
        discarded: bool,
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

    /// An application server asked for something over HTTP.
    Http {
        from: String,
        what: String,
        status: u16,
    },
    /// The file of what is stored could not be read or written.
    StoreFailed {
        what: String,
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
    pub stored: u64,
    pub expired: u64,
    /// Segmented messages of UEs that became complete.
    pub reassembled: u64,
    /// SEGREC that the server sent.
    pub recoveries: u64,
    /// Sets of UEs that were given up.
    pub lost_sets: u64,
    /// Messages that went to a UE in segments.
    pub segmented: u64,
    /// SEGREC of UEs that were answered with segments.
    pub resends: u64,
    /// SEGCONFIR of UEs.
    pub confirmed_sets: u64,
    pub split: u64,
    pub aggregated: u64,
    pub subscriptions: u64,
    pub unsubscriptions: u64,
    /// Requests of application servers over HTTP.
    pub http: u64,
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
            EventKind::Stored { .. } => &mut self.stored,
            EventKind::Expired { .. } => &mut self.expired,
            EventKind::Reassembled { .. } => &mut self.reassembled,
            EventKind::Recovery { .. } => &mut self.recoveries,
            EventKind::SetLost { .. } => &mut self.lost_sets,
            EventKind::Segmented { .. } => &mut self.segmented,
            EventKind::Resent { .. } => &mut self.resends,
            EventKind::SetConfirmed { .. } => &mut self.confirmed_sets,
            EventKind::Split { .. } => &mut self.split,
            EventKind::Aggregated { .. } => &mut self.aggregated,
            EventKind::Subscribed { .. } => &mut self.subscriptions,
            EventKind::Unsubscribed { .. } => &mut self.unsubscriptions,
            EventKind::Http { .. } => &mut self.http,
            _ => return,
        };
        *counter += 1;
    }
}

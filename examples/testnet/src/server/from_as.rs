//! What an application server sends: to a UE, a group, a topic, or everybody in a broadcast area; and its reports.

use super::message::{Fate, Whole};
use super::{Delivery, Effect, Server};
use crate::event::EventKind;
use crate::wire::names::{self, cause};
use crate::wire::{Address, AddressKind, Body, MessageType, bare};

/// A message of an application server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AsMessage {
    /// AS Service ID of the sender.
    pub from: String,
    /// A UE, a group, a topic or a broadcast area.
    pub to: Address,
    /// A UUID, or any text of up to 64 octets.
    pub message_id: String,
    /// The application on the UE.
    pub application_id: Option<String>,
    /// Whether the UE is to report the delivery.
    pub report_wanted: bool,
    /// May be empty; longer than a UE takes at once, it is segmented.
    pub payload: String,
    /// High, Middle or Low.
    pub priority: Option<String>,
    /// Waits for a recipient that is not registered.
    pub store: bool,
    /// A date-time, up to which it waits.
    pub expires: Option<String>,
}

/// A delivery status report of an application server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AsReport {
    /// AS Service ID of the reporter.
    pub from: String,
    /// UE Service ID of whoever sent the message.
    pub to: String,
    /// That of the message.
    pub message_id: String,
    /// `success` or `failure`.
    pub status: String,
    /// Why not.
    pub cause: Option<String>,
}

/// What an application server is told of its message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AsOutcome {
    /// On its way.
    Taken,
    /// It waits for its recipient.
    Stored,
}

impl AsMessage {
    /// A message to one UE that wants no report.
    pub fn to_ue(from: &str, ue: &str, message_id: &str, payload: &str) -> Self {
        Self {
            from: from.to_owned(),
            to: Address::ue(ue),
            message_id: message_id.to_owned(),
            application_id: None,
            report_wanted: false,
            payload: payload.to_owned(),
            priority: None,
            store: false,
            expires: None,
        }
    }
}

impl Server {
    /// Takes a message of an application server. The error is a failure cause.
    pub fn take_from_as(
        &mut self,
        now_ms: u64,
        message: &AsMessage,
        effects: &mut Vec<Effect>,
    ) -> Result<AsOutcome, &'static str> {
        self.now_ms = now_ms;
        if message.payload.len() > self.settings.segments.max_message {
            return Err(cause::TOO_LARGE);
        }
        let from = Address::application_server(&message.from);
        let expires = message.expires.as_deref();
        let parameters = expires.map(|at| bare().with(&names::EXPIRATION, at).value());
        let fields = Body::new(MessageType::Msg)
            .from(&from)
            .to(&message.to)
            .with(&names::MESSAGE_ID, message.message_id.as_str())
            .with_some(&names::APPLICATION_ID, message.application_id.as_deref())
            .with(&names::REPORT_WANTED, message.report_wanted)
            .with(&names::PAYLOAD, message.payload.as_str())
            .with_some(&names::PRIORITY, message.priority.as_deref())
            .with(&names::STORE_FLAG, message.store)
            .with_some(&names::STORE_PARAMETERS, parameters)
            .fields();
        let whole = Whole {
            fields: &fields,
            cuts: None,
        };
        let fate = match message.to.kind {
            AddressKind::As => Fate::Failed(cause::UNKNOWN_RECIPIENT),
            _ => self
                .route(&from, &message.to, whole, effects)
                .unwrap_or(Fate::Failed(cause::NOT_AUTHORIZED)),
        };
        match fate {
            Fate::Failed(cause) => Err(cause),
            Fate::Taken => Ok(AsOutcome::Taken),
            Fate::Stored => Ok(AsOutcome::Stored),
        }
    }

    /// Takes a report of an application server. The error is a failure cause.
    pub fn report_from_as(
        &mut self,
        now_ms: u64,
        report: &AsReport,
        effects: &mut Vec<Effect>,
    ) -> Result<(), &'static str> {
        self.now_ms = now_ms;
        let from = Address::application_server(&report.from);
        let to = Address::ue(&report.to);
        if !self.is_known(&to.id, &from) {
            return Err(cause::UNKNOWN_RECIPIENT);
        }
        let body = Body::new(MessageType::Imdn)
            .from(&from)
            .to(&to)
            .with(&names::MESSAGE_ID, report.message_id.as_str())
            .with_some(&names::CAUSE, report.cause.as_deref())
            .with(&names::STATUS, report.status.as_str());
        if !self.enqueue(Delivery::new(&to.id, MessageType::Imdn, body), effects) {
            return Err(cause::NOT_REACHABLE);
        }
        effects.push(Effect::Event(EventKind::Report {
            from: from.id,
            to: to.id,
            message_id: report.message_id.clone(),
            status: report.status.clone(),
            cause: report.cause.clone(),
        }));
        Ok(())
    }

    /// An application server that can be reached from now on.
    pub fn add_application_server(&mut self, server: crate::config::ApplicationServer) {
        self.remove_application_server(&server.id);
        self.settings.application_servers.push(server);
    }

    /// `false`: there was none of that name.
    pub fn remove_application_server(&mut self, id: &str) -> bool {
        let before = self.settings.application_servers.len();
        self.settings.application_servers.retain(|a| a.id != id);
        self.settings.application_servers.len() < before
    }

    /// Makes a group, or replaces its members.
    pub fn set_group(&mut self, group: &str, members: Vec<String>) {
        self.settings.groups.insert(group.to_owned(), members);
    }

    /// `false`: there was none of that name.
    pub fn remove_group(&mut self, group: &str) -> bool {
        self.settings.groups.remove(group).is_some()
    }
}

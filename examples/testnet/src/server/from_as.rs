//! What an application server sends: to a UE, a group, or everybody in a broadcast area.

use super::message::Fate;
use super::{Effect, Server};
use crate::wire::names::{self, cause};
use crate::wire::{Address, AddressKind, Body, MessageType};

/// A message of an application server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AsMessage {
    /// AS Service ID of the sender.
    pub from: String,
    /// A UE, a group or a broadcast area.
    pub to: Address,
    /// A UUID, or any text of up to 64 octets.
    pub message_id: String,
    /// The application on the UE.
    pub application_id: Option<String>,
    /// Whether the UE is to report the delivery.
    pub report_wanted: bool,
    /// May be empty.
    pub payload: String,
    /// High, Middle or Low.
    pub priority: Option<String>,
    /// Waits for a recipient that is not registered.
    pub store: bool,
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
        }
    }
}

impl Server {
    /// Takes a message of an application server. The error is a failure cause.
    pub fn take_from_as(
        &mut self,
        message: &AsMessage,
        effects: &mut Vec<Effect>,
    ) -> Result<(), &'static str> {
        let from = Address::application_server(&message.from);
        let fields = Body::new(MessageType::Msg)
            .from(&from)
            .to(&message.to)
            .with(&names::MESSAGE_ID, message.message_id.as_str())
            .with_some(&names::APPLICATION_ID, message.application_id.as_deref())
            .with(&names::REPORT_WANTED, message.report_wanted)
            .with(&names::PAYLOAD, message.payload.as_str())
            .with_some(&names::PRIORITY, message.priority.as_deref())
            .with(&names::STORE_FLAG, message.store)
            .fields();
        let fate = match message.to.kind {
            AddressKind::Ue => self.route_to_ue(&from, &message.to, None, &fields, effects),
            AddressKind::Group => self
                .route_to_group(&from, &message.to, &fields, effects)
                .unwrap_or(Fate::Failed(cause::NOT_AUTHORIZED)),
            AddressKind::Broadcast => {
                let body = super::message::copied(
                    Body::new(MessageType::Msg).from(&from).to(&message.to),
                    &fields,
                );
                let everybody: Vec<String> = self.registrations.keys().cloned().collect();
                for ue in everybody {
                    self.enqueue(&ue, MessageType::Msg, body.clone(), None, effects);
                }
                Fate::Taken
            }
            AddressKind::As | AddressKind::Topic => Fate::Failed(cause::UNKNOWN_RECIPIENT),
        };
        match fate {
            Fate::Failed(cause) => Err(cause),
            Fate::Taken | Fate::Stored => Ok(()),
        }
    }
}

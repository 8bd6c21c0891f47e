//! What goes through a gateway, and how much of it.

#[cfg(doc)]
use super::Gateway;
use super::{ApplicationId, Layer2Id};
use crate::client::{OutgoingMessage, ReportTicket};
use crate::message::{MessageId, Msg, Report};

/// The way to a constrained UE. What the caller receives from it and sends to it goes over this.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum Link {
    /// A link of PC5.
    Layer2(Layer2Id),
    /// Any other, by a number of the caller's choice.
    Other(u32),
}

/// What a gateway takes at the most from one link, and for how long.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Limits {
    /// Applications that one link may register. Default 4.
    pub applications_per_link: usize,
    /// Reports that one link may wait for or owe. Default 8.
    pub exchanges_per_link: usize,
    /// How long a report is waited for, in milliseconds. The standard has no such time. Default 1 hour.
    pub exchange_lifetime_ms: u64,
}

/// What becomes of a message from a constrained UE.
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[non_exhaustive]
pub enum Upward<'m> {
    /// To be sent with its Message ID: [`Client::send_as`](crate::client::Client::send_as).
    Message(Msg<'m>),
    /// To be sent; the ticket that [`Gateway::deliver`] was given says for which message:
    /// [`Client::report`](crate::client::Client::report).
    Report {
        /// What the UE reports.
        report: Report<'m>,
        /// As it was given.
        ticket: Option<ReportTicket>,
    },
    /// The application can be reached from here on.
    Registered(ApplicationId),
    /// The application can no longer be reached.
    Deregistered(ApplicationId),
    /// The same message again, over the same link: nothing to be done but to answer it.
    Repeated,
}

impl<'m> Upward<'m> {
    /// What [`Client::send_as`](crate::client::Client::send_as) takes, if this is a message.
    #[must_use]
    pub fn outgoing(&self) -> Option<(OutgoingMessage<'m>, [u8; 16])> {
        let Self::Message(msg) = self else {
            return None;
        };
        let mut outgoing = OutgoingMessage::text(msg.recipient, msg.payload);
        outgoing.application_id = msg.application_id;
        outgoing.report_wanted = msg.report_wanted;
        #[cfg(feature = "segmentation")]
        {
            outgoing.may_segment = true;
        }
        Some((outgoing, uuid(msg.message_id)?))
    }
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            applications_per_link: 4,
            exchanges_per_link: 8,
            exchange_lifetime_ms: 3_600_000,
        }
    }
}

/// `None` for an ID that is none.
pub(super) fn uuid(id: MessageId<'_>) -> Option<[u8; 16]> {
    match id {
        MessageId::Uuid(uuid) => Some(uuid),
        MessageId::Opaque(_) => None,
    }
}

//! MSGin5G messages: plain structs that borrow their text, and JSON (TS 24.538 clauses 6 and 7).
//!
//! [`Message::decode`] unescapes strings inside the buffer that it is given and lends them out; nothing is
//! copied and nothing allocated. It is liberal in what names and values look like, within bounds.
//! [`Message::encode`] writes the canonical form. Answers that carry no message type have their own `decode`,
//! such as [`RegistrationResponse::decode`]: the token of the response says which one to call.
//!
//! ```
//! use msgin5g::message::{Message, Registration, UeServiceId};
//!
//! let reg = Message::Registration(Registration::new(UeServiceId::new("ue-4711@iot.example").unwrap()));
//! let mut buffer = [0; 160];
//! let len = reg.encode(&mut buffer).unwrap();
//! assert_eq!(
//!     buffer[..len],
//!     *br#"{"MSGin5G service identifier":"MSGin5G","Message Type":"REG","UE Service ID":"ue-4711@iot.example"}"#,
//! );
//! assert_eq!(Message::decode(&mut buffer[..len]), Ok(reg));
//! ```

mod addressing;
mod aggregate;
#[cfg(feature = "base64")]
pub mod base64;
mod bulk;
mod error;
mod fold;
mod ids;
mod list;
#[cfg(feature = "msgin5g-5")]
pub(crate) mod local;
mod members;
mod msg;
mod names;
mod octets;
mod outcome;
mod profile;
mod ranges;
mod reader;
mod registration;
mod report;
mod segments;
mod topics;
#[cfg(feature = "stored-message-update")]
mod update;
mod values;
mod wire;
mod writer;

use ids::AddressType;
use members::{Fields, Members, Scope, Spans};
use writer::Writer;

pub use aggregate::{AggregatedMsg, AggregatedReport, IndividualMsg, IndividualReport};
pub use bulk::{BulkRegistration, BulkRegistrationResponse};
pub use error::{DecodeError, EncodeError, Expected, IdError};
pub use ids::{
    AsServiceId, BroadcastAreaId, GroupServiceId, MessageId, MessagingTopic, Originator, Recipient,
    UeServiceId,
};
pub use list::{Element, List, ListIter};
pub use msg::{Msg, Priority, Segment, StoreAndForward};
pub use outcome::Outcome;
pub use profile::{ClientProfile, CommunicationAvailability, Ports, TriggeringInformation};
pub use ranges::{SegmentRange, SegmentRanges};
pub use registration::{
    Deregistration, DeregistrationResponse, Registration, RegistrationResponse,
};
pub use report::{MsgResponse, Report, ReportStatus, ResponseStatus};
pub use segments::{SegmentsConfirmation, SegmentsRecovery};
pub use topics::SubscriptionResponse;
#[cfg(feature = "stored-message-update")]
pub use update::StoredMessageUpdate;
#[cfg(feature = "msgin5g-5")]
pub(crate) use wire::LOCAL_DEREGISTRATION;
pub use wire::{Member, SERVICE_IDENTIFIER, Shape, cause};

/// Everything that has a message type (TS 24.538 clause 7.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[non_exhaustive]
pub enum Message<'a> {
    /// REG
    Registration(Registration<'a>),
    /// REG with a list of UEs
    BulkRegistration(BulkRegistration<'a>),
    /// DEREG
    Deregistration(Deregistration<'a>),
    /// MSG
    Msg(Msg<'a>),
    /// MSG with a list of messages
    AggregatedMsg(AggregatedMsg<'a>),
    /// MSGRESP
    MsgResponse(MsgResponse<'a>),
    /// IMDN
    Report(Report<'a>),
    /// IMDN with a list of reports
    AggregatedReport(AggregatedReport<'a>),
    /// SEGREC
    SegmentsRecovery(SegmentsRecovery<'a>),
    /// SEGCONFIR
    SegmentsConfirmation(SegmentsConfirmation<'a>),
    /// Rel-19, with a placeholder for its type
    #[cfg(feature = "stored-message-update")]
    StoredMessageUpdate(StoredMessageUpdate<'a>),
}

/// What `Message Type` says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum MessageType {
    Registration,
    Deregistration,
    Msg,
    MsgResponse,
    Report,
    SegmentsRecovery,
    SegmentsConfirmation,
    StoredMessageUpdate,
}

/// Whether a message names the service that it was expected to.
///
/// On MSGin5G-1 a missing name is accepted and worth counting; on a port shared with other services it is not.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum ServiceCheck {
    /// It names this service.
    Same,
    /// It names none.
    Missing,
    /// It names another one.
    Other,
}

impl<'a> Message<'a> {
    /// Writes the canonical JSON and tells its length in octets.
    ///
    /// # Errors
    /// [`EncodeError::BufferTooSmall`] tells the size that is enough.
    pub fn encode(&self, out: &mut [u8]) -> Result<usize, EncodeError> {
        self.encode_for(SERVICE_IDENTIFIER, out)
    }

    /// [`Message::encode`] with another service identifier than [`SERVICE_IDENTIFIER`].
    ///
    /// # Errors
    /// [`EncodeError::BufferTooSmall`] tells the size that is enough.
    pub fn encode_for(&self, service: &str, out: &mut [u8]) -> Result<usize, EncodeError> {
        match self {
            Self::Registration(message) => message.encode_for(service, out),
            Self::BulkRegistration(message) => message.encode_for(service, out),
            Self::Deregistration(message) => message.encode_for(service, out),
            Self::Msg(message) => message.encode_for(service, out),
            Self::AggregatedMsg(message) => message.encode_for(service, out),
            Self::MsgResponse(message) => message.encode_for(service, out),
            Self::Report(message) => message.encode_for(service, out),
            Self::AggregatedReport(message) => message.encode_for(service, out),
            Self::SegmentsRecovery(message) => message.encode_for(service, out),
            Self::SegmentsConfirmation(message) => message.encode_for(service, out),
            #[cfg(feature = "stored-message-update")]
            Self::StoredMessageUpdate(message) => message.encode_for(service, out),
        }
    }

    /// Reads JSON, unescaping its strings in place. The buffer then no longer holds JSON.
    ///
    /// # Errors
    /// [`DecodeError`] tells what was expected, and where or of which member.
    pub fn decode(json: &'a mut [u8]) -> Result<Self, DecodeError> {
        Self::from_members(&Members::read(json, &mut Spans::new(), Scope::ALL)?)
    }

    /// [`Message::decode`], and whether the message names `service`.
    ///
    /// # Errors
    /// As [`Message::decode`].
    pub fn decode_for(
        service: &str,
        json: &'a mut [u8],
    ) -> Result<(Self, ServiceCheck), DecodeError> {
        let mut spans = Spans::new();
        let members = Members::read(json, &mut spans, Scope::ALL)?;
        Ok((
            Self::from_members(&members)?,
            check_service(&members, service),
        ))
    }

    /// [`Message::decode_for`] of what a server sends to a client: registrations and their like are unknown.
    ///
    /// A client that reads by this function has no code for messages that it never gets. Without the features
    /// `segmentation` and `aggregation` it has none for those messages either.
    ///
    /// # Errors
    /// As [`Message::decode`]; [`DecodeError::NotBuilt`] without these features.
    pub fn decode_from_server(
        service: &str,
        json: &'a mut [u8],
    ) -> Result<(Self, ServiceCheck), DecodeError> {
        let mut spans = Spans::new();
        let members = Members::read(json, &mut spans, Scope::CLIENT)?;
        let message = Self::to_client(&members, message_type(&members)?, Scope::CLIENT)?;
        Ok((message, check_service(&members, service)))
    }

    fn from_members(fields: &dyn Fields<'a>) -> Result<Self, DecodeError> {
        match message_type(fields)? {
            MessageType::Registration if fields.raw(Member::ListOfRequests).is_some() => {
                BulkRegistration::read(fields).map(Self::BulkRegistration)
            }
            MessageType::Registration => Registration::read(fields).map(Self::Registration),
            MessageType::Deregistration => Deregistration::read(fields).map(Self::Deregistration),
            #[cfg(feature = "stored-message-update")]
            MessageType::StoredMessageUpdate => {
                StoredMessageUpdate::read(fields).map(Self::StoredMessageUpdate)
            }
            other => Self::to_client(fields, other, Scope::ALL),
        }
    }

    fn to_client(
        fields: &dyn Fields<'a>,
        kind: MessageType,
        scope: Scope,
    ) -> Result<Self, DecodeError> {
        let aggregated = fields.raw(Member::ListOfMessages).is_some();
        if aggregated && !scope.aggregates {
            return Err(DecodeError::NotBuilt);
        }
        let aggregated = aggregated && scope.aggregates;
        match kind {
            MessageType::Msg if aggregated => AggregatedMsg::read(fields).map(Self::AggregatedMsg),
            MessageType::Msg => Msg::read(fields, scope).map(Self::Msg),
            MessageType::MsgResponse => MsgResponse::read(fields).map(Self::MsgResponse),
            MessageType::Report if aggregated => {
                AggregatedReport::read(fields).map(Self::AggregatedReport)
            }
            MessageType::Report => Report::read(fields).map(Self::Report),
            MessageType::SegmentsRecovery | MessageType::SegmentsConfirmation
                if !scope.segments =>
            {
                Err(DecodeError::NotBuilt)
            }
            MessageType::SegmentsRecovery => {
                SegmentsRecovery::read(fields).map(Self::SegmentsRecovery)
            }
            MessageType::SegmentsConfirmation => {
                SegmentsConfirmation::read(fields).map(Self::SegmentsConfirmation)
            }
            _ => Err(DecodeError::UnknownMessageType),
        }
    }
}

/// Lets each kind of message be written by itself, so that a program has code only for those that it sends.
macro_rules! encode {
    ($($(#[$attribute:meta])* $message:ident as $kind:ident;)+) => {$(
        $(#[$attribute])*
        impl $message<'_> {
            /// Writes the canonical JSON and tells its length in octets, as [`Message::encode_for`] does.
            ///
            /// # Errors
            /// [`EncodeError::BufferTooSmall`] tells the size that is enough.
            pub fn encode_for(&self, service: &str, out: &mut [u8]) -> Result<usize, EncodeError> {
                let mut writer = Writer::request(out, service, MessageType::$kind);
                self.write(&mut writer);
                writer.finish()
            }
        }
    )+};
}

encode! {
    Registration as Registration;
    BulkRegistration as Registration;
    Deregistration as Deregistration;
    Msg as Msg;
    AggregatedMsg as Msg;
    MsgResponse as MsgResponse;
    Report as Report;
    AggregatedReport as Report;
    SegmentsRecovery as SegmentsRecovery;
    SegmentsConfirmation as SegmentsConfirmation;
    #[cfg(feature = "stored-message-update")]
    StoredMessageUpdate as StoredMessageUpdate;
}

fn message_type(fields: &dyn Fields<'_>) -> Result<MessageType, DecodeError> {
    let word = fields
        .raw(Member::MessageType)
        .ok_or(DecodeError::Missing(Member::MessageType))?;
    fold::find_word(wire::MESSAGE_TYPES, word).ok_or(DecodeError::UnknownMessageType)
}

fn check_service(fields: &dyn Fields<'_>, service: &str) -> ServiceCheck {
    match fields.raw(Member::Service) {
        None => ServiceCheck::Missing,
        Some(named) if fold::eq_folded(named, service.as_bytes()) => ServiceCheck::Same,
        Some(_) => ServiceCheck::Other,
    }
}

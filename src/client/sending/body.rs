//! The JSON of a request, of the kinds that a client sends: unlike [`Message`](crate::message::Message)
//! it brings no code for those that only servers send.

#[cfg(feature = "stored-message-update")]
use crate::message::StoredMessageUpdate;
use crate::message::{
    AggregatedMsg, Deregistration, EncodeError, Msg, Registration, Report, SegmentsConfirmation,
    SegmentsRecovery,
};

#[derive(Clone, Copy)]
pub(crate) enum Body<'a> {
    Registration(Registration<'a>),
    Deregistration(Deregistration<'a>),
    Msg(Msg<'a>),
    AggregatedMsg(AggregatedMsg<'a>),
    Report(Report<'a>),
    SegmentsRecovery(SegmentsRecovery<'a>),
    SegmentsConfirmation(SegmentsConfirmation<'a>),
    #[cfg(feature = "stored-message-update")]
    StoredMessageUpdate(StoredMessageUpdate<'a>),
}

impl Body<'_> {
    pub(crate) fn encode(&self, service: &str, out: &mut [u8]) -> Result<usize, EncodeError> {
        match self {
            Self::Registration(message) => message.encode_for(service, out),
            Self::Deregistration(message) => message.encode_for(service, out),
            Self::Msg(message) => message.encode_for(service, out),
            Self::AggregatedMsg(message) => message.encode_for(service, out),
            Self::Report(message) => message.encode_for(service, out),
            Self::SegmentsRecovery(message) => message.encode_for(service, out),
            Self::SegmentsConfirmation(message) => message.encode_for(service, out),
            #[cfg(feature = "stored-message-update")]
            Self::StoredMessageUpdate(message) => message.encode_for(service, out),
        }
    }

    /// The length in octets.
    pub(crate) fn len(&self, service: &str) -> usize {
        match self.encode(service, &mut []) {
            Ok(len) | Err(EncodeError::BufferTooSmall { needed: len }) => len,
        }
    }
}

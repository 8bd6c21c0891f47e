//! The JSON of a request, of the kinds that a client sends: unlike [`Message`](crate::message::Message)
//! it brings no code for those that only servers send, and it is lent, not copied.

#[cfg(feature = "stored-message-update")]
use crate::message::StoredMessageUpdate;
use crate::message::{
    AggregatedMsg, Deregistration, EncodeError, Msg, Registration, Report, SegmentsConfirmation,
    SegmentsRecovery,
};

/// A message that the client sends, whichever it is.
pub(crate) trait Body {
    fn encode(&self, service: &str, out: &mut [u8]) -> Result<usize, EncodeError>;
}

macro_rules! bodies {
    ($($(#[$attribute:meta])* $message:ident)+) => {$(
        $(#[$attribute])*
        impl Body for $message<'_> {
            fn encode(&self, service: &str, out: &mut [u8]) -> Result<usize, EncodeError> {
                self.encode_for(service, out)
            }
        }
    )+};
}

bodies! {
    Registration
    Deregistration
    Msg
    AggregatedMsg
    Report
    SegmentsRecovery
    SegmentsConfirmation
    #[cfg(feature = "stored-message-update")]
    StoredMessageUpdate
}

/// The length in octets.
pub(crate) fn len(body: &dyn Body, service: &str) -> usize {
    match body.encode(service, &mut []) {
        Ok(len) | Err(EncodeError::BufferTooSmall { needed: len }) => len,
    }
}

//! Update of a stored message (TS 23.554 V19 clause 8.3.6.1). Its message type is a placeholder.

use super::{
    DecodeError, MessageId, Originator,
    addressing::{read_message_id, read_originator, write_message_id, write_originator},
    members::Fields,
    wire::Member,
    writer::Writer,
};

/// Changes how long a stored message is kept, or discards it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct StoredMessageUpdate<'a> {
    /// Who sent the message.
    pub originator: Originator<'a>,
    /// The server that stores it.
    pub destination: &'a str,
    /// The stored message.
    pub message_id: MessageId<'a>,
    /// The new date and time (RFC 3339) when it is of no more use. `None` discards it.
    pub expiration: Option<&'a str>,
}

impl<'a> StoredMessageUpdate<'a> {
    pub(super) fn write(&self, writer: &mut Writer<'_>) {
        write_originator(writer, self.originator);
        writer.text(Member::Destination, self.destination);
        write_message_id(writer, self.message_id);
        if let Some(expiration) = self.expiration {
            writer.object(Member::StoreAndForwardParameters);
            writer.text(Member::MessageExpiration, expiration);
            writer.end_object();
        }
    }

    pub(super) fn read(fields: &dyn Fields<'a>) -> Result<Self, DecodeError> {
        Ok(Self {
            originator: read_originator(fields)?,
            destination: fields
                .text(Member::Destination)
                .ok_or(DecodeError::Missing(Member::Destination))?,
            message_id: read_message_id(fields)?,
            expiration: fields.text(Member::MessageExpiration),
        })
    }
}

//! MSGRESP and IMDN: what became of a message (TS 23.554 tables 8.3.2-3 and 8.3.4-1).

use super::{
    DecodeError, MessageId, Originator, Outcome, Recipient,
    addressing::{
        read_message_id, read_originator, read_recipient, write_message_id, write_originator,
        write_recipient,
    },
    fold::{find_folded, word_for},
    members::Fields,
    wire::{self, Member},
    writer::Writer,
};

/// What a report says: success is that the message reached its application.
pub type ReportStatus<'a> = Outcome<'a>;

/// IMDN: a delivery status report, from the recipient's client to the sender's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Report<'a> {
    /// Who reports.
    pub originator: Originator<'a>,
    /// Who sent the message that is reported on.
    pub recipient: Recipient<'a>,
    /// The message that is reported on; a report has no ID of its own.
    pub message_id: MessageId<'a>,
    /// What became of it.
    pub status: ReportStatus<'a>,
    /// Why it failed, in free text; see [`cause`](super::cause).
    pub failure_cause: Option<&'a str>,
}

/// MSGRESP: the server's word on a message that it could not deliver at once.
///
/// It comes as the payload of the response, or as a request of its own (where is UNCONFIRMED).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct MsgResponse<'a> {
    /// Who sent the message.
    pub originator: Originator<'a>,
    /// The message.
    pub message_id: MessageId<'a>,
    /// What became of it; absent means accepted.
    pub status: Option<ResponseStatus<'a>>,
    /// Why it failed, in free text.
    pub failure_cause: Option<&'a str>,
}

/// What a server did with a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum ResponseStatus<'a> {
    /// It could not be delivered.
    Failed,
    /// It waits for its recipient.
    Stored,
    /// An Application Server refused a group message (TS 23.554 clause 8.7.4.2).
    Rejected,
    /// Some other word, which is not success.
    Other(&'a str),
}

impl<'a> Report<'a> {
    pub(super) fn write(&self, writer: &mut Writer<'_>) {
        write_originator(writer, self.originator);
        write_recipient(writer, self.recipient);
        write_message_id(writer, self.message_id);
        writer.optional_text(Member::FailureCause, self.failure_cause);
        writer.text(Member::DeliveryStatus, self.status.word());
    }

    pub(super) fn read(fields: &dyn Fields<'a>) -> Result<Self, DecodeError> {
        let (recipient, _) = read_recipient(fields)?;
        Ok(Self {
            originator: read_originator(fields)?,
            recipient,
            message_id: read_message_id(fields)?,
            status: read_status(fields)?,
            failure_cause: fields.text(Member::FailureCause),
        })
    }
}

/// The mandatory status of a report.
pub(super) fn read_status<'a>(fields: &dyn Fields<'a>) -> Result<ReportStatus<'a>, DecodeError> {
    let text = fields.text(Member::DeliveryStatus);
    text.map(Outcome::read)
        .ok_or(DecodeError::Missing(Member::DeliveryStatus))
}

impl<'a> MsgResponse<'a> {
    pub(super) fn write(&self, writer: &mut Writer<'_>) {
        write_originator(writer, self.originator);
        write_message_id(writer, self.message_id);
        writer.optional_text(
            Member::DeliveryStatus,
            self.status.map(ResponseStatus::word),
        );
        writer.optional_text(Member::FailureCause, self.failure_cause);
    }

    pub(super) fn read(fields: &dyn Fields<'a>) -> Result<Self, DecodeError> {
        Ok(Self {
            originator: read_originator(fields)?,
            message_id: read_message_id(fields)?,
            status: fields
                .text(Member::DeliveryStatus)
                .map(ResponseStatus::read),
            failure_cause: fields.text(Member::FailureCause),
        })
    }
}

impl<'a> ResponseStatus<'a> {
    fn read(text: &'a str) -> Self {
        find_folded(wire::RESPONSE_STATUSES, text.as_bytes()).unwrap_or(Self::Other(text))
    }

    fn word(self) -> &'a str {
        match self {
            Self::Other(text) => text,
            Self::Failed => word_for(wire::RESPONSE_STATUSES, &ResponseStatus::Failed),
            Self::Stored => word_for(wire::RESPONSE_STATUSES, &ResponseStatus::Stored),
            Self::Rejected => word_for(wire::RESPONSE_STATUSES, &ResponseStatus::Rejected),
        }
    }
}

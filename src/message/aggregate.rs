//! Several messages or reports in one (TS 23.554 clause 8.4).
//!
//! All parts go to the same recipient and none has priority High. The spellings are UNCONFIRMED.

use super::{
    DecodeError, List, MessageId, Originator, Priority, Recipient, ReportStatus, StoreAndForward,
    UeServiceId,
    addressing::{
        read_message_id, read_originator, read_recipient, texts, usable, write_message_id,
        write_originator, write_recipient,
    },
    list::{Element, ITEM_END, read_items},
    members::{Fields, Item},
    msg::{read_priority, write_content},
    report::read_status,
    wire::Member,
    writer::Writer,
};

/// MSG with a list: several messages for one recipient (table 8.4.2-1).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct AggregatedMsg<'a> {
    /// Who sends them.
    pub originator: Originator<'a>,
    /// Whom all of them are for.
    pub recipient: Recipient<'a>,
    /// In a server's copy for one member of a group: that member.
    pub group_member: Option<UeServiceId<'a>>,
    /// Of the whole; each part has its own.
    pub message_id: MessageId<'a>,
    /// The parts.
    pub messages: List<'a, IndividualMsg<'a>>,
    /// Holds for all parts.
    pub store_and_forward: StoreAndForward<'a>,
}

/// One message of several (table 8.4.2-2).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct IndividualMsg<'a> {
    /// Of this part.
    pub message_id: MessageId<'a>,
    /// The application that the payload is for; the first, when a peer names several.
    pub application_id: Option<&'a str>,
    /// Whether a delivery status report is asked for.
    pub report_wanted: bool,
    /// Text; empty when there is none.
    pub payload: &'a str,
    /// Absent means [`Priority::Middle`].
    pub priority: Option<Priority>,
}

/// IMDN with a list: reports on several messages of one sender.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct AggregatedReport<'a> {
    /// Who reports.
    pub originator: Originator<'a>,
    /// Who sent the messages.
    pub recipient: Recipient<'a>,
    /// Of the aggregated message, if there was one.
    pub message_id: Option<MessageId<'a>>,
    /// The reports.
    pub reports: List<'a, IndividualReport<'a>>,
}

/// One report of several.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct IndividualReport<'a> {
    /// The message that is reported on.
    pub message_id: MessageId<'a>,
    /// What became of it.
    pub status: ReportStatus<'a>,
    /// Why it failed, in free text.
    pub failure_cause: Option<&'a str>,
}

impl<'a> AggregatedMsg<'a> {
    pub(super) fn write(&self, writer: &mut Writer<'_>) {
        write_originator(writer, self.originator);
        write_recipient(writer, self.recipient);
        if let Some(member) = self.group_member {
            write_recipient(writer, Recipient::Ue(member));
        }
        write_message_id(writer, self.message_id);
        writer.items(
            Member::NumberOfMessages,
            Member::ListOfMessages,
            self.messages,
            IndividualMsg::write,
        );
        self.store_and_forward.write(writer);
    }

    pub(super) fn read(fields: &dyn Fields<'a>) -> Result<Self, DecodeError> {
        let (recipient, group_member) = read_recipient(fields)?;
        Ok(Self {
            originator: read_originator(fields)?,
            recipient,
            group_member,
            message_id: read_message_id(fields)?,
            messages: read_items(fields, Member::ListOfMessages)?,
            store_and_forward: StoreAndForward::read(fields),
        })
    }
}

impl<'a> AggregatedReport<'a> {
    pub(super) fn write(&self, writer: &mut Writer<'_>) {
        write_originator(writer, self.originator);
        write_recipient(writer, self.recipient);
        if let Some(id) = self.message_id {
            write_message_id(writer, id);
        }
        writer.items(
            Member::NumberOfMessages,
            Member::ListOfMessages,
            self.reports,
            IndividualReport::write,
        );
    }

    pub(super) fn read(fields: &dyn Fields<'a>) -> Result<Self, DecodeError> {
        let (recipient, _) = read_recipient(fields)?;
        let message_id = fields.text(Member::MessageId);
        Ok(Self {
            originator: read_originator(fields)?,
            recipient,
            message_id: message_id
                .map(|text| usable(MessageId::parse(text), Member::MessageId))
                .transpose()?,
            reports: read_items(fields, Member::ListOfMessages)?,
        })
    }
}

impl IndividualMsg<'_> {
    fn write(&self, writer: &mut Writer<'_>) {
        write_message_id(writer, self.message_id);
        writer.optional_text(Member::ApplicationId, self.application_id);
        write_content(writer, self.report_wanted, self.payload, self.priority);
    }
}

impl IndividualReport<'_> {
    fn write(&self, writer: &mut Writer<'_>) {
        write_message_id(writer, self.message_id);
        writer.text(Member::DeliveryStatus, self.status.word());
        writer.optional_text(Member::FailureCause, self.failure_cause);
    }
}

impl<'a> Element<'a> for IndividualMsg<'a> {
    const END: u8 = ITEM_END;

    fn from_received(octets: &'a [u8]) -> Result<Self, DecodeError> {
        let fields: &dyn Fields<'a> = &Item(octets);
        Ok(Self {
            message_id: read_message_id(fields)?,
            application_id: texts(fields, Member::ApplicationId)
                .iter()
                .find(|id| !id.is_empty()),
            report_wanted: fields.boolean(Member::StatusRequired).unwrap_or(false),
            payload: fields.text(Member::Payload).unwrap_or_default(),
            priority: read_priority(fields),
        })
    }
}

impl<'a> Element<'a> for IndividualReport<'a> {
    const END: u8 = ITEM_END;

    fn from_received(octets: &'a [u8]) -> Result<Self, DecodeError> {
        let fields: &dyn Fields<'a> = &Item(octets);
        Ok(Self {
            message_id: read_message_id(fields)?,
            status: read_status(fields)?,
            failure_cause: fields.text(Member::FailureCause),
        })
    }
}

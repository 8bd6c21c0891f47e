//! MSG: a message, whole or one segment of it (TS 24.538 clause 6.4.1, TS 23.554 table 8.3.2-1).

use super::{
    DecodeError, List, MessageId, Originator, Recipient, UeServiceId,
    addressing::{
        read_message_id, read_originator, read_recipient, texts, usable, write_message_id,
        write_originator, write_recipient,
    },
    fold::{find_word, word_for},
    members::{Fields, Scope},
    wire::{self, Member},
    writer::Writer,
};

/// A message to or from a UE, an Application Server, a group or a topic.
///
/// ```
/// use msgin5g::message::{Message, MessageId, Msg, Originator, Recipient, UeServiceId};
///
/// let mut msg = Msg::new(
///     Originator::Ue(UeServiceId::new("ue-4711@iot.example").unwrap()),
///     Recipient::Ue(UeServiceId::new("ue-0815@iot.example").unwrap()),
///     MessageId::Uuid([7; 16]),
///     "OPEN valve 3",
/// );
/// msg.report_wanted = true;
/// let mut buffer = [0; 512];
/// let len = Message::Msg(msg).encode(&mut buffer).unwrap();
/// assert_eq!(Message::decode(&mut buffer[..len]), Ok(Message::Msg(msg)));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Msg<'a> {
    /// Who sends it.
    pub originator: Originator<'a>,
    /// Whom it is for.
    pub recipient: Recipient<'a>,
    /// In a server's copy for one member of a group: that member (TS 23.554 clause 8.7.4.2).
    pub group_member: Option<UeServiceId<'a>>,
    /// The same in all segments of a message.
    pub message_id: MessageId<'a>,
    /// The application that the payload is for.
    pub application_id: Option<&'a str>,
    /// Further applications, when a peer names several.
    pub more_application_ids: List<'a, &'a str>,
    /// Whether a delivery status report is asked for. In a segmented message only the first segment says so.
    pub report_wanted: bool,
    /// Text; binary data by agreement as base64. Empty when the message has none.
    pub payload: &'a str,
    /// Absent means [`Priority::Middle`].
    pub priority: Option<Priority>,
    /// Which segment this is, if it is one.
    pub segment: Option<Segment<'a>>,
    /// What to do when the recipient cannot be reached.
    pub store_and_forward: StoreAndForward<'a>,
}

/// One segment of a message that was too long (TS 23.554 clause 8.5.4).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Segment<'a> {
    /// Segmentation Set Identifier: the same in all segments.
    pub set: &'a str,
    /// From 1; some peers count from 0.
    pub number: u16,
    /// How many there are. Only in the first segment.
    pub total: Option<u16>,
    /// This is the last one.
    pub last: bool,
}

/// Sends ahead of others and is never aggregated, or waits (TS 23.554 clause 8.4.2).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum Priority {
    /// Goes last.
    Low,
    /// What holds when nothing is said.
    Middle,
    /// Goes first.
    High,
}

/// What the server does with a message whose recipient cannot be reached (TS 23.554 clause 8.3.2).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum StoreAndForward<'a> {
    /// Nothing is said; read as [`StoreAndForward::No`]. Messages from the server, later segments.
    #[default]
    Unstated,
    /// It fails.
    No,
    /// It is stored.
    Yes {
        /// Date and time (RFC 3339) when it is of no more use.
        expiration: Option<&'a str>,
    },
}

impl<'a> Msg<'a> {
    /// The longest Segmentation Set Identifier, in octets. UNCONFIRMED.
    pub const MAX_SEGMENT_SET: usize = 64;

    /// A message as a client sends it, with nothing optional: no report, not stored.
    #[must_use]
    pub const fn new(
        originator: Originator<'a>,
        recipient: Recipient<'a>,
        message_id: MessageId<'a>,
        payload: &'a str,
    ) -> Self {
        Self {
            originator,
            recipient,
            group_member: None,
            message_id,
            application_id: None,
            more_application_ids: List::EMPTY,
            report_wanted: false,
            payload,
            priority: None,
            segment: None,
            store_and_forward: StoreAndForward::No,
        }
    }

    pub(super) fn write(&self, writer: &mut Writer<'_>) {
        write_originator(writer, self.originator);
        write_recipient(writer, self.recipient);
        if let Some(member) = self.group_member {
            write_recipient(writer, Recipient::Ue(member));
        }
        write_message_id(writer, self.message_id);
        if let (Some(first), false) = (self.application_id, self.more_application_ids.is_empty()) {
            writer.array(Member::ApplicationId);
            writer.element_text(first);
            self.more_application_ids
                .iter()
                .for_each(|id| writer.element_text(id));
            writer.end_array();
        } else {
            writer.optional_text(Member::ApplicationId, self.application_id);
        }
        write_content(writer, self.report_wanted, self.payload, self.priority);
        if let Some(segment) = self.segment {
            segment.write(writer);
        }
        self.store_and_forward.write(writer);
    }

    pub(super) fn read(fields: &dyn Fields<'a>, scope: Scope) -> Result<Self, DecodeError> {
        let (recipient, group_member) = read_recipient(fields)?;
        let mut applications = texts(fields, Member::ApplicationId).iter();
        Ok(Self {
            originator: read_originator(fields)?,
            recipient,
            group_member,
            message_id: read_message_id(fields)?,
            // An empty one names none, and could not be told from none when written again.
            application_id: applications.find(|id| !id.is_empty()),
            more_application_ids: applications.rest(),
            report_wanted: fields.boolean(Member::StatusRequired).unwrap_or(false),
            payload: fields.text(Member::Payload).unwrap_or_default(),
            priority: read_priority(fields),
            segment: if scope.segments {
                Segment::read(fields)?
            } else if fields.raw(Member::SegmentSet).is_some() {
                return Err(DecodeError::NotBuilt);
            } else {
                None
            },
            store_and_forward: StoreAndForward::read(fields),
        })
    }
}

impl<'a> Segment<'a> {
    fn write(&self, writer: &mut Writer<'_>) {
        writer.boolean(Member::Segmented, true);
        writer.text(Member::SegmentSet, self.set);
        writer.optional_integer(Member::SegmentTotal, self.total.map(u32::from));
        writer.integer(Member::SegmentNumber, u32::from(self.number));
        if self.last {
            writer.boolean(Member::LastSegment, true);
        }
    }

    fn read(fields: &dyn Fields<'a>) -> Result<Option<Self>, DecodeError> {
        // The set's name is enough to make it a segment; the marker without it is not.
        let Some(set) = fields.text(Member::SegmentSet) else {
            return match fields.boolean(Member::Segmented) {
                Some(true) => Err(DecodeError::Missing(Member::SegmentSet)),
                _ => Ok(None),
            };
        };
        let number = |member| match fields.integer(member).map(u16::try_from) {
            Some(Ok(number)) => Ok(Some(number)),
            Some(Err(_)) => Err(DecodeError::OutOfRange(member)),
            None => Ok(None),
        };
        let total = number(Member::SegmentTotal)?;
        if total == Some(0) {
            return Err(DecodeError::OutOfRange(Member::SegmentTotal));
        }
        Ok(Some(Self {
            set: read_segment_set(set)?,
            number: number(Member::SegmentNumber)?
                .ok_or(DecodeError::Missing(Member::SegmentNumber))?,
            total,
            last: fields.boolean(Member::LastSegment).unwrap_or(false),
        }))
    }
}

pub(super) fn read_segment_set(text: &str) -> Result<&str, DecodeError> {
    let allowed = 1..=Msg::MAX_SEGMENT_SET;
    usable(
        allowed.contains(&text.len()).then_some(text),
        Member::SegmentSet,
    )
}

impl<'a> StoreAndForward<'a> {
    pub(super) fn write(self, writer: &mut Writer<'_>) {
        match self {
            Self::Unstated => {}
            Self::No => writer.boolean(Member::StoreAndForward, false),
            Self::Yes { expiration } => {
                writer.boolean(Member::StoreAndForward, true);
                if let Some(expiration) = expiration {
                    writer.object(Member::StoreAndForwardParameters);
                    writer.text(Member::MessageExpiration, expiration);
                    writer.end_object();
                }
            }
        }
    }

    pub(super) fn read(fields: &dyn Fields<'a>) -> Self {
        match fields.boolean(Member::StoreAndForward) {
            Some(true) => Self::Yes {
                expiration: fields.text(Member::MessageExpiration),
            },
            Some(false) => Self::No,
            None => Self::Unstated,
        }
    }
}

/// The members that a message and a part of an aggregate have in common.
pub(super) fn write_content(
    writer: &mut Writer<'_>,
    report_wanted: bool,
    payload: &str,
    priority: Option<Priority>,
) {
    if report_wanted {
        writer.boolean(Member::StatusRequired, true);
    }
    if !payload.is_empty() {
        writer.text(Member::Payload, payload);
    }
    if let Some(priority) = priority {
        writer.text(Member::Priority, word_for(wire::PRIORITIES, &priority));
    }
}

/// An unknown word is no reason to lose a message: it counts as nothing said.
pub(super) fn read_priority(fields: &dyn Fields<'_>) -> Option<Priority> {
    fields
        .raw(Member::Priority)
        .and_then(|word| find_word(wire::PRIORITIES, word))
}

//! How the client keeps messages while they wait: what they say, without the names of JSON.
//!
//! A record is fields, each `name, length (2 octets), octets`, and then the rest, which is as
//! long as the record goes on. It is a third of the JSON's size, and JSON is made from it anew
//! for each attempt.

use crate::message::{
    AsServiceId, BroadcastAreaId, GroupServiceId, MessageId, MessagingTopic, Msg, Originator,
    Priority, Recipient, StoreAndForward, UeServiceId,
};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub(crate) enum Field {
    FromUe = 1,
    FromAs,
    ToUe,
    ToAs,
    ToGroup,
    ToArea,
    ToTopic,
    Member,
    Uuid,
    OpaqueId,
    Application,
    ReportWanted,
    Priority,
    Stored,
    Expiration,
    Outcome,
    Cause,
    #[cfg(feature = "segmentation")]
    Set,
    /// Numbers of segments that are still to be sent.
    #[cfg(feature = "segmentation")]
    Wanted,
    /// The Message ID of an aggregate that this message begins.
    AggregateId,
    #[cfg(feature = "stored-message-update")]
    Destination,
    /// All that follows. The same number whatever is built in: snapshots hold records.
    Rest = 0xff,
}

/// Writes a record, and counts on when there is no more room.
pub(crate) struct Pen<'o> {
    out: &'o mut [u8],
    len: usize,
}

impl<'o> Pen<'o> {
    pub(crate) fn new(out: &'o mut [u8]) -> Self {
        Self { out, len: 0 }
    }

    /// The length of the record, whether it found room or not.
    pub(crate) fn len(&self) -> usize {
        self.len
    }

    pub(crate) fn field(&mut self, field: Field, octets: &[u8]) {
        let Ok(len) = u16::try_from(octets.len()) else {
            // No request can carry so long a value anyway.
            self.len = usize::MAX;
            return;
        };
        self.put(&[field as u8]);
        self.put(&len.to_be_bytes());
        self.put(octets);
    }

    pub(crate) fn text(&mut self, field: Field, text: Option<&str>) {
        if let Some(text) = text {
            self.field(field, text.as_bytes());
        }
    }

    #[inline(never)]
    pub(crate) fn rest(&mut self, octets: &[u8]) {
        self.put(&[Field::Rest as u8]);
        self.put(octets);
    }

    pub(crate) fn put(&mut self, octets: &[u8]) {
        let end = self.len.saturating_add(octets.len());
        if let Some(place) = self.out.get_mut(self.len..end) {
            place.copy_from_slice(octets);
        }
        self.len = end;
    }

    #[inline(never)]
    /// `len` octets that `write` writes.
    #[cfg(feature = "base64")]
    pub(crate) fn put_with(&mut self, len: usize, write: &mut dyn FnMut(&mut [u8])) {
        let end = self.len.saturating_add(len);
        if let Some(place) = self.out.get_mut(self.len..end) {
            write(place);
        }
        self.len = end;
    }

    #[cfg(any(feature = "segmentation", feature = "aggregation"))]
    pub(crate) fn originator(&mut self, originator: Originator<'_>) {
        let field = match originator {
            Originator::Ue(_) => Field::FromUe,
            Originator::As(_) => Field::FromAs,
        };
        self.field(field, originator.as_str().as_bytes());
    }

    #[inline(never)]
    pub(crate) fn recipient(&mut self, recipient: Recipient<'_>) {
        let field = match recipient {
            Recipient::Ue(_) => Field::ToUe,
            Recipient::As(_) => Field::ToAs,
            Recipient::Group(_) => Field::ToGroup,
            Recipient::BroadcastArea(_) => Field::ToArea,
            Recipient::Topic(_) => Field::ToTopic,
        };
        self.field(field, recipient.as_str().as_bytes());
    }

    pub(crate) fn message_id(&mut self, id: MessageId<'_>) {
        match id {
            MessageId::Uuid(uuid) => self.field(Field::Uuid, &uuid),
            MessageId::Opaque(text) => self.field(Field::OpaqueId, text.as_bytes()),
        }
    }

    /// What a message says besides originator, recipient, Message ID and payload.
    pub(crate) fn manners(&mut self, msg: &Msg<'_>) {
        self.text(Field::Application, msg.application_id);
        if msg.report_wanted {
            self.field(Field::ReportWanted, &[]);
        }
        if let Some(priority) = msg.priority {
            self.field(Field::Priority, &[octet_of(priority)]);
        }
        if let StoreAndForward::Yes { expiration } = msg.store_and_forward {
            self.field(Field::Stored, &[]);
            self.text(Field::Expiration, expiration);
        }
    }
}

/// Reads a record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Record<'a>(pub(crate) &'a [u8]);

impl<'a> Record<'a> {
    /// All values of a field, with where they begin.
    fn values(self, wanted: Field) -> impl Iterator<Item = (usize, &'a [u8])> {
        let whole = self.0.len();
        let mut rest = self.0;
        core::iter::from_fn(move || {
            loop {
                let ([name, high, low], tail) = rest.split_first_chunk::<3>()?;
                if *name == Field::Rest as u8 {
                    return None;
                }
                let len = usize::from(u16::from_be_bytes([*high, *low]));
                let (value, after) = tail.split_at_checked(len)?;
                rest = after;
                if *name == wanted as u8 {
                    let at = whole.saturating_sub(tail.len());
                    return Some((at, value));
                }
            }
        })
    }

    pub(crate) fn get(self, field: Field) -> Option<&'a [u8]> {
        self.values(field).next().map(|(_, value)| value)
    }

    /// Where the value of a field lies in the record.
    #[cfg(feature = "segmentation")]
    pub(crate) fn place(self, field: Field) -> Option<core::ops::Range<usize>> {
        let (at, value) = self.values(field).next()?;
        Some(at..at.saturating_add(value.len()))
    }

    pub(crate) fn has(self, field: Field) -> bool {
        self.get(field).is_some()
    }

    pub(crate) fn text(self, field: Field) -> Option<&'a str> {
        self.get(field).map(as_text)
    }

    #[cfg(feature = "topics")]
    pub(crate) fn texts(self, field: Field) -> impl Iterator<Item = &'a str> {
        self.values(field).map(|(_, value)| as_text(value))
    }

    /// Where the rest begins.
    pub(crate) fn rest_at(self) -> usize {
        let mut at = 0_usize;
        let mut rest = self.0;
        while let Some((name, tail)) = rest.split_first() {
            at = at.saturating_add(1);
            if *name == Field::Rest as u8 {
                return at;
            }
            let Some((len, tail)) = tail.split_first_chunk::<2>() else {
                break;
            };
            let len = usize::from(u16::from_be_bytes(*len));
            at = at.saturating_add(2).saturating_add(len);
            rest = tail.get(len..).unwrap_or_default();
        }
        self.0.len()
    }

    #[inline(never)]
    pub(crate) fn rest(self) -> &'a [u8] {
        self.0.get(self.rest_at()..).unwrap_or_default()
    }

    pub(crate) fn originator(self) -> Option<Originator<'a>> {
        let ue = self.text(Field::FromUe).and_then(UeServiceId::received);
        let server = || self.text(Field::FromAs).and_then(AsServiceId::received);
        ue.map(Originator::Ue)
            .or_else(|| server().map(Originator::As))
    }

    pub(crate) fn recipient(self) -> Option<Recipient<'a>> {
        let to = |field| self.text(field);
        if let Some(text) = to(Field::ToUe) {
            return UeServiceId::received(text).map(Recipient::Ue);
        }
        if let Some(text) = to(Field::ToAs) {
            return AsServiceId::received(text).map(Recipient::As);
        }
        if let Some(text) = to(Field::ToGroup) {
            return GroupServiceId::received(text).map(Recipient::Group);
        }
        if let Some(text) = to(Field::ToTopic) {
            return MessagingTopic::received(text).map(Recipient::Topic);
        }
        let area = to(Field::ToArea).and_then(BroadcastAreaId::received);
        area.map(Recipient::BroadcastArea)
    }

    pub(crate) fn message_id(self) -> Option<MessageId<'a>> {
        match self.get(Field::Uuid).map(TryInto::try_into) {
            Some(Ok(uuid)) => Some(MessageId::Uuid(uuid)),
            _ => self.text(Field::OpaqueId).map(MessageId::Opaque),
        }
    }

    pub(crate) fn priority(self) -> Option<Priority> {
        match self.get(Field::Priority)? {
            [0] => Some(Priority::Low),
            [2] => Some(Priority::High),
            _ => Some(Priority::Middle),
        }
    }

    pub(crate) fn store_and_forward(self) -> StoreAndForward<'a> {
        if self.has(Field::Stored) {
            StoreAndForward::Yes {
                expiration: self.text(Field::Expiration),
            }
        } else {
            StoreAndForward::No
        }
    }

    /// A message whose originator and recipient stand in `head`, with this payload.
    pub(crate) fn msg(
        self,
        head: Record<'a>,
        us: Originator<'a>,
        message_id: MessageId<'a>,
        payload: &'a str,
    ) -> Option<Msg<'a>> {
        Some(Msg {
            group_member: head.text(Field::Member).and_then(UeServiceId::received),
            application_id: self.text(Field::Application),
            report_wanted: self.has(Field::ReportWanted),
            priority: self.priority(),
            store_and_forward: head.store_and_forward(),
            ..Msg::new(
                head.originator().unwrap_or(us),
                head.recipient()?,
                message_id,
                payload,
            )
        })
    }
}

/// Text that was text when it was written down.
#[inline(never)]
pub(crate) fn as_text(octets: &[u8]) -> &str {
    core::str::from_utf8(octets).unwrap_or_default()
}

const fn octet_of(priority: Priority) -> u8 {
    match priority {
        Priority::Low => 0,
        Priority::Middle => 1,
        Priority::High => 2,
    }
}

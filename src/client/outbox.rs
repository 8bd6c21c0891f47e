//! Messages and reports that the client has accepted and not yet finished.
//!
//! Each entry keeps the JSON of its request until the server has answered, so
//! that a lost session or an overloaded server costs a repetition and no
//! message. The octets of all entries lie one behind the other in the caller's
//! memory, in the order of the slots.

use crate::message::{EncodeError, MessageId, Priority};

use super::exchange::Exchange;
use super::{Event, Failure, ReportTicket, SendError};

/// One entry of the outbox. The caller provides the slots, the client fills them.
#[derive(Debug, Clone, Copy)]
pub struct OutboxSlot {
    pub(super) kind: Kind,
    pub(super) priority: Priority,
    /// Of the message that is sent or reported on.
    /// `None` where it is not a UUID.
    pub(super) uuid: Option<[u8; 16]>,
    pub(super) exchange: Exchange,
    /// Of a report that the application shall give.
    pub(super) ticket: Option<ReportTicket>,
    pub(super) len: usize,
}

impl OutboxSlot {
    /// A free slot.
    pub const EMPTY: Self = Self {
        kind: Kind::Message,
        priority: Priority::Middle,
        uuid: None,
        exchange: Exchange::NEW,
        ticket: None,
        len: 0,
    };
}

impl OutboxSlot {
    pub(super) fn failed<'r>(&self, failure: Failure<'r>) -> Event<'r> {
        match self.kind {
            Kind::Message => Event::Failed {
                message_id: self.message_id(),
                failure,
            },
            Kind::Report => Event::ReportFailed {
                message_id: self.uuid.map(MessageId::Uuid),
                failure,
            },
        }
    }

    /// Whether this is the message with that ID.
    pub(super) fn is_message(&self, uuid: [u8; 16]) -> bool {
        self.kind == Kind::Message && self.uuid == Some(uuid)
    }

    /// Of a message of ours, which always has a UUID.
    pub(super) fn message_id(&self) -> MessageId<'static> {
        MessageId::Uuid(self.uuid.unwrap_or_default())
    }
}

/// Which request an entry is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Message,
    Report,
}

pub(super) struct Outbox<'m> {
    slots: &'m mut [OutboxSlot],
    used: usize,
    octets: &'m mut [u8],
    fill: usize,
}

impl<'m> Outbox<'m> {
    pub(super) fn new(slots: &'m mut [OutboxSlot], octets: &'m mut [u8]) -> Self {
        Self {
            slots,
            used: 0,
            octets,
            fill: 0,
        }
    }

    /// Adds an entry whose JSON `write` puts into the free octets; `largest` octets of
    /// JSON can be sent at all.
    pub(super) fn push(
        &mut self,
        entry: OutboxSlot,
        largest: usize,
        write: impl FnOnce(&mut [u8]) -> Result<usize, EncodeError>,
    ) -> Result<(), SendError> {
        let slot = self.slots.get_mut(self.used).ok_or(SendError::OutboxFull)?;
        let free = self.octets.get_mut(self.fill..).unwrap_or_default();
        let (len, fits) = match write(free) {
            Ok(len) => (len, true),
            Err(EncodeError::BufferTooSmall { needed }) => (needed, false),
        };
        if len > largest {
            return Err(SendError::TooLarge {
                needed: len,
                limit: largest,
            });
        }
        if !fits {
            return Err(SendError::OutboxTooSmall { needed: len });
        }
        *slot = OutboxSlot { len, ..entry };
        self.used = self.used.saturating_add(1);
        self.fill = self.fill.saturating_add(len);
        Ok(())
    }

    /// Whether the entry may take this many octets more.
    pub(super) fn check_growth(
        &self,
        index: usize,
        grows: usize,
        largest: usize,
    ) -> Result<(), SendError> {
        let len = self.slots.get(index).map_or(0, |slot| slot.len);
        let needed = len.saturating_add(grows);
        if needed > largest {
            return Err(SendError::TooLarge {
                needed,
                limit: largest,
            });
        }
        if grows > self.octets.len().saturating_sub(self.fill) {
            return Err(SendError::OutboxTooSmall { needed: grows });
        }
        Ok(())
    }

    pub(super) fn len(&self) -> usize {
        self.used
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = &OutboxSlot> {
        self.slots.iter().take(self.used)
    }

    pub(super) fn iter_mut(&mut self) -> impl Iterator<Item = &mut OutboxSlot> {
        self.slots.iter_mut().take(self.used)
    }

    /// The entry to send next: the highest priority, and of those the oldest.
    pub(super) fn next_due(&self, now: u64) -> Option<usize> {
        self.iter()
            .enumerate()
            .filter(|(_, slot)| slot.exchange.is_due(now))
            // Of equals min_by_key takes the first, which is the oldest.
            .min_by_key(|(_, slot)| core::cmp::Reverse(slot.priority))
            .map(|(index, _)| index)
    }

    /// An entry and its JSON.
    pub(super) fn entry_mut(&mut self, index: usize) -> Option<(&mut OutboxSlot, &mut [u8])> {
        let start = self.start_of(index);
        let slot = self.slots.get_mut(index)?;
        let end = start.saturating_add(slot.len);
        Some((slot, self.octets.get_mut(start..end)?))
    }

    /// Takes an entry out and closes the gap.
    pub(super) fn remove(&mut self, index: usize) -> Option<OutboxSlot> {
        let start = self.start_of(index);
        let used = self.slots.get_mut(..self.used)?;
        let gone = *used.get(index)?;
        used.get_mut(index..)?.rotate_left(1);
        self.used = self.used.saturating_sub(1);
        let end = start.saturating_add(gone.len);
        if end <= self.fill && self.fill <= self.octets.len() {
            self.octets.copy_within(end..self.fill, start);
        }
        self.fill = self.fill.saturating_sub(gone.len);
        Some(gone)
    }

    fn start_of(&self, index: usize) -> usize {
        self.iter()
            .take(index)
            .fold(0, |sum, slot| sum.saturating_add(slot.len))
    }
}

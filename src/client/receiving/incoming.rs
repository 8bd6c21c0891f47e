//! What has arrived and cannot be handed over yet: segments of messages that are not complete,
//! and the parts of aggregates, which go to the application one by one.

use crate::client::memory::shelf::{Shelf, Slot};
use crate::client::outbox::exchange::Exchange;
#[cfg(any(feature = "segmentation", feature = "aggregation"))]
use crate::{
    client::memory::record::{Field, Pen, Record},
    message::Msg,
};

/// One message that is being put together, or one aggregate that is being taken apart. The
/// caller provides the slots, the client fills them.
#[derive(Debug, Clone, Copy)]
#[cfg_attr(
    not(feature = "segmentation"),
    allow(dead_code, reason = "nothing is put together")
)]
pub struct IncomingSlot {
    pub(crate) state: State,
    /// Segments in all, from the first segment.
    pub(crate) total: Option<u16>,
    /// The number of the segment that is marked as the last one.
    pub(crate) last: Option<u16>,
    pub(crate) count: u16,
    /// When (ms) the next segment should have come, or [`NEVER`](Self::NEVER).
    pub(crate) deadline: u64,
    /// How often missing ones have been asked for.
    pub(crate) recoveries: u8,
    /// Of SEGREC.
    pub(crate) exchange: Exchange,
    /// The application has it, or the first part of it, until the next call.
    pub(crate) handed: bool,
    /// Octets that it will have when it is complete, as far as is known; they are kept free, so
    /// that two sets never stand in each other's way.
    pub(crate) expected: usize,
    pub(crate) len: usize,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(
    not(all(feature = "segmentation", feature = "aggregation")),
    allow(dead_code, reason = "they are handed over by the same code")
)]
pub(crate) enum State {
    /// Segments are missing.
    Collecting,
    /// A complete message.
    Message,
    /// Messages out of an aggregate.
    Messages,
    /// Reports out of an aggregate.
    Reports,
}

impl IncomingSlot {
    /// A free slot.
    pub const EMPTY: Self = Self {
        state: State::Collecting,
        total: None,
        last: None,
        count: 0,
        deadline: 0,
        recoveries: 0,
        exchange: Exchange::HELD,
        handed: false,
        expected: 0,
        len: 0,
    };

    /// The deadline of a set that is over and waits for room in the outbox, not for a time: it is
    /// looked at again whenever something has happened.
    pub(crate) const NEVER: u64 = u64::MAX;

    /// When (ms) something is to be done about it.
    pub(crate) fn wakes_at(&self) -> Option<u64> {
        (self.is_open() && self.deadline != Self::NEVER).then_some(self.deadline)
    }

    #[cfg(feature = "aggregation")]
    pub(crate) fn of(state: State) -> Self {
        Self {
            state,
            ..Self::EMPTY
        }
    }

    pub(crate) fn is_open(&self) -> bool {
        self.state == State::Collecting && !self.handed
    }
}

impl Slot for IncomingSlot {
    fn len(&self) -> usize {
        self.len
    }

    fn set_len(&mut self, len: usize) {
        self.len = len;
    }
}

pub(crate) struct Incoming<'m> {
    pub(crate) shelf: Shelf<'m, IncomingSlot>,
}

impl<'m> Incoming<'m> {
    pub(crate) fn new(slots: &'m mut [IncomingSlot], octets: &'m mut [u8]) -> Self {
        Self {
            shelf: Shelf::new(slots, octets),
        }
    }

    #[cfg(any(feature = "segmentation", feature = "aggregation"))]
    pub(crate) fn record(&self, index: usize) -> Record<'_> {
        Record(self.shelf.octets(index))
    }
}

/// Who sends a message to whom.
#[cfg(any(feature = "segmentation", feature = "aggregation"))]
pub(crate) fn head(pen: &mut Pen<'_>, msg: &Msg<'_>) {
    pen.originator(msg.originator);
    pen.recipient(msg.recipient);
    pen.text(
        Field::Member,
        msg.group_member.map(|member| member.as_str()),
    );
}

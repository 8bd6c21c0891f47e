//! What the client has accepted and not yet finished: messages, reports, subscriptions.
//!
//! Each entry keeps what its request says until the server has answered, so that a lost session
//! or an overloaded server costs a repetition and no message. It changes when it is decided anew
//! how long something waits, and when it is tried again or given up.

pub(crate) mod exchange;
mod shares;

use crate::client::aggregation::Gathering;
use crate::client::memory::record::{Pen, Record};
use crate::client::memory::shelf::{Full, Shelf, Slot};
use crate::client::outbox::exchange::Exchange;
use crate::client::segments::sending::Segmenting;
use crate::client::topics::Standing;
use crate::client::{Event, Failure, SendError};
use crate::message::{MessageId, Priority};

/// One entry of the outbox. The caller provides the slots, the client fills them.
#[derive(Debug, Clone, Copy)]
pub struct OutboxSlot {
    pub(crate) kind: Kind,
    pub(crate) priority: Priority,
    /// Of the message that is sent or reported on; `None` where it is not a UUID.
    pub(crate) uuid: Option<[u8; 16]>,
    pub(crate) exchange: Exchange,
    /// Of a report that the application shall give, or of a subscription.
    pub(crate) ticket: Option<u32>,
    /// The sender allows segments.
    pub(crate) may_segment: bool,
    /// It has been sent again after a new registration.
    pub(crate) renewed: bool,
    pub(crate) gathering: Gathering,
    /// What the application still has to be told.
    pub(crate) verdict: Option<Verdict>,
    /// Of a request that goes in one piece: the length of its JSON.
    pub(crate) json_len: usize,
    pub(crate) len: usize,
}

impl OutboxSlot {
    /// A free slot.
    pub const EMPTY: Self = Self {
        kind: Kind::Message,
        priority: Priority::Middle,
        uuid: None,
        exchange: Exchange::NEW,
        ticket: None,
        may_segment: false,
        renewed: false,
        gathering: Gathering::No,
        verdict: None,
        json_len: 0,
        len: 0,
    };

    pub(crate) fn failed<'r>(&self, failure: Failure<'r>) -> Event<'r> {
        match self.kind {
            Kind::Message | Kind::Segmented(_) => Event::Failed {
                message_id: self.message_id(),
                failure,
            },
            Kind::Subscription(standing) => standing.ended(self, Some(failure)),
            #[cfg(feature = "stored-message-update")]
            Kind::Update => Event::UpdateFailed {
                message_id: self.message_id(),
                failure,
            },
            // A report or a confirmation.
            _ => Event::ReportFailed {
                message_id: self.uuid.map(MessageId::Uuid),
                failure,
            },
        }
    }

    /// Of a message of ours, which always has a UUID.
    pub(crate) fn message_id(&self) -> MessageId<'static> {
        MessageId::Uuid(self.uuid.unwrap_or_default())
    }

    /// Whether de-registration waits for it: for all but what waits for the application or for a
    /// SEGREC, and what stands.
    pub(crate) fn delays_leaving(&self) -> bool {
        !self.exchange.is_held()
    }

    /// Whether it still waits for the server: kept segments and standing subscriptions do not.
    pub(crate) fn is_pending(&self) -> bool {
        match self.kind {
            Kind::Segmented(segments) => !segments.is_kept(),
            Kind::Subscription(_) => !self.exchange.is_held(),
            _ => true,
        }
    }
}

impl Slot for OutboxSlot {
    fn len(&self) -> usize {
        self.len
    }

    fn set_len(&mut self, len: usize) {
        self.len = len;
    }
}

/// Which request an entry is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(
    not(all(feature = "segmentation", feature = "topics")),
    allow(dead_code, reason = "what such a kind holds is then an empty type")
)]
pub(crate) enum Kind {
    Message,
    Segmented(Segmenting),
    Report,
    /// SEGCONFIR
    #[cfg(feature = "segmentation")]
    Confirmation,
    Subscription(Standing),
    #[cfg(feature = "stored-message-update")]
    Update,
}

/// What became of a message, until the application has been told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Verdict {
    Accepted,
    Stored,
    Failed(Failure<'static>),
}

impl Verdict {
    /// What an event said about one message of several, without its words.
    pub(crate) fn of(event: &Event<'_>) -> Option<Self> {
        match event {
            Event::Accepted { .. } => Some(Self::Accepted),
            Event::Stored { .. } => Some(Self::Stored),
            Event::Failed { failure, .. } => Some(Self::Failed(match *failure {
                Failure::Answered { code, .. } => Failure::Answered { code, cause: None },
                Failure::Undeliverable { .. } => Failure::Undeliverable { cause: None },
                Failure::NoAnswer => Failure::NoAnswer,
                Failure::SessionBroken { times } => Failure::SessionBroken { times },
                Failure::TooLarge { limit } => Failure::TooLarge { limit },
            })),
            _ => None,
        }
    }

    pub(crate) fn event(self, message_id: MessageId<'static>) -> Event<'static> {
        match self {
            Self::Accepted => Event::Accepted { message_id },
            Self::Stored => Event::Stored { message_id },
            Self::Failed(failure) => Event::Failed {
                message_id,
                failure,
            },
        }
    }
}

pub(crate) struct Outbox<'m> {
    pub(crate) shelf: Shelf<'m, OutboxSlot>,
}

impl<'m> Outbox<'m> {
    pub(crate) fn new(slots: &'m mut [OutboxSlot], octets: &'m mut [u8]) -> Self {
        Self {
            shelf: Shelf::new(slots, octets),
        }
    }

    /// Adds an entry whose record `write` writes down.
    #[inline(never)]
    pub(crate) fn push(
        &mut self,
        entry: OutboxSlot,
        write: &mut dyn FnMut(&mut Pen<'_>),
    ) -> Result<usize, SendError> {
        let room = self.room_for(entry.kind);
        if room.slots == 0 {
            return Err(SendError::OutboxFull);
        }
        let pushed = self.shelf.push_within(room.octets, entry, &mut |free| {
            let mut pen = Pen::new(free);
            write(&mut pen);
            pen.len()
        });
        pushed.map_err(|full| match full {
            Full::Slots => SendError::OutboxFull,
            Full::Octets(needed) => SendError::OutboxTooSmall { needed },
        })
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = &OutboxSlot> + Clone {
        self.shelf.iter()
    }

    pub(crate) fn iter_mut(&mut self) -> impl Iterator<Item = &mut OutboxSlot> {
        self.shelf.iter_mut()
    }

    pub(crate) fn record(&self, index: usize) -> Record<'_> {
        Record(self.shelf.octets(index))
    }

    /// The entry to send next, of those that the client can send by itself: the highest
    /// priority, and of those the oldest.
    pub(crate) fn next_due(&self, now: u64) -> Option<usize> {
        self.next_of(now, false)
    }

    /// The entry to send next of those whose payload the application holds.
    #[cfg(feature = "segmentation")]
    pub(crate) fn next_streamed(&self, now: u64) -> Option<usize> {
        self.next_of(now, true)
    }

    /// A payload that is wanted waits for the application, and no longer for a time.
    pub(crate) fn ask_for_payloads(&mut self, now: u64) {
        for slot in self.iter_mut() {
            if slot.is_streamed() && slot.exchange.is_due(now) {
                slot.exchange.release();
            }
        }
    }

    // A loop: as a chain of adapters it takes three times as much flash.
    #[inline(never)]
    fn next_of(&self, now: u64, streamed: bool) -> Option<usize> {
        let mut next: Option<(usize, Priority)> = None;
        for (index, slot) in self.iter().enumerate() {
            let is_wanted = slot.exchange.is_due(now)
                && slot.is_streamed() == streamed
                && slot.verdict.is_none()
                && !slot.gathering.is_open();
            // Of equals the first stays, which is the oldest.
            if is_wanted && next.is_none_or(|(_, priority)| slot.priority > priority) {
                next = Some((index, slot.priority));
            }
        }
        next.map(|(index, _)| index)
    }

    pub(crate) fn slot_mut(&mut self, index: usize) -> Option<&mut OutboxSlot> {
        self.shelf.slot_mut(index)
    }

    pub(crate) fn remove(&mut self, index: usize) -> Option<OutboxSlot> {
        self.shelf.remove(index)
    }
}

impl OutboxSlot {
    fn is_streamed(&self) -> bool {
        matches!(self.kind, Kind::Segmented(segments) if segments.is_streamed())
    }
}

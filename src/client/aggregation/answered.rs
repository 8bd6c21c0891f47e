//! What the server says about an aggregate holds for each message in it, also when it says so later,
//! in a message response of its own.

use crate::client::core::Core;
use crate::client::memory::record::{Field, Record};
use crate::client::outbox::Verdict;
use crate::client::{Event, outbox::OutboxSlot};
use crate::message::MessageId;

use super::Gathering;
use super::sending::{MOST_PARTS, bound};

/// How many aggregates that the server has taken are remembered. It has told in the answer what it
/// knew then; what it tells later comes soon.
const REMEMBERED: usize = 2;

type Uuid = [u8; 16];

/// The newest aggregates that the server has taken.
pub(crate) struct Answered {
    all: heapless::Deque<Aggregate, REMEMBERED>,
}

struct Aggregate {
    id: Uuid,
    parts: heapless::Vec<Uuid, MOST_PARTS>,
    /// What the application is to be told of each, and of how many it has been told.
    verdict: Option<(Verdict, usize)>,
}

impl Answered {
    pub(crate) const fn new() -> Self {
        Self {
            all: heapless::Deque::new(),
        }
    }

    /// Whether there is something to be told.
    pub(crate) fn owes(&self) -> bool {
        self.all.iter().any(|one| one.verdict.is_some())
    }

    /// The next message that something is to be told of.
    pub(crate) fn tell(&mut self) -> Option<Event<'static>> {
        let one = self.all.iter_mut().find(|one| one.verdict.is_some())?;
        let (verdict, at) = one.verdict?;
        let next = at.saturating_add(1);
        one.verdict = (next < one.parts.len()).then_some((verdict, next));
        let part = one.parts.get(at)?;
        Some(verdict.event(MessageId::Uuid(*part)))
    }

    /// The first message of an aggregate that is remembered. The others are told of `verdict`.
    fn conclude(&mut self, id: Uuid, verdict: Verdict) -> Option<Uuid> {
        let one = self.all.iter_mut().find(|one| one.id == id)?;
        one.verdict = (one.parts.len() > 1).then_some((verdict, 1));
        one.parts.first().copied()
    }
}

impl Core<'_> {
    /// The server has taken the aggregate of this number.
    pub(crate) fn remember_aggregate(&mut self, gathering: Gathering) {
        if !matches!(gathering, Gathering::Bound(_)) {
            return;
        }
        let mut records = bound(&self.outbox, gathering).peekable();
        let Some(id) = records.peek().and_then(|head| aggregate_id(*head)) else {
            return;
        };
        let parts = records.filter_map(|record| match record.message_id() {
            Some(MessageId::Uuid(uuid)) => Some(uuid),
            _ => None,
        });
        let parts = parts.take(MOST_PARTS).collect();
        let all = &mut self.answered.all;
        if all.is_full() {
            all.pop_front();
        }
        // There is room now.
        let _ = all.push_back(Aggregate {
            id,
            parts,
            verdict: None,
        });
    }

    /// What the server says about an aggregate by itself: the message that the application is told
    /// of first. The others follow. `None` when there is no such aggregate.
    pub(crate) fn conclude_aggregate(&mut self, id: Uuid, verdict: Verdict) -> Option<Uuid> {
        if let Some(first) = self.answered.conclude(id, verdict) {
            return Some(first);
        }
        // It overtakes the answer, which then says nothing more.
        let leads = |(index, slot): &(usize, &OutboxSlot)| {
            let is_bound = matches!(slot.gathering, Gathering::Bound(_));
            is_bound && aggregate_id(self.outbox.record(*index)) == Some(id)
        };
        let (index, slot) = self.outbox.iter().enumerate().find(leads)?;
        let (gathering, uuid) = (slot.gathering, slot.uuid);
        let leader = |slot: &OutboxSlot| slot.gathering == gathering;
        if self.outbox.shelf.position(leader) != Some(index) {
            // Another one gave the aggregate its ID.
            return None;
        }
        if !matches!(verdict, Verdict::Failed(_)) {
            self.remember_aggregate(gathering);
        }
        self.outbox.remove(index);
        self.conclude_others(gathering, verdict);
        uuid
    }
}

fn aggregate_id(record: Record<'_>) -> Option<Uuid> {
    record.get(Field::AggregateId)?.try_into().ok()
}

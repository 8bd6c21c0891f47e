//! Binding messages to the same target together, and what becomes of each.

use crate::client::core::Core;
use crate::client::membership::Membership;
use crate::client::memory::record::{Field, Record, as_text};
use crate::client::outbox::exchange::Exchange;
use crate::client::outbox::{Outbox, OutboxSlot, Verdict};
use crate::client::sending::body::{self, Body};
use crate::client::sending::request::request_overhead;
use crate::coap::CoapError;
use crate::message::{AggregatedMsg, IndividualMsg, List, MessageId, Originator};

use super::Gathering;

/// Most messages in one that is sent.
pub(crate) const MOST_PARTS: usize = 8;

impl Core<'_> {
    /// Binds together what has waited long enough, or is enough.
    pub(crate) fn gather(&mut self, now: u64) {
        let until = now.saturating_add(u64::from(self.config.aggregation_wait_ms));
        for slot in self.outbox.iter_mut() {
            if slot.gathering == Gathering::Until(None) {
                slot.gathering = Gathering::Until(Some(until));
            }
        }
        let mut from = 0;
        while let Some(leader) = self.next_gathering(from) {
            if self.is_gathered(leader, now) {
                self.bind(leader);
            }
            from = leader.saturating_add(1);
        }
    }

    fn next_gathering(&self, from: usize) -> Option<usize> {
        let mut slots = self.outbox.iter().enumerate().skip(from);
        let found = slots.find(|(_, slot)| slot.gathering.is_open());
        found.map(|(index, _)| index)
    }

    /// Those that wait for the same target as `leader`, itself included.
    fn companions(&self, leader: usize) -> impl Iterator<Item = (usize, Record<'_>)> {
        let wanted = self.outbox.record(leader);
        let slots = self.outbox.iter().enumerate().skip(leader);
        slots
            .filter(|(_, slot)| slot.gathering.is_open())
            .map(|(index, _)| (index, self.outbox.record(index)))
            .filter(move |(_, record)| {
                record.recipient() == wanted.recipient()
                    && record.store_and_forward() == wanted.store_and_forward()
            })
    }

    fn is_gathered(&self, leader: usize, now: u64) -> bool {
        let octets = self.companions(leader).fold(0_usize, |sum, (_, record)| {
            sum.saturating_add(record.rest().len())
        });
        let enough = usize::from(self.config.segment_size).saturating_mul(4) / 5;
        let slot = self.outbox.shelf.slot(leader);
        let late = slot.and_then(|slot| slot.gathering.deadline()) <= Some(now);
        late || octets >= enough || self.companions(leader).count() >= MOST_PARTS || self.leaves()
    }

    /// De-registration waits for all that was accepted, and nothing more comes.
    fn leaves(&self) -> bool {
        matches!(self.membership, Membership::Deregistering(_))
    }

    /// Makes one request of as many as fit.
    fn bind(&mut self, leader: usize) {
        let overhead = request_overhead(self.config.server_path);
        let largest = self.outbound.limit().saturating_sub(overhead);
        let most_payload = usize::from(self.config.segment_size);
        let us = Originator::Ue(self.config.registration.ue_service_id);
        let mut chosen = heapless::Vec::<usize, MOST_PARTS>::new();
        for (index, _) in self.companions(leader) {
            if chosen.push(index).is_err() {
                break;
            }
            let records = || chosen.iter().map(|index| self.outbox.record(*index));
            let payload: usize = records().map(|record| record.rest().len()).sum();
            let service = self.config.service_identifier;
            let len = with_aggregate(&mut records(), us, &mut |body| Ok(body::len(body, service)));
            let len = len.and_then(Result::ok);
            // An aggregate is never segmented (TS 23.554 clause 8.5.1).
            if len.is_none_or(|len| len > largest) || payload > most_payload {
                chosen.pop();
                break;
            }
        }
        let alone = chosen.len() < 2;
        let group = self.new_number();
        if alone {
            // Also where not even the leader fits an aggregate.
            chosen.clear();
            let _ = chosen.push(leader);
        }
        for index in &chosen {
            if let Some(slot) = self.outbox.slot_mut(*index) {
                slot.gathering = if alone {
                    Gathering::No
                } else {
                    Gathering::Bound(group)
                };
                if *index != leader {
                    slot.exchange.hold();
                }
            }
        }
    }

    /// The aggregate is too much for the server: each message goes alone.
    pub(crate) fn unbind(&mut self, index: usize) -> bool {
        self.unbind_as(index, Exchange::NEW)
    }

    /// The same with `exchange` for each of them.
    pub(crate) fn unbind_as(&mut self, index: usize, exchange: Exchange) -> bool {
        let bound = self.outbox.shelf.slot(index).map(|slot| slot.gathering);
        let Some(Gathering::Bound(group)) = bound else {
            return false;
        };
        for slot in self.outbox.iter_mut() {
            if slot.gathering == Gathering::Bound(group) {
                slot.gathering = Gathering::No;
                slot.exchange = exchange;
            }
        }
        true
    }

    /// One of several has its outcome before the others, which are still waiting for the answer.
    pub(crate) fn pass_on(&mut self, gone: &OutboxSlot) {
        let mut slots = self.outbox.iter_mut();
        let is_bound = matches!(gone.gathering, Gathering::Bound(_));
        let heir = slots.find(|slot| is_bound && slot.gathering == gone.gathering);
        if let (Some(heir), false) = (heir, gone.exchange.is_held()) {
            heir.exchange = gone.exchange;
        }
    }

    /// What the server said about one holds for all that went with it: the application hears
    /// of them one by one.
    pub(crate) fn conclude_others(&mut self, gathering: Gathering, verdict: Verdict) {
        if !matches!(gathering, Gathering::Bound(_)) {
            return;
        }
        for slot in self.outbox.iter_mut() {
            if slot.gathering == gathering {
                slot.verdict = Some(verdict);
            }
        }
    }
}

/// The request of a message that goes with others; `None` if it goes alone.
pub(crate) fn bound_request(
    outbox: &Outbox<'_>,
    gathering: Gathering,
    us: Originator<'_>,
    send: &mut dyn FnMut(&dyn Body) -> Result<usize, CoapError>,
) -> Option<Result<usize, CoapError>> {
    if !matches!(gathering, Gathering::Bound(_)) {
        return None;
    }
    // What was written down is complete.
    const SPOILT: Result<usize, CoapError> = Err(CoapError::Truncated);
    let mut records = bound(outbox, gathering);
    Some(with_aggregate(&mut records, us, send).unwrap_or(SPOILT))
}

/// The records of the messages that go with the one at `index`, itself included.
pub(crate) fn bound<'a>(
    outbox: &'a Outbox<'_>,
    gathering: Gathering,
) -> impl Iterator<Item = Record<'a>> {
    let slots = outbox.iter().enumerate();
    slots
        .filter(move |(_, slot): &(usize, &OutboxSlot)| slot.gathering == gathering)
        .map(|(index, _)| outbox.record(index))
}

/// MSG with a list of these messages; the first one gives it its Message ID.
fn with_aggregate<'a>(
    records: &mut dyn Iterator<Item = Record<'a>>,
    us: Originator<'a>,
    take: &mut dyn FnMut(&dyn Body) -> Result<usize, CoapError>,
) -> Option<Result<usize, CoapError>> {
    let mut parts = heapless::Vec::<IndividualMsg<'a>, MOST_PARTS>::new();
    let mut head = None;
    for record in records {
        head = head.or(Some(record));
        let part = IndividualMsg {
            message_id: record.message_id()?,
            application_id: record.text(Field::Application),
            report_wanted: record.has(Field::ReportWanted),
            payload: as_text(record.rest()),
            priority: record.priority(),
        };
        parts.push(part).ok()?;
    }
    let head = head?;
    let id = head.get(Field::AggregateId)?.try_into().ok()?;
    Some(take(&AggregatedMsg {
        originator: us,
        recipient: head.recipient()?,
        group_member: None,
        message_id: MessageId::Uuid(id),
        messages: List::of(&parts),
        store_and_forward: head.store_and_forward(),
    }))
}

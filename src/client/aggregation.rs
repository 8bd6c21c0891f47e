//! Several small messages in one (TS 23.554 clause 8.4), both ways.

use crate::coap::{Code, Token};
use crate::message::{
    AggregatedMsg, AggregatedReport, IndividualMsg, List, MessageId, Msg, Originator,
    StoreAndForward,
};

use super::Event;
use super::body::Body;
use super::core::Core;
use super::duplicates::{AGGREGATE, REPORT, WHOLE};
use super::exchange::Exchange;
use super::incoming::{self, IncomingSlot, State};
use super::outbound::request_overhead;
use super::outbox::{Kind, Outbox, OutboxSlot, Verdict};
use super::parts::put_part;
use super::record::{Field, Pen, Record, as_text};
use super::reports::put_outcome;
use super::shelf::Full;

/// Most messages in one that is sent.
const MOST_PARTS: usize = 8;

/// Whether a message waits for others to the same target.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Gathering {
    /// It goes alone.
    No,
    /// Until this time (ms), which is known once the client is told the time.
    Until(Option<u64>),
    /// It goes with the others of this number. The oldest of them has the exchange.
    Bound(u32),
}

impl Gathering {
    pub(super) fn is_open(self) -> bool {
        matches!(self, Self::Until(_))
    }

    pub(super) fn deadline(self) -> Option<u64> {
        match self {
            Self::Until(until) => until,
            Self::No | Self::Bound(_) => None,
        }
    }
}

// ---- sending ------------------------------------------------------------------------------

impl Core<'_> {
    /// Binds together what has waited long enough, or is enough.
    pub(super) fn gather(&mut self, now: u64) {
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
        matches!(
            self.membership,
            super::membership::Membership::Deregistering(_)
        )
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
            let len = with_aggregate(records(), us, |body| body.len(service));
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
    pub(super) fn unbind(&mut self, index: usize) -> bool {
        let bound = self.outbox.shelf.slot(index).map(|slot| slot.gathering);
        let Some(Gathering::Bound(group)) = bound else {
            return false;
        };
        for slot in self.outbox.iter_mut() {
            if slot.gathering == Gathering::Bound(group) {
                slot.gathering = Gathering::No;
                slot.exchange = Exchange::NEW;
            }
        }
        true
    }

    /// What the server said about one holds for all that went with it: the application hears
    /// of them one by one.
    pub(super) fn conclude_others(&mut self, gathering: Gathering, verdict: Verdict) {
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

/// The records of the messages that go with the one at `index`, itself included.
pub(super) fn bound<'a>(
    outbox: &'a Outbox<'_>,
    gathering: Gathering,
) -> impl Iterator<Item = Record<'a>> {
    let slots = outbox.iter().enumerate();
    slots
        .filter(move |(_, slot): &(usize, &OutboxSlot)| slot.gathering == gathering)
        .map(|(index, _)| outbox.record(index))
}

/// MSG with a list of these messages; the first one gives it its Message ID.
pub(super) fn with_aggregate<'a, R>(
    records: impl Iterator<Item = Record<'a>>,
    us: Originator<'a>,
    take: impl FnOnce(&Body<'_>) -> R,
) -> Option<R> {
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
    Some(take(&Body::AggregatedMsg(AggregatedMsg {
        originator: us,
        recipient: head.recipient()?,
        group_member: None,
        message_id: MessageId::Uuid(id),
        messages: List::of(&parts),
        store_and_forward: head.store_and_forward(),
    })))
}

// ---- receiving ----------------------------------------------------------------------------

impl Core<'_> {
    /// Takes the messages out of an aggregate; the first one is handed over at once.
    pub(super) fn on_aggregate<'r>(
        &'r mut self,
        token: Option<Token>,
        all: AggregatedMsg<'r>,
    ) -> Event<'r> {
        let originator = all.originator.as_str();
        let seen = &self.duplicates;
        if seen.contains(originator, all.message_id, AGGREGATE) {
            return self.repeated(token);
        }
        let is_new = |part: &IndividualMsg<'_>| !seen.contains(originator, part.message_id, WHOLE);
        let twice = |at: usize, id: MessageId<'_>| {
            let mut before = all.messages.iter().take(at);
            before.any(|part| part.message_id == id)
        };
        let whole = |part: &IndividualMsg<'r>| Msg {
            application_id: part.application_id,
            report_wanted: part.report_wanted,
            priority: part.priority,
            store_and_forward: StoreAndForward::Unstated,
            group_member: all.group_member,
            ..Msg::new(all.originator, all.recipient, part.message_id, part.payload)
        };
        let mut count = 0_usize;
        let pushed = self
            .incoming
            .shelf
            .push(IncomingSlot::of(State::Messages), |free| {
                let mut pen = Pen::new(free);
                let nothing = MessageId::Opaque("");
                incoming::head(
                    &mut pen,
                    &Msg {
                        group_member: all.group_member,
                        ..Msg::new(all.originator, all.recipient, nothing, "")
                    },
                );
                pen.rest(&[]);
                for (at, part) in all.messages.iter().enumerate() {
                    if is_new(&part) && !twice(at, part.message_id) {
                        count = count.saturating_add(1);
                        put_part(&mut pen, part.message_id, |pen| {
                            pen.manners(&whole(&part));
                            pen.rest(part.payload.as_bytes());
                        });
                    }
                }
                pen.len()
            });
        let ids = all.messages.iter().map(|part| (part.message_id, WHOLE));
        let whole_id = core::iter::once((all.message_id, AGGREGATE));
        self.take_apart(token, originator, pushed, count, ids.chain(whole_id))
    }

    /// Takes the reports out of an aggregated one; the first one is handed over at once.
    pub(super) fn on_aggregated_report<'r>(
        &'r mut self,
        token: Option<Token>,
        all: AggregatedReport<'r>,
    ) -> Event<'r> {
        let originator = all.originator.as_str();
        let seen = &self.duplicates;
        let mut count = 0_usize;
        let pushed = self
            .incoming
            .shelf
            .push(IncomingSlot::of(State::Reports), |free| {
                let mut pen = Pen::new(free);
                pen.originator(all.originator);
                pen.recipient(all.recipient);
                pen.rest(&[]);
                for part in all.reports {
                    if !seen.contains(originator, part.message_id, REPORT) {
                        count = count.saturating_add(1);
                        put_part(&mut pen, part.message_id, |pen| {
                            put_outcome(pen, part.status);
                            pen.text(Field::Cause, part.failure_cause);
                        });
                    }
                }
                pen.len()
            });
        let ids = all.reports.iter().map(|part| (part.message_id, REPORT));
        self.take_apart(token, originator, pushed, count, ids)
    }

    fn take_apart<'r, 'i>(
        &'r mut self,
        token: Option<Token>,
        originator: &str,
        pushed: Result<usize, Full>,
        count: usize,
        ids: impl Iterator<Item = (MessageId<'i>, u32)>,
    ) -> Event<'r> {
        let index = match pushed {
            Ok(index) => index,
            Err(Full::Octets(needed)) if needed > self.incoming.shelf.capacity() => {
                return self.refuse(token, Code::REQUEST_ENTITY_TOO_LARGE);
            }
            Err(_) => return self.refuse(token, Code::SERVICE_UNAVAILABLE),
        };
        if count == 0 {
            self.incoming.shelf.remove(index);
            return self.repeated(token);
        }
        if !self.can_hand_over(index) {
            self.incoming.shelf.remove(index);
            return self.refuse(token, Code::SERVICE_UNAVAILABLE);
        }
        for (message_id, kind) in ids {
            if !self.duplicates.contains(originator, message_id, kind) {
                self.duplicates.remember(originator, message_id, kind);
            }
        }
        self.answer(token, Code::CHANGED);
        // It has been found ready, so that there is always an event.
        self.hand_over(index).unwrap_or(Event::Duplicate)
    }

    pub(super) fn repeated(&mut self, token: Option<Token>) -> Event<'static> {
        self.answer(token, Code::CHANGED);
        Event::Duplicate
    }
}

// ---- the end of one of several ------------------------------------------------------------

impl Core<'_> {
    /// The outcome of a message is known before its answer has come. Segments that are wanted
    /// or kept go on unless it has failed.
    pub(super) fn forget_message(&mut self, uuid: [u8; 16], failed: bool) {
        let index = self.outbox.shelf.position(|slot| {
            let ends = match slot.kind {
                Kind::Message => true,
                Kind::Segmented(_) => failed,
                _ => false,
            };
            ends && slot.uuid == Some(uuid)
        });
        let Some(gone) = index.and_then(|index| self.outbox.remove(index)) else {
            return;
        };
        // The others of its aggregate are still waiting for the answer.
        let mut slots = self.outbox.iter_mut();
        let is_bound = matches!(gone.gathering, Gathering::Bound(_));
        let heir = slots.find(|slot| is_bound && slot.gathering == gone.gathering);
        if let (Some(heir), false) = (heir, gone.exchange.is_held()) {
            heir.exchange = gone.exchange;
        }
    }
}

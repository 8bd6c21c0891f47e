//! Receiving a message in segments (TS 24.538 clause 6.5, TS 23.554 clause 8.5).

use crate::client::core::Core;
use crate::client::memory::record::{Field, Pen, Record};
use crate::client::outbox::exchange::Exchange;
use crate::client::outbox::{Kind, OutboxSlot};
use crate::client::owed::Owed;
use crate::client::receiving::duplicates::Seen;
use crate::client::receiving::incoming::IncomingSlot;
use crate::client::receiving::reports::{Due, due};
use crate::client::segments::set::Refusal;
use crate::client::sending::request::post;
use crate::client::{Event, PartialMessage};
use crate::coap::{Code, Token};
use crate::message::{
    Msg, Outcome, Priority, Segment, SegmentsConfirmation, SegmentsRecovery, cause,
};

impl Core<'_> {
    pub(crate) fn on_segment<'r>(
        &'r mut self,
        token: Option<Token>,
        msg: Msg<'r>,
        segment: Segment<'r>,
        now: u64,
    ) -> Event<'r> {
        let originator = msg.originator.as_str();
        if self
            .duplicates
            .contains(originator, msg.message_id, Seen::TooLarge)
        {
            return self.refuse(token, Code::REQUEST_ENTITY_TOO_LARGE);
        }
        if self
            .duplicates
            .contains(originator, msg.message_id, Seen::Message)
        {
            self.answer(token, Code::CHANGED);
            return Event::Duplicate;
        }
        let index = match self.set_for(&msg, &segment) {
            Ok(index) => index,
            Err(refusal) => return self.refuse_segment(token, refusal),
        };
        let completes = self.incoming.completes(index, &segment);
        let taken = if completes && !self.has_room_for_end(index, &msg) {
            Err(Refusal::NoRoom)
        } else {
            self.incoming.take(index, &msg, &segment)
        };
        match taken {
            Err(Refusal::TooLarge) => {
                self.too_large(index, &msg);
                return self.refuse_segment(token, Refusal::TooLarge);
            }
            Err(refusal) => {
                self.drop_if_empty(index);
                return self.refuse_segment(token, refusal);
            }
            Ok(()) => self.answer(token, Code::CHANGED),
        }
        if completes {
            self.complete(index);
            // Room has been looked for, so that there is always an event.
            return self.hand_over(index).unwrap_or(Event::Duplicate);
        }
        let wait_ms = u64::from(self.config.segment_wait_ms);
        let Some(slot) = self.incoming.shelf.slot_mut(index) else {
            return Event::Duplicate;
        };
        slot.deadline = now.saturating_add(wait_ms);
        Event::Segment(PartialMessage {
            originator: msg.originator,
            message_id: msg.message_id,
            received: slot.count,
            total: slot.total,
        })
    }

    fn set_for(&mut self, msg: &Msg<'_>, segment: &Segment<'_>) -> Result<usize, Refusal> {
        let mut open = self.incoming.open_sets(msg, segment.set);
        if let Some(index) = open.same {
            let same = self.incoming.record(index).message_id() == Some(msg.message_id);
            return same.then_some(index).ok_or(Refusal::Contradiction);
        }
        if let Some(old) = open.other {
            // The sender has cut the message anew.
            self.incoming.shelf.remove(old);
            open.count = open.count.saturating_sub(1);
        }
        if open.count >= usize::from(self.config.sets_per_originator) {
            return Err(Refusal::NoRoom);
        }
        self.incoming.open(msg, segment.set)
    }

    /// A message has come whole: segments of it that have come before are not missed any more.
    pub(crate) fn drop_set_of(&mut self, msg: &Msg<'_>) {
        // No set is without a name.
        while let Some(index) = self.incoming.open_sets(msg, "").other {
            self.incoming.shelf.remove(index);
        }
    }

    fn refuse_segment(&mut self, token: Option<Token>, refusal: Refusal) -> Event<'static> {
        match refusal {
            Refusal::Repeated => {
                self.answer(token, Code::CHANGED);
                Event::Duplicate
            }
            Refusal::Contradiction => self.refuse(token, Code::BAD_REQUEST),
            Refusal::NoRoom => self.refuse(token, Code::SERVICE_UNAVAILABLE),
            Refusal::TooLarge => self.refuse(token, Code::REQUEST_ENTITY_TOO_LARGE),
        }
    }

    fn drop_if_empty(&mut self, index: usize) {
        if self
            .incoming
            .shelf
            .slot(index)
            .is_some_and(|slot| slot.count == 0)
        {
            self.incoming.shelf.remove(index);
        }
    }

    /// No memory will ever be enough: the rest of it is refused as well.
    fn too_large(&mut self, index: usize, msg: &Msg<'_>) {
        let wanted = msg.report_wanted || self.incoming.record(index).has(Field::ReportWanted);
        if wanted {
            let limit = self.outbound.limit();
            let report = crate::client::receiving::reports::Due {
                cause: Some(crate::message::cause::PAYLOAD_TOO_LARGE),
                ..due(msg)
            };
            // The answer says it, too, so a full outbox costs only the words.
            let _ = report.accept(&mut self.outbox, &self.config, limit);
        }
        self.incoming.shelf.remove(index);
        self.duplicates
            .remember(msg.originator.as_str(), msg.message_id, Seen::TooLarge);
    }

    /// The report, if one is wanted, and SEGCONFIR.
    fn has_room_for_end(&self, index: usize, msg: &Msg<'_>) -> bool {
        let record = self.incoming.record(index);
        let wanted = msg.report_wanted || record.has(Field::ReportWanted);
        let report = if wanted { due(msg).len() } else { 0 };
        let octets = confirmation_len(record).saturating_add(report);
        let entries = usize::from(wanted).saturating_add(1);
        self.outbox.has_room_for_answers(entries, octets)
    }

    /// All segments are here.
    fn complete(&mut self, index: usize) {
        let record = Record(self.incoming.shelf.octets(index));
        if let (Some(originator), Some(message_id)) = (record.originator(), record.message_id()) {
            self.duplicates
                .remember(originator.as_str(), message_id, Seen::Message);
        }
        let entry = OutboxSlot {
            kind: Kind::Confirmation,
            priority: Priority::High,
            ..OutboxSlot::EMPTY
        };
        // Room has been looked for.
        let _ = self
            .outbox
            .push(entry, &mut |pen| write_confirmation(record, pen));
        self.incoming.join(index);
    }

    /// The segment that the last one was waiting for will not come: there is none.
    pub(crate) fn complete_without_total(&mut self, index: usize) -> Option<Event<'_>> {
        self.complete(index);
        self.hand_over(index)
    }

    /// Asks for what has not come in time, and finds what has been asked for often enough.
    pub(crate) fn lapse_sets(&mut self, now: u64) -> Option<Owed> {
        let wait_ms = u64::from(self.config.segment_wait_ms);
        let listens = self.outbound.is_connected() && self.membership.lets_messages_out();
        for index in 0..self.incoming.shelf.len() {
            let slot = *self.incoming.shelf.slot(index)?;
            if !slot.is_open() {
                continue;
            }
            let mut next = slot;
            if !listens {
                // Nothing can come, so nothing is late.
                next.deadline = now.saturating_add(wait_ms);
            } else if slot.deadline > now && slot.deadline != IncomingSlot::NEVER {
                continue;
            } else if self.incoming.is_whole_without_total(index) {
                if self.outbox.has_room_for_answers(2, self.end_len(index)) {
                    return Some(Owed::Whole(index));
                }
                next.deadline = IncomingSlot::NEVER;
            } else if slot.recoveries < self.config.segment_recoveries {
                next.recoveries = slot.recoveries.saturating_add(1);
                next.exchange = Exchange::NEW;
                next.deadline = now.saturating_add(wait_ms);
            } else if self.has_room_for_loss(index) {
                return Some(Owed::Lost(index));
            } else {
                next.deadline = IncomingSlot::NEVER;
            }
            *self.incoming.shelf.slot_mut(index)? = next;
        }
        None
    }

    fn end_len(&self, index: usize) -> usize {
        let record = self.incoming.record(index);
        // A report says less than the record it comes from.
        confirmation_len(record).saturating_add(record.rest_at())
    }

    /// A message that will not be complete. Its sender is told so if it wants a report.
    pub(crate) fn lose(&mut self, index: usize, why: &'static str) -> Option<Event<'_>> {
        let slot = self.incoming.shelf.slot_mut(index)?;
        slot.handed = true;
        let (received, total) = (slot.count, slot.total);
        let limit = self.outbound.limit();
        let record = Record(self.incoming.shelf.octets(index));
        let (originator, message_id) = (record.originator()?, record.message_id()?);
        if record.has(Field::ReportWanted) {
            let report = Due {
                recipient: originator.as_recipient(),
                message_id,
                ticket: None,
                cause: Some(why),
            };
            // Room has been looked for.
            let _ = report.accept(&mut self.outbox, &self.config, limit);
        }
        self.duplicates
            .remember(originator.as_str(), message_id, Seen::Message);
        Some(Event::Incomplete(PartialMessage {
            originator,
            message_id,
            received,
            total,
        }))
    }

    /// Whether a report of failure on this set finds a place.
    pub(crate) fn has_room_for_loss(&self, index: usize) -> bool {
        let record = self.incoming.record(index);
        let (Some(originator), Some(message_id)) = (record.originator(), record.message_id())
        else {
            return true;
        };
        let report = Due {
            recipient: originator.as_recipient(),
            message_id,
            ticket: None,
            cause: Some(cause::SEGMENTS_MISSING),
        };
        !record.has(Field::ReportWanted) || self.outbox.has_room_for_answers(1, report.len())
    }

    /// Puts a SEGREC that is due into the transmit memory.
    pub(crate) fn send_recovery(&mut self, now: u64) -> Option<bool> {
        let index = self.next_recovery(now)?;
        let token = self.new_token();
        if let Some(slot) = self.incoming.shelf.slot_mut(index) {
            slot.exchange.sent(token, now, &self.config);
        }
        let set = self.incoming.record(index).text(Field::Set);
        let recovery = SegmentsRecovery {
            set: set.unwrap_or_default(),
            ranges: self.incoming.missing(index),
        };
        let (config, limit) = (&self.config, usize::MAX);
        let sent = self
            .outbound
            .frame(&mut |out| post(config, token, &recovery, limit, out));
        Some(sent)
    }

    /// The set whose SEGREC waits for this answer.
    pub(crate) fn recovery_of(&self, token: Token) -> Option<usize> {
        let mut sets = self.incoming.shelf.iter();
        sets.position(|slot| slot.exchange.awaits(token))
    }

    /// SEGREC that is due.
    fn next_recovery(&self, now: u64) -> Option<usize> {
        let mut slots = self.incoming.shelf.iter();
        slots.position(|slot| {
            slot.is_open() && slot.exchange.is_due(now) && self.may_go(&slot.exchange)
        })
    }

    /// What the sender says to SEGREC. A refusal is the end of it.
    pub(crate) fn recovery_answered(&mut self, index: usize, code: Code, now: u64) {
        let most = self.config.segment_recoveries;
        if let Some(slot) = self.incoming.shelf.slot_mut(index) {
            slot.exchange.hold();
            if !code.is_success() && code != Code::SERVICE_UNAVAILABLE {
                slot.recoveries = most;
                slot.deadline = now;
            }
        }
    }
}

fn write_confirmation(record: Record<'_>, pen: &mut Pen<'_>) {
    pen.text(Field::Set, record.text(Field::Set));
    if let Some(message_id) = record.message_id() {
        pen.message_id(message_id);
    }
}

fn confirmation_len(record: Record<'_>) -> usize {
    let mut pen = Pen::new(&mut []);
    write_confirmation(record, &mut pen);
    pen.len()
}

/// SEGCONFIR, from its record in the outbox.
pub(crate) fn confirmation_of(record: Record<'_>) -> SegmentsConfirmation<'_> {
    SegmentsConfirmation {
        set: record.text(Field::Set).unwrap_or_default(),
        message_id: record.message_id(),
        result: Some(Outcome::Success),
    }
}

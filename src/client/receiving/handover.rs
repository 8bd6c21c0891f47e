//! Handing over what has been put together or taken apart.

use crate::client::aggregation::parts::first_part;
use crate::client::core::Core;
use crate::client::memory::record::{Field, Record, as_text};
use crate::client::receiving::incoming::{Incoming, State};
use crate::client::receiving::reports::{Due, due, outcome_of};
use crate::client::{Event, Reports};
use crate::message::{Msg, Originator, Report};

impl Core<'_> {
    /// The first message or report that can be handed over: its own report finds a place.
    pub(crate) fn ready(&self) -> Option<usize> {
        (0..self.incoming.shelf.len()).find(|index| self.can_hand_over(*index))
    }

    pub(crate) fn can_hand_over(&self, index: usize) -> bool {
        let Some(slot) = self.incoming.shelf.slot(index) else {
            return false;
        };
        if slot.handed {
            return false;
        }
        match slot.state {
            State::Collecting => false,
            State::Reports => true,
            State::Message | State::Messages => {
                let Some(msg) = self.message_at(index) else {
                    return true;
                };
                !msg.report_wanted || self.outbox.has_room_for_answers(1, due(&msg).len())
            }
        }
    }

    /// The message, or the first one of an aggregate.
    fn message_at(&self, index: usize) -> Option<Msg<'_>> {
        let us = Originator::Ue(self.config.registration.ue_service_id);
        let head = self.incoming.record(index);
        match self.incoming.shelf.slot(index)?.state {
            State::Message => head.msg(head, us, head.message_id()?, as_text(head.rest())),
            State::Messages => {
                let part = first_part(head.rest())?.record;
                part.msg(head, us, part.message_id()?, as_text(part.rest()))
            }
            State::Collecting | State::Reports => None,
        }
    }

    fn report_at(&self, index: usize) -> Option<Report<'_>> {
        let head = self.incoming.record(index);
        let part = first_part(head.rest())?.record;
        Some(Report {
            originator: head.originator()?,
            recipient: head.recipient()?,
            message_id: part.message_id()?,
            status: outcome_of(part),
            failure_cause: part.text(Field::Cause),
        })
    }

    /// Hands over a message or a report that [is ready](Self::can_hand_over).
    pub(crate) fn hand_over(&mut self, index: usize) -> Option<Event<'_>> {
        let slot = self.incoming.shelf.slot_mut(index)?;
        slot.handed = true;
        if slot.state == State::Reports {
            return self.report_at(index).map(Event::Report);
        }
        let ticket = (self.config.reports == Reports::ByApplication).then(|| self.new_ticket());
        let limit = self.outbound.limit();
        let head = Record(self.incoming.shelf.octets(index));
        let part = match self.incoming.shelf.slot(index)?.state {
            State::Messages => first_part(head.rest())?.record,
            _ => head,
        };
        let report = part.has(Field::ReportWanted).then_some(Due {
            recipient: head.originator()?.as_recipient(),
            message_id: part.message_id()?,
            ticket,
            cause: None,
        });
        // Room has been looked for; but what the server cannot take is no report.
        let accepted = report
            .is_some_and(|report| report.accept(&mut self.outbox, &self.config, limit).is_ok());
        let ticket = ticket.filter(|_| accepted);
        let msg = self.message_at(index)?;
        Some(Event::Message {
            msg,
            report: ticket,
        })
    }
}

impl Incoming<'_> {
    /// Gives back what has been handed over.
    pub(crate) fn sweep(&mut self) {
        while let Some(index) = self.shelf.position(|slot| slot.handed) {
            let record = self.record(index);
            let (at, rest) = (record.rest_at(), record.rest());
            let part = first_part(rest).map_or(0, |part| part.len);
            let more = rest.len() > part;
            match self.shelf.slot_mut(index) {
                Some(slot) if more && matches!(slot.state, State::Messages | State::Reports) => {
                    slot.handed = false;
                    self.shelf.cut(index, at, part);
                }
                _ => {
                    self.shelf.remove(index);
                }
            }
        }
    }
}

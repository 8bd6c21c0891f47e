//! Taking apart what came together: the application gets each message and report by itself.

use crate::client::Event;
use crate::client::core::Core;
use crate::client::memory::record::{Field, Pen};
use crate::client::memory::shelf::Full;
use crate::client::receiving::duplicates::Seen;
use crate::client::receiving::incoming::{self, IncomingSlot, State};
use crate::client::receiving::reports::put_outcome;
use crate::coap::{Code, Token};
use crate::message::{
    AggregatedMsg, AggregatedReport, IndividualMsg, MessageId, Msg, StoreAndForward,
};

use super::parts::put_part;

impl Core<'_> {
    /// Takes the messages out of an aggregate; the first one is handed over at once.
    pub(crate) fn on_aggregate<'r>(
        &'r mut self,
        token: Option<Token>,
        all: AggregatedMsg<'r>,
    ) -> Event<'r> {
        let originator = all.originator.as_str();
        let seen = &self.duplicates;
        if seen.contains(originator, all.message_id, Seen::Aggregate) {
            return self.repeated(token);
        }
        let is_new =
            |part: &IndividualMsg<'_>| !seen.contains(originator, part.message_id, Seen::Message);
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
            .push(IncomingSlot::of(State::Messages), &mut |free| {
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
        let ids = all
            .messages
            .iter()
            .map(|part| (part.message_id, Seen::Message));
        let whole_id = core::iter::once((all.message_id, Seen::Aggregate));
        self.take_apart(token, originator, pushed, count, &mut ids.chain(whole_id))
    }

    /// Takes the reports out of an aggregated one; the first one is handed over at once.
    pub(crate) fn on_aggregated_report<'r>(
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
            .push(IncomingSlot::of(State::Reports), &mut |free| {
                let mut pen = Pen::new(free);
                pen.originator(all.originator);
                pen.recipient(all.recipient);
                pen.rest(&[]);
                for (at, part) in all.reports.iter().enumerate() {
                    let mut before = all.reports.iter().take(at);
                    let twice = before.any(|other| other.message_id == part.message_id);
                    if !twice && !seen.contains(originator, part.message_id, Seen::Report) {
                        count = count.saturating_add(1);
                        put_part(&mut pen, part.message_id, |pen| {
                            put_outcome(pen, part.status);
                            pen.text(Field::Cause, part.failure_cause);
                        });
                    }
                }
                pen.len()
            });
        let mut ids = all
            .reports
            .iter()
            .map(|part| (part.message_id, Seen::Report));
        self.take_apart(token, originator, pushed, count, &mut ids)
    }

    #[inline(never)]
    fn take_apart<'r, 'i>(
        &'r mut self,
        token: Option<Token>,
        originator: &str,
        pushed: Result<usize, Full>,
        count: usize,
        ids: &mut dyn Iterator<Item = (MessageId<'i>, Seen)>,
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
}

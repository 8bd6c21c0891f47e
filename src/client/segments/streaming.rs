//! Payloads that the application holds: asked for part by part, each time one can go out.

use crate::client::core::Core;
use crate::client::outbox::Kind;
use crate::client::segments::cuts;
use crate::client::{Event, SendError};
use crate::message::MessageId;

impl Core<'_> {
    /// Part of a payload to ask the application for, if it can go out at once.
    pub(crate) fn payload_wanted(&mut self, now: u64) -> Option<Event<'static>> {
        let index = self.next_payload(now)?;
        let number = self.next_segment(index)?;
        let slot = self.outbox.slot_mut(index)?;
        let message_id = slot.message_id();
        let Kind::Segmented(segments) = &mut slot.kind else {
            return None;
        };
        segments.asked = true;
        let window = cuts::window(number, segments.step, segments.payload_len);
        Some(Event::PayloadWanted {
            message_id,
            offset: window.start,
            len: window.len(),
        })
    }

    pub(crate) fn next_payload(&self, now: u64) -> Option<usize> {
        let waits = self.outbound.waits_for_csm;
        if waits || !self.outbound.is_idle() || !self.membership.lets_messages_out() {
            return None;
        }
        let index = self.outbox.next_streamed(now)?;
        let slot = self.outbox.shelf.slot(index)?;
        match slot.kind {
            Kind::Segmented(segments) if !segments.asked && self.may_go(&slot.exchange) => {
                Some(index)
            }
            _ => None,
        }
    }

    /// The part that [`payload_wanted`](Self::payload_wanted) asked for.
    pub(crate) fn supply(
        &mut self,
        message_id: MessageId<'_>,
        offset: usize,
        part: &[u8],
        now: u64,
    ) -> Result<(), SendError> {
        self.tick(now);
        let MessageId::Uuid(uuid) = message_id else {
            return Err(SendError::UnknownTicket);
        };
        let index = self.outbox.iter().position(|slot| {
            slot.uuid == Some(uuid)
                && slot.exchange.is_due(now)
                && matches!(slot.kind, Kind::Segmented(segments) if segments.asked)
        });
        let index = index.ok_or(SendError::UnknownTicket)?;
        let slot = self.outbox.slot_mut(index);
        let Some(Kind::Segmented(segments)) = slot.map(|slot| &mut slot.kind) else {
            return Err(SendError::UnknownTicket);
        };
        let window = cuts::window(segments.current, segments.step, segments.payload_len);
        if offset != window.start || part.len() != window.len() {
            return Err(SendError::WrongPart);
        }
        if cuts::piece(part, segments.current, segments.is_last()).is_none() {
            return Err(SendError::WrongPart);
        }
        // Whether it goes out now or not: it is asked for when it is wanted again.
        segments.asked = false;
        let slot = self.outbox.shelf.slot(index);
        let may_go = slot.is_some_and(|slot| self.may_go(&slot.exchange));
        if !may_go || !self.outbound.is_idle() || !self.membership.lets_messages_out() {
            return Err(SendError::Busy);
        }
        self.transmit_entry(index, Some(part), now);
        Ok(())
    }
}

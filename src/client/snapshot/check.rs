//! Whether what a snapshot says could be the client's own state. A snapshot is authentic, but it
//! may be another build's; and nothing in it may bring the client to a halt.

use crate::client::aggregation::Gathering;
use crate::client::aggregation::parts::first_part;
use crate::client::core::Core;
use crate::client::memory::record::{Field, Record};
use crate::client::outbox::exchange::Exchange;
use crate::client::outbox::{Kind, OutboxSlot};
use crate::client::receiving::incoming::{IncomingSlot, State};
use crate::client::segments::cuts;
use crate::client::segments::sending::Segmenting;
use crate::client::segments::set::chunks;
use crate::message::MessageId;

impl Core<'_> {
    /// Whether the entry that was just put into the outbox is whole.
    pub(super) fn is_sound_entry(&self, index: usize) -> bool {
        let Some(slot) = self.outbox.shelf.slot(index) else {
            return false;
        };
        let record = self.outbox.record(index);
        is_sound(record) && entry_is_sound(slot, record)
    }

    /// The same for what is arriving.
    pub(super) fn is_sound_arrival(&self, index: usize) -> bool {
        let Some(slot) = self.incoming.shelf.slot(index) else {
            return false;
        };
        let record = self.incoming.record(index);
        is_sound(record) && arrival_is_sound(slot, record)
    }

    /// Of the messages of one aggregate exactly one waits for the answer. Where it is not so, each
    /// goes alone.
    pub(super) fn mend_groups(&mut self) {
        for index in 0..self.outbox.shelf.len() {
            let group = self.outbox.shelf.slot(index).map(|slot| slot.gathering);
            let Some(group @ Gathering::Bound(_)) = group else {
                continue;
            };
            let members = self.outbox.iter().filter(|slot| slot.gathering == group);
            let open = members.filter(|slot| !slot.exchange.is_held());
            if open.count() == 1 {
                continue;
            }
            for slot in self.outbox.iter_mut() {
                if slot.gathering == group {
                    slot.gathering = Gathering::No;
                    slot.exchange = Exchange::NEW;
                }
            }
        }
    }
}

/// Fields one behind the other up to the end or to the rest.
fn is_sound(record: Record<'_>) -> bool {
    let mut octets = record.0;
    while let Some((name, rest)) = octets.split_first() {
        if *name == Field::Rest as u8 {
            return true;
        }
        let Some((len, rest)) = rest.split_first_chunk::<2>() else {
            return false;
        };
        let Some(rest) = rest.get(usize::from(u16::from_be_bytes(*len))..) else {
            return false;
        };
        octets = rest;
    }
    true
}

fn entry_is_sound(slot: &OutboxSlot, record: Record<'_>) -> bool {
    let is_message = || {
        record.recipient().is_some()
            && slot.uuid.is_some()
            && record.message_id() == slot.uuid.map(MessageId::Uuid)
    };
    let gathers = slot.gathering != Gathering::No;
    match slot.kind {
        Kind::Message => {
            let id = record.get(Field::AggregateId).map(<[u8]>::len);
            is_message() && (!gathers || id == Some(16))
        }
        Kind::Segmented(segments) => {
            is_message() && !gathers && segments_are_sound(&segments, slot, record)
        }
        Kind::Report => !gathers && record.recipient().is_some() && record.message_id().is_some(),
        Kind::Confirmation => !gathers && record.has(Field::Set),
        Kind::Subscription { .. } => !gathers && record.has(Field::FromUe) && slot.ticket.is_some(),
        #[cfg(feature = "stored-message-update")]
        Kind::Update => !gathers,
    }
}

fn segments_are_sound(segments: &Segmenting, slot: &OutboxSlot, record: Record<'_>) -> bool {
    let Some(octets) = record.get(Field::Wanted) else {
        return false;
    };
    let wanted = cuts::wanted(octets);
    // Either some are still to go, or all wait for a SEGREC.
    let goes_on = segments.current > 0 || !wanted.is_empty();
    octets.len() == usize::from(cuts::WANTED_LEN)
        && segments.step >= cuts::step(0, false)
        && cuts::count(segments.payload_len, segments.step) == Some(segments.total)
        && segments.current <= segments.total
        && cuts::within(&wanted, segments.total) == wanted
        && (segments.streamed || segments.payload_len == record.rest().len())
        && (goes_on || segments.is_kept())
        && slot.exchange.is_held() == segments.is_kept()
}

fn arrival_is_sound(slot: &IncomingSlot, record: Record<'_>) -> bool {
    let parts_are_sound = || {
        let mut rest = record.rest();
        let mut any = false;
        while let Some(part) = first_part(rest) {
            if !is_sound(part.record) || part.record.message_id().is_none() {
                return false;
            }
            any = true;
            rest = rest.get(part.len..).unwrap_or_default();
        }
        any && rest.is_empty()
    };
    let has_ends = record.originator().is_some() && record.recipient().is_some();
    has_ends
        && match slot.state {
            State::Collecting => {
                record.message_id().is_some()
                    && record.has(Field::Set)
                    && set_is_sound(slot, record)
            }
            State::Message => record.message_id().is_some(),
            State::Messages | State::Reports => parts_are_sound(),
        }
}

/// Segments in the order of their numbers, as many as are counted, none beyond the end.
fn set_is_sound(slot: &IncomingSlot, record: Record<'_>) -> bool {
    let (mut count, mut octets) = (0_u16, 0_usize);
    let mut before = None;
    for (number, text) in chunks(record.rest()) {
        let is_next = before.is_none_or(|before| before < number);
        let is_inside = slot.last.is_none_or(|last| number <= last)
            && slot.total.is_none_or(|total| number <= total);
        if !is_next || !is_inside {
            return false;
        }
        before = Some(number);
        count = count.saturating_add(1);
        octets = octets.saturating_add(4).saturating_add(text.len());
    }
    count == slot.count
        && octets == record.rest().len()
        && slot.total.is_none_or(|total| count < total)
}

#[cfg(test)]
mod tests;

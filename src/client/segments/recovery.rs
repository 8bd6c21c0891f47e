//! What recipients say about segments that were sent: which are missing (SEGREC), and that all are there
//! (SEGCONFIR), by TS 24.538 clause 6.5.

use crate::client::core::Core;
use crate::client::membership::Membership;
use crate::client::memory::record::Field;
use crate::client::outbox::Kind;
use crate::client::outbox::exchange::Exchange;
use crate::client::segments::cuts;
use crate::client::{Event, Failure};
use crate::coap::Code;
use crate::message::{
    Outcome, SegmentRange, SegmentRanges, SegmentsConfirmation, SegmentsRecovery,
};

/// How many SEGREC are obeyed for one message, whoever of its recipients asks. Without a bound one
/// of them could have it sent for ever, and no de-registration would come to its turn.
const MOST_RECOVERIES: u8 = 100;

impl Core<'_> {
    pub(crate) fn want(&mut self, index: usize, ranges: &SegmentRanges) {
        let Some(place) = self.outbox.record(index).place(Field::Wanted) else {
            return;
        };
        let entry = self.outbox.shelf.entry_mut(index);
        if let Some(octets) = entry.and_then(|(_, octets)| octets.get_mut(place)) {
            let mut all = cuts::wanted(octets);
            for range in ranges.iter() {
                all.insert(range.first, range.last);
            }
            cuts::keep_wanted(&all, octets);
        }
    }

    fn set_index(&self, set: &str) -> Option<usize> {
        self.outbox.iter().position(|slot| match slot.kind {
            Kind::Segmented(segments) => {
                slot.verdict.is_none() && segments.set(slot.message_id()).eq_ignore_ascii_case(set)
            }
            _ => false,
        })
    }

    /// SEGREC: some are missing and go out again.
    pub(crate) fn on_recovery(
        &mut self,
        recovery: &SegmentsRecovery<'_>,
    ) -> Result<Event<'static>, Code> {
        let is_leaving = matches!(self.membership, Membership::Deregistering(_));
        let index = self.set_index(recovery.set).ok_or(Code::NOT_FOUND)?;
        let slot = self.outbox.slot_mut(index).ok_or(Code::NOT_FOUND)?;
        let message_id = slot.message_id();
        let Kind::Segmented(segments) = &mut slot.kind else {
            return Err(Code::NOT_FOUND);
        };
        // Who is leaving does not come back for what the server had taken.
        if segments.recoveries >= MOST_RECOVERIES || is_leaving && segments.told {
            return Err(Code::NOT_FOUND);
        }
        let valid = cuts::within(&recovery.ranges, segments.total);
        if valid.is_empty() {
            return Err(Code::BAD_REQUEST);
        }
        segments.recoveries = segments.recoveries.saturating_add(1);
        let current = segments.current;
        let lists = |range: SegmentRange| range.first <= current && current <= range.last;
        let is_there = current > 0
            && !valid.iter().any(lists)
            && valid.iter().any(|range| range.last > current);
        if is_there {
            // Its answer was lost, or is on its way.
            segments.current = 0;
            segments.asked = false;
        }
        if segments.kept_until.take().is_some() || is_there || !slot.exchange.is_waiting() {
            // Whoever asks is there: no pause.
            slot.exchange = Exchange::NEW;
        }
        self.want(index, &valid);
        Ok(Event::SegmentsWanted {
            message_id,
            count: cuts::how_many(&valid),
        })
    }

    /// SEGCONFIR: nobody will ask for the segments any more.
    pub(crate) fn on_confirmation<'r>(
        &mut self,
        confirmation: &SegmentsConfirmation<'r>,
    ) -> Result<Event<'r>, Code> {
        let index = self.set_index(confirmation.set).ok_or(Code::NOT_FOUND)?;
        let slot = self.outbox.slot_mut(index).ok_or(Code::NOT_FOUND)?;
        let message_id = slot.message_id();
        let Kind::Segmented(segments) = &mut slot.kind else {
            return Err(Code::NOT_FOUND);
        };
        let failed = matches!(confirmation.result, Some(result) if result != Outcome::Success);
        if failed {
            self.outbox.remove(index);
            let failure = Failure::Undeliverable { cause: None };
            return Ok(Event::Failed {
                message_id,
                failure,
            });
        }
        segments.confirmed = true;
        segments.kept_until = Some(0);
        slot.exchange.hold();
        if core::mem::replace(&mut segments.told, true) {
            self.outbox.remove(index);
            return Ok(Event::SegmentsReleased {
                message_id,
                confirmed: true,
            });
        }
        // The confirmation has overtaken the answer to the last segment.
        Ok(Event::Accepted { message_id })
    }
}

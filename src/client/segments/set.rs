//! A set of segments while it grows.
//!
//! Segments lie in the order of their numbers, each behind its number and length, wherever they
//! came in time. So what is missing is read off them, and nothing but memory bounds their count.

use crate::client::memory::record::{Field, Pen, as_text};
use crate::client::memory::shelf::{Full, Slot};
use crate::client::outbox::exchange::Exchange;
use crate::client::receiving::incoming::{Incoming, IncomingSlot, State, head};
use crate::message::{Msg, Segment, SegmentRanges, StoreAndForward};

/// Longest Application ID that is kept, in octets.
const LONGEST_ID: usize = 255;
/// Octets before the text of each segment: number and length.
const CHUNK_HEAD: usize = 4;

/// Why a segment was not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Refusal {
    /// It is here already.
    Repeated,
    /// It contradicts the others.
    Contradiction,
    /// There is no room now.
    NoRoom,
    /// There never is.
    TooLarge,
}

/// The sets of one originator that are open.
#[derive(Default)]
pub(crate) struct OpenSets {
    pub(crate) count: usize,
    /// The one that a segment belongs to.
    pub(crate) same: Option<usize>,
    /// One of the same message under another name.
    pub(crate) other: Option<usize>,
}

impl Incoming<'_> {
    /// What is open of the originator of this segment.
    pub(crate) fn open_sets(&self, msg: &Msg<'_>, set: &str) -> OpenSets {
        let mut open = OpenSets::default();
        for (index, slot) in self.shelf.iter().enumerate() {
            let record = self.record(index);
            if !slot.is_open() || record.originator() != Some(msg.originator) {
                continue;
            }
            open.count = open.count.saturating_add(1);
            if record.text(Field::Set) == Some(set) {
                open.same = open.same.or(Some(index));
            } else if record.message_id() == Some(msg.message_id) {
                open.other = open.other.or(Some(index));
            }
        }
        open
    }

    /// Opens a set.
    pub(crate) fn open(&mut self, msg: &Msg<'_>, set: &str) -> Result<usize, Refusal> {
        let opened = self.shelf.push(IncomingSlot::EMPTY, &mut |free| {
            let mut pen = Pen::new(free);
            head(&mut pen, msg);
            pen.message_id(msg.message_id);
            pen.text(Field::Set, Some(set));
            pen.rest(&[]);
            pen.len()
        });
        opened.map_err(|full| match full {
            Full::Octets(needed) if needed > self.shelf.capacity() => Refusal::TooLarge,
            _ => Refusal::NoRoom,
        })
    }

    /// Checks a segment against those that are here, and tells where it goes.
    fn place_of(&self, index: usize, segment: &Segment<'_>) -> Result<usize, Refusal> {
        let slot = self.shelf.slot(index).ok_or(Refusal::Contradiction)?;
        let number = segment.number;
        let total = slot.total.or(segment.total);
        let last = slot.last.or(segment.last.then_some(number));
        let agree = |a: Option<u16>, b: Option<u16>| a.is_none() || b.is_none() || a == b;
        if !agree(slot.total, segment.total) || !agree(slot.last, segment.last.then_some(number)) {
            return Err(Refusal::Contradiction);
        }
        let record = self.record(index);
        let mut at = record.rest_at();
        let (mut lowest, mut highest) = (number, number);
        for (here, text) in chunks(record.rest()) {
            if here == number {
                return Err(Refusal::Repeated);
            }
            (lowest, highest) = (lowest.min(here), highest.max(here));
            if here < number {
                at = at.saturating_add(CHUNK_HEAD).saturating_add(text.len());
            }
        }
        // From 1 to the total, or all one lower.
        let fits_total = total.is_none_or(|total| {
            let spread = highest.saturating_sub(lowest);
            highest <= total
                && spread < total
                && last.is_none_or(|last| last >= total.saturating_sub(1))
        });
        if !fits_total || last.is_some_and(|last| highest > last) {
            return Err(Refusal::Contradiction);
        }
        Ok(at)
    }

    /// Takes a segment in.
    pub(crate) fn take(
        &mut self,
        index: usize,
        msg: &Msg<'_>,
        segment: &Segment<'_>,
    ) -> Result<(), Refusal> {
        let at = self.place_of(index, segment)?;
        let text = msg.payload.as_bytes();
        let Ok(len) = u16::try_from(text.len()) else {
            return Err(Refusal::TooLarge);
        };
        let manners = self.missing_manners(index, msg);
        let needed = CHUNK_HEAD
            .saturating_add(text.len())
            .saturating_add(manners.len());
        let here = self.shelf.slot(index).map_or(0, Slot::len);
        let arrived = self.record(index).rest().len();
        let all = needed.max(all_of(segment, text.len()).saturating_sub(arrived));
        if all > self.shelf.free().saturating_sub(self.promised(index)) {
            let ever = here.saturating_add(all) <= self.shelf.capacity();
            return Err(if ever {
                Refusal::NoRoom
            } else {
                Refusal::TooLarge
            });
        }
        let [a, b] = segment.number.to_be_bytes();
        let [c, d] = len.to_be_bytes();
        self.shelf.insert(index, at, text);
        self.shelf.insert(index, at, &[a, b, c, d]);
        self.shelf.insert(index, 0, &manners);
        if let Some(slot) = self.shelf.slot_mut(index) {
            slot.count = slot.count.saturating_add(1);
            if segment.total.is_some() {
                slot.expected = here.saturating_add(all);
            }
            slot.total = slot.total.or(segment.total);
            slot.last = slot.last.or(segment.last.then_some(segment.number));
        }
        Ok(())
    }

    /// Octets that the other sets will still need.
    fn promised(&self, index: usize) -> usize {
        let others = self.shelf.iter().enumerate();
        others
            .filter(|(other, slot)| *other != index && slot.is_open())
            .fold(0, |sum, (_, slot)| {
                sum.saturating_add(slot.expected.saturating_sub(slot.len()))
            })
    }

    /// What this segment says about the whole message and no other has said. The first says it;
    /// any other is believed, too.
    fn missing_manners(&self, index: usize, msg: &Msg<'_>) -> heapless::Vec<u8, 300> {
        let record = self.record(index);
        let mut octets = [0; 300];
        let mut pen = Pen::new(&mut octets);
        let silent = Msg {
            // What is longer is no identifier.
            application_id: msg
                .application_id
                .filter(|id| id.len() <= LONGEST_ID && !record.has(Field::Application)),
            report_wanted: msg.report_wanted && !record.has(Field::ReportWanted),
            priority: msg.priority.filter(|_| !record.has(Field::Priority)),
            store_and_forward: StoreAndForward::Unstated,
            ..*msg
        };
        pen.manners(&silent);
        let len = pen.len();
        let octets = octets.get(..len).unwrap_or_default();
        heapless::Vec::from_slice(octets).unwrap_or_default()
    }

    /// Whether taking this segment in would make the message complete.
    pub(crate) fn completes(&self, index: usize, segment: &Segment<'_>) -> bool {
        self.shelf.slot(index).is_some_and(|slot| {
            let total = slot.total.or(segment.total);
            let all = slot.count.saturating_add(1);
            total.map_or_else(|| self.ends_at(index, all, segment), |total| all == total)
        })
    }

    /// Without a total: numbered from 0, and the last one is known.
    fn ends_at(&self, index: usize, all: u16, segment: &Segment<'_>) -> bool {
        let last = self.shelf.slot(index).and_then(|slot| slot.last);
        let last = last.or(segment.last.then_some(segment.number));
        let starts_at_0 = segment.number == 0 || self.lowest(index) == Some(0);
        starts_at_0 && last.is_some_and(|last| last.saturating_add(1) == all)
    }

    /// All from 1 to the last are here, and no first one has told the total. A segment 0 might
    /// have been missing; by now it would have come.
    pub(crate) fn is_whole_without_total(&self, index: usize) -> bool {
        let slot = self.shelf.slot(index);
        slot.is_some_and(|slot| {
            slot.total.is_none() && slot.last == Some(slot.count) && self.lowest(index) == Some(1)
        })
    }

    fn lowest(&self, index: usize) -> Option<u16> {
        chunks(self.record(index).rest())
            .next()
            .map(|(number, _)| number)
    }

    /// The numbers that are missing; where nothing tells the total, the one behind the highest.
    pub(crate) fn missing(&self, index: usize) -> SegmentRanges {
        let mut missing = SegmentRanges::EMPTY;
        let Some(slot) = self.shelf.slot(index) else {
            return missing;
        };
        let from_0 = self.lowest(index) == Some(0)
            || slot.total.is_some() && slot.total == slot.last.map(|last| last.saturating_add(1));
        let first = u16::from(!from_0);
        let end = match slot.total {
            Some(total) => Some(first.saturating_add(total).saturating_sub(1)),
            None => slot.last,
        };
        let mut next = first;
        for (number, _) in chunks(self.record(index).rest()) {
            if number > next {
                missing.insert(next, number.saturating_sub(1));
            }
            next = number.saturating_add(1);
        }
        missing.insert(next, end.unwrap_or(next));
        missing
    }

    /// Puts the texts of all segments behind one another.
    pub(crate) fn join(&mut self, index: usize) {
        let mut at = self.record(index).rest_at();
        while let Some(len) = self.chunk_at(index, at) {
            self.shelf.cut(index, at, CHUNK_HEAD);
            at = at.saturating_add(len);
        }
        if let Some(slot) = self.shelf.slot_mut(index) {
            slot.state = State::Message;
            slot.exchange = Exchange::HELD;
        }
    }

    fn chunk_at(&self, index: usize, at: usize) -> Option<usize> {
        let octets = self.shelf.octets(index).get(at..)?;
        let (_, text) = chunks(octets).next()?;
        Some(text.len())
    }
}

/// Octets of all segments of a set, if this is the one that tells how many there are. All have
/// its length but the last, which may have any.
fn all_of(segment: &Segment<'_>, text_len: usize) -> usize {
    let total = usize::from(segment.total.unwrap_or(0));
    let texts = total.saturating_sub(1).saturating_mul(text_len);
    let known = if segment.last { 0 } else { texts };
    known.saturating_add(total.saturating_mul(CHUNK_HEAD))
}

/// Number and text of each segment.
pub(crate) fn chunks(octets: &[u8]) -> impl Iterator<Item = (u16, &str)> {
    let mut rest = octets;
    core::iter::from_fn(move || {
        let ([a, b, c, d], tail) = rest.split_first_chunk::<CHUNK_HEAD>()?;
        let len = usize::from(u16::from_be_bytes([*c, *d]));
        let (text, after) = tail.split_at_checked(len)?;
        rest = after;
        Some((u16::from_be_bytes([*a, *b]), as_text(text)))
    })
}

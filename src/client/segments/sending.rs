//! Sending a message in segments (TS 24.538 clause 6.5, TS 23.554 clause 8.5).

use crate::client::aggregation::Gathering;
use crate::client::core::{Core, message_entry, write_message};
use crate::client::memory::record::{Field, Record};
use crate::client::outbox::exchange::Exchange;
use crate::client::outbox::{Kind, OutboxSlot};
use crate::client::payload::{self, Payload};
use crate::client::receiving::reports::check_json;
use crate::client::segments::cuts;
use crate::client::{Event, SendError};
use crate::message::{MessageId, Msg, Originator, Segment, SegmentRanges, StoreAndForward};

/// How often a message is cut anew, each time into segments half as large.
const MOST_RESTARTS: u8 = 3;

/// Where a message in segments stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Segmenting {
    /// Octets from one cut to the next.
    pub(crate) step: usize,
    pub(crate) payload_len: usize,
    pub(crate) total: u16,
    /// The one to be sent or answered next; 0: none has been taken from the wanted ones.
    pub(crate) current: u16,
    /// The application holds the payload.
    pub(crate) streamed: bool,
    /// And has been asked for the current part of it.
    pub(crate) asked: bool,
    /// The application knows that the server has taken the message.
    pub(crate) told: bool,
    pub(crate) confirmed: bool,
    pub(crate) restarts: u8,
    /// SEGREC that were obeyed. A snapshot does not know them.
    pub(crate) recoveries: u8,
    pub(crate) kept_until: Option<u64>,
}

impl Segmenting {
    pub(crate) fn new(step: usize, payload_len: usize, total: u16, streamed: bool) -> Self {
        Self {
            step,
            payload_len,
            total,
            current: 0,
            streamed,
            asked: false,
            told: false,
            confirmed: false,
            restarts: 0,
            recoveries: 0,
            kept_until: None,
        }
    }

    /// All are with the server and wait for a SEGREC.
    pub(crate) fn is_kept(&self) -> bool {
        self.kept_until.is_some()
    }

    pub(crate) fn is_told(&self) -> bool {
        self.told
    }

    /// The time (ms) at which they are kept no longer.
    pub(crate) fn release_at(&self) -> Option<u64> {
        self.kept_until
            .map(|until| if self.confirmed { 0 } else { until })
    }

    pub(crate) fn kept_until_mut(&mut self) -> Option<&mut u64> {
        self.kept_until.as_mut()
    }

    pub(crate) fn interrupted(&mut self) {
        self.asked = false;
    }

    /// Segmentation Set Identifier: the Message ID, so that it is unique for its sender.
    pub(crate) fn set(&self, message_id: MessageId<'_>) -> heapless::String<48> {
        let mut text = heapless::String::new();
        // 36 octets and at the most two more, so there is room.
        let _ = message_id.with_text(|id| text.push_str(id));
        if let (1.., Some(restarts)) = (self.restarts, char::from_digit(self.restarts.into(), 10)) {
            let _ = text.push('.');
            let _ = text.push(restarts);
        }
        text
    }

    /// The segment that goes out now: the whole message's `msg` with a part of its payload.
    pub(crate) fn segment<'a>(&self, whole: Msg<'a>, piece: &'a str, set: &'a str) -> Msg<'a> {
        if self.total == 1 {
            return Msg {
                payload: piece,
                ..whole
            };
        }
        let is_first = self.current == 1;
        // Only the first says what holds for all (TS 23.554 clause 8.5.4).
        let base = if is_first {
            whole
        } else {
            Msg {
                group_member: None,
                store_and_forward: StoreAndForward::Unstated,
                ..Msg::new(whole.originator, whole.recipient, whole.message_id, "")
            }
        };
        Msg {
            payload: piece,
            segment: Some(Segment {
                set,
                number: self.current,
                total: is_first.then_some(self.total),
                last: self.current == self.total,
            }),
            ..base
        }
    }

    pub(crate) fn is_last(&self) -> bool {
        self.current == self.total
    }

    /// Hands over the segment that goes out now, out of the record of the whole message or of
    /// `part`, which the application holds. `None`: what was written down is not complete.
    pub(crate) fn request<R>(
        &self,
        record: Record<'_>,
        us: Originator<'_>,
        message_id: MessageId<'_>,
        part: Option<&[u8]>,
        send: impl FnOnce(&Msg<'_>) -> R,
    ) -> Option<R> {
        let window = cuts::window(self.current, self.step, self.payload_len);
        let window = part.or_else(|| record.rest().get(window))?;
        let piece = cuts::piece(window, self.current, self.is_last())?;
        let whole = record.msg(record, us, message_id, "")?;
        let set = self.set(message_id);
        Some(send(&self.segment(whole, piece, &set)))
    }

    /// The server has taken one, and more are to come.
    pub(crate) fn progress(&self, message_id: MessageId<'static>, sent: u16) -> Event<'static> {
        Event::Progress {
            message_id,
            sent,
            total: self.total,
        }
    }

    pub(crate) fn is_streamed(&self) -> bool {
        self.streamed
    }
}

impl Core<'_> {
    /// A message whose payload goes in parts.
    pub(crate) fn accept_segmented(
        &mut self,
        msg: &Msg<'_>,
        payload: Payload<'_>,
    ) -> Result<(), SendError> {
        let (len, streamed) = (payload.len(), matches!(payload, Payload::Elsewhere(_)));
        let limit = self.outbound.limit();
        let empty = Msg {
            payload: "",
            ..*msg
        };
        let largest = self.largest_json();
        // What a segment says besides its payload, with the longest numbers.
        let mut longest = Segmenting::new(1, len, u16::MAX, streamed);
        longest.current = 1;
        let set = longest.set(msg.message_id);
        let besides = check_json(&longest.segment(empty, "", &set), &self.config, limit)?;
        let besides = besides.saturating_add(payload::MEMBER);
        let room = largest.saturating_sub(besides);
        if room < cuts::SMALLEST {
            return Err(SendError::TooLarge {
                needed: besides.saturating_add(cuts::SMALLEST),
                limit: largest,
            });
        }
        let size = room.min(usize::from(self.config.segment_size));
        let step = cuts::step(size, payload.is_ascii());
        let total = cuts::count(len, step).ok_or(SendError::TooLarge {
            needed: len,
            limit: step.saturating_mul(usize::from(u16::MAX)),
        })?;
        let entry = OutboxSlot {
            kind: Kind::Segmented(Segmenting::new(step, len, total, streamed)),
            may_segment: true,
            ..message_entry(msg)
        };
        self.outbox
            .push(entry, &mut |pen| {
                pen.put(&wanted_field(total));
                write_message(pen, msg, payload);
            })
            .map(|_| ())
    }

    /// The number of the segment to send now.
    pub(crate) fn next_segment(&mut self, index: usize) -> Option<u16> {
        let place = self.outbox.record(index).place(Field::Wanted)?;
        let (slot, octets) = self.outbox.shelf.entry_mut(index)?;
        let Kind::Segmented(segments) = &mut slot.kind else {
            return None;
        };
        if segments.current == 0 {
            segments.current = cuts::take_first(octets.get_mut(place)?)?;
        }
        Some(segments.current)
    }

    /// The server has taken a segment. What is left goes on; tells whether that was the last one
    /// for the first time.
    pub(crate) fn segment_taken(&mut self, index: usize, now: u64) -> Option<(u16, bool)> {
        let place = self.outbox.record(index).place(Field::Wanted)?;
        let keep_ms = u64::from(self.config.segment_keep_ms);
        let (slot, octets) = self.outbox.shelf.entry_mut(index)?;
        let Kind::Segmented(segments) = &mut slot.kind else {
            return None;
        };
        segments.current = 0;
        let left = cuts::wanted(octets.get(place)?);
        if !left.is_empty() {
            slot.exchange = Exchange::NEW;
            return Some((segments.total.saturating_sub(cuts::how_many(&left)), false));
        }
        slot.exchange.hold();
        // One piece is no set and nobody asks for it again.
        let keep_ms = if segments.total == 1 { 0 } else { keep_ms };
        segments.kept_until = Some(now.saturating_add(keep_ms));
        let first_time = !core::mem::replace(&mut segments.told, true);
        Some((segments.total, first_time))
    }

    /// Cuts a message anew, into smaller segments. False when that cannot help.
    pub(crate) fn cut_smaller(&mut self, index: usize, largest: usize) -> bool {
        let Some(slot) = self.outbox.shelf.slot(index) else {
            return false;
        };
        if !slot.may_segment {
            return false;
        }
        let (payload, old) = (self.outbox.record(index).rest(), slot.kind);
        let is_ascii = payload.is_ascii();
        let (len, size, restarts, streamed) = match old {
            Kind::Segmented(old) => {
                let size = old.step.min(largest.saturating_mul(2)) / 2;
                (
                    old.payload_len,
                    size,
                    old.restarts.saturating_add(1),
                    old.streamed,
                )
            }
            Kind::Message => (payload.len(), largest.min(payload.len() / 2), 0, false),
            _ => return false,
        };
        if size < cuts::SMALLEST || restarts > MOST_RESTARTS {
            return false;
        }
        let step = cuts::step(size, is_ascii && !streamed);
        let Some(total) = cuts::count(len, step) else {
            return false;
        };
        if old == Kind::Message && !self.outbox.shelf.insert(index, 0, &wanted_field(1)) {
            return false;
        }
        let told = matches!(old, Kind::Segmented(old) if old.told);
        let recoveries = match old {
            Kind::Segmented(old) => old.recoveries,
            _ => 0,
        };
        let segments = Segmenting {
            restarts,
            told,
            recoveries,
            ..Segmenting::new(step, len, total, streamed)
        };
        if let Some(slot) = self.outbox.slot_mut(index) {
            slot.kind = Kind::Segmented(segments);
            // It goes in one piece no more.
            slot.json_len = 0;
            slot.exchange = Exchange::NEW;
            if slot.gathering.is_open() {
                // And so with no others.
                slot.gathering = Gathering::No;
            }
        }
        let mut all = SegmentRanges::EMPTY;
        all.insert(1, total);
        self.want(index, &all);
        true
    }

    /// The time is over, or all have arrived.
    pub(crate) fn release_segments(&mut self, index: usize) -> Option<Event<'static>> {
        let slot = self.outbox.remove(index)?;
        let message_id = slot.message_id();
        Some(Event::SegmentsReleased {
            message_id,
            confirmed: matches!(slot.kind, Kind::Segmented(segments) if segments.confirmed),
        })
    }
}

/// The field of a record that lists all segments from 1 to `total` as wanted.
pub(crate) fn wanted_field(total: u16) -> [u8; 3 + cuts::WANTED_LEN as usize] {
    let mut field = [0; 3 + cuts::WANTED_LEN as usize];
    let [high, low] = cuts::WANTED_LEN.to_be_bytes();
    let mut all = SegmentRanges::EMPTY;
    all.insert(1, total);
    if let Some((head, list)) = field.split_first_chunk_mut::<3>() {
        *head = [Field::Wanted as u8, high, low];
        cuts::keep_wanted(&all, list);
    }
    field
}

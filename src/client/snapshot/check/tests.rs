//! Each bound of what a snapshot may say of segments, from both sides. A snapshot that says so is
//! authentic, so none can be made from outside.

#![cfg(feature = "segmentation")]

use super::{arrival_is_sound, entry_is_sound};
use crate::client::memory::record::Record;
use crate::client::outbox::{Kind, OutboxSlot};
use crate::client::receiving::incoming::{IncomingSlot, State};
use crate::client::segments::cuts::{self, keep_wanted};
use crate::client::segments::sending::Segmenting;
use crate::client::{Client, ClientMemory, Config, OutgoingMessage};
use crate::message::{Recipient, SegmentRanges, UeServiceId};
use rand_core::OsRng;
use std::vec;
use std::vec::Vec;

const LEN: usize = 1000;

/// A message of a thousand octets in segments, as the client keeps it: slot and record.
fn outgoing() -> (OutboxSlot, Vec<u8>) {
    let mut memory = ClientMemory::<1152, 1152, 4096>::new();
    let mut config = Config::new(UeServiceId::new("ue-4711@iot.example").unwrap());
    config.segment_size = 100;
    let mut client = Client::new(config, memory.pieces(), &mut OsRng).unwrap();
    let to = Recipient::Ue(UeServiceId::new("ue-0815@iot.example").unwrap());
    let text = "x".repeat(LEN);
    let message = OutgoingMessage::text(to, &text).with_segments();
    client.send(&message, &mut OsRng).unwrap();
    let outbox = &client.core.outbox;
    let slot = *outbox.shelf.slot(0).unwrap();
    (slot, outbox.record(0).0.to_vec())
}

/// Whether a change to it is sound, all segments up to `wanted` being wanted.
fn sends(change: impl FnOnce(&mut Segmenting, &mut OutboxSlot), wanted: u16) -> bool {
    let (mut slot, mut record) = outgoing();
    let Kind::Segmented(mut segments) = slot.kind else {
        panic!("in segments");
    };
    change(&mut segments, &mut slot);
    let mut ranges = SegmentRanges::EMPTY;
    if wanted > 0 {
        ranges.insert(1, wanted);
    }
    let place = Record(&record)
        .place(crate::client::memory::record::Field::Wanted)
        .unwrap();
    keep_wanted(&ranges, record.get_mut(place).unwrap());
    slot.kind = Kind::Segmented(segments);
    entry_is_sound(&slot, Record(&record))
}

#[test]
fn segments_to_be_sent_are_those_that_there_are() {
    assert!(sends(|_, _| {}, 10));
    assert!(sends(|_, _| {}, 1));
    assert!(!sends(|_, _| {}, 11), "one more than there are");
    assert!(!sends(|_, _| {}, 0), "nothing to be done, and not kept");
    assert!(sends(|segments, _| segments.current = 10, 0), "the last");
    assert!(!sends(|segments, _| segments.current = 11, 0));
    // The total follows from length and step.
    for total in [9, 11] {
        assert!(!sends(|segments, _| segments.total = total, 9), "{total}");
    }
}

#[test]
fn segments_are_never_cut_smaller_than_the_client_does() {
    let smallest = cuts::step(0, false);
    let cut = |step: usize| {
        move |segments: &mut Segmenting, _: &mut OutboxSlot| {
            segments.step = step;
            segments.total = cuts::count(LEN, step).unwrap();
        }
    };
    assert!(sends(cut(smallest), 10));
    assert!(!sends(cut(smallest - 1), 10));
    // It would be divided by.
    assert!(!sends(|segments, _| segments.step = 0, 10));
}

#[test]
fn a_payload_is_there_unless_the_application_has_it() {
    let shorter = |segments: &mut Segmenting, _: &mut OutboxSlot| segments.payload_len = LEN - 1;
    assert!(!sends(shorter, 10));
    let streamed = |segments: &mut Segmenting, slot: &mut OutboxSlot| {
        shorter(segments, slot);
        segments.streamed = true;
    };
    assert!(sends(streamed, 10));
}

#[test]
fn segments_that_are_kept_are_held_and_no_others() {
    let keep = |until, held: bool| {
        move |segments: &mut Segmenting, slot: &mut OutboxSlot| {
            segments.kept_until = until;
            if held {
                slot.exchange.hold();
            }
        }
    };
    assert!(sends(keep(Some(5), true), 0));
    assert!(!sends(keep(Some(5), false), 0));
    assert!(!sends(keep(None, true), 10));
}

/// A set of one segment and so many octets of another.
fn cut_off(octets: usize) -> bool {
    let more = [0, 2, 0, 9, b'x'];
    collects_with(&[1], more.get(..octets).unwrap(), |_| {})
}

/// A set that is being put together of these segments, each of one octet.
fn collects(numbers: &[u16], change: impl FnOnce(&mut IncomingSlot)) -> bool {
    collects_with(numbers, &[], change)
}

/// The same with more octets behind them.
fn collects_with(numbers: &[u16], more: &[u8], change: impl FnOnce(&mut IncomingSlot)) -> bool {
    use crate::client::memory::record::{Field, Pen};
    use crate::message::{MessageId, Originator};

    let us = UeServiceId::new("ue-4711@iot.example").unwrap();
    let mut octets = vec![0; 512];
    let mut pen = Pen::new(&mut octets);
    pen.originator(Originator::Ue(us));
    pen.recipient(Recipient::Ue(us));
    pen.message_id(MessageId::Uuid([7; 16]));
    pen.text(Field::Set, Some("s"));
    let mut chunks = Vec::new();
    for number in numbers {
        chunks.extend(number.to_be_bytes());
        chunks.extend([0, 1, b'x']);
    }
    chunks.extend(more);
    pen.rest(&chunks);
    let len = pen.len();
    octets.truncate(len);
    let mut slot = IncomingSlot {
        state: State::Collecting,
        count: u16::try_from(numbers.len()).unwrap(),
        ..IncomingSlot::EMPTY
    };
    change(&mut slot);
    arrival_is_sound(&slot, Record(&octets))
}

#[test]
fn segments_that_have_come_are_in_order_and_within_their_set() {
    assert!(collects(&[1, 2, 5], |_| {}));
    assert!(!collects(&[1, 1], |_| {}), "twice");
    assert!(!collects(&[2, 1], |_| {}), "out of order");
    assert!(!collects(&[1, 2], |slot| slot.count = 3));
    assert!(!collects(&[1, 2], |slot| slot.count = 1));
    assert!(collects(&[1, 5], |slot| slot.last = Some(5)));
    assert!(!collects(&[1, 5], |slot| slot.last = Some(4)));
    assert!(collects(&[1, 5], |slot| slot.total = Some(5)));
    assert!(!collects(&[1, 5], |slot| slot.total = Some(4)));
    // One with all its segments is no longer put together.
    assert!(!collects(&[1, 2], |slot| slot.total = Some(2)));
}

/// The text of the last one goes beyond the end of the record.
#[test]
fn a_segment_that_is_cut_off_is_none() {
    assert!(collects(&[], |_| {}), "none yet");
    assert!(!collects(&[], |slot| slot.total = Some(0)));
    assert!(!cut_off(1) && !cut_off(5), "a part of one is none");
}

//! Segments of UEs: reassembly, SEGREC for what is missing, SEGCONFIR when all is there (TS 23.554 8.5, TS 24.538 6.5).

use std::collections::BTreeMap;

use super::content::{self, SEGMENTATION, is_true};
use super::message::{Fate, Whole};
use super::{Delivery, Effect, Reply, Server};
use crate::event::EventKind;
use crate::wire::names::{self, cause};
use crate::wire::{
    Address, AddressKind, Body, Fields, Malformed, MessageType, ranges_of, show_ranges,
    write_ranges,
};

/// How a message was cut by its sender: it may go on in the same pieces.
#[derive(Debug, Clone)]
pub(super) struct Cuts {
    pub(super) set: String,
    /// Number of the first piece, 0 or 1.
    pub(super) base: u64,
    pub(super) parts: Vec<String>,
}

/// A set that is not complete.
#[derive(Debug)]
pub(super) struct Incoming {
    to: Address,
    message_id: String,
    /// All members but the payload, those of the first segment before others.
    head: Fields,
    parts: BTreeMap<u64, String>,
    octets: usize,
    /// From the first segment, with its number.
    total: Option<(u64, u64)>,
    /// Number of the last segment.
    last: Option<u64>,
    /// When the next segment is overdue.
    due_ms: u64,
    /// When the last one came.
    grown_ms: u64,
    /// SEGREC sent since.
    recoveries: u32,
}

impl Server {
    /// Takes one segment. The answer to the one that completes the set is the answer to the message.
    pub(super) fn segment(
        &mut self,
        from: &Address,
        to: &Address,
        set: &str,
        fields: &Fields,
        effects: &mut Vec<Effect>,
    ) -> Result<Reply, Reply> {
        let message_id = fields.message_id()?.to_owned();
        if to.kind == AddressKind::Ue && !self.is_known(&to.id, from) {
            let fate = Fate::Failed(cause::UNKNOWN_RECIPIENT);
            return Ok(self.tell(from, &message_id, fate, effects));
        }
        let key = (from.id.clone(), set.to_owned());
        let open = self.incoming.keys().filter(|(ue, _)| *ue == from.id);
        if !self.incoming.contains_key(&key) && open.count() >= self.settings.segments.sets {
            return Err(Reply::overloaded());
        }
        let mut incoming = self
            .incoming
            .remove(&key)
            .unwrap_or_else(|| Incoming::new(to, &message_id, self.now_ms));
        let added = incoming.add(to, fields, self.settings.segments.max_number);
        if incoming.octets > self.settings.segments.max_message {
            effects.push(lost(from, set, cause::TOO_LARGE));
            return Err(Reply::too_large(self.settings.segments.max_message));
        }
        if added.as_ref().is_ok_and(|new| *new) {
            incoming.grown_ms = self.now_ms;
            incoming.recoveries = 0;
            incoming.due_ms = self.now_ms + super::millis(self.settings.segments.wait);
        }
        if added.is_ok() && incoming.is_complete() {
            let fate = self.complete(from, set, incoming, effects)?;
            return Ok(self.tell(from, &message_id, fate, effects));
        }
        // What is wrong in one segment takes nothing from the set.
        if !incoming.parts.is_empty() {
            self.incoming.insert(key, incoming);
        }
        added?;
        Ok(Reply::changed())
    }

    /// A segment of a set that was complete came again: the sender may have missed the confirmation.
    pub(super) fn confirm_again(
        &mut self,
        from: &Address,
        fields: &Fields,
        effects: &mut Vec<Effect>,
    ) {
        if let Ok(Some(set)) = fields.segment_set()
            && is_true(fields, &names::SEGMENT_LAST)
        {
            let message_id = fields.message_id().unwrap_or_default();
            self.confirm(from, set, message_id, effects);
        }
    }

    /// Sets whose next segment is overdue.
    pub(super) fn recover(&mut self, effects: &mut Vec<Effect>) {
        let now = self.now_ms;
        let due = self.incoming.iter().filter(|(_, set)| set.due_ms <= now);
        let due: Vec<(String, String)> = due.map(|(key, _)| key.clone()).collect();
        for key in due {
            let Some(incoming) = self.incoming.remove(&key) else {
                continue;
            };
            let from = Address::ue(&key.0);
            if incoming.missing().is_empty() {
                // Its first segment told no total, but nothing is missing up to the last.
                let message_id = incoming.message_id.clone();
                match self.complete(&from, &key.1, incoming, effects) {
                    Ok(Fate::Failed(cause)) => {
                        self.tell_failure(&from, &message_id, cause, effects);
                    }
                    Err(_) => {
                        self.tell_failure(&from, &message_id, cause::NOT_AUTHORIZED, effects);
                    }
                    Ok(_) => {}
                }
                continue;
            }
            self.recover_one(key, incoming, effects);
        }
    }

    fn recover_one(
        &mut self,
        key: (String, String),
        mut incoming: Incoming,
        effects: &mut Vec<Effect>,
    ) {
        let settings = &self.settings.segments;
        let (wait, keep) = (super::millis(settings.wait), super::millis(settings.keep));
        let here = self.registered(&key.0).is_some();
        let too_late = self.now_ms >= incoming.grown_ms + keep;
        if here && incoming.recoveries >= settings.recoveries || !here && too_late {
            return self.give_up(&key.0, &key.1, &incoming, effects);
        }
        incoming.due_ms = self.now_ms + wait;
        if here {
            incoming.recoveries += 1;
            let ranges = ranges_of(incoming.missing());
            effects.push(Effect::Event(EventKind::Recovery {
                ue: key.0.clone(),
                set: key.1.clone(),
                ranges: show_ranges(&ranges),
                round: incoming.recoveries,
            }));
            let body = Body::new(MessageType::SegRec)
                .with(&names::SEGMENT_SET, key.1.as_str())
                .with(&names::SEGMENT_RANGES, write_ranges(&ranges));
            self.enqueue(Delivery::new(&key.0, MessageType::SegRec, body), effects);
        }
        self.incoming.insert(key, incoming);
    }

    /// The sender does not know the set that it was asked for.
    pub(super) fn recovery_refused(&mut self, ue: &str, set: &str, effects: &mut Vec<Effect>) {
        if let Some(incoming) = self.incoming.remove(&(ue.to_owned(), set.to_owned())) {
            self.give_up(ue, set, &incoming, effects);
        }
    }

    fn give_up(&mut self, ue: &str, set: &str, incoming: &Incoming, effects: &mut Vec<Effect>) {
        let from = Address::ue(ue);
        let missing = cause::SEGMENTS_MISSING;
        effects.push(lost(&from, set, missing));
        let wanted = is_true(&incoming.head, &names::REPORT_WANTED);
        let (to, id) = (&incoming.to, incoming.message_id.as_str());
        match to.kind {
            AddressKind::Ue | AddressKind::As if wanted => {
                self.report_failure(&from, to, id, missing, effects);
            }
            _ => self.tell_failure(&from, id, missing, effects),
        }
    }

    /// Nothing is missing any more: confirms, and routes the whole.
    fn complete(
        &mut self,
        from: &Address,
        set: &str,
        incoming: Incoming,
        effects: &mut Vec<Effect>,
    ) -> Result<Fate, Reply> {
        effects.push(Effect::Event(EventKind::Reassembled {
            from: from.id.clone(),
            set: set.to_owned(),
            segments: incoming.parts.len(),
            octets: incoming.octets,
        }));
        self.confirm(from, set, &incoming.message_id, effects);
        let cuts = Cuts {
            set: set.to_owned(),
            base: incoming.base(),
            parts: incoming.parts.into_values().collect(),
        };
        let mut fields = incoming.head;
        for name in SEGMENTATION {
            fields.remove(name);
        }
        fields.set(&names::PAYLOAD, cuts.parts.concat());
        let whole = Whole {
            fields: &fields,
            cuts: Some(&cuts),
        };
        self.take(from, &incoming.to, whole, effects)
    }

    fn confirm(&mut self, from: &Address, set: &str, message_id: &str, effects: &mut Vec<Effect>) {
        let body = Body::new(MessageType::SegConfir)
            .with(&names::SEGMENT_SET, set)
            .with(&names::MESSAGE_ID, message_id)
            .with(&names::RESULT, "success");
        self.enqueue(
            Delivery::new(&from.id, MessageType::SegConfir, body),
            effects,
        );
    }
}

impl Incoming {
    fn new(to: &Address, message_id: &str, now_ms: u64) -> Self {
        Self {
            to: to.clone(),
            message_id: message_id.to_owned(),
            head: Fields::default(),
            parts: BTreeMap::new(),
            octets: 0,
            total: None,
            last: None,
            due_ms: now_ms,
            grown_ms: now_ms,
            recoveries: 0,
        }
    }

    pub(super) fn due_ms(&self) -> u64 {
        self.due_ms
    }

    /// Adds one segment; `false` when it was there already.
    fn add(&mut self, to: &Address, fields: &Fields, max_number: u64) -> Result<bool, Malformed> {
        let wrong = |text: &str| Err(Malformed(text.to_owned()));
        let number = fields.integer(&names::SEGMENT_NUMBER)?.unwrap_or_default();
        if !super::repeats::same_id(&self.message_id, fields.message_id()?) || self.to != *to {
            return wrong("the segmentation set belongs to another message");
        }
        let told = fields.integer(&names::SEGMENT_TOTAL)?;
        let total = told.map(|total| (number, total)).or(self.total);
        if self.total.is_some() && total != self.total {
            return wrong("the first segment of the set was another");
        }
        let is_last = is_true(fields, &names::SEGMENT_LAST);
        let last = if is_last { Some(number) } else { self.last };
        if self.last.is_some_and(|last| is_last && last != number) {
            return wrong("the last segment of the set was another");
        }
        let end = match total {
            Some((first, 0)) | Some((first @ 2.., _)) => {
                return wrong(&format!(
                    "a set does not begin with {first}, nor is it empty"
                ));
            }
            Some((first, total)) => Some(first + total - 1),
            None => None,
        };
        if end.is_some_and(|end| end > max_number) {
            return wrong("more segments than are taken");
        }
        if end.is_some_and(|end| last.is_some_and(|last| last != end)) {
            return wrong("total and last segment do not fit");
        }
        let lowest = self.parts.first_key_value().map_or(number, |(n, _)| *n);
        if total.is_some_and(|(first, _)| lowest.min(number) < first) {
            return wrong("a segment lies before the first");
        }
        let highest = self.parts.last_key_value().map_or(number, |(n, _)| *n);
        let highest = highest.max(number);
        if highest > end.or(last).unwrap_or(max_number).min(max_number) {
            return wrong("the segment number is out of range");
        }
        (self.total, self.last) = (total, last);
        if self.parts.contains_key(&number) {
            return Ok(false);
        }
        let payload = content::payload(fields);
        self.octets += payload.len();
        self.parts.insert(number, payload.to_owned());
        let mut head = std::mem::take(&mut self.head);
        if told.is_some() {
            let later = std::mem::replace(&mut head, fields.clone());
            head.adopt(&later);
        } else {
            head.adopt(fields);
        }
        self.head = head;
        Ok(true)
    }

    /// Segments count from 1, or from 0 when the first one says so.
    fn base(&self) -> u64 {
        let zero = self.parts.contains_key(&0);
        self.total.map_or(u64::from(!zero), |(first, _)| first)
    }

    fn is_complete(&self) -> bool {
        // Without the total it is not sure where the set begins.
        self.total.is_some() && self.missing().is_empty()
    }

    /// Numbers that are not there; with an unknown end the one behind the highest.
    fn missing(&self) -> Vec<u64> {
        let base = self.base();
        let highest = self.parts.last_key_value().map_or(base, |(n, _)| *n);
        let told = self.total.map(|(first, total)| first + total - 1);
        let end = told.or(self.last).unwrap_or(highest + 1);
        let all = base..=end;
        all.filter(|n| !self.parts.contains_key(n)).collect()
    }
}

fn lost(from: &Address, set: &str, cause: &str) -> Effect {
    Effect::Event(EventKind::SetLost {
        from: from.id.clone(),
        set: set.to_owned(),
        cause: cause.to_owned(),
    })
}

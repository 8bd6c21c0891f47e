//! Messages too long for a UE: cut for it, kept until it confirms, sent again as it asks (TS 23.554 8.5, TS 24.538 6.5).

use std::collections::BTreeMap;

use super::content::{self, copied, individual, payload_of};
use super::incoming::Cuts;
use super::{Delivery, DeliveryId, Effect, PeerId, Reply, Server};
use crate::event::EventKind;
use crate::wire::names;
use crate::wire::{Address, Body, Fields, MessageType, ranges_of, read_ranges, show_ranges};

/// A set that a UE is to confirm.
#[derive(Debug)]
pub(super) struct Outgoing {
    from: Option<Address>,
    message_id: String,
    segments: BTreeMap<u64, Body>,
    until_ms: u64,
}

impl Outgoing {
    pub(super) fn until_ms(&self) -> u64 {
        self.until_ms
    }
}

impl Server {
    /// Longest payload that a UE takes at once.
    pub(super) fn segment_size(&self, ue: &str) -> usize {
        let told = self.registrations.get(ue).and_then(|r| r.segment_size);
        // No character of UTF-8 is longer than four octets.
        told.unwrap_or(self.settings.segments.size).max(4)
    }

    /// Cuts and splits what waits for a UE, so that each piece fits.
    pub(super) fn fit(&mut self, ue: &str, effects: &mut Vec<Effect>) {
        let built_in = self.registered(ue).is_some_and(PeerId::is_built_in);
        let size = self.segment_size(ue);
        let waiting = self.deliveries.iter().filter(|(_, d)| {
            let whole = d.kind == MessageType::Msg && d.segment_of.is_none();
            whole && d.ue == ue && d.sent_to.is_none() && d.hold.is_none() && d.fits != Some(size)
        });
        let waiting: Vec<DeliveryId> = waiting.map(|(id, _)| *id).collect();
        for id in waiting {
            let Some(mut delivery) = self.deliveries.remove(&id) else {
                continue;
            };
            let fields = delivery.body.fields();
            let items = individual(&fields).unwrap_or_default();
            // A built-in UE gets each message whole, and by itself.
            let together = if built_in { 0 } else { size };
            if payload_of(&items) > together {
                self.split(&delivery, &fields, &items, effects);
                // Each part must fit, too.
                self.fit(ue, effects);
            } else if !built_in
                && (delivery.cuts.is_some() || content::payload(&fields).len() > size)
            {
                self.cut(&delivery, &fields, size, effects);
            } else {
                delivery.fits = Some(size);
                self.deliveries.insert(id, delivery);
            }
        }
    }

    /// The messages of an aggregate, each by itself.
    fn split(
        &mut self,
        delivery: &Delivery,
        fields: &Fields,
        items: &[Fields],
        effects: &mut Vec<Effect>,
    ) {
        effects.push(Effect::Event(EventKind::Split {
            to: delivery.ue.clone(),
            message_id: fields.message_id().unwrap_or_default().to_owned(),
            messages: items.len(),
        }));
        for item in items {
            let addresses = Body::new(MessageType::Msg).copied(
                fields,
                &[
                    &names::ORIGINATING_UE,
                    &names::ORIGINATING_AS,
                    &names::RECIPIENT_GROUP,
                    &names::BROADCAST_AREA,
                    &names::TOPIC,
                    &names::RECIPIENT_UE,
                ],
            );
            let mut part = delivery.clone();
            part.body = copied(addresses, item);
            self.insert(part);
        }
    }

    /// One message as segments: as its sender cut it when that fits, else anew.
    fn cut(
        &mut self,
        delivery: &Delivery,
        fields: &Fields,
        size: usize,
        effects: &mut Vec<Effect>,
    ) {
        let free = |set: &str| {
            !self
                .outgoing
                .contains_key(&(delivery.ue.clone(), set.to_owned()))
        };
        let fitting = |cuts: &&Cuts| cuts.parts.iter().all(|p| p.len() <= size) && free(&cuts.set);
        let cuts = delivery.cuts.as_ref().filter(fitting).cloned();
        let cuts = cuts.unwrap_or_else(|| self.own_cuts(content::payload(fields), size));
        let last = cuts.base + cuts.parts.len() as u64 - 1;
        let mut segments = BTreeMap::new();
        for (number, payload) in (cuts.base..).zip(&cuts.parts) {
            let body = segment(&delivery.body, &cuts, number, payload, last);
            segments.insert(number, body.clone());
            let mut part = delivery.clone();
            part.body = body;
            part.cuts = None;
            part.segment_of = Some(cuts.set.clone());
            self.insert(part);
        }
        effects.push(Effect::Event(EventKind::Segmented {
            to: delivery.ue.clone(),
            set: cuts.set.clone(),
            message_id: fields.message_id().unwrap_or_default().to_owned(),
            segments: segments.len(),
        }));
        let outgoing = Outgoing {
            from: delivery.from.clone(),
            message_id: fields.message_id().unwrap_or_default().to_owned(),
            segments,
            until_ms: self.now_ms + super::millis(self.settings.segments.keep),
        };
        self.outgoing
            .insert((delivery.ue.clone(), cuts.set), outgoing);
    }

    /// Cuts at the border of a character, and under an identifier that no sender of ours uses.
    fn own_cuts(&mut self, mut payload: &str, size: usize) -> Cuts {
        let mut parts = Vec::new();
        while payload.len() > size {
            let (part, rest) = payload.split_at(crate::text::cut_at(payload, size));
            parts.push(part.to_owned());
            payload = rest;
        }
        parts.push(payload.to_owned());
        self.next_set += 1;
        Cuts {
            set: format!("server-{:x}-{}", self.wall_at_start_ms, self.next_set),
            base: 1,
            parts,
        }
    }

    /// SEGREC of a UE: exactly the listed segments go again.
    pub(super) fn resend(
        &mut self,
        peer: PeerId,
        fields: &Fields,
        effects: &mut Vec<Effect>,
    ) -> Result<Reply, Reply> {
        let set = needed_set(fields)?;
        let asked = fields
            .get(&names::SEGMENT_RANGES)
            .ok_or_else(|| Reply::bad_request("List of Segment range is missing"))?;
        let asked = read_ranges(asked)?;
        let ue = self.owner(peer, set)?;
        let keep = super::millis(self.settings.segments.keep);
        let until_ms = self.now_ms + keep;
        let key = (ue, set.to_owned());
        let Some(outgoing) = self.outgoing.get_mut(&key) else {
            return Err(Reply::not_found("unknown segmentation set"));
        };
        let listed = |n: &u64| asked.iter().any(|(start, end)| start <= n && n <= end);
        let segments = outgoing.segments.iter().filter(|(n, _)| listed(n));
        let again: Vec<(u64, Body)> = segments.map(|(n, body)| (*n, body.clone())).collect();
        if again.is_empty() {
            return Err(Reply::bad_request("no such segment in the set"));
        }
        outgoing.until_ms = until_ms;
        let from = outgoing.from.clone();
        effects.push(Effect::Event(EventKind::Resent {
            to: key.0.clone(),
            set: key.1.clone(),
            ranges: show_ranges(&ranges_of(again.iter().map(|(n, _)| *n))),
        }));
        for (number, body) in again {
            // What still waits in the queue will come anyway.
            let waits = self.deliveries.values().any(|d| {
                let same = d.ue == key.0 && d.segment_of.as_deref() == Some(set);
                same && d.sent_to.is_none() && segment_number(&d.body) == Some(number)
            });
            if waits {
                continue;
            }
            let mut delivery = Delivery::new(&key.0, MessageType::Msg, body);
            delivery.from = from.clone();
            delivery.segment_of = Some(key.1.clone());
            delivery.record = DeliveryId(self.next_delivery);
            self.insert(delivery);
        }
        self.flush(&key.0, effects);
        Ok(Reply::changed())
    }

    /// SEGCONFIR of a UE: nothing more will be asked for.
    pub(super) fn confirmed(
        &mut self,
        peer: PeerId,
        fields: &Fields,
        effects: &mut Vec<Effect>,
    ) -> Result<Reply, Reply> {
        let set = needed_set(fields)?;
        let ue = self.owner(peer, set)?;
        let Some(outgoing) = self.outgoing.remove(&(ue.clone(), set.to_owned())) else {
            return Err(Reply::not_found("unknown segmentation set"));
        };
        effects.push(Effect::Event(EventKind::SetConfirmed {
            by: ue,
            set: set.to_owned(),
            message_id: outgoing.message_id,
        }));
        Ok(Reply::changed())
    }

    /// What was kept long enough.
    pub(super) fn drop_old_sets(&mut self) {
        let now = self.now_ms;
        self.outgoing.retain(|_, set| set.until_ms > now);
    }

    /// A UE that comes back may ask for what it missed.
    pub(super) fn keep_longer(&mut self, ue: &str) {
        let until_ms = self.now_ms + super::millis(self.settings.segments.keep);
        for ((_, _), set) in self.outgoing.iter_mut().filter(|((to, _), _)| to == ue) {
            set.until_ms = until_ms;
        }
    }

    /// The rest of a set whose message failed.
    pub(super) fn drop_set(&mut self, ue: &str, set: &str, effects: &mut Vec<Effect>) {
        self.outgoing.remove(&(ue.to_owned(), set.to_owned()));
        let rest = self.deliveries.iter();
        let rest: Vec<DeliveryId> = rest
            .filter(|(_, d)| d.ue == ue && d.segment_of.as_deref() == Some(set))
            .map(|(id, _)| *id)
            .collect();
        for id in rest {
            self.remove(id, effects);
        }
    }

    /// SEGREC and SEGCONFIR name no UE: it is the one on this session that the set went to.
    fn owner(&self, peer: PeerId, set: &str) -> Result<String, Reply> {
        let mut here = self.registrations.iter().filter(|(_, r)| r.peer == peer);
        let mut first = here.clone();
        let (first, _) = first
            .next()
            .ok_or_else(|| Reply::unauthorized("not registered"))?;
        let owner = here.find(|(ue, _)| {
            let key = ((*ue).clone(), set.to_owned());
            self.outgoing.contains_key(&key)
        });
        Ok(owner.map_or(first, |(ue, _)| ue).clone())
    }
}

/// One segment, each member where the table of TS 23.554 8.5.4 has it.
fn segment(whole: &Body, cuts: &Cuts, number: u64, payload: &str, last: u64) -> Body {
    let first = number == cuts.base;
    let mut body = whole.clone();
    if !first {
        // The priority stays in each: the queue is ordered by it.
        body = body
            .without(&names::REPORT_WANTED)
            .without(&names::APPLICATION_ID);
    }
    let total = cuts.parts.len();
    body.with(&names::PAYLOAD, payload)
        .with(&names::SEGMENTED, true)
        .with(&names::SEGMENT_SET, cuts.set.as_str())
        .with_some(&names::SEGMENT_TOTAL, first.then_some(total))
        .with(&names::SEGMENT_NUMBER, number)
        .with_some(&names::SEGMENT_LAST, (number == last).then_some(true))
}

fn segment_number(body: &Body) -> Option<u64> {
    body.fields().integer(&names::SEGMENT_NUMBER).ok().flatten()
}

fn needed_set(fields: &Fields) -> Result<&str, Reply> {
    let set = fields.segment_set()?;
    set.ok_or_else(|| Reply::bad_request("Segmentation Set Identifier is missing"))
}

//! Aggregation (TS 23.554 8.4): messages that travel together, by the server's own doing too.

use std::collections::BTreeMap;

use serde_json::Value;

use super::content::{self, individual, rank};
use super::{Delivery, DeliveryId, Effect, Server};
use crate::event::EventKind;
use crate::wire::names;
use crate::wire::{Address, Body, Fields, MessageType, bare};

impl Server {
    /// Until when a message waits for others that go the same way. High never waits, and only small ones do.
    pub(super) fn hold_for(&self, delivery: &Delivery) -> Option<u64> {
        let settings = self.settings.aggregate?;
        let fields = delivery.body.fields();
        let alone = fields.get(&names::AGGREGATE_LIST).is_some() || delivery.cuts.is_some();
        if delivery.kind != MessageType::Msg
            || delivery.from.is_none()
            || delivery.expires.is_some()
            || alone
        {
            return None;
        }
        let small = content::payload(&fields).len() * 2 <= self.segment_size(&delivery.ue);
        (small && rank(&fields) > 0).then(|| self.now_ms + super::millis(settings.wait))
    }

    /// Puts messages together whose waiting is over, or of which there are enough.
    pub(super) fn gather(&mut self, ue: &str, effects: &mut Vec<Effect>) {
        let Some(settings) = self.settings.aggregate else {
            return;
        };
        let size = self.segment_size(ue);
        let mut ways: BTreeMap<String, Vec<DeliveryId>> = BTreeMap::new();
        for (id, delivery) in self
            .deliveries
            .iter()
            .filter(|(_, d)| d.ue == ue && d.hold.is_some())
        {
            ways.entry(way(&delivery.body)).or_default().push(*id);
        }
        for ids in ways.into_values() {
            let mut bundle = Vec::new();
            let mut octets = 0;
            for id in ids {
                let Some(delivery) = self.deliveries.get(&id) else {
                    continue;
                };
                let payload = content::payload(&delivery.body.fields()).len();
                if octets + payload > size || bundle.len() >= settings.most.max(1) {
                    self.bundle(&std::mem::take(&mut bundle), effects);
                    octets = 0;
                }
                bundle.push(id);
                octets += payload;
            }
            let over = |id: &DeliveryId| {
                self.deliveries
                    .get(id)
                    .and_then(|d| d.hold)
                    .is_some_and(|at| at <= self.now_ms)
            };
            if bundle.len() >= settings.most || octets * 5 >= size * 4 || bundle.iter().any(over) {
                self.bundle(&bundle, effects);
            }
        }
    }

    fn bundle(&mut self, ids: &[DeliveryId], effects: &mut Vec<Effect>) {
        if let [single] = ids {
            if let Some(delivery) = self.deliveries.get_mut(single) {
                delivery.hold = None;
            }
            return;
        }
        let parts: Vec<Delivery> = ids
            .iter()
            .filter_map(|id| self.remove(*id, effects))
            .collect();
        let Some(first) = parts.first() else {
            return;
        };
        let mut aggregate = first.clone();
        let message_id = self.own_uuid();
        aggregate.body = joined(&parts, &message_id);
        aggregate.hold = None;
        aggregate.record = DeliveryId(self.next_delivery);
        effects.push(Effect::Event(EventKind::Aggregated {
            to: aggregate.ue.clone(),
            message_id,
            messages: parts.len(),
        }));
        effects.push(Effect::Keep(self.record(&aggregate)));
        self.insert(aggregate);
    }

    /// A UUID of version 8: the start of the server and a number, so that no two are the same.
    fn own_uuid(&mut self) -> String {
        self.next_set += 1;
        let (start, n) = (self.wall_at_start_ms, self.next_set);
        let (high, middle, low) = (
            start >> 28 & 0xffff_ffff,
            start >> 12 & 0xffff,
            start & 0xfff,
        );
        format!("{high:08x}-{middle:04x}-8{low:03x}-8000-{n:012x}")
    }
}

/// The Message IDs of an aggregate's parts, or that of a message by itself.
pub(super) fn message_ids(fields: &Fields) -> Vec<String> {
    let items = individual(fields).unwrap_or_default();
    let parts: Vec<&Fields> = match items.is_empty() {
        true => vec![fields],
        false => items.iter().collect(),
    };
    let ids = parts.iter().filter_map(|part| part.message_id().ok());
    ids.map(str::to_owned).collect()
}

/// A report that these messages arrived, aggregated when there are several.
pub(super) fn success_reports(from: &Address, to: &Address, message_ids: &[&str]) -> Body {
    let body = Body::new(MessageType::Imdn).from(from).to(to);
    if let [single] = message_ids {
        return body
            .with(&names::MESSAGE_ID, *single)
            .with(&names::STATUS, "success");
    }
    let items = message_ids.iter().map(|id| {
        let item = bare().with(&names::MESSAGE_ID, *id);
        item.with(&names::STATUS, "success").value()
    });
    let items: Vec<Value> = items.collect();
    body.with(&names::AGGREGATE_COUNT, items.len())
        .with(&names::AGGREGATE_LIST, items)
}

/// Originator and recipient: only what agrees in them goes together.
fn way(body: &Body) -> String {
    addresses(body, bare()).value().to_string()
}

fn addresses(body: &Body, onto: Body) -> Body {
    onto.copied(
        &body.fields(),
        &[
            &names::ORIGINATING_UE,
            &names::ORIGINATING_AS,
            &names::RECIPIENT_GROUP,
            &names::TOPIC,
            &names::RECIPIENT_UE,
        ],
    )
}

fn joined(parts: &[Delivery], message_id: &str) -> Body {
    let items: Vec<Value> = parts.iter().map(|part| item(&part.body)).collect();
    let first = parts.first().map_or_else(bare, |part| part.body.clone());
    addresses(&first, Body::new(MessageType::Msg))
        .with(&names::MESSAGE_ID, message_id)
        .with(&names::AGGREGATE_COUNT, items.len())
        .with(&names::AGGREGATE_LIST, items)
}

fn item(body: &Body) -> Value {
    let wanted = [
        &names::MESSAGE_ID,
        &names::APPLICATION_ID,
        &names::REPORT_WANTED,
        &names::PAYLOAD,
        &names::PRIORITY,
    ];
    bare().copied(&body.fields(), &wanted).value()
}

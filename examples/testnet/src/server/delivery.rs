//! Deliveries to UEs: a queue for each, kept until the UE answered, also over the loss of its connection.

use super::message::{failed, msgresp};
use super::{DeliveryId, Effect, Outcome, PeerId, Server};
use crate::coap::Code;
use crate::event::EventKind;
use crate::wire::names::{self, cause};
use crate::wire::{Address, Body, MessageType, fold};

/// One request to a UE.
#[derive(Debug)]
pub(super) struct Delivery {
    ue: String,
    kind: MessageType,
    body: Body,
    /// Whom to tell when a message fails.
    from: Option<Address>,
    /// 0 for High, 1 for Middle, 2 for Low.
    rank: u8,
    pub(super) sent_to: Option<PeerId>,
}

impl Server {
    /// Puts one request into the queue of a UE and sends what may be sent. `false`: the queue is full.
    pub(super) fn enqueue(
        &mut self,
        ue: &str,
        kind: MessageType,
        body: Body,
        from: Option<&Address>,
        effects: &mut Vec<Effect>,
    ) -> bool {
        if self.waiting(ue) >= self.settings.queue {
            return false;
        }
        let rank = match body
            .fields()
            .text(&names::PRIORITY)
            .ok()
            .flatten()
            .map(fold)
            .as_deref()
        {
            Some("high") => 0,
            Some("low") => 2,
            _ => 1,
        };
        let id = DeliveryId(self.next_delivery);
        self.next_delivery += 1;
        self.deliveries.insert(
            id,
            Delivery {
                ue: ue.to_owned(),
                kind,
                body,
                from: from.cloned(),
                rank,
                sent_to: None,
            },
        );
        self.flush(ue, effects);
        true
    }

    /// The UE registered: what was under way on another connection, or waits, goes out on this one.
    pub(super) fn resume(&mut self, ue: &str, peer: PeerId, effects: &mut Vec<Effect>) {
        for delivery in self
            .deliveries
            .values_mut()
            .filter(|d| d.ue == ue && d.sent_to != Some(peer))
        {
            delivery.sent_to = None;
        }
        self.flush(ue, effects);
    }

    /// The UE answered, or the carriage could not send. An answer from a connection that is no longer meant is ignored.
    pub fn delivered(
        &mut self,
        peer: PeerId,
        id: DeliveryId,
        outcome: Outcome,
        effects: &mut Vec<Effect>,
    ) {
        if self
            .deliveries
            .get(&id)
            .is_none_or(|d| d.sent_to != Some(peer))
        {
            return;
        }
        let Some(delivery) = self.deliveries.remove(&id) else {
            return;
        };
        match outcome {
            Outcome::Answered(code) if code.is_success() => {
                let fields = delivery.body.fields();
                effects.push(Effect::Event(EventKind::Delivered {
                    to: delivery.ue.clone(),
                    kind: delivery.kind,
                    message_id: fields.message_id().unwrap_or_default().to_owned(),
                }));
            }
            Outcome::Answered(code) => self.undeliverable(&delivery, refused(code), effects),
            Outcome::TooLarge => self.undeliverable(&delivery, cause::TOO_LARGE, effects),
        }
        self.flush(&delivery.ue, effects);
    }

    /// How much waits for a UE or is under way to it.
    pub fn waiting(&self, ue: &str) -> usize {
        self.deliveries.values().filter(|d| d.ue == ue).count()
    }

    /// Kind of a delivery that is under way.
    pub fn delivery_kind(&self, id: DeliveryId) -> Option<MessageType> {
        self.deliveries.get(&id).map(|d| d.kind)
    }

    /// Tells the sender of a message, if it was one and a UE sent it.
    fn undeliverable(&mut self, delivery: &Delivery, cause: &str, effects: &mut Vec<Effect>) {
        let fields = delivery.body.fields();
        let message_id = fields.message_id().unwrap_or_default();
        effects.push(failed(message_id, cause));
        if delivery.kind == MessageType::Msg
            && let Some(from) = delivery
                .from
                .clone()
                .filter(|from| from.kind == crate::wire::AddressKind::Ue)
        {
            let body = msgresp(&from, message_id, "failed", Some(cause));
            self.enqueue(&from.id, MessageType::MsgResp, body, None, effects);
        }
    }

    fn flush(&mut self, ue: &str, effects: &mut Vec<Effect>) {
        let Some(peer) = self.registered(ue) else {
            return;
        };
        let under_way = self
            .deliveries
            .values()
            .filter(|d| d.ue == ue && d.sent_to.is_some())
            .count();
        let free = self.settings.outstanding.saturating_sub(under_way);
        let mut waiting: Vec<(u8, DeliveryId)> = self
            .deliveries
            .iter()
            .filter(|(_, d)| d.ue == ue && d.sent_to.is_none())
            .map(|(id, d)| (d.rank, *id))
            .collect();
        waiting.sort_unstable();
        for (_, id) in waiting.into_iter().take(free) {
            if let Some(delivery) = self.deliveries.get_mut(&id) {
                delivery.sent_to = Some(peer);
                effects.push(Effect::Post {
                    to: peer,
                    delivery: id,
                    kind: delivery.kind,
                    body: delivery.body.clone(),
                });
            }
        }
    }
}

fn refused(code: Code) -> &'static str {
    match code {
        Code::TOO_LARGE => cause::TOO_LARGE,
        _ => cause::NOT_REACHABLE,
    }
}

//! Deliveries to UEs: a queue for each, kept until the UE answered, also over the loss of its connection.

use super::content;
use super::incoming::Cuts;
use super::{DeliveryId, Effect, Outcome, PeerId, Record, Server};
use crate::coap::Code;
use crate::event::EventKind;
use crate::wire::names::cause;
use crate::wire::{Address, AddressKind, Body, MessageType};

/// One request to a UE.
#[derive(Debug, Clone)]
pub(super) struct Delivery {
    pub(super) ue: String,
    pub(super) kind: MessageType,
    pub(super) body: Body,
    /// Whom to tell when a message fails.
    pub(super) from: Option<Address>,
    /// How the sender cut the message.
    pub(super) cuts: Option<Cuts>,
    /// When it is no longer to be delivered.
    pub(super) expires: Option<u64>,
    /// It waits until then for others to go along with it.
    pub(super) hold: Option<u64>,
    /// The set that it is a segment of.
    pub(super) segment_of: Option<String>,
    /// What it is kept under until it and all that it was cut into are answered; also its place in the queue.
    pub(super) record: DeliveryId,
    /// It was found to fit into messages of this size.
    pub(super) fits: Option<usize>,
    pub(super) sent_to: Option<PeerId>,
    /// It went out as a notification.
    pub(super) notified: bool,
}

impl Delivery {
    pub(super) fn new(ue: &str, kind: MessageType, body: Body) -> Self {
        Self {
            ue: ue.to_owned(),
            kind,
            body,
            from: None,
            cuts: None,
            expires: None,
            hold: None,
            segment_of: None,
            record: DeliveryId(0),
            fits: None,
            sent_to: None,
            notified: false,
        }
    }

    /// Whether it outlives a restart: what only helps a transfer does not.
    fn is_kept(&self) -> bool {
        !matches!(self.kind, MessageType::SegRec | MessageType::SegConfir)
    }
}

impl Server {
    /// Puts one request into the queue of a UE and sends what may be sent. `false`: the queue is full.
    pub(super) fn enqueue(&mut self, mut delivery: Delivery, effects: &mut Vec<Effect>) -> bool {
        if self.waiting(&delivery.ue) >= self.settings.queue {
            return false;
        }
        let ue = delivery.ue.clone();
        delivery.hold = self.hold_for(&delivery);
        delivery.record = DeliveryId(self.next_delivery);
        if delivery.is_kept() {
            effects.push(Effect::Keep(self.record(&delivery)));
        }
        self.insert(delivery);
        self.flush(&ue, effects);
        true
    }

    /// Adds what another delivery was turned into; its record and its place stay.
    pub(super) fn insert(&mut self, delivery: Delivery) {
        self.deliveries
            .insert(DeliveryId(self.next_delivery), delivery);
        self.next_delivery += 1;
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
        self.keep_longer(ue);
        self.flush(ue, effects);
    }

    /// The UE answered, or the carriage could not send. An answer from a connection that is no longer meant is ignored.
    pub fn delivered(
        &mut self,
        now_ms: u64,
        peer: PeerId,
        id: DeliveryId,
        outcome: Outcome,
        effects: &mut Vec<Effect>,
    ) {
        self.now_ms = now_ms;
        let Some(delivery) = self.deliveries.get(&id).filter(|d| d.sent_to == Some(peer)) else {
            return;
        };
        if outcome == Outcome::Reset && delivery.notified {
            return self.observer_left(id, effects);
        }
        let Some(delivery) = self.remove(id, effects) else {
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
            Outcome::Reset => self.undeliverable(&delivery, cause::NOT_REACHABLE, effects),
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

    /// Takes a delivery away; its record too when nothing else of it is left.
    pub(super) fn remove(&mut self, id: DeliveryId, effects: &mut Vec<Effect>) -> Option<Delivery> {
        let delivery = self.deliveries.remove(&id)?;
        let others = self.deliveries.values();
        if delivery.is_kept() && others.into_iter().all(|d| d.record != delivery.record) {
            effects.push(Effect::Forget(delivery.record));
        }
        Some(delivery)
    }

    pub(super) fn flush(&mut self, ue: &str, effects: &mut Vec<Effect>) {
        let Some(peer) = self.registered(ue) else {
            return;
        };
        self.gather(ue, effects);
        self.fit(ue, effects);
        let of_ue = || self.deliveries.iter().filter(|(_, d)| d.ue == ue);
        let under_way = of_ue().filter(|(_, d)| d.sent_to.is_some()).count();
        let free = self.settings.outstanding.saturating_sub(under_way);
        let mut waiting: Vec<(u8, DeliveryId, DeliveryId)> = of_ue()
            .filter(|(_, d)| d.sent_to.is_none() && d.hold.is_none())
            .map(|(id, d)| (content::rank(&d.body.fields()), d.record, *id))
            .collect();
        waiting.sort_unstable();
        for (_, _, id) in waiting.into_iter().take(free) {
            let observer = self.observer(id, peer);
            let Some(delivery) = self.deliveries.get_mut(&id) else {
                continue;
            };
            delivery.sent_to = Some(peer);
            delivery.notified = observer.is_some();
            let (kind, body) = (delivery.kind, delivery.body.clone());
            effects.push(match observer {
                None => Effect::Post {
                    to: peer,
                    delivery: id,
                    kind,
                    body,
                },
                Some((token, sequence)) => Effect::Notify {
                    to: peer,
                    delivery: id,
                    token,
                    sequence,
                    body,
                },
            });
        }
    }

    /// Tells the sender of a message; of an aggregate, each message of it. Segments fail together.
    fn undeliverable(&mut self, delivery: &Delivery, cause: &str, effects: &mut Vec<Effect>) {
        let fields = delivery.body.fields();
        if let Some(set) = &delivery.segment_of {
            self.drop_set(&delivery.ue, set, effects);
        }
        match (delivery.kind, &delivery.from) {
            (MessageType::SegRec, _) => {
                let set = fields.segment_set().ok().flatten().unwrap_or_default();
                self.recovery_refused(&delivery.ue, set, effects);
            }
            (MessageType::SegConfir, _) => {}
            (MessageType::Msg, Some(from)) => {
                for id in super::aggregate::message_ids(&fields) {
                    self.tell_failure(from, &id, cause, effects);
                }
            }
            _ => effects.push(super::message::failed(
                fields.message_id().unwrap_or_default(),
                cause,
            )),
        }
    }

    pub(super) fn record(&self, delivery: &Delivery) -> Record {
        Record {
            id: delivery.record,
            ue: delivery.ue.clone(),
            kind: delivery.kind,
            body: delivery.body.clone(),
            from: delivery.from.clone(),
            expires_unix_ms: delivery.expires.map(|at| at + self.wall_at_start_ms),
        }
    }

    /// What an earlier process kept. Repeats of it are told as if this one had taken it.
    pub fn recall(&mut self, record: Record) {
        let fields = record.body.fields();
        let mut delivery = Delivery::new(&record.ue, record.kind, record.body);
        delivery.record = record.id;
        delivery.from = record.from;
        delivery.expires = record.expires_unix_ms.map(|at| self.since_start(at));
        if let (MessageType::Msg, Some(from), Ok(id)) =
            (record.kind, &delivery.from, fields.message_id())
            && from.kind == AddressKind::Ue
        {
            self.remember(super::repeats::message_seen(from, id), true);
        }
        self.deliveries.insert(record.id, delivery);
        self.next_delivery = self.next_delivery.max(record.id.0 + 1);
    }
}

fn refused(code: Code) -> &'static str {
    match code {
        Code::TOO_LARGE => cause::TOO_LARGE,
        _ => cause::NOT_REACHABLE,
    }
}

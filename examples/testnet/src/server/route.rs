//! To whom a message goes: a UE, the members of a group, the subscribers of a topic, an application server.

use super::content::{self, copied, individual, is_true};
use super::message::{Fate, Whole, forbidden};
use super::{Delivery, Effect, Reply, Server};
use crate::event::EventKind;
use crate::wire::names::{self, cause};
use crate::wire::{Address, AddressKind, Body, Fields, MessageType};

impl Server {
    pub(super) fn route(
        &mut self,
        from: &Address,
        to: &Address,
        whole: Whole<'_>,
        effects: &mut Vec<Effect>,
    ) -> Result<Fate, Reply> {
        Ok(match to.kind {
            AddressKind::Ue => self.route_to_ue(from, &to.id, None, whole, effects),
            AddressKind::Group => self.route_to_group(from, to, whole, effects)?,
            AddressKind::As => self.route_to_as(from, to, whole.fields, effects),
            AddressKind::Topic => self.route_to_topic(from, to, whole, effects),
            AddressKind::Broadcast => self.route_to_all(from, to, whole, effects),
        })
    }

    /// One copy to one UE; `via` is the group or topic that it is a copy of.
    pub(super) fn route_to_ue(
        &mut self,
        from: &Address,
        ue: &str,
        via: Option<&Address>,
        whole: Whole<'_>,
        effects: &mut Vec<Effect>,
    ) -> Fate {
        if !self.is_known(ue, from) {
            return Fate::Failed(cause::UNKNOWN_RECIPIENT);
        }
        let fields = whole.fields;
        let registered = self.registered(ue).is_some();
        let store = is_true(fields, &names::STORE_FLAG);
        if !registered && !store {
            return Fate::Failed(cause::NOT_REGISTERED);
        }
        let expires = content::expiration(fields).ok().flatten();
        let expires = expires.filter(|_| store).map(|at| self.since_start(at));
        if expires.is_some_and(|at| at <= self.now_ms) {
            return Fate::Failed(cause::EXPIRED);
        }
        let mut delivery = Delivery::new(ue, MessageType::Msg, copy_for(ue, from, via, fields));
        delivery.from = Some(from.clone());
        delivery.cuts = whole.cuts.cloned();
        delivery.expires = expires;
        if !self.enqueue(delivery, effects) {
            return Fate::Failed(cause::NOT_REACHABLE);
        }
        if registered {
            return Fate::Taken;
        }
        let message_id = fields.message_id().unwrap_or_default().to_owned();
        effects.push(Effect::Event(EventKind::Stored {
            to: ue.to_owned(),
            message_id,
        }));
        Fate::Stored
    }

    /// Fans out to every other member (TS 23.554 8.7.4.2). One copy taken is enough.
    fn route_to_group(
        &mut self,
        from: &Address,
        group: &Address,
        whole: Whole<'_>,
        effects: &mut Vec<Effect>,
    ) -> Result<Fate, Reply> {
        let Some(members) = self.settings.groups.get(&group.id).cloned() else {
            return Ok(Fate::Failed(cause::UNKNOWN_RECIPIENT));
        };
        if from.kind == AddressKind::Ue && !members.contains(&from.id) {
            return Err(forbidden());
        }
        let others = members.iter().filter(|member| **member != from.id);
        Ok(self.fan_out(from, group, others, whole, effects))
    }

    /// Everybody who subscribed gets it, the sender too if it did (TS 23.554 8.8.1).
    fn route_to_topic(
        &mut self,
        from: &Address,
        topic: &Address,
        whole: Whole<'_>,
        effects: &mut Vec<Effect>,
    ) -> Fate {
        let Some(subscribers) = self.subscribers(&topic.id) else {
            return Fate::Failed(cause::UNKNOWN_RECIPIENT);
        };
        if subscribers.is_empty() {
            return Fate::Taken;
        }
        self.fan_out(from, topic, subscribers.iter(), whole, effects)
    }

    fn fan_out<'a>(
        &mut self,
        from: &Address,
        via: &Address,
        ues: impl Iterator<Item = &'a String>,
        whole: Whole<'_>,
        effects: &mut Vec<Effect>,
    ) -> Fate {
        let mut fate = Fate::Failed(cause::NOT_REGISTERED);
        for ue in ues {
            match self.route_to_ue(from, ue, Some(via), whole, effects) {
                Fate::Taken => fate = Fate::Taken,
                Fate::Stored if matches!(fate, Fate::Failed(_)) => fate = Fate::Stored,
                _ => {}
            }
        }
        fate
    }

    /// A broadcast reaches who is there; nobody is told of those who are not.
    fn route_to_all(
        &mut self,
        from: &Address,
        area: &Address,
        whole: Whole<'_>,
        effects: &mut Vec<Effect>,
    ) -> Fate {
        let body = copied(
            Body::new(MessageType::Msg).from(from).to(area),
            whole.fields,
        );
        let everybody: Vec<String> = self.registrations.keys().cloned().collect();
        for ue in everybody {
            self.enqueue(Delivery::new(&ue, MessageType::Msg, body.clone()), effects);
        }
        Fate::Taken
    }

    fn route_to_as(
        &mut self,
        from: &Address,
        to: &Address,
        fields: &Fields,
        effects: &mut Vec<Effect>,
    ) -> Fate {
        let servers = &self.settings.application_servers;
        let Some(reports) = servers.iter().find(|a| a.id == to.id).map(|a| a.reports) else {
            return Fate::Failed(cause::UNKNOWN_RECIPIENT);
        };
        let items = individual(fields).unwrap_or_default();
        let parts: Vec<&Fields> = match items.is_empty() {
            true => vec![fields],
            false => items.iter().collect(),
        };
        for part in &parts {
            effects.push(Effect::Event(EventKind::AsMessage {
                from: from.id.clone(),
                to: to.id.clone(),
                message_id: part.message_id().unwrap_or_default().to_owned(),
                payload: content::payload(part).to_owned(),
            }));
            let store = is_true(fields, &names::STORE_FLAG);
            effects.push(Effect::ForAs {
                id: to.id.clone(),
                body: copied(Body::new(MessageType::Msg).from(from).to(to), part)
                    .with(&names::STORE_FLAG, store),
            });
        }
        let wanted = |part: &&&Fields| is_true(part, &names::REPORT_WANTED);
        let wanted: Vec<&str> = parts
            .iter()
            .filter(wanted)
            .filter_map(|part| part.message_id().ok())
            .collect();
        if reports && !wanted.is_empty() {
            let report = super::aggregate::success_reports(to, from, &wanted);
            self.enqueue(Delivery::new(&from.id, MessageType::Imdn, report), effects);
        }
        Fate::Taken
    }
}

/// A group's copy names the member too; a topic's does not.
fn copy_for(ue: &str, from: &Address, via: Option<&Address>, fields: &Fields) -> Body {
    let mut body = Body::new(MessageType::Msg).from(from);
    if let Some(via) = via {
        body = body.to(via);
    }
    if via.is_none_or(|via| via.kind != AddressKind::Topic) {
        body = body.to(&Address::ue(ue));
    }
    copied(body, fields)
}

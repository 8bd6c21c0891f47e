//! MSG and IMDN of a UE (TS 24.538 6.4.1, TS 23.554 8.3, 8.7): checks, duplicates, routing.

use serde_json::Value;

use super::repeats::duplicate;
use super::{Effect, PeerId, Reply, Server};
use crate::coap::Code;
use crate::config::MsgRespCarriage;
use crate::event::EventKind;
use crate::wire::names::{self, cause};
use crate::wire::{Address, AddressKind, Body, Fields, Malformed, MessageType, fold};

/// What became of a message.
pub(super) enum Fate {
    Taken,
    Stored,
    Failed(&'static str),
}

impl Server {
    pub(super) fn message(
        &mut self,
        peer: PeerId,
        fields: &Fields,
        effects: &mut Vec<Effect>,
    ) -> Result<Reply, Reply> {
        let from = fields.originator()?;
        self.check_sender(peer, &from)?;
        let to = fields.recipient()?;
        let message_id = fields.message_id()?.to_owned();
        let payload = check_content(fields)?.to_owned();
        if payload.len() > self.settings.max_payload {
            return Err(Reply::too_large(self.settings.max_payload));
        }
        let seen = (
            from.id.clone(),
            fold(&message_id),
            fields.integer(&names::SEGMENT_NUMBER)?,
            false,
        );
        if let Some(stored) = self.fate_before(&seen) {
            effects.push(duplicate(&from, MessageType::Msg, &message_id));
            let fate = if stored { Fate::Stored } else { Fate::Taken };
            return Ok(self.tell(&from, &message_id, fate, effects));
        }
        effects.push(Effect::Event(EventKind::Message {
            from: from.id.clone(),
            to: to.to_string(),
            message_id: message_id.clone(),
            payload,
        }));
        let fate = match to.kind {
            AddressKind::Ue => self.route_to_ue(&from, &to, None, fields, effects),
            AddressKind::Group => self.route_to_group(&from, &to, fields, effects)?,
            AddressKind::As => self.route_to_as(&from, &to, fields, effects),
            AddressKind::Topic => Fate::Failed(cause::UNKNOWN_RECIPIENT),
            // Only application servers broadcast.
            AddressKind::Broadcast => return Err(forbidden()),
        };
        match fate {
            Fate::Taken => self.remember(seen, false),
            Fate::Stored => self.remember(seen, true),
            // The sender may try again, and the recipient may be there by then.
            Fate::Failed(_) => {}
        }
        Ok(self.tell(&from, &message_id, fate, effects))
    }

    /// The originator must be the UE that registered on this very session.
    pub(super) fn check_sender(&self, peer: PeerId, from: &Address) -> Result<(), Reply> {
        if from.kind != AddressKind::Ue || !self.may_be(peer, &from.id) {
            return Err(forbidden());
        }
        if self.registered(&from.id) != Some(peer) {
            return Err(Reply::unauthorized("not registered"));
        }
        Ok(())
    }

    /// One copy to one UE; `group` when it is a group's copy.
    pub(super) fn route_to_ue(
        &mut self,
        from: &Address,
        to: &Address,
        group: Option<&Address>,
        fields: &Fields,
        effects: &mut Vec<Effect>,
    ) -> Fate {
        if !self.is_known(&to.id, from) {
            return Fate::Failed(cause::UNKNOWN_RECIPIENT);
        }
        let store = fields.boolean(&names::STORE_FLAG).ok().flatten() == Some(true);
        let registered = self.registered(&to.id).is_some();
        if !registered && !store {
            return Fate::Failed(cause::NOT_REGISTERED);
        }
        let mut body = Body::new(MessageType::Msg).from(from);
        if let Some(group) = group {
            body = body.to(group);
        }
        body = copied(body.to(to), fields);
        if !self.enqueue(&to.id, MessageType::Msg, body, Some(from), effects) {
            return Fate::Failed(cause::NOT_REACHABLE);
        }
        if registered {
            return Fate::Taken;
        }
        let message_id = fields.message_id().unwrap_or_default().to_owned();
        effects.push(Effect::Event(EventKind::Stored {
            to: to.id.clone(),
            message_id,
        }));
        Fate::Stored
    }

    /// Fans out to every other member (TS 23.554 8.7.4.2). One copy taken is enough.
    pub(super) fn route_to_group(
        &mut self,
        from: &Address,
        group: &Address,
        fields: &Fields,
        effects: &mut Vec<Effect>,
    ) -> Result<Fate, Reply> {
        let Some(members) = self.settings.groups.get(&group.id).cloned() else {
            return Ok(Fate::Failed(cause::UNKNOWN_RECIPIENT));
        };
        if from.kind == AddressKind::Ue && !members.contains(&from.id) {
            return Err(forbidden());
        }
        let mut fate = Fate::Failed(cause::NOT_REGISTERED);
        for member in members.iter().filter(|member| **member != from.id) {
            match self.route_to_ue(from, &Address::ue(member), Some(group), fields, effects) {
                Fate::Taken => fate = Fate::Taken,
                Fate::Stored if matches!(fate, Fate::Failed(_)) => fate = Fate::Stored,
                _ => {}
            }
        }
        Ok(fate)
    }

    fn route_to_as(
        &mut self,
        from: &Address,
        to: &Address,
        fields: &Fields,
        effects: &mut Vec<Effect>,
    ) -> Fate {
        let Some(server) = self
            .settings
            .application_servers
            .iter()
            .find(|a| a.id == to.id)
            .cloned()
        else {
            return Fate::Failed(cause::UNKNOWN_RECIPIENT);
        };
        let message_id = fields.message_id().unwrap_or_default();
        effects.push(Effect::Event(EventKind::AsMessage {
            from: from.id.clone(),
            to: to.id.clone(),
            message_id: message_id.to_owned(),
            payload: fields
                .text(&names::PAYLOAD)
                .ok()
                .flatten()
                .unwrap_or_default()
                .to_owned(),
        }));
        if server.reports && fields.boolean(&names::REPORT_WANTED).ok().flatten() == Some(true) {
            let report = Body::new(MessageType::Imdn)
                .from(to)
                .to(from)
                .with(&names::MESSAGE_ID, message_id)
                .with(&names::STATUS, "success");
            self.enqueue(&from.id, MessageType::Imdn, report, None, effects);
        }
        Fate::Taken
    }

    /// The reply to a MSG, with a MSGRESP in it or behind it when there is something to say.
    pub(super) fn tell(
        &mut self,
        from: &Address,
        message_id: &str,
        fate: Fate,
        effects: &mut Vec<Effect>,
    ) -> Reply {
        let (status, cause) = match fate {
            Fate::Taken => return Reply::changed(),
            Fate::Stored => ("stored", None),
            Fate::Failed(cause) => {
                effects.push(failed(message_id, cause));
                ("failed", Some(cause))
            }
        };
        let body = msgresp(from, message_id, status, cause);
        match self.settings.msgresp {
            MsgRespCarriage::Response => Reply::json(Code::CHANGED, body),
            MsgRespCarriage::Post => {
                self.enqueue(&from.id, MessageType::MsgResp, body, None, effects);
                Reply::changed()
            }
        }
    }
}

/// MSGRESP of TS 23.554 table 8.3.2-3.
pub(super) fn msgresp(to: &Address, message_id: &str, status: &str, cause: Option<&str>) -> Body {
    Body::new(MessageType::MsgResp)
        .from(to)
        .with(&names::MESSAGE_ID, message_id)
        .with(&names::STATUS, status)
        .with_some(&names::CAUSE, cause)
}

pub(super) fn failed(message_id: &str, cause: &str) -> Effect {
    Effect::Event(EventKind::Failed {
        message_id: message_id.to_owned(),
        cause: cause.to_owned(),
    })
}

/// What a recipient gets of a message: everything but the store and forward set, which is for the server.
pub(super) fn copied(body: Body, fields: &Fields) -> Body {
    let wanted = fields.boolean(&names::REPORT_WANTED).ok().flatten() == Some(true);
    body.copied(fields, &[&names::MESSAGE_ID, &names::APPLICATION_ID])
        .with_some(&names::REPORT_WANTED, wanted.then_some(true))
        .copied(
            fields,
            &[
                &names::PAYLOAD,
                &names::PRIORITY,
                &names::SEGMENTED,
                &names::SEGMENT_SET,
                &names::SEGMENT_TOTAL,
                &names::SEGMENT_NUMBER,
                &names::SEGMENT_LAST,
                &names::AGGREGATE_COUNT,
                &names::AGGREGATE_LIST,
            ],
        )
}

/// Types and values of the optional members. Returns the payload; absent is empty.
fn check_content(fields: &Fields) -> Result<&str, Malformed> {
    for name in [
        &names::REPORT_WANTED,
        &names::STORE_FLAG,
        &names::SEGMENTED,
        &names::SEGMENT_LAST,
    ] {
        fields.boolean(name)?;
    }
    for name in [
        &names::SEGMENT_TOTAL,
        &names::SEGMENT_NUMBER,
        &names::AGGREGATE_COUNT,
    ] {
        fields.integer(name)?;
    }
    if let Some(priority) = fields.text(&names::PRIORITY)?
        && !["high", "middle", "medium", "low"].contains(&fold(priority).as_str())
    {
        return Err(Malformed(format!("unknown priority {priority}")));
    }
    let set = fields.text(&names::SEGMENT_SET)?;
    if set.is_some() != fields.get(&names::SEGMENT_NUMBER).is_some() {
        return Err(Malformed(
            "segment number and segmentation set go together".to_owned(),
        ));
    }
    if let Some(list) = fields.get(&names::AGGREGATE_LIST)
        && !list
            .as_array()
            .is_some_and(|items| items.iter().all(Value::is_object))
    {
        return Err(Malformed(
            "individual messages are no list of objects".to_owned(),
        ));
    }
    Ok(fields.text(&names::PAYLOAD)?.unwrap_or_default())
}

fn forbidden() -> Reply {
    Reply::json(
        Code::FORBIDDEN,
        crate::wire::bare().with(&names::CAUSE, cause::NOT_AUTHORIZED),
    )
}

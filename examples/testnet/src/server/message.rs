//! MSG of a UE (TS 24.538 6.4.1, TS 23.554 8.3, 8.7): checks, duplicates, and what the sender is told.

use super::content;
use super::incoming::Cuts;
use super::repeats::{duplicate, message_seen};
use super::{Delivery, Effect, PeerId, Reply, Server};
use crate::coap::Code;
use crate::config::MsgRespCarriage;
use crate::event::EventKind;
use crate::wire::names::{self, cause};
use crate::wire::{Address, AddressKind, Body, Fields, MessageType};

/// What became of a message.
pub(super) enum Fate {
    Taken,
    Stored,
    Failed(&'static str),
}

/// A whole message on its way: what it says, and how its sender had cut it.
#[derive(Clone, Copy)]
pub(super) struct Whole<'a> {
    pub(super) fields: &'a Fields,
    pub(super) cuts: Option<&'a Cuts>,
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
        let max_payload = match peer.is_built_in() {
            true => self.settings.segments.max_message,
            false => self.settings.max_payload,
        };
        if content::check(fields)? > max_payload {
            return Err(Reply::too_large(max_payload));
        }
        if to.kind == AddressKind::Broadcast {
            // Only application servers broadcast.
            return Err(forbidden());
        }
        if let Some(stored) = self.fate_before(&message_seen(&from, &message_id)) {
            effects.push(duplicate(&from, MessageType::Msg, &message_id));
            self.confirm_again(&from, fields, effects);
            let fate = if stored { Fate::Stored } else { Fate::Taken };
            return Ok(self.tell(&from, &message_id, fate, effects));
        }
        if let Some(set) = fields.segment_set()? {
            let set = set.to_owned();
            return self.segment(&from, &to, &set, fields, effects);
        }
        let whole = Whole { fields, cuts: None };
        let fate = self.take(&from, &to, whole, effects)?;
        Ok(self.tell(&from, &message_id, fate, effects))
    }

    /// Routes a whole message of a UE. What failed is not remembered: the recipient may be there at the next try.
    pub(super) fn take(
        &mut self,
        from: &Address,
        to: &Address,
        whole: Whole<'_>,
        effects: &mut Vec<Effect>,
    ) -> Result<Fate, Reply> {
        let message_id = whole.fields.message_id()?;
        effects.push(Effect::Event(EventKind::Message {
            from: from.id.clone(),
            to: to.to_string(),
            message_id: message_id.to_owned(),
            payload: content::payload(whole.fields).to_owned(),
        }));
        let fate = self.route(from, to, whole, effects)?;
        match fate {
            Fate::Taken => self.remember(message_seen(from, message_id), false),
            Fate::Stored => self.remember(message_seen(from, message_id), true),
            Fate::Failed(_) => {}
        }
        Ok(fate)
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
                self.enqueue(Delivery::new(&from.id, MessageType::MsgResp, body), effects);
                Reply::changed()
            }
        }
    }

    /// Tells the sender later that a message failed: MSGRESP, if it is a UE.
    pub(super) fn tell_failure(
        &mut self,
        from: &Address,
        message_id: &str,
        cause: &str,
        effects: &mut Vec<Effect>,
    ) {
        effects.push(failed(message_id, cause));
        if from.kind == AddressKind::Ue {
            let body = msgresp(from, message_id, "failed", Some(cause));
            self.enqueue(Delivery::new(&from.id, MessageType::MsgResp, body), effects);
        }
    }

    /// Reports to the sender, in the recipient's name, that a message will not arrive.
    pub(super) fn report_failure(
        &mut self,
        from: &Address,
        to: &Address,
        message_id: &str,
        cause: &str,
        effects: &mut Vec<Effect>,
    ) {
        effects.push(failed(message_id, cause));
        let report = Body::new(MessageType::Imdn)
            .from(to)
            .to(from)
            .with(&names::MESSAGE_ID, message_id)
            .with(&names::CAUSE, cause)
            .with(&names::STATUS, "failure");
        match from.kind {
            AddressKind::Ue => {
                self.enqueue(Delivery::new(&from.id, MessageType::Imdn, report), effects);
            }
            _ => effects.push(Effect::ForAs {
                id: from.id.clone(),
                body: report,
            }),
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

pub(super) fn forbidden() -> Reply {
    Reply::json(
        Code::FORBIDDEN,
        crate::wire::bare().with(&names::CAUSE, cause::NOT_AUTHORIZED),
    )
}

//! IMDN of a UE (TS 23.554 8.3.4): to the original sender, or to an application server.

use super::message::Fate;
use super::repeats::duplicate;
use super::{Effect, PeerId, Reply, Server};
use crate::coap::Code;
use crate::event::EventKind;
use crate::wire::names::{self, cause};
use crate::wire::{AddressKind, Body, Fields, MessageType, fold};

impl Server {
    pub(super) fn report(
        &mut self,
        peer: PeerId,
        fields: &Fields,
        effects: &mut Vec<Effect>,
    ) -> Result<Reply, Reply> {
        let from = fields.originator()?;
        self.check_sender(peer, &from)?;
        let to = fields.recipient()?;
        let message_id = fields.message_id()?.to_owned();
        let status = fields.need(&names::STATUS)?.to_owned();
        let cause_text = fields.text(&names::CAUSE)?.map(str::to_owned);
        let seen = (from.id.clone(), fold(&message_id), None, true);
        if self.fate_before(&seen).is_some() {
            effects.push(duplicate(&from, MessageType::Imdn, &message_id));
            return Ok(Reply::changed());
        }
        let body = Body::new(MessageType::Imdn).from(&from).to(&to).copied(
            fields,
            &[
                &names::MESSAGE_ID,
                &names::CAUSE,
                &names::STATUS,
                &names::AGGREGATE_COUNT,
                &names::AGGREGATE_LIST,
            ],
        );
        match to.kind {
            AddressKind::Ue if self.is_known(&to.id, &from) => {
                if !self.enqueue(&to.id, MessageType::Imdn, body, None, effects) {
                    return Err(overloaded());
                }
            }
            AddressKind::As
                if self
                    .settings
                    .application_servers
                    .iter()
                    .any(|a| a.id == to.id) => {}
            AddressKind::Ue | AddressKind::As => {
                let fate = Fate::Failed(cause::UNKNOWN_RECIPIENT);
                return Ok(self.tell(&from, &message_id, fate, effects));
            }
            _ => {
                return Err(Reply::diagnostic(
                    Code::BAD_REQUEST,
                    "a report goes to a UE or an AS",
                ));
            }
        }
        self.remember(seen, false);
        effects.push(Effect::Event(EventKind::Report {
            from: from.id,
            to: to.id,
            message_id,
            status,
            cause: cause_text,
        }));
        Ok(Reply::changed())
    }
}

fn overloaded() -> Reply {
    Reply {
        max_age: Some(30),
        ..Reply::new(Code::UNAVAILABLE)
    }
}

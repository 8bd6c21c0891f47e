//! IMDN of a UE (TS 23.554 8.3.4): to the original sender, or to an application server. Also several in one.

use serde_json::Value;

use super::content::individual;
use super::message::Fate;
use super::repeats::{duplicate, report_seen};
use super::{Delivery, Effect, PeerId, Reply, Server};
use crate::event::EventKind;
use crate::wire::names::{self, cause};
use crate::wire::{Address, AddressKind, Body, Fields, MessageType, bare};

/// One report, also one of an aggregate.
struct One {
    message_id: String,
    status: String,
    cause: Option<String>,
}

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
        if !matches!(to.kind, AddressKind::Ue | AddressKind::As) {
            return Err(Reply::bad_request("a report goes to a UE or an AS"));
        }
        let items = individual(fields)?;
        let aggregated = !items.is_empty();
        let mut reports = match aggregated {
            true => items.iter().map(One::read).collect::<Result<Vec<_>, _>>()?,
            false => vec![One::read(fields)?],
        };
        reports.retain(|one| {
            let repeat = self
                .fate_before(&report_seen(&from, &one.message_id))
                .is_some();
            if repeat {
                effects.push(duplicate(&from, MessageType::Imdn, &one.message_id));
            }
            !repeat
        });
        let Some(first) = reports.first() else {
            return Ok(Reply::changed());
        };
        let known = match to.kind {
            AddressKind::Ue => self.is_known(&to.id, &from),
            _ => self.is_application_server(&to),
        };
        if !known {
            let message_id = first.message_id.clone();
            let fate = Fate::Failed(cause::UNKNOWN_RECIPIENT);
            return Ok(self.tell(&from, &message_id, fate, effects));
        }
        let own_id = fields.text(&names::MESSAGE_ID)?.filter(|_| aggregated);
        let body = written(&from, &to, own_id, &reports, aggregated);
        if to.kind == AddressKind::As {
            effects.push(Effect::ForAs {
                id: to.id.clone(),
                body,
            });
        } else if !self.enqueue(Delivery::new(&to.id, MessageType::Imdn, body), effects) {
            return Err(Reply::overloaded());
        }
        for one in reports {
            self.remember(report_seen(&from, &one.message_id), false);
            effects.push(Effect::Event(EventKind::Report {
                from: from.id.clone(),
                to: to.id.clone(),
                message_id: one.message_id,
                status: one.status,
                cause: one.cause,
            }));
        }
        Ok(Reply::changed())
    }
}

impl One {
    fn read(fields: &Fields) -> Result<Self, Reply> {
        Ok(Self {
            message_id: fields.message_id()?.to_owned(),
            status: fields.need(&names::STATUS)?.to_owned(),
            cause: fields.text(&names::CAUSE)?.map(str::to_owned),
        })
    }

    fn write(&self, onto: Body) -> Body {
        onto.with(&names::MESSAGE_ID, self.message_id.as_str())
            .with_some(&names::CAUSE, self.cause.as_deref())
            .with(&names::STATUS, self.status.as_str())
    }
}

/// What goes on: in the form in which it came, without the repeats.
fn written(
    from: &Address,
    to: &Address,
    own_id: Option<&str>,
    reports: &[One],
    aggregated: bool,
) -> Body {
    let body = Body::new(MessageType::Imdn).from(from).to(to);
    match reports {
        [single] if !aggregated => single.write(body),
        _ => {
            let items: Vec<Value> = reports
                .iter()
                .map(|one| one.write(bare()).value())
                .collect();
            body.with_some(&names::MESSAGE_ID, own_id)
                .with(&names::AGGREGATE_COUNT, items.len())
                .with(&names::AGGREGATE_LIST, items)
        }
    }
}

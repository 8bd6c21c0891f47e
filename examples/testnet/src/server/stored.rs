//! Store and forward (TS 23.554 8.3.2, 8.3.6): expiry, and the sender's update of what is stored (Rel-19).

use super::aggregate::message_ids;
use super::content::{self, individual, is_true};
use super::{DeliveryId, Effect, PeerId, Reply, Server};
use crate::event::EventKind;
use crate::wire::names::{self, cause};
use crate::wire::{Address, AddressKind, Fields, MessageType};

impl Server {
    /// Messages whose time is over before they went out. A report goes to whoever asked for one.
    pub(super) fn expire_stored(&mut self, effects: &mut Vec<Effect>) {
        let now = self.now_ms;
        let over = self
            .deliveries
            .iter()
            .filter(|(_, d)| d.sent_to.is_none() && d.expires.is_some_and(|at| at <= now));
        let over: Vec<DeliveryId> = over.map(|(id, _)| *id).collect();
        for id in over {
            let Some(delivery) = self.remove(id, effects) else {
                continue;
            };
            if let Some(set) = &delivery.segment_of {
                self.drop_set(&delivery.ue, set, effects);
            }
            let fields = delivery.body.fields();
            let items = individual(&fields).unwrap_or_default();
            let parts: Vec<&Fields> = match items.is_empty() {
                true => vec![&fields],
                false => items.iter().collect(),
            };
            for part in parts {
                let message_id = part.message_id().unwrap_or_default();
                effects.push(Effect::Event(EventKind::Expired {
                    to: delivery.ue.clone(),
                    message_id: message_id.to_owned(),
                }));
                if let Some(from) = &delivery.from
                    && is_true(part, &names::REPORT_WANTED)
                {
                    let to = Address::ue(&delivery.ue);
                    self.report_failure(from, &to, message_id, cause::EXPIRED, effects);
                }
            }
        }
    }

    /// The placeholder of vector 75: other parameters for a stored message, or none to have it discarded.
    pub(super) fn update_stored(
        &mut self,
        peer: PeerId,
        fields: &Fields,
        effects: &mut Vec<Effect>,
    ) -> Result<Reply, Reply> {
        if !self.settings.stored_message_update {
            return Err(Reply::bad_request("unknown Message Type MSGUPD"));
        }
        let from = fields.originator()?;
        self.check_sender(peer, &from)?;
        let wanted = fields.message_id()?;
        fields.need(&names::DESTINATION)?;
        let expires = content::expiration(fields)?.map(|at| self.since_start(at));
        let stored = self.deliveries.iter().filter(|(_, d)| {
            let waits = d.kind == MessageType::Msg && d.sent_to.is_none();
            let ids = message_ids(&d.body.fields());
            waits
                && d.from.as_ref() == Some(&from)
                && ids.iter().any(|id| super::repeats::same_id(id, wanted))
        });
        let stored: Vec<DeliveryId> = stored.map(|(id, _)| *id).collect();
        if stored.is_empty() {
            return Err(Reply::not_found("no such stored message"));
        }
        let keeps = fields.get(&names::STORE_PARAMETERS).is_some();
        for id in stored {
            if !keeps {
                self.remove(id, effects);
            } else if let Some(delivery) = self.deliveries.get_mut(&id) {
                delivery.expires = expires;
                let delivery = delivery.clone();
                effects.push(Effect::Keep(self.record(&delivery)));
            }
        }
        effects.push(Effect::Event(EventKind::Updated {
            from: from.id,
            message_id: wanted.to_owned(),
            discarded: !keeps,
        }));
        self.expire_stored(effects);
        Ok(Reply::changed())
    }

    /// Whom a report may go to.
    pub(super) fn is_application_server(&self, address: &Address) -> bool {
        let servers = &self.settings.application_servers;
        address.kind == AddressKind::As && servers.iter().any(|a| a.id == address.id)
    }
}

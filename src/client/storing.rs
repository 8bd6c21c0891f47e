//! Changing how long the server keeps a message (TS 23.554 V19 clause 8.3.6.1). The type of the
//! message that says so is UNCONFIRMED, so nothing of this is built unless asked for.

use crate::coap::Code;
use crate::message::{MessageId, Originator, StoredMessageUpdate};

use super::core::{Core, uuid_of};
use super::memory::record::{Field, Record};
use super::outbox::{Kind, OutboxSlot};
use super::receiving::reports::check_json;
use super::{Event, Failure, SendError};

impl Core<'_> {
    pub(super) fn update_stored(
        &mut self,
        message_id: MessageId<'_>,
        destination: &str,
        expiration: Option<&str>,
    ) -> Result<(), SendError> {
        let update = StoredMessageUpdate {
            originator: self.us(),
            destination,
            message_id,
            expiration,
        };
        let limit = self.outbound.limit();
        let json_len = check_json(&update, &self.config, limit)?;
        let entry = OutboxSlot {
            kind: Kind::Update,
            uuid: uuid_of(message_id),
            json_len,
            ..OutboxSlot::EMPTY
        };
        let pushed = self.outbox.push(entry, &mut |pen| {
            pen.text(Field::Destination, Some(destination));
            pen.text(Field::Expiration, expiration);
        });
        pushed.map(|_| ())
    }
}

pub(super) fn update_of<'a>(
    record: Record<'a>,
    us: Originator<'a>,
    message_id: MessageId<'a>,
) -> StoredMessageUpdate<'a> {
    StoredMessageUpdate {
        originator: us,
        destination: record.text(Field::Destination).unwrap_or_default(),
        message_id,
        expiration: record.text(Field::Expiration),
    }
}

pub(super) fn on_update_response(slot: &OutboxSlot, code: Code) -> Event<'static> {
    let message_id = slot.message_id();
    if code.is_success() {
        return Event::Updated { message_id };
    }
    Event::UpdateFailed {
        message_id,
        failure: Failure::Answered { code, cause: None },
    }
}

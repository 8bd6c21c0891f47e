//! Telling a repeat: a client that lost an answer sends again, and the recipient must not get it twice.

use super::{Effect, Server};
use crate::event::EventKind;
use crate::wire::{Address, MessageType, fold};

/// What was taken before: originator, Message ID, and whether it was a report.
pub(super) type Seen = (String, String, bool);

/// How many messages and reports are remembered to tell a repeat.
const REMEMBERED: usize = 4096;

impl Server {
    /// Whether a message was taken before, and if so, whether it was stored.
    pub(super) fn fate_before(&self, seen: &Seen) -> Option<bool> {
        self.fates
            .get(seen)
            .copied()
            .filter(|_| self.settings.deduplicate)
    }

    pub(super) fn remember(&mut self, seen: Seen, stored: bool) {
        if self.fates.insert(seen.clone(), stored).is_none() {
            self.seen.push_back(seen);
        }
        if self.seen.len() > REMEMBERED
            && let Some(oldest) = self.seen.pop_front()
        {
            self.fates.remove(&oldest);
        }
    }
}

/// Under what a message is remembered.
pub(super) fn message_seen(from: &Address, message_id: &str) -> Seen {
    (from.id.clone(), key(message_id), false)
}

/// Under what a report is remembered.
pub(super) fn report_seen(from: &Address, message_id: &str) -> Seen {
    (from.id.clone(), key(message_id), true)
}

/// A UUID is the same in every spelling; any other text only as it stands.
fn key(message_id: &str) -> String {
    let folded = fold(message_id);
    let uuid = folded.len() == 32 && folded.bytes().all(|b| b.is_ascii_hexdigit());
    if uuid { folded } else { message_id.to_owned() }
}

/// Whether two Message IDs mean the same message.
pub(super) fn same_id(one: &str, other: &str) -> bool {
    key(one) == key(other)
}

pub(super) fn duplicate(from: &Address, kind: MessageType, message_id: &str) -> Effect {
    Effect::Event(EventKind::Duplicate {
        from: from.id.clone(),
        kind,
        message_id: message_id.to_owned(),
    })
}

//! Who may fill the outbox: what the application sends, and what answers received messages, never
//! stand in each other's way for good. Whoever finds no room is told so, and nothing is dropped.

use crate::client::memory::shelf::Slot;

use super::{Kind, Outbox};

/// From so many slots on, either side leaves one to the other. A message in segments that wants a
/// report needs two at the same time, so fewer cannot be shared out.
const FEWEST_SLOTS: usize = 3;

/// Octets that the application's side leaves for a report: recipient and Message ID of usual length.
const FOR_A_REPORT: usize = 96;

/// From so many octets on.
const FEWEST_OCTETS: usize = 8 * FOR_A_REPORT;

/// Slots and octets that can still be taken.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Room {
    pub(crate) slots: usize,
    pub(crate) octets: usize,
}

impl Kind {
    /// Whether it answers something received, so that the application does not ask for it.
    fn is_answer(self) -> bool {
        #[cfg(feature = "segmentation")]
        if self == Self::Confirmation {
            return true;
        }
        self == Self::Report
    }
}

impl Outbox<'_> {
    /// The room for an entry of this kind.
    pub(crate) fn room_for(&self, kind: Kind) -> Room {
        let is_ours = |other: Kind| other.is_answer() == kind.is_answer();
        let mut room = Room {
            slots: self.shelf.free_slots(),
            octets: self.shelf.free(),
        };
        let ours = self.iter().filter(|slot| is_ours(slot.kind));
        let all = self.shelf.all_slots();
        if all >= FEWEST_SLOTS {
            let used = ours.clone().count().saturating_add(1);
            room.slots = room.slots.min(all.saturating_sub(used));
        }
        let all = self.shelf.capacity();
        if all >= FEWEST_OCTETS && !kind.is_answer() {
            let used = ours.fold(FOR_A_REPORT, |sum, slot| sum.saturating_add(slot.len()));
            room.octets = room.octets.min(all.saturating_sub(used));
        }
        room
    }

    /// Whether so many reports and confirmations of so many octets together find a place.
    #[cfg(any(feature = "segmentation", feature = "aggregation"))]
    pub(crate) fn has_room_for_answers(&self, entries: usize, octets: usize) -> bool {
        let room = self.room_for(Kind::Report);
        room.slots >= entries && room.octets >= octets
    }
}

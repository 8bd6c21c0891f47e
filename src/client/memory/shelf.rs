//! Entries of any length in the caller's memory: their octets lie one behind the other, in the
//! order of their slots, and move together when an entry goes.

/// What an entry has besides its octets.
pub(crate) trait Slot: Copy {
    fn len(&self) -> usize;
    fn set_len(&mut self, len: usize);
}

pub(crate) struct Shelf<'m, S> {
    slots: &'m mut [S],
    used: usize,
    octets: &'m mut [u8],
    fill: usize,
}

/// Why an entry found no place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Full {
    /// All slots are taken.
    Slots,
    /// Too few octets are free; this many are needed.
    Octets(usize),
}

impl<'m, S: Slot> Shelf<'m, S> {
    pub(crate) fn new(slots: &'m mut [S], octets: &'m mut [u8]) -> Self {
        Self {
            slots,
            used: 0,
            octets,
            fill: 0,
        }
    }

    /// Puts an entry behind the others. `write` gets the free octets and tells how many it
    /// needs, whether they are there or not. One function for all who write: a copy for each
    /// costs 300 octets of flash.
    #[inline(never)]
    #[cfg(any(feature = "segmentation", feature = "aggregation"))]
    pub(crate) fn push(
        &mut self,
        slot: S,
        write: &mut dyn FnMut(&mut [u8]) -> usize,
    ) -> Result<usize, Full> {
        self.push_within(self.free(), slot, write)
    }

    /// The same with `room` octets at the most.
    pub(crate) fn push_within(
        &mut self,
        room: usize,
        slot: S,
        write: &mut dyn FnMut(&mut [u8]) -> usize,
    ) -> Result<usize, Full> {
        let index = self.used;
        let place = self.slots.get_mut(index).ok_or(Full::Slots)?;
        let free = self.octets.get_mut(self.fill..).unwrap_or_default();
        let room = room.min(free.len());
        let free = free.get_mut(..room).unwrap_or_default();
        let len = write(free);
        if len > room {
            return Err(Full::Octets(len));
        }
        *place = slot;
        place.set_len(len);
        self.used = self.used.saturating_add(1);
        self.fill = self.fill.saturating_add(len);
        Ok(index)
    }

    /// Slots that are free.
    pub(crate) fn free_slots(&self) -> usize {
        self.slots.len().saturating_sub(self.used)
    }

    /// Slots in all.
    pub(crate) fn all_slots(&self) -> usize {
        self.slots.len()
    }

    /// Octets that are free.
    pub(crate) fn free(&self) -> usize {
        self.octets.len().saturating_sub(self.fill)
    }

    /// Octets in all.
    pub(crate) fn capacity(&self) -> usize {
        self.octets.len()
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = &S> + Clone {
        self.slots.get(..self.used).unwrap_or_default().iter()
    }

    pub(crate) fn iter_mut(&mut self) -> impl Iterator<Item = &mut S> {
        self.slots
            .get_mut(..self.used)
            .unwrap_or_default()
            .iter_mut()
    }

    pub(crate) fn position(&self, wanted: impl Fn(&S) -> bool) -> Option<usize> {
        self.iter().position(wanted)
    }

    #[cfg(any(feature = "segmentation", feature = "aggregation"))]
    pub(crate) fn len(&self) -> usize {
        self.used
    }

    pub(crate) fn slot(&self, index: usize) -> Option<&S> {
        self.slots.get(..self.used)?.get(index)
    }

    pub(crate) fn slot_mut(&mut self, index: usize) -> Option<&mut S> {
        self.slots.get_mut(..self.used)?.get_mut(index)
    }

    /// The octets of an entry.
    pub(crate) fn octets(&self, index: usize) -> &[u8] {
        let start = self.start_of(index);
        let len = self.slot(index).map_or(0, Slot::len);
        let end = start.saturating_add(len);
        self.octets.get(start..end).unwrap_or_default()
    }

    /// An entry and its octets.
    #[cfg(feature = "segmentation")]
    pub(crate) fn entry_mut(&mut self, index: usize) -> Option<(&mut S, &mut [u8])> {
        let start = self.start_of(index);
        let slot = self.slots.get_mut(..self.used)?.get_mut(index)?;
        let end = start.saturating_add(slot.len());
        Some((slot, self.octets.get_mut(start..end)?))
    }

    /// Puts octets into an entry, before its octet `at`. False when there is no room.
    pub(crate) fn insert(&mut self, index: usize, at: usize, new: &[u8]) -> bool {
        let from = self.start_of(index).saturating_add(at);
        let to = from.saturating_add(new.len());
        let end = self.fill.saturating_add(new.len());
        let Some(slot) = self
            .slots
            .get_mut(..self.used)
            .and_then(|s| s.get_mut(index))
        else {
            return false;
        };
        if end > self.octets.len() || at > slot.len() {
            return false;
        }
        self.octets.copy_within(from..self.fill, to);
        if let Some(place) = self.octets.get_mut(from..to) {
            place.copy_from_slice(new);
        }
        slot.set_len(slot.len().saturating_add(new.len()));
        self.fill = end;
        true
    }

    /// Takes `count` octets out of an entry, from its octet `at` on.
    pub(crate) fn cut(&mut self, index: usize, at: usize, count: usize) {
        let from = self.start_of(index).saturating_add(at);
        let to = from.saturating_add(count);
        let Some(slot) = self
            .slots
            .get_mut(..self.used)
            .and_then(|s| s.get_mut(index))
        else {
            return;
        };
        if at.saturating_add(count) > slot.len() || to > self.fill {
            return;
        }
        slot.set_len(slot.len().saturating_sub(count));
        self.octets.copy_within(to..self.fill, from);
        self.fill = self.fill.saturating_sub(count);
    }

    /// Takes an entry out and closes the gap.
    pub(crate) fn remove(&mut self, index: usize) -> Option<S> {
        let len = self.slot(index)?.len();
        self.cut(index, 0, len);
        let used = self.slots.get_mut(..self.used)?;
        let gone = *used.get(index)?;
        used.copy_within(index.saturating_add(1).., index);
        self.used = self.used.saturating_sub(1);
        Some(gone)
    }

    fn start_of(&self, index: usize) -> usize {
        self.iter()
            .take(index)
            .fold(0, |sum, slot| sum.saturating_add(slot.len()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Clone, Copy, Default)]
    struct Len(usize);

    impl Slot for Len {
        fn len(&self) -> usize {
            self.0
        }
        fn set_len(&mut self, len: usize) {
            self.0 = len;
        }
    }

    fn put(shelf: &mut Shelf<'_, Len>, octets: &[u8]) -> Result<usize, Full> {
        shelf.push(Len(0), &mut |free| {
            if let Some(place) = free.get_mut(..octets.len()) {
                place.copy_from_slice(octets);
            }
            octets.len()
        })
    }

    #[test]
    fn entries_keep_their_octets_whatever_happens_to_others() {
        let (mut slots, mut octets) = ([Len(0); 3], [0; 10]);
        let mut shelf = Shelf::new(&mut slots, &mut octets);
        assert_eq!(put(&mut shelf, b"abc"), Ok(0));
        assert_eq!(put(&mut shelf, b"defg"), Ok(1));
        assert_eq!(put(&mut shelf, b"hijk"), Err(Full::Octets(4)));
        assert_eq!(put(&mut shelf, b"hij"), Ok(2));
        assert_eq!(put(&mut shelf, b""), Err(Full::Slots));
        shelf.cut(0, 1, 1);
        assert_eq!(
            (shelf.octets(0), shelf.octets(1)),
            (&b"ac"[..], &b"defg"[..])
        );
        assert!(!shelf.insert(1, 2, b"xy"), "no room for two");
        assert!(shelf.insert(1, 4, b"x"));
        assert_eq!(
            (shelf.octets(1), shelf.octets(2)),
            (&b"defgx"[..], &b"hij"[..])
        );
        assert!(shelf.remove(1).is_some());
        assert_eq!(
            (shelf.octets(0), shelf.octets(1)),
            (&b"ac"[..], &b"hij"[..])
        );
        assert_eq!((shelf.free_slots(), shelf.free()), (1, 5));
        assert_eq!(
            shelf.push_within(1, Len(0), &mut |free| free.len() + 1),
            Err(Full::Octets(2)),
            "no more than it may have"
        );
    }
}

//! The client's part of a [snapshot](crate::snapshot): written down, and taken up again.

mod check;
mod image;

use crate::client::Client;
use crate::client::aggregation::answered::Answered;
use crate::client::core::Core;
use crate::client::membership::Membership;
use crate::client::memory::shelf::{Full, Slot};
use crate::client::receiving::duplicates::Duplicates;
use crate::snapshot::{Octets, Opened, Reader, SnapshotError, Writer};
pub(crate) use image::Link;
use image::{
    ARRIVING_MAX, Arriving, Clock, ENTRY_MAX, Entry, HEAD_MAX, Head, MembershipImage, Seen, Sizes,
    short,
};

/// Tokens, tickets and message IDs go on far behind those that were in use, whoever used how many
/// after the snapshot.
const NUMBERS_LEFT_OUT: u32 = 1 << 30;
const MESSAGE_IDS_LEFT_OUT: u16 = 0x4001;

/// Octets of a client at the most, as they stand in a snapshot.
pub(crate) const fn snapshot_len(
    outbox: usize,
    slots: usize,
    incoming: usize,
    incoming_slots: usize,
) -> usize {
    HEAD_MAX
        .saturating_add(slots.saturating_mul(ENTRY_MAX))
        .saturating_add(outbox)
        .saturating_add(incoming_slots.saturating_mul(ARRIVING_MAX))
        .saturating_add(incoming)
}

impl Client<'_> {
    /// Takes up what a snapshot holds, in the place of what this client had. For a new client,
    /// before it is connected.
    ///
    /// `now` is the time (ms) on the clock of this life, `asleep_ms` how long it is since the
    /// snapshot was made: what was to happen in the meantime happens now. Who does not know says
    /// 0, and everything happens later by that much.
    ///
    /// Then comes [`connected`](Self::connected) as ever, and what was under way goes again; or
    /// [`resumed`](Self::resumed), if the session was kept.
    ///
    /// # Errors
    /// [`SnapshotError::Absent`], [`SnapshotError::DoesNotFit`], [`SnapshotError::Malformed`].
    /// The client is then as if it were new.
    pub fn restore(
        &mut self,
        from: &Opened<'_>,
        now: u64,
        asleep_ms: u64,
    ) -> Result<(), SnapshotError> {
        let reader = from.client().ok_or(SnapshotError::Absent)?;
        self.disconnected();
        self.core.forget();
        // Another clock: it has not gone back.
        self.core.time = now;
        let restored = self.core.read_snapshot(reader, Clock { now, asleep_ms });
        if restored.is_err() {
            self.core.forget();
        }
        self.link = restored?;
        Ok(())
    }

    /// The session that was open when the snapshot was made goes on: no registration, no CSM.
    /// `false`: it does not, as a message was half sent or received, or there was none. Then open
    /// another, and call [`connected`](Self::connected).
    ///
    /// Nobody can know whether the server has kept its side. If it has not, the first request says
    /// so by ending the session.
    #[must_use]
    pub fn resumed(&mut self) -> bool {
        match core::mem::replace(&mut self.link, Link::None) {
            Link::None => return false,
            Link::Stream { peer_limit } => {
                let limit = peer_limit.and_then(|limit| usize::try_from(limit).ok());
                self.core.outbound.resume(limit);
            }
            Link::Datagrams => {
                self.inbox.take_datagrams();
                self.core.connect_datagrams();
            }
        }
        true
    }

    /// Whether a session that is put away now can go on: nothing is half sent or received. Due
    /// requests and open answers do no harm.
    #[must_use]
    pub fn is_quiet(&mut self) -> bool {
        self.quiet_link() != Link::None
    }

    fn quiet_link(&mut self) -> Link {
        let core = &self.core;
        let idle = core.outbound.is_quiet() && core.answers.is_empty() && self.fault.is_none();
        if !idle || !self.inbox.is_quiet() {
            return Link::None;
        }
        if !core.datagrams.is_on() {
            return Link::Stream {
                peer_limit: core.outbound.peer_limit().map(short),
            };
        }
        if core.datagrams.is_quiet() {
            Link::Datagrams
        } else {
            Link::None
        }
    }

    pub(crate) fn write_snapshot(&mut self, now: u64, w: &mut Writer<'_>) {
        self.core.tick(now);
        // What the application was handed is its own by now.
        self.core.incoming.sweep();
        let link = self.quiet_link();
        self.core.write_snapshot(link, now, w);
    }
}

impl Core<'_> {
    fn write_snapshot(&self, link: Link, now: u64, w: &mut Writer<'_>) {
        let clock = Clock { now, asleep_ms: 0 };
        let lens = |sum: usize, len: usize| sum.saturating_add(len);
        w.put(&Head {
            membership: MembershipImage::of(self.membership, clock),
            refresh_left: self.refresh_at.map(|at| clock.left(at)),
            number: self.next_number,
            message_id: self.datagrams.message_id(),
            link,
            duplicates: u8::try_from(self.duplicates.images().count()).unwrap_or(u8::MAX),
            sizes: Sizes {
                slots: short(self.outbox.shelf.len()),
                outbox: short(self.outbox.iter().map(Slot::len).fold(0, lens)),
                incoming_slots: short(self.incoming.shelf.len()),
                incoming: short(self.incoming.shelf.iter().map(Slot::len).fold(0, lens)),
            },
        });
        for seen in self.duplicates.images() {
            w.put(&seen);
        }
        for (index, slot) in self.outbox.iter().enumerate() {
            w.put(&Entry::of(slot, clock));
            w.put(&Octets(self.outbox.shelf.octets(index)));
        }
        for (index, slot) in self.incoming.shelf.iter().enumerate() {
            w.put(&Arriving::of(slot, clock));
            w.put(&Octets(self.incoming.shelf.octets(index)));
        }
    }

    fn read_snapshot(&mut self, mut r: Reader<'_>, clock: Clock) -> Result<Link, SnapshotError> {
        let head: Head = r.take()?;
        for _ in 0..head.duplicates {
            let seen: Seen = r.take()?;
            self.duplicates.restore(seen);
        }
        for _ in 0..head.sizes.slots {
            let entry: Entry = r.take()?;
            let Octets(record) = r.take()?;
            let slot = entry.restore(clock).ok_or(SnapshotError::Malformed)?;
            let pushed = self.outbox.shelf.push(slot, &mut |free| copy(record, free));
            let index = pushed.map_err(|full| does_not_fit(full, &head.sizes))?;
            if !self.is_sound_entry(index) {
                return Err(SnapshotError::Malformed);
            }
        }
        for _ in 0..head.sizes.incoming_slots {
            let arriving: Arriving = r.take()?;
            let Octets(record) = r.take()?;
            let mut slot = arriving.restore(clock);
            // What is kept free for it is no more than there is.
            slot.expected = slot.expected.min(self.incoming.shelf.capacity());
            let pushed = self
                .incoming
                .shelf
                .push(slot, &mut |free| copy(record, free));
            let index = pushed.map_err(|full| does_not_fit(full, &head.sizes))?;
            if !self.is_sound_arrival(index) {
                return Err(SnapshotError::Malformed);
            }
        }
        r.end()?;
        self.mend_groups();
        self.membership = head.membership.restore(clock);
        self.refresh_at = head.refresh_left.map(|left| clock.at(left));
        // The number that this client was born with is random.
        let random = self.next_number >> 2;
        let number = head.number.wrapping_add(NUMBERS_LEFT_OUT);
        self.next_number = number.wrapping_add(random);
        let message_id = head.message_id.wrapping_add(MESSAGE_IDS_LEFT_OUT);
        self.datagrams.set_message_id(message_id);
        Ok(head.link)
    }

    /// As if it were new.
    fn forget(&mut self) {
        while self.outbox.shelf.remove(0).is_some() {}
        while self.incoming.shelf.remove(0).is_some() {}
        self.membership = Membership::None;
        self.refresh_at = None;
        self.duplicates = Duplicates::new();
        self.answered = Answered::new();
    }
}

fn copy(record: &[u8], free: &mut [u8]) -> usize {
    if let Some(place) = free.get_mut(..record.len()) {
        place.copy_from_slice(record);
    }
    record.len()
}

fn does_not_fit(_: Full, sizes: &Sizes) -> SnapshotError {
    let size = |size: u32| usize::try_from(size).unwrap_or(usize::MAX);
    SnapshotError::DoesNotFit {
        slots: size(sizes.slots),
        outbox: size(sizes.outbox),
        incoming_slots: size(sizes.incoming_slots),
        incoming: size(sizes.incoming),
    }
}

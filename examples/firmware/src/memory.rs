//! Memory for a client.

use crate::once::Once;
use crate::ue::Problem;
use msgin5g::client::{IncomingSlot, OutboxSlot, Pieces};

/// Memory for one client, in pieces none of which is ever built on the stack: `ClientMemory` as a whole would be.
pub struct Memory<
    const OUTBOX: usize,
    const SLOTS: usize,
    const INCOMING: usize,
    const MESSAGES: usize,
> {
    rx: Once<[u8; 1152]>,
    tx: Once<[u8; 1152]>,
    outbox: Once<[u8; OUTBOX]>,
    slots: Once<[OutboxSlot; SLOTS]>,
    incoming: Once<[u8; INCOMING]>,
    incoming_slots: Once<[IncomingSlot; MESSAGES]>,
}

impl<const OUTBOX: usize, const SLOTS: usize, const INCOMING: usize, const MESSAGES: usize>
    Memory<OUTBOX, SLOTS, INCOMING, MESSAGES>
{
    /// Memory that no client has yet.
    pub const fn new() -> Self {
        Self {
            rx: Once::new(),
            tx: Once::new(),
            outbox: Once::new(),
            slots: Once::new(),
            incoming: Once::new(),
            incoming_slots: Once::new(),
        }
    }

    /// For the client, once.
    pub fn take(&'static self) -> Result<Pieces<'static>, Problem> {
        self.pieces().ok_or(Problem("memory"))
    }

    fn pieces(&'static self) -> Option<Pieces<'static>> {
        Some(Pieces {
            rx: self.rx.take(|| [0; 1152])?,
            tx: self.tx.take(|| [0; 1152])?,
            outbox: self.outbox.take(|| [0; OUTBOX])?,
            slots: self.slots.take(|| [OutboxSlot::EMPTY; SLOTS])?,
            incoming: self.incoming.take(|| [0; INCOMING])?,
            incoming_slots: self
                .incoming_slots
                .take(|| [IncomingSlot::EMPTY; MESSAGES])?,
        })
    }
}

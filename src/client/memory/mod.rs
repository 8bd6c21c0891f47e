//! The memory a client works in, and how things lie in it. It is the caller's: a `static` in
//! firmware, a local on a host. It changes when the form of what is kept does.

pub(crate) mod record;
pub(crate) mod shelf;

use crate::client::{IncomingSlot, OutboxSlot};

/// Memory for one client, in one piece.
///
/// | parameter | holds | how to size it |
/// |---|---|---|
/// | `RX` | one received CoAP message, and what arrived behind it | largest message expected, JSON included; it is announced to the server as Max-Message-Size. An MSG costs about 350 octets besides its payload. |
/// | `TX` | one CoAP message on its way out | largest message sent |
/// | `OUT` | what messages and reports say that are not answered yet | sum of their payloads, and 100 octets or so for each; 131 more for one in segments, which stays until its recipient has it or the configured time is over |
/// | `SLOTS` | 120 to 176 octets for each of these | number of them, and one for each subscription |
/// | `IN` | segments of messages that are not complete, and aggregates | sum of the largest messages that may come in segments at the same time, 4 octets for each segment and 100 or so for each message. A larger message is refused with 4.13. 0: none is taken. |
/// | `SETS` | 80 to 112 octets for each of these | number of them |
///
/// ```
/// use msgin5g::client::ClientMemory;
///
/// static MEMORY_SIZE: usize = size_of::<ClientMemory>();
/// assert!(MEMORY_SIZE < 8 * 1024);
/// ```
#[derive(Debug)]
pub struct ClientMemory<
    const RX: usize = 1152,
    const TX: usize = 1152,
    const OUT: usize = 2048,
    const SLOTS: usize = 8,
    const IN: usize = 2048,
    const SETS: usize = 4,
> {
    pub(crate) rx: [u8; RX],
    pub(crate) tx: [u8; TX],
    pub(crate) outbox: [u8; OUT],
    pub(crate) slots: [OutboxSlot; SLOTS],
    pub(crate) incoming: [u8; IN],
    pub(crate) incoming_slots: [IncomingSlot; SETS],
}

impl<
    const RX: usize,
    const TX: usize,
    const OUT: usize,
    const SLOTS: usize,
    const IN: usize,
    const SETS: usize,
> ClientMemory<RX, TX, OUT, SLOTS, IN, SETS>
{
    /// Octets of a buffer that takes every [snapshot](crate::snapshot) of a client in this
    /// memory, with a session and keys.
    #[cfg(feature = "snapshot")]
    pub const SNAPSHOT_LEN: usize = crate::snapshot::max_len(OUT, SLOTS, IN, SETS);

    /// Empty memory; fit for a `static`.
    pub const fn new() -> Self {
        Self {
            rx: [0; RX],
            tx: [0; TX],
            outbox: [0; OUT],
            slots: [OutboxSlot::EMPTY; SLOTS],
            incoming: [0; IN],
            incoming_slots: [IncomingSlot::EMPTY; SETS],
        }
    }

    /// The pieces that [`Client::new`](crate::client::Client::new) takes.
    pub fn pieces(&mut self) -> Pieces<'_> {
        Pieces {
            rx: &mut self.rx,
            tx: &mut self.tx,
            outbox: &mut self.outbox,
            slots: &mut self.slots,
            incoming: &mut self.incoming,
            incoming_slots: &mut self.incoming_slots,
        }
    }
}

impl<
    const RX: usize,
    const TX: usize,
    const OUT: usize,
    const SLOTS: usize,
    const IN: usize,
    const SETS: usize,
> Default for ClientMemory<RX, TX, OUT, SLOTS, IN, SETS>
{
    fn default() -> Self {
        Self::new()
    }
}

/// The same memory as slices, for callers whose sizes are known at run time only.
#[derive(Debug)]
pub struct Pieces<'m> {
    /// Receives; at least 32 octets.
    pub rx: &'m mut [u8],
    /// Sends.
    pub tx: &'m mut [u8],
    /// Keeps what is not answered yet.
    pub outbox: &'m mut [u8],
    /// One for each of these.
    pub slots: &'m mut [OutboxSlot],
    /// Keeps what cannot be handed over yet: segments and parts of aggregates.
    pub incoming: &'m mut [u8],
    /// One for each message in segments, and for each aggregate.
    pub incoming_slots: &'m mut [IncomingSlot],
}

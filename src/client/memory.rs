//! The memory a client works in. It is the caller's: a `static` in firmware, a local on a host.

use super::OutboxSlot;

/// Memory for one client, in one piece.
///
/// | parameter | holds | how to size it |
/// |---|---|---|
/// | `RX` | one received CoAP message, and what arrived behind it | largest message expected, JSON included; it is announced to the server as Max-Message-Size. An MSG costs about 350 octets besides its payload. |
/// | `TX` | one CoAP message on its way out | largest message sent |
/// | `OUT` | JSON of all messages and reports that are not answered yet | sum of what may wait at the same time |
/// | `SLOTS` | 64 octets or so for each of these | number of them |
///
/// ```
/// use msgin5g::client::ClientMemory;
///
/// static MEMORY_SIZE: usize = size_of::<ClientMemory>();
/// assert!(MEMORY_SIZE < 5 * 1024);
/// ```
#[derive(Debug)]
pub struct ClientMemory<
    const RX: usize = 1152,
    const TX: usize = 1152,
    const OUT: usize = 2048,
    const SLOTS: usize = 8,
> {
    pub(super) rx: [u8; RX],
    pub(super) tx: [u8; TX],
    pub(super) outbox: [u8; OUT],
    pub(super) slots: [OutboxSlot; SLOTS],
}

impl<const RX: usize, const TX: usize, const OUT: usize, const SLOTS: usize>
    ClientMemory<RX, TX, OUT, SLOTS>
{
    /// Empty memory; fit for a `static`.
    pub const fn new() -> Self {
        Self {
            rx: [0; RX],
            tx: [0; TX],
            outbox: [0; OUT],
            slots: [OutboxSlot::EMPTY; SLOTS],
        }
    }

    /// The pieces that [`Client::new`](super::Client::new) takes.
    pub fn pieces(&mut self) -> Pieces<'_> {
        Pieces {
            rx: &mut self.rx,
            tx: &mut self.tx,
            outbox: &mut self.outbox,
            slots: &mut self.slots,
        }
    }
}

impl<const RX: usize, const TX: usize, const OUT: usize, const SLOTS: usize> Default
    for ClientMemory<RX, TX, OUT, SLOTS>
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
}

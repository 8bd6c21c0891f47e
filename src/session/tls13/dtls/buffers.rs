//! The caller's memory, lent to one association after the other.

use super::super::crypto::Crypto;
use super::super::error::TlsError;
use super::super::handshake::{ConnectionId, Limits, fragment_octets};
use super::config::DtlsConfig;
use super::connection::{DtlsConnection, STORE_LEN};
use zeroize::Zeroize;

/// Shortest room for a datagram of the server.
const MIN_RECEIVE: usize = 256;

/// Octets around the content of a record of the server: header with length, tag.
const RECEIVE_OVERHEAD: usize = 5 + 16;

/// Memory for fragments, for a datagram in, and for one out. Lengths that will not do are told
/// when an association is begun.
#[derive(Default)]
pub(crate) struct Buffers<'b> {
    pub(super) store: &'b mut [u8],
    pub(super) receive: &'b mut [u8],
    pub(super) send: &'b mut [u8],
}

impl<'b> Buffers<'b> {
    pub(crate) fn new(receive: &'b mut [u8], send: &'b mut [u8]) -> Self {
        let (store, receive) = match receive.len() {
            short @ ..=STORE_LEN => receive.split_at_mut(short),
            _ => receive.split_at_mut(STORE_LEN),
        };
        Self {
            store,
            receive,
            send,
        }
    }

    /// Whether an association can be made of it.
    pub(super) fn check(&self, dtls: &DtlsConfig<'_>) -> Result<(), TlsError> {
        if self.receive.len() < MIN_RECEIVE {
            return Err(TlsError::too_small(STORE_LEN.saturating_add(MIN_RECEIVE)));
        }
        match ConnectionId::from_slice(dtls.connection_id.unwrap_or_default()) {
            Ok(_) => Ok(()),
            Err(_) => Err(TlsError::Unsupported),
        }
    }
}

impl<'b, C: Crypto> DtlsConnection<'b, C> {
    /// Ends it without a farewell and gives the memory back, wiped.
    pub(crate) fn take_buffers(&mut self) -> Buffers<'b> {
        self.wipe();
        Buffers {
            store: core::mem::take(&mut self.store),
            receive: core::mem::take(&mut self.receive),
            send: core::mem::take(&mut self.send),
        }
    }

    /// What of the server's records finds room.
    pub(super) fn limits(&self) -> Limits {
        let overhead = RECEIVE_OVERHEAD.saturating_add(self.own_id.len());
        let size = self.receive.len().saturating_sub(overhead);
        let size = u16::try_from(size.min((1 << 14) + 1)).unwrap_or(u16::MAX);
        Limits {
            record_size: size,
            fragment_code: (1..=4)
                .rfind(|code| fragment_octets(*code) < usize::from(size))
                .filter(|_| size <= 1 << 14),
        }
    }

    pub(super) fn wipe_buffers(&mut self) {
        for buffer in [&mut *self.store, &mut *self.receive, &mut *self.send] {
            buffer.zeroize();
        }
    }
}

impl<C: Crypto> Drop for DtlsConnection<'_, C> {
    /// Keys and secrets wipe themselves.
    fn drop(&mut self) {
        self.wipe_buffers();
    }
}

//! The send buffer: at most one record, until the transport has taken it.

use super::alert::Alert;
use super::crypto::Crypto;
use super::error::TlsError;
use super::record::{HEADER_LEN, TrafficKey, content, tls_header};
use core::ops::Range;
use zeroize::Zeroize;

pub(crate) struct Outgoing<'b> {
    buf: &'b mut [u8],
    /// Octets that the transport has not taken.
    unsent: Range<usize>,
}

impl<'b> Outgoing<'b> {
    pub(crate) fn new(buf: &'b mut [u8]) -> Self {
        Self { buf, unsent: 0..0 }
    }

    /// Gives the buffer back.
    pub(crate) fn take_buffer(&mut self) -> &'b mut [u8] {
        core::mem::take(&mut self.buf)
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.unsent.is_empty()
    }

    /// Octets for the transport.
    pub(crate) fn unsent(&self) -> &[u8] {
        self.buf.get(self.unsent.clone()).unwrap_or_default()
    }

    /// The transport has taken so many.
    pub(crate) fn sent(&mut self, n: usize) {
        self.unsent.start = self.unsent.start.saturating_add(n).min(self.unsent.end);
    }

    /// Forgets and wipes what has not left.
    pub(crate) fn wipe(&mut self) {
        self.buf.zeroize();
        self.unsent = 0..0;
    }

    /// Where content is written, before [`seal`](Self::seal) makes a record of it. Only while
    /// [`is_empty`](Self::is_empty).
    pub(crate) fn content(&mut self) -> &mut [u8] {
        self.buf.get_mut(HEADER_LEN..).unwrap_or_default()
    }

    /// Makes a record of the first `len` octets of content, protected if there is a key.
    pub(crate) fn seal<C: Crypto>(
        &mut self,
        key: &mut Option<TrafficKey<C>>,
        kind: u8,
        len: usize,
    ) -> Result<(), TlsError> {
        let end = match key {
            Some(key) => key.seal_record(kind, len, self.buf)?,
            None => {
                let header = self.buf.first_chunk_mut();
                *header.ok_or(TlsError::too_small(HEADER_LEN))? = tls_header(kind, len);
                len.saturating_add(HEADER_LEN)
            }
        };
        self.unsent = 0..end;
        Ok(())
    }

    /// Copies content and makes a record of it.
    pub(crate) fn put<C: Crypto>(
        &mut self,
        key: &mut Option<TrafficKey<C>>,
        kind: u8,
        content: &[u8],
    ) -> Result<(), TlsError> {
        let needed = content.len().saturating_add(HEADER_LEN);
        self.content()
            .get_mut(..content.len())
            .ok_or(TlsError::too_small(needed))?
            .copy_from_slice(content);
        self.seal(key, kind, content.len())
    }
}

/// What waits for the send buffer to be empty.
#[derive(Default)]
pub(crate) struct Owed {
    pub(crate) alert: Option<Alert>,
    /// A KeyUpdate; `true`: the peer is asked for one too.
    pub(crate) key_update: Option<bool>,
}

impl Owed {
    /// The next message: content type, octets, and whether the key changes after it.
    pub(crate) fn next(&mut self) -> Option<(u8, [u8; 5], usize)> {
        if let Some(alert) = self.alert.take() {
            let [level, description] = alert.to_message();
            return Some((content::ALERT, [level, description, 0, 0, 0], 2));
        }
        let ask = self.key_update.take()?;
        Some((content::HANDSHAKE, [24, 0, 0, 1, u8::from(ask)], 5))
    }
}

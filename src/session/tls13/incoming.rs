//! The receive buffer: a record being collected, messages being put together, data to be read.
//!
//! ```text
//! | message octets (kept) | header | body of the record being collected |  free |
//! ```
//! Content is moved down to the message octets when it is handshake, and stays where it is when
//! it is application data, which is never behind kept octets.

use super::alert::Alert;
use super::error::TlsError;
use super::handshake::Message;
use super::record::{HEADER_LEN, content};
use core::cell::Cell;
use core::ops::Range;
use zeroize::Zeroize;

/// The longest body of a record (RFC 8446 section 5.2).
const MAX_BODY: usize = (1 << 14) + 256;
/// Octets of a handshake message's header.
const MESSAGE_HEADER_LEN: usize = 4;

/// Which records may come now.
#[derive(Clone, Copy)]
pub(crate) enum Expected {
    /// There are no keys yet.
    Clear,
    /// Those of the handshake.
    Handshake,
    /// Those of the application data.
    Data,
}

impl Expected {
    /// Judges a header: type, version, length.
    fn judge(self, [kind, major, minor, high, low]: [u8; HEADER_LEN]) -> Result<(), TlsError> {
        let len = u16::from_be_bytes([high, low]);
        let possible = match (self, kind) {
            (Self::Clear, content::HANDSHAKE) => major == 3 && len > 0,
            (Self::Clear, content::ALERT) => major == 3 && len == 2,
            (Self::Clear | Self::Handshake, content::CHANGE_CIPHER_SPEC) => major == 3,
            // The type octet and the shortest tag.
            (Self::Handshake | Self::Data, content::APPLICATION_DATA) => {
                [major, minor] == [3, 3] && len > 8
            }
            // Octets in clear once there are keys are not the server's.
            _ => return Err(TlsError::UnexpectedRecord(kind)),
        };
        if possible {
            Ok(())
        } else {
            Err(TlsError::MalformedRecord)
        }
    }
}

pub(crate) struct Incoming<'b> {
    buf: &'b mut [u8],
    /// Octets of handshake messages at the front.
    kept: usize,
    /// Octets of the current record behind them.
    have: usize,
    /// Application data not read yet.
    data: Range<usize>,
    /// Octets of a message that are still to be thrown away.
    skip: usize,
}

impl<'b> Incoming<'b> {
    pub(crate) fn new(buf: &'b mut [u8]) -> Self {
        Self {
            buf,
            kept: 0,
            have: 0,
            data: 0..0,
            skip: 0,
        }
    }

    /// Gives the buffer back.
    pub(crate) fn take_buffer(&mut self) -> &'b mut [u8] {
        core::mem::take(&mut self.buf)
    }

    /// Where the next octets of the stream belong. Empty while data waits to be read.
    pub(crate) fn room(&mut self) -> &mut [u8] {
        if !self.data.is_empty() {
            return &mut [];
        }
        let start = self.kept.saturating_add(self.have);
        let end = self.kept.saturating_add(self.wanted());
        self.buf.get_mut(start..end).unwrap_or_default()
    }

    /// So many octets were put into [`room`](Self::room). `true`: the record is complete. Its header
    /// is judged as soon as it is there, so that nobody waits for a record that cannot be.
    pub(crate) fn filled(&mut self, n: usize, expected: Expected) -> Result<bool, TlsError> {
        let header_was_complete = self.have >= HEADER_LEN;
        self.have = self.have.saturating_add(n);
        if self.have < HEADER_LEN {
            return Ok(false);
        }
        let wanted = self.wanted();
        if !header_was_complete {
            if let Some(header) = self.buf.get(self.kept..).and_then(|r| r.first_chunk()) {
                expected.judge(*header)?;
            }
            let room = self.buf.len().saturating_sub(self.kept);
            if wanted > MAX_BODY.saturating_add(HEADER_LEN) {
                return Err(Alert::RECORD_OVERFLOW.into());
            }
            if wanted > room {
                let len = u16::try_from(wanted).unwrap_or(u16::MAX);
                return Err(TlsError::RecordTooLong { len });
            }
        }
        Ok(self.have >= wanted)
    }

    /// Header and body of the complete record.
    pub(crate) fn record(&mut self) -> Option<(&[u8; HEADER_LEN], &mut [u8])> {
        let end = self.kept.saturating_add(self.have);
        let record = self.buf.get_mut(self.kept..end)?;
        let (header, body) = record.split_first_chunk_mut()?;
        Some((header, body))
    }

    /// The first octets of the record's body.
    pub(crate) fn content(&self, len: usize) -> Option<&[u8]> {
        let start = self.kept.saturating_add(HEADER_LEN);
        self.buf.get(start..start.saturating_add(len))
    }

    /// Nothing is here: no octet of a record, of a message or of data.
    #[cfg(feature = "snapshot")]
    pub(crate) fn is_empty(&self) -> bool {
        self.have == 0 && !self.inside_message() && !self.has_data()
    }

    /// Forgets and wipes all that came.
    pub(crate) fn wipe(&mut self) {
        self.buf.zeroize();
        (self.kept, self.have, self.skip) = (0, 0, 0);
        self.data = 0..0;
    }

    /// The record held so many octets of handshake messages.
    pub(crate) fn keep_messages(&mut self, len: usize) {
        let end = self.kept.saturating_add(HEADER_LEN).saturating_add(len);
        if let Some(octets) = self.buf.get_mut(self.kept..end) {
            move_down(octets, HEADER_LEN);
            self.kept = self.kept.saturating_add(len);
        }
        self.have = 0;
        self.drop_skipped();
    }

    /// The record held so many octets of application data.
    pub(crate) fn keep_data(&mut self, len: usize) {
        self.data = HEADER_LEN..HEADER_LEN.saturating_add(len);
        self.have = 0;
    }

    /// The record is done with.
    pub(crate) fn drop_record(&mut self) {
        self.have = 0;
    }

    /// In the middle of a message: only more of it may come.
    pub(crate) fn inside_message(&self) -> bool {
        self.kept > 0 || self.skip > 0
    }

    /// Type and whole length of the next message, as soon as its header is there.
    pub(crate) fn message_header(&self) -> Option<(u8, usize)> {
        let [kind, a, b, c] = *self.messages().first_chunk()?;
        let [a, b, c] = [a, b, c].map(usize::from);
        let len = (a << 16) | (b << 8) | c;
        Some((kind, len.saturating_add(MESSAGE_HEADER_LEN)))
    }

    /// The next message, whose whole length is `len`, as soon as all of it is there.
    pub(crate) fn message(&self, len: usize) -> Result<Option<Message<'_>>, TlsError> {
        match self.messages().split_at_checked(len) {
            Some((message, rest)) => Ok(message.split_first_chunk().map(
                |(&[kind, ..], body): (&[u8; MESSAGE_HEADER_LEN], _)| Message {
                    kind,
                    body,
                    last: rest.is_empty(),
                },
            )),
            // A record with one octet more must still fit behind.
            None => match len.saturating_add(HEADER_LEN + 1 + 1 + 16) {
                needed if needed > self.buf.len() => Err(TlsError::too_small(needed)),
                _ => Ok(None),
            },
        }
    }

    /// Throws the next message away, of which not all need be there.
    pub(crate) fn skip_message(&mut self, len: usize) {
        self.skip = len;
        self.drop_skipped();
    }

    /// The whole length of the buffer.
    pub(crate) fn capacity(&self) -> usize {
        self.buf.len()
    }

    /// Octets of application data that wait.
    pub(crate) fn has_data(&self) -> bool {
        !self.data.is_empty()
    }

    /// Takes application data.
    pub(crate) fn read(&mut self, out: &mut [u8]) -> usize {
        let Some(data) = self.buf.get(self.data.clone()) else {
            return 0;
        };
        let n = data.len().min(out.len());
        for (to, from) in out.iter_mut().zip(data) {
            *to = *from;
        }
        self.data.start = self.data.start.saturating_add(n);
        n
    }

    fn messages(&self) -> &[u8] {
        self.buf.get(..self.kept).unwrap_or_default()
    }

    fn drop_skipped(&mut self) {
        let n = self.skip.min(self.kept);
        if let Some(octets) = self.buf.get_mut(..self.kept) {
            move_down(octets, n);
        }
        self.kept = self.kept.saturating_sub(n);
        self.skip = self.skip.saturating_sub(n);
    }

    /// Octets of the current record as far as known: the header's, then all.
    fn wanted(&self) -> usize {
        let header = self.buf.get(self.kept..).and_then(|r| r.first_chunk());
        match header {
            Some(&[_, _, _, high, low]) if self.have >= HEADER_LEN => {
                usize::from(u16::from_be_bytes([high, low])).saturating_add(HEADER_LEN)
            }
            _ => HEADER_LEN,
        }
    }
}

/// Moves octets `by` places down, over the first ones. One by one: the general memmove, which
/// nothing else here needs, takes 1.5 kB of flash.
fn move_down(octets: &mut [u8], by: usize) {
    let octets = Cell::from_mut(octets).as_slice_of_cells();
    let from = octets.get(by..).unwrap_or_default();
    for (to, from) in octets.iter().zip(from) {
        to.set(core::hint::black_box(from.get()));
    }
}

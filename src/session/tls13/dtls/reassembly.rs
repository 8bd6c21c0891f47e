//! Handshake messages out of fragments (RFC 9147 section 5.2 and 5.5).

use super::super::alert::Alert;
use super::super::wire::Reader;
use core::ops::Range;

/// Octets of a handshake message's header.
pub(super) const HEADER_LEN: usize = 12;
/// Pieces of one message that may be apart at the same time. A fragment that would make more is
/// let go, and comes again.
const PIECES: usize = 6;

/// The header of a handshake message, or of a part of one.
#[derive(Clone, Copy)]
pub(super) struct Fragment {
    pub(super) kind: u8,
    /// Octets of the whole message without its header.
    pub(super) len: usize,
    pub(super) message: u16,
    pub(super) offset: usize,
    /// Octets of this part.
    pub(super) part: usize,
}

impl Fragment {
    pub(super) fn parse(octets: &[u8]) -> Result<Self, Alert> {
        let mut r = Reader::new(octets);
        let kind = r.u8()?;
        let len = u24(&mut r)?;
        let message = r.u16()?;
        let (offset, part) = (u24(&mut r)?, u24(&mut r)?);
        r.take(part)?;
        if offset.saturating_add(part) > len {
            return Err(Alert::DECODE_ERROR);
        }
        Ok(Self {
            kind,
            len,
            message,
            offset,
            part,
        })
    }

    pub(super) fn is_whole(&self) -> bool {
        self.part == self.len
    }

    /// The header as sent.
    pub(super) fn header(&self) -> [u8; HEADER_LEN] {
        let three = |n: usize| {
            let [.., a, b, c] = n.to_be_bytes();
            [a, b, c]
        };
        let [l0, l1, l2] = three(self.len);
        let [m0, m1] = self.message.to_be_bytes();
        let [o0, o1, o2] = three(self.offset);
        let [p0, p1, p2] = three(self.part);
        [self.kind, l0, l1, l2, m0, m1, o0, o1, o2, p0, p1, p2]
    }
}

fn u24(r: &mut Reader<'_>) -> Result<usize, Alert> {
    let [a, b, c] = r.array()?.map(usize::from);
    Ok((a << 16) | (b << 8) | c)
}

/// One message being put together.
#[derive(Default)]
pub(super) struct Reassembly {
    kind: u8,
    len: usize,
    /// What has come: apart, in order.
    pieces: heapless::Vec<Range<usize>, PIECES>,
}

/// What became of a fragment.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Added {
    /// The message is whole.
    Complete,
    /// It is kept; more are missing.
    Kept,
    /// It is let go, as if it had not come.
    Dropped,
}

impl Reassembly {
    /// Nothing of a message is here.
    pub(super) fn is_empty(&self) -> bool {
        self.pieces.is_empty()
    }

    /// Takes a fragment of the one message that is expected. `store` holds the message; empty:
    /// the octets are not kept, only counted.
    pub(super) fn add(
        &mut self,
        fragment: &Fragment,
        part: &[u8],
        store: &mut [u8],
    ) -> Result<Added, Alert> {
        if self.pieces.is_empty() {
            (self.kind, self.len) = (fragment.kind, fragment.len);
        } else if (self.kind, self.len) != (fragment.kind, fragment.len) {
            return Err(Alert::ILLEGAL_PARAMETER);
        }
        let range = fragment.offset..fragment.offset.saturating_add(part.len());
        if !self.note(range.clone()) {
            return Ok(Added::Dropped);
        }
        if let Some(place) = store.get_mut(range) {
            place.copy_from_slice(part);
        }
        let whole = self.pieces.first() == Some(&(0..self.len));
        if whole {
            self.pieces.clear();
            return Ok(Added::Complete);
        }
        Ok(Added::Kept)
    }

    /// Joins a range with those there. `false`: no room for another piece.
    fn note(&mut self, mut new: Range<usize>) -> bool {
        let touching = |piece: &Range<usize>, new: &Range<usize>| {
            piece.start <= new.end && new.start <= piece.end
        };
        let joined = self.pieces.iter().filter(|p| touching(p, &new)).count();
        if joined == 0 && self.pieces.is_full() {
            return false;
        }
        self.pieces.retain(|piece| {
            let touches = touching(piece, &new);
            if touches {
                new = new.start.min(piece.start)..new.end.max(piece.end);
            }
            !touches
        });
        let at = self.pieces.iter().take_while(|p| p.start < new.start);
        let at = at.count();
        self.pieces.insert(at, new).is_ok()
    }
}

#[cfg(test)]
mod tests;

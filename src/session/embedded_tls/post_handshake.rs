//! What may come besides data once a session is open.

use super::guard::{ALERT, APPLICATION_DATA, HANDSHAKE};
use crate::session::{MAX_EMPTY_RECORDS, SessionError, Unsupported};

pub(super) const NEW_SESSION_TICKET: u8 = 4;
pub(super) const KEY_UPDATE: u8 = 24;
const CLOSE_NOTIFY: u8 = 0;

/// AES-GCM is good for 2^24.5 full records under one key (RFC 8446 clause 5.5).
pub(super) const MAX_RECORDS: u32 = 1 << 24;

/// Reads handshake messages after the handshake, over as many records as they take.
///
/// Tickets are skipped: every session is opened with K_AF, so that a new K_AF takes effect.
#[derive(Debug, Default)]
pub(super) struct PostHandshake {
    header: [u8; 4],
    have: usize,
    /// Octets of the current message still to come.
    left: u32,
    empty_in_a_row: u16,
}

impl PostHandshake {
    /// Judges the content of a record that carries no data, or the empty data of one.
    pub(super) fn record(&mut self, kind: u8, content: &[u8]) -> Result<(), SessionError> {
        self.empty_in_a_row = self.empty_in_a_row.saturating_add(1);
        if self.empty_in_a_row > MAX_EMPTY_RECORDS {
            return Err(SessionError::TooManyEmptyRecords);
        }
        match (kind, content) {
            (ALERT, [_, CLOSE_NOTIFY]) => Err(SessionError::Closed),
            (ALERT, [_, alert]) => Err(SessionError::PeerAlert(*alert)),
            (HANDSHAKE, [_, ..]) => self.handshake(content),
            (APPLICATION_DATA, []) if self.between_messages() => Ok(()),
            _ => Err(SessionError::UnexpectedMessage(kind)),
        }
    }

    /// Data came. It must not come within a handshake message (RFC 8446 clause 5.1).
    pub(super) fn data(&mut self) -> Result<(), SessionError> {
        self.empty_in_a_row = 0;
        if self.between_messages() {
            Ok(())
        } else {
            Err(SessionError::UnexpectedMessage(APPLICATION_DATA))
        }
    }

    fn between_messages(&self) -> bool {
        self.have == 0 && self.left == 0
    }

    fn handshake(&mut self, content: &[u8]) -> Result<(), SessionError> {
        for octet in content {
            if let Some(left) = self.left.checked_sub(1) {
                self.left = left;
                continue;
            }
            if let Some(place) = self.header.get_mut(self.have) {
                *place = *octet;
                self.have = self.have.saturating_add(1);
            }
            self.start_message()?;
        }
        Ok(())
    }

    /// Judges a message by its type as soon as that is there, and learns its length.
    fn start_message(&mut self) -> Result<(), SessionError> {
        let [kind, l1, l2, l3] = self.header;
        match kind {
            NEW_SESSION_TICKET => {}
            KEY_UPDATE => return Err(SessionError::Unsupported(Unsupported::KeyUpdate)),
            _ => return Err(SessionError::UnexpectedMessage(kind)),
        }
        if self.have == self.header.len() {
            self.left = u32::from_be_bytes([0, l1, l2, l3]);
            self.have = 0;
        }
        Ok(())
    }
}

/// Counts the records under one key.
#[derive(Debug, Default)]
pub(super) struct RecordCount(pub(super) u32);

impl RecordCount {
    /// One more record.
    pub(super) fn add(&mut self) -> Result<(), SessionError> {
        self.0 = self.0.saturating_add(1);
        if self.0 > MAX_RECORDS {
            Err(SessionError::KeyExhausted)
        } else {
            Ok(())
        }
    }
}

//! What may come besides data once a session is open.

use super::guard::{ALERT, APPLICATION_DATA, HANDSHAKE};
use crate::session::{SessionError, Unsupported};

const NEW_SESSION_TICKET: u8 = 4;
const KEY_UPDATE: u8 = 24;
const CLOSE_NOTIFY: u8 = 0;

/// Records without data in a row: more is no server, but somebody who wastes a battery.
const MAX_EMPTY: u8 = 32;

/// AES-GCM is good for 2^24.5 full records under one key (RFC 8446 clause 5.5).
const MAX_RECORDS: u32 = 1 << 24;

/// Reads handshake messages after the handshake, over as many records as they take.
///
/// Tickets are skipped: every session is opened with K_AF, so that a new K_AF takes effect.
#[derive(Debug, Default)]
pub(super) struct PostHandshake {
    header: [u8; 4],
    have: usize,
    /// Octets of the current message still to come.
    left: u32,
    empty_in_a_row: u8,
}

impl PostHandshake {
    /// Judges the content of a record that carries no data, or the empty data of one.
    pub(super) fn record(&mut self, kind: u8, content: &[u8]) -> Result<(), SessionError> {
        self.empty_in_a_row = self.empty_in_a_row.saturating_add(1);
        if self.empty_in_a_row > MAX_EMPTY {
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
pub(super) struct RecordCount(u32);

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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_protects_as_many_records_as_it_may_and_no_more() {
        let mut count = RecordCount(MAX_RECORDS - 1);
        assert_eq!(count.add(), Ok(()));
        assert_eq!(count.add(), Err(SessionError::KeyExhausted));
        assert_eq!(count.add(), Err(SessionError::KeyExhausted));
    }

    #[test]
    fn a_ticket_is_skipped_however_it_is_cut() {
        let ticket = [&[NEW_SESSION_TICKET, 0, 0, 30][..], &[7; 30]].concat();
        let two = [&ticket[..], &ticket].concat();
        for cut in 1..two.len() {
            let mut post = PostHandshake::default();
            assert_eq!(post.record(HANDSHAKE, &two[..cut]), Ok(()), "{cut}");
            assert_eq!(post.record(HANDSHAKE, &two[cut..]), Ok(()), "{cut}");
            assert_eq!(post.data(), Ok(()), "{cut}");
        }
    }

    #[test]
    fn data_within_a_ticket_is_refused() {
        let mut post = PostHandshake::default();
        assert_eq!(post.record(HANDSHAKE, &[NEW_SESSION_TICKET, 0]), Ok(()));
        assert_eq!(post.data(), Err(SessionError::UnexpectedMessage(23)));
    }

    #[test]
    fn what_is_no_ticket_is_refused_by_its_type() {
        for kind in (0..=255).filter(|k| *k != NEW_SESSION_TICKET) {
            let expected = match kind {
                KEY_UPDATE => SessionError::Unsupported(Unsupported::KeyUpdate),
                kind => SessionError::UnexpectedMessage(kind),
            };
            let mut post = PostHandshake::default();
            assert_eq!(post.record(HANDSHAKE, &[kind]), Err(expected));
        }
    }

    #[test]
    fn records_of_other_types_or_lengths_are_refused() {
        let cases: [(u8, &[u8]); 6] = [
            (20, &[1]),
            (0, &[]),
            (24, &[1]),
            (ALERT, &[]),
            (ALERT, &[1]),
            (HANDSHAKE, &[]),
        ];
        for (kind, content) in cases {
            let mut post = PostHandshake::default();
            let expected = SessionError::UnexpectedMessage(kind);
            assert_eq!(post.record(kind, content), Err(expected));
        }
    }

    #[test]
    fn alerts_are_told_apart() {
        let mut post = PostHandshake::default();
        assert_eq!(post.record(ALERT, &[1, 0]), Err(SessionError::Closed));
        assert_eq!(
            post.record(ALERT, &[2, 80]),
            Err(SessionError::PeerAlert(80))
        );
    }

    #[test]
    fn endless_empty_records_end_the_session() {
        let mut post = PostHandshake::default();
        for _ in 0..MAX_EMPTY {
            assert_eq!(post.record(APPLICATION_DATA, &[]), Ok(()));
        }
        let more = post.record(APPLICATION_DATA, &[]);
        assert_eq!(more, Err(SessionError::TooManyEmptyRecords));
    }
}

//! What can only be seen from inside: the count of records, and handshake messages cut anywhere.

use super::guard::{ALERT, APPLICATION_DATA, HANDSHAKE};
use super::post_handshake::{
    KEY_UPDATE, MAX_RECORDS, NEW_SESSION_TICKET, PostHandshake, RecordCount,
};
use crate::session::{SessionError, Unsupported};

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
    for _ in 0..crate::session::MAX_EMPTY_RECORDS {
        assert_eq!(post.record(APPLICATION_DATA, &[]), Ok(()));
    }
    let more = post.record(APPLICATION_DATA, &[]);
    assert_eq!(more, Err(SessionError::TooManyEmptyRecords));
}

//! A peer that has the key and does not keep to the protocol: it may end the session, and no
//! more. With `embedded-tls` alone some of these panic.

use crate::backend::*;
use crate::forge::Forger;
use core::task::Poll;
use msgin5g::session::{Session, SessionError, Unsupported};
use proptest::prelude::*;

const ALERT: u8 = 21;
const HANDSHAKE: u8 = 22;
const DATA: u8 = 23;

/// What the session gives, and how it ends, when the peer sends these records.
fn after<B: Backend>(records: impl Fn(&mut Forger) -> Vec<Vec<u8>>) -> (Vec<u8>, SessionError) {
    let link = Link::new(&Setup::default());
    let mut memory = B::memory(link.clone());
    let mut session = open::<B>(&mut memory).unwrap();
    link.step();
    let log = link.server().seen.lock().unwrap().key_log.clone();
    let mut forger = Forger::new(&log, "SERVER_TRAFFIC_SECRET_0");
    link.inject(&records(&mut forger).concat());
    link.hang_up();
    let (mut got, mut buf) = (Vec::new(), [0; 64]);
    let e = loop {
        match wait(|| session.recv(&mut buf)) {
            Ok(n) => got.extend(&buf[..n]),
            Err(e) => break e,
        }
    };
    drop(session);
    assert_usable_again::<B>(&mut memory);
    (got, e)
}

/// How a session ends on one record of this type and content.
fn after_one<B: Backend>(kind: u8, content: &[u8]) -> SessionError {
    let (got, e) = after::<B>(|forger| vec![forger.record(kind, content, 0)]);
    assert_eq!(got, b"");
    e
}

fn forged_records_are_as_good_as_the_servers<B: Backend>() {
    let (got, e) = after::<B>(|forger| {
        vec![
            forger.record(DATA, b"plain", 0),
            forger.record(DATA, b" padded", 100),
            forger.record(DATA, b"", 0),
            forger.record(DATA, b" zeros\0\0", 9),
            forger.record(DATA, &[b'x'; 640 - 17], 0),
            forger.record(ALERT, &[1, 0], 3),
        ]
    });
    let mut expected = b"plain padded zeros\0\0".to_vec();
    expected.extend([b'x'; 640 - 17]);
    assert_eq!((got, e), (expected, SessionError::Closed));
}

fn handshake_messages_after_the_handshake_are_refused_by_type<B: Backend>() {
    let mut finished = vec![20, 0, 0, 32];
    finished.extend([7; 32]);
    let messages: [&[u8]; 7] = [
        &finished,
        &[8, 0, 0, 2, 0, 0],
        &[11, 0, 0, 4, 0, 0, 0, 0],
        &[13, 0, 0, 3, 0, 0, 0],
        &[15, 0, 0, 4, 4, 3, 0, 0],
        &[1, 0, 0, 0],
        &[254, 0, 0, 0],
    ];
    for message in messages {
        let expected = SessionError::UnexpectedMessage(message[0]);
        assert_eq!(after_one::<B>(HANDSHAKE, message), expected);
    }
}

fn key_update_is_followed_or_ends_the_session_with_a_farewell<B: Backend>() {
    let link = Link::new(&Setup::default());
    let mut memory = B::memory(link.clone());
    let mut session = open::<B>(&mut memory).unwrap();
    link.step();
    let log = link.server().seen.lock().unwrap().key_log.clone();
    let mut forger = Forger::new(&log, "SERVER_TRAFFIC_SECRET_0");
    link.inject(&forger.record(HANDSHAKE, &[24, 0, 0, 1, 0], 0));
    if B::OWN {
        // It is followed: tests/tls13_messages/.
        assert_eq!(session.recv(&mut [0; 8]), Poll::Pending);
        assert_eq!(session.send(b"x"), Poll::Ready(Ok(1)));
        return;
    }
    let e = SessionError::Unsupported(Unsupported::KeyUpdate);
    assert_eq!(session.recv(&mut [0; 8]), Poll::Ready(Err(e)));
    assert_eq!(session.send(b"x"), Poll::Ready(Err(e)));
    link.step();
    assert!(link.server().got_close_notify());
    drop(session);
    assert_usable_again::<B>(&mut memory);
}

fn alerts_of_an_open_session_are_told_by_number<B: Backend>() {
    assert_eq!(after_one::<B>(ALERT, &[2, 80]), SessionError::PeerAlert(80));
    // user_canceled: only the farewell after it is the end.
    let canceled = B::pick(SessionError::PeerAlert(90), SessionError::Truncated);
    assert_eq!(after_one::<B>(ALERT, &[1, 90]), canceled);
    assert_eq!(
        after_one::<B>(ALERT, &[2, 200]),
        SessionError::PeerAlert(200)
    );
    assert_eq!(after_one::<B>(ALERT, &[1, 0]), SessionError::Closed);
    let short = B::pick(
        SessionError::UnexpectedMessage(21),
        SessionError::MalformedHandshake,
    );
    assert_eq!(after_one::<B>(ALERT, &[1]), short);
}

fn records_of_no_type_are_refused<B: Backend>() {
    let nothing = after::<B>(|forger| vec![forger.protect(&[])]).1;
    let expected = B::pick(
        SessionError::MalformedRecord,
        SessionError::UnexpectedMessage(0),
    );
    assert_eq!(nothing, expected);
    for zeros in [1, 2, 300] {
        let (_, e) = after::<B>(|forger| vec![forger.protect(&vec![0; zeros])]);
        assert_eq!(e, SessionError::UnexpectedMessage(0));
    }
    assert_eq!(
        after_one::<B>(20, &[1]),
        SessionError::UnexpectedMessage(20)
    );
    assert_eq!(
        after_one::<B>(24, &[1]),
        SessionError::UnexpectedMessage(24)
    );
}

fn a_ticket_over_several_records_is_skipped_and_nothing_may_stand_between<B: Backend>() {
    let mut ticket = vec![4, 0, 2, 0];
    ticket.extend([9; 512]);
    let (first, second) = ticket.split_at(300);
    let (got, e) = after::<B>(|forger| {
        vec![
            forger.record(HANDSHAKE, first, 0),
            forger.record(HANDSHAKE, second, 0),
            forger.record(DATA, b"data", 0),
        ]
    });
    assert_eq!((got, e), (b"data".to_vec(), SessionError::Truncated));
    let (got, e) = after::<B>(|forger| {
        vec![
            forger.record(HANDSHAKE, first, 0),
            forger.record(DATA, b"data", 0),
        ]
    });
    let expected = SessionError::UnexpectedMessage(DATA);
    assert_eq!((got, e), (b"".to_vec(), expected));
}

fn a_flood_of_empty_records_ends_the_session<B: Backend>() {
    let (_, e) = after::<B>(|forger| (0..100).map(|_| forger.record(DATA, b"", 0)).collect());
    assert_eq!(e, SessionError::TooManyEmptyRecords);
    let ticket = [4, 0, 0, 1, 9];
    let (_, e) = after::<B>(|forger| {
        (0..100)
            .map(|_| forger.record(HANDSHAKE, &ticket, 0))
            .collect()
    });
    assert_eq!(e, SessionError::TooManyEmptyRecords);
}

/// How opening ends when the peer's protected flight is made of these records.
fn flight_of<B: Backend>(records: impl Fn(&mut Forger) -> Vec<Vec<u8>> + 'static) -> SessionError {
    let link = Link::new(&Setup::default());
    let seen = link.server().seen.clone();
    let mut memory = B::memory(link.clone().mangle(move |flight| {
        let log = seen.lock().unwrap().key_log.clone();
        let mut forger = Forger::new(&log, "SERVER_HANDSHAKE_TRAFFIC_SECRET");
        let hello = 5 + record_lengths(flight)[0];
        flight.truncate(hello);
        flight.extend(records(&mut forger).concat());
    }));
    let e = failure::<B>(&mut memory, 20).expect("opened");
    assert_usable_again::<B>(&mut memory);
    e
}

fn a_flight_that_breaks_the_protocol_opens_nothing<B: Backend>() {
    let extensions: &[u8] = &[8, 0, 0, 2, 0, 0];
    let finished = [&[20, 0, 0, 32][..], &[7; 32]].concat();
    let wrong_finished = finished.clone();
    let e = flight_of::<B>(move |forger| {
        let both = [extensions, &wrong_finished].concat();
        vec![forger.record(HANDSHAKE, &both, 0)]
    });
    assert_eq!(e, SessionError::ServerNotAuthenticated, "wrong Finished");

    let malformed: [(&str, u8, Vec<u8>); 6] = [
        ("data", DATA, vec![1]),
        ("change_cipher_spec", 20, vec![1]),
        ("no type", 0, vec![0]),
        ("ServerHello", HANDSHAKE, vec![2, 0, 0, 0]),
        ("KeyUpdate", HANDSHAKE, vec![24, 0, 0, 1, 0]),
        // RFC 8446 clause 4.2: known, and not allowed here. embedded-tls wants to send an alert.
        ("key share", HANDSHAKE, vec![8, 0, 0, 6, 0, 4, 0, 51, 0, 0]),
    ];
    for (what, kind, content) in malformed {
        let e = flight_of::<B>(move |forger| vec![forger.record(kind, &content, 0)]);
        assert_eq!(e, SessionError::MalformedHandshake, "{what}");
    }
    let malformed = SessionError::MalformedHandshake;
    let empty = flight_of::<B>(|forger| vec![forger.protect(&[])]);
    assert_eq!(empty, B::pick(SessionError::MalformedRecord, malformed));
    // embedded-tls hides which alert it was.
    let alert = flight_of::<B>(|forger| vec![forger.record(ALERT, &[2, 80], 0)]);
    assert_eq!(alert, B::pick(malformed, SessionError::PeerAlert(80)));
    // The rest might come in another record, but for embedded-tls.
    let short = flight_of::<B>(move |forger| vec![forger.record(HANDSHAKE, &finished[..20], 0)]);
    assert_eq!(short, B::pick(malformed, SessionError::TimedOut));
}

const CASES: u32 = 300;

/// Any content, under any type, in any number of records, with the key.
fn whatever_the_peer_protects_after_the_handshake<B: Backend>() {
    let records = prop::collection::vec((kind(), content()), 1..6);
    proptest!(ProptestConfig::with_cases(CASES), |(records in records)| {
        let (_, e) = after::<B>(move |forger| {
            records.iter().map(|(kind, content)| forger.record(*kind, content, 0)).collect()
        });
        prop_assert_ne!(e, SessionError::Internal);
    });
}

/// The same in place of the server's protected flight.
fn whatever_the_peer_protects_within_the_handshake<B: Backend>() {
    let records = prop::collection::vec((kind(), content()), 1..6);
    proptest!(ProptestConfig::with_cases(CASES), |(records in records)| {
        let e = flight_of::<B>(move |forger| {
            records.iter().map(|(kind, content)| forger.record(*kind, content, 0)).collect()
        });
        prop_assert_ne!(e, SessionError::Internal);
    });
}

fn kind() -> impl Strategy<Value = u8> {
    prop_oneof![6 => Just(HANDSHAKE), 1 => Just(ALERT), 1 => Just(DATA), 1 => any::<u8>()]
}

/// Handshake messages with a likely type and length, or anything.
fn content() -> impl Strategy<Value = Vec<u8>> {
    let message = (
        prop::sample::select(vec![1_u8, 2, 4, 8, 11, 13, 15, 20, 24]),
        prop::collection::vec(prop_oneof![3 => 0_u8..8, 1 => any::<u8>()], 0..80),
    )
        .prop_map(|(kind, body)| {
            let mut message = vec![kind, 0, 0, u8::try_from(body.len()).unwrap()];
            message.extend(body);
            message
        });
    let messages = prop::collection::vec(message, 1..4).prop_map(|m| m.concat());
    prop_oneof![3 => messages, 1 => prop::collection::vec(any::<u8>(), 0..600)]
}

for_both_backends! {
    whatever_the_peer_protects_after_the_handshake,
    whatever_the_peer_protects_within_the_handshake,
    forged_records_are_as_good_as_the_servers,
    handshake_messages_after_the_handshake_are_refused_by_type,
    key_update_is_followed_or_ends_the_session_with_a_farewell,
    alerts_of_an_open_session_are_told_by_number,
    records_of_no_type_are_refused,
    a_ticket_over_several_records_is_skipped_and_nothing_may_stand_between,
    a_flood_of_empty_records_ends_the_session,
    a_flight_that_breaks_the_protocol_opens_nothing,
}

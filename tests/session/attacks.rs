//! Somebody on the path, without the key: plaintext put between records, records changed,
//! replayed, lost, swapped or cut. Every attack ends the session with an error that names it;
//! none opens one, panics, or leaves the memory unusable.

use crate::backend::*;
use core::task::Poll;
use msgin5g::session::{Session, SessionError};

/// Handshake messages in plaintext records, as a server would send them before TLS 1.3 had keys.
fn plaintext() -> Vec<(&'static str, Vec<u8>)> {
    let handshake = |kind: u8, body: &[u8]| {
        let length = u8::try_from(body.len()).unwrap();
        let mut record = vec![22, 3, 3, 0, length + 4, kind, 0, 0, length];
        record.extend(body);
        record
    };
    let ticket = [&[0, 0, 0, 9, 0, 0, 0, 9, 1, 0, 0, 2, 7, 7, 0, 0][..]].concat();
    vec![
        ("Finished", handshake(20, &[0x11; 32])),
        ("EncryptedExtensions", handshake(8, &[0, 0])),
        ("Certificate", handshake(11, &[0, 0, 0, 0])),
        ("CertificateRequest", handshake(13, &[0, 0, 0])),
        ("CertificateVerify", handshake(15, &[4, 3, 0, 0])),
        ("NewSessionTicket", handshake(4, &ticket)),
        ("KeyUpdate", handshake(24, &[0])),
        ("HelloRequest", handshake(0, &[])),
        ("close_notify", vec![21, 3, 3, 0, 2, 1, 0]),
        ("fatal alert", vec![21, 3, 3, 0, 2, 2, 40]),
        ("change_cipher_spec", vec![20, 3, 3, 0, 1, 1]),
        ("heartbeat", vec![24, 3, 3, 0, 1, 1]),
        ("content type 0", vec![0, 3, 3, 0, 1, 1]),
    ]
}

/// The error that ends an open session after these octets came between two records.
fn ended_by<B: Backend>(octets: &[u8]) -> SessionError {
    let link = Link::new(&Setup::default());
    let mut memory = B::memory(link.clone());
    let mut session = open::<B>(&mut memory).unwrap();
    link.step();
    link.server().write(b"before");
    link.inject(octets);
    link.server().write(b"after");
    assert_eq!(recv_exact(&mut session, 6), Ok(b"before".to_vec()));
    let e = wait(|| session.recv(&mut [0; 64])).unwrap_err();
    // The same ever after, from every call.
    assert_eq!(session.recv(&mut [0; 64]), Poll::Ready(Err(e)));
    assert_eq!(session.send(b"x"), Poll::Ready(Err(e)));
    assert_eq!(session.flush(), Poll::Ready(Err(e)));
    assert_eq!(session.close(), Poll::Ready(Err(e)));
    drop(session);
    assert_usable_again::<B>(&mut memory);
    e
}

fn plaintext_after_the_handshake_ends_the_session<B: Backend>() {
    for (what, record) in plaintext() {
        let expected = SessionError::UnexpectedRecord {
            content_type: record[0],
        };
        assert_eq!(ended_by::<B>(&record), expected, "{what}");
    }
}

fn impossible_records_after_the_handshake_end_the_session<B: Backend>() {
    let too_long = |got| SessionError::RecordTooLong { got, fits: 640 };
    let cases: [(&[u8], SessionError); 8] = [
        (&[23, 3, 3, 0, 0], SessionError::MalformedRecord),
        // A tag of 16 octets and no type. The shortest tag of the other backend has 8.
        (
            &[23, 3, 3, 0, 16],
            B::pick(
                SessionError::MalformedRecord,
                SessionError::RecordNotAuthentic,
            ),
        ),
        (&[23, 3, 1, 0, 40], SessionError::MalformedRecord),
        (&[23, 3, 4, 0, 40], SessionError::MalformedRecord),
        // The marks that the stage itself puts in place of the version.
        (&[23, 0xFF, 1, 0, 40], SessionError::MalformedRecord),
        (&[23, 0xFF, 2, 0, 40], SessionError::MalformedRecord),
        (&[23, 3, 3, 2, 129], too_long(641)),
        // Longer than any memory need be.
        (
            &[23, 3, 3, 0xFF, 0xFF],
            B::pick(too_long(65535), SessionError::MalformedRecord),
        ),
    ];
    for (header, expected) in cases {
        assert_eq!(ended_by::<B>(header), expected, "{header:?}");
    }
}

fn a_forged_protected_record_ends_the_session<B: Backend>() {
    for length in [17_u16, 100, 640] {
        let mut record = vec![23, 3, 3];
        record.extend(length.to_be_bytes());
        record.extend(vec![0x42; usize::from(length)]);
        assert_eq!(ended_by::<B>(&record), SessionError::RecordNotAuthentic);
    }
}

/// The error that ends an open session after the server's three records were changed in this way.
fn records_changed<B: Backend>(change: impl Fn(&mut Vec<Vec<u8>>)) -> (Vec<u8>, SessionError) {
    let link = Link::new(&Setup::default());
    let mut memory = B::memory(link.clone());
    let mut session = open::<B>(&mut memory).unwrap();
    link.step();
    let mut records = Vec::new();
    for data in [b"one", b"two", b"six"] {
        link.server().write(data);
        records.push(link.take_down());
    }
    change(&mut records);
    link.inject(&records.concat());
    link.hang_up();
    let mut got = Vec::new();
    let mut buf = [0; 64];
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

fn records_replayed_lost_swapped_or_cut_end_the_session<B: Backend>() {
    let forged = SessionError::RecordNotAuthentic;
    let replayed = records_changed::<B>(|r| r.insert(1, r[0].clone()));
    assert_eq!(replayed, (b"one".to_vec(), forged));
    let lost = records_changed::<B>(|r| drop(r.remove(1)));
    assert_eq!(lost, (b"one".to_vec(), forged));
    let swapped = records_changed::<B>(|r| r.swap(0, 1));
    assert_eq!(swapped, (b"".to_vec(), forged));
    let end_lost = records_changed::<B>(|r| drop(r.pop()));
    assert_eq!(end_lost, (b"onetwo".to_vec(), SessionError::Truncated));
    let cut = records_changed::<B>(|r| r[2].truncate(9));
    assert_eq!(cut, (b"onetwo".to_vec(), SessionError::Truncated));
}

fn every_bit_of_a_record_counts<B: Backend>() {
    let length = 5 + 3 + 1 + 16;
    for bit in 0..length * 8 {
        let (got, e) = records_changed::<B>(|r| r[1][bit / 8] ^= 1 << (bit % 8));
        assert_eq!(got, b"one", "{bit}: {e}");
    }
}

/// The error of opening while the server's flight is changed in this way.
fn flight_changed<B: Backend>(change: impl Fn(&mut Vec<u8>) + 'static) -> SessionError {
    let link = Link::new(&Setup::default()).mangle(change);
    let mut memory = B::memory(link);
    let e = failure::<B>(&mut memory, 100).expect("opened");
    assert_usable_again::<B>(&mut memory);
    e
}

/// Where the ServerHello ends and where the first record after it does.
fn ends(flight: &[u8]) -> (usize, usize) {
    let first = 5 + record_lengths(flight)[0];
    (first, first + 5 + record_lengths(flight)[1])
}

fn plaintext_within_the_handshake_is_refused<B: Backend>() {
    for (what, record) in plaintext() {
        let content_type = record[0];
        let unexpected = SessionError::UnexpectedRecord { content_type };
        let late = record.clone();
        let early = record.clone();
        if B::OWN && content_type == 20 {
            // RFC 8446 section 5: to be dropped wherever it comes in the handshake.
            let link = Link::new(&Setup::default()).mangle(move |flight| {
                let at = ends(flight).1;
                flight.splice(at..at, late.iter().copied());
            });
            assert!(open::<B>(&mut B::memory(link)).is_ok());
            continue;
        }
        // After all that may be in plaintext.
        let e = flight_changed::<B>(move |flight| {
            let at = ends(flight).1;
            flight.splice(at..at, late.iter().copied());
        });
        assert_eq!(e, unexpected, "{what} late");
        // Directly after the ServerHello, where one change_cipher_spec may come, but not two.
        let e = flight_changed::<B>(move |flight| {
            let at = ends(flight).0;
            flight.splice(at..at, early.iter().copied());
        });
        assert_eq!(e, unexpected, "{what} early");
    }
}

fn change_cipher_spec_has_one_value_and_one_place<B: Backend>() {
    let other = |body: &'static [u8]| {
        flight_changed::<B>(move |flight| {
            let at = ends(flight).0;
            let mut record = vec![20, 3, 3, 0, u8::try_from(body.len()).unwrap()];
            record.extend(body);
            flight.splice(at..at, record);
        })
    };
    let expected = B::pick(
        SessionError::MalformedRecord,
        SessionError::UnexpectedRecord { content_type: 20 },
    );
    for body in [&[2][..], &[1, 1], &[]] {
        assert_eq!(other(body), expected);
    }
    // Without it the session opens all the same.
    let link = Link::new(&Setup::default()).mangle(|flight| {
        let (from, to) = ends(flight);
        if flight[from] == 20 {
            flight.drain(from..to);
        }
    });
    assert!(open::<B>(&mut B::memory(link)).is_ok());
}

fn a_server_hello_twice_is_refused<B: Backend>() {
    let e = flight_changed::<B>(|flight| {
        let hello = flight[..ends(flight).0].to_vec();
        flight.splice(0..0, hello);
    });
    let expected = SessionError::UnexpectedRecord { content_type: 22 };
    assert_eq!(e, expected);
}

fn a_flight_recorded_from_another_session_opens_nothing<B: Backend>() {
    let recorded = std::rc::Rc::new(std::cell::RefCell::new(Vec::<u8>::new()));
    let copy = recorded.clone();
    let link = Link::new(&Setup::default()).mangle(move |flight| {
        copy.borrow_mut().extend(flight.iter());
    });
    assert!(open::<B>(&mut B::memory(link)).is_ok());
    let flight = recorded.take();
    let e = flight_changed::<B>(move |now| now.clone_from(&flight));
    assert_eq!(e, SessionError::ServerNotAuthenticated);
}

fn every_bit_of_the_servers_flight_counts<B: Backend>() {
    let mut memory = B::memory(Link::silent());
    let mut octets = 1;
    let mut at = 0;
    while at < octets {
        for bit in 0..8 {
            let length = std::rc::Rc::new(std::cell::Cell::new(0));
            let ignored = std::rc::Rc::new(std::cell::Cell::new(false));
            let (copy, told) = (length.clone(), ignored.clone());
            let link = Link::new(&Setup::default()).mangle(move |flight| {
                copy.set(flight.len());
                told.set(B::OWN && is_minor_version_in_clear(flight, at));
                flight[at] ^= 1 << bit;
            });
            B::relink(&mut memory, link);
            let e = failure::<B>(&mut memory, 20);
            assert_ne!(e.is_some(), ignored.get(), "octet {at} bit {bit}: {e:?}");
            assert_ne!(e, Some(SessionError::Internal), "octet {at} bit {bit}");
            octets = length.get();
        }
        at += 1;
    }
    assert!(octets > 200, "only {octets} octets seen");
    assert_usable_again::<B>(&mut memory);
}

/// It is to be ignored (RFC 8446 section 5.1) and covered by nothing.
fn is_minor_version_in_clear(records: &[u8], at: usize) -> bool {
    let mut start = 0;
    for len in record_lengths(records) {
        if at == start + 2 {
            return records[start] != 23;
        }
        start += 5 + len;
    }
    false
}

fn what_is_changed_on_the_way_to_the_server_is_refused_by_it<B: Backend>() {
    let link = Link::new(&Setup::default());
    let mut memory = B::memory(link.clone());
    let mut session = open::<B>(&mut memory).unwrap();
    link.step();
    assert_eq!(session.send(b"data"), Poll::Ready(Ok(4)));
    *link.wire.borrow_mut().up.back_mut().unwrap() ^= 1;
    let bad_record_mac = SessionError::PeerAlert(20);
    let e = wait(|| session.recv(&mut [0; 8]));
    assert_eq!(e, Err(bad_record_mac));
    assert_eq!(link.server().received, b"");
    drop(session);
    assert_usable_again::<B>(&mut memory);
}

fn silence_within_a_record_is_nothing_now<B: Backend>() {
    let link = Link::new(&Setup::default());
    let mut memory = B::memory(link.clone());
    let mut session = open::<B>(&mut memory).unwrap();
    link.step();
    link.server().write(b"whole");
    let record = link.take_down();
    for octet in &record[..record.len() - 1] {
        link.inject(&[*octet]);
        assert_eq!(session.recv(&mut [0; 8]), Poll::Pending);
    }
    // The other direction goes on in the meantime, and the record is complete in the end.
    assert_eq!(session.send(b"up"), Poll::Ready(Ok(2)));
    link.step();
    assert_eq!(link.server().received, b"up");
    link.inject(&record[record.len() - 1..]);
    assert_eq!(recv_exact(&mut session, 5), Ok(b"whole".to_vec()));
}

for_both_backends! {
    plaintext_after_the_handshake_ends_the_session,
    impossible_records_after_the_handshake_end_the_session,
    a_forged_protected_record_ends_the_session,
    records_replayed_lost_swapped_or_cut_end_the_session,
    every_bit_of_a_record_counts,
    plaintext_within_the_handshake_is_refused,
    change_cipher_spec_has_one_value_and_one_place,
    a_server_hello_twice_is_refused,
    a_flight_recorded_from_another_session_opens_nothing,
    every_bit_of_the_servers_flight_counts,
    what_is_changed_on_the_way_to_the_server_is_refused_by_it,
    silence_within_a_record_is_nothing_now,
}

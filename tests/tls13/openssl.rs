//! The crate's own TLS 1.3 core with a real server: OpenSSL.

use crate::link::{Clock, Link, Setup, identity, record_lengths, recv_exact, send_all, wait};
use crate::tls13;
use crate::tls13::{SUITES, Want};
use core::task::Poll;
use msgin5g::session::tls13::crypto::{CipherSuite, NamedGroup};
use msgin5g::session::{Session, SessionError};
use msgin5g::transport::Host;
use proptest::prelude::*;
use std::cell::Cell;
use std::rc::Rc;

const P256: NamedGroup = NamedGroup::Secp256r1;
const X25519: NamedGroup = NamedGroup::X25519;

fn open<'a>(want: Want<'a>, link: &Link) -> Result<tls13::Client<'a, Link>, SessionError> {
    want.open(link.clone(), &mut Clock::default())
}

fn assert_echoes(session: &mut impl Session, link: &Link, data: &[u8]) {
    link.server().echo = true;
    assert_eq!(send_all(session, data), Ok(()));
    assert_eq!(recv_exact(session, data.len()), Ok(data.to_vec()));
}

#[test]
fn opens_with_either_group_and_tells_the_server_who_it_is() {
    for (groups, server_groups, len) in [
        (&[P256, X25519][..], "P-256", 1),
        (&[X25519, P256], "X25519", 116),
        (&[P256], "X25519:P-256", 201),
        (&[X25519], "P-256:X25519", 116),
    ] {
        let setup = Setup {
            identity: identity(len),
            groups: server_groups,
            ..Setup::default()
        };
        let link = Link::new(&setup);
        let id = setup.identity.as_bytes().to_vec();
        let mut session = open(Want::new(id.leak()).groups(groups), &link).unwrap();
        assert_echoes(&mut session, &link, b"hello");
        assert_eq!(link.server().server_name().as_deref(), Some(tls13::NAME));
        assert_eq!(link.server().alpn().as_deref(), Some(&b"coap"[..]));
        let seen = link.server().seen.clone();
        assert_eq!(seen.lock().unwrap().identity, setup.identity.as_bytes());
    }
}

#[test]
fn follows_a_hello_retry_request_to_the_other_group() {
    for (groups, server_groups) in [(&[P256, X25519], "X25519"), (&[X25519, P256], "P-256")] {
        let setup = Setup {
            groups: server_groups,
            ..Setup::default()
        };
        let link = Link::new(&setup);
        let id = identity(116);
        let mut session = open(Want::new(id.as_bytes()).groups(groups), &link).unwrap();
        assert_echoes(&mut session, &link, b"hello");
    }
}

#[test]
fn every_suite_works() {
    for (suite, name) in SUITES.iter().zip([
        "TLS_AES_128_GCM_SHA256",
        "TLS_CHACHA20_POLY1305_SHA256",
        "TLS_AES_128_CCM_8_SHA256",
    ]) {
        for offered in [core::slice::from_ref(suite), &SUITES] {
            let setup = Setup {
                suites: name,
                ..Setup::default()
            };
            let link = Link::new(&setup);
            let id = identity(116);
            let mut session = open(Want::new(id.as_bytes()).suites(offered), &link).unwrap();
            assert_echoes(&mut session, &link, b"hello");
        }
    }
}

#[test]
fn a_suite_that_is_not_common_ends_in_an_alert() {
    let setup = Setup {
        suites: "TLS_AES_128_CCM_8_SHA256",
        ..Setup::default()
    };
    let link = Link::new(&setup);
    let id = identity(116);
    let want = Want::new(id.as_bytes()).suites(&[CipherSuite::Aes128GcmSha256]);
    assert_eq!(open(want, &link).err(), Some(SessionError::IdentityUnknown));
}

#[test]
fn a_wrong_key_an_unknown_identity_and_a_certificate_are_told_apart() {
    let (id, other) = (identity(116), identity(115));
    let refused = |want: Want<'_>, setup: &Setup| open(want, &Link::new(setup)).err();
    assert_eq!(
        refused(Want::new(id.as_bytes()).key([1; 32]), &Setup::default()),
        Some(SessionError::KeyRejected)
    );
    assert_eq!(
        refused(Want::new(other.as_bytes()), &Setup::default()),
        Some(SessionError::IdentityUnknown)
    );
    let certificate = Setup {
        certificate: true,
        ..Setup::default()
    };
    // OpenSSL has no certificate to offer without signature_algorithms.
    assert_eq!(
        refused(Want::new(id.as_bytes()), &certificate),
        Some(SessionError::IdentityUnknown)
    );
    let mut want = Want::new(id.as_bytes());
    want.config.signature_algorithms = true;
    assert_eq!(refused(want, &certificate), Some(SessionError::PskDeclined));
    let old = Setup {
        tls12: true,
        ..Setup::default()
    };
    assert_eq!(
        refused(Want::new(id.as_bytes()), &old),
        Some(SessionError::PeerAlert(70))
    );
}

#[test]
fn tickets_of_any_number_are_skipped() {
    let setup = Setup {
        tickets: 9,
        ..Setup::default()
    };
    for receive in [538, 640] {
        let link = Link::new(&setup);
        let id = identity(116);
        let mut session = open(Want::new(id.as_bytes()).receive(receive), &link).unwrap();
        assert_echoes(&mut session, &link, b"hello");
    }
}

#[test]
fn the_server_keeps_its_records_to_the_receive_buffer() {
    // OpenSSL 3.0 knows max_fragment_length only.
    for (receive, longest) in [(538, 512), (1050, 1024), (2074, 2048), (4122, 4096)] {
        let link = Link::new(&Setup::default());
        let id = identity(116);
        let mut session = open(Want::new(id.as_bytes()).receive(receive), &link).unwrap();
        let data: Vec<u8> = (0..10_000u16).map(|i| i.to_le_bytes()[0]).collect();
        link.server().write(&data);
        let wire = link.take_down();
        assert_eq!(record_lengths(&wire).first(), Some(&(longest + 17)));
        link.inject(&wire);
        assert_eq!(recv_exact(&mut session, data.len()), Ok(data));
    }
}

#[test]
fn big_data_goes_in_records_that_fit_both_sides() {
    let link = Link::new(&Setup::default());
    let id = identity(116);
    let mut want = Want::new(id.as_bytes());
    want.send = 20_000;
    want.receive = 17_000;
    let mut session = open(want, &link).unwrap();
    let data: Vec<u8> = (0..50_000u16).map(|i| i.to_le_bytes()[0]).collect();
    assert_eq!(wait(|| session.send(&data)), Ok(1 << 14));
    assert_echoes(&mut session, &link, &data);
}

#[test]
fn tiny_records_are_read_one_by_one() {
    let link = Link::new(&Setup::default());
    let id = identity(116);
    let mut session = open(Want::new(id.as_bytes()), &link).unwrap();
    for octet in b"one by one" {
        link.server().write(&[*octet]);
    }
    assert_eq!(recv_exact(&mut session, 10), Ok(b"one by one".to_vec()));
}

#[test]
fn a_key_is_changed_before_it_is_used_too_often() {
    // The server follows the client's KeyUpdate and answers the client's request for its own.
    for records in [1, 2, 5] {
        let link = Link::new(&Setup::default());
        let id = identity(116);
        let want = Want::new(id.as_bytes()).records_per_key(records);
        let mut session = open(want, &link).unwrap();
        for i in 0..20u8 {
            assert_echoes(&mut session, &link, &[i; 33]);
        }
    }
}

#[test]
fn close_notify_is_told_from_a_cut() {
    let id = identity(116);

    let link = Link::new(&Setup::default());
    let mut session = open(Want::new(id.as_bytes()), &link).unwrap();
    link.server().write(b"last words");
    link.server().close_notify();
    link.hang_up();
    assert_eq!(recv_exact(&mut session, 10), Ok(b"last words".to_vec()));
    assert_eq!(recv_exact(&mut session, 1), Err(SessionError::Closed));

    let link = Link::new(&Setup::default());
    let mut session = open(Want::new(id.as_bytes()), &link).unwrap();
    link.server().write(b"last words");
    link.step();
    link.hang_up();
    assert_eq!(recv_exact(&mut session, 10), Ok(b"last words".to_vec()));
    assert_eq!(recv_exact(&mut session, 1), Err(SessionError::Truncated));
    assert_eq!(recv_exact(&mut session, 1), Err(SessionError::Truncated));
}

#[test]
fn the_client_says_close_notify() {
    let link = Link::new(&Setup::default());
    let id = identity(116);
    let mut session = open(Want::new(id.as_bytes()), &link).unwrap();
    assert_eq!(send_all(&mut session, b"bye"), Ok(()));
    assert_eq!(wait(|| session.close()), Ok(()));
    link.step();
    assert!(link.server().got_close_notify());
    assert_eq!(
        session.send(b"more"),
        Poll::Ready(Err(SessionError::Closed))
    );
    assert_eq!(recv_exact(&mut session, 1), Err(SessionError::Closed));
}

#[test]
fn a_buffer_that_is_too_short_says_what_would_do() {
    let id = identity(116);
    let mut want = Want::new(id.as_bytes());
    want.send = 100;
    let Some(SessionError::BufferTooSmall { needed }) = open(want.clone(), &Link::silent()).err()
    else {
        panic!("opened");
    };
    want.send = needed - 1;
    let error = open(want.clone(), &Link::silent()).err();
    assert_eq!(error, Some(SessionError::BufferTooSmall { needed }));
    want.send = needed;
    // Also where the server asks for the group with the longer key.
    let link = Link::new(&Setup::default());
    assert_echoes(&mut open(want.clone(), &link).unwrap(), &link, b"hello");
    want.receive = 255;
    let error = open(want, &Link::silent()).err();
    assert_eq!(error, Some(SessionError::BufferTooSmall { needed: 256 }));
}

#[test]
fn silence_ends_at_the_deadline() {
    let id = identity(116);
    let mut clock = Clock::default();
    let error = Want::new(id.as_bytes())
        .open(Link::silent(), &mut clock)
        .err();
    assert_eq!(error, Some(SessionError::TimedOut));
    assert_eq!(clock.now_ms(), 30_000);
}

#[test]
fn a_record_that_is_too_long_is_named() {
    let id = identity(116);
    let link = Link::saying(&[22, 3, 3, 0x10, 0x00]);
    let error = open(Want::new(id.as_bytes()), &link).err();
    assert_eq!(
        error,
        Some(SessionError::RecordTooLong {
            got: 4096,
            fits: 635
        })
    );
    let link = Link::saying(&[22, 3, 3, 0x41, 0x01]);
    let error = open(Want::new(id.as_bytes()), &link).err();
    assert_eq!(error, Some(SessionError::MalformedRecord));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn octets_may_come_in_any_pieces(
        chunk in 1usize..40, stutter: bool, data in prop::collection::vec(any::<u8>(), 1..3000),
    ) {
        let link = Link::new(&Setup { tickets: 2, ..Setup::default() }).slow(chunk, stutter);
        let id = identity(116);
        let mut session = open(Want::new(id.as_bytes()), &link).unwrap();
        link.server().echo = true;
        let (mut sent, mut got) = (0, Vec::<u8>::new());
        for _ in 0..200_000 {
            if sent < data.len()
                && let Poll::Ready(n) = session.send(&data[sent..])
            {
                sent += n.unwrap();
            }
            let mut some = [0; 100];
            if let Poll::Ready(n) = session.recv(&mut some) {
                got.extend(&some[..n.unwrap()]);
            }
            if got.len() == data.len() {
                break;
            }
        }
        prop_assert_eq!(got, data);
    }

    /// Whatever a stranger sends, there is an end and no panic.
    #[test]
    fn arbitrary_octets_end_the_opening(octets in prop::collection::vec(any::<u8>(), 0..600)) {
        let link = Link::saying(&octets);
        link.hang_up();
        let id = identity(116);
        prop_assert!(open(Want::new(id.as_bytes()), &link).is_err());
    }

    /// One octet changed on the path, at any place of what the server says.
    #[test]
    fn a_changed_octet_never_opens(at in 0usize..400, bit in 0u32..8) {
        let matters = Rc::new(Cell::new(false));
        let (told, mut first) = (matters.clone(), true);
        let link = Link::new(&Setup::default()).mangle(move |octets| {
            if core::mem::take(&mut first) && at < octets.len() {
                told.set(!is_minor_version_in_clear(octets, at));
                octets[at] ^= 1 << bit;
            }
        });
        let id = identity(116);
        prop_assert_eq!(open(Want::new(id.as_bytes()), &link).is_err(), matters.get());
    }
}

/// The version in the header of a record in clear is to be ignored (RFC 8446 section 5.1), and
/// covered by nothing. What does not begin by 3 is no TLS at all, and refused.
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

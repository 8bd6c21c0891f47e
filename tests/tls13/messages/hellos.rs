//! Fields and extensions of what the server says first.

use super::*;

/// A HelloRetryRequest that asks for what cannot be, or for nothing; and a server that goes on in
/// another way than it asked for.
#[test]
fn every_field_of_a_hello_retry_request_is_checked() {
    const P256: &[u8] = &[0, 51, 0, 2, 0, 0x17];
    const COOKIE: &[u8] = &[0, 44, 0, 3, 0, 1, 7];
    let retry = |suite: u16, compression: u8, version: u16, more: &[&[u8]]| {
        let [v0, v1] = version.to_be_bytes();
        let list = [&[&[0, 43, 0, 2, v0, v1][..]], more].concat().concat();
        let [s0, s1] = suite.to_be_bytes();
        let len = u8::try_from(list.len()).unwrap();
        [&[0, s0, s1, compression, 0, len], &list[..]].concat()
    };
    let refused = |rest: &[u8]| {
        let (mut client, link, mut server) = start_as(&KEY, |config| {
            config.groups = &[NamedGroup::X25519, NamedGroup::Secp256r1];
        });
        let said = server.hello_retry_request(rest);
        link.inject(&record(HANDSHAKE, &said));
        let outcome = client.poll_open(0);
        let alert = last_alert(&link, &mut server);
        match outcome {
            Poll::Pending => None,
            Poll::Ready(outcome) => Some((outcome.unwrap_err(), alert.unwrap())),
        }
    };
    let malformed = |alert| Some((SessionError::MalformedHandshake, alert));
    let good = |more: &[&[u8]]| refused(&retry(0x1301, 0, 0x0304, more));
    for more in [&[P256][..], &[COOKIE], &[COOKIE, P256]] {
        assert_eq!(good(more), None, "{more:?}");
    }
    for (what, outcome, alert) in [
        ("nothing to change", good(&[]), 47),
        (
            "the group that is there",
            good(&[&[0, 51, 0, 2, 0, 0x1D]]),
            47,
        ),
        ("a group not offered", good(&[&[0, 51, 0, 2, 0, 0x18]]), 47),
        (
            "a whole share",
            good(&[&[0, 51, 0, 5, 0, 0x17, 0, 1, 4]]),
            50,
        ),
        ("an empty cookie", good(&[&[0, 44, 0, 2, 0, 0]]), 50),
        ("a short cookie", good(&[&[0, 44, 0, 3, 0, 2, 7]]), 50),
        ("twice", good(&[P256, P256]), 47),
        ("a PSK", good(&[P256, &[0, 41, 0, 2, 0, 0]]), 47),
        ("ALPN", good(&[P256, &[0, 16, 0, 0]]), 47),
        ("unknown", good(&[P256, &[0x12, 0x34, 0, 0]]), 110),
        ("suite", refused(&retry(0x1303, 0, 0x0304, &[P256])), 47),
        (
            "compression",
            refused(&retry(0x1301, 1, 0x0304, &[P256])),
            47,
        ),
        ("version", refused(&retry(0x1301, 0, 0x0303, &[P256])), 47),
    ] {
        assert_eq!(outcome, malformed(alert), "{what}");
    }
}

/// The ServerHello after it has to keep to the suite (RFC 8446 section 4.1.4).
#[test]
fn a_server_keeps_to_the_suite_of_its_retry() {
    for (suite, good) in [(1, true), (3, false)] {
        let (mut client, link, mut server) = start_as(&KEY, |config| {
            config.suites = &[
                CipherSuite::Aes128GcmSha256,
                CipherSuite::Chacha20Poly1305Sha256,
            ];
        });
        let said = server.hello_retry_request(&[
            0, 0x13, 1, 0, 0, 13, 0, 43, 0, 2, 3, 4, 0, 44, 0, 3, 0, 1, 7,
        ]);
        link.inject(&record(HANDSHAKE, &said));
        assert!(client.poll_open(0).is_pending());
        hear_hello(&link, &mut server);
        let hello = server.server_hello_with(0x0303, 0x0304, |m| m[4 + 36] = suite);
        link.inject(&record(HANDSHAKE, &hello));
        if good {
            finish(&mut client, &link, &mut server);
        } else {
            let end = Poll::Ready(Err(SessionError::MalformedHandshake));
            assert_eq!(client.poll_open(0), end);
        }
    }
}

#[test]
fn no_other_message_is_taken_after_the_handshake() {
    for kind in (0..=255).filter(|kind| ![NEW_SESSION_TICKET, KEY_UPDATE].contains(kind)) {
        let (mut client, link, mut server) = opened();
        let said = message(kind, &[0]);
        link.inject(&server.record(HANDSHAKE, &said));
        let end = wait(|| client.recv(&mut [0; 10]));
        assert_eq!(end, Err(SessionError::UnexpectedMessage(kind)));
        assert_eq!(last_alert(&link, &mut server), Some(10));
    }
}

/// One octet of the ServerHello changed, and the server goes on as if that was its will.
#[test]
fn every_field_of_the_server_hello_is_checked() {
    // Offsets behind the 4-octet header: version 0, random 2, session id 34, suite 35,
    // compression 37, extensions 38; versions 40, share 46, pre_shared_key 86.
    let cases: &[(&str, usize, u8, SessionError, u8)] = &[
        (
            "legacy_version",
            1,
            0x04,
            SessionError::Unsupported(version()),
            70,
        ),
        ("session id", 34, 1, SessionError::MalformedHandshake, 47),
        (
            "suite not offered",
            36,
            0x03,
            SessionError::MalformedHandshake,
            47,
        ),
        (
            "suite unknown",
            36,
            0x02,
            SessionError::MalformedHandshake,
            47,
        ),
        ("compression", 37, 1, SessionError::MalformedHandshake, 47),
        (
            "extensions longer",
            39,
            53,
            SessionError::MalformedHandshake,
            50,
        ),
        (
            "extensions shorter",
            39,
            51,
            SessionError::MalformedHandshake,
            50,
        ),
        ("no version", 41, 44, SessionError::MalformedHandshake, 47),
        (
            "another version",
            45,
            0x03,
            SessionError::MalformedHandshake,
            47,
        ),
        ("no share", 47, 52, SessionError::MalformedHandshake, 110),
        (
            "another group",
            51,
            0x17,
            SessionError::MalformedHandshake,
            47,
        ),
        (
            "share too long",
            53,
            33,
            SessionError::MalformedHandshake,
            50,
        ),
        (
            "another identity",
            91,
            1,
            SessionError::MalformedHandshake,
            47,
        ),
        (
            "identity too long",
            89,
            3,
            SessionError::MalformedHandshake,
            50,
        ),
        ("not the PSK", 87, 60, SessionError::MalformedHandshake, 110),
    ];
    for (what, at, value, error, alert) in cases {
        let (mut client, link, mut server) = start();
        let said = server.server_hello_with(0x0303, 0x0304, |m| m[4 + at] = *value);
        link.inject(&record(HANDSHAKE, &said));
        server.read = None;
        assert_eq!(client.poll_open(0), Poll::Ready(Err(*error)), "{what}");
        assert_eq!(last_alert(&link, &mut server), Some(*alert), "{what}");
    }
}

fn version() -> msgin5g::session::Unsupported {
    msgin5g::session::Unsupported::Version(0x0303)
}

/// Extensions of a ServerHello put together anew.
#[test]
fn a_server_hello_needs_exactly_its_three_extensions() {
    let (mut client, link, mut server) = start();
    // Cut before pre_shared_key: the server went on without it.
    let said = server.server_hello_with(0x0303, 0x0304, |m| {
        m.truncate(m.len() - 6);
        (m[3], m[4 + 39]) = (m[3] - 6, 46);
    });
    link.inject(&record(HANDSHAKE, &said));
    let end = client.poll_open(0);
    assert_eq!(end, Poll::Ready(Err(SessionError::PskDeclined)));
    server.read = None;
    assert_eq!(last_alert(&link, &mut server), Some(40));

    // No key share: psk_ke, which was not offered.
    let (mut client, link, mut server) = start();
    let said = server.server_hello_with(0x0303, 0x0304, |m| {
        m.drain(4 + 46..4 + 86);
        (m[3], m[4 + 39]) = (m[3] - 40, 12);
    });
    link.inject(&record(HANDSHAKE, &said));
    let end = client.poll_open(0);
    assert_eq!(end, Poll::Ready(Err(SessionError::MalformedHandshake)));

    // One of them twice.
    let (mut client, link, mut server) = start();
    let said = server.server_hello_with(0x0303, 0x0304, |m| {
        m.extend([0, 41, 0, 2, 0, 0]);
        (m[3], m[4 + 39]) = (m[3] + 6, 58);
    });
    link.inject(&record(HANDSHAKE, &said));
    let end = client.poll_open(0);
    assert_eq!(end, Poll::Ready(Err(SessionError::MalformedHandshake)));

    // A share of all zeros gives a secret of all zeros (RFC 7748 section 6.1).
    let (mut client, link, mut server) = start();
    let said = server.server_hello_with(0x0303, 0x0304, |m| m[4 + 54..4 + 86].fill(0));
    link.inject(&record(HANDSHAKE, &said));
    let end = client.poll_open(0);
    assert_eq!(end, Poll::Ready(Err(SessionError::MalformedHandshake)));
}

#[test]
fn encrypted_extensions_may_hold_what_was_asked_for_and_nothing_else() {
    let cases: &[(&[u8], bool)] = &[
        (&[0, 0], true),
        (&[0, 4, 0, 0, 0, 0], true),
        (&[0, 4, 0, 10, 0, 0], false),
        (&[0, 8, 0, 10, 0, 4, 0, 2, 0, 29], true),
        (&[0, 11, 0, 16, 0, 7, 0, 5, 4, b'c', b'o', b'a', b'p'], true),
        (
            &[0, 11, 0, 16, 0, 7, 0, 5, 4, b'h', b't', b't', b'p'],
            false,
        ),
        (&[0, 6, 0, 28, 0, 2, 0, 64], true),
        (&[0, 6, 0, 28, 0, 2, 0, 63], false),
        (&[0, 6, 0, 28, 0, 2, 0x40, 2], false),
        (&[0, 5, 0, 1, 0, 1, 1], true),
        (&[0, 5, 0, 1, 0, 1, 2], false),
        // RFC 8449 section 5: both.
        (&[0, 11, 0, 1, 0, 1, 1, 0, 28, 0, 2, 0, 64], false),
        // Twice, an unknown one, early_data, key_share, octets behind.
        (&[0, 8, 0, 0, 0, 0, 0, 0, 0, 0], false),
        (&[0, 4, 0x12, 0x34, 0, 0], false),
        (&[0, 4, 0, 42, 0, 0], false),
        (&[0, 4, 0, 51, 0, 0], false),
        (&[0, 0, 0], false),
        (&[], false),
        (&[0], false),
    ];
    for (body, good) in cases {
        let (mut client, link, mut server) = start();
        let hello = server.server_hello();
        link.inject(&record(HANDSHAKE, &hello));
        let said = server.message(ENCRYPTED_EXTENSIONS, body);
        link.inject(&server.record(HANDSHAKE, &said));
        let finished = server.finished();
        link.inject(&server.record(HANDSHAKE, &finished));
        let opened = client.poll_open(0) == Poll::Ready(Ok(()));
        assert_eq!(opened, *good, "{body:?}");
    }
}

#[test]
fn a_record_size_limit_of_the_server_is_kept() {
    let (mut client, link, mut server) = start();
    let hello = server.server_hello();
    link.inject(&record(HANDSHAKE, &hello));
    let said = server.message(ENCRYPTED_EXTENSIONS, &[0, 6, 0, 28, 0, 2, 0, 64]);
    link.inject(&server.record(HANDSHAKE, &said));
    let finished = server.finished();
    link.inject(&server.record(HANDSHAKE, &finished));
    assert_eq!(client.poll_open(0), Poll::Ready(Ok(())));
    assert_eq!(client.send(&[1; 100]), Poll::Ready(Ok(63)));
}

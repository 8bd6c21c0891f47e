//! The crate's own TLS 1.3 core with a server that breaks the rules, but has the key.
#![cfg(all(
    feature = "embedded-tls",
    feature = "tls13",
    feature = "gcm",
    feature = "chacha20",
    feature = "p256",
    feature = "x25519"
))]

#[path = "support/tls.rs"]
mod backend;
#[path = "support/tls13_server.rs"]
mod server;
#[path = "support/tls13_talk.rs"]
mod talk;

use backend::{recv_exact, wait};
use core::task::Poll;
use msgin5g::session::tls13::crypto::{CipherSuite, NamedGroup, RustCrypto, SoftwarePsk};
use msgin5g::session::tls13::{Config, Connection, TlsError};
use msgin5g::session::{Session, SessionError};
use proptest::prelude::*;
use server::*;
use talk::*;

/// Stands for a HelloRetryRequest in a script.
const RETRY_REQUEST: u8 = 250;

/// Says the messages in this order, each protected as a server would at that point.
fn say(script: &[u8]) -> bool {
    let (mut client, link, mut server) = start_as(&KEY, |config| {
        config.groups = &[NamedGroup::X25519, NamedGroup::Secp256r1];
    });
    let mut finished = false;
    for kind in script {
        let said = match *kind {
            SERVER_HELLO | RETRY_REQUEST => {
                let before = server.write.take();
                let hello = match *kind {
                    SERVER_HELLO => server.server_hello(),
                    // The cipher suite, and a cookie to bring back.
                    _ => server.hello_retry_request(&[
                        0, 0x13, 1, 0, 0, 13, 0, 43, 0, 2, 3, 4, 0, 44, 0, 3, 0, 1, 7,
                    ]),
                };
                let after = core::mem::replace(&mut server.write, before);
                let said = server.record(HANDSHAKE, &hello);
                server.write = after;
                link.inject(&said);
                if *kind == RETRY_REQUEST {
                    let _ = client.poll_open(0);
                    let up = take_up(&link);
                    if up.first() == Some(&HANDSHAKE) {
                        server.client_hello(&up[5..]);
                    }
                }
                continue;
            }
            ENCRYPTED_EXTENSIONS => server.message(ENCRYPTED_EXTENSIONS, &[0, 0]),
            FINISHED => server.finished(),
            NEW_SESSION_TICKET => message(NEW_SESSION_TICKET, &[0; 20]),
            KEY_UPDATE => message(KEY_UPDATE, &[0]),
            CERTIFICATE => server.message(CERTIFICATE, &[0, 0, 0, 0]),
            kind => message(kind, &[]),
        };
        link.inject(&server.record(HANDSHAKE, &said));
        if *kind == FINISHED && !finished && server.write.is_some() {
            finished = true;
            server.use_application_keys();
        }
        if *kind == KEY_UPDATE && finished {
            server.write = Some(server.next_key(1));
        }
    }
    client.poll_open(0) == Poll::Ready(Ok(()))
}

const KINDS: [u8; 7] = [
    SERVER_HELLO,
    RETRY_REQUEST,
    ENCRYPTED_EXTENSIONS,
    FINISHED,
    CERTIFICATE,
    NEW_SESSION_TICKET,
    KEY_UPDATE,
];

/// Every message left out, doubled, swapped: all orders of up to four messages of these kinds.
#[test]
fn only_the_right_order_opens() {
    const RIGHT: [u8; 3] = [SERVER_HELLO, ENCRYPTED_EXTENSIONS, FINISHED];
    let mut scripts: Vec<Vec<u8>> = vec![vec![]];
    let mut opened = Vec::new();
    for _ in 0..4 {
        scripts = scripts
            .iter()
            .flat_map(|s| KINDS.map(|kind| [&s[..], &[kind]].concat()))
            .collect();
        opened.extend(scripts.iter().filter(|script| say(script)).cloned());
    }
    let after = |kind| [&RIGHT[..], &[kind]].concat();
    let retried = [&[RETRY_REQUEST], &RIGHT[..]].concat();
    let expected = [
        RIGHT.to_vec(),
        after(NEW_SESSION_TICKET),
        after(KEY_UPDATE),
        retried,
    ];
    assert_eq!(opened, expected);
}

/// The longer handshake with a second ClientHello: one message left out, doubled, swapped with
/// another, or put in anywhere.
#[test]
fn only_the_right_order_opens_after_a_retry() {
    const RIGHT: [u8; 4] = [RETRY_REQUEST, SERVER_HELLO, ENCRYPTED_EXTENSIONS, FINISHED];
    assert!(say(&RIGHT));
    for at in 0..RIGHT.len() {
        let mut script = RIGHT.to_vec();
        script.remove(at);
        // Without the HelloRetryRequest it is the other right order.
        assert_eq!(say(&script), at == 0, "{script:?}");
        for other in at + 1..RIGHT.len() {
            let mut script = RIGHT.to_vec();
            script.swap(at, other);
            assert!(!say(&script), "{script:?}");
        }
        for kind in KINDS {
            let mut script = RIGHT.to_vec();
            script.insert(at, kind);
            assert!(!say(&script), "{script:?}");
        }
    }
}

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

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// Messages cut over records anywhere, several in one record where keys do not change, and
    /// padding.
    #[test]
    fn messages_may_be_cut_anywhere(cuts in prop::collection::vec(1usize..30, 1..60), pad in 0usize..20) {
        let (mut client, link, mut server) = start();
        let hello = server.server_hello();
        let mut cuts = cuts.iter().cycle();
        let mut rest = &hello[..];
        while !rest.is_empty() {
            let (piece, more) = rest.split_at(rest.len().min(*cuts.next().unwrap()));
            link.inject(&record(HANDSHAKE, piece));
            rest = more;
        }
        link.inject(&record(20, &[1]));
        let mut flight = server.message(ENCRYPTED_EXTENSIONS, &[0, 4, 0, 0, 0, 0]);
        flight.extend(server.finished());
        let mut rest = &flight[..];
        while !rest.is_empty() {
            let (piece, more) = rest.split_at(rest.len().min(*cuts.next().unwrap()));
            link.inject(&padded(&mut server, HANDSHAKE, piece, pad));
            rest = more;
        }
        prop_assert_eq!(client.poll_open(0), Poll::Ready(Ok(())));
    }

    /// Whatever a server with the key says, there is no panic, and data comes unharmed.
    #[test]
    fn records_of_any_content(
        kind in prop_oneof![Just(20u8), Just(21), Just(22), Just(23), any::<u8>()],
        content in prop::collection::vec(any::<u8>(), 0..80),
        open: bool,
    ) {
        let (mut client, link, mut server) = if open { opened() } else { start() };
        if !open {
            let hello = server.server_hello();
            link.inject(&record(HANDSHAKE, &hello));
        }
        link.inject(&server.record(kind, &content));
        let _ = client.poll_open(0);
        let mut buf = [0; 100];
        if let Poll::Ready(Ok(n)) = client.recv(&mut buf) {
            prop_assert!(open && kind == DATA);
            prop_assert_eq!(&buf[..n], &content[..]);
        }
    }
}

/// A record with zeros behind its type.
fn padded(server: &mut Server, kind: u8, content: &[u8], pad: usize) -> Vec<u8> {
    let mut text = [content, &[kind]].concat();
    text.extend(vec![0; pad]);
    // The last zero takes the place of the type that `record` appends.
    match text.split_last() {
        Some((last, before)) => server.record(*last, before),
        None => Vec::new(),
    }
}

#[test]
fn key_updates_are_followed_and_answered_once() {
    let (mut client, link, mut server) = opened();
    for round in 0..5u8 {
        link.inject(&server.record(HANDSHAKE, &message(KEY_UPDATE, &[1])));
        server.write = Some(server.next_key(1));
        link.inject(&server.record(DATA, &[round; 3]));
        assert_eq!(recv_exact(&mut client, 3), Ok(vec![round; 3]));
        // Its answer comes under the old key, data under the new.
        let up = records(&take_up(&link));
        assert_eq!(up.len(), 1);
        assert_eq!(server.open(&up[0]), (HANDSHAKE, message(KEY_UPDATE, &[0])));
        server.read = Some(server.next_key(0));
        assert_eq!(client.send(&[round; 5]), Poll::Ready(Ok(5)));
        let up = records(&take_up(&link));
        assert_eq!(server.open(&up[0]), (DATA, vec![round; 5]));
    }
}

#[test]
fn a_flood_of_requests_is_answered_once_while_nothing_can_be_sent() {
    let (mut client, link, mut server) = opened();
    link.block(true);
    for _ in 0..20 {
        link.inject(&server.record(HANDSHAKE, &message(KEY_UPDATE, &[1])));
        server.write = Some(server.next_key(1));
    }
    assert!(client.recv(&mut [0; 10]).is_pending());
    link.block(false);
    assert_eq!(wait(|| client.flush()), Ok(()));
    // One had left for the send buffer before the others came, one stands for all of those.
    assert!(records(&take_up(&link)).len() <= 2);
}

#[test]
fn key_updates_out_of_form_are_refused() {
    for (said, alert) in [
        (message(KEY_UPDATE, &[2]), 47),
        (message(KEY_UPDATE, &[]), 50),
        (message(KEY_UPDATE, &[0, 0]), 50),
        // Something behind it in the same record would be under the old key.
        ([message(KEY_UPDATE, &[0]), vec![4, 0, 0, 0]].concat(), 10),
    ] {
        let (mut client, link, mut server) = opened();
        link.inject(&server.record(HANDSHAKE, &said));
        assert!(wait(|| client.recv(&mut [0; 10])).is_err());
        assert_eq!(last_alert(&link, &mut server), Some(alert));
    }
}

#[test]
fn tickets_of_any_length_are_skipped_however_cut() {
    for len in [0, 1, 100, 3000] {
        let (mut client, link, mut server) = opened();
        let mut said = message(NEW_SESSION_TICKET, &vec![9; len]);
        said.extend(message(NEW_SESSION_TICKET, &[1, 2, 3]));
        for piece in said.chunks(100) {
            link.inject(&server.record(HANDSHAKE, piece));
        }
        link.inject(&server.record(DATA, b"data"));
        assert_eq!(recv_exact(&mut client, 4), Ok(b"data".to_vec()));
    }
}

#[test]
fn nothing_comes_between_the_pieces_of_a_message() {
    for cut in [3, 10] {
        let (mut client, link, mut server) = opened();
        let said = message(NEW_SESSION_TICKET, &[9; 20]);
        link.inject(&server.record(HANDSHAKE, &said[..cut]));
        link.inject(&server.record(DATA, b"data"));
        let end = wait(|| client.recv(&mut [0; 10]));
        assert_eq!(end, Err(SessionError::UnexpectedMessage(DATA)));
    }
}

#[test]
fn nothing_in_clear_is_believed_once_there_are_keys() {
    for (kind, content) in [
        (ALERT, vec![1, 0]),
        (ALERT, vec![2, 40]),
        (HANDSHAKE, message(NEW_SESSION_TICKET, &[0; 20])),
        (HANDSHAKE, message(FINISHED, &[0; 32])),
        (20, vec![1]),
    ] {
        let (mut client, link, mut server) = opened();
        link.inject(&record(kind, &content));
        let error = SessionError::UnexpectedRecord { content_type: kind };
        assert_eq!(wait(|| client.recv(&mut [0; 10])), Err(error));
        assert_eq!(last_alert(&link, &mut server), Some(10));
    }
}

#[test]
fn alerts_of_the_server_are_told() {
    let alert = |level, code| {
        let (mut client, link, mut server) = opened();
        link.inject(&server.record(ALERT, &[level, code]));
        link.hang_up();
        wait(|| client.recv(&mut [0; 10]))
    };
    assert_eq!(alert(1, 0), Err(SessionError::Closed));
    assert_eq!(alert(2, 80), Err(SessionError::PeerAlert(80)));
    // The level is for show.
    assert_eq!(alert(1, 80), Err(SessionError::PeerAlert(80)));
    // user_canceled says only that close_notify will come.
    assert_eq!(alert(1, 90), Err(SessionError::Truncated));
}

/// A session ends both directions when it is closed; a bare connection only the one (RFC 8446
/// section 6.1).
#[test]
fn a_connection_may_go_on_reading_after_its_own_farewell() {
    let config = Config {
        groups: &[NamedGroup::X25519],
        ..Config::new(b"someone", "msgin5g.example.net")
    };
    let mut psk = SoftwarePsk::<RustCrypto>::new(&KEY);
    let (mut receive, mut send) = ([0; 640], [0; 640]);
    let mut rng = rand_core::OsRng;
    let begun = Connection::<RustCrypto>::new(&config, &mut psk, &mut rng, &mut receive, &mut send);
    let mut client = begun.unwrap();
    let take = |client: &mut Connection<'_, RustCrypto>| {
        let up = client.outgoing().to_vec();
        client.sent(up.len());
        up
    };
    let give = |client: &mut Connection<'_, RustCrypto>, mut octets: &[u8]| {
        while !octets.is_empty() {
            let room = client.room();
            let n = room.len().min(octets.len());
            room[..n].copy_from_slice(&octets[..n]);
            client.filled(n).unwrap();
            octets = &octets[n..];
        }
    };
    let mut server = Server::new(&KEY);
    server.client_hello(&take(&mut client)[5..]);
    let hello = server.server_hello();
    give(&mut client, &record(HANDSHAKE, &hello));
    let flight = [
        server.message(ENCRYPTED_EXTENSIONS, &[0, 0]),
        server.finished(),
    ];
    give(&mut client, &server.record(HANDSHAKE, &flight.concat()));
    assert!(client.is_open());
    let finished = server.client_finished();
    assert_eq!(server.open(&take(&mut client)), (HANDSHAKE, finished));
    server.use_application_keys();

    assert_eq!(client.write(b"bye"), Poll::Ready(Ok(3)));
    client.close();
    assert_eq!(server.open(&take(&mut client)), (DATA, b"bye".to_vec()));
    assert_eq!(server.open(&take(&mut client)), (ALERT, vec![1, 0]));
    assert_eq!(client.write(b"more"), Poll::Ready(Err(TlsError::Closed)));
    let answer = server.record(DATA, b"answer");
    give(&mut client, &answer);
    let mut buf = [0; 10];
    assert_eq!(client.read(&mut buf), Poll::Ready(Ok(6)));
    assert_eq!(buf[..6], *b"answer");
    client.transport_ended();
    assert_eq!(client.read(&mut buf), Poll::Ready(Err(TlsError::Truncated)));
}

#[test]
fn a_changed_or_doubled_record_ends_the_session() {
    let (mut client, link, mut server) = opened();
    let mut record = server.record(DATA, b"data");
    *record.last_mut().unwrap() ^= 1;
    link.inject(&record);
    let end = wait(|| client.recv(&mut [0; 10]));
    assert_eq!(end, Err(SessionError::RecordNotAuthentic));
    assert_eq!(last_alert(&link, &mut server), Some(20));

    let (mut client, link, mut server) = opened();
    let record = server.record(DATA, b"data");
    link.inject(&record);
    link.inject(&record);
    assert_eq!(recv_exact(&mut client, 4), Ok(b"data".to_vec()));
    let end = wait(|| client.recv(&mut [0; 10]));
    assert_eq!(end, Err(SessionError::RecordNotAuthentic));
}

#[test]
fn records_without_data_are_passed_over() {
    let (mut client, link, mut server) = opened();
    for _ in 0..10 {
        link.inject(&server.record(DATA, &[]));
    }
    link.inject(&server.record(DATA, b"data"));
    assert_eq!(recv_exact(&mut client, 4), Ok(b"data".to_vec()));
}

#[test]
fn a_server_finished_that_does_not_verify_is_an_impostor() {
    let (mut client, link, mut server) = start();
    let hello = server.server_hello();
    link.inject(&record(HANDSHAKE, &hello));
    let extensions = server.message(ENCRYPTED_EXTENSIONS, &[0, 0]);
    link.inject(&server.record(HANDSHAKE, &extensions));
    let mut finished = server.finished();
    finished[35] ^= 1;
    link.inject(&server.record(HANDSHAKE, &finished));
    let end = client.poll_open(0);
    assert_eq!(end, Poll::Ready(Err(SessionError::ServerNotAuthenticated)));
    assert_eq!(last_alert(&link, &mut server), Some(51));
}

#[test]
fn a_server_without_the_key_is_an_impostor() {
    let (mut client, link, mut server) = start_with(&[0; 32]);
    let hello = server.server_hello();
    link.inject(&record(HANDSHAKE, &hello));
    let extensions = server.message(ENCRYPTED_EXTENSIONS, &[0, 0]);
    link.inject(&server.record(HANDSHAKE, &extensions));
    let end = client.poll_open(0);
    assert_eq!(end, Poll::Ready(Err(SessionError::ServerNotAuthenticated)));
}

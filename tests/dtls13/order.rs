//! The handshake over datagrams with every message left out, doubled and swapped: only the right
//! order opens an association. And the limits of an open one.

use crate::dtls::*;
use crate::server::*;
use core::task::Poll;
use msgin5g::session::tls13::crypto::NamedGroup;
use msgin5g::session::tls13::{Alert, TlsError};

/// Stands for a HelloRetryRequest in a script.
const RETRY_REQUEST: u8 = 250;
const RIGHT: [u8; 3] = [SERVER_HELLO, ENCRYPTED_EXTENSIONS, FINISHED];
const KINDS: [u8; 7] = [
    SERVER_HELLO,
    RETRY_REQUEST,
    ENCRYPTED_EXTENSIONS,
    FINISHED,
    CERTIFICATE,
    NEW_SESSION_TICKET,
    KEY_UPDATE,
];

/// A server that numbers its messages as it says them, each in the epoch that it is in by then.
struct Speaker {
    client: Client,
    server: Server,
    epoch: Option<Epoch>,
    finished: bool,
    message: u16,
    plain: u8,
}

impl Speaker {
    fn new() -> Self {
        let (client, server) = start_as(|config| {
            config.groups = &[NamedGroup::X25519, NamedGroup::Secp256r1];
        });
        Self {
            client,
            server,
            epoch: None,
            finished: false,
            message: 0,
            plain: 0,
        }
    }

    fn say(&mut self, kind: u8) {
        let server = &mut self.server;
        // A cookie to bring back.
        let retry = [
            0, 0x13, 1, 0, 0, 13, 0, 43, 0, 2, 0xFE, 0xFC, 0, 44, 0, 3, 0, 1, 7,
        ];
        let said = match kind {
            SERVER_HELLO => server.server_hello_with(0xFEFD, 0xFEFC, |_| {}),
            RETRY_REQUEST => {
                let mut said = server.hello_retry_request(&retry);
                said[4..6].copy_from_slice(&[0xFE, 0xFD]);
                server.replace_last(&said);
                said
            }
            ENCRYPTED_EXTENSIONS => server.message(ENCRYPTED_EXTENSIONS, &[0, 0]),
            FINISHED => server.finished(),
            NEW_SESSION_TICKET => message(NEW_SESSION_TICKET, &[0; 20]),
            KEY_UPDATE => message(KEY_UPDATE, &[0]),
            _ => server.message(CERTIFICATE, &[0, 0, 0, 0]),
        };
        let fragment = fragments(&said, self.message, 999).remove(0);
        self.message += 1;
        let datagram = match &mut self.epoch {
            Some(epoch) if kind != RETRY_REQUEST && kind != SERVER_HELLO => {
                epoch.seal(22, &fragment)
            }
            _ => {
                self.plain += 1;
                plain(self.plain, &fragment)
            }
        };
        let _ = deliver(&mut self.client, &datagram, 1);
        match kind {
            SERVER_HELLO => self.epoch = Some(epoch(&self.server, 2)),
            FINISHED if self.epoch.is_some() && !self.finished => {
                self.finished = true;
                self.epoch = Some(epoch(&self.server, 3));
            }
            RETRY_REQUEST => self.hear(),
            _ => {}
        }
    }

    /// Takes the second ClientHello, if there is one.
    fn hear(&mut self) {
        let up = self.client.outgoing(1).to_vec();
        self.client.sent();
        if up.first() == Some(&HANDSHAKE) {
            let hello = [&up[13..17], &up[25..]].concat();
            self.server.client_hello(&hello);
        }
    }
}

fn opens(script: &[u8]) -> bool {
    let mut speaker = Speaker::new();
    script.iter().for_each(|kind| speaker.say(*kind));
    speaker.client.is_open() && speaker.client.ended().is_none()
}

/// All orders of up to four messages of these kinds, said by a server that has the key and counts
/// as if its order was the right one.
#[test]
fn only_the_right_order_opens() {
    let mut scripts: Vec<Vec<u8>> = vec![vec![]];
    let mut opened = Vec::new();
    for _ in 0..4 {
        scripts = scripts
            .iter()
            .flat_map(|s| KINDS.map(|kind| [&s[..], &[kind]].concat()))
            .collect();
        opened.extend(scripts.iter().filter(|script| opens(script)).cloned());
    }
    let after = |kind| [&RIGHT[..], &[kind]].concat();
    // In clear after the handshake: passed over, as anybody may have sent it.
    let expected = [
        RIGHT.to_vec(),
        after(SERVER_HELLO),
        after(RETRY_REQUEST),
        after(NEW_SESSION_TICKET),
        after(KEY_UPDATE),
        [&[RETRY_REQUEST], &RIGHT[..]].concat(),
    ];
    assert_eq!(opened, expected);
}

/// The longer handshake with a second ClientHello.
#[test]
fn only_the_right_order_opens_after_a_retry() {
    const RETRIED: [u8; 4] = [RETRY_REQUEST, SERVER_HELLO, ENCRYPTED_EXTENSIONS, FINISHED];
    assert!(opens(&RETRIED));
    for at in 0..RETRIED.len() {
        let mut script = RETRIED.to_vec();
        script.remove(at);
        assert_eq!(opens(&script), at == 0, "{script:?}");
        for other in at + 1..RETRIED.len() {
            let mut script = RETRIED.to_vec();
            script.swap(at, other);
            assert!(!opens(&script), "{script:?}");
        }
    }
}

/// The network: the server's messages keep their numbers, and come in any order, some of them twice,
/// some not at all. All orders of up to five datagrams.
#[test]
fn the_network_may_only_delay() {
    let mut scripts: Vec<Vec<usize>> = vec![vec![]];
    for _ in 0..5 {
        scripts = scripts
            .iter()
            .flat_map(|s| [0, 1, 2].map(|which| [&s[..], &[which]].concat()))
            .collect();
        for script in &scripts {
            let (mut client, mut server) = start();
            let [hello, extensions, finished] = flight(&mut server);
            let mut write = epoch(&server, 2);
            let mut expected = 0;
            for (number, which) in script.iter().enumerate() {
                // A datagram that comes again is a new record with the same message.
                let datagram = match which {
                    0 => plain(number as u8, &fragments(&hello, 0, 999)[0]),
                    1 => write.seal(22, &fragments(&extensions, 1, 999)[0]),
                    _ => write.seal(22, &fragments(&finished, 2, 999)[0]),
                };
                assert_eq!(deliver(&mut client, &datagram, 1), Ok(()));
                expected += usize::from(*which == expected);
            }
            assert_eq!(client.is_open(), expected == 3, "{script:?}");
        }
    }
}

/// One octet of the ServerHello changed, and the server goes on as if that was its will.
#[test]
fn every_field_of_the_server_hello_is_checked() {
    let refused = |alert: u8| Some(TlsError::Refused(Alert(alert)));
    // Offsets behind the 4-octet header, as in tests/tls13_messages/.
    for (what, at, value, error) in [
        ("nothing", 0, 0xFE, None),
        ("legacy_version", 1, 0xFC, refused(70)),
        ("session id", 34, 1, refused(47)),
        ("suite not offered", 36, 0x03, refused(47)),
        ("suite unknown", 36, 0x02, refused(47)),
        ("compression", 37, 1, refused(47)),
        ("extensions longer", 39, 53, refused(50)),
        ("extensions shorter", 39, 51, refused(50)),
        ("no version", 41, 44, refused(47)),
        ("another version", 45, 0x03, refused(47)),
        ("no share", 47, 52, refused(110)),
        ("another group", 51, 0x17, refused(47)),
        ("share too long", 53, 33, refused(50)),
        ("another identity", 91, 1, refused(47)),
        ("identity too long", 89, 3, refused(50)),
        (
            "a Connection ID that was not asked for",
            87,
            54,
            refused(50),
        ),
    ] {
        let (mut client, mut server) = start();
        let hello = server.server_hello_with(0xFEFD, 0xFEFC, |m| m[4 + at] = value);
        let came = deliver(&mut client, &plain(0, &fragments(&hello, 0, 999)[0]), 1);
        assert_eq!(came.err(), error, "{what}");
        assert_eq!(client.ended(), error, "{what}");
    }
}

/// Records without data that may come in a row: more than on a stream, since what got lost comes
/// again.
const MOST: usize = 256;

#[test]
fn talk_without_data_ends_the_association() {
    let (mut client, _, mut up, mut down) = opened();
    let mut number = 3;
    let mut ticket = |down: &mut Epoch| {
        number += 1;
        let ticket = message(NEW_SESSION_TICKET, &[9; 20]);
        down.seal(22, &fragments(&ticket, number - 1, 999)[0])
    };
    deliver(&mut client, &down.seal(23, b"data"), 2).unwrap();
    assert!(read(&mut client).is_some());
    for round in 0..2 {
        for _ in 0..MOST {
            deliver(&mut client, &ticket(&mut down), 2).unwrap();
            let ack = client.outgoing(2).to_vec();
            client.sent();
            assert_eq!(up.open(&ack).1, ACK, "{round}");
        }
        deliver(&mut client, &down.seal(23, b"data"), 2).unwrap();
        assert_eq!(read(&mut client).as_deref(), Some(&b"data"[..]));
    }
    for kind in [23, 21] {
        let content: &[u8] = if kind == 21 { &[1, 90] } else { &[] };
        let (mut client, _, _, mut down) = opened();
        deliver(&mut client, &down.seal(23, b"data"), 2).unwrap();
        assert!(read(&mut client).is_some());
        for _ in 0..MOST {
            deliver(&mut client, &down.seal(kind, content), 2).unwrap();
        }
        let end = deliver(&mut client, &down.seal(kind, content), 2);
        assert_eq!(end, Err(TlsError::TooManyEmptyRecords), "{kind}");
    }
}

#[test]
fn keys_are_changed_in_both_directions_before_they_are_used_too_often() {
    const LIMIT: u64 = 4;
    let (mut client, mut server, mut up, mut down) =
        opened_as(|config| config.records_per_key = LIMIT);
    for _ in 0..LIMIT {
        deliver(&mut client, &down.seal(23, b"data"), 2).unwrap();
        assert!(read(&mut client).is_some());
    }
    let datagram = client.outgoing(2).to_vec();
    client.sent();
    // update_requested
    let asked = fragments(&message(KEY_UPDATE, &[1]), 2, 999);
    let (number, kind, content) = up.open(&datagram);
    assert_eq!((kind, &content), (22, &asked[0]));
    deliver(&mut client, &down.seal(ACK, &ack(3, number)), 2).unwrap();
    let update = down.seal(22, &fragments(&message(KEY_UPDATE, &[0]), 3, 999)[0]);
    deliver(&mut client, &update, 2).unwrap();
    let (up_key, down_key) = (server.next_key(0), server.next_key(1));
    let mut up = Epoch {
        number: 4,
        key: up_key,
    };
    let mut down = Epoch {
        number: 4,
        key: down_key,
    };
    let ack = client.outgoing(2).to_vec();
    client.sent();
    assert_eq!(up.open(&ack).1, ACK);
    deliver(&mut client, &down.seal(23, b"new key"), 2).unwrap();
    assert_eq!(read(&mut client).as_deref(), Some(&b"new key"[..]));
}

/// A server that neither acknowledges a change of key nor changes its own is left.
#[test]
fn no_key_is_used_beyond_its_limit() {
    const LIMIT: u64 = 4;
    let (mut client, _, _, mut down) = opened_as(|config| config.records_per_key = LIMIT);
    let mut taken = 0;
    let end = loop {
        if let Err(end) = deliver(&mut client, &down.seal(23, b"data"), 2) {
            break end;
        }
        assert!(read(&mut client).is_some());
        taken += 1;
        let _ = client.outgoing(2);
        client.sent();
    };
    assert_eq!(end, TlsError::KeyExhausted);
    // Of those before, one was the ACK of the Finished.
    assert!((LIMIT + 1023..=LIMIT + 1025).contains(&taken), "{taken}");

    let (mut client, _, _, _) = opened_as(|config| config.records_per_key = LIMIT);
    let mut sent = 0;
    let end = loop {
        match client.write(b"data") {
            Poll::Ready(Ok(())) => sent += 1,
            Poll::Ready(Err(end)) => break end,
            // Its KeyUpdate.
            Poll::Pending => {}
        }
        let _ = client.outgoing(2);
        client.sent();
    };
    assert_eq!(end, TlsError::KeyExhausted);
    assert!((LIMIT + 1022..=LIMIT + 1025).contains(&sent), "{sent}");
}

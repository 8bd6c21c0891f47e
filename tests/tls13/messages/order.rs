//! Messages of the handshake in every order.

use super::*;

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

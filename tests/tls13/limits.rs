//! The crate's own TLS 1.3 core with a server that has the key and only keeps the client busy: each
//! limit ends the session.

use crate::link::{Link, recv_exact};
use crate::server::*;
use crate::talk::*;
use core::task::Poll;
use msgin5g::session::{Session, SessionError};

/// Records without data that may come in a row.
const MOST: usize = 32;

/// What has no data in it.
#[derive(Clone, Copy, Debug)]
enum Quiet {
    EmptyData,
    Ticket,
    KeyUpdate,
    UserCanceled,
}

fn say(what: Quiet, link: &Link, server: &mut Server) {
    let (kind, content) = match what {
        Quiet::EmptyData => (DATA, vec![]),
        Quiet::Ticket => (HANDSHAKE, message(NEW_SESSION_TICKET, &[9; 20])),
        Quiet::KeyUpdate => (HANDSHAKE, message(KEY_UPDATE, &[1])),
        Quiet::UserCanceled => (ALERT, vec![1, 90]),
    };
    link.inject(&server.record(kind, &content));
    if let Quiet::KeyUpdate = what {
        server.write = Some(server.next_key(1));
    }
}

#[test]
fn talk_without_data_ends_the_session() {
    for what in [
        Quiet::EmptyData,
        Quiet::Ticket,
        Quiet::KeyUpdate,
        Quiet::UserCanceled,
    ] {
        let (mut client, link, mut server) = opened();
        // Data in between makes it right again.
        for _ in 0..3 {
            (0..MOST).for_each(|_| say(what, &link, &mut server));
            link.inject(&server.record(DATA, b"data"));
            assert_eq!(recv_exact(&mut client, 4), Ok(b"data".to_vec()), "{what:?}");
        }
        (0..=MOST).for_each(|_| say(what, &link, &mut server));
        let error = end(&mut client);
        assert_eq!(error, SessionError::TooManyEmptyRecords, "{what:?}");
    }
}

/// Not the same kind all the time.
#[test]
fn the_limit_is_one_for_all_kinds() {
    let (mut client, link, mut server) = opened();
    for _ in 0..8 {
        for what in [
            Quiet::EmptyData,
            Quiet::Ticket,
            Quiet::KeyUpdate,
            Quiet::UserCanceled,
        ] {
            say(what, &link, &mut server);
        }
    }
    assert!(client.recv(&mut [0; 10]).is_pending());
    say(Quiet::Ticket, &link, &mut server);
    assert_eq!(end(&mut client), SessionError::TooManyEmptyRecords);
}

#[test]
fn the_server_is_told_why() {
    let (mut client, link, mut server) = opened();
    (0..=MOST).for_each(|_| say(Quiet::EmptyData, &link, &mut server));
    assert_eq!(end(&mut client), SessionError::TooManyEmptyRecords);
    assert_eq!(last_alert(&link, &mut server), Some(10));
}

/// The KeyUpdate that the server asked for is not sent behind the farewell, let alone in clear.
#[test]
fn nothing_follows_the_farewell() {
    let (mut client, link, mut server) = opened();
    link.block(true);
    assert_eq!(client.send(b"data"), Poll::Ready(Ok(4)));
    say(Quiet::KeyUpdate, &link, &mut server);
    assert!(client.recv(&mut [0; 4]).is_pending());
    assert!(client.close().is_pending());
    link.block(false);
    assert_eq!(client.close(), Poll::Ready(Ok(())));
    let up: Vec<_> = records(&take_up(&link))
        .iter()
        .map(|record| server.open(record))
        .collect();
    assert_eq!(up, [(DATA, b"data".to_vec()), (ALERT, vec![1, 0])]);
}

#[test]
fn change_cipher_spec_without_end_ends_the_opening() {
    let (mut client, link, _) = start();
    (0..MOST).for_each(|_| link.inject(&record(20, &[1])));
    assert!(client.poll_open(0).is_pending());
    link.inject(&record(20, &[1]));
    let end = Err(SessionError::TooManyEmptyRecords);
    assert_eq!(client.poll_open(0), Poll::Ready(end));
}

/// The server is asked for a new key once; records that were under way are taken, no more.
#[test]
fn a_server_that_does_not_change_its_key_is_left() {
    const LIMIT: u64 = 5;
    let (mut client, link, mut server) = opened_as(|config| config.records_per_key = LIMIT);
    let mut taken = 0;
    let error = loop {
        link.inject(&server.record(DATA, b"data"));
        let mut buf = [0; 4];
        match client.recv(&mut buf) {
            Poll::Ready(Ok(4)) => taken += 1,
            Poll::Ready(Err(e)) => break e,
            other => panic!("{other:?}"),
        }
        if taken == LIMIT {
            assert_eq!(client.flush(), Poll::Ready(Ok(())));
            let up = records(&take_up(&link));
            assert_eq!(up.len(), 1);
            assert_eq!(server.open(&up[0]), (HANDSHAKE, message(KEY_UPDATE, &[1])));
            server.read = Some(server.next_key(0));
        }
    };
    assert_eq!(error, SessionError::KeyExhausted);
    assert_eq!(taken, LIMIT + 1024);
    // It is no fault of anybody: the farewell is in order.
    assert_eq!(last_alert(&link, &mut server), Some(0));
}

/// One that does goes on for as long as it likes.
#[test]
fn a_server_that_changes_its_key_is_heard_on() {
    const LIMIT: u64 = 5;
    let (mut client, link, mut server) = opened_as(|config| config.records_per_key = LIMIT);
    for _ in 0..2000 {
        link.inject(&server.record(DATA, b"data"));
        assert_eq!(recv_exact(&mut client, 4), Ok(b"data".to_vec()));
        assert_eq!(client.flush(), Poll::Ready(Ok(())));
        for up in records(&take_up(&link)) {
            assert_eq!(server.open(&up), (HANDSHAKE, message(KEY_UPDATE, &[1])));
            server.read = Some(server.next_key(0));
            let update = server.record(HANDSHAKE, &message(KEY_UPDATE, &[0]));
            link.inject(&update);
            server.write = Some(server.next_key(1));
        }
    }
}

/// Each limit of the suites is that of RFC 8446 section 5.5 or RFC 9147 section 4.5.3.
#[test]
fn no_suite_has_more_records_than_its_rfc_allows() {
    use msgin5g::session::tls13::crypto::CipherSuite;
    let most = |suite: CipherSuite| suite.record_limit() + 1024;
    // 2^24.5 full records.
    assert!(most(CipherSuite::Aes128GcmSha256) < 23_726_566);
    assert!(most(CipherSuite::Aes128Ccm8Sha256) < 1 << 24);
    assert!(most(CipherSuite::Chacha20Poly1305Sha256) < 1 << 48);
}

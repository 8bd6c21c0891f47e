//! What comes when the session is open: keys, tickets, alerts, farewells.

use super::*;

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

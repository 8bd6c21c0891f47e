//! The client's Finished over DTLS 1.3 when its ACK does not come (RFC 9147 section 7): how long it
//! is sent again, and what shows without an ACK that it has arrived.

use crate::dtls::*;
use crate::server::*;
use core::task::Poll;
use msgin5g::session::tls13::TlsError;

/// What leaves at this time: whether anything does.
fn sends(client: &mut Client, now: u64) -> bool {
    let sent = !client.outgoing(now).is_empty();
    client.sent();
    sent
}

/// Lets the client wait for its own deadlines, and gives the times at which it sent.
fn wait(client: &mut Client, until: u64) -> Vec<u64> {
    let mut times = Vec::new();
    while let Some(due) = client.next_deadline().filter(|due| *due <= until) {
        if sends(client, due) {
            times.push(due);
        }
    }
    times
}

#[test]
fn a_finished_that_is_never_acknowledged_ends_the_association() {
    let (mut client, ..) = unconfirmed_as(|config| config.handshake_timeout_ms = 20_000);
    assert!(client.export().is_none(), "it waits for the ACK");
    let times = wait(&mut client, 10_000_000);
    // The last one is the alert.
    assert_eq!(times, [1_001, 3_001, 7_001, 15_001, 20_001]);
    assert_eq!(client.ended(), Some(TlsError::TimedOut));
    assert_eq!(client.write(b"data"), Poll::Ready(Err(TlsError::TimedOut)));
    assert_eq!(client.next_deadline(), None);
}

#[test]
fn the_finished_has_the_whole_time_however_long_the_handshake_took() {
    let (mut client, mut server) = start_as(|config| config.handshake_timeout_ms = 20_000);
    let [hello, extensions, finished] = flight(&mut server);
    let mut write = epoch(&server, 2);
    let late = 19_999;
    deliver(&mut client, &plain(0, &fragments(&hello, 0, 999)[0]), late).unwrap();
    for (number, message) in [(1, extensions), (2, finished)] {
        let record = write.seal(22, &fragments(&message, number, 999)[0]);
        write.key.number += 1;
        deliver(&mut client, &record, late).unwrap();
    }
    assert!(sends(&mut client, late));
    assert_eq!(wait(&mut client, late + 19_999).len(), 4);
    assert_eq!(client.ended(), None);
    wait(&mut client, late + 20_000);
    assert_eq!(client.ended(), Some(TlsError::TimedOut));
}

#[test]
fn data_of_the_server_shows_that_it_has_the_finished() {
    let (mut client, server, _) = unconfirmed_as(|_| {});
    let mut write = epoch(&server, 3);
    deliver(&mut client, &write.seal(23, b"data"), 500).unwrap();
    assert_eq!(read(&mut client).as_deref(), Some(&b"data"[..]));
    assert!(client.is_confirmed());
    assert_eq!(wait(&mut client, 10_000_000), []);
    assert_eq!(client.ended(), None);
    assert!(client.export().is_some());
}

/// It may have begun before the Finished, as servers of TLS 1.3 may, and the Finished got lost.
#[test]
fn a_server_that_says_its_flight_again_gets_the_finished_all_the_same() {
    let (mut client, server, _) = unconfirmed_as(|_| {});
    let mut early = epoch(&server, 3);
    deliver(&mut client, &early.seal(23, b"early"), 500).unwrap();
    assert_eq!(read(&mut client).as_deref(), Some(&b"early"[..]));
    let mut handshake = epoch(&server, 2);
    handshake.key.number = 9;
    let extensions = fragments(&[ENCRYPTED_EXTENSIONS, 0, 0, 2, 0, 0], 1, 999).remove(0);
    let again = handshake.seal(22, &extensions);
    deliver(&mut client, &again, 600).unwrap();
    let up = client.outgoing(600).to_vec();
    client.sent();
    let mut up_epoch = epoch(&server, 2);
    up_epoch.key = server.key(&server.handshake[0]);
    let (number, kind, content) = up_epoch.open(&up);
    let finished = fragments(&server.client_finished(), 1, 999).remove(0);
    assert_eq!((number, kind, content), (1, 22, finished));
    // Once, and no more by itself.
    assert_eq!(wait(&mut client, 10_000_000), []);
    deliver(&mut client, &early.seal(ACK, &ack(2, number)), 700).unwrap();
    assert_eq!(client.ended(), None);
    assert!(client.is_confirmed());
}

/// A change of key waits for nothing but its own ACK, and for that not for ever either.
#[test]
fn a_change_of_key_follows_and_is_given_up_after_a_while() {
    let (mut client, server, _) = unconfirmed_as(|config| config.records_per_key = 2);
    let mut down = epoch(&server, 3);
    deliver(&mut client, &down.seal(23, b"data"), 500).unwrap();
    assert!(read(&mut client).is_some());
    for now in [501, 502] {
        assert_eq!(client.write(b"data"), Poll::Ready(Ok(())));
        assert!(sends(&mut client, now));
    }
    assert!(sends(&mut client, 503), "the KeyUpdate");
    let times = wait(&mut client, 10_000_000);
    let pauses: Vec<_> = [503]
        .iter()
        .chain(&times)
        .zip(&times)
        .map(|(a, b)| b - a)
        .collect();
    let expected = [1_000, 2_000, 4_000, 8_000, 16_000, 32_000, 60_000, 60_000];
    let (alert, pauses) = pauses.split_last().unwrap();
    assert_eq!((pauses, *alert), (&expected[..], 60_000));
    assert_eq!(client.ended(), Some(TlsError::TimedOut));
}

//! The crate's DTLS 1.3 with a server that says whatever a test wants, but has the key. Tests with
//! a real server, wolfSSL, are in `interop/wolfssl`.

use crate::dtls::*;
use crate::server::*;
use core::task::Poll;
use msgin5g::session::DatagramSession;
use msgin5g::session::tls13::dtls::DtlsSession;
use msgin5g::session::tls13::{Alert, TlsError};
use msgin5g::transport::{DatagramTransport, TransportError};
use proptest::prelude::*;

#[test]
fn data_goes_both_ways_and_several_records_in_one_datagram() {
    let (mut client, _, mut up, mut down) = opened();
    assert_eq!(client.write(b"hi"), Poll::Ready(Ok(())));
    let datagram = client.outgoing(2).to_vec();
    client.sent();
    // 3 octets of header, 1 of type, 16 of tag.
    assert_eq!(datagram.len(), 2 + 20);
    assert_eq!(up.open(&datagram).2, b"hi");
    let two = [down.seal(23, b"one"), down.seal(23, b"two")].concat();
    deliver(&mut client, &two, 2).unwrap();
    assert_eq!(read(&mut client).as_deref(), Some(&b"one"[..]));
    assert_eq!(read(&mut client).as_deref(), Some(&b"two"[..]));
    assert_eq!(read(&mut client), None);
}

/// Datagrams that wait to be received.
struct Letters(std::collections::VecDeque<Vec<u8>>);

impl DatagramTransport for Letters {
    fn send(&mut self, _: &[u8]) -> Poll<Result<(), TransportError>> {
        Poll::Ready(Ok(()))
    }

    fn recv(&mut self, buf: &mut [u8]) -> Poll<Result<usize, TransportError>> {
        let Some(letter) = self.0.pop_front() else {
            return Poll::Pending;
        };
        buf[..letter.len()].copy_from_slice(&letter);
        Poll::Ready(Ok(letter.len()))
    }
}

/// Whoever has less memory than the association loses a part of one datagram and no more.
#[test]
fn what_does_not_fit_the_caller_is_cut_off_and_the_association_goes_on() {
    let (client, _, _, mut down) = opened();
    let letters = [down.seal(23, b"a long one"), down.seal(23, b"short")];
    let mut session = DtlsSession::over(Letters(letters.into()), client);
    let mut buf = [0; 6];
    let got = DatagramSession::recv(&mut session, &mut buf, 2);
    assert_eq!((got, &buf), (Poll::Ready(Ok(6)), b"a long"));
    let got = DatagramSession::recv(&mut session, &mut buf, 2);
    assert_eq!((got, &buf[..5]), (Poll::Ready(Ok(5)), &b"short"[..]));
    assert_eq!(
        DatagramSession::recv(&mut session, &mut buf, 2),
        Poll::Pending
    );
}

/// The clock jumps ahead, by a wrong time of the network say, and back.
#[test]
fn a_clock_that_jumps_ahead_and_back_stops_nothing() {
    let (mut client, _) = start();
    for now in [100, 5_000, 29_000, 100] {
        let _ = client.outgoing(now);
        client.sent();
    }
    let due = client.next_deadline().expect("it goes again");
    assert!(due <= 100 + 30_000, "not at {due}");
    // What was left of the 30 s is left now.
    assert_eq!(client.outgoing(1_099).len(), 0);
    assert_eq!(client.ended(), None);
    let _ = client.outgoing(1_100);
    assert_eq!(client.ended(), Some(TlsError::TimedOut));
}

/// The handshake's keys are kept for a while, for messages of the handshake.
#[test]
fn data_under_the_keys_of_the_handshake_is_refused() {
    let (mut client, server, ..) = opened();
    let mut old = epoch(&server, 2);
    old.key.number = 5;
    let end = deliver(&mut client, &old.seal(23, b"data"), 2);
    assert_eq!(end, Err(TlsError::UnexpectedRecord(23)));
    assert_eq!(read(&mut client), None);
}

/// The same record number in another epoch, of the ClientHello say, means nothing.
#[test]
fn an_ack_of_another_epoch_confirms_nothing() {
    let (mut client, mut server) = start();
    let [hello, extensions, finished] = flight(&mut server);
    let mut write = epoch(&server, 2);
    deliver(&mut client, &plain(0, &fragments(&hello, 0, 999)[0]), 1).unwrap();
    // Nor does anybody end it who has no keys.
    let alert = [21, 0xfe, 0xfd, 0, 0, 0, 0, 0, 0, 0, 9, 0, 2, 2, 40];
    deliver(&mut client, &alert, 1).unwrap();
    deliver(
        &mut client,
        &plain(1, &fragments(&extensions, 1, 999)[0]),
        1,
    )
    .unwrap();
    let rest = [
        &fragments(&extensions, 1, 999)[0][..],
        &fragments(&finished, 2, 999)[0],
    ]
    .concat();
    deliver(&mut client, &write.seal(22, &rest), 1).unwrap();
    assert!(client.is_open() && !client.is_confirmed());
    let _ = client.outgoing(1);
    client.sent();
    let mut write = epoch(&server, 3);
    for (of, confirmed) in [(0, false), (3, false), (2, true)] {
        deliver(&mut client, &write.seal(ACK, &ack(of, 0)), 1).unwrap();
        assert_eq!(client.is_confirmed(), confirmed, "{of}");
    }
}

#[test]
fn a_record_is_taken_once() {
    let (mut client, _, _, mut down) = opened();
    let record = down.seal(23, b"once");
    for expected in [Some(b"once".to_vec()), None, None] {
        deliver(&mut client, &record, 2).unwrap();
        assert_eq!(read(&mut client), expected);
    }
}

#[test]
fn forged_and_foreign_datagrams_are_passed_over() {
    let (mut client, _, _, mut down) = opened();
    let good = down.seal(23, b"good");
    for at in 0..good.len() {
        let mut bad = good.clone();
        bad[at] ^= 0x40;
        deliver(&mut client, &bad, 2).unwrap();
        assert_eq!(read(&mut client), None, "{at}");
    }
    // Alerts and handshake messages in clear.
    deliver(&mut client, &plain(5, &[2, 40]), 2).unwrap();
    deliver(
        &mut client,
        &[21, 0xfe, 0xfd, 0, 0, 0, 0, 0, 0, 0, 9, 0, 2, 2, 40],
        2,
    )
    .unwrap();
    deliver(&mut client, &good, 2).unwrap();
    assert_eq!(read(&mut client).as_deref(), Some(&b"good"[..]));
}

#[test]
fn tickets_are_acknowledged_also_the_second_time() {
    let (mut client, _, mut up, mut down) = opened();
    let ticket = message(NEW_SESSION_TICKET, &[7; 900]);
    for round in 0..2 {
        for part in fragments(&ticket, 3, 300) {
            let number = u16::try_from(down.key.number).unwrap();
            deliver(&mut client, &down.seal(22, &part), 2).unwrap();
            let datagram = client.outgoing(2).to_vec();
            client.sent();
            let (_, kind, content) = up.open(&datagram);
            assert_eq!((kind, content), (ACK, ack(3, number)), "{round}");
        }
    }
    // The next message counts on from there.
    deliver(
        &mut client,
        &down.seal(22, &fragments(&message(24, &[0]), 4, 9)[0]),
        2,
    )
    .unwrap();
    assert_eq!(client.ended(), None);
}

#[test]
fn the_hello_is_sent_again_ever_more_rarely_until_the_deadline() {
    let (mut client, _) = start();
    let mut sent = Vec::new();
    let mut now = 0;
    while let Some(deadline) = client.next_deadline() {
        now = deadline;
        if !client.outgoing(now).is_empty() && client.ended().is_none() {
            sent.push(now);
        }
        client.sent();
    }
    assert_eq!(sent, [1000, 3000, 7000, 15_000]);
    assert_eq!((now, client.ended()), (30_000, Some(TlsError::TimedOut)));
}

#[test]
fn a_lost_end_of_the_flight_is_asked_for_by_an_ack() {
    let (mut client, mut server) = start();
    let [hello, extensions, finished] = flight(&mut server);
    let mut write = epoch(&server, 2);
    deliver(&mut client, &plain(0, &fragments(&hello, 0, 999)[0]), 1).unwrap();
    deliver(
        &mut client,
        &write.seal(22, &fragments(&extensions, 1, 999)[0]),
        1,
    )
    .unwrap();
    assert!(client.outgoing(1).is_empty());
    let mut read = Epoch {
        number: 2,
        key: server.key(&server.handshake[0]),
    };
    let due = client.next_deadline().unwrap();
    let datagram = client.outgoing(due).to_vec();
    client.sent();
    let (_, kind, content) = read.open(&datagram);
    assert_eq!((kind, content), (ACK, ack(2, 0)));
    deliver(
        &mut client,
        &write.seal(22, &fragments(&finished, 2, 999)[0]),
        9,
    )
    .unwrap();
    assert!(client.is_open());
}

#[test]
fn an_impostor_is_refused() {
    let (mut client, mut server) = start();
    let [hello, extensions, mut finished] = flight(&mut server);
    let mut write = epoch(&server, 2);
    *finished.last_mut().unwrap() ^= 1;
    deliver(&mut client, &plain(0, &fragments(&hello, 0, 999)[0]), 1).unwrap();
    deliver(
        &mut client,
        &write.seal(22, &fragments(&extensions, 1, 999)[0]),
        1,
    )
    .unwrap();
    let end = deliver(
        &mut client,
        &write.seal(22, &fragments(&finished, 2, 999)[0]),
        1,
    );
    assert_eq!(end, Err(TlsError::Refused(Alert::DECRYPT_ERROR)));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// The server's flight in fragments, in any order, some of them doubled, again and again
    /// until the client is open.
    #[test]
    fn fragments_in_any_order_open(cut in 5usize..60, seed: u64) {
        let (mut client, mut server) = start();
        let messages = flight(&mut server);
        let mut write = epoch(&server, 2);
        let mut seed = seed | 1;
        let mut plain_number = 0u8;
        for _ in 0..6 {
            let mut datagrams = Vec::new();
            for (number, message) in messages.iter().enumerate() {
                for part in fragments(message, u16::try_from(number).unwrap(), cut) {
                    datagrams.push(match number {
                        0 => plain(plain_number, &part),
                        _ => write.seal(22, &part),
                    });
                    plain_number = plain_number.wrapping_add(1);
                }
            }
            while !datagrams.is_empty() {
                seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
                let at = usize::try_from(seed >> 33).unwrap() % datagrams.len();
                let datagram = datagrams.swap_remove(at);
                prop_assert_eq!(deliver(&mut client, &datagram, 1), Ok(()));
                if seed & 0x1000 != 0 {
                    prop_assert_eq!(deliver(&mut client, &datagram, 1), Ok(()));
                }
            }
            if client.is_open() {
                return Ok(());
            }
        }
        // Six pieces apart at most are kept of a message: in the worst case more rounds.
        prop_assert!(cut < 25, "not open");
    }

    /// Whatever comes, there is no panic, and in clear nothing opens an association.
    #[test]
    fn arbitrary_datagrams(datagrams in prop::collection::vec(prop::collection::vec(any::<u8>(), 0..200), 0..20), open: bool) {
        let mut client = if open { opened().0 } else { start().0 };
        for datagram in datagrams {
            if client.room().len() < datagram.len() {
                break;
            }
            let _ = deliver(&mut client, &datagram, 1);
            let _ = client.outgoing(1);
            client.sent();
            prop_assert_eq!(read(&mut client), None);
        }
        prop_assert_eq!(client.is_open(), open);
    }

    /// Records of any content under good keys.
    #[test]
    fn arbitrary_content(kind in prop_oneof![Just(21u8), Just(22), Just(23), Just(26), any::<u8>()], content in prop::collection::vec(any::<u8>(), 0..100)) {
        let (mut client, _, _, mut down) = opened();
        let _ = deliver(&mut client, &down.seal(kind, &content), 1);
        if let Some(data) = read(&mut client) {
            prop_assert_eq!((kind, data), (23, content));
        }
        let _ = client.outgoing(1_000_000);
    }
}

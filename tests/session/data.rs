//! Open sessions with a real TLS 1.3 server (OpenSSL): data both ways, records, closing.

use crate::backend::*;
use core::task::Poll;
use msgin5g::akma::Kaf;
use msgin5g::session::embedded_tls::{TlsMemory, TlsSession};
use msgin5g::session::{Psk, Session, SessionError, TlsConfig};
use proptest::prelude::*;

fn data_goes_both_ways<B: Backend>() {
    let link = Link::new(&Setup::default());
    let mut memory = B::memory(link.clone());
    let mut session = open::<B>(&mut memory).unwrap();
    assert_eq!(session.recv(&mut [0; 8]), Poll::Pending);
    assert_eq!(send_all(&mut session, b"ping"), Ok(()));
    link.step();
    assert_eq!(link.server().received, b"ping");
    link.server().write(b"pong");
    assert_eq!(recv_exact(&mut session, 4), Ok(b"pong".to_vec()));
    assert_eq!(session.recv(&mut [0; 8]), Poll::Pending);
}

fn one_octet_at_a_time_with_nothing_now_in_between<B: Backend>() {
    let link = Link::new(&Setup::default()).slow(1, true);
    let mut memory = B::memory(link.clone());
    let mut session = open::<B>(&mut memory).unwrap();
    link.server().echo = true;
    for octet in 0..=255 {
        assert_eq!(send_all(&mut session, &[octet]), Ok(()));
        assert_eq!(recv_exact(&mut session, 1), Ok(vec![octet]));
    }
}

fn large_data_goes_in_records_that_fit_both_sides<B: Backend>() {
    let link = Link::new(&Setup::default());
    let mut memory = B::memory(link.clone());
    let mut session = open::<B>(&mut memory).unwrap();
    let large: Vec<u8> = (0..20_000_u32).map(|i| i.to_le_bytes()[0] ^ 0x5A).collect();

    assert_eq!(send_all(&mut session, &large), Ok(()));
    let up: Vec<u8> = link.wire.borrow().up.iter().copied().collect();
    // The client's Finished may be the first.
    let lengths = record_lengths(&up);
    assert!(lengths[1..].iter().all(|n| *n <= 512 + 17), "{lengths:?}");
    link.step();
    assert!(link.server().received == large);

    link.server().write(&large);
    let down: Vec<u8> = link.wire.borrow().down.iter().copied().collect();
    let lengths = record_lengths(&down);
    assert!(lengths.len() >= 40, "max_fragment_length was not honoured");
    assert!(lengths.iter().all(|n| *n <= 512 + 17), "{lengths:?}");
    assert!(recv_exact(&mut session, large.len()).unwrap() == large);
}

fn a_record_is_given_out_over_as_many_reads_as_the_caller_likes<B: Backend>() {
    let link = Link::new(&Setup::default());
    let mut memory = B::memory(link.clone());
    let mut session = open::<B>(&mut memory).unwrap();
    link.step();
    // Zeros at the end look like padding but are data.
    link.server().write(b"ab\0cd\0\0");
    link.server().write(b"\0");
    let mut got = Vec::new();
    let mut one = [0xFF; 1];
    while session.recv(&mut one) == Poll::Ready(Ok(1)) {
        got.push(one[0]);
    }
    assert_eq!(got, b"ab\0cd\0\0\0");
}

fn tickets_are_skipped<B: Backend>() {
    let setup = Setup {
        tickets: 2,
        ..Setup::default()
    };
    let sent = std::rc::Rc::new(std::cell::Cell::new(0));
    let count = sent.clone();
    let link = Link::new(&setup).mangle(move |octets| count.set(count.get() + octets.len()));
    let mut memory = B::memory(link.clone());
    let mut session = open::<B>(&mut memory).unwrap();
    let handshake = 400;
    link.step();
    assert!(sent.get() > handshake, "no ticket was sent");
    assert_eq!(session.recv(&mut [0; 8]), Poll::Pending);
    link.server().write(b"after");
    assert_eq!(recv_exact(&mut session, 5), Ok(b"after".to_vec()));
}

fn a_blocked_transport_takes_one_record_and_then_is_pending<B: Backend>() {
    let link = Link::new(&Setup::default());
    let mut memory = B::memory(link.clone());
    let mut session = open::<B>(&mut memory).unwrap();
    link.step();
    link.block(true);
    assert_eq!(session.send(b"one"), Poll::Ready(Ok(3)));
    assert_eq!(session.flush(), Poll::Pending);
    assert_eq!(session.send(b"two"), Poll::Pending);
    link.step();
    assert_eq!(link.server().received, b"");
    link.block(false);
    assert_eq!(session.send(b"two"), Poll::Ready(Ok(3)));
    link.step();
    assert_eq!(link.server().received, b"onetwo");
}

fn empty_data_makes_no_record<B: Backend>() {
    let link = Link::new(&Setup::default());
    let mut memory = B::memory(link.clone());
    let mut session = open::<B>(&mut memory).unwrap();
    link.step();
    assert_eq!(session.send(b""), Poll::Ready(Ok(0)));
    assert_eq!(session.recv(&mut []), Poll::Ready(Ok(0)));
    assert!(link.wire.borrow().up.is_empty());
}

fn closing_says_farewell_and_ends_both_directions<B: Backend>() {
    let link = Link::new(&Setup::default());
    let mut memory = B::memory(link.clone());
    let mut session = open::<B>(&mut memory).unwrap();
    assert_eq!(session.send(b"last"), Poll::Ready(Ok(4)));
    link.block(true);
    assert_eq!(session.close(), Poll::Pending);
    assert_eq!(session.send(b"x"), Poll::Ready(Err(SessionError::Closed)));
    assert_eq!(session.close(), Poll::Pending);
    link.block(false);
    assert_eq!(session.close(), Poll::Ready(Ok(())));
    link.step();
    assert_eq!(link.server().received, b"last");
    assert!(link.server().got_close_notify());
    let closed = Poll::Ready(Err(SessionError::Closed));
    assert_eq!(session.recv(&mut [0; 8]), closed);
    assert_eq!(session.close(), Poll::Ready(Ok(())));
    drop(session);
    assert_usable_again::<B>(&mut memory);
}

fn the_servers_farewell_is_an_orderly_close_after_its_last_data<B: Backend>() {
    let link = Link::new(&Setup::default());
    let mut memory = B::memory(link.clone());
    let mut session = open::<B>(&mut memory).unwrap();
    link.step();
    link.server().write(b"bye");
    link.server().close_notify();
    link.hang_up();
    assert_eq!(recv_exact(&mut session, 3), Ok(b"bye".to_vec()));
    let closed = Poll::Ready(Err(SessionError::Closed));
    assert_eq!(session.recv(&mut [0; 8]), closed);
    assert_eq!(session.recv(&mut [0; 8]), closed);
    assert_eq!(session.send(b"x"), Poll::Ready(Err(SessionError::Closed)));
    assert_eq!(session.close(), Poll::Ready(Ok(())));
    link.step();
    assert!(link.server().got_close_notify());
}

fn the_end_of_the_stream_without_farewell_is_truncation<B: Backend>() {
    let link = Link::new(&Setup::default());
    let mut memory = B::memory(link.clone());
    let mut session = open::<B>(&mut memory).unwrap();
    link.step();
    link.server().write(b"bye");
    link.hang_up();
    assert_eq!(recv_exact(&mut session, 3), Ok(b"bye".to_vec()));
    let truncated = Err(SessionError::Truncated);
    assert_eq!(session.recv(&mut [0; 8]), Poll::Ready(truncated));
    assert_eq!(session.close(), Poll::Ready(Err(SessionError::Truncated)));
    drop(session);
    assert_usable_again::<B>(&mut memory);
}

#[test]
fn larger_memory_asks_for_larger_fragments() {
    let link = Link::new(&Setup::default());
    let mut memory = TlsMemory::<_, 1200, 1200>::new(link.clone());
    let (config, key, identity) = (TlsConfig::new(NAME), Kaf::from_octets(KEY), identity(116));
    let psk = Psk {
        key: &key,
        identity: &identity,
    };
    let (mut rng, mut clock) = (rand_core::OsRng, Clock::default());
    let opened =
        TlsSession::open_blocking(&mut memory, &config, psk, &mut rng, &mut clock, DEADLINE);
    let mut session = opened.unwrap();
    link.step();
    link.server().write(&[7; 5000]);
    let down: Vec<u8> = link.wire.borrow().down.iter().copied().collect();
    assert_eq!(record_lengths(&down).iter().max(), Some(&(1024 + 17)));
    assert_eq!(recv_exact(&mut session, 5000), Ok(vec![7; 5000]));
    assert_eq!(session.max_send(), 1024);
    assert_eq!(send_all(&mut session, &[9; 5000]), Ok(()));
    link.step();
    assert_eq!(link.server().received, [9; 5000]);
}

#[cfg(feature = "std")]
#[test]
fn a_session_over_tcp() {
    use msgin5g::transport::{Host, StdHost, TcpTransport};
    use std::io::{Read, Write};
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let server = std::thread::spawn(move || {
        let ssl = openssl::ssl::Ssl::new(&context(&Setup::default(), &Default::default()));
        let mut stream = ssl.unwrap().accept(listener.accept().unwrap().0).unwrap();
        let mut buf = [0; 5];
        stream.read_exact(&mut buf).unwrap();
        stream.write_all(&buf).unwrap();
        // Waits for the client's farewell.
        stream.read(&mut buf).unwrap()
    });
    let mut memory: TlsMemory<_> = TlsMemory::new(TcpTransport::connect(address).unwrap());
    let (config, key, identity) = (TlsConfig::new(NAME), Kaf::from_octets(KEY), identity(116));
    let psk = Psk {
        key: &key,
        identity: &identity,
    };
    let (mut rng, mut host) = (rand_core::OsRng, StdHost::new());
    let deadline = host.now_ms() + 10_000;
    let opened =
        TlsSession::open_blocking(&mut memory, &config, psk, &mut rng, &mut host, deadline);
    let mut session = opened.unwrap();
    assert_eq!(send_all(&mut session, b"hello"), Ok(()));
    let mut wait_here = || host.idle();
    let mut buf = [0; 5];
    let mut have = 0;
    while have < 5 {
        match session.recv(&mut buf[have..]) {
            Poll::Ready(n) => have += n.unwrap(),
            Poll::Pending => wait_here(),
        }
    }
    assert_eq!(&buf, b"hello");
    assert_eq!(wait(|| session.close()), Ok(()));
    assert_eq!(server.join().unwrap(), 0);
}

/// However the wire cuts the octets and the caller cuts the data, they arrive in order.
fn any_cut_of_wire_and_data<B: Backend>() {
    let pieces = prop::collection::vec(prop::collection::vec(any::<u8>(), 1..1500), 1..6);
    let config = ProptestConfig::with_cases(24);
    proptest!(config, |(chunk in 1_usize..700, stutter: bool, pieces in pieces)| {
        let link = Link::new(&Setup::default()).slow(chunk, stutter);
        let mut memory = B::memory(link.clone());
        let mut session = open::<B>(&mut memory).unwrap();
        link.server().echo = true;
        for piece in &pieces {
            prop_assert_eq!(send_all(&mut session, piece), Ok(()));
            prop_assert_eq!(&recv_exact(&mut session, piece.len()).unwrap(), piece);
        }
    });
}

for_both_backends! {
    any_cut_of_wire_and_data,
    data_goes_both_ways,
    one_octet_at_a_time_with_nothing_now_in_between,
    large_data_goes_in_records_that_fit_both_sides,
    a_record_is_given_out_over_as_many_reads_as_the_caller_likes,
    tickets_are_skipped,
    a_blocked_transport_takes_one_record_and_then_is_pending,
    empty_data_makes_no_record,
    closing_says_farewell_and_ends_both_directions,
    the_servers_farewell_is_an_orderly_close_after_its_last_data,
    the_end_of_the_stream_without_farewell_is_truncation,
}

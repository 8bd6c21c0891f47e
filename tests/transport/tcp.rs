//! The TCP transport of feature `std` against a plain socket.

use core::task::Poll;
use msgin5g::transport::{Host, StdHost, StreamTransport, TcpTransport, TransportError};
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};

fn pair() -> (TcpTransport, TcpStream) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let transport = TcpTransport::connect(listener.local_addr().unwrap()).unwrap();
    let (peer, _) = listener.accept().unwrap();
    (transport, peer)
}

fn wait<T>(mut poll: impl FnMut() -> Poll<T>) -> T {
    let mut host = StdHost::new();
    loop {
        if let Poll::Ready(value) = poll() {
            return value;
        }
        assert!(host.now_ms() < 5000, "nothing within 5 s");
        host.idle();
    }
}

#[test]
fn nothing_now_is_pending_and_octets_come_in_order() {
    let (mut transport, mut peer) = pair();
    let mut buf = [0; 8];
    assert_eq!(transport.recv(&mut buf), Poll::Pending);
    peer.write_all(b"ab").unwrap();
    assert_eq!(wait(|| transport.recv(&mut buf)), Ok(2));
    assert_eq!(&buf[..2], b"ab");
    assert_eq!(transport.recv(&mut buf), Poll::Pending);
}

#[test]
fn octets_sent_arrive() {
    let (mut transport, mut peer) = pair();
    assert_eq!(transport.send(b"hello"), Poll::Ready(Ok(5)));
    let mut buf = [0; 5];
    peer.read_exact(&mut buf).unwrap();
    assert_eq!(&buf, b"hello");
}

#[test]
fn a_full_socket_is_pending_not_an_error() {
    let (mut transport, peer) = pair();
    let chunk = [0x55; 65536];
    let stopped = (0..1000).any(|_| match transport.send(&chunk) {
        Poll::Pending => true,
        Poll::Ready(Ok(n)) => {
            assert!(n >= 1);
            false
        }
        Poll::Ready(Err(e)) => panic!("{e}"),
    });
    assert!(stopped, "64 MB went into a socket that nobody reads");
    drop(peer);
}

#[test]
fn end_of_stream_is_closed_after_the_last_octet() {
    let (mut transport, mut peer) = pair();
    peer.write_all(b"z").unwrap();
    drop(peer);
    let mut buf = [0; 8];
    assert_eq!(wait(|| transport.recv(&mut buf)), Ok(1));
    assert_eq!(
        wait(|| transport.recv(&mut buf)),
        Err(TransportError::Closed)
    );
    assert_eq!(
        wait(|| transport.recv(&mut buf)),
        Err(TransportError::Closed)
    );
}

#[test]
fn empty_slices_are_no_end_of_stream() {
    let (mut transport, _peer) = pair();
    assert_eq!(transport.recv(&mut []), Poll::Ready(Ok(0)));
    assert_eq!(transport.send(&[]), Poll::Ready(Ok(0)));
}

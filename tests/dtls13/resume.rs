//! An association out of a snapshot, in the place where it stays.

use std::cell::RefCell;
use std::collections::VecDeque;
use std::rc::Rc;
use std::task::Poll;

use crate::dtls::*;
use crate::server::DATA;
use msgin5g::session::SessionError;
use msgin5g::session::tls13::crypto::RustCrypto;
use msgin5g::session::tls13::dtls::{DtlsConfig, DtlsSession, Snapshot};
use msgin5g::transport::{DatagramTransport, TransportError};

/// What goes up, and what comes down.
#[derive(Clone, Default)]
struct Post(Rc<RefCell<[VecDeque<Vec<u8>>; 2]>>);

impl DatagramTransport for Post {
    fn send(&mut self, datagram: &[u8]) -> Poll<Result<(), TransportError>> {
        self.0.borrow_mut()[0].push_back(datagram.to_vec());
        Poll::Ready(Ok(()))
    }

    fn recv(&mut self, buf: &mut [u8]) -> Poll<Result<usize, TransportError>> {
        let Some(datagram) = self.0.borrow_mut()[1].pop_front() else {
            return Poll::Pending;
        };
        buf[..datagram.len()].copy_from_slice(&datagram);
        Poll::Ready(Ok(datagram.len()))
    }
}

fn no_id() -> DtlsConfig<'static> {
    DtlsConfig {
        connection_id: None,
        ..DtlsConfig::default()
    }
}

#[test]
fn an_association_goes_on_in_the_place_where_it_stays() {
    let (mut client, _, mut up, mut down) = opened();
    let mut kept = client.export().unwrap();
    let post = Post::default();
    let mut place: Option<DtlsSession<'_, Post, RustCrypto>> = None;
    for round in 0..3_u8 {
        let buffers = (buffer(1024), buffer(640));
        let session =
            DtlsSession::resume_in(&mut place, post.clone(), kept, &no_id(), buffers).unwrap();
        assert_eq!(session.poll(5), Poll::Ready(Ok(())), "it is open");
        assert_eq!(session.send(&[round], 5), Poll::Ready(Ok(())));
        let sent = post.0.borrow_mut()[0].pop_front().unwrap();
        let (number, kind, content) = up.open(&sent);
        assert_eq!((number, kind, content), (round.into(), DATA, vec![round]));
        let record = down.seal(DATA, &[round]);
        // The second one is a repeat.
        post.0.borrow_mut()[1].extend([record.clone(), record]);
        let mut buf = [0; 640];
        assert_eq!(session.recv(&mut buf, 6), Poll::Ready(Ok(1)));
        assert_eq!(buf[0], round);
        assert_eq!(session.recv(&mut buf, 6), Poll::Pending);
        kept = session.export().unwrap();
    }
    // An end of an open session is told as such.
    let buffers = (buffer(1024), buffer(640));
    let session =
        DtlsSession::resume_in(&mut place, post.clone(), kept, &no_id(), buffers).unwrap();
    post.0.borrow_mut()[1].push_back(down.seal(21, &[2, 40]));
    assert_eq!(
        session.poll(7),
        Poll::Ready(Err(SessionError::PeerAlert(40)))
    );
}

#[test]
fn what_cannot_go_on_leaves_an_empty_place() {
    let (mut client, ..) = opened();
    let octets = *client.export().unwrap().as_octets();
    let post = Post::default();
    let mut place: Option<DtlsSession<'_, Post, RustCrypto>> = None;
    let mut strange = octets;
    // Of a cipher suite that nobody knows.
    strange[1] = 0xFF;
    let longer_id: &[u8] = &[7; 21];
    let bad_config = DtlsConfig {
        connection_id: Some(longer_id),
        ..DtlsConfig::default()
    };
    for (octets, len, config, expected) in [
        (
            octets,
            900,
            no_id(),
            SessionError::BufferTooSmall { needed: 1024 },
        ),
        (
            octets,
            300,
            no_id(),
            SessionError::BufferTooSmall { needed: 512 },
        ),
        (strange, 1024, no_id(), SessionError::InvalidConfig),
        (octets, 1024, bad_config, SessionError::InvalidConfig),
    ] {
        let good = Snapshot::from_octets(&octets);
        let buffers = (buffer(len), buffer(640));
        let made = DtlsSession::resume_in(&mut place, post.clone(), good, &config, buffers);
        assert_eq!(made.err(), Some(expected));
        assert!(place.is_none());
    }
    let good = Snapshot::from_octets(&octets);
    let buffers = (buffer(1024), buffer(640));
    assert!(DtlsSession::resume_in(&mut place, post, good, &no_id(), buffers).is_ok());
    assert!(place.is_some());
}

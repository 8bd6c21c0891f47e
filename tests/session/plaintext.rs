//! The unprotected session of a bench.

use crate::link::*;
use core::task::Poll;
use msgin5g::session::{Plaintext, Session, SessionError};

#[test]
fn octets_pass_unchanged_and_the_end_of_the_stream_is_the_close() {
    let link = Link::silent();
    let mut session = Plaintext::new(link.clone());
    assert_eq!(session.recv(&mut [0; 8]), Poll::Pending);
    link.inject(b"down");
    link.hang_up();
    assert_eq!(recv_exact(&mut session, 4), Ok(b"down".to_vec()));
    assert_eq!(send_all(&mut session, b"up"), Ok(()));
    assert_eq!(link.wire.borrow().up, b"up");
    let closed = Poll::Ready(Err(SessionError::Closed));
    assert_eq!(session.recv(&mut [0; 8]), closed);
    assert_eq!(session.send(b"x"), Poll::Ready(Err(SessionError::Closed)));
    assert_eq!(session.close(), Poll::Ready(Ok(())));
}

#[test]
fn closing_ends_both_directions() {
    let mut session = Plaintext::new(Link::silent());
    assert_eq!(session.close(), Poll::Ready(Ok(())));
    let closed = Poll::Ready(Err(SessionError::Closed));
    assert_eq!(session.recv(&mut [0; 8]), closed);
    assert_eq!(session.flush(), Poll::Ready(Err(SessionError::Closed)));
}

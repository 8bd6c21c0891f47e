//! What is left in the memory of a session when the session is over.
#![cfg(feature = "embedded-tls")]

#[path = "support/tls.rs"]
mod tls;

use core::task::Poll;
use msgin5g::session::{Session, SessionError};
use tls::*;

const DOWN: &[u8] = b"a secret that the server sent to the client";
const UP: &[u8] = b"a secret that the client sent to the server";

/// The octets of some memory, as a debugger or a cold boot would see them.
struct Dump {
    start: *const u8,
    len: usize,
}

impl Dump {
    fn of<T>(value: &T) -> Self {
        Self {
            start: core::ptr::from_ref(value).cast(),
            len: size_of_val(value),
        }
    }

    fn contains(&self, what: &[u8]) -> bool {
        // SAFETY: the value is alive and stays where it is. Read octet by octet and volatile, as
        // some are padding and others may be borrowed.
        let octets: Vec<u8> = (0..self.len)
            .map(|i| unsafe { self.start.add(i).read_volatile() })
            .collect();
        octets.windows(what.len()).any(|window| window == what)
    }
}

/// Has a session with a secret in each direction, which it half reads, and then this.
fn after(finish: impl FnOnce(&mut Client<'_>, &Link)) -> (Dump, Box<Memory>) {
    let link = Link::new(&Setup::default());
    let mut memory = Box::new(Memory::new(link.clone()));
    let dump = Dump::of(&*memory);
    let mut session = open(&mut memory).unwrap();
    link.step();
    assert_eq!(session.send(UP), Poll::Ready(Ok(UP.len())));
    link.server().write(DOWN);
    assert_eq!(recv_exact(&mut session, 5), Ok(DOWN[..5].to_vec()));
    assert!(
        dump.contains(DOWN),
        "this test cannot see what it looks for"
    );
    assert!(!dump.contains(UP), "plaintext stays in the write buffer");
    assert!(!dump.contains(&KEY), "the key is kept");
    finish(&mut session, &link);
    drop(session);
    (dump, memory)
}

#[test]
fn a_dropped_session_leaves_no_plaintext() {
    let (dump, _memory) = after(|_, _| {});
    assert!(!dump.contains(&DOWN[20..30]));
}

#[test]
fn a_closed_session_leaves_no_plaintext_even_before_it_is_dropped() {
    let link = Link::new(&Setup::default());
    let mut memory = Box::new(Memory::new(link.clone()));
    let dump = Dump::of(&*memory);
    let mut session = open(&mut memory).unwrap();
    link.step();
    link.server().write(DOWN);
    assert_eq!(recv_exact(&mut session, 5), Ok(DOWN[..5].to_vec()));
    assert!(dump.contains(DOWN));
    assert_eq!(wait(|| session.close()), Ok(()));
    assert!(!dump.contains(&DOWN[20..30]));
}

#[test]
fn a_session_that_was_attacked_leaves_no_plaintext() {
    let (dump, _memory) = after(|session, link| {
        link.inject(&[21, 3, 3, 0, 2, 1, 0]);
        let rest = recv_exact(session, DOWN.len() - 5);
        assert_eq!(rest, Ok(DOWN[5..].to_vec()));
        let e = SessionError::UnexpectedRecord { content_type: 21 };
        assert_eq!(session.recv(&mut [0; 8]), Poll::Ready(Err(e)));
    });
    assert!(!dump.contains(&DOWN[20..30]));
}

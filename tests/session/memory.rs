//! What is left in the memory of a session when the session is over, or when a key is dead.

use crate::backend::*;
use crate::server;
use crate::server::{DATA, HANDSHAKE, KEY_UPDATE, message, record};
use crate::talk::{finish, start_by, take_up};
use core::task::Poll;
use msgin5g::session::tls13::crypto::{Aead, CipherSuite, Crypto, RustCrypto};
use msgin5g::session::{Session, SessionError};

const DOWN: &[u8] = b"a secret that the server sent to the client";
const UP: &[u8] = b"a secret that the client sent to the server";

fn contains(spans: &[Span], what: &[u8]) -> bool {
    spans.iter().any(|span| span.contains(what))
}

/// Has a session with a secret in each direction, which it half reads, and then this.
fn after<B: Backend>(finish: impl FnOnce(&mut B::Client<'_>, &Link)) -> (Vec<Span>, B::Memory) {
    let link = Link::new(&Setup::default());
    let mut memory = B::memory(link.clone());
    let dump = B::dump(&memory);
    let mut session = open::<B>(&mut memory).unwrap();
    link.step();
    assert_eq!(session.send(UP), Poll::Ready(Ok(UP.len())));
    link.server().write(DOWN);
    assert_eq!(recv_exact(&mut session, 5), Ok(DOWN[..5].to_vec()));
    assert!(
        contains(&dump, DOWN),
        "this test cannot see what it looks for"
    );
    assert!(!contains(&dump, UP), "plaintext stays in the write buffer");
    assert!(!contains(&dump, &KEY), "the key is kept");
    finish(&mut session, &link);
    drop(session);
    (dump, memory)
}

fn a_dropped_session_leaves_no_plaintext<B: Backend>() {
    let (dump, _memory) = after::<B>(|_, _| {});
    assert!(!contains(&dump, &DOWN[20..30]));
}

fn a_closed_session_leaves_no_plaintext_even_before_it_is_dropped<B: Backend>() {
    let link = Link::new(&Setup::default());
    let mut memory = B::memory(link.clone());
    let dump = B::dump(&memory);
    let mut session = open::<B>(&mut memory).unwrap();
    link.step();
    link.server().write(DOWN);
    assert_eq!(recv_exact(&mut session, 5), Ok(DOWN[..5].to_vec()));
    assert!(contains(&dump, DOWN));
    assert_eq!(wait(|| session.close()), Ok(()));
    assert!(!contains(&dump, &DOWN[20..30]));
}

fn a_session_that_was_attacked_leaves_no_plaintext<B: Backend>() {
    let (dump, _memory) = after::<B>(|session, link| {
        link.inject(&[21, 3, 3, 0, 2, 1, 0]);
        let rest = recv_exact(session, DOWN.len() - 5);
        assert_eq!(rest, Ok(DOWN[5..].to_vec()));
        let e = SessionError::UnexpectedRecord { content_type: 21 };
        assert_eq!(session.recv(&mut [0; 8]), Poll::Ready(Err(e)));
    });
    assert!(!contains(&dump, &DOWN[20..30]));
}

for_both_backends! {
    a_dropped_session_leaves_no_plaintext,
    a_closed_session_leaves_no_plaintext_even_before_it_is_dropped,
    a_session_that_was_attacked_leaves_no_plaintext,
}

/// The primitives with the keys of the record protection apart from the session: on some hosts a
/// key of AES has octets that it does not use, and there stands what was on the stack before.
struct Apart;

impl Crypto for Apart {
    type Hash = <RustCrypto as Crypto>::Hash;
    type Aead = ApartAead;
    type RecordNumberKey = <RustCrypto as Crypto>::RecordNumberKey;
    type KeyExchange = <RustCrypto as Crypto>::KeyExchange;

    fn hmac(key: &[u8; 32], parts: &[&[u8]]) -> [u8; 32] {
        RustCrypto::hmac(key, parts)
    }
}

struct ApartAead(Box<<RustCrypto as Crypto>::Aead>);

impl Aead for ApartAead {
    const SUITES: &'static [CipherSuite] = <RustCrypto as Crypto>::Aead::SUITES;

    fn new(suite: CipherSuite, key: &[u8]) -> Option<Self> {
        Some(Self(Box::new(Aead::new(suite, key)?)))
    }

    fn seal(&mut self, nonce: &[u8; 12], aad: &[u8], text: &mut [u8]) -> Option<[u8; 16]> {
        self.0.seal(nonce, aad, text)
    }

    fn open(&mut self, nonce: &[u8; 12], aad: &[u8], text: &mut [u8], tag: &[u8]) -> Option<()> {
        self.0.open(nonce, aad, text, tag)
    }
}

/// Secrets and all places where they stand in a session. Some may be octets that are not in use,
/// which were copied off the stack when the session was moved or a part of it was set to `None`.
struct Living {
    dump: Span,
    places: Vec<(Vec<usize>, Vec<u8>)>,
}

impl Living {
    /// Each of them is there.
    fn find(dump: Span, secrets: &[Vec<u8>]) -> Self {
        let octets = dump.octets();
        let place = |secret: &Vec<u8>| {
            let here = |at: &usize| octets[*at..].starts_with(secret);
            let places: Vec<usize> = (0..octets.len()).filter(here).collect();
            assert!(!places.is_empty(), "is kept");
            (places, secret.clone())
        };
        let places = secrets.iter().map(place).collect();
        Self { dump, places }
    }

    /// Which of them still are in all their places, and so in the one that counts.
    fn alive(&self) -> Vec<bool> {
        let octets = self.dump.octets();
        let alive = |(places, secret): &(Vec<usize>, Vec<u8>)| {
            places.iter().all(|at| octets[*at..].starts_with(secret))
        };
        self.places.iter().map(alive).collect()
    }
}

/// The crate's own core: each secret is in the session for as long as it is needed, and no longer.
/// The other backend has no means for it (`docs/known-limits.md`, D9).
#[test]
fn a_secret_is_wiped_as_soon_as_it_is_dead() {
    let (client, link, mut server) = start_by::<Apart>(&KEY, |_| {});
    let mut client = Box::new(client);
    let dump = Span::of(&*client);
    assert!(!dump.contains(&KEY), "the PSK itself is not kept");
    // What is below the PSK is dead with the ServerHello, the ephemeral key too.
    let below_psk = Living::find(dump, &server.below_the_psk());
    let share = Living::find(dump, &[own_share(&dump, &server)]);
    let hello = server.server_hello();
    link.inject(&record(HANDSHAKE, &hello));
    assert!(client.poll_open(0).is_pending());
    assert_eq!(below_psk.alive(), [false, false]);
    assert_eq!(share.alive(), [false]);

    // Those of the handshake are dead with the Finished.
    let [c, s] = server.handshake.clone();
    let handshake = Living::find(dump, &[c, s, server.master.clone()]);
    finish(&mut client, &link, &mut server);
    assert_eq!(handshake.alive(), [false, false, false]);

    // A KeyUpdate ends the secrets before it.
    let first = Living::find(dump, &server.application);
    link.inject(&server.record(HANDSHAKE, &message(KEY_UPDATE, &[1])));
    server.write = Some(server.next_key(1));
    assert!(client.recv(&mut [0; 8]).is_pending());
    let _ = server.next_key(0);
    assert_eq!(first.alive(), [false, false]);

    // The server's farewell ends its secret, this side's farewell the other.
    let second = Living::find(dump, &server.application);
    link.inject(&server.record(server::ALERT, &[1, 0]));
    let closed = Poll::Ready(Err(SessionError::Closed));
    assert_eq!(client.recv(&mut [0; 8]), closed);
    assert_eq!(second.alive(), [true, false]);
    assert_eq!(client.close(), Poll::Ready(Ok(())));
    assert_eq!(second.alive(), [false, false]);
}

/// An error ends all secrets at once.
#[test]
fn an_error_wipes_the_secrets() {
    let (mut client, link, mut server) = start_by::<Apart>(&KEY, |_| {});
    let hello = server.server_hello();
    link.inject(&record(HANDSHAKE, &hello));
    finish(&mut client, &link, &mut server);
    let mut client = Box::new(client);
    let secrets = Living::find(Span::of(&*client), &server.application);
    let mut forged = server.record(DATA, b"data");
    forged[9] ^= 1;
    link.inject(&forged);
    let e = Poll::Ready(Err(SessionError::RecordNotAuthentic));
    assert_eq!(client.recv(&mut [0; 8]), e);
    assert!(!take_up(&link).is_empty(), "an alert");
    assert_eq!(secrets.alive(), [false, false]);
}

/// The ephemeral secret: the 32 octets of the session that make the client's public key.
fn own_share(dump: &Span, server: &server::Server) -> Vec<u8> {
    use openssl::pkey::{Id, PKey};
    let public = |secret: &[u8]| {
        let key = PKey::private_key_from_raw_bytes(secret, Id::X25519).unwrap();
        key.raw_public_key().unwrap()
    };
    let octets = dump.octets();
    let secret = octets.windows(32).find(|w| public(w) == server.share);
    secret
        .expect("the ephemeral key is in the session")
        .to_vec()
}

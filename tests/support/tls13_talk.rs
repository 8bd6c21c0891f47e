//! A session of the crate's own core in the middle of a conversation with a server that has the
//! key and says what a test wants. The test has the modules `backend` and `server`.
#![allow(dead_code, reason = "each program uses a part")]

use super::link::{Link, wait};
use super::server::*;
use core::task::Poll;
use msgin5g::session::tls13::crypto::{Crypto, NamedGroup, RustCrypto, SoftwarePsk};
use msgin5g::session::tls13::{Config, TlsSession};
use msgin5g::session::{Session, SessionError};

pub type Client<'m, C = RustCrypto> = TlsSession<'m, Link, C>;

const ID: &[u8] = b"3GPP-AKMA-someone@example.net";

/// The PSK of both sides.
pub const KEY: [u8; 32] = [0xA5; 32];

/// A client that has sent its ClientHello, and the server that has read it.
pub fn start() -> (Client<'static>, Link, Server) {
    start_with(&KEY)
}

/// The same with a server of another key.
pub fn start_with(server_key: &[u8]) -> (Client<'static>, Link, Server) {
    start_as(server_key, |_| {})
}

/// The same with another configuration.
pub fn start_as(
    server_key: &[u8],
    configure: impl FnOnce(&mut Config<'static>),
) -> (Client<'static>, Link, Server) {
    start_by(server_key, configure)
}

/// The same by other primitives.
pub fn start_by<C: Crypto>(
    server_key: &[u8],
    configure: impl FnOnce(&mut Config<'static>),
) -> (Client<'static, C>, Link, Server) {
    let link = Link::silent();
    let mut config = Config::new(ID, "msgin5g.example.net");
    config.groups = &[NamedGroup::X25519];
    configure(&mut config);
    let mut psk = SoftwarePsk::<C>::new(&KEY);
    let buffer = || &mut *Vec::leak(vec![0; 640]);
    let mut rng = rand_core::OsRng;
    let mut place = None;
    let buffers = (buffer(), buffer());
    TlsSession::begin_in(
        &mut place,
        link.clone(),
        &config,
        &mut psk,
        &mut rng,
        buffers,
    )
    .unwrap();
    let mut client = place.unwrap();
    assert!(client.poll_open(0).is_pending());
    let mut server = Server::new(server_key);
    hear_hello(&link, &mut server);
    (client, link, server)
}

/// The server reads the ClientHello that has come.
pub fn hear_hello(link: &Link, server: &mut Server) {
    let up = take_up(link);
    assert_eq!(up[..3], [22, 3, 3]);
    server.client_hello(&up[5..]);
}

pub fn take_up(link: &Link) -> Vec<u8> {
    link.wire.borrow_mut().up.drain(..).collect()
}

/// An open session.
pub fn opened() -> (Client<'static>, Link, Server) {
    opened_as(|_| {})
}

/// The same with another configuration.
pub fn opened_as(configure: impl FnOnce(&mut Config<'static>)) -> (Client<'static>, Link, Server) {
    let (mut client, link, mut server) = start_as(&KEY, configure);
    let hello = server.server_hello();
    link.inject(&record(HANDSHAKE, &hello));
    finish(&mut client, &link, &mut server);
    (client, link, server)
}

/// The rest of the handshake after a ServerHello.
pub fn finish<C: Crypto>(client: &mut Client<'_, C>, link: &Link, server: &mut Server) {
    let extensions = server.message(ENCRYPTED_EXTENSIONS, &[0, 0]);
    link.inject(&server.record(HANDSHAKE, &extensions));
    let finished = server.finished();
    link.inject(&server.record(HANDSHAKE, &finished));
    assert_eq!(client.poll_open(0), Poll::Ready(Ok(())));
    let expected = server.client_finished();
    let up = records(&take_up(link));
    assert_eq!(server.open(&up[0]), (HANDSHAKE, expected));
    server.use_application_keys();
}

/// How a session that was open ends.
pub fn end<C: Crypto>(client: &mut Client<'_, C>) -> SessionError {
    wait(|| client.recv(&mut [0; 10])).unwrap_err()
}

/// What the client said in its last record, in the keys of the server.
pub fn last_alert(link: &Link, server: &mut Server) -> Option<u8> {
    let last = records(&take_up(link)).pop()?;
    match &mut server.read {
        Some(_) if last[0] == DATA => match server.open(&last) {
            (ALERT, alert) => Some(alert[1]),
            _ => None,
        },
        _ if last[0] == ALERT => Some(last[6]),
        _ => None,
    }
}

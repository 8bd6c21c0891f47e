//! A DTLS 1.3 association in the middle of a conversation with a server that has the key and says
//! what a test wants. The test has the module `server`.
#![allow(dead_code, reason = "each program uses a part")]

use super::server::*;
use core::task::Poll;
use msgin5g::session::tls13::crypto::{NamedGroup, RustCrypto, SoftwarePsk};
use msgin5g::session::tls13::dtls::{DtlsConfig, DtlsConnection};
use msgin5g::session::tls13::{Config, TlsError};
use openssl::symm::{Cipher, Crypter, Mode, decrypt_aead, encrypt_aead};

pub type Client = DtlsConnection<'static, RustCrypto>;

pub const PSK: [u8; 32] = [0xA5; 32];
pub const ACK: u8 = 26;

/// A server's side of one epoch.
#[derive(Clone)]
pub struct Epoch {
    pub number: u8,
    pub key: Key,
}

impl Epoch {
    /// A protected record with 16 bits of number and a length.
    pub fn seal(&mut self, kind: u8, content: &[u8]) -> Vec<u8> {
        let number = u16::try_from(self.key.number).unwrap();
        self.seal_as(number, kind, content)
    }

    pub fn seal_as(&mut self, number: u16, kind: u8, content: &[u8]) -> Vec<u8> {
        self.key.number = number.into();
        let text = [content, &[kind]].concat();
        let [n0, n1] = number.to_be_bytes();
        let [l0, l1] = u16::try_from(text.len() + 16).unwrap().to_be_bytes();
        let mut header = [0b0010_1100 | (self.number & 3), n0, n1, l0, l1];
        let (nonce, mut tag) = (self.key.nonce(), [0; 16]);
        let cipher = Cipher::aes_128_gcm();
        let body = encrypt_aead(
            cipher,
            &self.key.key,
            Some(&nonce),
            &header,
            &text,
            &mut tag,
        )
        .unwrap();
        let body = [&body[..], &tag].concat();
        let mask = self.mask(&body);
        (header[1], header[2]) = (n0 ^ mask[0], n1 ^ mask[1]);
        [&header[..], &body].concat()
    }

    /// Opens a record of the client: number, type and content.
    pub fn open(&mut self, record: &[u8]) -> (u16, u8, Vec<u8>) {
        assert_eq!(record[0], 0b0010_1000 | (self.number & 3));
        let (header, body) = record.split_at(3);
        let mask = self.mask(body);
        let header = [header[0], header[1] ^ mask[0], header[2] ^ mask[1]];
        let number = u16::from_be_bytes([header[1], header[2]]);
        self.key.number = number.into();
        let (text, tag) = body.split_at(body.len() - 16);
        let (cipher, nonce) = (Cipher::aes_128_gcm(), self.key.nonce());
        let mut text =
            decrypt_aead(cipher, &self.key.key, Some(&nonce), &header, text, tag).unwrap();
        while text.last() == Some(&0) {
            text.pop();
        }
        let kind = text.pop().unwrap();
        (number, kind, text)
    }

    pub fn mask(&self, body: &[u8]) -> Vec<u8> {
        let cipher = Cipher::aes_128_ecb();
        let mut block = Crypter::new(cipher, Mode::Encrypt, &self.key.sn, None).unwrap();
        block.pad(false);
        let mut out = vec![0; 32];
        block.update(&body[..16], &mut out).unwrap();
        out
    }
}

/// A message as DTLS sends it, in parts of at most `cut` octets.
pub fn fragments(message: &[u8], number: u16, cut: usize) -> Vec<Vec<u8>> {
    let (header, body) = message.split_at(4);
    let [n0, n1] = number.to_be_bytes();
    let three = |n: usize| u32::try_from(n).unwrap().to_be_bytes()[1..].to_vec();
    let mut all = Vec::new();
    let mut at = 0;
    loop {
        let part = &body[at..body.len().min(at + cut)];
        let place = [three(at), three(part.len())].concat();
        all.push([header, &[n0, n1], &place, part].concat());
        at += part.len();
        if at >= body.len() {
            return all;
        }
    }
}

pub fn plain(number: u8, content: &[u8]) -> Vec<u8> {
    let [l0, l1] = u16::try_from(content.len()).unwrap().to_be_bytes();
    let header = [22, 0xfe, 0xfd, 0, 0, 0, 0, 0, 0, 0, number, l0, l1];
    [&header[..], content].concat()
}

pub fn buffer(len: usize) -> &'static mut [u8] {
    Vec::leak(vec![0; len])
}

/// A client that has sent its ClientHello, and the server that has read it.
pub fn start() -> (Client, Server) {
    start_as(|_| {})
}

/// The same with another configuration.
pub fn start_as(configure: impl FnOnce(&mut Config<'static>)) -> (Client, Server) {
    let mut config = Config::new(b"someone", "msgin5g.example.net");
    config.groups = &[NamedGroup::X25519];
    configure(&mut config);
    let dtls = DtlsConfig {
        connection_id: None,
        ..DtlsConfig::default()
    };
    let (mut psk, mut rng) = (SoftwarePsk::<RustCrypto>::new(&PSK), rand_core::OsRng);
    let buffers = (buffer(1024), buffer(640));
    let mut client =
        DtlsConnection::new(&config, &dtls, &mut psk, &mut rng, buffers.0, buffers.1).unwrap();
    let up = client.outgoing(0).to_vec();
    client.sent();
    let mut server = Server::with_prefix("dtls13", &PSK);
    // The transcript has the header of TLS.
    server.client_hello(&[&up[13..17], &up[25..]].concat());
    (client, server)
}

pub fn deliver(client: &mut Client, datagram: &[u8], now: u64) -> Result<(), TlsError> {
    let Some(place) = client.room().get_mut(..datagram.len()) else {
        return client.ended().map_or(Ok(()), Err);
    };
    place.copy_from_slice(datagram);
    client.received(datagram.len(), now)
}

/// The messages of the server's flight.
pub fn flight(server: &mut Server) -> [Vec<u8>; 3] {
    [
        server.server_hello_with(0xfefd, 0xfefc, |_| {}),
        server.message(ENCRYPTED_EXTENSIONS, &[0, 0]),
        server.finished(),
    ]
}

pub fn epoch(server: &Server, number: u8) -> Epoch {
    let secret = match number {
        2 => &server.handshake[1],
        _ => &server.application[1],
    };
    let key = server.key(secret);
    Epoch { number, key }
}

/// An open association, confirmed; the epochs of the client and the server.
pub fn opened() -> (Client, Server, Epoch, Epoch) {
    opened_as(|_| {})
}

/// The same with another configuration.
pub fn opened_as(configure: impl FnOnce(&mut Config<'static>)) -> (Client, Server, Epoch, Epoch) {
    let (mut client, server, number) = unconfirmed_as(configure);
    let mut write = epoch(&server, 3);
    deliver(&mut client, &write.seal(ACK, &ack(2, number)), 1).unwrap();
    assert!(client.is_confirmed());
    let key = server.key(&server.application[0]);
    (client, server, Epoch { number: 3, key }, write)
}

/// An open association whose Finished has left at 1 ms in the record of this number, and is not
/// acknowledged.
pub fn unconfirmed_as(configure: impl FnOnce(&mut Config<'static>)) -> (Client, Server, u16) {
    let (mut client, mut server) = start_as(configure);
    let [hello, extensions, finished] = flight(&mut server);
    let mut write = epoch(&server, 2);
    deliver(&mut client, &plain(0, &fragments(&hello, 0, 999)[0]), 1).unwrap();
    let rest = [
        &fragments(&extensions, 1, 999)[0][..],
        &fragments(&finished, 2, 999)[0],
    ]
    .concat();
    deliver(&mut client, &write.seal(22, &rest), 1).unwrap();
    assert!(client.is_open());
    let mut read = Epoch {
        number: 2,
        key: server.key(&server.handshake[0]),
    };
    let up = client.outgoing(1).to_vec();
    client.sent();
    let (number, kind, content) = read.open(&up);
    let expected = fragments(&server.client_finished(), 1, 999);
    assert_eq!((kind, &content), (22, &expected[0]));
    assert!(!client.is_confirmed());
    (client, server, number)
}

pub fn ack(epoch: u64, number: u16) -> Vec<u8> {
    [
        &[0, 16][..],
        &epoch.to_be_bytes(),
        &u64::from(number).to_be_bytes(),
    ]
    .concat()
}

pub fn read(client: &mut Client) -> Option<Vec<u8>> {
    let mut buf = [0; 640];
    match client.read(&mut buf) {
        Poll::Ready(Ok(n)) => Some(buf[..n].to_vec()),
        _ => None,
    }
}

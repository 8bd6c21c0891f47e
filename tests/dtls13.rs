//! The crate's DTLS 1.3 with a server that says whatever a test wants, but has the key. Tests with
//! a real server, wolfSSL, are in `interop/wolfssl`.
#![cfg(all(feature = "dtls13", feature = "gcm", feature = "x25519"))]

#[path = "support/tls13_server.rs"]
mod server;

use core::task::Poll;
use msgin5g::session::tls13::crypto::{NamedGroup, RustCrypto, SoftwarePsk};
use msgin5g::session::tls13::dtls::{DtlsConfig, DtlsConnection};
use msgin5g::session::tls13::{Alert, Config, TlsError};
use openssl::symm::{Cipher, Crypter, Mode, decrypt_aead, encrypt_aead};
use proptest::prelude::*;
use server::*;

type Client = DtlsConnection<'static, RustCrypto>;

const PSK: [u8; 32] = [0xA5; 32];
const ACK: u8 = 26;

/// A server's side of one epoch.
#[derive(Clone)]
struct Epoch {
    number: u8,
    key: Key,
}

impl Epoch {
    /// A protected record with 16 bits of number and a length.
    fn seal(&mut self, kind: u8, content: &[u8]) -> Vec<u8> {
        let number = u16::try_from(self.key.number).unwrap();
        self.seal_as(number, kind, content)
    }

    fn seal_as(&mut self, number: u16, kind: u8, content: &[u8]) -> Vec<u8> {
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
    fn open(&mut self, record: &[u8]) -> (u16, u8, Vec<u8>) {
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

    fn mask(&self, body: &[u8]) -> Vec<u8> {
        let cipher = Cipher::aes_128_ecb();
        let mut block = Crypter::new(cipher, Mode::Encrypt, &self.key.sn, None).unwrap();
        block.pad(false);
        let mut out = vec![0; 32];
        block.update(&body[..16], &mut out).unwrap();
        out
    }
}

/// A message as DTLS sends it, in parts of at most `cut` octets.
fn fragments(message: &[u8], number: u16, cut: usize) -> Vec<Vec<u8>> {
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

fn plain(number: u8, content: &[u8]) -> Vec<u8> {
    let [l0, l1] = u16::try_from(content.len()).unwrap().to_be_bytes();
    let header = [22, 0xfe, 0xfd, 0, 0, 0, 0, 0, 0, 0, number, l0, l1];
    [&header[..], content].concat()
}

fn buffer(len: usize) -> &'static mut [u8] {
    Vec::leak(vec![0; len])
}

/// A client that has sent its ClientHello, and the server that has read it.
fn start() -> (Client, Server) {
    let mut config = Config::new(b"someone", "msgin5g.example.net");
    config.groups = &[NamedGroup::X25519];
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

fn deliver(client: &mut Client, datagram: &[u8], now: u64) -> Result<(), TlsError> {
    client.room()[..datagram.len()].copy_from_slice(datagram);
    client.received(datagram.len(), now)
}

/// The messages of the server's flight.
fn flight(server: &mut Server) -> [Vec<u8>; 3] {
    [
        server.server_hello_with(0xfefd, 0xfefc, |_| {}),
        server.message(ENCRYPTED_EXTENSIONS, &[0, 0]),
        server.finished(),
    ]
}

fn epoch(server: &Server, number: u8) -> Epoch {
    let secret = match number {
        2 => &server.handshake[1],
        _ => &server.application[1],
    };
    let key = server.key(secret);
    Epoch { number, key }
}

/// An open association, confirmed; the epochs of the client and the server.
fn opened() -> (Client, Server, Epoch, Epoch) {
    let (mut client, mut server) = start();
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
    let mut write = epoch(&server, 3);
    deliver(&mut client, &write.seal(ACK, &ack(2, number)), 1).unwrap();
    assert!(client.is_confirmed());
    let key = server.key(&server.application[0]);
    (client, server, Epoch { number: 3, key }, write)
}

fn ack(epoch: u64, number: u16) -> Vec<u8> {
    [
        &[0, 16][..],
        &epoch.to_be_bytes(),
        &u64::from(number).to_be_bytes(),
    ]
    .concat()
}

fn read(client: &mut Client) -> Option<Vec<u8>> {
    let mut buf = [0; 640];
    match client.read(&mut buf) {
        Poll::Ready(Ok(n)) => Some(buf[..n].to_vec()),
        _ => None,
    }
}

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

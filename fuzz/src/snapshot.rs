//! Snapshots of any content: as they lie in flash, and inside, under the right key. What is refused
//! leaves a clean client; what is taken makes one that comes to an end with a server that answers
//! everything, and that can be saved and restored again.
//!
//! The sealing is done by OpenSSL, from the description in `src/snapshot/sealing.rs`.

use super::numbers::Numbers;
use msgin5g::client::{Client, ClientMemory, Config, Event};
use msgin5g::coap::{Code, Outgoing, stream};
use msgin5g::message::UeServiceId;
use msgin5g::snapshot::{self, Contents, MonotonicCounter, SealingKey};
use openssl::hash::MessageDigest;
use openssl::pkey::PKey;
use openssl::sign::Signer;
use openssl::symm::{Cipher, encrypt_aead};

const OWNER: &str = "ue-4711@iot.example";
const SECRET: [u8; 32] = [0x5e; 32];
const COUNTER: u64 = 7;

type Memory = ClientMemory<700, 700, 1500, 6, 900, 3>;

pub fn snapshot(data: &[u8]) {
    let Some((how, octets)) = data.split_first() else {
        return;
    };
    let mut sealed = match how % 2 {
        0 => octets.to_vec(),
        _ => seal(octets),
    };
    let owner = UeServiceId::new(OWNER).unwrap();
    let key = SealingKey::new(&SECRET, owner).unwrap();
    // Octets as they lie in flash may open, too: libFuzzer sees the tag that they are compared with.
    let Ok(opened) = snapshot::open(&mut sealed, &key, &mut Counter(COUNTER)) else {
        return;
    };
    let mut memory = Memory::new();
    let mut client = Client::new(Config::new(owner), memory.pieces(), &mut Numbers(1)).unwrap();
    if client.restore(&opened, 1_000, 500).is_err() {
        assert!(!client.is_registered() && client.is_idle() && client.pending() == 0);
        assert_eq!(client.next_deadline(), None);
        return;
    }
    save_again(&mut client, &key);
    let resumed = client.resumed();
    if !resumed {
        client.connected();
    }
    live(&mut client);
    save_again(&mut client, &key);
}

/// What a client is after it has been saved and restored is what it was.
fn save_again(client: &mut Client<'_>, key: &SealingKey<'_>) {
    let mut octets = [0; Memory::SNAPSHOT_LEN];
    let mut contents = Contents {
        client: Some(&mut *client),
        ..Contents::default()
    };
    let (mut counter, mut rng) = (Counter(0), Numbers(2));
    let saved = snapshot::save(
        &mut contents,
        1_000,
        key,
        &mut counter,
        &mut rng,
        &mut octets,
    );
    let len = saved.expect("the constant holds");
    let mut memory = Memory::new();
    let owner = UeServiceId::new(OWNER).unwrap();
    let mut again = Client::new(Config::new(owner), memory.pieces(), &mut rng).unwrap();
    let opened = snapshot::open(&mut octets[..len], key, &mut counter).unwrap();
    again.restore(&opened, 1_000, 0).expect("its own state");
    let state = |client: &Client<'_>| {
        let held = (client.pending(), client.is_idle(), client.is_registered());
        (held, client.next_deadline().is_some())
    };
    assert_eq!(state(&again).0, state(client).0);
}

/// All that the client wants is answered, until it wants nothing more for a while.
fn live(client: &mut Client<'_>) {
    let mut now = 1_000;
    for _ in 0..60 {
        for turn in 0.. {
            assert!(turn < 1_000, "octets without end");
            let mut frame = client.poll_transmit(now).to_vec();
            if frame.is_empty() {
                break;
            }
            client.transmitted(frame.len());
            // Over datagrams what goes out is no frame; nobody answers then.
            let Ok(packet) = stream::decode(&mut frame) else {
                continue;
            };
            if packet.code.is_request() {
                let answer = Outgoing {
                    code: Code::CHANGED,
                    token: packet.token,
                    options: &[],
                    payload: &[],
                };
                let mut octets = [0; 32];
                let len = answer.encode_stream(&mut octets).unwrap();
                give(client, &octets[..len]);
            }
        }
        for turn in 0.. {
            assert!(turn < 1_000, "events without end");
            match client.poll_event(now) {
                None => break,
                Some(Event::PayloadWanted {
                    message_id,
                    offset,
                    len,
                }) => {
                    let _ = client.supply(message_id, offset, &vec![b'x'; len], now);
                }
                Some(event) => drop(format!("{event:?}")),
            }
        }
        match client.next_deadline() {
            Some(deadline) => now = deadline.max(now),
            None => now += 1,
        }
    }
}

fn give(client: &mut Client<'_>, octets: &[u8]) {
    let space = client.recv_space();
    if let Some(place) = space.get_mut(..octets.len()) {
        place.copy_from_slice(octets);
        client.received(octets.len());
    }
}

/// Seals a plaintext as the crate would, with any salt.
pub fn seal(plain: &[u8]) -> Vec<u8> {
    let prk = hmac(b"msgin5g snapshot of a client v1 ", &[&SECRET]);
    let owner = hmac(&prk, &[b"owner\0", OWNER.as_bytes(), &[1]]);
    let (salt, counter) = ([9; 16], COUNTER.to_be_bytes());
    let len = u32::try_from(plain.len()).unwrap().to_be_bytes();
    let okm = hmac(&prk, &[b"seal\0", &counter, &salt, OWNER.as_bytes(), &[1]]);
    let header = [b"MGS\x01", &len[..], &counter, &owner[..4], &salt].concat();
    let mut tag = [0; 16];
    let (cipher, key, nonce) = (Cipher::aes_128_gcm(), &okm[..16], &okm[16..28]);
    let text = encrypt_aead(cipher, key, Some(nonce), &header, plain, &mut tag).unwrap();
    [header, text, tag.to_vec()].concat()
}

fn hmac(key: &[u8], parts: &[&[u8]]) -> Vec<u8> {
    let key = PKey::hmac(key).unwrap();
    let mut signer = Signer::new(MessageDigest::sha256(), &key).unwrap();
    signer.sign_oneshot_to_vec(&parts.concat()).unwrap()
}

struct Counter(u64);

impl MonotonicCounter for Counter {
    fn value(&mut self) -> Option<u64> {
        Some(self.0)
    }

    fn advance(&mut self) -> Option<u64> {
        self.0 += 1;
        Some(self.0)
    }
}

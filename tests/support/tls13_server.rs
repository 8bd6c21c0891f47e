//! A TLS 1.3 PSK server that says whatever a test wants, in any order, with good keys.
//!
//! Written from RFC 8446, its cryptography is OpenSSL's: nothing is shared with the client.
#![allow(dead_code, reason = "each program uses a part")]

use openssl::derive::Deriver;
use openssl::hash::{MessageDigest, hash};
use openssl::pkey::{Id, PKey};
use openssl::sign::Signer;
use openssl::symm::{Cipher, decrypt_aead, encrypt_aead};

pub const SERVER_HELLO: u8 = 2;
pub const NEW_SESSION_TICKET: u8 = 4;
pub const ENCRYPTED_EXTENSIONS: u8 = 8;
pub const CERTIFICATE: u8 = 11;
pub const FINISHED: u8 = 20;
pub const KEY_UPDATE: u8 = 24;

/// The random of a HelloRetryRequest (RFC 8446 section 4.1.3).
pub const RETRY: [u8; 32] = [
    0xCF, 0x21, 0xAD, 0x74, 0xE5, 0x9A, 0x61, 0x11, 0xBE, 0x1D, 0x8C, 0x02, 0x1E, 0x65, 0xB8, 0x91,
    0xC2, 0xA2, 0x11, 0x16, 0x7A, 0xBB, 0x8C, 0x5E, 0x07, 0x9E, 0x09, 0xE2, 0xC8, 0xA8, 0x33, 0x9C,
];

pub const ALERT: u8 = 21;
pub const HANDSHAKE: u8 = 22;
pub const DATA: u8 = 23;

/// A server in the middle of a conversation.
pub struct Server {
    prefix: &'static str,
    psk: Vec<u8>,
    transcript: Vec<u8>,
    /// The client's public key.
    pub share: Vec<u8>,
    pub master: Vec<u8>,
    /// Secrets of the handshake: client's, server's.
    pub handshake: [Vec<u8>; 2],
    /// Secrets of the application data: client's, server's.
    pub application: [Vec<u8>; 2],
    pub write: Option<Key>,
    pub read: Option<Key>,
}

/// A traffic key and its next record number.
#[derive(Clone)]
pub struct Key {
    pub key: Vec<u8>,
    pub iv: Vec<u8>,
    pub sn: Vec<u8>,
    pub number: u64,
}

impl Server {
    pub fn new(psk: &[u8]) -> Self {
        Self::with_prefix("tls13 ", psk)
    }

    pub fn with_prefix(prefix: &'static str, psk: &[u8]) -> Self {
        Self {
            prefix,
            psk: psk.to_vec(),
            transcript: Vec::new(),
            share: Vec::new(),
            master: Vec::new(),
            handshake: Default::default(),
            application: Default::default(),
            write: None,
            read: None,
        }
    }

    /// Takes a ClientHello, with its 4-octet header, whose one share, if any, is of X25519.
    pub fn client_hello(&mut self, message: &[u8]) {
        let at = message
            .windows(8)
            .position(|w| w == [0, 51, 0, 38, 0, 36, 0, 29]);
        if let Some(at) = at {
            self.share = message[at + 10..at + 42].to_vec();
        }
        self.transcript.extend(message);
    }

    /// All messages so far.
    pub fn heard(&self) -> &[u8] {
        &self.transcript
    }

    /// The last message was another of the same length.
    pub fn replace_last(&mut self, message: &[u8]) {
        let at = self.transcript.len() - message.len();
        self.transcript.truncate(at);
        self.transcript.extend(message);
    }

    /// A HelloRetryRequest with this body behind its random.
    pub fn hello_retry_request(&mut self, rest: &[u8]) -> Vec<u8> {
        let body = [&[3, 3], &RETRY[..], rest].concat();
        let message = message(SERVER_HELLO, &body);
        let first = sha256(&self.transcript);
        self.transcript = [&[254, 0, 0, 32], &first[..], &message].concat();
        message
    }

    /// A ServerHello that goes on with the PSK alone.
    pub fn server_hello_without_share(&mut self) -> Vec<u8> {
        let mut body = vec![3, 3];
        body.extend([7; 32]);
        body.extend([0, 0x13, 0x01, 0, 0, 12]);
        body.extend([0, 43, 0, 2, 3, 4, 0, 41, 0, 2, 0, 0]);
        let message = message(SERVER_HELLO, &body);
        self.begin_handshake(&message, &[0; 32]);
        message
    }

    /// The ServerHello of a server that does everything right. The keys follow from it.
    pub fn server_hello(&mut self) -> Vec<u8> {
        self.server_hello_with(0x0303, 0x0304, |_| {})
    }

    /// The same after a change to the message.
    pub fn server_hello_with(
        &mut self,
        legacy: u16,
        version: u16,
        change: impl FnOnce(&mut Vec<u8>),
    ) -> Vec<u8> {
        let own = PKey::generate_x25519().unwrap();
        let mut body = legacy.to_be_bytes().to_vec();
        body.extend([7; 32]);
        body.extend([0, 0x13, 0x01, 0, 0, 52]);
        body.extend([0, 43, 0, 2]);
        body.extend(version.to_be_bytes());
        body.extend([0, 51, 0, 36, 0, 29, 0, 32]);
        body.extend(own.raw_public_key().unwrap());
        body.extend([0, 41, 0, 2, 0, 0]);
        let mut message = message(SERVER_HELLO, &body);
        change(&mut message);

        let peer = PKey::public_key_from_raw_bytes(&self.share, Id::X25519).unwrap();
        let mut deriver = Deriver::new(&own).unwrap();
        deriver.set_peer(&peer).unwrap();
        self.begin_handshake(&message, &deriver.derive_to_vec().unwrap());
        message
    }

    /// What a client keeps of the PSK for the handshake: the binder key, and what the handshake
    /// secret is extracted with.
    pub fn below_the_psk(&self) -> [Vec<u8>; 2] {
        let (nothing, early) = (sha256(&[]), hmac(&[0; 32], &self.psk));
        ["ext binder", "derived"].map(|label| self.expand(&early, label, &nothing, 32))
    }

    fn begin_handshake(&mut self, server_hello: &[u8], shared: &[u8]) {
        self.transcript.extend(server_hello);
        let nothing = sha256(&[]);
        let early = hmac(&[0; 32], &self.psk);
        let secret = hmac(&self.expand(&early, "derived", &nothing, 32), shared);
        let all = sha256(&self.transcript);
        self.handshake =
            ["c hs traffic", "s hs traffic"].map(|label| self.expand(&secret, label, &all, 32));
        self.master = hmac(&self.expand(&secret, "derived", &nothing, 32), &[0; 32]);
        self.write = Some(self.key(&self.handshake[1]));
        self.read = Some(self.key(&self.handshake[0]));
    }

    /// Any message, counted into the transcript.
    pub fn message(&mut self, kind: u8, body: &[u8]) -> Vec<u8> {
        let message = message(kind, body);
        self.transcript.extend(&message);
        message
    }

    /// A Finished over whatever was said so far.
    pub fn finished(&mut self) -> Vec<u8> {
        let base = match self.handshake[1].len() {
            0 => vec![0; 32],
            _ => self.handshake[1].clone(),
        };
        let mac = self.verify_data(&base);
        let message = self.message(FINISHED, &mac);
        let all = sha256(&self.transcript);
        self.application = ["c ap traffic", "s ap traffic"]
            .map(|label| self.expand(&self.master, label, &all, 32));
        message
    }

    /// The Finished that the client has to send.
    pub fn client_finished(&self) -> Vec<u8> {
        message(FINISHED, &self.verify_data(&self.handshake[0]))
    }

    /// From now on the keys of the application data.
    pub fn use_application_keys(&mut self) {
        self.write = Some(self.key(&self.application[1]));
        self.read = Some(self.key(&self.application[0]));
    }

    /// One record, under the key there is.
    pub fn record(&mut self, kind: u8, content: &[u8]) -> Vec<u8> {
        match &mut self.write {
            None => record(kind, content),
            Some(key) => {
                let mut text = content.to_vec();
                text.push(kind);
                key.seal(&text)
            }
        }
    }

    /// Opens one record of the client: type and content.
    pub fn open(&mut self, record: &[u8]) -> (u8, Vec<u8>) {
        let mut text = self.read.as_mut().unwrap().open(record);
        let kind = text.pop().unwrap();
        (kind, text)
    }

    /// The next secret of this direction (0: client's, 1: server's) and its key.
    pub fn next_key(&mut self, direction: usize) -> Key {
        let next = self.expand(&self.application[direction], "traffic upd", &[], 32);
        self.application[direction] = next;
        self.key(&self.application[direction])
    }

    pub fn key(&self, secret: &[u8]) -> Key {
        Key {
            key: self.expand(secret, "key", &[], 16),
            iv: self.expand(secret, "iv", &[], 12),
            sn: self.expand(secret, "sn", &[], 16),
            number: 0,
        }
    }

    fn verify_data(&self, base: &[u8]) -> Vec<u8> {
        let key = self.expand(base, "finished", &[], 32);
        hmac(&key, &sha256(&self.transcript))
    }

    fn expand(&self, secret: &[u8], label: &str, context: &[u8], len: u8) -> Vec<u8> {
        let label = format!("{}{label}", self.prefix);
        let mut info = vec![0, len, u8::try_from(label.len()).unwrap()];
        info.extend(label.as_bytes());
        info.push(u8::try_from(context.len()).unwrap());
        info.extend(context);
        info.push(1);
        let mut out = hmac(secret, &info);
        out.truncate(len.into());
        out
    }
}

impl Key {
    pub fn nonce(&mut self) -> Vec<u8> {
        let mut nonce = self.iv.clone();
        for (octet, n) in nonce[4..].iter_mut().zip(self.number.to_be_bytes()) {
            *octet ^= n;
        }
        self.number += 1;
        nonce
    }

    fn seal(&mut self, text: &[u8]) -> Vec<u8> {
        let [high, low] = u16::try_from(text.len() + 16).unwrap().to_be_bytes();
        let header = [23, 3, 3, high, low];
        let (nonce, mut tag) = (self.nonce(), [0; 16]);
        let cipher = Cipher::aes_128_gcm();
        let body = encrypt_aead(cipher, &self.key, Some(&nonce), &header, text, &mut tag).unwrap();
        [&header[..], &body, &tag].concat()
    }

    fn open(&mut self, record: &[u8]) -> Vec<u8> {
        let nonce = self.nonce();
        let (header, rest) = record.split_at(5);
        let (body, tag) = rest.split_at(rest.len() - 16);
        let cipher = Cipher::aes_128_gcm();
        decrypt_aead(cipher, &self.key, Some(&nonce), header, body, tag).unwrap()
    }
}

pub fn message(kind: u8, body: &[u8]) -> Vec<u8> {
    let [.., a, b, c] = body.len().to_be_bytes();
    [&[kind, a, b, c], body].concat()
}

pub fn record(kind: u8, content: &[u8]) -> Vec<u8> {
    let [high, low] = u16::try_from(content.len()).unwrap().to_be_bytes();
    [&[kind, 3, 3, high, low], content].concat()
}

/// The records of a stream of whole ones.
pub fn records(mut stream: &[u8]) -> Vec<Vec<u8>> {
    let mut all = Vec::new();
    while let [_, _, _, high, low, ..] = stream {
        let (record, rest) = stream.split_at(5 + usize::from(u16::from_be_bytes([*high, *low])));
        all.push(record.to_vec());
        stream = rest;
    }
    all
}

pub fn sha256(octets: &[u8]) -> Vec<u8> {
    hash(MessageDigest::sha256(), octets).unwrap().to_vec()
}

/// An empty key is the same as one of zeros.
fn hmac(key: &[u8], octets: &[u8]) -> Vec<u8> {
    let key = if key.is_empty() { &[0; 32] } else { key };
    let key = PKey::hmac(key).unwrap();
    let mut signer = Signer::new(MessageDigest::sha256(), &key).unwrap();
    signer.sign_oneshot_to_vec(octets).unwrap()
}

//! Records as the server would protect them, made by hand: a peer that has the key and does as
//! it likes. The keys come from OpenSSL's key log.

use openssl::hash::MessageDigest;
use openssl::pkey::PKey;
use openssl::sign::Signer;
use openssl::symm::{Cipher, encrypt_aead};

/// Protects records in the server's direction (RFC 8446 clauses 5.2, 5.3 and 7.3).
pub struct Forger {
    key: Vec<u8>,
    iv: Vec<u8>,
    sequence: u64,
}

impl Forger {
    /// With the secret of this label in the key log: `SERVER_TRAFFIC_SECRET_0` or
    /// `SERVER_HANDSHAKE_TRAFFIC_SECRET`.
    pub fn new(key_log: &str, label: &str) -> Self {
        let secret = key_log
            .lines()
            .map(|line| line.split(' ').collect::<Vec<_>>())
            .find(|words| words[0] == label)
            .map(|words| hex::decode(words[2]).unwrap())
            .unwrap();
        Self {
            key: expand_label(&secret, "key", 16),
            iv: expand_label(&secret, "iv", 12),
            sequence: 0,
        }
    }

    /// A record with this content, its type, and zeros as padding.
    pub fn record(&mut self, kind: u8, content: &[u8], padding: usize) -> Vec<u8> {
        let mut inner = content.to_vec();
        inner.push(kind);
        inner.extend(vec![0; padding]);
        self.protect(&inner)
    }

    /// A record with this inner plaintext, which may be none.
    pub fn protect(&mut self, inner: &[u8]) -> Vec<u8> {
        let length = u16::try_from(inner.len() + 16).unwrap();
        let [l1, l2] = length.to_be_bytes();
        let mut record = vec![23, 3, 3, l1, l2];
        let mut nonce = self.iv.clone();
        for (place, octet) in nonce[4..].iter_mut().zip(self.sequence.to_be_bytes()) {
            *place ^= octet;
        }
        self.sequence += 1;
        let mut tag = [0; 16];
        let cipher = Cipher::aes_128_gcm();
        let sealed = encrypt_aead(cipher, &self.key, Some(&nonce), &record, inner, &mut tag);
        record.extend(sealed.unwrap());
        record.extend(tag);
        record
    }
}

/// HKDF-Expand-Label with an empty context; one block is enough.
fn expand_label(secret: &[u8], label: &str, len: u8) -> Vec<u8> {
    let label = format!("tls13 {label}");
    let mut info = vec![0, len, u8::try_from(label.len()).unwrap()];
    info.extend(label.as_bytes());
    info.extend([0, 1]);
    let key = PKey::hmac(secret).unwrap();
    let mut signer = Signer::new(MessageDigest::sha256(), &key).unwrap();
    let mut out = signer.sign_oneshot_to_vec(&info).unwrap();
    out.truncate(usize::from(len));
    out
}

#[cfg(feature = "gcm")]
use super::Gcm;
use super::{Aead, CipherSuite, Crypto, Hash, RecordNumberKey, SoftwareKeyExchange};
#[cfg(any(feature = "ccm8", feature = "chacha20"))]
use aead::AeadInPlace;
#[cfg(any(feature = "gcm", feature = "ccm8"))]
use aes::cipher::KeyInit;
#[cfg(all(feature = "chacha20", not(any(feature = "gcm", feature = "ccm8"))))]
use chacha20poly1305::KeyInit;
use sha2::Digest;
use zeroize::Zeroizing;

/// The primitives of the RustCrypto crates, as far as features select them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RustCrypto;

impl Crypto for RustCrypto {
    type Hash = SoftwareHash;
    type Aead = SoftwareAead;
    type RecordNumberKey = SoftwareRecordNumberKey;
    type KeyExchange = SoftwareKeyExchange;

    fn hmac(key: &[u8; 32], parts: &[&[u8]]) -> [u8; 32] {
        let inner = Zeroizing::new(keyed_hash(key, INNER_PAD, parts));
        keyed_hash(key, OUTER_PAD, &[&*inner])
    }
}

/// RFC 2104 section 2.
const INNER_PAD: u8 = 0x36;
const OUTER_PAD: u8 = 0x5c;

/// One of the two hashes of HMAC. The crate `hmac` does the same with 0.5 kB more of flash.
fn keyed_hash(key: &[u8; 32], pad: u8, parts: &[&[u8]]) -> [u8; 32] {
    let mut block = Zeroizing::new([pad; 64]);
    for (place, octet) in block.iter_mut().zip(key) {
        *place ^= octet;
    }
    let mut hash = SoftwareHash::default();
    Hash::update(&mut hash, &*block);
    for part in parts {
        Hash::update(&mut hash, part);
    }
    Hash::finish(hash)
}

/// SHA-256 by the crate `sha2`.
#[derive(Clone, Default)]
pub struct SoftwareHash(sha2::Sha256);

impl Hash for SoftwareHash {
    #[inline(never)]
    fn update(&mut self, octets: &[u8]) {
        self.0.update(octets);
    }

    #[inline(never)]
    fn finish(self) -> [u8; 32] {
        self.0.finalize().into()
    }
}

#[cfg(feature = "ccm8")]
type Ccm8 = ccm::Ccm<aes::Aes128, ccm::consts::U8, ccm::consts::U12>;

/// Record protection by the crates `aes` with `ghash`, `ccm` and `chacha20poly1305`.
#[allow(clippy::large_enum_variant, reason = "no heap to box in")]
pub enum SoftwareAead {
    /// TLS_AES_128_GCM_SHA256.
    #[cfg(feature = "gcm")]
    Gcm(Gcm),
    /// TLS_AES_128_CCM_8_SHA256.
    #[cfg(feature = "ccm8")]
    Ccm8(Ccm8),
    /// TLS_CHACHA20_POLY1305_SHA256.
    #[cfg(feature = "chacha20")]
    Chacha20(chacha20poly1305::ChaCha20Poly1305),
}

impl Aead for SoftwareAead {
    const SUITES: &'static [CipherSuite] = &[
        #[cfg(feature = "gcm")]
        CipherSuite::Aes128GcmSha256,
        #[cfg(feature = "ccm8")]
        CipherSuite::Aes128Ccm8Sha256,
        #[cfg(feature = "chacha20")]
        CipherSuite::Chacha20Poly1305Sha256,
    ];

    fn new(suite: CipherSuite, key: &[u8]) -> Option<Self> {
        match suite {
            #[cfg(feature = "gcm")]
            CipherSuite::Aes128GcmSha256 => Some(Self::Gcm(Gcm::new(key.try_into().ok()?))),
            #[cfg(feature = "ccm8")]
            CipherSuite::Aes128Ccm8Sha256 => Some(Self::Ccm8(KeyInit::new_from_slice(key).ok()?)),
            #[cfg(feature = "chacha20")]
            CipherSuite::Chacha20Poly1305Sha256 => {
                Some(Self::Chacha20(KeyInit::new_from_slice(key).ok()?))
            }
            #[allow(
                unreachable_patterns,
                reason = "reached unless every suite is built in"
            )]
            _ => None,
        }
    }

    #[inline(never)]
    fn seal(&mut self, nonce: &[u8; 12], aad: &[u8], text: &mut [u8]) -> Option<[u8; 16]> {
        match self {
            #[cfg(feature = "gcm")]
            Self::Gcm(key) => Some(key.seal(nonce, aad, text)),
            #[cfg(feature = "ccm8")]
            Self::Ccm8(key) => {
                let nonce = nonce.into();
                let short: [u8; 8] = key.encrypt_in_place_detached(nonce, aad, text).ok()?.into();
                let mut tag = [0; 16];
                *tag.first_chunk_mut()? = short;
                Some(tag)
            }
            #[cfg(feature = "chacha20")]
            Self::Chacha20(key) => {
                let nonce = nonce.into();
                Some(key.encrypt_in_place_detached(nonce, aad, text).ok()?.into())
            }
        }
    }

    #[inline(never)]
    fn open(&mut self, nonce: &[u8; 12], aad: &[u8], text: &mut [u8], tag: &[u8]) -> Option<()> {
        match self {
            #[cfg(feature = "gcm")]
            Self::Gcm(key) => key.open(nonce, aad, text, tag.try_into().ok()?),
            #[cfg(feature = "ccm8")]
            Self::Ccm8(key) => {
                let tag: &[u8; 8] = tag.try_into().ok()?;
                key.decrypt_in_place_detached(nonce.into(), aad, text, tag.into())
                    .ok()
            }
            #[cfg(feature = "chacha20")]
            Self::Chacha20(key) => {
                let tag: &[u8; 16] = tag.try_into().ok()?;
                key.decrypt_in_place_detached(nonce.into(), aad, text, tag.into())
                    .ok()
            }
        }
    }
}

/// Record numbers hidden by AES or ChaCha20.
#[allow(clippy::large_enum_variant, reason = "no heap to box in")]
pub enum SoftwareRecordNumberKey {
    /// For the AES suites: the mask is a block of AES-ECB.
    #[cfg(any(feature = "gcm", feature = "ccm8"))]
    Aes(aes::Aes128),
    /// For ChaCha20: the mask is the start of a key stream, counter and nonce from the sample.
    #[cfg(feature = "chacha20")]
    Chacha20(Zeroizing<[u8; 32]>),
}

impl RecordNumberKey for SoftwareRecordNumberKey {
    fn new(suite: CipherSuite, key: &[u8]) -> Option<Self> {
        match suite {
            #[cfg(feature = "chacha20")]
            CipherSuite::Chacha20Poly1305Sha256 => {
                Some(Self::Chacha20(Zeroizing::new(key.try_into().ok()?)))
            }
            #[cfg(any(feature = "gcm", feature = "ccm8"))]
            _ => Some(Self::Aes(KeyInit::new_from_slice(key).ok()?)),
            #[cfg(not(any(feature = "gcm", feature = "ccm8")))]
            _ => None,
        }
    }

    fn mask(&mut self, sample: &[u8; 16]) -> [u8; 2] {
        match self {
            #[cfg(any(feature = "gcm", feature = "ccm8"))]
            Self::Aes(key) => {
                let mut block = (*sample).into();
                aes::cipher::BlockEncrypt::encrypt_block(key, &mut block);
                let [a, b, ..]: [u8; 16] = block.into();
                [a, b]
            }
            #[cfg(feature = "chacha20")]
            Self::Chacha20(key) => {
                use chacha20::cipher::{KeyIvInit, StreamCipher, StreamCipherSeek};
                let [c0, c1, c2, c3, nonce @ ..] = *sample;
                let counter = u32::from_le_bytes([c0, c1, c2, c3]);
                let mut stream = chacha20::ChaCha20::new((&**key).into(), (&nonce).into());
                let mut mask = [0; 2];
                // A block is 64 octets. Nothing is left to fail: the last block is in reach.
                if stream
                    .try_seek(u64::from(counter).saturating_mul(64))
                    .is_ok()
                {
                    let _ = stream.try_apply_keystream(&mut mask);
                }
                mask
            }
        }
    }
}

//! What the protocol needs of cryptography, and no more.
//!
//! [`RustCrypto`] provides all of it in software. A chip with an AES engine, a P-256 in assembly
//! or a secure element takes the place of one part: implement [`Crypto`] for a type of your own
//! and name the parts that stay as they are.
//!
//! ```
//! use msgin5g::session::tls13::crypto::{Crypto, RustCrypto};
//!
//! struct Board;
//!
//! impl Crypto for Board {
//!     type Hash = <RustCrypto as Crypto>::Hash;
//!     type Aead = <RustCrypto as Crypto>::Aead; // or the engine of the board
//!     type RecordNumberKey = <RustCrypto as Crypto>::RecordNumberKey;
//!     type KeyExchange = <RustCrypto as Crypto>::KeyExchange; // or p256-cortex-m4
//!     fn hmac(key: &[u8; 32], parts: &[&[u8]]) -> [u8; 32] {
//!         RustCrypto::hmac(key, parts)
//!     }
//! }
//! ```

#[cfg(any(feature = "gcm", feature = "ccm8", feature = "chacha20"))]
mod groups;
mod psk;
#[cfg(any(feature = "gcm", feature = "ccm8", feature = "chacha20"))]
mod rust_crypto;

#[cfg(feature = "gcm")]
pub use crate::gcm::Gcm;
pub use psk::{ExternalPsk, SoftwarePsk};
#[cfg(any(feature = "gcm", feature = "ccm8", feature = "chacha20"))]
pub use rust_crypto::{SoftwareAead, SoftwareHash, SoftwareRecordNumberKey};
#[cfg(any(feature = "gcm", feature = "ccm8", feature = "chacha20"))]
pub use {groups::SoftwareKeyExchange, rust_crypto::RustCrypto};

/// The set of primitives of one build.
pub trait Crypto {
    /// SHA-256 (FIPS 180-4).
    type Hash: Hash;
    /// The record protection of every suite offered.
    type Aead: Aead;
    /// The encryption of record numbers in DTLS 1.3 (RFC 9147 section 4.2.3).
    type RecordNumberKey: RecordNumberKey;
    /// (EC)DHE in every group offered.
    type KeyExchange: KeyExchange;

    /// HMAC-SHA-256 (RFC 2104) of the parts one after the other.
    ///
    /// Extract and Expand of HKDF (RFC 5869) are each one such call here: no output of
    /// the key schedule is longer than the hash.
    fn hmac(key: &[u8; 32], parts: &[&[u8]]) -> [u8; 32];
}

/// A running SHA-256.
pub trait Hash: Clone + Default {
    /// Takes more of the message.
    fn update(&mut self, octets: &[u8]);
    /// The hash of everything taken.
    fn finish(self) -> [u8; 32];
}

/// A key of one suite for one direction, expanded once and kept as long as the key lives.
///
/// An implementation wipes itself when it is dropped.
pub trait Aead: Sized {
    /// The suites that [`new`](Self::new) knows.
    const SUITES: &'static [CipherSuite];

    /// Expands a key of [`CipherSuite::key_len`] octets. `None`: not a suite of
    /// [`SUITES`](Self::SUITES), or not that length.
    fn new(suite: CipherSuite, key: &[u8]) -> Option<Self>;

    /// Encrypts in place and gives the tag, of which the suite sends the first
    /// [`CipherSuite::tag_len`] octets. `None`: could not (too long, engine failed).
    fn seal(&mut self, nonce: &[u8; 12], aad: &[u8], text: &mut [u8]) -> Option<[u8; 16]>;

    /// Checks the tag in constant time and decrypts in place. `None`: it does not verify, and
    /// `text` is worthless.
    fn open(&mut self, nonce: &[u8; 12], aad: &[u8], text: &mut [u8], tag: &[u8]) -> Option<()>;
}

/// A key that hides record numbers (RFC 9147 section 4.2.3).
pub trait RecordNumberKey: Sized {
    /// Expands a key of [`CipherSuite::key_len`] octets.
    fn new(suite: CipherSuite, key: &[u8]) -> Option<Self>;

    /// The mask for a record whose ciphertext begins with `sample`.
    fn mask(&mut self, sample: &[u8; 16]) -> [u8; 2];
}

/// One ephemeral key.
///
/// An implementation wipes itself when it is dropped.
pub trait KeyExchange: Sized {
    /// The groups that [`generate`](Self::generate) knows.
    const GROUPS: &'static [NamedGroup];

    /// Makes a key from 32 random octets. `None`: they are no key of this group (one in 2^32
    /// for secp256r1); others are then tried.
    fn generate(group: NamedGroup, random: &[u8; 32]) -> Option<Self>;

    /// Writes the public key as key_share carries it (RFC 8446 section 4.2.8.2) and gives its
    /// length: 65 octets for secp256r1, 32 for X25519.
    fn public_key(&mut self, out: &mut [u8; 65]) -> usize;

    /// The shared secret. `None`: `peer` is no public key of the group, or one that gives
    /// all zeros (RFC 8446 section 7.4.2).
    fn agree(&mut self, peer: &[u8]) -> Option<[u8; 32]>;
}

/// Cipher suites with SHA-256, the hash of an external PSK (RFC 8446 section 4.2.11, B.4).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[repr(u16)]
#[non_exhaustive]
pub enum CipherSuite {
    /// TLS_AES_128_GCM_SHA256, which every implementation has.
    Aes128GcmSha256 = 0x1301,
    /// TLS_CHACHA20_POLY1305_SHA256.
    Chacha20Poly1305Sha256 = 0x1303,
    /// TLS_AES_128_CCM_8_SHA256: tags of 8 octets. Outside the 3GPP profile as known.
    Aes128Ccm8Sha256 = 0x1305,
}

impl CipherSuite {
    /// The suite of this code point.
    #[must_use]
    pub fn from_code(code: u16) -> Option<Self> {
        [
            Self::Aes128GcmSha256,
            Self::Chacha20Poly1305Sha256,
            Self::Aes128Ccm8Sha256,
        ]
        .into_iter()
        .find(|suite| suite.code() == code)
    }

    /// The code point.
    #[must_use]
    pub fn code(self) -> u16 {
        self as u16
    }

    /// Octets of a key.
    #[must_use]
    pub fn key_len(self) -> usize {
        match self {
            Self::Chacha20Poly1305Sha256 => 32,
            _ => 16,
        }
    }

    /// Octets of a tag on the wire.
    #[must_use]
    pub fn tag_len(self) -> usize {
        match self {
            Self::Aes128Ccm8Sha256 => 8,
            _ => 16,
        }
    }

    /// Records that one key may protect (RFC 8446 section 5.5, RFC 9147 section 4.5.3), rounded
    /// down to a power of two.
    #[must_use]
    pub fn record_limit(self) -> u64 {
        match self {
            Self::Aes128GcmSha256 => 1 << 24,
            Self::Aes128Ccm8Sha256 => 1 << 23,
            Self::Chacha20Poly1305Sha256 => 1 << 47,
        }
    }
}

/// Groups for (EC)DHE (RFC 8446 section 4.2.7).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[repr(u16)]
#[non_exhaustive]
pub enum NamedGroup {
    /// NIST P-256, which every implementation has.
    Secp256r1 = 0x0017,
    /// Curve25519 (RFC 7748).
    X25519 = 0x001d,
}

impl NamedGroup {
    /// The code point.
    #[must_use]
    pub fn code(self) -> u16 {
        self as u16
    }

    /// Octets of a public key in a key_share.
    #[must_use]
    pub fn public_len(self) -> usize {
        match self {
            Self::Secp256r1 => 65,
            Self::X25519 => 32,
        }
    }
}

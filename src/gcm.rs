//! AES-128-GCM (NIST SP 800-38D) with nonces of 12 octets, out of AES and GHASH.
//!
//! The crate `aes-gcm` does the same, but its counter mode has an `expect` that stays in the binary.

use aes::Aes128;
use aes::cipher::{Block, BlockEncrypt, KeyInit};
use ghash::GHash;
use ghash::universal_hash::UniversalHash;
use subtle::ConstantTimeEq;
use zeroize::Zeroize;

/// Octets of a block.
const BLOCK: usize = 16;
/// The counter of the block that hides the tag; the text's begin after it.
const TAG_COUNTER: u32 = 1;

/// A key, expanded once. AES and GHASH wipe themselves.
pub struct Gcm {
    aes: Aes128,
    ghash: GHash,
}

impl Gcm {
    /// Expands a key.
    pub(crate) fn new(key: &[u8; 16]) -> Self {
        let aes = Aes128::new(key.into());
        let mut h = Block::<Aes128>::default();
        aes.encrypt_block(&mut h);
        let ghash = GHash::new(&h);
        h.as_mut_slice().zeroize();
        Self { aes, ghash }
    }

    /// Encrypts in place and gives the tag.
    pub(crate) fn seal(&self, nonce: &[u8; 12], aad: &[u8], text: &mut [u8]) -> [u8; 16] {
        self.crypt(nonce, text);
        self.tag(nonce, aad, text)
    }

    /// Checks the tag in constant time, and decrypts in place if it is right.
    pub(crate) fn open(
        &self,
        nonce: &[u8; 12],
        aad: &[u8],
        text: &mut [u8],
        tag: &[u8; 16],
    ) -> Option<()> {
        if !bool::from(self.tag(nonce, aad, text).ct_eq(tag)) {
            return None;
        }
        self.crypt(nonce, text);
        Some(())
    }

    /// GCTR. The software AES takes two blocks in the time of one.
    #[inline(never)]
    fn crypt(&self, nonce: &[u8; 12], text: &mut [u8]) {
        let mut counter = TAG_COUNTER;
        for part in text.chunks_mut(2 * BLOCK) {
            let first = counter.wrapping_add(1);
            counter = counter.wrapping_add(2);
            let mut blocks = [counter_block(nonce, first), counter_block(nonce, counter)];
            self.aes.encrypt_blocks(&mut blocks);
            for (octet, key) in part.iter_mut().zip(blocks.iter().flatten()) {
                *octet ^= key;
            }
        }
    }

    #[inline(never)]
    fn tag(&self, nonce: &[u8; 12], aad: &[u8], text: &[u8]) -> [u8; 16] {
        let mut hash = self.ghash.clone();
        hash.update_padded(aad);
        hash.update_padded(text);
        let mut lengths = Block::<Aes128>::default();
        let octets = [aad, text].map(|part| bits(part.len()));
        for (to, from) in lengths.iter_mut().zip(octets.iter().flatten()) {
            *to = *from;
        }
        hash.update(core::slice::from_ref(&lengths));
        let mut tag: [u8; 16] = hash.finalize().into();
        let mut mask = counter_block(nonce, TAG_COUNTER);
        self.aes.encrypt_block(&mut mask);
        for (octet, m) in tag.iter_mut().zip(mask) {
            *octet ^= m;
        }
        tag
    }
}

fn counter_block(nonce: &[u8; 12], counter: u32) -> Block<Aes128> {
    let mut block = Block::<Aes128>::default();
    let octets = nonce.iter().copied().chain(counter.to_be_bytes());
    for (to, from) in block.iter_mut().zip(octets) {
        *to = from;
    }
    block
}

/// The length in bits. A record has less than 2^15 octets.
fn bits(octets: usize) -> [u8; 8] {
    let octets = u64::try_from(octets).unwrap_or(u64::MAX);
    octets.saturating_mul(8).to_be_bytes()
}

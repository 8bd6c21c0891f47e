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
/// The counter of the block that hides the tag; those of the text come after it.
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
        let mut stream = KeyStream::new(&self.aes, nonce);
        let mask = stream.block();
        stream.apply(text);
        self.tag(&mask, aad, text)
    }

    /// Checks the tag in constant time, and decrypts in place if it is right.
    pub(crate) fn open(
        &self,
        nonce: &[u8; 12],
        aad: &[u8],
        text: &mut [u8],
        tag: &[u8; 16],
    ) -> Option<()> {
        let mut stream = KeyStream::new(&self.aes, nonce);
        let mask = stream.block();
        if !bool::from(self.tag(&mask, aad, text).ct_eq(tag)) {
            return None;
        }
        stream.apply(text);
        Some(())
    }

    #[inline(never)]
    fn tag(&self, mask: &Block<Aes128>, aad: &[u8], text: &[u8]) -> [u8; 16] {
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
        for (octet, m) in tag.iter_mut().zip(mask) {
            *octet ^= m;
        }
        tag
    }
}

/// GCTR: the block that hides the tag, then those for the text.
///
/// The software AES takes two blocks in the time of one, so they are made in pairs.
struct KeyStream<'k> {
    aes: &'k Aes128,
    nonce: &'k [u8; 12],
    /// Of the last pair, the one that is not used yet.
    second: Option<Block<Aes128>>,
    counter: u32,
}

impl<'k> KeyStream<'k> {
    fn new(aes: &'k Aes128, nonce: &'k [u8; 12]) -> Self {
        Self {
            aes,
            nonce,
            second: None,
            counter: TAG_COUNTER,
        }
    }

    #[inline(never)]
    fn block(&mut self) -> Block<Aes128> {
        if let Some(second) = self.second.take() {
            return second;
        }
        let second = self.counter.wrapping_add(1);
        let mut pair = [self.counter, second].map(|counter| counter_block(self.nonce, counter));
        self.counter = second.wrapping_add(1);
        self.aes.encrypt_blocks(&mut pair);
        let [first, second] = pair;
        self.second = Some(second);
        first
    }

    fn apply(&mut self, text: &mut [u8]) {
        for part in text.chunks_mut(BLOCK) {
            let key = self.block();
            for (octet, key) in part.iter_mut().zip(key) {
                *octet ^= key;
            }
        }
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

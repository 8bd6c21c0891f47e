//! Counts the SHA-256 compressions of the derivations, because on a small core
//! they are the whole cost. The code counted is the code in use: the functions
//! of `derivations` over the HMAC of the same crate; only the hash below is
//! exchanged for one that calls the same compression function and counts.

#![allow(
    clippy::arithmetic_side_effects,
    clippy::string_slice,
    reason = "a test of its own fixed inputs"
)]

use core::cell::Cell;

use hmac::Hmac;
use hmac::digest::block_buffer::Eager;
use hmac::digest::core_api::{
    Block, BlockSizeUser, Buffer, BufferKindUser, CoreWrapper, FixedOutputCore, OutputSizeUser,
    UpdateCore,
};
use hmac::digest::typenum::{U32, U64};
use hmac::digest::{HashMarker, Output};

use super::derivations::{k_af, k_akma_and_a_tid};
use super::kdf::KdfMac;
use super::{AfId, Kakma, Kausf, Supi, UaStarId};

std::thread_local! {
    static COUNT: Cell<u64> = const { Cell::new(0) };
}

fn counted<T>(work: impl FnOnce() -> T) -> (T, u64) {
    COUNT.set(0);
    let result = work();
    (result, COUNT.get())
}

/// SHA-256 (FIPS 180-4) over the compression function of the crate sha2.
#[derive(Clone)]
struct CountingSha256 {
    state: [u32; 8],
    blocks: u64,
}

impl CountingSha256 {
    fn compress(state: &mut [u32; 8], blocks: &[Block<Self>]) {
        COUNT.set(COUNT.get() + blocks.len() as u64);
        sha2::compress256(state, blocks);
    }
}

impl Default for CountingSha256 {
    fn default() -> Self {
        Self {
            state: [
                0x6a09_e667,
                0xbb67_ae85,
                0x3c6e_f372,
                0xa54f_f53a,
                0x510e_527f,
                0x9b05_688c,
                0x1f83_d9ab,
                0x5be0_cd19,
            ],
            blocks: 0,
        }
    }
}

impl HashMarker for CountingSha256 {}

impl BlockSizeUser for CountingSha256 {
    type BlockSize = U64;
}

impl BufferKindUser for CountingSha256 {
    type BufferKind = Eager;
}

impl OutputSizeUser for CountingSha256 {
    type OutputSize = U32;
}

impl UpdateCore for CountingSha256 {
    fn update_blocks(&mut self, blocks: &[Block<Self>]) {
        self.blocks += blocks.len() as u64;
        Self::compress(&mut self.state, blocks);
    }
}

impl FixedOutputCore for CountingSha256 {
    fn finalize_fixed_core(&mut self, buffer: &mut Buffer<Self>, out: &mut Output<Self>) {
        let bits = 8 * (64 * self.blocks + buffer.get_pos() as u64);
        let state = &mut self.state;
        buffer.len64_padding_be(bits, |block| {
            Self::compress(state, core::slice::from_ref(block));
        });
        for (octets, word) in out.chunks_exact_mut(4).zip(self.state) {
            octets.copy_from_slice(&word.to_be_bytes());
        }
    }
}

type CountingHmac = Hmac<CoreWrapper<CountingSha256>>;

/// The counting hash must be a `KdfMac` by the same bounds as the real one.
const fn is_kdf_mac<M: KdfMac>() {}
const _: () = is_kdf_mac::<CountingHmac>();

#[test]
fn ten_compressions_for_all_three_values() {
    let k_ausf =
        Kausf::from_hex("474698caf02cc715db2ec0726510cfee6caa5bb1a649cb01224f2e23af94de1b");
    let (k_ausf, supi) = (k_ausf.unwrap(), Supi::imsi("001010000000001").unwrap());
    let af_id = AfId::new("msgin5g.example.com", UaStarId::TLS13).unwrap();

    let ((k_akma, a_tid), first) = counted(|| k_akma_and_a_tid::<CountingHmac>(&k_ausf, &supi));
    let (key, second) = counted(|| k_af::<CountingHmac>(&k_akma, &af_id));

    // Two to key K_AUSF once, two for each of K_AKMA and A-TID; four for K_AF.
    assert_eq!((first, second), (6, 4));

    // And it did compute the right thing.
    assert_eq!((k_akma.clone(), a_tid), k_ausf.derive(&supi));
    assert_eq!(key, k_akma.k_af(&af_id));
}

#[test]
fn ten_for_every_input_of_24_to_32_octets() {
    let k_ausf = Kausf::from_octets([7; 32]);
    for len in 24_usize..=32 {
        // S of K_AKMA has 9 octets besides the SUPI (A-TID one more), S of K_AF
        // has 8 besides the name.
        let supi = &"u@realm.for.subscribers"[..len - 9];
        let name = &"msgin5g.laboratoryserver"[..len - 8];
        let supi = Supi::nai(supi).unwrap();
        let af_id = AfId::new(name, UaStarId::TLS13).unwrap();
        let (_, count) = counted(|| {
            let (k_akma, _) = k_akma_and_a_tid::<CountingHmac>(&k_ausf, &supi);
            k_af::<CountingHmac>(&k_akma, &af_id)
        });
        assert_eq!(count, 10, "S of {len} octets");
    }
}

#[test]
fn long_names_cost_what_they_must() {
    // 253 + 5 + 3 octets of S fill four blocks and spill into a fifth.
    let label = "a".repeat(63);
    let name = [label.as_str(); 4].join(".");
    let af_id = AfId::new(&name[..253], UaStarId::TLS13).unwrap();
    let k_akma = Kakma::from_octets([7; 32]);
    let (_, count) = counted(|| k_af::<CountingHmac>(&k_akma, &af_id));
    assert_eq!(count, 2 + 5 + 1);
}

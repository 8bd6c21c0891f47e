//! Where random numbers come from. TLS is only as secret as these.

#[cfg(not(any(feature = "insecure-test-rng", feature = "board-trng")))]
compile_error!(
    "the firmware needs random numbers: enable `board-trng` and give your board a `board::Trng`, \
     or enable `insecure-test-rng` for an emulator (predictable keys, no secrecy at all)"
);

/// The board's generator.
#[cfg(all(feature = "board-trng", not(feature = "insecure-test-rng")))]
pub use crate::board::Trng as BoardRng;
/// What stands for it.
#[cfg(feature = "insecure-test-rng")]
pub use InsecureTestRng as BoardRng;

/// The board's generator: a product writes `Trng` in its board module, with `Trng::open()`,
/// `rand_core::RngCore` and `rand_core::CryptoRng`. The MPS2 boards have none, so this does not build for them.
#[cfg(all(feature = "board-trng", not(feature = "insecure-test-rng")))]
pub fn board_rng() -> BoardRng {
    BoardRng::open()
}

/// The generator of the emulated boards. Everyone who reads this file knows what it gives.
#[cfg(feature = "insecure-test-rng")]
pub fn board_rng() -> BoardRng {
    InsecureTestRng {
        state: 0x6d73_6769_6e35_6700,
    }
}

/// SplitMix64 from a fixed seed: spreads well, keeps no secret.
#[cfg(feature = "insecure-test-rng")]
pub struct InsecureTestRng {
    state: u64,
}

#[cfg(feature = "insecure-test-rng")]
impl rand_core::CryptoRng for InsecureTestRng {}

#[cfg(feature = "insecure-test-rng")]
impl rand_core::RngCore for InsecureTestRng {
    fn next_u32(&mut self) -> u32 {
        (self.next_u64() >> 32) as u32
    }

    fn next_u64(&mut self) -> u64 {
        self.state = self.state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.state;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    fn fill_bytes(&mut self, dest: &mut [u8]) {
        for chunk in dest.chunks_mut(8) {
            let octets = self.next_u64().to_be_bytes();
            for (to, from) in chunk.iter_mut().zip(octets) {
                *to = from;
            }
        }
    }

    fn try_fill_bytes(&mut self, dest: &mut [u8]) -> Result<(), rand_core::Error> {
        self.fill_bytes(dest);
        Ok(())
    }
}

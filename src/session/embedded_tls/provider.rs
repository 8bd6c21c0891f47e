//! What `embedded-tls` asks for in a handshake: random octets, and nothing else.

use super::suite::Suite;
use crate::session::SessionError;
use embedded_tls::CryptoProvider;
use rand_core::{CryptoRng, CryptoRngCore, Error, RngCore};
use zeroize::{Zeroize, ZeroizeOnDrop};

/// The order of P-256: a secret scalar is from 1 to this minus 1 (SEC 2 clause 2.4.2).
const ORDER: [u8; 32] = [
    0xFF, 0xFF, 0xFF, 0xFF, 0x00, 0x00, 0x00, 0x00, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF,
    0xBC, 0xE6, 0xFA, 0xAD, 0xA7, 0x17, 0x9E, 0x84, 0xF3, 0xB9, 0xCA, 0xC2, 0xFC, 0x63, 0x25, 0x51,
];

/// A good generator misses the range once in 2^32.
const ATTEMPTS: usize = 4;

/// Random octets drawn beforehand, for one handshake.
///
/// `embedded-tls` draws in a loop until the scalar is in range, and has no way to hear that the
/// generator failed: one that is stuck would hang the device. So all octets are drawn here, by
/// the call that may fail, and looked at first.
#[derive(Zeroize, ZeroizeOnDrop)]
pub(super) struct Provider {
    /// ClientHello.random, then the secret scalar, in the order in which they are asked for.
    random: [u8; 32],
    scalar: [u8; 32],
    drawn: usize,
}

impl Provider {
    /// Draws 64 octets or a few more.
    pub(super) fn draw(
        rng: &mut (impl CryptoRng + RngCore + ?Sized),
    ) -> Result<Self, SessionError> {
        let mut drawn = Self {
            random: [0; 32],
            scalar: [0; 32],
            drawn: 0,
        };
        fill(rng, &mut drawn.random)?;
        for _ in 0..ATTEMPTS {
            fill(rng, &mut drawn.scalar)?;
            if drawn.scalar != [0; 32] && drawn.scalar < ORDER {
                return Ok(drawn);
            }
        }
        Err(SessionError::RandomSource)
    }

    fn next(&mut self) -> u8 {
        let at = self.drawn;
        // Past the end the scalar comes again: it is in range, so no loop waits for another.
        self.drawn = if at >= 63 { 32 } else { at.saturating_add(1) };
        let mut all = self.random.iter().chain(&self.scalar);
        all.nth(at).copied().unwrap_or(0)
    }
}

/// A generator that is not running gives the same octet over and over.
fn fill(rng: &mut (impl RngCore + ?Sized), out: &mut [u8; 32]) -> Result<(), SessionError> {
    rng.try_fill_bytes(out)
        .map_err(|_| SessionError::RandomSource)?;
    let [first, rest @ ..] = out;
    if rest.iter().all(|octet| octet == first) {
        return Err(SessionError::RandomSource);
    }
    Ok(())
}

impl CryptoRng for Provider {}

impl RngCore for Provider {
    fn next_u32(&mut self) -> u32 {
        u32::from_le_bytes([self.next(), self.next(), self.next(), self.next()])
    }

    fn next_u64(&mut self) -> u64 {
        u64::from(self.next_u32()) | u64::from(self.next_u32()) << 32
    }

    fn fill_bytes(&mut self, dest: &mut [u8]) {
        for octet in dest {
            *octet = self.next();
        }
    }

    fn try_fill_bytes(&mut self, dest: &mut [u8]) -> Result<(), Error> {
        self.fill_bytes(dest);
        Ok(())
    }
}

/// There is no verifier and no signer: the PSK is the only credential. An empty signature type
/// keeps all signature code out of the binary.
impl CryptoProvider for Provider {
    type CipherSuite = Suite;
    type Signature = [u8; 0];

    fn rng(&mut self) -> impl CryptoRngCore {
        self
    }
}

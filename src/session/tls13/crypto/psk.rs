use super::Crypto;
use core::fmt;
use core::marker::PhantomData;
use zeroize::Zeroizing;

/// Whoever holds the PSK (here K_AF).
///
/// The handshake asks twice, when it begins, and never sees the PSK itself: a secure element
/// computes the early secret inside and answers with HMACs under it.
pub trait ExternalPsk {
    /// HMAC-SHA-256 of `parts`, one after the other, under the early secret of RFC 8446
    /// section 7.1, which is HMAC-SHA-256(key = 32 zero octets, message = PSK).
    ///
    /// `None`: no answer. The connection is then not begun.
    fn early_hmac(&mut self, parts: &[&[u8]]) -> Option<[u8; 32]>;
}

/// A PSK in memory.
///
/// ```
/// use msgin5g::session::tls13::crypto::{RustCrypto, SoftwarePsk};
///
/// let psk = SoftwarePsk::<RustCrypto>::new(&[7; 32]);
/// ```
pub struct SoftwarePsk<C> {
    early_secret: Zeroizing<[u8; 32]>,
    crypto: PhantomData<C>,
}

impl<C: Crypto> SoftwarePsk<C> {
    /// Keeps the early secret of this PSK (K_AF: `Kaf::as_octets`) until it is dropped.
    #[must_use]
    pub fn new(psk: &[u8]) -> Self {
        Self {
            early_secret: Zeroizing::new(C::hmac(&[0; 32], &[psk])),
            crypto: PhantomData,
        }
    }
}

impl<C: Crypto> ExternalPsk for SoftwarePsk<C> {
    fn early_hmac(&mut self, parts: &[&[u8]]) -> Option<[u8; 32]> {
        Some(C::hmac(&self.early_secret, parts))
    }
}

impl<C> fmt::Debug for SoftwarePsk<C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SoftwarePsk(..)")
    }
}

//! The key schedule of RFC 8446 section 7 with an external PSK, SHA-256 throughout.

use super::crypto::{Crypto, ExternalPsk, Hash};
use super::error::TlsError;
use super::protocol::Protocol;
use core::marker::PhantomData;
use zeroize::{Zeroize, Zeroizing};

/// A secret of the schedule. Wiped when dropped, never printed.
pub(crate) type Secret = Zeroizing<[u8; 32]>;

/// What is left of the PSK once its holder has answered.
pub(crate) struct KeySchedule<C> {
    protocol: Protocol,
    binder_key: Secret,
    derived: Secret,
    crypto: PhantomData<C>,
}

/// The secrets of the handshake phase.
pub(crate) struct HandshakeSecrets {
    pub(crate) client: Secret,
    pub(crate) server: Secret,
    master: Secret,
}

/// The first secrets of the application phase.
pub(crate) struct ApplicationSecrets {
    pub(crate) client: Secret,
    pub(crate) server: Secret,
}

impl<C: Crypto> KeySchedule<C> {
    /// Asks the holder for the two values below the early secret that a handshake needs.
    pub(crate) fn new(protocol: Protocol, psk: &mut dyn ExternalPsk) -> Result<Self, TlsError> {
        let nothing = C::Hash::default().finish();
        let mut ask = |label: &[u8]| {
            with_label(protocol, label, &nothing, 32, &mut |parts| {
                psk.early_hmac(parts)
            })
            .map(Zeroizing::new)
            .ok_or(TlsError::KeyUnavailable)
        };
        Ok(Self {
            protocol,
            binder_key: ask(b"ext binder")?,
            derived: ask(b"derived")?,
            crypto: PhantomData,
        })
    }

    /// The binder over the ClientHello without its binders (RFC 8446 section 4.2.11.2).
    pub(crate) fn binder(&self, transcript: &[u8; 32]) -> [u8; 32] {
        finished::<C>(self.protocol, &self.binder_key, transcript)
    }

    /// ClientHello to ServerHello are in `transcript`. `shared` is all zeros for psk_ke. What is
    /// left of the PSK is dead after that, and wiped.
    pub(crate) fn handshake(
        &mut self,
        shared: &[u8; 32],
        transcript: &[u8; 32],
    ) -> HandshakeSecrets {
        let secret = Zeroizing::new(C::hmac(&self.derived, &[shared]));
        self.derived.zeroize();
        self.binder_key.zeroize();
        let nothing = C::Hash::default().finish();
        let derived = self.derive(&secret, b"derived", &nothing);
        HandshakeSecrets {
            client: self.derive(&secret, b"c hs traffic", transcript),
            server: self.derive(&secret, b"s hs traffic", transcript),
            master: Zeroizing::new(C::hmac(&derived, &[&[0; 32]])),
        }
    }

    /// ClientHello to the server's Finished are in `transcript`.
    pub(crate) fn application(
        &self,
        handshake: &HandshakeSecrets,
        transcript: &[u8; 32],
    ) -> ApplicationSecrets {
        ApplicationSecrets {
            client: self.derive(&handshake.master, b"c ap traffic", transcript),
            server: self.derive(&handshake.master, b"s ap traffic", transcript),
        }
    }

    fn derive(&self, secret: &[u8; 32], label: &[u8], context: &[u8; 32]) -> Secret {
        expand_label::<C>(self.protocol, secret, label, context, 32)
    }
}

/// The verify_data of a Finished under this base key, or a binder (RFC 8446 section 4.4.4).
pub(crate) fn finished<C: Crypto>(
    protocol: Protocol,
    base_key: &[u8; 32],
    transcript: &[u8; 32],
) -> [u8; 32] {
    let key = expand_label::<C>(protocol, base_key, b"finished", &[], 32);
    C::hmac(&key, &[transcript])
}

/// Puts the next application_traffic_secret in the place of this one (RFC 8446 section 7.2).
pub(crate) fn next_secret<C: Crypto>(protocol: Protocol, secret: &mut Secret) {
    let mut next = expand_label::<C>(protocol, secret, b"traffic upd", &[], 32);
    core::mem::swap(secret, &mut next);
    next.zeroize();
}

/// HKDF-Expand-Label (RFC 8446 section 7.1). The first `len` octets, at most 32, are the output:
/// one block of HKDF-Expand.
#[inline(never)]
pub(crate) fn expand_label<C: Crypto>(
    protocol: Protocol,
    secret: &[u8; 32],
    label: &[u8],
    context: &[u8],
    len: u8,
) -> Secret {
    let mut out = Zeroizing::new([0; 32]);
    with_label(protocol, label, context, len, &mut |parts| {
        *out = C::hmac(secret, parts);
        None
    });
    out
}

/// HMAC under a key that the caller knows.
type Hmac<'a> = dyn FnMut(&[&[u8]]) -> Option<[u8; 32]> + 'a;

/// The one place that writes HkdfLabel, followed by the counter of the first block.
#[inline(never)]
fn with_label(
    protocol: Protocol,
    label: &[u8],
    context: &[u8],
    len: u8,
    hmac: &mut Hmac<'_>,
) -> Option<[u8; 32]> {
    let prefix = protocol.label_prefix();
    // Labels are those of this file and contexts are hashes: both far below 256 octets.
    let label_len = u8::try_from(label.len().saturating_add(prefix.len())).unwrap_or(u8::MAX);
    let context_len = u8::try_from(context.len()).unwrap_or(u8::MAX);
    hmac(&[
        &[0, len, label_len],
        prefix,
        label,
        &[context_len],
        context,
        &[1],
    ])
}

#[cfg(test)]
mod tests;

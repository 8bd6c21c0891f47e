//! What the client offers.

use super::crypto::{Aead, CipherSuite, Crypto, KeyExchange, NamedGroup};
use super::error::TlsError;

/// What one connection offers to the server.
///
/// ```
/// use msgin5g::session::tls13::Config;
///
/// let config = Config::new(b"3GPP-AKMA0.aabb@example.net", "af.example.net");
/// assert_eq!(config.alpn, b"coap");
/// ```
#[derive(Clone, Copy)]
pub struct Config<'a> {
    /// The PSK identity, sent in clear in the first flight. 1 to 1,024 octets.
    pub identity: &'a [u8],
    /// The server's name for server_name (RFC 6066 section 3), at most 253 octets of ASCII without
    /// a trailing dot; empty leaves the extension out.
    pub server_name: &'a str,
    /// The protocol for ALPN (RFC 7301), `coap` by RFC 8323 section 8.2; empty leaves the
    /// extension out. At most 255 octets. A server that picks another is refused; one that
    /// answers nothing is taken, because many know no ALPN.
    pub alpn: &'a [u8],
    /// The suites offered, best first. Those not built in are left out.
    pub suites: &'a [CipherSuite],
    /// The groups offered, best first; a key share is sent for the first. Those not built in
    /// are left out.
    pub groups: &'a [NamedGroup],
    /// Name a signature algorithm (8 octets), though no certificate is ever accepted. A server
    /// that does not know the identity can then go on with a certificate and is refused as
    /// such; otherwise many say only that this extension is missing. Off by default.
    pub signature_algorithms: bool,
    /// How the keys come about.
    pub mode: PskMode,
    /// Milliseconds that the handshake may take, from the first poll. Over DTLS as many again until
    /// the server acknowledges the end of it, or sends data.
    pub handshake_timeout_ms: u32,
    /// Records sent under one key before it is changed by KeyUpdate; the suite's own limit
    /// (RFC 8446 section 5.5) holds where it is lower.
    pub records_per_key: u64,
    /// Is told the secrets: the session is then **not confidential**. For a bench only; `None` by
    /// default.
    #[cfg(feature = "insecure-key-log")]
    pub key_log: Option<super::KeyLog<'a>>,
}

/// The PSK key exchange modes of RFC 8446 section 4.2.9.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[non_exhaustive]
pub enum PskMode {
    /// psk_dhe_ke: PSK and (EC)DHE. A key that leaks later opens no session of the past.
    #[default]
    Ephemeral,
    /// psk_ke: the PSK alone.
    ///
    /// The 3GPP profile forbids it (TS 33.210 clause 6.2.2): it has no forward secrecy, so that
    /// who learns K_AF once reads every session recorded before. It is here for closed
    /// networks that cannot pay for a key exchange, and for measurements.
    #[cfg(feature = "psk-ke")]
    PskOnly,
}

impl<'a> Config<'a> {
    /// TLS_AES_128_GCM_SHA256, both groups, ALPN `coap`, 30 s.
    ///
    /// The share is for X25519 where it is built in, a third of the work of secp256r1. A server that
    /// has only secp256r1, which RFC 8446 section 9.1 demands of all, asks for it by a
    /// HelloRetryRequest: that costs one more round trip. Where all servers are such, name
    /// `groups` yourself.
    #[must_use]
    pub fn new(identity: &'a [u8], server_name: &'a str) -> Self {
        Self {
            identity,
            server_name,
            alpn: b"coap",
            suites: &[CipherSuite::Aes128GcmSha256],
            groups: &[NamedGroup::X25519, NamedGroup::Secp256r1],
            signature_algorithms: false,
            mode: PskMode::Ephemeral,
            handshake_timeout_ms: 30_000,
            records_per_key: u64::MAX,
            #[cfg(feature = "insecure-key-log")]
            key_log: None,
        }
    }

    /// The suites offered that are built in.
    pub(crate) fn suites<C: Crypto>(&self) -> impl Iterator<Item = CipherSuite> + use<'a, C> {
        let all = self.suites;
        all.iter().copied().filter(|s| C::Aead::SUITES.contains(s))
    }

    /// The groups offered that are built in.
    pub(crate) fn groups<C: Crypto>(&self) -> impl Iterator<Item = NamedGroup> + use<'a, C> {
        let all: &[NamedGroup] = match self.mode {
            PskMode::Ephemeral => self.groups,
            #[cfg(feature = "psk-ke")]
            PskMode::PskOnly => &[],
        };
        all.iter()
            .copied()
            .filter(|g| C::KeyExchange::GROUPS.contains(g))
    }

    /// Refuses what could not be sent or would end in nothing.
    pub(crate) fn check<C: Crypto>(&self) -> Result<(), TlsError> {
        let fits = (1..=1024).contains(&self.identity.len())
            && self.server_name.len() <= 253
            && self.server_name.is_ascii()
            && !self.server_name.ends_with('.')
            && self.alpn.len() <= 255;
        let offers = self.suites::<C>().next().is_some()
            && (self.mode != PskMode::Ephemeral || self.groups::<C>().next().is_some());
        if fits && offers {
            Ok(())
        } else {
            Err(TlsError::Unsupported)
        }
    }
}

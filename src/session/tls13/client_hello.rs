//! ClientHello (RFC 8446 section 4.1.2; RFC 9147 section 5.3).

use super::config::{Config, PskMode};
use super::crypto::{Crypto, NamedGroup};
use super::error::TlsError;
use super::protocol::Protocol;
use super::wire::Writer;

pub(crate) const CLIENT_HELLO: u8 = 1;
/// Octets of the binders at the end, which the binder does not cover: two lengths, one binder.
pub(crate) const BINDERS_LEN: usize = 2 + 1 + 32;

/// Extension types (RFC 8446 section 4.2, RFC 6066, RFC 7301, RFC 8449, RFC 9146).
pub(crate) mod extension {
    pub(crate) const SERVER_NAME: u16 = 0;
    pub(crate) const MAX_FRAGMENT_LENGTH: u16 = 1;
    pub(crate) const SUPPORTED_GROUPS: u16 = 10;
    pub(crate) const SIGNATURE_ALGORITHMS: u16 = 13;
    pub(crate) const ALPN: u16 = 16;
    pub(crate) const RECORD_SIZE_LIMIT: u16 = 28;
    pub(crate) const PRE_SHARED_KEY: u16 = 41;
    pub(crate) const SUPPORTED_VERSIONS: u16 = 43;
    pub(crate) const COOKIE: u16 = 44;
    pub(crate) const PSK_KEY_EXCHANGE_MODES: u16 = 45;
    pub(crate) const KEY_SHARE: u16 = 51;
    pub(crate) const CONNECTION_ID: u16 = 54;
}

/// What a ClientHello says beyond the configuration.
pub(crate) struct Hello<'a> {
    pub(crate) protocol: Protocol,
    pub(crate) random: &'a [u8; 32],
    /// The group and public key of the one share.
    pub(crate) share: Option<(NamedGroup, &'a [u8])>,
    /// From a HelloRetryRequest; empty: none.
    pub(crate) cookie: &'a [u8],
    /// For record_size_limit.
    pub(crate) record_size_limit: u16,
    /// For max_fragment_length: 1 (512 octets) to 4 (4,096).
    pub(crate) max_fragment_length: Option<u8>,
    /// The Connection ID by which the server is to address this client; DTLS only.
    pub(crate) connection_id: Option<&'a [u8]>,
}

/// Writes the message with its 4-octet header. Its last [`BINDERS_LEN`] octets hold a binder of
/// zeros, to be filled in.
pub(crate) fn write<C: Crypto>(
    config: &Config<'_>,
    hello: &Hello<'_>,
    out: &mut [u8],
) -> Result<usize, TlsError> {
    let mut w = Writer::new(out);
    w.u8(CLIENT_HELLO);
    w.u8(0);
    let body = w.begin16();
    w.u16(hello.protocol.legacy_version());
    w.put(hello.random);
    // legacy_session_id: empty, so no server plays at TLS 1.2 (RFC 8446 appendix D.4).
    w.u8(0);
    if hello.protocol == Protocol::Dtls {
        // legacy_cookie.
        w.u8(0);
    }
    let suites = w.begin16();
    config.suites::<C>().for_each(|suite| w.u16(suite.code()));
    w.end16(suites);
    // legacy_compression_methods: null.
    w.put(&[1, 0]);
    let extensions = w.begin16();
    write_extensions::<C>(&mut w, config, hello);
    w.end16(extensions);
    w.end16(body);
    w.finish()
}

fn write_extensions<C: Crypto>(w: &mut Writer<'_>, config: &Config<'_>, hello: &Hello<'_>) {
    if !config.server_name.is_empty() {
        w.u16(extension::SERVER_NAME);
        let ext = w.begin16();
        let list = w.begin16();
        // NameType host_name.
        w.u8(0);
        let name = w.begin16();
        w.put(config.server_name.as_bytes());
        w.end16(name);
        w.end16(list);
        w.end16(ext);
    }
    if let Some(code) = hello.max_fragment_length {
        w.u16(extension::MAX_FRAGMENT_LENGTH);
        w.put(&[0, 1, code]);
    }
    w.u16(extension::RECORD_SIZE_LIMIT);
    w.u16(2);
    w.u16(hello.record_size_limit);
    if !config.alpn.is_empty() {
        w.u16(extension::ALPN);
        let ext = w.begin16();
        let list = w.begin16();
        w.u8(u8::try_from(config.alpn.len()).unwrap_or(u8::MAX));
        w.put(config.alpn);
        w.end16(list);
        w.end16(ext);
    }
    if config.signature_algorithms {
        w.u16(extension::SIGNATURE_ALGORITHMS);
        // One of them: ecdsa_secp256r1_sha256.
        w.put(&[0, 4, 0, 2, 4, 3]);
    }
    w.u16(extension::SUPPORTED_VERSIONS);
    w.u16(3);
    w.u8(2);
    w.u16(hello.protocol.version());
    if let Some((group, public)) = hello.share {
        w.u16(extension::SUPPORTED_GROUPS);
        let ext = w.begin16();
        let list = w.begin16();
        config.groups::<C>().for_each(|group| w.u16(group.code()));
        w.end16(list);
        w.end16(ext);
        w.u16(extension::KEY_SHARE);
        let ext = w.begin16();
        let shares = w.begin16();
        w.u16(group.code());
        let key = w.begin16();
        w.put(public);
        w.end16(key);
        w.end16(shares);
        w.end16(ext);
    }
    if !hello.cookie.is_empty() {
        w.u16(extension::COOKIE);
        let ext = w.begin16();
        let cookie = w.begin16();
        w.put(hello.cookie);
        w.end16(cookie);
        w.end16(ext);
    }
    if let Some(id) = hello.connection_id {
        w.u16(extension::CONNECTION_ID);
        let ext = w.begin16();
        w.u8(u8::try_from(id.len()).unwrap_or(u8::MAX));
        w.put(id);
        w.end16(ext);
    }
    w.u16(extension::PSK_KEY_EXCHANGE_MODES);
    w.u16(2);
    w.u8(1);
    w.u8(match config.mode {
        PskMode::Ephemeral => 1,
        #[cfg(feature = "psk-ke")]
        PskMode::PskOnly => 0,
    });
    write_pre_shared_key(w, config.identity);
}

/// Must be the last extension: the binder covers everything before its list.
fn write_pre_shared_key(w: &mut Writer<'_>, psk_identity: &[u8]) {
    w.u16(extension::PRE_SHARED_KEY);
    let ext = w.begin16();
    let identities = w.begin16();
    let identity = w.begin16();
    w.put(psk_identity);
    w.end16(identity);
    // obfuscated_ticket_age: zero for an external PSK.
    w.put(&[0; 4]);
    w.end16(identities);
    let binders = w.begin16();
    w.u8(32);
    w.put(&[0; 32]);
    w.end16(binders);
    w.end16(ext);
}

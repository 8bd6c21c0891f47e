use crate::akma::{Kaf, PskIdentity};
use core::fmt;

/// The key that both sides prove, and the name under which the server finds it.
///
/// TS 33.535 B.1.3.2.2: the PSK is K_AF, the identity is "3GPP-AKMA" and the A-KID. Borrowed
/// only while a session is being opened.
#[derive(Clone, Copy)]
pub struct Psk<'a> {
    /// K_AF for this server's host name and Ua* identifier.
    pub key: &'a Kaf,
    /// What goes into the ClientHello, in clear.
    pub identity: &'a PskIdentity,
}

impl fmt::Debug for Psk<'_> {
    /// Prints neither the key nor the identity.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Psk(..)")
    }
}

/// What a client tells a server in its ClientHello, besides the identity.
#[derive(Debug, Clone, Copy)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct TlsConfig<'a> {
    /// The AF's host name, for server_name (RFC 6066 clause 3): 1 to 253 octets of ASCII, no
    /// trailing dot. It has to be the one in the AF_ID, or the server will find another K_AF.
    pub server_name: &'a str,
    /// Protocol names for ALPN (RFC 7301), 1 to 255 octets each. `["coap"]` by default
    /// (RFC 8323 clause 11.7); an empty list leaves the extension out.
    pub alpn: &'a [&'a [u8]],
    /// Ask for records that fit the session's memory (max_fragment_length, RFC 6066 clause 4).
    /// On by default. A server that does not know the extension ignores it.
    pub max_fragment_length: bool,
}

impl<'a> TlsConfig<'a> {
    /// The default for MSGin5G: CoAP over TLS, records that fit the memory.
    ///
    /// ```
    /// let config = msgin5g::session::TlsConfig::new("msgin5g.example.net");
    /// assert_eq!(config.alpn, [b"coap"]);
    /// ```
    #[must_use]
    pub const fn new(server_name: &'a str) -> Self {
        Self {
            server_name,
            alpn: &[b"coap"],
            max_fragment_length: true,
        }
    }
}

/// The two protocols that share the handshake.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Protocol {
    /// TLS 1.3 over a stream.
    Tls,
    /// DTLS 1.3 over datagrams.
    Dtls,
}

impl Protocol {
    /// Octets before each label of the key schedule (RFC 8446 section 7.1, RFC 9147 section 5.9).
    pub(crate) fn label_prefix(self) -> &'static [u8] {
        match self {
            Self::Tls => b"tls13 ",
            Self::Dtls => b"dtls13",
        }
    }

    /// The version in supported_versions.
    pub(crate) fn version(self) -> u16 {
        match self {
            Self::Tls => 0x0304,
            Self::Dtls => 0xfefc,
        }
    }

    /// The version in the fields that only look like one.
    pub(crate) fn legacy_version(self) -> u16 {
        match self {
            Self::Tls => 0x0303,
            Self::Dtls => 0xfefd,
        }
    }
}

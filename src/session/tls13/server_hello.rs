//! ServerHello and HelloRetryRequest (RFC 8446 sections 4.1.3 and 4.1.4).

use super::alert::Alert;
use super::client_hello::extension;
use super::crypto::{CipherSuite, NamedGroup};
use super::protocol::Protocol;
use super::wire::Reader;

/// The random of a HelloRetryRequest: SHA-256 of "HelloRetryRequest".
const RETRY_RANDOM: [u8; 32] = [
    0xcf, 0x21, 0xad, 0x74, 0xe5, 0x9a, 0x61, 0x11, 0xbe, 0x1d, 0x8c, 0x02, 0x1e, 0x65, 0xb8, 0x91,
    0xc2, 0xa2, 0x11, 0x16, 0x7a, 0xbb, 0x8c, 0x5e, 0x07, 0x9e, 0x09, 0xe2, 0xc8, 0xa8, 0x33, 0x9c,
];

/// What the server chose. Only what this client offered can stand here.
pub(crate) struct ServerHello<'a> {
    pub(crate) suite: CipherSuite,
    pub(crate) answer: Answer<'a>,
}

pub(crate) enum Answer<'a> {
    Hello {
        /// The group and the server's public key.
        share: Option<(u16, &'a [u8])>,
        psk_selected: bool,
        /// By which to address the server (RFC 9146 section 3); DTLS only.
        connection_id: Option<&'a [u8]>,
    },
    Retry {
        group: Option<u16>,
        cookie: Option<&'a [u8]>,
    },
}

/// Parses the body, without the 4-octet header.
pub(crate) fn parse<'a>(
    protocol: Protocol,
    body: &'a [u8],
    offers: impl Fn(CipherSuite) -> bool,
) -> Result<ServerHello<'a>, Alert> {
    let mut r = Reader::new(body);
    if r.u16()? != protocol.legacy_version() {
        return Err(Alert::PROTOCOL_VERSION);
    }
    let retry = *r.array::<32>()? == RETRY_RANDOM;
    // legacy_session_id_echo: of an empty one.
    if !r.vec8()?.is_empty() {
        return Err(Alert::ILLEGAL_PARAMETER);
    }
    let suite = CipherSuite::from_code(r.u16()?)
        .filter(|suite| offers(*suite))
        .ok_or(Alert::ILLEGAL_PARAMETER)?;
    let compression = r.u8()?;
    // TLS 1.2 servers may leave the extensions out altogether.
    let extensions = if r.is_empty() { &[] } else { r.vec16()? };
    r.end()?;
    let found = Extensions::parse(protocol, extensions, retry)?;
    if compression != 0 {
        return Err(Alert::ILLEGAL_PARAMETER);
    }
    let answer = if retry {
        Answer::Retry {
            group: found.retry_group,
            cookie: found.cookie,
        }
    } else {
        Answer::Hello {
            share: found.share,
            psk_selected: found.psk_selected,
            connection_id: found.connection_id,
        }
    };
    Ok(ServerHello { suite, answer })
}

#[derive(Default)]
struct Extensions<'a> {
    version: bool,
    share: Option<(u16, &'a [u8])>,
    retry_group: Option<u16>,
    cookie: Option<&'a [u8]>,
    psk_selected: bool,
    connection_id: Option<&'a [u8]>,
}

impl<'a> Extensions<'a> {
    fn parse(protocol: Protocol, octets: &'a [u8], retry: bool) -> Result<Self, Alert> {
        let mut found = Self::default();
        let mut r = Reader::new(octets);
        while !r.is_empty() {
            let kind = r.u16()?;
            let mut body = Reader::new(r.vec16()?);
            let twice = match kind {
                extension::SUPPORTED_VERSIONS => {
                    if body.u16()? != protocol.version() {
                        return Err(Alert::ILLEGAL_PARAMETER);
                    }
                    core::mem::replace(&mut found.version, true)
                }
                extension::KEY_SHARE if retry => found.retry_group.replace(body.u16()?).is_some(),
                extension::KEY_SHARE => {
                    let share = (body.u16()?, body.vec16()?);
                    found.share.replace(share).is_some()
                }
                extension::COOKIE if retry => {
                    let cookie = body.vec16()?;
                    if cookie.is_empty() {
                        return Err(Alert::DECODE_ERROR);
                    }
                    found.cookie.replace(cookie).is_some()
                }
                extension::PRE_SHARED_KEY if !retry => {
                    // One identity was offered, the server can select number 0 only.
                    if body.u16()? != 0 {
                        return Err(Alert::ILLEGAL_PARAMETER);
                    }
                    core::mem::replace(&mut found.psk_selected, true)
                }
                extension::CONNECTION_ID if !retry && protocol == Protocol::Dtls => {
                    found.connection_id.replace(body.vec8()?).is_some()
                }
                // Known, but not in this message (RFC 8446 section 4.2).
                extension::SERVER_NAME
                | extension::MAX_FRAGMENT_LENGTH
                | extension::SUPPORTED_GROUPS
                | extension::ALPN
                | extension::RECORD_SIZE_LIMIT
                | extension::PRE_SHARED_KEY
                | extension::COOKIE
                | extension::PSK_KEY_EXCHANGE_MODES
                | extension::CONNECTION_ID => return Err(Alert::ILLEGAL_PARAMETER),
                _ => return Err(Alert::UNSUPPORTED_EXTENSION),
            };
            body.end()?;
            if twice {
                return Err(Alert::ILLEGAL_PARAMETER);
            }
        }
        if found.version {
            Ok(found)
        } else {
            // A server of TLS 1.2 or older.
            Err(Alert::PROTOCOL_VERSION)
        }
    }
}

/// The offered group with this code point.
pub(crate) fn offered(
    mut groups: impl Iterator<Item = NamedGroup>,
    code: u16,
) -> Result<NamedGroup, Alert> {
    groups
        .find(|group| group.code() == code)
        .ok_or(Alert::ILLEGAL_PARAMETER)
}

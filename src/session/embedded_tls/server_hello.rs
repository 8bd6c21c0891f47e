//! A look at the ServerHello before `embedded-tls` sees it.
//!
//! `embedded-tls` checks neither version, suite, group nor the selected PSK. The key schedule
//! would catch each of these later, but only as "decryption failed"; here it gets its name.

use crate::session::{SessionError, Unsupported};

const SERVER_HELLO: u8 = 2;
const TLS_1_2: u16 = 0x0303;
const TLS_1_3: u16 = 0x0304;
const AES_128_GCM_SHA256: u16 = 0x1301;
const SECP256R1: u16 = 0x0017;

/// Extensions that a ServerHello may have.
const PRE_SHARED_KEY: u16 = 41;
const SUPPORTED_VERSIONS: u16 = 43;
const COOKIE: u16 = 44;
const KEY_SHARE: u16 = 51;

/// An uncompressed point on P-256.
const POINT_LEN: usize = 65;
const UNCOMPRESSED: u8 = 4;

/// The random that makes a ServerHello a HelloRetryRequest (RFC 8446 clause 4.1.3).
const RETRY: [u8; 32] = [
    0xCF, 0x21, 0xAD, 0x74, 0xE5, 0x9A, 0x61, 0x11, 0xBE, 0x1D, 0x8C, 0x02, 0x1E, 0x65, 0xB8, 0x91,
    0xC2, 0xA2, 0x11, 0x16, 0x7A, 0xBB, 0x8C, 0x5E, 0x07, 0x9E, 0x09, 0xE2, 0xC8, 0xA8, 0x33, 0x9C,
];

/// What the extensions said.
#[derive(Default)]
struct Extensions<'a> {
    version: Option<u16>,
    key_share: Option<&'a [u8]>,
    selected_identity: Option<u16>,
    /// One that TLS 1.3 has no place for here.
    other: bool,
}

/// Accepts a handshake record that is exactly one ServerHello for our ClientHello: TLS 1.3,
/// TLS_AES_128_GCM_SHA256, secp256r1, and the PSK that we offered.
pub(super) fn check(record: &[u8]) -> Result<(), SessionError> {
    let mut input = Reader(record);
    if input.u8()? != SERVER_HELLO {
        return Err(SessionError::MalformedHandshake);
    }
    let mut hello = Reader(input.vector24()?);
    input.end()?;

    let legacy_version = hello.u16()?;
    let random = hello.take(32)?;
    let session_id_echo = hello.vector8()?;
    let suite = hello.u16()?;
    let compression = hello.u8()?;
    // Before TLS 1.3 the extensions could be left out.
    let list = if hello.0.is_empty() {
        &[]
    } else {
        hello.vector16()?
    };
    hello.end()?;
    let retry = random == RETRY;
    let extensions = Extensions::parse(list, retry)?;

    let version = extensions.version.unwrap_or(legacy_version);
    if version != TLS_1_3 {
        return Err(SessionError::Unsupported(Unsupported::Version(version)));
    }
    let echo_ok = session_id_echo.is_empty() && compression == 0;
    if legacy_version != TLS_1_2 || !echo_ok || extensions.other {
        return Err(SessionError::MalformedHandshake);
    }
    if retry {
        return Err(SessionError::Unsupported(Unsupported::HelloRetryRequest));
    }
    if suite != AES_128_GCM_SHA256 {
        return Err(SessionError::Unsupported(Unsupported::CipherSuite(suite)));
    }
    match extensions.selected_identity {
        Some(0) => {}
        // We offered one identity only.
        Some(_) => return Err(SessionError::MalformedHandshake),
        None => return Err(SessionError::PskDeclined),
    }
    check_key_share(extensions.key_share)
}

/// psk_dhe_ke: a PSK without a key share was not offered.
fn check_key_share(share: Option<&[u8]>) -> Result<(), SessionError> {
    let mut share = Reader(share.ok_or(SessionError::MalformedHandshake)?);
    let group = share.u16()?;
    if group != SECP256R1 {
        return Err(SessionError::Unsupported(Unsupported::Group(group)));
    }
    let point = share.vector16()?;
    share.end()?;
    if point.len() == POINT_LEN && point.first() == Some(&UNCOMPRESSED) {
        Ok(())
    } else {
        Err(SessionError::MalformedHandshake)
    }
}

impl<'a> Extensions<'a> {
    fn parse(list: &'a [u8], retry: bool) -> Result<Self, SessionError> {
        let mut list = Reader(list);
        let mut found = Self::default();
        while !list.0.is_empty() {
            let kind = list.u16()?;
            let data = list.vector16()?;
            let fresh = match kind {
                SUPPORTED_VERSIONS => found.version.replace(only_u16(data)?).is_none(),
                // A retry names a group, and names no key.
                KEY_SHARE => found.key_share.replace(data).is_none(),
                PRE_SHARED_KEY => found.selected_identity.replace(only_u16(data)?).is_none(),
                COOKIE if retry => true,
                // The ServerHello of an old version is refused by its version, so go on.
                _ => {
                    found.other = true;
                    true
                }
            };
            if !fresh {
                return Err(SessionError::MalformedHandshake);
            }
        }
        Ok(found)
    }
}

fn only_u16(data: &[u8]) -> Result<u16, SessionError> {
    match data {
        [a, b] => Ok(u16::from_be_bytes([*a, *b])),
        _ => Err(SessionError::MalformedHandshake),
    }
}

/// Reads the vectors of RFC 8446 clause 3 from the front.
struct Reader<'a>(&'a [u8]);

impl<'a> Reader<'a> {
    fn take(&mut self, n: usize) -> Result<&'a [u8], SessionError> {
        let (taken, rest) = self
            .0
            .split_at_checked(n)
            .ok_or(SessionError::MalformedHandshake)?;
        self.0 = rest;
        Ok(taken)
    }

    fn array<const N: usize>(&mut self) -> Result<[u8; N], SessionError> {
        let (taken, rest) = self
            .0
            .split_first_chunk()
            .ok_or(SessionError::MalformedHandshake)?;
        self.0 = rest;
        Ok(*taken)
    }

    fn u8(&mut self) -> Result<u8, SessionError> {
        self.array().map(|[octet]| octet)
    }

    fn u16(&mut self) -> Result<u16, SessionError> {
        self.array().map(u16::from_be_bytes)
    }

    fn vector8(&mut self) -> Result<&'a [u8], SessionError> {
        let n = self.u8()?;
        self.take(usize::from(n))
    }

    fn vector16(&mut self) -> Result<&'a [u8], SessionError> {
        let n = self.u16()?;
        self.take(usize::from(n))
    }

    fn vector24(&mut self) -> Result<&'a [u8], SessionError> {
        let [high, a, b] = self.array()?;
        // No record holds 64 KiB.
        if high != 0 {
            return Err(SessionError::MalformedHandshake);
        }
        self.take(usize::from(u16::from_be_bytes([a, b])))
    }

    fn end(&self) -> Result<(), SessionError> {
        if self.0.is_empty() {
            Ok(())
        } else {
            Err(SessionError::MalformedHandshake)
        }
    }
}

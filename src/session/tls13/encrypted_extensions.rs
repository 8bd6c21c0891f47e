//! EncryptedExtensions (RFC 8446 section 4.3.1).

use super::alert::Alert;
use super::client_hello::extension;
use super::wire::Reader;

/// What this client offered, so that nothing else is accepted.
pub(crate) struct Offered<'a> {
    pub(crate) server_name: bool,
    pub(crate) alpn: &'a [u8],
    pub(crate) max_fragment_length: Option<u8>,
}

/// What the server agreed to.
#[derive(Debug, Default)]
pub(crate) struct EncryptedExtensions {
    pub(crate) record_size_limit: Option<u16>,
    pub(crate) max_fragment_length: Option<u8>,
}

/// Parses the body, without the 4-octet header.
pub(crate) fn parse(body: &[u8], offered: &Offered<'_>) -> Result<EncryptedExtensions, Alert> {
    let mut message = Reader::new(body);
    let mut r = Reader::new(message.vec16()?);
    message.end()?;

    let mut agreed = EncryptedExtensions::default();
    let (mut names, mut groups, mut protocols) = (false, false, false);
    while !r.is_empty() {
        let kind = r.u16()?;
        let mut body = Reader::new(r.vec16()?);
        let twice = match kind {
            extension::SERVER_NAME if offered.server_name => core::mem::replace(&mut names, true),
            extension::SUPPORTED_GROUPS => {
                // For a next connection; nothing here follows from it.
                body.vec16()?;
                core::mem::replace(&mut groups, true)
            }
            extension::ALPN if !offered.alpn.is_empty() => {
                check_alpn(body.vec16()?, offered.alpn)?;
                core::mem::replace(&mut protocols, true)
            }
            extension::MAX_FRAGMENT_LENGTH if offered.max_fragment_length.is_some() => {
                let code = body.u8()?;
                if Some(code) != offered.max_fragment_length {
                    return Err(Alert::ILLEGAL_PARAMETER);
                }
                agreed.max_fragment_length.replace(code).is_some()
            }
            extension::RECORD_SIZE_LIMIT => {
                let limit = body.u16()?;
                if !(64..=(1 << 14) + 1).contains(&limit) {
                    return Err(Alert::ILLEGAL_PARAMETER);
                }
                agreed.record_size_limit.replace(limit).is_some()
            }
            // Known, but not in this message.
            extension::PRE_SHARED_KEY
            | extension::SUPPORTED_VERSIONS
            | extension::COOKIE
            | extension::PSK_KEY_EXCHANGE_MODES
            | extension::KEY_SHARE
            | extension::CONNECTION_ID => return Err(Alert::ILLEGAL_PARAMETER),
            _ => return Err(Alert::UNSUPPORTED_EXTENSION),
        };
        body.end()?;
        if twice {
            return Err(Alert::ILLEGAL_PARAMETER);
        }
    }
    // RFC 8449 section 5: never both.
    if agreed.record_size_limit.is_some() && agreed.max_fragment_length.is_some() {
        return Err(Alert::ILLEGAL_PARAMETER);
    }
    Ok(agreed)
}

/// Exactly one protocol, and the one that was offered (RFC 7301 section 3.1).
fn check_alpn(list: &[u8], offered: &[u8]) -> Result<(), Alert> {
    let mut r = Reader::new(list);
    let name = r.vec8()?;
    r.end()?;
    if name == offered {
        Ok(())
    } else {
        Err(Alert::ILLEGAL_PARAMETER)
    }
}

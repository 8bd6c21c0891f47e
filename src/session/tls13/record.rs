//! Record protection (RFC 8446 section 5.2 and 5.3): one key for one direction.

use super::alert::Alert;
use super::crypto::{Aead, CipherSuite, Crypto};
use super::error::TlsError;
use super::key_schedule::expand_label;
use super::protocol::Protocol;
use zeroize::Zeroizing;

/// Content types (RFC 8446 section 5.1).
pub(crate) mod content {
    pub(crate) const CHANGE_CIPHER_SPEC: u8 = 20;
    pub(crate) const ALERT: u8 = 21;
    pub(crate) const HANDSHAKE: u8 = 22;
    pub(crate) const APPLICATION_DATA: u8 = 23;
}

/// Octets of a TLS record before its content.
pub(crate) const HEADER_LEN: usize = 5;

/// A traffic key, expanded once, with its nonces and its count of records.
pub(crate) struct TrafficKey<C: Crypto> {
    aead: C::Aead,
    iv: Zeroizing<[u8; 12]>,
    suite: CipherSuite,
    /// Number of the next record.
    number: u64,
}

impl<C: Crypto> TrafficKey<C> {
    /// The key below a traffic secret (RFC 8446 section 7.3).
    pub(crate) fn new(
        protocol: Protocol,
        suite: CipherSuite,
        secret: &[u8; 32],
    ) -> Result<Self, TlsError> {
        let len = suite.key_len();
        // 16 or 32.
        let len_octet = u8::try_from(len).unwrap_or(u8::MAX);
        let key = expand_label::<C>(protocol, secret, b"key", &[], len_octet);
        let iv = expand_label::<C>(protocol, secret, b"iv", &[], 12);
        let aead = key.get(..len).and_then(|key| C::Aead::new(suite, key));
        let iv = iv.first_chunk().ok_or(TlsError::Unsupported)?;
        Ok(Self {
            aead: aead.ok_or(TlsError::Unsupported)?,
            iv: Zeroizing::new(*iv),
            suite,
            number: 0,
        })
    }

    /// Octets that protection adds to content: the type octet and the tag.
    pub(crate) fn overhead(&self) -> usize {
        self.suite.tag_len().saturating_add(1)
    }

    /// Records protected so far.
    pub(crate) fn number(&self) -> u64 {
        self.number
    }

    /// Makes a TLS record of the content that stands in `record` after the header's place, and
    /// gives its length.
    pub(crate) fn seal_record(
        &mut self,
        kind: u8,
        content_len: usize,
        record: &mut [u8],
    ) -> Result<usize, TlsError> {
        let text_len = content_len.saturating_add(1);
        let body_len = text_len.saturating_add(self.suite.tag_len());
        let needed = HEADER_LEN.saturating_add(body_len);
        let too_small = TlsError::too_small(needed);
        let record = record.get_mut(..needed).ok_or(too_small)?;
        let (header, body) = record.split_first_chunk_mut().ok_or(too_small)?;
        *header = tls_header(content::APPLICATION_DATA, body_len);
        let (text, tag) = body.split_at_mut_checked(text_len).ok_or(too_small)?;
        if let Some(last) = text.last_mut() {
            *last = kind;
        }
        let number = self.next_number()?;
        self.seal(number, header, text, tag)?;
        Ok(needed)
    }

    /// Opens the body of a TLS record in place: content type and octets of content at its front.
    pub(crate) fn open_record(
        &mut self,
        header: &[u8; HEADER_LEN],
        body: &mut [u8],
    ) -> Result<(u8, usize), TlsError> {
        let number = self.next_number()?;
        let text = self
            .open(number, header, body)
            .ok_or(Alert::BAD_RECORD_MAC)?;
        inner_content(text).ok_or(TlsError::UnexpectedMessage(0))
    }

    /// Encrypts `text` and fills `tag`, which has the suite's length.
    pub(crate) fn seal(
        &mut self,
        number: u64,
        aad: &[u8],
        text: &mut [u8],
        tag: &mut [u8],
    ) -> Result<(), TlsError> {
        let nonce = self.nonce(number);
        let whole = self
            .aead
            .seal(&nonce, aad, text)
            .ok_or(Alert::INTERNAL_ERROR)?;
        for (to, from) in tag.iter_mut().zip(whole) {
            *to = from;
        }
        Ok(())
    }

    /// Checks and decrypts: the text without its tag.
    pub(crate) fn open<'r>(
        &mut self,
        number: u64,
        aad: &[u8],
        body: &'r mut [u8],
    ) -> Option<&'r [u8]> {
        let text_len = body.len().checked_sub(self.suite.tag_len())?;
        let (text, tag) = body.split_at_mut_checked(text_len)?;
        let nonce = self.nonce(number);
        self.aead.open(&nonce, aad, text, tag)?;
        Some(text)
    }

    /// The number for the next record; no number is used twice.
    pub(crate) fn next_number(&mut self) -> Result<u64, TlsError> {
        let number = self.number;
        self.number = number.checked_add(1).ok_or(Alert::INTERNAL_ERROR)?;
        Ok(number)
    }

    /// Leaves out the numbers before this one.
    #[cfg(any(feature = "dtls13", feature = "snapshot"))]
    pub(crate) fn skip_to(&mut self, number: u64) {
        self.number = self.number.max(number);
    }

    fn nonce(&self, number: u64) -> [u8; 12] {
        let mut nonce = *self.iv;
        // The number stands at the end.
        for (octet, n) in nonce.iter_mut().rev().zip(number.to_le_bytes()) {
            *octet ^= n;
        }
        nonce
    }
}

/// The header of a TLS record. `len` is that of the body.
pub(crate) fn tls_header(kind: u8, len: usize) -> [u8; HEADER_LEN] {
    // A body is at most 2^14 + 256 octets.
    let [.., high, low] = len.to_be_bytes();
    [kind, 3, 3, high, low]
}

/// TLSInnerPlaintext (RFC 8446 section 5.4): content, type, zeros. `None`: zeros only.
pub(crate) fn inner_content(text: &[u8]) -> Option<(u8, usize)> {
    let at = text.iter().rposition(|octet| *octet != 0)?;
    Some((*text.get(at)?, at))
}

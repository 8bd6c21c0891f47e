//! TLS_AES_128_GCM_SHA256, with a look into every record that was decrypted.
//!
//! `embedded-tls` panics when a peer that has the key sends a handshake message other than
//! NewSessionTicket after the handshake, hides the number of an alert, and cannot tell an alert
//! from a mistake of its own. The cipher is ours to give, so it is the place where that ends:
//! after the handshake every record reaches `embedded-tls` as application data, with its true
//! content type still at its end:
//!
//! ```text
//! what the peer protected     content | type | zeros
//! what embedded-tls is told   content | type | zeros | 23
//! what it hands to us         content | type | zeros
//! ```
//!
//! So it never takes a decision after the handshake, and the session reads alerts, tickets and
//! key updates by itself.
//!
//! The cipher is made anew for each record and knows nothing but key, nonce and header. It learns
//! how far the session is from the version field of the header, which `embedded-tls` does not
//! read: the stage checks that it was 0x0303 and puts a mark in its place.

use super::guard::{APPLICATION_DATA, VERSION};
use aes_gcm::Aes128Gcm;
use aes_gcm::aead::consts::{U0, U12, U16, U54};
use aes_gcm::aead::{AeadCore, AeadInPlace, Buffer, Error, Key, KeyInit, KeySizeUser, Nonce, Tag};
use embedded_tls::TlsCipherSuite;
use sha2::Sha256;

/// In place of the version: leave the record as it is.
pub(super) const MARK_HANDSHAKE: [u8; 2] = VERSION;
/// In place of the version: show the true content type to the session.
pub(super) const MARK_OPEN: [u8; 2] = [0xFF, 1];
/// In place of the version: no record at all, only zeros to overwrite the buffer with.
pub(super) const MARK_WIPE: [u8; 2] = [0xFF, 2];

/// The one suite that is offered.
pub(super) struct Suite;

impl TlsCipherSuite for Suite {
    const CODE_POINT: u16 = 0x1301;
    type Cipher = Cipher;
    type KeyLen = U16;
    type IvLen = U12;
    type Hash = Sha256;
    type LabelBufferSize = U54;
}

/// AES-128-GCM that shows content types.
pub(super) struct Cipher(Aes128Gcm);

impl KeySizeUser for Cipher {
    type KeySize = U16;
}

impl KeyInit for Cipher {
    fn new(key: &Key<Self>) -> Self {
        Self(Aes128Gcm::new(key))
    }
}

impl AeadCore for Cipher {
    type NonceSize = U12;
    type TagSize = U16;
    type CiphertextOverhead = U0;
}

impl AeadInPlace for Cipher {
    fn encrypt_in_place_detached(
        &self,
        nonce: &Nonce<Self>,
        associated_data: &[u8],
        buffer: &mut [u8],
    ) -> Result<Tag<Self>, Error> {
        self.0
            .encrypt_in_place_detached(nonce, associated_data, buffer)
    }

    fn decrypt_in_place(
        &self,
        nonce: &Nonce<Self>,
        header: &[u8],
        buffer: &mut dyn Buffer,
    ) -> Result<(), Error> {
        let &[content_type, m1, m2, l1, l2] = header else {
            return Err(Error);
        };
        let [v1, v2] = VERSION;
        let true_header = [content_type, v1, v2, l1, l2];
        match [m1, m2] {
            MARK_HANDSHAKE => self.0.decrypt_in_place(nonce, &true_header, buffer),
            MARK_OPEN => {
                self.0.decrypt_in_place(nonce, &true_header, buffer)?;
                // There is room: the tag stood here.
                buffer.extend_from_slice(&[APPLICATION_DATA])
            }
            _ => Err(Error),
        }
    }

    fn decrypt_in_place_detached(
        &self,
        nonce: &Nonce<Self>,
        associated_data: &[u8],
        buffer: &mut [u8],
        tag: &Tag<Self>,
    ) -> Result<(), Error> {
        self.0
            .decrypt_in_place_detached(nonce, associated_data, buffer, tag)
    }
}

/// Splits what `embedded-tls` handed over into content and true content type.
///
/// `None`: nothing but padding, which RFC 8446 clause 5.4 forbids.
pub(super) fn split_inner(inner: &[u8]) -> Option<(&[u8], u8)> {
    let end = inner.iter().rposition(|octet| *octet != 0)?;
    let (content, rest) = inner.split_at_checked(end)?;
    rest.first().map(|kind| (content, *kind))
}

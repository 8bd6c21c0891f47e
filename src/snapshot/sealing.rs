//! Protection of a snapshot: AES-128-GCM under a key that is made for it alone.
//!
//! ```text
//! | "MGS" version | length | counter | owner | salt |  plaintext  | tag |
//! |       4       |   4    |    8    |   4   |  16  |             | 16  |
//! ```
//! The 36 octets before the plaintext are authenticated with it.

use super::SnapshotError;
use crate::gcm::Gcm;
use crate::message::UeServiceId;
use core::fmt;
use hmac::Mac;
use rand_core::{CryptoRng, RngCore};
use sha2::Sha256;
use subtle::ConstantTimeEq;
use zeroize::Zeroizing;

const MAGIC: [u8; 3] = *b"MGS";
/// Of header, sealing and contents. Another one whenever an older build would misread them.
const VERSION: u8 = 1;
const HEADER_LEN: usize = 36;
const TAG_LEN: usize = 16;

/// Octets of a sealed snapshot besides its plaintext.
pub(super) const OVERHEAD: usize = HEADER_LEN + TAG_LEN;

/// The key that snapshots of one UE on one device are sealed under. Wiped when dropped.
///
/// ```
/// use msgin5g::message::UeServiceId;
/// use msgin5g::snapshot::{SealingKey, SnapshotError};
///
/// let owner = UeServiceId::new("meter-7@iot.example")?;
/// let secret = [0x5e; 32]; // from fuses, a PUF or a secure element
/// let key = SealingKey::new(&secret, owner)?;
/// assert_eq!(format!("{key:?}"), "SealingKey(..)");
/// assert_eq!(SealingKey::new(b"short", owner).err(), Some(SnapshotError::SecretTooShort));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct SealingKey<'a> {
    /// PRK of HKDF (RFC 5869).
    prk: Zeroizing<[u8; 32]>,
    owner: UeServiceId<'a>,
}

impl<'a> SealingKey<'a> {
    /// Least octets of a device secret.
    pub const MIN_SECRET: usize = 16;

    /// A key below a secret that this device alone has, for the snapshots of this UE.
    ///
    /// # Errors
    /// [`SnapshotError::SecretTooShort`] below [`MIN_SECRET`](Self::MIN_SECRET) octets.
    pub fn new(device_secret: &[u8], owner: UeServiceId<'a>) -> Result<Self, SnapshotError> {
        if device_secret.len() < Self::MIN_SECRET {
            return Err(SnapshotError::SecretTooShort);
        }
        Ok(Self {
            prk: hmac(b"msgin5g snapshot of a client v1 ", &[device_secret]),
            owner,
        })
    }

    /// One block of HKDF-Expand. Each label ends in a zero and none begins another; what follows
    /// it has a fixed length, but for the last part.
    fn expand(&self, label: &[u8], parts: [&[u8]; 3]) -> Zeroizing<[u8; 32]> {
        let [a, b, c] = parts;
        hmac(&self.prk, &[label, a, b, c, &[1]])
    }

    /// Tells snapshots of others apart from broken ones, for a better error; proves nothing.
    fn fingerprint(&self) -> [u8; 4] {
        first(&self.expand(b"owner\0", [self.owner.as_str().as_bytes(), &[], &[]]))
    }

    /// The cipher and the nonce for one snapshot.
    ///
    /// The salt is itself made from the plaintext, the counter and random numbers. So two
    /// snapshots have key and nonce in common only if all three are the same, and then they are
    /// the same octets; or if 128 bits collide. Neither a generator that starts anew with each
    /// reset nor a counter that stands still breaks the protection.
    fn cipher(&self, counter: u64, salt: &[u8; 16]) -> (Gcm, [u8; 12]) {
        let owner = self.owner.as_str().as_bytes();
        let okm = self.expand(b"seal\0", [&counter.to_be_bytes(), salt, owner]);
        let key = Zeroizing::new(first::<16>(&okm));
        let mut nonce = [0; 12];
        for (to, from) in nonce.iter_mut().zip(okm.iter().skip(16)) {
            *to = *from;
        }
        (Gcm::new(&key), nonce)
    }

    /// Seals the `len` octets that stand behind the header's place, and gives the length of all.
    pub(super) fn seal(
        &self,
        counter: u64,
        rng: &mut (impl RngCore + CryptoRng),
        len: usize,
        out: &mut [u8],
    ) -> Result<usize, SnapshotError> {
        let needed = len.saturating_add(OVERHEAD);
        let too_small = SnapshotError::BufferTooSmall { needed };
        let out = out.get_mut(..needed).ok_or(too_small)?;
        let (header, body) = out.split_first_chunk_mut().ok_or(too_small)?;
        let (text, tag) = body.split_at_mut_checked(len).ok_or(too_small)?;
        let mut random = [0; 16];
        rng.try_fill_bytes(&mut random)
            .map_err(|_| SnapshotError::NoRandom)?;
        let salt = first(&self.expand(b"salt\0", [&counter.to_be_bytes(), &random, text]));
        *header = Header {
            len: u32::try_from(len).map_err(|_| too_small)?,
            counter,
            owner: self.fingerprint(),
            salt,
        }
        .octets();
        let (cipher, nonce) = self.cipher(counter, &salt);
        tag.copy_from_slice(&cipher.seal(&nonce, header, text));
        Ok(needed)
    }

    /// Opens a snapshot that was sealed at this value of the counter: its plaintext. On an error
    /// no octet has changed.
    pub(super) fn open<'b>(
        &self,
        counter: u64,
        sealed: &'b mut [u8],
    ) -> Result<&'b mut [u8], SnapshotError> {
        let given = sealed.len();
        let needed = |needed| SnapshotError::Truncated { needed };
        let (octets, body) = match sealed.split_first_chunk_mut::<HEADER_LEN>() {
            Some((header, body)) => (&*header, body),
            None if given == 0 => return Err(SnapshotError::NotASnapshot),
            None => return Err(needed(OVERHEAD)),
        };
        let header = Header::parse(octets)?;
        let len = usize::try_from(header.len).unwrap_or(usize::MAX);
        let truncated = needed(len.saturating_add(OVERHEAD));
        let (text, rest) = body.split_at_mut_checked(len).ok_or(truncated)?;
        let tag: &[u8; TAG_LEN] = rest.first_chunk().ok_or(truncated)?;
        if !bool::from(header.owner.ct_eq(&self.fingerprint())) {
            return Err(SnapshotError::Foreign);
        }
        if header.counter != counter {
            return Err(SnapshotError::Old {
                made_at: header.counter,
                now: counter,
            });
        }
        let (cipher, nonce) = self.cipher(counter, &header.salt);
        cipher
            .open(&nonce, octets, text, tag)
            .ok_or(SnapshotError::NotAuthentic)?;
        Ok(text)
    }
}

impl fmt::Debug for SealingKey<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SealingKey(..)")
    }
}

#[cfg(feature = "defmt")]
impl defmt::Format for SealingKey<'_> {
    fn format(&self, f: defmt::Formatter<'_>) {
        defmt::write!(f, "SealingKey(..)");
    }
}

/// Where the plaintext is written before it is sealed.
pub(super) fn place(out: &mut [u8]) -> &mut [u8] {
    out.get_mut(HEADER_LEN..).unwrap_or_default()
}

struct Header {
    len: u32,
    counter: u64,
    owner: [u8; 4],
    salt: [u8; 16],
}

impl Header {
    fn octets(&self) -> [u8; HEADER_LEN] {
        let mut octets = [0; HEADER_LEN];
        let all = MAGIC.into_iter().chain([VERSION]);
        let all = all.chain(self.len.to_be_bytes());
        let all = all.chain(self.counter.to_be_bytes());
        let all = all.chain(self.owner).chain(self.salt);
        for (to, from) in octets.iter_mut().zip(all) {
            *to = from;
        }
        octets
    }

    fn parse(octets: &[u8; HEADER_LEN]) -> Result<Self, SnapshotError> {
        let [a, b, c, version, rest @ ..] = *octets;
        if [a, b, c] != MAGIC {
            return Err(SnapshotError::NotASnapshot);
        }
        if version != VERSION {
            return Err(SnapshotError::Version(version));
        }
        let mut rest = rest.into_iter();
        Ok(Self {
            len: u32::from_be_bytes(next(&mut rest)),
            counter: u64::from_be_bytes(next(&mut rest)),
            owner: next(&mut rest),
            salt: next(&mut rest),
        })
    }
}

/// The next octets of a header, which has them all.
fn next<const N: usize>(octets: &mut impl Iterator<Item = u8>) -> [u8; N] {
    core::array::from_fn(|_| octets.next().unwrap_or_default())
}

fn first<const N: usize>(octets: &[u8; 32]) -> [u8; N] {
    next(&mut octets.iter().copied())
}

/// HMAC-SHA-256 of the parts one after the other.
fn hmac(key: &[u8; 32], parts: &[&[u8]]) -> Zeroizing<[u8; 32]> {
    // A whole block as key has no length to be refused for.
    let mut block = Zeroizing::new([0; 64]);
    for (to, from) in block.iter_mut().zip(key) {
        *to = *from;
    }
    let mut mac = <hmac::Hmac<Sha256> as Mac>::new((&*block).into());
    for part in parts {
        mac.update(part);
    }
    Zeroizing::new(mac.finalize().into_bytes().into())
}

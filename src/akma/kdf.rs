//! The key derivation function that all 3GPP keys here come from.

use hmac::digest::typenum::{U32, U64};
use hmac::digest::{FixedOutput, KeyInit};
use hmac::{Hmac, Mac};
use sha2::Sha256;
use zeroize::Zeroize;

use super::{AkmaError, KdfOutput};

/// Derives 32 octets (TS 33.220 B.2):
/// `HMAC-SHA-256(key, FC || P0 || L0 || P1 || L1 ...)`, each `L` being the
/// length of its `P` in two octets, most significant first.
///
/// The AKMA keys have methods of their own ([`Kausf::derive`],
/// [`Kakma::k_af`]); this function is for whatever else a profile asks for.
///
/// # Errors
///
/// [`AkmaError::ParameterLength`] if a parameter is longer than 65535 octets.
///
/// # Example
///
/// ```
/// use msgin5g::akma::{Kausf, Supi, kdf};
///
/// # fn main() -> Result<(), msgin5g::akma::AkmaError> {
/// let k_ausf = Kausf::from_octets([7; 32]);
/// let by_hand = kdf(k_ausf.as_octets(), 0x80, &[b"AKMA", b"001010000000001"])?;
/// let (k_akma, _) = k_ausf.derive(&Supi::imsi("001010000000001")?);
/// assert_eq!(by_hand.as_octets(), k_akma.as_octets());
/// # Ok(())
/// # }
/// ```
///
/// [`Kausf::derive`]: super::Kausf::derive
/// [`Kakma::k_af`]: super::Kakma::k_af
pub fn kdf(key: &[u8; 32], fc: u8, parameters: &[&[u8]]) -> Result<KdfOutput, AkmaError> {
    input_len(parameters)?;
    let mut out = KdfOutput::zero();
    Keyed::<HmacSha256>::new(key).derive(fc, whole(parameters), out.as_mut_octets());
    Ok(out)
}

/// Writes the input string S of [`kdf()`] into `out` and returns its length in
/// octets: what a secure element signs, and what to compare with a network's
/// log when a key does not match.
///
/// # Errors
///
/// [`AkmaError::BufferTooSmall`] says how long `out` must be;
/// [`AkmaError::ParameterLength`] as in [`kdf()`].
///
/// # Example
///
/// ```
/// use msgin5g::akma::kdf_input;
///
/// let mut s = [0; 32];
/// assert_eq!(kdf_input(0x80, &[b"AKMA", b"00101"], &mut s), Ok(14));
/// assert_eq!(s[..14], *b"\x80AKMA\x00\x0400101\x00\x05");
/// ```
pub fn kdf_input(fc: u8, parameters: &[&[u8]], out: &mut [u8]) -> Result<usize, AkmaError> {
    let needed = input_len(parameters)?;
    if out.len() < needed {
        return Err(AkmaError::BufferTooSmall { needed });
    }
    let mut rest = out;
    feed(fc, whole(parameters), |octets| {
        if let Some((head, tail)) = core::mem::take(&mut rest).split_at_mut_checked(octets.len()) {
            head.copy_from_slice(octets);
            rest = tail;
        }
    });
    Ok(needed)
}

/// One parameter, in two pieces so that AF_ID needs no buffer to be joined in.
pub(super) type Parameter<'a> = [&'a [u8]; 2];

pub(super) type HmacSha256 = Hmac<Sha256>;

/// What the derivation asks of a MAC. There is one implementation in use,
/// [`HmacSha256`]; a test puts one that counts in its place.
pub(super) trait KdfMac:
    Mac + KeyInit<KeySize = U64> + FixedOutput<OutputSize = U32> + Clone
{
}

impl<T> KdfMac for T where T: Mac + KeyInit<KeySize = U64> + FixedOutput<OutputSize = U32> + Clone {}

/// A MAC that has taken its key. Keying costs two SHA-256 compressions, each
/// derivation of a short input two more; so two keys from one parent share it.
pub(super) struct Keyed<M>(M);

impl<M: KdfMac> Keyed<M> {
    pub(super) fn new(key: &[u8; 32]) -> Self {
        // HMAC pads a short key with zeros to the block (RFC 2104). Doing it
        // here gives the constructor that takes a whole block and cannot fail.
        let mut block = hmac::digest::Key::<M>::default();
        for (to, from) in block.iter_mut().zip(key) {
            *to = *from;
        }
        let keyed = Self(<M as KeyInit>::new(&block));
        block.as_mut_slice().zeroize();
        keyed
    }

    /// Parameters are at most 65535 octets long: all types of this module
    /// are bounded far below, and [`kdf()`] checks.
    pub(super) fn derive<'a>(
        &self,
        fc: u8,
        parameters: impl IntoIterator<Item = Parameter<'a>>,
        out: &mut [u8; 32],
    ) {
        let mut mac = self.0.clone();
        feed(fc, parameters, |octets| Mac::update(&mut mac, octets));
        mac.finalize_into(out.into());
    }
}

/// Hands the octets of S to `put`, piece by piece.
fn feed<'a>(
    fc: u8,
    parameters: impl IntoIterator<Item = Parameter<'a>>,
    mut put: impl FnMut(&[u8]),
) {
    put(&[fc]);
    for [head, tail] in parameters {
        put(head);
        put(tail);
        let [.., high, low] = head.len().wrapping_add(tail.len()).to_be_bytes();
        put(&[high, low]);
    }
}

fn whole<'a>(parameters: &'a [&'a [u8]]) -> impl Iterator<Item = Parameter<'a>> {
    parameters.iter().map(|parameter| [*parameter, &[]])
}

fn input_len(parameters: &[&[u8]]) -> Result<usize, AkmaError> {
    let mut len = 1_usize;
    for parameter in parameters {
        let given = parameter.len();
        if given > usize::from(u16::MAX) {
            return Err(AkmaError::ParameterLength { given });
        }
        len = len.saturating_add(given).saturating_add(2);
    }
    Ok(len)
}

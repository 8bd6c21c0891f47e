use super::{KeyExchange, NamedGroup};
use zeroize::Zeroizing;

/// (EC)DHE by the crates `p256` and `curve25519-dalek`.
pub struct SoftwareKeyExchange {
    #[cfg_attr(not(any(feature = "p256", feature = "x25519")), expect(dead_code))]
    group: NamedGroup,
    #[cfg_attr(not(any(feature = "p256", feature = "x25519")), expect(dead_code))]
    secret: Zeroizing<[u8; 32]>,
}

impl KeyExchange for SoftwareKeyExchange {
    const GROUPS: &'static [NamedGroup] = &[
        #[cfg(feature = "p256")]
        NamedGroup::Secp256r1,
        #[cfg(feature = "x25519")]
        NamedGroup::X25519,
    ];

    fn generate(group: NamedGroup, random: &[u8; 32]) -> Option<Self> {
        #[cfg(feature = "p256")]
        if group == NamedGroup::Secp256r1 {
            secp256r1::scalar(random)?;
        }
        Self::GROUPS.contains(&group).then(|| Self {
            group,
            secret: Zeroizing::new(*random),
        })
    }

    fn public_key(&mut self, out: &mut [u8; 65]) -> usize {
        #[cfg(not(any(feature = "p256", feature = "x25519")))]
        let _ = out;
        #[cfg(any(feature = "p256", feature = "x25519"))]
        match self.group {
            #[cfg(feature = "p256")]
            NamedGroup::Secp256r1 => {
                if let Some(public) = secp256r1::public_key(&self.secret) {
                    *out = public;
                    return 65;
                }
            }
            #[cfg(feature = "x25519")]
            NamedGroup::X25519 => {
                if let Some(place) = out.first_chunk_mut() {
                    *place = x25519::multiply(&self.secret, &x25519::BASE);
                    return 32;
                }
            }
            #[allow(
                unreachable_patterns,
                reason = "reached unless every group is built in"
            )]
            _ => {}
        }
        0
    }

    fn agree(&mut self, peer: &[u8]) -> Option<[u8; 32]> {
        #[cfg(not(any(feature = "p256", feature = "x25519")))]
        let _ = peer;
        #[cfg(any(feature = "p256", feature = "x25519"))]
        match self.group {
            #[cfg(feature = "p256")]
            NamedGroup::Secp256r1 => return secp256r1::agree(&self.secret, peer),
            #[cfg(feature = "x25519")]
            NamedGroup::X25519 => {
                let shared = x25519::multiply(&self.secret, peer.try_into().ok()?);
                let zero = subtle::ConstantTimeEq::ct_eq(shared.as_slice(), &[0; 32]);
                return (!bool::from(zero)).then_some(shared);
            }
            #[allow(
                unreachable_patterns,
                reason = "reached unless every group is built in"
            )]
            _ => {}
        }
        #[allow(unreachable_code, reason = "reached unless every group is built in")]
        None
    }
}

/// The function of RFC 7748 section 5. The crate `x25519-dalek` takes the bits of the scalar by an
/// index whose check, though it never fails, stays in the binary.
#[cfg(feature = "x25519")]
mod x25519 {
    use curve25519_dalek::MontgomeryPoint;
    use zeroize::Zeroizing;

    pub(super) const BASE: [u8; 32] = {
        let mut base = [0; 32];
        if let Some(first) = base.first_mut() {
            *first = 9;
        }
        base
    };

    #[inline(never)]
    pub(super) fn multiply(scalar: &[u8; 32], u: &[u8; 32]) -> [u8; 32] {
        let mut scalar = Zeroizing::new(*scalar);
        let [first, .., last] = &mut *scalar;
        *first &= 0b1111_1000;
        *last = *last & 0b0111_1111 | 0b0100_0000;
        // The highest bit is clear.
        let bits = (0..255u8).rev().map(|place| {
            let octet = scalar.get(usize::from(place >> 3)).copied();
            octet.unwrap_or_default().wrapping_shr((place & 7).into()) & 1 == 1
        });
        MontgomeryPoint(*u).mul_bits_be(bits).to_bytes()
    }
}

#[cfg(feature = "p256")]
mod secp256r1 {
    use core::ops::Mul;
    use p256::elliptic_curve::point::AffineCoordinates;
    use p256::elliptic_curve::sec1::{FromEncodedPoint, ToEncodedPoint};
    use p256::{AffinePoint, EncodedPoint, NonZeroScalar, ProjectivePoint};

    pub(super) fn scalar(secret: &[u8; 32]) -> Option<NonZeroScalar> {
        NonZeroScalar::from_repr((*secret).into()).into()
    }

    pub(super) fn public_key(secret: &[u8; 32]) -> Option<[u8; 65]> {
        let point = ProjectivePoint::GENERATOR.mul(*scalar(secret)?);
        let encoded = point.to_affine().to_encoded_point(false);
        encoded.as_bytes().try_into().ok()
    }

    pub(super) fn agree(secret: &[u8; 32], peer: &[u8]) -> Option<[u8; 32]> {
        // TLS 1.3 has the uncompressed form only.
        let (4, xy) = peer.split_first()? else {
            return None;
        };
        let xy: &[u8; 64] = xy.try_into().ok()?;
        let encoded = EncodedPoint::from_untagged_bytes(xy.into());
        let point: Option<AffinePoint> = AffinePoint::from_encoded_point(&encoded).into();
        let shared = ProjectivePoint::from(point?).mul(*scalar(secret)?);
        Some(shared.to_affine().x().into())
    }
}

use super::{KeyExchange, NamedGroup};
use zeroize::Zeroizing;

/// (EC)DHE by the crates `p256` and `x25519-dalek`.
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
                let public =
                    x25519_dalek::x25519(*self.secret, x25519_dalek::X25519_BASEPOINT_BYTES);
                if let Some(place) = out.first_chunk_mut() {
                    *place = public;
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
                let shared = x25519_dalek::x25519(*self.secret, peer.try_into().ok()?);
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

//! The four derivations: which function code and which parameters make which
//! key. TS 33.535 Annex A, and TS 33.501 A.2 for K_AUSF.

use zeroize::Zeroize;

use super::kdf::{HmacSha256, KdfMac, Keyed};
use super::{ATid, AfId, AkmaError, Kaf, Kakma, Kausf, ServingNetworkName, Supi, text};

/// K_AUSF in 5G AKA, TS 33.501 A.2.
const FC_K_AUSF: u8 = 0x6A;
/// K_AKMA, TS 33.535 A.2.
const FC_K_AKMA: u8 = 0x80;
/// A-TID, TS 33.535 A.3.
const FC_A_TID: u8 = 0x81;
/// K_AF, TS 33.535 A.4.
const FC_K_AF: u8 = 0x82;

impl Kausf {
    /// K_AUSF of a 5G AKA run (TS 33.501 A.2), as the ME makes it from what
    /// the USIM answers.
    ///
    /// `sqn_xor_ak` is SQN xor AK, the first 6 octets of AUTN. The name is
    /// the *serving* network's, which differs from the home network's in
    /// roaming.
    ///
    /// # Example
    ///
    /// ```
    /// use msgin5g::akma::{Kausf, ServingNetworkName};
    ///
    /// # fn main() -> Result<(), msgin5g::akma::AkmaError> {
    /// let (ck, ik, sqn_xor_ak) = ([1; 16], [2; 16], [3; 6]);
    /// let serving = ServingNetworkName::plmn("001", "01")?;
    /// let k_ausf = Kausf::from_5g_aka(&ck, &ik, &serving, &sqn_xor_ak);
    /// # let _ = k_ausf;
    /// # Ok(())
    /// # }
    /// ```
    pub fn from_5g_aka(
        ck: &[u8; 16],
        ik: &[u8; 16],
        serving_network: &ServingNetworkName,
        sqn_xor_ak: &[u8; 6],
    ) -> Self {
        let mut ck_ik = [0; 32];
        for (to, from) in ck_ik.iter_mut().zip(ck.iter().chain(ik)) {
            *to = *from;
        }
        let keyed = Keyed::<HmacSha256>::new(&ck_ik);
        ck_ik.zeroize();

        let mut k_ausf = Self::zero();
        keyed.derive(
            FC_K_AUSF,
            [
                [serving_network.as_str().as_bytes(), &[]],
                [sqn_xor_ak, &[]],
            ],
            k_ausf.as_mut_octets(),
        );
        k_ausf
    }

    /// K_AUSF of an EAP-AKA' run: the first 32 of the 64 octets of the EMSK
    /// (TS 33.501 6.1.3.1). Other EAP methods that yield K_AUSF do the same.
    ///
    /// # Errors
    ///
    /// [`AkmaError::EmskIsHexText`] for 128 hexadecimal digits,
    /// [`AkmaError::EmskLength`] for any other length than 64 octets.
    pub fn from_eap_aka_prime(emsk: &[u8]) -> Result<Self, AkmaError> {
        match emsk.split_first_chunk::<32>() {
            Some((first, rest)) if rest.len() == 32 => Ok(Self::from_octets(*first)),
            _ if emsk.len() == 128 && text::is_hex(emsk) => Err(AkmaError::EmskIsHexText),
            _ => Err(AkmaError::EmskLength { given: emsk.len() }),
        }
    }

    /// K_AKMA and the A-TID (TS 33.535 A.2 and A.3).
    ///
    /// Both come from one keyed HMAC, for six SHA-256 compressions in all
    /// when the SUPI is an IMSI; [`Kakma::k_af`] adds four for a short AF_ID.
    ///
    /// # Example
    ///
    /// ```
    /// use msgin5g::akma::{Kausf, Supi};
    ///
    /// # fn main() -> Result<(), msgin5g::akma::AkmaError> {
    /// let k_ausf = Kausf::from_octets([7; 32]);
    /// let (k_akma, a_tid) = k_ausf.derive(&Supi::imsi("001010000000001")?);
    /// assert_eq!(format!("{k_akma:?}"), "Kakma(..)");
    /// # let _ = a_tid;
    /// # Ok(())
    /// # }
    /// ```
    pub fn derive(&self, supi: &Supi<'_>) -> (Kakma, ATid) {
        k_akma_and_a_tid::<HmacSha256>(self, supi)
    }
}

impl Kakma {
    /// K_AF for one application function (TS 33.535 A.4).
    ///
    /// A pure function: as long as K_AKMA is the same, so is K_AF. Only K_AKMA
    /// has it; K_AUSF does not, so the two cannot be mixed up:
    ///
    /// ```compile_fail
    /// # use msgin5g::akma::{AfId, Kaf, Kausf};
    /// fn wrong(k_ausf: &Kausf, af_id: &AfId<'_>) -> Kaf {
    ///     k_ausf.k_af(af_id) // no such method
    /// }
    /// ```
    ///
    /// # Example
    ///
    /// ```
    /// use msgin5g::akma::{AfId, Kakma, UaStarId};
    ///
    /// # fn main() -> Result<(), msgin5g::akma::AkmaError> {
    /// let k_akma = Kakma::from_octets([7; 32]);
    /// let tls13 = AfId::new("msgin5g.example.com", UaStarId::TLS13)?;
    /// let tls12 = AfId::new("msgin5g.example.com", UaStarId::tls12(0x00A8))?;
    /// assert_ne!(k_akma.k_af(&tls13), k_akma.k_af(&tls12));
    /// # Ok(())
    /// # }
    /// ```
    pub fn k_af(&self, af_id: &AfId<'_>) -> Kaf {
        k_af::<HmacSha256>(self, af_id)
    }
}

pub(super) fn k_akma_and_a_tid<M: KdfMac>(k_ausf: &Kausf, supi: &Supi<'_>) -> (Kakma, ATid) {
    let keyed = Keyed::<M>::new(k_ausf.as_octets());
    let supi = supi.as_str().as_bytes();

    let mut k_akma = Kakma::zero();
    keyed.derive(
        FC_K_AKMA,
        [[b"AKMA".as_slice(), &[]], [supi, &[]]],
        k_akma.as_mut_octets(),
    );
    let mut a_tid = [0; 32];
    keyed.derive(
        FC_A_TID,
        [[b"A-TID".as_slice(), &[]], [supi, &[]]],
        &mut a_tid,
    );
    (k_akma, ATid::from_octets(a_tid))
}

pub(super) fn k_af<M: KdfMac>(k_akma: &Kakma, af_id: &AfId<'_>) -> Kaf {
    let mut k_af = Kaf::zero();
    Keyed::<M>::new(k_akma.as_octets()).derive(
        FC_K_AF,
        [[af_id.fqdn().as_bytes(), af_id.ua_star_id().as_octets()]],
        k_af.as_mut_octets(),
    );
    k_af
}

//! The key derivations of AKMA, computed with OpenSSL's HMAC.
//!
//! All of them are HMAC-SHA-256 over `FC || P0 || L0 || P1 || L1 ..` (TS 33.220 B.2), with lengths of two octets.

use openssl::error::ErrorStack;
use openssl::hash::MessageDigest;
use openssl::pkey::PKey;
use openssl::sign::Signer;

/// A key of 256 bits.
pub type Key = [u8; 32];

/// Ua* security protocol identifier of shared-key TLS 1.3 (TS 33.220 H.3).
pub const UA_TLS13: [u8; 5] = [0x01, 0x00, 0x00, 0x00, 0x07];

/// K_AKMA of TS 33.535 A.2.
pub fn k_akma(kausf: &Key, supi: &str) -> Result<Key, ErrorStack> {
    kdf(kausf, 0x80, &[b"AKMA", supi.as_bytes()])
}

/// A-TID of TS 33.535 A.3.
pub fn a_tid(kausf: &Key, supi: &str) -> Result<Key, ErrorStack> {
    kdf(kausf, 0x81, &[b"A-TID", supi.as_bytes()])
}

/// K_AF of TS 33.535 A.4: AF_ID is the FQDN followed by the Ua* security protocol identifier.
pub fn k_af(kakma: &Key, fqdn: &str, ua: [u8; 5]) -> Result<Key, ErrorStack> {
    let af_id = [fqdn.as_bytes(), &ua].concat();
    kdf(kakma, 0x82, &[&af_id])
}

/// K_AUSF after 5G AKA (TS 33.501 A.2). `serving_network` is the whole name, such as `5G:mnc001.mcc001.3gppnetwork.org`.
pub fn k_ausf_5g_aka(
    ck: &[u8; 16],
    ik: &[u8; 16],
    serving_network: &str,
    sqn_xor_ak: &[u8; 6],
) -> Result<Key, ErrorStack> {
    kdf(
        &[ck.as_slice(), ik].concat(),
        0x6a,
        &[serving_network.as_bytes(), sqn_xor_ak],
    )
}

/// K_AUSF after EAP-AKA': the first half of the EMSK (TS 33.501 6.1.3.1).
pub fn k_ausf_eap_aka_prime(emsk: &[u8; 64]) -> Key {
    let mut key = [0; 32];
    key.copy_from_slice(&emsk[..32]);
    key
}

/// The generic function. Parameters longer than 65535 octets cannot be expressed; ours are FQDNs and identities.
pub fn kdf(key: &[u8], fc: u8, parameters: &[&[u8]]) -> Result<Key, ErrorStack> {
    let mut s = vec![fc];
    for parameter in parameters {
        s.extend_from_slice(parameter);
        let length = u16::try_from(parameter.len()).unwrap_or(u16::MAX);
        s.extend_from_slice(&length.to_be_bytes());
    }
    let key = PKey::hmac(key)?;
    let mut signer = Signer::new(MessageDigest::sha256(), &key)?;
    let mut out = [0; 32];
    signer.sign_oneshot(&mut out, &s)?;
    Ok(out)
}

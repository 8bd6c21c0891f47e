//! The primitives of the crate's own TLS 1.3 core, as the core uses them: values of the standards,
//! and OpenSSL beside them.

use msgin5g::session::tls13::crypto::{Aead, CipherSuite, Crypto, KeyExchange, NamedGroup};
use msgin5g::session::tls13::crypto::{RustCrypto, SoftwareAead, SoftwareKeyExchange};
use openssl::derive::Deriver;
use openssl::pkey::{Id, PKey};
use openssl::symm::{Cipher, encrypt_aead};
use proptest::prelude::*;

fn octets<const N: usize>(digits: &str) -> [u8; N] {
    hex::decode(digits).unwrap().try_into().unwrap()
}

/// RFC 7748 section 5.2, the first test of the function.
#[test]
fn x25519_is_that_of_rfc_7748() {
    let scalar = octets("a546e36bf0527c9d3b16154b82465edd62144c0ac1fc5a18506a2244ba449ac4");
    let u: [u8; 32] = octets("e6db6867583030db3594c1a424b15f7c726624ec26b3353b10a903a6d0ab1c4c");
    let shared = octets("c3da55379de9c6908e94ea4df28d084f32eccf03491c71f754b4075577a28552");
    let mut key = SoftwareKeyExchange::generate(NamedGroup::X25519, &scalar).unwrap();
    assert_eq!(key.agree(&u), Some(shared));
}

/// Points of small order give zeros (RFC 7748 section 6.1, RFC 8446 section 7.4.2).
#[test]
fn x25519_refuses_what_gives_zeros() {
    let mut key = SoftwareKeyExchange::generate(NamedGroup::X25519, &[7; 32]).unwrap();
    let mut one = [0; 32];
    one[0] = 1;
    // RFC 7748 has no list; these are those of libsodium's blacklist.
    let order_8 = octets("e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800");
    for point in [[0; 32], one, order_8] {
        assert_eq!(key.agree(&point), None);
    }
    for len in [0, 31, 33] {
        assert_eq!(key.agree(&vec![9; len]), None);
    }
}

/// NIST SP 800-38D's validation vectors (gcmEncryptExtIV128.rsp, 96-bit nonce), as McGrew and Viega
/// print them: test cases 1 to 4.
#[test]
fn gcm_is_that_of_nist() {
    let key = "feffe9928665731c6d6a8f9467308308";
    let nonce = "cafebabefacedbaddecaf888";
    let text = "d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a721c3c0c95956809532fcf0e2449a6b525\
                b16aedf5aa0de657ba637b39";
    let sealed = "42831ec2217774244b7221b784d0d49ce3aa212f2c02a4e035c17e2329aca12e21d514b25466931c7d8f6a5aac84aa05\
                  1ba30b396a0aac973d58e091";
    let zeros = "00000000000000000000000000000000";
    for (key, nonce, aad, text, sealed, tag) in [
        (
            zeros,
            &zeros[..24],
            "",
            "",
            "",
            "58e2fccefa7e3061367f1d57a4e7455a",
        ),
        (
            zeros,
            &zeros[..24],
            "",
            zeros,
            "0388dace60b6a392f328c2b971b2fe78",
            "ab6e47d42cec13bdf53a67b21257bddf",
        ),
        (
            key,
            nonce,
            "feedfacedeadbeeffeedfacedeadbeefabaddad2",
            text,
            sealed,
            "5bc94fbc3221a5db94fae95ae7121a47",
        ),
    ] {
        let key: [u8; 16] = octets(key);
        let mut aead = SoftwareAead::new(CipherSuite::Aes128GcmSha256, &key).unwrap();
        let mut octets_in = hex::decode(text).unwrap();
        let (nonce, aad) = (octets(nonce), hex::decode(aad).unwrap());
        let got = aead.seal(&nonce, &aad, &mut octets_in).unwrap();
        assert_eq!(
            (hex::encode(&octets_in), hex::encode(got)),
            (sealed.into(), tag.into())
        );
        assert_eq!(aead.open(&nonce, &aad, &mut octets_in, &got), Some(()));
        assert_eq!(hex::encode(&octets_in), text);
    }
}

const SUITES: [CipherSuite; 3] = [
    CipherSuite::Aes128GcmSha256,
    CipherSuite::Chacha20Poly1305Sha256,
    CipherSuite::Aes128Ccm8Sha256,
];

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    /// Records are those of OpenSSL, and one bit changed anywhere is one too many.
    #[test]
    fn records_are_those_of_openssl(
        which in 0usize..3, key: [u8; 32], nonce: [u8; 12],
        aad in prop::collection::vec(any::<u8>(), 0..40),
        text in prop::collection::vec(any::<u8>(), 0..200),
        at: prop::sample::Index, bit in 0u32..8,
    ) {
        let suite = SUITES[which];
        let key = &key[..suite.key_len()];
        let mut aead = SoftwareAead::new(suite, key).unwrap();
        let mut sealed = text.clone();
        let tag = aead.seal(&nonce, &aad, &mut sealed).unwrap();
        let mut tag = tag[..suite.tag_len()].to_vec();
        let cipher = match suite {
            CipherSuite::Aes128GcmSha256 => Some(Cipher::aes_128_gcm()),
            CipherSuite::Chacha20Poly1305Sha256 => Some(Cipher::chacha20_poly1305()),
            // The crate openssl sets the length of a tag of CCM too late; tests/tls13/openssl.rs has it.
            _ => None,
        };
        if let Some(cipher) = cipher {
            let mut expected_tag = [0; 16];
            let expected =
                encrypt_aead(cipher, key, Some(&nonce), &aad, &text, &mut expected_tag).unwrap();
            prop_assert_eq!((&sealed, &tag), (&expected, &expected_tag.to_vec()));
        }
        let mut good = sealed.clone();
        prop_assert_eq!(aead.open(&nonce, &aad, &mut good, &tag), Some(()));
        prop_assert_eq!(good, text);
        let at = at.index(sealed.len() + tag.len());
        match at.checked_sub(sealed.len()) {
            None => sealed[at] ^= 1 << bit,
            Some(at) => tag[at] ^= 1 << bit,
        }
        prop_assert_eq!(aead.open(&nonce, &aad, &mut sealed, &tag), None);
    }

    /// Both sides of an exchange come to the same secret, OpenSSL on the other.
    #[test]
    fn x25519_agrees_with_openssl(secret: [u8; 32]) {
        let mut own = SoftwareKeyExchange::generate(NamedGroup::X25519, &secret).unwrap();
        let mut public = [0; 65];
        let len = own.public_key(&mut public);
        let other = PKey::generate_x25519().unwrap();
        let peer = PKey::public_key_from_raw_bytes(&public[..len], Id::X25519).unwrap();
        let mut deriver = Deriver::new(&other).unwrap();
        deriver.set_peer(&peer).unwrap();
        let expected = deriver.derive_to_vec().unwrap();
        let got = own.agree(&other.raw_public_key().unwrap()).unwrap();
        prop_assert_eq!(got.to_vec(), expected);
    }

    /// HMAC of parts is that of the whole.
    #[test]
    fn hmac_is_that_of_openssl(
        key: [u8; 32], parts in prop::collection::vec(prop::collection::vec(any::<u8>(), 0..100), 0..5),
    ) {
        let borrowed: Vec<&[u8]> = parts.iter().map(Vec::as_slice).collect();
        let got = RustCrypto::hmac(&key, &borrowed);
        let key = PKey::hmac(&key).unwrap();
        let digest = openssl::hash::MessageDigest::sha256();
        let mut signer = openssl::sign::Signer::new(digest, &key).unwrap();
        let expected = signer.sign_oneshot_to_vec(&parts.concat()).unwrap();
        prop_assert_eq!(got.to_vec(), expected);
    }
}

#![cfg(feature = "gcm")]

use super::*;
use crate::session::tls13::crypto::{CipherSuite, RustCrypto, SoftwarePsk};
use crate::session::tls13::record::TrafficKey;
use std::string::String;
use std::vec::Vec;

fn octets(digits: &str) -> [u8; 32] {
    hex::decode(digits).unwrap().try_into().unwrap()
}

fn schedule(protocol: Protocol, psk: &[u8]) -> KeySchedule<RustCrypto> {
    KeySchedule::new(protocol, &mut SoftwarePsk::<RustCrypto>::new(psk)).unwrap()
}

/// RFC 8448 section 3, "Simple 1-RTT Handshake". It has no PSK, which is one of 32 zeros
/// (RFC 8446 section 7.1).
#[test]
fn the_schedule_is_that_of_rfc_8448() {
    let mut schedule = schedule(Protocol::Tls, &[0; 32]);
    assert_eq!(
        *schedule.derived,
        octets("6f2615a108c702c5678f54fc9dbab69716c076189c48250cebeac3576c3611ba")
    );
    let handshake = schedule.handshake(
        &octets("8bd4054fb55b9d63fdfbacf9f04b9f0d35e6d63f537563efd46272900f89492d"),
        &octets("860c06edc07858ee8e78f0e7428c58edd6b43f2ca3e6e95f02ed063cf0e1cad8"),
    );
    assert_eq!(
        *handshake.client,
        octets("b3eddb126e067f35a780b3abf45e2d8f3b1a950738f52e9600746a0e27a55a21")
    );
    assert_eq!(
        *handshake.server,
        octets("b67b7d690cc16c4e75e54213cb2d37b4e9c912bcded9105d42befd59d391ad38")
    );
    assert_eq!(
        *handshake.master,
        octets("18df06843d13a08bf2a449844c5f8a478001bc4d4c627984d5a41da8d0402919")
    );
    let application = schedule.application(
        &handshake,
        &octets("9608102a0f1ccc6db6250b7b7e417b1a000eaada3daae4777a7686c9ff83df13"),
    );
    assert_eq!(
        *application.client,
        octets("9e40646ce79a7f9dc05af8889bce6552875afa0b06df0087f792ebb7c17504a5")
    );
    assert_eq!(
        *application.server,
        octets("a11af9f05531f856ad47116b45a950328204b4f44bfb6b3a4b4f1f3fcb631643")
    );
    let key = expand_label::<RustCrypto>(Protocol::Tls, &handshake.server, b"key", &[], 16);
    assert_eq!(hex::encode(&key[..16]), "3fce516009c21727d0f2e4e86ee403bc");
    let iv = expand_label::<RustCrypto>(Protocol::Tls, &handshake.server, b"iv", &[], 12);
    assert_eq!(hex::encode(&iv[..12]), "5d313eb2671276ee13000b30");
}

/// With an external PSK and for DTLS no RFC has values. These are made with Python's hmac and
/// hashlib, by a program written from RFC 8446 section 7 and RFC 9147 section 5.9. PSK: octets
/// 0 to 31. The inputs are SHA-256 of the texts below.
#[test]
fn the_schedule_with_an_external_psk_is_that_of_another_program() {
    use sha2::Digest;
    let sha256 = |text: &str| -> [u8; 32] { sha2::Sha256::digest(text).into() };
    let psk: Vec<u8> = (0..32).collect();
    let (hello, finish) = (
        sha256("ClientHello..ServerHello"),
        sha256("ClientHello..Finished"),
    );

    for (protocol, expected) in [
        (
            Protocol::Tls,
            [
                "cbc9ca7f9779460a8100767468c7b741730bd8a8a825f690bbc151293ce09cb5",
                "2fd3f89994d21a97f8b5260d6400739b52c8f7cf20292d9a694a4ea6efee5362",
                "97b1a16654d9a08278667d69757511bf1102c9efaf33c38b1aab24636e956c90",
                "f9b60342d0156de253f44d7c73c2d2b291ea83f6630f8782890b43ac24c77077",
                "0be59bd57b6b47706b6614729039dae10407ff41476ebb286fbb11ced3510b8f",
                "160e904dcb766dcf3a2348101da8baad7c1095abd8df6a9cb3086337c60b30cf",
                "f39878dc02ff0100b4eb8b90a356bd8ce153f68f3ad678163faee1ef1b2e9fef",
                "1a524ffca1c48bcf865e2bfebea40711",
                "d0cddd417c026495bf33ef51",
                "c50a2b9cdf2e4d0090ec56b8dcec11f5",
            ],
        ),
        (
            Protocol::Dtls,
            [
                "f88c9f61973af4b7321ec6030b303fb60bf9b28349a16a534f8a25dfb94b8b16",
                "6fae9473ddf8b6aee8c1b8a12f7598416719564f7d23b7228cd2faf92fb81d22",
                "757fb55145ce379a5d0137039a81bcb771e7dbe81060b821d1e4421b46efe1d5",
                "5912e86aa6dc4ea5213de16f24077f41b177fd25fe2f4257bd3a1ac352c12b1f",
                "92df9c6e58ff34b2c0b7a3262a0a1d843b816c209f2664a902cab5df86cee648",
                "14ba756ec9e89dd2c0f2f353c7c498c0442ecb8fcb0078a8ba76c40a042b25a1",
                "35a3ad99f5cf42c33f32cab24d3abb5538aa6cd9ed805ac8fad440ab7a1418fa",
                "e67245ab992fd24edae7666dfad20c3b",
                "992355ed1a825fac1a954063",
                "c471dcfeb90c3ec5c827c5dad9ecad8d",
            ],
        ),
    ] {
        let mut schedule = schedule(protocol, &psk);
        let binder = schedule.binder(&hello);
        let handshake = schedule.handshake(&sha256("shared"), &hello);
        let application = schedule.application(&handshake, &finish);
        let expand = |label: &[u8], len: u8| {
            let all = expand_label::<RustCrypto>(protocol, &application.server, label, &[], len);
            hex::encode(&all[..usize::from(len)])
        };
        let mut next = application.client.clone();
        next_secret::<RustCrypto>(protocol, &mut next);
        let got: [String; 10] = [
            hex::encode(binder),
            hex::encode(*handshake.client),
            hex::encode(*handshake.server),
            hex::encode(*application.client),
            hex::encode(*application.server),
            hex::encode(finished::<RustCrypto>(protocol, &handshake.server, &finish)),
            hex::encode(*next),
            expand(b"key", 16),
            expand(b"iv", 12),
            expand(b"sn", 16),
        ];
        assert_eq!(got, expected, "{protocol:?}");
    }
}

/// RFC 8448 section 3: the record in which the client sends its application data.
#[test]
fn a_record_is_that_of_rfc_8448() {
    let secret = octets("9e40646ce79a7f9dc05af8889bce6552875afa0b06df0087f792ebb7c17504a5");
    let suite = CipherSuite::Aes128GcmSha256;
    let mut key = TrafficKey::<RustCrypto>::new(Protocol::Tls, suite, &secret).unwrap();
    let mut record = [0; 100];
    for (i, octet) in (0..50u8).enumerate() {
        record[5 + i] = octet;
    }
    let len = key.seal_record(23, 50, &mut record).unwrap();
    assert_eq!(
        hex::encode(&record[..len]),
        "1703030043a23f7054b62c94d0affafe8228ba55cbefacea42f914aa66bcab3f2b9819a8a5b46b395bd54a9a20\
         441e2b62974e1f5a6292a2977014bd1e3deae63aeebb21694915e4"
    );
}

//! What the AKMA types accept, what they refuse and how they say so.

use msgin5g::akma::*;

fn af_id(fqdn: &str) -> Result<AfId<'_>, AkmaError> {
    AfId::new(fqdn, UaStarId::TLS13)
}

#[test]
fn keys_of_wrong_length() {
    for given in [0, 16, 31, 33, 63, 65] {
        assert_eq!(
            Kaf::from_slice(&vec![b'a'; given]),
            Err(AkmaError::KeyLength { given })
        );
    }
    // 64 octets are text only if all are hexadecimal digits.
    assert_eq!(Kausf::from_slice(&[b'a'; 64]), Err(AkmaError::KeyIsHexText));
    assert_eq!(Kausf::from_slice(&[b'F'; 64]), Err(AkmaError::KeyIsHexText));
    assert_eq!(
        Kausf::from_slice(&[0xA5; 64]),
        Err(AkmaError::KeyLength { given: 64 })
    );
    assert!(Kakma::from_slice(&[b'a'; 32]).is_ok());
}

#[test]
fn keys_from_hex() {
    let (lower, upper) = ("0123456789abcdef".repeat(4), "0123456789ABCDEF".repeat(4));
    let key = Kausf::from_hex(&lower).unwrap();
    assert_eq!(
        key.as_octets()[..8],
        [0x01, 0x23, 0x45, 0x67, 0x89, 0xAB, 0xCD, 0xEF]
    );
    assert_eq!(Kausf::from_hex(&upper), Ok(key));
    for wrong in [
        "",
        "00",
        &lower[1..],
        &format!("{lower}0"),
        &lower.replace('f', "g"),
    ] {
        assert_eq!(Kausf::from_hex(wrong), Err(AkmaError::KeyHexDigits));
    }
    // Two octets a character: as many octets as digits are wanted, no digits.
    assert_eq!(
        Kausf::from_hex(&"é".repeat(32)),
        Err(AkmaError::KeyHexDigits)
    );
}

#[test]
fn emsk_of_wrong_length() {
    for given in [0, 32, 63, 65] {
        assert_eq!(
            Kausf::from_eap_aka_prime(&vec![1; given]),
            Err(AkmaError::EmskLength { given })
        );
    }
    assert_eq!(
        Kausf::from_eap_aka_prime(&[b'0'; 128]),
        Err(AkmaError::EmskIsHexText)
    );
}

#[test]
fn supi() {
    for good in ["001010", "001010000000001"] {
        assert!(Supi::imsi(good).unwrap().is_imsi());
    }
    for bad in [
        "",
        "00101",
        "0010100000000001",
        "00101000000000a",
        " 01010000000001",
    ] {
        assert_eq!(Supi::imsi(bad), Err(AkmaError::Imsi), "{bad}");
    }
    for prefixed in [
        "imsi-001010000000001",
        "IMSI-001010000000001",
        "supi-1",
        "imsi-",
    ] {
        assert_eq!(
            Supi::parse(prefixed),
            Err(AkmaError::SupiPrefix),
            "{prefixed}"
        );
    }
    assert_eq!(Supi::nai("nai-user@realm"), Err(AkmaError::SupiPrefix));
    assert_eq!(
        Supi::nai_verbatim("nai-user@realm").unwrap().as_str(),
        "nai-user@realm"
    );
    for bad in [
        "",
        "user",
        "@realm",
        "user@",
        "a@b@c",
        "us er@realm",
        "user@realm\r\n",
    ] {
        assert_eq!(Supi::nai(bad), Err(AkmaError::Nai), "{bad:?}");
    }
    // Nothing is normalised, and 253 octets are the most.
    assert_eq!(Supi::parse("User@Realm").unwrap().as_str(), "User@Realm");
    let longest = format!("{}@realm", "u".repeat(247));
    assert!(Supi::nai(&longest).is_ok());
    assert_eq!(Supi::nai(&format!("u{longest}")), Err(AkmaError::Nai));
}

#[test]
fn home_network_of_a_supi() {
    let realm = |supi: Supi<'_>, digits| supi.home_network(digits).unwrap().to_string();
    let imsi = Supi::imsi("310410123456789").unwrap();
    assert_eq!(
        realm(imsi, MncLength::Two),
        "5gc.mnc041.mcc310.3gppnetwork.org"
    );
    assert_eq!(
        realm(imsi, MncLength::Three),
        "5gc.mnc410.mcc310.3gppnetwork.org"
    );
    let shortest = Supi::imsi("310410").unwrap();
    assert_eq!(
        realm(shortest, MncLength::Three),
        "5gc.mnc410.mcc310.3gppnetwork.org"
    );
    let nai = Supi::nai("sensor-17@factory.example").unwrap();
    assert_eq!(realm(nai, MncLength::Two), "factory.example");
}

#[test]
fn routing_indicator() {
    for good in ["0", "00", "017", "9876"] {
        assert_eq!(RoutingIndicator::new(good).unwrap().as_str(), good);
    }
    for bad in ["", "12345", "1a", "-1", " 1", "١"] {
        assert_eq!(RoutingIndicator::new(bad), Err(AkmaError::RoutingIndicator));
    }
    assert_eq!(RoutingIndicator::default().as_str(), "0");
}

#[test]
fn networks() {
    for (mcc, mnc, error) in [
        ("01", "01", AkmaError::Mcc),
        ("0011", "01", AkmaError::Mcc),
        ("00a", "01", AkmaError::Mcc),
        ("001", "1", AkmaError::Mnc),
        ("001", "", AkmaError::Mnc),
        ("001", "0001", AkmaError::Mnc),
        ("001", "0x", AkmaError::Mnc),
    ] {
        assert_eq!(HomeNetwork::plmn(mcc, mnc), Err(error));
        assert_eq!(HomeNetwork::snpn(mcc, mnc, "000007ed9d5"), Err(error));
        assert_eq!(ServingNetworkName::plmn(mcc, mnc), Err(error));
    }
    for nid in ["", "000007ed9d", "000007ed9d50", "000007ed9dg"] {
        assert_eq!(HomeNetwork::snpn("345", "12", nid), Err(AkmaError::Nid));
        assert_eq!(
            ServingNetworkName::snpn("345", "12", nid),
            Err(AkmaError::Nid)
        );
    }
    for realm in [
        "",
        "user@realm",
        "two words",
        "\"quoted\"",
        "line\r\n",
        &"r".repeat(254),
    ] {
        assert_eq!(HomeNetwork::verbatim(realm), Err(AkmaError::Realm));
    }
}

/// The NID is written in lower case in a domain (TS 23.003 28.2, example) and
/// in upper case in a serving network name (TS 24.501 9.12.1, grammar).
#[test]
fn nid_in_either_case() {
    for nid in ["000007ed9d5", "000007ED9D5"] {
        assert_eq!(
            HomeNetwork::snpn("345", "12", nid).unwrap().to_string(),
            "5gc.nid000007ed9d5.mnc012.mcc345.3gppnetwork.org"
        );
        let name = ServingNetworkName::snpn("345", "12", nid).unwrap();
        assert_eq!(
            name.as_str(),
            "5G:mnc012.mcc345.3gppnetwork.org:000007ED9D5"
        );
        assert_eq!(name.as_str().len(), ServingNetworkName::MAX_LEN);
        assert_eq!(ServingNetworkName::parse(name.as_str()), Ok(name));
    }
}

#[test]
fn serving_network_name_as_text() {
    for bad in [
        "",
        "5G:",
        "mnc001.mcc001.3gppnetwork.org",
        "5G:mnc01.mcc001.3gppnetwork.org",
        "5G:mnc001.mcc001.3gppnetwork.org.",
        "5G:mnc001.mcc001.3gppnetwork.org:",
        "5G:mnc001.mcc001.3gppnetwork.org:000007ed9d5",
        "5g:mnc001.mcc001.3gppnetwork.org",
        "5G:mnc001.mccé1.3gppnetwork.org",
    ] {
        assert_eq!(
            ServingNetworkName::parse(bad),
            Err(AkmaError::ServingNetworkName),
            "{bad}"
        );
    }
}

#[test]
fn host_names() {
    let label = "a".repeat(63);
    let longest = format!("{label}.{label}.{label}.{}", "b".repeat(61));
    for good in [
        "a.b",
        "localhost",
        "xn--bcher-kva.example",
        "MSGIN5G.EXAMPLE.COM",
        "3gpp.org",
        &longest,
    ] {
        assert_eq!(af_id(good).unwrap().fqdn(), good);
    }
    let too_long = format!("{label}.{label}.{label}.{}", "b".repeat(62));
    for (bad, error) in [
        ("", AkmaError::FqdnEmpty),
        (".", AkmaError::FqdnTrailingDot),
        ("a.b.", AkmaError::FqdnTrailingDot),
        ("a..b", AkmaError::FqdnLabel),
        (".a", AkmaError::FqdnLabel),
        ("-a.b", AkmaError::FqdnLabel),
        ("a.b-", AkmaError::FqdnLabel),
        (&format!("{label}a.b"), AkmaError::FqdnLabel),
        (&too_long, AkmaError::FqdnLength { given: 254 }),
        ("coaps+tcp://a.b", AkmaError::FqdnIsUrl),
        ("a.b/path", AkmaError::FqdnIsUrl),
        ("a.b:5684", AkmaError::FqdnHasPort),
        ("192.0.2.1", AkmaError::FqdnIsIpAddress),
        ("192.0.2.1:5684", AkmaError::FqdnIsIpAddress),
        ("2001:db8::1", AkmaError::FqdnIsIpAddress),
        ("[2001:db8::1]:5684", AkmaError::FqdnIsIpAddress),
        ("::1", AkmaError::FqdnIsIpAddress),
        ("bücher.example", AkmaError::FqdnCharacter),
        ("a b.c", AkmaError::FqdnCharacter),
        ("a_b.c", AkmaError::FqdnCharacter),
        ("a.b\0", AkmaError::FqdnCharacter),
        ("user@a.b", AkmaError::FqdnCharacter),
    ] {
        assert_eq!(af_id(bad), Err(error), "{bad:?}");
    }
}

#[test]
fn ua_star_ids() {
    assert_eq!(UaStarId::TLS13.as_octets(), &[1, 0, 0, 0, 7]);
    assert_eq!(UaStarId::HTTP_DIGEST.as_octets(), &[1, 0, 0, 0, 2]);
    assert_eq!(UaStarId::tls12(0x00A8).as_octets(), &[1, 0, 1, 0x00, 0xA8]);
    assert_eq!(UaStarId::tls12(0xD001).as_octets(), &[1, 0, 1, 0xD0, 0x01]);
    assert_eq!(
        UaStarId::custom([0xFF, 0, 0, 0, 1]).as_octets(),
        &[0xFF, 0, 0, 0, 1]
    );
    for given in [0, 4, 6] {
        assert_eq!(
            UaStarId::from_slice(&vec![b'0'; given]),
            Err(AkmaError::UaStarIdLength { given })
        );
    }
    assert_eq!(
        UaStarId::from_slice(&[0xFF; 10]),
        Err(AkmaError::UaStarIdLength { given: 10 })
    );
}

#[test]
fn kdf_refuses_what_its_length_field_cannot_say() {
    let longest = vec![0; 65535];
    assert!(kdf(&[0; 32], 0, &[&longest]).is_ok());
    let too_long = vec![0; 65536];
    let error = AkmaError::ParameterLength { given: 65536 };
    assert_eq!(kdf(&[0; 32], 0, &[b"P0", &too_long]).err(), Some(error));
    assert_eq!(kdf_input(0, &[&too_long], &mut [0; 8]), Err(error));
    assert_eq!(
        kdf_input(0, &[b"P0"], &mut [0; 4]),
        Err(AkmaError::BufferTooSmall { needed: 5 })
    );
}

#[test]
fn errors_say_what_was_expected() {
    for (error, message) in [
        (
            AkmaError::KeyLength { given: 16 },
            "key: expected 32 octets, got 16",
        ),
        (AkmaError::Mnc, "MNC: expected 2 or 3 decimal digits"),
        (
            AkmaError::FqdnTrailingDot,
            "FQDN: expected no dot at the end",
        ),
        (
            AkmaError::AKidLength { needed: 200 },
            "A-KID: expected at most 192 octets, got 200",
        ),
    ] {
        assert_eq!(error.to_string(), message);
    }
    assert!(
        AkmaError::KeyIsHexText
            .to_string()
            .contains("got 64 hexadecimal digits")
    );
    assert!(
        AkmaError::SupiPrefix
            .to_string()
            .contains("expected the bare digits")
    );
    let error = KeySourceError::from(AkmaError::AKid);
    assert!(error.to_string().contains("A-KID: expected user@realm"));
}

/// Every key type wipes itself when dropped (the bound), and what it does then
/// is this.
#[test]
fn keys_are_wiped() {
    use zeroize::{Zeroize, ZeroizeOnDrop};

    fn wiped<K: Zeroize + ZeroizeOnDrop>(mut key: K) -> K {
        key.zeroize();
        key
    }
    assert_eq!(wiped(Kausf::from_octets([7; 32])).as_octets(), &[0; 32]);
    assert_eq!(wiped(Kakma::from_octets([7; 32])).as_octets(), &[0; 32]);
    assert_eq!(wiped(Kaf::from_octets([7; 32])).as_octets(), &[0; 32]);
    assert_eq!(wiped(KdfOutput::from_octets([7; 32])).as_octets(), &[0; 32]);
}

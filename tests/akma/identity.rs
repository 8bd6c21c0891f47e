//! The A-KID in its forms, the PSK identity, and how identifiers print.

use msgin5g::akma::*;

const F1: &str = "rid0.atidfeedfacefeed@5gc.mnc001.mcc001.3gppnetwork.org";

#[test]
fn a_kid_from_a_modem() {
    assert_eq!(AKid::from_modem(F1).unwrap().as_str(), F1);
    for bad in [
        "", "@", "user@", "@realm", "no-at", "a@b@c", "\"u@r\"", "u@r\r\n", " u@r",
    ] {
        assert_eq!(AKid::from_modem(bad), Err(AkmaError::AKid), "{bad:?}");
    }
    let longest = format!("{}@r", "u".repeat(AKid::MAX_LEN - 2));
    assert!(AKid::from_modem(&longest).is_ok());
    assert_eq!(
        AKid::from_modem(&format!("u{longest}")),
        Err(AkmaError::AKidLength {
            needed: AKid::MAX_LEN + 1
        })
    );
}

#[test]
fn longest_a_kid_of_the_default_form() {
    let a_kid = AKid::build(
        AKidForm::F1,
        &RoutingIndicator::new("9876").unwrap(),
        &ATid::from_octets([0xA5; 32]),
        &HomeNetwork::snpn("345", "12", "000007ed9d5").unwrap(),
    )
    .unwrap();
    assert_eq!(a_kid.as_str().len(), 125);
    assert_eq!(PskIdentity::new(&a_kid).as_bytes().len(), 134);
}

#[test]
fn verbatim_realm_in_every_form() {
    let build = |form, realm| {
        AKid::build(
            form,
            &RoutingIndicator::new("7").unwrap(),
            &ATid::from_octets([0; 32]),
            &HomeNetwork::verbatim(realm).unwrap(),
        )
        .map(|a_kid| a_kid.realm().to_owned())
    };
    for form in [AKidForm::F1, AKidForm::F2, AKidForm::F4] {
        assert_eq!(build(form, "factory.example").unwrap(), "factory.example");
    }
    for form in [AKidForm::F1a, AKidForm::F3] {
        assert_eq!(
            build(form, "factory.example").unwrap(),
            "akma.factory.example"
        );
        assert_eq!(
            build(form, "akma.factory.example").unwrap(),
            "akma.factory.example"
        );
    }
    // rid7.atid, 64 digits, @ and the realm.
    assert_eq!(
        build(AKidForm::F1, &"r".repeat(200)),
        Err(AkmaError::AKidLength { needed: 274 })
    );
}

#[test]
fn names_of_forms() {
    for (name, form) in [
        ("F1", AKidForm::F1),
        ("f1a", AKidForm::F1a),
        ("F2", AKidForm::F2),
        ("F3", AKidForm::F3),
        ("f4", AKidForm::F4),
    ] {
        assert_eq!(name.parse(), Ok(form));
    }
    assert_eq!(AKidForm::default(), AKidForm::F1);
    assert_eq!("F5".parse::<AKidForm>(), Err(AkmaError::AKidForm));
}

#[test]
fn psk_identity() {
    assert_eq!(
        PskIdentity::new(&AKid::from_modem(F1).unwrap()).as_str(),
        Some(format!("3GPP-AKMA{F1}").as_str())
    );
    // Even the longest A-KID is there to its last octet.
    let longest = format!("{}@realm", "u".repeat(AKid::MAX_LEN - 6));
    let identity = PskIdentity::new(&AKid::from_modem(&longest).unwrap());
    assert_eq!(identity.as_bytes().len(), 201);
    assert!(identity.as_bytes().ends_with(b"u@realm"));

    // A separator takes of the room that is left.
    let a_kid = AKid::from_modem(&longest).unwrap();
    let room = PskIdentity::MAX_LEN - 201;
    let identity = PskIdentity::with_separator(&a_kid, &";".repeat(room)).unwrap();
    assert_eq!(identity.as_bytes().len(), 256);
    assert_eq!(
        PskIdentity::with_separator(&a_kid, &";".repeat(room + 1)),
        Err(AkmaError::PskIdentityLength { given: 257 })
    );

    assert_eq!(
        PskIdentity::verbatim(&[0xFF; 256]).unwrap().as_bytes(),
        &[0xFF; 256]
    );
    for given in [0, 257] {
        assert_eq!(
            PskIdentity::verbatim(&vec![b'i'; given]),
            Err(AkmaError::PskIdentityLength { given })
        );
    }
}

/// SUPI and A-KID name a subscriber; what prints them cuts them short.
#[test]
fn identifiers_print_shortened() {
    let imsi = Supi::imsi("001010123456789").unwrap();
    assert_eq!(format!("{imsi:?}"), "Supi(imsi 00101..)");
    let nai = Supi::nai("sensor-17@factory.example").unwrap();
    assert_eq!(format!("{nai:?}"), "Supi(nai ..@factory.example..)");
    let a_kid = AKid::from_modem(F1).unwrap();
    assert_eq!(format!("{a_kid:?}"), "AKid(rid0.atidfeedf..)");
    let identity = PskIdentity::new(&a_kid);
    assert_eq!(
        format!("{identity:?}"),
        "PskIdentity(3GPP-AKMArid0.atidfeedf..)"
    );
    let a_tid = ATid::from_octets([0xA5; 32]);
    assert_eq!(format!("{a_tid:?}"), "ATid(a5a5..)");
}

//! Keys and identifiers against `tests/vectors/akma.json`, which an independent script computed from the KDF's definition.

mod common;

use common::{IDENTITY1, KAF1, vector};
use msgin5g_testnet::aanf::{Aanf, AanfError};
use msgin5g_testnet::{AKidForm, HomeNetwork, Subscriber, kdf, text};
use serde_json::Value;

#[test]
fn every_derivation_of_every_vector() {
    let file = vector("akma.json");
    for v in file["vectors"].as_array().unwrap() {
        let input = |name: &str| v["inputs"][name].as_str().unwrap();
        let kausf = text::unhex_exact(input("k_ausf")).unwrap();
        let k_akma = kdf::k_akma(&kausf, input("supi_p1_string")).unwrap();
        let a_tid = kdf::a_tid(&kausf, input("supi_p1_string")).unwrap();
        let ua = text::unhex_exact(input("ua_star_id")).unwrap();
        let k_af = kdf::k_af(&k_akma, input("af_fqdn"), ua).unwrap();
        assert_eq!(text::hex(&k_akma), v["k_akma"]["out"], "{}", v["id"]);
        assert_eq!(text::hex(&a_tid), v["a_tid"]["out"], "{}", v["id"]);
        assert_eq!(text::hex(&k_af), v["k_af"]["out"], "{}", v["id"]);
    }
}

#[test]
fn k_ausf_of_both_authentication_methods() {
    let file = vector("akma.json");
    let upstream = &file["vectors"][0]["upstream"];
    let hex = |name: &str| upstream[name].as_str().unwrap();
    let kausf = kdf::k_ausf_5g_aka(
        &text::unhex_exact(hex("ck")).unwrap(),
        &text::unhex_exact(hex("ik")).unwrap(),
        hex("serving_network_name"),
        &text::unhex_exact(hex("sqn_xor_ak")).unwrap(),
    );
    assert_eq!(text::hex(&kausf.unwrap()), upstream["k_ausf"]);

    let upstream = &file["vectors"][1]["upstream"];
    let emsk = text::unhex_exact(upstream["emsk"].as_str().unwrap()).unwrap();
    assert_eq!(
        text::hex(&kdf::k_ausf_eap_aka_prime(&emsk)),
        upstream["k_ausf"]
    );
}

#[test]
fn an_a_kid_in_each_form() {
    let file = vector("akma.json");
    let forms = [
        (AKidForm::F1, "F1_rid_atid_hex_5gc"),
        (AKidForm::F1a, "F1a_rid_atid_hex_akma5gc"),
        (AKidForm::F2, "F2_bare_concat_hex_5gc"),
        (AKidForm::F3, "F3_dot_b64url_akma5gc"),
    ];
    for v in file["vectors"].as_array().unwrap() {
        let subscriber = subscriber(&v["inputs"]);
        let a_tid = text::unhex_exact(v["a_tid"]["out"].as_str().unwrap()).unwrap();
        for (form, name) in forms {
            assert_eq!(
                subscriber.a_kid(form, &a_tid),
                v["a_kid_candidate_forms"][name],
                "{}",
                v["id"]
            );
        }
    }
    let first = subscriber(&file["vectors"][0]["inputs"]);
    let a_tid = kdf::a_tid(&first.kausf, &first.supi).unwrap();
    let f4 = first.a_kid(AKidForm::F4, &a_tid);
    assert_eq!(f4, format!("{}0@00101", text::hex(&a_tid)));
    assert_eq!(
        format!("3GPP-AKMA{}", first.a_kid(AKidForm::F1, &a_tid)),
        IDENTITY1
    );
}

#[test]
fn the_aanf_keeps_the_latest_key_set_only() {
    const FQDN: &str = "msgin5g.example.com";
    let file = vector("akma.json");
    let subscriber = subscriber(&file["vectors"][0]["inputs"]);
    let mut aanf = Aanf::new(AKidForm::F1, 1000, &[FQDN.to_owned()]);
    let old = aanf.authenticated(&subscriber).unwrap();
    let key = aanf.application_key(&old, FQDN, kdf::UA_TLS13, 5).unwrap();
    assert_eq!(text::hex(&key.k_af), KAF1);
    assert_eq!(
        (key.expires_ms, key.supi.as_str()),
        (1005, "001010000000001")
    );

    // Its life began when it was first given out.
    assert_eq!(
        aanf.application_key(&old, FQDN, kdf::UA_TLS13, 1004)
            .unwrap(),
        key
    );
    let late = aanf.application_key(&old, FQDN, kdf::UA_TLS13, 1005);
    assert_eq!(late.unwrap_err(), AanfError::KafExpired);
    let foreign = aanf.application_key(&old, "af.example.com", kdf::UA_TLS13, 6);
    assert_eq!(foreign.unwrap_err(), AanfError::AfNotAllowed);

    let new = aanf.reauthenticated(&subscriber.supi, [7; 32]).unwrap();
    assert_ne!(new, old);
    let unknown = aanf.application_key(&old, FQDN, kdf::UA_TLS13, 1006);
    assert_eq!(unknown.unwrap_err(), AanfError::UnknownAKid);
    assert!(
        aanf.application_key(&new, FQDN, kdf::UA_TLS13, 1006)
            .is_ok()
    );
    assert!(aanf.forget(&subscriber.supi));
    assert_eq!(aanf.a_kid(&subscriber.supi), None);
}

#[test]
fn subscribers_that_no_network_would_let_in() {
    let bad = [
        ("supi=imsi-001010000000001,kausf=K", "SUPI"),
        ("supi=00101,kausf=K", "SUPI"),
        ("supi=user@,kausf=K", "SUPI"),
        ("supi=001010000000001,kausf=K,rid=12345", "RID"),
        ("supi=001010000000001,kausf=K,rid=", "RID"),
        ("supi=001010000000001,kausf=K,mcc=001,mnc=1", "MNC"),
        ("supi=001010000000001,kausf=K,mcc=001,mnc=01,nid=7", "NID"),
        ("supi=001010000000001,kausf=00", "64 hexadecimal digits"),
        ("supi=001010000000001", "ck= is missing"),
        ("kausf=K", "supi= is missing"),
        ("supi=001010000000001,kausf=K,colour=red", "unknown key"),
    ];
    for (line, expected) in bad {
        let line = line.replace("=K", &format!("={}", "00".repeat(32)));
        let error = line.parse::<Subscriber>().unwrap_err();
        assert!(error.0.contains(expected), "{line}: {error}");
    }
}

fn subscriber(inputs: &Value) -> Subscriber {
    let text_of = |name: &str| inputs[name].as_str().unwrap();
    let kausf = text::unhex_exact(text_of("k_ausf")).unwrap();
    let (mcc, mnc) = (text_of("mcc").to_owned(), text_of("mnc").to_owned());
    Subscriber::new(text_of("supi_p1_string"), kausf)
        .with_rid(text_of("routing_indicator"))
        .with_home(HomeNetwork::Plmn { mcc, mnc })
}

//! The host tool `cargo run --example akma`, called without a process.

use std::ffi::OsString;

use serde_json::Value;

#[path = "../../examples/akma.rs"]
#[allow(dead_code)]
mod tool;

const K_AUSF: &str = "474698caf02cc715db2ec0726510cfee6caa5bb1a649cb01224f2e23af94de1b";

/// The vector akma-01 on a command line, with some options replaced or added.
fn run(changes: &[(&str, &str)]) -> Result<String, (String, u8)> {
    let mut options = vec![
        ("--kausf", K_AUSF),
        ("--supi", "001010000000001"),
        ("--rid", "0"),
        ("--fqdn", "msgin5g.example.com"),
        ("--ua", "0100000007"),
    ];
    for (name, value) in changes {
        match options.iter_mut().find(|(known, _)| known == name) {
            Some(option) => option.1 = value,
            None => options.push((name, value)),
        }
    }
    let words = options.into_iter().flat_map(|(name, value)| [name, value]);
    tool::run(["akma"].into_iter().chain(words).map(OsString::from))
}

fn a_kid(changes: &[(&str, &str)]) -> String {
    let answer: Value = serde_json::from_str(&run(changes).unwrap()).unwrap();
    answer["a_kid"].as_str().unwrap().to_owned()
}

#[test]
fn one_line_for_every_vector() {
    let file: Value = serde_json::from_str(include_str!("../vectors/akma.json")).unwrap();
    for v in file["vectors"].as_array().unwrap() {
        let input = |name: &str| v["inputs"][name].as_str().unwrap();
        let line = run(&[
            ("--kausf", input("k_ausf")),
            ("--supi", input("supi_p1_string")),
            ("--rid", input("routing_indicator")),
            ("--fqdn", input("af_fqdn")),
            ("--ua", input("ua_star_id")),
            ("--mcc", input("mcc")),
            ("--mnc", input("mnc")),
        ])
        .unwrap();
        assert!(!line.contains('\n'));
        let want = serde_json::json!({
            "k_akma": v["k_akma"]["out"],
            "a_tid": v["a_tid"]["out"],
            "a_kid": v["a_kid_candidate_forms"]["F1_rid_atid_hex_5gc"],
            "psk_identity": v["psk_identity_candidate_forms"]["F1_rid_atid_hex_5gc"],
            "k_af": v["k_af"]["out"],
        });
        assert_eq!(serde_json::from_str::<Value>(&line).unwrap(), want);
    }
}

#[test]
fn home_network_by_default_and_by_option() {
    let realm = |changes: &[_]| a_kid(changes).split_once('@').unwrap().1.to_owned();
    assert_eq!(realm(&[]), "5gc.mnc001.mcc001.3gppnetwork.org");
    assert_eq!(
        realm(&[("--supi", "310410123456789")]),
        "5gc.mnc041.mcc310.3gppnetwork.org"
    );
    assert_eq!(realm(&[("--supi", "s@factory.example")]), "factory.example");
    assert_eq!(realm(&[("--realm", "lab.example")]), "lab.example");
    let plmn = [("--mcc", "310"), ("--mnc", "410")];
    assert_eq!(realm(&plmn), "5gc.mnc410.mcc310.3gppnetwork.org");
    let snpn = [plmn[0], plmn[1], ("--nid", "000007ed9d5")];
    assert_eq!(
        realm(&snpn),
        "5gc.nid000007ed9d5.mnc410.mcc310.3gppnetwork.org"
    );
}

#[test]
fn forms() {
    let f4 = a_kid(&[("--form", "F4"), ("--mcc", "001"), ("--mnc", "01")]);
    assert!(f4.ends_with("61b60@00101"), "{f4}");
    assert!(a_kid(&[("--form", "F1a")]).contains("@akma.5gc.mnc001"));
    assert!(a_kid(&[("--form", "f3")]).starts_with("0.pHY_9qVCfFj6"));
}

#[test]
fn bad_input_says_what_was_expected_and_ends_with_2() {
    for (changes, expected) in [
        (&[("--kausf", &K_AUSF[2..])][..], "64 hexadecimal digits"),
        (
            &[("--supi", "imsi-001010000000001")],
            "bare digits of the IMSI",
        ),
        (&[("--rid", "")], "1 to 4 decimal digits"),
        (&[("--rid", "12345")], "1 to 4 decimal digits"),
        (&[("--fqdn", "msgin5g.example.com.")], "no dot at the end"),
        (&[("--fqdn", "192.0.2.1")], "got an IP address"),
        (&[("--ua", "01000000")], "10 hexadecimal digits"),
        (&[("--form", "F9")], "F1, F1a, F2, F3 or F4"),
        (&[("--mcc", "001"), ("--mnc", "1")], "2 or 3 decimal digits"),
        (&[("--mcc", "001")], "--mnc"),
        (&[("--mnc", "01")], "--mcc"),
        (&[("--realm", "a@b")], "realm: expected"),
        (
            &[("--realm", "r"), ("--mcc", "001"), ("--mnc", "01")],
            "cannot be used with",
        ),
        (&[("--unknown", "x")], "--unknown"),
    ] {
        let (message, code) = run(changes).unwrap_err();
        assert_eq!(code, 2, "{changes:?}");
        assert!(message.contains(expected), "{changes:?}: {message}");
    }
    let (message, code) = tool::run(["akma".into()]).unwrap_err();
    assert_eq!(code, 2);
    assert!(message.contains("--kausf <HEX>"), "{message}");
}

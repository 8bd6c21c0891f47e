//! Known answers for AKMA: every vector of `vectors/akma.json`.
//!
//! The file says of itself that its values were computed from the definition
//! of the KDF by an independent script, and that 3GPP publishes none. Two of
//! its chains begin at public values: TS 35.208 test set 1 and RFC 9048 case 1.

use msgin5g::akma::{
    AKid, AKidForm, AfId, HomeNetwork, Kausf, PskIdentity, RoutingIndicator, ServingNetworkName,
    Supi, UaStarId, kdf, kdf_input,
};
use serde_json::Value;

struct Vector(Value);

fn vectors() -> Vec<Vector> {
    list("vectors")
}

fn list(which: &str) -> Vec<Vector> {
    let file: Value = serde_json::from_str(include_str!("../vectors/akma.json")).unwrap();
    let list = file[which].as_array().unwrap();
    list.iter().cloned().map(Vector).collect()
}

impl Vector {
    fn id(&self) -> &str {
        self.text("/id")
    }

    fn text(&self, pointer: &str) -> &str {
        self.0.pointer(pointer).unwrap().as_str().unwrap()
    }

    fn octets(&self, pointer: &str) -> Vec<u8> {
        hex::decode(self.text(pointer)).unwrap()
    }

    fn array<const N: usize>(&self, pointer: &str) -> [u8; N] {
        self.octets(pointer).try_into().unwrap()
    }

    fn k_ausf(&self) -> Kausf {
        Kausf::from_slice(&self.octets("/inputs/k_ausf")).unwrap()
    }

    fn supi(&self) -> Supi<'_> {
        let text = self.text("/inputs/supi_p1_string");
        match self.text("/inputs/supi_type") {
            "imsi" => Supi::imsi(text),
            _ => Supi::nai(text),
        }
        .unwrap()
    }

    fn af_id(&self) -> AfId<'_> {
        let ua = UaStarId::from_slice(&self.octets("/inputs/ua_star_id")).unwrap();
        AfId::new(self.text("/inputs/af_fqdn"), ua).unwrap()
    }

    fn home_network(&self) -> HomeNetwork<'_> {
        HomeNetwork::plmn(self.text("/inputs/mcc"), self.text("/inputs/mnc")).unwrap()
    }

    fn a_kid(&self, form: AKidForm) -> AKid {
        let rid = RoutingIndicator::new(self.text("/inputs/routing_indicator")).unwrap();
        let (_, a_tid) = self.k_ausf().derive(&self.supi());
        AKid::build(form, &rid, &a_tid, &self.home_network()).unwrap()
    }
}

fn hex_of_input(fc: u8, parameters: &[&[u8]]) -> String {
    let mut s = [0; 300];
    let len = kdf_input(fc, parameters, &mut s).unwrap();
    hex::encode(&s[..len])
}

#[test]
fn there_are_twelve_and_ten() {
    assert_eq!((list("vectors").len(), list("negative").len()), (12, 10));
}

#[test]
fn keys_of_all_vectors() {
    for v in vectors() {
        let (k_akma, a_tid) = v.k_ausf().derive(&v.supi());
        let k_af = k_akma.k_af(&v.af_id());
        let got = [
            hex::encode(k_akma.as_octets()),
            hex::encode(a_tid.as_octets()),
            hex::encode(k_af.as_octets()),
        ];
        let want = ["/k_akma/out", "/a_tid/out", "/k_af/out"].map(|at| v.text(at));
        assert_eq!(got, want, "{}", v.id());
    }
}

#[test]
fn input_strings_of_all_vectors() {
    for v in vectors() {
        let (supi, af_id) = (v.supi(), v.af_id().octets());
        let supi = supi.as_str().as_bytes();
        assert_eq!(hex::encode(supi), v.text("/inputs/supi_p1_hex"));
        assert_eq!(hex::encode(&af_id), v.text("/k_af/af_id"), "{}", v.id());

        let k_ausf = v.k_ausf();
        let (k_akma, a_tid) = k_ausf.derive(&v.supi());
        let k_af = k_akma.k_af(&v.af_id());
        // The S that `kdf_input` writes is the vector's, and the key derivation
        // that takes the same parameters gives the key of the typed path.
        for (name, key, fc, parameters, typed) in [
            (
                "k_akma",
                k_ausf.as_octets(),
                0x80,
                &[b"AKMA", supi][..],
                k_akma.as_octets(),
            ),
            (
                "a_tid",
                k_ausf.as_octets(),
                0x81,
                &[b"A-TID", supi],
                a_tid.as_octets(),
            ),
            (
                "k_af",
                k_akma.as_octets(),
                0x82,
                &[&af_id],
                k_af.as_octets(),
            ),
        ] {
            let s = hex_of_input(fc, parameters);
            assert_eq!(s, v.text(&format!("/{name}/S")), "{} {name}", v.id());
            let generic = kdf(key, fc, parameters).unwrap();
            assert_eq!(generic.as_octets(), typed, "{} {name}", v.id());
        }
    }
}

#[test]
fn upstream_5g_aka() {
    let v = &vectors()[0];
    assert_eq!(v.text("/upstream/method"), "5G AKA");
    let name = v.text("/upstream/serving_network_name");
    let serving = ServingNetworkName::plmn("001", "01").unwrap();
    assert_eq!(serving.as_str(), name);
    assert_eq!(ServingNetworkName::parse(name), Ok(serving.clone()));

    let sqn_xor_ak = v.array("/upstream/sqn_xor_ak");
    let k_ausf = Kausf::from_5g_aka(
        &v.array("/upstream/ck"),
        &v.array("/upstream/ik"),
        &serving,
        &sqn_xor_ak,
    );
    assert_eq!(k_ausf, v.k_ausf());
    assert_eq!(
        hex_of_input(0x6A, &[name.as_bytes(), &sqn_xor_ak]),
        v.text("/upstream/k_ausf_S")
    );
}

#[test]
fn upstream_eap_aka_prime() {
    let v = &vectors()[1];
    assert_eq!(v.text("/upstream/method"), "EAP-AKA'");
    let k_ausf = Kausf::from_eap_aka_prime(&v.octets("/upstream/emsk")).unwrap();
    assert_eq!(k_ausf, v.k_ausf());
}

#[test]
fn a_kid_and_psk_identity_in_every_form() {
    for v in vectors() {
        assert_eq!(v.home_network().to_string(), v.text("/home_network_realm"));
        for (form, key) in [
            (AKidForm::F1, "F1_rid_atid_hex_5gc"),
            (AKidForm::F1a, "F1a_rid_atid_hex_akma5gc"),
            (AKidForm::F2, "F2_bare_concat_hex_5gc"),
            (AKidForm::F3, "F3_dot_b64url_akma5gc"),
        ] {
            let a_kid = v.a_kid(form);
            let want = v.text(&format!("/a_kid_candidate_forms/{key}"));
            assert_eq!(a_kid.as_str(), want, "{} {form:?}", v.id());
            assert_eq!(AKid::from_modem(want), Ok(a_kid.clone()));
            assert_eq!(
                PskIdentity::new(&a_kid).as_str().unwrap(),
                v.text(&format!("/psk_identity_candidate_forms/{key}")),
            );
        }
        // The file has no F4: <64 hex digits><RID>@<MCC><MNC>.
        let f4 = format!(
            "{}{}@{}{}",
            v.text("/a_tid/out"),
            v.text("/inputs/routing_indicator"),
            v.text("/inputs/mcc"),
            v.text("/inputs/mnc"),
        );
        assert_eq!(v.a_kid(AKidForm::F4).as_str(), f4);
    }
}

/// Each negative vector is a mistake that others have made. Each is repeated
/// here by hand, to show that it is the mistake we think of, and then tried
/// through the typed interface, which must refuse it or give another key.
mod negative {
    use super::*;
    use msgin5g::akma::AkmaError;

    const IMSI: &str = "001010000000001";
    const FQDN: &str = "msgin5g.example.com";

    fn wrong_output(id: &str) -> String {
        let all = list("negative");
        let found = all.iter().find(|v| v.id() == id).unwrap();
        assert_eq!(found.text("/differs_from"), "akma-01");
        found.text("/wrong_output").to_owned()
    }

    fn hex_of_kdf(key: &[u8; 32], fc: u8, parameters: &[&[u8]]) -> String {
        hex::encode(kdf(key, fc, parameters).unwrap().as_octets())
    }

    /// HMAC over an input string that our KDF would never build.
    fn hex_of_hmac(key: &[u8], s: &[u8]) -> String {
        use hmac::Mac;
        let mut mac = hmac::Hmac::<sha2::Sha256>::new_from_slice(key).unwrap();
        mac.update(s);
        hex::encode(mac.finalize().into_bytes())
    }

    fn k_ausf() -> Kausf {
        vectors()[0].k_ausf()
    }

    fn k_akma() -> msgin5g::akma::Kakma {
        k_ausf().derive(&Supi::imsi(IMSI).unwrap()).0
    }

    #[test]
    fn no_wrong_output_is_among_the_right_ones() {
        let wrong: Vec<_> = list("negative")
            .iter()
            .map(|v| v.text("/wrong_output").to_owned())
            .collect();
        for v in vectors() {
            let (k_akma, a_tid) = v.k_ausf().derive(&v.supi());
            let k_af = k_akma.k_af(&v.af_id());
            for right in [k_akma.as_octets(), a_tid.as_octets(), k_af.as_octets()] {
                assert!(!wrong.contains(&hex::encode(right)), "{}", v.id());
            }
        }
    }

    #[test]
    fn neg_01_imsi_prefix_is_refused() {
        let text = "imsi-001010000000001";
        assert_eq!(
            hex_of_kdf(k_ausf().as_octets(), 0x80, &[b"AKMA", text.as_bytes()]),
            wrong_output("neg-01")
        );
        assert_eq!(Supi::imsi(text), Err(AkmaError::SupiPrefix));
        assert_eq!(Supi::nai(text), Err(AkmaError::SupiPrefix));
        assert_eq!(Supi::parse(text), Err(AkmaError::SupiPrefix));
        assert_eq!(Supi::nai_verbatim(text), Err(AkmaError::Nai));
    }

    #[test]
    fn neg_02_lengths_have_two_octets() {
        let mut s = b"\x80AKMA\x04".to_vec();
        s.extend(IMSI.as_bytes());
        s.push(15);
        let wrong = wrong_output("neg-02");
        assert_eq!(hex_of_hmac(k_ausf().as_octets(), &s), wrong);
        assert_ne!(hex::encode(k_akma().as_octets()), wrong);
    }

    #[test]
    fn neg_03_bcd_is_refused() {
        let bcd = [0x00, 0x01, 0x01, 0x00, 0x00, 0x00, 0x00, 0xF1];
        assert_eq!(
            hex_of_kdf(k_ausf().as_octets(), 0x80, &[b"AKMA", &bcd]),
            wrong_output("neg-03")
        );
        // With the filler it is no text at all; without, no digits.
        let even = std::str::from_utf8(&bcd[..7]).unwrap();
        assert_eq!(Supi::imsi(even), Err(AkmaError::Imsi));
    }

    #[test]
    fn neg_04_function_code_is_ours() {
        let wrong = wrong_output("neg-04");
        assert_eq!(
            hex_of_kdf(k_ausf().as_octets(), 0x6A, &[IMSI.as_bytes()]),
            wrong
        );
        assert_ne!(hex::encode(k_akma().as_octets()), wrong);
    }

    #[test]
    fn neg_05_ua_star_id_as_text_is_refused() {
        let af_id = format!("{FQDN}0100000007");
        assert_eq!(
            hex_of_kdf(k_akma().as_octets(), 0x82, &[af_id.as_bytes()]),
            wrong_output("neg-05")
        );
        assert_eq!(
            UaStarId::from_slice(b"0100000007"),
            Err(AkmaError::UaStarIdIsHexText)
        );
        assert_eq!(UaStarId::from_hex("0100000007"), Ok(UaStarId::TLS13));
    }

    #[test]
    fn neg_06_four_octets_of_ua_star_id_are_refused() {
        let cut = [0x01, 0x00, 0x00, 0x00];
        let af_id = [FQDN.as_bytes(), &cut].concat();
        assert_eq!(
            hex_of_kdf(k_akma().as_octets(), 0x82, &[&af_id]),
            wrong_output("neg-06")
        );
        assert_eq!(
            UaStarId::from_slice(&cut),
            Err(AkmaError::UaStarIdLength { given: 4 })
        );
        assert_eq!(
            UaStarId::from_hex("01000000"),
            Err(AkmaError::UaStarIdHexDigits)
        );
    }

    #[test]
    fn neg_07_af_id_is_one_parameter() {
        let wrong = wrong_output("neg-07");
        let ua = UaStarId::TLS13;
        assert_eq!(
            hex_of_kdf(
                k_akma().as_octets(),
                0x82,
                &[FQDN.as_bytes(), ua.as_octets()]
            ),
            wrong
        );
        let k_af = k_akma().k_af(&AfId::new(FQDN, ua).unwrap());
        assert_ne!(hex::encode(k_af.as_octets()), wrong);
    }

    #[test]
    fn neg_08_trailing_dot_is_refused() {
        let af_id = [
            b"msgin5g.example.com.".as_slice(),
            UaStarId::TLS13.as_octets(),
        ]
        .concat();
        assert_eq!(
            hex_of_kdf(k_akma().as_octets(), 0x82, &[&af_id]),
            wrong_output("neg-08")
        );
        assert_eq!(
            AfId::new("msgin5g.example.com.", UaStarId::TLS13),
            Err(AkmaError::FqdnTrailingDot)
        );
    }

    #[test]
    fn neg_09_k_af_comes_from_k_akma() {
        // `Kausf` has no method for it; see the doc test of `Kakma::k_af`.
        let af_id = AfId::new(FQDN, UaStarId::TLS13).unwrap();
        let wrong = wrong_output("neg-09");
        assert_eq!(
            hex_of_kdf(k_ausf().as_octets(), 0x82, &[&af_id.octets()]),
            wrong
        );
        assert_ne!(hex::encode(k_akma().k_af(&af_id).as_octets()), wrong);
    }

    #[test]
    fn neg_10_two_digit_mnc_is_padded_or_refused() {
        let v = &vectors()[0];
        let name = "5G:mnc01.mcc001.3gppnetwork.org";
        let ck_ik = [v.octets("/upstream/ck"), v.octets("/upstream/ik")].concat();
        let sqn_xor_ak: [u8; 6] = v.array("/upstream/sqn_xor_ak");
        assert_eq!(
            hex_of_kdf(
                &ck_ik.try_into().unwrap(),
                0x6A,
                &[name.as_bytes(), &sqn_xor_ak]
            ),
            wrong_output("neg-10")
        );
        assert_eq!(
            ServingNetworkName::parse(name),
            Err(AkmaError::ServingNetworkName)
        );
        let padded = ServingNetworkName::plmn("001", "01").unwrap();
        assert_eq!(padded.as_str(), "5G:mnc001.mcc001.3gppnetwork.org");
    }
}

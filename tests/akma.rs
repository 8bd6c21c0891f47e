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
    let file: Value = serde_json::from_str(include_str!("vectors/akma.json")).unwrap();
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

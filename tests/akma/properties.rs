//! What must hold for any input of the AKMA types. A failing case is printed
//! with its seed and shrunk.

use hmac::Mac;
use msgin5g::akma::*;
use proptest::collection::vec;
use proptest::prelude::*;

/// S of TS 33.220 B.2, written the plain way.
fn input_string(fc: u8, parameters: &[Vec<u8>]) -> Vec<u8> {
    let mut s = vec![fc];
    for parameter in parameters {
        s.extend_from_slice(parameter);
        s.push((parameter.len() >> 8) as u8);
        s.push((parameter.len() & 0xFF) as u8);
    }
    s
}

fn hmac_sha256(key: &[u8], s: &[u8]) -> [u8; 32] {
    let mut mac = hmac::Hmac::<sha2::Sha256>::new_from_slice(key).unwrap();
    mac.update(s);
    mac.finalize().into_bytes().into()
}

fn decode_base64url(text: &str) -> Vec<u8> {
    let alphabet = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    let mut bits = String::new();
    for digit in text.bytes() {
        let value = alphabet.iter().position(|known| *known == digit).unwrap();
        bits.push_str(&format!("{value:06b}"));
    }
    let whole = bits.len() / 8 * 8;
    assert!(bits[whole..].bytes().all(|bit| bit == b'0'));
    bits.as_bytes()[..whole]
        .chunks(8)
        .map(|octet| u8::from_str_radix(std::str::from_utf8(octet).unwrap(), 2).unwrap())
        .collect()
}

fn any_form() -> impl Strategy<Value = AKidForm> {
    prop::sample::select(vec![
        AKidForm::F1,
        AKidForm::F1a,
        AKidForm::F2,
        AKidForm::F3,
        AKidForm::F4,
    ])
}

proptest! {
    #[test]
    fn kdf_is_hmac_of_s(
        key in any::<[u8; 32]>(),
        fc in any::<u8>(),
        parameters in vec(vec(any::<u8>(), 0..700), 0..4),
    ) {
        let s = input_string(fc, &parameters);
        let slices: Vec<&[u8]> = parameters.iter().map(Vec::as_slice).collect();
        prop_assert_eq!(*kdf(&key, fc, &slices).unwrap().as_octets(), hmac_sha256(&key, &s));

        let mut out = vec![0; s.len()];
        prop_assert_eq!(kdf_input(fc, &slices, &mut out), Ok(s.len()));
        prop_assert_eq!(&out, &s);
        let needed = s.len();
        prop_assert_eq!(
            kdf_input(fc, &slices, &mut out[..needed - 1]),
            Err(AkmaError::BufferTooSmall { needed })
        );
    }

    /// AF_ID beyond 255 octets uses both octets of L0.
    #[test]
    fn k_af_for_names_of_any_length(
        key in any::<[u8; 32]>(),
        fqdn in "[a-z]{1,60}(\\.[a-z]{1,60}){0,3}",
        ua in any::<[u8; 5]>(),
    ) {
        let af_id = AfId::new(&fqdn, UaStarId::custom(ua)).unwrap();
        let whole = [fqdn.as_bytes(), &ua].concat();
        prop_assert_eq!(af_id.octets().to_vec(), whole.clone());
        let s = input_string(0x82, &[whole]);
        let k_af = Kakma::from_octets(key).k_af(&af_id);
        prop_assert_eq!(*k_af.as_octets(), hmac_sha256(&key, &s));
    }

    #[test]
    fn shared_state_changes_nothing(key in any::<[u8; 32]>(), imsi in "[0-9]{6,15}") {
        let (k_akma, a_tid) = Kausf::from_octets(key).derive(&Supi::imsi(&imsi).unwrap());
        let imsi = imsi.into_bytes();
        let of = |fc, label: &[u8]| {
            hmac_sha256(&key, &input_string(fc, &[label.to_vec(), imsi.clone()]))
        };
        prop_assert_eq!(*k_akma.as_octets(), of(0x80, b"AKMA"));
        prop_assert_eq!(*a_tid.as_octets(), of(0x81, b"A-TID"));
    }

    #[test]
    fn k_ausf_of_5g_aka(
        ck in any::<[u8; 16]>(),
        ik in any::<[u8; 16]>(),
        sqn_xor_ak in any::<[u8; 6]>(),
        mcc in "[0-9]{3}",
        mnc in "[0-9]{2,3}",
    ) {
        let name = format!("5G:mnc{mnc:0>3}.mcc{mcc}.3gppnetwork.org");
        let serving = ServingNetworkName::plmn(&mcc, &mnc).unwrap();
        prop_assert_eq!(serving.as_str(), name.as_str());
        let s = input_string(0x6A, &[name.into_bytes(), sqn_xor_ak.to_vec()]);
        let k_ausf = Kausf::from_5g_aka(&ck, &ik, &serving, &sqn_xor_ak);
        prop_assert_eq!(*k_ausf.as_octets(), hmac_sha256(&[ck, ik].concat(), &s));
    }

    #[test]
    fn keys_are_equal_as_their_octets_are(a in any::<[u8; 32]>(), at in 0_usize..32, by in any::<u8>()) {
        let mut b = a;
        b[at] ^= by;
        prop_assert_eq!(Kaf::from_octets(a) == Kaf::from_octets(b), by == 0);
        prop_assert_eq!(Kaf::from_slice(&a).unwrap(), Kaf::from_hex(&hex::encode(a)).unwrap());
        prop_assert_eq!(Kaf::from_slice(hex::encode(a).as_bytes()), Err(AkmaError::KeyIsHexText));
    }

    /// Whatever holds a key prints without a trace of it.
    #[test]
    fn debug_never_shows_a_key(octets in any::<[u8; 32]>()) {
        let context = |key| AkmaContext { a_kid: AKid::from_modem("u@r").unwrap(), key };
        let source = KausfSource::new(
            Supi::imsi("001010000000001").unwrap(),
            RoutingIndicator::default(),
            HomeNetwork::plmn("001", "01").unwrap(),
        )
        .with_k_ausf(Kausf::from_octets(octets));
        for printed in [
            format!("{:?}", Kausf::from_octets(octets)),
            format!("{:#?}", Kakma::from_octets(octets)),
            format!("{:x?}", context(AkmaKey::Kakma(Kakma::from_octets(octets)))),
            format!("{:?}", context(AkmaKey::Kaf(Kaf::from_octets(octets)))),
            format!("{:?}", KdfOutput::from_octets(octets)),
            format!("{source:?}"),
        ] {
            prop_assert!(printed.contains("(..)"), "{}", printed);
            for window in octets.windows(3) {
                prop_assert!(!printed.contains(&hex::encode(window)), "{}", printed);
                let decimal = format!("{}, {}, {}", window[0], window[1], window[2]);
                prop_assert!(!printed.contains(&decimal), "{}", printed);
            }
        }
    }

    #[test]
    fn wrong_lengths_are_refused(octets in vec(any::<u8>(), 0..200)) {
        prop_assert_eq!(Kakma::from_slice(&octets).is_ok(), octets.len() == 32);
        prop_assert_eq!(Kausf::from_eap_aka_prime(&octets).is_ok(), octets.len() == 64);
        prop_assert_eq!(UaStarId::from_slice(&octets).is_ok(), octets.len() == 5);
    }

    #[test]
    fn realms(mcc in "[0-9]{3}", mnc in "[0-9]{2,3}", nid in "[0-9a-fA-F]{11}") {
        let tail = format!("mnc{mnc:0>3}.mcc{mcc}.3gppnetwork.org");
        prop_assert_eq!(
            HomeNetwork::plmn(&mcc, &mnc).unwrap().to_string(),
            format!("5gc.{tail}")
        );
        prop_assert_eq!(
            HomeNetwork::snpn(&mcc, &mnc, &nid).unwrap().to_string(),
            format!("5gc.nid{}.{tail}", nid.to_lowercase())
        );
    }

    #[test]
    fn a_kids(
        rid in "[0-9]{1,4}",
        a_tid in any::<[u8; 32]>(),
        form in any_form(),
        mcc in "[0-9]{3}",
        mnc in "[0-9]{2,3}",
    ) {
        let home = HomeNetwork::plmn(&mcc, &mnc).unwrap();
        let a_kid = AKid::build(
            form,
            &RoutingIndicator::new(&rid).unwrap(),
            &ATid::from_octets(a_tid),
            &home,
        )
        .unwrap();
        let digits = hex::encode(a_tid);
        let text = a_kid.as_str();
        let (user, realm) = text.split_once('@').unwrap();
        prop_assert_eq!(realm, a_kid.realm());
        let realm = realm.to_owned();
        match form {
            AKidForm::F1 | AKidForm::F1a => prop_assert_eq!(user, format!("rid{rid}.atid{digits}")),
            AKidForm::F2 => prop_assert_eq!(user, format!("{rid}{digits}")),
            AKidForm::F3 => {
                let (front, back) = user.split_once('.').unwrap();
                prop_assert_eq!(front, &rid);
                prop_assert_eq!(back.len(), 43);
                prop_assert_eq!(decode_base64url(back), a_tid.to_vec());
            }
            AKidForm::F4 => prop_assert_eq!(user, format!("{digits}{rid}")),
        }
        match form {
            AKidForm::F1 | AKidForm::F2 => prop_assert_eq!(realm, home.to_string()),
            AKidForm::F1a | AKidForm::F3 => prop_assert_eq!(realm, format!("akma.{home}")),
            AKidForm::F4 => prop_assert_eq!(realm, format!("{mcc}{mnc}")),
        }
        // What we build, we also take from a modem, and it fits an identity.
        prop_assert_eq!(AKid::from_modem(text), Ok(a_kid.clone()));
        let identity = format!("3GPP-AKMA{text}");
        prop_assert_eq!(PskIdentity::new(&a_kid).as_bytes().to_vec(), identity.into_bytes());
    }

    /// Any text at all: an answer, and what is accepted comes out unchanged.
    #[test]
    fn any_text_is_taken_whole_or_refused(text in "\\PC{0,300}|[ -~\\r\\n]{0,20}|[0-9a-zA-Z.:@-]{0,30}") {
        if let Ok(supi) = Supi::parse(&text) {
            prop_assert_eq!(supi.as_str(), &text);
            let is_imsi = text.bytes().all(|octet| octet.is_ascii_digit());
            prop_assert_eq!(supi.is_imsi(), is_imsi);
            prop_assert!(supi.home_network(MncLength::Three).is_ok());
        }
        if let Ok(rid) = RoutingIndicator::new(&text) {
            prop_assert_eq!(rid.as_str(), &text);
            prop_assert!(text.parse::<u16>().is_ok_and(|value| value <= 9999));
        }
        if let Ok(af_id) = AfId::new(&text, UaStarId::TLS13) {
            prop_assert_eq!(af_id.fqdn(), &text);
            prop_assert!(text.is_ascii() && text.len() <= 253 && !text.contains(".."));
        }
        if let Ok(a_kid) = AKid::from_modem(&text) {
            prop_assert_eq!(a_kid.as_str(), &text);
            prop_assert!(text.ends_with(a_kid.realm()));
        }
        if let Ok(home) = HomeNetwork::verbatim(&text) {
            prop_assert_eq!(home.to_string(), text.clone());
        }
        if let Ok(name) = ServingNetworkName::parse(&text) {
            prop_assert_eq!(name.as_str(), &text);
        }
        let _ = Kausf::from_hex(&text);
        let _ = text.parse::<AKidForm>();
    }
}

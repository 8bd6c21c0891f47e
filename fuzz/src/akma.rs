//! Texts and octets from a modem, an operator's form or a command line.

use msgin5g::akma::{
    AKid, AKidForm, ATid, AfId, HomeNetwork, Kaf, Kausf, MncLength, PskIdentity, RoutingIndicator,
    ServingNetworkName, Supi, UaStarId,
};

/// The same text for every parser; a line each where one takes several.
pub fn akma(data: &[u8]) {
    let _ = (
        Kausf::from_slice(data),
        Kausf::from_eap_aka_prime(data),
        UaStarId::from_slice(data),
    );
    if let Ok(identity) = PskIdentity::verbatim(data) {
        assert_eq!(identity.as_bytes(), data);
    }
    let Ok(text) = std::str::from_utf8(data) else {
        return;
    };
    let lines: Vec<&str> = text.splitn(3, '\n').collect();
    let line = |n: usize| lines.get(n).copied().unwrap_or_default();

    if let Ok(supi) = Supi::parse(text) {
        assert_eq!(supi.as_str(), text);
        for length in [MncLength::Two, MncLength::Three] {
            if let Ok(home) = supi.home_network(length) {
                in_every_form(&home);
            }
        }
        let (k_akma, a_tid) = Kausf::from_octets([7; 32]).derive(&supi);
        let _ = (format!("{supi:?}{k_akma:?}"), a_tid);
    }
    let _ = Supi::nai_verbatim(text);
    if let Ok(a_kid) = AKid::from_modem(text) {
        assert_eq!(a_kid.as_str(), text);
        assert!(text.ends_with(a_kid.realm()) && !a_kid.realm().is_empty());
        let identity = PskIdentity::new(&a_kid);
        assert!(identity.as_bytes().ends_with(text.as_bytes()));
        let _ = PskIdentity::with_separator(&a_kid, line(1));
    }
    if let Ok(name) = ServingNetworkName::parse(text) {
        assert_eq!(name.as_str(), text);
    }
    let _ = ServingNetworkName::snpn(line(0), line(1), line(2));
    if let Ok(af_id) = AfId::new(text, UaStarId::TLS13) {
        assert_eq!(af_id.fqdn(), text);
        assert_eq!(
            af_id.octets()[..],
            [text.as_bytes(), UaStarId::TLS13.as_octets()].concat()
        );
    }
    let networks = [
        HomeNetwork::plmn(line(0), line(1)),
        HomeNetwork::snpn(line(0), line(1), line(2)),
        HomeNetwork::verbatim(text),
    ];
    networks.iter().flatten().for_each(in_every_form);
    if let Ok(rid) = RoutingIndicator::new(text) {
        assert_eq!(rid.as_str(), text);
    }
    if let Ok(key) = Kaf::from_hex(text) {
        let digits: String = key
            .as_octets()
            .iter()
            .map(|octet| format!("{octet:02x}"))
            .collect();
        assert_eq!(digits, text.to_ascii_lowercase());
    }
    if let Ok(id) = UaStarId::from_hex(text) {
        let digits: String = id
            .as_octets()
            .iter()
            .map(|octet| format!("{octet:02x}"))
            .collect();
        assert_eq!(digits, text.to_ascii_lowercase());
    }
    let _ = text.parse::<AKidForm>();
}

/// What is built is never longer than it says, and a modem could have said it.
fn in_every_form(home: &HomeNetwork<'_>) {
    let rid = RoutingIndicator::new("0").unwrap();
    for form in ["F1", "F1a", "F2", "F3", "F4"] {
        let form: AKidForm = form.parse().unwrap();
        if let Ok(a_kid) = AKid::build(form, &rid, &ATid::from_octets([9; 32]), home) {
            assert_eq!(AKid::from_modem(a_kid.as_str()).as_ref(), Ok(&a_kid));
        }
    }
}

//! Handshakes and registrations that must fail, and how each one shows on both sides.

mod common;

use common::*;
use msgin5g_testnet::aanf::AanfError;
use msgin5g_testnet::{Event, EventKind, Faults, Refusal, TestNet};
use serde_json::json;

/// The alert that OpenSSL's client reports, as text.
fn refused(net: &TestNet, sni: &str, identity: &str, key: &[u8]) -> String {
    Ue::tls_with(net, sni, identity, key)
        .err()
        .expect("the handshake must fail")
}

fn reason(net: &TestNet) -> Refusal {
    let event = net
        .wait_for(|e| matches!(e.kind, EventKind::SessionRefused { .. }))
        .unwrap();
    match event.kind {
        EventKind::SessionRefused { reason, .. } => reason,
        other => panic!("{other:?}"),
    }
}

#[test]
fn an_unknown_a_kid() {
    let net = network(|_| {});
    let (identity, key) = credentials(&net, &subscriber1());
    let error = refused(&net, FQDN, &identity.replace("rid0", "rid9"), &key);
    assert!(error.contains("handshake failure"), "{error}");
    assert_eq!(reason(&net), Refusal::Aanf(AanfError::UnknownAKid));
}

#[test]
fn a_wrong_k_af() {
    let net = network(|_| {});
    let (identity, mut key) = credentials(&net, &subscriber1());
    key[31] ^= 0x80;
    let error = refused(&net, FQDN, &identity, &key);
    assert!(error.contains("illegal parameter"), "{error}");
    assert_eq!(reason(&net), Refusal::WrongKey);
}

#[test]
fn the_key_of_another_subscriber() {
    let net = network(|_| {});
    let (identity, _) = credentials(&net, &subscriber1());
    let (_, key) = credentials(&net, &subscriber2());
    refused(&net, FQDN, &identity, &key);
    assert_eq!(reason(&net), Refusal::WrongKey);
}

#[test]
fn an_identity_that_is_not_of_akma() {
    let net = network(|_| {});
    let (identity, key) = credentials(&net, &subscriber1());
    refused(&net, FQDN, identity.trim_start_matches("3GPP-AKMA"), &key);
    assert_eq!(reason(&net), Refusal::NotAkma);
}

#[test]
fn a_server_name_that_is_no_af_or_is_missing() {
    let net = network(|_| {});
    let (identity, key) = credentials(&net, &subscriber1());
    let error = refused(&net, "other.example.com", &identity, &key);
    assert!(error.contains("unrecognized name"), "{error}");
    assert_eq!(
        reason(&net),
        Refusal::ServerName(Some("other.example.com".to_owned()))
    );

    let net = network(|_| {});
    refused(&net, "", &identity, &key);
    assert_eq!(reason(&net), Refusal::ServerName(None));
}

#[test]
fn a_second_name_has_a_k_af_of_its_own() {
    let net = network(|config| config.fqdns.push("af2.example.com".to_owned()));
    let (identity, key) = credentials(&net, &subscriber1());
    refused(&net, "af2.example.com", &identity, &key);
    assert_eq!(reason(&net), Refusal::WrongKey);
    assert!(Ue::tls_with(&net, FQDN, &identity, &key).is_ok());
}

#[test]
fn a_foreign_ue_service_id() {
    let net = network(|_| {});
    let mut ue = Ue::tls(&net, &subscriber1());
    let answer = ue.register(UE2);
    assert_eq!(answer.code, "4.03");
    let expected = json!({
        "UE Service ID": UE2,
        "Registration result": "failure",
        "Failure Cause": "UE Service ID not associated with authenticated UE"
    });
    assert_eq!(answer.json(), expected);
    assert!(!net.registered(UE2));
    assert_eq!(net.counters().refused_registrations, 1);
    // The session goes on, and the right name is taken.
    assert_eq!(ue.register(UE1).code, "2.01");
}

#[test]
fn a_server_that_ignores_the_psk() {
    let net = network(|config| config.tls.certificate_fallback = true);
    net.set_faults(Faults {
        ignore_psk: 1,
        ..Faults::default()
    });
    let mut ue = Ue::tls(&net, &subscriber1());
    let opened = |e: &Event| {
        matches!(
            &e.kind,
            EventKind::SessionOpened {
                supi: None,
                cipher: Some(_),
                ..
            }
        )
    };
    net.wait_for(opened).unwrap();
    // Nothing is proven, so nothing is served.
    assert_eq!(ue.register(UE1).code, "4.01");
    // The fault is spent.
    assert_eq!(Ue::tls(&net, &subscriber1()).register(UE1).code, "2.01");
}

#[test]
fn a_certificate_for_an_unknown_identity() {
    let net = network(|config| config.tls.certificate_fallback = true);
    let (identity, key) = credentials(&net, &subscriber1());
    let mut ue = Ue::tls_with(&net, FQDN, &identity.replace("rid0", "rid9"), &key).unwrap();
    assert_eq!(ue.register(UE1).code, "4.01");
}

#[test]
fn a_network_with_another_key_than_the_ue() {
    let net = network(|_| {});
    net.set_faults(Faults {
        wrong_key: 1,
        ..Faults::default()
    });
    let (identity, key) = credentials(&net, &subscriber1());
    let error = refused(&net, FQDN, &identity, &key);
    assert!(error.contains("illegal parameter"), "{error}");
    assert!(Ue::tls_with(&net, FQDN, &identity, &key).is_ok());
}

#[test]
fn a_new_primary_authentication_makes_the_old_key_unknown() {
    let net = network(|_| {});
    let (identity, key) = credentials(&net, &subscriber1());
    let mut live = Ue::tls_with(&net, FQDN, &identity, &key).unwrap();
    assert_eq!(live.register(UE1).code, "2.01");

    net.reauthenticate(SUPI1, [9; 32]).unwrap();
    refused(&net, FQDN, &identity, &key);
    assert_eq!(reason(&net), Refusal::Aanf(AanfError::UnknownAKid));
    // A session on the old key may go on.
    assert_eq!(live.register(UE1).code, "2.01");

    let mut subscriber = subscriber1();
    subscriber.kausf = [9; 32];
    assert_eq!(Ue::tls(&net, &subscriber).register(UE1).code, "2.01");
    assert_eq!(net.reauthenticate("999999999999999", [9; 32]), None);
}

#[test]
fn an_expired_k_af_needs_a_new_primary_authentication() {
    let net = network(|_| {});
    let (identity, key) = credentials(&net, &subscriber1());
    let mut live = Ue::tls_with(&net, FQDN, &identity, &key).unwrap();
    assert_eq!(live.register(UE1).code, "2.01");
    net.expire(SUPI1);
    assert_eq!(live.register(UE1).code, "4.01");
    refused(&net, FQDN, &identity, &key);
    assert_eq!(reason(&net), Refusal::Aanf(AanfError::KafExpired));
    // The other subscriber is not touched.
    assert_eq!(Ue::tls(&net, &subscriber2()).register(UE2).code, "2.01");

    net.reauthenticate(SUPI1, [9; 32]).unwrap();
    let mut subscriber = subscriber1();
    subscriber.kausf = [9; 32];
    assert_eq!(Ue::tls(&net, &subscriber).register(UE1).code, "2.01");
}

#[test]
fn a_forgotten_context() {
    let net = network(|_| {});
    let (identity, key) = credentials(&net, &subscriber1());
    net.forget(SUPI1);
    refused(&net, FQDN, &identity, &key);
    assert_eq!(reason(&net), Refusal::Aanf(AanfError::UnknownAKid));
    // The same key set comes back with the next primary authentication that gives the same K_AUSF.
    net.add_subscriber(subscriber1()).unwrap();
    assert!(Ue::tls_with(&net, FQDN, &identity, &key).is_ok());
}

#[test]
fn octets_that_are_no_tls() {
    let net = network(|_| {});
    for junk in [
        &b"GET / HTTP/1.1\r\n\r\n"[..],
        &[0x16, 3, 3, 0, 4, 2, 0, 0, 0],
        &[0x15, 3, 3, 0, 2, 2, 40],
    ] {
        let mut ue = Ue::bare_tls(&net);
        let from = net.position();
        ue.raw(junk);
        net.wait_for_after(from, |e| matches!(e.kind, EventKind::SessionRefused { .. }))
            .unwrap();
    }
    // A client that goes in the middle of its ClientHello.
    let mut ue = Ue::bare_tls(&net);
    let from = net.position();
    ue.raw(&[0x16, 3, 1, 1, 0, 1, 0]);
    drop(ue);
    net.wait_for_after(from, |e| matches!(e.kind, EventKind::SessionClosed { .. }))
        .unwrap();
    assert!(Ue::tls(&net, &subscriber1()).register(UE1).code == "2.01");
}

#[test]
fn alpn_may_be_demanded() {
    let net = network(|config| config.tls.require_alpn = true);
    let (identity, key) = credentials(&net, &subscriber1());
    assert!(Ue::tls_with(&net, FQDN, &identity, &key).is_ok());
    let error = Ue::tls_alpn(&net, FQDN, &identity, &key, b"")
        .err()
        .unwrap();
    assert!(error.contains("no application protocol"), "{error}");
    let error = Ue::tls_alpn(&net, FQDN, &identity, &key, b"\x02h2")
        .err()
        .unwrap();
    assert!(error.contains("no application protocol"), "{error}");
}

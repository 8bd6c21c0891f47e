//! Two UEs through the wire: REG, MSG, IMDN, DEREG.

mod common;

use common::*;
use msgin5g_testnet::EventKind;
use serde_json::json;

const ID: &str = "3f0c1d52-7a44-4e0b-9c61-1f2a5b6c7d01";

#[test]
fn a_message_and_its_report_between_two_ues() {
    let net = network(|_| {});
    let mut ue1 = Ue::tls(&net, &subscriber1());
    let mut ue2 = Ue::tls(&net, &subscriber2());

    let answer = ue1.register(UE1);
    assert_eq!(answer.code, "2.01");
    assert_eq!(
        answer.json(),
        json!({"UE Service ID": UE1, "Registration result": "success"})
    );
    assert_eq!(ue2.register(UE2).code, "2.01");
    assert!(net.registered(UE1) && net.registered(UE2));

    let answer = ue1.request(&msg(UE1, UE2, ID, "OPEN valve 3"));
    assert_eq!((answer.code.as_str(), answer.payload.len()), ("2.04", 0));
    let got = ue2.take();
    let expected = json!({
        "MSGin5G service identifier": "MSGin5G",
        "Message Type": "MSG",
        "Originating UE Service ID": UE1,
        "Recipient UE Service ID": UE2,
        "Message ID": ID,
        "Delivery status required": true,
        "Payload": "OPEN valve 3"
    });
    assert_eq!(got.to_string(), expected.to_string());

    assert_eq!(ue2.request(&imdn(UE2, UE1, ID)).code, "2.04");
    assert_eq!(ue1.take().to_string(), imdn(UE2, UE1, ID).to_string());

    let answer = ue1.request(&json!({
        "MSGin5G service identifier": "MSGin5G", "Message Type": "DEREG", "UE Service ID": UE1
    }));
    assert_eq!(answer.code, "2.02");
    assert_eq!(
        answer.json(),
        json!({"UE Service ID": UE1, "De-registration result": "success"})
    );
    assert!(!net.registered(UE1));

    let counters = net.counters();
    assert_eq!(
        (
            counters.registrations,
            counters.messages,
            counters.reports,
            counters.deregistrations
        ),
        (2, 1, 1, 1),
        "\n{}",
        net.ladder()
    );
    let proven = net.events().iter().any(|e| {
        matches!(&e.kind, EventKind::SessionOpened { supi: Some(supi), cipher: Some(_), .. } if supi == SUPI1)
    });
    assert!(proven);
}

#[test]
fn the_same_over_bare_tcp() {
    let net = network(|_| {});
    let (mut a, mut b) = (Ue::plain(&net), Ue::plain(&net));
    assert_eq!(a.register("a@bench.example").code, "2.01");
    assert_eq!(b.register("b@bench.example").code, "2.01");
    assert_eq!(
        a.request(&msg("a@bench.example", "b@bench.example", ID, "hello"))
            .code,
        "2.04"
    );
    assert_eq!(b.take()["Payload"], "hello");
}

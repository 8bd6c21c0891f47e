//! Every fault does what it says, once for each time it was asked for, and nothing after that.

mod common;

use std::time::Duration;

use common::*;
use msgin5g_testnet::coap::Code;
use msgin5g_testnet::{ALWAYS, AfterCut, Cut, Event, EventKind, Faults, Refuse};
use serde_json::json;

fn faults(change: impl FnOnce(&mut Faults)) -> Faults {
    let mut faults = Faults::default();
    change(&mut faults);
    faults
}

#[test]
fn connections_that_are_refused() {
    let net = network(|_| {});
    net.set_faults(faults(|f| f.refuse_connections = 2));
    let (identity, key) = credentials(&net, &subscriber1());
    for _ in 0..2 {
        assert!(Ue::tls_with(&net, FQDN, &identity, &key).is_err());
    }
    assert!(Ue::tls_with(&net, FQDN, &identity, &key).is_ok());
    assert_eq!(net.faults(), Faults::default());
}

#[test]
fn a_handshake_that_is_never_answered() {
    let net = network(|config| config.handshake_deadline = Duration::from_millis(50));
    net.set_faults(faults(|f| f.stall_handshakes = 1));
    let (identity, key) = credentials(&net, &subscriber1());
    // The server gives up after its own deadline; until then the client hears nothing.
    assert!(Ue::tls_with(&net, FQDN, &identity, &key).is_err());
    assert_eq!(net.counters().refused_sessions, 0);
    assert_eq!(net.counters().closed, 1);
}

#[test]
fn a_connection_is_cut_at_each_octet_that_the_server_sends() {
    let net = network(|_| {});
    let whole = exchange_length(&net);
    for octets in 0..whole.1 {
        net.set_faults(faults(|f| f.cut_sent = Some(Cut::once(octets))));
        let from = net.position();
        try_exchange(&net);
        let closed = net
            .wait_for_after(from, |e| matches!(e.kind, EventKind::SessionClosed { .. }))
            .unwrap();
        match closed.kind {
            EventKind::SessionClosed { octets_out, .. } => assert_eq!(octets_out, octets),
            other => panic!("{other:?}"),
        }
    }
    // The cuts are spent.
    assert!(try_exchange(&net));
}

#[test]
fn a_connection_is_cut_at_each_octet_that_the_server_gets() {
    let net = network(|_| {});
    let whole = exchange_length(&net);
    for octets in 0..whole.0 {
        net.set_faults(faults(|f| f.cut_received = Some(Cut::once(octets))));
        let from = net.position();
        try_exchange(&net);
        let closed = net
            .wait_for_after(from, |e| matches!(e.kind, EventKind::SessionClosed { .. }))
            .unwrap();
        match closed.kind {
            EventKind::SessionClosed { octets_in, .. } => assert_eq!(octets_in, octets),
            other => panic!("{other:?}"),
        }
    }
}

#[test]
fn silence_after_half_an_answer() {
    let net = network(|_| {});
    let mut ue = Ue::plain(&net);
    ue.register(UE1);
    let sent = 5 + 2 + 80;
    net.set_faults(faults(|f| {
        f.cut_sent = Some(Cut {
            after_octets: sent + 3,
            then: AfterCut::Silence,
            times: 1,
        })
    }));
    ue.send(0x02, &[(12, &[50])], b"{}");
    net.wait_for(|e| matches!(&e.kind, EventKind::Fault { what } if what.starts_with("cut")))
        .unwrap();
    assert!(net.registered(UE1));
    assert_eq!(net.counters().closed, 0);
    // What comes in is not listened to; that the peer goes is seen.
    ue.send(0x02, &[(12, &[50])], b"{}");
    drop(ue);
    net.wait_until(|counters, _| counters.closed == 1).unwrap();
    assert!(!net.registered(UE1));
}

#[test]
fn one_octet_at_a_time() {
    let net = network(|_| {});
    net.set_faults(faults(|f| f.write_at_most = Some(1)));
    assert!(try_exchange(&net));
}

#[test]
fn requests_that_are_lost_or_refused() {
    let net = network(|_| {});
    let mut ue = Ue::plain(&net);
    net.set_faults(faults(|f| {
        f.lose_requests = 1;
        f.refuse_requests = Some(Refuse {
            code: Code::UNAVAILABLE,
            max_age: Some(60),
            times: 1,
        });
    }));
    let lost = ue.send(
        0x02,
        &[(12, &[50])],
        format!(r#"{{"Message Type":"REG","UE Service ID":"{UE1}"}}"#).as_bytes(),
    );
    let refused = ue.register(UE1);
    assert_eq!(
        (refused.code.as_str(), refused.options),
        ("5.03", vec![(14, vec![60])])
    );
    assert!(!net.registered(UE1));
    assert_eq!(ue.register(UE1).code, "2.01");
    assert_ne!(lost, Vec::<u8>::new());
    net.set_faults(faults(|f| {
        f.refuse_requests = Some(Refuse::once(Code::FORBIDDEN))
    }));
    assert_eq!(ue.register(UE1).code, "4.03");
}

#[test]
fn answers_that_are_lost_doubled_or_late() {
    let net = network(|_| {});
    let mut ue = Ue::plain(&net);
    net.set_faults(faults(|f| f.drop_answers = 1));
    let dropped = ue.send(
        0x02,
        &[(12, &[50])],
        format!(r#"{{"Message Type":"REG","UE Service ID":"{UE1}"}}"#).as_bytes(),
    );
    net.wait_for(|e| matches!(e.kind, EventKind::Answer { .. }))
        .unwrap();
    net.set_faults(faults(|f| f.duplicate_answers = 1));
    let answer = ue.register(UE1);
    let again = ue.next_frame().unwrap();
    assert_eq!(
        (again.payload, again.token != dropped),
        (answer.payload, true)
    );

    net.set_faults(faults(|f| {
        f.delay_answers = Some(Duration::from_millis(10))
    }));
    assert_eq!(ue.post(&[(12, &[50])], b"{}").code, "4.00");
    net.set_faults(faults(|f| {
        f.delay_answers = Some(Duration::from_secs(3600))
    }));
    ue.send(0x02, &[(12, &[50])], b"{}");
    net.wait_until(|_, events| {
        let refusal = |e: &&Event| matches!(&e.kind, EventKind::Answer { code, .. } if *code == Code::BAD_REQUEST);
        events.iter().filter(refusal).count() == 2
    })
    .unwrap();
    net.set_faults(Faults::default());
    // The answer of the second request overtakes that of the first.
    let quick = ue.send(0x02, &[(12, &[50])], b"{}");
    assert_eq!(ue.next_frame().unwrap().token, quick);
}

#[test]
fn deliveries_that_are_lost_doubled_late_or_too_big() {
    let net = network(|_| {});
    let (mut a, mut b) = (Ue::plain(&net), Ue::plain(&net));
    a.register("a@bench.example");
    b.register("b@bench.example");
    let mut send = |id: &str| {
        a.request(&msg("a@bench.example", "b@bench.example", id, "x"))
            .code
    };

    net.set_faults(faults(|f| f.drop_deliveries = 1));
    assert_eq!([send("lost"), send("next")], ["2.04", "2.04"]);
    assert_eq!(b.take()["Message ID"], "next");
    net.wait_until(|counters, _| counters.delivered == 1)
        .unwrap();
    assert_eq!(net.waiting("b@bench.example"), 1);

    net.set_faults(faults(|f| f.duplicate_deliveries = ALWAYS));
    send("twice");
    let (first, second) = (b.delivery(), b.delivery());
    assert_eq!((&first.1, first.0 != second.0), (&second.1, true));
    b.raw(&frame(0x44, &first.0, &[], b""));
    b.raw(&frame(0x44, &second.0, &[], b""));
    net.wait_until(|counters, _| counters.delivered == 2)
        .unwrap();

    net.set_faults(faults(|f| f.oversize_deliveries = Some(40_000)));
    send("big");
    assert_eq!(b.take()["Payload"].as_str().unwrap().len(), 40_000);

    net.set_faults(faults(|f| {
        f.delay_deliveries = Some(Duration::from_millis(10))
    }));
    send("late");
    assert_eq!(b.take()["Message ID"], "late");
}

#[test]
fn octets_on_the_wire_past_tls() {
    let net = network(|_| {});
    let mut ue = Ue::tls(&net, &subscriber1());
    ue.register(UE1);
    // A plaintext record with a close_notify: OpenSSL's client does not believe it.
    net.inject(&[21, 3, 3, 0, 2, 1, 0]);
    assert!(!ue.closed());
}

/// Octets in and out of the server in one undisturbed exchange.
fn exchange_length(net: &msgin5g_testnet::TestNet) -> (u64, u64) {
    let from = net.position();
    assert!(try_exchange(net));
    let closed = net
        .wait_for_after(from, |e| matches!(e.kind, EventKind::SessionClosed { .. }))
        .unwrap();
    match closed.kind {
        EventKind::SessionClosed {
            octets_in,
            octets_out,
            ..
        } => (octets_in, octets_out),
        other => panic!("{other:?}"),
    }
}

/// Handshake, REG, DEREG, as far as it goes.
fn try_exchange(net: &msgin5g_testnet::TestNet) -> bool {
    let (identity, key) = credentials(net, &subscriber1());
    let Ok(mut ue) = Ue::tls_with(net, FQDN, &identity, &key) else {
        return false;
    };
    for kind in ["REG", "DEREG"] {
        let body = json!({"Message Type": kind, "UE Service ID": UE1}).to_string();
        if !ue.try_request(body.as_bytes()) {
            return false;
        }
    }
    true
}

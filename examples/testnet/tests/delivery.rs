//! What waits for a UE: over lost connections, a restart, refusals, limits, and in which order it comes.

mod common;

use common::*;
use msgin5g_testnet::{AsMessage, Closing, Event, EventKind};
use serde_json::{Value, json};

fn closed(event: &Event) -> bool {
    matches!(event.kind, EventKind::SessionClosed { .. })
}

#[test]
fn what_was_not_answered_comes_again_after_a_reconnect() {
    let net = network(|_| {});
    let (mut ue1, mut ue2) = (Ue::tls(&net, &subscriber1()), Ue::tls(&net, &subscriber2()));
    ue1.register(UE1);
    ue2.register(UE2);
    ue1.request(&msg(UE1, UE2, "a", "first"));
    let (_, first) = ue2.delivery();
    drop(ue2);
    net.wait_for(closed).unwrap();
    assert!(!net.registered(UE2));
    assert_eq!(net.waiting(UE2), 1);

    let mut ue2 = Ue::tls(&net, &subscriber2());
    ue2.register(UE2);
    assert_eq!(ue2.take(), first);
    net.wait_until(|counters, _| counters.delivered == 1)
        .unwrap();
    assert_eq!(net.waiting(UE2), 0);

    // A report waits for its UE even when nobody asked for storage.
    drop(ue1);
    net.wait_until(|counters, _| counters.closed == 2).unwrap();
    assert_eq!(ue2.request(&imdn(UE2, UE1, "a")).code, "2.04");
    let mut ue1 = Ue::tls(&net, &subscriber1());
    ue1.register(UE1);
    assert_eq!(ue1.take(), imdn(UE2, UE1, "a"));
}

#[test]
fn a_registration_on_a_new_connection_replaces_the_old_one() {
    let net = network(|_| {});
    let (mut ue1, mut old) = (Ue::tls(&net, &subscriber1()), Ue::tls(&net, &subscriber2()));
    ue1.register(UE1);
    old.register(UE2);
    ue1.request(&msg(UE1, UE2, "a", "x"));
    let (token, _) = old.delivery();
    let mut new = Ue::tls(&net, &subscriber2());
    new.register(UE2);
    let (_, again) = new.delivery();
    assert_eq!(again["Message ID"], "a");
    // An answer on the old connection comes too late to count.
    old.raw(&frame(0x44, &token, &[], b""));
    assert_eq!(old.request(&msg(UE2, UE1, "b", "x")).code, "4.01");
    assert_eq!((net.waiting(UE2), net.counters().delivered), (1, 0));
}

#[test]
fn a_restart_loses_registrations_and_no_message() {
    let net = network(|config| config.echo = vec!["echo@iot.example".to_owned()]);
    let addr = net.addr();
    let (mut ue1, mut ue2) = (Ue::tls(&net, &subscriber1()), Ue::tls(&net, &subscriber2()));
    ue1.register(UE1);
    ue2.register(UE2);
    ue1.request(&msg(UE1, UE2, "a", "x"));
    ue2.delivery();
    net.restart();
    assert!(!ue1.closed(), "a restart says no close_notify");
    net.wait_until(|counters, _| counters.closed == 2).unwrap();
    assert!(!net.registered(UE1) && !net.registered(UE2) && net.registered("echo@iot.example"));
    assert_eq!(net.addr(), addr);

    let mut ue2 = Ue::tls(&net, &subscriber2());
    ue2.register(UE2);
    assert_eq!(ue2.take()["Message ID"], "a");
}

#[test]
fn a_recipient_that_refuses() {
    let net = network(|_| {});
    let (mut ue1, mut ue2) = (Ue::tls(&net, &subscriber1()), Ue::tls(&net, &subscriber2()));
    ue1.register(UE1);
    ue2.register(UE2);
    for (code, cause) in [
        (0x80, "recipient not reachable"),
        (0x8d, "payload too large"),
    ] {
        ue1.request(&msg(UE1, UE2, &format!("m{code}"), "x"));
        let (token, _) = ue2.delivery();
        ue2.raw(&frame(code, &token, &[], b""));
        let response = ue1.take();
        let expected = json!({
            "MSGin5G service identifier": "MSGin5G",
            "Message Type": "MSGRESP",
            "Originating UE Service ID": UE1,
            "Message ID": format!("m{code}"),
            "Delivery Status": "failed",
            "Failure Cause": cause
        });
        assert_eq!(response.to_string(), expected.to_string());
    }
}

#[test]
fn a_recipient_that_takes_short_messages_only() {
    let net = network(|_| {});
    let mut ue1 = Ue::plain(&net);
    ue1.register(UE1);
    // Without Max-Message-Size in its CSM a peer takes 1152 octets.
    let mut ue2 = Ue::bare(&net);
    ue2.raw(&[0x00, 0xe1]);
    ue2.register(UE2);
    ue1.request(&msg(UE1, UE2, "long", &"x".repeat(1100)));
    assert_eq!(ue1.take()["Failure Cause"], "payload too large");
    ue1.request(&msg(UE1, UE2, "short", "x"));
    assert_eq!(ue2.take()["Message ID"], "short");
}

#[test]
fn few_are_under_way_at_once_and_the_urgent_go_first() {
    let net = network(|config| config.server.outstanding = 1);
    let mut ue = Ue::tls(&net, &subscriber1());
    let send = |id: &str, priority: Option<&str>| {
        let mut message = AsMessage::to_ue("as@iot.example", UE1, id, "x");
        message.priority = priority.map(str::to_owned);
        message.store = true;
        net.send_from_as(&message).unwrap();
    };
    send("low", Some("Low"));
    send("none", None);
    send("high", Some("High"));
    send("middle", Some("Middle"));
    ue.register(UE1);
    let mut order: Vec<Value> = Vec::new();
    for _ in 0..4 {
        net.wait_until(|counters, _| counters.posts == order.len() as u64 + 1)
            .unwrap();
        order.push(ue.take()["Message ID"].clone());
    }
    assert_eq!(order, ["high", "none", "middle", "low"]);
}

#[test]
fn a_queue_that_is_full() {
    let net = network(|config| config.server.queue = 2);
    let mut ue1 = Ue::tls(&net, &subscriber1());
    ue1.register(UE1);
    let mut send = |id: &str| {
        let mut message = msg(UE1, UE2, id, "x");
        message["Store and forward flag"] = json!(true);
        ue1.request(&message).json()["Delivery Status"].clone()
    };
    assert_eq!(
        [send("a"), send("b"), send("c")],
        ["stored", "stored", "failed"]
    );
    let mut ue2 = Ue::tls(&net, &subscriber2());
    ue2.register(UE2);
    assert_eq!(
        [
            ue2.take()["Message ID"].clone(),
            ue2.take()["Message ID"].clone()
        ],
        ["a", "b"]
    );
}

#[test]
fn a_repeat_is_answered_and_not_passed_on() {
    let net = network(|_| {});
    let (mut ue1, mut ue2) = (Ue::tls(&net, &subscriber1()), Ue::tls(&net, &subscriber2()));
    ue1.register(UE1);
    // What failed may be tried again.
    let message = msg(UE1, UE2, "a", "x");
    assert_eq!(ue1.request(&message).json()["Delivery Status"], "failed");
    ue2.register(UE2);
    for _ in 0..3 {
        assert_eq!(ue1.request(&message).payload, b"");
    }
    let report = imdn(UE2, UE1, "a");
    assert_eq!(
        [ue2.request(&report).code, ue2.request(&report).code],
        ["2.04", "2.04"]
    );
    let counters = net.counters();
    // One message for UE 2, one report for UE 1; one message failed before.
    assert_eq!(
        (
            counters.posts,
            counters.duplicates,
            counters.messages,
            counters.reports
        ),
        (2, 3, 2, 1)
    );
}

#[test]
fn the_server_ends_a_session() {
    let net = network(|_| {});
    let mut ue = Ue::tls(&net, &subscriber1());
    ue.register(UE1);
    assert!(net.disconnect(UE1, true));
    assert!(ue.closed(), "with close_notify");
    net.wait_for(closed).unwrap();
    assert!(!net.disconnect(UE1, true));
    let mut ue = Ue::tls(&net, &subscriber1());
    ue.register(UE1);
    assert!(net.disconnect(UE1, false));
    assert!(!ue.closed(), "without close_notify");
    net.wait_for(|e| {
        matches!(
            &e.kind,
            EventKind::SessionClosed {
                how: Closing::Cut,
                ..
            }
        )
    })
    .unwrap();
}

#[test]
fn a_client_that_closes_by_the_book_and_one_that_does_not() {
    let net = network(|_| {});
    let mut ue = Ue::tls(&net, &subscriber1());
    ue.register(UE1);
    ue.close_notify();
    net.wait_for(|e| {
        matches!(
            &e.kind,
            EventKind::SessionClosed {
                how: Closing::Orderly,
                ..
            }
        )
    })
    .unwrap();
    let mut ue = Ue::tls(&net, &subscriber1());
    ue.register(UE1);
    drop(ue);
    net.wait_for(|e| {
        matches!(
            &e.kind,
            EventKind::SessionClosed {
                how: Closing::Truncated,
                ..
            }
        )
    })
    .unwrap();
}

#[test]
fn the_built_in_ue_answers_and_reports() {
    const ECHO: &str = "echo@iot.example";
    let net = network(|config| config.echo = vec![ECHO.to_owned(), "echo2@iot.example".to_owned()]);
    let mut ue = Ue::tls(&net, &subscriber1());
    ue.register(UE1);
    ue.request(&msg(UE1, ECHO, "a", "hello"));
    assert_eq!(ue.take(), imdn(ECHO, UE1, "a"));
    let answer = ue.take();
    assert_eq!(
        (&answer["Payload"], &answer["Originating UE Service ID"]),
        (&json!("echo: hello"), &json!(ECHO))
    );
    assert_eq!(answer["Message ID"].as_str().unwrap().len(), 36);
    assert_eq!(answer["Delivery status required"], true);
}

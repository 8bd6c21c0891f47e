//! Store and forward: expiry, reports about it, updates of what is stored.

mod common;

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use common::*;
use msgin5g_testnet::wire::write_date;
use msgin5g_testnet::{AsMessage, AsOutcome, EventKind, TestNet};
use serde_json::{Value, json};

/// A date-time some seconds from now.
fn in_seconds(seconds: u64) -> String {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
    write_date((now.as_secs() + seconds) * 1000)
}

fn storable(id: &str, seconds: u64) -> Value {
    let mut message = msg(UE1, UE2, id, "x");
    message["Store and forward flag"] = json!(true);
    message["Store and forward parameters"] =
        json!({"Message expiration time": in_seconds(seconds)});
    message
}

fn sender(change: impl FnOnce(&mut msgin5g_testnet::Config)) -> (TestNet, Ue) {
    let net = network(change);
    let mut ue1 = Ue::tls(&net, &subscriber1());
    ue1.register(UE1);
    (net, ue1)
}

#[test]
fn a_message_expires_and_its_sender_is_told_when_it_asked() {
    let (net, mut ue1) = sender(|_| {});
    let mut silent = storable("silent", 60);
    silent["Delivery status required"] = json!(false);
    for message in [&silent, &storable("a", 60), &storable("b", 3600)] {
        assert_eq!(ue1.request(message).json()["Delivery Status"], "stored");
    }
    net.advance(Duration::from_secs(61));
    let mut expected = imdn(UE2, UE1, "a");
    expected["Delivery Status"] = json!("failure");
    expected["Failure Cause"] = json!("message expired");
    assert_eq!(ue1.take(), expected);
    let mut ue2 = Ue::tls(&net, &subscriber2());
    ue2.register(UE2);
    assert_eq!(ue2.take()["Message ID"], "b");
    net.wait_until(|counters, _| counters.posts == counters.delivered)
        .unwrap();
    let counters = net.counters();
    assert_eq!(
        (counters.stored, counters.expired, counters.failed),
        (3, 2, 1)
    );
    // What is under way has no time any more.
    assert_eq!(net.waiting(UE2), 0);
}

#[test]
fn a_time_that_is_over_or_no_time_at_all() {
    let (_net, mut ue1) = sender(|_| {});
    let mut message = storable("a", 60);
    message["Store and forward parameters"] =
        json!({"Message expiration time": "2020-01-01T00:00:00Z"});
    assert_eq!(
        ue1.request(&message).json()["Failure Cause"],
        "message expired"
    );
    for bad in [
        json!("soon"),
        json!({"Message expiration time": "soon"}),
        json!({"Message expiration time": 7}),
    ] {
        message["Store and forward parameters"] = bad;
        assert_eq!(ue1.request(&message).code, "4.00");
    }
    // Without the flag the parameters mean nothing.
    let mut message = storable("b", 60);
    message["Store and forward flag"] = json!(false);
    assert_eq!(
        ue1.request(&message).json()["Failure Cause"],
        "recipient not registered"
    );
}

#[test]
fn of_an_application_server() {
    let (net, _ue1) = sender(|_| {});
    let mut message = AsMessage::to_ue("as@iot.example", UE2, "a", "x");
    message.store = true;
    message.expires = Some(in_seconds(60));
    assert_eq!(net.send_from_as(&message), Ok(AsOutcome::Stored));
    net.advance(Duration::from_secs(61));
    net.wait_for(|e| matches!(&e.kind, EventKind::Expired { to, .. } if to == UE2))
        .unwrap();
    assert_eq!(net.waiting(UE2), 0);
}

#[test]
fn an_update_of_a_stored_message() {
    let update = |id: &str| {
        let mut update = vector("msgin5g/75-stored-msg-update.json")["payload"].clone();
        update["Message ID"] = json!(id);
        update["Store and forward parameters"] =
            json!({"Message expiration time": in_seconds(7200)});
        update
    };
    let (net, mut ue1) = sender(|config| config.server.stored_message_update = true);
    for id in ["a", "b"] {
        ue1.request(&storable(id, 60));
    }
    assert_eq!(ue1.request(&update("a")).code, "2.04");
    assert_eq!(ue1.request(&update("other")).code, "4.04");
    let mut discard = update("b");
    discard
        .as_object_mut()
        .unwrap()
        .shift_remove("Store and forward parameters");
    assert_eq!(ue1.request(&discard).code, "2.04");
    assert_eq!(ue1.request(&discard).code, "4.04");
    net.advance(Duration::from_secs(3600));
    let mut ue2 = Ue::tls(&net, &subscriber2());
    ue2.register(UE2);
    assert_eq!(ue2.take()["Message ID"], "a");
    // Only the sender may.
    assert_eq!(ue2.request(&update("a")).code, "4.03");

    let (_net, mut ue1) = sender(|_| {});
    assert_eq!(ue1.request(&update("a")).code, "4.00", "off by default");
}

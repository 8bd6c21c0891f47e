//! Messaging topics: subscription, both forms of delivery, expiry, and who may.

mod common;

use std::time::Duration;

use common::*;
use msgin5g_testnet::wire::{Address, AddressKind};
use msgin5g_testnet::{AsMessage, Config, EventKind, TestNet, TopicDelivery};
use serde_json::{Value, json};

const TOPIC: &str = "meter/alarm";
const SUBSCRIBE: [&str; 2] = ["ue=ue-0815@iot.example", "topic=meter/alarm"];

fn two_ues(change: impl FnOnce(&mut Config)) -> (TestNet, Ue, Ue) {
    let net = network(change);
    let (mut ue1, mut ue2) = (Ue::plain(&net), Ue::plain(&net));
    ue1.register(UE1);
    ue2.register(UE2);
    (net, ue1, ue2)
}

fn to_topic(id: &str, payload: &str) -> Value {
    let mut message = msg(UE1, UE2, id, payload);
    let members = message.as_object_mut().unwrap();
    members.shift_remove("Recipient UE Service ID");
    members.insert("Messaging Topic".to_owned(), json!(TOPIC));
    message
}

#[test]
fn subscribe_publish_unsubscribe() {
    let (net, mut ue1, mut ue2) = two_ues(|_| {});
    // The answer is that of vector 61, with the time that was asked for.
    let expected = vector("msgin5g/61-topic-subscribe-ok.json");
    let asked = [
        "ue=ue-0815@iot.example",
        "topic=meter/alarm",
        "expiration=2099-01-01T00:00:00Z",
    ];
    let answer = topics(&mut ue2, Some(0), &asked);
    assert_eq!(answer.code, expected["coap"]["code"]);
    assert_eq!(answer.options, [(6, vec![1]), (12, vec![50])]);
    let mut payload = expected["payload"].clone();
    payload["Expiration"] = json!("2099-01-01T00:00:00Z");
    assert_eq!(answer.json().to_string(), payload.to_string());
    assert_eq!(net.subscribers(TOPIC), Some(vec![UE2.to_owned()]));
    assert_eq!(
        topics(&mut ue2, None, &SUBSCRIBE[..1]).json(),
        json!({"Subscription status": "success", "Messaging Topic": [TOPIC]})
    );

    assert_eq!(ue1.request(&to_topic("a", "pressure high")).code, "2.04");
    let got = ue2.take();
    assert_eq!(
        (&got["Messaging Topic"], &got["Payload"]),
        (&json!(TOPIC), &json!("pressure high"))
    );
    assert_eq!(got.get("Recipient UE Service ID"), None);
    ue2.request(&imdn(UE2, UE1, "a"));
    assert_eq!(ue1.take(), imdn(UE2, UE1, "a"));

    for _ in 0..2 {
        let answer = topics(&mut ue2, Some(1), &SUBSCRIBE);
        assert_eq!(
            (answer.code.as_str(), &answer.options),
            ("2.05", &vec![(12, vec![50])])
        );
        assert_eq!(answer.json(), json!({"Subscription status": "success"}));
    }
    assert_eq!(net.subscribers(TOPIC), None);
    assert_eq!(
        ue1.request(&to_topic("b", "x")).json()["Failure Cause"],
        "unknown recipient"
    );
    let counters = net.counters();
    assert_eq!((counters.subscriptions, counters.unsubscriptions), (1, 1));
}

#[test]
fn several_topics_several_subscribers_and_the_sender_among_them() {
    let (net, mut ue1, mut ue2) = two_ues(|_| {});
    topics(
        &mut ue2,
        Some(0),
        &["ue=ue-0815@iot.example", "topic=a", "topic=meter/alarm"],
    );
    topics(
        &mut ue1,
        Some(0),
        &["ue=ue-4711@iot.example", "topic=meter/alarm"],
    );
    ue1.request(&to_topic("m", "x"));
    assert_eq!(ue1.take()["Message ID"], "m");
    assert_eq!(ue2.take()["Message ID"], "m");
    let mut message = AsMessage::to_ue("as@iot.example", "", "n", "y");
    message.to = Address {
        kind: AddressKind::Topic,
        id: "a".to_owned(),
    };
    net.send_from_as(&message).unwrap();
    assert_eq!(ue2.take()["Originating AS Service ID"], "as@iot.example");
}

#[test]
fn as_notifications_of_the_observation() {
    let (net, mut ue1, mut ue2) = two_ues(|config| {
        config.server.topics.delivery = TopicDelivery::Notify;
    });
    let query: Vec<(u32, &[u8])> = SUBSCRIBE.iter().map(|q| (15, q.as_bytes())).collect();
    let mut options: Vec<(u32, &[u8])> = vec![(6, b""), (11, b"msgin5g"), (11, b"topics")];
    options.extend(query);
    let token = ue2.send(0x01, &options, b"");
    assert_eq!(ue2.answer(&token).code, "2.05");
    for n in 2..5u8 {
        ue1.request(&to_topic(&n.to_string(), "pressure high"));
        let notification = ue2.next_frame().unwrap();
        assert_eq!((notification.code, &notification.token), (0x45, &token));
        assert_eq!(notification.options, [(6, vec![n]), (12, vec![50])]);
        // Member by member vector 62.
        let expected = vector("msgin5g/62-topic-notification.json")["payload"].clone();
        let got: Value = serde_json::from_slice(&notification.payload).unwrap();
        let mut names: Vec<&String> = got.as_object().unwrap().keys().collect();
        names.retain(|name| *name != "Delivery status required");
        assert_eq!(
            names,
            expected.as_object().unwrap().keys().collect::<Vec<_>>()
        );
    }
    net.wait_until(|counters, _| counters.delivered == 3)
        .unwrap();
    // On another connection there is no observation, and the subscription goes on.
    drop(ue2);
    net.wait_until(|counters, _| counters.closed == 1).unwrap();
    let mut ue2 = Ue::plain(&net);
    ue2.register(UE2);
    ue1.request(&to_topic("post", "x"));
    assert_eq!(ue2.take()["Message ID"], "post");
}

#[test]
fn subscribers_who_are_away() {
    let (net, mut ue1, mut ue2) = two_ues(|_| {});
    topics(&mut ue2, Some(0), &SUBSCRIBE);
    drop(ue2);
    net.wait_until(|counters, _| counters.closed == 1).unwrap();
    assert_eq!(
        ue1.request(&to_topic("lost", "x")).json()["Failure Cause"],
        "recipient not registered"
    );
    let mut stored = to_topic("stored", "x");
    stored["Store and forward flag"] = json!(true);
    assert_eq!(ue1.request(&stored).json()["Delivery Status"], "stored");
    let mut ue2 = Ue::plain(&net);
    ue2.register(UE2);
    assert_eq!(ue2.take()["Message ID"], "stored");
}

#[test]
fn subscriptions_end() {
    let (net, mut ue1, mut ue2) = two_ues(|config| {
        config.server.topics.lifetime = Some(Duration::from_secs(3600));
        config.server.topics.known = vec![TOPIC.to_owned()];
    });
    let answer = topics(&mut ue2, Some(0), &SUBSCRIBE);
    // Not asked for, so the server tells what it decided.
    assert!(answer.json()["Expiration"].as_str().unwrap().ends_with('Z'));
    net.advance(Duration::from_secs(3601));
    net.wait_for(|e| matches!(&e.kind, EventKind::Unsubscribed { expired: true, .. }))
        .unwrap();
    // The topic is there without subscribers, too.
    assert_eq!(net.subscribers(TOPIC), Some(Vec::new()));
    assert_eq!(ue1.request(&to_topic("a", "x")).payload, b"");
}

#[test]
fn wrong_requests() {
    let (net, mut ue1, mut ue2) = two_ues(|config| config.server.topics.create = false);
    let mut code = |observe: Option<u8>, queries: &[&str]| topics(&mut ue2, observe, queries).code;
    assert_eq!(code(Some(0), &SUBSCRIBE), "4.04");
    assert_eq!(code(Some(0), &["topic=a"]), "4.00");
    assert_eq!(code(Some(0), &SUBSCRIBE[..1]), "4.00");
    assert_eq!(code(Some(0), &["ue=ue-0815@iot.example", "topic="]), "4.00");
    assert_eq!(
        code(
            Some(0),
            &[
                "ue=ue-0815@iot.example",
                &format!("topic={}", "x".repeat(256))
            ]
        ),
        "4.00"
    );
    assert_eq!(code(Some(2), &SUBSCRIBE), "4.00");
    for date in ["soon", "2000-01-01T00:00:00Z", "2030-02-30T00:00:00Z"] {
        let date = format!("expiration={date}");
        assert_eq!(code(Some(0), &[SUBSCRIBE[0], SUBSCRIBE[1], &date]), "4.00");
    }
    // For somebody who is not here.
    assert_eq!(
        code(Some(0), &["ue=ue-4711@iot.example", "topic=a"]),
        "4.01"
    );
    let mut stranger = Ue::tls(&net, &subscriber1());
    assert_eq!(topics(&mut stranger, Some(0), &SUBSCRIBE).code, "4.03");
    // The other method, and the other resource.
    let post: [(u32, &[u8]); 3] = [(11, b"msgin5g"), (11, b"topics"), (12, &[50])];
    assert_eq!(ue1.post(&post, b"{}").code, "4.05");
    assert_eq!(
        ue1.exchange(0x01, &[(6, b""), (11, b"msgin5g")], b"").code,
        "4.05"
    );
    let whole: [(u32, &[u8]); 3] = [
        (11, b"coap://msg.operator.example/msgin5g/topics"),
        (15, b"ue=ue-4711@iot.example"),
        (17, &[50]),
    ];
    assert_eq!(
        ue1.exchange(0x01, &whole, b"").json()["Subscription status"],
        "none"
    );
}

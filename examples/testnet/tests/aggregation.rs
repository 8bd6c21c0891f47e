//! Messages and reports that travel together: passed on, split, and put together by the server.

mod common;

use std::time::Duration;

use common::*;
use msgin5g_testnet::{
    AggregateSettings, ApplicationServer, AsMessage, Config, EventKind, TestNet,
};
use serde_json::{Value, json};

const AS: &str = "as-meter@iot.example";

fn two_ues(change: impl FnOnce(&mut Config)) -> (TestNet, Ue, Ue) {
    let net = network(|config| {
        config.server.application_servers.push(ApplicationServer {
            id: AS.to_owned(),
            reports: true,
        });
        change(config);
    });
    let (mut ue1, mut ue2) = (Ue::plain(&net), Ue::plain(&net));
    ue1.register(UE1);
    ue2.register(UE2);
    (net, ue1, ue2)
}

/// Vector 40, to a UE.
fn aggregate() -> Value {
    let mut aggregate = vector("msgin5g/40-msg-aggregated.json")["payload"].clone();
    let members = aggregate.as_object_mut().unwrap();
    members.shift_remove("Recipient AS Service ID");
    members.insert("Recipient UE Service ID".to_owned(), json!(UE2));
    aggregate
}

#[test]
fn to_an_application_server_that_reports() {
    let (net, mut ue1, _ue2) = two_ues(|_| {});
    let mut aggregate = vector("msgin5g/40-msg-aggregated.json")["payload"].clone();
    aggregate["List of individual messages"][0]["Delivery status required"] = json!(true);
    assert_eq!(ue1.request(&aggregate).code, "2.04");
    let ids = [
        "3f0c1d52-7a44-4e0b-9c61-1f2a5b6c7da1",
        "3f0c1d52-7a44-4e0b-9c61-1f2a5b6c7da2",
    ];
    let report = ue1.take();
    let items = ids.map(|id| json!({"Message ID": id, "Delivery Status": "success"}));
    assert_eq!(report["Number of individual messages"], 2);
    assert_eq!(report["List of individual messages"], json!(items));
    let got = net.inbox(AS);
    assert_eq!(
        (got.len(), &got[0]["Payload"], &got[1]["Payload"]),
        (2, &json!("t=21.5"), &json!("h=40"))
    );
    assert_eq!(got[1]["Message ID"], ids[1]);
}

#[test]
fn to_a_ue_that_takes_it_whole_and_to_one_that_does_not() {
    let (net, mut ue1, mut ue2) = two_ues(|_| {});
    let sent = aggregate();
    assert_eq!(ue1.request(&sent).code, "2.04");
    let got = ue2.take();
    let names: Vec<&String> = sent.as_object().unwrap().keys().collect();
    for name in names {
        assert_eq!(got[name], sent[name], "{name}");
    }
    // Ten octets in two messages.
    ue2.request(&reg_with_size(UE2, 9));
    let mut sent = aggregate();
    sent["Message ID"] = json!("another");
    ue1.request(&sent);
    for item in sent["List of individual messages"].as_array().unwrap() {
        let got = ue2.take();
        assert_eq!(got.get("List of individual messages"), None);
        assert_eq!(got["Recipient UE Service ID"], UE2);
        for (name, value) in item.as_object().unwrap() {
            assert_eq!(&got[name], value, "{name}");
        }
    }
    // And each message by itself may be too long still.
    ue2.request(&reg_with_size(UE2, 4));
    sent["Message ID"] = json!("a third");
    ue1.request(&sent);
    let parts: Vec<Value> = (0..3).map(|_| ue2.take()["Payload"].clone()).collect();
    assert_eq!(
        parts,
        ["h=40", "t=21", ".5"],
        "the one that fits did not wait for the other"
    );
    net.wait_until(|counters, _| counters.split == 2 && counters.segmented == 1)
        .unwrap();
}

#[test]
fn a_refused_aggregate_fails_message_by_message() {
    let (_net, mut ue1, mut ue2) = two_ues(|_| {});
    ue1.request(&aggregate());
    let (token, _) = ue2.delivery();
    ue2.raw(&frame(0x80, &token, &[], b""));
    for end in ["da1", "da2"] {
        let response = ue1.take();
        assert!(response["Message ID"].as_str().unwrap().ends_with(end));
        assert_eq!(response["Delivery Status"], "failed");
    }
}

#[test]
fn aggregated_reports() {
    let (net, mut ue1, mut ue2) = two_ues(|_| {});
    let to_as = vector("msgin5g/41-imdn-aggregated.json")["payload"].clone();
    assert_eq!(ue1.request(&to_as).code, "2.04");
    assert_eq!(
        net.inbox(AS)[0]["List of individual messages"],
        to_as["List of individual messages"]
    );
    assert_eq!(net.counters().reports, 2);

    let mut to_ue = to_as.clone();
    let members = to_ue.as_object_mut().unwrap();
    members.shift_remove("Recipient AS Service ID");
    members.insert("Recipient UE Service ID".to_owned(), json!(UE1));
    members.insert("Originating UE Service ID".to_owned(), json!(UE2));
    ue2.request(&to_ue);
    assert_eq!(
        ue1.take()["List of individual messages"],
        to_ue["List of individual messages"]
    );
    // One of them again, with one that is new: only that goes on.
    to_ue["List of individual messages"][0]["Message ID"] = json!("new");
    ue2.request(&to_ue);
    let got = ue1.take();
    assert_eq!(got["Number of individual messages"], 1);
    assert_eq!(got["List of individual messages"][0]["Message ID"], "new");
    assert_eq!(net.counters().duplicates, 1);
}

#[test]
fn what_is_wrong_in_an_aggregate() {
    let (_net, mut ue1, _ue2) = two_ues(|config| config.server.max_payload = 100);
    let list = "List of individual messages";
    let wrong: [(&str, Value); 7] = [
        (list, json!([])),
        (list, json!([7])),
        (list, json!([{"Payload": "x"}])),
        (list, json!([{"Message ID": "a", "Payload": 7}])),
        (
            list,
            json!([{"Message ID": "a", "Priority type": "Urgent"}]),
        ),
        ("Number of individual messages", json!(3)),
        ("Segmentation Set Identifier", json!("set")),
    ];
    for (name, value) in wrong {
        let mut bad = aggregate();
        if name == list {
            bad.as_object_mut()
                .unwrap()
                .shift_remove("Number of individual messages");
        }
        bad["Message segment number"] = if name.starts_with("Seg") {
            json!(1)
        } else {
            Value::Null
        };
        bad[name] = value.clone();
        assert_eq!(ue1.request(&bad).code, "4.00", "{name}: {value}");
    }
    let mut long = aggregate();
    long[list][0]["Payload"] = json!("x".repeat(100));
    assert_eq!(ue1.request(&long).code, "4.13");
}

#[test]
fn the_server_puts_small_messages_together() {
    let (net, _ue1, mut ue2) = two_ues(|config| {
        config.server.aggregate = Some(AggregateSettings {
            wait: Duration::from_secs(2),
            most: 3,
        });
    });
    let send = |id: &str, payload: &str, priority: Option<&str>| {
        let mut message = AsMessage::to_ue(AS, UE2, id, payload);
        message.priority = priority.map(str::to_owned);
        message.report_wanted = id == "b";
        net.send_from_as(&message).unwrap();
    };
    send("a", "1", None);
    send("b", "2", Some("Low"));
    send("now", "!", Some("High"));
    send("long", &"x".repeat(1500), None);
    assert_eq!(ue2.take()["Message ID"], "now");
    assert_eq!(ue2.take()["Message ID"], "long");
    net.advance(Duration::from_secs(2));
    let got = ue2.take();
    assert_eq!(got["Number of individual messages"], 2);
    assert_eq!(got["Message ID"].as_str().unwrap().len(), 36);
    assert_eq!(got["Originating AS Service ID"], AS);
    assert_eq!(
        got["List of individual messages"],
        json!([
            {"Message ID": "a", "Payload": "1"},
            {"Message ID": "b", "Delivery status required": true, "Payload": "2", "Priority type": "Low"}
        ])
    );
    // Enough of them go at once; one alone goes as it is.
    for id in ["c", "d", "e", "f"] {
        send(id, "x", None);
    }
    assert_eq!(ue2.take()["Number of individual messages"], 3);
    net.advance(Duration::from_secs(2));
    let alone = ue2.take();
    assert_eq!(
        (
            &alone["Message ID"],
            alone.get("List of individual messages")
        ),
        (&json!("f"), None)
    );
    net.wait_for(|e| matches!(e.kind, EventKind::Aggregated { messages: 3, .. }))
        .unwrap();
}

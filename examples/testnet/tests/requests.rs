//! Requests that are wrong in one way each, and the code that answers them.

mod common;

use common::*;
use serde_json::{Value, json};

const JSON: &[u8] = &[50];
const PATH: &[u8] = b"msgin5g";

fn registered() -> (msgin5g_testnet::TestNet, Ue) {
    let net = network(|_| {});
    let mut ue = Ue::plain(&net);
    assert_eq!(ue.register(UE1).code, "2.01");
    (net, ue)
}

fn reg() -> Vec<u8> {
    json!({"Message Type": "REG", "UE Service ID": UE1})
        .to_string()
        .into_bytes()
}

#[test]
fn payloads_that_are_no_message() {
    let (_net, mut ue) = registered();
    let deep = format!(
        r#"{{"Message Type":"REG","UE Service ID":"{UE1}","x":{}{}}}"#,
        "[".repeat(200),
        "]".repeat(200)
    );
    let bad: [&[u8]; 12] = [
        b"{",
        b"[]",
        b"7",
        b"\xff\xfe",
        b"\xef\xbb\xbf{}",
        b"{} x",
        br#"{"UE Service ID":"a@b.c"}"#,
        br#"{"Message Type":"NEWS"}"#,
        br#"{"Message Type":7}"#,
        br#"{"Message Type":"REG"}"#,
        br#"{"Message Type":"REG","UE Service ID":""}"#,
        deep.as_bytes(),
    ];
    for payload in bad {
        let answer = ue.post(&[(12, JSON)], payload);
        assert_eq!(answer.code, "4.00", "{}", String::from_utf8_lossy(payload));
        // A diagnostic payload: text, and no Content-Format.
        assert!(!answer.payload.is_empty() && answer.options.is_empty());
    }
    assert_eq!(ue.post(&[(12, JSON)], b"").code, "4.00");
    let other =
        json!({"MSGin5G service identifier": "other", "Message Type": "REG", "UE Service ID": UE1});
    assert_eq!(ue.request(&other).code, "4.00");
}

#[test]
fn messages_with_one_wrong_member() {
    let (_net, mut ue) = registered();
    let good = msg(UE1, "as@iot.example", "m", "x");
    let wrong: [(&str, Value); 16] = [
        ("Originating UE Service ID", Value::Null),
        ("Originating AS Service ID", json!("as@iot.example")),
        ("Recipient UE Service ID", Value::Null),
        ("Recipient UE Service ID", json!(7)),
        (
            "Recipient UE Service ID",
            json!({"addrType": "MOON", "addr": "a@b.c"}),
        ),
        ("Recipient AS Service ID", json!("as@iot.example")),
        ("Message ID", Value::Null),
        ("Message ID", json!("")),
        ("Message ID", json!("x".repeat(65))),
        ("Payload", json!(["x"])),
        ("Delivery status required", json!("perhaps")),
        ("Store and forward flag", json!([])),
        ("Priority type", json!("Urgent")),
        ("Segmentation Set Identifier", json!("set")),
        ("Message segment number", json!(-1)),
        ("List of individual messages", json!("none")),
    ];
    for (name, value) in wrong {
        let mut bad = good.clone();
        bad[name] = value.clone();
        assert_eq!(ue.request(&bad).code, "4.00", "{name}: {value}");
    }
    assert_eq!(ue.request(&good).code, "2.04");
    let mut report = imdn(UE1, UE2, "m");
    report["Delivery Status"] = Value::Null;
    assert_eq!(ue.request(&report).code, "4.00");
}

#[test]
fn spellings_that_are_taken() {
    let (net, mut ue) = registered();
    let mut other = Ue::plain(&net);
    other.register(UE2);
    let liberal = json!({
        "msgin5g-service-id": "msgin5g",
        "messageType": "msg",
        "oriAddr": UE1,
        "destAddr": {"addrType": "UE", "addr": UE2},
        "msgId": "{3F0C1D527A444E0B9C611F2A5B6C7D01}",
        "delivStReqInd": "Yes",
        "payload": "x",
        "unknown": {"a": [1]}
    });
    assert_eq!(ue.request(&liberal).code, "2.04");
    let got = other.take();
    assert_eq!(
        (&got["Delivery status required"], &got["Payload"]),
        (&json!(true), &json!("x"))
    );
    // The same message again under another spelling of its ID.
    let mut again = msg(UE1, UE2, "3f0c1d52-7a44-4e0b-9c61-1f2a5b6c7d01", "x");
    assert_eq!(ue.request(&again).code, "2.04");
    assert_eq!(net.counters().duplicates, 1);
    again["Message ID"] = json!("another");
    ue.request(&again);
    assert_eq!(other.take()["Message ID"], "another");
}

#[test]
fn content_formats() {
    let (_net, mut ue) = registered();
    assert_eq!(ue.post(&[(11, PATH), (12, &[60])], &reg()).code, "4.15");
    assert_eq!(ue.post(&[(11, PATH), (12, &[])], &reg()).code, "4.15");
    assert_eq!(ue.post(&[(11, PATH)], &reg()).code, "4.15");
    assert_eq!(ue.post(&[(11, PATH), (12, &[0, 50])], &reg()).code, "2.01");
}

#[test]
fn paths() {
    let (_net, mut ue) = registered();
    let mut code = |path: &[&str]| {
        let mut options: Vec<(u32, &[u8])> = path.iter().map(|p| (11, p.as_bytes())).collect();
        options.push((12, JSON));
        ue.post(&options, &reg()).code
    };
    assert_eq!(code(&["msgin5g"]), "2.01");
    assert_eq!(code(&[]), "2.01");
    assert_eq!(
        code(&["coaps://msg.operator.example:65401/msgin5g"]),
        "2.01"
    );
    assert_eq!(code(&["coap://msg.operator.example"]), "2.01");
    assert_eq!(code(&["coaps://msg.operator.example/other"]), "4.04");
    assert_eq!(code(&["other"]), "4.04");
    assert_eq!(code(&["MSGin5G"]), "4.04");
    assert_eq!(code(&["msgin5g", "x"]), "4.04");
}

#[test]
fn methods_and_options() {
    let (_net, mut ue) = registered();
    for method in [0x01, 0x03, 0x04, 0x05, 0x07] {
        assert_eq!(
            ue.exchange(method, &[(11, PATH), (12, JSON)], &reg()).code,
            "4.05"
        );
    }
    // If-None-Match and an unknown odd number are critical; an even one is not; Block1 is not spoken here.
    assert_eq!(ue.post(&[(5, b""), (12, JSON)], &reg()).code, "4.02");
    assert_eq!(ue.post(&[(12, JSON), (27, b"\x06")], &reg()).code, "4.02");
    assert_eq!(ue.post(&[(12, JSON), (99, b"")], &reg()).code, "4.02");
    assert_eq!(ue.post(&[(12, JSON), (98, b"x")], &reg()).code, "2.01");
    assert_eq!(
        ue.post(
            &[(3, b"msg.operator.example"), (12, JSON), (17, &[60])],
            &reg()
        )
        .code,
        "2.01"
    );
    assert_eq!(
        ue.post(&[(12, JSON), (35, b"coap://other/")], &reg()).code,
        "5.05"
    );
}

#[test]
fn sizes() {
    let net = network(|config| config.server.max_message = 20_000);
    let mut ue = Ue::plain(&net);
    ue.register(UE1);
    let answer = ue.request(&msg(UE1, "as@iot.example", "1", &"x".repeat(2049)));
    assert_eq!(
        (answer.code.as_str(), &answer.options),
        ("4.13", &vec![(60, vec![0x08, 0x00])])
    );
    // Octets count, not characters; and before escaping.
    assert_eq!(
        ue.request(&msg(UE1, "as@iot.example", "2", &"ä".repeat(1025)))
            .code,
        "4.13"
    );
    assert_eq!(
        ue.request(&msg(UE1, "as@iot.example", "3", &"\n".repeat(2048)))
            .code,
        "2.04"
    );

    let mut padded = msg(UE1, "as@iot.example", "4", "x");
    padded["padding"] = json!("x".repeat(9000));
    let answer = ue.request(&padded);
    assert_eq!(
        (answer.code.as_str(), &answer.options),
        ("4.13", &vec![(60, vec![0x20, 0x00])])
    );
    // Beyond what CSM announced the connection ends.
    padded["padding"] = json!("x".repeat(20_000));
    ue.send(0x02, &[(12, JSON)], padded.to_string().as_bytes());
    let abort = ue.next_frame().unwrap();
    assert_eq!(abort.code, 0xe5);
    assert!(String::from_utf8(abort.payload).unwrap().contains("20000"));
}

#[test]
fn recipients() {
    let net = network(|config| {
        let reports = true;
        config
            .server
            .application_servers
            .push(msgin5g_testnet::ApplicationServer {
                id: "as@iot.example".to_owned(),
                reports,
            });
        config
            .server
            .groups
            .insert("g@iot.example".to_owned(), vec![UE2.to_owned()]);
    });
    let mut ue = Ue::tls(&net, &subscriber1());
    ue.register(UE1);
    let mut to = |member: &str, id: &str| {
        let mut message = msg(UE1, UE2, id, "x");
        message
            .as_object_mut()
            .unwrap()
            .shift_remove("Recipient UE Service ID");
        message[member] = json!(id);
        let answer = ue.request(&message);
        let cause = if answer.payload.is_empty() {
            Value::Null
        } else {
            answer.json()["Failure Cause"].clone()
        };
        (answer.code, cause)
    };
    let outcome = |code: &str, cause: &str| (code.to_owned(), json!(cause));
    assert_eq!(
        to("Recipient UE Service ID", UE2),
        outcome("2.04", "recipient not registered")
    );
    assert_eq!(
        to("Recipient UE Service ID", "moon@iot.example"),
        outcome("2.04", "unknown recipient")
    );
    assert_eq!(
        to("Recipient AS Service ID", "moon@iot.example"),
        outcome("2.04", "unknown recipient")
    );
    assert_eq!(
        to("Recipient Group Service ID", "moon@iot.example"),
        outcome("2.04", "unknown recipient")
    );
    assert_eq!(
        to("Recipient Group Service ID", "g@iot.example"),
        outcome("4.03", "not authorized")
    );
    assert_eq!(
        to("Messaging Topic", "weather"),
        outcome("2.04", "unknown recipient")
    );
    assert_eq!(
        to("Broadcast Area ID", "ba-12"),
        outcome("4.03", "not authorized")
    );
    assert_eq!(
        to("Recipient AS Service ID", "as@iot.example"),
        ("2.04".to_owned(), Value::Null)
    );
    // The application server reports.
    let report = ue.take();
    assert_eq!(
        (
            &report["Message Type"],
            &report["Originating AS Service ID"]
        ),
        (&json!("IMDN"), &json!("as@iot.example"))
    );
    let mut unknown = imdn(UE1, "moon@iot.example", "m");
    assert_eq!(
        ue.request(&unknown).json()["Failure Cause"],
        "unknown recipient"
    );
    unknown["Recipient UE Service ID"] = json!({"addrType": "GROUP", "addr": "g@iot.example"});
    assert_eq!(ue.request(&unknown).code, "4.00");
}

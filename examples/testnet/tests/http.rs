//! The face for application servers: TS 29.538 over HTTP, and the program that speaks it.

mod common;

use std::io::{Read, Write};
use std::net::TcpStream;
use std::process::Command;

use common::http::{AS, DELIVER, ask, connect, delivery, faced};
use common::*;
use serde_json::{Value, json};

#[test]
fn a_message_to_a_ue_and_its_report() {
    let (net, mut ue) = faced(|_| {});
    assert_eq!(
        ask(
            &net,
            "POST",
            "/msgs-asregistration/v1/registrations",
            &json!({"asSvcId": AS, "appId": "app.meter"})
        )
        .0,
        201
    );
    let (status, ack) = ask(&net, "POST", DELIVER, &delivery("UE", UE1, "a"));
    assert_eq!(status, 200);
    assert_eq!(
        ack,
        json!({"oriAddr": {"addrType": "AS", "addr": AS}, "msgId": "a"})
    );
    let expected = json!({
        "MSGin5G service identifier": "MSGin5G",
        "Message Type": "MSG",
        "Originating AS Service ID": AS,
        "Recipient UE Service ID": UE1,
        "Message ID": "a",
        "Application ID": "app.meter",
        "Delivery status required": true,
        "Payload": "SET interval=3600",
        "Priority type": "High"
    });
    assert_eq!(ue.take().to_string(), expected.to_string());

    let mut report = imdn(UE1, UE2, "a");
    let members = report.as_object_mut().unwrap();
    members.shift_remove("Recipient UE Service ID");
    members.insert("Recipient AS Service ID".to_owned(), json!(AS));
    assert_eq!(ue.request(&report).code, "2.04");
    let mut message = msg(UE1, UE2, "b", "t=21.5");
    let members = message.as_object_mut().unwrap();
    members.shift_remove("Recipient UE Service ID");
    members.insert("Recipient AS Service ID".to_owned(), json!(AS));
    assert_eq!(ue.request(&message).code, "2.04");
    let (status, list) = ask(
        &net,
        "GET",
        "/testnet/v1/messages?as=as%40iot.example",
        &json!(""),
    );
    assert_eq!(status, 200);
    let addresses = |v: &Value| (v["oriAddr"].clone(), v["destAddr"].clone());
    let expected = (
        json!({"addrType": "UE", "addr": UE1}),
        json!({"addrType": "AS", "addr": AS}),
    );
    assert_eq!(
        (addresses(&list[0]), addresses(&list[1])),
        (expected.clone(), expected)
    );
    assert_eq!(
        (&list[0]["msgId"], &list[0]["delivSt"]),
        (&json!("a"), &json!("REPT_DELY_SUCCESS"))
    );
    assert_eq!(
        (&list[1]["payload"], &list[1]["stoAndFwInd"]),
        (&json!("t=21.5"), &json!(false))
    );
    let (_, rest) = ask(
        &net,
        "GET",
        "/testnet/v1/messages?as=as@iot.example&after=1",
        &json!(""),
    );
    assert_eq!(rest.as_array().unwrap().len(), 1);

    // The application server reports in its turn.
    let done = json!({
        "oriAddr": {"addrType": "AS", "addr": AS},
        "destAddr": {"addrType": "UE", "addr": UE1},
        "msgId": "b",
        "delivSt": "REPT_DELY_FAILED",
        "failureCause": "full"
    });
    assert_eq!(
        ask(&net, "POST", "/msgs-msgdelivery/v1/deliver-report", &done).0,
        200
    );
    let report = ue.take();
    assert_eq!(
        (&report["Delivery Status"], &report["Failure Cause"]),
        (&json!("failure"), &json!("full"))
    );
    assert_eq!(
        ask(
            &net,
            "DELETE",
            "/msgs-asregistration/v1/registrations/as%40iot.example",
            &json!("")
        )
        .0,
        204
    );
    assert_eq!(
        ask(
            &net,
            "DELETE",
            "/msgs-asregistration/v1/registrations/as%40iot.example",
            &json!("")
        )
        .0,
        404
    );
    message["Message ID"] = json!("c");
    assert_eq!(
        ue.request(&message).json()["Failure Cause"],
        "unknown recipient"
    );
    assert_eq!(net.counters().http, 7);
}

#[test]
fn groups_topics_areas_and_recipients_who_are_away() {
    let (net, mut ue) = faced(|_| {});
    assert_eq!(
        ask(
            &net,
            "PUT",
            "/testnet/v1/groups/g%40iot.example",
            &json!([UE1, UE2])
        )
        .0,
        204
    );
    assert_eq!(
        ask(
            &net,
            "POST",
            DELIVER,
            &delivery("GROUP", "g@iot.example", "g")
        )
        .0,
        200
    );
    assert_eq!(ue.take()["Recipient Group Service ID"], "g@iot.example");
    topics(&mut ue, Some(0), &["ue=ue-4711@iot.example", "topic=alarm"]);
    ask(&net, "POST", DELIVER, &delivery("TOPIC", "alarm", "t"));
    assert_eq!(ue.take()["Messaging Topic"], "alarm");
    ask(&net, "POST", DELIVER, &delivery("BC", "ba-12", "b"));
    assert_eq!(ue.take()["Broadcast Area ID"], "ba-12");
    let (_, ack) = ask(&net, "POST", DELIVER, &delivery("UE", UE2, "away"));
    assert_eq!(
        (&ack["status"], &ack["failureCause"]),
        (&json!("DELY_FAILED"), &json!("recipient not registered"))
    );
    let mut stored = delivery("UE", UE2, "stored");
    stored["stoAndFwInd"] = json!(true);
    stored["stoAndFwParams"] = json!({"exprTime": "2099-01-01T00:00:00Z"});
    assert_eq!(
        ask(&net, "POST", DELIVER, &stored).1["status"],
        "DELY_STORED"
    );
    assert_eq!(
        ask(
            &net,
            "DELETE",
            "/testnet/v1/groups/g%40iot.example",
            &json!("")
        )
        .0,
        204
    );
    let (_, ack) = ask(
        &net,
        "POST",
        DELIVER,
        &delivery("GROUP", "g@iot.example", "h"),
    );
    assert_eq!(ack["failureCause"], "unknown recipient");
    // Longer than a UE takes at once.
    let mut long = delivery("UE", UE1, "long");
    long["payload"] = json!("x".repeat(5000));
    ask(&net, "POST", DELIVER, &long);
    check_set(&mut ue, "long", &"x".repeat(5000), 2048);
}

#[test]
fn a_connection_that_stays_and_octets_one_by_one() {
    let (net, mut ue) = faced(|_| {});
    let mut stream = connect(&net);
    let read = |stream: &mut TcpStream, until: &str| {
        let mut got = Vec::new();
        while !String::from_utf8_lossy(&got).contains(until) {
            let mut octet = [0];
            stream.read_exact(&mut octet).unwrap();
            got.push(octet[0]);
        }
        String::from_utf8(got).unwrap()
    };
    let body = delivery("UE", UE1, "a").to_string();
    let length = body.len();
    let head = format!(
        "POST {DELIVER} HTTP/1.1\r\nContent-Type: application/json\r\nExpect: 100-continue\r\nContent-Length: {length}\r\n\r\n"
    );
    for octet in head.as_bytes() {
        stream.write_all(&[*octet]).unwrap();
    }
    assert!(read(&mut stream, "\r\n\r\n").starts_with("HTTP/1.1 100"));
    for octet in body.as_bytes() {
        stream.write_all(&[*octet]).unwrap();
    }
    assert!(read(&mut stream, "\"msgId\":\"a\"}").starts_with("HTTP/1.1 200 OK\r\n"));
    // Two more at once, on the same connection.
    let two = "GET /testnet/v1/messages?as=x HTTP/1.1\r\n\r\n".repeat(2);
    stream.write_all(two.as_bytes()).unwrap();
    for _ in 0..2 {
        assert!(read(&mut stream, "[]").starts_with("HTTP/1.1 200"));
    }
    assert_eq!(ue.take()["Message ID"], "a");
}

#[test]
fn the_program_sends_and_prints_what_came_back() {
    let (net, mut ue) = faced(|config| {
        config
            .server
            .application_servers
            .push(msgin5g_testnet::ApplicationServer {
                id: AS.to_owned(),
                reports: false,
            });
    });
    let url = format!("http://{}", net.http_addr().unwrap());
    let run = |arguments: &[&str]| {
        let output = Command::new(env!("CARGO_BIN_EXE_msgin5g-testnet"))
            .args(arguments)
            .args(["--as-url", &url, "--from", AS])
            .output()
            .unwrap();
        (
            output.status.success(),
            String::from_utf8(output.stdout).unwrap(),
        )
    };
    let (good, printed) = run(&[
        "send",
        "--to",
        UE1,
        "--text",
        "hello",
        "--report",
        "--priority",
        "LOW",
    ]);
    assert!(good, "{printed}");
    let got = ue.take();
    assert_eq!(
        (&got["Payload"], &got["Priority type"]),
        (&json!("hello"), &json!("Low"))
    );
    let (good, printed) = run(&["send", "--group", "nobody@iot.example", "--text", "x"]);
    assert!(!good && printed.contains("unknown recipient"), "{printed}");
    assert!(
        !run(&["send", "--to", UE1, "--topic", "t", "--text", "x"]).0,
        "two recipients"
    );
    let mut message = msg(UE1, UE2, "b", "t=21.5");
    let members = message.as_object_mut().unwrap();
    members.shift_remove("Recipient UE Service ID");
    members.insert("Recipient AS Service ID".to_owned(), json!(AS));
    ue.request(&message);
    let (good, printed) = run(&["inbox"]);
    assert!(good && printed.contains("t=21.5"), "{printed}");
}

//! Sets that go wrong or are strange: refused, mixed up, hostile.

mod common;

use std::time::Duration;

use common::*;
use msgin5g_testnet::{ApplicationServer, Config, TestNet};
use serde_json::{Value, json};

const AS: &str = "as@iot.example";
/// The default wait for a segment.
const WAIT: Duration = Duration::from_secs(15);

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

fn to_as(id: &str, payload: &str) -> Value {
    let mut message = msg(UE1, UE2, id, payload);
    let members = message.as_object_mut().unwrap();
    members.shift_remove("Recipient UE Service ID");
    members.insert("Recipient AS Service ID".to_owned(), json!(AS));
    message
}

#[test]
fn a_segment_that_a_ue_refuses_ends_its_message() {
    let (net, mut ue1, mut ue2) = two_ues(|config| config.server.outstanding = 1);
    ue2.request(&reg_with_size(UE2, 10));
    ue1.request(&msg(UE1, UE2, "a", &"x".repeat(100)));
    let (token, first) = ue2.delivery();
    ue2.raw(&frame(0x8d, &token, &[], b""));
    assert_eq!(ue1.take()["Failure Cause"], "payload too large");
    assert_eq!(net.waiting(UE2), 0);
    let set = first["Segmentation Set Identifier"].as_str().unwrap();
    assert_eq!(ue2.request(&segrec(set, json!([1]))).code, "4.04");
}

#[test]
fn two_senders_use_the_same_set() {
    let (net, mut ue1, mut ue2) = two_ues(|_| {});
    let mut ue3 = Ue::plain(&net);
    ue3.register("ue3@iot.example");
    for part in &segments(&msg(UE1, UE2, "a", "0123456789"), "set", 4) {
        ue1.request(part);
    }
    for part in &segments(&msg("ue3@iot.example", UE2, "b", "abcdefgh"), "set", 4) {
        ue3.request(part);
    }
    assert_eq!(check_set(&mut ue2, "a", "0123456789", 4), "set");
    // SEGREC names no originator, so the second is renamed.
    let other = ue2.take();
    assert_ne!(other["Segmentation Set Identifier"], "set");
    // It fits the recipient, so it is one segment: total 1, and last.
    assert_eq!(other["Total number of message segments"], 1);
    assert_eq!(other["Last segment flag"], true);
}

#[test]
fn sets_counted_from_zero_and_sets_of_one() {
    let (net, mut ue1, _ue2) = two_ues(|_| {});
    let mut parts = segments(&to_as("a", "0123456789"), "zero", 4);
    for (n, part) in parts.iter_mut().enumerate() {
        part["Message segment number"] = json!(n);
    }
    ue1.request(&parts[1]);
    ue1.request(&parts[0]);
    net.advance(WAIT);
    assert_eq!(
        ue1.take()["List of Segment range"],
        json!([{"start": 2, "end": 2}])
    );
    ue1.request(&parts[2]);
    assert_eq!(ue1.take(), segconfir("zero", "a"));
    ue1.take();
    ue1.request(&segments(&to_as("b", "x"), "one", 4)[0]);
    assert_eq!(ue1.take(), segconfir("one", "b"));
}

#[test]
fn hostile_sets() {
    let (net, mut ue1, _ue2) = two_ues(|config| {
        config.server.segments.sets = 2;
        config.server.segments.max_message = 100;
        config.server.segments.max_number = 20;
    });
    let good = segments(&to_as("a", &"x".repeat(40)), "set", 10);
    assert_eq!(ue1.request(&good[0]).code, "2.04");
    let wrong: [(usize, &str, Value); 11] = [
        (1, "Message ID", json!("other")),
        (1, "Message segment number", json!(0)),
        (1, "Message segment number", json!(5)),
        (1, "Message segment number", json!(2_000_000_000)),
        (1, "Message segment number", Value::Null),
        (1, "Segmentation Set Identifier", json!("")),
        (1, "Segmentation Set Identifier", json!("x".repeat(65))),
        (1, "Total number of message segments", json!(3)),
        (0, "Total number of message segments", json!(0)),
        (0, "Total number of message segments", json!(2_000_000_000)),
        (1, "Last segment flag", json!(true)),
    ];
    for (n, name, value) in wrong {
        let mut bad = good[n].clone();
        bad[name] = value.clone();
        assert_eq!(ue1.request(&bad).code, "4.00", "{n} {name}: {value}");
    }
    // The first sets: the total would be lost with a set that was never begun.
    let mut bad = segments(&to_as("c", "0123456789"), "fresh", 4)[1].clone();
    bad["Message segment number"] = json!(21);
    assert_eq!(ue1.request(&bad).code, "4.00");
    // A flood of half-open sets.
    let open = |ue1: &mut Ue, set: &str| {
        let parts = segments(&to_as(set, &"x".repeat(20)), set, 10);
        ue1.request(&parts[0])
    };
    assert_eq!(open(&mut ue1, "second").code, "2.04");
    let refused = open(&mut ue1, "third");
    assert_eq!(refused.code, "5.03");
    assert!(refused.options.iter().any(|(number, _)| *number == 14));
    // Too much in one.
    let long = segments(&to_as("second", &"y".repeat(200)), "second", 50);
    assert_eq!(ue1.request(&long[2]).code, "4.00", "total was 2");
    // Nothing of the first message was lost over all this.
    for part in &good[1..] {
        assert_eq!(ue1.request(part).code, "2.04");
    }
    assert_eq!(ue1.take(), segconfir("set", "a"));
    let mut long = segments(&to_as("long", &"y".repeat(200)), "long", 50);
    long[0]["Total number of message segments"] = json!(4);
    let codes: Vec<String> = long.iter().map(|part| ue1.request(part).code).collect();
    assert_eq!(codes[..3], ["2.04", "2.04", "4.13"]);
    assert_eq!(net.counters().lost_sets, 1);
}

//! Segmentation on both sides of the server: reassembly, recovery, confirmation, cutting anew.

mod common;

use std::time::Duration;

use common::*;
use msgin5g_testnet::{ApplicationServer, AsMessage, Config, EventKind, Faults, TestNet};
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

/// Characters of one to four octets, so that a cut can hit one.
fn text(octets: usize) -> String {
    let mut text = String::new();
    for c in "aä€𝄞z".chars().cycle() {
        if text.len() + c.len_utf8() > octets {
            break;
        }
        text.push(c);
    }
    text
}

fn to_as(id: &str, payload: &str) -> Value {
    let mut message = msg(UE1, UE2, id, payload);
    let members = message.as_object_mut().unwrap();
    members.shift_remove("Recipient UE Service ID");
    members.insert("Recipient AS Service ID".to_owned(), json!(AS));
    message
}

#[test]
fn a_ue_segments_and_the_server_reassembles_for_an_application_server() {
    let (net, mut ue1, _ue2) = two_ues(|_| {});
    let payload = text(5000);
    let parts = segments(&to_as("a", &payload), "set-1", 512);
    // In any order, and one of them twice.
    for n in [3, 0, 2, 2, 1].into_iter().chain(4..parts.len()) {
        let answer = ue1.request(&parts[n]);
        assert_eq!((answer.code.as_str(), answer.payload.len()), ("2.04", 0));
    }
    assert_eq!(ue1.take(), segconfir("set-1", "a"));
    assert_eq!(ue1.take()["Message Type"], "IMDN", "one report for all");
    net.wait_for(|e| matches!(&e.kind, EventKind::AsMessage { payload: p, .. } if *p == payload))
        .unwrap();
    let counters = net.counters();
    assert_eq!((counters.reassembled, counters.messages), (1, 1));

    // A repeat of the last one: answered and confirmed again, and not passed on.
    assert_eq!(ue1.request(parts.last().unwrap()).code, "2.04");
    assert_eq!(ue1.take(), segconfir("set-1", "a"));
    assert_eq!(net.counters().messages, 1);
}

#[test]
fn missing_segments_are_asked_for_until_they_come() {
    let (net, mut ue1, _ue2) = two_ues(|_| {});
    let parts = segments(&to_as("a", &text(80)), "set-1", 8);
    let last = parts.len();
    assert!(last > 9);
    // Lost on their way: the UE has an answer for each and knows nothing of it.
    net.set_faults(Faults {
        lose_segments: vec![2, 5, 6, last as u32],
        ..Faults::default()
    });
    for part in &parts {
        assert_eq!(ue1.request(part).code, "2.04");
    }
    net.advance(WAIT);
    let expected = segrec(
        "set-1",
        json!([{"start": 2, "end": 2}, {"start": 5, "end": 6}, {"start": last, "end": last}]),
    );
    assert_eq!(ue1.take().to_string(), expected.to_string());
    ue1.request(&parts[1]);
    net.advance(WAIT);
    let second = ue1.take();
    assert_eq!(
        second["List of Segment range"],
        json!([{"start": 5, "end": 6}, {"start": last, "end": last}])
    );
    for n in [4, 5, last - 1] {
        ue1.request(&parts[n]);
    }
    assert_eq!(ue1.take(), segconfir("set-1", "a"));
    assert_eq!(
        (net.counters().recoveries, net.counters().lost_sets),
        (2, 0)
    );
}

#[test]
fn first_and_last_lost() {
    let (net, mut ue1, _ue2) = two_ues(|_| {});
    let parts = segments(&to_as("a", &"x".repeat(24)), "set-1", 8);
    ue1.request(&parts[1]);
    net.advance(WAIT);
    // The end is not known: one number behind the highest.
    assert_eq!(
        ue1.take()["List of Segment range"],
        json!([{"start": 1, "end": 1}, {"start": 3, "end": 3}])
    );
    ue1.request(&parts[2]);
    ue1.request(&parts[0]);
    assert_eq!(ue1.take(), segconfir("set-1", "a"));
}

#[test]
fn a_set_that_is_never_finished_is_given_up_and_reported() {
    let (net, mut ue1, _ue2) = two_ues(|config| config.server.segments.recoveries = 2);
    let parts = segments(&msg(UE1, UE2, "a", "0123456789"), "set-1", 4);
    ue1.request(&parts[0]);
    for _ in 0..2 {
        net.advance(WAIT);
        assert_eq!(ue1.take()["Message Type"], "SEGREC");
    }
    net.advance(WAIT);
    let report = ue1.take();
    let mut expected = imdn(UE2, UE1, "a");
    expected["Delivery Status"] = json!("failure");
    expected["Failure Cause"] = json!("segments missing");
    assert_eq!(report, expected);
    assert_eq!(net.counters().lost_sets, 1);

    // Nobody asked for a report: MSGRESP.
    let mut whole = msg(UE1, UE2, "b", "0123456789");
    whole["Delivery status required"] = json!(false);
    ue1.request(&segments(&whole, "set-2", 4)[1]);
    net.advance(WAIT);
    let (token, _) = ue1.delivery();
    // The sender knows nothing of the set any more: no further try.
    ue1.raw(&frame(0x84, &token, &[], b""));
    let response = ue1.take();
    assert_eq!(
        (&response["Message Type"], &response["Failure Cause"]),
        (&json!("MSGRESP"), &json!("segments missing"))
    );
}

#[test]
fn segments_pass_on_as_they_are_when_they_fit() {
    let (net, mut ue1, mut ue2) = two_ues(|_| {});
    let parts = segments(&msg(UE1, UE2, "a", &text(3000)), "set-1", 1024);
    for part in &parts {
        ue1.request(part);
    }
    assert_eq!(ue1.take(), segconfir("set-1", "a"));
    for part in &parts {
        let mut expected = part.clone();
        expected
            .as_object_mut()
            .unwrap()
            .shift_remove("Store and forward flag");
        assert_eq!(ue2.take(), expected);
    }
    assert_eq!(ue2.request(&segconfir("set-1", "a")).code, "2.04");
    assert_eq!(ue2.request(&segconfir("set-1", "a")).code, "4.04");
    ue2.request(&imdn(UE2, UE1, "a"));
    assert_eq!(ue1.take(), imdn(UE2, UE1, "a"));
    assert_eq!(net.counters().confirmed_sets, 1);
}

#[test]
fn a_recipient_with_smaller_segments_gets_the_message_cut_anew() {
    let (net, mut ue1, mut ue2) = two_ues(|_| {});
    ue2.request(&reg_with_size(UE2, 100));
    let payload = text(1999);
    for part in &segments(&msg(UE1, UE2, "a", &payload), "set-1", 512) {
        ue1.request(part);
    }
    check_set(&mut ue2, "a", &payload, 100);

    // A message that its sender did not segment, too.
    ue1.request(&msg(UE1, UE2, "b", &payload));
    check_set(&mut ue2, "b", &payload, 100);
    // One that just fits is not segmented.
    ue1.request(&msg(UE1, UE2, "c", &"x".repeat(100)));
    assert_eq!(ue2.take().get("Segmentation Set Identifier"), None);
    assert_eq!(net.counters().segmented, 2);
}

/// Takes a set and checks it against the table of TS 23.554 8.5.4. Returns its identifier.
fn check_set(ue: &mut Ue, id: &str, payload: &str, size: usize) -> String {
    let first = ue.take();
    let set = first["Segmentation Set Identifier"]
        .as_str()
        .unwrap()
        .to_owned();
    let total = first["Total number of message segments"].as_u64().unwrap();
    assert_eq!(first["Delivery status required"], true);
    let mut whole = first["Payload"].as_str().unwrap().to_owned();
    for n in 2..=total {
        let part = ue.take();
        assert_eq!(part["Message ID"], id);
        assert_eq!(part["Segmentation Set Identifier"], set.as_str());
        assert_eq!(part["Message segment number"], n);
        assert_eq!(part.get("Total number of message segments"), None);
        assert_eq!(part.get("Delivery status required"), None);
        assert_eq!(part.get("Last segment flag").is_some(), n == total);
        let text = part["Payload"].as_str().unwrap();
        assert!(text.len() <= size && !text.is_empty());
        whole.push_str(text);
    }
    assert_eq!(whole, payload);
    set
}

#[test]
fn a_ue_asks_again_for_what_was_dropped_and_gets_exactly_that() {
    let (net, mut ue1, mut ue2) = two_ues(|_| {});
    ue2.request(&reg_with_size(UE2, 10));
    net.set_faults(Faults {
        drop_segments: vec![2, 4],
        ..Faults::default()
    });
    ue1.request(&msg(UE1, UE2, "a", &"x".repeat(45)));
    let numbers = |ue: &mut Ue, n: usize| -> Vec<u64> {
        let parts = (0..n).map(|_| ue.take()["Message segment number"].as_u64().unwrap());
        parts.collect()
    };
    let first = ue2.take();
    let set = first["Segmentation Set Identifier"].as_str().unwrap();
    assert_eq!(numbers(&mut ue2, 2), [3, 5]);
    assert_eq!(ue2.request(&segrec(set, json!("2-2, (4)"))).code, "2.04");
    assert_eq!(numbers(&mut ue2, 2), [2, 4]);
    // Out of range in part, wholly, unknown, malformed.
    assert_eq!(ue2.request(&segrec(set, json!([[5, 9]]))).code, "2.04");
    assert_eq!(numbers(&mut ue2, 1), [5]);
    assert_eq!(ue2.request(&segrec(set, json!([6, "7-8"]))).code, "4.00");
    assert_eq!(ue2.request(&segrec("other", json!([1]))).code, "4.04");
    for ranges in [
        json!([]),
        json!([[2, 1]]),
        json!("x"),
        json!(7),
        json!([{"start": 1}]),
    ] {
        assert_eq!(ue2.request(&segrec(set, ranges)).code, "4.00");
    }
    // Only the UE that it went to.
    assert_eq!(ue1.request(&segrec(set, json!([1]))).code, "4.04");
    assert_eq!(ue2.request(&segconfir(set, "a")).code, "2.04");
    assert_eq!(ue2.request(&segrec(set, json!([1]))).code, "4.04");
    assert_eq!(net.counters().resends, 2);
}

#[test]
fn kept_segments_go_after_their_time() {
    let (net, mut ue1, mut ue2) = two_ues(|_| {});
    ue2.request(&reg_with_size(UE2, 10));
    ue1.request(&msg(UE1, UE2, "a", &"x".repeat(15)));
    let set = check_set(&mut ue2, "a", &"x".repeat(15), 10);
    net.advance(Duration::from_secs(119));
    // Each request counts anew.
    assert_eq!(ue2.request(&segrec(&set, json!([1]))).code, "2.04");
    ue2.take();
    net.advance(Duration::from_secs(121));
    assert_eq!(ue2.request(&segrec(&set, json!([1]))).code, "4.04");
}

#[test]
fn an_application_server_to_a_ue_and_to_a_group() {
    let (net, _ue1, mut ue2) = two_ues(|config| {
        let members = vec![UE1.to_owned(), UE2.to_owned()];
        config
            .server
            .groups
            .insert("g@iot.example".to_owned(), members);
    });
    ue2.request(&reg_with_size(UE2, 700));
    let payload = text(4096);
    let mut message = AsMessage::to_ue(AS, UE2, "a", &payload);
    message.report_wanted = true;
    net.send_from_as(&message).unwrap();
    check_set(&mut ue2, "a", &payload, 700);
    message.to.kind = msgin5g_testnet::wire::AddressKind::Group;
    message.to.id = "g@iot.example".to_owned();
    message.message_id = "b".to_owned();
    net.send_from_as(&message).unwrap();
    check_set(&mut ue2, "b", &payload, 700);
}

#[test]
fn a_segmented_message_is_stored_whole_and_cut_for_the_ue_that_comes() {
    let (net, mut ue1, ue2) = two_ues(|_| {});
    drop(ue2);
    net.wait_until(|counters, _| counters.closed == 1).unwrap();
    let mut whole = msg(UE1, UE2, "a", &text(3000));
    // To somebody who is away without storage: the answer to the last segment says so.
    let parts = segments(&whole, "set-1", 1000);
    let answers: Vec<_> = parts.iter().map(|part| ue1.request(part)).collect();
    assert_eq!(answers[0].payload, b"");
    assert_eq!(
        answers.last().unwrap().json()["Failure Cause"],
        "recipient not registered"
    );
    assert_eq!(ue1.take()["Message Type"], "SEGCONFIR");

    whole["Store and forward flag"] = json!(true);
    let parts = segments(&whole, "set-2", 1000);
    let answers: Vec<_> = parts.iter().map(|part| ue1.request(part)).collect();
    assert_eq!(answers.last().unwrap().json()["Delivery Status"], "stored");
    assert_eq!(net.waiting(UE2), 1);
    let mut ue2 = Ue::plain(&net);
    ue2.request(&reg_with_size(UE2, 512));
    check_set(&mut ue2, "a", whole["Payload"].as_str().unwrap(), 512);
    assert_eq!(ue1.take()["Message Type"], "SEGCONFIR");
    net.wait_until(|counters, _| counters.posts == counters.delivered)
        .unwrap();
    assert_eq!(net.waiting(UE2), 0);
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

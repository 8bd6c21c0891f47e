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
fn the_built_in_ue_takes_and_answers_long_messages() {
    const ECHO: &str = "echo@iot.example";
    let (_net, mut ue1, _ue2) = two_ues(|config| config.echo = vec![ECHO.to_owned()]);
    ue1.request(&reg_with_size(UE1, 700));
    let payload = text(4096);
    for part in &segments(&msg(UE1, ECHO, "a", &payload), "set-1", 700) {
        assert_eq!(ue1.request(part).payload, b"");
    }
    assert_eq!(ue1.take(), segconfir("set-1", "a"));
    assert_eq!(ue1.take(), imdn(ECHO, UE1, "a"));
    let (_, first) = ue1.delivery();
    assert_eq!(first["Total number of message segments"], 6);
    assert!(
        first["Payload"]
            .as_str()
            .unwrap()
            .starts_with("echo: aä€𝄞z")
    );
}

//! What is kept in a file: over a restart, and over the end of the network.

mod common;

use std::path::PathBuf;

use common::*;
use msgin5g_testnet::{Config, TestNet};
use serde_json::json;

/// A file that goes with the test.
struct File(PathBuf);

impl File {
    fn new(name: &str) -> Self {
        let file = format!("msgin5g-testnet-{}-{name}.sqlite", std::process::id());
        Self(std::env::temp_dir().join(file))
    }

    fn network(&self) -> TestNet {
        network(|config: &mut Config| config.store = Some(self.0.clone()))
    }
}

impl Drop for File {
    fn drop(&mut self) {
        for suffix in ["", "-wal", "-shm"] {
            let _ = std::fs::remove_file(format!("{}{suffix}", self.0.display()));
        }
    }
}

fn store(ue: &mut Ue, id: &str, payload: &str) {
    let mut message = msg(UE1, UE2, id, payload);
    message["Store and forward flag"] = json!(true);
    message["Store and forward parameters"] =
        json!({"Message expiration time": "2099-01-01T00:00:00Z"});
    assert_eq!(ue.request(&message).json()["Delivery Status"], "stored");
}

fn registered(net: &TestNet, one: bool) -> Ue {
    let (subscriber, id) = if one {
        (subscriber1(), UE1)
    } else {
        (subscriber2(), UE2)
    };
    let mut ue = Ue::tls(net, &subscriber);
    ue.register(id);
    ue
}

#[test]
fn stored_messages_arrive_after_the_network_was_started_anew() {
    let file = File::new("anew");
    let net = file.network();
    let mut ue1 = registered(&net, true);
    store(&mut ue1, "a", "first");
    store(&mut ue1, "b", &"x".repeat(1000));
    drop(net);

    let net = file.network();
    assert_eq!(net.waiting(UE2), 2);
    // The sender does not know of the end, and sends again.
    let mut ue1 = registered(&net, true);
    store(&mut ue1, "a", "first");
    assert_eq!(net.counters().duplicates, 1);
    let mut ue2 = Ue::tls(&net, &subscriber2());
    ue2.request(&reg_with_size(UE2, 600));
    assert_eq!(ue2.take()["Payload"], "first");
    // Of what goes in segments all is kept until the last of them is answered.
    assert_eq!(ue2.take()["Message segment number"], 1);
    ue2.delivery();
    net.wait_until(|counters, _| counters.delivered == 2)
        .unwrap();
    drop(net);

    let net = file.network();
    assert_eq!(net.waiting(UE2), 1);
    let mut ue2 = registered(&net, false);
    assert_eq!(ue2.take()["Message ID"], "b");
    net.wait_until(|counters, _| counters.delivered == 1)
        .unwrap();
    // What was a MSGRESP or a report for UE 1 is not among it.
    assert_eq!(net.waiting(UE2) + net.waiting(UE1), 0);
    drop(net);
    assert_eq!(file.network().waiting(UE2), 0);
}

#[test]
fn failures_are_told_to_senders_of_the_time_before() {
    let file = File::new("told");
    let net = file.network();
    store(&mut registered(&net, true), "a", "x");
    net.restart();
    net.wait_until(|counters, _| counters.closed == 1).unwrap();
    assert_eq!(net.waiting(UE2), 1);
    let mut ue2 = registered(&net, false);
    let (token, _) = ue2.delivery();
    ue2.raw(&frame(0x80, &token, &[], b""));
    let mut ue1 = registered(&net, true);
    assert_eq!(ue1.take()["Failure Cause"], "recipient not reachable");
}

#[test]
fn a_restart_cuts_none_that_comes_after_it() {
    let net = network(|_| {});
    for _ in 0..200 {
        drop(registered(&net, true));
        net.restart();
        // The cut may not have been made yet.
        registered(&net, true).request(&msg(UE1, UE2, "a", "x"));
    }
}

#[test]
fn subscriptions_and_their_times() {
    let file = File::new("topics");
    let net = file.network();
    let mut ue2 = registered(&net, false);
    let ue = format!("ue={UE2}");
    let far = "expiration=2099-01-01T00:00:00Z";
    topics(&mut ue2, Some(0), &[&ue, "topic=a", "topic=b", far]);
    topics(&mut ue2, Some(1), &[&ue, "topic=b"]);
    net.restart();
    assert_eq!(net.subscribers("a"), Some(vec![UE2.to_owned()]));
    assert_eq!(net.subscribers("b"), None);
    drop(net);
    assert_eq!(file.network().subscribers("a"), Some(vec![UE2.to_owned()]));
}

#[test]
fn a_file_that_cannot_be_opened() {
    let config = Config {
        store: Some(PathBuf::from("/nowhere/at/all.sqlite")),
        ..Config::default()
    };
    assert!(TestNet::start(config).is_err());
}

//! CoAP over UDP: the vectors octet for octet, confirmation, repeats, separate responses, and a bad network.

mod common;

use std::time::Duration;

use common::udp::{ACK, CON, NON, RST, UdpUe};
use common::*;
use msgin5g_testnet::{Config, DatagramFaults, EventKind, Faults, TestNet, text};
use serde_json::json;

fn datagrams(change: impl FnOnce(&mut Config)) -> TestNet {
    network(|config| {
        *config = config.clone().with_udp();
        change(config);
    })
}

fn octets(name: &str) -> Vec<u8> {
    let hex = vector(&format!("msgin5g/{name}.json"))["datagram_hex"].clone();
    text::unhex(hex.as_str().unwrap()).unwrap()
}

#[test]
fn requests_and_answers_are_the_vectors_octet_for_octet() {
    let net = datagrams(|_| {});
    let ue = UdpUe::new(&net);
    let mut ue2 = UdpUe::new(&net);
    ue2.register(&net, UE2);
    let exchange = |request: &str, answer: &str| {
        ue.send(&octets(request));
        assert_eq!(ue.receive_octets(), octets(answer), "{request}");
    };
    exchange("01-reg-request", "04-reg-response-ok");
    exchange("10-msg-p2p-con", "16-msg-ack-empty");
    exchange("60-topic-subscribe", "61-topic-subscribe-ok");
    // The recipient of vector 15 goes first.
    ue2.request(
        &net,
        &json!({"Message Type": "DEREG", "UE Service ID": UE2}),
    );
    exchange("15-msg-store-and-forward", "17-msgresp-stored-piggyback");
    exchange("06-dereg-request", "07-dereg-response-ok");
}

#[test]
fn a_message_between_two_ues_and_to_one_on_a_stream() {
    let net = datagrams(|_| {});
    let (mut ue1, mut ue2) = (UdpUe::new(&net), UdpUe::new(&net));
    assert_eq!(ue1.register(&net, UE1).code, "2.01");
    assert_eq!(ue2.register(&net, UE2).code, "2.01");
    assert_eq!(ue1.request(&net, &msg(UE1, UE2, "a", "x")).code, "2.04");
    assert_eq!(ue2.take(&net)["Message ID"], "a");
    ue2.request(&net, &imdn(UE2, UE1, "a"));
    assert_eq!(ue1.take(&net), imdn(UE2, UE1, "a"));

    // The same hub is behind both carriages.
    let mut ue2 = Ue::tls(&net, &subscriber2());
    ue2.register(UE2);
    ue1.request(&net, &msg(UE1, UE2, "b", "y"));
    assert_eq!(ue2.take()["Message ID"], "b");
}

#[test]
fn a_repeated_request_is_answered_the_same_and_carried_out_once() {
    let net = datagrams(|_| {});
    let mut ue = UdpUe::new(&net);
    ue.register(&net, UE1);
    let (mid, token, octets) = ue.post(CON, &msg(UE1, UE2, "a", "x"));
    let first = ue.receive_octets();
    ue.send(&octets);
    assert_eq!(ue.receive_octets(), first);
    let (kind, answered, frame) = parse_datagram(&first);
    assert_eq!((kind, answered, frame.token), (ACK, mid, token));
    let requests = || {
        net.events()
            .iter()
            .filter(|e| matches!(e.kind, EventKind::Request { .. }))
            .count()
    };
    assert_eq!(requests(), 2);
    // After EXCHANGE_LIFETIME the Message ID means another message.
    net.advance(Duration::from_secs(248));
    ue.send(&octets);
    ue.receive_octets();
    assert_eq!(requests(), 3);
    // A NON is not confirmed, and a repeat of it is not answered.
    let (_, token, octets) = ue.post(NON, &msg(UE1, UE2, "b", "x"));
    let (kind, _, frame) = ue.receive();
    assert_eq!((kind, frame.code, frame.token), (NON, 0x44, token));
    ue.send(&octets);
    ue.post(CON, &msg(UE1, UE2, "c", "x"));
    assert_eq!(ue.receive().0, ACK);
}

#[test]
fn a_delivery_is_retransmitted_with_growing_patience() {
    let net = datagrams(|config| config.datagrams.ack_random_percent = 0);
    let mut ue1 = UdpUe::new(&net);
    let mut ue2 = UdpUe::new(&net);
    ue1.register(&net, UE1);
    ue2.register(&net, UE2);
    ue1.request(&net, &msg(UE1, UE2, "a", "x"));
    let first = ue2.receive_octets();
    for seconds in [2, 4, 8, 16] {
        // One second before its time there is nothing: another exchange has shown that the clock was looked at.
        net.advance(Duration::from_secs(seconds - 1));
        ue1.register(&net, UE1);
        ue2.socket.set_nonblocking(true).unwrap();
        assert!(ue2.socket.recv(&mut [0]).is_err(), "before {seconds} s");
        ue2.socket.set_nonblocking(false).unwrap();
        net.advance(Duration::from_secs(1));
        assert_eq!(ue2.receive_octets(), first, "after {seconds} s");
    }
    // Nobody is there: the association is lost, the message is not.
    net.advance(Duration::from_secs(32));
    net.wait_for(|e| matches!(e.kind, EventKind::SessionClosed { .. }))
        .unwrap();
    assert!(!net.registered(UE2));
    assert_eq!(net.waiting(UE2), 1);
    ue2.register(&net, UE2);
    assert_eq!(ue2.take(&net)["Message ID"], "a");
}

#[test]
fn separate_responses_both_ways() {
    let net = datagrams(|config| config.datagrams.separate = true);
    let mut ue = UdpUe::new(&net);
    let mid = ue
        .post(CON, &json!({"Message Type": "REG", "UE Service ID": UE1}))
        .0;
    let (kind, answered, frame) = ue.receive();
    assert_eq!((kind, answered, frame.code), (ACK, mid, 0));
    let (kind, mid, frame) = ue.receive();
    assert_eq!((kind, frame.code), (CON, 0x41));
    // Not confirmed, it comes again.
    net.advance(Duration::from_secs(3));
    assert_eq!(ue.receive().1, mid);
    ue.empty(ACK, mid);

    // The UE answers our POST later, as CON and twice.
    let mut ue2 = UdpUe::new(&net);
    ue2.register(&net, UE2);
    ue2.request(&net, &msg(UE2, UE1, "a", "x"));
    let (kind, mid, post) = ue.receive();
    assert_eq!((kind, post.code), (CON, 0x02));
    ue.empty(ACK, mid);
    let answer = Frame {
        code: 0x44,
        token: post.token,
        options: Vec::new(),
        payload: Vec::new(),
    };
    for _ in 0..2 {
        ue.send(&datagram(CON, 77, &answer));
        let (kind, mid, frame) = ue.receive();
        assert_eq!((kind, mid, frame.code), (ACK, 77, 0));
    }
    net.wait_until(|counters, _| counters.delivered == 1)
        .unwrap();
    // A response to nothing.
    ue.send(&datagram(
        CON,
        78,
        &Frame {
            token: vec![9],
            ..answer
        },
    ));
    assert_eq!(ue.receive().0, RST);
}

#[test]
fn a_late_answer_is_confirmed_first() {
    let net = datagrams(|_| {});
    let mut ue = UdpUe::new(&net);
    ue.register(&net, UE1);
    net.set_faults(Faults {
        drop_answers: 1,
        ..Faults::default()
    });
    let mid = ue.post(CON, &msg(UE1, UE2, "a", "x")).0;
    net.wait_for(|e| matches!(&e.kind, EventKind::Fault { .. }))
        .unwrap();
    net.advance(Duration::from_secs(1));
    let (kind, answered, frame) = ue.receive();
    assert_eq!((kind, answered, frame.code), (ACK, mid, 0));
}

#[test]
fn resets() {
    let net = datagrams(|_| {});
    let (mut ue1, mut ue2) = (UdpUe::new(&net), UdpUe::new(&net));
    ue1.register(&net, UE1);
    ue2.register(&net, UE2);
    // CoAP ping.
    ue1.empty(CON, 5);
    let (kind, mid, frame) = ue1.receive();
    assert_eq!((kind, mid, frame.code), (RST, 5, 0));
    // A delivery that is refused with Reset.
    ue1.request(&net, &msg(UE1, UE2, "a", "x"));
    let (_, mid, _) = ue2.receive();
    ue2.empty(RST, mid);
    assert_eq!(ue1.take(&net)["Failure Cause"], "recipient not reachable");
    // Datagrams that are none: confirmable ones get Reset, all others nothing.
    for bad in [[0x49, 2, 0, 9], [0x40, 0xff, 0, 9]] {
        ue1.send(&bad);
        assert_eq!((ue1.receive().0, bad[3]), (RST, 9), "{bad:?}");
    }
    for ignored in [
        &[0x40][..],
        &[0x80, 2, 0, 9],
        &[0x59, 2, 0, 9],
        &[0x69, 2, 0, 9],
        &[0x50, 0, 0, 9],
    ] {
        ue1.send(ignored);
    }
    assert_eq!(ue1.request(&net, &msg(UE1, UE2, "b", "x")).code, "2.04");
}

#[test]
fn one_at_a_time_and_unconfirmed_ones_without() {
    let net = datagrams(|config| config.datagrams.non = true);
    let (mut ue1, mut ue2) = (UdpUe::new(&net), UdpUe::new(&net));
    ue1.register(&net, UE1);
    ue2.register(&net, UE2);
    for id in ["a", "b"] {
        ue1.request(&net, &msg(UE1, UE2, id, "x"));
    }
    let mut silent = msg(UE1, UE2, "c", "x");
    silent["Delivery status required"] = json!(false);
    ue1.request(&net, &silent);
    let (kind, mid, frame) = ue2.receive();
    assert_eq!(kind, CON);
    // Nobody waits for an answer to the third; the second waits for the first.
    assert_eq!(ue2.receive().0, NON);
    ue2.changed(mid, &frame.token);
    assert_eq!(ue2.receive().0, CON);
}

#[test]
fn notifications() {
    let net =
        datagrams(|config| config.server.topics.delivery = msgin5g_testnet::TopicDelivery::Notify);
    let mut ue = UdpUe::new(&net);
    ue.register(&net, UE1);
    ue.send(&octets("60-topic-subscribe"));
    assert_eq!(ue.receive_octets(), octets("61-topic-subscribe-ok"));
    let mut publisher = UdpUe::new(&net);
    publisher.register(&net, UE2);
    // Vector 62 is what comes of this, but for its Message ID.
    let mut message = vector("msgin5g/62-topic-notification.json")["payload"].clone();
    publisher.request(&net, &message);
    let (kind, mid, frame) = ue.receive();
    let mut expected = octets("62-topic-notification");
    expected[2..4].copy_from_slice(&mid.to_be_bytes());
    assert_eq!(datagram(kind, mid, &frame), expected);
    ue.empty(ACK, mid);
    net.wait_until(|counters, _| counters.delivered == 1)
        .unwrap();
    // Reset ends the observation, not the subscription.
    message["Message ID"] = json!("b");
    publisher.request(&net, &message);
    let (_, mid, _) = ue.receive();
    ue.empty(RST, mid);
    assert_eq!(ue.take(&net)["Message ID"], "b");
}

#[test]
fn every_message_arrives_once_over_a_bad_network() {
    let mut retransmissions = 0;
    for seed in 1..=20 {
        let net = datagrams(|config| config.datagrams.max_retransmit = 20);
        let (mut ue1, mut ue2) = (UdpUe::new(&net), UdpUe::new(&net));
        ue1.register(&net, UE1);
        ue2.register(&net, UE2);
        net.set_faults(Faults {
            datagrams: Some(DatagramFaults {
                seed,
                lose: 20,
                duplicate: 15,
                delay: 15,
                reorder: 15,
                late: Duration::from_secs(3),
            }),
            ..Faults::default()
        });
        for n in 0..5 {
            let answer = ue1.request(&net, &msg(UE1, UE2, &n.to_string(), "x"));
            assert_eq!(answer.code, "2.04", "seed {seed}");
        }
        let mut got: Vec<String> = (0..5)
            .map(|_| ue2.take(&net)["Message ID"].as_str().unwrap().to_owned())
            .collect();
        got.sort();
        assert_eq!(got, ["0", "1", "2", "3", "4"], "seed {seed}");
        assert_eq!(net.counters().messages, 5, "seed {seed}");
        retransmissions += ue1.retransmissions;
    }
    assert!(retransmissions > 0, "the network was not bad");
}

#[test]
fn what_is_lost_is_lost() {
    let net = datagrams(|_| {});
    let mut ue = UdpUe::new(&net);
    let mut other = Ue::plain(&net);
    let faults = DatagramFaults {
        seed: 1,
        lose: 100,
        duplicate: 0,
        delay: 0,
        reorder: 0,
        late: Duration::ZERO,
    };
    net.set_faults(Faults {
        datagrams: Some(faults),
        ..Faults::default()
    });
    ue.post(CON, &json!({"Message Type": "REG", "UE Service ID": UE1}));
    // Two exchanges on another socket: the datagram was looked at by then.
    for _ in 0..2 {
        other.register(UE2);
    }
    net.set_faults(Faults::default());
    other.register(UE2);
    assert!(!net.registered(UE1));
    ue.register(&net, UE1);
    assert!(net.registered(UE1));
}

//! Requests that end the session each time they are sent: given up, and no others with them.

use super::*;

// ---- what breaks sessions -----------------------------------------------------------------

#[test]
fn a_message_that_ends_each_session_is_given_up() {
    let mut memory = Bench::memory();
    let mut bench = Bench::registered_with(&mut memory, |config| config.max_breaks = 4);
    let poison = bench.send("poison", Priority::Middle);
    assert_eq!(requests(&bench.sent(0)), ["poison"]);
    for _ in 0..3 {
        assert_eq!(requests(&reconnect(&mut bench)), ["poison"]);
    }
    bench.client.disconnected();
    assert_eq!(
        bench.client.poll_event(0),
        Some(Event::Failed {
            message_id: poison,
            failure: Failure::SessionBroken { times: 4 }
        })
    );
    assert!(requests(&reconnect(&mut bench)).is_empty());
    assert!(bench.client.is_idle());
}

#[test]
fn its_neighbours_are_not() {
    let mut memory = Bench::memory();
    let mut bench = Bench::registered_with(&mut memory, |config| config.max_breaks = 3);
    let poison = bench.send("poison", Priority::Low);
    bench.send("one", Priority::Middle);
    bench.send("two", Priority::Middle);
    let mut sent = bench.sent(0);
    assert_eq!(requests(&sent), ["one", "two", "poison"]);
    let mut served = Vec::new();
    let mut told = Vec::new();
    for session in 0.. {
        assert!(session < 20, "no end");
        // A server that falls over the poison before it has answered any of those it has got.
        while !sent.is_empty() && !requests(&sent).contains(&"poison".to_owned()) {
            for frame in &sent {
                served.extend(requests(std::slice::from_ref(frame)));
                bench.answer(frame, Code::CHANGED, "");
            }
            told.extend(bench.events(0));
            sent = bench.sent(0);
        }
        if sent.is_empty() {
            break;
        }
        bench.client.disconnected();
        told.extend(bench.events(0));
        sent = reconnect(&mut bench);
    }
    assert_eq!(served, ["one", "two"]);
    assert_eq!(told.len(), 3, "{told:?}");
    let failed =
        format!("Failed {{ message_id: {poison:?}, failure: SessionBroken {{ times: 3 }} }}");
    assert_eq!(told[2], failed);
    assert!(bench.client.is_idle());
}

#[test]
fn what_was_not_sent_whole_is_not_to_blame() {
    let mut memory = Bench::memory();
    let mut bench = Bench::registered_with(&mut memory, |config| config.max_breaks = 1);
    let id = bench.send("innocent", Priority::Middle);
    for _ in 0..3 {
        let len = bench.client.poll_transmit(0).len();
        bench.client.transmitted(len - 1);
        bench.client.connected();
        let reg = bench.request(0);
        bench.answer(&reg, Code::CREATED, "");
        assert_eq!(bench.client.poll_event(0), Some(Event::Registered));
    }
    let sent = bench.request(0);
    bench.answer(&sent, Code::CHANGED, "");
    assert_eq!(
        bench.client.poll_event(0),
        Some(Event::Accepted { message_id: id })
    );
}

#[test]
fn an_answer_clears_the_suspicion() {
    let mut memory = Bench::memory();
    let mut bench = Bench::registered(&mut memory);
    bench.send("one", Priority::Middle);
    bench.send("two", Priority::Middle);
    bench.sent(0);
    let one = reconnect(&mut bench);
    assert_eq!(requests(&one), ["one"], "each by itself");
    bench.send("three", Priority::High);
    assert!(bench.sent(0).is_empty(), "nothing goes beside it");
    bench.answer(&one[0], Code::CHANGED, "");
    bench.events(0);
    // One that is not suspected goes as ever, and a suspect waits for its answer.
    let three = bench.sent(0);
    assert_eq!(requests(&three), ["three"]);
    bench.answer(&three[0], Code::CHANGED, "");
    bench.events(0);
    let two = bench.sent(0);
    bench.answer(&two[0], Code::CHANGED, "");
    bench.events(0);
    bench.send("four", Priority::Middle);
    bench.send("five", Priority::Middle);
    assert_eq!(requests(&bench.sent(0)), ["four", "five"]);
}

#[test]
fn an_aggregate_that_ends_sessions_is_taken_apart() {
    let mut memory = Bench::memory();
    let mut bench = Bench::registered_with(&mut memory, |config| {
        config.aggregation_wait_ms = 0;
        config.max_breaks = 2;
    });
    let to = Recipient::Ue(UeServiceId::new("ue-0815@iot.example").unwrap());
    for text in ["one", "poison", "two"] {
        let message = OutgoingMessage::text(to, text).with_aggregation();
        bench.client.send(&message, &mut bench.rng).unwrap();
    }
    assert_eq!(requests(&bench.sent(0)), ["MSG"]);
    assert_eq!(requests(&reconnect(&mut bench)), ["MSG"]);
    let mut sent = reconnect(&mut bench);
    let mut failed = 0;
    let mut served = Vec::new();
    while !sent.is_empty() {
        let texts = requests(&sent);
        assert_eq!(texts.len(), 1);
        if texts[0] == "poison" {
            bench.client.disconnected();
            failed += bench.events(0).len();
            sent = reconnect(&mut bench);
        } else {
            served.extend(texts);
            bench.answer(&sent[0], Code::CHANGED, "");
            bench.events(0);
            sent = bench.sent(0);
        }
    }
    assert_eq!((served.len(), failed), (2, 1));
    assert!(bench.client.is_idle());
}

#[test]
fn a_deregistration_that_ends_sessions_is_given_up() {
    let mut memory = Bench::memory();
    let mut bench = Bench::registered_with(&mut memory, |config| config.max_breaks = 3);
    bench.client.deregister().unwrap();
    assert_eq!(requests(&bench.sent(0)), ["DEREG"]);
    for _ in 0..2 {
        bench.client.connected();
        assert_eq!(bench.client.poll_event(0), None);
        assert_eq!(requests(&bench.sent(0)), ["DEREG"]);
    }
    bench.client.disconnected();
    assert_eq!(bench.client.poll_event(0), Some(Event::Deregistered));
}

/// SEGREC: a set is given up in the end, whatever its SEGREC does to sessions.
#[test]
fn a_segrec_that_ends_sessions_is_given_up() {
    let mut memory = Bench::memory();
    let mut bench = Bench::registered_with(&mut memory, |config| {
        config.max_breaks = 2;
        config.segment_recoveries = 2;
    });
    bench.exchange(&segments::segment("s", 1, "x", &segments::total(2)), 0);
    let mut now = 0;
    let mut sent = 0;
    for _ in 0..100 {
        let events = bench.events(now);
        if events.iter().any(|event| event.starts_with("Incomplete")) {
            assert_eq!(sent, 4);
            return;
        }
        let frames = bench.sent(now);
        if requests(&frames).contains(&"SEGREC".to_owned()) {
            sent += 1;
            bench.client.connected();
            let reg = bench.request(now);
            bench.answer(&reg, Code::CREATED, "");
            continue;
        }
        now = bench.client.next_deadline().expect("the end of the set");
    }
    panic!("no end");
}

//! Answers that come twice, too late, from before, or tell of an overload.

use super::*;

#[test]
fn a_second_answer_says_nothing() {
    let mut memory = Bench::memory();
    let mut bench = Bench::new(&mut memory);
    bench.client.register().unwrap();
    let reg = bench.request(0);
    let granted = r#"{"Registration result":"success"}"#;
    bench.answer(&reg, Code::CREATED, granted);
    bench.answer(&reg, Code::CREATED, granted);
    bench.answer(&reg, Code::FORBIDDEN, "");
    assert_eq!(events(&mut bench, 0), ["Registered"]);
    assert!(bench.client.is_registered());

    bench.send("hello", Priority::Middle);
    let request = bench.request(0);
    bench.answer(&request, Code::CHANGED, "");
    bench.answer(&request, Code::FORBIDDEN, "");
    assert_eq!(events(&mut bench, 0).len(), 1);
}

#[test]
fn an_answer_from_before_the_reconnect_says_nothing() {
    let mut memory = Bench::memory();
    let mut bench = Bench::registered(&mut memory);
    let id = bench.send("hello", Priority::Middle);
    let old = bench.request(0);
    bench.client.connected();
    let reg = bench.request(0);
    bench.answer(&old, Code::CHANGED, "");
    assert_eq!(bench.client.poll_event(0), None);
    bench.answer(&reg, Code::CREATED, "");
    assert_eq!(bench.client.poll_event(0), Some(Event::Registered));
    let new = bench.request(0);
    assert_ne!(new.token, old.token);
    bench.answer(&old, Code::CHANGED, "");
    assert_eq!(bench.client.poll_event(0), None);
    bench.answer(&new, Code::CHANGED, "");
    assert_eq!(
        bench.client.poll_event(0),
        Some(Event::Accepted { message_id: id })
    );
}

/// The server's own word on a message may overtake its answer: one outcome all the same.
#[test]
fn a_message_response_before_the_answer_is_the_only_outcome() {
    let mut memory = Bench::memory();
    let mut bench = Bench::registered(&mut memory);
    let id = bench.send("hello", Priority::Middle);
    let request = bench.request(0);
    bench.post(&message_response(&id.to_string(), "failed"));
    bench.answer(&request, Code::CHANGED, "");
    let all = events(&mut bench, 0);
    assert_eq!(all.len(), 1, "{all:?}");
    assert!(all[0].starts_with("Failed"), "{all:?}");
    assert_eq!(bench.client.pending(), 0);
}

#[test]
fn max_age_cannot_keep_a_message_for_ever() {
    let mut memory = Bench::memory();
    let mut bench = Bench::registered(&mut memory);
    bench.send("hello", Priority::Middle);
    let request = bench.request(0);
    let max_age = [(OptionNumber::MAX_AGE, &[0xff; 4][..])];
    bench.frame(Code::SERVICE_UNAVAILABLE, request.token, &max_age, b"");
    assert_eq!(bench.client.poll_event(0), None);
    let at = bench.client.next_deadline().unwrap();
    assert!((86_400_000..86_400_000 + 900_000).contains(&at), "{at}");
}

/// A device that slept too long finds the answer in its hands: it came, so it counts.
#[test]
fn an_answer_that_arrived_in_time_counts_however_late_one_looks() {
    for now in [93_000, 10_000_000, u64::MAX] {
        let mut memory = Bench::memory();
        let mut bench = Bench::registered(&mut memory);
        let id = bench.send("hello", Priority::Middle);
        let request = bench.request(0);
        bench.answer(&request, Code::CHANGED, "");
        assert!(bench.client.has_event(now));
        assert_eq!(
            bench.client.poll_event(now),
            Some(Event::Accepted { message_id: id })
        );
        assert!(bench.sent(now).is_empty(), "nothing is sent again");
    }
}

/// 5.03 again and again comes to an end.
#[test]
fn an_overload_without_end_fails_the_message() {
    let mut memory = Bench::memory();
    let mut bench = Bench::registered(&mut memory);
    bench.send("hello", Priority::Middle);
    let (mut now, mut attempts) = (0, 0);
    loop {
        let request = bench.request(now);
        attempts += 1;
        bench.answer(&request, Code::SERVICE_UNAVAILABLE, "");
        if let Some(event) = bench.client.poll_event(now) {
            assert!(matches!(event, Event::Failed { .. }));
            break;
        }
        now = bench.client.next_deadline().unwrap();
    }
    assert_eq!(attempts, 5);
    assert_eq!(bench.client.next_deadline(), None);
}

#[test]
fn two_messages_told_4_01_cost_one_registration() {
    let mut memory = Bench::memory();
    let mut bench = Bench::registered(&mut memory);
    bench.send("one", Priority::Middle);
    bench.send("two", Priority::Middle);
    let sent = bench.sent(0);
    assert_eq!(sent.len(), 2);
    bench.answer(&sent[0], Code::UNAUTHORIZED, "");
    assert_eq!(bench.client.poll_event(0), Some(Event::RegistrationLost));
    let reg = bench.request(0);
    bench.answer(&sent[1], Code::UNAUTHORIZED, "");
    assert_eq!(bench.client.poll_event(0), Some(Event::RegistrationLost));
    assert!(bench.sent(0).is_empty(), "no second REG");
    bench.answer(&reg, Code::CREATED, "");
    assert_eq!(bench.client.poll_event(0), Some(Event::Registered));
    assert_eq!(bench.sent(0).len(), 2);
}

#[test]
fn who_is_leaving_is_not_registered_again() {
    let mut memory = Bench::memory();
    let mut bench = Bench::registered(&mut memory);
    bench.send("last words", Priority::Middle);
    bench.client.deregister().unwrap();
    let request = bench.request(0);
    bench.answer(&request, Code::UNAUTHORIZED, "");
    assert!(matches!(
        bench.client.poll_event(0),
        Some(Event::Failed { .. })
    ));
    let dereg = bench.request(0);
    assert_eq!(dereg.json()["Message Type"], "DEREG");
    bench.answer(&dereg, Code::UNAUTHORIZED, "");
    assert_eq!(bench.client.poll_event(0), Some(Event::Deregistered));
}

// ---- signals ----------------------------------------------------------------------------------

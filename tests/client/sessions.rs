//! Sessions that break and end, servers that are late with their CSM, and clocks that jump.

use crate::script::{Bench, Counter, Frame};
use crate::segments;
use msgin5g::client::{Client, ClientMemory, Config, Event, Failure, OutgoingMessage, SendError};
use msgin5g::coap::{Code, OptionNumber, Token};
use msgin5g::message::{ClientProfile, MessageId, Outcome, Priority, Recipient, UeServiceId};

fn requests(frames: &[Frame]) -> Vec<String> {
    let requests = frames.iter().filter(|frame| frame.code.is_request());
    requests
        .map(|frame| {
            let json = frame.json();
            let text = json["Payload"].as_str().or(json["Message Type"].as_str());
            text.unwrap().to_owned()
        })
        .collect()
}

// ---- leaving ------------------------------------------------------------------------------

#[test]
fn deregistration_waits_for_what_is_put_off() {
    let mut memory = Bench::memory();
    let mut bench = Bench::registered(&mut memory);
    let id = bench.send("later", Priority::Middle);
    let sent = bench.request(0);
    let busy = &[(OptionNumber::MAX_AGE, &[10][..])];
    bench.frame(Code::SERVICE_UNAVAILABLE, sent.token, busy, b"");
    assert_eq!(bench.client.poll_event(0), None);
    bench.client.deregister().unwrap();
    assert!(bench.sent(0).is_empty(), "not yet");
    let now = bench.client.next_deadline().unwrap();
    assert!((10_000..15_000).contains(&now), "{now}");
    assert!(bench.sent(now - 1).is_empty());
    let again = bench.request(now);
    assert_eq!(again.json()["Payload"], "later");
    bench.answer(&again, Code::CHANGED, "");
    assert_eq!(
        bench.client.poll_event(now),
        Some(Event::Accepted { message_id: id })
    );
    let dereg = bench.request(now);
    assert_eq!(dereg.json()["Message Type"], "DEREG");
    bench.answer(&dereg, Code::DELETED, "");
    assert_eq!(bench.client.poll_event(now), Some(Event::Deregistered));
    assert_eq!(bench.client.next_deadline(), None);
}

#[test]
fn deregistration_comes_also_when_there_is_no_answer() {
    let mut memory = Bench::memory();
    let mut bench = Bench::registered_with(&mut memory, |config| config.max_attempts = 2);
    let id = bench.send("silence", Priority::Middle);
    bench.sent(0);
    bench.client.deregister().unwrap();
    let mut told = Vec::new();
    for _ in 0..20 {
        let Some(now) = bench.client.next_deadline() else {
            break;
        };
        while let Some(event) = bench.client.poll_event(now) {
            told.push(match event {
                Event::Failed { message_id, .. } => {
                    assert_eq!(message_id, id);
                    "failed"
                }
                Event::Deregistered => "deregistered",
                other => panic!("{other:?}"),
            });
        }
        bench.sent(now);
    }
    assert_eq!(told, ["failed", "deregistered"]);
}

#[test]
fn deregistration_does_not_wait_for_the_application() {
    let mut memory = Bench::memory();
    let mut bench = Bench::by_application(&mut memory);
    bench.post(
        r#"{"Message Type":"MSG","Originating UE Service ID":"ue-0815@iot.example","Recipient UE Service ID":"ue-4711@iot.example","Message ID":"m-1","Delivery status required":true,"Payload":"x"}"#,
    );
    let event = bench.client.poll_event(0);
    let Some(Event::Message {
        report: Some(ticket),
        ..
    }) = event
    else {
        panic!("{event:?}");
    };
    bench.sent(0);
    bench.client.deregister().unwrap();
    assert_eq!(requests(&bench.sent(0)), ["DEREG"]);
    bench.client.report(ticket, Outcome::Success, None).unwrap();
}

/// Who is leaving does not register again for the sake of one message.
#[test]
fn deregistration_goes_on_when_the_server_knows_us_not() {
    let mut memory = Bench::memory();
    let mut bench = Bench::registered(&mut memory);
    let id = bench.send("last words", Priority::Middle);
    let sent = bench.request(0);
    bench.client.deregister().unwrap();
    bench.answer(&sent, Code::UNAUTHORIZED, "");
    let event = bench.client.poll_event(0);
    assert!(
        matches!(event, Some(Event::Failed { message_id, .. }) if message_id == id),
        "{event:?}"
    );
    let dereg = bench.request(0);
    assert_eq!(dereg.json()["Message Type"], "DEREG");
    bench.answer(&dereg, Code::DELETED, "");
    assert_eq!(bench.client.poll_event(0), Some(Event::Deregistered));
}

/// After Abort the stream means nothing any more, in either direction.
#[test]
fn nothing_follows_an_abort() {
    let mut memory = Bench::memory();
    let mut bench = Bench::registered(&mut memory);
    bench.octets(b"\x0f");
    assert!(bench.event(0).starts_with("Malformed"));
    bench.send("too late", Priority::High);
    let sent = bench.sent(0);
    assert_eq!(sent.len(), 1);
    assert_eq!(sent[0].code, Code::ABORT);
    assert!(bench.sent(100_000).is_empty());
    assert_eq!(requests(&reconnect(&mut bench)), ["too late"]);
}

// ---- repetitions --------------------------------------------------------------------------

/// Each pause is the base, doubled with each attempt, and shifted by up to half of itself.
#[test]
fn pauses_begin_with_the_base_and_double() {
    let mut memory = Bench::memory();
    let mut bench = Bench::registered_with(&mut memory, |config| config.max_attempts = 3);
    let mut now = 0;
    for _ in 0..12 {
        bench.send("?", Priority::Middle);
        bench.request(now);
        for base in [30_000, 60_000] {
            now += 93_000;
            assert_eq!(bench.client.poll_event(now), None);
            let next = bench.client.next_deadline().unwrap();
            assert!((base / 2..=base * 3 / 2).contains(&(next - now)), "{base}");
            now = next;
            bench.request(now);
        }
        now += 93_000;
        assert!(bench.event(now).starts_with("Failed"));
    }
}

#[test]
fn an_attempt_that_a_session_cut_short_does_not_count() {
    let mut memory = Bench::memory();
    let mut bench = Bench::registered_with(&mut memory, |config| config.max_attempts = 2);
    bench.send("again", Priority::Middle);
    bench.request(0);
    for _ in 0..3 {
        assert_eq!(requests(&reconnect(&mut bench)), ["again"]);
    }
    // The second one of two.
    assert_eq!(bench.client.poll_event(93_000), None);
    let next = bench.client.next_deadline().expect("another attempt");
    assert_eq!(requests(&bench.sent(next)), ["again"]);
    assert!(bench.event(next + 93_000).starts_with("Failed"));
}

#[test]
fn at_the_end_of_time_nobody_registers_again() {
    let mut memory = Bench::memory();
    let refresh = Some(60_000);
    let mut bench = Bench::with(&mut memory, |config| {
        config.registration_refresh_ms = refresh;
    });
    let now = u64::MAX - 10;
    bench.client.register().unwrap();
    let reg = bench.request(now);
    bench.answer(&reg, Code::CREATED, "");
    assert_eq!(bench.client.poll_event(now), Some(Event::Registered));
    assert_eq!(bench.client.poll_event(u64::MAX), None);
    assert!(bench.sent(u64::MAX).is_empty());
}

// ---- what breaks sessions -----------------------------------------------------------------

/// Opens a session anew and registers; tells what the client sends behind that.
fn reconnect(bench: &mut Bench<'_>) -> Vec<Frame> {
    bench.client.connected();
    let reg = bench.request(0);
    bench.answer(&reg, Code::CREATED, "");
    assert!(bench.client.has_event(0));
    while let Some(event) = bench.client.poll_event(0) {
        assert!(matches!(event, Event::Registered), "{event:?}");
    }
    bench.sent(0)
}

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

// ---- before the server's CSM ------------------------------------------------------------------

/// A client with room for large messages, and an open session.
fn large<'m>(memory: &'m mut ClientMemory<4096, 4096, 8192>) -> Bench<'m> {
    let config = Config::new(UeServiceId::new("ue-4711@iot.example").unwrap());
    let mut client = Client::new(config, memory.pieces(), &mut Counter(1)).unwrap();
    client.connected();
    Bench::of(client)
}

fn csm(bench: &mut Bench<'_>, size: u16) {
    let size = size.to_be_bytes();
    let options = &[(OptionNumber(2), &size[..])];
    bench.frame(Code::CSM, Token::EMPTY, options, b"");
}

fn long(bench: &mut Bench<'_>, segments: bool) -> MessageId<'static> {
    let to = Recipient::Ue(UeServiceId::new("ue-0815@iot.example").unwrap());
    let text = "x".repeat(1200);
    let mut message = OutgoingMessage::text(to, &text);
    message.may_segment = segments;
    bench.client.send(&message, &mut bench.rng).unwrap()
}

#[test]
fn a_server_without_a_csm_gets_what_every_server_takes() {
    let mut memory = ClientMemory::new();
    let mut bench = large(&mut memory);
    let refused = long(&mut bench, false);
    long(&mut bench, true);
    bench.register();
    assert_eq!(
        bench.client.poll_event(0),
        Some(Event::Failed {
            message_id: refused,
            failure: Failure::TooLarge { limit: 1152 }
        })
    );
    let (frames, _) = segments::run(&mut bench, 0);
    assert!(frames.len() > 1);
    assert!(frames.iter().all(|frame| frame.payload.len() <= 1152));
    assert_eq!(segments::joined(&frames).len(), 1200);
}

/// A Ping says so just as well as a request (RFC 8323 section 5.3); and what a later CSM leaves out stays.
#[test]
fn whatever_comes_before_the_csm_means_that_there_is_none() {
    let mut memory = ClientMemory::new();
    let mut bench = large(&mut memory);
    let refused = long(&mut bench, false);
    bench.frame(Code::PING, Token::EMPTY, &[], b"");
    let failed = Event::Failed {
        message_id: refused,
        failure: Failure::TooLarge { limit: 1152 },
    };
    assert_eq!(bench.client.poll_event(0), Some(failed));
    csm(&mut bench, 4000);
    bench.frame(Code::CSM, Token::EMPTY, &[], b"");
    bench.register();
    long(&mut bench, false);
    assert!(bench.request(0).payload.len() > 1152);
}

#[test]
fn a_csm_lets_larger_ones_out() {
    let mut memory = ClientMemory::new();
    let mut bench = large(&mut memory);
    long(&mut bench, false);
    csm(&mut bench, 4000);
    bench.register();
    assert!(bench.request(0).payload.len() > 1152);
}

/// Who leaves over a new session sends messages before anything has come from the server.
#[test]
fn large_messages_wait_for_the_csm_and_not_for_ever() {
    for csm_comes in [true, false] {
        let mut memory = ClientMemory::new();
        let mut bench = large(&mut memory);
        csm(&mut bench, 4000);
        bench.register();
        let id = long(&mut bench, false);
        bench.client.deregister().unwrap();
        bench.client.connected();
        assert!(requests(&bench.sent(50)).is_empty());
        assert_eq!(bench.client.poll_event(50), None);
        let until = bench.client.next_deadline().unwrap();
        assert_eq!(until, 50 + 93_000);
        if csm_comes {
            csm(&mut bench, 4000);
            assert_eq!(bench.client.poll_event(100), None);
            let sent = bench.request(100);
            assert!(sent.payload.len() > 1152);
            bench.answer(&sent, Code::CHANGED, "");
            bench.events(100);
        } else {
            assert!(bench.sent(until - 1).is_empty());
            let failure = Failure::TooLarge { limit: 1152 };
            let failed = Event::Failed {
                message_id: id,
                failure,
            };
            assert_eq!(bench.client.poll_event(until), Some(failed));
        }
        assert_eq!(requests(&bench.sent(until)), ["DEREG"]);
    }
}

#[test]
fn a_large_registration_waits_and_fails_tellingly() {
    let schedule = "all day, ".repeat(150);
    let mut profile = ClientProfile::EMPTY;
    profile.availability.schedule = Some(&schedule);
    for limit in [2000, 1200] {
        let mut memory = ClientMemory::<4096, 4096, 8192>::new();
        let mut config = Config::new(UeServiceId::new("ue-4711@iot.example").unwrap());
        config.registration.profile = profile;
        config.max_datagram = 4000;
        let client = Client::new(config, memory.pieces(), &mut Counter(1)).unwrap();
        let mut bench = Bench::of(client);
        bench.client.connected();
        bench.client.register().unwrap();
        assert!(requests(&bench.sent(0)).is_empty());
        csm(&mut bench, limit);
        let event = bench.client.poll_event(0);
        if limit == 2000 {
            assert_eq!(event, None);
            assert_eq!(requests(&bench.sent(0)), ["REG"]);
        } else {
            let failure = Failure::TooLarge { limit: 1200 };
            assert_eq!(event, Some(Event::RegistrationFailed(failure)));
            // From here on it is known.
            let error = bench.client.register();
            assert!(matches!(
                error,
                Err(SendError::TooLarge { limit: 1200, .. })
            ));
        }
    }
}

// ---- clocks -------------------------------------------------------------------------------

/// An hour ahead and back again: nothing waits for that hour.
#[test]
fn a_clock_that_jumps_leaves_nothing_waiting() {
    const HOUR: u64 = 3_600_000;
    let mut memory = Bench::memory();
    let mut bench = Bench::registered_with(&mut memory, |config| {
        config.registration_refresh_ms = Some(60_000);
        segments::small(config);
    });
    // Each of these gets its time while the clock is wrong.
    bench.answer_all(HOUR);
    bench.send("busy", Priority::Middle);
    let sent = bench.request(HOUR);
    bench.frame(Code::SERVICE_UNAVAILABLE, sent.token, &[], b"");
    bench.send("open", Priority::Middle);
    bench.sent(HOUR);
    let to = Recipient::Ue(UeServiceId::new("ue-0815@iot.example").unwrap());
    let message = OutgoingMessage::text(to, "company").with_aggregation();
    bench.client.send(&message, &mut bench.rng).unwrap();
    bench.sent(HOUR);
    bench.exchange(&segments::segment("s", 1, "x", &segments::total(2)), HOUR);
    bench.events(HOUR);
    // Back again.
    bench.sent(100);
    let mut seen = Vec::new();
    for _ in 0..30 {
        let deadline = bench.client.next_deadline().unwrap();
        if deadline > 600_000 {
            break;
        }
        let now = deadline.max(100);
        seen.extend(bench.events(now));
        for frame in bench.sent(now) {
            if frame.code.is_request() {
                seen.extend(requests(std::slice::from_ref(&frame)));
                bench.answer(&frame, Code::CHANGED, "");
            }
        }
        seen.extend(bench.events(now));
    }
    for wanted in ["busy", "open", "company", "SEGREC", "REG"] {
        assert!(seen.iter().any(|one| one == wanted), "{wanted} in {seen:?}");
    }
}

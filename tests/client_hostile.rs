//! The client against a server that means harm, or is merely wrong, and against memory and clocks
//! that nobody would choose. The test owns the clock.

#[allow(dead_code, reason = "each test file uses a part")]
#[path = "client/script.rs"]
mod script;

use msgin5g::client::{
    Client, Config, Event, Failure, IncomingSlot, OutboxSlot, OutgoingMessage, Pieces, SendError,
};
use msgin5g::coap::signal::{Csm, Signal};
use msgin5g::coap::{CoapError, Code, OptionNumber, Outgoing, Token, stream};
use msgin5g::message::{Priority, Recipient, UeServiceId};
use script::{Bench, Counter};
use serde_json::json;

/// An MSG from ue-0815.
fn msg(id: &str, payload: &str, report: bool) -> String {
    json!({
        "MSGin5G service identifier": "MSGin5G",
        "Message Type": "MSG",
        "Originating UE Service ID": "ue-0815@iot.example",
        "Recipient UE Service ID": "ue-4711@iot.example",
        "Message ID": id,
        "Delivery status required": report,
        "Payload": payload,
    })
    .to_string()
}

fn message_response(id: &str, status: &str) -> String {
    json!({
        "Message Type": "MSGRESP",
        "Originating UE Service ID": "ue-4711@iot.example",
        "Message ID": id,
        "Delivery Status": status,
    })
    .to_string()
}

fn events(bench: &mut Bench<'_>, now: u64) -> Vec<String> {
    std::iter::from_fn(|| {
        bench
            .client
            .poll_event(now)
            .map(|event| format!("{event:?}"))
    })
    .collect()
}

/// A frame larger than the client's receive memory. Somebody looks for events as it arrives.
fn large(bench: &mut Bench<'_>, code: Code, token: Token) {
    let mut octets = vec![0; Bench::RX + 100];
    let frame = Outgoing {
        code,
        token,
        options: &[],
        payload: &[b' '; Bench::RX],
    };
    let len = frame.encode_stream(&mut octets).unwrap();
    for piece in octets[..len].chunks(100) {
        bench.client.has_event(0);
        bench.octets(piece);
    }
}

// ---- frames that are too large ----------------------------------------------------------------

/// Asking whether there is an event takes nothing away.
#[test]
fn a_large_request_is_refused_also_when_one_looks_first() {
    let mut memory = Bench::memory();
    let mut bench = Bench::registered(&mut memory);
    large(&mut bench, Code::POST, Token::from(7));
    assert!(bench.client.has_event(0));
    assert!(bench.client.has_event(0));
    assert_eq!(
        bench.client.poll_event(0),
        Some(Event::Refused(Code::REQUEST_ENTITY_TOO_LARGE))
    );
    assert!(!bench.client.has_event(0));
    let sent = bench.sent(0);
    assert_eq!(sent.len(), 1);
    assert_eq!(sent[0].code, Code::REQUEST_ENTITY_TOO_LARGE);
}

#[test]
fn a_large_answer_counts_by_its_code() {
    let mut memory = Bench::memory();
    let mut bench = Bench::registered(&mut memory);
    let id = bench.send("hello", Priority::Middle);
    let request = bench.request(0);
    large(&mut bench, Code::CHANGED, request.token);
    assert!(bench.client.has_event(0));
    assert_eq!(
        bench.client.poll_event(0),
        Some(Event::Accepted { message_id: id })
    );
    assert_eq!(bench.client.pending(), 0);
    assert!(bench.sent(0).is_empty(), "an answer is not answered");
}

#[test]
fn a_large_answer_to_a_report_ends_it() {
    let mut memory = Bench::memory();
    let mut bench = Bench::registered(&mut memory);
    bench.post(&msg("m-1", "x", true));
    assert_eq!(events(&mut bench, 0).len(), 1);
    let report = bench.request(0);
    assert_eq!(report.json()["Message Type"], "IMDN");
    large(&mut bench, Code::CHANGED, report.token);
    assert_eq!(bench.client.poll_event(0), None);
    assert_eq!(bench.client.pending(), 0);
    assert!(bench.sent(0).is_empty());
}

#[test]
fn large_frames_that_ask_for_nothing_are_passed_over() {
    let mut memory = Bench::memory();
    let mut bench = Bench::registered(&mut memory);
    for code in [
        Code::CHANGED,
        Code::CSM,
        Code::EMPTY,
        Code::new(1, 3),
        Code::new(6, 0),
    ] {
        large(&mut bench, code, Token::from(0xbad));
        assert_eq!(bench.client.poll_event(0), None, "{code}");
        assert!(bench.sent(0).is_empty(), "{code}");
    }
    large(&mut bench, Code::ABORT, Token::EMPTY);
    assert_eq!(bench.client.poll_event(0), Some(Event::Aborted));
    // And what follows is read.
    bench.post(&msg("m-1", "x", false));
    assert!(matches!(
        bench.client.poll_event(0),
        Some(Event::Message { .. })
    ));
}

// ---- answers ----------------------------------------------------------------------------------

/// Only answers are answers: an empty message or a reserved class with the right token is not.
#[test]
fn a_frame_of_no_meaning_does_not_put_a_message_off() {
    let mut memory = Bench::memory();
    let mut bench = Bench::registered(&mut memory);
    let id = bench.send("hello", Priority::Middle);
    let request = bench.request(0);
    for code in [
        Code::EMPTY,
        Code::new(1, 3),
        Code::new(6, 0),
        Code::new(7, 9),
    ] {
        bench.frame(code, request.token, &[], b"");
        assert_eq!(bench.client.poll_event(0), None);
    }
    bench.answer(&request, Code::CHANGED, "");
    assert_eq!(
        bench.client.poll_event(0),
        Some(Event::Accepted { message_id: id })
    );
}

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
    assert_eq!(bench.client.next_deadline(), Some(86_400_000));
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

fn csm(max_message_size: u32) -> Vec<u8> {
    let signal = Signal::Csm(Csm {
        max_message_size: Some(max_message_size),
        block_wise: false,
    });
    let mut octets = vec![0; 16];
    let len = signal.encode(Token::EMPTY, &mut octets).unwrap();
    octets.truncate(len);
    octets
}

/// What is on its way may have arrived, so only its answer can say that it has not.
#[test]
fn a_limit_that_shrinks_to_nothing_fails_what_has_not_left() {
    let mut memory = Bench::memory();
    let mut bench = Bench::registered(&mut memory);
    let gone = bench.send("gone", Priority::Middle);
    let request = bench.request(0);
    let kept = bench.send("kept", Priority::Middle);
    bench.octets(&csm(0));
    assert_eq!(
        bench.client.poll_event(0),
        Some(Event::Failed {
            message_id: kept,
            failure: Failure::TooLarge { limit: 0 }
        })
    );
    bench.answer(&request, Code::CHANGED, "");
    assert_eq!(
        bench.client.poll_event(0),
        Some(Event::Accepted { message_id: gone })
    );
    let to = Recipient::Ue(UeServiceId::new("ue-0815@iot.example").unwrap());
    let refused = bench
        .client
        .send(&OutgoingMessage::text(to, "no"), &mut bench.rng);
    assert!(matches!(refused, Err(SendError::TooLarge { limit: 0, .. })));
}

/// Its segments are only kept in case some are missed: the server has it.
#[test]
fn a_limit_that_shrinks_does_not_fail_what_was_accepted() {
    let mut memory = Bench::memory();
    let mut bench = Bench::registered(&mut memory);
    let payload = "long ".repeat(300);
    let to = Recipient::Ue(UeServiceId::new("ue-0815@iot.example").unwrap());
    let message = OutgoingMessage::text(to, &payload).with_segments();
    let id = bench.client.send(&message, &mut bench.rng).unwrap();
    let accepted = format!("{:?}", Event::Accepted { message_id: id });
    let mut told = Vec::new();
    while !told.contains(&accepted) {
        let segment = bench.request(0);
        bench.answer(&segment, Code::CHANGED, "");
        told.extend(events(&mut bench, 0));
    }
    bench.octets(&csm(10));
    assert_eq!(bench.client.poll_event(0), None);
}

#[test]
fn each_of_many_pings_is_answered_and_nothing_behind_them_is_lost() {
    let mut memory = Bench::memory();
    let mut bench = Bench::registered(&mut memory);
    for number in 0..100 {
        bench.frame(Code::PING, Token::from(number), &[], b"");
    }
    bench.post(&msg("m-1", "x", false));
    let (mut pongs, mut messages) = (Vec::new(), 0);
    for _ in 0..60 {
        if let Some(event) = bench.client.poll_event(0) {
            assert!(matches!(event, Event::Message { .. }));
            messages += 1;
        }
        let sent = bench.sent(0);
        pongs.extend(
            sent.iter()
                .filter(|f| f.code == Code::PONG)
                .map(|f| f.token),
        );
    }
    assert_eq!(pongs, (0..100).map(Token::from).collect::<Vec<_>>());
    assert_eq!(messages, 1);
}

/// A CSM with a critical option ends the session, whoever looks first.
#[test]
fn a_critical_option_in_a_csm_is_told_also_when_one_looks_first() {
    let mut memory = Bench::memory();
    let mut bench = Bench::registered(&mut memory);
    bench.frame(Code::CSM, Token::EMPTY, &[(OptionNumber(9), b"?")], b"");
    assert!(bench.client.has_event(0));
    assert!(bench.client.has_event(0));
    assert_eq!(
        bench.client.poll_event(0),
        Some(Event::Malformed(CoapError::BadSignalOption(9)))
    );
    assert_eq!(bench.sent(0)[0].code, Code::ABORT);
    assert!(bench.client.recv_space().is_empty());
    assert!(!bench.client.has_event(0));
}

/// The other end says Release and Abort in the middle of our frame, and goes on.
#[test]
fn a_release_in_mid_frame_breaks_no_frame() {
    let mut memory = Bench::memory();
    let mut bench = Bench::registered(&mut memory);
    let id = bench.send("hello", Priority::Middle);
    let half = bench.client.poll_transmit(0).len() / 2;
    let mut octets = bench.client.poll_transmit(0)[..half].to_vec();
    bench.client.transmitted(half);
    bench.frame(Code::RELEASE, Token::EMPTY, &[], b"");
    bench.frame(Code::PING, Token::from(1), &[], b"");
    assert_eq!(
        bench.client.poll_event(0),
        Some(Event::Released { hold_off_s: 0 })
    );
    assert_eq!(bench.client.poll_event(0), None);
    let rest = bench.client.poll_transmit(0);
    octets.extend_from_slice(rest);
    let n = rest.len();
    bench.client.transmitted(n);
    let packet = stream::decode(&mut octets).unwrap();
    let token = packet.token;
    assert_eq!(bench.sent(0)[0].code, Code::PONG);
    bench.frame(Code::CHANGED, token, &[], b"");
    assert_eq!(
        bench.client.poll_event(0),
        Some(Event::Accepted { message_id: id })
    );
}

// ---- requests of the server -------------------------------------------------------------------

#[test]
fn the_same_message_id_with_another_payload_is_a_repeat() {
    let mut memory = Bench::memory();
    let mut bench = Bench::registered(&mut memory);
    bench.post(&msg("m-1", "one", true));
    bench.post(&msg("m-1", "two", true));
    let all = events(&mut bench, 0);
    assert_eq!(all.len(), 2);
    assert!(all[0].contains("one") && all[1] == "Duplicate", "{all:?}");
    assert_eq!(bench.client.pending(), 1, "one report");
}

/// More requests than answers fit, while nothing can be sent: they wait, and nothing is lost.
#[test]
fn a_flood_of_requests_with_a_full_outbox_and_nothing_going_out() {
    let mut memory = Bench::memory();
    let mut bench = Bench::registered(&mut memory);
    while bench
        .client
        .send(
            &OutgoingMessage::text(
                Recipient::Ue(UeServiceId::new("ue-0815@iot.example").unwrap()),
                "fills the outbox",
            ),
            &mut bench.rng,
        )
        .is_ok()
    {}
    let full = bench.client.pending();
    let mut tokens = Vec::new();
    let (mut handed, mut refused, mut codes) = (0, 0, Vec::new());
    let mut flood: Vec<String> = (0..40)
        .map(|n| msg(&format!("m-{n}"), "x", n % 2 == 0))
        .collect();
    flood.reverse();
    for turn in 0..200 {
        while let Some(next) = flood.last() {
            if bench.client.recv_space().len() < next.len() + 32 {
                break;
            }
            tokens.push(bench.post(&flood.pop().unwrap()));
        }
        while let Some(event) = bench.client.poll_event(0) {
            match event {
                Event::Message { .. } => handed += 1,
                Event::Refused(Code::SERVICE_UNAVAILABLE) => refused += 1,
                other => panic!("{other:?}"),
            }
        }
        // One slot is kept for reports.
        assert!(bench.client.pending() <= full + 1);
        // The transport is stuck most of the time.
        if turn % 10 == 9 {
            let sent = bench.sent(0);
            codes.extend(
                sent.iter()
                    .filter(|f| f.code.is_response())
                    .map(|f| f.token),
            );
        }
    }
    assert_eq!((handed, refused), (21, 19));
    assert_eq!(codes, tokens, "each request has one answer, in order");
}

/// A report that can never be sent is no reason to have the message delivered for ever.
#[test]
fn a_report_that_never_fits_is_not_asked_for_again() {
    let mut memory = Bench::memory();
    let mut bench = Bench::registered(&mut memory);
    bench.octets(&csm(64));
    bench.post(&msg("m-1", "x", true));
    assert_eq!(
        bench.client.poll_event(0),
        Some(Event::Refused(Code::INTERNAL_SERVER_ERROR))
    );
    assert_eq!(bench.sent(0)[0].code, Code::INTERNAL_SERVER_ERROR);
}

// ---- clocks and memory --------------------------------------------------------------------------

#[test]
fn a_clock_that_jumps_loses_nothing_and_loops_nowhere() {
    for jump in [0, 1, u64::from(u32::MAX), u64::MAX - 1, u64::MAX] {
        let mut memory = Bench::memory();
        let mut bench = Bench::registered(&mut memory);
        let id = bench.send("hello", Priority::Middle);
        let mut outcomes = 0;
        let clock = [
            5_000,
            jump,
            0,
            u64::MAX,
            3,
            jump,
            u64::MAX,
            u64::MAX,
            0,
            jump,
        ];
        for now in clock.into_iter().cycle().take(100) {
            assert!(bench.sent(now).len() <= 2);
            let _ = bench.client.next_deadline();
            let mut polls = 0;
            while let Some(event) = bench.client.poll_event(now) {
                assert!(
                    matches!(event, Event::Failed { message_id, .. } if message_id == id),
                    "{event:?}"
                );
                outcomes += 1;
                polls += 1;
                assert!(polls < 10, "events without end");
            }
        }
        assert_eq!(outcomes, 1, "jump to {jump}");
        assert_eq!(bench.client.pending(), 0);
    }
}

/// The confirmation of a message in segments is nobody's message, also where it does not fit.
#[test]
fn a_confirmation_that_does_not_fit_fails_no_message() {
    let (mut rx, mut tx, mut outbox, mut incoming) = ([0; 700], [0; 140], [0; 400], [0; 400]);
    let mut slots = [OutboxSlot::EMPTY; 2];
    let mut incoming_slots = [IncomingSlot::EMPTY; 1];
    let pieces = Pieces {
        rx: &mut rx,
        tx: &mut tx,
        outbox: &mut outbox,
        slots: &mut slots,
        incoming: &mut incoming,
        incoming_slots: &mut incoming_slots,
    };
    let config = Config::new(UeServiceId::new("ue-4711@iot.example").unwrap());
    let mut bench = Bench::of(Client::new(config, pieces, &mut Counter(1)).unwrap());
    bench.client.connected();
    bench.register();
    bench.post(
        &json!({
            "Message Type": "MSG",
            "Originating UE Service ID": "ue-0815@iot.example",
            "Recipient UE Service ID": "ue-4711@iot.example",
            "Message ID": "m-1",
            "Segmentation Set Identifier": "s".repeat(64),
            "Total number of message segments": 1,
            "Message segment number": 1,
            "Payload": "x",
        })
        .to_string(),
    );
    assert!(matches!(
        bench.client.poll_event(0),
        Some(Event::Message { .. })
    ));
    assert_eq!(bench.sent(0).len(), 1, "only the answer");
    assert!(matches!(
        bench.client.poll_event(0),
        Some(Event::ReportFailed {
            message_id: None,
            failure: Failure::TooLarge { .. }
        })
    ));
}

/// Every size of every buffer from nothing on: an error, or it works; never a panic, a silent
/// stop with octets waiting, or a frame cut short.
#[test]
fn tiny_buffers_of_every_size() {
    let request = msg("m-1", "x", true);
    let mut frame = vec![0; 1024];
    let len = Outgoing {
        code: Code::POST,
        token: Token::new(&[1; 8]).unwrap(),
        options: &[],
        payload: request.as_bytes(),
    }
    .encode_stream(&mut frame)
    .unwrap();
    frame.truncate(len);

    let steady = 400;
    for size in 0..=200 {
        for (rx, tx, outbox, slots) in [
            (size, size, size, size),
            (size, steady, steady, 2),
            (steady, size, steady, 2),
            (steady, steady, size, 2),
            (steady, steady, steady, size),
        ] {
            run_tiny(rx, tx, outbox, slots, &frame);
        }
    }
}

fn run_tiny(rx: usize, tx: usize, outbox: usize, slots: usize, frame: &[u8]) {
    let (mut rx, mut tx) = (vec![0; rx], vec![0; tx]);
    let (mut outbox, mut slots) = (vec![0; outbox], vec![OutboxSlot::EMPTY; slots]);
    let room = slots.len();
    let (rx_len, tx_len) = (rx.len(), tx.len());
    let pieces = Pieces {
        rx: &mut rx,
        tx: &mut tx,
        outbox: &mut outbox,
        slots: &mut slots,
        incoming: &mut [],
        incoming_slots: &mut [],
    };
    let mut rng = Counter(1);
    let config = Config::new(UeServiceId::new("ue-4711@iot.example").unwrap());
    let Ok(mut client) = Client::new(config, pieces, &mut rng) else {
        assert!(rx_len < 32 || tx_len < 140, "refused for no reason");
        return;
    };
    client.connected();
    let registers = client.register();
    let to = Recipient::Ue(UeServiceId::new("a@b.c").unwrap());
    let accepted = client
        .send(&OutgoingMessage::text(to, "x"), &mut rng)
        .is_ok();
    let mut rest = frame;
    let (mut heard, mut requested) = (0, 0);
    for now in 0..100 {
        let mut out = Vec::new();
        loop {
            let octets = client.poll_transmit(now);
            if octets.is_empty() {
                break;
            }
            out.extend_from_slice(octets);
            let n = octets.len();
            client.transmitted(n);
        }
        // Whole frames only.
        while !out.is_empty() {
            let len = stream::frame_len(&out).unwrap().unwrap();
            assert!(len <= out.len() && len <= tx_len);
            let front = stream::peek(&out).unwrap().unwrap();
            requested += usize::from(front.code.is_request());
            out.drain(..len);
        }
        let space = client.recv_space();
        let n = rest.len().min(space.len()).min(3);
        space[..n].copy_from_slice(&rest[..n]);
        client.received(n);
        rest = &rest[n..];
        while client.poll_event(now).is_some() {
            heard += 1;
        }
        assert!(client.pending() <= room);
        assert!(client.pending() >= usize::from(accepted));
    }
    assert!(
        registers.is_err() || requested == 1,
        "REG leaves or is refused"
    );
    if rx_len > 0 {
        assert_eq!(
            heard, 1,
            "a request is heard of, with {rx_len} octets to receive it"
        );
    }
}

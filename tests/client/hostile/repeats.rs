//! Repeats, floods, clocks that jump, and memory that nobody would choose.

use super::*;

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

//! The stream below: frames, signals, cuts.

use super::*;

#[test]
fn the_first_frame_is_a_csm_that_says_what_fits() {
    let mut memory = Bench::memory();
    let mut bench = Bench::new(&mut memory);
    let frames = bench.sent(0);
    assert_eq!(frames.len(), 1);
    assert_eq!(frames[0].code, Code::CSM);
    assert_eq!(frames[0].uint_option(2), Some(Bench::RX as u32));
}

#[test]
fn a_frame_over_the_receive_memory_is_refused_and_the_next_one_is_read() {
    let mut memory = Bench::memory();
    let mut bench = Bench::registered(&mut memory);
    let large = msg_to_us(1, &"x".repeat(3000), false);
    let mut octets = encoded(&large, 1);
    octets.extend(encoded(&msg_to_us(2, "small", false), 2));
    // The application polls whenever octets have come.
    let mut events = Vec::new();
    for chunk in octets.chunks(100) {
        bench.octets(chunk);
        while let Some(event) = bench.client.poll_event(0) {
            events.push(format!("{event:?}"));
        }
    }
    assert_eq!(events.len(), 2, "{events:?}");
    assert!(events[0].contains("Refused"), "{events:?}");
    assert!(events[1].contains("small"), "{events:?}");
    let codes: Vec<Code> = bench.sent(0).iter().map(|frame| frame.code).collect();
    assert_eq!(codes, [Code::REQUEST_ENTITY_TOO_LARGE, Code::CHANGED]);
}

#[test]
fn ping_pong_release_abort() {
    let mut memory = Bench::memory();
    let mut bench = Bench::registered(&mut memory);
    bench.frame(Code::PING, Token::from(77), &[], b"");
    assert_eq!(bench.client.poll_event(0), None);
    let sent = bench.sent(0);
    assert_eq!((sent[0].code, sent[0].token), (Code::PONG, Token::from(77)));

    bench.client.ping();
    let ping = bench.sent(0).remove(0);
    assert_eq!(ping.code, Code::PING);
    bench.frame(Code::PONG, ping.token, &[], b"");
    assert_eq!(bench.client.poll_event(0), Some(Event::Pong));

    bench.frame(
        Code::RELEASE,
        Token::EMPTY,
        &[(OptionNumber(4), &[30])],
        b"",
    );
    assert_eq!(
        bench.client.poll_event(0),
        Some(Event::Released { hold_off_s: 30 })
    );
    bench.frame(Code::ABORT, Token::EMPTY, &[], b"");
    assert_eq!(bench.client.poll_event(0), Some(Event::Aborted));

    bench.client.release();
    assert_eq!(bench.sent(0)[0].code, Code::RELEASE);
    assert!(bench.sent(0).is_empty(), "nothing after a release");
}

#[test]
fn octets_that_are_not_coap_end_the_session_and_lose_nothing() {
    let mut memory = Bench::memory();
    let mut bench = Bench::registered(&mut memory);
    let id = bench.send("keep me", Priority::Middle);
    bench.octets(&[0x0f, 0xff, 0xff]);
    assert!(matches!(
        bench.client.poll_event(0),
        Some(Event::Malformed(_))
    ));
    assert_eq!(bench.client.poll_event(0), None, "said once");
    assert_eq!(bench.sent(0)[0].code, Code::ABORT);
    assert!(bench.sent(0).is_empty(), "nothing after an abort");

    bench.client.connected();
    let reg = bench.request(0);
    assert_eq!(reg.json()["Message Type"], "REG", "registers again");
    bench.answer(&reg, Code::CREATED, "");
    assert_eq!(bench.client.poll_event(0), Some(Event::Registered));
    assert_eq!(bench.request(0).json()["Message ID"], id.to_string());
}

#[test]
fn every_cut_of_the_stream_gives_the_same_events() {
    let script = [
        encoded(&msg_to_us(1, "one", true), 1),
        encoded(r#"{"Message Type":"SEGREC"}"#, 2),
        encoded(&msg_to_us(2, "two", false), 3),
        encoded("no json", 4),
    ]
    .concat();
    let mut memory = Bench::memory();
    let whole = events(&mut Bench::registered(&mut memory), &script, script.len());
    assert_eq!(whole.len(), 4);
    for size in 1..40 {
        let mut memory = Bench::memory();
        let mut bench = Bench::registered(&mut memory);
        assert_eq!(events(&mut bench, &script, size), whole, "pieces of {size}");
    }
}

/// Plays octets in pieces, as a driver does, and tells all events.
fn events(bench: &mut Bench<'_>, octets: &[u8], size: usize) -> Vec<String> {
    let mut events = Vec::new();
    for piece in octets.chunks(size) {
        bench.octets(piece);
        while let Some(event) = bench.client.poll_event(0) {
            events.push(format!("{event:?}"));
        }
        bench.sent(0);
    }
    events
}

fn encoded(json: &str, token: u32) -> Vec<u8> {
    let frame = coap::Outgoing {
        code: Code::POST,
        token: Token::from(token),
        options: &[(OptionNumber::CONTENT_FORMAT, &[50])],
        payload: json.as_bytes(),
    };
    let mut octets = vec![0; 8192];
    let len = frame.encode_stream(&mut octets).unwrap();
    octets.truncate(len);
    octets
}

//! Limits that shrink, pings without end, releases.

use super::*;

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

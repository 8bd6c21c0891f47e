//! Servers that are late with their CSM, or send none (RFC 8323 clause 5.3).

use super::*;

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

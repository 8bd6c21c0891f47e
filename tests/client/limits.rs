//! The server's Max-Message-Size, known before a request is accepted or only after.

use crate::script::Bench;
use msgin5g::client::{Event, Failure, SendError};
use msgin5g::coap::{Code, OptionNumber, Token};
use msgin5g::message::Priority;

fn csm(bench: &mut Bench<'_>, size: u16) {
    let options = &[(OptionNumber(2), &size.to_be_bytes()[..])];
    bench.frame(Code::CSM, Token::EMPTY, options, b"");
    // It concerns the client alone.
    assert!(!bench.client.has_event(0));
}

/// What fits when it is known fits when it becomes known, to the octet.
#[test]
fn a_registration_is_refused_by_the_same_limit_before_and_after() {
    let mut fitting = 0;
    for size in 20..320 {
        let mut memory = Bench::memory();
        let mut bench = Bench::new(&mut memory);
        csm(&mut bench, size);
        let before = bench.client.register();

        let mut memory = Bench::memory();
        let mut bench = Bench::new(&mut memory);
        bench.client.register().unwrap();
        let options = &[(OptionNumber(2), &size.to_be_bytes()[..])];
        bench.frame(Code::CSM, Token::EMPTY, options, b"");
        let event = bench.client.poll_event(0);
        let limit = usize::from(size);
        match before {
            Ok(()) => {
                assert_eq!(event, None, "{size}");
                assert!(bench.request(0).payload.len() < limit);
                fitting += 1;
            }
            Err(error) => {
                assert!(matches!(error, SendError::TooLarge { limit: l, .. } if l == limit));
                let failed = Event::RegistrationFailed(Failure::TooLarge { limit });
                assert_eq!(event, Some(failed), "{size}");
            }
        }
    }
    assert!((1..300).contains(&fitting), "both happen: {fitting}");
}

#[test]
fn a_message_is_refused_by_the_same_limit_before_and_after() {
    use msgin5g::client::OutgoingMessage;
    use msgin5g::message::{Recipient, UeServiceId};

    let to = Recipient::Ue(UeServiceId::new("ue-0815@iot.example").unwrap());
    let mut fitting = 0;
    for size in 250..500 {
        let mut memory = Bench::memory();
        let mut bench = Bench::registered(&mut memory);
        csm(&mut bench, size);
        let mut message = OutgoingMessage::text(to, "hello");
        message.priority = Priority::Middle;
        let before = bench.client.send(&message, &mut bench.rng);

        let mut memory = Bench::memory();
        let mut bench = Bench::registered(&mut memory);
        let message_id = bench.send("hello", Priority::Middle);
        let options = &[(OptionNumber(2), &size.to_be_bytes()[..])];
        bench.frame(Code::CSM, Token::EMPTY, options, b"");
        let event = bench.client.poll_event(0);
        if before.is_ok() {
            assert_eq!(event, None, "{size}");
            assert_eq!(bench.request(0).json()["Payload"], "hello");
            fitting += 1;
        } else {
            let limit = usize::from(size);
            let failure = Failure::TooLarge { limit };
            let failed = Event::Failed {
                message_id,
                failure,
            };
            assert_eq!(event, Some(failed), "{size}");
        }
    }
    assert!((1..250).contains(&fitting), "both happen: {fitting}");
}

/// Its answer is on the way, and tells more than a limit that comes late.
#[test]
fn a_registration_that_has_left_is_not_failed_by_a_smaller_limit() {
    let mut memory = Bench::memory();
    let mut bench = Bench::new(&mut memory);
    bench.client.register().unwrap();
    let reg = bench.request(0);
    csm(&mut bench, 20);
    assert_eq!(bench.client.poll_event(0), None);
    bench.answer(&reg, Code::CREATED, "");
    assert_eq!(bench.client.poll_event(0), Some(Event::Registered));
}

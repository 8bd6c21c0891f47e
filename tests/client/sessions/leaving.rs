//! De-registration: what it waits for, and what not.

use super::*;

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

//! Registration and de-registration.

use super::*;

#[test]
fn a_registration_is_asked_for_and_granted() {
    let mut memory = Bench::memory();
    let mut bench = Bench::new(&mut memory);
    bench.client.register().unwrap();
    let reg = bench.request(0);
    assert_eq!(reg.path(), ["msgin5g"]);
    assert_eq!(reg.uint_option(12), Some(50));
    assert_eq!(reg.json()["Message Type"], "REG");
    assert_eq!(reg.json()["UE Service ID"], "ue-4711@iot.example");

    bench.answer(&reg, Code::CREATED, r#"{"Registration result":"success"}"#);
    assert_eq!(bench.client.poll_event(0), Some(Event::Registered));
    assert!(bench.client.is_registered());
    assert_eq!(bench.client.poll_event(0), None);
}

#[test]
fn a_refused_registration_tells_code_and_cause() {
    let mut memory = Bench::memory();
    let mut bench = Bench::new(&mut memory);
    bench.client.register().unwrap();
    let reg = bench.request(0);
    bench.answer(
        &reg,
        Code::FORBIDDEN,
        r#"{"Registration result":"failure","Failure Cause":"not \u0041ssociated"}"#,
    );
    assert_eq!(
        bench.client.poll_event(0),
        Some(Event::RegistrationFailed(Failure::Answered {
            code: Code::FORBIDDEN,
            cause: Some("not Associated"),
        }))
    );
    assert!(!bench.client.is_registered());
    // And may be asked for again.
    assert_eq!(bench.client.register(), Ok(()));
}

#[test]
fn a_success_code_with_a_failure_in_it_is_a_failure() {
    let mut memory = Bench::memory();
    let mut bench = Bench::new(&mut memory);
    bench.client.register().unwrap();
    let reg = bench.request(0);
    bench.answer(&reg, Code::CREATED, r#"{"registrationResult":"failure"}"#);
    assert!(matches!(
        bench.client.poll_event(0),
        Some(Event::RegistrationFailed(_))
    ));
}

#[test]
fn a_lost_registration_is_renewed_and_the_message_sent_again() {
    let mut memory = Bench::memory();
    let mut bench = Bench::registered(&mut memory);
    bench.send("again", Priority::Middle);
    let msg = bench.request(0);
    bench.answer(&msg, Code::UNAUTHORIZED, "");
    assert_eq!(bench.client.poll_event(0), Some(Event::RegistrationLost));
    let reg = bench.request(0);
    assert_eq!(reg.json()["Message Type"], "REG");
    bench.answer(&reg, Code::CREATED, "");
    assert_eq!(bench.client.poll_event(0), Some(Event::Registered));
    assert_eq!(bench.request(0).json()["Payload"], "again");
}

#[test]
fn deregistration_waits_for_what_was_accepted() {
    let mut memory = Bench::memory();
    let mut bench = Bench::registered(&mut memory);
    bench.send("last words", Priority::Low);
    bench.client.deregister().unwrap();
    assert_eq!(bench.client.deregister(), Err(SendError::Busy));
    let msg = bench.request(0);
    assert_eq!(msg.json()["Message Type"], "MSG");
    bench.answer(&msg, Code::CHANGED, "");
    assert!(matches!(
        bench.client.poll_event(0),
        Some(Event::Accepted { .. })
    ));
    let dereg = bench.request(0);
    assert_eq!(dereg.json()["Message Type"], "DEREG");
    bench.answer(&dereg, Code::DELETED, "");
    assert_eq!(bench.client.poll_event(0), Some(Event::Deregistered));
    assert!(!bench.client.is_registered());
}

/// A deadline that has passed and can change nothing would keep the device awake.
#[test]
fn what_waits_for_a_registration_has_no_deadline() {
    let mut memory = Bench::memory();
    let mut bench = Bench::registered(&mut memory);
    bench.send("x", Priority::Middle);
    let sent = bench.request(0);
    bench.answer(&sent, Code::SERVICE_UNAVAILABLE, "");
    assert_eq!(bench.client.poll_event(0), None);
    let at = bench.client.next_deadline().unwrap();
    assert!((60_000..90_000).contains(&at), "{at}");
    bench.client.connected();
    assert_eq!(bench.request(50_000).json()["Message Type"], "REG");
    assert_eq!(bench.client.next_deadline(), Some(50_000 + 93_000));
    bench.client.disconnected();
    assert_eq!(bench.client.next_deadline(), None);
}

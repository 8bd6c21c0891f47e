//! What makes a client register again.

use crate::script::{Bench, Frame};
use msgin5g::client::{Event, Failure, SendError};
use msgin5g::coap::{Code, OptionNumber};
use msgin5g::message::{ClientProfile, Priority};

// ---- registering again --------------------------------------------------------------------

#[test]
fn another_profile_is_told_by_another_registration() {
    let mut memory = Bench::memory();
    let mut bench = Bench::new(&mut memory);
    let profile = |size| ClientProfile {
        maximum_segment_size: Some(size),
        ..ClientProfile::EMPTY
    };
    // Before the first registration it only is remembered.
    bench.client.change_profile(profile(512)).unwrap();
    assert_eq!(bench.sent(0).len(), 1, "the CSM");
    bench.client.register().unwrap();
    assert_eq!(
        bench.client.change_profile(profile(600)),
        Err(SendError::Busy)
    );
    let size = |frame: &Frame| {
        frame.json()["MSGin5G Client Profile"]["MSGin5G Client Supported Maximum MSGin5G segment size"].clone()
    };
    let reg = bench.request(0);
    assert_eq!(size(&reg), 512);
    bench.answer(&reg, Code::CREATED, "");
    bench.event(0);
    bench.client.change_profile(profile(700)).unwrap();
    let reg = bench.request(0);
    assert_eq!(size(&reg), 700);
    bench.answer(&reg, Code::CREATED, "");
    assert_eq!(bench.client.poll_event(0), Some(Event::Registered));
}

#[test]
fn the_registration_is_renewed_when_the_configuration_says_so() {
    let mut memory = Bench::memory();
    let mut bench = Bench::registered_with(&mut memory, |config| {
        config.registration_refresh_ms = Some(3_600_000);
    });
    for hour in 1..4 {
        let now = hour * 3_600_000;
        assert_eq!(bench.client.next_deadline(), Some(now));
        assert!(bench.sent(now - 1).is_empty());
        assert_eq!(bench.client.poll_event(now), None);
        let reg = bench.request(now);
        assert_eq!(reg.json()["Message Type"], "REG");
        bench.answer(&reg, Code::CREATED, "");
        assert_eq!(bench.client.poll_event(now), Some(Event::Registered));
    }
}

#[test]
fn not_found_means_register_again_once() {
    let mut memory = Bench::memory();
    let mut bench = Bench::registered(&mut memory);
    let id = bench.send("x", Priority::Middle);
    let first = bench.request(0);
    bench.answer(&first, Code::NOT_FOUND, "");
    assert_eq!(bench.client.poll_event(0), Some(Event::RegistrationLost));
    let reg = bench.request(0);
    bench.answer(&reg, Code::CREATED, "");
    bench.event(0);
    let again = bench.request(0);
    assert_eq!(again.payload, first.payload);
    bench.answer(&again, Code::NOT_FOUND, "");
    let failure = Failure::Answered {
        code: Code::NOT_FOUND,
        cause: None,
    };
    assert_eq!(
        bench.client.poll_event(0),
        Some(Event::Failed {
            message_id: id,
            failure
        })
    );
    assert!(bench.client.is_registered());
}

#[test]
fn a_device_trigger_registers_and_ends_all_waiting() {
    let mut memory = Bench::memory();
    let mut bench = Bench::new(&mut memory);
    bench.client.on_device_trigger();
    let reg = bench.request(0);
    assert_eq!(reg.json()["Message Type"], "REG");
    bench.answer(&reg, Code::CREATED, "");
    bench.event(0);
    bench.send("x", Priority::Middle);
    let sent = bench.request(0);
    let max_age: [(OptionNumber, &[u8]); 1] = [(OptionNumber::MAX_AGE, &[200])];
    bench.frame(Code::SERVICE_UNAVAILABLE, sent.token, &max_age, b"");
    assert_eq!(bench.client.poll_event(0), None);
    assert!(bench.sent(1000).is_empty());
    bench.client.on_device_trigger();
    let reg = bench.request(1000);
    assert_eq!(reg.json()["Message Type"], "REG");
    bench.answer(&reg, Code::CREATED, "");
    bench.event(1000);
    assert_eq!(bench.request(1000).payload, sent.payload);
}

//! Registrations and subscriptions.

use super::*;

/// As `check`, for answers without a message type.
macro_rules! check_answer {
    ($number:literal, $answer:ident { $($field:tt)* }) => {{
        let expected = $answer { $($field)* };
        let vector = vector($number);
        let mut json = vector.payload();
        assert_eq!($answer::decode(&mut json), Ok(expected), "{}", vector.file);
        let mut out = [0; 2048];
        let len = expected.encode(&mut out).unwrap();
        check_written(&vector, &out[..len]);
    }};
}

#[test]
fn registrations() {
    let reg = Registration::new(ue("ue-4711@iot.example"));
    let small = ClientProfile {
        maximum_segment_size: Some(512),
        ..ClientProfile::EMPTY
    };
    let profile = ClientProfile {
        triggering: TriggeringInformation {
            ue_identifier: Some("device4711@iot.example"),
            ports: Ports::new(&[5683]).unwrap(),
            protocol: Some("SMS"),
        },
        availability: CommunicationAvailability {
            schedule: Some("Mon-Sun 02:00-02:10 UTC"),
            interval: Some(86400),
            ..Default::default()
        },
        ..small
    };
    let credential = Some("0123456789abcdef@5gc.mnc012.mcc345.3gppnetwork.org");
    check(
        "01",
        &Message::Registration(Registration { profile, ..reg }),
    );
    check(
        "02",
        &Message::Registration(Registration {
            credential,
            profile: small,
            ..reg
        }),
    );
    check("03", &Message::Registration(reg));
    let who = Some(ue("ue-4711@iot.example"));
    check_answer!(
        "04",
        RegistrationResponse {
            ue_service_id: who,
            result: Some(Outcome::Success),
            ..Default::default()
        }
    );
    check_answer!(
        "05",
        RegistrationResponse {
            ue_service_id: who,
            result: Some(Outcome::Failure),
            failure_cause: Some("UE Service ID not associated with authenticated UE"),
            ..Default::default()
        }
    );
    check(
        "06",
        &Message::Deregistration(Deregistration {
            ue_service_id: ue("ue-4711@iot.example"),
            credential: None,
        }),
    );
    check_answer!(
        "07",
        DeregistrationResponse {
            ue_service_id: who,
            result: Some(Outcome::Success),
            failure_cause: None,
        }
    );
}

#[test]
fn topics() {
    check_answer!(
        "61",
        SubscriptionResponse {
            status: Some(Outcome::Success),
            expiration: Some("2030-01-01T00:00:00Z"),
            failure_cause: None,
        }
    );
}

#[test]
fn bulk_registrations() {
    let reg = Registration::new(ue("ue-2a@iot.example"));
    check(
        "70",
        &Message::Registration(Registration {
            urgent: Some(false),
            expiration_time: Some(600),
            ..reg
        }),
    );
    let first = Some(ue("ue-2a@iot.example"));
    let interim = RegistrationResponse {
        ue_service_id: first,
        expected_time: Some("2030-01-01T00:00:00Z"),
        ..Default::default()
    };
    assert!(interim.is_interim());
    check_answer!("71", RegistrationResponse { ..interim });
    let bulk = [reg, Registration::new(ue("ue-2b@iot.example"))];
    check(
        "72",
        &Message::BulkRegistration(BulkRegistration {
            registrations: List::of(&bulk),
        }),
    );
    let good = RegistrationResponse {
        ue_service_id: first,
        result: Some(Outcome::Success),
        ..Default::default()
    };
    let bad = RegistrationResponse {
        ue_service_id: Some(ue("ue-2b@iot.example")),
        result: Some(Outcome::Failure),
        failure_cause: Some("not authorized"),
        ..Default::default()
    };
    let parts = [good, bad];
    check_answer!(
        "73",
        BulkRegistrationResponse {
            responses: List::of(&parts)
        }
    );
}

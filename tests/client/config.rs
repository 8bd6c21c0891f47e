//! A configuration is checked as a whole before a client is made of it.

use crate::script;
use msgin5g::client::{Client, ClientMemory, Config, ConfigError};
use msgin5g::message::{Deregistration, UeServiceId};

fn config() -> Config<'static> {
    Config::new(UeServiceId::new("ue-4711@iot.example").unwrap())
}

fn checked(adjust: impl FnOnce(&mut Config<'static>)) -> Result<(), ConfigError> {
    let mut config = config();
    adjust(&mut config);
    config.check()
}

/// The error in words, which say what was expected.
fn refused(adjust: impl FnOnce(&mut Config<'static>)) -> String {
    let error = checked(adjust).expect_err("a mistake");
    let text = error.to_string();
    assert!(text.contains("expected"), "{text}");
    text
}

#[test]
fn the_defaults_hold_together() {
    assert_eq!(config().check(), Ok(()));
}

#[test]
fn every_number_has_its_range() {
    type Adjust = fn(&mut Config<'static>);
    let bad: &[(&str, Adjust)] = &[
        ("answer_timeout_ms is 0", |c| c.answer_timeout_ms = 0),
        ("answer_timeout_ms is 86400001", |c| {
            c.answer_timeout_ms = 86_400_001
        }),
        ("retry_pause_ms is 0", |c| c.retry_pause_ms = 0),
        ("retry_pause_ms is 3600001", |c| {
            c.retry_pause_ms = 3_600_001
        }),
        ("max_attempts is 0", |c| c.max_attempts = 0),
        ("max_breaks is 0", |c| c.max_breaks = 0),
        ("segment_size is 15", |c| c.segment_size = 15),
        ("segment_wait_ms is 0", |c| c.segment_wait_ms = 0),
        ("segment_keep_ms is 86400001", |c| {
            c.segment_keep_ms = 86_400_001
        }),
        ("sets_per_originator is 0", |c| c.sets_per_originator = 0),
        ("aggregation_wait_ms is 86400001", |c| {
            c.aggregation_wait_ms = 86_400_001
        }),
        (
            "registration_refresh_ms is 0, 60000 to 4294967295 expected",
            |c| {
                c.registration_refresh_ms = Some(0);
            },
        ),
        ("registration_refresh_ms is 59999", |c| {
            c.registration_refresh_ms = Some(59_999)
        }),
        ("maximum_segment_size is 0", |c| {
            c.registration.profile.maximum_segment_size = Some(0);
        }),
        ("ack_timeout_ms is 0", |c| c.datagrams.ack_timeout_ms = 0),
        ("ack_random_percent is 99", |c| {
            c.datagrams.ack_random_percent = 99
        }),
        ("max_retransmit is 17", |c| c.datagrams.max_retransmit = 17),
    ];
    for (wanted, adjust) in bad {
        let text = refused(adjust);
        assert!(text.starts_with(wanted), "{text}, not {wanted}");
    }
    let good: &[Adjust] = &[
        |c| c.answer_timeout_ms = 86_400_000,
        |c| c.retry_pause_ms = 3_600_000,
        |c| (c.max_attempts, c.sets_per_originator) = (255, 255),
        |c| c.segment_size = 16,
        |c| c.segment_keep_ms = 0,
        |c| c.aggregation_wait_ms = 0,
        |c| c.registration_refresh_ms = Some(60_000),
        |c| c.datagrams.max_retransmit = 10,
    ];
    for adjust in good {
        assert_eq!(checked(adjust), Ok(()));
    }
}

#[test]
fn texts_go_over_the_wire() {
    let long: &'static str = "x".repeat(256).leak();
    assert!(refused(|c| c.service_identifier = "").starts_with("service identifier of 0"));
    assert!(refused(|c| c.service_identifier = long).starts_with("service identifier of 256"));
    assert_eq!(
        checked(|c| c.server_path = &["a", "b", "c", "d", "e", "f", "g", "h", "i"]),
        Err(ConfigError::PathSegments { found: 9 })
    );
    for segment in [".", "..", long] {
        let path: &'static [&'static str] = vec!["a", segment].leak();
        assert_eq!(
            checked(|c| c.server_path = path),
            Err(ConfigError::PathSegment { index: 1 })
        );
    }
    let only_empty = checked(|c| c.server_path = &[""]);
    assert_eq!(only_empty, Err(ConfigError::PathSegment { index: 0 }));
    assert_eq!(checked(|c| c.server_path = &[]), Ok(()));
    assert_eq!(checked(|c| c.server_path = &["..."]), Ok(()));
    // What a server may say is not what one is called oneself.
    let name = UeServiceId::received("a b").unwrap();
    let error = checked(|c| c.registration.ue_service_id = name);
    assert!(matches!(error, Err(ConfigError::UeServiceId(_))));
}

#[test]
fn times_and_sizes_go_together() {
    assert_eq!(
        checked(|c| (c.segment_wait_ms, c.segment_keep_ms) = (1_000, 999)),
        Err(ConfigError::SegmentsKeptTooShort {
            keep_ms: 999,
            wait_ms: 1_000
        })
    );
    assert_eq!(
        checked(|c| (c.segment_wait_ms, c.segment_keep_ms) = (1_000, 1_000)),
        Ok(())
    );
    let wait = refused(|c| {
        (c.datagrams.ack_timeout_ms, c.datagrams.max_retransmit) = (10_000, 16);
    });
    assert!(wait.starts_with("MAX_TRANSMIT_WAIT is "), "{wait}");
    let Err(ConfigError::DatagramTooSmall { needed }) = checked(|c| c.max_datagram = 0) else {
        panic!("a datagram of nothing");
    };
    let needed = u16::try_from(needed).unwrap();
    assert!(needed > 100);
    assert_eq!(checked(|c| c.max_datagram = needed), Ok(()));
    assert!(refused(|c| c.max_datagram = needed - 1).contains(&needed.to_string()));
}

#[test]
fn a_client_is_made_of_a_sound_configuration_and_enough_memory() {
    fn made<const RX: usize, const TX: usize>(
        adjust: impl FnOnce(&mut Config<'static>),
    ) -> Option<ConfigError> {
        let mut memory = ClientMemory::<RX, TX, 100, 1>::new();
        let mut config = config();
        adjust(&mut config);
        let client = Client::new(config, memory.pieces(), &mut script::Counter(1));
        client.err()
    }
    assert_eq!(made::<32, 200>(|_| {}), None);
    assert_eq!(
        made::<31, 200>(|_| {}),
        Some(ConfigError::ReceiveMemory { needed: 32 })
    );
    assert!(matches!(
        made::<32, 100>(|_| {}),
        Some(ConfigError::TransmitMemory { needed: 101..=150 })
    ));
    assert!(matches!(
        made::<32, 200>(|c| c.max_attempts = 0),
        Some(ConfigError::OutOfRange {
            field: "max_attempts",
            ..
        })
    ));
    assert_eq!(
        made::<512, 300>(|c| c.registration.profile.maximum_segment_size = Some(513)),
        Some(ConfigError::SegmentsTooLarge {
            announced: 513,
            memory: 512
        })
    );
    assert_eq!(
        made::<512, 300>(|c| c.registration.profile.maximum_segment_size = Some(512)),
        None
    );
}

/// The credential of Rel-17 may be a password, and configurations go into logs.
#[test]
fn a_credential_is_never_printed() {
    let mut config = config();
    config.registration.credential = Some("open sesame");
    let leave = Deregistration {
        ue_service_id: config.registration.ue_service_id,
        credential: Some("open sesame"),
    };
    for text in [format!("{config:?}"), format!("{leave:#?}")] {
        assert!(text.contains("ue-4711@iot.example"), "{text}");
        assert!(!text.contains("sesame"), "{text}");
    }
}

/// A slash at the end of an address is an empty segment (RFC 7252 section 6.4).
#[test]
fn the_path_goes_out_as_it_is() {
    let long: &'static [&'static str] = &["a", "b", "", "d", "e", "f", "g", "h"];
    for path in [&["msgin5g", ""], long] {
        let mut memory = script::Bench::memory();
        let mut bench = script::Bench::with(&mut memory, |config| config.server_path = path);
        bench.client.register().unwrap();
        let sent = bench.request(0);
        let segments = sent.options.iter().filter(|(number, _)| *number == 11);
        let segments: Vec<_> = segments.map(|(_, value)| value.as_slice()).collect();
        let expected: Vec<_> = path.iter().map(|segment| segment.as_bytes()).collect();
        assert_eq!(segments, expected);
    }
}

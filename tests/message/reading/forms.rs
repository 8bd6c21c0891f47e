//! Names, words, numbers and texts in all the forms that peers may use.

use super::*;

#[test]
fn names_are_folded() {
    for name in [
        "Payload",
        "payload",
        "PAYLOAD",
        "pay-load",
        "Pay Load",
        "P_a.y/l:o@a d",
        r"\u0050ayl\u006fad",
    ] {
        msg_with(&format!(r#""{name}":"x""#), |msg| {
            assert_eq!(msg.payload, "x", "{name}")
        });
    }
    for name in ["Payload2", "Payloa", "", "Paylöad2", "Payload Payload"] {
        msg_with(&format!(r#""{name}":"x""#), |msg| {
            assert_eq!(msg.payload, "", "{name}")
        });
    }
}

/// Section by section of the aliases: other spellings of the standard's own names, and those of TS 29.538.
#[test]
fn other_spellings_are_read() {
    let all = r#"{
        "msgin5gServiceId":"MSGin5G", "messageType":"Msg",
        "oriAddr":{"addrType":"AS","addr":"as@a.b"}, "destAddr":{"addr":"grp@a.b","addrType":"group"},
        "msgId":"7", "appId":"app", "delivStReqInd":true, "priority":"HIGH", "payload":"p",
        "segInd":true, "segParams":{"segId":"s","totalSegCount":3,"segNumb":1,"lastSegFlag":true},
        "stoAndFwInd":true, "stoAndFwParams":{"exprTime":"2030-01-01T00:00:00Z"}
    }"#;
    decode(all, |message| {
        let Ok(Message::Msg(msg)) = message else {
            panic!("{message:?}")
        };
        assert!(matches!(msg.originator, Originator::As(id) if id.as_str() == "as@a.b"));
        assert!(matches!(msg.recipient, Recipient::Group(id) if id.as_str() == "grp@a.b"));
        assert_eq!((msg.application_id, msg.report_wanted), (Some("app"), true));
        assert_eq!((msg.payload, msg.priority), ("p", Some(Priority::High)));
        let segment = msg.segment.unwrap();
        assert_eq!(
            (segment.set, segment.number, segment.total, segment.last),
            ("s", 1, Some(3), true)
        );
        let expiration = Some("2030-01-01T00:00:00Z");
        assert_eq!(msg.store_and_forward, StoreAndForward::Yes { expiration });
    });
    let report = r#"{"Message Type":"imdn","oriAddr":"ue-1@a.b","targetAddress":"ue-2@a.b","msgId":"7",
        "delivSt":"REPT_DELY_FAILED","failureCause":"why"}"#;
    decode(report, |message| {
        let Ok(Message::Report(report)) = message else {
            panic!("{message:?}")
        };
        assert_eq!(
            (report.status, report.failure_cause),
            (Outcome::Failure, Some("why"))
        );
        assert!(matches!(report.originator, Originator::Ue(_)));
        assert!(matches!(report.recipient, Recipient::Ue(_)));
    });
    let mut answer = br#"{"subStat":"ok","exprTime":"2030-01-01T00:00:00Z"}"#.to_vec();
    let answer = SubscriptionResponse::decode(&mut answer).unwrap();
    assert_eq!(
        (answer.status, answer.expiration),
        (Some(Outcome::Success), Some("2030-01-01T00:00:00Z"))
    );
}

#[test]
fn addresses_may_be_objects() {
    let kinds = [
        ("UE", "Ue"),
        ("AS", "As"),
        ("GROUP", "Group"),
        ("BC", "BroadcastArea"),
        ("TOPIC", "Topic"),
    ];
    for (kind, variant) in kinds {
        let json = format!(
            r#"{{{TYPED}"oriAddr":"a@b.c","destAddr":{{"addrType":"{kind}","addr":"x@y.z"}}}}"#
        );
        decode(&json, |message| {
            let Ok(Message::Msg(msg)) = message else {
                panic!("{message:?}")
            };
            assert!(
                format!("{:?}", msg.recipient).starts_with(variant),
                "{:?}",
                msg.recipient
            );
            assert_eq!(msg.recipient.as_str(), "x@y.z");
        });
    }
    // The type of the object goes over the name of the member; without one the name counts.
    let json = format!(
        r#"{{{TYPED}"Originating UE Service ID":{{"addr":"a@b.c","addrType":"AS","x":[{{}}]}},
        "Recipient AS Service ID":{{"addr":"d@e.f"}}}}"#
    );
    decode(&json, |message| {
        let Ok(Message::Msg(msg)) = message else {
            panic!("{message:?}")
        };
        assert!(
            matches!(msg.originator, Originator::As(_))
                && matches!(msg.recipient, Recipient::As(_))
        );
    });
    let with = |address: &str| {
        error(&format!(
            r#"{{{TYPED}"oriAddr":{address},"destAddr":"a@b.c"}}"#
        ))
    };
    assert_eq!(
        with(r#"{"addrType":"GROUP","addr":"g@h.i"}"#),
        DecodeError::Unusable(Member::OriginatingUe)
    );
    assert_eq!(
        with(r#"{"addrType":"MOON","addr":"g@h.i"}"#),
        DecodeError::Unusable(Member::OriginatingUe)
    );
    assert_eq!(
        with(r#"{"addrType":"UE"}"#),
        DecodeError::Unusable(Member::OriginatingUe)
    );
    assert_eq!(
        with(r#"{"addrType":"UE","addr":7}"#),
        mistyped(Member::OriginatingUe)
    );
    assert_eq!(with("7"), mistyped(Member::OriginatingUe));
}

#[test]
fn booleans_in_every_form() {
    for yes in [
        "true",
        "1",
        r#""true""#,
        r#""TRUE""#,
        r#""yes""#,
        r#""Yes""#,
        r#""1""#,
    ] {
        msg_with(&format!(r#""Delivery status required":{yes}"#), |msg| {
            assert!(msg.report_wanted, "{yes}")
        });
    }
    for no in ["false", "0", r#""false""#, r#""no""#, r#""NO""#, "null"] {
        msg_with(&format!(r#""Delivery status required":{no}"#), |msg| {
            assert!(!msg.report_wanted, "{no}")
        });
    }
    for bad in ["2", "-1", r#""maybe""#, r#""""#, "{}", "[true]"] {
        let member = Member::StatusRequired;
        assert_eq!(
            error_with(&format!(r#""Delivery status required":{bad}"#)),
            mistyped(member),
            "{bad}"
        );
    }
}

#[test]
fn integers_in_every_form() {
    let profile = |number: &str| {
        let json = format!(
            r#"{{"Message Type":"REG","UE Service ID":"ue-1@a.b","MSGin5G Client Profile":
            {{"MSGin5G Client Supported Maximum MSGin5G segment size":{number}}}}}"#
        );
        decode(&json, |message| {
            message.map(|message| match message {
                Message::Registration(reg) => reg.profile.maximum_segment_size,
                other => panic!("{other:?}"),
            })
        })
    };
    assert_eq!(profile("512"), Ok(Some(512)));
    assert_eq!(profile(r#""512""#), Ok(Some(512)));
    assert_eq!(profile("0"), Ok(Some(0)));
    assert_eq!(profile("2147483647"), Ok(Some(2147483647)));
    assert_eq!(profile("null"), Ok(None));
    for bad in ["2147483648", "99999999999999999999", "-1", r#""-1""#] {
        assert_eq!(
            profile(bad),
            Err(DecodeError::OutOfRange(Member::MaximumSegmentSize)),
            "{bad}"
        );
    }
    for bad in [
        "1.5",
        "1e3",
        "true",
        r#""""#,
        r#""5 12""#,
        r#""0x10""#,
        "[1]",
        "{}",
    ] {
        assert_eq!(
            profile(bad),
            Err(mistyped(Member::MaximumSegmentSize)),
            "{bad}"
        );
    }
}

#[test]
fn message_ids_in_every_form() {
    let uuid =
        MessageId::Uuid(*b"\x3f\x0c\x1d\x52\x7a\x44\x4e\x0b\x9c\x61\x1f\x2a\x5b\x6c\x7d\x01");
    for text in [
        "3f0c1d52-7a44-4e0b-9c61-1f2a5b6c7d01",
        "3F0C1D52-7A44-4E0B-9C61-1F2A5B6C7D01",
        "3f0c1d527a444e0b9c611f2a5b6c7d01",
        "{3f0c1d52-7a44-4e0b-9c61-1f2a5b6c7d01}",
        "{3F0C1D527A444E0B9C611F2A5B6C7D01}",
    ] {
        msg_with(&format!(r#""Message ID":"{text}""#), |msg| {
            assert_eq!(msg.message_id, uuid, "{text}")
        });
    }
    let longest = "x".repeat(64);
    for text in [
        "1",
        "3f0c1d52-7a44-4e0b-9c61-1f2a5b6c7d0g",
        "3f0c-1d527a444e0b-9c61-1f2a5b6c7-d01",
        &longest,
    ] {
        let opaque = MessageId::Opaque(text);
        msg_with(&format!(r#""Message ID":"{text}""#), |msg| {
            assert_eq!(msg.message_id, opaque)
        });
    }
    for text in ["", &"x".repeat(65)] {
        assert_eq!(
            error_with(&format!(r#""Message ID":"{text}""#)),
            DecodeError::Unusable(Member::MessageId)
        );
    }
}

#[test]
fn words_in_every_form() {
    let status = |word: &str| {
        let json = format!(
            r#"{{"Message Type":"MSGRESP","oriAddr":"a@b.c","msgId":"7","Delivery Status":"{word}"}}"#
        );
        decode(&json, |message| match message {
            Ok(Message::MsgResponse(answer)) => format!("{:?}", answer.status.unwrap()),
            other => panic!("{other:?}"),
        })
    };
    for word in ["failed", "Failure", "FAIL", "DELY_FAILED"] {
        assert_eq!(status(word), format!("{:?}", ResponseStatus::Failed));
    }
    for word in ["stored", "stored for deferred delivery", "DELY_STORED"] {
        assert_eq!(status(word), format!("{:?}", ResponseStatus::Stored));
    }
    for word in ["reject", "Rejected"] {
        assert_eq!(status(word), format!("{:?}", ResponseStatus::Rejected));
    }
    assert_eq!(status("lost"), r#"Other("lost")"#);

    for (word, outcome) in [
        ("Success", Outcome::Success),
        ("delivered", Outcome::Success),
        ("OK", Outcome::Success),
        ("succeeded", Outcome::Success),
        ("failure", Outcome::Failure),
        ("failed", Outcome::Failure),
        ("soon", Outcome::Other("soon")),
    ] {
        let mut json = format!(r#"{{"registrationResult":"{word}"}}"#).into_bytes();
        let answer = RegistrationResponse::decode(&mut json).unwrap();
        assert_eq!(answer.result, Some(outcome));
        assert_eq!(answer.is_refused(), outcome != Outcome::Success);
    }
    for (word, priority) in [
        ("High", Some(Priority::High)),
        ("MIDDLE", Some(Priority::Middle)),
        ("medium", Some(Priority::Middle)),
        ("low", Some(Priority::Low)),
        ("urgent", None),
    ] {
        msg_with(&format!(r#""Priority type":"{word}""#), |msg| {
            assert_eq!(msg.priority, priority)
        });
    }
}

#[test]
fn several_applications() {
    msg_with(r#""Application ID":["a","b","c"]"#, |msg| {
        assert_eq!(msg.application_id, Some("a"));
        assert!(msg.more_application_ids.iter().eq(["b", "c"]));
    });
    for one in [r#""a""#, r#"["a"]"#] {
        msg_with(&format!(r#""Application ID":{one}"#), |msg| {
            assert_eq!(msg.application_id, Some("a"));
            assert!(msg.more_application_ids.is_empty());
        });
    }
    msg_with(r#""Application ID":[]"#, |msg| {
        assert_eq!(msg.application_id, None)
    });
    assert_eq!(
        error_with(r#""Application ID":["a",1]"#),
        mistyped(Member::ApplicationId)
    );
}

#[test]
fn duplicates_null_and_strangers() {
    msg_with(r#""Payload":"a","payload":"b""#, |msg| {
        assert_eq!(msg.payload, "b")
    });
    msg_with(r#""Payload":"a","payload":null"#, |msg| {
        assert_eq!(msg.payload, "")
    });
    msg_with(r#""Payload":null,"payload":"b""#, |msg| {
        assert_eq!(msg.payload, "b")
    });
    // Known names in places where they mean nothing are strangers as well.
    let strangers = r#""Payload":"a","x":{"Payload":"b","y":[1,-2.5e+3,true,"]}\""]},
        "Store and forward parameters":{"Payload":"c"},"Latency":5,"Security Credentials":"d","start":1"#;
    msg_with(strangers, |msg| assert_eq!(msg.payload, "a"));
}

#[test]
fn strings_are_unescaped() {
    for (json, text) in [
        (r#"\"\\\/\b\f\n\r\t"#, "\"\\/\u{8}\u{c}\n\r\t"),
        (r"\u0041\u00e9\u20AC", "A\u{e9}\u{20ac}"),
        (r"\ud83d\ude00!", "\u{1f600}!"),
        (r"\uDBFF\uDFFF", "\u{10ffff}"),
        (r"\u0000", "\0"),
        ("gr\u{fc}n \u{1f600}\u{7f}", "gr\u{fc}n \u{1f600}\u{7f}"),
    ] {
        msg_with(&format!(r#""Payload":"{json}""#), |msg| {
            assert_eq!(msg.payload, text)
        });
    }
}

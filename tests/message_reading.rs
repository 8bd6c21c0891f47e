//! Liberal reading: names, values and forms that peers may use, and what is refused by name.

use msgin5g::message::{
    DecodeError, Expected, Member, Message, MessageId, Msg, Originator, Outcome, Priority,
    Recipient, RegistrationResponse, ResponseStatus, ServiceCheck, Shape, StoreAndForward,
    SubscriptionResponse,
};

fn decode<T>(json: &str, look: impl FnOnce(Result<Message<'_>, DecodeError>) -> T) -> T {
    look(Message::decode(&mut json.as_bytes().to_vec()))
}

fn error(json: &str) -> DecodeError {
    decode(json, |message| message.expect_err(json))
}

/// A complete message with `members` behind the mandatory ones, of which the last counts.
fn msg_with<T>(members: &str, look: impl FnOnce(Msg<'_>) -> T) -> T {
    decode(&text_with(members), |message| match message {
        Ok(Message::Msg(msg)) => look(msg),
        other => panic!("{members}: {other:?}"),
    })
}

fn error_with(members: &str) -> DecodeError {
    error(&text_with(members))
}

fn text_with(members: &str) -> String {
    format!(
        r#"{{"Message Type":"MSG","Originating UE Service ID":"ue-1@a.b","Recipient UE Service ID":"ue-2@a.b",
        "Message ID":"no. 7"{}{members}}}"#,
        if members.is_empty() { "" } else { "," }
    )
}

const TYPED: &str = r#""Message Type":"MSG","Message ID":"7","#;

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

fn mistyped(member: Member) -> DecodeError {
    DecodeError::Mistyped {
        member,
        expected: member.shape(),
    }
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

#[test]
fn segment_ranges_in_four_forms() {
    let ranges = |list: &str| {
        let json = format!(
            r#"{{"Message Type":"SEGREC","Segmentation Set Identifier":"s","List of Segment range":{list}}}"#
        );
        decode(&json, |message| {
            message.map(|message| match message {
                Message::SegmentsRecovery(recovery) => {
                    let list: Vec<_> = recovery.ranges.iter().map(|r| (r.first, r.last)).collect();
                    (list, recovery.ranges.is_capped())
                }
                other => panic!("{other:?}"),
            })
        })
    };
    let good = |list: &str| ranges(list).unwrap().0;
    let expected = vec![(5, 7), (10, 10), (15, 19)];
    for list in [
        r#"[{"start":5,"end":7},{"end":10,"start":10},{"start":"15","end":"19","x":[]}]"#,
        r#"["5-7","10-10","15 - 19"]"#,
        r#"["5-7",10,"15-19"]"#,
        "[[5,7],[10,10],[15,19]]",
        r#""5-7, 10-10, 15-19""#,
        r#""(5-7),(10),(15-19)""#,
        r#"["15-19",5,6,7,"10-10",[16,17]]"#,
        "[7,6,5,10,15,19,18,17,16]",
    ] {
        assert_eq!(good(list), expected, "{list}");
    }
    assert_eq!(good("3"), [(3, 3)]);
    assert_eq!(good("[]"), []);
    assert_eq!(good(r#""""#), []);
    assert_eq!(
        good("[[1,4],[2,3],[5,9]]"),
        [(1, 9)],
        "overlapping and touching ones are one"
    );
    assert_eq!(
        good("[[1,2147483647]]"),
        [(1, 65535)],
        "cut to what a set can have"
    );
    assert_eq!(
        good("[[70000,80000],[9,3],[2,2]]"),
        [(2, 2)],
        "outside and backward ones are none"
    );

    let many = |count| {
        (0..count)
            .map(|n| (n * 2).to_string())
            .collect::<Vec<_>>()
            .join(",")
    };
    assert_eq!(
        ranges(&format!("[{}]", many(32))).map(|(list, capped)| (list.len(), capped)),
        Ok((32, false))
    );
    assert_eq!(
        ranges(&format!("[{}]", many(33))).map(|(list, capped)| (list.len(), capped)),
        Ok((32, true))
    );
    assert_eq!(
        ranges(&format!("\"{}\"", many(500))).map(|(list, capped)| (list.len(), capped)),
        Ok((32, true))
    );

    for list in [
        r#"[{"start":5}]"#,
        "[[1]]",
        "[[1,2,3]]",
        "[true]",
        r#"[[1,{}]]"#,
        "{}",
    ] {
        assert_eq!(ranges(list), Err(mistyped(Member::SegmentRanges)), "{list}");
    }
    for list in [r#""5-""#, r#""a""#, r#""5-7-9""#, r#"["5x"]"#, r#""-5""#] {
        assert_eq!(
            ranges(list),
            Err(DecodeError::Unusable(Member::SegmentRanges)),
            "{list}"
        );
    }
    assert_eq!(
        ranges("[-5]"),
        Err(DecodeError::OutOfRange(Member::SegmentRanges))
    );
    assert_eq!(
        ranges("null"),
        Err(DecodeError::Missing(Member::SegmentRanges))
    );
}

#[test]
fn segments_at_their_bounds() {
    let segment = |members: &str| {
        let json = text_with(&format!(r#""segId":"s",{members}"#));
        decode(&json, |message| {
            message.map(|message| match message {
                Message::Msg(msg) => msg.segment.map(|s| (s.number, s.total, s.last)).unwrap(),
                other => panic!("{other:?}"),
            })
        })
    };
    assert_eq!(
        segment(r#""segNumb":0,"totalSegCount":1,"lastSegFlag":1"#),
        Ok((0, Some(1), true))
    );
    assert_eq!(segment(r#""segNumb":65535"#), Ok((65535, None, false)));
    assert_eq!(
        segment(r#""segNumb":65536"#),
        Err(DecodeError::OutOfRange(Member::SegmentNumber))
    );
    assert_eq!(
        segment(r#""segNumb":1,"totalSegCount":0"#),
        Err(DecodeError::OutOfRange(Member::SegmentTotal))
    );
    assert_eq!(
        segment(r#""lastSegFlag":true"#),
        Err(DecodeError::Missing(Member::SegmentNumber))
    );
    assert_eq!(
        error_with(r#""segInd":true,"segNumb":1"#),
        DecodeError::Missing(Member::SegmentSet)
    );
    msg_with(r#""segInd":false"#, |msg| assert_eq!(msg.segment, None));
    let long = "s".repeat(65);
    assert_eq!(
        error_with(&format!(r#""segId":"{long}","segNumb":1"#)),
        DecodeError::Unusable(Member::SegmentSet)
    );
}

#[test]
fn mandatory_members_and_surplus_ones() {
    let whole = [
        (r#""Message Type":"MSG""#, Member::MessageType),
        (
            r#""Originating UE Service ID":"a@b.c""#,
            Member::OriginatingUe,
        ),
        (r#""Recipient UE Service ID":"a@b.c""#, Member::RecipientUe),
        (r#""Message ID":"7""#, Member::MessageId),
    ];
    for (at, (_, member)) in whole.iter().enumerate() {
        let mut rest = whole.map(|(text, _)| text).to_vec();
        rest.remove(at);
        assert_eq!(
            error(&format!("{{{}}}", rest.join(","))),
            DecodeError::Missing(*member)
        );
    }
    assert_eq!(
        error_with(r#""Originating AS Service ID":"x""#),
        DecodeError::Surplus(Member::OriginatingAs)
    );
    assert_eq!(
        error_with(r#""Recipient AS Service ID":"x""#),
        DecodeError::Surplus(Member::RecipientAs)
    );
    assert_eq!(
        error_with(r#""Messaging Topic":"x""#),
        DecodeError::Surplus(Member::Topic)
    );
    assert_eq!(
        error_with(r#""Messaging Topic":["x","y"]"#),
        DecodeError::Surplus(Member::Topic)
    );
    msg_with(r#""Recipient Group ID":"grp@a.b""#, |msg| {
        assert!(matches!(msg.recipient, Recipient::Group(_)));
        assert_eq!(msg.group_member.map(|id| id.as_str()), Some("ue-2@a.b"));
    });
    let long = "x".repeat(256);
    for id in ["", &long] {
        let json = format!(r#""Recipient UE Service ID":"{id}""#);
        assert_eq!(
            error_with(&json),
            DecodeError::Unusable(Member::RecipientUe)
        );
    }
    assert_eq!(
        error_with(r#""Message Type":"PING""#),
        DecodeError::UnknownMessageType
    );
    assert_eq!(
        error_with(r#""Message Type":7"#),
        mistyped(Member::MessageType)
    );
    assert_eq!(error_with(r#""Payload":7"#), mistyped(Member::Payload));
    assert_eq!(
        error_with(r#""Store and forward parameters":"x""#),
        mistyped(Member::StoreAndForwardParameters)
    );
}

#[test]
fn lists_are_checked_when_they_are_read() {
    let list = |items: &str| error_with(&format!(r#""List of individual messages":{items}"#));
    assert_eq!(list("[]"), DecodeError::Unusable(Member::ListOfMessages));
    assert_eq!(list("[{}]"), DecodeError::Missing(Member::MessageId));
    assert_eq!(
        list(r#"[{"Message ID":"1"},7]"#),
        mistyped(Member::ListOfMessages)
    );
    assert_eq!(
        list(r#"[{"Message ID":"1","Payload":{}}]"#),
        mistyped(Member::Payload)
    );
    assert_eq!(
        list(r#"{"Message ID":"1"}"#),
        mistyped(Member::ListOfMessages)
    );
    let good = r#""List of individual messages":[
        {"x":{"Message ID":"9"},"Message ID":"1","Payload":"\ud83d\ude00\"","Application ID":["a","b"],"Payload":"last"},
        {"Payload":"gone","Message ID":"2","Payload":null,"Application ID":[]},
        {"Message ID":"3","Application ID":"gone","Application ID":null}]"#;
    decode(&text_with(good), |message| {
        let Ok(Message::AggregatedMsg(aggregate)) = message else {
            panic!("{message:?}")
        };
        let parts: Vec<_> = aggregate
            .messages
            .iter()
            .map(|m| (m.message_id, m.payload, m.application_id))
            .collect();
        assert_eq!(
            parts,
            [
                (MessageId::Opaque("1"), "last", Some("a")),
                (MessageId::Opaque("2"), "", None),
                (MessageId::Opaque("3"), "", None)
            ]
        );
        assert_eq!(aggregate.messages.len(), 3);
    });
}

#[test]
fn bulk_items_keep_their_profiles() {
    let bulk = r#"{"Message Type":"REG","List of individual MSGin5G UE registration request":[
        {"UE Service ID":"ue-1@a.b","MSGin5G Client Profile":
            {"MSGin5G Client Supported Maximum MSGin5G segment size":512}},
        {"UE Service ID":"ue-2@a.b","Registration urgent degree":1}]}"#;
    decode(bulk, |message| {
        let Ok(Message::BulkRegistration(bulk)) = message else {
            panic!("{message:?}")
        };
        let all: Vec<_> = bulk.registrations.iter().collect();
        assert_eq!(all[0].profile.maximum_segment_size, Some(512));
        assert_eq!(
            (all[1].profile.maximum_segment_size, all[1].urgent),
            (None, Some(true))
        );
    });
}

#[test]
fn ports_in_every_form() {
    let ports = |ports: &str| {
        let json = format!(
            r#"{{"Message Type":"REG","UE Service ID":"ue-1@a.b","MSGin5G Client Profile":
            {{"MSGin5G Client Triggering Information":{{"Port number":{ports}}}}}}}"#
        );
        decode(&json, |message| {
            message.map(|message| match message {
                Message::Registration(reg) => {
                    reg.profile.triggering.ports.iter().collect::<Vec<_>>()
                }
                other => panic!("{other:?}"),
            })
        })
    };
    assert_eq!(ports("[1,2,3,65535]"), Ok(vec![1, 2, 3, 65535]));
    assert_eq!(ports("5683"), Ok(vec![5683]));
    assert_eq!(ports(r#"["5683"]"#), Ok(vec![5683]));
    assert_eq!(ports("[]"), Ok(vec![]));
    assert_eq!(
        ports("[65536]"),
        Err(DecodeError::OutOfRange(Member::PortNumber))
    );
    assert_eq!(
        ports("[1,2,3,4,5]"),
        Err(DecodeError::OutOfRange(Member::PortNumber))
    );
    assert_eq!(ports("[[1]]"), Err(DecodeError::TooDeep { at: 144 }));
}

#[test]
fn the_service_identifier_is_looked_at() {
    let check = |members: &str| {
        let mut json = text_with(members).into_bytes();
        Message::decode_for("MSGin5G", &mut json).unwrap().1
    };
    assert_eq!(
        check(r#""MSGin5G service identifier":"msgin5g""#),
        ServiceCheck::Same
    );
    assert_eq!(
        check(r#""MSGin5G service identifier":"other""#),
        ServiceCheck::Other
    );
    assert_eq!(check(""), ServiceCheck::Missing);
}

#[test]
fn what_is_not_json_is_refused_where_it_ends_to_be() {
    let cases = [
        ("", Expected::Value, 0),
        ("  ", Expected::Value, 2),
        ("[]", Expected::Object, 0),
        ("\u{feff}{}", Expected::Value, 0),
        ("{", Expected::Name, 1),
        ("{,}", Expected::Name, 1),
        (r#"{"a":1,}"#, Expected::Name, 7),
        (r#"{"a" 1}"#, Expected::Colon, 5),
        (r#"{"a":1 "b":2}"#, Expected::CommaOrEnd, 7),
        (r#"{"a":[1,]}"#, Expected::Value, 8),
        (r#"{"a":[1}"#, Expected::CommaOrEnd, 7),
        (r#"{"a":{"b":1]}"#, Expected::CommaOrEnd, 11),
        (r#"{"a":nul}"#, Expected::Value, 5),
        (r#"{"a":True}"#, Expected::Value, 5),
        (r#"{"a":01}"#, Expected::CommaOrEnd, 6),
        (r#"{"a":-}"#, Expected::Digit, 5),
        (r#"{"a":1.}"#, Expected::Digit, 5),
        (r#"{"a":1e+}"#, Expected::Digit, 5),
        (r#"{"a":+1}"#, Expected::Value, 5),
        (r#"{"a":"b"#, Expected::Quote, 7),
        ("{\"a\":\"b\n\"}", Expected::Quote, 7),
        ("{\"a\0\":1}", Expected::Quote, 3),
        (r#"{"a":"\x"}"#, Expected::Escape, 6),
        (r#"{"a":"\u12"}"#, Expected::Escape, 6),
        (r#"{"a":"\u12g4"}"#, Expected::Escape, 6),
        (r#"{"a":"\ud800"}"#, Expected::SurrogatePair, 12),
        (r#"{"a":"\ud800\u0041"}"#, Expected::SurrogatePair, 18),
        (r#"{"a":"\udc00"}"#, Expected::SurrogatePair, 12),
        ("{}x", Expected::End, 2),
        ("{} {}", Expected::End, 3),
    ];
    for (json, expected, at) in cases {
        assert_eq!(error(json), DecodeError::Syntax { expected, at }, "{json}");
    }
    for not_utf8 in [
        &b"\xff"[..],
        b"\xc3",
        b"\xed\xa0\x80",
        b"\xf8\x88\x80\x80\x80",
    ] {
        let mut json = [br#"{"a":""#, not_utf8, br#""}"#].concat();
        let error = DecodeError::Syntax {
            expected: Expected::Utf8,
            at: 6,
        };
        assert_eq!(Message::decode(&mut json), Err(error));
    }
}

#[test]
fn four_levels_and_no_more() {
    msg_with(r#""x":{"y":[{}]}"#, |_| ());
    msg_with(r#""x":[[[]]]"#, |_| ());
    let deep = r#"{"x":[[[[]]]]}"#;
    assert_eq!(error(deep), DecodeError::TooDeep { at: 8 });
    let hostile = format!(r#"{{"x":{}"#, "[".repeat(60_000));
    assert_eq!(error(&hostile), DecodeError::TooDeep { at: 8 });
}

#[test]
fn messages_of_64_kib_and_no_longer() {
    let empty = text_with(r#""Payload":"""#).len();
    let long = |payload: usize| text_with(&format!(r#""Payload":"{}""#, "x".repeat(payload)));
    decode(&long(65535 - empty), |message| {
        let Ok(Message::Msg(msg)) = message else {
            panic!("{message:?}")
        };
        assert_eq!(msg.payload.len(), 65535 - empty);
    });
    assert_eq!(
        error(&long(65536 - empty)),
        DecodeError::TooLong { max: 65535 }
    );
}

#[test]
fn errors_say_what_was_expected() {
    let text = |error: DecodeError| error.to_string();
    assert_eq!(text(error("{")), "octet 1: expected a name in quotes");
    assert_eq!(
        text(error_with(r#""Payload":7"#)),
        "`Payload`: expected a string"
    );
    assert_eq!(text(error("{}")), "`Message Type` is missing");
    let shape = Shape::Boolean;
    assert_eq!(shape, Member::StatusRequired.shape());
}

#[test]
fn identifiers_are_checked_when_they_are_made() {
    use msgin5g::message::{
        AsServiceId, BroadcastAreaId, GroupServiceId, IdError, MessagingTopic, UeServiceId,
    };
    let length = |min, found| IdError::Length {
        min,
        max: 255,
        found,
    };
    let (longest, longer) = ("x".repeat(255), "x".repeat(256));
    assert_eq!(UeServiceId::new("a@b.c").unwrap().to_string(), "a@b.c");
    assert_eq!(UeServiceId::new("a@b"), Err(length(5, 3)));
    assert!(AsServiceId::new(&longest).is_ok());
    assert_eq!(AsServiceId::new(&longer), Err(length(5, 256)));
    assert_eq!(GroupServiceId::new(""), Err(length(5, 0)));
    assert_eq!(BroadcastAreaId::new(""), Err(length(1, 0)));
    for (text, at) in [("ab cd", 2), ("abcd\n", 4), ("\u{7f}abcd", 0)] {
        assert_eq!(GroupServiceId::new(text), Err(IdError::Space { at }));
    }
    assert!(MessagingTopic::new("any text, at all").is_ok() && MessagingTopic::new("").is_err());
    assert_eq!(
        length(5, 3).to_string(),
        "5 to 255 octets expected, 3 given"
    );
}

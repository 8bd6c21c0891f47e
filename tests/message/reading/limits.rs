//! What is not JSON, too deep, too long, and what the errors say.

use super::*;

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

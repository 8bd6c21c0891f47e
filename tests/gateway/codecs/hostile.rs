//! What is cut, changed, liberal or none at all.

use super::*;

/// No cut makes a message of one, where only what is mandatory stands; no changed bit makes a panic.
#[test]
fn l3_that_is_cut_or_changed_is_survived() {
    for message in each() {
        let octets = l3(&message);
        for end in 0..octets.len() {
            if let Ok(other) = LocalMessage::decode_l3(&octets[..end], &CODINGS) {
                assert_ne!(other, message);
            }
        }
        for at in 0..octets.len() * 8 {
            let mut changed = octets.clone();
            changed[at / 8] ^= 1 << (at % 8);
            if let Ok(other) = LocalMessage::decode_l3(&changed, &CODINGS) {
                let again = l3(&other);
                assert_eq!(LocalMessage::decode_l3(&again, &CODINGS), Ok(other));
            }
        }
    }
    let least = l3(&LocalMessage::Sending(least()));
    for end in 0..least.len() {
        assert!(LocalMessage::decode_l3(&least[..end], &CODINGS).is_err());
    }
}

#[test]
fn json_that_is_cut_or_changed_is_survived() {
    for message in each() {
        let text = json(&message);
        for end in 0..text.len() {
            assert!(LocalMessage::decode_json(&mut text[..end].to_vec()).is_err());
        }
        for at in 0..text.len() {
            for octet in [0, b'"', b'\\', b'{', b'}', b',', b'0', 0xff] {
                let mut changed = text.clone();
                changed[at] = octet;
                let _ = LocalMessage::decode_json(&mut changed);
            }
        }
    }
}

#[test]
fn json_is_read_liberally_and_refused_by_element() {
    let read = |text: &str| {
        let octets: &'static mut [u8] = text.as_bytes().to_vec().leak();
        LocalMessage::decode_json(octets)
    };
    let expected = LocalMessage::Sending(Sending {
        target: Target {
            address: "as-meter@iot.example",
            kind: Some(TargetType::As),
        },
        ..door_open()
    });
    for text in [
        r#"{"target-ADDRESS":"as-meter@iot.example","targetType":"as","messageId":"{3F0C1D52-7a44-4e0b-9c61-1f2a5b6c7d01}","payload":"door open","application_id":4660,"deliveryStatusRequired":"yes","more":{"a":[{}]}}"#,
        r#"{"Target address":{"addrType":"AS","addr":"as-meter@iot.example"},"msgId":"3f0c1d527a444e0b9c611f2a5b6c7d01","Payload":"lost","Payload":"door\u0020open","appId":"04660","Delivery status required":1,"Failure Cause":null}"#,
    ] {
        assert_eq!(read(text), Ok(expected), "{text}");
    }
    for (text, error) in [
        (r#"{}"#, LocalDecodeError::Missing(Element::ApplicationId)),
        (
            r#"{"Application ID":"65536"}"#,
            LocalDecodeError::Unusable(Element::ApplicationId),
        ),
        (
            r#"{"Application ID":-1}"#,
            LocalDecodeError::Unusable(Element::ApplicationId),
        ),
        (
            r#"{"Application ID":"1","Layer-2 ID":"a1b2c"}"#,
            LocalDecodeError::Unusable(Element::Layer2Id),
        ),
        (
            r#"{"Application ID":"1","Layer-2 ID":"a1b2c3d4"}"#,
            LocalDecodeError::Unusable(Element::Layer2Id),
        ),
        (
            r#"{"Application ID":"1","Layer-2 ID":7}"#,
            LocalDecodeError::Mistyped(Element::Layer2Id),
        ),
        (
            r#"{"Target address":"a@b.c"}"#,
            LocalDecodeError::Missing(Element::MessageId),
        ),
        (
            r#"{"Message ID":"1"}"#,
            LocalDecodeError::Missing(Element::TargetAddress),
        ),
        (
            r#"{"Message ID":"1","Target address":""}"#,
            LocalDecodeError::Unusable(Element::TargetAddress),
        ),
        (
            r#"{"Message ID":"","Target address":"x"}"#,
            LocalDecodeError::Unusable(Element::MessageId),
        ),
        (
            r#"{"Message ID":"1","Target address":"x","Target Type":"cell"}"#,
            LocalDecodeError::Unusable(Element::TargetType),
        ),
        (
            r#"{"Message ID":"1","Target address":["x"]}"#,
            LocalDecodeError::Mistyped(Element::TargetAddress),
        ),
        (
            r#"{"Message ID":"1","Target address":"x","Delivery status required":"maybe"}"#,
            LocalDecodeError::Mistyped(Element::StatusRequired),
        ),
        (
            r#"{"Message ID":"1","Delivery Status":"success"}"#,
            LocalDecodeError::Missing(Element::TargetAddress),
        ),
        (
            r#"{"Originator Address":"x","Delivery Status":"success"}"#,
            LocalDecodeError::Missing(Element::MessageId),
        ),
    ] {
        assert_eq!(read(text), Err(error), "{text}");
    }
    let too_deep = r#"{"a":[[[[]]]]}"#;
    assert!(matches!(
        read(too_deep),
        Err(LocalDecodeError::Json(DecodeError::TooDeep { .. }))
    ));
    assert!(matches!(
        read("[]"),
        Err(LocalDecodeError::Json(DecodeError::Syntax { .. }))
    ));
    assert!(matches!(
        read("{}x"),
        Err(LocalDecodeError::Json(DecodeError::Syntax { .. }))
    ));
    let long = format!(
        r#"{{"Message ID":"1","Target address":"{}"}}"#,
        "x".repeat(256)
    );
    assert_eq!(
        read(&long),
        Err(LocalDecodeError::Unusable(Element::TargetAddress))
    );
    let long = format!("{{}}{}", " ".repeat(65534));
    assert_eq!(read(&long), Err(LocalDecodeError::TooLong { max: 65535 }));
    let opaque = read(r#"{"Message ID":"no. 7","Target address":"x"}"#);
    assert!(
        matches!(opaque, Ok(LocalMessage::Sending(s)) if s.message_id == MessageId::Opaque("no. 7"))
    );
}

#[test]
fn requests_that_are_none_are_answered_by_code() {
    let text = json(&LocalMessage::Sending(door_open()));
    let answer = |code: Code, options: &[(OptionNumber, &[u8])], payload: &[u8]| {
        let header = datagram::Header {
            kind: datagram::Type::Con,
            message_id: 1,
        };
        let outgoing = Outgoing {
            code,
            token: Token::EMPTY,
            options,
            payload,
        };
        let mut out = vec![0; payload.len() + 64];
        let len = outgoing.encode_datagram(header, &mut out).unwrap();
        LocalMessage::decode_request(datagram::decode(&mut out[..len]).unwrap().packet).err()
    };
    let format: (OptionNumber, &[u8]) = (OptionNumber::CONTENT_FORMAT, &[50]);
    assert_eq!(answer(Code::POST, &[format], &text), None);
    assert_eq!(answer(Code::POST, &[], &text), None);
    assert_eq!(
        answer(Code::PUT, &[format], &text),
        Some(Code::METHOD_NOT_ALLOWED)
    );
    let cbor: (OptionNumber, &[u8]) = (OptionNumber::CONTENT_FORMAT, &[60]);
    assert_eq!(
        answer(Code::POST, &[cbor], &text),
        Some(Code::UNSUPPORTED_CONTENT_FORMAT)
    );
    let critical: (OptionNumber, &[u8]) = (OptionNumber(9), b"");
    assert_eq!(
        answer(Code::POST, &[critical, format], &text),
        Some(Code::BAD_OPTION)
    );
    assert_eq!(answer(Code::POST, &[format], b"{"), Some(Code::BAD_REQUEST));
    let long = [&text[..], &[b' '; 65536]].concat();
    assert_eq!(
        answer(Code::POST, &[format], &long),
        Some(Code::REQUEST_ENTITY_TOO_LARGE)
    );
}

#[test]
fn a_path_has_eight_segments_at_the_most_and_only_a_wish_for_a_report_needs_con() {
    let encode = |message: &LocalMessage<'_>, path: &[&str]| {
        written(|out| message.encode_request(path, 7, Token::EMPTY, out))
    };
    for message in each() {
        let octets = encode(&message, &["a"; 8]).unwrap();
        let header = datagram::Header::decode(&octets).unwrap();
        let is_con = message != LocalMessage::Sending(least());
        assert_eq!(header.kind == datagram::Type::Con, is_con, "{message:?}");
        assert_eq!(
            encode(&message, &["a"; 9]),
            Err(LocalEncodeError::TooManyPathSegments)
        );
    }
}

fn text(min: usize) -> impl Strategy<Value = String> {
    prop::collection::vec(any::<char>(), min..40).prop_map(String::from_iter)
}

prop_compose! {
    /// What both forms can hold; leaks, since messages borrow and a test may waste memory.
    fn message()(
        kind in 0..6u8,
        address in text(5),
        payload in text(1),
        uuid in any::<[u8; 16]>(),
        application in prop::option::of(any::<u16>()),
        report_wanted in any::<bool>(),
        target in prop::sample::select(vec![
            None, Some(TargetType::Ue), Some(TargetType::As), Some(TargetType::Group),
            Some(TargetType::BroadcastArea), Some(TargetType::Topic),
        ]),
        success in any::<bool>(),
        cause in prop::option::of(text(0)),
        layer2 in prop::option::of(any::<[u8; 3]>()),
    ) -> LocalMessage<'static> {
        let address = &*address.leak();
        let payload = &*payload.leak();
        let message_id = MessageId::Uuid(uuid);
        let application_id = application.map(ApplicationId::new);
        let status = if success { Outcome::Success } else { Outcome::Failure };
        let failure_cause = cause.map(|cause| &*cause.leak());
        let registration = Registration {
            application_id: application_id.unwrap_or(ApplicationId::new(0)),
            layer2_id: layer2.map(Layer2Id),
        };
        match kind {
            0 => LocalMessage::Sending(Sending {
                target: Target { address, kind: target }, message_id, payload, application_id, report_wanted,
            }),
            1 => LocalMessage::ReportSending(ReportSending { target: address, message_id, status, failure_cause }),
            2 => LocalMessage::Delivery(Delivery {
                originator: address, message_id, payload, application_id, report_wanted,
            }),
            3 => LocalMessage::ReportDelivery(ReportDelivery { originator: address, message_id, status, failure_cause }),
            4 => LocalMessage::Registration(registration),
            _ => LocalMessage::Deregistration(registration),
        }
    }
}

proptest! {
    #[test]
    fn any_message_survives_both_forms(message in message()) {
        let octets = l3(&message);
        prop_assert_eq!(LocalMessage::decode_l3(&octets, &CODINGS), Ok(message));
        let mut octets = json(&message);
        prop_assert_eq!(LocalMessage::decode_json(&mut octets), Ok(message));
        let mut octets = written(|out| message.encode_request(&["a", ""], 9, Token::EMPTY, out)).unwrap();
        let received = datagram::decode(&mut octets).unwrap();
        prop_assert_eq!(LocalMessage::decode_request(received.packet), Ok(message));
    }

    #[test]
    fn any_octets_are_survived(kind in 0..8u8, octets in prop::collection::vec(any::<u8>(), 0..200)) {
        let octets = [&[kind][..], &octets].concat();
        let _ = LocalMessage::decode_l3(&octets, &CODINGS);
        let _ = LocalMessage::decode_json(&mut octets.clone());
    }
}

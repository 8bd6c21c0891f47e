//! MSGin5G-5 on L3 and over CoAP (TS 24.538 Annex A): the examples, all that is written, all that is hostile.
#![cfg(feature = "msgin5g-5")]

use msgin5g::coap::{Code, OptionNumber, Outgoing, Token, datagram};
use msgin5g::gateway::{
    ApplicationId, Delivery, Element, L3Codings, Layer2Id, LocalDecodeError, LocalEncodeError,
    LocalMessage, Registration, ReportDelivery, ReportSending, Sending, Target, TargetType,
};
use msgin5g::message::{DecodeError, MessageId, Outcome};
use proptest::prelude::*;

mod vectors;

const CODINGS: L3Codings = L3Codings::DEFAULT;

/// The Message IDs of the vectors differ in the last octet only.
fn id(last: u8) -> MessageId<'static> {
    MessageId::parse(&format!("3f0c1d52-7a44-4e0b-9c61-1f2a5b6c7d{last:02x}"))
        .map(|id| match id {
            MessageId::Uuid(uuid) => MessageId::Uuid(uuid),
            MessageId::Opaque(_) => unreachable!(),
        })
        .unwrap()
}

fn door_open() -> Sending<'static> {
    Sending {
        target: Target {
            address: "ue-0815@iot.example",
            kind: Some(TargetType::Ue),
        },
        message_id: id(1),
        payload: "door open",
        application_id: Some(ApplicationId::new(4660)),
        report_wanted: true,
    }
}

fn least() -> Sending<'static> {
    Sending {
        target: Target {
            kind: None,
            ..door_open().target
        },
        application_id: None,
        report_wanted: false,
        ..door_open()
    }
}

fn written(
    encode: impl Fn(&mut [u8]) -> Result<usize, LocalEncodeError>,
) -> Result<Vec<u8>, LocalEncodeError> {
    let needed = match encode(&mut []) {
        Err(LocalEncodeError::BufferTooSmall { needed }) => needed,
        Err(other) => return Err(other),
        Ok(len) => panic!("{len} octets in none"),
    };
    let mut octets = vec![0; needed];
    assert_eq!(
        encode(&mut octets[..needed - 1]),
        Err(LocalEncodeError::BufferTooSmall { needed })
    );
    assert_eq!(encode(&mut octets), Ok(needed));
    Ok(octets)
}

fn l3(message: &LocalMessage<'_>) -> Vec<u8> {
    written(|out| message.encode_l3(&CODINGS, out)).unwrap()
}

fn json(message: &LocalMessage<'_>) -> Vec<u8> {
    written(|out| message.encode_json(out)).unwrap()
}

/// One of each kind, as full as it can be.
fn each() -> Vec<LocalMessage<'static>> {
    let registration = Registration {
        application_id: ApplicationId::new(4660),
        layer2_id: Some(Layer2Id([0xa1, 0xb2, 0xc3])),
    };
    vec![
        LocalMessage::Sending(door_open()),
        LocalMessage::Sending(least()),
        LocalMessage::ReportSending(ReportSending {
            target: "as-meter@iot.example",
            message_id: id(7),
            status: Outcome::Failure,
            failure_cause: Some("no valve"),
        }),
        LocalMessage::Delivery(Delivery {
            originator: "as-meter@iot.example",
            message_id: id(7),
            payload: "SET interval=3600",
            application_id: Some(ApplicationId::new(4660)),
            report_wanted: true,
        }),
        LocalMessage::ReportDelivery(ReportDelivery {
            originator: "ue-0815@iot.example",
            message_id: id(1),
            status: Outcome::Success,
            failure_cause: None,
        }),
        LocalMessage::Registration(registration),
        LocalMessage::Deregistration(registration),
    ]
}

#[test]
fn the_l3_examples_are_read_and_written_octet_for_octet() {
    for (number, sending) in [("90", door_open()), ("91", least())] {
        let vector = vectors::elsewhere(number);
        let octets = hex::decode(vector["l3_hex"].as_str().unwrap()).unwrap();
        let message = LocalMessage::Sending(sending);
        assert_eq!(LocalMessage::decode_l3(&octets, &CODINGS), Ok(message));
        assert_eq!(l3(&message), octets, "{number}");
    }
}

/// 82 is what we send as a gateway, the others what we would send as a constrained UE.
#[test]
fn the_coap_examples_are_read_and_written_octet_for_octet() {
    let messages = [
        ("80", "msgin5g-client", LocalMessage::Sending(door_open())),
        (
            "81",
            "msgin5g-client",
            LocalMessage::ReportSending(ReportSending {
                target: "as-meter@iot.example",
                message_id: id(7),
                status: Outcome::Success,
                failure_cause: None,
            }),
        ),
        ("82", "app", each()[3]),
        ("83", "msgin5g-client", each()[5]),
    ];
    for (number, path, message) in messages {
        let vector = vectors::elsewhere(number);
        let mut octets = hex::decode(vector["datagram_hex"].as_str().unwrap()).unwrap();
        let mid = u16::try_from(vector["coap"]["mid"].as_u64().unwrap()).unwrap();
        let token = hex::decode(vector["coap"]["token"].as_str().unwrap()).unwrap();
        let token = Token::new(&token).unwrap();
        let again = written(|out| message.encode_request(&[path], mid, token, out)).unwrap();
        assert_eq!(again, octets, "{number}");
        let received = datagram::decode(&mut octets).unwrap();
        assert_eq!(
            LocalMessage::decode_request(received.packet),
            Ok(message),
            "{number}"
        );
    }
}

#[test]
fn every_kind_comes_back_from_both_forms() {
    for message in each() {
        let octets = l3(&message);
        assert_eq!(LocalMessage::decode_l3(&octets, &CODINGS), Ok(message));
        let mut text = json(&message);
        assert_eq!(LocalMessage::decode_json(&mut text), Ok(message));
    }
}

/// The numbers that are UNCONFIRMED can all be others.
#[test]
fn l3_numbers_can_be_set() {
    let mut codings = CODINGS;
    codings.message_sending = 0x41;
    codings.report_sending = 0x42;
    codings.message_delivery = 0x43;
    codings.report_delivery = 0x44;
    codings.registration = 0x45;
    codings.deregistration = 0x46;
    codings.application_id = 0x21;
    codings.originator_address = 0x22;
    codings.failure_cause = 0x23;
    codings.layer2_id = 0x24;
    codings.delivered = 2;
    codings.not_delivered = 3;
    for message in each() {
        let octets = written(|out| message.encode_l3(&codings, out)).unwrap();
        assert_eq!(LocalMessage::decode_l3(&octets, &codings), Ok(message));
        assert!(matches!(
            LocalMessage::decode_l3(&octets, &CODINGS),
            Err(LocalDecodeError::UnknownMessageType(0x41..=0x46))
        ));
    }
}

#[test]
fn optional_elements_may_stand_in_any_order_twice_or_be_unknown() {
    let least = l3(&LocalMessage::Sending(least()));
    let with = |more: &[u8]| [&least, more].concat();
    let read = |octets: &[u8]| match LocalMessage::decode_l3(octets, &CODINGS) {
        Ok(LocalMessage::Sending(sending)) => Ok((
            sending.application_id.map(ApplicationId::number),
            sending.report_wanted,
            sending.target.kind,
        )),
        Ok(other) => panic!("{other:?}"),
        Err(error) => Err(error),
    };
    let all = Ok((Some(0x1234), true, Some(TargetType::As)));
    assert_eq!(read(&with(&[0xd2, 0xb1, 0x0a, 0x12, 0x34])), all);
    // The first of a kind counts.
    assert_eq!(
        read(&with(&[
            0xd2, 0xb1, 0xb0, 0x0a, 0x12, 0x34, 0x0a, 0, 0, 0xd1
        ])),
        all
    );
    // Unknown ones: type 1, TLV, TLV-E.
    assert_eq!(
        read(&with(&[
            0x90, 0x55, 2, 0xb0, 0xb0, 0x7b, 0, 3, 1, 2, 3, 0xd2, 0xb1, 0x0a, 0x12, 0x34
        ])),
        all
    );
    // "A" with its half octets swapped, in its place only.
    assert_eq!(read(&with(&[0xa0, 0x12, 0x34, 0xb1, 0xd2])), all);
    assert_eq!(
        read(&with(&[0xb1, 0xa0, 0xd2])),
        Ok((None, true, Some(TargetType::As)))
    );
    assert_eq!(read(&with(&[0xa0, 0xb1])), Ok((None, true, None)));
    for (cut, error) in [
        (
            &[0x0a, 1][..],
            LocalDecodeError::Truncated(Element::ApplicationId),
        ),
        (&[0x55], LocalDecodeError::UnknownTruncated { at: 48 }),
        (
            &[0xb1, 0x55, 2, 1],
            LocalDecodeError::UnknownTruncated { at: 49 },
        ),
        (&[0x7b, 0], LocalDecodeError::UnknownTruncated { at: 48 }),
        (&[0xb2], LocalDecodeError::Unusable(Element::StatusRequired)),
        (&[0xd0], LocalDecodeError::Unusable(Element::TargetType)),
        (&[0xd6], LocalDecodeError::Unusable(Element::TargetType)),
    ] {
        assert_eq!(read(&with(cut)), Err(error), "{cut:02x?}");
    }
}

/// Each length: the last that is taken, and the first that is not.
#[test]
fn every_bound_on_l3_has_an_error_that_names_it() {
    let long = "x".repeat(65536);
    let sending = |address: usize, payload: usize| {
        LocalMessage::Sending(Sending {
            target: Target {
                address: &long[..address],
                kind: None,
            },
            payload: &long[..payload],
            ..least()
        })
    };
    let unwritable = |element| Err(LocalEncodeError::Unwritable(element));
    let encoded = |message: LocalMessage<'_>| written(|out| message.encode_l3(&CODINGS, out));
    for (address, payload) in [(5, 1), (255, 65535)] {
        let octets = encoded(sending(address, payload)).unwrap();
        let read = LocalMessage::decode_l3(&octets, &CODINGS);
        assert_eq!(read, Ok(sending(address, payload)));
    }
    for address in [0, 4, 256] {
        assert_eq!(
            encoded(sending(address, 1)),
            unwritable(Element::TargetAddress)
        );
    }
    for payload in [0, 65536] {
        assert_eq!(encoded(sending(5, payload)), unwritable(Element::Payload));
    }
    let opaque = LocalMessage::Sending(Sending {
        message_id: MessageId::Opaque("no. 7"),
        ..least()
    });
    assert_eq!(encoded(opaque), unwritable(Element::MessageId));
    let short_originator = LocalMessage::ReportDelivery(ReportDelivery {
        originator: "a@b",
        message_id: id(1),
        status: Outcome::Success,
        failure_cause: None,
    });
    assert_eq!(
        encoded(short_originator),
        unwritable(Element::OriginatorAddress)
    );

    // Octets that nobody here would write.
    let read = |octets: &[u8]| LocalMessage::decode_l3(octets, &CODINGS).unwrap_err();
    assert_eq!(read(&[]), LocalDecodeError::Truncated(Element::MessageType));
    assert_eq!(read(&[0]), LocalDecodeError::UnknownMessageType(0));
    assert_eq!(
        read(b"\x01\x04a@bc"),
        LocalDecodeError::Length(Element::TargetAddress)
    );
    let mut empty = l3(&sending(5, 1));
    empty.truncate(25);
    empty[23..25].fill(0);
    assert_eq!(read(&empty), LocalDecodeError::Length(Element::Payload));
    assert_eq!(
        read(&vec![1; 0x1_1001]),
        LocalDecodeError::TooLong { max: 0x1_1000 }
    );
    let mut registration = l3(&each()[5]);
    *registration.get_mut(4).unwrap() = 2;
    registration.pop();
    assert_eq!(
        read(&registration),
        LocalDecodeError::Length(Element::Layer2Id)
    );
    let mut no_originator = l3(&each()[3]);
    no_originator.truncate(1 + 16 + 2 + 17);
    assert_eq!(
        read(&no_originator),
        LocalDecodeError::Missing(Element::OriginatorAddress)
    );
}

#[test]
fn text_on_l3_must_be_utf8() {
    for (at, element) in [(2, Element::TargetAddress), (39, Element::Payload)] {
        let mut octets = l3(&LocalMessage::Sending(door_open()));
        octets[at] = 0xff;
        assert_eq!(
            LocalMessage::decode_l3(&octets, &CODINGS),
            Err(LocalDecodeError::Unusable(element))
        );
    }
}

/// A cause is free text, and is cut rather than lost.
#[test]
fn a_long_failure_cause_is_cut_at_a_character() {
    let cause = "\u{e9}".repeat(200);
    let report = LocalMessage::ReportSending(ReportSending {
        target: "as-meter@iot.example",
        message_id: id(7),
        status: Outcome::Other("lost"),
        failure_cause: Some(&cause),
    });
    let octets = l3(&report);
    let Ok(LocalMessage::ReportSending(read)) = LocalMessage::decode_l3(&octets, &CODINGS) else {
        panic!("a report");
    };
    assert_eq!(read.failure_cause, Some(&cause[..254]));
    // On L3 there is success, and the rest.
    assert_eq!(read.status, Outcome::Failure);
}

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

//! The examples, and all that is written, comes back; bounds have errors.

use super::*;
use crate::vectors;

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

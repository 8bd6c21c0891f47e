//! Any message survives the wire; any octets are survived.

mod strategies;

use crate::vectors;
use msgin5g::message::{
    AggregatedMsg, AggregatedReport, AsServiceId, BroadcastAreaId, BulkRegistration,
    BulkRegistrationResponse, ClientProfile, CommunicationAvailability, Deregistration,
    DeregistrationResponse, EncodeError, GroupServiceId, IndividualMsg, IndividualReport, List,
    Message, MessageId, MessagingTopic, Msg, MsgResponse, Originator, Outcome, Ports, Priority,
    Recipient, Registration, RegistrationResponse, Report, ResponseStatus, Segment, SegmentRanges,
    SegmentsConfirmation, SegmentsRecovery, StoreAndForward, SubscriptionResponse,
    TriggeringInformation, UeServiceId,
};
use proptest::{prelude::*, sample::select};
use strategies::*;

/// Writes into a buffer that is just large enough, after one that is not.
fn written(encode: impl Fn(&mut [u8]) -> Result<usize, EncodeError>) -> Vec<u8> {
    let Err(EncodeError::BufferTooSmall { needed }) = encode(&mut []) else {
        panic!()
    };
    let mut out = vec![0; needed];
    assert_eq!(
        encode(&mut out[..needed - 1]),
        Err(EncodeError::BufferTooSmall { needed })
    );
    assert_eq!(encode(&mut out), Ok(needed));
    out
}

/// Reads whatever it is. What is read as a message can be written and read again.
fn survive(json: &[u8]) {
    let mut copy = json.to_vec();
    let mut received = json.to_vec();
    let received = Message::decode_from_server("MSGin5G", &mut received);
    if let Ok(message) = Message::decode(&mut copy) {
        let mut again = vec![0; json.len() * 4 + 400];
        let len = message.encode(&mut again).unwrap();
        assert_eq!(Message::decode(&mut again[..len]), Ok(message));
        assert!(received.is_ok_and(|(received, _)| received == message) || is_request(&message));
    }
}

/// What only a client sends.
fn is_request(message: &Message<'_>) -> bool {
    #[cfg(feature = "stored-message-update")]
    if matches!(message, Message::StoredMessageUpdate(_)) {
        return true;
    }
    matches!(
        message,
        Message::Registration(_) | Message::BulkRegistration(_) | Message::Deregistration(_)
    )
}

/// The same for answers without a message type.
fn survive_as_answer(json: &[u8]) {
    let _ = RegistrationResponse::decode(&mut json.to_vec());
    let _ = DeregistrationResponse::decode(&mut json.to_vec());
    let _ = BulkRegistrationResponse::decode(&mut json.to_vec());
    let _ = SubscriptionResponse::decode(&mut json.to_vec());
}

proptest! {
    #[test]
    fn written_then_read_is_the_same(message in message()) {
        let mut json = written(|out| message.encode(out));
        // Another reader of JSON agrees that it is JSON, and that nothing stands twice.
        let value: serde_json::Value = serde_json::from_slice(&json).unwrap();
        prop_assert_eq!(serde_json::to_vec(&value).unwrap().len(), json.len());
        prop_assert_eq!(Message::decode(&mut json), Ok(message));
    }

    #[test]
    fn payloads_mean_what_another_reader_says(text in text()) {
        let from = Originator::Ue(UeServiceId::new("ue-1@a.b").unwrap());
        let msg = Msg::new(from, from.as_recipient(), MessageId::Opaque("7"), &text);
        let json = written(|out| Message::Msg(msg).encode(out));
        let value: serde_json::Value = serde_json::from_slice(&json).unwrap();
        prop_assert_eq!(value.get("Payload").and_then(|v| v.as_str()).unwrap_or_default(), &text);
    }

    /// Escapes of every kind, as another writer might choose them.
    #[test]
    fn escaped_payloads_are_read(text in text(), escape in any::<u64>()) {
        let mut json = br#"{"Message Type":"MSG","oriAddr":"a","destAddr":"b","msgId":"7","Payload":""#.to_vec();
        for (at, character) in text.chars().enumerate() {
            if escape >> (at % 64) & 1 == 1 || u32::from(character) < 0x20 || matches!(character, '"' | '\\') {
                for unit in character.encode_utf16(&mut [0; 2]) {
                    json.extend(format!("\\u{unit:04X}").bytes());
                }
            } else {
                json.extend(character.encode_utf8(&mut [0; 4]).bytes());
            }
        }
        json.extend(b"\"}");
        let Ok(Message::Msg(msg)) = Message::decode(&mut json) else { panic!() };
        prop_assert_eq!(msg.payload, text);
    }

    #[test]
    fn any_octets(octets in prop::collection::vec(any::<u8>(), 0..200)) {
        survive(&octets);
        survive_as_answer(&octets);
    }

    /// Pieces of JSON and of our names in any order.
    #[test]
    fn any_pieces(pieces in prop::collection::vec(select(PIECES), 0..40)) {
        survive_as_answer(format!("{{{}}}", pieces.concat()).as_bytes());
        survive(pieces.concat().as_bytes());
        survive(format!("{{{}}}", pieces.concat()).as_bytes());
    }

    #[test]
    fn a_message_with_holes(message in message(), at in any::<prop::sample::Index>(), octets in any::<[u8; 3]>()) {
        let mut json = written(|out| message.encode(out));
        let start = at.index(json.len());
        for (place, octet) in json.iter_mut().skip(start).zip(octets) {
            *place = octet;
        }
        survive(&json);
    }
}

const PIECES: &[&str] = &[
    "{",
    "}",
    "[",
    "]",
    ",",
    ":",
    "\"",
    "\\",
    "null",
    "true",
    "0",
    "-1",
    "12",
    "1.5e3",
    " ",
    "\\u0041",
    "\\ud83d",
    "\"Message Type\":",
    "\"MSG\",",
    "\"IMDN\",",
    "\"REG\",",
    "\"oriAddr\":\"a\",",
    "\"destAddr\":",
    "\"b\",",
    "{\"addrType\":\"TOPIC\",\"addr\":\"t\"},",
    "\"msgId\":\"7\",",
    "\"Payload\":\"x\\n\",",
    "\"Application ID\":[",
    "\"List of individual messages\":[{",
    "\"Message ID\":\"1\"},",
    "}],",
    "\"segId\":\"s\",",
    "\"SEGREC\",",
    "\"List of Segment range\":[",
    "[1,2],",
    "{\"end\":2,\"start\":1},",
    "\"3-4\"",
    "],",
    "\"Delivery Status\":\"ok\"",
    "\"MSGin5G Client Profile\":{",
    "\"Store and forward parameters\":{",
    "\"UE Service ID\":\"a\",",
    "\u{fe}",
    "\u{20ac}",
];

/// Each example message cut short at every octet, and with every octet changed in several ways.
#[test]
fn vectors_cut_and_corrupted_at_every_octet() {
    for vector in vectors::all() {
        let json = vector.payload();
        for at in 0..json.len() {
            let mut cut = json[..at].to_vec();
            assert!(
                Message::decode(&mut cut).is_err(),
                "{}: cut at {at}",
                vector.file
            );
            for change in [0x01, 0x20, 0x80, 0xff] {
                let mut corrupt = json.clone();
                corrupt[at] ^= change;
                survive(&corrupt);
            }
            for instead in [b'"', b'\\', b'{', b'}', b'[', b']', b',', 0, 0xfd, 0xfe] {
                let mut corrupt = json.clone();
                corrupt[at] = instead;
                survive(&corrupt);
            }
        }
    }
}

//! Any message survives the wire; any octets are survived.

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

/// Text with everything that JSON escapes, and characters of one to four octets.
fn text() -> impl Strategy<Value = String> {
    let character = prop_oneof![
        any::<char>(),
        (0..0x20u8).prop_map(char::from),
        select(vec![
            '"',
            '\\',
            '/',
            '\u{7f}',
            '\u{e9}',
            '\u{20ac}',
            '\u{1f600}',
            '\u{fdfd}',
            '{',
            ']',
            ','
        ]),
    ];
    prop::collection::vec(character, 0..24).prop_map(String::from_iter)
}

/// Leaks: the messages borrow, and a test may waste memory.
fn kept() -> impl Strategy<Value = &'static str> {
    text().prop_map(|text| &*text.leak())
}

fn some_kept() -> impl Strategy<Value = Option<&'static str>> {
    prop::option::of(kept())
}

fn name() -> impl Strategy<Value = &'static str> {
    "[!-~\u{a1}-\u{ff}\u{1f600}]{5,30}".prop_map(|text| &*text.leak())
}

/// 64 octets at most: a message ID that is no UUID, a set of segments.
fn short_name() -> impl Strategy<Value = &'static str> {
    "[!-~\u{a1}-\u{ff}\u{1f600}]{1,16}".prop_map(|text| &*text.leak())
}

fn integer() -> impl Strategy<Value = Option<u32>> {
    prop::option::of(0..=0x7fff_ffffu32)
}

fn ue() -> impl Strategy<Value = UeServiceId<'static>> {
    name().prop_map(|text| UeServiceId::new(text).unwrap())
}

fn originator() -> impl Strategy<Value = Originator<'static>> {
    prop_oneof![
        ue().prop_map(Originator::Ue),
        name().prop_map(|text| Originator::As(AsServiceId::new(text).unwrap())),
    ]
}

fn recipient() -> impl Strategy<Value = Recipient<'static>> {
    let topic = kept().prop_filter("a topic has text", |text| !text.is_empty());
    prop_oneof![
        ue().prop_map(Recipient::Ue),
        name().prop_map(|text| Recipient::As(AsServiceId::new(text).unwrap())),
        name().prop_map(|text| Recipient::Group(GroupServiceId::new(text).unwrap())),
        name().prop_map(|text| Recipient::BroadcastArea(BroadcastAreaId::new(text).unwrap())),
        topic.prop_map(|text| Recipient::Topic(MessagingTopic::new(text).unwrap())),
    ]
}

fn message_id() -> impl Strategy<Value = MessageId<'static>> {
    prop_oneof![
        any::<[u8; 16]>().prop_map(MessageId::Uuid),
        short_name().prop_map(MessageId::Opaque)
    ]
}

fn outcome() -> impl Strategy<Value = Outcome<'static>> {
    prop_oneof![
        Just(Outcome::Success),
        Just(Outcome::Failure),
        Just(Outcome::Other("on \"its\" way"))
    ]
}

fn priority() -> impl Strategy<Value = Option<Priority>> {
    prop::option::of(select(vec![
        Priority::Low,
        Priority::Middle,
        Priority::High,
    ]))
}

fn store_and_forward() -> impl Strategy<Value = StoreAndForward<'static>> {
    prop_oneof![
        Just(StoreAndForward::Unstated),
        Just(StoreAndForward::No),
        some_kept().prop_map(|expiration| StoreAndForward::Yes { expiration }),
    ]
}

fn segment() -> impl Strategy<Value = Segment<'static>> {
    (
        short_name(),
        any::<u16>(),
        prop::option::of(1..=u16::MAX),
        any::<bool>(),
    )
        .prop_map(|(set, number, total, last)| Segment {
            set,
            number,
            total,
            last,
        })
}

fn list<T: msgin5g::message::Element<'static> + std::fmt::Debug>(
    element: impl Strategy<Value = T>,
    min: usize,
) -> impl Strategy<Value = List<'static, T>> {
    prop::collection::vec(element, min..4).prop_map(|items| List::of(items.leak()))
}

fn msg() -> impl Strategy<Value = Msg<'static>> {
    let application = kept().prop_filter("an empty one is none", |text| !text.is_empty());
    let head = (
        originator(),
        recipient(),
        prop::option::of(ue()),
        message_id(),
    );
    let body = (
        prop::option::of(application),
        list(kept(), 0),
        any::<bool>(),
        kept(),
        priority(),
    );
    (head, body, prop::option::of(segment()), store_and_forward()).prop_map(
        |(head, body, segment, saf)| Msg {
            originator: head.0,
            recipient: head.1,
            group_member: head.2.filter(|_| matches!(head.1, Recipient::Group(_))),
            message_id: head.3,
            application_id: body.0,
            more_application_ids: if body.0.is_some() {
                body.1
            } else {
                List::EMPTY
            },
            report_wanted: body.2,
            payload: body.3,
            priority: body.4,
            segment,
            store_and_forward: saf,
        },
    )
}

fn profile() -> impl Strategy<Value = ClientProfile<'static>> {
    let triggering = (
        some_kept(),
        prop::collection::vec(any::<u16>(), 0..5),
        some_kept(),
    );
    let availability = (
        some_kept(),
        integer(),
        prop::option::of(any::<bool>()),
        integer(),
    );
    (triggering, availability, integer()).prop_map(
        |(triggering, availability, maximum_segment_size)| ClientProfile {
            triggering: TriggeringInformation {
                ue_identifier: triggering.0,
                ports: Ports::new(&triggering.1).unwrap(),
                protocol: triggering.2,
            },
            availability: CommunicationAvailability {
                schedule: availability.0,
                duration: availability.1,
                periodic: availability.2,
                interval: availability.3,
            },
            maximum_segment_size,
        },
    )
}

fn registration() -> impl Strategy<Value = Registration<'static>> {
    (
        ue(),
        some_kept(),
        profile(),
        prop::option::of(any::<bool>()),
        integer(),
    )
        .prop_map(
            |(ue_service_id, credential, profile, urgent, expiration_time)| Registration {
                ue_service_id,
                credential,
                profile,
                urgent,
                expiration_time,
            },
        )
}

/// In a list the profile's own objects would be a fifth level.
fn bulk_registration() -> impl Strategy<Value = Registration<'static>> {
    registration().prop_map(|registration| Registration {
        profile: ClientProfile {
            maximum_segment_size: registration.profile.maximum_segment_size,
            ..ClientProfile::EMPTY
        },
        ..registration
    })
}

fn individual_msg() -> impl Strategy<Value = IndividualMsg<'static>> {
    let application = kept().prop_filter("an empty one is none", |text| !text.is_empty());
    (
        message_id(),
        prop::option::of(application),
        any::<bool>(),
        kept(),
        priority(),
    )
        .prop_map(
            |(message_id, application_id, report_wanted, payload, priority)| IndividualMsg {
                message_id,
                application_id,
                report_wanted,
                payload,
                priority,
            },
        )
}

fn individual_report() -> impl Strategy<Value = IndividualReport<'static>> {
    (message_id(), outcome(), some_kept()).prop_map(|(message_id, status, failure_cause)| {
        IndividualReport {
            message_id,
            status,
            failure_cause,
        }
    })
}

fn message() -> impl Strategy<Value = Message<'static>> {
    let addresses = || (originator(), recipient(), message_id());
    let response_status = prop::option::of(select(vec![
        ResponseStatus::Failed,
        ResponseStatus::Stored,
        ResponseStatus::Rejected,
        ResponseStatus::Other("?"),
    ]));
    prop_oneof![
        msg().prop_map(Message::Msg),
        registration().prop_map(Message::Registration),
        list(bulk_registration(), 1).prop_map(|registrations| Message::BulkRegistration(
            BulkRegistration { registrations }
        )),
        (ue(), some_kept()).prop_map(|(ue_service_id, credential)| {
            Message::Deregistration(Deregistration {
                ue_service_id,
                credential,
            })
        }),
        (addresses(), list(individual_msg(), 1), store_and_forward()).prop_map(
            |(head, messages, saf)| {
                Message::AggregatedMsg(AggregatedMsg {
                    originator: head.0,
                    recipient: head.1,
                    group_member: None,
                    message_id: head.2,
                    messages,
                    store_and_forward: saf,
                })
            }
        ),
        (addresses(), response_status, some_kept()).prop_map(|(head, status, failure_cause)| {
            Message::MsgResponse(MsgResponse {
                originator: head.0,
                message_id: head.2,
                status,
                failure_cause,
            })
        }),
        (addresses(), outcome(), some_kept()).prop_map(|(head, status, failure_cause)| {
            Message::Report(Report {
                originator: head.0,
                recipient: head.1,
                message_id: head.2,
                status,
                failure_cause,
            })
        }),
        (addresses(), any::<bool>(), list(individual_report(), 1)).prop_map(
            |(head, whole, reports)| {
                let message_id = whole.then_some(head.2);
                Message::AggregatedReport(AggregatedReport {
                    originator: head.0,
                    recipient: head.1,
                    message_id,
                    reports,
                })
            }
        ),
        (
            short_name(),
            prop::collection::vec(any::<(u16, u16)>(), 0..40)
        )
            .prop_map(|(set, list)| {
                let mut ranges = SegmentRanges::EMPTY;
                for (first, len) in list.into_iter().take(SegmentRanges::MAX) {
                    ranges.insert(first, first.saturating_add(len % 8));
                }
                Message::SegmentsRecovery(SegmentsRecovery { set, ranges })
            }),
        (
            short_name(),
            prop::option::of(message_id()),
            prop::option::of(outcome())
        )
            .prop_map(|(set, message_id, result)| {
                Message::SegmentsConfirmation(SegmentsConfirmation {
                    set,
                    message_id,
                    result,
                })
            }),
    ]
}

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

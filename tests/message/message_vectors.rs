//! The example messages: each is read to its fields, and what is written equals it octet for octet.

use crate::vectors;
use crate::vectors::{Vector, vector};
use msgin5g::{
    coap::{Outgoing, datagram},
    message::{
        AggregatedMsg, AggregatedReport, AsServiceId, BroadcastAreaId, BulkRegistration,
        BulkRegistrationResponse, ClientProfile, CommunicationAvailability, Deregistration,
        DeregistrationResponse, GroupServiceId, IndividualMsg, IndividualReport, List, Message,
        MessageId, MessagingTopic, Msg, MsgResponse, Originator, Outcome, Ports, Priority,
        Recipient, Registration, RegistrationResponse, Report, ResponseStatus, Segment,
        SegmentRanges, SegmentsConfirmation, SegmentsRecovery, StoreAndForward,
        SubscriptionResponse, TriggeringInformation, UeServiceId,
    },
};

const UUID: [u8; 15] = [
    0x3f, 0x0c, 0x1d, 0x52, 0x7a, 0x44, 0x4e, 0x0b, 0x9c, 0x61, 0x1f, 0x2a, 0x5b, 0x6c, 0x7d,
];

/// All message IDs of the vectors differ in the last octet only.
fn id(last: u8) -> MessageId<'static> {
    let mut uuid = [last; 16];
    uuid[..15].copy_from_slice(&UUID);
    MessageId::Uuid(uuid)
}

fn ue(text: &str) -> UeServiceId<'_> {
    UeServiceId::new(text).unwrap()
}

fn from_4711() -> Originator<'static> {
    Originator::Ue(ue("ue-4711@iot.example"))
}

fn from_0815() -> Originator<'static> {
    Originator::Ue(ue("ue-0815@iot.example"))
}

fn to_as() -> Recipient<'static> {
    Recipient::As(AsServiceId::new("as-meter@iot.example").unwrap())
}

fn to_group() -> Recipient<'static> {
    Recipient::Group(GroupServiceId::new("grp-07@iot.example").unwrap())
}

fn to_topic() -> Recipient<'static> {
    Recipient::Topic(MessagingTopic::new("meter/alarm").unwrap())
}

fn msg(to: Recipient<'static>, last: u8, payload: &'static str) -> Msg<'static> {
    Msg::new(from_4711(), to, id(last), payload)
}

/// What the server sends says nothing about storing.
fn delivered(
    from: Originator<'static>,
    to: Recipient<'static>,
    last: u8,
    payload: &'static str,
) -> Msg<'static> {
    let store_and_forward = StoreAndForward::Unstated;
    Msg {
        store_and_forward,
        ..Msg::new(from, to, id(last), payload)
    }
}

/// Reads the message of a vector, compares, writes it into the vector's own frame and compares again.
fn check(number: &str, expected: &Message<'_>) {
    let vector = vector(number);
    let mut json = vector.payload();
    assert_eq!(
        Message::decode(&mut json).as_ref(),
        Ok(expected),
        "{}",
        vector.file
    );
    let mut out = [0; 2048];
    let len = expected.encode(&mut out).unwrap();
    check_written(&vector, &out[..len]);
}

fn check_written(vector: &Vector, payload: &[u8]) {
    let mut copy = vector.datagram();
    let read = datagram::decode(&mut copy).unwrap();
    let options: Vec<_> = read.packet.options.iter().collect();
    let outgoing = Outgoing {
        code: read.packet.code,
        token: read.packet.token,
        options: &options,
        payload,
    };
    let mut out = [0; 2048];
    let len = outgoing.encode_datagram(read.header, &mut out).unwrap();
    assert_eq!(
        String::from_utf8_lossy(&out[..len]),
        String::from_utf8_lossy(&vector.datagram()),
        "{}",
        vector.file
    );
    assert_eq!(
        hex::encode(&out[..len]),
        vector.json["datagram_hex"].as_str().unwrap()
    );
}

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
fn messages_of_a_client() {
    let to_ue = Recipient::Ue(ue("ue-0815@iot.example"));
    let meter = Msg {
        application_id: Some("app.meter"),
        ..msg(to_ue, 0x01, "OPEN valve 3")
    };
    let wanted = Msg {
        report_wanted: true,
        ..meter
    };
    check(
        "10",
        &Message::Msg(Msg {
            priority: Some(Priority::Middle),
            ..wanted
        }),
    );
    check("11", &Message::Msg(msg(to_ue, 0x02, "t=21.5")));
    let high = Msg {
        priority: Some(Priority::High),
        ..wanted
    };
    check(
        "12",
        &Message::Msg(Msg {
            recipient: to_as(),
            message_id: id(3),
            payload: "ALARM leak",
            ..high
        }),
    );
    let group = Msg {
        recipient: to_group(),
        message_id: id(4),
        payload: "SYNC 1700000000",
        ..meter
    };
    check("13", &Message::Msg(group));
    check("14", &Message::Msg(msg(to_topic(), 0x05, "pressure high")));
    let store_and_forward = StoreAndForward::Yes {
        expiration: Some("2030-01-01T00:00:00Z"),
    };
    let stored = Msg {
        report_wanted: true,
        store_and_forward,
        ..msg(to_ue, 0x06, "firmware 1.4 ready")
    };
    check("15", &Message::Msg(stored));
}

#[test]
fn answers_of_the_server() {
    let answer = MsgResponse {
        originator: from_4711(),
        message_id: id(0x06),
        status: Some(ResponseStatus::Stored),
        failure_cause: None,
    };
    check("17", &Message::MsgResponse(answer));
    let failed = MsgResponse {
        message_id: id(0x01),
        status: Some(ResponseStatus::Failed),
        failure_cause: Some("recipient not registered"),
        ..answer
    };
    check("18", &Message::MsgResponse(failed));
    for empty in ["16", "20", "23", "55", "60", "63"] {
        check_written(&vector(empty), b"");
    }
}

fn vector_19() -> Msg<'static> {
    let from = Originator::As(AsServiceId::new("as-meter@iot.example").unwrap());
    let to = Recipient::Ue(ue("ue-4711@iot.example"));
    let plain = delivered(from, to, 0x07, "SET interval=3600");
    Msg {
        application_id: Some("app.meter"),
        report_wanted: true,
        ..plain
    }
}

#[test]
fn messages_to_a_client() {
    check("19", &Message::Msg(vector_19()));
    let group = delivered(from_0815(), to_group(), 0x04, "SYNC 1700000000");
    check(
        "21",
        &Message::Msg(Msg {
            group_member: Some(ue("ue-4711@iot.example")),
            ..group
        }),
    );
    let area = Recipient::BroadcastArea(BroadcastAreaId::new("ba-12").unwrap());
    check(
        "22",
        &Message::Msg(delivered(vector_19().originator, area, 0x08, "TEST siren")),
    );
    check(
        "62",
        &Message::Msg(delivered(from_0815(), to_topic(), 0x05, "pressure high")),
    );
}

#[test]
fn liberal_names_mean_the_same() {
    let mut json = vector("97").payload();
    assert_eq!(Message::decode(&mut json), Ok(Message::Msg(vector_19())));
}

#[test]
fn reports() {
    let report = Report {
        originator: from_4711(),
        recipient: to_as(),
        message_id: id(0x07),
        status: Outcome::Success,
        failure_cause: None,
    };
    check("30", &Message::Report(report));
    let failure_cause = Some("application not available");
    check(
        "31",
        &Message::Report(Report {
            status: Outcome::Failure,
            failure_cause,
            ..report
        }),
    );
    let recipient = Recipient::Ue(ue("ue-4711@iot.example"));
    check(
        "32",
        &Message::Report(Report {
            originator: from_0815(),
            recipient,
            message_id: id(0x01),
            ..report
        }),
    );
}

#[test]
fn aggregates() {
    let first = IndividualMsg {
        message_id: id(0xa1),
        application_id: Some("app.meter"),
        report_wanted: false,
        payload: "t=21.5",
        priority: Some(Priority::Low),
    };
    let second = IndividualMsg {
        message_id: id(0xa2),
        report_wanted: true,
        payload: "h=40",
        ..first
    };
    let parts = [first, second];
    let messages = AggregatedMsg {
        originator: from_4711(),
        recipient: to_as(),
        group_member: None,
        message_id: id(0xa0),
        messages: List::of(&parts),
        store_and_forward: StoreAndForward::Unstated,
    };
    check("40", &Message::AggregatedMsg(messages));
    let good = IndividualReport {
        message_id: id(0xb1),
        status: Outcome::Success,
        failure_cause: None,
    };
    let bad = IndividualReport {
        message_id: id(0xb2),
        status: Outcome::Failure,
        failure_cause: Some("no such application"),
    };
    let parts = [good, bad];
    let reports = AggregatedReport {
        originator: from_4711(),
        recipient: to_as(),
        message_id: None,
        reports: List::of(&parts),
    };
    check("41", &Message::AggregatedReport(reports));
}

#[test]
fn segments() {
    let segment = |number, payload, total, last| {
        let part = msg(Recipient::Ue(ue("ue-0815@iot.example")), 0xe0, payload);
        let segment = Some(Segment {
            set: "seg-77",
            number,
            total,
            last,
        });
        let report_wanted = total.is_some();
        Message::Msg(Msg {
            segment,
            report_wanted,
            store_and_forward: StoreAndForward::Unstated,
            ..part
        })
    };
    check(
        "50",
        &segment(1, "The quick brown fox jumps over t", Some(3), false),
    );
    check(
        "51",
        &segment(2, "he lazy dog while the meter read", None, false),
    );
    check("52", &segment(3, "s 0042.1 m3/h", None, true));

    let recovery = |set, list: &[(u16, u16)]| {
        let mut ranges = SegmentRanges::EMPTY;
        list.iter()
            .for_each(|(first, last)| ranges.insert(*first, *last));
        Message::SegmentsRecovery(SegmentsRecovery { set, ranges })
    };
    check("53", &recovery("seg-77", &[(2, 2)]));
    check("54", &recovery("seg-91", &[(5, 7), (10, 10), (15, 19)]));
    let confirmation = SegmentsConfirmation {
        set: "seg-77",
        message_id: Some(id(0xe0)),
        result: Some(Outcome::Success),
    };
    check("56", &Message::SegmentsConfirmation(confirmation));
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

#[cfg(feature = "stored-message-update")]
#[test]
fn stored_message_update() {
    let update = msgin5g::message::StoredMessageUpdate {
        originator: from_4711(),
        destination: "coaps://msg.operator.example:65401/msgin5g",
        message_id: id(0x06),
        expiration: Some("2030-06-01T00:00:00Z"),
    };
    check("75", &Message::StoredMessageUpdate(update));
}

#[cfg(not(feature = "stored-message-update"))]
#[test]
fn stored_message_update_is_unknown_without_its_feature() {
    let mut json = vector("75").payload();
    assert_eq!(
        Message::decode(&mut json),
        Err(msgin5g::message::DecodeError::UnknownMessageType)
    );
}

/// Every file is named by one of the tests above.
#[test]
fn no_vector_is_left_out() {
    let source = include_str!("message_vectors.rs");
    for vector in vectors::all() {
        let number = &vector.file[..2];
        assert!(source.contains(&format!("\"{number}\"")), "{}", vector.file);
    }
}

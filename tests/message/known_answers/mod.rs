//! The example messages: each is read to its fields, and what is written equals it octet for octet.

mod messages;
mod registrations;
mod sets;

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

/// Every file is named by one of the tests.
#[test]
fn no_vector_is_left_out() {
    let sources = [
        include_str!("messages.rs"),
        include_str!("registrations.rs"),
        include_str!("sets.rs"),
    ]
    .concat();
    for vector in vectors::all() {
        let number = &vector.file[..2];
        assert!(
            sources.contains(&format!("\"{number}\"")),
            "{}",
            vector.file
        );
    }
}

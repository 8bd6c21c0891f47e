//! A client without segments, aggregates and topics: what it is sent of these it refuses, and says so.
//!
//! `cargo test --no-default-features --test client_lean` (a step of `cargo xtask test`); with the features
//! there is nothing here to be tested.

#![cfg(not(any(feature = "segmentation", feature = "aggregation", feature = "topics")))]

use msgin5g::client::{Client, ClientMemory, Config, Event, OutgoingMessage, SendError};
use msgin5g::coap::{Code, ContentFormat, OptionNumber, Outgoing, Token, stream};
use msgin5g::message::{
    AggregatedMsg, IndividualMsg, List, Message, MessageId, MessagingTopic, Msg, Originator,
    Recipient, SERVICE_IDENTIFIER, Segment, SegmentRanges, SegmentsConfirmation, SegmentsRecovery,
    UeServiceId,
};
use rand_core::OsRng;

const US: &str = "meter-17@example.com";

/// Hands over a request of the server; what the application is told goes to `look`. Returns the code of
/// the answer.
fn ask(json: &[u8], look: impl FnOnce(&Event<'_>)) -> Code {
    let mut memory: ClientMemory = ClientMemory::new();
    let config = Config::new(UeServiceId::new(US).unwrap());
    let mut client = Client::new(config, memory.pieces(), &mut OsRng).unwrap();
    client.connected();
    let csm = client.poll_transmit(0).len();
    client.transmitted(csm);
    let post = Outgoing {
        code: Code::POST,
        token: Token::from(7),
        options: &[(OptionNumber::CONTENT_FORMAT, &ContentFormat::JSON.octets())],
        payload: json,
    };
    let len = post.encode_stream(client.recv_space()).unwrap();
    client.received(len);
    look(&client.poll_event(0).expect("an event"));
    let mut answer = client.poll_transmit(0).to_vec();
    let answer = stream::decode(&mut answer).unwrap();
    assert_eq!(answer.token, Token::from(7));
    answer.code
}

fn refused(json: &[u8]) {
    let code = ask(json, |event| {
        assert_eq!(*event, Event::Refused(Code::NOT_IMPLEMENTED));
    });
    assert_eq!(code, Code::NOT_IMPLEMENTED);
}

fn json(message: Message<'_>) -> Vec<u8> {
    let mut json = vec![0; 1024];
    let len = message.encode_for(SERVICE_IDENTIFIER, &mut json).unwrap();
    json.truncate(len);
    json
}

fn msg(recipient: Recipient<'_>) -> Msg<'_> {
    let from = UeServiceId::new("display-3@example.com").unwrap();
    Msg::new(
        Originator::Ue(from),
        recipient,
        MessageId::Uuid([7; 16]),
        "4711 kWh",
    )
}

fn us() -> Recipient<'static> {
    Recipient::Ue(UeServiceId::new(US).unwrap())
}

#[test]
fn a_message_comes_and_is_answered() {
    let code = ask(&json(Message::Msg(msg(us()))), |event| match event {
        Event::Message { msg, .. } => assert_eq!(msg.payload, "4711 kWh"),
        other => panic!("{other:?}"),
    });
    assert_eq!(code, Code::CHANGED);
}

#[test]
fn a_message_on_a_topic_is_one_like_any_other() {
    let topic = Recipient::Topic(MessagingTopic::new("tariffs").unwrap());
    let code = ask(&json(Message::Msg(msg(topic))), |event| {
        assert!(matches!(event, Event::Message { .. }), "{event:?}");
    });
    assert_eq!(code, Code::CHANGED);
}

#[test]
fn a_segment_is_refused() {
    let segment = Segment {
        set: "set-1",
        number: 1,
        total: Some(2),
        last: false,
    };
    refused(&json(Message::Msg(Msg {
        segment: Some(segment),
        ..msg(us())
    })));
}

#[test]
fn what_is_said_about_segments_is_refused() {
    let mut ranges = SegmentRanges::EMPTY;
    ranges.insert(1, 2);
    let set = "set-1";
    refused(&json(Message::SegmentsRecovery(SegmentsRecovery {
        set,
        ranges,
    })));
    refused(&json(Message::SegmentsConfirmation(SegmentsConfirmation {
        set,
        message_id: None,
        result: None,
    })));
}

#[test]
fn an_aggregate_is_refused_whole() {
    let part = IndividualMsg {
        message_id: MessageId::Uuid([8; 16]),
        application_id: None,
        report_wanted: true,
        payload: "one of them",
        priority: None,
    };
    let whole = msg(us());
    refused(&json(Message::AggregatedMsg(AggregatedMsg {
        originator: whole.originator,
        recipient: whole.recipient,
        group_member: None,
        message_id: whole.message_id,
        messages: List::of(&[part]),
        store_and_forward: whole.store_and_forward,
    })));
    // However the list is written.
    refused(br#"{"Message Type":"MSG","List of individual messages":[],"Payload":"x"}"#);
}

#[test]
fn what_is_too_long_to_go_whole_is_refused_when_it_is_asked_for() {
    let mut memory: ClientMemory = ClientMemory::new();
    let config = Config::new(UeServiceId::new(US).unwrap());
    let mut client = Client::new(config, memory.pieces(), &mut OsRng).unwrap();
    let long = "x".repeat(4000);
    let sent = client.send(&OutgoingMessage::text(us(), &long), &mut OsRng);
    assert!(matches!(sent, Err(SendError::TooLarge { .. })), "{sent:?}");
}

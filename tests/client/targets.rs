//! Groups, and messages that the server stores for their recipient.

use crate::script::Bench;
use msgin5g::client::{Event, OutgoingMessage};
use msgin5g::coap::Code;
#[cfg(feature = "stored-message-update")]
use msgin5g::message::Priority;
use msgin5g::message::{GroupServiceId, Recipient, UeServiceId};
use serde_json::{Value, json};

const EXPIRATION: &str = "2030-01-01T00:00:00Z";

// ---- groups and stored messages -----------------------------------------------------------

#[test]
fn a_message_goes_to_a_group_and_copies_come_with_the_member() {
    let mut memory = Bench::memory();
    let mut bench = Bench::registered(&mut memory);
    let group = Recipient::Group(GroupServiceId::new("pumps@iot.example").unwrap());
    let message = OutgoingMessage::text(group, "stop");
    bench.client.send(&message, &mut bench.rng).unwrap();
    let json = bench.request(0).json();
    assert_eq!(json["Recipient Group Service ID"], "pumps@iot.example");
    assert_eq!(json["Recipient UE Service ID"], Value::Null);

    let copy = json!({"Message Type": "MSG", "Originating UE Service ID": "ue-0815@iot.example",
        "Group Service ID": "pumps@iot.example", "Recipient UE Service ID": "ue-4711@iot.example",
        "Message ID": "m-1", "Delivery status required": true, "Payload": "stop"})
    .to_string();
    bench.post(&copy);
    match bench.client.poll_event(0) {
        Some(Event::Message { msg, .. }) => {
            assert_eq!(msg.recipient, group);
            assert_eq!(
                msg.group_member,
                Some(UeServiceId::new("ue-4711@iot.example").unwrap())
            );
        }
        other => panic!("unexpected {other:?}"),
    }
    let report = bench.sent(0)[1].json();
    assert_eq!(report["Recipient UE Service ID"], "ue-0815@iot.example");
    assert_eq!(report["Message ID"], "m-1");
    // A refusal of the group (MSGRESP reject) fails the message.
    let id = bench.client.send(&message, &mut bench.rng).unwrap();
    let sent = bench.request(0);
    let reject = json!({"Message Type": "MSGRESP", "Originating UE Service ID": "ue-4711@iot.example",
        "Message ID": id.to_string(), "Delivery Status": "reject", "Failure Cause": "not authorized"});
    bench.answer(&sent, Code::CHANGED, &reject.to_string());
    assert!(bench.event(0).contains("not authorized"));
}

#[test]
fn a_message_may_be_stored_until_it_expires() {
    let mut memory = Bench::memory();
    let mut bench = Bench::registered(&mut memory);
    let to = Recipient::Ue(UeServiceId::new("ue-0815@iot.example").unwrap());
    let message = OutgoingMessage::text(to, "later").with_storing(Some(EXPIRATION));
    bench.client.send(&message, &mut bench.rng).unwrap();
    let json = bench.request(0).json();
    assert_eq!(json["Store and forward flag"], true);
    assert_eq!(
        json["Store and forward parameters"]["Message expiration time"],
        EXPIRATION
    );
    bench
        .client
        .send(
            &OutgoingMessage::text(to, "x").with_storing(None),
            &mut bench.rng,
        )
        .unwrap();
    let json = bench.request(0).json();
    assert_eq!(json["Store and forward flag"], true);
    assert_eq!(json["Store and forward parameters"], Value::Null);
}

#[cfg(feature = "stored-message-update")]
#[test]
fn a_stored_message_is_updated_or_discarded() {
    let mut memory = Bench::memory();
    let mut bench = Bench::registered(&mut memory);
    let id = bench.send("later", Priority::Middle);
    bench.sent(0);
    let server = "coaps://msg.operator.example:65401/msgin5g";
    for (expiration, code) in [(Some(EXPIRATION), Code::CHANGED), (None, Code::NOT_FOUND)] {
        bench.client.update_stored(id, server, expiration).unwrap();
        let sent = bench.request(0);
        let json = sent.json();
        assert_eq!(json["Message ID"], id.to_string());
        assert_eq!(json["Destination address"], server);
        let time = json["Store and forward parameters"]["Message expiration time"].as_str();
        assert_eq!(time, expiration);
        bench.answer(&sent, code, "");
        let event = bench.event(0);
        assert!(
            event.starts_with(if code.is_success() {
                "Updated"
            } else {
                "UpdateFailed"
            }),
            "{event}"
        );
    }
}

//! Topics, groups, stored messages and what makes a client register again, against a scripted
//! server and a clock that the test owns.

use crate::script::{Bench, Frame};
use msgin5g::client::{Event, Failure, SendError};
use msgin5g::coap::{Code, OptionNumber};
use msgin5g::message::MessagingTopic;
use serde_json::json;

const OBSERVE: u16 = 6;

const EXPIRATION: &str = "2030-01-01T00:00:00Z";

fn topic(text: &str) -> MessagingTopic<'_> {
    MessagingTopic::new(text).unwrap()
}

fn queries(frame: &Frame) -> Vec<String> {
    let queries = frame.options.iter().filter(|(number, _)| *number == 15);
    queries
        .map(|(_, value)| String::from_utf8(value.clone()).unwrap())
        .collect()
}

/// A response with Observe, as a subscription's answer and its notifications are.
fn observed(bench: &mut Bench<'_>, to: &Frame, number: u8, json: &str) {
    let options: [(OptionNumber, &[u8]); 2] = [
        (OptionNumber::OBSERVE, &[number]),
        (OptionNumber::CONTENT_FORMAT, &[50]),
    ];
    bench.frame(Code::CONTENT, to.token, &options, json.as_bytes());
}

fn on_topic(number: u8, report: bool) -> String {
    json!({"MSGin5G service identifier": "MSGin5G", "Message Type": "MSG",
        "Originating UE Service ID": "ue-0815@iot.example", "Messaging Topic": "meter/alarm",
        "Message ID": format!("3f0c1d52-7a44-4e0b-9c61-1f2a5b6c7d{number:02x}"),
        "Delivery status required": report, "Payload": "pressure high"})
    .to_string()
}

#[test]
fn a_subscription_is_a_get_with_observe() {
    let mut memory = Bench::memory();
    let mut bench = Bench::registered(&mut memory);
    let topics = [topic("meter/alarm"), topic("Ventil 3 & 4")];
    let id = bench.client.subscribe(&topics, Some(EXPIRATION)).unwrap();
    let get = bench.request(0);
    assert_eq!(get.code, Code::GET);
    assert_eq!(get.uint_option(OBSERVE), Some(0));
    assert_eq!(get.path(), ["msgin5g", "topics"]);
    assert_eq!(
        queries(&get),
        [
            "ue=ue-4711@iot.example",
            "topic=meter/alarm",
            "topic=Ventil 3 & 4",
            "expiration=2030-01-01T00:00:00Z"
        ]
    );
    assert_eq!(get.uint_option(17), Some(50), "Accept");
    assert!(get.payload.is_empty());
    assert_eq!(bench.client.pending(), 1);
    observed(
        &mut bench,
        &get,
        1,
        r#"{"Subscription status":"success","Expiration":"2030-01-01T00:00:00Z"}"#,
    );
    assert_eq!(
        bench.client.poll_event(0),
        Some(Event::Subscribed {
            subscription: id,
            expiration: Some(EXPIRATION)
        })
    );
    assert_eq!(
        (bench.client.pending(), bench.client.next_deadline()),
        (0, None)
    );
    assert!(bench.client.is_idle());
}

#[test]
fn messages_on_a_topic_come_in_both_forms_and_once() {
    let mut memory = Bench::memory();
    let mut bench = Bench::registered(&mut memory);
    bench
        .client
        .subscribe(&[topic("meter/alarm")], None)
        .unwrap();
    let get = bench.request(0);
    observed(&mut bench, &get, 1, "");
    bench.event(0);
    for (number, report) in [(1, false), (2, true)] {
        observed(&mut bench, &get, number, &on_topic(number, report));
        let event = bench.event(0);
        assert!(
            event.contains("meter/alarm") && event.contains("pressure high"),
            "{event}"
        );
        let sent = bench.sent(0);
        assert_eq!(
            sent.len(),
            usize::from(report),
            "a notification has no answer"
        );
        assert!(
            sent.iter()
                .all(|frame| frame.json()["Message Type"] == "IMDN")
        );
        // The same as any other message, too.
        let (event, code, _) = bench.exchange(&on_topic(number, report), 0);
        assert_eq!((event.as_str(), code), ("Duplicate", Code::CHANGED));
    }
    let (event, ..) = bench.exchange(&on_topic(3, false), 0);
    assert!(event.contains("meter/alarm"), "{event}");
}

/// A notification cannot be refused: where there is no room for its report there is none.
#[test]
fn a_message_on_a_topic_is_worth_more_than_its_report() {
    let mut memory = Bench::memory();
    let mut bench = Bench::by_application(&mut memory);
    let topics = [topic("meter/alarm")];
    bench.client.subscribe(&topics, None).unwrap();
    let get = bench.request(0);
    observed(&mut bench, &get, 1, "");
    bench.event(0);
    // Reports that the application owes.
    let mut number = 10;
    while bench.exchange(&on_topic(number, true), 0).1 == Code::CHANGED {
        number += 1;
    }
    observed(&mut bench, &get, 2, &on_topic(1, true));
    let event = bench.client.poll_event(0);
    assert!(
        matches!(event, Some(Event::Message { msg, report: None }) if msg.payload == "pressure high"),
        "{event:?}"
    );
}

#[test]
fn a_subscription_ends_with_the_token_it_has() {
    let mut memory = Bench::memory();
    let mut bench = Bench::registered(&mut memory);
    let id = bench
        .client
        .subscribe(&[topic("meter/alarm")], Some(EXPIRATION))
        .unwrap();
    let get = bench.request(0);
    observed(&mut bench, &get, 1, "");
    bench.event(0);
    bench.client.unsubscribe(id).unwrap();
    assert_eq!(bench.client.unsubscribe(id), Err(SendError::UnknownTicket));
    let end = bench.request(0);
    assert_eq!((end.code, end.token), (Code::GET, get.token));
    assert_eq!(end.uint_option(OBSERVE), Some(1));
    assert_eq!(
        queries(&end),
        ["ue=ue-4711@iot.example", "topic=meter/alarm"]
    );
    // One that was on its way.
    observed(&mut bench, &get, 9, &on_topic(1, false));
    assert!(bench.event(0).contains("pressure high"));
    bench.frame(
        Code::CONTENT,
        end.token,
        &[],
        br#"{"Subscription status":"success"}"#,
    );
    assert_eq!(
        bench.client.poll_event(0),
        Some(Event::SubscriptionEnded {
            subscription: id,
            failure: None
        })
    );
    // And one that was later still.
    observed(&mut bench, &get, 10, &on_topic(2, false));
    assert_eq!(bench.client.poll_event(0), None);
}

#[test]
fn a_server_may_refuse_and_end_subscriptions() {
    let mut memory = Bench::memory();
    let mut bench = Bench::registered(&mut memory);
    let id = bench.client.subscribe(&[topic("secret")], None).unwrap();
    let get = bench.request(0);
    bench.answer(&get, Code::FORBIDDEN, r#"{"Failure Cause":"not for you"}"#);
    let failure = Failure::Answered {
        code: Code::FORBIDDEN,
        cause: Some("not for you"),
    };
    assert_eq!(
        bench.client.poll_event(0),
        Some(Event::SubscriptionEnded {
            subscription: id,
            failure: Some(failure)
        })
    );
    let id = bench.client.subscribe(&[topic("secret")], None).unwrap();
    let get = bench.request(0);
    observed(&mut bench, &get, 1, r#"{"Subscription status":"failure"}"#);
    assert!(
        bench.event(0).starts_with("SubscriptionEnded"),
        "a success code with a failure in it"
    );
    assert_eq!(bench.client.unsubscribe(id), Err(SendError::UnknownTicket));

    let id = bench.client.subscribe(&[topic("brief")], None).unwrap();
    let get = bench.request(0);
    observed(&mut bench, &get, 1, "");
    bench.event(0);
    bench.frame(Code::NOT_FOUND, get.token, &[], b"");
    let event = bench.event(0);
    assert!(
        event.starts_with("SubscriptionEnded") && event.contains("Answered"),
        "{event}"
    );
    assert_eq!(bench.client.unsubscribe(id), Err(SendError::UnknownTicket));
    assert!(bench.client.is_idle());
}

#[test]
fn subscriptions_are_renewed_with_the_session() {
    let mut memory = Bench::memory();
    let mut bench = Bench::registered(&mut memory);
    bench
        .client
        .subscribe(&[topic("meter/alarm")], None)
        .unwrap();
    let get = bench.request(0);
    observed(&mut bench, &get, 1, "");
    bench.event(0);
    bench.client.connected();
    let reg = bench.request(0);
    assert_eq!(reg.json()["Message Type"], "REG");
    bench.answer(&reg, Code::CREATED, "");
    bench.event(0);
    let again = bench.request(0);
    assert_eq!((again.code, queries(&again)), (Code::GET, queries(&get)));
    observed(&mut bench, &again, 1, "");
    assert!(bench.event(0).starts_with("Subscribed"));
    observed(&mut bench, &again, 2, &on_topic(1, false));
    assert!(bench.event(0).contains("pressure high"));
}

#[test]
fn a_subscription_has_its_limits() {
    let mut memory = Bench::memory();
    let mut bench = Bench::registered(&mut memory);
    assert_eq!(
        bench.client.subscribe(&[], None),
        Err(SendError::TopicCount)
    );
    assert_eq!(
        bench.client.subscribe(&[topic("t"); 9], None),
        Err(SendError::TopicCount)
    );
    let long = "t".repeat(250);
    let error = bench.client.subscribe(&[topic(&long)], None);
    assert!(
        matches!(error, Err(SendError::TooLarge { limit: 255, .. })),
        "{error:?}"
    );
    let long = "t".repeat(200);
    let error = bench.client.subscribe(&[topic(&long); 8], None);
    assert!(
        matches!(error, Err(SendError::TooLarge { .. })),
        "{error:?}"
    );
    bench.client.subscribe(&[topic("t"); 8], None).unwrap();
    assert_eq!(queries(&bench.request(0)).len(), 9);
}

/// Below a path that ends in a slash.
#[test]
fn the_path_of_topics_has_no_empty_segment() {
    let mut memory = Bench::memory();
    let mut bench = Bench::registered_with(&mut memory, |config| {
        config.server_path = &["a", "", "msgin5g", ""];
    });
    let topic = MessagingTopic::new("weather").unwrap();
    bench.client.subscribe(&[topic], None).unwrap();
    let get = bench.request(0);
    let segments = get.options.iter().filter(|(number, _)| *number == 11);
    let segments: Vec<_> = segments.map(|(_, value)| value.as_slice()).collect();
    assert_eq!(segments, [&b"a"[..], b"", b"msgin5g", b"topics"]);
}

//! Segments, aggregates, topics, groups and stored messages, against the reference network.

use crate::ue::{Ue, with_configured, with_registered};
use crate::who::{METER, PUMP, network};
use msgin5g::client::{Event, OutgoingMessage};
use msgin5g::message::{GroupServiceId, MessagingTopic, Recipient, UeServiceId};
use msgin5g_testnet::{AsMessage, EventKind, TopicDelivery};
use rand_core::OsRng;

fn to_pump() -> Recipient<'static> {
    Recipient::Ue(UeServiceId::new(PUMP.service_id).unwrap())
}

/// The next message's payload.
fn heard(ue: &mut Ue<'_, '_>) -> String {
    let payload = ue.until(|event| match event {
        Event::Message { msg, .. } => Some(msg.payload.to_owned()),
        _ => None,
    });
    ue.flush();
    payload
}

fn small_segments(config: &mut msgin5g::client::Config<'_>) {
    config.segment_size = 500;
    config.registration.profile.maximum_segment_size = Some(400);
}

#[test]
fn four_kib_go_in_segments_both_ways() {
    let network = network(msgin5g_testnet::Config::default());
    let text: String = "Zähler 4711: 21.5 °C; "
        .chars()
        .cycle()
        .take(3900)
        .collect();
    assert!(text.len() >= 4096);
    with_configured(&network, PUMP, small_segments, |pump| {
        with_configured(&network, METER, small_segments, |meter| {
            let message = OutgoingMessage::text(to_pump(), &text)
                .with_report()
                .with_segments();
            let id = meter.client.send(&message, &mut OsRng).unwrap();
            meter.until(|event| matches!(event, Event::Accepted { .. }).then_some(()));
            assert_eq!(heard(pump), text);
            // The server has all, and so has the pump.
            let mut released = false;
            let mut reported = false;
            while !(released && reported) {
                meter.until(|event| match event {
                    Event::SegmentsReleased {
                        message_id,
                        confirmed,
                    } => {
                        assert_eq!((*message_id, *confirmed), (id, true));
                        released = true;
                        Some(())
                    }
                    Event::Report(report) => {
                        assert_eq!(report.message_id, id);
                        assert!(report.status.is_success());
                        reported = true;
                        Some(())
                    }
                    _ => None,
                });
            }
            meter.flush();
            assert!(meter.client.is_idle());
        });
    });
}

#[test]
fn a_payload_that_nobody_holds_whole_reaches_the_network() {
    let network = network(msgin5g_testnet::Config::default());
    let payload = "0123456789abcdef".repeat(5_000);
    with_registered(&network, METER, |meter| {
        let message = OutgoingMessage::text(to_pump(), "");
        let sent = meter
            .client
            .send_from(&message, payload.len(), &mut OsRng)
            .unwrap();
        loop {
            let wanted = meter.until(|event| match event {
                Event::PayloadWanted { offset, len, .. } => Some(Some((*offset, *len))),
                // The pump is away and the message not to be stored.
                Event::Failed { message_id, .. } if *message_id == sent => Some(None),
                _ => None,
            });
            let Some((offset, len)) = wanted else { break };
            let part = &payload.as_bytes()[offset..offset + len];
            let now = msgin5g::transport::Host::now_ms(&mut meter.host);
            meter.client.supply(sent, offset, part, now).unwrap();
        }
    });
}

#[test]
fn an_application_server_sends_a_long_message() {
    let mut config = msgin5g_testnet::Config::default();
    config.server.application_servers = vec![msgin5g_testnet::ApplicationServer {
        id: "as-meter@iot.example".to_owned(),
        reports: true,
    }];
    let network = network(config);
    let text = "SET ".repeat(700);
    with_configured(&network, METER, small_segments, |meter| {
        let id = "3f0c1d52-7a44-4e0b-9c61-1f2a5b6c7d07";
        let mut set = AsMessage::to_ue("as-meter@iot.example", METER.service_id, id, &text);
        set.report_wanted = true;
        network.send_from_as(&set).unwrap();
        assert_eq!(heard(meter), text);
        network
            .wait_for(|event| matches!(&event.kind, EventKind::Report { from, .. } if from == METER.service_id))
            .expect("our report");
    });
}

#[test]
fn small_messages_go_together_and_come_apart() {
    let network = network(msgin5g_testnet::Config::default());
    with_registered(&network, PUMP, |pump| {
        let wait = |config: &mut msgin5g::client::Config<'_>| config.aggregation_wait_ms = 50;
        with_configured(&network, METER, wait, |meter| {
            for text in ["t=21.5", "h=40", "p=1013"] {
                let message = OutgoingMessage::text(to_pump(), text)
                    .with_report()
                    .with_aggregation();
                meter.client.send(&message, &mut OsRng).unwrap();
            }
            for _ in 0..3 {
                meter.until(|event| matches!(event, Event::Accepted { .. }).then_some(()));
            }
            let texts: Vec<String> = (0..3).map(|_| heard(pump)).collect();
            assert_eq!(texts, ["t=21.5", "h=40", "p=1013"]);
            for _ in 0..3 {
                meter.until(|event| matches!(event, Event::Report(_)).then_some(()));
            }
        });
    });
}

#[test]
fn a_topic_reaches_its_subscriber_in_either_form() {
    for delivery in [TopicDelivery::Post, TopicDelivery::Notify] {
        let mut config = msgin5g_testnet::Config::default();
        config.server.topics.delivery = delivery;
        let network = network(config);
        let topic = MessagingTopic::new("meter/alarm").unwrap();
        with_registered(&network, PUMP, |pump| {
            let subscription = pump.client.subscribe(&[topic], None).unwrap();
            pump.until(|event| matches!(event, Event::Subscribed { .. }).then_some(()));
            with_registered(&network, METER, |meter| {
                let message = OutgoingMessage::text(Recipient::Topic(topic), "pressure high");
                meter.client.send(&message, &mut OsRng).unwrap();
                meter.until(|event| matches!(event, Event::Accepted { .. }).then_some(()));
            });
            assert_eq!(heard(pump), "pressure high", "{delivery:?}");
            pump.client.unsubscribe(subscription).unwrap();
            pump.until(|event| {
                matches!(event, Event::SubscriptionEnded { failure: None, .. }).then_some(())
            });
        });
    }
}

#[test]
fn a_group_hears_what_is_sent_to_it() {
    let mut config = msgin5g_testnet::Config::default();
    let members = vec![METER.service_id.to_owned(), PUMP.service_id.to_owned()];
    config
        .server
        .groups
        .insert("pumps@iot.example".to_owned(), members);
    let network = network(config);
    with_registered(&network, PUMP, |pump| {
        with_registered(&network, METER, |meter| {
            let group = Recipient::Group(GroupServiceId::new("pumps@iot.example").unwrap());
            let message = OutgoingMessage::text(group, "stop").with_report();
            meter.client.send(&message, &mut OsRng).unwrap();
            meter.until(|event| matches!(event, Event::Accepted { .. }).then_some(()));
            pump.until(|event| match event {
                Event::Message { msg, .. } => {
                    assert_eq!((msg.recipient, msg.payload), (group, "stop"));
                    assert_eq!(
                        msg.group_member.map(|member| member.as_str()),
                        Some(PUMP.service_id)
                    );
                    Some(())
                }
                _ => None,
            });
        });
    });
}

#[test]
fn what_is_stored_comes_when_the_recipient_does() {
    let network = network(msgin5g_testnet::Config::default());
    with_registered(&network, METER, |meter| {
        let message = OutgoingMessage::text(to_pump(), "when you wake").with_report();
        let message = message.with_storing(Some("2099-01-01T00:00:00Z"));
        let sent = meter.client.send(&message, &mut OsRng).unwrap();
        meter.until(|event| {
            matches!(event, Event::Stored { message_id } if *message_id == sent).then_some(())
        });
        with_registered(&network, PUMP, |pump| {
            assert_eq!(heard(pump), "when you wake")
        });
        meter.until(|event| {
            matches!(event, Event::Report(report) if report.message_id == sent).then_some(())
        });
    });
}

//! The SDK against the reference network, which shares no code with it.

use crate::ue::{memory, open, with_registered};
use crate::who::{METER, PUMP, Who, keys, network};
use msgin5g::akma::Kaf;
use msgin5g::client::{Client, ClientMemory, Config, Event, Failure};
use msgin5g::coap::Code;
use msgin5g::driver;
use msgin5g::message::UeServiceId;
use msgin5g::session::SessionError;
use msgin5g::transport::{Host, StdHost};
use msgin5g_testnet::{AsMessage, EventKind, Faults, Refuse};
use rand_core::OsRng;

#[test]
fn a_message_arrives_and_its_report_comes_back() {
    let network = network(echoing());
    with_registered(&network, METER, |meter| {
        let text = "valve \"3\" \\ open\u{1f6b0}\u{7f}\n";
        let sent = meter.send("echo-1@iot.example", text);
        // Report and echo may come in any order.
        let (mut reported, mut echoed) = (false, false);
        while !(reported && echoed) {
            meter.until(|event| match event {
                Event::Report(report) => {
                    assert_eq!(report.message_id, sent);
                    assert!(report.status.is_success());
                    reported = true;
                    Some(())
                }
                Event::Message { msg, .. } => {
                    assert_eq!(msg.payload, format!("echo: {text}"));
                    assert_eq!(msg.originator.as_str(), "echo-1@iot.example");
                    echoed = true;
                    Some(())
                }
                _ => None,
            });
        }
        meter.flush();
        // The echo asked for a report, too, and the network has got it.
        network
            .wait_for(|event| matches!(&event.kind, EventKind::Report { from, .. } if from == METER.service_id))
            .expect("our report");
        meter.client.deregister().unwrap();
        meter.until(|event| matches!(event, Event::Deregistered).then_some(()));
        assert!(!network.registered(METER.service_id));
    });
    let counted = network.counters();
    assert_eq!((counted.messages, counted.reports), (2, 2));
}

#[test]
fn an_application_server_reaches_the_ue() {
    let mut config = msgin5g_testnet::Config::default();
    config.server.application_servers = vec![msgin5g_testnet::ApplicationServer {
        id: "as-meter@iot.example".to_owned(),
        reports: true,
    }];
    let network = network(config);
    with_registered(&network, METER, |meter| {
        let mut set = AsMessage::to_ue(
            "as-meter@iot.example",
            METER.service_id,
            "3f0c1d52-7a44-4e0b-9c61-1f2a5b6c7d07",
            "SET 3600",
        );
        set.report_wanted = true;
        network.send_from_as(&set).unwrap();
        meter.until(|event| match event {
            Event::Message { msg, .. } => {
                assert_eq!(msg.payload, "SET 3600");
                assert_eq!(msg.originator.as_str(), "as-meter@iot.example");
                Some(())
            }
            _ => None,
        });
        meter.flush();
        network
            .wait_for(|event| matches!(&event.kind, EventKind::Report { to, .. } if to == "as-meter@iot.example"))
            .expect("the report");
    });
}

#[test]
fn three_refusals_are_told_apart() {
    let network = network(msgin5g_testnet::Config::default());
    let good = keys(METER, network.af_fqdn());

    let unknown = keys(
        Who {
            k_ausf: [0x99; 32],
            ..METER
        },
        network.af_fqdn(),
    );
    let refused = open(&mut memory(&network), &unknown).err();
    assert_eq!(refused, Some(SessionError::IdentityUnknown));

    let wrong_key = (Kaf::from_octets([7; 32]), good.1.clone());
    let refused = open(&mut memory(&network), &wrong_key).err();
    assert_eq!(refused, Some(SessionError::KeyRejected));

    // The key is right, but the UE Service ID is another's.
    let mut tls = memory(&network);
    let mut session = open(&mut tls, &good).expect("a session");
    let mut client_memory = ClientMemory::<1024, 1024, 1024, 2>::new();
    let config = Config::new(UeServiceId::new(PUMP.service_id).unwrap());
    let mut client =
        Client::new(config, client_memory.pieces(), &mut OsRng).expect("a sound configuration");
    let mut host = StdHost::new();
    client.connected();
    client.register().unwrap();
    let until = host.now_ms() + 30_000;
    assert_eq!(
        driver::wait(&mut session, &mut client, &mut host, until),
        Ok(true)
    );
    let now = host.now_ms();
    match client.poll_event(now) {
        Some(Event::RegistrationFailed(Failure::Answered { code, cause })) => {
            assert_eq!(code, Code::FORBIDDEN);
            assert!(cause.is_some_and(|cause| cause.contains("not associated")));
        }
        other => panic!("unexpected {other:?}"),
    }
    assert_eq!(network.counters().registrations, 0);
}

#[test]
fn an_expired_key_is_refused_and_a_new_authentication_helps() {
    let network = network(msgin5g_testnet::Config::default());
    with_registered(&network, METER, |_| {});
    network.expire(METER.supi);
    let old = keys(METER, network.af_fqdn());
    let refused = open(&mut memory(&network), &old).err();
    assert_eq!(refused, Some(SessionError::IdentityUnknown));

    network.reauthenticate(METER.supi, [0x33; 32]);
    let again = Who {
        k_ausf: [0x33; 32],
        ..METER
    };
    with_registered(&network, again, |_| {});
}

#[test]
fn a_recipient_who_is_not_there_fails_the_message_only() {
    let network = network(echoing());
    with_registered(&network, METER, |meter| {
        let sent = meter.send(PUMP.service_id, "anybody?");
        meter.until(|event| match event {
            Event::Failed {
                message_id,
                failure: Failure::Undeliverable { cause },
            } => {
                assert_eq!(*message_id, sent);
                assert_eq!(*cause, Some("recipient not registered"));
                Some(())
            }
            _ => None,
        });
        meter.send("echo-1@iot.example", "still here");
        meter.until(|event| matches!(event, Event::Report(_)).then_some(()));
    });
}

#[test]
fn an_overloaded_server_gets_the_message_later() {
    let network = network(echoing());
    with_registered(&network, METER, |meter| {
        network.set_faults(Faults {
            refuse_requests: Some(Refuse {
                code: msgin5g_testnet::coap::Code::UNAVAILABLE,
                // Not a second is waited here: 0 is as good as any number.
                max_age: Some(0),
                times: 2,
            }),
            ..Faults::default()
        });
        let sent = meter.send("echo-1@iot.example", "third time lucky");
        meter.until(|event| match event {
            Event::Accepted { message_id } if *message_id == sent => Some(()),
            _ => None,
        });
    });
}

fn echoing() -> msgin5g_testnet::Config {
    msgin5g_testnet::Config {
        echo: vec!["echo-1@iot.example".to_owned()],
        ..msgin5g_testnet::Config::default()
    }
}

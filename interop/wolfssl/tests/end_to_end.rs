//! The whole client over DTLS 1.3 against the reference network, whose DTLS is wolfSSL's.

#[path = "../../../tests/support/sleeper.rs"]
mod sleeper;
#[path = "support/ue.rs"]
mod ue;
#[path = "../../../tests/support/who.rs"]
mod who;

use std::time::Duration;

use msgin5g::akma::{AfId, Kaf, UaStarId};
use msgin5g::client::Event;
use msgin5g::session::tls13::dtls::{DtlsConfig, DtlsConnection, DtlsSession};
use msgin5g::session::{DatagramSession, SessionError};
use msgin5g::snapshot::{self, Association, Contents};
use msgin5g::transport::Host;
use msgin5g_interop_wolfssl::WolfSsl;
use msgin5g_testnet::aanf::AanfError;
use msgin5g_testnet::{Closing, Config, DatagramFaults, EventKind, Faults, Refusal, TestNet};
use rand_core::OsRng;
use sleeper::Fuses;
use ue::{Opening, PATIENCE_MS, Ue, buffer, keys, network, network_with, socket, write};
use who::{METER, PUMP, Who};

#[test]
fn two_ues_write_to_each_other_and_leave() {
    for cookie in [true, false] {
        let dtls = WolfSsl {
            cookie,
            ..WolfSsl::default()
        };
        let network = network_with(Config::default(), dtls);
        let mut meter = Ue::registered(&network, METER, |_| {});
        let mut pump = Ue::registered(&network, PUMP, |_| {});
        write(&mut meter, &mut pump, PUMP, "valve \"3\" open \u{1f6b0}");
        write(&mut pump, &mut meter, METER, "thanks");
        for (ue, who) in [(&mut meter, METER), (&mut pump, PUMP)] {
            ue.client.deregister().unwrap();
            ue.until(|event| matches!(event, Event::Deregistered).then_some(()));
            assert!(!network.registered(who.service_id));
            ue.settle();
            let now = ue.host.now_ms();
            assert!(DatagramSession::close(&mut ue.session, now).is_ready());
        }
        let closed = |event: &msgin5g_testnet::Event| {
            matches!(
                &event.kind,
                EventKind::SessionClosed {
                    how: Closing::Orderly,
                    ..
                }
            )
        };
        network
            .wait_until(|_, events| events.iter().filter(|e| closed(e)).count() == 2)
            .expect("two farewells");
        let opened = network.wait_for(|event| match &event.kind {
            EventKind::SessionOpened { supi, cipher, .. } => {
                supi.as_deref() == Some(METER.supi)
                    && cipher.as_deref() == Some("TLS_AES_128_GCM_SHA256 in DTLS")
            }
            _ => false,
        });
        opened.expect("opened with the meter's K_AF");
    }
}

#[test]
fn long_messages_go_in_segments_both_ways() {
    let network = network(Config::default());
    let small = |config: &mut msgin5g::client::Config<'_>| {
        config.segment_size = 512;
        config.registration.profile.maximum_segment_size = Some(512);
    };
    let mut meter = Ue::registered(&network, METER, small);
    let mut pump = Ue::registered(&network, PUMP, small);
    let text: String = "21.5 °C; ".chars().cycle().take(3000).collect();
    write(&mut meter, &mut pump, PUMP, &text);
    write(&mut pump, &mut meter, METER, &text);
    assert_eq!(network.counters().reassembled, 2);
    assert_eq!(network.counters().segmented, 2);
}

/// A message that the memory holds, and the path does not in one record, goes in segments of itself.
#[test]
fn what_one_record_does_not_hold_goes_in_segments() {
    let network = network(Config::default());
    let segments = |config: &mut msgin5g::client::Config<'_>| {
        config.registration.profile.maximum_segment_size = Some(512);
    };
    let mut meter = Ue::registered(&network, METER, segments);
    let mut pump = Ue::registered(&network, PUMP, segments);
    let most = meter.session.max_datagram();
    for len in most - 320..most + 20 {
        if len % 17 == 0 || len > most {
            write(&mut meter, &mut pump, PUMP, &"x".repeat(len));
        }
    }
}

#[test]
fn refusals_are_told_apart() {
    let network = network(Config::default());
    let good = keys(METER, &network);
    let refused = |opening: Opening, keys: &_| opening.open(keys).map(|_| ()).unwrap_err();
    let nobody = Who {
        k_ausf: [0x99; 32],
        ..METER
    };

    let unknown = keys(nobody, &network);
    let error = refused(Opening::new(&network), &unknown);
    assert_eq!(error, SessionError::IdentityUnknown);
    assert_refused(&network, &Refusal::Aanf(AanfError::UnknownAKid));

    let wrong_key = (Kaf::from_octets([7; 32]), good.1.clone());
    let error = refused(Opening::new(&network), &wrong_key);
    assert_eq!(error, SessionError::KeyRejected);
    assert_refused(&network, &Refusal::WrongKey);

    let mut opening = Opening::new(&network);
    opening.server_name = "other.example.com";
    assert_eq!(refused(opening, &good), SessionError::IdentityUnknown);
    let name = Refusal::ServerName(Some("other.example.com".to_owned()));
    assert_refused(&network, &name);

    network.expire(METER.supi);
    let error = refused(Opening::new(&network), &good);
    assert_eq!(error, SessionError::IdentityUnknown);
    assert_refused(&network, &Refusal::Aanf(AanfError::KafExpired));
    assert_eq!(network.counters().sessions, 0);
}

#[test]
fn a_ue_service_id_of_somebody_else_is_refused() {
    let network = network(Config::default());
    let session = Opening::new(&network).open(&keys(METER, &network));
    let mut ue = Ue::over(session.unwrap(), PUMP, |_| {});
    let why = ue.register().unwrap_err();
    assert!(
        why.contains("4.03") && why.contains("not associated"),
        "{why}"
    );
    assert_eq!(network.counters().registrations, 0);
}

#[test]
fn both_sides_take_another_ua_identifier() {
    let ua = [1, 0, 0, 0, 8];
    let mut config = Config::default().with_dtls(std::sync::Arc::new(WolfSsl::default()));
    config.dtls.as_mut().unwrap().ua = ua;
    let network = TestNet::start(config).unwrap();
    let subscriber = msgin5g_testnet::Subscriber::new(METER.supi, METER.k_ausf);
    network
        .add_subscriber(subscriber.with_ue(METER.service_id))
        .unwrap();

    let af_id = AfId::new(network.af_fqdn(), UaStarId::custom(ua)).unwrap();
    let custom = who::keys_for(METER, &af_id);
    let session = Opening::new(&network).open(&custom).unwrap();
    Ue::over(session, METER, |_| {}).register().unwrap();
    let default = Opening::new(&network).open(&keys(METER, &network));
    assert_eq!(default.map(|_| ()), Err(SessionError::KeyRejected));
}

#[test]
fn loss_doubling_and_reordering_are_survived() {
    let mut config = Config::default();
    config.datagrams.ack_timeout = Duration::from_millis(200);
    let network = network(config);
    for seed in 1..=4 {
        let luck = DatagramFaults {
            seed,
            lose: 10,
            duplicate: 10,
            delay: 5,
            reorder: 10,
            late: Duration::from_millis(20),
        };
        network.set_faults(Faults {
            datagrams: Some(luck),
            ..Faults::default()
        });
        let quick = |config: &mut msgin5g::client::Config<'_>| {
            config.datagrams.ack_timeout_ms = 200;
            config.datagrams.max_retransmit = 8;
        };
        let mut ues = [METER, PUMP].map(|who| {
            let mut opening = Opening::new(&network);
            opening.dtls.retransmit_first_ms = 200;
            let session = opening.open(&keys(who, &network));
            let mut ue = Ue::over(session.expect("an association"), who, quick);
            ue.register().expect("registered");
            ue
        });
        let [meter, pump] = &mut ues;
        for n in 0..5 {
            write(meter, pump, PUMP, &format!("up {n}"));
            write(pump, meter, METER, &format!("down {n}"));
        }
    }
    assert_eq!(network.counters().messages, 40, "none lost, none doubled");
}

#[test]
fn the_ue_changes_its_port_and_goes_on() {
    let network = network(Config::default());
    let mut meter = Ue::registered(&network, METER, |_| {});
    let mut pump = Ue::registered(&network, PUMP, |_| {});
    for round in 0..3 {
        let other = socket(&network);
        let port = other.get_ref().local_addr().unwrap();
        let position = network.position();
        *meter.session.transport_mut() = other;
        write(&mut meter, &mut pump, PUMP, &format!("from port {round}"));
        write(&mut pump, &mut meter, METER, &format!("to port {round}"));
        network
            .wait_for_after(position, |event| match &event.kind {
                EventKind::Moved { ue, to } => ue == METER.service_id && *to == port,
                _ => false,
            })
            .expect("it has moved");
    }
    assert_eq!(network.counters().sessions, 2, "no other handshake");
    assert_eq!(network.counters().registrations, 2);
}

#[test]
fn keys_change_from_both_sides() {
    let network = network(Config::default());
    let mut opening = Opening::new(&network);
    opening.records_per_key = 5;
    let session = opening.open(&keys(METER, &network)).unwrap();
    let mut meter = Ue::over(session, METER, |_| {});
    meter.register().unwrap();
    let mut pump = Ue::registered(&network, PUMP, |_| {});
    for n in 0..8 {
        if n % 2 == 0 {
            assert!(network.update_keys(METER.service_id));
            assert!(network.update_keys(PUMP.service_id));
        }
        write(&mut meter, &mut pump, PUMP, &format!("up {n}"));
        write(&mut pump, &mut meter, METER, &format!("down {n}"));
    }
    assert_eq!(network.counters().sessions, 2);
}

#[test]
fn a_hello_in_fragments_is_taken() {
    let network = network(Config::default());
    let good = keys(METER, &network);
    let mut opening = Opening::new(&network);
    // wolfSSL takes the second ClientHello in pieces, the one with its cookie, and no other.
    opening.dtls.mtu = first_hello(&good);
    let session = opening.open(&good).unwrap();
    Ue::over(session, METER, |_| {}).register().unwrap();
}

/// Octets of the datagram with the first ClientHello.
fn first_hello(keys: &(Kaf, msgin5g::akma::PskIdentity)) -> u16 {
    use msgin5g::session::tls13::crypto::{NamedGroup, RustCrypto, SoftwarePsk};
    let mut config = msgin5g::session::tls13::Config::new(
        Vec::leak(keys.1.as_bytes().to_vec()),
        "msgin5g.example.com",
    );
    config.groups = &[NamedGroup::X25519, NamedGroup::Secp256r1];
    let mut hello: DtlsConnection<'_, RustCrypto> = DtlsConnection::new(
        &config,
        &DtlsConfig::default(),
        &mut SoftwarePsk::<RustCrypto>::new(&[0; 32]),
        &mut OsRng,
        buffer(1536),
        buffer(1280),
    )
    .unwrap();
    hello.outgoing(0).len().try_into().unwrap()
}

/// The power goes: client and association come out of flash. No handshake, no registration, another port.
#[test]
fn a_snapshot_goes_on_from_another_port() {
    let network = network(Config::default());
    let mut meter = Ue::registered(&network, METER, |_| {});
    let mut pump = Ue::registered(&network, PUMP, |_| {});
    write(&mut meter, &mut pump, PUMP, "before");
    let (key, mut fuses) = (sleeper::key(METER.service_id), Fuses::at(0));
    for n in 0..3 {
        meter.settle();
        let kept = meter.session.export().expect("nothing is under way");
        let mut contents = Contents {
            client: Some(&mut meter.client),
            association: Some(Association::Datagrams(kept)),
            ..Contents::default()
        };
        let now = meter.host.now_ms();
        let flash = buffer(1 << 15);
        let len = snapshot::save(&mut contents, now, &key, &mut fuses, &mut OsRng, flash).unwrap();
        drop(meter);

        let mut opened = snapshot::open(&mut flash[..len], &key, &mut fuses).unwrap();
        let Some(Association::Datagrams(kept)) = opened.take_association() else {
            panic!("an association");
        };
        let dtls = DtlsConfig::default();
        let connection = DtlsConnection::resume(kept, &dtls, buffer(1536), buffer(1280)).unwrap();
        let session = DtlsSession::over(socket(&network), connection);
        meter = Ue::new(session, METER, |_| {});
        let now = meter.host.now_ms();
        meter.client.restore(&opened, now, 0).unwrap();
        assert!(meter.client.resumed());
        write(&mut meter, &mut pump, PUMP, &format!("after {n}"));
        write(&mut pump, &mut meter, METER, &format!("to it {n}"));
    }
    let counted = network.counters();
    assert_eq!((counted.sessions, counted.registrations), (2, 2));
}

/// A device that has lost its keys comes from the same address and port.
#[test]
fn a_new_association_takes_the_place_of_the_old() {
    let network = network(Config::default());
    let mut meter = Ue::registered(&network, METER, |_| {});
    let same = meter.session.transport_mut().get_ref().try_clone().unwrap();
    let mut opening = Opening::new(&network);
    opening.transport = msgin5g::transport::UdpTransport::from_socket(same).unwrap();
    let session = opening.open(&keys(METER, &network)).unwrap();
    let mut again = Ue::over(session, METER, |_| {});
    again.register().unwrap();
    let mut pump = Ue::registered(&network, PUMP, |_| {});
    write(&mut pump, &mut again, METER, "who is there?");
    let replaced = |event: &msgin5g_testnet::Event| match &event.kind {
        EventKind::SessionClosed { how, .. } => {
            *how == Closing::Error("another association took its place".to_owned())
        }
        _ => false,
    };
    network.wait_for(replaced).expect("the old one is gone");
}

#[test]
fn the_server_ends_it_in_order() {
    let network = network(Config::default());
    let mut meter = Ue::registered(&network, METER, |_| {});
    assert!(network.disconnect(METER.service_id, true));
    let until = meter.host.now_ms() + PATIENCE_MS;
    let mut buf = [0; 64];
    let end = loop {
        let now = meter.host.now_ms();
        assert!(now < until);
        if let std::task::Poll::Ready(end) = meter.session.recv(&mut buf, now) {
            break end;
        }
        meter.host.idle();
    };
    assert_eq!(end, Err(SessionError::Closed));
}

fn assert_refused(network: &TestNet, why: &Refusal) {
    let refused = |event: &msgin5g_testnet::Event| match &event.kind {
        EventKind::SessionRefused { reason, .. } => reason == why,
        _ => false,
    };
    network.wait_for(refused).expect("refused so");
}

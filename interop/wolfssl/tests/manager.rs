//! The connection manager over DTLS 1.3 against the reference network, whose DTLS is wolfSSL's: broken
//! associations, new keys, other ports, and a device that loses its power.

#[path = "support/phone.rs"]
mod phone;
#[path = "../../../tests/support/sleeper.rs"]
mod sleeper;
#[path = "support/ue.rs"]
#[allow(dead_code, reason = "each test file uses a part")]
mod ue;
#[path = "../../../tests/support/who.rs"]
mod who;

use std::rc::Rc;

use msgin5g::akma::{AfId, Kausf, KausfSource, MncLength, RoutingIndicator, Supi, UaStarId};
use msgin5g::client::{Client, ClientMemory, Event, OutgoingMessage};
use msgin5g::connection::{Connection, ConnectionEvent, Dtls13, Settings};
use msgin5g::message::{Recipient, UeServiceId};
use msgin5g::session::SessionError;
use msgin5g::session::tls13::Config;
use msgin5g::session::tls13::crypto::RustCrypto;
use msgin5g::session::tls13::dtls::DtlsConfig;
use msgin5g::snapshot::{self, Association, Contents, Opened};
use msgin5g::transport::{Host, StdHost, TransportError};
use msgin5g_testnet::{EventKind, TestNet};
use phone::{Line, Phone};
use rand_core::OsRng;
use sleeper::Fuses;
use ue::{PATIENCE_MS, buffer};
use who::METER;

const ECHO: &str = "echo-1@iot.example";
const NEW: [u8; 32] = [0x33; 32];

type Channel = Dtls13<'static, Line, RustCrypto>;

fn network() -> TestNet {
    ue::network(msgin5g_testnet::Config {
        echo: vec![ECHO.to_owned()],
        ..msgin5g_testnet::Config::default()
    })
}

/// Client, manager and modem. Its clock is that of the host, put forward where a device would sleep.
struct Device<'n> {
    client: Client<'static>,
    connection: Connection<'static, Channel>,
    phone: Phone<'n>,
    host: StdHost,
    skipped_ms: u64,
    story: Vec<ConnectionEvent>,
    reports: u32,
    echoes: u32,
}

fn channel() -> Channel {
    let config = Config::new(b"", "msgin5g.example.com");
    let configs = (config, DtlsConfig::default());
    Dtls13::new(configs, buffer(1536), buffer(1280))
}

impl<'n> Device<'n> {
    fn new(network: &'n TestNet, channel: Channel) -> Self {
        let supi = Supi::imsi(METER.supi).unwrap();
        let home = supi.home_network(MncLength::Two).unwrap();
        let keys = KausfSource::new(supi, RoutingIndicator::new("0").unwrap(), home)
            .with_k_ausf(Kausf::from_octets(METER.k_ausf));
        let memory = Box::leak(Box::new(ClientMemory::<2048, 2048, 8192, 8, 8192, 4>::new()));
        let config = msgin5g::client::Config::new(UeServiceId::new(METER.service_id).unwrap());
        let fqdn: &'static str = String::leak(network.af_fqdn().to_owned());
        let af_id = AfId::new(fqdn, UaStarId::TLS13).unwrap();
        Self {
            client: Client::new(config, memory.pieces(), &mut OsRng).unwrap(),
            connection: Connection::new(Settings::new(af_id), channel),
            phone: Phone {
                network,
                keys,
                asked: 0,
                good: Rc::default(),
                dialled: 0,
                failures: 0,
            },
            host: StdHost::new(),
            skipped_ms: 0,
            story: Vec::new(),
            reports: 0,
            echoes: 0,
        }
    }

    fn registered(network: &'n TestNet) -> Self {
        let mut device = Self::new(network, channel());
        device.client.register().unwrap();
        device.until(|device| device.client.is_registered());
        device
    }

    fn now(&mut self) -> u64 {
        self.host.now_ms() + self.skipped_ms
    }

    fn turn(&mut self) {
        let now = self.now();
        let (client, phone) = (&mut self.client, &mut self.phone);
        while let Some(event) = self.connection.poll(client, phone, now, &mut OsRng) {
            self.story.push(event);
        }
        while let Some(event) = self.client.poll_event(now) {
            match event {
                Event::Report(report) => {
                    assert!(report.status.is_success());
                    self.reports += 1;
                }
                Event::Message { .. } => self.echoes += 1,
                Event::Failed { .. } | Event::ReportFailed { .. } | Event::Malformed(_) => {
                    panic!("{event:?}")
                }
                _ => {}
            }
        }
    }

    /// Turns until `done` says so. While there is no session, time passes by itself.
    fn until(&mut self, done: impl Fn(&Self) -> bool) {
        let until = self.host.now_ms() + PATIENCE_MS;
        while !done(self) {
            self.turn();
            let is_late = self.host.now_ms() > until;
            assert!(!is_late, "not within {PATIENCE_MS} ms: {:?}", self.story);
            let pause = self.story.last().and_then(retry_at);
            match pause.map(|at| at.saturating_sub(self.now())) {
                Some(wait) if wait > 0 && !done(self) => self.skipped_ms += wait,
                _ => self.host.idle(),
            }
        }
    }

    fn send(&mut self) {
        let to = Recipient::Ue(UeServiceId::new(ECHO).unwrap());
        let message = OutgoingMessage::text(to, "valve 3: open").with_report();
        self.client.send(&message, &mut OsRng).unwrap();
    }

    /// The message that was sent is reported and comes back, once each.
    fn converse(&mut self) {
        (self.reports, self.echoes) = (0, 0);
        self.send();
        self.finish();
    }

    fn finish(&mut self) {
        self.until(|device| {
            let is_idle = device.client.is_registered() && device.client.is_idle();
            is_idle && device.reports > 0 && device.echoes > 0
        });
        assert_eq!((self.reports, self.echoes), (1, 1));
    }
}

/// The server forgets everything; it has done so when this returns.
fn restart(network: &TestNet) {
    let position = network.position();
    network.restart();
    // Whose it was is forgotten, too.
    let is_over = |kind: &EventKind| matches!(kind, EventKind::SessionClosed { .. });
    network
        .wait_for_after(position, |event| is_over(&event.kind))
        .expect("forgotten");
}

fn retry_at(event: &ConnectionEvent) -> Option<u64> {
    match *event {
        ConnectionEvent::Disconnected { retry_at, .. }
        | ConnectionEvent::ConnectFailed { retry_at, .. } => Some(retry_at),
        _ => None,
    }
}

fn disconnected(device: &Device<'_>) -> Option<SessionError> {
    device.story.iter().find_map(|event| match *event {
        ConnectionEvent::Disconnected { error, .. } => Some(error),
        _ => None,
    })
}

#[test]
fn what_breaks_is_opened_again() {
    let network = network();
    let mut device = Device::registered(&network);
    device.converse();
    assert!(network.disconnect(METER.service_id, true));
    device.until(|device| disconnected(device).is_some());
    assert_eq!(disconnected(&device), Some(SessionError::Closed));
    device.converse();
    // A server that has forgotten the association says nothing: silence shows it.
    device.story.clear();
    restart(&network);
    (device.reports, device.echoes) = (0, 0);
    device.send();
    device.turn();
    device.skipped_ms += 61_000;
    device.turn();
    assert_eq!(disconnected(&device), Some(SessionError::TimedOut));
    device.finish();
    // The echo has registered, too, at either server.
    let counted = network.counters();
    assert_eq!((counted.sessions, counted.registrations), (3, 3 + 2));
    // And it ends in order.
    device.connection.close();
    device.until(|device| device.story.last() == Some(&ConnectionEvent::Closed));
    network
        .wait_for(|event| match &event.kind {
            EventKind::SessionClosed { how, .. } => *how == msgin5g_testnet::Closing::Orderly,
            _ => false,
        })
        .expect("close_notify");
}

#[test]
fn a_new_k_ausf_is_taken() {
    let network = network();
    let mut device = Device::registered(&network);
    network.reauthenticate(METER.supi, NEW);
    device.converse();
    assert!(network.disconnect(METER.service_id, true));
    let refused = |device: &Device<'_>| {
        let last = device.story.last();
        matches!(
            last,
            Some(ConnectionEvent::KeyRefused {
                error: SessionError::IdentityUnknown,
                ..
            })
        )
    };
    device.until(refused);
    assert!(device.connection.needs_authentication());
    device.phone.keys.set_k_ausf(Kausf::from_octets(NEW));
    device.converse();
    assert_eq!(device.story.last(), Some(&ConnectionEvent::Connected));
    assert_eq!(network.counters().sessions, 2);
}

/// The modem loses its socket, and has no coverage for a while. The association goes on from the next one.
#[test]
fn an_association_outlives_its_socket() {
    let network = network();
    let mut device = Device::registered(&network);
    for round in 1..=3 {
        device.converse();
        device.story.clear();
        let (asked, position) = (device.phone.asked, network.position());
        device.phone.good.set(0);
        device.phone.failures = round;
        (device.reports, device.echoes) = (0, 0);
        device.send();
        device.finish();
        assert_eq!(
            disconnected(&device),
            Some(SessionError::Transport(TransportError::Failed(107)))
        );
        assert_eq!(device.phone.asked, asked, "no key is needed");
        let moved = |event: &msgin5g_testnet::Event| matches!(&event.kind, EventKind::Moved { ue, .. } if ue == METER.service_id);
        network.wait_for_after(position, moved).expect("it moved");
    }
    assert_eq!(network.counters().sessions, 1, "no other handshake");
}

/// The power goes. Client and association come out of flash: no key, no handshake, no registration.
#[test]
fn a_device_that_wakes_goes_on() {
    let network = network();
    let mut device = Device::registered(&network);
    let (key, mut fuses) = (sleeper::key(METER.service_id), Fuses::at(0));
    for _ in 0..3 {
        device.converse();
        let until = device.host.now_ms() + PATIENCE_MS;
        let kept = loop {
            device.turn();
            let is_quiet = device.client.is_quiet() && device.client.next_deadline().is_none();
            let kept = match is_quiet {
                true => device.connection.channel_mut().export(),
                false => None,
            };
            if let Some(kept) = kept {
                break kept;
            }
            assert!(device.host.now_ms() < until, "something stays under way");
            device.host.idle();
        };
        let now = device.now();
        let mut contents = Contents {
            client: Some(&mut device.client),
            association: Some(Association::Datagrams(kept)),
            ..Contents::default()
        };
        let flash = buffer(1 << 15);
        let len = snapshot::save(&mut contents, now, &key, &mut fuses, &mut OsRng, flash).unwrap();
        drop(device);

        let opened = snapshot::open(&mut flash[..len], &key, &mut fuses).unwrap();
        device = awake(&network, opened);
        device.converse();
        assert_eq!(device.phone.asked, 0, "no key is needed");
        assert_eq!(device.story, [ConnectionEvent::Connected]);
    }
    // The echo has registered, too.
    let counted = network.counters();
    assert_eq!((counted.sessions, counted.registrations), (1, 1 + 1));
    // A K_AUSF that is new is told, and taken by the next session.
    device.phone.keys.set_k_ausf(Kausf::from_octets(NEW));
    network.reauthenticate(METER.supi, NEW);
    device.connection.opened_under(0);
    device.turn();
    assert_eq!(device.story.last(), Some(&ConnectionEvent::KeyChanged));
    assert!(network.disconnect(METER.service_id, true));
    device.until(|device| disconnected(device).is_some());
    device.converse();
    assert_eq!(network.counters().sessions, 2);
}

fn awake<'n>(network: &'n TestNet, mut opened: Opened<'_>) -> Device<'n> {
    let Some(Association::Datagrams(kept)) = opened.take_association() else {
        panic!("an association");
    };
    let mut channel = channel();
    channel.resume(kept).unwrap();
    let mut device = Device::new(network, channel);
    let now = device.now();
    device.client.restore(&opened, now, 0).unwrap();
    device
}

/// The same, but the server has restarted meanwhile: silence shows it, and a handshake follows.
#[test]
fn a_device_that_wakes_to_another_server_begins_anew() {
    let network = network();
    let mut device = Device::registered(&network);
    device.converse();
    let until = device.host.now_ms() + PATIENCE_MS;
    let kept = loop {
        device.turn();
        if let Some(kept) = device.connection.channel_mut().export() {
            break kept;
        }
        assert!(device.host.now_ms() < until, "something stays under way");
        device.host.idle();
    };
    restart(&network);
    let mut channel = channel();
    // Too short a memory is told, and the channel is of use all the same.
    let short = Dtls13::<'_, Line, RustCrypto>::new(
        (
            Config::new(b"", "msgin5g.example.com"),
            DtlsConfig::default(),
        ),
        buffer(600),
        buffer(1280),
    )
    .resume(msgin5g::session::tls13::dtls::Snapshot::from_octets(
        kept.as_octets(),
    ));
    assert!(matches!(short, Err(SessionError::BufferTooSmall { .. })));
    channel.resume(kept).unwrap();
    let mut device = Device::new(&network, channel);
    device.client.register().unwrap();
    device.until(|device| device.connection.is_open());
    device.turn();
    device.skipped_ms += 61_000;
    device.turn();
    assert_eq!(disconnected(&device), Some(SessionError::TimedOut));
    device.converse();
    assert_eq!(network.counters().sessions, 2);
}

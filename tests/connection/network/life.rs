//! The connection manager against the reference network in memory: from key to message, and the
//! ordinary ends of a session.

use super::world::*;
use msgin5g::client::Event;
use msgin5g::connection::{Channel, ConnectionEvent};
use msgin5g::session::SessionError;
use msgin5g::transport::{Faulty, TransportError};

const HOUR_MS: u64 = 3_600_000;

/// The exchange of the first issue, over a good line.
struct Exchange;

impl Test for Exchange {
    fn run<C: Channel<Transport = Faulty<Wire>>>(self, device: &mut Device<'_, '_, C>) {
        device.client.register().unwrap();
        let sent = device.send(ECHO, "valve 3: open");
        let (mut reported, mut echoed) = (0, 0);
        device.until(
            60_000,
            |event| match event {
                Event::Report(report) => {
                    assert_eq!(report.message_id, sent);
                    reported += 1;
                }
                Event::Message { msg, .. } => {
                    assert_eq!(msg.payload, "echo: valve 3: open");
                    echoed += 1;
                }
                _ => {}
            },
            |device| device.client.is_registered() && device.client.is_idle(),
        );
        assert_eq!((reported, echoed), (1, 1));
        device.client.deregister().unwrap();
        device.until(
            60_000,
            |_| {},
            |device| {
                !device.client.is_registered()
                    && device.client.is_idle()
                    && !device.client.awaits_answer()
            },
        );
        device.connection.close();
        let closed = |device: &Device<'_, '_, C>| device.story.contains(&ConnectionEvent::Closed);
        device.until(60_000, |_| {}, closed);
        assert_eq!(
            device.story,
            [ConnectionEvent::Connected, ConnectionEvent::Closed]
        );
        // It stays away, and sleeps.
        assert!(!device.turn(|_| {}));
        assert_eq!(device.connection.next_deadline(&device.client), None);
        let counted = device.net.borrow().counters();
        assert_eq!((counted.messages, counted.reports), (2, 2));
        device.connection.open();
        device.until(60_000, |_| {}, |device| device.connection.is_open());
    }
}

#[test]
fn the_whole_exchange_over_every_channel() {
    for backend in [Backend::Plain, Backend::EmbeddedTls, Backend::Tls13] {
        with_device(backend, &network(), settings(), |_| {}, 1, Exchange);
    }
}

/// The server restarts while a message waits to be sent.
struct Restart;

impl Test for Restart {
    fn run<C: Channel<Transport = Faulty<Wire>>>(self, device: &mut Device<'_, '_, C>) {
        device.client.register().unwrap();
        device.until(60_000, |_| {}, |device| device.client.is_registered());
        device.net.borrow().restart();
        device.send(ECHO, "still there?");
        let mut reported = 0;
        device.until(
            60_000,
            |event| reported += u32::from(matches!(event, Event::Report(_))),
            |device| {
                device.client.is_registered()
                    && device.client.is_idle()
                    && device.connection.is_open()
            },
        );
        assert_eq!(reported, 1);
        assert!(
            matches!(
                device.story[..],
                [
                    ConnectionEvent::Connected,
                    ConnectionEvent::Disconnected {
                        error: SessionError::Truncated | SessionError::Closed,
                        ..
                    },
                    ConnectionEvent::Connected
                ]
            ),
            "{:?}",
            device.story
        );
    }
}

#[test]
fn a_restarted_server_is_found_again() {
    for backend in [Backend::Plain, Backend::EmbeddedTls, Backend::Tls13] {
        with_device(backend, &network(), settings(), |_| {}, 2, Restart);
    }
}

/// A registered device sleeps, notices that the server is gone only when it wants something, and
/// then within the time allowed.
struct Silence;

impl Test for Silence {
    fn run<C: Channel<Transport = Faulty<Wire>>>(self, device: &mut Device<'_, '_, C>) {
        device.client.register().unwrap();
        device.until(60_000, |_| {}, |device| device.client.is_registered());
        device.turn(|_| {});
        // Nothing wakes it.
        assert_eq!(device.connection.next_deadline(&device.client), None);
        let at = device.phone.moved.get();
        device.phone.ruin.set(Some(Ruin::Silence { at }));
        device.pass(7 * 3_600_000);
        device.turn(|_| {});
        assert_eq!(device.phone.moved.get(), at, "no keep-alive");
        let asked_at = device.now;
        device.send(ECHO, "anybody?");
        let mut reports = 0;
        device.until(
            120_000,
            |event| reports += u32::from(matches!(event, Event::Report(_))),
            |device| device.client.is_idle() && device.client.is_registered(),
        );
        assert_eq!(reports, 1);
        let [
            _,
            ConnectionEvent::Disconnected { error, retry_at },
            ConnectionEvent::Connected,
        ] = device.story[..]
        else {
            panic!("{:?}", device.story)
        };
        assert_eq!(error, SessionError::TimedOut);
        // After 60 s, and a first pause of 1 to 3 s, since the session had lasted.
        assert!((asked_at + 61_000..=asked_at + 63_000).contains(&retry_at));
    }
}

#[test]
fn a_silent_server_is_found_dead_without_keep_alives() {
    for backend in [Backend::Plain, Backend::EmbeddedTls, Backend::Tls13] {
        with_device(backend, &network(), settings(), |_| {}, 3, Silence);
    }
}

/// The server asks to connect anew, gives up, or closes.
struct Farewells;

impl Test for Farewells {
    fn run<C: Channel<Transport = Faulty<Wire>>>(self, device: &mut Device<'_, '_, C>) {
        use msgin5g_testnet::coap::Code;
        device.client.register().unwrap();
        device.until(60_000, |_| {}, |device| device.client.is_registered());
        for code in [Code::RELEASE, Code::ABORT] {
            device.story.clear();
            assert!(device.net.borrow().send_signal(METER, code, ""));
            device.net.borrow_mut().work();
            device.send(ECHO, "before or after");
            device.until(60_000, |_| {}, |device| device.story.len() == 2);
            assert!(
                matches!(
                    device.story[..],
                    [
                        ConnectionEvent::Disconnected {
                            error: SessionError::Closed,
                            ..
                        },
                        ConnectionEvent::Connected
                    ]
                ),
                "{code}: {:?}",
                device.story
            );
            let idle = |device: &Device<'_, '_, C>| {
                device.client.is_registered() && device.client.is_idle()
            };
            device.until(60_000, |_| {}, idle);
        }
        assert_eq!(device.net.borrow().counters().messages, 4);
    }
}

#[test]
fn release_and_abort_lead_to_a_new_session() {
    for backend in [Backend::Plain, Backend::EmbeddedTls, Backend::Tls13] {
        with_device(backend, &network(), settings(), |_| {}, 4, Farewells);
    }
}

/// The server asks to be left alone for a while. What is accepted meanwhile, and what it had not
/// answered before, waits.
struct HoldOff;

impl Test for HoldOff {
    fn run<C: Channel<Transport = Faulty<Wire>>>(self, device: &mut Device<'_, '_, C>) {
        const HOLD_OFF_S: u32 = 900;
        device.client.register().unwrap();
        device.until(60_000, |_| {}, |device| device.client.is_registered());
        device.story.clear();
        let begins = device.now;
        let before = device.send(ECHO, "before");
        assert!(device.net.borrow().send_release(METER, HOLD_OFF_S));
        device.net.borrow_mut().work();
        let mut reported = Vec::new();
        let mut told = None;
        let mut on_event = |event: &Event<'_>| match event {
            Event::Report(report) => reported.push(report.message_id.to_string()),
            Event::Released { hold_off_s } => told = Some(*hold_off_s),
            Event::Failed { .. } => panic!("{event:?}"),
            _ => {}
        };
        device.until(60_000, &mut on_event, |device| !device.story.is_empty());
        let [ConnectionEvent::Disconnected { error, retry_at }] = device.story[..] else {
            panic!("{:?}", device.story)
        };
        assert_eq!(error, SessionError::Closed);
        // The first pause comes on top, so that not all that were sent away return at once.
        let earliest = begins + u64::from(HOLD_OFF_S) * 1000 + 1_000;
        assert!(
            (earliest..=earliest + 2_000).contains(&retry_at),
            "{retry_at}"
        );
        let meanwhile = device.send(ECHO, "meanwhile");
        // The radio may sleep as long as that, and nothing shortens it: no poll, no new key.
        while device.now < retry_at {
            let deadline = device.connection.next_deadline(&device.client);
            assert_eq!(deadline, Some(retry_at));
            device.turn(&mut on_event);
            device.phone.keys.set([0x44; 32]);
            assert_eq!(
                (device.phone.dialled, device.connection.is_open()),
                (1, false)
            );
            device.pass((retry_at - device.now).div_ceil(2));
        }
        device.net.borrow().reauthenticate(SUPI, [0x44; 32]);
        device.until(60_000, &mut on_event, |device| {
            device.client.is_registered() && device.client.is_idle()
        });
        assert_eq!(device.phone.dialled, 2);
        assert_eq!(told, Some(HOLD_OFF_S));
        assert_eq!(reported, [before.to_string(), meanwhile.to_string()]);
        assert_eq!(device.story[1..], [ConnectionEvent::Connected]);
    }
}

#[test]
fn a_release_with_hold_off_is_a_time_without_dialling() {
    for backend in [Backend::Plain, Backend::EmbeddedTls, Backend::Tls13] {
        with_device(backend, &network(), settings(), |_| {}, 6, HoldOff);
    }
}

/// The server does not survive the registration, however often it comes. The application is told.
struct Breaks;

impl Test for Breaks {
    fn run<C: Channel<Transport = Faulty<Wire>>>(self, device: &mut Device<'_, '_, C>) {
        device.client.register().unwrap();
        let told = |event: &ConnectionEvent| {
            matches!(event, ConnectionEvent::NothingLasts { attempts: 3, .. })
        };
        // Connected, Disconnected, three times, and then once. The second time the end of the
        // session that lasted is the first of the three.
        for (round, told_at) in [(1, 6), (2, 4)] {
            device.story.clear();
            device.net.borrow().set_faults(msgin5g_testnet::Faults {
                lose_requests: msgin5g_testnet::ALWAYS,
                ..Default::default()
            });
            while device.story.len() < 20 {
                let opened = device.phone.dialled;
                device.until(
                    HOUR_MS,
                    |_| {},
                    |device| device.phone.dialled > opened && device.connection.is_open(),
                );
                let at = device.phone.moved.get();
                device.phone.ruin.set(Some(Ruin::Cut { at }));
                device.until(HOUR_MS, |_| {}, |device| !device.connection.is_open());
            }
            let at: Vec<usize> = (0..device.story.len())
                .filter(|n| told(&device.story[*n]))
                .collect();
            assert_eq!(at, [told_at], "round {round}: {:?}", device.story);
            let (
                ConnectionEvent::Disconnected {
                    retry_at: before, ..
                },
                ConnectionEvent::NothingLasts { retry_at, .. },
            ) = (device.story[told_at - 1], device.story[told_at])
            else {
                panic!("{:?}", device.story)
            };
            assert_eq!(before, retry_at);
            // A session that lasts makes it news again.
            device
                .net
                .borrow()
                .set_faults(msgin5g_testnet::Faults::default());
            device.until(HOUR_MS, |_| {}, |device| device.client.is_registered());
            device.pass(61_000);
            assert!(device.net.borrow().disconnect(METER, false));
            device.net.borrow_mut().work();
            device.until(HOUR_MS, |_| {}, |device| !device.connection.is_open());
        }
    }
}

#[test]
fn sessions_that_never_last_are_told() {
    for backend in [Backend::Plain, Backend::EmbeddedTls, Backend::Tls13] {
        let mut settings = settings();
        settings.tell_after = 3;
        with_device(backend, &network(), settings, |_| {}, 8, Breaks);
    }
}

/// What stands between a device and its session for a day: the port, or a server that stalls.
struct Obstacles;

impl Test for Obstacles {
    fn run<C: Channel<Transport = Faulty<Wire>>>(self, device: &mut Device<'_, '_, C>) {
        const DAY_MS: u64 = 24 * 3_600_000;
        let failed = |device: &Device<'_, '_, C>, wanted: SessionError| {
            assert!(!device.story.is_empty());
            for event in &device.story {
                assert!(
                    matches!(event, ConnectionEvent::ConnectFailed { error, .. } if *error == wanted)
                        || matches!(event, ConnectionEvent::NothingLasts { .. }),
                    "{event:?}"
                );
            }
        };
        device.client.register().unwrap();
        // The network is away.
        device.phone.dial_error = Some(TransportError::Failed(17));
        device.until(2 * DAY_MS, |_| {}, |device| device.now > DAY_MS);
        failed(device, SessionError::Transport(TransportError::Failed(17)));
        // 1 s, 2 s, ... 15 min: some hundred attempts a day.
        assert!(
            (64..=212).contains(&device.story.len()),
            "{}",
            device.story.len()
        );
        // Dialling that does not end.
        device.phone.dial_error = None;
        device.phone.pending_dials = u32::MAX;
        device.story.clear();
        device.until(DAY_MS, |_| {}, |device| device.story.len() == 3);
        failed(device, SessionError::TimedOut);
        device.phone.pending_dials = 0;
        // A handshake that does not begin.
        device.story.clear();
        device.net.borrow().set_faults(msgin5g_testnet::Faults {
            stall_handshakes: 3,
            ..Default::default()
        });
        device.until(DAY_MS, |_| {}, |device| device.client.is_registered());
        let stalled = device.story.len() - 1;
        assert!(stalled == 3 || stalled == 0, "{:?}", device.story);
        // hurry() ends a pause.
        device.phone.dial_error = Some(TransportError::Closed);
        device.net.borrow().disconnect(METER, false);
        device.net.borrow_mut().work();
        device.until(DAY_MS, |_| {}, |device| !device.connection.is_open());
        let now = device.now;
        device.phone.dial_error = None;
        device.connection.hurry();
        device.until(1, |_| {}, |device| device.client.is_registered());
        assert_eq!(device.now, now);
    }
}

#[test]
fn what_stands_in_the_way_costs_a_few_attempts_an_hour() {
    for backend in [Backend::Plain, Backend::EmbeddedTls, Backend::Tls13] {
        with_device(backend, &network(), settings(), |_| {}, 5, Obstacles);
    }
}

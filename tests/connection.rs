//! The connection manager against the reference network in memory: from key to message, and the
//! ordinary ends of a session.
#![cfg(all(
    feature = "embedded-tls",
    feature = "tls13",
    feature = "gcm",
    feature = "p256"
))]

#[path = "connection/world.rs"]
mod world;

use msgin5g::client::Event;
use msgin5g::connection::{Channel, ConnectionEvent};
use msgin5g::session::SessionError;
use msgin5g::transport::Faulty;
use world::*;

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

//! The async driver: dropped at every point at which it waits, it loses and doubles nothing.
#![cfg(all(feature = "datagrams", feature = "std", feature = "insecure-plaintext"))]

use std::future::Future;
use std::pin::pin;
use std::task::{Context, Poll, Waker};

use msgin5g::client::{Client, ClientMemory, Config, Event, OutgoingMessage};
use msgin5g::driver::{self, AsyncHost};
use msgin5g::message::{Recipient, UeServiceId};
use msgin5g::session::{Plaintext, PlaintextDatagrams, SessionError};
use msgin5g::transport::{
    Host, StdHost, StreamTransport, TcpTransport, TransportError, UdpTransport,
};
use msgin5g_testnet::{EventKind, TestNet};
use rand_core::OsRng;

const NAME: &str = "meter-7@iot.example";
const PATIENCE_MS: u64 = 60_000;

/// Waits by being polled once more, and counts how often it is asked to.
struct Turns {
    host: StdHost,
    waits: usize,
}

impl AsyncHost for Turns {
    fn now_ms(&mut self) -> u64 {
        self.host.now_ms()
    }

    fn wait_until(&mut self, until: u64) -> impl Future<Output = ()> {
        assert!(
            until > self.host.now_ms() || until == 0,
            "nothing to wait for"
        );
        self.waits += 1;
        self.host.idle();
        let mut is_first = true;
        std::future::poll_fn(move |_| match std::mem::take(&mut is_first) {
            true => Poll::Pending,
            false => Poll::Ready(()),
        })
    }
}

/// Gives octets in small pieces, with nothing in between, so that there are many points to stop at.
struct Trickle(TcpTransport, bool);

impl StreamTransport for Trickle {
    fn send(&mut self, data: &[u8]) -> Poll<Result<usize, TransportError>> {
        self.0.send(&data[..data.len().min(40)])
    }

    fn recv(&mut self, buf: &mut [u8]) -> Poll<Result<usize, TransportError>> {
        self.1 = !self.1;
        let len = buf.len().min(25);
        match self.1 {
            true => Poll::Pending,
            false => self.0.recv(&mut buf[..len]),
        }
    }
}

/// Polls a future so often at the most, and drops it then.
fn polled<T>(future: impl Future<Output = T>, times: usize) -> Option<T> {
    let mut future = pin!(future);
    let mut context = Context::from_waker(Waker::noop());
    (0..times).find_map(|_| match future.as_mut().poll(&mut context) {
        Poll::Ready(value) => Some(value),
        Poll::Pending => None,
    })
}

/// A whole exchange whose every wait is dropped after so many polls. How often it waited.
fn exchange(net: &TestNet, times: usize) -> usize {
    let tcp = TcpTransport::connect(net.plain_addr().unwrap()).unwrap();
    let mut session = Plaintext::new(Trickle(tcp, false));
    let mut memory = ClientMemory::<2048, 2048, 4096, 8>::new();
    let config = Config::new(UeServiceId::new(NAME).unwrap());
    let mut client = Client::new(config, memory.pieces(), &mut OsRng).unwrap();
    let mut host = Turns {
        host: StdHost::new(),
        waits: 0,
    };
    client.connected();
    client.register().unwrap();
    let to = Recipient::Ue(UeServiceId::new("echo-1@iot.example").unwrap());
    for n in 0..3 {
        let text = format!("message {n}");
        let message = OutgoingMessage::text(to, &text).with_report();
        client.send(&message, &mut OsRng).unwrap();
    }
    let (mut echoes, mut reports) = (Vec::new(), 0);
    let mut leaving = false;
    loop {
        let wait = driver::wait_async(&mut session, &mut client, &mut host, PATIENCE_MS);
        match polled(wait, times) {
            None => continue,
            Some(found) => assert!(found.unwrap(), "nothing in time"),
        }
        let now = host.now_ms();
        match client.poll_event(now) {
            Some(Event::Message { msg, .. }) => echoes.push(msg.payload.to_owned()),
            Some(Event::Report(report)) => reports += usize::from(report.status.is_success()),
            Some(Event::Registered | Event::Accepted { .. }) | None => {}
            Some(Event::Deregistered) => break,
            Some(other) => panic!("{other:?}"),
        }
        if echoes.len() == 3 && reports == 3 && !leaving {
            client.deregister().unwrap();
            leaving = true;
        }
    }
    echoes.sort();
    let expected: Vec<String> = (0..3).map(|n| format!("echo: message {n}")).collect();
    assert_eq!((echoes, reports), (expected, 3));
    host.waits
}

fn network() -> TestNet {
    let mut config = msgin5g_testnet::Config::default().with_plain();
    config.echo = vec!["echo-1@iot.example".to_owned()];
    let net = TestNet::start(config).unwrap();
    let subscriber = msgin5g_testnet::Subscriber::new("001010000000001", [7; 32]).with_ue(NAME);
    net.add_subscriber(subscriber).unwrap();
    net
}

#[test]
fn dropped_after_any_number_of_polls_nothing_is_lost_and_nothing_doubled() {
    let net = network();
    // Undisturbed it waits some dozens of times in all; each wait is a point at which it can be dropped.
    for times in 1..=12 {
        let before = net.counters();
        assert!(exchange(&net, times) > 3);
        let after = net.counters();
        assert_eq!(after.messages - before.messages, 6, "{times} polls");
        assert_eq!(after.reports - before.reports, 6, "{times} polls");
    }
}

#[test]
fn its_time_comes_and_its_session_ends() {
    let net = network();
    let tcp = TcpTransport::connect(net.plain_addr().unwrap()).unwrap();
    let mut session = Plaintext::new(tcp);
    let mut memory = ClientMemory::<1152, 1152, 2048, 4>::new();
    let config = Config::new(UeServiceId::new(NAME).unwrap());
    let mut client = Client::new(config, memory.pieces(), &mut OsRng).unwrap();
    let mut host = Turns {
        host: StdHost::new(),
        waits: 0,
    };
    client.connected();
    let wait = driver::wait_async(&mut session, &mut client, &mut host, 0);
    assert_eq!(polled(wait, usize::MAX), Some(Ok(false)));
    // Only what the network has taken up is cut.
    net.wait_for(|event| matches!(event.kind, EventKind::Connected { .. }))
        .unwrap();
    net.restart();
    let wait = driver::wait_async(&mut session, &mut client, &mut host, PATIENCE_MS);
    assert_eq!(polled(wait, usize::MAX), Some(Err(SessionError::Closed)));
}

#[test]
fn datagrams_are_waited_for_in_the_same_way() {
    let net = TestNet::start(msgin5g_testnet::Config {
        udp: Some("127.0.0.1:0".parse().unwrap()),
        ..msgin5g_testnet::Config::default()
    })
    .unwrap();
    let subscriber = msgin5g_testnet::Subscriber::new("001010000000001", [7; 32]).with_ue(NAME);
    net.add_subscriber(subscriber).unwrap();
    for times in 1..=4 {
        let udp = UdpTransport::connect(net.udp_addr().unwrap()).unwrap();
        let mut session = PlaintextDatagrams::new(udp);
        let mut memory = ClientMemory::<1152, 1152, 2048, 4>::new();
        let config = Config::new(UeServiceId::new(NAME).unwrap());
        let mut client = Client::new(config, memory.pieces(), &mut OsRng).unwrap();
        let mut host = Turns {
            host: StdHost::new(),
            waits: 0,
        };
        client.connected_datagram();
        client.register().unwrap();
        loop {
            let wait =
                driver::wait_datagrams_async(&mut session, &mut client, &mut host, PATIENCE_MS);
            match polled(wait, times) {
                None => continue,
                Some(found) => assert!(found.unwrap(), "nothing in time"),
            }
            let now = host.now_ms();
            match client.poll_event(now) {
                Some(Event::Registered) => client.deregister().unwrap(),
                Some(Event::Deregistered) => break,
                None => {}
                Some(other) => panic!("{other:?}"),
            }
        }
    }
}

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
    DatagramTransport, Host, StdHost, StreamTransport, TcpTransport, TransportError, UdpTransport,
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

/// Has no datagram at each first look, so that there are as many points to stop at on a busy computer, too, where the
/// answers are there as soon as somebody looks.
struct Hesitant(UdpTransport, bool);

impl DatagramTransport for Hesitant {
    fn send(&mut self, datagram: &[u8]) -> Poll<Result<(), TransportError>> {
        self.0.send(datagram)
    }

    fn recv(&mut self, buf: &mut [u8]) -> Poll<Result<usize, TransportError>> {
        self.1 = !self.1;
        match self.1 {
            true => Poll::Pending,
            false => self.0.recv(buf),
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

/// Over TCP or UDP: how a client gets connected, and one wait of it, dropped after so many polls.
trait Way {
    fn connected(client: &mut Client<'_>);
    fn wait(&mut self, client: &mut Client<'_>, host: &mut Turns, times: usize) -> Waited;
}

type Waited = Option<Result<bool, SessionError>>;

impl<T: StreamTransport> Way for Plaintext<T> {
    fn connected(client: &mut Client<'_>) {
        client.connected();
    }

    fn wait(&mut self, client: &mut Client<'_>, host: &mut Turns, times: usize) -> Waited {
        polled(driver::wait_async(self, client, host, PATIENCE_MS), times)
    }
}

impl<T: DatagramTransport> Way for PlaintextDatagrams<T> {
    fn connected(client: &mut Client<'_>) {
        client.connected_datagram();
    }

    fn wait(&mut self, client: &mut Client<'_>, host: &mut Turns, times: usize) -> Waited {
        let wait = driver::wait_datagrams_async(self, client, host, PATIENCE_MS);
        polled(wait, times)
    }
}

/// A whole exchange whose every wait is dropped after so many polls. How often it waited.
fn exchange<W: Way>(mut way: W, times: usize) -> usize {
    let mut memory = ClientMemory::<2048, 2048, 4096, 8>::new();
    let config = Config::new(UeServiceId::new(NAME).unwrap());
    let mut client = Client::new(config, memory.pieces(), &mut OsRng).unwrap();
    let mut host = Turns {
        host: StdHost::new(),
        waits: 0,
    };
    W::connected(&mut client);
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
        match way.wait(&mut client, &mut host, times) {
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

/// The exchange with every number of polls up to this, over ways that are made anew each time: nothing is lost and
/// nothing doubled, neither here nor at the server.
fn loses_and_doubles_nothing<W: Way>(net: &TestNet, most: usize, mut way: impl FnMut() -> W) {
    // Undisturbed it waits some dozens of times in all; each wait is a point at which it can be dropped.
    for times in 1..=most {
        let before = net.counters();
        assert!(exchange(way(), times) > 3);
        let after = net.counters();
        assert_eq!(after.messages - before.messages, 6, "{times} polls");
        assert_eq!(after.reports - before.reports, 6, "{times} polls");
    }
}

fn network() -> TestNet {
    let mut config = msgin5g_testnet::Config::default().with_plain();
    config.udp = Some("127.0.0.1:0".parse().unwrap());
    config.echo = vec!["echo-1@iot.example".to_owned()];
    let net = TestNet::start(config).unwrap();
    let subscriber = msgin5g_testnet::Subscriber::new("001010000000001", [7; 32]).with_ue(NAME);
    net.add_subscriber(subscriber).unwrap();
    net
}

#[test]
fn dropped_after_any_number_of_polls_nothing_is_lost_and_nothing_doubled() {
    let net = network();
    loses_and_doubles_nothing(&net, 12, || {
        let tcp = TcpTransport::connect(net.plain_addr().unwrap()).unwrap();
        Plaintext::new(Trickle(tcp, false))
    });
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
fn dropped_while_it_waits_for_datagrams_nothing_is_lost_and_nothing_doubled() {
    let net = network();
    loses_and_doubles_nothing(&net, 6, || {
        let udp = UdpTransport::connect(net.udp_addr().unwrap()).unwrap();
        PlaintextDatagrams::new(Hesitant(udp, false))
    });
}

#[cfg(feature = "at")]
mod through_a_modem {
    use std::cell::RefCell;
    use std::net::SocketAddr;

    use msgin5g::transport::at::{Dialect, Modem, Nordic, Quectel, Remote, Sara, Way};
    use msgin5g_testnet::modem::{Modem as Emulator, ModemConfig, ModemFaults, ModemKind};

    use super::*;

    type OnUart<D> = Modem<TcpTransport, Box<dyn FnMut() -> u64>, D, 1152, 1152>;

    /// The socket of a modem of its own.
    struct Socket<D>(OnUart<D>);

    impl<D: Dialect> Socket<D> {
        fn open(kind: ModemKind, dialect: D, way: Way, route: SocketAddr) -> Self {
            let faults = ModemFaults {
                chatter: true,
                pieces_of: Some(20),
                ..ModemFaults::default()
            };
            let config = ModemConfig {
                kind,
                listen: "127.0.0.1:0".parse().unwrap(),
                route: Some(route),
                faults,
            };
            let uart = TcpTransport::connect(Emulator::start(config).unwrap().address()).unwrap();
            let mut host = StdHost::new();
            let clock = RefCell::new(StdHost::new());
            let clock: Box<dyn FnMut() -> u64> = Box::new(move || clock.borrow_mut().now_ms());
            let mut modem = Modem::new(uart, clock, dialect);
            let remote = Remote {
                way,
                host: "msgin5g.example.com",
                port: 5683,
            };
            // The modem's own times end every command.
            while modem.connect(&remote).map(Result::unwrap).is_pending() {
                host.idle();
            }
            Self(modem)
        }
    }

    impl<D: Dialect> StreamTransport for Socket<D> {
        fn send(&mut self, data: &[u8]) -> Poll<Result<usize, TransportError>> {
            self.0.stream().send(data)
        }

        fn recv(&mut self, buf: &mut [u8]) -> Poll<Result<usize, TransportError>> {
            self.0.stream().recv(buf)
        }
    }

    impl<D: Dialect> DatagramTransport for Socket<D> {
        fn send(&mut self, datagram: &[u8]) -> Poll<Result<(), TransportError>> {
            self.0.datagrams().send(datagram)
        }

        fn recv(&mut self, buf: &mut [u8]) -> Poll<Result<usize, TransportError>> {
            self.0.datagrams().recv(buf)
        }
    }

    fn both_ways<D: Dialect>(net: &TestNet, kind: ModemKind, dialect: fn() -> D) {
        loses_and_doubles_nothing(net, 4, || {
            let plain = net.plain_addr().unwrap();
            Plaintext::new(Socket::open(kind, dialect(), Way::Tcp, plain))
        });
        loses_and_doubles_nothing(net, 4, || {
            let udp = net.udp_addr().unwrap();
            PlaintextDatagrams::new(Socket::open(kind, dialect(), Way::Udp, udp))
        });
    }

    #[test]
    fn dropped_after_any_number_of_polls_nothing_is_lost_and_nothing_doubled() {
        let net = network();
        both_ways(&net, ModemKind::Quectel, Quectel::default);
        both_ways(&net, ModemKind::Nordic, Nordic::default);
        both_ways(&net, ModemKind::Sara, || Sara);
    }
}

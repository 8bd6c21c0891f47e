//! The AT modem of `transport::at` against the emulator of the reference network, in every dialect and with
//! every fault, under the conformance test of ports; and a whole exchange through a modem.

use core::task::Poll;
use std::net::{SocketAddr, TcpListener, UdpSocket};
use std::time::Instant;

use crate::conformance_peer;
use crate::ue::Ue;
use crate::who::{METER, keys, network};
use msgin5g::client::{Client, ClientMemory, Config, Event};
use msgin5g::message::UeServiceId;
use msgin5g::session::embedded_tls::{TlsMemory, TlsSession};
use msgin5g::session::{Psk, TlsConfig};
use msgin5g::transport::at::{self, Dialect, Modem, Nordic, Quectel, Remote, Sara, Way, common};
use msgin5g::transport::conformance::{self, Limits, StreamPort};
use msgin5g::transport::{Host, StdHost, StreamTransport, TcpTransport, TransportError};
use msgin5g_testnet::modem::{Modem as Emulator, ModemConfig, ModemFaults, ModemKind};
use rand_core::OsRng;

type Clock = fn() -> u64;
type OnTcp<D, U = TcpTransport> = Modem<U, Clock, D, 640, 640>;

/// A machine under load is no fault of a port.
const PATIENT: Limits = Limits {
    check_ms: 120_000,
    call_ms: 60_000,
};

/// Milliseconds since the first look; all modems of a process share it.
fn clock() -> u64 {
    static START: std::sync::OnceLock<Instant> = std::sync::OnceLock::new();
    let since = START.get_or_init(Instant::now).elapsed();
    since.as_millis().try_into().unwrap()
}

fn tcp_peer() -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    std::thread::spawn(move || conformance_peer::streams(&listener));
    address
}

fn udp_peer() -> SocketAddr {
    let socket = UdpSocket::bind("127.0.0.1:0").unwrap();
    let address = socket.local_addr().unwrap();
    std::thread::spawn(move || conformance_peer::datagrams(&socket));
    address
}

fn emulator(kind: ModemKind, route: SocketAddr, faults: ModemFaults) -> TcpTransport {
    let config = ModemConfig {
        kind,
        listen: "127.0.0.1:0".parse().unwrap(),
        route: Some(route),
        faults,
    };
    TcpTransport::connect(Emulator::start(config).unwrap().address()).unwrap()
}

fn remote(way: Way) -> Remote<'static> {
    Remote {
        way,
        host: "msgin5g.example.com",
        port: 7007,
    }
}

/// Calls until it is ready. Nothing hangs: the modem's own times end every command.
fn until<T>(mut call: impl FnMut() -> Poll<T>) -> T {
    let mut host = StdHost::new();
    loop {
        if let Poll::Ready(value) = call() {
            return value;
        }
        host.idle();
    }
}

struct Port<D, U>(OnTcp<D, U>);

impl<D: Dialect, U: StreamTransport> StreamPort for Port<D, U> {
    type Stream<'a>
        = at::Stream<'a, U, Clock, D, 640, 640>
    where
        D: 'a,
        U: 'a;

    fn connect(&mut self) -> Result<Self::Stream<'_>, TransportError> {
        until(|| self.0.connect(&remote(Way::Tcp)))?;
        Ok(self.0.stream())
    }
}

/// Runs both conformance tests in one dialect with the same faults.
fn holds<D: Dialect>(kind: ModemKind, dialect: fn() -> D, faults: &ModemFaults) {
    let uart = emulator(kind, tcp_peer(), faults.clone());
    let mut port = Port(Modem::new(uart, clock as Clock, dialect()));
    let report = conformance::stream(&mut port, &mut StdHost::new(), PATIENT);
    let report = report.unwrap_or_else(|fault| panic!("{kind:?}, {faults:?}: {fault}"));
    assert!(report.received > 16 * 1024);

    let uart = emulator(kind, udp_peer(), faults.clone());
    let mut modem: Modem<_, _, _, 1152, 1152> = Modem::new(uart, clock, dialect());
    until(|| modem.connect(&remote(Way::Udp))).unwrap();
    let mut way = modem.datagrams();
    let report = conformance::datagrams(&mut way, D::MOST, &mut StdHost::new(), PATIENT).unwrap();
    assert!(report.received >= 7 - report.lost);
}

fn each_dialect(faults: &ModemFaults) {
    holds(ModemKind::Quectel, Quectel::default, faults);
    holds(ModemKind::Nordic, Nordic::default, faults);
    holds(ModemKind::Sara, || Sara, faults);
}

#[test]
fn each_dialect_holds() {
    each_dialect(&ModemFaults::default());
}

#[test]
fn each_dialect_holds_with_echo_and_chatter() {
    each_dialect(&ModemFaults {
        echo: true,
        chatter: true,
        ..ModemFaults::default()
    });
}

#[test]
fn each_dialect_holds_when_answers_come_an_octet_at_a_time() {
    each_dialect(&ModemFaults {
        pieces_of: Some(1),
        ..ModemFaults::default()
    });
}

#[test]
fn a_modem_that_is_deaf_first_is_greeted_again() {
    let faults = ModemFaults {
        deaf: 2,
        ..ModemFaults::default()
    };
    // The modem's seconds go by as the test counts them, not as they pass.
    static NOW: std::sync::atomic::AtomicU64 = std::sync::atomic::AtomicU64::new(0);
    let uart = emulator(ModemKind::Quectel, tcp_peer(), faults);
    let clock = || NOW.fetch_add(10, std::sync::atomic::Ordering::Relaxed);
    let mut modem: Modem<_, _, _, 640, 640> = Modem::new(uart, clock, Quectel::default());
    // How many greetings it takes depends on the machine; that it comes to an end does not.
    let mut tries = 0;
    while until(|| modem.connect(&remote(Way::Tcp))).is_err() {
        tries += 1;
        assert!(tries < 100, "never greeted");
    }
}

#[test]
fn a_modem_that_says_nothing_ends_in_its_time() {
    let uart = emulator(
        ModemKind::Sara,
        tcp_peer(),
        ModemFaults {
            deaf: u32::MAX,
            ..ModemFaults::default()
        },
    );
    let mut now = 0;
    let clock = || {
        now += 100;
        now
    };
    let mut modem: Modem<_, _, _, 64, 64> = Modem::new(uart, clock, Sara);
    let result = until(|| modem.connect(&remote(Way::Tcp)));
    assert_eq!(result, Err(TransportError::Failed(at::NO_ANSWER)));
}

#[test]
fn a_refusal_is_told_and_the_next_try_works() {
    fn one<D: Dialect>(kind: ModemKind, dialect: D, errors: u32) {
        let faults = ModemFaults {
            errors,
            ..ModemFaults::default()
        };
        let uart = emulator(kind, tcp_peer(), faults);
        let mut modem: OnTcp<D> = Modem::new(uart, clock as Clock, dialect);
        let refused = until(|| modem.connect(&remote(Way::Tcp)));
        assert_eq!(refused, Err(TransportError::Failed(at::REFUSED)));
        until(|| modem.connect(&remote(Way::Tcp))).unwrap();
        let mut stream = modem.stream();
        assert_eq!(stream.send(b"E!"), Poll::Ready(Ok(2)));
        let mut buf = [0; 4];
        assert_eq!(until(|| stream.recv(&mut buf)), Ok(1));
        assert_eq!(buf[0], b'!');
    }
    // The first commands may fail without harm: an old socket closed, a context made active.
    one(ModemKind::Quectel, Quectel::default(), 3);
    one(ModemKind::Nordic, Nordic::default(), 1);
    one(ModemKind::Sara, Sara, 2);
}

#[test]
fn a_connection_that_cannot_be_had_says_why() {
    let nobody = TcpListener::bind("127.0.0.1:0").unwrap().local_addr();
    let uart = emulator(ModemKind::Quectel, nobody.unwrap(), ModemFaults::default());
    let mut modem: OnTcp<Quectel> = Modem::new(uart, clock as Clock, Quectel::default());
    let result = until(|| modem.connect(&remote(Way::Tcp)));
    // 566 in the manual: the connection could not be made.
    assert_eq!(result, Err(TransportError::Failed(566)));
}

#[test]
fn a_reset_in_the_middle_of_data_is_an_end_and_not_other_data() {
    fn one<D: Dialect>(kind: ModemKind, dialect: D) {
        let faults = ModemFaults {
            reset_after: Some(2000),
            ..ModemFaults::default()
        };
        let uart = emulator(kind, tcp_peer(), faults);
        // A reset in the middle of data looks like data, until the rest does not come.
        let mut now = 0;
        let clock = || {
            now += 2;
            now
        };
        let mut modem: Modem<_, _, _, 640, 640> = Modem::new(uart, clock, dialect);
        while until(|| modem.connect(&remote(Way::Tcp))).is_err() {}
        let mut stream = modem.stream();
        assert_eq!(stream.send(b"T\x20\x00"), Poll::Ready(Ok(3)));
        let mut received = 0;
        let mut buf = [0; 100];
        while let Ok(n) = until(|| stream.recv(&mut buf)) {
            for (at, octet) in buf[..n].iter().enumerate() {
                assert_eq!(*octet, conformance::pattern(received + at));
            }
            received += n;
        }
        assert!(received < 0x2000);
        while until(|| modem.connect(&remote(Way::Tcp))).is_err() {}
    }
    one(ModemKind::Quectel, Quectel::default());
    one(ModemKind::Nordic, Nordic::default());
    one(ModemKind::Sara, Sara);
}

#[test]
fn other_questions() {
    let uart = emulator(ModemKind::Nordic, tcp_peer(), ModemFaults::default());
    let mut modem: OnTcp<Nordic> = Modem::new(uart, clock as Clock, Nordic::default());
    let mut line = [0; 64];
    let mut ask = |command, prefix| {
        let len = until(|| modem.ask(command, prefix, 60_000, &mut line))?;
        Ok::<_, TransportError>(line[..len].to_vec())
    };
    let imsi = ask(common::IMSI, "").unwrap();
    assert_eq!(common::imsi(&imsi), Some("001010000000001"));
    let operator = ask(common::OPERATOR, "+COPS").unwrap();
    assert_eq!(common::operator(&operator), Some(("001", "01")));
    let state = ask(common::REGISTRATION_5GS, "+C5GREG").unwrap();
    assert!(common::registration(&state).unwrap().is_registered());
    assert_eq!(ask("AT+NOTHING", ""), Err(TransportError::Failed(100)));
    assert_eq!(ask("AT+ELSE", ""), Err(TransportError::Failed(at::REFUSED)));
    assert_eq!(ask("AT", ""), Ok(Vec::new()));
    assert_eq!(ask("", ""), Err(TransportError::Failed(at::UNSENDABLE)));
}

#[test]
fn a_host_name_that_would_be_a_command_is_not_sent() {
    let uart = emulator(ModemKind::Sara, tcp_peer(), ModemFaults::default());
    let mut modem: OnTcp<Sara> = Modem::new(uart, clock as Clock, Sara);
    for host in ["a\",1\rAT+CPWROFF\r", "a\"b", &"x".repeat(400)] {
        let remote = Remote {
            way: Way::Tcp,
            host,
            port: 1,
        };
        let result = until(|| modem.connect(&remote));
        assert_eq!(result, Err(TransportError::Failed(at::UNSENDABLE)));
    }
}

#[test]
fn an_exchange_with_the_server_through_a_modem() {
    fn one<D: Dialect>(kind: ModemKind, dialect: D) {
        let net = network(msgin5g_testnet::Config {
            echo: vec!["echo-1@iot.example".to_owned()],
            ..msgin5g_testnet::Config::default()
        });
        let faults = ModemFaults {
            chatter: true,
            pieces_of: Some(7),
            ..ModemFaults::default()
        };
        let uart = emulator(kind, net.addr(), faults);
        let mut modem: OnTcp<D> = Modem::new(uart, clock as Clock, dialect);
        until(|| modem.connect(&remote(Way::Tcp))).unwrap();

        let (key, identity) = keys(METER, net.af_fqdn());
        let psk = Psk {
            key: &key,
            identity: &identity,
        };
        let mut tls = TlsMemory::<_>::new(modem.stream());
        let mut host = StdHost::new();
        let config = TlsConfig::new("msgin5g.example.com");
        let deadline = host.now_ms() + 60_000;
        let mut session =
            TlsSession::open_blocking(&mut tls, &config, psk, &mut OsRng, &mut host, deadline)
                .unwrap();
        let mut memory = ClientMemory::<2048, 2048, 4096, 8>::new();
        let config = Config::new(UeServiceId::new(METER.service_id).unwrap());
        let mut client = Client::new(config, memory.pieces(), &mut OsRng).unwrap();
        client.connected();
        client.register().unwrap();
        let mut meter = Ue {
            client,
            session: &mut session,
            host,
        };
        meter.until(|event| matches!(event, Event::Registered).then_some(()));
        meter.send("echo-1@iot.example", "through a modem");
        let (mut reported, mut echoed) = (false, false);
        while !(reported && echoed) {
            meter.until(|event| match event {
                Event::Report(_) => {
                    reported = true;
                    Some(())
                }
                Event::Message { msg, .. } => {
                    assert_eq!(msg.payload, "echo: through a modem");
                    echoed = true;
                    Some(())
                }
                _ => None,
            });
        }
        meter.client.deregister().unwrap();
        meter.until(|event| matches!(event, Event::Deregistered).then_some(()));
    }
    one(ModemKind::Quectel, Quectel::default());
    one(ModemKind::Nordic, Nordic::default());
    one(ModemKind::Sara, Sara);
}

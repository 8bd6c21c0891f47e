//! The conformance test of ports: good ones pass, and each kind of bad one is found.

use crate::conformance_peer;
use core::task::Poll;
use std::net::{SocketAddr, TcpListener, UdpSocket};

use msgin5g::transport::conformance::{
    Check, Fault, Limits, Nonconformance, StreamPort, datagrams, stream,
};
use msgin5g::transport::{
    DatagramTransport, Host, StdHost, StreamTransport, TcpTransport, TransportError, UdpTransport,
};

type Sent = Poll<Result<usize, TransportError>>;
type Gone = Poll<Result<(), TransportError>>;

/// A machine under load is no fault of a port.
const PATIENT: Limits = Limits {
    check_ms: 60_000,
    call_ms: 30_000,
};

fn peer() -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    std::thread::spawn(move || conformance_peer::streams(&listener));
    address
}

fn echo_of_datagrams() -> UdpTransport {
    let socket = UdpSocket::bind("127.0.0.1:0").unwrap();
    let address = socket.local_addr().unwrap();
    std::thread::spawn(move || conformance_peer::datagrams(&socket));
    UdpTransport::connect(address).unwrap()
}

/// A port over TCP whose calls pass through the functions of a test.
struct Port {
    peer: SocketAddr,
    send: fn(&mut TcpTransport, &[u8], usize) -> Sent,
    recv: fn(&mut TcpTransport, &mut [u8], usize) -> Sent,
}

struct Through<'p> {
    tcp: TcpTransport,
    port: &'p Port,
    calls: usize,
}

impl Port {
    fn good() -> Self {
        Self {
            peer: peer(),
            send: |tcp, data, _| tcp.send(data),
            recv: |tcp, buf, _| tcp.recv(buf),
        }
    }

    fn judge(&mut self) -> Result<(), Nonconformance> {
        stream(self, &mut StdHost::new(), PATIENT).map(|_| ())
    }
}

impl StreamPort for Port {
    type Stream<'a> = Through<'a>;

    fn connect(&mut self) -> Result<Through<'_>, TransportError> {
        let tcp = TcpTransport::connect(self.peer).map_err(|_| TransportError::Closed)?;
        Ok(Through {
            tcp,
            port: self,
            calls: 0,
        })
    }
}

impl StreamTransport for Through<'_> {
    fn send(&mut self, data: &[u8]) -> Sent {
        self.calls += 1;
        (self.port.send)(&mut self.tcp, data, self.calls)
    }

    fn recv(&mut self, buf: &mut [u8]) -> Sent {
        self.calls += 1;
        (self.port.recv)(&mut self.tcp, buf, self.calls)
    }
}

#[test]
fn tcp_holds() {
    let report = stream(&mut Port::good(), &mut StdHost::new(), PATIENT).unwrap();
    assert!(report.sent > 16 * 1024);
    assert!(report.received > 16 * 1024);
}

#[test]
fn a_port_that_takes_a_third_and_pauses_holds() {
    let mut port = Port {
        send: |tcp, data, calls| match calls % 3 {
            0 => Poll::Pending,
            _ => tcp.send(&data[..data.len().div_ceil(3)]),
        },
        recv: |tcp, buf, _| {
            let len = buf.len().min(7);
            tcp.recv(&mut buf[..len])
        },
        ..Port::good()
    };
    let report = stream(&mut port, &mut StdHost::new(), PATIENT).unwrap();
    assert!(report.partial_sends > 0 && report.pending_sends > 0);
}

#[test]
fn an_end_told_by_a_zero_is_found() {
    let mut port = Port {
        recv: |tcp, buf, _| match tcp.recv(buf) {
            Poll::Ready(Err(TransportError::Closed)) => Poll::Ready(Ok(0)),
            other => other,
        },
        ..Port::good()
    };
    let fault = port.judge().unwrap_err();
    assert_eq!(fault.check, Check::Close);
    assert!(matches!(fault.fault, Fault::Count { n: 0, .. }));
}

#[test]
fn nothing_told_by_a_zero_is_found() {
    let mut port = Port {
        recv: |tcp, buf, _| match tcp.recv(buf) {
            Poll::Pending => Poll::Ready(Ok(0)),
            other => other,
        },
        ..Port::good()
    };
    assert_eq!(port.judge().unwrap_err().check, Check::NothingThere);
}

#[test]
fn octets_that_are_changed_doubled_or_lost_are_found() {
    // XON and XOFF eaten, as by a UART that has flow control in band.
    let mut eats = Port {
        recv: |tcp, buf, _| {
            let n = match tcp.recv(buf) {
                Poll::Ready(Ok(n)) if n > 0 => n,
                other => return other,
            };
            let kept: Vec<u8> = buf[..n].iter().copied().filter(|o| *o != 0x11).collect();
            buf[..kept.len()].copy_from_slice(&kept);
            match kept.len() {
                0 => Poll::Pending,
                n => Poll::Ready(Ok(n)),
            }
        },
        ..Port::good()
    };
    let fault = eats.judge().unwrap_err().fault;
    let xon = Fault::Octet {
        at: 24,
        expected: 0x11,
        got: 0x13,
    };
    assert_eq!(fault, xon);
    // The last octet of a long piece is taken and not sent.
    let mut swallows = Port {
        send: |tcp, data, _| match tcp.send(&data[..data.len().min(299)]) {
            Poll::Ready(Ok(299)) => Poll::Ready(Ok(data.len())),
            other => other,
        },
        ..Port::good()
    };
    let judged = swallows.judge().unwrap_err();
    assert!(matches!(judged.fault, Fault::Octet { .. }), "{judged}");
    // What was offered goes out, and is offered again.
    let mut doubles = Port {
        send: |tcp, data, calls| {
            let sent = tcp.send(data);
            match calls {
                9 => Poll::Pending,
                _ => sent,
            }
        },
        ..Port::good()
    };
    let judged = doubles.judge().unwrap_err();
    assert!(
        matches!(judged.fault, Fault::Octet { .. } | Fault::Unasked),
        "{judged}"
    );
}

#[test]
fn a_port_that_closes_before_its_last_octets_is_found() {
    let mut port = Port {
        recv: |tcp, buf, calls| match calls {
            0..25 => tcp.recv(buf),
            _ => Poll::Ready(Err(TransportError::Closed)),
        },
        ..Port::good()
    };
    assert!(port.judge().is_err());
}

#[test]
fn a_port_that_never_closes_is_found() {
    let limits = Limits {
        check_ms: 200,
        ..PATIENT
    };
    let mut port = Port {
        recv: |tcp, buf, _| match tcp.recv(buf) {
            Poll::Ready(Err(_)) => Poll::Pending,
            other => other,
        },
        ..Port::good()
    };
    // Every check before it passes at once, and this one has to wait for its limit; on the clock of
    // the test, so that a slow machine changes nothing.
    let fault = stream(&mut port, &mut Steps(StdHost::new(), 0), limits).unwrap_err();
    assert_eq!((fault.check, fault.fault), (Check::Close, Fault::StillOpen));
}

#[test]
fn a_call_that_waits_is_found() {
    // The clock of this host goes on by 30 ms whenever it is looked at.
    struct Slow(u64);
    impl Host for Slow {
        fn now_ms(&mut self) -> u64 {
            self.0 += 30;
            self.0
        }
        fn idle(&mut self) {}
    }
    let judged = stream(&mut Port::good(), &mut Slow(0), Limits::default()).unwrap_err();
    assert_eq!(judged.fault, Fault::Blocked { ms: 30 });
    let said = "on a connection on which nothing has come: a call must not wait, but it took 30 ms";
    assert_eq!(judged.to_string(), said);
}

#[test]
fn a_port_that_cannot_connect_says_why() {
    struct Broken;
    impl StreamPort for Broken {
        type Stream<'a> = TcpTransport;
        fn connect(&mut self) -> Result<TcpTransport, TransportError> {
            Err(TransportError::Failed(30))
        }
    }
    let judged = stream(&mut Broken, &mut StdHost::new(), PATIENT).unwrap_err();
    assert_eq!(judged.fault, Fault::Ended(TransportError::Failed(30)));
}

/// A clock that goes on only when the host idles, a thousandth of the limit each time.
struct Steps(StdHost, u64);

impl Host for Steps {
    fn now_ms(&mut self) -> u64 {
        self.1 / 1000
    }

    fn idle(&mut self) {
        self.0.idle();
        self.1 += 200;
    }
}

#[test]
fn udp_holds() {
    let report = datagrams(&mut echo_of_datagrams(), 1152, &mut StdHost::new(), PATIENT).unwrap();
    assert!(report.received >= 8 - report.lost);
}

/// A way whose datagrams pass through the functions of a test.
struct Way {
    udp: UdpTransport,
    send: fn(&mut UdpTransport, &[u8]) -> Gone,
    recv: fn(&mut UdpTransport, &mut [u8]) -> Sent,
}

impl Way {
    fn good() -> Self {
        Self {
            udp: echo_of_datagrams(),
            send: |udp, datagram| udp.send(datagram),
            recv: |udp, buf| udp.recv(buf),
        }
    }
}

impl DatagramTransport for Way {
    fn send(&mut self, datagram: &[u8]) -> Gone {
        (self.send)(&mut self.udp, datagram)
    }

    fn recv(&mut self, buf: &mut [u8]) -> Sent {
        (self.recv)(&mut self.udp, buf)
    }
}

#[test]
fn datagrams_that_are_cut_or_changed_are_found() {
    let mut cuts = Way {
        send: |udp, datagram| udp.send(&datagram[..datagram.len().min(512)]),
        ..Way::good()
    };
    let fault = datagrams(&mut cuts, 1152, &mut StdHost::new(), PATIENT).unwrap_err();
    assert_eq!(fault.fault, Fault::Length { got: 512 });
    let mut changes = Way {
        recv: |udp, buf| {
            let result = udp.recv(buf);
            if let Some(octet) = buf.get_mut(100) {
                *octet ^= 1;
            }
            result
        },
        ..Way::good()
    };
    let fault = datagrams(&mut changes, 1152, &mut StdHost::new(), PATIENT).unwrap_err();
    assert!(matches!(fault.fault, Fault::Octet { at: 100, .. }));
}

#[test]
fn a_way_that_loses_all_is_found() {
    let mut loses = Way {
        send: |_, _| Poll::Ready(Ok(())),
        ..Way::good()
    };
    let mut host = Steps(StdHost::new(), 0);
    let limits = Limits {
        check_ms: 20,
        ..PATIENT
    };
    let fault = datagrams(&mut loses, 1152, &mut host, limits).unwrap_err();
    assert_eq!(fault.fault, Fault::Lost { lost: 8, of: 8 });
}

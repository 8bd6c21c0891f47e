//! Every fault at every octet: on the UART and on the network, in each dialect, over TCP and UDP, on a clock of
//! the test's own.

use core::task::Poll;

use msgin5g::transport::at::{self, Dialect, Nordic, Quectel, Sara, Way};
use msgin5g::transport::conformance::{self, Limits, StreamPort, pattern};
use msgin5g::transport::{DatagramTransport, Faults, Faulty, StreamTransport, TransportError};
use msgin5g_testnet::modem::{ModemFaults, ModemKind};

use crate::world::{Desk, Ill, To, Uart};

/// Octets of the exchange over TCP, and datagrams of that over UDP.
const OCTETS: usize = 40;
const DATAGRAMS: [usize; 3] = [1, 17, 40];
/// The longest that all the commands of an opening, a sending and a closing may take together, in ms.
const LONGEST_MS: u64 = 700_000;

/// Runs a function that has the dialect as its parameter once for each.
macro_rules! each_dialect {
    ($check:ident($($argument:expr),*)) => {
        $check(ModemKind::Quectel, Quectel::default $(, $argument)*);
        $check(ModemKind::Nordic, Nordic::default $(, $argument)*);
        $check(ModemKind::Sara, || Sara $(, $argument)*);
    };
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum End {
    /// All came back.
    Whole,
    /// The transport said that it is over.
    Ended(TransportError),
    /// Datagrams were lost, and the way goes on.
    Lost,
}

/// One exchange, from the opening of the socket to its close.
fn exchange<D: Dialect>(desk: &mut Desk<D>, way: Way) -> End {
    if let Err(error) = desk.connect(way) {
        return End::Ended(error);
    }
    let end = match way {
        Way::Tcp => octets(desk),
        Way::Udp => datagrams(desk),
    };
    desk.run(|modem| modem.close())
        .expect("it closes in its time");
    end
}

/// `E` and the pattern, as much as the port takes, and the same back; then nothing more.
fn octets<D: Dialect>(desk: &mut Desk<D>) -> End {
    let mut out: Vec<u8> = b"E"
        .iter()
        .copied()
        .chain((0..OCTETS).map(pattern))
        .collect();
    desk.received = 0;
    let mut received = 0;
    for nudges in 0.. {
        let end = desk.run(|modem| {
            let mut stream = modem.stream();
            if !out.is_empty() {
                match stream.send(&out) {
                    Poll::Ready(Ok(n)) => drop(out.drain(..n)),
                    // What the peer said before its end is to be read first.
                    Poll::Ready(Err(_)) => out.clear(),
                    Poll::Pending => {}
                }
            }
            let mut buf = [0; 16];
            while let Poll::Ready(result) = stream.recv(&mut buf) {
                match result {
                    Ok(n) => {
                        for octet in &buf[..n] {
                            assert_eq!(*octet, pattern(received), "octet {received}");
                            received += 1;
                        }
                    }
                    Err(error) => return Poll::Ready(End::Ended(error)),
                }
            }
            match received {
                n if n >= OCTETS => Poll::Ready(End::Whole),
                _ => Poll::Pending,
            }
        });
        desk.received = received;
        match end {
            Some(End::Ended(error)) => {
                // An end is the end.
                let again = desk.modem.stream().recv(&mut [0; 4]);
                assert!(
                    matches!(again, Poll::Ready(Err(_))),
                    "{again:?} after {error}"
                );
                return End::Ended(error);
            }
            Some(end) => return end,
            // Nothing comes by itself: as an application that wants to know, send some more.
            None => {
                assert!(nudges < 2, "it says nothing, whatever is sent");
                out.push(pattern(OCTETS + nudges));
            }
        }
    }
    unreachable!()
}

/// A datagram and the same back, or the next one.
fn datagrams<D: Dialect>(desk: &mut Desk<D>) -> End {
    let mut arrived = 0;
    for len in DATAGRAMS.into_iter().chain([5, 6]) {
        let datagram: Vec<u8> = (0..len).map(|at| pattern(at + len)).collect();
        let mut is_sent = false;
        let end = desk.run(|modem| {
            let mut way = modem.datagrams();
            if !is_sent {
                match way.send(&datagram) {
                    Poll::Ready(Ok(())) => is_sent = true,
                    Poll::Ready(Err(error)) => return Poll::Ready(Err(error)),
                    Poll::Pending => {}
                }
            }
            let mut buf = [0; 64];
            match way.recv(&mut buf) {
                Poll::Ready(Ok(n)) => Poll::Ready(Ok(buf[..n].to_vec())),
                Poll::Ready(Err(error)) => Poll::Ready(Err(error)),
                Poll::Pending => Poll::Pending,
            }
        });
        match end {
            Some(Ok(got)) => {
                // It may be one of those before.
                let len = got.len();
                assert!((0..len).all(|at| got[at] == pattern(at + len)), "{got:?}");
                arrived += 1;
            }
            Some(Err(error)) => return End::Ended(error),
            None => {}
        }
        if arrived == DATAGRAMS.len() {
            return End::Whole;
        }
    }
    End::Lost
}

/// How many octets a good exchange moves: to the modem, to the host, and out of the network.
fn length<D: Dialect>(kind: ModemKind, dialect: D, way: Way) -> (u64, u64, usize) {
    let mut desk = Desk::new(
        kind,
        dialect,
        ModemFaults::default(),
        Faults::NONE,
        Ill::default(),
    );
    assert_eq!(exchange(&mut desk, way), End::Whole);
    let (to_modem, to_host) = desk.uart.moved();
    (to_modem, to_host, desk.uart.network_said())
}

/// A fault, and what has to hold with it: no false octet (seen in the exchange itself), an end in time, and a good
/// exchange when what was wrong is right again.
fn survives<D: Dialect>(kind: ModemKind, dialect: D, way: Way, line: Faults, ill: Ill) -> End {
    let mut desk = Desk::new(kind, dialect, ModemFaults::default(), line, ill);
    let end = exchange(&mut desk, way);
    if let (Way::Tcp, Some(said)) = (way, ill.ends_said) {
        assert_eq!(
            desk.received, said,
            "what the network has brought is read: {kind:?}"
        );
    }
    let told = format!("{kind:?}, {way:?}, {line:?}, {ill:?}, {end:?}");
    assert!(
        desk.uart.now() <= LONGEST_MS,
        "{told}: {} ms",
        desk.uart.now()
    );
    desk.repair();
    let mut ends = Vec::new();
    while ends.last() != Some(&End::Whole) {
        // A modem that was left in the middle of data takes some of the greetings for it.
        assert!(ends.len() < 4, "{told}, then {ends:?}");
        ends.push(exchange(&mut desk, way));
    }
    what_the_far_side_heard(&desk.uart, way, line != Faults::NONE, &told);
    end
}

/// The far side hears what was sent, as far as it got. Only a modem that was cut off while it waited for data, and has
/// stayed alive, takes the greetings that follow for the rest.
fn what_the_far_side_heard(uart: &Uart, way: Way, was_cut: bool, told: &str) {
    for heard in uart.network_heard() {
        let is_right = |at: usize| match way {
            Way::Tcp if at == 0 => heard[at] == b'E',
            Way::Tcp => heard[at] == pattern(at - 1),
            // Datagrams begin at the place of the pattern that is their length; it is looked at as they come back.
            Way::Udp => true,
        };
        let right = (0..heard.len()).take_while(|at| is_right(*at)).count();
        let greets = |from: &usize| {
            let greetings = b"ATE0\r".iter().cycle();
            heard[*from..].iter().zip(greetings).all(|(a, b)| a == b)
        };
        let is_explained = was_cut && (0..=right).any(|from| greets(&from));
        assert!(right == heard.len() || is_explained, "{told}: {heard:?}");
    }
}

#[test]
fn where_the_uart_is_cut_or_falls_silent_it_ends_in_time() {
    fn one<D: Dialect>(kind: ModemKind, dialect: fn() -> D, way: Way) {
        let (to_modem, to_host, _) = length(kind, dialect(), way);
        for silent in [false, true] {
            for at in 0..to_modem {
                let line = Faults {
                    cut_sent: Some(at),
                    silent,
                    ..Faults::NONE
                };
                let end = survives(kind, dialect(), way, line, Ill::default());
                assert_ne!(end, End::Lost, "{kind:?} {way:?} {line:?}");
            }
            for at in 0..to_host {
                let line = Faults {
                    cut_received: Some(at),
                    silent,
                    ..Faults::NONE
                };
                let end = survives(kind, dialect(), way, line, Ill::default());
                assert_ne!(end, End::Lost, "{kind:?} {way:?} {line:?}");
            }
        }
    }
    each_dialect!(one(Way::Tcp));
    each_dialect!(one(Way::Udp));
}

#[test]
fn where_the_modem_loses_its_power_it_ends_in_time() {
    fn one<D: Dialect>(kind: ModemKind, dialect: fn() -> D, way: Way) {
        let (to_modem, to_host, _) = length(kind, dialect(), way);
        let all = (0..to_modem).map(|at| (To::Modem, at));
        for restart in all.chain((0..to_host).map(|at| (To::Host, at))) {
            let ill = Ill {
                restart: Some(restart),
                ..Ill::default()
            };
            survives(kind, dialect(), way, Faults::NONE, ill);
        }
    }
    each_dialect!(one(Way::Tcp));
    each_dialect!(one(Way::Udp));
}

#[test]
fn where_the_network_ends_it_is_told_and_what_came_before_is_read() {
    fn one<D: Dialect>(kind: ModemKind, dialect: fn() -> D, way: Way) {
        let (.., said) = length(kind, dialect(), way);
        for at in 1..=said {
            for ill in [
                Ill {
                    ends_heard: Some(at),
                    ..Ill::default()
                },
                Ill {
                    ends_said: Some(at),
                    ..Ill::default()
                },
            ] {
                let end = survives(kind, dialect(), way, Faults::NONE, ill);
                let told = format!("{kind:?} {ill:?} {end:?}");
                match way {
                    Way::Tcp if ill.ends_said == Some(said) => assert_eq!(end, End::Whole),
                    Way::Tcp => assert_eq!(end, End::Ended(TransportError::Closed), "{told}"),
                    // Nobody tells.
                    Way::Udp => assert!(matches!(end, End::Lost | End::Whole), "{told}"),
                }
            }
        }
    }
    each_dialect!(one(Way::Tcp));
    each_dialect!(one(Way::Udp));
}

#[test]
fn connections_that_end_badly_leave_no_socket_behind() {
    fn one<D: Dialect>(kind: ModemKind, dialect: fn() -> D, way: Way) {
        let mut desk = Desk::new(
            kind,
            dialect(),
            ModemFaults::default(),
            Faults::NONE,
            Ill::default(),
        );
        // More often than a modem has sockets.
        for times in 0..20 {
            desk.connect(way)
                .unwrap_or_else(|error| panic!("{kind:?} {way:?} {times}: {error}"));
            // What the modem says gets lost on its way, and so does its connection.
            desk.breaks();
            let sent = match way {
                Way::Tcp => desk.modem.stream().send(b"E").map_ok(|_| ()),
                Way::Udp => desk.modem.datagrams().send(b"E"),
            };
            assert_eq!(sent, Poll::Ready(Ok(())));
            let end = desk.run(|modem| modem.stream().recv(&mut [0; 8]));
            assert_eq!(end, Some(Err(TransportError::Failed(at::NO_ANSWER))));
            desk.repair();
        }
        assert_eq!(exchange(&mut desk, way), End::Whole);
    }
    each_dialect!(one(Way::Tcp));
    each_dialect!(one(Way::Udp));
}

#[test]
fn a_pause_between_any_two_octets_changes_nothing() {
    fn one<D: Dialect>(kind: ModemKind, dialect: fn() -> D, way: Way) {
        let (to_modem, to_host, said) = length(kind, dialect(), way);
        let to_modem = (0..to_modem).map(|at| Ill {
            pause: Some((To::Modem, at)),
            ..Ill::default()
        });
        let to_host = (0..to_host).map(|at| Ill {
            pause: Some((To::Host, at)),
            ..Ill::default()
        });
        let network = (0..said).map(|at| Ill {
            network_pause: Some(at),
            network_piece: Some(1),
            ..Ill::default()
        });
        for ill in to_modem.chain(to_host).chain(network) {
            let end = survives(kind, dialect(), way, Faults::NONE, ill);
            assert_eq!(end, End::Whole, "{kind:?} {way:?} {ill:?}");
        }
    }
    each_dialect!(one(Way::Tcp));
    each_dialect!(one(Way::Udp));
}

struct Port<D>(Desk<D>);

impl<D: Dialect> StreamPort for Port<D> {
    type Stream<'a>
        = at::Stream<'a, Faulty<Uart>, Box<dyn FnMut() -> u64>, D, 1152, 1152>
    where
        D: 'a;

    fn connect(&mut self) -> Result<Self::Stream<'_>, TransportError> {
        self.0.connect(Way::Tcp)?;
        Ok(self.0.modem.stream())
    }
}

/// The lines on which everything has to arrive.
fn slow_lines() -> Vec<(Faults, Ill)> {
    let ill = Ill::default();
    let line = Faults::NONE;
    vec![
        (line, ill),
        // One octet at a time, and nothing now between any two.
        (
            Faults {
                at_most: 1,
                stutter: true,
                ..line
            },
            ill,
        ),
        (
            Faults {
                at_most: 7,
                delay: 5,
                ..line
            },
            ill,
        ),
        // Answers that take their time, so that news of the network comes in between.
        (
            line,
            Ill {
                slow_ms: 400,
                ..ill
            },
        ),
        (
            line,
            Ill {
                network_delay_ms: 900,
                ..ill
            },
        ),
        (
            line,
            Ill {
                network_piece: Some(1),
                ..ill
            },
        ),
        (
            Faults {
                at_most: 1,
                stutter: true,
                ..line
            },
            Ill {
                slow_ms: 30,
                network_delay_ms: 70,
                network_piece: Some(33),
                ..ill
            },
        ),
    ]
}

#[test]
fn on_a_slow_line_each_dialect_conforms() {
    fn one<D: Dialect>(kind: ModemKind, dialect: fn() -> D) {
        for (n, (line, ill)) in slow_lines().into_iter().enumerate() {
            // Every other modem talks much.
            let faults = ModemFaults {
                echo: n % 2 == 1,
                chatter: n % 2 == 1,
                ..ModemFaults::default()
            };
            let told = format!("{kind:?} {faults:?} {line:?} {ill:?}");
            let mut port = Port(Desk::new(kind, dialect(), faults.clone(), line, ill));
            let mut host = port.0.uart.clone();
            let limits = Limits {
                check_ms: 3_600_000,
                ..Limits::default()
            };
            let report = conformance::stream(&mut port, &mut host, limits);
            let report = report.unwrap_or_else(|fault| panic!("{told}: {fault}"));
            assert!(report.received > 16 * 1024, "{told}");

            let mut desk = Desk::new(kind, dialect(), faults.clone(), line, ill);
            let mut host = desk.uart.clone();
            desk.connect(Way::Udp).unwrap();
            let mut way = desk.modem.datagrams();
            let report = conformance::datagrams(&mut way, D::MOST, &mut host, limits);
            let report = report.unwrap_or_else(|fault| panic!("{told}: {fault}"));
            assert_eq!(report.lost, 0, "{told}");
        }
    }
    each_dialect!(one());
}

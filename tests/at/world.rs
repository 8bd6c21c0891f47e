//! A modem of the reference network on a desk: its UART, the network behind it and the time are the test's.

use std::cell::RefCell;
use std::collections::{BTreeMap, VecDeque};
use std::io;
use std::rc::Rc;
use std::task::Poll;

use msgin5g::transport::at::{Dialect, Modem, Remote, Way};
use msgin5g::transport::conformance::pattern;
use msgin5g::transport::{Faults, Faulty, Host, StreamTransport, TransportError};
use msgin5g_testnet::modem::{DeskModem, ModemAkma, ModemFaults, ModemKind, Network};

/// How long a pause is, in milliseconds: shorter than any answer may take.
const PAUSE_MS: u64 = 3_000;
/// So often nothing happens before time goes on: more often than a bad line says "nothing now".
const STILL: usize = 12;

/// Which way octets go on the UART.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum To {
    Modem,
    Host,
}

/// What goes wrong where. Positions count octets of one direction, and each happens once.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Ill {
    /// The modem loses its power when so many octets have gone.
    pub restart: Option<(To, u64)>,
    /// The UART stands still for a while when so many octets have gone.
    pub pause: Option<(To, u64)>,
    /// Every answer of the modem takes so long, in milliseconds.
    pub slow_ms: u64,
    /// The network ends when the far side has heard so many octets.
    pub ends_heard: Option<usize>,
    /// The network ends when the far side has said so many octets.
    pub ends_said: Option<usize>,
    /// The network stands still for a while when the far side has said so many.
    pub network_pause: Option<usize>,
    /// What the far side says takes so long, in milliseconds.
    pub network_delay_ms: u64,
    /// What it says arrives in pieces of so many octets, unless they are datagrams.
    pub network_piece: Option<usize>,
}

/// The network: its far side does what the peer of the conformance test does.
#[derive(Default)]
struct Net {
    now: u64,
    ill: Ill,
    open: BTreeMap<u64, Far>,
    /// What is on its way to the modem; `None` is the end.
    coming: VecDeque<(u64, u64, Option<Vec<u8>>)>,
    said: usize,
    heard: Vec<Vec<u8>>,
}

struct Far {
    is_udp: bool,
    heard: usize,
    has_ended: bool,
}

impl Net {
    fn say(&mut self, socket: u64, octets: &[u8]) {
        let is_udp = self.open[&socket].is_udp;
        let piece = match self.ill.network_piece {
            Some(piece) if !is_udp => piece,
            _ => octets.len().max(1),
        };
        for piece in octets.chunks(piece) {
            let mut due = self.now + self.ill.network_delay_ms;
            if self.ill.network_pause.is_some_and(|at| at <= self.said) {
                self.ill.network_pause = None;
                due += PAUSE_MS;
            }
            if let Some((last, ..)) = self.coming.back() {
                due = due.max(*last);
            }
            let left = self.ill.ends_said.map_or(usize::MAX, |at| at - self.said);
            let is_whole = left > piece.len();
            // A datagram comes whole or not at all.
            let piece = match (is_whole, is_udp) {
                (false, true) => &[],
                (false, false) => &piece[..left],
                (true, _) => piece,
            };
            self.said += piece.len();
            if !piece.is_empty() {
                self.coming.push_back((due, socket, Some(piece.to_vec())));
            }
            if !is_whole {
                self.ill.ends_said = None;
                return self.end(socket, due);
            }
        }
    }

    fn end(&mut self, socket: u64, due: u64) {
        let far = self.open.get_mut(&socket).unwrap();
        far.has_ended = true;
        // Nobody tells that a way for datagrams has ended.
        if !far.is_udp {
            self.coming.push_back((due, socket, None));
        }
    }
}

/// The modem's end of the network.
struct Road(Rc<RefCell<Net>>);

impl Network for Road {
    fn connect(&mut self, socket: u64, is_udp: bool) -> io::Result<()> {
        let mut net = self.0.borrow_mut();
        let far = Far {
            is_udp,
            heard: 0,
            has_ended: false,
        };
        net.open.insert(socket, far);
        net.heard.push(Vec::new());
        Ok(())
    }

    fn send(&mut self, socket: u64, octets: &[u8]) -> bool {
        let mut net = self.0.borrow_mut();
        let Some(far) = net.open.get_mut(&socket) else {
            return false;
        };
        if far.has_ended {
            return true;
        }
        let before = far.heard;
        far.heard += octets.len();
        let (is_udp, heard) = (far.is_udp, far.heard);
        net.heard.last_mut().unwrap().extend_from_slice(octets);
        if net.ill.ends_heard.is_some_and(|at| at <= heard) {
            net.ill.ends_heard = None;
            let now = net.now;
            net.end(socket, now);
            return true;
        }
        if is_udp {
            net.say(socket, octets);
            return true;
        }
        let first = net.heard.last().unwrap()[0];
        match first {
            b'E' => net.say(socket, &octets[usize::from(before == 0)..]),
            b'T' if heard >= 3 => {
                let count = net.heard.last().unwrap()[1..3].try_into().unwrap();
                let all: Vec<u8> = (0..u16::from_be_bytes(count).into()).map(pattern).collect();
                net.say(socket, &all);
                let due = net.coming.back().map_or(net.now, |(due, ..)| *due);
                net.end(socket, due);
            }
            _ => {}
        }
        true
    }

    fn close(&mut self, socket: u64) {
        self.0.borrow_mut().open.remove(&socket);
    }
}

struct Inner {
    now: u64,
    desk: DeskModem,
    net: Rc<RefCell<Net>>,
    ill: Ill,
    wire: VecDeque<(u64, u8)>,
    resumes: u64,
    to_modem: u64,
    to_host: u64,
    said: u64,
    has_moved: bool,
}

impl Inner {
    /// What the modem has just said goes on the wire.
    fn listen(&mut self) {
        for octet in self.desk.say() {
            let mut due = self.now + self.ill.slow_ms;
            if self.ill.pause == Some((To::Host, self.said)) {
                due += PAUSE_MS;
            }
            if let Some((last, _)) = self.wire.back() {
                due = due.max(*last);
            }
            self.said += 1;
            self.wire.push_back((due, octet));
        }
    }

    fn restart_if(&mut self, way: To, gone: u64) {
        if self.ill.restart == Some((way, gone)) {
            self.ill.restart = None;
            self.wire.clear();
            self.desk.restart();
            self.listen();
        }
    }
}

/// The host's end of the UART.
#[derive(Clone)]
pub struct Uart(Rc<RefCell<Inner>>);

impl StreamTransport for Uart {
    fn send(&mut self, data: &[u8]) -> Poll<Result<usize, TransportError>> {
        let mut inner = self.0.borrow_mut();
        for (n, octet) in data.iter().enumerate() {
            if inner.ill.pause == Some((To::Modem, inner.to_modem)) {
                inner.ill.pause = None;
                inner.resumes = inner.now + PAUSE_MS;
            }
            if inner.now < inner.resumes {
                return match n {
                    0 => Poll::Pending,
                    n => Poll::Ready(Ok(n)),
                };
            }
            let gone = inner.to_modem;
            inner.restart_if(To::Modem, gone);
            inner.to_modem += 1;
            inner.has_moved = true;
            inner.desk.hear(&[*octet]);
            inner.listen();
        }
        Poll::Ready(Ok(data.len()))
    }

    fn recv(&mut self, buf: &mut [u8]) -> Poll<Result<usize, TransportError>> {
        let mut inner = self.0.borrow_mut();
        let mut len = 0;
        for place in buf {
            match inner.wire.front() {
                Some((due, octet)) if *due <= inner.now => *place = *octet,
                _ => break,
            }
            inner.wire.pop_front();
            len += 1;
            inner.to_host += 1;
            let gone = inner.to_host;
            inner.restart_if(To::Host, gone);
        }
        inner.has_moved |= len > 0;
        match len {
            0 => Poll::Pending,
            len => Poll::Ready(Ok(len)),
        }
    }
}

impl Uart {
    /// What the network has for the modem by now.
    pub fn deliver(&self) {
        let mut inner = self.0.borrow_mut();
        let now = inner.now;
        loop {
            let mut net = inner.net.borrow_mut();
            net.now = now;
            let Some((due, socket, octets)) = net.coming.pop_front() else {
                return;
            };
            if due > now {
                net.coming.push_front((due, socket, octets));
                return;
            }
            drop(net);
            match octets {
                Some(octets) => inner.desk.arrived(socket, &octets),
                None => inner.desk.gone(socket),
            }
            inner.has_moved = true;
            inner.listen();
        }
    }

    pub fn has_moved(&self) -> bool {
        std::mem::take(&mut self.0.borrow_mut().has_moved)
    }

    /// When something comes by itself.
    fn due(&self) -> Option<u64> {
        let inner = self.0.borrow();
        let net = inner.net.borrow();
        let wire = inner.wire.front().map(|(due, _)| *due);
        let coming = net.coming.front().map(|(due, ..)| *due);
        let all = [Some(inner.resumes), wire, coming].into_iter().flatten();
        // What has been due and is still there is what a silent line gives to nobody.
        all.filter(|due| *due > inner.now).min()
    }

    pub fn now(&self) -> u64 {
        self.0.borrow().now
    }

    pub fn goes_to(&self, at: u64) {
        let mut inner = self.0.borrow_mut();
        inner.now = inner.now.max(at);
        inner.net.borrow_mut().now = inner.now;
    }

    /// What becomes of the modem's AKMA keys.
    pub fn set_akma(&self, akma: ModemAkma) {
        let mut inner = self.0.borrow_mut();
        inner.desk.set_akma(akma);
        inner.listen();
    }

    /// Octets that went to the modem, and to the host.
    pub fn moved(&self) -> (u64, u64) {
        let inner = self.0.borrow();
        (inner.to_modem, inner.to_host)
    }

    /// What the far side has said so far.
    pub fn network_said(&self) -> usize {
        self.0.borrow().net.borrow().said
    }

    /// What it has heard, on each connection.
    pub fn network_heard(&self) -> Vec<Vec<u8>> {
        self.0.borrow().net.borrow().heard.clone()
    }
}

/// The clock of the desk, for whoever waits: when nothing moves, time goes on.
impl Host for Uart {
    fn now_ms(&mut self) -> u64 {
        self.now()
    }

    fn idle(&mut self) {
        self.deliver();
        if !self.has_moved() {
            let soon = self.now() + 2;
            self.goes_to(self.due().map_or(soon, |due| due.min(soon)));
        }
    }
}

type Clock = Box<dyn FnMut() -> u64>;
pub type OnDesk<D> = Modem<Faulty<Uart>, Clock, D, 1152, 1152>;

/// The whole of it.
pub struct Desk<D> {
    pub uart: Uart,
    pub modem: OnDesk<D>,
    /// Octets that the exchange of a test has received.
    pub received: usize,
}

impl<D: Dialect> Desk<D> {
    pub fn new(kind: ModemKind, dialect: D, faults: ModemFaults, line: Faults, ill: Ill) -> Self {
        let net = Rc::new(RefCell::new(Net {
            ill,
            ..Net::default()
        }));
        let uart = Uart(Rc::new(RefCell::new(Inner {
            now: 0,
            desk: DeskModem::new(kind, faults, Box::new(Road(net.clone()))),
            net,
            ill,
            wire: VecDeque::new(),
            resumes: 0,
            to_modem: 0,
            to_host: 0,
            said: 0,
            has_moved: false,
        })));
        let clock = uart.clone();
        let clock: Clock = Box::new(move || clock.now());
        Self {
            modem: Modem::new(Faulty::new(uart.clone(), line), clock, dialect),
            uart,
            received: 0,
        }
    }

    /// Calls until it is ready; time goes on when nothing moves. `None`: nothing would ever happen again.
    pub fn run<T>(&mut self, mut call: impl FnMut(&mut OnDesk<D>) -> Poll<T>) -> Option<T> {
        let (mut still, mut overdue) = (0, 0);
        loop {
            self.uart.deliver();
            if let Poll::Ready(value) = call(&mut self.modem) {
                return Some(value);
            }
            still = if self.uart.has_moved() { 0 } else { still + 1 };
            if still < STILL {
                continue;
            }
            let due = self
                .modem
                .next_deadline()
                .into_iter()
                .chain(self.uart.due());
            let due = due.min()?;
            overdue = if due <= self.uart.now() {
                overdue + 1
            } else {
                0
            };
            assert!(
                overdue < 3,
                "a deadline has come, and nothing happens: {due} {:?} {:?} {:?}",
                self.modem.next_deadline(),
                self.uart.moved(),
                self.uart.0.borrow().ill,
            );
            self.uart.goes_to(due);
            still = 0;
        }
    }

    pub fn connect(&mut self, way: Way) -> Result<(), TransportError> {
        let remote = Remote {
            way,
            host: "msgin5g.example.com",
            port: 7007,
        };
        let connected = self.run(|modem| modem.connect(&remote));
        connected.expect("a connection comes or fails in its time")
    }

    /// The line falls silent.
    pub fn breaks(&mut self) {
        let faults = Faults {
            cut_received: Some(0),
            silent: true,
            ..Faults::NONE
        };
        *self.modem.uart() = Faulty::new(self.uart.clone(), faults);
    }

    /// The line is a good one from now on.
    pub fn repair(&mut self) {
        *self.modem.uart() = Faulty::new(self.uart.clone(), Faults::NONE);
    }
}

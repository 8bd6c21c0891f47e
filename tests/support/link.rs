//! A real TLS 1.3 server (OpenSSL) and the wire to it, all in memory and in one thread, so that a
//! test owns every octet and every millisecond.
#![allow(dead_code, unused_imports, reason = "each program uses a part")]

#[path = "tls_server.rs"]
mod tls_server;

pub use tls_server::{KEY, NAME, Server, Setup, Wire, context, identity};

use core::task::Poll;
use msgin5g::session::{Session, SessionError};
use msgin5g::transport::{Host, StreamTransport, TransportError};
use std::cell::{RefCell, RefMut};
use std::io::Read;
use std::rc::Rc;

type Mangle = Box<dyn FnMut(&mut Vec<u8>)>;

/// The client's transport, and the test's hand on it.
#[derive(Clone)]
pub struct Link {
    pub wire: Rc<RefCell<Wire>>,
    server: Option<Rc<RefCell<Server>>>,
    faults: Rc<RefCell<Faults>>,
}

struct Faults {
    /// At most so many octets at a time.
    chunk: usize,
    /// Every second call says "nothing now".
    stutter: bool,
    turn: bool,
    /// Nothing can be sent while this is set.
    blocked: bool,
    /// Changes what the server sends, all that it sends in one step.
    mangle: Option<Mangle>,
}

impl Link {
    /// A link to a server.
    pub fn new(setup: &Setup) -> Self {
        let mut link = Self::silent();
        let server = Server::new(setup, &link.wire);
        link.server = Some(Rc::new(RefCell::new(server)));
        link
    }

    /// A link to nobody: the test writes what comes.
    pub fn silent() -> Self {
        Self {
            wire: Rc::default(),
            server: None,
            faults: Rc::new(RefCell::new(Faults {
                chunk: usize::MAX,
                stutter: false,
                turn: false,
                blocked: false,
                mangle: None,
            })),
        }
    }

    /// A link from which exactly this comes, whatever is said.
    pub fn saying(octets: &[u8]) -> Self {
        let link = Self::silent();
        link.inject(octets);
        link
    }

    pub fn slow(self, chunk: usize, stutter: bool) -> Self {
        self.faults.borrow_mut().chunk = chunk;
        self.faults.borrow_mut().stutter = stutter;
        self
    }

    pub fn mangle(self, change: impl FnMut(&mut Vec<u8>) + 'static) -> Self {
        self.faults.borrow_mut().mangle = Some(Box::new(change));
        self
    }

    pub fn block(&self, blocked: bool) {
        self.faults.borrow_mut().blocked = blocked;
    }

    pub fn server(&self) -> RefMut<'_, Server> {
        self.server.as_ref().unwrap().borrow_mut()
    }

    /// Puts octets onto the wire to the client.
    pub fn inject(&self, octets: &[u8]) {
        self.wire.borrow_mut().down.extend(octets);
    }

    pub fn hang_up(&self) {
        self.wire.borrow_mut().server_gone = true;
    }

    /// All octets that wait for the client.
    pub fn take_down(&self) -> Vec<u8> {
        self.step();
        self.wire.borrow_mut().down.drain(..).collect()
    }

    pub fn step(&self) {
        let Some(server) = &self.server else { return };
        let before = self.wire.borrow().down.len();
        server.borrow_mut().step();
        let mut wire = self.wire.borrow_mut();
        if let Some(mangle) = &mut self.faults.borrow_mut().mangle {
            let mut new: Vec<u8> = wire.down.drain(before..).collect();
            if !new.is_empty() {
                mangle(&mut new);
            }
            wire.down.extend(new);
        }
    }

    fn not_now(&self) -> bool {
        let mut faults = self.faults.borrow_mut();
        faults.turn = !faults.turn;
        faults.stutter && faults.turn
    }
}

impl StreamTransport for Link {
    fn send(&mut self, data: &[u8]) -> Poll<Result<usize, TransportError>> {
        if self.not_now() || self.faults.borrow().blocked {
            return Poll::Pending;
        }
        let n = data.len().min(self.faults.borrow().chunk);
        self.wire.borrow_mut().up.extend(&data[..n]);
        Poll::Ready(Ok(n))
    }

    fn recv(&mut self, buf: &mut [u8]) -> Poll<Result<usize, TransportError>> {
        if self.not_now() {
            return Poll::Pending;
        }
        self.step();
        let mut wire = self.wire.borrow_mut();
        let n = buf.len().min(self.faults.borrow().chunk);
        match wire.down.read(&mut buf[..n]).unwrap() {
            0 if wire.server_gone => Poll::Ready(Err(TransportError::Closed)),
            0 => Poll::Pending,
            n => Poll::Ready(Ok(n)),
        }
    }
}

/// A host whose time passes only while it idles, one millisecond each time.
#[derive(Default)]
pub struct Clock(pub u64);

impl Host for Clock {
    fn now_ms(&mut self) -> u64 {
        self.0
    }

    fn idle(&mut self) {
        self.0 += 1;
    }
}

/// Polls as a program with a loop does; gives up after many turns.
pub fn wait<V>(mut poll: impl FnMut() -> Poll<V>) -> V {
    for _ in 0..1_000_000 {
        if let Poll::Ready(value) = poll() {
            return value;
        }
    }
    panic!("pending for ever")
}

pub fn send_all(session: &mut impl Session, mut data: &[u8]) -> Result<(), SessionError> {
    while !data.is_empty() {
        let n = wait(|| session.send(data))?;
        assert!(n >= 1);
        data = &data[n..];
    }
    wait(|| session.flush())
}

pub fn recv_exact(session: &mut impl Session, len: usize) -> Result<Vec<u8>, SessionError> {
    let mut all = vec![0; len];
    let mut have = 0;
    while have < len {
        have += wait(|| session.recv(&mut all[have..]))?;
    }
    Ok(all)
}

/// The lengths of the records in a stream of whole ones, without their headers.
pub fn record_lengths(mut stream: &[u8]) -> Vec<usize> {
    let mut lengths = Vec::new();
    while let [_, _, _, l1, l2, rest @ ..] = stream {
        let length = usize::from(u16::from_be_bytes([*l1, *l2]));
        lengths.push(length);
        stream = &rest[length..];
    }
    lengths
}

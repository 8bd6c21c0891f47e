//! The same network without sockets, threads and a clock: everything happens within the calls.
//!
//! AUSF, AAnF, TLS and server are those of [`TestNet`], whose methods it has. The time moves when
//! it is [put forward](TestNet::advance), and hardly otherwise. For tests that run thousands of
//! exchanges in seconds.

use std::collections::{BTreeMap, HashMap, VecDeque};
use std::io::{self, Read, Write};
use std::net::SocketAddr;
use std::ops::Deref;
use std::time::Duration;

use crate::coap::Code;
use crate::config::Config;
use crate::event::{Closing, EventKind};
use crate::faults::spend;
use crate::hub::{Out, Task};
use crate::net::Limits;
use crate::net::conn::Conn;
use crate::secure::TlsServer;
use crate::server::{Outcome, PeerId};
use crate::testnet::TestNet;

/// A network in memory.
pub struct MemoryNet {
    control: TestNet,
    tls: TlsServer,
    conns: HashMap<PeerId, Conn<Pipe>>,
    /// What connections that are over had written.
    left: HashMap<PeerId, VecDeque<u8>>,
    next_peer: u64,
    /// What is to be done later; the number keeps tasks of one instant in order.
    timers: BTreeMap<(u64, u64), Out>,
    next_timer: u64,
}

/// A connection, seen from the client.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Line(PeerId);

/// Numbers below are not peers.
const FIRST_PEER: u64 = 16;

impl MemoryNet {
    /// A network. The addresses in the configuration do not count.
    pub fn new(config: Config) -> io::Result<Self> {
        let (control, tls) = TestNet::assemble(config, None)?;
        let mut network = Self {
            control,
            tls,
            conns: HashMap::new(),
            left: HashMap::new(),
            next_peer: FIRST_PEER,
            timers: BTreeMap::new(),
            next_timer: 0,
        };
        network.work();
        Ok(network)
    }

    /// Connects: under TLS, or to bare CoAP. `None`: refused by a fault.
    pub fn dial(&mut self, secured: bool) -> Option<Line> {
        self.work();
        let peer = PeerId(self.next_peer);
        self.next_peer += 1;
        let shared = self.control.shared().clone();
        let from = SocketAddr::from(([127, 0, 0, 1], 0));
        let log = &shared.log;
        log.push(Some(peer), EventKind::Connected { from, secured });
        if spend(&mut shared.faults().refuse_connections) {
            return None;
        }
        let config = self.control.config();
        let limits = Limits {
            connections: config.max_connections,
            handshake: config.handshake_deadline,
            max_message: config.server.max_message,
        };
        let tls = secured.then_some(&self.tls);
        let conn = Conn::new(shared, peer, Pipe::default(), tls, limits).ok()?;
        self.conns.insert(peer, conn);
        self.with_conn(peer, Conn::greet);
        self.work();
        Some(Line(peer))
    }

    /// Octets of the client. `false`: the server has ended the connection.
    pub fn send(&mut self, line: Line, octets: &[u8]) -> bool {
        let there = self.conns.contains_key(&line.0);
        self.with_conn(line.0, |conn| {
            conn.socket().input.extend(octets);
            conn.ready();
        });
        self.work();
        there
    }

    /// Octets of the server. `None`: it has ended the connection, and all it said was taken.
    pub fn recv(&mut self, line: Line, buf: &mut [u8]) -> Option<usize> {
        self.work();
        if let Some(conn) = self.conns.get_mut(&line.0) {
            return conn.socket().output.read(buf).ok();
        }
        match self.left.get_mut(&line.0)?.read(buf).ok()? {
            0 if !buf.is_empty() => None,
            n => Some(n),
        }
    }

    /// The client has gone.
    pub fn hang_up(&mut self, line: Line) {
        self.with_conn(line.0, |conn| {
            conn.socket().ended = true;
            conn.ready();
        });
        self.left.remove(&line.0);
        self.work();
    }

    /// Milliseconds since the network began.
    pub fn now_ms(&self) -> u64 {
        self.control.shared().log.now_ms()
    }

    /// When something happens by itself, on the clock of [`now_ms`](Self::now_ms).
    pub fn next_due_ms(&self) -> Option<u64> {
        let idle = self.control.shared().hub().idle_for();
        let idle = idle.map(|idle| self.now_ms() + millis(idle));
        let timer = self.timers.first_key_value().map(|((at, _), _)| *at);
        idle.into_iter().chain(timer).min()
    }

    /// Does what is due and what the hub asks for, until there is nothing more.
    pub fn work(&mut self) {
        let now = self.now_ms();
        self.control.shared().hub().tick();
        while let Some(entry) = self.timers.first_entry().filter(|e| e.key().0 <= now) {
            let out = entry.remove();
            self.carry_out(out);
        }
        loop {
            let tasks = std::mem::take(&mut self.control.shared().hub().tasks);
            if tasks.is_empty() {
                return;
            }
            for Task { after, out } in tasks {
                match after {
                    None => self.carry_out(out),
                    Some(after) => {
                        let at = now + millis(after);
                        self.timers.insert((at, self.next_timer), out);
                        self.next_timer += 1;
                    }
                }
            }
        }
    }

    fn carry_out(&mut self, out: Out) {
        if let Out::Settle { to, delivery } = out {
            let outcome = Outcome::Answered(Code::CHANGED);
            return self.control.shared().hub().settle(to, delivery, outcome);
        }
        if out == Out::CutAll {
            self.timers.clear();
        }
        let peers: Vec<PeerId> = match out.to() {
            Some(peer) => vec![peer],
            None => self.conns.keys().copied().collect(),
        };
        for peer in peers {
            self.with_conn(peer, |conn| conn.carry_out(&out));
        }
    }

    /// Lets one connection work, and takes it away when it is over.
    fn with_conn(&mut self, peer: PeerId, work: impl FnOnce(&mut Conn<Pipe>)) {
        let Some(conn) = self.conns.get_mut(&peer) else {
            return;
        };
        work(conn);
        if conn.is_over()
            && let Some(mut conn) = self.conns.remove(&peer)
            && !conn.socket().ended
        {
            let written = std::mem::take(&mut conn.socket().output);
            self.left.insert(peer, written);
        }
    }
}

impl Deref for MemoryNet {
    type Target = TestNet;

    fn deref(&self) -> &TestNet {
        &self.control
    }
}

impl Drop for MemoryNet {
    fn drop(&mut self) {
        for conn in self.conns.values_mut() {
            conn.end(Closing::Cut);
        }
    }
}

/// A socket of which both ends are here.
#[derive(Debug, Default)]
struct Pipe {
    input: VecDeque<u8>,
    output: VecDeque<u8>,
    /// The client has gone.
    ended: bool,
}

impl Read for Pipe {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        if self.input.is_empty() && !self.ended {
            return Err(io::ErrorKind::WouldBlock.into());
        }
        self.input.read(buf)
    }
}

impl Write for Pipe {
    fn write(&mut self, buf: &[u8]) -> io::Result<usize> {
        if self.ended {
            return Err(io::ErrorKind::BrokenPipe.into());
        }
        self.output.extend(buf);
        Ok(buf.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

fn millis(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX / 4)
}

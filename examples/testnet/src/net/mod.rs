//! Sockets: one thread that waits for all of them, and a timer for what must come late.

pub mod conn;
mod udp;
mod web;

use std::collections::{BTreeMap, HashMap};
use std::io;
use std::net::{Shutdown, SocketAddr};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use mio::net::{TcpListener, TcpStream};
use mio::{Events, Interest, Poll, Token, Waker};

use crate::coap::Code;
use crate::config::Config;
use crate::event::{Closing, EventKind, Refusal};
use crate::faults::{Faults, spend};
use crate::hub::{Hub, Out, Task};
use crate::log::Log;
use crate::secure::{KeyService, TlsServer};
use crate::server::{Outcome, PeerId};
use conn::Conn;
use udp::{Udp, UdpSetup};
use web::Web;

const WAKER: Token = Token(0);
const TLS: Token = Token(1);
const PLAIN: Token = Token(2);
const UDP: Token = Token(3);
const WEB: Token = Token(4);
const DTLS: Token = Token(5);
/// Tokens from here on are connections, and the numbers of their peers.
const FIRST_PEER: usize = 16;

/// What the thread shares with the outside.
#[derive(Clone)]
pub struct Shared {
    pub hub: Arc<Mutex<Hub>>,
    pub faults: Arc<Mutex<Faults>>,
    pub log: Log,
    /// Interrupts the poll of the sockets; there is none in memory.
    pub waker: Option<Arc<Waker>>,
    pub stop: Arc<AtomicBool>,
}

/// Limits of the sockets.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    pub connections: usize,
    pub handshake: Duration,
    pub max_message: usize,
}

/// The loop and what only it owns.
pub struct Net {
    shared: Shared,
    poll: Poll,
    tls_listener: TcpListener,
    plain_listener: Option<TcpListener>,
    /// Bare, and in DTLS.
    udp: Vec<Udp>,
    web: Option<Web>,
    tls: TlsServer,
    limits: Limits,
    conns: HashMap<PeerId, Conn>,
    next_peer: usize,
    /// What is to be done later; the number keeps tasks of one instant in order.
    timers: BTreeMap<(Instant, u64), Out>,
    next_timer: u64,
}

impl Shared {
    pub fn hub(&self) -> MutexGuard<'_, Hub> {
        self.hub.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub fn faults(&self) -> MutexGuard<'_, Faults> {
        self.faults.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The poll of a network, and the waker that interrupts it.
pub fn poll() -> io::Result<(Poll, Arc<Waker>)> {
    let poll = Poll::new()?;
    let waker = Waker::new(poll.registry(), WAKER)?;
    Ok((poll, Arc::new(waker)))
}

impl Net {
    /// `keys` are for DTLS.
    pub fn bind(
        shared: Shared,
        poll: Poll,
        tls: TlsServer,
        keys: KeyService,
        config: &Config,
    ) -> io::Result<Self> {
        let limits = Limits {
            connections: config.max_connections,
            handshake: config.handshake_deadline,
            max_message: config.server.max_message,
        };
        let mut tls_listener = TcpListener::bind(config.listen)?;
        poll.registry()
            .register(&mut tls_listener, TLS, Interest::READABLE)?;
        let mut plain_listener = config.plain.map(TcpListener::bind).transpose()?;
        if let Some(listener) = &mut plain_listener {
            poll.registry()
                .register(listener, PLAIN, Interest::READABLE)?;
        }
        let mut udp = Vec::new();
        let mut bind = |address, security, token| {
            let setup = UdpSetup {
                settings: config.datagrams.clone(),
                max_peers: limits.connections,
                handshake: limits.handshake,
                security,
            };
            udp.push(Udp::bind(
                shared.clone(),
                address,
                setup,
                token,
                poll.registry(),
            )?);
            io::Result::Ok(())
        };
        if let Some(address) = config.udp {
            bind(address, None, UDP)?;
        }
        if let Some(dtls) = &config.dtls {
            bind(dtls.listen, Some((dtls.security.clone(), keys)), DTLS)?;
        }
        let web = config.http.map(|address| {
            let most = limits.connections;
            Web::bind(shared.clone(), address, most, WEB, poll.registry())
        });
        Ok(Self {
            shared,
            poll,
            tls_listener,
            plain_listener,
            udp,
            web: web.transpose()?,
            tls,
            limits,
            conns: HashMap::new(),
            next_peer: FIRST_PEER,
            timers: BTreeMap::new(),
            next_timer: 0,
        })
    }

    pub fn addr(&self) -> io::Result<SocketAddr> {
        self.tls_listener.local_addr()
    }

    pub fn plain_addr(&self) -> Option<SocketAddr> {
        self.plain_listener
            .as_ref()
            .and_then(|listener| listener.local_addr().ok())
    }

    /// Where CoAP over UDP listens, bare or in DTLS.
    pub fn udp_addr(&self, secured: bool) -> Option<SocketAddr> {
        let mut sockets = self.udp.iter();
        sockets
            .find(|udp| udp.is_secured() == secured)
            .and_then(Udp::address)
    }

    pub fn web_addr(&self) -> Option<SocketAddr> {
        self.web.as_ref().and_then(Web::address)
    }

    /// Runs until it is told to stop.
    pub fn run(mut self) {
        let mut events = Events::with_capacity(256);
        while !self.shared.stop.load(Ordering::SeqCst) {
            let timeout = self
                .next_deadline()
                .map(|at| at.saturating_duration_since(Instant::now()));
            let idle = self.shared.hub().idle_for();
            let udp = self.udp.iter().filter_map(Udp::next_due).min();
            let udp =
                udp.map(|at| Duration::from_millis(at.saturating_sub(self.shared.log.now_ms())));
            let timeout = timeout.into_iter().chain(idle).chain(udp).min();
            match self.poll.poll(&mut events, timeout) {
                Err(error) if error.kind() != io::ErrorKind::Interrupted => return,
                _ => {}
            }
            for event in &events {
                match event.token() {
                    WAKER => {}
                    TLS => self.accept(true),
                    PLAIN => self.accept(false),
                    token @ (UDP | DTLS) => {
                        self.work();
                        for udp in self.udp.iter_mut().filter(|udp| udp.token() == token) {
                            udp.ready(&mut self.next_peer);
                        }
                    }
                    WEB => {
                        if let Some(web) = &mut self.web {
                            web.accept(&mut self.next_peer, self.poll.registry());
                        }
                    }
                    Token(n) => {
                        let web = self.web.as_mut();
                        if !web.is_some_and(|web| web.ready(n, self.poll.registry())) {
                            self.with_conn(PeerId(n as u64), Conn::ready);
                        }
                    }
                }
            }
            self.expire();
            self.work();
        }
    }

    fn accept(&mut self, secured: bool) {
        loop {
            let listener = if secured {
                Some(&self.tls_listener)
            } else {
                self.plain_listener.as_ref()
            };
            let Some(Ok((socket, from))) = listener.map(TcpListener::accept) else {
                return;
            };
            // What was asked for before this peer came is not for it: a cut of all, above all.
            self.work();
            let peer = PeerId(self.next_peer as u64);
            self.next_peer += 1;
            self.shared
                .log
                .push(Some(peer), EventKind::Connected { from, secured });
            if spend(&mut self.shared.faults().refuse_connections) {
                self.shared.log.push(
                    Some(peer),
                    EventKind::Fault {
                        what: "connection refused".to_owned(),
                    },
                );
                continue;
            }
            if self.conns.len() >= self.limits.connections {
                let what = "too many connections".to_owned();
                self.shared.log.push(
                    Some(peer),
                    EventKind::SessionRefused {
                        ue: peer.to_string(),
                        reason: Refusal::Other(what),
                    },
                );
                continue;
            }
            let tls = secured.then_some(&self.tls);
            let conn = self
                .register(socket, peer)
                .and_then(|socket| Conn::new(self.shared.clone(), peer, socket, tls, self.limits));
            if let Ok(conn) = conn {
                self.conns.insert(peer, conn);
                self.with_conn(peer, Conn::greet);
            }
        }
    }

    fn register(&self, mut socket: TcpStream, peer: PeerId) -> io::Result<TcpStream> {
        // Small messages must not wait for each other.
        socket.set_nodelay(true)?;
        let (token, both) = (
            Token(peer.0 as usize),
            Interest::READABLE | Interest::WRITABLE,
        );
        self.poll.registry().register(&mut socket, token, both)?;
        Ok(socket)
    }

    /// Does what the hub asks for, until it asks for nothing more.
    fn work(&mut self) {
        loop {
            let tasks = std::mem::take(&mut self.shared.hub().tasks);
            if tasks.is_empty() {
                return;
            }
            for Task { after, out } in tasks {
                match after {
                    None => self.carry_out(out),
                    Some(after) => {
                        self.timers
                            .insert((Instant::now() + after, self.next_timer), out);
                        self.next_timer += 1;
                    }
                }
            }
        }
    }

    fn carry_out(&mut self, out: Out) {
        let mut sockets = self.udp.iter_mut();
        let Some(out) = sockets.try_fold(out, |out, udp| udp.carry_out(out)) else {
            return;
        };
        if let Out::Settle { to, delivery } = out {
            let outcome = Outcome::Answered(Code::CHANGED);
            return self.shared.hub().settle(to, delivery, outcome);
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

    /// What is due at the server, late tasks whose time has come, and handshakes whose time is over.
    fn expire(&mut self) {
        self.shared.hub().tick();
        for udp in &mut self.udp {
            udp.tick(&mut self.next_peer);
        }
        let now = Instant::now();
        while let Some(entry) = self.timers.first_entry() {
            if entry.key().0 > now {
                break;
            }
            let out = entry.remove();
            self.carry_out(out);
        }
        let late: Vec<PeerId> = self
            .conns
            .values()
            .filter(|c| c.deadline.is_some_and(|at| at <= now))
            .map(|c| c.peer)
            .collect();
        for peer in late {
            self.with_conn(peer, |conn| {
                conn.end(Closing::Error("no handshake in time".to_owned()))
            });
        }
    }

    fn next_deadline(&self) -> Option<Instant> {
        let timer = self.timers.first_key_value().map(|((at, _), _)| *at);
        self.conns
            .values()
            .filter_map(|c| c.deadline)
            .chain(timer)
            .min()
    }

    /// Lets one connection work, and takes it away when it is over.
    fn with_conn(&mut self, peer: PeerId, work: impl FnOnce(&mut Conn)) {
        let Some(conn) = self.conns.get_mut(&peer) else {
            return;
        };
        work(conn);
        if conn.is_over()
            && let Some(mut conn) = self.conns.remove(&peer)
        {
            // Both fail only when the peer is gone already.
            let _ = self.poll.registry().deregister(conn.socket());
            let _ = conn.socket().shutdown(Shutdown::Both);
        }
    }
}

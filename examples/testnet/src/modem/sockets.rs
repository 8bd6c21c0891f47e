//! The modem's own IP stack: sockets of the host, or of a network that a test has in its hands.

use std::collections::{BTreeMap, VecDeque};
use std::io::{self, Read, Write};
use std::net::{Ipv4Addr, Shutdown, SocketAddr, TcpStream, ToSocketAddrs, UdpSocket};
use std::sync::Arc;
use std::thread;

use super::{Happening, Network, Queue};

/// Where sockets go.
pub enum Road {
    /// Over the host's sockets: to this address whatever name is asked for, or to the name.
    Host(Queue, Option<SocketAddr>),
    /// Into a test's hands.
    Desk(Box<dyn Network>),
}

/// All sockets, by the modem's numbers.
pub struct Sockets {
    road: Road,
    most: usize,
    open: BTreeMap<u8, Socket>,
    /// Sockets are told apart over all times, numbers are used again.
    next: u64,
}

struct Socket {
    serial: u64,
    wire: Option<Wire>,
    is_udp: bool,
    arrived: VecDeque<Vec<u8>>,
    is_gone: bool,
}

enum Wire {
    Tcp(TcpStream),
    Udp(Arc<UdpSocket>),
    Desk,
}

impl Sockets {
    /// Not more than `most` are open at the same time.
    pub fn new(road: Road, most: usize) -> Self {
        Self {
            road,
            most,
            open: BTreeMap::new(),
            next: 0,
        }
    }

    /// A socket that is not connected, under the lowest free number, if there is one.
    pub fn create(&mut self, is_udp: bool) -> Option<u8> {
        let number = (0..=u8::MAX).find(|n| !self.open.contains_key(n));
        let number = number.filter(|n| usize::from(*n) < self.most)?;
        self.create_as(number, is_udp);
        Some(number)
    }

    pub fn create_as(&mut self, number: u8, is_udp: bool) {
        self.close(number);
        self.next += 1;
        let socket = Socket {
            serial: self.next,
            wire: None,
            is_udp,
            arrived: VecDeque::new(),
            is_gone: false,
        };
        self.open.insert(number, socket);
    }

    /// Connects it, and has its octets come to the queue.
    pub fn connect(&mut self, number: u8, host: &str, port: u16) -> io::Result<()> {
        let socket = self.open.get_mut(&number).ok_or(io::ErrorKind::NotFound)?;
        let serial = socket.serial;
        let (queue, route) = match &mut self.road {
            Road::Host(queue, route) => (queue.clone(), *route),
            Road::Desk(network) => {
                network.connect(serial, socket.is_udp)?;
                socket.wire = Some(Wire::Desk);
                return Ok(());
            }
        };
        let to = match route {
            Some(to) => to,
            None => {
                let mut all = (host, port).to_socket_addrs()?;
                all.next().ok_or(io::ErrorKind::NotFound)?
            }
        };
        if socket.is_udp {
            let udp = Arc::new(UdpSocket::bind((Ipv4Addr::UNSPECIFIED, 0))?);
            udp.connect(to)?;
            socket.wire = Some(Wire::Udp(udp.clone()));
            thread::spawn(move || {
                let mut buf = [0; 2048];
                loop {
                    match udp.recv(&mut buf) {
                        // An empty datagram is how `close` wakes this thread.
                        Ok(0) => return,
                        Ok(n) => {
                            let arrived = Happening::Arrived(serial, buf[..n].to_vec());
                            if queue.send(arrived).is_err() {
                                return;
                            }
                        }
                        // Nobody listened a while ago.
                        Err(error) if error.kind() == io::ErrorKind::ConnectionRefused => {}
                        Err(_) => return,
                    }
                }
            });
        } else {
            let mut tcp = TcpStream::connect(to)?;
            tcp.set_nodelay(true)?;
            socket.wire = Some(Wire::Tcp(tcp.try_clone()?));
            thread::spawn(move || {
                let mut buf = [0; 1500];
                while let Ok(n @ 1..) = tcp.read(&mut buf) {
                    if queue
                        .send(Happening::Arrived(serial, buf[..n].to_vec()))
                        .is_err()
                    {
                        return;
                    }
                }
                let _ = queue.send(Happening::Gone(serial));
            });
        }
        Ok(())
    }

    pub fn is_open(&self, number: u8) -> bool {
        self.open.contains_key(&number)
    }

    /// Sends; whether it could.
    pub fn send(&mut self, number: u8, data: &[u8]) -> bool {
        let Some(socket) = self.open.get_mut(&number) else {
            return false;
        };
        match (&mut socket.wire, &mut self.road) {
            (Some(Wire::Tcp(tcp)), _) => tcp.write_all(data).is_ok(),
            (Some(Wire::Udp(udp)), _) => udp.send(data).is_ok(),
            (Some(Wire::Desk), Road::Desk(network)) => network.send(socket.serial, data),
            _ => false,
        }
    }

    /// Up to so many octets of what has arrived: of one datagram, or of a stream.
    pub fn receive(&mut self, number: u8, most: usize) -> Option<Vec<u8>> {
        let socket = self.open.get_mut(&number)?;
        let Some(mut first) = socket.arrived.pop_front() else {
            return Some(Vec::new());
        };
        let rest = first.split_off(first.len().min(most));
        if !rest.is_empty() && !socket.is_udp {
            socket.arrived.push_front(rest);
        }
        Some(first)
    }

    /// Octets that wait in a socket, and whether its peer has gone.
    pub fn state(&self, number: u8) -> (usize, bool) {
        self.open.get(&number).map_or((0, true), |socket| {
            (socket.arrived.iter().map(Vec::len).sum(), socket.is_gone)
        })
    }

    /// Keeps what arrived. The socket's number, and whether nothing waited before.
    pub fn arrived(&mut self, serial: u64, octets: Vec<u8>) -> Option<(u8, bool)> {
        let (number, socket) = self.by_serial(serial)?;
        let was_empty = socket.arrived.is_empty();
        socket.arrived.push_back(octets);
        Some((number, was_empty))
    }

    pub fn gone(&mut self, serial: u64) -> Option<u8> {
        let (number, socket) = self.by_serial(serial)?;
        socket.is_gone = true;
        Some(number)
    }

    /// Closes it; whether it was there.
    pub fn close(&mut self, number: u8) -> bool {
        let Some(socket) = self.open.remove(&number) else {
            return false;
        };
        match socket.wire {
            Some(Wire::Tcp(tcp)) => drop(tcp.shutdown(Shutdown::Both)),
            Some(Wire::Udp(udp)) => {
                // Its thread waits in a read: a datagram of its own ends it.
                if let Ok(mut own) = udp.local_addr() {
                    own.set_ip(Ipv4Addr::LOCALHOST.into());
                    let _ = udp.connect(own).and_then(|()| udp.send(&[]));
                }
            }
            Some(Wire::Desk) => {
                if let Road::Desk(network) = &mut self.road {
                    network.close(socket.serial);
                }
            }
            None => {}
        }
        true
    }

    pub fn close_all(&mut self) {
        let all: Vec<u8> = self.open.keys().copied().collect();
        for number in all {
            self.close(number);
        }
    }

    fn by_serial(&mut self, serial: u64) -> Option<(u8, &mut Socket)> {
        let mut sockets = self.open.iter_mut();
        let (number, socket) = sockets.find(|(_, socket)| socket.serial == serial)?;
        Some((*number, socket))
    }
}

impl Drop for Sockets {
    fn drop(&mut self) {
        self.close_all();
    }
}

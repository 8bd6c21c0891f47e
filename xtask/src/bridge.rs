//! The "modem" of the emulated board: carries octets between its UART and the server, over TCP or in datagrams.
//!
//! On the UART a datagram goes behind its length in two octets, most significant first, both ways. That stands for
//! the socket commands of a modem, which tell the length, too. Nothing is lost on the UART.

use anyhow::{Context, Result};
use std::io::{self, ErrorKind, Read, Write};
use std::net::{Ipv4Addr, Shutdown, SocketAddr, TcpStream, UdpSocket};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::thread::JoinHandle;
use std::time::Duration;

/// Where the modem connects to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Server {
    Stream(SocketAddr),
    Datagrams(SocketAddr),
}

/// Carries octets until one end closes or this is dropped.
pub struct Bridge {
    ends: Vec<TcpStream>,
    over: Arc<AtomicBool>,
    carriers: Vec<JoinHandle<()>>,
    counts: [Arc<AtomicU64>; 2],
}

/// How often somebody who waits for a datagram looks whether it is over.
const LOOK: Duration = Duration::from_millis(50);

/// What a socket says when it waited in vain.
const NOTHING: [ErrorKind; 4] = [
    ErrorKind::WouldBlock,
    ErrorKind::TimedOut,
    ErrorKind::Interrupted,
    ErrorKind::ConnectionRefused,
];

impl Bridge {
    /// Connects to the server and begins to carry.
    pub fn start(uart: TcpStream, server: Server) -> Result<Self> {
        let counts = [Arc::new(AtomicU64::new(0)), Arc::new(AtomicU64::new(0))];
        let [up, down] = counts.clone();
        let over = Arc::new(AtomicBool::new(false));
        let (mut ends, from_uart) = (vec![uart.try_clone()?], uart.try_clone()?);
        let carriers = match server {
            Server::Stream(address) => {
                let network = TcpStream::connect(address)
                    .with_context(|| format!("cannot connect to {address}"))?;
                network.set_nodelay(true)?;
                ends.push(network.try_clone()?);
                let from_network = network.try_clone()?;
                vec![
                    carry(move || stream(from_uart, network, &up)),
                    carry(move || stream(from_network, uart, &down)),
                ]
            }
            Server::Datagrams(address) => {
                let socket = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0))?;
                socket.connect(address)?;
                socket.set_read_timeout(Some(LOOK))?;
                let (from_network, over) = (socket.try_clone()?, Arc::clone(&over));
                vec![
                    carry(move || datagrams_up(from_uart, &socket, &up)),
                    carry(move || datagrams_down(&from_network, uart, &down, &over)),
                ]
            }
        };
        Ok(Self {
            ends,
            over,
            carriers,
            counts,
        })
    }

    /// Octets carried so far, lengths of datagrams not counted: to the server, to the board.
    pub fn octets(&self) -> (u64, u64) {
        let [up, down] = &self.counts;
        (up.load(Ordering::Relaxed), down.load(Ordering::Relaxed))
    }
}

impl Drop for Bridge {
    fn drop(&mut self) {
        self.over.store(true, Ordering::SeqCst);
        for end in &self.ends {
            let _ = end.shutdown(Shutdown::Both); // closed already is fine
        }
        for carrier in self.carriers.drain(..) {
            let _ = carrier.join();
        }
    }
}

/// An error is an end like any other.
fn carry(work: impl FnOnce() -> io::Result<()> + Send + 'static) -> JoinHandle<()> {
    std::thread::spawn(move || {
        let _ = work();
    })
}

fn stream(mut from: TcpStream, mut to: TcpStream, count: &AtomicU64) -> io::Result<()> {
    let mut buf = [0; 2048];
    while let Ok(n @ 1..) = from.read(&mut buf) {
        if to.write_all(&buf[..n]).is_err() {
            break;
        }
        count.fetch_add(n as u64, Ordering::Relaxed);
    }
    to.shutdown(Shutdown::Write)
}

fn datagrams_up(mut uart: TcpStream, to: &UdpSocket, count: &AtomicU64) -> io::Result<()> {
    loop {
        let mut length = [0; 2];
        uart.read_exact(&mut length)?;
        let mut datagram = vec![0; u16::from_be_bytes(length).into()];
        uart.read_exact(&mut datagram)?;
        // What nobody takes is lost, as a datagram may be.
        let _ = to.send(&datagram);
        count.fetch_add(datagram.len() as u64, Ordering::Relaxed);
    }
}

fn datagrams_down(
    from: &UdpSocket,
    mut uart: TcpStream,
    count: &AtomicU64,
    over: &AtomicBool,
) -> io::Result<()> {
    let mut buf = [0; 2 + 4096];
    while !over.load(Ordering::SeqCst) {
        let (length, datagram) = buf.split_at_mut(2);
        match from.recv(datagram) {
            Ok(n) => {
                length.copy_from_slice(&(n as u16).to_be_bytes());
                // In one piece, so that it is one burst on the line.
                uart.write_all(&buf[..2 + n])?;
                count.fetch_add(n as u64, Ordering::Relaxed);
            }
            // Nothing yet, or word that an earlier datagram found nobody.
            Err(error) if NOTHING.contains(&error.kind()) => {}
            Err(error) => return Err(error),
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::net::TcpListener;

    #[test]
    fn a_datagram_goes_behind_its_length() {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let mut board = TcpStream::connect(listener.local_addr().unwrap()).unwrap();
        let server = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let patience = Some(Duration::from_secs(30));
        server.set_read_timeout(patience).unwrap();
        board.set_read_timeout(patience).unwrap();
        let uart = listener.accept().unwrap().0;
        let address = server.local_addr().unwrap();
        let bridge = Bridge::start(uart, Server::Datagrams(address)).unwrap();

        board.write_all(&[0, 3, 7, 8, 9, 0, 1, 5]).unwrap();
        let mut buf = [0; 8];
        let (n, modem) = server.recv_from(&mut buf).unwrap();
        assert_eq!(buf[..n], [7, 8, 9]);
        assert_eq!(server.recv_from(&mut buf).unwrap(), (1, modem));

        server.send_to(&[1, 2], modem).unwrap();
        board.read_exact(&mut buf[..4]).unwrap();
        assert_eq!(buf[..4], [0, 2, 1, 2]);
        assert_eq!(bridge.octets().0, 4);
    }
}

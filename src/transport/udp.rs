use super::{DatagramTransport, TransportError};
use core::task::Poll;
use std::io::{self, ErrorKind};
use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr, ToSocketAddrs, UdpSocket};

/// UDP on a computer, non-blocking, with one peer.
///
/// ```no_run
/// # fn main() -> std::io::Result<()> {
/// use msgin5g::transport::UdpTransport;
///
/// let transport = UdpTransport::connect("msgin5g.example.net:65401")?;
/// # drop(transport);
/// # Ok(())
/// # }
/// ```
#[derive(Debug)]
pub struct UdpTransport {
    socket: UdpSocket,
}

impl UdpTransport {
    /// A socket of its own for this peer. The first address that works is taken.
    ///
    /// # Errors
    /// Those of [`UdpSocket::bind`], [`UdpSocket::connect`] and of the switch to non-blocking mode.
    pub fn connect(peer: impl ToSocketAddrs) -> io::Result<Self> {
        let mut last = io::Error::from(ErrorKind::AddrNotAvailable);
        for peer in peer.to_socket_addrs()? {
            match open(peer) {
                Ok(socket) => return Self::from_socket(socket),
                Err(error) => last = error,
            }
        }
        Err(last)
    }

    /// Takes over a connected socket and makes it non-blocking.
    ///
    /// # Errors
    /// Those of [`UdpSocket::set_nonblocking`].
    pub fn from_socket(socket: UdpSocket) -> io::Result<Self> {
        socket.set_nonblocking(true)?;
        Ok(Self { socket })
    }

    /// The socket underneath, for its addresses and options.
    #[must_use]
    pub fn get_ref(&self) -> &UdpSocket {
        &self.socket
    }
}

impl DatagramTransport for UdpTransport {
    fn send(&mut self, datagram: &[u8]) -> Poll<Result<(), TransportError>> {
        when_ready(|| self.socket.send(datagram).map(|_| ()))
    }

    fn recv(&mut self, buf: &mut [u8]) -> Poll<Result<usize, TransportError>> {
        when_ready(|| self.socket.recv(buf))
    }
}

fn open(peer: SocketAddr) -> io::Result<UdpSocket> {
    let any: SocketAddr = match peer {
        SocketAddr::V4(_) => (Ipv4Addr::UNSPECIFIED, 0).into(),
        SocketAddr::V6(_) => (Ipv6Addr::UNSPECIFIED, 0).into(),
    };
    let socket = UdpSocket::bind(any)?;
    socket.connect(peer)?;
    Ok(socket)
}

/// Calls until it is not interrupted, and translates the outcome.
fn when_ready<T>(mut call: impl FnMut() -> io::Result<T>) -> Poll<Result<T, TransportError>> {
    loop {
        match call() {
            Ok(done) => return Poll::Ready(Ok(done)),
            Err(e) => match e.kind() {
                ErrorKind::Interrupted => {}
                // Refused: nobody listened when an earlier datagram came. That one is lost, and
                // the peer may be back by now.
                ErrorKind::WouldBlock
                | ErrorKind::ConnectionRefused
                | ErrorKind::ConnectionReset => return Poll::Pending,
                _ => {
                    let code = e.raw_os_error().unwrap_or(-1);
                    return Poll::Ready(Err(TransportError::Failed(code)));
                }
            },
        }
    }
}

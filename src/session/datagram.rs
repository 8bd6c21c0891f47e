use super::SessionError;
use core::task::Poll;

/// An open secure association: datagrams that the peer alone can read and write, each whole or lost.
///
/// Nothing here blocks. After an error the association is dead: drop it and open a new one.
pub trait DatagramSession {
    /// Offers one datagram `now` (ms). `Ready(Ok(()))`: it is taken. `Pending`: it is not, ask again.
    ///
    /// # Errors
    /// Why the association is dead. A datagram that is only lost is no error.
    fn send(&mut self, datagram: &[u8], now: u64) -> Poll<Result<(), SessionError>>;

    /// Takes one datagram into `buf`; what does not fit is cut off. `Ready(Ok(n))`: `n` octets stand
    /// at the start of `buf`. `Pending`: nothing there now.
    ///
    /// # Errors
    /// Why the association is dead.
    fn recv(&mut self, buf: &mut [u8], now: u64) -> Poll<Result<usize, SessionError>>;

    /// The longest datagram that [`send`](Self::send) takes, in octets. No limit of its own by default.
    fn max_datagram(&self) -> usize {
        usize::MAX
    }

    /// When the association has something to do though nothing comes, in ms of the caller's clock: a
    /// handshake message goes again. Then call [`recv`](Self::recv). `None`, the default: never.
    fn next_deadline(&self) -> Option<u64> {
        None
    }

    /// Ends the association in order. `Pending`: the farewell is not out yet, call again, or drop the
    /// association if it need not be heard. By default there is nothing to say.
    ///
    /// # Errors
    /// The transport's.
    fn close(&mut self, _now: u64) -> Poll<Result<(), SessionError>> {
        Poll::Ready(Ok(()))
    }
}

impl<S: DatagramSession + ?Sized> DatagramSession for &mut S {
    fn send(&mut self, datagram: &[u8], now: u64) -> Poll<Result<(), SessionError>> {
        S::send(self, datagram, now)
    }

    fn recv(&mut self, buf: &mut [u8], now: u64) -> Poll<Result<usize, SessionError>> {
        S::recv(self, buf, now)
    }

    fn max_datagram(&self) -> usize {
        S::max_datagram(self)
    }

    fn next_deadline(&self) -> Option<u64> {
        S::next_deadline(self)
    }

    fn close(&mut self, now: u64) -> Poll<Result<(), SessionError>> {
        S::close(self, now)
    }
}

#[cfg(feature = "dtls13")]
impl<T: crate::transport::DatagramTransport, C: super::tls13::crypto::Crypto> DatagramSession
    for super::tls13::dtls::DtlsSession<'_, T, C>
{
    fn send(&mut self, datagram: &[u8], now: u64) -> Poll<Result<(), SessionError>> {
        Self::send(self, datagram, now)
    }

    fn recv(&mut self, buf: &mut [u8], now: u64) -> Poll<Result<usize, SessionError>> {
        self.recv_cut(buf, now)
    }

    fn max_datagram(&self) -> usize {
        match self.connection().max_write() {
            // Not known before it is open, and of no matter after its end.
            0 => usize::MAX,
            octets => octets,
        }
    }

    fn next_deadline(&self) -> Option<u64> {
        self.deadline()
    }

    fn close(&mut self, now: u64) -> Poll<Result<(), SessionError>> {
        Self::close(self, now)
    }
}

/// The [`DatagramSession`] trait over bare datagrams: no secrecy, no authentication.
///
/// For a bench, behind feature `insecure-plaintext`. Never use it on a network.
#[cfg(feature = "insecure-plaintext")]
#[derive(Debug)]
pub struct PlaintextDatagrams<T>(T);

#[cfg(feature = "insecure-plaintext")]
impl<T: crate::transport::DatagramTransport> PlaintextDatagrams<T> {
    /// Wraps a way for datagrams.
    pub const fn new(transport: T) -> Self {
        Self(transport)
    }
}

#[cfg(feature = "insecure-plaintext")]
impl<T: crate::transport::DatagramTransport> DatagramSession for PlaintextDatagrams<T> {
    fn send(&mut self, datagram: &[u8], _now: u64) -> Poll<Result<(), SessionError>> {
        self.0.send(datagram).map_err(SessionError::Transport)
    }

    fn recv(&mut self, buf: &mut [u8], _now: u64) -> Poll<Result<usize, SessionError>> {
        self.0.recv(buf).map_err(SessionError::Transport)
    }
}

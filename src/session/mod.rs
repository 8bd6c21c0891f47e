//! Secure streams: one trait, and the channels behind it.
//!
//! A [`Session`] is a stream that is open and protected: the peer has proved that it holds
//! K_AF. Everything above it (CoAP, messages) sees only this trait, so that the channel can be
//! exchanged.
//!
//! | channel | feature | what it is |
//! | --- | --- | --- |
//! | `tls13::TlsSession` | `tls13`, a default | TLS 1.3, external PSK, over a stream, by the crate's own core |
//! | `embedded_tls::TlsSession` | `embedded-tls` | the same by the crate embedded-tls: larger, slower, less of the RFC |
//! | `Plaintext` | `insecure-plaintext` | no protection at all, for a bench |
//!
//! No secure session can be had without a [`Psk`]: there is no constructor that does not take
//! one, and a server that does not prove the same key is refused.

mod config;
mod datagram;
mod error;
#[cfg(feature = "insecure-plaintext")]
mod plaintext;

#[cfg(feature = "embedded-tls")]
pub mod embedded_tls;
#[cfg(feature = "tls13")]
pub mod tls13;

pub use config::{Psk, TlsConfig};
pub use datagram::DatagramSession;
#[cfg(feature = "insecure-plaintext")]
pub use datagram::PlaintextDatagrams;
pub use error::{SessionError, Unsupported};
#[cfg(feature = "insecure-plaintext")]
pub use plaintext::Plaintext;

use core::future::Future;
use core::pin::Pin;
use core::task::{Context, Poll, Waker};

/// Records without data that may come in a row: more is no server, but somebody who wastes a battery.
#[cfg(any(feature = "embedded-tls", feature = "tls13"))]
const MAX_EMPTY_RECORDS: u16 = 32;

/// An open secure stream of octets. Nothing here blocks.
///
/// `Pending` means "not now, ask again": nothing was taken or given. After an error the session
/// is dead and every call returns that same error; drop it, connect the transport again and
/// open a new one.
pub trait Session {
    /// Offers octets. `Ready(Ok(n))`: the first `n` are taken (`n >= 1` for non-empty data) and
    /// will go out in order. The session may hold them until [`flush`](Self::flush) is `Ready`.
    ///
    /// # Errors
    /// Why the session is dead. Octets taken before may not have reached the peer.
    fn send(&mut self, data: &[u8]) -> Poll<Result<usize, SessionError>>;

    /// Drives out what was taken. `Ready(Ok(()))`: all of it is with the transport.
    ///
    /// # Errors
    /// Why the session is dead.
    fn flush(&mut self) -> Poll<Result<(), SessionError>>;

    /// Takes octets that the peer sent. `Ready(Ok(n))`: `n` octets stand at the start of `buf`
    /// (`n >= 1` for a non-empty `buf`).
    ///
    /// # Errors
    /// [`SessionError::Closed`] when the peer has ended the session in order, otherwise why it
    /// is dead. Everything that came before was given.
    fn recv(&mut self, buf: &mut [u8]) -> Poll<Result<usize, SessionError>>;

    /// Ends the session in order and wipes what the session owns. `Pending`: the farewell is
    /// not out yet, call again, or drop the session if it need not be heard.
    ///
    /// # Errors
    /// Why the session was dead before it could be closed.
    fn close(&mut self) -> Poll<Result<(), SessionError>>;
}

impl<S: Session + ?Sized> Session for &mut S {
    fn send(&mut self, data: &[u8]) -> Poll<Result<usize, SessionError>> {
        S::send(self, data)
    }

    fn flush(&mut self) -> Poll<Result<(), SessionError>> {
        S::flush(self)
    }

    fn recv(&mut self, buf: &mut [u8]) -> Poll<Result<usize, SessionError>> {
        S::recv(self, buf)
    }

    fn close(&mut self) -> Poll<Result<(), SessionError>> {
        S::close(self)
    }
}

/// Polls a future once, for programs that have a loop and no executor.
///
/// ```
/// use core::pin::pin;
/// use core::task::Poll;
/// use msgin5g::session::poll_once;
///
/// let mut opening = pin!(async { 7 });
/// assert_eq!(poll_once(opening.as_mut()), Poll::Ready(7));
/// ```
pub fn poll_once<F: Future>(future: Pin<&mut F>) -> Poll<F::Output> {
    future.poll(&mut Context::from_waker(Waker::noop()))
}

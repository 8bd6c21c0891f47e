//! What a port to a modem, a socket or a serial line has to provide.
//!
//! # Porting in one page
//!
//! The SDK never opens a connection itself. The port connects (AT command, socket call,
//! network stack), hands a connected octet stream to the SDK as a [`StreamTransport`], and
//! closes it when the SDK is done. Two functions are to be written:
//!
//! | function | returns | means |
//! | --- | --- | --- |
//! | [`send`](StreamTransport::send) | `Ready(Ok(n))`, `1 <= n <= data.len()` | the port has taken the first `n` octets, in order; it will deliver them |
//! | | `Pending` | nothing taken, no room now; the SDK offers the same octets again later |
//! | | `Ready(Err(e))` | the stream is dead |
//! | [`recv`](StreamTransport::recv) | `Ready(Ok(n))`, `1 <= n <= buf.len()` | `n` octets were put at the start of `buf` |
//! | | `Pending` | nothing there now |
//! | | `Ready(Err(Closed))` | the peer or the network ended the stream and every octet before that was delivered |
//! | | `Ready(Err(Failed(code)))` | the port could not; `code` is the port's own number, for logs |
//!
//! Rules:
//!
//! 1. Neither function blocks. A port over a blocking API polls it with a zero timeout.
//! 2. No octet is lost, doubled or reordered, whatever is returned. `Pending` and
//!    `Ready(Err(..))` take and give none. A UART therefore needs flow control, or a receive
//!    ring that an interrupt fills; twice the session's record size (about 1.3 kB) is enough
//!    for a server that answers requests.
//! 3. One octet at a time is fine. So is any other split: records need not arrive whole.
//! 4. After an error the stream stays dead. To go on, connect again and put the new
//!    connection in its place.
//! 5. `data` and `buf` are never empty. A port that sees an empty one returns `Ready(Ok(0))`.
//! 6. No end-of-stream by `Ok(0)`: that is `Err(Closed)` here.
//!
//! A whole port, over a receive ring filled by an interrupt and a transmit register:
//!
//! ```
//! use core::task::Poll;
//! use msgin5g::transport::{StreamTransport, TransportError};
//! # struct Uart { rx: [u8; 4], n: usize }
//! # impl Uart {
//! #     fn carrier(&self) -> bool { true }
//! #     fn tx_ready(&self) -> bool { true }
//! #     fn write(&mut self, _octet: u8) {}
//! #     fn read(&mut self) -> Option<u8> { let o = self.rx.get(self.n).copied(); self.n += 1; o }
//! # }
//!
//! impl StreamTransport for Uart {
//!     fn send(&mut self, data: &[u8]) -> Poll<Result<usize, TransportError>> {
//!         let mut taken = 0;
//!         for octet in data {
//!             if !self.tx_ready() {
//!                 break;
//!             }
//!             self.write(*octet);
//!             taken += 1;
//!         }
//!         match taken {
//!             0 if !self.carrier() => Poll::Ready(Err(TransportError::Closed)),
//!             0 if !data.is_empty() => Poll::Pending,
//!             n => Poll::Ready(Ok(n)),
//!         }
//!     }
//!
//!     fn recv(&mut self, buf: &mut [u8]) -> Poll<Result<usize, TransportError>> {
//!         let mut given = 0;
//!         for place in buf.iter_mut() {
//!             let Some(octet) = self.read() else { break };
//!             *place = octet;
//!             given += 1;
//!         }
//!         match given {
//!             0 if !self.carrier() => Poll::Ready(Err(TransportError::Closed)),
//!             0 if !buf.is_empty() => Poll::Pending,
//!             n => Poll::Ready(Ok(n)),
//!         }
//!     }
//! }
//! # let mut uart = Uart { rx: *b"abcd", n: 0 };
//! # let mut buf = [0; 8];
//! # assert_eq!(uart.recv(&mut buf), Poll::Ready(Ok(4)));
//! # assert_eq!(uart.recv(&mut buf), Poll::Pending);
//! # assert_eq!(uart.send(b"xy"), Poll::Ready(Ok(2)));
//! ```
//!
//! Then let [`conformance`] judge it, on the device: it finds what a port usually gets wrong.
//!
//! The blocking helpers also want a clock and something to do while nothing happens: [`Host`].
//! Programs that poll the SDK from their own loop do not need it.
//!
//! On a computer, feature `std`, `TcpTransport`, `UdpTransport` and `StdHost` are such a port. `Faulty` makes a
//! bad line out of a good one, to try a port or a program on.

use core::fmt;
use core::task::Poll;

#[cfg(feature = "at")]
pub mod at;
pub mod conformance;
#[cfg(feature = "std")]
mod faults;
#[cfg(feature = "embedded-io")]
mod io;
#[cfg(feature = "std")]
mod std_host;
#[cfg(feature = "std")]
mod tcp;
#[cfg(feature = "std")]
mod udp;

#[cfg(feature = "std")]
pub use faults::{Faults, Faulty};
#[cfg(feature = "embedded-io")]
pub use io::IoTransport;
#[cfg(feature = "std")]
pub use std_host::StdHost;
#[cfg(feature = "std")]
pub use tcp::TcpTransport;
#[cfg(feature = "std")]
pub use udp::UdpTransport;

/// A connected, ordered, reliable octet stream, such as a TCP connection.
///
/// Nothing here blocks. The rules are in the [module's page](self).
pub trait StreamTransport {
    /// Offers octets to the stream.
    ///
    /// `Ready(Ok(n))`: the first `n` octets are taken, `n >= 1` for a non-empty `data`.
    /// `Pending`: none is taken, try again later.
    ///
    /// # Errors
    /// [`TransportError`]: the stream is dead, nothing was taken.
    fn send(&mut self, data: &[u8]) -> Poll<Result<usize, TransportError>>;

    /// Takes octets from the stream.
    ///
    /// `Ready(Ok(n))`: `n` octets stand at the start of `buf`, `n >= 1` for a non-empty `buf`.
    /// `Pending`: nothing there now.
    ///
    /// # Errors
    /// [`TransportError`]: the stream is dead and everything received before was given.
    fn recv(&mut self, buf: &mut [u8]) -> Poll<Result<usize, TransportError>>;
}

impl<T: StreamTransport + ?Sized> StreamTransport for &mut T {
    fn send(&mut self, data: &[u8]) -> Poll<Result<usize, TransportError>> {
        T::send(self, data)
    }

    fn recv(&mut self, buf: &mut [u8]) -> Poll<Result<usize, TransportError>> {
        T::recv(self, buf)
    }
}

/// A connected way for datagrams, such as a UDP socket: each arrives whole or not at all, any
/// may be lost, doubled or overtaken by another.
///
/// Nothing here blocks.
pub trait DatagramTransport {
    /// Offers one datagram. `Ready(Ok(()))`: it is on its way. `Pending`: not taken, try again.
    ///
    /// # Errors
    /// [`TransportError`]: the way is gone for good. A datagram that is only lost is no error.
    fn send(&mut self, datagram: &[u8]) -> Poll<Result<(), TransportError>>;

    /// Takes one datagram into `buf`; what does not fit is cut off. `Ready(Ok(n))`: `n` octets
    /// stand at the start of `buf`. `Pending`: nothing there now.
    ///
    /// # Errors
    /// [`TransportError`]: the way is gone for good.
    fn recv(&mut self, buf: &mut [u8]) -> Poll<Result<usize, TransportError>>;
}

impl<T: DatagramTransport + ?Sized> DatagramTransport for &mut T {
    fn send(&mut self, datagram: &[u8]) -> Poll<Result<(), TransportError>> {
        T::send(self, datagram)
    }

    fn recv(&mut self, buf: &mut [u8]) -> Poll<Result<usize, TransportError>> {
        T::recv(self, buf)
    }
}

/// A clock and a way to wait, for the blocking helpers.
pub trait Host {
    /// Milliseconds since any fixed moment. Never goes back.
    fn now_ms(&mut self) -> u64;

    /// Called whenever there is nothing to do until an octet arrives or time passes.
    ///
    /// Sleep for a short while, wait for an interrupt (`wfi`), or just return.
    fn idle(&mut self);
}

impl<H: Host + ?Sized> Host for &mut H {
    fn now_ms(&mut self) -> u64 {
        H::now_ms(self)
    }

    fn idle(&mut self) {
        H::idle(self);
    }
}

/// Why a transport can do no more.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[non_exhaustive]
pub enum TransportError {
    /// The peer or the network ended the stream. Connect again.
    Closed,
    /// The port could not do what was asked; the number is the port's own (an `errno`, a modem's
    /// `+CME ERROR`). Look it up there, then connect again.
    Failed(i32),
}

impl fmt::Display for TransportError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Closed => f.write_str("the stream was closed by the peer or the network"),
            Self::Failed(code) => write!(f, "the transport failed with its code {code}"),
        }
    }
}

impl core::error::Error for TransportError {}

//! Sockets of a modem that speaks AT commands over a UART.
//!
//! [`Modem`] opens one socket of the modem's own IP stack and makes of it a [`StreamTransport`] or a
//! [`DatagramTransport`]. It waits for nothing, has no heap and no thread: each call of `send`,
//! `recv` or `connect` moves the octets that are there.
//!
//! ```text
//!   session                 Modem                         UART        modem
//!     |  send(data)    +------------------+  AT+QISEND=0,11   +----------+
//!     |--------------->| tx: octets taken |------------------>|          |
//!     |                |                  |<------------------|  >       |
//!     |                |  one command at  |  the octets       |          |
//!     |                |  a time          |------------------>|  SEND OK |
//!     |  recv(buf)     |                  |<------------------|  +QIURC  |
//!     |<---------------| rx: octets read  |  AT+QIRD=0,512    |          |
//!     |                +------------------+                   +----------+
//! ```
//!
//! The UART is a [`StreamTransport`] as well: the two functions of a port, over a receive ring. A
//! [`Dialect`] knows one family of modems: [`Quectel`] (BG95), [`Nordic`] (nRF91 Serial Modem) and
//! [`Sara`] (u-blox SARA-R5) are here; another is a file of four commands and the lines that answer them.
//! What belongs to every modem, registration, power saving and identities, is in [`common`]. A vendor's command for
//! AKMA keys becomes a key source by `msgin5g::modem_keys`.
//!
//! ```no_run
//! use core::task::Poll;
//! use msgin5g::transport::at::{Modem, Quectel, Remote, Way};
//! use msgin5g::transport::{StreamTransport, TransportError};
//!
//! fn connected<U: StreamTransport, C: FnMut() -> u64>(
//!     modem: &mut Modem<U, C, Quectel, 640, 640>,
//! ) -> Result<bool, TransportError> {
//!     let server = Remote { way: Way::Tcp, host: "msgin5g.example.com", port: 5684 };
//!     // From the superloop, until it is ready; then `modem.stream()` is what a session takes.
//!     match modem.connect(&server) {
//!         Poll::Ready(result) => result.map(|()| true),
//!         Poll::Pending => Ok(false),
//!     }
//! }
//! ```
//!
//! # Errors
//!
//! `Closed` is the peer, the network, or a modem that has started anew. `Failed` carries the number of
//! `+CME ERROR`, or one of [`NO_ANSWER`], [`REFUSED`], [`UNSENDABLE`] and [`TOO_MUCH`]. After either, connect again.
//!
//! # What the line has to be
//!
//! Octets of the UART must not get lost on the way: flow control, or a ring that is large enough. A cut of the line
//! is noticed when a command is not answered. If it happened while the modem waited for data, a modem that stayed
//! alive takes the greetings of the next [`connect`](Modem::connect) for that data, and sends them to the old peer:
//! a session notices, plain text does not. Where that matters, switch the modem off and on before.
//!
//! A socket that a connection has left behind is closed by the next one. What a *program* has left behind
//! before it started anew is not known: start the modem anew with it ([`Quectel`] needs no such thing, as its sockets
//! have numbers of the caller's choice).
//!
//! # Why not a crate
//!
//! The crates for AT commands that were looked at either wait inside (a blocking client), or are made
//! for one executor, or hold one answer line at a time, while here data of any octets and unsolicited
//! lines come between all of it. What remains, decimal numbers and fields between commas, is small.

mod command;
pub mod common;
mod dialect;
mod fields;
mod modem;
mod nordic;
mod quectel;
mod reader;
mod sara;
mod socket;

pub use command::Command;
pub use dialect::{Dialect, Meaning, Opening, Remote, Way};
pub use modem::ask::Ask;
pub use modem::{Modem, NO_ANSWER, REFUSED, TOO_MUCH, UNSENDABLE};
pub use nordic::Nordic;
pub use quectel::Quectel;
pub use sara::Sara;
pub use socket::{Datagrams, Stream};

#[cfg(doc)]
use super::{DatagramTransport, StreamTransport};

//! A test for your own port: run it on the device, against a peer that does what it is asked.
//!
//! Most ports fail in the same few places: octets that look like an answer of the modem, a read
//! that waits until its buffer is full, the last octets before a close, octets of the connection
//! before. [`stream()`] and [`datagrams()`] go through them and say what was wrong, and where.
//!
//! # The peer
//!
//! `cargo run --example conformance_peer -- 0.0.0.0:7007` on a computer that the modem
//! can reach. Anything else will do that keeps to this: on TCP, the first octet of a connection says
//! what it is for.
//!
//! | first | then | the peer |
//! | --- | --- | --- |
//! | `E` | any octets | sends each of them back |
//! | `T` | two octets, a number *n*, the higher octet first | sends the first *n* octets of [the pattern](pattern), then closes |
//!
//! On UDP it sends each datagram back as it is.
//!
//! # Your side
//!
//! ```no_run
//! # #[cfg(feature = "std")] {
//! use msgin5g::transport::conformance::{self, Limits, StreamPort};
//! use msgin5g::transport::{StdHost, TcpTransport, TransportError};
//!
//! struct MyPort;
//!
//! impl StreamPort for MyPort {
//!     type Stream<'a> = TcpTransport;
//!
//!     fn connect(&mut self) -> Result<TcpTransport, TransportError> {
//!         TcpTransport::connect("192.0.2.1:7007").map_err(|_| TransportError::Closed)
//!     }
//! }
//!
//! match conformance::stream(&mut MyPort, &mut StdHost::new(), Limits::default()) {
//!     Ok(report) => println!("it holds: {report:?}"),
//!     Err(fault) => println!("{fault}"),
//! }
//! # }
//! ```

mod datagrams;
mod fault;
mod stream;
mod watch;

pub use datagrams::datagrams;
pub use fault::{Check, Fault, Nonconformance};
pub use stream::{StreamPort, stream};

/// How patient the test is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// How long each check may take, in milliseconds. Default 60 s, for a bad radio.
    pub check_ms: u64,
    /// How long one call of `send` or `recv` may take, in milliseconds. Default 20, the length of
    /// an AT command and its answer at 115,200 baud.
    pub call_ms: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            check_ms: 60_000,
            call_ms: 20,
        }
    }
}

/// What a port that passed did.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct Report {
    /// Octets, or datagrams, that the port has taken.
    pub sent: usize,
    /// Octets, or datagrams, that came back.
    pub received: usize,
    /// How often it took only a part of what it was offered.
    pub partial_sends: usize,
    /// How often it took nothing.
    pub pending_sends: usize,
    /// The longest call, in milliseconds.
    pub longest_call_ms: u64,
    /// Datagrams that did not come back; networks lose some.
    pub lost: usize,
}

/// The octet at a position of the pattern. It differs from its neighbours and from those 256 further,
/// and every 512 octets begin with what confuses modems.
#[must_use]
pub fn pattern(position: usize) -> u8 {
    /// What ends data mode, what an answer looks like, and flow control in band.
    const CONFUSING: &[u8] =
        b"\0+++\r\nOK\r\n\r\nNO CARRIER\r\n\x11\x13\x1a\x1b\xff\x7f\r\n+QIURC: \"recv\",0\r\n> AT\r\n";
    let within = position & 511;
    if let Some(octet) = CONFUSING.get(within) {
        return *octet;
    }
    let [low, high, ..] = position.to_le_bytes();
    low.wrapping_mul(167) ^ high.wrapping_mul(59)
}

/// Fills a buffer with the pattern from a position on.
fn fill(buf: &mut [u8], from: usize) {
    for (n, place) in buf.iter_mut().enumerate() {
        *place = pattern(from.saturating_add(n));
    }
}

//! DTLS 1.3 (RFC 9147): the same handshake over datagrams that may be lost, doubled or reordered.
//!
//! | part | what it does |
//! | --- | --- |
//! | [`DtlsConnection`] | datagrams in, datagrams out, next deadline; no I/O |
//! | [`DtlsSession`] | the same over a [`DatagramTransport`](crate::transport::DatagramTransport) |
//! | [`DtlsConfig`] | datagram length, timers, Connection ID |
//! | [`Snapshot`] | an open association that outlives sleep and reboot |
//!
//! Not there: NewConnectionId and RequestConnectionId are acknowledged and otherwise passed over
//! (RFC 9147 section 9 lets a client do so, it keeps to the Connection ID of the handshake).

mod buffers;
mod config;
mod connection;
mod reassembly;
mod receive;
mod record;
mod session;
mod snapshot;
mod timer;
mod transmit;
mod window;

pub(crate) use buffers::Buffers;
pub use config::DtlsConfig;
pub use connection::DtlsConnection;
pub use session::DtlsSession;
pub use snapshot::Snapshot;

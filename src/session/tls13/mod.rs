//! TLS 1.3 (RFC 8446) with an external PSK, client only: small, without I/O, without a heap.
//!
//! One handshake for TLS over streams and, with feature `dtls13`, DTLS 1.3 over datagrams. It offers one PSK with
//! (EC)DHE and nothing else: no certificates, no resumption, no early data. A server that goes on
//! without the PSK is refused.
//!
//! | part | what it does |
//! | --- | --- |
//! | [`TlsSession`] | a [`Session`](super::Session) over a [`StreamTransport`](crate::transport::StreamTransport) |
//! | [`Connection`] | octets in, octets out, in two buffers of the caller's |
//! | [`Config`] | identity, name, suites, groups |
//! | `KeyLog` | who is told the secrets, with feature `insecure-key-log` |
//! | `Snapshot` | an open connection that outlives a reset, with feature `snapshot` |
//! | [`crypto`] | the primitives, and how to put a chip's own in their place |

mod alert;
mod client_hello;
mod config;
mod connection;
pub mod crypto;
#[cfg(feature = "dtls13")]
pub mod dtls;
mod encrypted_extensions;
mod error;
mod handshake;
mod incoming;
#[cfg(feature = "insecure-key-log")]
mod key_log;
mod key_schedule;
mod keys;
mod outgoing;
mod protocol;
mod quiet;
mod record;
mod server_hello;
mod session;
#[cfg(feature = "snapshot")]
mod snapshot;
mod wire;

pub use alert::Alert;
pub use config::{Config, PskMode};
pub(crate) use connection::Buffers;
pub use connection::Connection;
pub use error::TlsError;
#[cfg(feature = "insecure-key-log")]
pub use key_log::{KeyLog, KeyLogLine};
pub use session::TlsSession;
#[cfg(feature = "snapshot")]
pub use snapshot::Snapshot;

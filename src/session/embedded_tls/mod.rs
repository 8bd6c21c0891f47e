//! TLS 1.3 with an external PSK, by the crate `embedded-tls` behind a fence.
//!
//! Offered and accepted: TLS 1.3 (RFC 8446), TLS_AES_128_GCM_SHA256, psk_dhe_ke with secp256r1,
//! one external PSK. Server name, ALPN and max_fragment_length are sent. No certificate, no
//! resumption, no early data. What else it cannot do, and what follows from that, is in
//! `docs/known-limits.md`.
//!
//! ```
//! # use core::task::Poll;
//! # use msgin5g::transport::{StreamTransport, TransportError};
//! # struct Modem;
//! # impl StreamTransport for Modem {
//! #     fn send(&mut self, _: &[u8]) -> Poll<Result<usize, TransportError>> { Poll::Pending }
//! #     fn recv(&mut self, _: &mut [u8]) -> Poll<Result<usize, TransportError>> { Poll::Pending }
//! # }
//! use msgin5g::akma::{Kaf, PskIdentity};
//! use msgin5g::session::embedded_tls::{TlsMemory, TlsSession};
//! use msgin5g::session::{Psk, Session, SessionError, TlsConfig};
//! use msgin5g::transport::Host;
//! use rand_core::{CryptoRng, RngCore};
//!
//! fn say_hello(
//!     memory: &mut TlsMemory<Modem>,
//!     host: &mut impl Host,
//!     rng: &mut (impl CryptoRng + RngCore),
//!     key: &Kaf,
//!     identity: &PskIdentity,
//! ) -> Result<(), SessionError> {
//!     let config = TlsConfig::new("msgin5g.example.net");
//!     let psk = Psk { key, identity };
//!     let deadline = host.now_ms() + 30_000;
//!     let mut session = TlsSession::open_blocking(memory, &config, psk, rng, host, deadline)?;
//!     while session.send(b"hello")?.is_pending() {
//!         host.idle();
//!     }
//!     while session.close()?.is_pending() {
//!         host.idle();
//!     }
//!     Ok(())
//! }
//! ```
//!
//! A program with its own loop uses [`TlsSession::open`] and [`poll_once`](super::poll_once), an
//! async program awaits it.

mod guard;
mod memory;
mod open;
mod pipe;
mod post_handshake;
mod provider;
mod server_hello;
mod stage;
mod stream;
mod suite;
#[cfg(test)]
mod tests;

pub use memory::TlsMemory;
pub use stream::TlsSession;

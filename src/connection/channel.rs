//! What opens sessions and carries a client's octets through them.

use core::task::Poll;

use rand_core::{CryptoRng, RngCore};

use crate::client::Client;
use crate::session::{Psk, SessionError};

/// Opens one session after the other, in memory of its own, and moves a client's octets through
/// the one that is open. Nothing here blocks.
///
/// | channel | carries | feature |
/// | --- | --- | --- |
/// | `Tls13` | TLS 1.3 by the crate's own core | `tls13` |
/// | `Dtls13` | DTLS 1.3 by the same, over datagrams | `dtls13` |
/// | `EmbeddedTls` | TLS 1.3 by the crate embedded-tls | `embedded-tls` |
/// | `Plain`, `PlainDatagrams` | nothing protected, for a bench | `insecure-plaintext` |
///
/// For any other session a program implements this itself.
///
/// The [`Connection`](super::Connection) calls [`begin`](Self::begin), then
/// [`poll_open`](Self::poll_open) until it is ready, then [`exchange`](Self::exchange) until it
/// fails or the session is no longer wanted, and [`abandon`](Self::abandon) or
/// [`suspend`](Self::suspend) before it begins again.
pub trait Channel {
    /// What a session runs over.
    type Transport;

    /// Whether a session is opened with K_AF. Without, no key is asked for.
    const NEEDS_KEY: bool = true;

    /// Whether the next session is opened with K_AF. Not when one goes on that was
    /// [put away](Self::suspend).
    fn needs_key(&self) -> bool {
        Self::NEEDS_KEY
    }

    /// Begins to open a session over a connected transport. `psk` is there if
    /// [a key is needed](Self::needs_key).
    ///
    /// # Errors
    /// The memory, the configuration or the generator does not do.
    fn begin(
        &mut self,
        transport: Self::Transport,
        psk: Option<Psk<'_>>,
        rng: &mut (impl RngCore + CryptoRng),
    ) -> Result<(), SessionError>;

    /// Does what can be done now. `Ready(Ok(()))`: the session is open.
    ///
    /// # Errors
    /// Why it could not be opened.
    fn poll_open(&mut self, now: u64) -> Poll<Result<(), SessionError>>;

    /// Tells the client that a session is open: [`Client::connected`] or
    /// [`Client::connected_datagram`].
    fn join(&self, client: &mut Client<'_>) {
        client.connected();
    }

    /// Moves octets both ways, as far as they go now. Whether any came in.
    ///
    /// # Errors
    /// Why the session has ended.
    fn exchange(&mut self, client: &mut Client<'_>, now: u64) -> Result<bool, SessionError>;

    /// Ends the session in order. `Pending`: the farewell is not out yet. Whatever stands in the
    /// way ends it, too.
    fn poll_close(&mut self, now: u64) -> Poll<()>;

    /// Drops the session and its transport, if there are any, and wipes what belonged to it.
    fn abandon(&mut self);

    /// The transport is gone, and nothing else is known to be wrong. A session that outlives its
    /// transport is put away, and the next [`begin`](Self::begin) goes on with it, without a
    /// [key](Self::needs_key) and a registration. Without one, as [`abandon`](Self::abandon).
    fn suspend(&mut self) {
        self.abandon();
    }

    /// When (ms) the session itself has something to do though nothing arrives.
    fn next_deadline(&self) -> Option<u64> {
        None
    }
}

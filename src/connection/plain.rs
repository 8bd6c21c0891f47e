//! Channels without any protection, for a bench.

use core::task::Poll;

use rand_core::{CryptoRng, RngCore};

use super::Channel;
use crate::client::Client;
use crate::driver;
#[cfg(feature = "datagrams")]
use crate::session::PlaintextDatagrams;
use crate::session::{Plaintext, Psk, SessionError};
#[cfg(feature = "datagrams")]
use crate::transport::DatagramTransport;
use crate::transport::StreamTransport;

/// CoAP over a bare stream. For a bench, behind feature `insecure-plaintext`. Never use it on a
/// network.
#[derive(Debug)]
pub struct Plain<T>(Option<Plaintext<T>>);

impl<T> Plain<T> {
    /// A channel without a session.
    #[must_use]
    pub const fn new() -> Self {
        Self(None)
    }
}

impl<T> Default for Plain<T> {
    fn default() -> Self {
        Self::new()
    }
}

impl<T: StreamTransport> Channel for Plain<T> {
    type Transport = T;
    const NEEDS_KEY: bool = false;

    fn begin(
        &mut self,
        transport: T,
        _psk: Option<Psk<'_>>,
        _rng: &mut (impl RngCore + CryptoRng),
    ) -> Result<(), SessionError> {
        self.0 = Some(Plaintext::new(transport));
        Ok(())
    }

    fn poll_open(&mut self, _now: u64) -> Poll<Result<(), SessionError>> {
        Poll::Ready(Ok(()))
    }

    fn exchange(&mut self, client: &mut Client<'_>, now: u64) -> Result<bool, SessionError> {
        let session = self.0.as_mut().ok_or(SessionError::Internal)?;
        Ok(driver::move_octets(session, client, now)?.received)
    }

    fn poll_close(&mut self, _now: u64) -> Poll<()> {
        Poll::Ready(())
    }

    fn abandon(&mut self) {
        self.0 = None;
    }
}

/// CoAP over bare datagrams. For a bench, behind feature `insecure-plaintext`. Never use it on a
/// network.
#[cfg(feature = "datagrams")]
#[derive(Debug)]
pub struct PlainDatagrams<T>(Option<PlaintextDatagrams<T>>);

#[cfg(feature = "datagrams")]
impl<T> PlainDatagrams<T> {
    /// A channel without an association.
    #[must_use]
    pub const fn new() -> Self {
        Self(None)
    }
}

#[cfg(feature = "datagrams")]
impl<T> Default for PlainDatagrams<T> {
    fn default() -> Self {
        Self::new()
    }
}

#[cfg(feature = "datagrams")]
impl<T: DatagramTransport> Channel for PlainDatagrams<T> {
    type Transport = T;
    const NEEDS_KEY: bool = false;

    fn begin(
        &mut self,
        transport: T,
        _psk: Option<Psk<'_>>,
        _rng: &mut (impl RngCore + CryptoRng),
    ) -> Result<(), SessionError> {
        self.0 = Some(PlaintextDatagrams::new(transport));
        Ok(())
    }

    fn poll_open(&mut self, _now: u64) -> Poll<Result<(), SessionError>> {
        Poll::Ready(Ok(()))
    }

    fn join(&self, client: &mut Client<'_>) {
        client.connected_datagram();
    }

    fn exchange(&mut self, client: &mut Client<'_>, now: u64) -> Result<bool, SessionError> {
        let session = self.0.as_mut().ok_or(SessionError::Internal)?;
        Ok(driver::move_datagrams(session, client, now)?.received)
    }

    fn poll_close(&mut self, _now: u64) -> Poll<()> {
        Poll::Ready(())
    }

    fn abandon(&mut self) {
        self.0 = None;
    }
}

//! TLS 1.3 by the crate's own core.

use core::task::Poll;

use rand_core::{CryptoRng, RngCore};

use super::Channel;
use crate::client::Client;
use crate::driver;
use crate::session::tls13::Buffers;
use crate::session::tls13::crypto::Crypto;
use crate::session::tls13::{Config, TlsSession};
use crate::session::{Psk, Session, SessionError};
use crate::transport::StreamTransport;

/// Sessions of [`session::tls13`](crate::session::tls13), one after the other in the same two
/// buffers.
///
/// ```
/// # use core::task::Poll;
/// # use msgin5g::transport::{StreamTransport, TransportError};
/// # struct Uart;
/// # impl StreamTransport for Uart {
/// #     fn send(&mut self, _: &[u8]) -> Poll<Result<usize, TransportError>> { Poll::Pending }
/// #     fn recv(&mut self, _: &mut [u8]) -> Poll<Result<usize, TransportError>> { Poll::Pending }
/// # }
/// # #[cfg(all(feature = "gcm", feature = "p256"))]
/// # fn main() {
/// use msgin5g::connection::Tls13;
/// use msgin5g::session::tls13::Config;
/// use msgin5g::session::tls13::crypto::RustCrypto;
///
/// let (mut receive, mut send) = ([0; 640], [0; 640]);
/// // The identity is the key source's affair.
/// let config = Config::new(b"", "msgin5g.example.com");
/// let channel: Tls13<'_, Uart, RustCrypto> = Tls13::new(config, &mut receive, &mut send);
/// # }
/// # #[cfg(not(all(feature = "gcm", feature = "p256")))]
/// # fn main() {}
/// ```
pub struct Tls13<'m, T, C: Crypto> {
    config: Config<'m>,
    session: Option<TlsSession<'m, T, C>>,
    /// The memory, while no session has it.
    free: Buffers<'m>,
    is_open: bool,
}

impl<'m, T: StreamTransport, C: Crypto> Tls13<'m, T, C> {
    /// A channel without a session. The identity in `config` does not count: the key source
    /// names the key.
    ///
    /// `receive` and `send` hold one record each; 640 octets suit MSGin5G.
    pub fn new(config: Config<'m>, receive: &'m mut [u8], send: &'m mut [u8]) -> Self {
        Self {
            config: Config {
                // Any that is one.
                identity: b"-",
                ..config
            },
            session: None,
            free: (receive, send),
            is_open: false,
        }
    }

    fn session(&mut self) -> Result<&mut TlsSession<'m, T, C>, SessionError> {
        self.session.as_mut().ok_or(SessionError::Closed)
    }
}

impl<T: StreamTransport, C: Crypto> Channel for Tls13<'_, T, C> {
    type Transport = T;

    fn begin(
        &mut self,
        transport: T,
        psk: Option<Psk<'_>>,
        rng: &mut (impl RngCore + CryptoRng),
    ) -> Result<(), SessionError> {
        let psk = psk.ok_or(SessionError::KeyUnavailable)?;
        self.abandon();
        let buffers = core::mem::take(&mut self.free);
        let (place, config) = (&mut self.session, &self.config);
        TlsSession::begin_as(place, transport, config, psk, rng, buffers).map_err(
            |(error, buffers)| {
                self.free = buffers;
                error
            },
        )
    }

    fn poll_open(&mut self, now: u64) -> Poll<Result<(), SessionError>> {
        let opened = self.session()?.poll_open(now);
        self.is_open = matches!(opened, Poll::Ready(Ok(())));
        opened
    }

    fn exchange(&mut self, client: &mut Client<'_>, now: u64) -> Result<bool, SessionError> {
        Ok(driver::move_octets(self.session()?, client, now)?.received)
    }

    fn poll_close(&mut self, _now: u64) -> Poll<()> {
        match self.session() {
            Ok(session) => session.close().map(|_| ()),
            Err(_) => Poll::Ready(()),
        }
    }

    fn abandon(&mut self) {
        if let Some(session) = &mut self.session {
            self.free = session.take_buffers();
        }
        self.session = None;
        self.is_open = false;
    }

    fn next_deadline(&self) -> Option<u64> {
        match &self.session {
            Some(session) if !self.is_open => session.deadline_ms(),
            _ => None,
        }
    }
}

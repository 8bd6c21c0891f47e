//! TLS 1.3 by the crate's own core.

use core::task::Poll;

use rand_core::{CryptoRng, RngCore};

use super::Channel;
use crate::client::Client;
use crate::driver;
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
    state: State<'m, T, C>,
    is_open: bool,
}

/// The buffers are here or in a session.
#[allow(
    clippy::large_enum_variant,
    reason = "there is no heap, and most of the time it is large"
)]
enum State<'m, T, C: Crypto> {
    Free(&'m mut [u8], &'m mut [u8]),
    Session(TlsSession<'m, T, C>),
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
            state: State::Free(receive, send),
            is_open: false,
        }
    }

    fn session(&mut self) -> Result<&mut TlsSession<'m, T, C>, SessionError> {
        match &mut self.state {
            State::Session(session) => Ok(session),
            State::Free(..) => Err(SessionError::Closed),
        }
    }

    /// Takes the buffers out; something else has to be put in.
    fn buffers(&mut self) -> (&'m mut [u8], &'m mut [u8]) {
        match core::mem::replace(&mut self.state, State::Free(&mut [], &mut [])) {
            State::Session(session) => session.into_buffers(),
            State::Free(receive, send) => (receive, send),
        }
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
        let buffers = self.buffers();
        let (state, outcome) =
            match TlsSession::begin_as(transport, &self.config, psk, rng, buffers) {
                Ok(session) => (State::Session(session), Ok(())),
                Err((error, (receive, send))) => (State::Free(receive, send), Err(error)),
            };
        self.state = state;
        outcome
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
        let (receive, send) = self.buffers();
        self.state = State::Free(receive, send);
    }

    fn next_deadline(&self) -> Option<u64> {
        match &self.state {
            State::Session(session) if !self.is_open => session.deadline_ms(),
            _ => None,
        }
    }
}

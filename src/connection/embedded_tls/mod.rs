//! TLS 1.3 by the crate `embedded-tls`.
//!
//! Its session borrows its memory for as long as it lives, and opening one is a future. So one
//! future opens and holds session after session, and a [`Desk`] stands between it and the channel.

mod desk;
mod pipe;
mod work;

use core::convert::Infallible;
use core::future::Future;
use core::pin::Pin;
use core::task::Poll;

use rand_core::{CryptoRng, RngCore};

use super::Channel;
use crate::client::Client;
use crate::driver;
use crate::session::embedded_tls::TlsMemory;
use crate::session::{Psk, Session, SessionError, TlsConfig, poll_once};
use crate::transport::StreamTransport;
pub use desk::Desk;
use work::Line;

/// What sessions of [`session::embedded_tls`](crate::session::embedded_tls) need, one after the
/// other: record buffers of `RX` and `TX` octets, each twice (see
/// [`TlsMemory`]), and a [`Desk`].
pub struct EmbeddedTlsMemory<T, const RX: usize = 640, const TX: usize = 640> {
    tls: TlsMemory<Line<T>, RX, TX>,
    desk: Desk<T>,
}

impl<T: StreamTransport, const RX: usize, const TX: usize> EmbeddedTlsMemory<T, RX, TX> {
    /// Memory in which nothing is going on.
    #[must_use]
    pub const fn new() -> Self {
        Self {
            tls: TlsMemory::new(Line::DEAD),
            desk: Desk::new(),
        }
    }

    /// The work of the sessions, to be pinned, and the desk where it is asked for: both make an
    /// [`EmbeddedTls`].
    pub fn sessions<'m>(
        &'m mut self,
        config: TlsConfig<'m>,
    ) -> (
        &'m Desk<T>,
        impl Future<Output = Infallible> + use<'m, T, RX, TX>,
    ) {
        let Self { tls, desk } = self;
        let desk: &'m Desk<T> = desk;
        (desk, work::sessions(tls, desk, config))
    }
}

impl<T: StreamTransport, const RX: usize, const TX: usize> Default
    for EmbeddedTlsMemory<T, RX, TX>
{
    fn default() -> Self {
        Self::new()
    }
}

/// Sessions of [`session::embedded_tls`](crate::session::embedded_tls), one after the other in
/// the same memory.
///
/// ```
/// use core::pin::pin;
/// use msgin5g::connection::{EmbeddedTls, EmbeddedTlsMemory};
/// use msgin5g::session::TlsConfig;
/// # use core::task::Poll;
/// # use msgin5g::transport::{StreamTransport, TransportError};
/// # struct Uart;
/// # impl StreamTransport for Uart {
/// #     fn send(&mut self, _: &[u8]) -> Poll<Result<usize, TransportError>> { Poll::Pending }
/// #     fn recv(&mut self, _: &mut [u8]) -> Poll<Result<usize, TransportError>> { Poll::Pending }
/// # }
///
/// let mut memory = EmbeddedTlsMemory::<Uart>::new();
/// let (desk, work) = memory.sessions(TlsConfig::new("msgin5g.example.com"));
/// let work = pin!(work);
/// let channel = EmbeddedTls::new(desk, work);
/// ```
pub struct EmbeddedTls<'a, T, F> {
    desk: &'a Desk<T>,
    work: Pin<&'a mut F>,
}

impl<'a, T, F: Future<Output = Infallible>> EmbeddedTls<'a, T, F> {
    /// A channel without a session, of what [`EmbeddedTlsMemory::sessions`] gave.
    pub fn new(desk: &'a Desk<T>, work: Pin<&'a mut F>) -> Self {
        Self { desk, work }
    }

    /// Lets the session do what it can do now.
    fn work(&mut self) {
        let Poll::Pending = poll_once(self.work.as_mut());
    }
}

impl<T: StreamTransport, F: Future<Output = Infallible>> Channel for EmbeddedTls<'_, T, F> {
    type Transport = T;

    fn begin(
        &mut self,
        transport: T,
        psk: Option<Psk<'_>>,
        rng: &mut (impl RngCore + CryptoRng),
    ) -> Result<(), SessionError> {
        let psk = psk.ok_or(SessionError::KeyUnavailable)?;
        self.abandon();
        self.desk.order(transport, psk, rng)
    }

    fn poll_open(&mut self, _now: u64) -> Poll<Result<(), SessionError>> {
        self.work();
        self.desk.opened()
    }

    fn exchange(&mut self, client: &mut Client<'_>, now: u64) -> Result<bool, SessionError> {
        Ok(driver::move_octets(self, client, now)?.received)
    }

    fn poll_close(&mut self, _now: u64) -> Poll<()> {
        self.close().map(|_| ())
    }

    fn abandon(&mut self) {
        self.desk.abandon();
        self.work();
        self.desk.clear();
    }
}

/// The session of which the future holds the other end.
impl<T: StreamTransport, F: Future<Output = Infallible>> Session for EmbeddedTls<'_, T, F> {
    fn send(&mut self, data: &[u8]) -> Poll<Result<usize, SessionError>> {
        if self.desk.is_full() {
            self.work();
        }
        self.desk.send(data)
    }

    fn flush(&mut self) -> Poll<Result<(), SessionError>> {
        self.work();
        self.desk.flushed()
    }

    fn recv(&mut self, buf: &mut [u8]) -> Poll<Result<usize, SessionError>> {
        let mut got = self.desk.recv(buf);
        if got.is_pending() {
            self.work();
            got = self.desk.recv(buf);
        }
        got
    }

    fn close(&mut self) -> Poll<Result<(), SessionError>> {
        self.desk.close();
        self.work();
        self.desk.closed()
    }
}

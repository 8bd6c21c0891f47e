//! DTLS 1.3 by the crate's own core.

use core::task::Poll;

use rand_core::{CryptoRng, RngCore};

use super::Channel;
use crate::client::Client;
use crate::driver;
use crate::session::tls13::Config;
use crate::session::tls13::crypto::Crypto;
#[cfg(doc)]
use crate::session::tls13::dtls::DtlsConnection;
use crate::session::tls13::dtls::{Buffers, DtlsConfig, DtlsSession, Snapshot};
use crate::session::{Psk, SessionError};
use crate::transport::{DatagramTransport, TransportError};

/// Associations of [`session::tls13::dtls`](crate::session::tls13::dtls), one after the other in
/// the same two buffers.
///
/// Where the server knows the client by a Connection ID (RFC 9146), an association outlives its
/// transport: when the modem loses its socket, the next one that it dials carries the association
/// on, from whatever address, with no handshake, no key and no registration. It outlives the power,
/// too:
///
/// * before: [`export`](Self::export) the association into a snapshot, together with the client;
/// * after: [`resume`](Self::resume) it in a new channel and
///   [`Client::restore`](crate::client::Client::restore) the client. The connection dials, and
///   the client goes on without registering.
///
/// If the server has forgotten the association, nothing comes back, and after
/// [`Settings::silence_ms`](super::Settings::silence_ms) another one is opened.
///
/// ```
/// # use core::task::Poll;
/// # use msgin5g::transport::{DatagramTransport, TransportError};
/// # struct Socket;
/// # impl DatagramTransport for Socket {
/// #     fn send(&mut self, _: &[u8]) -> Poll<Result<(), TransportError>> { Poll::Pending }
/// #     fn recv(&mut self, _: &mut [u8]) -> Poll<Result<usize, TransportError>> { Poll::Pending }
/// # }
/// # #[cfg(all(feature = "gcm", feature = "x25519"))]
/// # fn main() {
/// use msgin5g::connection::Dtls13;
/// use msgin5g::session::tls13::Config;
/// use msgin5g::session::tls13::crypto::RustCrypto;
/// use msgin5g::session::tls13::dtls::DtlsConfig;
///
/// let (mut receive, mut send) = ([0; 1536], [0; 1280]);
/// // The identity is the key source's affair.
/// let configs = (Config::new(b"", "msgin5g.example.com"), DtlsConfig::default());
/// let channel: Dtls13<'_, Socket, RustCrypto> = Dtls13::new(configs, &mut receive, &mut send);
/// # }
/// # #[cfg(not(all(feature = "gcm", feature = "x25519")))]
/// # fn main() {}
/// ```
pub struct Dtls13<'m, T, C: Crypto> {
    config: Config<'m>,
    dtls: DtlsConfig<'m>,
    association: Option<DtlsSession<'m, Line<T>, C>>,
    /// The memory, while no association has it.
    free: Buffers<'m>,
    origin: Origin,
}

/// Where the association comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Origin {
    /// A handshake, or there is none.
    Handshake,
    /// It was put away, and waits for a transport.
    Kept,
    /// It was put away, and has another transport.
    Moved,
}

/// A transport, or the place of one.
struct Line<T>(Option<T>);

impl<'m, T: DatagramTransport, C: Crypto> Dtls13<'m, T, C> {
    /// A channel without an association. The identity in the configuration does not count: the
    /// key source names the key. See [`DtlsConnection`] on the buffers.
    pub fn new(
        (config, dtls): (Config<'m>, DtlsConfig<'m>),
        receive: &'m mut [u8],
        send: &'m mut [u8],
    ) -> Self {
        Self {
            config: Config {
                // Any that is one.
                identity: b"-",
                ..config
            },
            dtls,
            association: None,
            free: Buffers::new(receive, send),
            origin: Origin::Handshake,
        }
    }

    /// Goes on with an association that [`export`](Self::export) has put away: for a new channel,
    /// before its connection is polled. What is written on snapshots at
    /// [`DtlsConnection::resume`] holds here.
    ///
    /// # Errors
    /// [`SessionError::BufferTooSmall`]: `receive` has to be as long as before;
    /// [`SessionError::InvalidConfig`] if this build has not the suite. The channel is as new
    /// then, and opens another association.
    #[allow(clippy::needless_pass_by_value, reason = "it is used up")]
    pub fn resume(&mut self, snapshot: Snapshot) -> Result<(), SessionError> {
        self.abandon();
        let buffers = core::mem::take(&mut self.free);
        let place = &mut self.association;
        match DtlsSession::resume_as(place, Line(None), &snapshot, &self.dtls, buffers) {
            Ok(()) => {
                self.origin = Origin::Kept;
                Ok(())
            }
            Err((error, buffers)) => {
                self.free = buffers;
                Err(error)
            }
        }
    }

    /// Puts the association away for a time without power. Here it is over then, and nothing is
    /// said to the server: a connection that is polled on all the same opens another.
    ///
    /// `None`: nothing has changed. There is none that is open, or something is under way. Poll,
    /// and ask again.
    #[must_use]
    pub fn export(&mut self) -> Option<Snapshot> {
        self.association.as_mut()?.export()
    }

    fn association(&mut self) -> Result<&mut DtlsSession<'m, Line<T>, C>, SessionError> {
        self.association.as_mut().ok_or(SessionError::Closed)
    }
}

impl<T: DatagramTransport, C: Crypto> Channel for Dtls13<'_, T, C> {
    type Transport = T;

    fn needs_key(&self) -> bool {
        self.origin != Origin::Kept
    }

    fn begin(
        &mut self,
        transport: T,
        psk: Option<Psk<'_>>,
        rng: &mut (impl RngCore + CryptoRng),
    ) -> Result<(), SessionError> {
        let transport = Line(Some(transport));
        if self.origin == Origin::Kept {
            *self.association()?.transport_mut() = transport;
            self.origin = Origin::Moved;
            return Ok(());
        }
        let psk = psk.ok_or(SessionError::KeyUnavailable)?;
        self.abandon();
        let buffers = core::mem::take(&mut self.free);
        let (place, configs) = (&mut self.association, (&self.config, &self.dtls));
        DtlsSession::begin_as(place, transport, configs, psk, rng, buffers).map_err(
            |(error, buffers)| {
                self.free = buffers;
                error
            },
        )
    }

    fn poll_open(&mut self, now: u64) -> Poll<Result<(), SessionError>> {
        self.association()?.poll(now)
    }

    fn join(&self, client: &mut Client<'_>) {
        if self.origin == Origin::Moved {
            #[cfg(feature = "snapshot")]
            if client.resumed() {
                return;
            }
            if client.moved() {
                return;
            }
        }
        client.connected_datagram();
    }

    fn exchange(&mut self, client: &mut Client<'_>, now: u64) -> Result<bool, SessionError> {
        Ok(driver::move_datagrams(self.association()?, client, now)?.received)
    }

    fn poll_close(&mut self, now: u64) -> Poll<()> {
        match self.association() {
            Ok(association) => association.close(now).map(|_| ()),
            Err(_) => Poll::Ready(()),
        }
    }

    fn abandon(&mut self) {
        if let Some(mut association) = self.association.take() {
            self.free = association.take_buffers();
        }
        self.origin = Origin::Handshake;
    }

    fn suspend(&mut self) {
        match &mut self.association {
            Some(association) if association.connection().can_move() => {
                *association.transport_mut() = Line(None);
                association.lose_datagram();
                self.origin = Origin::Kept;
            }
            _ => self.abandon(),
        }
    }

    fn next_deadline(&self) -> Option<u64> {
        self.association.as_ref()?.deadline()
    }
}

impl<T: DatagramTransport> DatagramTransport for Line<T> {
    fn send(&mut self, datagram: &[u8]) -> Poll<Result<(), TransportError>> {
        match &mut self.0 {
            Some(transport) => transport.send(datagram),
            None => Poll::Ready(Err(TransportError::Closed)),
        }
    }

    fn recv(&mut self, buf: &mut [u8]) -> Poll<Result<usize, TransportError>> {
        match &mut self.0 {
            Some(transport) => transport.recv(buf),
            None => Poll::Ready(Err(TransportError::Closed)),
        }
    }
}

//! A connection and its transport: the session.

use super::alert::Alert;
use super::config::Config;
use super::connection::{Buffers, Connection};
use super::crypto::{Crypto, ExternalPsk, SoftwarePsk};
use super::error::TlsError;
use super::record::HEADER_LEN;
#[cfg(feature = "snapshot")]
use super::snapshot::Snapshot;
use crate::session::{Psk, Session, SessionError, Unsupported};
use crate::transport::{Host, StreamTransport, TransportError};
use core::task::Poll;
use rand_core::{CryptoRng, RngCore};

/// Octets that one call takes in at the most, more than any two records: whoever floods a session
/// with what has no data in it must not hold its caller, nor the handshake beyond its deadline.
const ENOUGH: usize = 1 << 16;

/// A TLS 1.3 session over a transport: begun, polled until it is open, then a [`Session`].
///
/// ```
/// # use core::task::Poll;
/// # use msgin5g::transport::{StreamTransport, TransportError};
/// # struct Modem;
/// # impl StreamTransport for Modem {
/// #     fn send(&mut self, data: &[u8]) -> Poll<Result<usize, TransportError>> { Poll::Ready(Ok(data.len())) }
/// #     fn recv(&mut self, _: &mut [u8]) -> Poll<Result<usize, TransportError>> { Poll::Pending }
/// # }
/// # #[cfg(all(feature = "gcm", feature = "p256"))]
/// # fn main() -> Result<(), msgin5g::session::SessionError> {
/// use msgin5g::session::tls13::crypto::{RustCrypto, SoftwarePsk};
/// use msgin5g::session::tls13::{Config, TlsSession};
/// # let (modem, k_af, mut rng, now_ms) = (Modem, [7; 32], rand_core::OsRng, 0);
///
/// let config = Config::new(b"3GPP-AKMA0.aabb@example.net", "af.example.net");
/// let mut psk = SoftwarePsk::<RustCrypto>::new(&k_af);
/// let (mut receive, mut send) = ([0; 640], [0; 640]);
/// let mut session: TlsSession<_, RustCrypto> =
///     TlsSession::begin(modem, &config, &mut psk, &mut rng, &mut receive, &mut send)?;
/// // From the main loop, until it is Ready:
/// assert!(session.poll_open(now_ms).is_pending());
/// # Ok(())
/// # }
/// # #[cfg(not(all(feature = "gcm", feature = "p256")))]
/// # fn main() {}
/// ```
pub struct TlsSession<'m, T, C: Crypto> {
    transport: T,
    connection: Connection<'m, C>,
    timeout_ms: u32,
    deadline_ms: Option<u64>,
    /// The time (ms) that it was told last.
    time_ms: u64,
    was_open: bool,
    transport_error: Option<TransportError>,
}

impl<'m, T: StreamTransport, C: Crypto> TlsSession<'m, T, C> {
    /// Begins to open a session over a connected transport. Nothing is sent yet.
    ///
    /// `receive` and `send` hold one record each; 640 octets suit MSGin5G. See [`Connection`] on
    /// their sizes. 64 octets are drawn from `rng`, which has to be a true generator.
    ///
    /// # Errors
    /// [`SessionError::BufferTooSmall`], [`SessionError::InvalidConfig`],
    /// [`SessionError::KeyUnavailable`], [`SessionError::RandomSource`].
    pub fn begin(
        transport: T,
        config: &Config<'m>,
        psk: &mut dyn ExternalPsk,
        rng: &mut (impl RngCore + CryptoRng),
        receive: &'m mut [u8],
        send: &'m mut [u8],
    ) -> Result<Self, SessionError> {
        let connection = Connection::new(config, psk, rng, receive, send);
        let connection = connection.map_err(|e| name(e, false))?;
        Ok(Self::over(transport, connection, config))
    }

    /// As [`begin`](Self::begin), in a place that the caller keeps: no copy of the session, which takes some
    /// kilobytes, goes over the stack. Of the two buffers the first is for receiving.
    ///
    /// # Errors
    /// As [`begin`](Self::begin). What is in `place` then is of no use.
    pub fn begin_in<'p>(
        place: &'p mut Option<Self>,
        transport: T,
        config: &Config<'m>,
        psk: &mut dyn ExternalPsk,
        rng: &mut (impl RngCore + CryptoRng),
        buffers: (&'m mut [u8], &'m mut [u8]),
    ) -> Result<&'p mut Self, SessionError> {
        let this = Self::prepare(place, transport, config, buffers);
        let started = this.connection.start(config, None, psk, rng);
        started.map(|()| this).map_err(|e| name(e, false))
    }

    /// The same, with an identity that is lent by nobody. What fails gives the buffers back, and leaves nothing.
    pub(crate) fn begin_as(
        place: &mut Option<Self>,
        transport: T,
        config: &Config<'m>,
        psk: Psk<'_>,
        rng: &mut (impl RngCore + CryptoRng),
        buffers: Buffers<'m>,
    ) -> Result<(), (SessionError, Buffers<'m>)> {
        let this = Self::prepare(place, transport, config, buffers);
        let identity = Some(psk.identity.clone());
        let mut key = SoftwarePsk::<C>::new(psk.key.as_octets());
        let started = this.connection.start(config, identity, &mut key, rng);
        let Err(e) = started else { return Ok(()) };
        let buffers = this.take_buffers();
        *place = None;
        Err((name(e, false), buffers))
    }

    /// Not inlined, so that whatever of the stack it takes is free again for the handshake.
    #[inline(never)]
    fn prepare<'p>(
        place: &'p mut Option<Self>,
        transport: T,
        config: &Config<'m>,
        buffers: Buffers<'m>,
    ) -> &'p mut Self {
        let connection = Connection::empty(config, buffers);
        place.insert(Self::over(transport, connection, config))
    }

    #[inline(always)]
    fn over(transport: T, connection: Connection<'m, C>, config: &Config<'m>) -> Self {
        Self {
            transport,
            connection,
            timeout_ms: config.handshake_timeout_ms,
            deadline_ms: None,
            time_ms: 0,
            was_open: false,
            transport_error: None,
        }
    }

    /// Ends without a farewell and gives the buffers back, wiped.
    pub(crate) fn take_buffers(&mut self) -> Buffers<'m> {
        self.connection.take_buffers()
    }

    /// Does what can be done now. `Ready(Ok(()))`: the session is open. The time allowed counts
    /// from the first call; [`deadline_ms`](Self::deadline_ms) says until when. If the clock goes
    /// back, what is left of it stays as it is.
    ///
    /// # Errors
    /// [`SessionError::TimedOut`], or why the session could not be opened.
    pub fn poll_open(&mut self, now_ms: u64) -> Poll<Result<(), SessionError>> {
        let end = now_ms.saturating_add(u64::from(self.timeout_ms));
        let back_ms = self.time_ms.saturating_sub(now_ms);
        self.time_ms = now_ms;
        let deadline_ms = self.deadline_ms.get_or_insert(end);
        *deadline_ms = deadline_ms.saturating_sub(back_ms);
        let deadline_ms = *deadline_ms;
        if let Err(e) = self.drive() {
            return Poll::Ready(Err(e));
        }
        if self.was_open {
            return Poll::Ready(Ok(()));
        }
        if self.connection.is_open() && self.connection.outgoing().is_empty() {
            self.was_open = true;
            log_info!("session: open");
            return Poll::Ready(Ok(()));
        }
        if now_ms >= deadline_ms {
            log_warn!("session: not opened in time");
            self.connection.time_out();
            let _ = self.push();
            return Poll::Ready(Err(SessionError::TimedOut));
        }
        Poll::Pending
    }

    /// When [`poll_open`](Self::poll_open) gives up: milliseconds of its clock. `None` before
    /// its first call.
    #[must_use]
    pub fn deadline_ms(&self) -> Option<u64> {
        self.deadline_ms
    }

    /// [`begin`](Self::begin) and [`poll_open`](Self::poll_open) until it is open, idling in
    /// between.
    ///
    /// # Errors
    /// Those of both.
    pub fn open_blocking(
        transport: T,
        config: &Config<'m>,
        psk: &mut dyn ExternalPsk,
        rng: &mut (impl RngCore + CryptoRng),
        (receive, send): (&'m mut [u8], &'m mut [u8]),
        host: &mut impl Host,
    ) -> Result<Self, SessionError> {
        let mut session = Self::begin(transport, config, psk, rng, receive, send)?;
        loop {
            match session.poll_open(host.now_ms()) {
                Poll::Ready(Ok(())) => return Ok(session),
                Poll::Ready(Err(e)) => return Err(e),
                Poll::Pending => host.idle(),
            }
        }
    }

    /// Goes on with a session that [`export`](Self::export) has put away. See
    /// [`Connection::resume`] on the transport and on the buffers.
    ///
    /// # Errors
    /// [`SessionError::BufferTooSmall`], [`SessionError::InvalidConfig`].
    #[cfg(feature = "snapshot")]
    pub fn resume(
        transport: T,
        snapshot: Snapshot,
        receive: &'m mut [u8],
        send: &'m mut [u8],
    ) -> Result<Self, SessionError> {
        let connection = Connection::resume(snapshot, receive, send);
        Ok(Self {
            transport,
            connection: connection.map_err(|e| name(e, false))?,
            timeout_ms: 0,
            deadline_ms: None,
            time_ms: 0,
            was_open: true,
            transport_error: None,
        })
    }

    /// Puts the session away for a time without power. Here it is over then; nothing is said to
    /// the server, and the transport has to be kept open by somebody else.
    ///
    /// `None`: nothing has changed, as something is under way. Go on, and ask again.
    #[cfg(feature = "snapshot")]
    #[must_use]
    pub fn export(&mut self) -> Option<Snapshot> {
        self.drive().ok()?;
        self.connection.export()
    }

    /// The transport, to look at it.
    #[must_use]
    pub fn transport(&self) -> &T {
        &self.transport
    }

    /// Ends the session without a farewell and gives the transport back.
    #[must_use]
    pub fn into_transport(self) -> T {
        self.transport
    }

    /// Sends and receives until the transport or the data for the caller says stop.
    fn drive(&mut self) -> Result<(), SessionError> {
        let mut taken = 0_usize;
        while taken < ENOUGH {
            self.push()?;
            let room = self.connection.room();
            if room.is_empty() {
                break;
            }
            let asked = room.len();
            match self.transport.recv(room) {
                Poll::Ready(Ok(0)) | Poll::Pending => break,
                // An end is given to the caller below, once it has read all.
                Poll::Ready(Ok(n)) => {
                    // A port that claims more than it was asked for is not believed.
                    let n = n.min(asked);
                    taken = taken.saturating_add(n);
                    let _ = self.connection.filled(n);
                }
                Poll::Ready(Err(e)) => self.transport_failed(e),
            }
        }
        self.push()?;
        match self.connection.ended() {
            Some(e) if !self.connection.is_open() => Err(self.why(e)),
            _ => Ok(()),
        }
    }

    /// Sends what waits.
    fn push(&mut self) -> Result<(), SessionError> {
        loop {
            let unsent = self.connection.outgoing();
            if unsent.is_empty() || self.transport_error.is_some() {
                return Ok(());
            }
            match self.transport.send(unsent) {
                Poll::Ready(Ok(0)) | Poll::Pending => return Ok(()),
                Poll::Ready(Ok(n)) => self.connection.sent(n),
                // What the peer said before it hung up may tell why: it is read first.
                Poll::Ready(Err(TransportError::Closed)) if self.connection.ended().is_none() => {
                    return Ok(());
                }
                Poll::Ready(Err(e)) => self.transport_failed(e),
            }
        }
    }

    /// Sends all that waits.
    fn drain(&mut self) -> Poll<Result<(), SessionError>> {
        self.push()?;
        if self.connection.outgoing().is_empty() {
            return Poll::Ready(Ok(()));
        }
        match self.transport_error {
            Some(e) => Poll::Ready(Err(e.into())),
            None => Poll::Pending,
        }
    }

    /// Once the server has ended the session nothing is sent to it but a farewell.
    fn live(&self) -> Result<(), SessionError> {
        match self.connection.ended() {
            Some(e) => Err(self.why(e)),
            None => Ok(()),
        }
    }

    fn transport_failed(&mut self, e: TransportError) {
        self.transport_error = Some(e);
        self.connection.transport_ended();
    }

    /// Why it is over, in the words of every session.
    fn why(&self, e: TlsError) -> SessionError {
        match (e, self.transport_error) {
            (TlsError::Truncated, Some(e)) => e.into(),
            (TlsError::RecordTooLong { len }, _) => {
                // The session's word counts without the header.
                let header = u16::try_from(HEADER_LEN).unwrap_or(u16::MAX);
                let capacity = u16::try_from(self.connection.receive_capacity());
                SessionError::RecordTooLong {
                    got: len.saturating_sub(header),
                    fits: capacity.unwrap_or(u16::MAX).saturating_sub(header),
                }
            }
            (e, _) => name(e, self.was_open),
        }
    }
}

impl<T: StreamTransport, C: Crypto> Session for TlsSession<'_, T, C> {
    fn send(&mut self, data: &[u8]) -> Poll<Result<usize, SessionError>> {
        self.live()?;
        if let Err(e) = self.push() {
            return Poll::Ready(Err(e));
        }
        let taken = self.connection.write(data);
        if let Err(e) = self.push() {
            return Poll::Ready(Err(e));
        }
        taken.map_err(|e| self.why(e))
    }

    fn flush(&mut self) -> Poll<Result<(), SessionError>> {
        self.live()?;
        self.drain()
    }

    fn recv(&mut self, buf: &mut [u8]) -> Poll<Result<usize, SessionError>> {
        if buf.is_empty() {
            return Poll::Ready(Ok(0));
        }
        let mut got = self.connection.read(buf);
        if got.is_pending() {
            if let Err(e) = self.drive() {
                return Poll::Ready(Err(e));
            }
            got = self.connection.read(buf);
        }
        got.map_err(|e| self.why(e))
    }

    fn close(&mut self) -> Poll<Result<(), SessionError>> {
        if let Some(e) = self.connection.ended().filter(|e| *e != TlsError::Closed) {
            return Poll::Ready(Err(self.why(e)));
        }
        self.connection.close();
        let farewell = self.drain();
        if farewell.is_ready() {
            self.connection.wipe();
        }
        farewell
    }
}

/// The session's word for an error of this channel.
pub(crate) fn name(e: TlsError, was_open: bool) -> SessionError {
    match e {
        TlsError::Refused(Alert::BAD_RECORD_MAC) if was_open => SessionError::RecordNotAuthentic,
        TlsError::Refused(Alert::BAD_RECORD_MAC | Alert::DECRYPT_ERROR) => {
            SessionError::ServerNotAuthenticated
        }
        TlsError::MalformedRecord | TlsError::Refused(Alert::RECORD_OVERFLOW) => {
            SessionError::MalformedRecord
        }
        TlsError::Refused(Alert::PROTOCOL_VERSION) => {
            // TLS 1.2 or older.
            SessionError::Unsupported(Unsupported::Version(0x0303))
        }
        TlsError::Refused(Alert::INTERNAL_ERROR) => SessionError::Internal,
        TlsError::Refused(_) => SessionError::MalformedHandshake,
        TlsError::UnexpectedRecord(content_type) => SessionError::UnexpectedRecord { content_type },
        TlsError::UnexpectedMessage(kind) if was_open => SessionError::UnexpectedMessage(kind),
        TlsError::UnexpectedMessage(_) => SessionError::MalformedHandshake,
        TlsError::PskDeclined => SessionError::PskDeclined,
        TlsError::PeerAlert(Alert(code)) if was_open => SessionError::PeerAlert(code),
        // Missing is signature_algorithms: the server would go on with a certificate.
        TlsError::PeerAlert(
            Alert::UNKNOWN_PSK_IDENTITY | Alert::HANDSHAKE_FAILURE | Alert::MISSING_EXTENSION,
        ) => SessionError::IdentityUnknown,
        TlsError::PeerAlert(
            Alert::ILLEGAL_PARAMETER | Alert::DECRYPT_ERROR | Alert::BAD_RECORD_MAC,
        ) => SessionError::KeyRejected,
        TlsError::PeerAlert(Alert(code)) => SessionError::PeerAlert(code),
        TlsError::Closed => SessionError::Closed,
        TlsError::Truncated => SessionError::Truncated,
        TlsError::RecordTooLong { len } => SessionError::RecordTooLong { got: len, fits: 0 },
        TlsError::BufferTooSmall { needed } => SessionError::BufferTooSmall {
            needed: needed.into(),
        },
        TlsError::Unsupported => SessionError::InvalidConfig,
        TlsError::KeyUnavailable => SessionError::KeyUnavailable,
        TlsError::NoRandom => SessionError::RandomSource,
        TlsError::TimedOut => SessionError::TimedOut,
        TlsError::TooManyEmptyRecords => SessionError::TooManyEmptyRecords,
        TlsError::KeyExhausted => SessionError::KeyExhausted,
    }
}

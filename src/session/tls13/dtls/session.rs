//! An association and its transport.

use super::super::config::Config;
use super::super::crypto::{Crypto, ExternalPsk, SoftwarePsk};
use super::super::error::TlsError;
use super::super::session::name;
use super::buffers::Buffers;
use super::config::DtlsConfig;
use super::connection::DtlsConnection;
use super::snapshot::Snapshot;
use crate::session::{Psk, SessionError};
use crate::transport::{DatagramTransport, Host};
use core::task::Poll;
use rand_core::{CryptoRng, RngCore};

/// Datagrams that one call takes in at the most: whoever sends without end, and needs no key for that,
/// must not hold its caller, nor the handshake beyond its deadline.
const ENOUGH: usize = 256;

/// A DTLS 1.3 association over a transport. Nothing here blocks; the caller's loop calls
/// [`poll`](Self::poll) whenever something may have come and at [`deadline`](Self::deadline).
pub struct DtlsSession<'m, T, C: Crypto> {
    transport: T,
    connection: DtlsConnection<'m, C>,
    was_open: bool,
}

impl<'m, T: DatagramTransport, C: Crypto> DtlsSession<'m, T, C> {
    /// Begins to open an association. Nothing is sent yet. See [`DtlsConnection`] on the
    /// buffers.
    ///
    /// # Errors
    /// [`SessionError::BufferTooSmall`], [`SessionError::InvalidConfig`],
    /// [`SessionError::KeyUnavailable`], [`SessionError::RandomSource`].
    pub fn begin(
        transport: T,
        (config, dtls): (&Config<'m>, &DtlsConfig<'m>),
        psk: &mut dyn ExternalPsk,
        rng: &mut (impl RngCore + CryptoRng),
        receive: &'m mut [u8],
        send: &'m mut [u8],
    ) -> Result<Self, SessionError> {
        let connection = DtlsConnection::new(config, dtls, psk, rng, receive, send);
        connection
            .map(|connection| Self::over(transport, connection))
            .map_err(|e| name(e, false))
    }

    /// As [`begin`](Self::begin), in a place that the caller keeps. On a microcontroller an association
    /// takes some kilobytes; here no copy of it goes over the stack.
    ///
    /// # Errors
    /// As [`begin`](Self::begin). What is in `place` then is of no use.
    pub fn begin_in<'p>(
        place: &'p mut Option<Self>,
        transport: T,
        (config, dtls): (&Config<'m>, &DtlsConfig<'m>),
        psk: &mut dyn ExternalPsk,
        rng: &mut (impl RngCore + CryptoRng),
        (receive, send): (&'m mut [u8], &'m mut [u8]),
    ) -> Result<&'p mut Self, SessionError> {
        let buffers = Buffers::new(receive, send);
        buffers.check(dtls).map_err(|e| name(e, false))?;
        let this = Self::prepare(place, transport, dtls, buffers);
        let started = this.connection.start(config, dtls, None, psk, rng);
        started.map(|()| this).map_err(|e| name(e, false))
    }

    /// The same, with an identity that is lent by nobody. What fails gives the buffers back, and
    /// leaves nothing.
    pub(crate) fn begin_as(
        place: &mut Option<Self>,
        transport: T,
        (config, dtls): (&Config<'m>, &DtlsConfig<'m>),
        psk: Psk<'_>,
        rng: &mut (impl RngCore + CryptoRng),
        buffers: Buffers<'m>,
    ) -> Result<(), (SessionError, Buffers<'m>)> {
        if let Err(e) = buffers.check(dtls) {
            return Err((name(e, false), buffers));
        }
        let this = Self::prepare(place, transport, dtls, buffers);
        let identity = Some(psk.identity.clone());
        let mut key = SoftwarePsk::<C>::new(psk.key.as_octets());
        let started = this.connection.start(config, dtls, identity, &mut key, rng);
        let Err(e) = started else { return Ok(()) };
        let buffers = this.connection.take_buffers();
        *place = None;
        Err((name(e, false), buffers))
    }

    /// Goes on with an association that [`export`](Self::export) has put away, over a connected
    /// transport and in a place that the caller keeps: no copy of it goes over the stack. What is
    /// written on snapshots at [`DtlsConnection::resume`] holds here. See [`DtlsConnection`] on the
    /// buffers, `receive` and `send`.
    ///
    /// # Errors
    /// [`SessionError::BufferTooSmall`]: `receive` has to be as long as before;
    /// [`SessionError::InvalidConfig`] if this build has not the suite. `place` is empty then.
    #[allow(clippy::needless_pass_by_value, reason = "it is used up")]
    pub fn resume_in<'p>(
        place: &'p mut Option<Self>,
        transport: T,
        snapshot: Snapshot,
        dtls: &DtlsConfig<'m>,
        (receive, send): (&'m mut [u8], &'m mut [u8]),
    ) -> Result<&'p mut Self, SessionError> {
        let buffers = Buffers::new(receive, send);
        Self::resume_as(place, transport, &snapshot, dtls, buffers).map_err(|(e, _)| e)?;
        // It is there.
        place.as_mut().ok_or(SessionError::Internal)
    }

    /// The same. What fails gives the buffers back, and leaves nothing.
    pub(crate) fn resume_as(
        place: &mut Option<Self>,
        transport: T,
        snapshot: &Snapshot,
        dtls: &DtlsConfig<'m>,
        buffers: Buffers<'m>,
    ) -> Result<(), (SessionError, Buffers<'m>)> {
        if let Err(e) = buffers.check(dtls) {
            *place = None;
            return Err((name(e, false), buffers));
        }
        let this = Self::prepare(place, transport, dtls, buffers);
        match snapshot.restore(&mut this.connection) {
            Ok(()) => {
                this.was_open = true;
                Ok(())
            }
            Err(e) => {
                let buffers = this.connection.take_buffers();
                *place = None;
                Err((name(e, false), buffers))
            }
        }
    }

    /// Ends without a farewell and gives the buffers back, wiped.
    pub(crate) fn take_buffers(&mut self) -> Buffers<'m> {
        self.connection.take_buffers()
    }

    /// Not inlined, so that whatever of the stack it takes is free again for the handshake.
    #[inline(never)]
    fn prepare<'p>(
        place: &'p mut Option<Self>,
        transport: T,
        dtls: &DtlsConfig<'m>,
        buffers: Buffers<'m>,
    ) -> &'p mut Self {
        place.insert(Self {
            transport,
            connection: DtlsConnection::empty(dtls, buffers),
            was_open: false,
        })
    }

    /// [`begin`](Self::begin) and [`poll`](Self::poll) until it is open, idling in between.
    ///
    /// `buffers` are for receiving and for sending. Gives up after
    /// [`Config::handshake_timeout_ms`](super::super::Config::handshake_timeout_ms).
    ///
    /// # Errors
    /// Those of both.
    pub fn open_blocking(
        transport: T,
        configs: (&Config<'m>, &DtlsConfig<'m>),
        psk: &mut dyn ExternalPsk,
        rng: &mut (impl RngCore + CryptoRng),
        buffers: (&'m mut [u8], &'m mut [u8]),
        host: &mut impl Host,
    ) -> Result<Self, SessionError> {
        let mut session = Self::begin(transport, configs, psk, rng, buffers.0, buffers.1)?;
        loop {
            match session.poll(host.now_ms()) {
                Poll::Ready(Ok(())) => return Ok(session),
                Poll::Ready(Err(e)) => return Err(e),
                Poll::Pending => host.idle(),
            }
        }
    }

    /// Goes on with an association, such as a resumed one.
    #[must_use]
    pub fn over(transport: T, connection: DtlsConnection<'m, C>) -> Self {
        Self {
            transport,
            was_open: connection.is_open(),
            connection,
        }
    }

    /// Does what can be done now: sends what is due, takes what has come. `Ready(Ok(()))`: open.
    ///
    /// # Errors
    /// Why it could not be opened, or has ended.
    pub fn poll(&mut self, now_ms: u64) -> Poll<Result<(), SessionError>> {
        if let Err(e) = self.drive(now_ms) {
            return Poll::Ready(Err(e));
        }
        if self.connection.is_open() {
            if !self.was_open {
                log_info!("session: open");
            }
            self.was_open = true;
            return Poll::Ready(Ok(()));
        }
        match self.connection.ended() {
            Some(e) => Poll::Ready(Err(name(e, self.was_open))),
            None => Poll::Pending,
        }
    }

    /// When [`poll`](Self::poll) has something to do though nothing comes.
    #[must_use]
    pub fn deadline(&self) -> Option<u64> {
        self.connection.next_deadline()
    }

    /// Sends `data` as one record in one datagram. It may get lost.
    ///
    /// # Errors
    /// [`SessionError::BufferTooSmall`]: longer than one record; or why the session has ended.
    pub fn send(&mut self, data: &[u8], now_ms: u64) -> Poll<Result<(), SessionError>> {
        if let Err(e) = self.push(now_ms) {
            return Poll::Ready(Err(e));
        }
        let put = self.connection.write(data);
        if let Err(e) = self.push(now_ms) {
            return Poll::Ready(Err(e));
        }
        put.map_err(|e| name(e, self.was_open))
    }

    /// Takes the data of one record.
    ///
    /// # Errors
    /// [`SessionError::BufferTooSmall`]: `buf` must hold all of it; or why the session has ended.
    pub fn recv(&mut self, buf: &mut [u8], now_ms: u64) -> Poll<Result<usize, SessionError>> {
        self.recv_by(now_ms, |connection| connection.read(buf))
    }

    /// The same, but what does not fit is cut off.
    pub(crate) fn recv_cut(
        &mut self,
        buf: &mut [u8],
        now_ms: u64,
    ) -> Poll<Result<usize, SessionError>> {
        self.recv_by(now_ms, |connection| connection.read_cut(buf))
    }

    fn recv_by(
        &mut self,
        now_ms: u64,
        mut read: impl FnMut(&mut DtlsConnection<'m, C>) -> Poll<Result<usize, TlsError>>,
    ) -> Poll<Result<usize, SessionError>> {
        let mut got = read(&mut self.connection);
        if got.is_pending() {
            if let Err(e) = self.drive(now_ms) {
                return Poll::Ready(Err(e));
            }
            got = read(&mut self.connection);
        }
        got.map_err(|e| name(e, self.was_open))
    }

    /// Says close_notify, and wipes what the association owns once that is said.
    ///
    /// # Errors
    /// The transport's.
    pub fn close(&mut self, now_ms: u64) -> Poll<Result<(), SessionError>> {
        self.connection.close();
        match self.push(now_ms) {
            Err(e) => Poll::Ready(Err(e)),
            Ok(()) if self.connection.outgoing(now_ms).is_empty() => {
                self.connection.wipe();
                Poll::Ready(Ok(()))
            }
            Ok(()) => Poll::Pending,
        }
    }

    /// Puts the association away for a time without power, to go on with it by
    /// [`resume_in`](Self::resume_in), or [`DtlsConnection::resume`] and [`over`](Self::over), also
    /// from another address if there is a Connection ID. Here it is over then; nothing is said to the server.
    ///
    /// `None`: nothing has changed, as something is under way. Poll, and ask again.
    #[must_use]
    pub fn export(&mut self) -> Option<Snapshot> {
        self.connection.export()
    }

    /// The association without its transport, to look at it.
    #[must_use]
    pub fn connection(&self) -> &DtlsConnection<'m, C> {
        &self.connection
    }

    /// The transport. Another one may be put in its place: where the server knows the client by a
    /// Connection ID, the association goes on from another address.
    pub fn transport_mut(&mut self) -> &mut T {
        &mut self.transport
    }

    /// The transport is lost with what it has not taken: whoever needs that says it again.
    pub(crate) fn lose_datagram(&mut self) {
        self.connection.sent();
    }

    fn drive(&mut self, now_ms: u64) -> Result<(), SessionError> {
        for _ in 0..ENOUGH {
            self.push(now_ms)?;
            let room = self.connection.room();
            if room.is_empty() {
                break;
            }
            match self.transport.recv(room) {
                Poll::Ready(Ok(len)) => {
                    let _ = self.connection.received(len, now_ms);
                }
                Poll::Pending => break,
                Poll::Ready(Err(e)) => return Err(e.into()),
            }
        }
        self.push(now_ms)?;
        match self.connection.ended() {
            None | Some(TlsError::Closed) => Ok(()),
            Some(e) => Err(name(e, self.was_open)),
        }
    }

    fn push(&mut self, now_ms: u64) -> Result<(), SessionError> {
        loop {
            let datagram = self.connection.outgoing(now_ms);
            if datagram.is_empty() {
                return Ok(());
            }
            match self.transport.send(datagram) {
                Poll::Ready(Ok(())) => self.connection.sent(),
                Poll::Pending => return Ok(()),
                Poll::Ready(Err(e)) => return Err(e.into()),
            }
        }
    }
}

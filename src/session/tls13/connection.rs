//! TLS 1.3 over an octet stream, without I/O.

use super::alert::Alert;
use super::config::Config;
use super::crypto::{Crypto, ExternalPsk};
use super::error::TlsError;
use super::handshake::{Handshake, Limits, fragment_octets};
use super::incoming::{Expected, Incoming};
use super::keys::Keys;
use super::outgoing::{Outgoing, Owed};
use super::protocol::Protocol;
use super::quiet::Quiet;
use super::record::{HEADER_LEN, TrafficKey, content};
use crate::akma::PskIdentity;
use crate::session::MAX_EMPTY_RECORDS;
use core::task::Poll;
use rand_core::{CryptoRng, RngCore};

/// For receiving and for sending.
pub(crate) type Buffers<'b> = (&'b mut [u8], &'b mut [u8]);

mod receive;

/// Least length of a receive buffer: a ServerHello in one record, with room.
const MIN_RECEIVE: usize = 256;
/// Octets around the content of a protected record of any suite, and four that an incomplete
/// message header may take.
const RECEIVE_OVERHEAD: usize = HEADER_LEN + 16 + 4;

/// One TLS 1.3 connection: octets in, octets out.
///
/// Works in two buffers of the caller's. Each holds one record; the longer `receive` is, the
/// longer records the server may send: it is told, by record_size_limit (RFC 8449) and, from 538
/// octets on, by max_fragment_length (RFC 6066) for servers that know only that.
///
/// Every method leaves the connection whole: octets may come and go one at a time.
pub struct Connection<'b, C: Crypto> {
    pub(super) handshake: Option<Handshake<'b, C>>,
    pub(super) incoming: Incoming<'b>,
    pub(super) outgoing: Outgoing<'b>,
    pub(super) owed: Owed,
    pub(super) keys: Keys<C>,
    /// The handshake is over, and what came then was no failure.
    pub(super) open: bool,
    pub(super) quiet: Quiet<{ MAX_EMPTY_RECORDS }>,
    pub(super) send_limit: usize,
    pub(super) read_end: Option<TlsError>,
    pub(super) write_end: Option<TlsError>,
}

impl<'b, C: Crypto> Connection<'b, C> {
    /// Least length of `receive`. With less than 538 octets only servers that know
    /// record_size_limit (RFC 8449) are sure to send records that fit.
    pub const MIN_RECEIVE: usize = MIN_RECEIVE;

    /// Begins a handshake: the ClientHello stands ready in [`outgoing`](Self::outgoing).
    ///
    /// # Errors
    /// [`TlsError::BufferTooSmall`] with the length that would do: `send` must hold the
    /// ClientHello, about 240 octets and the identity and name. [`TlsError::Unsupported`],
    /// [`TlsError::KeyUnavailable`], [`TlsError::NoRandom`].
    pub fn new(
        config: &Config<'b>,
        psk: &mut dyn ExternalPsk,
        rng: &mut (impl RngCore + CryptoRng),
        receive: &'b mut [u8],
        send: &'b mut [u8],
    ) -> Result<Self, TlsError> {
        Self::begin(config, None, psk, rng, (receive, send)).map_err(|(error, _)| error)
    }

    /// The same, with an identity that is lent by nobody. What fails gives the buffers back.
    pub(crate) fn begin(
        config: &Config<'b>,
        identity: Option<PskIdentity>,
        psk: &mut dyn ExternalPsk,
        rng: &mut (impl RngCore + CryptoRng),
        buffers: Buffers<'b>,
    ) -> Result<Self, (TlsError, Buffers<'b>)> {
        let mut this = Self::empty(config, buffers);
        match this.start(config, identity, psk, rng) {
            Ok(()) => Ok(this),
            Err(error) => Err((error, this.take_buffers())),
        }
    }

    /// One without a handshake. Inlined, so that it is made where it stays.
    #[inline(always)]
    pub(crate) fn empty(config: &Config<'b>, (receive, send): Buffers<'b>) -> Self {
        Self {
            handshake: None,
            incoming: Incoming::new(receive),
            outgoing: Outgoing::new(send),
            owed: Owed::default(),
            keys: Keys::new(config.records_per_key),
            open: false,
            quiet: Quiet::default(),
            send_limit: 0,
            read_end: None,
            write_end: None,
        }
    }

    /// Begins a handshake where there is none.
    pub(crate) fn start(
        &mut self,
        config: &Config<'b>,
        identity: Option<PskIdentity>,
        psk: &mut dyn ExternalPsk,
        rng: &mut (impl RngCore + CryptoRng),
    ) -> Result<(), TlsError> {
        let handshake = begin_handshake(config, self.incoming.capacity(), psk, rng)?;
        let handshake = self.handshake.insert(handshake.with_identity(identity));
        let hello = handshake.hello(self.outgoing.content());
        let len = hello.map_err(with_header)?;
        self.outgoing
            .seal::<C>(&mut None, content::HANDSHAKE, len)?;
        Ok(())
    }

    /// Ends without a farewell and gives the buffers back, wiped.
    pub(crate) fn take_buffers(&mut self) -> Buffers<'b> {
        self.wipe();
        (self.incoming.take_buffer(), self.outgoing.take_buffer())
    }

    /// The handshake is over: the server has proved that it has the PSK, and the Finished that
    /// proves the same to it stands in [`outgoing`](Self::outgoing) or is sent.
    #[must_use]
    pub fn is_open(&self) -> bool {
        self.open
    }

    /// Why nothing more can be read, once so.
    #[must_use]
    pub fn ended(&self) -> Option<TlsError> {
        self.read_end
    }

    /// Octets of the receive buffer.
    #[must_use]
    pub fn receive_capacity(&self) -> usize {
        self.incoming.capacity()
    }

    /// Octets for the transport. Those that it takes are reported to [`sent`](Self::sent).
    pub fn outgoing(&mut self) -> &[u8] {
        self.prepare();
        self.outgoing.unsent()
    }

    /// The transport has taken the first `n` octets of [`outgoing`](Self::outgoing).
    pub fn sent(&mut self, n: usize) {
        self.outgoing.sent(n);
    }

    /// Where the next octets of the transport belong. Empty while received data waits to be
    /// [`read`](Self::read), and after the end.
    pub fn room(&mut self) -> &mut [u8] {
        match self.read_end {
            Some(_) => &mut [],
            None => self.incoming.room(),
        }
    }

    /// The transport has put `n` octets at the front of [`room`](Self::room).
    ///
    /// # Errors
    /// What ended the connection. An alert for the peer may stand in
    /// [`outgoing`](Self::outgoing).
    pub fn filled(&mut self, n: usize) -> Result<(), TlsError> {
        if let Some(end) = self.read_end {
            return Err(end);
        }
        let expected = match self.keys.read {
            None => Expected::Clear,
            Some(_) if self.open => Expected::Data,
            Some(_) => Expected::Handshake,
        };
        let taken = match self.incoming.filled(n, expected) {
            Ok(true) => self.record(),
            Ok(false) => Ok(()),
            Err(error) => Err(error),
        };
        taken.map_err(|error| self.fail(error))
    }

    /// The transport has ended; no more octets will come.
    pub fn transport_ended(&mut self) {
        if self.read_end.is_none() {
            self.fail(TlsError::Truncated);
        }
    }

    /// The deadline has passed: gives the handshake up.
    pub fn time_out(&mut self) {
        self.fail(TlsError::TimedOut);
    }

    /// Takes received data into `out`. `Pending`: none here, more octets are needed.
    ///
    /// # Errors
    /// [`TlsError::Closed`] after the last data of an orderly end; what ended the connection
    /// otherwise.
    pub fn read(&mut self, out: &mut [u8]) -> Poll<Result<usize, TlsError>> {
        if self.incoming.has_data() {
            return Poll::Ready(Ok(self.incoming.read(out)));
        }
        match self.read_end {
            Some(end) => Poll::Ready(Err(end)),
            None => Poll::Pending,
        }
    }

    /// Makes a record of as much of `data` as fits one and gives the number of octets taken.
    /// `Pending`: the handshake is not over, or the record before has not left.
    ///
    /// # Errors
    /// What ended the connection; [`TlsError::Closed`] after [`close`](Self::close).
    pub fn write(&mut self, data: &[u8]) -> Poll<Result<usize, TlsError>> {
        self.prepare();
        if let Some(end) = self.write_end {
            return Poll::Ready(Err(end));
        }
        if !self.is_open() || !self.outgoing.is_empty() {
            return Poll::Pending;
        }
        let overhead = self.keys.write.as_ref().map_or(0, TrafficKey::overhead);
        let room = self.outgoing.content().len().saturating_sub(overhead);
        let n = data.len().min(self.send_limit).min(room);
        let Some(part) = data.get(..n).filter(|part| !part.is_empty()) else {
            return Poll::Ready(Ok(0));
        };
        let kind = content::APPLICATION_DATA;
        match self.outgoing.put(&mut self.keys.write, kind, part) {
            Ok(()) => Poll::Ready(Ok(n)),
            Err(error) => Poll::Ready(Err(self.fail(error))),
        }
    }

    /// Says close_notify after what was written before. Reading may go on.
    pub fn close(&mut self) {
        if self.write_end.is_none() {
            self.write_end = Some(TlsError::Closed);
            self.owed.key_update = None;
            self.owed.alert = Some(Alert::CLOSE_NOTIFY);
        }
    }

    /// Ends both directions at once and wipes all that was said.
    pub(crate) fn wipe(&mut self) {
        self.read_end.get_or_insert(TlsError::Closed);
        self.write_end.get_or_insert(TlsError::Closed);
        self.handshake = None;
        self.owed = Owed::default();
        self.keys.end_read();
        self.keys.end_write();
        self.incoming.wipe();
        self.outgoing.wipe();
    }

    /// Fills the send buffer with what is owed, if it is free.
    pub(super) fn prepare(&mut self) {
        if !self.outgoing.is_empty() {
            return;
        }
        if self.open && self.write_end.is_none() && self.owed.key_update.is_none() {
            self.owed.key_update = self.keys.update_due();
        }
        let Some((kind, octets, len)) = self.owed.next() else {
            return;
        };
        let octets = octets.get(..len).unwrap_or_default();
        let sealed = self.outgoing.put(&mut self.keys.write, kind, octets);
        let done = sealed.and_then(|()| match (kind, octets) {
            (content::HANDSHAKE, _) => self.keys.next_write(),
            (_, [_, description]) if Alert(*description) == Alert::USER_CANCELED => {
                self.owed.alert = Some(Alert::CLOSE_NOTIFY);
                Ok(())
            }
            _ => {
                // Nothing is written after an alert.
                self.keys.end_write();
                Ok(())
            }
        });
        if let Err(error) = done {
            self.fail(error);
        }
    }

    /// Ends reading; ends writing too, unless the peer only closed its own direction.
    fn fail(&mut self, error: TlsError) -> TlsError {
        self.read_end = Some(error);
        self.handshake = None;
        self.keys.end_read();
        if !(self.open && error == TlsError::Closed) {
            self.open = false;
            self.write_end = Some(error);
            // The alert is the last record under this key.
            self.keys.end_write_secret();
            self.owed = Owed {
                alert: error.alert(),
                key_update: None,
            };
            if self.owed.alert.is_none() {
                self.keys.end_write();
            }
        }
        error
    }
}

impl<C: Crypto> Drop for Connection<'_, C> {
    /// Keys and secrets wipe themselves.
    fn drop(&mut self) {
        self.incoming.wipe();
        self.outgoing.wipe();
    }
}

fn begin_handshake<'b, C: Crypto>(
    config: &Config<'b>,
    receive_len: usize,
    psk: &mut dyn ExternalPsk,
    rng: &mut (impl RngCore + CryptoRng),
) -> Result<Handshake<'b, C>, TlsError> {
    let limits = limits(receive_len).ok_or(TlsError::too_small(MIN_RECEIVE))?;
    Handshake::new(Protocol::Tls, config, limits, None, psk, rng)
}

/// What fits a receive buffer of this length. `None`: too little.
fn limits(len: usize) -> Option<Limits> {
    if len < MIN_RECEIVE {
        return None;
    }
    let record_size = len.saturating_sub(RECEIVE_OVERHEAD).min((1 << 14) + 1);
    Some(Limits {
        record_size: u16::try_from(record_size).ok()?,
        // One octet is for the type. Where every record fits, there is nothing to ask for.
        fragment_code: (1..=4)
            .rfind(|code| fragment_octets(*code) < record_size)
            .filter(|_| record_size <= 1 << 14),
    })
}

/// The send buffer holds the record header besides.
fn with_header(error: TlsError) -> TlsError {
    error.needing(HEADER_LEN)
}

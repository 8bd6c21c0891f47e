//! One association, without I/O.

use super::super::alert::Alert;
use super::super::config::Config;
use super::super::crypto::{CipherSuite, Crypto, ExternalPsk};
use super::super::error::TlsError;
use super::super::handshake::{ConnectionId, Handshake};
use super::super::key_schedule::ApplicationSecrets;
use super::super::protocol::Protocol;
use super::super::quiet::Quiet;
use super::buffers::Buffers;
use super::config::DtlsConfig;
use super::reassembly::{self, Reassembly};
use super::record::{Epoch, PLAIN_HEADER_LEN, ReadEpoch};
use super::timer::Timer;
use crate::akma::PskIdentity;
use crate::session::MAX_EMPTY_RECORDS;
use core::ops::Range;
use core::task::Poll;
use rand_core::{CryptoRng, RngCore};

/// Octets of `receive` that are set apart to put fragments together in: a ServerHello, or a
/// HelloRetryRequest with its cookie.
pub(super) const STORE_LEN: usize = 256;
/// Octets before the body of a ClientHello in the send buffer.
pub(super) const HELLO_AT: usize = PLAIN_HEADER_LEN + reassembly::HEADER_LEN;
/// The first epoch of application data.
pub(super) const FIRST_EPOCH: u64 = 3;
/// Records without data that may come in a row. More than on a stream: what got lost comes again.
const MAX_QUIET_RECORDS: u16 = 8 * MAX_EMPTY_RECORDS;

/// One DTLS 1.3 association: datagrams in, datagrams out, next deadline.
///
/// Works in two buffers of the caller's. `receive` holds one datagram and, in its first 256
/// octets, a message in fragments: 256 octets more than the longest datagram of the server, which
/// is told by record_size_limit how long a record may be. `send` holds one datagram, and during
/// the handshake the whole ClientHello.
pub struct DtlsConnection<'b, C: Crypto> {
    pub(super) handshake: Option<Handshake<'b, C>>,
    pub(super) suite: Option<CipherSuite>,
    pub(super) secrets: Option<ApplicationSecrets>,
    /// The newest epoch for reading, and the one before until the newest is seen in use.
    pub(super) read: [Option<ReadEpoch<C>>; 2],
    pub(super) write: Option<Epoch<C>>,
    /// Epoch 2, in which the Finished goes out until it is acknowledged by an ACK.
    pub(super) write_handshake: Option<Epoch<C>>,
    pub(super) own_id: ConnectionId,
    pub(super) peer_id: ConnectionId,
    pub(super) ids_agreed: bool,

    pub(super) store: &'b mut [u8],
    pub(super) receive: &'b mut [u8],
    /// What of the datagram in `receive` is not looked at yet.
    pub(super) datagram: Range<usize>,
    /// Application data in `receive` that is not read yet.
    pub(super) data: Range<usize>,
    pub(super) reassembly: Reassembly,
    /// Number of the next handshake message of the server.
    pub(super) message_in: u16,

    pub(super) send: &'b mut [u8],
    /// A datagram in `send` that the transport has not taken.
    pub(super) unsent: Range<usize>,
    /// Octets of a ClientHello that the header of a fragment stands on.
    pub(super) under_header: Option<[u8; HELLO_AT]>,
    pub(super) mtu: usize,
    pub(super) send_limit: usize,
    pub(super) plain_number: u64,
    /// Number of the next handshake message of this client.
    pub(super) message_out: u16,
    pub(super) flight: Flight,
    pub(super) flight_due: bool,
    /// Numbers of the records that carried the flight.
    pub(super) flight_records: heapless::Deque<u64, 4>,
    /// Records to acknowledge: epoch and number.
    pub(super) acks: heapless::Deque<(u64, u64), 8>,
    pub(super) ack_due: bool,
    pub(super) alert: Option<Alert>,
    /// A KeyUpdate is to be sent because the server asked for it.
    pub(super) update_owed: bool,
    /// The server was asked for a KeyUpdate that has not come.
    pub(super) asked: bool,
    pub(super) quiet: Quiet<{ MAX_QUIET_RECORDS }>,
    pub(super) records_per_key: u64,

    pub(super) timer: Timer,
    pub(super) handshake_ms: u32,
    pub(super) deadline: Option<u64>,
    pub(super) now: u64,
    pub(super) forged: u64,
    pub(super) read_end: Option<TlsError>,
    pub(super) write_end: Option<TlsError>,
}

/// What was said and is not answered or acknowledged yet.
pub(super) enum Flight {
    None,
    /// A ClientHello, whose body stands at [`HELLO_AT`] of the send buffer.
    Hello {
        len: usize,
        /// Octets of it that have left.
        sent: usize,
    },
    /// The server has begun to answer; the rest is waited for.
    Answered,
    Finished {
        verify_data: [u8; 32],
        /// The server has sent data: it goes on, so it is not sent again but when it is asked for.
        settled: bool,
    },
    KeyUpdate {
        ask: bool,
    },
}

impl Flight {
    /// Nothing is waited for.
    pub(super) fn is_over(&self) -> bool {
        matches!(self, Self::None | Self::Finished { settled: true, .. })
    }
}

impl<'b, C: Crypto> DtlsConnection<'b, C> {
    /// Begins a handshake: the ClientHello is the first datagram of
    /// [`outgoing`](Self::outgoing).
    ///
    /// # Errors
    /// [`TlsError::BufferTooSmall`] with the length that would do, [`TlsError::Unsupported`],
    /// [`TlsError::KeyUnavailable`], [`TlsError::NoRandom`].
    pub fn new(
        config: &Config<'b>,
        dtls: &DtlsConfig<'b>,
        psk: &mut dyn ExternalPsk,
        rng: &mut (impl RngCore + CryptoRng),
        receive: &'b mut [u8],
        send: &'b mut [u8],
    ) -> Result<Self, TlsError> {
        let buffers = Buffers::new(receive, send);
        buffers.check(dtls)?;
        let mut this = Self::empty(dtls, buffers);
        this.start(config, dtls, None, psk, rng)?;
        Ok(this)
    }

    /// Makes the ClientHello. `identity`: in the place of the configuration's.
    pub(super) fn start(
        &mut self,
        config: &Config<'b>,
        dtls: &DtlsConfig<'b>,
        identity: Option<PskIdentity>,
        psk: &mut dyn ExternalPsk,
        rng: &mut (impl RngCore + CryptoRng),
    ) -> Result<(), TlsError> {
        let limits = self.limits();
        let id = dtls.connection_id;
        let handshake = Handshake::new(Protocol::Dtls, config, limits, id, psk, rng)?;
        let handshake = self.handshake.insert(handshake.with_identity(identity));
        let place = self.send.get_mut(HELLO_AT - 4..).unwrap_or_default();
        let len = handshake.hello(place).map_err(with_header)?;
        self.handshake_ms = config.handshake_timeout_ms;
        self.records_per_key = config.records_per_key.max(1);
        self.begin_hello(len);
        Ok(())
    }

    /// Ends both directions at once and wipes all that was said.
    pub(super) fn wipe(&mut self) {
        self.fail(self.read_end.unwrap_or(TlsError::Closed));
        (self.write, self.write_handshake, self.alert) = (None, None, None);
        self.wipe_buffers();
        (self.datagram, self.data, self.unsent) = (0..0, 0..0, 0..0);
    }

    /// The handshake is over and data can be written.
    #[must_use]
    pub fn is_open(&self) -> bool {
        self.handshake.is_none() && self.secrets.is_some()
    }

    /// The Finished has been acknowledged, or there is data of the server's: it too has an open
    /// session.
    #[must_use]
    pub fn is_confirmed(&self) -> bool {
        self.is_open() && !self.finished_waits()
    }

    /// The Finished is out and nothing shows yet that it has arrived.
    pub(super) fn finished_waits(&self) -> bool {
        matches!(self.flight, Flight::Finished { settled: false, .. })
    }

    /// The handshake is not over on both sides: the deadline holds.
    pub(super) fn is_young(&self) -> bool {
        self.handshake.is_some() || self.finished_waits()
    }

    /// Whether it can go on from another address: it is open both ways, and the server knows this
    /// client by a Connection ID (RFC 9146).
    #[must_use]
    pub fn can_move(&self) -> bool {
        let is_whole = self.read_end.is_none() && self.write_end.is_none();
        self.is_open() && is_whole && self.ids_agreed && !self.peer_id.is_empty()
    }

    /// Why nothing more can be read, once so.
    #[must_use]
    pub fn ended(&self) -> Option<TlsError> {
        self.read_end
    }

    /// When [`outgoing`](Self::outgoing) is to be asked again, though nothing has come.
    #[must_use]
    pub fn next_deadline(&self) -> Option<u64> {
        let handshake = self.deadline.filter(|_| self.is_young());
        match (self.timer.due(), handshake) {
            (Some(a), Some(b)) => Some(a.min(b)),
            (a, b) => a.or(b),
        }
    }

    /// Where a datagram is to be put. Empty while the one before is not used up.
    pub fn room(&mut self) -> &mut [u8] {
        if self.datagram.is_empty() && self.data.is_empty() && self.read_end.is_none() {
            self.receive
        } else {
            &mut []
        }
    }

    /// A datagram of `len` octets stands in [`room`](Self::room). What is not for this
    /// association, forged or doubled is passed over.
    ///
    /// # Errors
    /// What ended the association.
    pub fn received(&mut self, len: usize, now: u64) -> Result<(), TlsError> {
        self.tick(now);
        self.datagram = 0..len.min(self.receive.len());
        self.process()
    }

    /// Takes the data of one record into `out`. `Pending`: none here.
    ///
    /// # Errors
    /// [`TlsError::BufferTooSmall`]: `out` must hold the whole of it; the association goes on.
    /// [`TlsError::Closed`] after the last data of an orderly end; what ended it otherwise.
    pub fn read(&mut self, out: &mut [u8]) -> Poll<Result<usize, TlsError>> {
        if self.data.len() > out.len() {
            return Poll::Ready(Err(TlsError::too_small(self.data.len())));
        }
        self.read_cut(out)
    }

    /// The same, but what does not fit is cut off.
    pub(crate) fn read_cut(&mut self, out: &mut [u8]) -> Poll<Result<usize, TlsError>> {
        if self.data.is_empty() {
            return match self.read_end {
                Some(end) => Poll::Ready(Err(end)),
                None => Poll::Pending,
            };
        }
        let data = self.receive.get(self.data.clone()).unwrap_or_default();
        let len = data.len().min(out.len());
        for (to, from) in out.iter_mut().zip(data) {
            *to = *from;
        }
        self.data = 0..0;
        // More records may stand in the same datagram; their end is told by the next call.
        let _ = self.process();
        Poll::Ready(Ok(len))
    }

    /// Makes one record of `data`, in a datagram of its own. `Pending`: the handshake is not
    /// over, or the datagram before has not left.
    ///
    /// # Errors
    /// [`TlsError::BufferTooSmall`]: more than [`max_write`](Self::max_write) octets; the
    /// association goes on. What ended it otherwise.
    pub fn write(&mut self, data: &[u8]) -> Poll<Result<(), TlsError>> {
        if let Some(end) = self.write_end {
            return Poll::Ready(Err(end));
        }
        if !self.is_open() || !self.unsent.is_empty() {
            return Poll::Pending;
        }
        if data.len() > self.max_write() {
            return Poll::Ready(Err(TlsError::too_small(data.len())));
        }
        if self.write_key_is_exhausted() {
            return Poll::Ready(Err(self.fail(TlsError::KeyExhausted)));
        }
        Poll::Ready(self.put_data(data))
    }

    /// The most octets that one record takes.
    #[must_use]
    pub fn max_write(&self) -> usize {
        let overhead = self.write.as_ref().map(|w| w.overhead(&self.peer_id));
        let room = self.mtu.min(self.send.len());
        room.saturating_sub(overhead.unwrap_or(room))
            .min(self.send_limit)
    }

    /// Says close_notify. Nothing can be written any more.
    pub fn close(&mut self) {
        if self.write_end.is_none() {
            self.write_end = Some(TlsError::Closed);
            self.alert = Some(Alert::CLOSE_NOTIFY);
        }
    }

    /// Ends the association.
    pub(super) fn fail(&mut self, error: TlsError) -> TlsError {
        self.read_end = Some(error);
        self.handshake = None;
        self.read = [None, None];
        self.timer.stop();
        self.flight = Flight::None;
        self.flight_due = false;
        self.ack_due = false;
        if self.write_end.is_none() {
            self.write_end = Some(error);
            self.alert = error.alert();
        }
        self.secrets = None;
        error
    }

    /// A ClientHello stands in its place; `len` counts its 4-octet header, which that of DTLS
    /// replaces.
    pub(super) fn begin_hello(&mut self, len: usize) {
        let len = len.saturating_sub(4);
        // Whatever waited in the send buffer is overwritten, and no longer wanted.
        self.unsent = 0..0;
        self.under_header = None;
        self.timer.stop();
        self.flight = Flight::Hello { len, sent: 0 };
        self.flight_due = true;
    }

    /// Inlined, so that it is made where it stays. The buffers have been
    /// [looked at](Buffers::check).
    #[inline(always)]
    pub(super) fn empty(dtls: &DtlsConfig<'b>, buffers: Buffers<'b>) -> Self {
        let own_id = ConnectionId::from_slice(dtls.connection_id.unwrap_or_default());
        let Buffers {
            store,
            receive,
            send,
        } = buffers;
        Self {
            handshake: None,
            suite: None,
            secrets: None,
            read: [None, None],
            write: None,
            write_handshake: None,
            own_id: own_id.unwrap_or_default(),
            peer_id: ConnectionId::new(),
            ids_agreed: false,
            store,
            receive,
            datagram: 0..0,
            data: 0..0,
            reassembly: Reassembly::default(),
            message_in: 0,
            send,
            unsent: 0..0,
            under_header: None,
            mtu: usize::from(dtls.mtu.max(64)),
            send_limit: 0,
            plain_number: 0,
            message_out: 0,
            flight: Flight::None,
            flight_due: false,
            flight_records: heapless::Deque::new(),
            acks: heapless::Deque::new(),
            ack_due: false,
            alert: None,
            update_owed: false,
            asked: false,
            quiet: Quiet::default(),
            records_per_key: u64::MAX,
            timer: Timer::new(dtls),
            handshake_ms: 0,
            deadline: None,
            now: 0,
            forged: 0,
            read_end: None,
            write_end: None,
        }
    }
}

/// The send buffer holds the headers besides.
pub(super) fn with_header(error: TlsError) -> TlsError {
    error.needing(HELLO_AT - 4)
}

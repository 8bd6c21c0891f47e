//! TLS 1.3 over an octet stream, without I/O.

use super::alert::Alert;
use super::config::Config;
use super::crypto::{CipherSuite, Crypto, ExternalPsk};
use super::error::TlsError;
use super::handshake::{FINISHED_LEN, Handshake, Limits, Step, fragment_octets};
use super::incoming::Incoming;
use super::key_schedule::{ApplicationSecrets, next_secret};
use super::outgoing::{Outgoing, Owed};
use super::protocol::Protocol;
use super::record::{HEADER_LEN, TrafficKey, content};
use core::task::Poll;
use rand_core::{CryptoRng, RngCore};

const NEW_SESSION_TICKET: u8 = 4;
const KEY_UPDATE: u8 = 24;
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
    handshake: Option<Handshake<'b, C>>,
    incoming: Incoming<'b>,
    outgoing: Outgoing<'b>,
    owed: Owed,
    suite: Option<CipherSuite>,
    read_key: Option<TrafficKey<C>>,
    write_key: Option<TrafficKey<C>>,
    secrets: Option<ApplicationSecrets>,
    send_limit: usize,
    records_per_key: u64,
    /// The peer was asked for a KeyUpdate that has not come.
    asked: bool,
    read_end: Option<TlsError>,
    write_end: Option<TlsError>,
}

impl<'b, C: Crypto> Connection<'b, C> {
    /// Least length of `receive`. With less than 538 octets only servers that know
    /// record_size_limit (RFC 8449) are sure to send records that fit.
    pub const MIN_RECEIVE: usize = MIN_RECEIVE;

    /// Begins a handshake: the ClientHello stands ready in [`outgoing`](Self::outgoing).
    ///
    /// # Errors
    /// [`TlsError::BufferTooSmall`] with the length that would do: `send` must hold the
    /// ClientHello, about 210 octets and the identity and name. [`TlsError::Unsupported`],
    /// [`TlsError::KeyUnavailable`], [`TlsError::NoRandom`].
    pub fn new(
        config: &Config<'b>,
        psk: &mut dyn ExternalPsk,
        rng: &mut (impl RngCore + CryptoRng),
        receive: &'b mut [u8],
        send: &'b mut [u8],
    ) -> Result<Self, TlsError> {
        let limits = limits(receive.len()).ok_or(TlsError::too_small(MIN_RECEIVE))?;
        let mut handshake = Handshake::new(Protocol::Tls, config, limits, None, psk, rng)?;
        let mut outgoing = Outgoing::new(send);
        let len = handshake.hello(outgoing.content()).map_err(with_header)?;
        outgoing.seal::<C>(&mut None, content::HANDSHAKE, len)?;
        Ok(Self {
            handshake: Some(handshake),
            incoming: Incoming::new(receive),
            outgoing,
            owed: Owed::default(),
            suite: None,
            read_key: None,
            write_key: None,
            secrets: None,
            send_limit: 0,
            records_per_key: config.records_per_key.max(1),
            asked: false,
            read_end: None,
            write_end: None,
        })
    }

    /// The handshake is over: the server has proved that it has the PSK, and the Finished that
    /// proves the same to it stands in [`outgoing`](Self::outgoing) or is sent.
    #[must_use]
    pub fn is_open(&self) -> bool {
        self.handshake.is_none() && self.secrets.is_some()
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
        let taken = match self.incoming.filled(n) {
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
        let overhead = self.write_key.as_ref().map_or(0, TrafficKey::overhead);
        let room = self.outgoing.content().len().saturating_sub(overhead);
        let n = data.len().min(self.send_limit).min(room);
        let Some(part) = data.get(..n).filter(|part| !part.is_empty()) else {
            return Poll::Ready(Ok(0));
        };
        let kind = content::APPLICATION_DATA;
        match self.outgoing.put(&mut self.write_key, kind, part) {
            Ok(()) => Poll::Ready(Ok(n)),
            Err(error) => Poll::Ready(Err(self.fail(error))),
        }
    }

    /// Says close_notify after what was written before. Reading may go on.
    pub fn close(&mut self) {
        if self.write_end.is_none() {
            self.write_end = Some(TlsError::Closed);
            self.owed.alert = Some(Alert::CLOSE_NOTIFY);
        }
    }

    /// Fills the send buffer with what is owed, if it is free.
    fn prepare(&mut self) {
        if !self.outgoing.is_empty() {
            return;
        }
        if self.is_open() && self.write_end.is_none() && self.owed.key_update.is_none() {
            self.keep_limits();
        }
        let Some((kind, octets, len)) = self.owed.next() else {
            return;
        };
        let octets = octets.get(..len).unwrap_or_default();
        let sealed = self.outgoing.put(&mut self.write_key, kind, octets);
        let done = sealed.and_then(|()| match (kind, octets) {
            (content::HANDSHAKE, _) => self.new_write_key(),
            (_, [_, description]) if Alert(*description) == Alert::USER_CANCELED => {
                self.owed.alert = Some(Alert::CLOSE_NOTIFY);
                Ok(())
            }
            _ => {
                // Nothing is written after an alert.
                self.write_key = None;
                Ok(())
            }
        });
        if let Err(error) = done {
            self.fail(error);
        }
    }

    /// RFC 8446 section 5.5: no key protects more records than its suite allows.
    fn keep_limits(&mut self) {
        let limit = self.suite.map_or(0, CipherSuite::record_limit);
        let limit = limit.min(self.records_per_key);
        let used = |key: &Option<TrafficKey<C>>| key.as_ref().map_or(0, TrafficKey::number);
        let ask = used(&self.read_key) >= limit && !self.asked;
        if ask || used(&self.write_key) >= limit {
            self.asked |= ask;
            self.owed.key_update = Some(ask);
        }
    }

    /// A whole record has come.
    fn record(&mut self) -> Result<(), TlsError> {
        let (open, inside_message) = (self.is_open(), self.incoming.inside_message());
        let Some((header, body)) = self.incoming.record() else {
            return Ok(());
        };
        let [outer, ..] = *header;
        // For middleboxes only, and only during the handshake (RFC 8446 section 5).
        if outer == content::CHANGE_CIPHER_SPEC && *body == [1] && !open && !inside_message {
            self.incoming.drop_record();
            return Ok(());
        }
        let (kind, len) = match &mut self.read_key {
            Some(key) if outer == content::APPLICATION_DATA => key.open_record(header, body)?,
            None if outer != content::APPLICATION_DATA => (outer, body.len()),
            // Octets in clear once there are keys are not the server's.
            _ => return Err(TlsError::UnexpectedRecord(outer)),
        };
        if len > 1 << 14 {
            return Err(Alert::RECORD_OVERFLOW.into());
        }
        match kind {
            content::HANDSHAKE if len > 0 => {
                self.incoming.keep_messages(len);
                self.messages()
            }
            // Nothing may come between the pieces of a message.
            _ if inside_message => Err(TlsError::UnexpectedRecord(kind)),
            content::APPLICATION_DATA if open => {
                self.incoming.keep_data(len);
                Ok(())
            }
            content::ALERT => {
                let alert: Option<&[u8; 2]> = body.get(..len).and_then(|a| a.try_into().ok());
                let [_, description] = *alert.ok_or(Alert::DECODE_ERROR)?;
                self.incoming.drop_record();
                self.alert(Alert(description))
            }
            _ => Err(TlsError::UnexpectedRecord(kind)),
        }
    }

    fn alert(&mut self, alert: Alert) -> Result<(), TlsError> {
        match alert {
            Alert::CLOSE_NOTIFY => Err(TlsError::Closed),
            // Announces a close_notify.
            Alert::USER_CANCELED => Ok(()),
            _ => Err(TlsError::PeerAlert(alert)),
        }
    }

    /// Takes all complete messages.
    fn messages(&mut self) -> Result<(), TlsError> {
        while let Some((kind, len)) = self.incoming.message_header() {
            if self.handshake.is_none() && kind == NEW_SESSION_TICKET {
                // K_AF makes sessions as cheaply as a ticket would.
                self.incoming.skip_message(len);
                continue;
            }
            let Some(message) = self.incoming.message(len)? else {
                return Ok(());
            };
            match &mut self.handshake {
                Some(handshake) => {
                    if !self.outgoing.is_empty() {
                        // An answer to what was not asked yet.
                        return Err(TlsError::UnexpectedMessage(kind));
                    }
                    let step = handshake
                        .receive(message, self.outgoing.content())
                        .map_err(with_header)?;
                    self.step(step)?;
                }
                None if kind == KEY_UPDATE && message.last => {
                    let update = <[u8; 1]>::try_from(message.body);
                    let [request] = update.map_err(|_| Alert::DECODE_ERROR)?;
                    self.key_update(request)?;
                }
                None => return Err(TlsError::UnexpectedMessage(kind)),
            }
            self.incoming.skip_message(len);
        }
        Ok(())
    }

    fn step(&mut self, step: Step) -> Result<(), TlsError> {
        match step {
            Step::Hello(len) => self.outgoing.seal::<C>(&mut None, content::HANDSHAKE, len),
            Step::HandshakeKeys { suite, .. } => {
                self.suite = Some(suite);
                let secrets = self.handshake.as_ref().and_then(Handshake::secrets);
                let secrets = secrets.ok_or(Alert::INTERNAL_ERROR)?;
                self.read_key = Some(TrafficKey::new(Protocol::Tls, suite, &secrets.server)?);
                self.write_key = Some(TrafficKey::new(Protocol::Tls, suite, &secrets.client)?);
                Ok(())
            }
            Step::SendLimit(send) => {
                self.send_limit = send;
                Ok(())
            }
            Step::Finished(secrets) => {
                let kind = content::HANDSHAKE;
                self.outgoing
                    .seal(&mut self.write_key, kind, FINISHED_LEN)?;
                self.handshake = None;
                let suite = self.suite.ok_or(Alert::INTERNAL_ERROR)?;
                self.read_key = Some(TrafficKey::new(Protocol::Tls, suite, &secrets.server)?);
                self.write_key = Some(TrafficKey::new(Protocol::Tls, suite, &secrets.client)?);
                self.secrets = Some(secrets);
                Ok(())
            }
        }
    }

    /// The peer changes its key, and may ask for the same (RFC 8446 section 4.6.3).
    fn key_update(&mut self, request: u8) -> Result<(), TlsError> {
        if request > 1 {
            return Err(Alert::ILLEGAL_PARAMETER.into());
        }
        let (Some(secrets), Some(suite)) = (&mut self.secrets, self.suite) else {
            return Err(Alert::INTERNAL_ERROR.into());
        };
        next_secret::<C>(Protocol::Tls, &mut secrets.server);
        self.read_key = Some(TrafficKey::new(Protocol::Tls, suite, &secrets.server)?);
        self.asked = false;
        if request == 1 && self.write_end.is_none() {
            // However often it asks, one answer is owed.
            self.owed.key_update = Some(false);
        }
        Ok(())
    }

    fn new_write_key(&mut self) -> Result<(), TlsError> {
        let (Some(secrets), Some(suite)) = (&mut self.secrets, self.suite) else {
            return Err(Alert::INTERNAL_ERROR.into());
        };
        next_secret::<C>(Protocol::Tls, &mut secrets.client);
        self.write_key = Some(TrafficKey::new(Protocol::Tls, suite, &secrets.client)?);
        Ok(())
    }

    /// Ends reading; ends writing too, unless the peer only closed its own direction.
    fn fail(&mut self, error: TlsError) -> TlsError {
        let open = self.is_open();
        self.read_end = Some(error);
        self.handshake = None;
        self.read_key = None;
        if !(open && error == TlsError::Closed) {
            self.write_end = Some(error);
            self.secrets = None;
            self.owed = Owed {
                alert: error.alert(),
                key_update: None,
            };
        }
        error
    }
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
    match error {
        TlsError::BufferTooSmall { needed } => {
            TlsError::too_small(usize::from(needed).saturating_add(HEADER_LEN))
        }
        other => other,
    }
}

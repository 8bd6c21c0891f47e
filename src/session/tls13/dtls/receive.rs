//! What comes from the server.

use super::super::alert::Alert;
use super::super::crypto::{CipherSuite, Crypto};
use super::super::error::TlsError;
use super::super::handshake::{Handshake, Message, Step};
use super::super::key_schedule::next_secret;
use super::super::keys::GRACE;
use super::super::protocol::Protocol;
use super::super::record::content;
use super::super::wire::Reader;
use super::connection::{DtlsConnection, FIRST_EPOCH, Flight, HELLO_AT, with_header};
use super::reassembly::{Added, Fragment, HEADER_LEN};
use super::record::{self, Epoch, Opened, Parts, ReadEpoch};
use core::ops::Range;

const NEW_SESSION_TICKET: u8 = 4;
const REQUEST_CONNECTION_ID: u8 = 9;
const NEW_CONNECTION_ID: u8 = 10;
const KEY_UPDATE: u8 = 24;
/// Content type of an ACK (RFC 9147 section 7).
pub(super) const ACK: u8 = 26;
/// Records that may fail to be authentic under the keys of one association (RFC 9147 section
/// 4.5.3 allows 2^36 with tags of 16 octets; shorter tags need a lower one).
const FORGERIES: u64 = 1 << 36;
const FORGERIES_SHORT_TAG: u64 = 1 << 16;

impl<C: Crypto> DtlsConnection<'_, C> {
    /// Takes the records of the datagram, up to the first with data for the caller.
    pub(super) fn process(&mut self) -> Result<(), TlsError> {
        while !self.datagram.is_empty() && self.data.is_empty() {
            if let Some(end) = self.read_end {
                self.datagram = 0..0;
                return Err(end);
            }
            if let Err(error) = self.next_record() {
                return Err(self.fail(error));
            }
        }
        Ok(())
    }

    fn next_record(&mut self) -> Result<(), TlsError> {
        let start = self.datagram.start;
        let rest = self
            .receive
            .get_mut(self.datagram.clone())
            .unwrap_or_default();
        let first = rest.first().copied().unwrap_or_default();
        if first & record::bits::FIXED_MASK != record::bits::FIXED {
            let Some((kind, body)) = record::parse_plain(rest) else {
                // Nothing that could be told apart any more.
                self.datagram = 0..0;
                return Ok(());
            };
            self.datagram.start = start.saturating_add(body.end);
            return self.plain_record(kind, shift(body, start));
        }
        let own_id = if self.ids_agreed { &*self.own_id } else { &[] };
        let Some(parts) = Parts::parse(rest, own_id) else {
            self.datagram = 0..0;
            return Ok(());
        };
        self.datagram.start = start.saturating_add(parts.end);
        let of_epoch = |read: &&mut ReadEpoch<C>| read.keys.number & 3 == u64::from(parts.epoch);
        let Some(read) = self.read.iter_mut().flatten().find(of_epoch) else {
            return Ok(());
        };
        let epoch = read.keys.number;
        let Some(opened) = read.open(&parts, rest) else {
            return self.count_forgery();
        };
        self.opened(epoch, opened, start)
    }

    fn count_forgery(&mut self) -> Result<(), TlsError> {
        self.forged = self.forged.saturating_add(1);
        let short = self.suite.is_some_and(|suite| suite.tag_len() < 16);
        let limit = if short {
            FORGERIES_SHORT_TAG
        } else {
            FORGERIES
        };
        if self.forged > limit {
            return Err(Alert::BAD_RECORD_MAC.into());
        }
        Ok(())
    }

    /// Only before there are keys, and nothing of it is sure.
    fn plain_record(&mut self, kind: u8, body: Range<usize>) -> Result<(), TlsError> {
        let waits = self.handshake.is_some() && self.read.iter().all(Option::is_none);
        match kind {
            content::HANDSHAKE if waits => self.handshake_record(None, body),
            content::ALERT if waits => match self.receive.get(body) {
                Some([_, description]) => Err(TlsError::PeerAlert(Alert(*description))),
                _ => Ok(()),
            },
            _ => Ok(()),
        }
    }

    fn opened(&mut self, epoch: u64, opened: Opened, start: usize) -> Result<(), TlsError> {
        let record = (epoch, opened.number);
        let newest = self.read.first().and_then(Option::as_ref);
        if newest.is_some_and(|newest| newest.keys.number == epoch && epoch > FIRST_EPOCH) {
            // The server has gone over to the new key.
            self.forget_old_key();
        }
        if self.is_open() {
            self.admit(epoch, &opened)?;
        }
        let body = shift(opened.content, start);
        match opened.kind {
            content::HANDSHAKE => self.handshake_record(Some(record), body),
            ACK => self.acked(body),
            content::APPLICATION_DATA if epoch >= FIRST_EPOCH && self.is_open() => {
                self.settle();
                self.data = body;
                Ok(())
            }
            content::ALERT => match self.receive.get(body) {
                Some([_, 0]) => Err(TlsError::Closed),
                Some([_, 90]) => Ok(()),
                Some([_, description]) => Err(TlsError::PeerAlert(Alert(*description))),
                _ => Err(Alert::DECODE_ERROR.into()),
            },
            kind => Err(TlsError::UnexpectedRecord(kind)),
        }
    }

    /// The limits of an open association: records under one key, and records without data.
    fn admit(&mut self, epoch: u64, opened: &Opened) -> Result<(), TlsError> {
        let exhausted = opened.number > self.records_per_key().saturating_add(GRACE);
        if exhausted && epoch >= FIRST_EPOCH {
            return Err(TlsError::KeyExhausted);
        }
        if opened.kind == content::APPLICATION_DATA && !opened.content.is_empty() {
            self.quiet.data();
            return Ok(());
        }
        self.quiet.record()
    }

    fn forget_old_key(&mut self) {
        let [_, old] = &mut self.read;
        *old = None;
    }

    /// One or more messages or fragments. `record`: its epoch and number if it was protected.
    fn handshake_record(
        &mut self,
        record: Option<(u64, u64)>,
        body: Range<usize>,
    ) -> Result<(), TlsError> {
        let mut at = body.start;
        let mut taken = true;
        while at < body.end {
            let octets = self.receive.get(at..body.end).unwrap_or_default();
            let fragment = match Fragment::parse(octets) {
                Ok(fragment) => fragment,
                // In clear anybody may have written it.
                Err(_) if record.is_none() => return Ok(()),
                Err(alert) => return Err(alert.into()),
            };
            let part = at.saturating_add(HEADER_LEN);
            let part = part..part.saturating_add(fragment.part);
            at = part.end;
            if fragment.message == self.message_in {
                taken &= self.fragment(&fragment, part)?;
            } else if fragment.message > self.message_in {
                // Ahead of what is expected: it comes again.
                taken = false;
            } else if matches!(self.flight, Flight::Finished { .. }) {
                // The server has not seen the answer.
                self.flight_due = true;
            }
        }
        let handshake = self.handshake.is_some();
        // The last flight of the handshake is answered by the Finished, which says as much.
        let wanted = |record: &(u64, u64)| taken && (handshake || record.0 >= FIRST_EPOCH);
        if let Some(record) = record.filter(wanted) {
            self.note_ack(record);
            self.ack_due |= !handshake;
        }
        Ok(())
    }

    /// A piece of the expected message. `false`: let go.
    fn fragment(&mut self, fragment: &Fragment, part: Range<usize>) -> Result<bool, TlsError> {
        if fragment.is_whole() {
            self.message(fragment.kind, Source::Datagram(part))?;
            return Ok(true);
        }
        let counted = self.handshake.is_none() && fragment.kind == NEW_SESSION_TICKET;
        if !counted && fragment.len > self.store.len() {
            return Err(TlsError::too_small(fragment.len));
        }
        let octets = self.receive.get(part).unwrap_or_default();
        let store = if counted { &mut [] } else { &mut *self.store };
        match self.reassembly.add(fragment, octets, store)? {
            Added::Complete => self.message(fragment.kind, Source::Store(fragment.len))?,
            Added::Kept => {}
            Added::Dropped => return Ok(false),
        }
        Ok(true)
    }

    fn message(&mut self, kind: u8, source: Source) -> Result<(), TlsError> {
        self.message_in = self
            .message_in
            .checked_add(1)
            .ok_or(Alert::INTERNAL_ERROR)?;
        let body = match source {
            Source::Datagram(range) => self.receive.get(range),
            Source::Store(len) => self.store.get(..len),
        };
        let body = body.unwrap_or_default();
        let Some(handshake) = &mut self.handshake else {
            return match (kind, body) {
                (NEW_SESSION_TICKET | REQUEST_CONNECTION_ID | NEW_CONNECTION_ID, _) => Ok(()),
                (KEY_UPDATE, [request @ 0..=1]) => {
                    self.update_owed |= *request == 1;
                    self.new_read_key()
                }
                (KEY_UPDATE, [_]) => Err(Alert::ILLEGAL_PARAMETER.into()),
                (KEY_UPDATE, _) => Err(Alert::DECODE_ERROR.into()),
                _ => Err(TlsError::UnexpectedMessage(kind)),
            };
        };
        // Epochs part what keys part on a stream.
        let message = Message {
            kind,
            body,
            last: true,
        };
        let out = self.send.get_mut(HELLO_AT - 4..).unwrap_or_default();
        let step = handshake.receive(message, out).map_err(with_header)?;
        self.step(step)
    }

    fn step(&mut self, step: Step) -> Result<(), TlsError> {
        match step {
            Step::Hello(len) => {
                self.message_out = self.message_out.wrapping_add(1);
                self.begin_hello(len);
            }
            Step::HandshakeKeys {
                suite,
                connection_id,
            } => {
                self.suite = Some(suite);
                self.ids_agreed = connection_id.is_some();
                self.peer_id = connection_id.unwrap_or_default();
                let secrets = self.handshake.as_ref().and_then(Handshake::secrets);
                let secrets = secrets.ok_or(Alert::INTERNAL_ERROR)?;
                self.read = [Some(ReadEpoch::new(suite, 2, &secrets.server)?), None];
                self.write = Some(Epoch::new(suite, 2, &secrets.client)?);
                self.unsent = 0..0;
                self.flight = Flight::Answered;
                self.flight_due = false;
                self.timer.start(self.now);
            }
            Step::SendLimit(send) => self.send_limit = send,
            Step::Finished(secrets) => {
                let finished = self.send.get(HELLO_AT..).and_then(|f| f.first_chunk());
                self.flight = Flight::Finished {
                    verify_data: *finished.ok_or(Alert::INTERNAL_ERROR)?,
                    settled: false,
                };
                // As long again for the ACK.
                self.deadline = None;
                self.flight_due = true;
                self.flight_records.clear();
                self.message_out = self.message_out.wrapping_add(1);
                self.unsent = 0..0;
                self.ack_due = false;
                self.acks.clear();
                let suite = self.suite.ok_or(Alert::INTERNAL_ERROR)?;
                let new = ReadEpoch::new(suite, FIRST_EPOCH, &secrets.server)?;
                let [newest, old] = &mut self.read;
                *old = newest.replace(new);
                self.write_handshake = self.write.take();
                self.write = Some(Epoch::new(suite, FIRST_EPOCH, &secrets.client)?);
                self.secrets = Some(secrets);
                self.handshake = None;
            }
        }
        Ok(())
    }

    fn new_read_key(&mut self) -> Result<(), TlsError> {
        let (Some(secrets), Some(suite)) = (&mut self.secrets, self.suite) else {
            return Err(Alert::INTERNAL_ERROR.into());
        };
        let [newest, old] = &mut self.read;
        let epoch = newest.as_ref().map_or(FIRST_EPOCH, |n| n.keys.number);
        next_secret::<C>(Protocol::Dtls, &mut secrets.server);
        self.asked = false;
        let next = epoch.saturating_add(1);
        *old = newest.replace(ReadEpoch::new(suite, next, &secrets.server)?);
        Ok(())
    }

    /// An ACK (RFC 9147 section 7): a list of epochs and record numbers.
    fn acked(&mut self, body: Range<usize>) -> Result<(), TlsError> {
        let mut message = Reader::new(self.receive.get(body).unwrap_or_default());
        let mut list = Reader::new(message.vec16()?);
        let epoch = match (&self.flight, &self.write) {
            (Flight::Finished { .. }, _) => 2,
            (Flight::KeyUpdate { .. }, Some(write)) => write.number,
            _ => return Ok(()),
        };
        let mut hit = false;
        while !list.is_empty() {
            let of = u64::from_be_bytes(*list.array()?);
            let number = u64::from_be_bytes(*list.array()?);
            hit |= of == epoch && self.flight_records.iter().any(|r| *r == number);
        }
        if hit {
            self.flight_acked()?;
        }
        Ok(())
    }

    fn flight_acked(&mut self) -> Result<(), TlsError> {
        if matches!(self.flight, Flight::KeyUpdate { .. }) {
            let (Some(secrets), Some(suite)) = (&mut self.secrets, self.suite) else {
                return Err(Alert::INTERNAL_ERROR.into());
            };
            next_secret::<C>(Protocol::Dtls, &mut secrets.client);
            let epoch = self.write.as_ref().map_or(FIRST_EPOCH, |w| w.number);
            let next = epoch.saturating_add(1);
            self.write = Some(Epoch::new(suite, next, &secrets.client)?);
        }
        self.write_handshake = None;
        self.flight = Flight::None;
        self.flight_due = false;
        self.flight_records.clear();
        self.timer.stop();
        Ok(())
    }

    /// The server sends data, for which it has to have the Finished, unless it began before it:
    /// RFC 9147 section 7 counts what answers a flight as its acknowledgement. So nothing goes again
    /// by itself. A server that misses the Finished says its own flight again, and gets it.
    fn settle(&mut self) {
        if let Flight::Finished { settled, .. } = &mut self.flight
            && !*settled
        {
            *settled = true;
            self.flight_due = false;
            self.timer.stop();
        }
    }

    /// Remembers a record to acknowledge; the oldest gives way.
    fn note_ack(&mut self, record: (u64, u64)) {
        if self.acks.is_full() {
            self.acks.pop_front();
        }
        let _ = self.acks.push_back(record);
    }

    /// `Some`: this side is to change its key now; `true`: and to ask the server for the same
    /// (RFC 9147 section 4.5.3).
    pub(super) fn update_due(&mut self) -> Option<bool> {
        let limit = self.records_per_key();
        let [newest, _] = &self.read;
        let ask = newest.as_ref().is_some_and(|r| r.window.next >= limit) && !self.asked;
        let own = self.write.as_ref().is_some_and(|w| w.records() >= limit);
        let due = ask || own || self.update_owed;
        self.asked |= ask;
        self.update_owed = false;
        due.then_some(ask)
    }

    /// The server does not acknowledge a change of key.
    pub(super) fn write_key_is_exhausted(&self) -> bool {
        let most = self.records_per_key().saturating_add(GRACE);
        self.write.as_ref().is_some_and(|w| w.records() > most)
    }

    fn records_per_key(&self) -> u64 {
        let limit = self.suite.map_or(u64::MAX, CipherSuite::record_limit);
        limit.min(self.records_per_key)
    }
}

/// Where a whole message stands.
enum Source {
    Datagram(Range<usize>),
    Store(usize),
}

fn shift(range: Range<usize>, by: usize) -> Range<usize> {
    range.start.saturating_add(by)..range.end.saturating_add(by)
}

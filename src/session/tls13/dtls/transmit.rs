//! What goes to the server.

use super::super::alert::Alert;
use super::super::client_hello::CLIENT_HELLO;
use super::super::crypto::Crypto;
use super::super::error::TlsError;
use super::super::record::content;
use super::connection::{DtlsConnection, Flight, HELLO_AT};
use super::reassembly::{Fragment, HEADER_LEN};
use super::receive::ACK;
use super::record::{self, Epoch};
use zeroize::Zeroize;

const FINISHED: u8 = 20;
const KEY_UPDATE: u8 = 24;
/// How often a KeyUpdate goes again, ever more rarely, before the server counts as gone.
const MOST_TRIES: u8 = 8;
/// Octets of a record number in an ACK.
const RECORD_NUMBER_LEN: usize = 16;

impl<C: Crypto> DtlsConnection<'_, C> {
    /// The next datagram to send, at this time. Empty: none. Once the transport has taken it,
    /// call [`sent`](Self::sent).
    pub fn outgoing(&mut self, now: u64) -> &[u8] {
        self.tick(now);
        self.keep_time();
        if self.unsent.is_empty()
            && let Err(error) = self.prepare()
        {
            self.fail(error);
        }
        self.send.get(self.unsent.clone()).unwrap_or_default()
    }

    /// The transport has taken the datagram, or lost it.
    pub fn sent(&mut self) {
        if let Some(octets) = self.under_header.take()
            && let Some(place) = self.send.get_mut(self.unsent.start..)
            && let Some(place) = place.first_chunk_mut()
        {
            *place = octets;
        }
        self.unsent = 0..0;
    }

    /// Makes a record of application data, in a datagram of its own.
    pub(super) fn put_data(&mut self, data: &[u8]) -> Result<(), TlsError> {
        self.put(Which::Newest, content::APPLICATION_DATA, &[data])?;
        Ok(())
    }

    /// It is `now`. When that is earlier than before, what is left of each wait stays as it is: a
    /// clock that jumped ahead and back leaves nothing waiting for the far time.
    pub(super) fn tick(&mut self, now: u64) {
        let back_ms = self.now.saturating_sub(now);
        self.now = now;
        self.timer.shift(back_ms);
        if let Some(deadline) = &mut self.deadline {
            *deadline = deadline.saturating_sub(back_ms);
        }
    }

    /// Deadlines that have passed.
    fn keep_time(&mut self) {
        if self.is_young() {
            let end = self.now.saturating_add(u64::from(self.handshake_ms));
            let deadline = *self.deadline.get_or_insert(end);
            if self.now >= deadline {
                self.fail(TlsError::TimedOut);
                return;
            }
        }
        if self.timer.fire(self.now) {
            match &mut self.flight {
                Flight::None => self.timer.stop(),
                // The rest of the server's flight is missing: what has come is told, so that it
                // need not come again (RFC 9147 section 7.1).
                Flight::Answered => self.ack_due = true,
                Flight::Hello { sent, .. } => {
                    *sent = 0;
                    self.flight_due = true;
                }
                Flight::KeyUpdate { .. } if self.timer.tries() > MOST_TRIES => {
                    self.fail(TlsError::TimedOut);
                }
                _ => self.flight_due = true,
            }
        }
    }

    /// Fills the free send buffer with what is due.
    fn prepare(&mut self) -> Result<(), TlsError> {
        if let Some(alert) = self.alert.take() {
            return self.put_alert(alert);
        }
        if self.ack_due {
            self.ack_due = false;
            return self.put_ack();
        }
        if self.flight_due {
            return self.put_flight();
        }
        let idle = self.flight.is_over() && self.is_open();
        if idle
            && self.write_end.is_none()
            && let Some(ask) = self.update_due()
        {
            self.message_out = self.message_out.wrapping_add(1);
            self.write_handshake = None;
            self.flight = Flight::KeyUpdate { ask };
            self.flight_records.clear();
            return self.put_flight();
        }
        Ok(())
    }

    fn put_flight(&mut self) -> Result<(), TlsError> {
        let is_settled = self.flight.is_over();
        if !is_settled && (self.timer.due().is_none() || self.flight_is_new()) {
            self.timer.start(self.now);
        }
        self.flight_due = false;
        let (which, kind, body): (_, _, &[u8]) = match &self.flight {
            Flight::None | Flight::Answered => return Ok(()),
            Flight::Hello { len, sent } => {
                let (len, sent) = (*len, *sent);
                return self.put_hello(len, sent);
            }
            Flight::Finished { verify_data, .. } => {
                (Which::Handshake, FINISHED, &verify_data.clone())
            }
            Flight::KeyUpdate { ask } => (Which::Newest, KEY_UPDATE, &[u8::from(*ask)]),
        };
        let header = Fragment {
            kind,
            len: body.len(),
            message: self.message_out,
            offset: 0,
            part: body.len(),
        }
        .header();
        let number = self.put(which, content::HANDSHAKE, &[&header, body])?;
        if self.flight_records.is_full() {
            self.flight_records.pop_front();
        }
        let _ = self.flight_records.push_back(number);
        Ok(())
    }

    /// The first record of this flight is yet to be sent.
    fn flight_is_new(&self) -> bool {
        match &self.flight {
            Flight::Hello { .. } => false,
            _ => self.flight_records.is_empty(),
        }
    }

    /// One fragment of the ClientHello. Its headers stand on octets that have left already,
    /// which are put back when the datagram is sent.
    fn put_hello(&mut self, len: usize, sent: usize) -> Result<(), TlsError> {
        let room = self.mtu.saturating_sub(HELLO_AT).max(1);
        let part = len.saturating_sub(sent).min(room);
        let fragment = Fragment {
            kind: CLIENT_HELLO,
            len,
            message: self.message_out,
            offset: sent,
            part,
        };
        let end = sent.saturating_add(HELLO_AT).saturating_add(part);
        let place = self.send.get_mut(sent..end);
        let place = place.and_then(|p| p.first_chunk_mut::<HELLO_AT>());
        let place = place.ok_or(Alert::INTERNAL_ERROR)?;
        self.under_header = Some(*place);
        let record_len = part.saturating_add(HEADER_LEN);
        let record = record::plain_header(content::HANDSHAKE, self.plain_number, record_len);
        let header = fragment.header();
        for (to, from) in place.iter_mut().zip(record.iter().chain(&header)) {
            *to = *from;
        }
        self.plain_number = self.plain_number.saturating_add(1);
        self.unsent = sent..end;
        let sent = sent.saturating_add(part);
        self.flight_due = sent < len;
        self.flight = Flight::Hello { len, sent };
        Ok(())
    }

    fn put_ack(&mut self) -> Result<(), TlsError> {
        let mut content = [0; 2 + 8 * RECORD_NUMBER_LEN];
        let len = self.acks.len().saturating_mul(RECORD_NUMBER_LEN);
        let [.., high, low] = len.to_be_bytes();
        let numbers = self.acks.iter().flat_map(|(epoch, number)| {
            epoch.to_be_bytes().into_iter().chain(number.to_be_bytes())
        });
        let octets = [high, low].into_iter().chain(numbers);
        for (to, from) in content.iter_mut().zip(octets) {
            *to = from;
        }
        let content = content.get(..len.saturating_add(2)).unwrap_or_default();
        self.put(Which::Newest, ACK, &[content])?;
        if self.handshake.is_none() {
            self.acks.clear();
        }
        Ok(())
    }

    fn put_alert(&mut self, alert: Alert) -> Result<(), TlsError> {
        let message = alert.to_message();
        if self.write.is_some() {
            // Whether it arrives nobody knows; the keys are done with anyway.
            self.put(Which::Newest, content::ALERT, &[&message])?;
            (self.write, self.write_handshake) = (None, None);
            if let Some(secrets) = &mut self.secrets {
                secrets.client.zeroize();
            }
            return Ok(());
        }
        let header = record::plain_header(content::ALERT, self.plain_number, message.len());
        self.plain_number = self.plain_number.saturating_add(1);
        let end = header.len().saturating_add(message.len());
        let place = self.send.get_mut(..end).unwrap_or_default();
        for (to, from) in place.iter_mut().zip(header.iter().chain(&message)) {
            *to = *from;
        }
        self.unsent = 0..end;
        Ok(())
    }

    /// Makes a datagram of one protected record and gives the record's number.
    fn put(&mut self, which: Which, kind: u8, parts: &[&[u8]]) -> Result<u64, TlsError> {
        let keys: &mut Option<Epoch<C>> = match (which, &mut self.write_handshake) {
            (Which::Handshake, Some(_)) => &mut self.write_handshake,
            _ => &mut self.write,
        };
        let keys = keys.as_mut().ok_or(Alert::INTERNAL_ERROR)?;
        let at = self.peer_id.len().saturating_add(record::HEADER_LEN);
        let mut place = self.send.get_mut(at..).unwrap_or_default();
        let mut len = 0usize;
        for part in parts {
            len = len.saturating_add(part.len());
            let (head, tail) = place
                .split_at_mut_checked(part.len())
                .ok_or(TlsError::too_small(len))?;
            head.copy_from_slice(part);
            place = tail;
        }
        let (number, end) = keys.seal(kind, len, &self.peer_id, self.send)?;
        self.unsent = 0..end;
        Ok(number)
    }
}

/// Which keys protect a record.
#[derive(Clone, Copy)]
enum Which {
    /// Those of the handshake as long as they are kept.
    Handshake,
    Newest,
}

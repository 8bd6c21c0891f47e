//! What comes from the server on a stream.

use super::{Connection, with_header};
use crate::session::tls13::alert::Alert;
use crate::session::tls13::crypto::Crypto;
use crate::session::tls13::error::TlsError;
use crate::session::tls13::handshake::{FINISHED_LEN, Handshake, Step};
use crate::session::tls13::record::content;

const NEW_SESSION_TICKET: u8 = 4;
const KEY_UPDATE: u8 = 24;

impl<C: Crypto> Connection<'_, C> {
    /// A whole record has come.
    pub(super) fn record(&mut self) -> Result<(), TlsError> {
        let (open, inside_message) = (self.open, self.incoming.inside_message());
        let Some((header, body)) = self.incoming.record() else {
            return Ok(());
        };
        let [outer, ..] = *header;
        if outer == content::CHANGE_CIPHER_SPEC {
            // For middleboxes only (RFC 8446 section 5).
            if *body != [1] || inside_message {
                return Err(TlsError::UnexpectedRecord(outer));
            }
            self.incoming.drop_record();
            return self.quiet.record();
        }
        let (kind, len) = match &mut self.keys.read {
            Some(key) => key.open_record(header, body)?,
            None => (outer, body.len()),
        };
        if len > 1 << 14 {
            return Err(Alert::RECORD_OVERFLOW.into());
        }
        if open {
            self.admit(kind, len)?;
        }
        match kind {
            content::HANDSHAKE if len > 0 => {
                self.incoming.keep_messages(len);
                self.messages()
            }
            // Nothing may come between the pieces of a message.
            _ if inside_message => Err(TlsError::UnexpectedMessage(kind)),
            content::APPLICATION_DATA if open => {
                self.incoming.keep_data(len);
                Ok(())
            }
            content::ALERT => {
                let Some([_, description]) = self.incoming.content(len) else {
                    return Err(Alert::DECODE_ERROR.into());
                };
                let description = *description;
                self.incoming.drop_record();
                self.alert(Alert(description))
            }
            _ => Err(TlsError::UnexpectedMessage(kind)),
        }
    }

    /// The limits of an open connection: records under one key, and records without data.
    fn admit(&mut self, kind: u8, len: usize) -> Result<(), TlsError> {
        if self.keys.read_is_exhausted() {
            return Err(TlsError::KeyExhausted);
        }
        if kind == content::APPLICATION_DATA && len > 0 {
            self.quiet.data();
            return Ok(());
        }
        self.quiet.record()
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
                let secrets = self.handshake.as_ref().and_then(Handshake::secrets);
                let secrets = secrets.ok_or(Alert::INTERNAL_ERROR)?;
                self.keys.handshake(suite, secrets)
            }
            Step::SendLimit(send) => {
                self.send_limit = send;
                Ok(())
            }
            Step::Finished(secrets) => {
                let kind = content::HANDSHAKE;
                self.outgoing
                    .seal(&mut self.keys.write, kind, FINISHED_LEN)?;
                self.handshake = None;
                self.open = true;
                self.keys.application(secrets)
            }
        }
    }

    /// The peer changes its key, and may ask for the same (RFC 8446 section 4.6.3).
    fn key_update(&mut self, request: u8) -> Result<(), TlsError> {
        if request > 1 {
            return Err(Alert::ILLEGAL_PARAMETER.into());
        }
        self.keys.next_read()?;
        if request == 1 && self.write_end.is_none() {
            // However often it asks, one answer is owed.
            self.owed.key_update = Some(false);
        }
        Ok(())
    }
}

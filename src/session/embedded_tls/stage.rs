//! Where records wait between the transport and `embedded-tls`, whole.
//!
//! `embedded-tls` loses octets when a read stops within a record, and reuses a nonce when a write
//! does. Here a record is collected in as many steps as the transport needs, judged by the guard,
//! and only then can `embedded-tls` see it; and a record that `embedded-tls` writes is taken whole
//! and sent in as many steps as the transport needs.

use super::guard::{self, APPLICATION_DATA, Header, Phase, Verdict};
use super::suite::{MARK_HANDSHAKE, MARK_OPEN, MARK_WIPE};
use crate::session::SessionError;
use crate::transport::{StreamTransport, TransportError};
use core::task::{Poll, ready};
use zeroize::Zeroize;

/// The transport, one record on its way in and one on its way out.
pub(super) struct Stage<T, const RX: usize, const TX: usize> {
    pub(super) transport: T,
    phase: Phase,
    fault: Option<SessionError>,
    header: [u8; Header::LEN],
    body: [u8; RX],
    /// Octets of header and body that have come.
    have: usize,
    /// The record is whole and admitted.
    whole: bool,
    /// Octets of the whole record that were given to the reader.
    given: usize,
    out: [u8; TX],
    out_len: usize,
    out_sent: usize,
}

impl<T, const RX: usize, const TX: usize> Stage<T, RX, TX> {
    pub(super) const fn new(transport: T) -> Self {
        Self {
            transport,
            phase: Phase::ServerHello,
            fault: None,
            header: [0; Header::LEN],
            body: [0; RX],
            have: 0,
            whole: false,
            given: 0,
            out: [0; TX],
            out_len: 0,
            out_sent: 0,
        }
    }

    /// Back to the state before any handshake, with all buffers wiped.
    pub(super) fn reset(&mut self) {
        self.wipe();
        self.phase = Phase::ServerHello;
        self.fault = None;
    }

    pub(super) fn wipe(&mut self) {
        self.wipe_in();
        self.out.zeroize();
        self.out_len = 0;
        self.out_sent = 0;
    }

    fn wipe_in(&mut self) {
        self.header.zeroize();
        self.body.zeroize();
        self.forget_record();
    }

    fn forget_record(&mut self) {
        self.have = 0;
        self.whole = false;
        self.given = 0;
    }

    /// The handshake is done: from now on only protected records pass.
    pub(super) fn handshake_done(&mut self) {
        self.phase = Phase::Open;
    }

    /// Why the stage is dead, if it is.
    pub(super) fn fault(&self) -> Option<SessionError> {
        self.fault
    }

    /// In place of the next record: as many zeros as the record buffer of `embedded-tls` has.
    ///
    /// Reading it overwrites the last plaintext there, which nothing else can reach.
    pub(super) fn stage_zeros(&mut self) {
        self.wipe_in();
        self.fault = None;
        let [m1, m2] = MARK_WIPE;
        let [l1, l2] = Self::fits().to_be_bytes();
        self.header = [APPLICATION_DATA, m1, m2, l1, l2];
        self.whole = true;
    }

    fn fits() -> u16 {
        u16::try_from(RX).unwrap_or(u16::MAX)
    }
}

impl<T: StreamTransport, const RX: usize, const TX: usize> Stage<T, RX, TX> {
    /// `Ready(Ok(()))`: a whole record that the guard admits is there to be read.
    pub(super) fn poll_record(&mut self) -> Poll<Result<(), SessionError>> {
        if let Some(e) = self.fault {
            return Poll::Ready(Err(e));
        }
        let outcome = ready!(self.collect());
        Poll::Ready(outcome.map_err(|e| self.die(e)))
    }

    fn collect(&mut self) -> Poll<Result<(), SessionError>> {
        while !self.whole {
            ready!(self.fill_header())?;
            let header = Header::parse(self.header);
            self.phase.admit_header(header, Self::fits())?;
            ready!(self.fill_body(header.length))?;
            let body = self.body.get(..usize::from(header.length));
            match self.phase.admit(header, body.unwrap_or_default())? {
                Verdict::Drop => self.forget_record(),
                Verdict::Pass => {
                    self.whole = true;
                    self.mark();
                }
            }
        }
        Poll::Ready(Ok(()))
    }

    fn fill_header(&mut self) -> Poll<Result<(), SessionError>> {
        while let Some(rest) = self.header.get_mut(self.have..).filter(|r| !r.is_empty()) {
            let n = ready!(receive(&mut self.transport, rest))?;
            self.have = self.have.saturating_add(n);
        }
        Poll::Ready(Ok(()))
    }

    fn fill_body(&mut self, length: u16) -> Poll<Result<(), SessionError>> {
        let body = self.body.get_mut(..usize::from(length)).unwrap_or_default();
        loop {
            let start = self.have.saturating_sub(Header::LEN);
            let Some(rest) = body.get_mut(start..).filter(|r| !r.is_empty()) else {
                return Poll::Ready(Ok(()));
            };
            let n = ready!(receive(&mut self.transport, rest))?;
            self.have = self.have.saturating_add(n);
        }
    }

    /// Tells the cipher, through the version field, how far the session is.
    fn mark(&mut self) {
        let mark = if self.phase == Phase::Open {
            MARK_OPEN
        } else {
            MARK_HANDSHAKE
        };
        if let Some(version) = self.header.get_mut(1..3) {
            version.copy_from_slice(&mark);
        }
    }

    /// Gives the next octets of the whole record.
    pub(super) fn give(&mut self, buf: &mut [u8]) -> usize {
        let length = usize::from(Header::parse(self.header).length);
        let body = self.body.get(..length).unwrap_or_default();
        let mut n = 0_usize;
        let octets = self.header.iter().chain(body).skip(self.given);
        for (place, octet) in buf.iter_mut().zip(octets) {
            *place = *octet;
            n = n.saturating_add(1);
        }
        self.given = self.given.saturating_add(n);
        if self.given >= length.saturating_add(Header::LEN) {
            self.forget_record();
        }
        n
    }

    /// Takes one whole record to be sent. The one before must be out.
    pub(super) fn take(&mut self, record: &[u8]) -> Result<(), SessionError> {
        let free = self.out_len == 0;
        match self.out.get_mut(..record.len()).filter(|_| free) {
            Some(place) => {
                place.copy_from_slice(record);
                self.out_len = record.len();
                Ok(())
            }
            None => Err(self.die(SessionError::Internal)),
        }
    }

    /// `Ready(Ok(()))`: everything taken is with the transport.
    pub(super) fn poll_sent(&mut self) -> Poll<Result<(), SessionError>> {
        loop {
            let unsent = self.out.get(self.out_sent..self.out_len);
            let Some(unsent) = unsent.filter(|u| !u.is_empty()) else {
                self.out_len = 0;
                self.out_sent = 0;
                return Poll::Ready(Ok(()));
            };
            match ready!(self.transport.send(unsent)) {
                Ok(0) => return Poll::Pending,
                Ok(n) => self.out_sent = self.out_sent.saturating_add(n),
                Err(e) => {
                    let e = self.fault.unwrap_or(e.into());
                    return Poll::Ready(Err(self.die(e)));
                }
            }
        }
    }

    /// Remembers why, and tells a server that has not answered yet, as it can still read it.
    fn die(&mut self, e: SessionError) -> SessionError {
        self.fault = Some(e);
        let in_clear = self.phase == Phase::ServerHello && self.out_len == 0;
        if let Some(alert) = guard::alert_for(e).filter(|_| in_clear) {
            let [v1, v2] = guard::VERSION;
            let fatal = 2;
            let record = [guard::ALERT, v1, v2, 0, 2, fatal, alert];
            // Once, as far as it goes: the session is dead in any case.
            let _ = self.transport.send(&record);
        }
        e
    }
}

/// The end of the stream is never the right end of a session.
fn receive(
    transport: &mut impl StreamTransport,
    buf: &mut [u8],
) -> Poll<Result<usize, SessionError>> {
    match ready!(transport.recv(buf)) {
        Ok(0) => Poll::Ready(Err(TransportError::Closed.into())),
        // A port that claims more than it was asked for is not believed.
        Ok(n) => Poll::Ready(Ok(n.min(buf.len()))),
        Err(e) => Poll::Ready(Err(e.into())),
    }
}

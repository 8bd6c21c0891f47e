use super::guard::APPLICATION_DATA;
use super::pipe::Pipe;
use super::post_handshake::{PostHandshake, RecordCount};
use super::stage::Stage;
use super::suite::{Suite, split_inner};
use crate::session::{Session, SessionError, Unsupported, poll_once};
use crate::transport::StreamTransport;
use core::cell::{RefCell, RefMut};
use core::fmt;
use core::pin::pin;
use core::task::{Poll, ready};
use embedded_tls::{TLS_RECORD_OVERHEAD, TlsConnection, TlsError};

/// Octets of a record buffer that `embedded-tls` keeps free when it writes, with the header.
const WRITE_OVERHEAD: usize = TLS_RECORD_OVERHEAD + 5;

type Connection<'m, T, const RX: usize, const TX: usize> =
    TlsConnection<'m, Pipe<'m, T, RX, TX>, Suite>;

/// An open TLS 1.3 session, in the caller's [`TlsMemory`](super::TlsMemory).
///
/// Only [`open`](Self::open) and [`open_blocking`](Self::open_blocking) make one, and both take
/// a [`Psk`](crate::session::Psk).
///
/// [`send`](Session::send) makes one record of what it takes, at most `TX - 133` octets and never
/// more than max_fragment_length; it is `Pending` while the record before is not with the
/// transport. Drop the session, or close it, and what it owns is wiped.
pub struct TlsSession<'m, T: StreamTransport, const RX: usize = 640, const TX: usize = 640> {
    connection: Option<Connection<'m, T, RX, TX>>,
    stage: &'m RefCell<Stage<T, RX, TX>>,
    state: State,
    post: PostHandshake,
    send_limit: usize,
    sent: RecordCount,
    received: RecordCount,
    /// Data of the last record is still to be given.
    data_left: bool,
}

/// How far a session is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    Open,
    /// The peer has said farewell, we have not.
    PeerClosed,
    /// Our farewell waits in the stage.
    Closing,
    Ended(SessionError),
}

impl<'m, T: StreamTransport, const RX: usize, const TX: usize> TlsSession<'m, T, RX, TX> {
    pub(super) fn new(
        connection: Connection<'m, T, RX, TX>,
        stage: &'m RefCell<Stage<T, RX, TX>>,
        fragment_len: usize,
    ) -> Self {
        Self {
            connection: Some(connection),
            stage,
            state: State::Open,
            post: PostHandshake::default(),
            send_limit: TX.saturating_sub(WRITE_OVERHEAD).min(fragment_len),
            sent: RecordCount::default(),
            received: RecordCount::default(),
            data_left: false,
        }
    }

    /// The most octets that one call of [`send`](Session::send) takes: one record.
    #[must_use]
    pub fn max_send(&self) -> usize {
        self.send_limit
    }

    fn live(&self) -> Result<(), SessionError> {
        match self.state {
            State::Open => Ok(()),
            State::PeerClosed | State::Closing => Err(SessionError::Closed),
            State::Ended(e) => Err(e),
        }
    }

    /// No borrow is ever held across a call, so this does not fail.
    fn stage(&self) -> Result<RefMut<'m, Stage<T, RX, TX>>, SessionError> {
        self.stage
            .try_borrow_mut()
            .map_err(|_| SessionError::Internal)
    }

    fn poll_sent(&mut self) -> Poll<Result<(), SessionError>> {
        self.stage()?.poll_sent()
    }

    /// Protects the octets as one record, which goes to the free stage.
    fn write(&mut self, data: &[u8]) -> Result<usize, SessionError> {
        self.sent.add()?;
        let connection = self.connection.as_mut().ok_or(SessionError::Internal)?;
        let taken = at_once(poll_once(pin!(connection.write(data))))?;
        at_once(poll_once(pin!(connection.flush())))?;
        // As far as it goes now; an error shows at the next call.
        let _ = self.poll_sent();
        Ok(taken)
    }

    /// One record, or what is left of one. `Ready(Ok(0))`: it had no data.
    fn read(&mut self, buf: &mut [u8]) -> Poll<Result<usize, SessionError>> {
        if !self.data_left {
            ready!(self.stage()?.poll_record())?;
            self.received.add()?;
        }
        let connection = self.connection.as_mut().ok_or(SessionError::Internal)?;
        let mut inner = at_once(poll_once(pin!(connection.read_buffered())))?;
        let (content, kind) =
            split_inner(inner.peek_all()).ok_or(SessionError::UnexpectedMessage(0))?;
        if kind != APPLICATION_DATA || content.is_empty() {
            inner.pop_all();
            return Poll::Ready(self.post.record(kind, content).map(|()| 0));
        }
        self.post.data()?;
        let n = copy(buf, content);
        self.data_left = n < content.len();
        if self.data_left {
            inner.pop(n);
        } else {
            inner.pop_all();
        }
        Poll::Ready(Ok(n))
    }

    /// Ends the session for good, or until it is closed if that is how the peer ended it.
    fn fail(&mut self, e: SessionError) -> SessionError {
        match e {
            SessionError::Closed => self.state = State::PeerClosed,
            // The record was authentic: the true peer will understand a farewell.
            SessionError::Unsupported(Unsupported::KeyUpdate)
            | SessionError::UnexpectedMessage(_)
            | SessionError::TooManyEmptyRecords
            | SessionError::KeyExhausted => {
                self.stage_farewell();
                let _ = self.poll_sent();
                self.end(e);
            }
            e => self.end(e),
        }
        log_warn!("session: ended: {}", e);
        e
    }

    fn end(&mut self, e: SessionError) {
        self.state = State::Ended(e);
        self.wipe_plaintext();
        self.connection = None;
        if let Ok(mut stage) = self.stage() {
            stage.wipe();
        }
    }

    /// Has `embedded-tls` read zeros over the last plaintext in its record buffer, which nothing
    /// else can reach.
    fn wipe_plaintext(&mut self) {
        let Some(connection) = self.connection.as_mut() else {
            return;
        };
        if self.data_left {
            self.data_left = false;
            if let Poll::Ready(Ok(mut rest)) = poll_once(pin!(connection.read_buffered())) {
                rest.pop_all();
            }
        }
        if let Ok(mut stage) = self.stage.try_borrow_mut() {
            stage.stage_zeros();
        }
        // The zeros are no record: this fails, after the buffer is filled.
        let _ = poll_once(pin!(connection.read_buffered())).is_ready();
    }

    /// Puts close_notify into the stage, if that is free. The connection is used up.
    fn stage_farewell(&mut self) {
        self.wipe_plaintext();
        if let Some(connection) = self.connection.take() {
            let _ = poll_once(pin!(connection.close())).is_ready();
        }
    }
}

impl<T: StreamTransport, const RX: usize, const TX: usize> Session for TlsSession<'_, T, RX, TX> {
    fn send(&mut self, data: &[u8]) -> Poll<Result<usize, SessionError>> {
        self.live()?;
        if data.is_empty() {
            return Poll::Ready(Ok(0));
        }
        ready!(self.poll_sent()).map_err(|e| self.fail(e))?;
        let piece = data.get(..self.send_limit).unwrap_or(data);
        Poll::Ready(self.write(piece).map_err(|e| self.fail(e)))
    }

    fn flush(&mut self) -> Poll<Result<(), SessionError>> {
        self.live()?;
        self.poll_sent().map_err(|e| self.fail(e))
    }

    fn recv(&mut self, buf: &mut [u8]) -> Poll<Result<usize, SessionError>> {
        self.live()?;
        if buf.is_empty() {
            return Poll::Ready(Ok(0));
        }
        // Ends: records without data are counted.
        loop {
            match ready!(self.read(buf)) {
                Ok(0) => {}
                Ok(n) => return Poll::Ready(Ok(n)),
                Err(e) => return Poll::Ready(Err(self.fail(e))),
            }
        }
    }

    fn close(&mut self) -> Poll<Result<(), SessionError>> {
        match self.state {
            State::Open | State::PeerClosed => {
                ready!(self.poll_sent()).map_err(|e| self.fail(e))?;
                self.stage_farewell();
                self.state = State::Closing;
            }
            State::Closing => {}
            State::Ended(SessionError::Closed) => return Poll::Ready(Ok(())),
            State::Ended(e) => return Poll::Ready(Err(e)),
        }
        ready!(self.poll_sent()).map_err(|e| self.fail(e))?;
        self.end(SessionError::Closed);
        log_info!("session: closed");
        Poll::Ready(Ok(()))
    }
}

impl<T: StreamTransport, const RX: usize, const TX: usize> Drop for TlsSession<'_, T, RX, TX> {
    fn drop(&mut self) {
        self.end(SessionError::Closed);
    }
}

impl<T: StreamTransport, const RX: usize, const TX: usize> fmt::Debug
    for TlsSession<'_, T, RX, TX>
{
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TlsSession")
            .field("state", &self.state)
            .finish_non_exhaustive()
    }
}

/// What `embedded-tls` says when it has all it needs: the stage saw to that.
fn at_once<V>(outcome: Poll<Result<V, TlsError>>) -> Result<V, SessionError> {
    match outcome {
        Poll::Ready(Ok(value)) => Ok(value),
        Poll::Ready(Err(TlsError::CryptoError)) => Err(SessionError::RecordNotAuthentic),
        Poll::Ready(Err(_)) | Poll::Pending => Err(SessionError::Internal),
    }
}

fn copy(to: &mut [u8], from: &[u8]) -> usize {
    let n = to.len().min(from.len());
    if let (Some(to), Some(from)) = (to.get_mut(..n), from.get(..n)) {
        to.copy_from_slice(from);
    }
    n
}

//! The socket that `embedded-tls` sees: the stage, as asynchronous I/O traits.

use super::guard::{APPLICATION_DATA, HANDSHAKE};
use super::stage::Stage;
use crate::session::SessionError;
use crate::transport::StreamTransport;
use core::cell::{RefCell, RefMut};
use core::fmt;
use core::future::poll_fn;
use core::task::{Context, Poll, ready};
use embedded_io::ErrorKind;
use embedded_io_async::{ErrorType, Read, Write};

/// A handle on the stage, held by `embedded-tls` for as long as the session lives.
pub(super) struct Pipe<'m, T, const RX: usize, const TX: usize> {
    pub(super) stage: &'m RefCell<Stage<T, RX, TX>>,
}

/// The reason stands in the stage.
#[derive(Debug)]
pub(super) struct Dead;

impl fmt::Display for Dead {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the session is dead")
    }
}

impl core::error::Error for Dead {}

impl embedded_io::Error for Dead {
    fn kind(&self) -> ErrorKind {
        ErrorKind::Other
    }
}

impl From<SessionError> for Dead {
    fn from(_: SessionError) -> Self {
        Self
    }
}

impl<T, const RX: usize, const TX: usize> Pipe<'_, T, RX, TX> {
    /// No borrow is ever held across a call, so this does not fail.
    fn stage(&self) -> Result<RefMut<'_, Stage<T, RX, TX>>, Dead> {
        self.stage.try_borrow_mut().map_err(|_| Dead)
    }
}

impl<T, const RX: usize, const TX: usize> ErrorType for Pipe<'_, T, RX, TX> {
    type Error = Dead;
}

impl<T: StreamTransport, const RX: usize, const TX: usize> Read for Pipe<'_, T, RX, TX> {
    /// Waits for a whole record before it gives the first octet of it.
    async fn read(&mut self, buf: &mut [u8]) -> Result<usize, Dead> {
        poll_fn(|cx| {
            let mut stage = self.stage()?;
            ready_or_wake(stage.poll_record(), cx)
        })
        .await?;
        Ok(self.stage()?.give(buf))
    }
}

impl<T: StreamTransport, const RX: usize, const TX: usize> Write for Pipe<'_, T, RX, TX> {
    /// Takes a whole record once the one before is out. `embedded-tls` never writes less.
    ///
    /// After the handshake the session writes only when the stage is free, so this is `Ready`
    /// at once; else a write given up half way would use a nonce twice.
    async fn write(&mut self, record: &[u8]) -> Result<usize, Dead> {
        poll_fn(|cx| {
            let mut stage = self.stage()?;
            ready_or_wake(stage.poll_sent(), cx)
        })
        .await?;
        // What embedded-tls takes for a plaintext alert bears a wrong type, and comes at a time
        // when nothing may be said in clear any more.
        if matches!(record.first(), Some(&(HANDSHAKE | APPLICATION_DATA))) {
            self.stage()?.take(record)?;
        }
        Ok(record.len())
    }

    async fn flush(&mut self) -> Result<(), Dead> {
        poll_fn(|cx| {
            let mut stage = self.stage()?;
            ready_or_wake(stage.poll_sent(), cx)
        })
        .await
    }
}

/// The transport tells nobody when it is ready, so an executor has to ask again soon.
fn ready_or_wake(
    outcome: Poll<Result<(), SessionError>>,
    cx: &mut Context<'_>,
) -> Poll<Result<(), Dead>> {
    if outcome.is_pending() {
        cx.waker().wake_by_ref();
    }
    Poll::Ready(Ok(ready!(outcome)?))
}

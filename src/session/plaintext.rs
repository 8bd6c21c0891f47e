use super::{Session, SessionError};
use crate::transport::{StreamTransport, TransportError};
use core::task::Poll;

/// The [`Session`] trait over a bare transport: no secrecy, no authentication.
///
/// For a bench, behind feature `insecure-plaintext`. Never use it on a network.
///
/// A plain stream has no farewell, so the end of the stream is the orderly close:
/// [`SessionError::Closed`]. [`close`](Session::close) sends nothing.
#[derive(Debug)]
pub struct Plaintext<T> {
    transport: T,
    ended: Option<SessionError>,
}

impl<T: StreamTransport> Plaintext<T> {
    /// Wraps a connected stream.
    pub const fn new(transport: T) -> Self {
        Self {
            transport,
            ended: None,
        }
    }

    /// Gives the stream back.
    pub fn into_transport(self) -> T {
        self.transport
    }

    fn live(&self) -> Result<(), SessionError> {
        self.ended.map_or(Ok(()), Err)
    }

    fn end(&mut self, e: TransportError) -> SessionError {
        let e = match e {
            TransportError::Closed => SessionError::Closed,
            e @ TransportError::Failed(_) => SessionError::Transport(e),
        };
        self.ended = Some(e);
        e
    }
}

impl<T: StreamTransport> Session for Plaintext<T> {
    fn send(&mut self, data: &[u8]) -> Poll<Result<usize, SessionError>> {
        self.live()?;
        self.transport.send(data).map_err(|e| self.end(e))
    }

    fn flush(&mut self) -> Poll<Result<(), SessionError>> {
        Poll::Ready(self.live())
    }

    fn recv(&mut self, buf: &mut [u8]) -> Poll<Result<usize, SessionError>> {
        self.live()?;
        self.transport.recv(buf).map_err(|e| self.end(e))
    }

    fn close(&mut self) -> Poll<Result<(), SessionError>> {
        match self.ended.replace(SessionError::Closed) {
            None | Some(SessionError::Closed) => Poll::Ready(Ok(())),
            Some(e) => {
                self.ended = Some(e);
                Poll::Ready(Err(e))
            }
        }
    }
}

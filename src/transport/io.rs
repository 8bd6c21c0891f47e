use core::task::Poll;

use embedded_io::{Error, ErrorKind, Read, ReadReady, Write, WriteReady};

use super::{StreamTransport, TransportError};

/// A [`StreamTransport`] over the traits of `embedded-io`, which buffered UARTs and network stacks
/// of many vendors implement. Feature `embedded-io`.
///
/// It reads and writes only when that does not wait.
///
/// ```
/// use msgin5g::transport::{IoTransport, StreamTransport};
///
/// fn port(
///     uart: impl embedded_io::Read + embedded_io::Write + embedded_io::ReadReady + embedded_io::WriteReady,
/// ) -> impl StreamTransport {
///     IoTransport::new(uart)
/// }
/// ```
#[derive(Debug)]
pub struct IoTransport<T> {
    io: T,
    failed: Option<ErrorKind>,
}

impl<T> IoTransport<T> {
    /// Takes over what is connected.
    pub const fn new(io: T) -> Self {
        Self { io, failed: None }
    }

    /// What the last error was, as `embedded-io` sorts them.
    pub fn last_error(&self) -> Option<ErrorKind> {
        self.failed
    }

    /// What is underneath.
    pub fn get_mut(&mut self) -> &mut T {
        &mut self.io
    }

    /// Gives it back.
    pub fn into_inner(self) -> T {
        self.io
    }

    fn result<E: Error>(
        &mut self,
        result: Result<usize, E>,
    ) -> Poll<Result<usize, TransportError>> {
        Poll::Ready(match result {
            // The end, for `Read`; of a `Write` that says so it cannot go on either.
            Ok(0) => Err(TransportError::Closed),
            Ok(n) => Ok(n),
            Err(error) => {
                let kind = error.kind();
                self.failed = Some(kind);
                Err(match kind {
                    ErrorKind::BrokenPipe
                    | ErrorKind::ConnectionAborted
                    | ErrorKind::ConnectionReset
                    | ErrorKind::NotConnected => TransportError::Closed,
                    _ => TransportError::Failed(-1),
                })
            }
        })
    }
}

impl<T: Read + ReadReady + Write + WriteReady> StreamTransport for IoTransport<T> {
    fn send(&mut self, data: &[u8]) -> Poll<Result<usize, TransportError>> {
        if data.is_empty() {
            return Poll::Ready(Ok(0));
        }
        let result = match self.io.write_ready() {
            Ok(false) => return Poll::Pending,
            Ok(true) => self.io.write(data),
            Err(error) => Err(error),
        };
        self.result(result)
    }

    fn recv(&mut self, buf: &mut [u8]) -> Poll<Result<usize, TransportError>> {
        if buf.is_empty() {
            return Poll::Ready(Ok(0));
        }
        let result = match self.io.read_ready() {
            Ok(false) => return Poll::Pending,
            Ok(true) => self.io.read(buf),
            Err(error) => Err(error),
        };
        self.result(result)
    }
}

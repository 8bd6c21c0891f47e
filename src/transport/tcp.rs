use super::{StreamTransport, TransportError};
use core::task::Poll;
use std::io::{self, ErrorKind, Read, Write};
use std::net::{TcpStream, ToSocketAddrs};

/// TCP on a computer, non-blocking.
///
/// ```no_run
/// # fn main() -> std::io::Result<()> {
/// use msgin5g::transport::TcpTransport;
///
/// let transport = TcpTransport::connect("msgin5g.example.net:5684")?;
/// # drop(transport);
/// # Ok(())
/// # }
/// ```
#[derive(Debug)]
pub struct TcpTransport {
    stream: TcpStream,
}

impl TcpTransport {
    /// Connects (this one call blocks) and makes the connection non-blocking.
    ///
    /// # Errors
    /// Those of [`TcpStream::connect`] and of the switch to non-blocking mode.
    pub fn connect(address: impl ToSocketAddrs) -> io::Result<Self> {
        Self::from_stream(TcpStream::connect(address)?)
    }

    /// Takes over a connected stream and makes it non-blocking, without Nagle's delay.
    ///
    /// # Errors
    /// Those of [`TcpStream::set_nonblocking`] and [`TcpStream::set_nodelay`].
    pub fn from_stream(stream: TcpStream) -> io::Result<Self> {
        stream.set_nonblocking(true)?;
        // Records are whole messages: waiting for more to send only costs a round trip.
        stream.set_nodelay(true)?;
        Ok(Self { stream })
    }

    /// The stream underneath, for its addresses and options.
    #[must_use]
    pub fn get_ref(&self) -> &TcpStream {
        &self.stream
    }
}

impl StreamTransport for TcpTransport {
    fn send(&mut self, data: &[u8]) -> Poll<Result<usize, TransportError>> {
        let stream = &mut self.stream;
        when_ready(data.is_empty(), || stream.write(data))
    }

    fn recv(&mut self, buf: &mut [u8]) -> Poll<Result<usize, TransportError>> {
        let stream = &mut self.stream;
        when_ready(buf.is_empty(), || stream.read(buf))
    }
}

/// Calls until it is not interrupted, and translates the outcome.
fn when_ready(
    empty: bool,
    mut call: impl FnMut() -> io::Result<usize>,
) -> Poll<Result<usize, TransportError>> {
    if empty {
        return Poll::Ready(Ok(0));
    }
    loop {
        match call() {
            Ok(0) => return Poll::Ready(Err(TransportError::Closed)),
            Ok(n) => return Poll::Ready(Ok(n)),
            Err(e) => match e.kind() {
                ErrorKind::Interrupted => {}
                ErrorKind::WouldBlock => return Poll::Pending,
                _ => return Poll::Ready(Err(error_of(&e))),
            },
        }
    }
}

fn error_of(e: &io::Error) -> TransportError {
    match e.kind() {
        ErrorKind::BrokenPipe
        | ErrorKind::ConnectionAborted
        | ErrorKind::ConnectionReset
        | ErrorKind::NotConnected
        | ErrorKind::UnexpectedEof => TransportError::Closed,
        _ => TransportError::Failed(e.raw_os_error().unwrap_or(-1)),
    }
}

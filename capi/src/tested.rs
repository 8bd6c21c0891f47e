//! A transport under test: its counts are handed on as they are, where a client would hang up.

use core::task::Poll;

use msgin5g::transport::conformance::StreamPort;
use msgin5g::transport::{DatagramTransport, Host, StreamTransport, TransportError};

use crate::port::error;
use crate::{msgin5g_conformance_config, msgin5g_status as Status, msgin5g_transport};

/// The caller's clock.
#[derive(Clone, Copy)]
pub(crate) struct Clock(pub msgin5g_conformance_config);

impl Host for Clock {
    fn now_ms(&mut self) -> u64 {
        // SAFETY: the caller's function with the caller's pointer.
        self.0.now_ms.map_or(0, |ask| unsafe { ask(self.0.user) })
    }

    fn idle(&mut self) {
        if let Some(idle) = self.0.idle {
            // SAFETY: the caller's function with the caller's pointer.
            unsafe { idle(self.0.user) }
        }
    }
}

/// The transport with its counts as they are.
pub(crate) struct Tested {
    pub functions: msgin5g_transport,
    pub clock: Clock,
    /// How long (ms) connecting may take.
    pub patience: u64,
    /// A count that cannot be, and of how many.
    pub odd: Option<(i32, usize)>,
}

/// One connection.
pub(crate) struct Line<'p>(&'p mut Tested);

impl StreamPort for Tested {
    type Stream<'a> = Line<'a>;

    fn connect(&mut self) -> Result<Line<'_>, TransportError> {
        let since = self.clock.now_ms();
        // It is closed whatever becomes of it.
        let line = Line(self);
        let connect = line.0.functions.connect.ok_or(TransportError::Closed)?;
        loop {
            // SAFETY: the caller's function with the caller's pointer.
            match unsafe { connect(line.0.functions.user) } {
                0 => {}
                code if code < 0 => return Err(error(code)),
                _ => return Ok(line),
            }
            if line.0.clock.now_ms().saturating_sub(since) > line.0.patience {
                return Err(error(Status::TimedOut as i32));
            }
            line.0.clock.idle();
        }
    }
}

impl Drop for Line<'_> {
    fn drop(&mut self) {
        if let Some(close) = self.0.functions.close {
            // SAFETY: the caller's function with the caller's pointer.
            unsafe { close(self.0.functions.user) }
        }
    }
}

impl Line<'_> {
    fn send(&mut self, data: &[u8]) -> i32 {
        let Some(send) = self.0.functions.send else {
            return Status::Closed as i32;
        };
        // SAFETY: the caller's function, and octets that stay during the call.
        unsafe { send(self.0.functions.user, data.as_ptr(), data.len()) }
    }

    fn recv(&mut self, buf: &mut [u8]) -> i32 {
        let Some(recv) = self.0.functions.recv else {
            return Status::Closed as i32;
        };
        // SAFETY: the caller's function, and room that stays during the call.
        unsafe { recv(self.0.functions.user, buf.as_mut_ptr(), buf.len()) }
    }

    /// What a function returned; only these counts can be.
    fn counted(
        &mut self,
        returned: i32,
        len: usize,
        is_possible: impl FnOnce(usize) -> bool,
    ) -> Poll<Result<usize, TransportError>> {
        match usize::try_from(returned) {
            Ok(0) => Poll::Pending,
            Ok(n) if is_possible(n) => Poll::Ready(Ok(n)),
            Ok(_) => {
                self.0.odd = Some((returned, len));
                Poll::Ready(Err(error(Status::TransportBroken as i32)))
            }
            Err(_) => Poll::Ready(Err(error(returned))),
        }
    }
}

impl StreamTransport for Line<'_> {
    fn send(&mut self, data: &[u8]) -> Poll<Result<usize, TransportError>> {
        // The library offers no empty piece, so there is nothing to be asked.
        if data.is_empty() {
            return Poll::Ready(Ok(0));
        }
        let (returned, len) = (Line::send(self, data), data.len());
        self.counted(returned, len, |n| n <= len)
    }

    fn recv(&mut self, buf: &mut [u8]) -> Poll<Result<usize, TransportError>> {
        if buf.is_empty() {
            return Poll::Ready(Ok(0));
        }
        let (returned, len) = (Line::recv(self, buf), buf.len());
        self.counted(returned, len, |n| n <= len)
    }
}

impl DatagramTransport for Line<'_> {
    fn send(&mut self, datagram: &[u8]) -> Poll<Result<(), TransportError>> {
        let (returned, len) = (Line::send(self, datagram), datagram.len());
        self.counted(returned, len, |n| n == len)
            .map(|taken| taken.map(|_| ()))
    }

    fn recv(&mut self, buf: &mut [u8]) -> Poll<Result<usize, TransportError>> {
        let (returned, len) = (Line::recv(self, buf), buf.len());
        self.counted(returned, len, |n| n <= len)
    }
}

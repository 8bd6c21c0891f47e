use core::task::Poll;

use super::{Check, Fault, Limits, Nonconformance, Report};
use crate::transport::{Host, StreamTransport, TransportError};

/// Looks at the clock around each call, and knows which check is running.
pub(super) struct Watch<'h, H> {
    host: &'h mut H,
    limits: Limits,
    check: Check,
    since: u64,
    pub(super) report: Report,
}

impl<'h, H: Host> Watch<'h, H> {
    pub(super) fn new(host: &'h mut H, limits: Limits) -> Self {
        let since = host.now_ms();
        Self {
            host,
            limits,
            check: Check::NothingThere,
            since,
            report: Report::default(),
        }
    }

    pub(super) fn begin(&mut self, check: Check) {
        self.check = check;
        self.since = self.host.now_ms();
    }

    pub(super) fn fail<T>(&self, fault: Fault) -> Result<T, Nonconformance> {
        Err(self.because(fault))
    }

    pub(super) fn because(&self, fault: Fault) -> Nonconformance {
        Nonconformance {
            check: self.check,
            fault,
        }
    }

    pub(super) fn ended<T>(&self, error: TransportError) -> Result<T, Nonconformance> {
        self.fail(Fault::Ended(error))
    }

    /// Waits a little, unless the time of the check is over.
    pub(super) fn idle(&mut self, received: usize, expected: usize) -> Result<(), Nonconformance> {
        if self.is_late() {
            return self.fail(Fault::NotInTime { received, expected });
        }
        self.host.idle();
        Ok(())
    }

    pub(super) fn is_late(&mut self) -> bool {
        self.host.now_ms().saturating_sub(self.since) > self.limits.check_ms
    }

    pub(super) fn now_ms(&mut self) -> u64 {
        self.host.now_ms()
    }

    /// One call of the port, which must not wait.
    pub(super) fn timed<T>(&mut self, call: impl FnOnce() -> T) -> Result<T, Nonconformance> {
        let before = self.host.now_ms();
        let result = call();
        let ms = self.host.now_ms().saturating_sub(before);
        self.report.longest_call_ms = self.report.longest_call_ms.max(ms);
        if ms > self.limits.call_ms {
            return self.fail(Fault::Blocked { ms });
        }
        Ok(result)
    }

    /// Offers octets; how many were taken.
    pub(super) fn send(
        &mut self,
        stream: &mut impl StreamTransport,
        data: &[u8],
    ) -> Result<usize, Nonconformance> {
        match self.timed(|| stream.send(data))? {
            Poll::Pending => {
                self.report.pending_sends = self.report.pending_sends.saturating_add(1);
                Ok(0)
            }
            Poll::Ready(Ok(n)) if n == 0 || n > data.len() => {
                self.fail(Fault::Count { n, len: data.len() })
            }
            Poll::Ready(Ok(n)) => {
                let partial = usize::from(n < data.len());
                self.report.partial_sends = self.report.partial_sends.saturating_add(partial);
                self.report.sent = self.report.sent.saturating_add(n);
                Ok(n)
            }
            Poll::Ready(Err(error)) => self.ended(error),
        }
    }

    /// What there is; `None`: nothing now.
    pub(super) fn recv<'b>(
        &mut self,
        stream: &mut impl StreamTransport,
        buf: &'b mut [u8],
    ) -> Result<Poll<Result<&'b [u8], TransportError>>, Nonconformance> {
        Ok(match self.timed(|| stream.recv(buf))? {
            Poll::Pending => Poll::Pending,
            Poll::Ready(Err(error)) => Poll::Ready(Err(error)),
            Poll::Ready(Ok(n)) => match buf.get(..n) {
                Some(octets) if n > 0 => {
                    self.report.received = self.report.received.saturating_add(n);
                    Poll::Ready(Ok(octets))
                }
                _ => {
                    return self.fail(Fault::Count { n, len: buf.len() });
                }
            },
        })
    }
}

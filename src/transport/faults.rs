//! A bad line, for tests of a port or of a program.

use core::task::Poll;

use super::{StreamTransport, TransportError};

/// A stream that does what streams do on a bad day: [`Faults`].
///
/// ```
/// use core::task::Poll;
/// use msgin5g::transport::{Faults, Faulty, StreamTransport, TransportError};
/// # struct Modem;
/// # impl StreamTransport for Modem {
/// #     fn send(&mut self, data: &[u8]) -> Poll<Result<usize, TransportError>> { Poll::Ready(Ok(data.len())) }
/// #     fn recv(&mut self, _: &mut [u8]) -> Poll<Result<usize, TransportError>> { Poll::Pending }
/// # }
///
/// // The line breaks after the third octet.
/// let mut line = Faulty::new(Modem, Faults { cut_sent: Some(3), ..Faults::NONE });
/// assert_eq!(line.send(b"hello"), Poll::Ready(Ok(3)));
/// assert_eq!(line.send(b"lo"), Poll::Ready(Err(TransportError::Closed)));
/// ```
#[derive(Debug)]
pub struct Faulty<T> {
    inner: T,
    faults: Faults,
    sent: u64,
    received: u64,
    /// "Nothing now" is due.
    stutters: bool,
    withheld: u32,
    is_cut: bool,
}

/// What goes wrong. Positions count octets of one direction from the beginning of the stream.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Faults {
    /// The stream is cut when so many octets have been sent.
    pub cut_sent: Option<u64>,
    /// The stream is cut when so many octets have been received.
    pub cut_received: Option<u64>,
    /// A cut is silence: the stream stays open, takes octets that nobody gets, and gives none.
    pub silent: bool,
    /// The most octets that one call takes or gives.
    pub at_most: usize,
    /// "Nothing now" after every call that moved something.
    pub stutter: bool,
    /// "Nothing now" so often before anything is received.
    pub delay: u32,
    /// The octet sent at this position, counted from 0, has these bits changed.
    pub flip_sent: Option<(u64, u8)>,
    /// The same for an octet received.
    pub flip_received: Option<(u64, u8)>,
}

impl Faults {
    /// A good line.
    pub const NONE: Self = Self {
        cut_sent: None,
        cut_received: None,
        silent: false,
        at_most: usize::MAX,
        stutter: false,
        delay: 0,
        flip_sent: None,
        flip_received: None,
    };
}

impl Default for Faults {
    fn default() -> Self {
        Self::NONE
    }
}

impl<T: StreamTransport> Faulty<T> {
    /// A bad line over a good one.
    pub const fn new(inner: T, faults: Faults) -> Self {
        Self {
            inner,
            withheld: faults.delay,
            faults,
            sent: 0,
            received: 0,
            stutters: false,
            is_cut: false,
        }
    }

    /// Octets that went and came so far.
    pub const fn moved(&self) -> (u64, u64) {
        (self.sent, self.received)
    }

    /// Whether a cut has happened.
    pub const fn is_cut(&self) -> bool {
        self.is_cut
    }

    /// How many of `len` octets pass before the next thing happens; `None`: the line is cut.
    fn pass(&mut self, so_far: u64, cut: Option<u64>, len: usize) -> Option<usize> {
        let left = cut.map_or(u64::MAX, |at| at.saturating_sub(so_far));
        self.is_cut |= left == 0;
        if self.is_cut {
            return None;
        }
        let left = usize::try_from(left).unwrap_or(usize::MAX);
        Some(len.min(left).min(self.faults.at_most.max(1)))
    }

    fn not_now(&mut self) -> bool {
        core::mem::take(&mut self.stutters)
    }
}

impl<T: StreamTransport> StreamTransport for Faulty<T> {
    fn send(&mut self, data: &[u8]) -> Poll<Result<usize, TransportError>> {
        if self.not_now() {
            return Poll::Pending;
        }
        let Some(n) = self.pass(self.sent, self.faults.cut_sent, data.len()) else {
            return match self.faults.silent {
                true => Poll::Ready(Ok(data.len())),
                false => Poll::Ready(Err(TransportError::Closed)),
            };
        };
        let data = data.get(..n).unwrap_or(data);
        let moved = match self.faults.flip_sent {
            Some((at, bits)) if at == self.sent && !data.is_empty() => {
                let changed = data.first().map_or(bits, |octet| octet ^ bits);
                self.inner.send(&[changed])
            }
            // It goes alone.
            Some((at, _)) if at > self.sent => {
                let before = usize::try_from(at.saturating_sub(self.sent)).unwrap_or(usize::MAX);
                self.inner.send(data.get(..before.min(n)).unwrap_or(data))
            }
            _ => self.inner.send(data),
        };
        if let Poll::Ready(Ok(n)) = moved {
            self.sent = self
                .sent
                .saturating_add(u64::try_from(n).unwrap_or(u64::MAX));
            self.stutters = self.faults.stutter;
        }
        moved
    }

    fn recv(&mut self, buf: &mut [u8]) -> Poll<Result<usize, TransportError>> {
        if self.not_now() {
            return Poll::Pending;
        }
        if self.withheld > 0 {
            self.withheld = self.withheld.saturating_sub(1);
            return Poll::Pending;
        }
        let Some(n) = self.pass(self.received, self.faults.cut_received, buf.len()) else {
            return match self.faults.silent {
                true => Poll::Pending,
                false => Poll::Ready(Err(TransportError::Closed)),
            };
        };
        let place = buf.get_mut(..n).unwrap_or_default();
        let moved = self.inner.recv(place);
        if let Poll::Ready(Ok(n)) = moved {
            if let Some((at, bits)) = self.faults.flip_received
                && let Some(at) = at.checked_sub(self.received)
                && let Ok(at) = usize::try_from(at)
                && let Some(octet) = place.get_mut(..n).and_then(|got| got.get_mut(at))
            {
                *octet ^= bits;
            }
            self.received = self
                .received
                .saturating_add(u64::try_from(n).unwrap_or(u64::MAX));
            self.stutters = self.faults.stutter;
            self.withheld = self.faults.delay;
        }
        moved
    }
}

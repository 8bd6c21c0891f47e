//! The modem's UART as a byte pipe: a CMSDK UART, polled. This is the port of the firmware.

use crate::board;
use crate::clock::Clock;
use core::cell::Cell;
use core::ptr::{read_volatile, write_volatile};
use core::task::Poll;
use msgin5g::transport::{StreamTransport, TransportError};

const DATA: usize = board::UART1;
const STATE: usize = board::UART1 + 0x4;
const CTRL: usize = board::UART1 + 0x8;
const BAUDDIV: usize = board::UART1 + 0x10;

const STATE_TX_FULL: u32 = 1 << 0;
const STATE_RX_FULL: u32 = 1 << 1;
const CTRL_TX_ENABLE: u32 = 1 << 0;
const CTRL_RX_ENABLE: u32 = 1 << 1;

/// The UART, and how long its user waited for it.
pub struct Uart<'c> {
    clock: &'c Clock,
    waiting_since: Cell<Option<u64>>,
    waited: Cell<u64>,
    sent: Cell<u32>,
    received: Cell<u32>,
}

impl<'c> Uart<'c> {
    /// Switches the UART on. The divisor is the smallest: an emulated line has no speed.
    pub fn open(clock: &'c Clock) -> Self {
        // SAFETY: the registers belong to UART 1 of the board, which nothing else touches.
        unsafe {
            write_volatile(BAUDDIV as *mut u32, 16);
            write_volatile(CTRL as *mut u32, CTRL_TX_ENABLE | CTRL_RX_ENABLE);
        }
        Self {
            clock,
            waiting_since: Cell::new(None),
            waited: Cell::new(0),
            sent: Cell::new(0),
            received: Cell::new(0),
        }
    }

    /// Octets sent and received so far.
    pub fn octets(&self) -> (u32, u32) {
        (self.sent.get(), self.received.get())
    }

    /// Ticks from the times when nothing could be moved until something could again.
    pub fn waited(&self) -> u64 {
        self.waited.get()
    }

    /// Keeps the account of waiting: it begins with the first empty try and ends with the first octet.
    fn moved(&self, count: usize, offered: usize) -> Poll<Result<usize, TransportError>> {
        let since = self.waiting_since.get();
        if count == 0 && offered > 0 {
            self.waiting_since
                .set(since.or_else(|| Some(self.clock.ticks())));
            return Poll::Pending;
        }
        if let Some(since) = since {
            self.waited
                .set(self.waited.get() + (self.clock.ticks() - since));
            self.waiting_since.set(None);
        }
        Poll::Ready(Ok(count))
    }
}

/// The line has no carrier signal, so it never reports an end: silence is for the session's deadlines to judge.
impl StreamTransport for Uart<'_> {
    fn send(&mut self, data: &[u8]) -> Poll<Result<usize, TransportError>> {
        let mut count = 0;
        for octet in data {
            // SAFETY: reading STATE has no side effect; DATA is written only when the line takes an octet.
            unsafe {
                if read_volatile(STATE as *const u32) & STATE_TX_FULL != 0 {
                    break;
                }
                write_volatile(DATA as *mut u32, u32::from(*octet));
            }
            count += 1;
        }
        self.sent.set(self.sent.get().wrapping_add(count as u32));
        self.moved(count, data.len())
    }

    fn recv(&mut self, buf: &mut [u8]) -> Poll<Result<usize, TransportError>> {
        let offered = buf.len();
        let mut count = 0;
        for slot in buf {
            // SAFETY: reading STATE has no side effect; DATA is read only when it holds an octet.
            unsafe {
                if read_volatile(STATE as *const u32) & STATE_RX_FULL == 0 {
                    break;
                }
                *slot = read_volatile(DATA as *const u32) as u8;
            }
            count += 1;
        }
        self.received
            .set(self.received.get().wrapping_add(count as u32));
        self.moved(count, offered)
    }
}

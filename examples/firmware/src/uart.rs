//! The modem's UART as a byte pipe: a CMSDK UART, polled. This is the port of the firmware.

use crate::{board, meter};
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

/// UART 1 of the board.
pub struct Uart(());

impl Uart {
    /// The UART as it is after a reset: off.
    pub const fn new() -> Self {
        Self(())
    }

    /// Switches the UART on. The divisor is the smallest: an emulated line has no speed.
    pub fn enable(&mut self) {
        // SAFETY: the registers belong to UART 1 of the board, which nothing else touches.
        unsafe {
            write_volatile(BAUDDIV as *mut u32, 16);
            write_volatile(CTRL as *mut u32, CTRL_TX_ENABLE | CTRL_RX_ENABLE);
        }
    }

    /// Whether the line took the octet.
    #[inline]
    pub(crate) fn put(&mut self, octet: u8) -> bool {
        // SAFETY: reading STATE has no side effect; DATA is written only when the line takes an octet.
        unsafe {
            let full = read_volatile(STATE as *const u32) & STATE_TX_FULL != 0;
            if !full {
                write_volatile(DATA as *mut u32, u32::from(octet));
            }
            !full
        }
    }

    /// Whether an octet is there.
    #[inline]
    pub(crate) fn has(&self) -> bool {
        // SAFETY: reading STATE has no side effect.
        unsafe { read_volatile(STATE as *const u32) & STATE_RX_FULL != 0 }
    }

    /// The octet that is there.
    #[inline]
    pub(crate) fn take(&mut self) -> Option<u8> {
        // SAFETY: DATA is read only when it holds an octet.
        self.has()
            .then(|| unsafe { read_volatile(DATA as *const u32) as u8 })
    }

    fn moved(count: usize, offered: usize) -> Poll<Result<usize, TransportError>> {
        if count == 0 && offered > 0 {
            meter::in_vain();
            return Poll::Pending;
        }
        meter::moved();
        Poll::Ready(Ok(count))
    }
}

impl Default for Uart {
    fn default() -> Self {
        Self::new()
    }
}

/// The line has no carrier signal, so it never reports an end: silence is for the session's deadlines to judge.
impl StreamTransport for Uart {
    fn send(&mut self, data: &[u8]) -> Poll<Result<usize, TransportError>> {
        let count = data.iter().take_while(|octet| self.put(**octet)).count();
        meter::sent(count);
        Self::moved(count, data.len())
    }

    fn recv(&mut self, buf: &mut [u8]) -> Poll<Result<usize, TransportError>> {
        let offered = buf.len();
        let mut count = 0;
        for slot in buf {
            let Some(octet) = self.take() else { break };
            *slot = octet;
            count += 1;
        }
        meter::received(count);
        Self::moved(count, offered)
    }
}

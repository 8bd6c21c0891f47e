//! The modem's UART by interrupts: each octet that comes goes into a ring at once, whatever the loop is doing.

use super::ring::Ring;
use super::{Interrupt, allow, tell};
use crate::board;
use core::ptr::{read_volatile, write_volatile};
use core::task::Poll;
use msgin5g::transport::{StreamTransport, TransportError};

const DATA: usize = board::UART1;
const STATE: usize = board::UART1 + 0x4;
const CTRL: usize = board::UART1 + 0x8;
const INTCLEAR: usize = board::UART1 + 0xC;
const BAUDDIV: usize = board::UART1 + 0x10;

const STATE_TX_FULL: u32 = 1 << 0;
const STATE_RX_FULL: u32 = 1 << 1;
const TX: u32 = 1 << 0;
const RX: u32 = 1 << 1;
const CTRL_TX_INTERRUPT: u32 = 1 << 2;
const CTRL_RX_INTERRUPT: u32 = 1 << 3;

/// What has come and was not read yet. A product takes as much as comes while its loop does the longest thing it does,
/// or lets its modem wait (RTS).
static RING: Ring<512> = Ring::new();

/// The line, as the sessions see it.
pub struct Line(());

/// Switches the UART on.
pub fn enable() {
    // SAFETY: the registers belong to UART 1 of the board, which nothing but this module touches.
    unsafe {
        write_volatile(BAUDDIV as *mut u32, 16);
        write_volatile(CTRL as *mut u32, TX | RX | CTRL_RX_INTERRUPT);
    }
    allow(Interrupt::UartRx);
    allow(Interrupt::UartTx);
}

/// The line for a new session. What was left of the one before is thrown away.
pub fn line() -> Line {
    while RING.take().is_some() {}
    Line(())
}

/// Whether the line takes an octet.
fn takes() -> bool {
    // SAFETY: reading STATE has no side effect.
    unsafe { read_volatile(STATE as *const u32) & STATE_TX_FULL == 0 }
}

/// Moves what has come into the ring, as far as there is room. From the handler, or with interrupts off.
fn fill() {
    // SAFETY: reading STATE has no side effect; DATA is read only when it holds an octet.
    unsafe {
        while !RING.is_full() && read_volatile(STATE as *const u32) & STATE_RX_FULL != 0 {
            RING.put(read_volatile(DATA as *const u32) as u8);
        }
    }
}

/// An octet has come.
pub(super) extern "C" fn received() {
    // Before the octet is read: the next one asks again.
    // SAFETY: INTCLEAR takes the request back and does nothing else.
    unsafe { write_volatile(INTCLEAR as *mut u32, RX) };
    fill();
    tell();
}

/// The line takes octets again: somebody has waited for it.
pub(super) extern "C" fn transmitted() {
    // SAFETY: as above; this interrupt is off again until the line is full.
    unsafe {
        write_volatile(INTCLEAR as *mut u32, TX);
        write_volatile(CTRL as *mut u32, TX | RX | CTRL_RX_INTERRUPT);
    }
    tell();
}

impl StreamTransport for Line {
    fn send(&mut self, data: &[u8]) -> Poll<Result<usize, TransportError>> {
        let mut count = 0;
        for octet in data {
            if !takes() {
                // First the interrupt, then another look: the line may have become free in between.
                // SAFETY: switches the interrupt on and changes nothing else.
                unsafe {
                    let on = TX | RX | CTRL_RX_INTERRUPT | CTRL_TX_INTERRUPT;
                    write_volatile(CTRL as *mut u32, on);
                }
                if !takes() {
                    break;
                }
            }
            // SAFETY: the line takes an octet.
            unsafe { write_volatile(DATA as *mut u32, u32::from(*octet)) };
            count += 1;
        }
        match count {
            0 if !data.is_empty() => Poll::Pending,
            _ => Poll::Ready(Ok(count)),
        }
    }

    fn recv(&mut self, buf: &mut [u8]) -> Poll<Result<usize, TransportError>> {
        let offered = buf.len();
        let mut count = 0;
        for slot in buf {
            let Some(octet) = RING.take() else { break };
            *slot = octet;
            count += 1;
        }
        // While the ring was full the octets have stayed in the UART, which does not ask again for those.
        cortex_m::interrupt::free(|_| fill());
        match count {
            0 if offered > 0 => Poll::Pending,
            _ => Poll::Ready(Ok(count)),
        }
    }
}

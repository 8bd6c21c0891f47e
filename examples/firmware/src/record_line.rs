//! The line of the probes of sessions: it gives a whole record or none, and what it does is not counted.
//!
//! On a bare UART the octets of a record come one by one or in pieces, as the emulator and the computer under it please.
//! Each piece would cost the session a call, so that the same exchange had another cost each time. Here the program is
//! given what a modem gives, a record in one piece; so a figure is that of the session, and the same in each run.

use crate::clock::Clock;
use crate::meter;
use crate::uart::Uart;
use core::hint::spin_loop;
use core::sync::atomic::{AtomicU8, Ordering::Relaxed};
use core::task::Poll;
use msgin5g::transport::{Host, StreamTransport, TransportError};

/// Nobody asked for octets.
const QUIET: u8 = 0;
/// The session asked, and there was no record for it.
const WANTED: u8 = 1;
/// A record is coming in, and the session may have it.
const COMING: u8 = 2;

static STATE: AtomicU8 = AtomicU8::new(QUIET);

/// The UART, record by record.
pub struct RecordLine {
    uart: Uart,
    /// Of the header in five octets, those that came.
    header: usize,
    /// Octets after the header that are still to come.
    rest: usize,
}

impl RecordLine {
    /// Switches the UART on.
    pub fn new() -> Self {
        let mut uart = Uart::new();
        uart.enable();
        Self {
            uart,
            header: 0,
            rest: 0,
        }
    }

    /// Waits for a record if the session asked for one. Who has other work goes on with it.
    pub fn wait() {
        if STATE.load(Relaxed) == WANTED {
            meter::aside(|| {
                while !Uart::new().has() {
                    spin_loop();
                }
            });
            STATE.store(COMING, Relaxed);
        }
    }

    /// One octet, and whether it is the last of its record.
    fn octet(&mut self) -> (u8, bool) {
        let octet = loop {
            if let Some(octet) = self.uart.take() {
                break octet;
            }
            spin_loop();
        };
        match self.header {
            // Type and version, then the length, most significant octet first.
            0..3 => self.header += 1,
            3 | 4 => {
                self.rest = self.rest << 8 | usize::from(octet);
                self.header += 1;
            }
            _ => self.rest -= 1,
        }
        let last = self.header == 5 && self.rest == 0;
        if last {
            self.header = 0;
        }
        (octet, last)
    }
}

impl Default for RecordLine {
    fn default() -> Self {
        Self::new()
    }
}

impl StreamTransport for RecordLine {
    fn send(&mut self, data: &[u8]) -> Poll<Result<usize, TransportError>> {
        meter::aside(|| {
            for octet in data {
                while !self.uart.put(*octet) {
                    spin_loop();
                }
            }
        });
        meter::sent(data.len());
        Poll::Ready(Ok(data.len()))
    }

    fn recv(&mut self, buf: &mut [u8]) -> Poll<Result<usize, TransportError>> {
        if STATE.load(Relaxed) != COMING {
            STATE.store(WANTED, Relaxed);
            return Poll::Pending;
        }
        let count = meter::aside(|| {
            let mut count = 0;
            for slot in buf {
                let (octet, last) = self.octet();
                *slot = octet;
                count += 1;
                if last {
                    STATE.store(QUIET, Relaxed);
                    break;
                }
            }
            count
        });
        meter::received(count);
        Poll::Ready(Ok(count))
    }
}

/// The clock, for one who waits for records between calls.
pub struct Patient(pub Clock);

impl Host for Patient {
    fn now_ms(&mut self) -> u64 {
        self.0.now_ms()
    }

    fn idle(&mut self) {
        RecordLine::wait();
    }
}

//! A page of flash that outlives the power, and a counter that only grows: files beside the emulator stand for both.

use core::ffi::CStr;
use msgin5g::snapshot::MonotonicCounter;
use semihosting::fs::{self, File};
use semihosting::io::Read;

const PAGE: &CStr = c"flash.bin";
const COUNTER: &CStr = c"counter.bin";

/// Reads the page into `out`: as many octets as were written. `None`: it has never been written.
pub fn read(out: &mut [u8]) -> Option<usize> {
    fill(PAGE, out)
}

/// Writes the page. False when it could not.
pub fn write(octets: &[u8]) -> bool {
    fs::write(PAGE, octets).is_ok()
}

fn fill(path: &CStr, out: &mut [u8]) -> Option<usize> {
    let mut file = File::open(path).ok()?;
    let mut len = 0;
    while let Some(rest) = out.get_mut(len..).filter(|rest| !rest.is_empty()) {
        match file.read(rest).ok()? {
            0 => break,
            n => len += n,
        }
    }
    Some(len)
}

/// The counter. A product has it in fuses, in a secure element or in a page of its own.
pub struct Counter;

impl MonotonicCounter for Counter {
    fn value(&mut self) -> Option<u64> {
        let mut octets = [0; 8];
        match fill(COUNTER, &mut octets) {
            None => Some(0),
            Some(8) => Some(u64::from_be_bytes(octets)),
            Some(_) => None,
        }
    }

    fn advance(&mut self) -> Option<u64> {
        let next = self.value()?.checked_add(1)?;
        fs::write(COUNTER, next.to_be_bytes()).ok()?;
        Some(next)
    }
}

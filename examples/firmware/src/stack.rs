//! How deep the stack went: painted before, looked at after.

use core::ptr::{addr_of, addr_of_mut, read_volatile, write_volatile};

const PAINT: u32 = 0xA5C3_5A3C;
/// Left unpainted below the stack pointer, for the frame that paints.
const MARGIN: usize = 256;

unsafe extern "C" {
    // From the linker script of cortex-m-rt: the first address after static data, and the top of the stack.
    static mut __sheap: u32;
    static mut _stack_start: u32;
}

/// Paints what the stack has not used yet. Call it first in `main`.
#[inline(never)]
pub fn paint() {
    let top = cortex_m::register::msp::read() as usize - MARGIN;
    let mut at = addr_of_mut!(__sheap);
    while (at as usize) < top {
        // SAFETY: between the end of static data and the stack pointer nothing lives: there is no heap.
        unsafe {
            write_volatile(at, PAINT);
            at = at.add(1);
        }
    }
}

/// The most octets of stack that were in use at any time since [`paint`].
#[inline(never)]
pub fn high_water() -> u32 {
    let top = addr_of!(_stack_start) as usize;
    let mut at = addr_of!(__sheap);
    // SAFETY: the addresses lie in RAM, below the top of the stack.
    unsafe {
        while (at as usize) < top && read_volatile(at) == PAINT {
            at = at.add(1);
        }
    }
    (top - at as usize) as u32
}

//! The whole RAM as a file, for whoever looks for what should not be there.

use core::ffi::CStr;
use core::ptr::addr_of;
use core::slice;
use semihosting::fs;

unsafe extern "C" {
    // From the linker script of cortex-m-rt: the first address of RAM, and the one behind the last.
    static __sdata: u32;
    static _stack_start: u32;
}

/// Writes RAM as it is now to a file beside the emulator. False when it could not.
#[inline(never)]
pub fn dump(path: &CStr) -> bool {
    let start = addr_of!(__sdata).cast::<u8>();
    let len = addr_of!(_stack_start) as usize - start as usize;
    // SAFETY: all of it is RAM of the board. The emulator reads it while the program stands still, so nothing changes
    // under the slice; nothing here looks into it.
    let octets = unsafe { slice::from_raw_parts(start, len) };
    fs::write(path, octets).is_ok()
}

//! The emulator's console: figures for xtask, the exit code, and what happens on a panic.

use crate::stack;
use crate::ue::Problem;
use semihosting::io::{Write, stderr};

/// Writes `key=value` as a line of its own; more than 2^32 - 1 is written as that. Formatting code is
/// kept out of the firmware that is weighed, division in 64 bits too.
pub fn figure(key: &str, value: u64) {
    let mut digits = [0u8; 10];
    let mut rest = u32::try_from(value).unwrap_or(u32::MAX);
    let mut start = digits.len();
    loop {
        start -= 1;
        // Never out of bounds; said in this way, no panic is linked for it.
        if let Some(digit) = digits.get_mut(start) {
            *digit = b'0' + (rest % 10) as u8;
        }
        rest /= 10;
        if rest == 0 {
            break;
        }
    }
    text(key, digits.get(start..).unwrap_or_default());
}

/// Writes `key=value` for a value that is text already.
pub fn text(key: &str, value: &[u8]) {
    let Ok(mut out) = stderr() else { return };
    for part in [key.as_bytes(), b"=", value, b"\n"] {
        // Nobody to tell when the console is gone.
        let _ = out.write_all(part);
    }
}

/// Ends the emulator. 0 is success.
pub fn exit(code: i32) -> ! {
    semihosting::process::exit(code)
}

/// Says how deep the stack went and how the program ended, and ends.
pub fn end(ended: Result<(), Problem>) -> ! {
    figure("stack", stack::high_water().into());
    match ended {
        Ok(()) => exit(0),
        Err(Problem(step)) => {
            text("failed", step.as_bytes());
            exit(1)
        }
    }
}

/// For a program that must have no way to a panic: one that has does not link.
#[cfg(feature = "panic-does-not-link")]
#[panic_handler]
fn panic(_info: &core::panic::PanicInfo<'_>) -> ! {
    unsafe extern "C" {
        fn this_program_can_panic() -> !;
    }
    // SAFETY: nowhere defined, so no program that contains this call exists.
    unsafe { this_program_can_panic() }
}

/// A panic is a bug of the firmware: the emulator ends with a code of its own.
#[cfg(not(feature = "panic-does-not-link"))]
#[panic_handler]
fn panic(_info: &core::panic::PanicInfo<'_>) -> ! {
    exit(101)
}

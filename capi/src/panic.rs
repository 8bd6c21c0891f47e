//! What happens when the impossible does.

use core::panic::PanicInfo;

// The default, which any program replaces by defining the function: a weak symbol, for which Rust has no word.
// It stops the core by an instruction that is undefined on purpose, so a fault handler or a watchdog takes over.
#[cfg(target_arch = "arm")]
core::arch::global_asm!(
    ".weak msgin5g_on_panic",
    ".type msgin5g_on_panic, %function",
    ".thumb_func",
    "msgin5g_on_panic:",
    "udf #0",
);
#[cfg(target_arch = "x86_64")]
core::arch::global_asm!(
    ".weak msgin5g_on_panic",
    ".type msgin5g_on_panic, @function",
    "msgin5g_on_panic:",
    "ud2",
);
#[cfg(target_arch = "aarch64")]
core::arch::global_asm!(
    ".weak msgin5g_on_panic",
    ".type msgin5g_on_panic, %function",
    "msgin5g_on_panic:",
    "udf #0",
);

unsafe extern "C" {
    /// Not in the library: a program may define it, and it is called if a fault in the library is found at run
    /// time. It should not return: log, reset. Without it the core stops at an undefined instruction. Only in a
    /// library with the feature `panic-handler`.
    fn msgin5g_on_panic();
}

#[panic_handler]
fn on_panic(_: &PanicInfo<'_>) -> ! {
    // SAFETY: the program's function, or the default above.
    unsafe { msgin5g_on_panic() };
    loop {
        core::hint::spin_loop();
    }
}

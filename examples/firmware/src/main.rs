//! A UE: it gets its keys, opens a session, registers, writes to another UE, reads the answer and leaves.
//!
//! The same on every board; what differs is in `board/`. Its figures go to the console for `cargo xtask`.
#![cfg_attr(target_os = "none", no_std, no_main)]

#[cfg(not(target_os = "none"))]
fn main() {
    eprintln!("this is a firmware: `cargo xtask demo` builds it for Cortex-M and runs it in QEMU");
    std::process::exit(2);
}

#[cfg(target_os = "none")]
#[cortex_m_rt::entry]
fn main() -> ! {
    use msgin5g_firmware::clock::Clock;
    use msgin5g_firmware::{app, console, stack, ue};

    stack::paint();
    console::end(app::run(Clock::start(), ue::run))
}

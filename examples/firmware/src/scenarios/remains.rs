//! The exchange of `main.rs`, and then RAM as a file: once as it is when all is closed and dropped, and once after the
//! stack that nobody uses any more has been cleared. `cargo xtask demo --scenario remains` looks for keys in both.
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
    use msgin5g_firmware::ue::{self, Problem};
    use msgin5g_firmware::{app, console, ram, stack};

    stack::paint();
    let mut ended = app::run(Clock::start(), ue::run);
    console::figure("stack", stack::high_water().into());
    let before = ram::dump(c"ram-before.bin");
    stack::paint();
    let after = ram::dump(c"ram-after.bin");
    if ended.is_ok() && !(before && after) {
        ended = Err(Problem("dump"));
    }
    console::end(ended)
}

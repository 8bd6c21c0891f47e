//! A UE that uses what MSGin5G has beside short messages to one UE: a message that waited for it, a long one in
//! segments each way, a group and a topic. `cargo xtask demo --scenario messaging` runs it.
#![cfg_attr(target_os = "none", no_std, no_main)]

#[cfg(target_os = "none")]
mod story;
#[cfg(target_os = "none")]
mod tally;
#[cfg(target_os = "none")]
mod texts;

#[cfg(not(target_os = "none"))]
fn main() {
    eprintln!("this is a firmware: `cargo xtask demo` builds it for Cortex-M and runs it in QEMU");
    std::process::exit(2);
}

#[cfg(target_os = "none")]
#[cortex_m_rt::entry]
fn main() -> ! {
    use msgin5g_firmware::clock::Clock;
    use msgin5g_firmware::{app, console, stack};

    stack::paint();
    console::end(app::run(Clock::start(), story::tell))
}

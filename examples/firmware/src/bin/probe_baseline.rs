//! Weighed: start-up, board, UART and console, without anything of msgin5g.
#![cfg_attr(target_os = "none", no_std, no_main)]

#[cfg(not(target_os = "none"))]
fn main() {
    eprintln!("built for Cortex-M by `cargo xtask size`");
    std::process::exit(2);
}

#[cfg(target_os = "none")]
#[cortex_m_rt::entry]
fn main() -> ! {
    use msgin5g::transport::StreamTransport;
    use msgin5g_firmware::{clock, console, meter, stack, uart};

    stack::paint();
    clock::Clock::start();
    let mut uart = uart::Uart::new();
    uart.enable();
    let meter = meter::Meter::start();
    let mut octet = [0];
    while uart.recv(&mut octet).is_pending() {}
    while uart.send(&octet).is_pending() {}
    console::figure("instructions", meter.stop().instructions);
    console::figure("stack", stack::high_water().into());
    console::exit(0)
}

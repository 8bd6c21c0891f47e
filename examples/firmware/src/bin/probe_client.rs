//! Weighed: client, CoAP and messages, without keys and without TLS.
#![cfg_attr(target_os = "none", no_std, no_main)]

#[cfg(not(target_os = "none"))]
fn main() {
    eprintln!("built for Cortex-M by `cargo xtask size`");
    std::process::exit(2);
}

#[cfg(target_os = "none")]
#[cortex_m_rt::entry]
fn main() -> ! {
    use msgin5g::session::Plaintext;
    use msgin5g_firmware::{clock, console, rng, stack, uart, ue};

    stack::paint();
    let clock = clock::Clock::start();
    let mut uart = uart::Uart::new();
    uart.enable();
    let mut session = Plaintext::new(uart);
    let ended = ue::run(&mut session, clock, &mut rng::board_rng());
    console::figure("stack", stack::high_water().into());
    console::exit(i32::from(ended.is_err()))
}

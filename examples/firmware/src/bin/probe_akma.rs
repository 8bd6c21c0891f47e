//! Weighed: the keys only, K_AUSF to K_AF with A-KID and PSK identity.
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
    use msgin5g_firmware::{clock, console, keys, meter, stack, uart};

    stack::paint();
    clock::Clock::start();
    let mut uart = uart::Uart::new();
    uart.enable();
    let meter = meter::Meter::start();
    let Ok(af_id) = keys::af_id() else {
        console::exit(1)
    };
    let Ok(context) = keys::request(&af_id) else {
        console::exit(1)
    };
    let (identity, key) = (context.psk_identity(), context.k_af(&af_id));
    console::figure("instructions", meter.stop().instructions);
    console::figure("stack", stack::high_water().into());
    for octet in identity.as_bytes().iter().chain(key.as_octets()) {
        while uart.send(&[*octet]).is_pending() {}
    }
    console::exit(0)
}

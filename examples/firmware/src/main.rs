#![cfg_attr(target_os = "none", no_std, no_main)]

#[cfg(not(target_os = "none"))]
fn main() {
    eprintln!("this is a firmware: `cargo xtask demo` builds it for Cortex-M and runs it in QEMU");
    std::process::exit(2);
}

#[cfg(target_os = "none")]
mod on_target {
    use msgin5g::transport::StreamTransport;
    use msgin5g_firmware::{board, clock, console, stack, uart};

    #[cortex_m_rt::entry]
    fn main() -> ! {
        stack::paint();
        let clock = clock::Clock::start();
        let mut uart = uart::Uart::open(&clock);
        let start = clock.ticks();
        cortex_m::asm::delay(2_000_000);
        console::text("board", board::NAME.as_bytes());
        console::figure("delay_insn", clock::instructions(clock.ticks() - start));
        for octet in b"hello\n" {
            while uart.send(&[*octet]).is_pending() {}
        }
        let mut buf = [0u8; 1];
        while uart.recv(&mut buf).is_pending() {}
        console::figure("waited_insn", clock::instructions(uart.waited()));
        console::figure("stack", stack::high_water().into());
        console::exit(0)
    }
}

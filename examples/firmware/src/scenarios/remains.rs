//! The exchange of `main.rs`, and then RAM as a file: once as it is when all is closed and dropped, and once after the
//! stack that nobody uses any more has been cleared. `cargo xtask demo --scenario remains` looks for keys in both.
#![cfg_attr(target_os = "none", no_std, no_main)]

#[cfg(not(target_os = "none"))]
fn main() {
    eprintln!("this is a firmware: `cargo xtask demo` builds it for Cortex-M and runs it in QEMU");
    std::process::exit(2);
}

#[cfg(target_os = "none")]
mod on_target {
    use msgin5g::session::Session;
    use msgin5g_firmware::clock::Clock;
    use msgin5g_firmware::uart::Uart;
    use msgin5g_firmware::ue::{self, Problem};
    use msgin5g_firmware::{console, failed_at, ram, rng, secure, stack};

    #[cortex_m_rt::entry]
    fn main() -> ! {
        stack::paint();
        let mut ended = run(Clock::start());
        console::figure("stack", stack::high_water().into());
        let before = ram::dump(c"ram-before.bin");
        stack::paint();
        let after = ram::dump(c"ram-after.bin");
        if ended.is_ok() && !(before && after) {
            ended = Err(Problem("dump"));
        }
        console::end(ended)
    }

    #[inline(never)]
    fn run(clock: Clock) -> Result<(), Problem> {
        let mut uart = Uart::new();
        uart.enable();
        let mut rng = rng::board_rng();
        let mut session = secure::open(uart, clock, &mut rng)?;
        ue::run(&mut session, clock, &mut rng)?;
        while session.close().map_err(failed_at!("closing"))?.is_pending() {}
        Ok(())
    }
}

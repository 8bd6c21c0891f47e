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
mod on_target {
    use msgin5g::transport::Host;
    use msgin5g_firmware::channel::Channel;
    use msgin5g_firmware::clock::Clock;
    use msgin5g_firmware::uart::Uart;
    use msgin5g_firmware::ue::{self, Problem};
    use msgin5g_firmware::{board, console, failed_at, info, rng, secure, stack};

    #[cortex_m_rt::entry]
    fn main() -> ! {
        stack::paint();
        console::end(run(Clock::start()))
    }

    fn run(mut clock: Clock) -> Result<(), Problem> {
        info!("board: {}", board::NAME);
        let mut uart = Uart::new();
        uart.enable();
        let mut rng = rng::board_rng();
        let mut session = secure::open(uart, clock, &mut rng)?;
        ue::run(&mut session, clock, &mut rng)?;
        while session
            .close(clock.now_ms())
            .map_err(failed_at!("closing"))?
            .is_pending()
        {}
        Ok(())
    }
}

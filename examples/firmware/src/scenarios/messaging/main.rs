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
mod on_target {
    use crate::story;
    use msgin5g::transport::Host;
    use msgin5g_firmware::channel::Channel;
    use msgin5g_firmware::clock::Clock;
    use msgin5g_firmware::uart::Uart;
    use msgin5g_firmware::ue::Problem;
    use msgin5g_firmware::{console, failed_at, rng, secure, stack};

    #[cortex_m_rt::entry]
    fn main() -> ! {
        stack::paint();
        console::end(run(Clock::start()))
    }

    fn run(mut clock: Clock) -> Result<(), Problem> {
        let mut uart = Uart::new();
        uart.enable();
        let mut rng = rng::board_rng();
        let mut session = secure::open(uart, clock, &mut rng)?;
        story::tell(&mut session, clock, &mut rng)?;
        while session
            .close(clock.now_ms())
            .map_err(failed_at!("closing"))?
            .is_pending()
        {}
        Ok(())
    }
}

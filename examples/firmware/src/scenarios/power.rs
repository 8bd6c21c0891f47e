//! A UE that is registered and has nothing to do: it sleeps for an hour and counts what wakes it.
//!
//! The emulator's clock jumps while the core sleeps, so the hour takes no time (`-icount sleep=off`). It would jump over
//! the network's answers, too: while one is waited for, this loop stays awake. A product sleeps there as well, as
//! `superloop.rs` does.
#![cfg_attr(target_os = "none", no_std, no_main)]

#[cfg(not(target_os = "none"))]
fn main() {
    eprintln!("this is a firmware: `cargo xtask demo` builds it for Cortex-M and runs it in QEMU");
    std::process::exit(2);
}

#[cfg(target_os = "none")]
mod on_target {
    use msgin5g::rand_core::{CryptoRng, RngCore};
    use msgin5g::transport::Host;
    use msgin5g_firmware::superloop::{self, Superloop};
    use msgin5g_firmware::ue::{PATIENCE_MS, Problem};
    use msgin5g_firmware::{board, console, failed_at, info, interrupts, stack};

    const HOUR_MS: u64 = 3_600_000;

    #[cortex_m_rt::entry]
    fn main() -> ! {
        stack::paint();
        console::end(run())
    }

    fn run() -> Result<(), Problem> {
        info!("board: {}", board::NAME);
        let mut ue = superloop::start()?;
        ue.client.register().map_err(failed_at!("registration"))?;
        awake_until(&mut ue, |ue| ue.tally.registered == 1)?;
        // The answer to what came last is out, too.
        awake_until(&mut ue, |ue| ue.due().is_none_or(|due| due > 0))?;
        sleep_for_an_hour(&mut ue)?;
        ue.client.deregister().map_err(failed_at!("leaving"))?;
        awake_until(&mut ue, |ue| ue.tally.deregistered == 1)?;
        ue.connection.close();
        awake_until(&mut ue, |ue| ue.is_closed)
    }

    fn awake_until<R: RngCore + CryptoRng>(
        ue: &mut Superloop<R>,
        reached: impl Fn(&Superloop<R>) -> bool,
    ) -> Result<(), Problem> {
        let give_up = ue.time.now_ms() + PATIENCE_MS;
        while !reached(ue) {
            ue.turn()?;
            if ue.time.now_ms() >= give_up {
                return Err(Problem("nothing came in time"));
            }
        }
        Ok(())
    }

    /// The loop of a product that has nothing to do for an hour.
    fn sleep_for_an_hour<R: RngCore + CryptoRng>(ue: &mut Superloop<R>) -> Result<(), Problem> {
        let begin = ue.time.now_ms();
        let end = begin + HOUR_MS;
        // Because something of msgin5g was due, because the hour was over, for anything else.
        let (mut due, mut over, mut other) = (0, 0, 0);
        loop {
            interrupts::look();
            ue.turn()?;
            if ue.time.now_ms() >= end {
                break;
            }
            let deadline = ue.due().filter(|deadline| *deadline < end);
            let slept = ue.sleep(end);
            let now = ue.time.now_ms();
            if deadline.is_some_and(|deadline| deadline <= now) {
                // Did not even fall asleep, or was woken for it.
                due += 1;
            } else if now >= end {
                over += 1;
            } else if slept {
                other += 1;
            }
        }
        console::figure("slept_ms", ue.time.now_ms() - begin);
        console::figure("wakeups_msgin5g", due);
        console::figure("wakeups_application", over);
        console::figure("wakeups_other", other);
        Ok(())
    }
}

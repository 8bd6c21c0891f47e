//! The exchange of `main.rs` by a loop that sleeps: the UART's interrupt fills a ring, a timer rings when something is
//! due, and between the two the core stands still (`wfi`). Nothing in the loop waits.
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

    #[cortex_m_rt::entry]
    fn main() -> ! {
        stack::paint();
        console::end(run())
    }

    /// What the application does next, when it can.
    #[derive(Clone, Copy)]
    enum Step {
        Register,
        Write,
        Leave,
        Close,
        End,
    }

    fn run() -> Result<(), Problem> {
        info!("board: {}", board::NAME);
        let mut ue = superloop::start()?;
        let mut step = Step::Register;
        let mut give_up = PATIENCE_MS;
        let mut wakeups = 0;
        while !ue.is_closed {
            interrupts::look();
            ue.turn()?;
            // A product reads its sensors here, feeds the watchdog, and so on.
            let now = ue.time.now_ms();
            match next(step, &mut ue)? {
                Some(next) => (step, give_up) = (next, now + PATIENCE_MS),
                None if now >= give_up => return Err(Problem("nothing came in time")),
                None => wakeups += u64::from(ue.sleep(give_up)),
            }
        }
        ue.tally.print();
        console::figure("wakeups", wakeups);
        Ok(())
    }

    /// Goes a step on if it is time, and says which one is then the next.
    fn next<R: RngCore + CryptoRng>(
        step: Step,
        ue: &mut Superloop<R>,
    ) -> Result<Option<Step>, Problem> {
        Ok(Some(match step {
            Step::Register => {
                // It is sent as soon as there is a session.
                ue.client.register().map_err(failed_at!("registration"))?;
                Step::Write
            }
            Step::Write if ue.tally.registered == 1 => {
                ue.write()?;
                Step::Leave
            }
            Step::Leave if ue.tally.has_talked() => {
                ue.client.deregister().map_err(failed_at!("leaving"))?;
                Step::Close
            }
            Step::Close if ue.tally.deregistered == 1 => {
                ue.connection.close();
                Step::End
            }
            _ => return Ok(None),
        }))
    }
}

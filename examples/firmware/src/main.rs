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
    use msgin5g::session::embedded_tls::{TlsMemory, TlsSession};
    use msgin5g::session::{Psk, Session, TlsConfig};
    use msgin5g::transport::Host;
    use msgin5g_firmware::clock::Clock;
    use msgin5g_firmware::config::SERVER_NAME;
    use msgin5g_firmware::meter::Meter;
    use msgin5g_firmware::once::Once;
    use msgin5g_firmware::uart::Uart;
    use msgin5g_firmware::ue::{self, Problem};
    use msgin5g_firmware::{board, console, failed_at, info, keys, rng, stack};
    use rand_core::{CryptoRng, RngCore};

    static MEMORY: Once<TlsMemory<Uart>> = Once::new();

    #[cortex_m_rt::entry]
    fn main() -> ! {
        stack::paint();
        let ended = run(Clock::start());
        console::figure("stack", stack::high_water().into());
        match ended {
            Ok(()) => console::exit(0),
            Err(Problem(step)) => {
                console::text("failed", step.as_bytes());
                console::exit(1)
            }
        }
    }

    fn run(clock: Clock) -> Result<(), Problem> {
        info!("board: {}", board::NAME);
        let memory = MEMORY
            .take(|| TlsMemory::new(Uart::new()))
            .ok_or(Problem("memory"))?;
        memory.transport_mut().enable();
        let mut rng = rng::board_rng();
        let mut session = open(memory, clock, &mut rng)?;
        ue::run(&mut session, clock, &mut rng)?;
        while session.close().map_err(failed_at!("closing"))?.is_pending() {}
        Ok(())
    }

    /// Keys and handshake. Not inlined: what a handshake needs of the stack is free again for the messages.
    #[inline(never)]
    fn open<'m>(
        memory: &'m mut TlsMemory<Uart>,
        mut clock: Clock,
        rng: &mut (impl RngCore + CryptoRng),
    ) -> Result<TlsSession<'m, Uart>, Problem> {
        let meter = Meter::start();
        let af_id = keys::af_id().map_err(failed_at!("keys"))?;
        let context = keys::request(&af_id).map_err(failed_at!("keys"))?;
        let (key, identity) = (context.k_af(&af_id), context.psk_identity());
        console::figure("keys_insn", meter.stop().instructions);

        let meter = Meter::start();
        let tls = TlsConfig::new(SERVER_NAME);
        let psk = Psk {
            key: &key,
            identity: &identity,
        };
        let deadline = clock.now_ms() + ue::PATIENCE_MS;
        let session = TlsSession::open_blocking(memory, &tls, psk, rng, &mut clock, deadline)
            .map_err(failed_at!("session"))?;
        let cost = meter.stop();
        console::figure("handshake_insn", cost.instructions);
        console::figure("handshake_octets", u64::from(cost.sent + cost.received));
        Ok(session)
    }
}

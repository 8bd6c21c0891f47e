//! The exchange of `main.rs` as a task of Embassy's executor: `driver::wait_async` over the UART's interrupt.
//!
//! No `embassy-time`: one alarm serves this one task. Nothing here needs a heap; the task's memory is static.
#![cfg_attr(target_os = "none", no_std, no_main)]

#[cfg(not(target_os = "none"))]
fn main() {
    eprintln!("this is a firmware: `cargo xtask demo` builds it for Cortex-M and runs it in QEMU");
    std::process::exit(2);
}

#[cfg(target_os = "none")]
mod on_target {
    use core::task::Poll;
    use embassy_executor::Executor;
    use msgin5g::akma::PskIdentity;
    use msgin5g::client::Client;
    use msgin5g::driver::{self, AsyncHost};
    use msgin5g::rand_core::{CryptoRng, RngCore};
    use msgin5g::session::Session;
    use msgin5g::session::tls13::crypto::{NamedGroup, RustCrypto, SoftwarePsk};
    use msgin5g::session::tls13::{Config, TlsSession};
    use msgin5g_firmware::config::SERVER_NAME;
    use msgin5g_firmware::interrupts::time::Time;
    use msgin5g_firmware::interrupts::uart::{self, Line};
    use msgin5g_firmware::once::Once;
    use msgin5g_firmware::ue::{self, PATIENCE_MS, Problem, Tally};
    use msgin5g_firmware::{board, console, failed_at, info, keys, rng, stack};

    type Tls = TlsSession<'static, Line, RustCrypto>;

    static EXECUTOR: Once<Executor> = Once::new();
    static SESSION: Once<Option<Tls>> = Once::new();
    static RECORDS: Once<([u8; 538], [u8; 538])> = Once::new();
    static IDENTITY: Once<PskIdentity> = Once::new();

    #[cortex_m_rt::entry]
    fn main() -> ! {
        stack::paint();
        let Some(executor) = EXECUTOR.take(Executor::new) else {
            console::end(Err(Problem("memory")))
        };
        executor.run(|spawner| match ue() {
            Ok(task) => spawner.spawn(task),
            Err(_) => console::end(Err(Problem("task"))),
        })
    }

    #[embassy_executor::task]
    async fn ue() {
        console::end(run().await)
    }

    async fn run() -> Result<(), Problem> {
        info!("board: {}", board::NAME);
        let mut time = Time::start();
        uart::enable();
        let mut rng = rng::board_rng();

        let session = begin(&mut rng)?;
        let give_up = time.now_ms() + PATIENCE_MS;
        loop {
            match session.poll_open(time.now_ms()) {
                Poll::Ready(opened) => break opened.map_err(failed_at!("session"))?,
                Poll::Pending => time.wait_until(give_up).await,
            }
        }

        let mut client = ue::client(&mut rng)?;
        let mut tally = Tally::default();
        client.connected();
        client.register().map_err(failed_at!("registration"))?;
        let mut ue = (session, &mut client, &mut time, &mut tally);
        until(&mut ue, |tally| tally.registered == 1).await?;
        ue::write(ue.1, &mut rng)?;
        until(&mut ue, Tally::has_talked).await?;
        ue.1.deregister().map_err(failed_at!("leaving"))?;
        until(&mut ue, |tally| tally.deregistered == 1).await?;

        let (session, ..) = ue;
        while session.close().map_err(failed_at!("closing"))?.is_pending() {
            time.wait_until(give_up).await;
        }
        tally.print();
        console::figure("wakeups", time.waited().into());
        Ok(())
    }

    /// Keys, and a session that is to be opened. Not inlined: what it takes of the stack is free again after it.
    #[inline(never)]
    fn begin(rng: &mut (impl RngCore + CryptoRng)) -> Result<&'static mut Tls, Problem> {
        let af_id = keys::af_id().map_err(failed_at!("keys"))?;
        let context = keys::request(&af_id).map_err(failed_at!("keys"))?;
        let memory = Problem("memory");
        let identity = context.psk_identity();
        let (Some(identity), Some((receive, send)), Some(place)) = (
            IDENTITY.take(|| identity),
            RECORDS.take(|| ([0; 538], [0; 538])),
            SESSION.take(|| None),
        ) else {
            return Err(memory);
        };
        let mut config = Config::new(identity.as_bytes(), SERVER_NAME);
        config.groups = &[NamedGroup::X25519];
        let mut psk = SoftwarePsk::<RustCrypto>::new(context.k_af(&af_id).as_octets());
        let session = TlsSession::begin(uart::line(), &config, &mut psk, rng, receive, send);
        Ok(place.insert(session.map_err(failed_at!("session"))?))
    }

    /// Waits for events until the tally is as wished.
    async fn until(
        (session, client, time, tally): &mut (
            &'static mut Tls,
            &mut Client<'static>,
            &mut Time,
            &mut Tally,
        ),
        reached: impl Fn(&Tally) -> bool,
    ) -> Result<(), Problem> {
        let give_up = time.now_ms() + PATIENCE_MS;
        while !reached(tally) {
            let some = driver::wait_async(&mut **session, client, *time, give_up).await;
            if !some.map_err(failed_at!("session lost"))? {
                return Err(Problem("nothing came in time"));
            }
            let now = time.now_ms();
            while let Some(event) = client.poll_event(now) {
                tally.count(&event)?;
            }
        }
        Ok(())
    }
}

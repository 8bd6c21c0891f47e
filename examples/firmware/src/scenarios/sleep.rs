//! A UE with two lives. In the first it opens a session, registers, puts everything into flash and switches off. In the
//! second it goes on with the same session: it writes to another UE and reads the answer without a handshake and without
//! registering again. Over TLS the modem has kept the connection; over DTLS a new socket will do, as the server knows the
//! association by its Connection ID. `cargo xtask demo --sleep` runs both lives, with `--session dtls13` over DTLS.
#![cfg_attr(target_os = "none", no_std, no_main)]

#[cfg(not(target_os = "none"))]
fn main() {
    eprintln!("this is a firmware: `cargo xtask demo` builds it for Cortex-M and runs it in QEMU");
    std::process::exit(2);
}

#[cfg(target_os = "none")]
mod on_target {
    use msgin5g::message::UeServiceId;
    use msgin5g::snapshot::{self, Association, Contents, SealingKey};
    use msgin5g::transport::Host;
    use msgin5g_firmware::channel::Channel;
    use msgin5g_firmware::clock::Clock;
    use msgin5g_firmware::config::UE_SERVICE_ID;
    use msgin5g_firmware::flash::{self, Counter};
    use msgin5g_firmware::once::Once;
    use msgin5g_firmware::ue::{self, PATIENCE_MS, Problem, Tally, Ue};
    use msgin5g_firmware::{app, console, failed_at, info, line, rng, secure, stack};

    /// A product has it in fuses, or asks a secure element for the key below it.
    const DEVICE_SECRET: [u8; 33] = *b"a secret that only this board has";

    /// A page of flash, on its way.
    static PAGE: Once<[u8; ue::SNAPSHOT_LEN]> = Once::new();

    #[cortex_m_rt::entry]
    fn main() -> ! {
        stack::paint();
        console::end(run(Clock::start()))
    }

    fn run(clock: Clock) -> Result<(), Problem> {
        let page = PAGE
            .take(|| [0; ue::SNAPSHOT_LEN])
            .ok_or(Problem("memory"))?;
        match flash::read(page) {
            None => fall_asleep(clock, page),
            Some(len) => wake_up(clock, page.get_mut(..len).unwrap_or_default()),
        }
    }

    fn key() -> Result<SealingKey<'static>, Problem> {
        let owner = UeServiceId::new(UE_SERVICE_ID).map_err(failed_at!("identity"))?;
        SealingKey::new(&DEVICE_SECRET, owner).map_err(failed_at!("device secret"))
    }

    fn fall_asleep(mut clock: Clock, page: &mut [u8]) -> Result<(), Problem> {
        let mut rng = rng::board_rng();
        let mut session = secure::open(line::connect(app::uart(), clock)?.0, clock, &mut rng)?;
        let mut ue: Ue<'_, _, Tally> = Ue::new(&mut session, ue::client(&mut rng)?, clock);
        ue.session.connect(&mut ue.client);
        ue.register()?;
        ue.tally.print();
        let association = put_away(&mut ue, &mut clock)?;
        let mut contents = Contents {
            client: Some(&mut ue.client),
            association: Some(association),
            akma: None,
        };
        let now = clock.now_ms();
        let len = snapshot::save(&mut contents, now, &key()?, &mut Counter, &mut rng, page)
            .map_err(failed_at!("snapshot"))?;
        console::figure("snapshot_octets", len as u64);
        let octets = page.get(..len).unwrap_or_default();
        info!("asleep with {} octets in flash", len);
        flash::write(octets).then_some(()).ok_or(Problem("flash"))
    }

    /// Once nothing is under way.
    fn put_away(
        ue: &mut Ue<'_, secure::Secure, Tally>,
        clock: &mut Clock,
    ) -> Result<Association, Problem> {
        let deadline = clock.now_ms() + PATIENCE_MS;
        while clock.now_ms() < deadline {
            let now = clock.now_ms();
            ue.session
                .wait(&mut ue.client, clock, now)
                .map_err(failed_at!("session lost"))?;
            if ue.client.is_quiet()
                && let Some(kept) = secure::put_away(ue.session)
            {
                return Ok(kept);
            }
        }
        Err(Problem("something is always under way"))
    }

    fn wake_up(mut clock: Clock, page: &mut [u8]) -> Result<(), Problem> {
        let mut rng = rng::board_rng();
        let mut found = snapshot::open(page, &key()?, &mut Counter)
            .map_err(failed_at!("the snapshot is refused"))?;
        let kept = found
            .take_association()
            .ok_or(Problem("a snapshot without a session"))?;
        let mut session = secure::resume(line::connect(app::uart(), clock)?.0, kept)?;
        let mut ue: Ue<'_, _, Tally> = Ue::new(&mut session, ue::client(&mut rng)?, clock);
        // A board with a clock that never stops says how long it slept.
        ue.client
            .restore(&found, clock.now_ms(), 0)
            .map_err(failed_at!("the client is not restored"))?;
        drop(found);
        if !ue.client.resumed() {
            return Err(Problem("the session does not go on"));
        }
        ue.talk(&mut rng)?;
        ue.leave()?;
        ue.tally.print();
        drop(ue);
        app::close(&mut session, &mut clock)
    }
}

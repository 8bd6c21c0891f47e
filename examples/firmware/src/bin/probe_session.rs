//! Weighed: a TLS 1.3 session of embedded-tls and nothing else. Opens, and echoes 33 and 256 octets
//! with a server that answers with as many.
#![cfg_attr(target_os = "none", no_std, no_main)]

#[cfg(not(target_os = "none"))]
fn main() {
    eprintln!("built for Cortex-M by `cargo xtask size`");
    std::process::exit(2);
}

#[cfg(target_os = "none")]
mod on_target {
    use msgin5g::akma::{Kaf, PskIdentity};
    use msgin5g::session::embedded_tls::{TlsMemory, TlsSession};
    use msgin5g::session::{Psk, Session, TlsConfig};
    use msgin5g_firmware::record_line::{Patient, RecordLine};
    use msgin5g_firmware::{clock, config, console, meter, once, probe, rng, stack, ue};

    /// Least memory for records of as much data: type octet and tag on the way in, and 133 octets
    /// that the session keeps free on the way out.
    type Memory = TlsMemory<RecordLine, { probe::RECORD + 17 }, { probe::RECORD + 133 }>;

    static MEMORY: once::Once<Memory> = once::Once::new();

    #[cortex_m_rt::entry]
    fn main() -> ! {
        stack::paint();
        let mut host = Patient(clock::Clock::start());
        let Some(memory) = MEMORY.take(|| TlsMemory::new(RecordLine::new())) else {
            console::exit(1)
        };
        let key = Kaf::from_octets(probe::KEY);
        let Ok(identity) = PskIdentity::verbatim(probe::IDENTITY) else {
            console::exit(1)
        };
        let tls = TlsConfig::new(config::SERVER_NAME);
        let psk = Psk {
            key: &key,
            identity: &identity,
        };
        let mut rng = rng::board_rng();
        let meter = meter::Meter::start();
        let opened =
            TlsSession::open_blocking(memory, &tls, psk, &mut rng, &mut host, ue::PATIENCE_MS);
        probe::opened(&meter.stop());
        let Ok(mut session) = opened else {
            console::exit(4)
        };
        if probe::echo(&mut session).is_err() {
            console::exit(5);
        }
        console::figure("stack", stack::high_water().into());
        while session.close().is_pending() {}
        console::exit(0)
    }
}

//! Weighed: the TLS session over a key that is given, without deriving keys and without a client.
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
    use msgin5g_firmware::{clock, config, console, meter, once, rng, stack, uart, ue};

    static MEMORY: once::Once<TlsMemory<uart::Uart>> = once::Once::new();

    #[cortex_m_rt::entry]
    fn main() -> ! {
        stack::paint();
        let mut clock = clock::Clock::start();
        let Some(memory) = MEMORY.take(|| TlsMemory::new(uart::Uart::new())) else {
            console::exit(1)
        };
        memory.transport_mut().enable();
        let key = Kaf::from_octets(config::KAUSF);
        let Ok(identity) = PskIdentity::verbatim(b"bench") else {
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
            TlsSession::open_blocking(memory, &tls, psk, &mut rng, &mut clock, ue::PATIENCE_MS);
        console::figure("instructions", meter.stop().instructions);
        let Ok(mut session) = opened else {
            console::exit(1)
        };
        let mut octet = [0];
        while session.recv(&mut octet).is_pending() {}
        while session.send(&octet).is_pending() {}
        while session.close().is_pending() {}
        console::figure("stack", stack::high_water().into());
        console::exit(0)
    }
}

//! A UE: keys, session, registration, a message there and one back.
#![cfg_attr(target_os = "none", no_std, no_main)]

#[cfg(not(target_os = "none"))]
fn main() {
    eprintln!("built for Cortex-M by `cargo xtask size`");
    std::process::exit(2);
}

#[cfg(target_os = "none")]
mod on_target {
    use msgin5g::session::embedded_tls::{TlsMemory, TlsSession};
    use msgin5g::session::{Psk, Session, TlsConfig};
    use msgin5g_firmware::{board, clock, config, console, keys, meter, once, rng, stack, uart};

    static MEMORY: once::Once<TlsMemory<uart::Uart>> =
        once::Once::new(TlsMemory::new(uart::Uart::new()));

    #[cortex_m_rt::entry]
    fn main() -> ! {
        stack::paint();
        let mut clock = clock::Clock::start();
        let Some(memory) = MEMORY.take() else {
            console::exit(1)
        };
        memory.transport_mut().enable();
        console::text("board", board::NAME.as_bytes());
        let Ok(af_id) = keys::af_id() else {
            console::exit(1)
        };
        let Ok(context) = keys::request(&af_id) else {
            console::exit(1)
        };
        let (identity, key) = (context.psk_identity(), context.k_af(&af_id));
        let tls = TlsConfig::new(config::SERVER_NAME);
        let psk = Psk {
            key: &key,
            identity: &identity,
        };
        let meter = meter::Meter::start();
        let mut rng = rng::board_rng();
        let session = TlsSession::open_blocking(memory, &tls, psk, &mut rng, &mut clock, 60_000);
        let cost = meter.stop();
        console::figure("handshake", cost.instructions);
        console::figure("handshake_octets", u64::from(cost.sent + cost.received));
        console::figure("stack", stack::high_water().into());
        let Ok(mut session) = session else {
            console::exit(2)
        };
        while session.send(b"x").is_pending() {}
        while session.close().is_pending() {}
        console::exit(0)
    }
}

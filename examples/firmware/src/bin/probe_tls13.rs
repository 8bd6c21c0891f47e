//! Weighed: a TLS 1.3 session of the crate's own core and nothing else. Opens, and echoes 33 and
//! 256 octets with a server that answers with as many.
#![cfg_attr(target_os = "none", no_std, no_main)]

#[cfg(not(all(
    target_os = "none",
    any(feature = "tls13-p256", feature = "tls13-x25519")
)))]
#[cfg_attr(target_os = "none", cortex_m_rt::entry)]
fn main() -> ! {
    #[cfg(target_os = "none")]
    msgin5g_firmware::console::exit(2);
    #[cfg(not(target_os = "none"))]
    std::process::exit(2)
}

#[cfg(all(
    target_os = "none",
    any(feature = "tls13-p256", feature = "tls13-x25519")
))]
mod on_target {
    use core::task::Poll;
    use msgin5g::session::Session;
    use msgin5g::session::tls13::crypto::{NamedGroup, RustCrypto, SoftwarePsk};
    use msgin5g::session::tls13::{Config, TlsSession};
    use msgin5g::transport::Host;
    use msgin5g_firmware::{clock, console, meter, once, rng, stack, uart};

    static BUFFERS: once::Once<([u8; 538], [u8; 538])> = once::Once::new();

    const IDENTITY: &[u8] = b"3GPP-AKMA0.a7id5fA7hq0Qy8M1v4n2rK9w6Z3x5c7B0tY1uI2oP4s=@5gc.mnc001.mcc001.3gppnetwork.org-and-some-more";

    #[cortex_m_rt::entry]
    fn main() -> ! {
        stack::paint();
        let mut clock = clock::Clock::start();
        let mut uart = uart::Uart::new();
        uart.enable();
        let Some((receive, send)) = BUFFERS.take(|| ([0; 538], [0; 538])) else {
            console::exit(1)
        };
        let mut config = Config::new(IDENTITY, "msgin5g.example.com");
        config.groups = &[
            #[cfg(feature = "tls13-x25519")]
            NamedGroup::X25519,
            #[cfg(feature = "tls13-p256")]
            NamedGroup::Secp256r1,
        ];
        let mut rng = rng::board_rng();
        let meter = meter::Meter::start();
        let opened = {
            let mut psk = SoftwarePsk::<RustCrypto>::new(&[0xA5; 32]);
            TlsSession::<_, RustCrypto>::begin(uart, &config, &mut psk, &mut rng, receive, send)
        };
        let Ok(mut session) = opened else {
            console::exit(3)
        };
        loop {
            match session.poll_open(clock.now_ms()) {
                Poll::Ready(Ok(())) => break,
                Poll::Ready(Err(_)) => console::exit(4),
                Poll::Pending => {}
            }
        }
        let cost = meter.stop();
        console::figure("handshake", cost.instructions);
        console::figure("handshake_octets", u64::from(cost.sent + cost.received));
        console::figure("session_size", core::mem::size_of_val(&session) as u64);
        for len in [33, 256] {
            let meter = meter::Meter::start();
            let data = [b'x'; 256];
            let data = data.get(..len).unwrap_or_default();
            while session.send(data).is_pending() {}
            let (mut got, mut buf) = (0, [0; 256]);
            while got < len {
                match session.recv(&mut buf) {
                    Poll::Ready(Ok(n)) => got += n,
                    Poll::Ready(Err(_)) => console::exit(5),
                    Poll::Pending => {}
                }
            }
            console::figure("echo", meter.stop().instructions);
        }
        console::figure("stack", stack::high_water().into());
        while session.close().is_pending() {}
        console::exit(0)
    }
}

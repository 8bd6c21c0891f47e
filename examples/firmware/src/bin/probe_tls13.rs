//! Weighed: a TLS 1.3 session of the crate's own core and nothing else. Opens, and echoes 33 and
//! 256 octets with a server that answers with as many.
#![cfg_attr(target_os = "none", no_std, no_main)]

#[cfg(not(all(
    target_os = "none",
    any(
        feature = "tls13-p256",
        feature = "tls13-p256-asm",
        feature = "tls13-x25519"
    )
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
    any(
        feature = "tls13-p256",
        feature = "tls13-p256-asm",
        feature = "tls13-x25519"
    )
))]
mod on_target {
    #[cfg(feature = "tls13-p256-asm")]
    use super::assembly::Assembly as Primitives;
    use core::task::Poll;
    use msgin5g::session::Session;
    #[cfg(not(feature = "tls13-p256-asm"))]
    use msgin5g::session::tls13::crypto::RustCrypto as Primitives;
    use msgin5g::session::tls13::crypto::{NamedGroup, SoftwarePsk};
    use msgin5g::session::tls13::{Config, TlsSession};
    use msgin5g::transport::Host;
    use msgin5g_firmware::record_line::RecordLine;
    use msgin5g_firmware::{clock, config, console, meter, once, probe, rng, stack};

    /// A record of as much data: header, type octet, tag, and four octets for an incomplete message.
    const BUFFER: usize = probe::RECORD + 5 + 17 + 4;
    static BUFFERS: once::Once<([u8; BUFFER], [u8; BUFFER])> = once::Once::new();

    #[cortex_m_rt::entry]
    fn main() -> ! {
        stack::paint();
        let mut clock = clock::Clock::start();
        let line = RecordLine::new();
        let Some((receive, send)) = BUFFERS.take(|| ([0; BUFFER], [0; BUFFER])) else {
            console::exit(1)
        };
        let mut config = Config::new(probe::IDENTITY, config::SERVER_NAME);
        config.groups = &[
            #[cfg(feature = "tls13-x25519")]
            NamedGroup::X25519,
            #[cfg(any(feature = "tls13-p256", feature = "tls13-p256-asm"))]
            NamedGroup::Secp256r1,
        ];
        let mut rng = rng::board_rng();
        let meter = meter::Meter::start();
        let mut place = None;
        let mut psk = SoftwarePsk::<Primitives>::new(&probe::KEY);
        let buffers = (&mut receive[..], &mut send[..]);
        let opened = TlsSession::<_, Primitives>::begin_in(
            &mut place, line, &config, &mut psk, &mut rng, buffers,
        );
        let Ok(session) = opened else {
            console::exit(3)
        };
        loop {
            match session.poll_open(clock.now_ms()) {
                Poll::Ready(Ok(())) => break,
                Poll::Ready(Err(_)) => console::exit(4),
                Poll::Pending => RecordLine::wait(),
            }
        }
        probe::opened(&meter.stop());
        if probe::echo(session).is_err() {
            console::exit(5);
        }
        console::figure("stack", stack::high_water().into());
        while session.close().is_pending() {}
        console::exit(0)
    }
}

/// The primitives with P-256 in assembly: how a board puts its own in the place of one.
#[cfg(all(target_os = "none", feature = "tls13-p256-asm"))]
mod assembly {
    use msgin5g::session::tls13::crypto::{Crypto, KeyExchange, NamedGroup, RustCrypto};
    use p256_cortex_m4::{PublicKey, SecretKey};

    pub struct Assembly;

    impl Crypto for Assembly {
        type Hash = <RustCrypto as Crypto>::Hash;
        type Aead = <RustCrypto as Crypto>::Aead;
        type RecordNumberKey = <RustCrypto as Crypto>::RecordNumberKey;
        type KeyExchange = P256;

        fn hmac(key: &[u8; 32], parts: &[&[u8]]) -> [u8; 32] {
            RustCrypto::hmac(key, parts)
        }
    }

    pub struct P256(SecretKey);

    impl KeyExchange for P256 {
        const GROUPS: &'static [NamedGroup] = &[NamedGroup::Secp256r1];

        fn generate(group: NamedGroup, random: &[u8; 32]) -> Option<Self> {
            if group != NamedGroup::Secp256r1 {
                return None;
            }
            SecretKey::from_bytes(random).ok().map(Self)
        }

        fn public_key(&mut self, out: &mut [u8; 65]) -> usize {
            *out = self.0.public_key().to_uncompressed_sec1_bytes();
            out.len()
        }

        fn agree(&mut self, peer: &[u8]) -> Option<[u8; 32]> {
            let (4, point) = peer.split_first()? else {
                return None;
            };
            let peer = PublicKey::from_untagged_bytes(<&[u8; 64]>::try_from(point).ok()?).ok()?;
            Some(*self.0.agree(&peer).as_bytes())
        }
    }
}

//! Somebody on the path who sends without end: each call ends all the same.

use core::task::Poll;
use msgin5g::client::{Client, ClientMemory, Config};
use msgin5g::driver;
use msgin5g::message::UeServiceId;
use msgin5g::session::Plaintext;
#[cfg(feature = "datagrams")]
use msgin5g::session::PlaintextDatagrams;
#[cfg(feature = "datagrams")]
use msgin5g::transport::DatagramTransport;
use msgin5g::transport::{StreamTransport, TransportError};

/// Takes everything, and gives these octets again and again.
struct Flood {
    cycle: &'static [u8],
    at: usize,
}

impl Flood {
    fn of(cycle: &'static [u8]) -> Self {
        Self { cycle, at: 0 }
    }
}

impl StreamTransport for Flood {
    fn send(&mut self, data: &[u8]) -> Poll<Result<usize, TransportError>> {
        Poll::Ready(Ok(data.len()))
    }

    fn recv(&mut self, buf: &mut [u8]) -> Poll<Result<usize, TransportError>> {
        for place in buf.iter_mut() {
            *place = self.cycle[self.at % self.cycle.len()];
            self.at += 1;
        }
        assert!(self.at < 1 << 20, "a call that does not end");
        Poll::Ready(Ok(buf.len()))
    }
}

/// A frame of 4 GiB, which is dropped as it comes.
#[test]
fn an_endless_frame_does_not_hold_the_driver() {
    let mut rng = rand_core::OsRng;
    let mut memory = ClientMemory::<1152, 1152, 2048, 8>::new();
    let config = Config::new(UeServiceId::new("ue-4711@iot.example").unwrap());
    let mut client = Client::new(config, memory.pieces(), &mut rng).expect("a sound configuration");
    client.connected();
    let mut session = Plaintext::new(Flood::of(b"\xf0\xff\xff\xff\xff\x02"));
    for now in 0..8 {
        driver::exchange(&mut session, &mut client, now).unwrap();
        while client.poll_event(now).is_some() {}
    }
}

#[cfg(all(feature = "tls13", feature = "gcm", feature = "x25519"))]
mod tls13 {
    use super::Flood;
    use core::task::Poll;
    use msgin5g::session::SessionError;
    use msgin5g::session::tls13::crypto::{NamedGroup, RustCrypto, SoftwarePsk};
    use msgin5g::session::tls13::{Config, TlsSession};

    /// change_cipher_spec may come during the handshake, and says nothing.
    #[test]
    fn empty_talk_ends_the_opening() {
        let mut config = Config::new(b"identity", "msgin5g.example.net");
        config.groups = &[NamedGroup::X25519];
        let mut psk = SoftwarePsk::<RustCrypto>::new(&[7; 32]);
        let (mut receive, mut send) = ([0; 640], [0; 640]);
        let mut session = TlsSession::<_, RustCrypto>::begin(
            Flood::of(b"\x14\x03\x03\x00\x01\x01"),
            &config,
            &mut psk,
            &mut rand_core::OsRng,
            &mut receive,
            &mut send,
        )
        .unwrap();
        let ended = Poll::Ready(Err(SessionError::TooManyEmptyRecords));
        assert_eq!(session.poll_open(0), ended);
        assert_eq!(session.poll_open(1), ended);
    }
}

/// Takes every datagram, and gives this one again and again.
#[cfg(feature = "datagrams")]
struct Rain {
    datagram: &'static [u8],
    /// How often it was given.
    drops: u32,
}

#[cfg(feature = "datagrams")]
impl Rain {
    fn of(datagram: &'static [u8]) -> Self {
        Self { datagram, drops: 0 }
    }
}

#[cfg(feature = "datagrams")]
impl DatagramTransport for Rain {
    fn send(&mut self, _: &[u8]) -> Poll<Result<(), TransportError>> {
        Poll::Ready(Ok(()))
    }

    fn recv(&mut self, buf: &mut [u8]) -> Poll<Result<usize, TransportError>> {
        self.drops += 1;
        assert!(self.drops < 1 << 16, "a call that does not end");
        buf[..self.datagram.len()].copy_from_slice(self.datagram);
        Poll::Ready(Ok(self.datagram.len()))
    }
}

/// Pings of CoAP, and what is no CoAP.
#[cfg(feature = "datagrams")]
#[test]
fn endless_datagrams_do_not_hold_the_driver() {
    for datagram in [&b"\x40\x00\x12\x34"[..], b"\xff", b""] {
        let mut rng = rand_core::OsRng;
        let mut memory = ClientMemory::<1152, 1152, 2048, 8>::new();
        let config = Config::new(UeServiceId::new("ue-4711@iot.example").unwrap());
        let mut client = Client::new(config, memory.pieces(), &mut rng).unwrap();
        client.connected_datagram();
        let mut session = PlaintextDatagrams::new(Rain::of(datagram));
        for now in 0..4 {
            driver::exchange_datagrams(&mut session, &mut client, now).unwrap();
            assert!(client.poll_event(now).is_none());
        }
    }
}

#[cfg(all(feature = "dtls13", feature = "gcm", feature = "x25519"))]
mod dtls13 {
    use super::Rain;
    use core::task::Poll;
    use msgin5g::session::SessionError;
    use msgin5g::session::tls13::Config;
    use msgin5g::session::tls13::crypto::{NamedGroup, RustCrypto, SoftwarePsk};
    use msgin5g::session::tls13::dtls::{DtlsConfig, DtlsSession};

    /// Nobody needs a key to send what is passed over: junk, and records that look like the server's.
    #[test]
    fn endless_datagrams_do_not_hold_the_opening_beyond_its_deadline() {
        let protected = b"\x2c\x00\x01\x00\x14twenty octets of it.";
        for datagram in [&b"\xff"[..], b"", protected] {
            let mut config = Config::new(b"identity", "msgin5g.example.net");
            config.groups = &[NamedGroup::X25519];
            let mut psk = SoftwarePsk::<RustCrypto>::new(&[7; 32]);
            let (mut receive, mut send) = ([0; 896], [0; 640]);
            let mut session = DtlsSession::<_, RustCrypto>::begin(
                Rain::of(datagram),
                (&config, &DtlsConfig::default()),
                &mut psk,
                &mut rand_core::OsRng,
                &mut receive,
                &mut send,
            )
            .unwrap();
            assert_eq!(session.poll(0), Poll::Pending);
            assert_eq!(session.poll(29_999), Poll::Pending);
            assert_eq!(
                session.poll(30_000),
                Poll::Ready(Err(SessionError::TimedOut))
            );
        }
    }
}

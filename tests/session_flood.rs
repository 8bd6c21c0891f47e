//! Somebody on the path who sends without end: each call ends all the same.

use core::task::Poll;
use msgin5g::client::{Client, ClientMemory, Config};
use msgin5g::driver;
use msgin5g::message::UeServiceId;
use msgin5g::session::Plaintext;
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

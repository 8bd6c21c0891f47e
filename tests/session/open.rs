//! Sessions with a real TLS 1.3 server (OpenSSL): what is offered, and how opening
//! goes on and is given up.

use crate::backend::*;
use core::task::Poll;
use msgin5g::akma::Kaf;
use msgin5g::session::embedded_tls::{TlsMemory, TlsSession};
use msgin5g::session::{Psk, SessionError, TlsConfig};

fn the_server_sees_identity_name_and_protocol_as_given<B: Backend>() {
    for len in [1, 116, 201] {
        let setup = Setup {
            identity: identity(len),
            ..Setup::default()
        };
        let ask = Ask {
            identity: identity(len),
            ..Ask::new()
        };
        let link = Link::new(&setup);
        let mut memory = B::memory(link.clone());
        let session = open_as::<B>(&mut memory, &ask).unwrap();
        link.step();
        let server = link.server();
        assert!(server.open, "{:?}", server.error);
        assert_eq!(
            server.seen.lock().unwrap().identity,
            setup.identity.as_bytes()
        );
        assert_eq!(server.server_name().as_deref(), Some(NAME));
        assert_eq!(server.alpn().as_deref(), Some(&b"coap"[..]));
        drop(session);
    }
}

/// Opens with this name and this much memory to write; the length of the ClientHello record.
fn hello_len<const TX: usize>(
    config: &TlsConfig,
    identity_len: usize,
) -> Result<usize, SessionError> {
    let setup = Setup {
        identity: identity(identity_len),
        ..Setup::default()
    };
    let link = Link::silent();
    let mut memory = TlsMemory::<_, 640, TX>::new(link.clone());
    let key = Kaf::from_octets(KEY);
    let psk = Psk {
        key: &key,
        identity: &setup.identity,
    };
    let mut clock = Clock::default();
    let mut rng = rand_core::OsRng;
    match TlsSession::open_blocking(&mut memory, config, psk, &mut rng, &mut clock, 0) {
        Err(SessionError::TimedOut) => Ok(link.wire.borrow().up.len()),
        Err(e) => Err(e),
        Ok(_) => panic!("opened with nobody"),
    }
}

#[test]
fn memory_too_small_for_the_client_hello_is_refused_to_the_octet() {
    let name = "n".repeat(70);
    let alpn: [&[&[u8]]; 3] = [&[], &[b"coap"], &[b"coap", b"x"]];
    for alpn in alpn {
        for max_fragment_length in [false, true] {
            let config = TlsConfig {
                server_name: &name,
                alpn,
                max_fragment_length,
            };
            let len = hello_len::<640>(&config, 100).unwrap();
            let too_small = SessionError::BufferTooSmall { needed: len };
            // 400 octets have room for all but the longest of these.
            match hello_len::<400>(&config, 100) {
                Ok(same) => assert!(same == len && len <= 400),
                Err(e) => assert!(e == too_small && len > 400, "{e}"),
            }
            // Longer by one each time until it does not fit, where it needs one more than it has.
            let fits = (20..=256).take_while(|n| hello_len::<400>(&config, *n).is_ok());
            let longest = fits.last().unwrap();
            let needed = SessionError::BufferTooSmall { needed: 401 };
            assert_eq!(hello_len::<400>(&config, longest), Ok(400));
            assert_eq!(hello_len::<400>(&config, longest + 1), Err(needed));
        }
    }
}

fn names_that_cannot_be_sent_are_refused<B: Backend>() {
    let long = "n".repeat(254);
    for name in ["msgin5g.example.net.", "müll.example.net", &long] {
        let ask = Ask { name, ..Ask::new() };
        let mut memory = B::memory(Link::silent());
        let refused = open_as::<B>(&mut memory, &ask).err();
        assert_eq!(refused, Some(SessionError::InvalidConfig));
    }
}

#[test]
fn embedded_tls_needs_a_name_and_no_empty_protocol() {
    let config = TlsConfig::new("");
    assert_eq!(
        hello_len::<640>(&config, 9),
        Err(SessionError::InvalidConfig)
    );
    let config = TlsConfig {
        alpn: &[b""],
        ..TlsConfig::new(NAME)
    };
    assert_eq!(
        hello_len::<640>(&config, 9),
        Err(SessionError::InvalidConfig)
    );
}

/// A generator that is not running.
struct Stuck(u8);

impl rand_core::CryptoRng for Stuck {}

impl rand_core::RngCore for Stuck {
    fn next_u32(&mut self) -> u32 {
        u32::from_le_bytes([self.0; 4])
    }
    fn next_u64(&mut self) -> u64 {
        u64::from_le_bytes([self.0; 8])
    }
    fn fill_bytes(&mut self, dest: &mut [u8]) {
        dest.fill(self.0);
    }
    fn try_fill_bytes(&mut self, dest: &mut [u8]) -> Result<(), rand_core::Error> {
        dest.fill(self.0);
        match self.0 {
            1 => Err(core::num::NonZeroU32::new(rand_core::Error::CUSTOM_START)
                .unwrap()
                .into()),
            _ => Ok(()),
        }
    }
}

fn a_generator_that_does_not_run_is_an_error_and_no_hang<B: Backend>() {
    for octet in [0, 1, 0x55, 0xFF] {
        let link = Link::new(&Setup::default());
        let mut memory = B::memory(link.clone());
        let (ask, mut rng) = (Ask::new(), Stuck(octet));
        let outcome = B::open_with(&mut memory, &ask, &mut rng, &mut Clock::default());
        assert_eq!(outcome.err(), Some(SessionError::RandomSource));
        assert!(link.wire.borrow().up.is_empty(), "something was sent");
    }
}

/// Counts how often it is woken.
struct Count(std::sync::atomic::AtomicUsize);

impl std::task::Wake for Count {
    fn wake(self: std::sync::Arc<Self>) {
        self.0.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
    }
}

#[test]
fn an_executor_that_polls_only_when_woken_gets_there() {
    let link = Link::new(&Setup::default()).slow(50, true);
    let mut memory: TlsMemory<_> = TlsMemory::new(link);
    let (config, key, identity) = (TlsConfig::new(NAME), Kaf::from_octets(KEY), identity(116));
    let psk = Psk {
        key: &key,
        identity: &identity,
    };
    let count = std::sync::Arc::new(Count(0.into()));
    let waker = count.clone().into();
    let mut cx = core::task::Context::from_waker(&waker);
    let mut rng = rand_core::OsRng;
    let mut opening = core::pin::pin!(TlsSession::open(&mut memory, &config, psk, &mut rng));
    for polls in 0.. {
        let woken = count.0.load(std::sync::atomic::Ordering::Relaxed);
        assert!(woken >= polls, "nobody would poll again");
        if let Poll::Ready(outcome) = opening.as_mut().poll(&mut cx) {
            assert!(outcome.is_ok() && polls > 5);
            break;
        }
    }
}

fn an_opening_that_is_given_up_leaves_memory_that_works<B: Backend>() {
    let link = Link::new(&Setup::default()).slow(1, false);
    let mut memory = B::memory(link.clone());
    link.block(true);
    assert_eq!(failure::<B>(&mut memory, 10), Some(SessionError::TimedOut));
    assert_usable_again::<B>(&mut memory);
}

for_both_backends! {
    the_server_sees_identity_name_and_protocol_as_given,
    names_that_cannot_be_sent_are_refused,
    a_generator_that_does_not_run_is_an_error_and_no_hang,
    an_opening_that_is_given_up_leaves_memory_that_works,
}

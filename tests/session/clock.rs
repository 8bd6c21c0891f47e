//! A handshake whose caller's clock goes back: the time that is left stays as it is, over each
//! session. (For DTLS see `tests/dtls13`.)

use core::task::Poll;
use msgin5g::session::SessionError;
use msgin5g::session::tls13::crypto::{NamedGroup, RustCrypto, SoftwarePsk};
use msgin5g::session::tls13::{Config, TlsSession};
use msgin5g::transport::{StreamTransport, TransportError};

/// A server that never says anything.
struct Mute;

impl StreamTransport for Mute {
    fn send(&mut self, data: &[u8]) -> Poll<Result<usize, TransportError>> {
        Poll::Ready(Ok(data.len()))
    }

    fn recv(&mut self, _: &mut [u8]) -> Poll<Result<usize, TransportError>> {
        Poll::Pending
    }
}

/// What `poll_open` says at each of these times.
fn opens_at(times: &[u64]) -> Vec<Poll<Result<(), SessionError>>> {
    let mut config = Config::new(b"someone", "msgin5g.example.net");
    config.groups = &[NamedGroup::X25519];
    config.handshake_timeout_ms = 30_000;
    let (mut receive, mut send) = ([0; 640], [0; 640]);
    let mut psk = SoftwarePsk::<RustCrypto>::new(&[7; 32]);
    let rng = &mut rand_core::OsRng;
    let begun =
        TlsSession::<_, RustCrypto>::begin(Mute, &config, &mut psk, rng, &mut receive, &mut send);
    let mut session = begun.unwrap();
    times.iter().map(|now| session.poll_open(*now)).collect()
}

const LATE: Poll<Result<(), SessionError>> = Poll::Ready(Err(SessionError::TimedOut));

#[test]
fn what_is_left_of_the_handshake_is_left_after_the_clock_went_back() {
    // 20 s are used up by then.
    let opened = opens_at(&[1_000_000, 1_020_000, 5_000, 14_999, 15_000]);
    assert_eq!(opened[..4], [Poll::Pending; 4]);
    assert_eq!(opened[4], LATE);
}

#[test]
fn a_clock_that_goes_back_again_and_again_does_not_hold_the_handshake() {
    // A second forward, and nearly a second back.
    let times: Vec<_> = (0..40u64).flat_map(|n| [n + 1_000, n + 2_000]).collect();
    let opened = opens_at(&times);
    let late = opened.iter().position(|now| *now == LATE);
    assert_eq!(late, Some(59));
}

#[test]
fn the_edges_of_the_clock_are_no_trap() {
    let edge = u64::MAX;
    assert_eq!(opens_at(&[edge, 0, 0, edge]).last(), Some(&LATE));
    assert_eq!(opens_at(&[edge, edge]).last(), Some(&LATE));
}

#[cfg(feature = "embedded-tls")]
#[test]
fn the_same_for_a_blocking_handshake() {
    use msgin5g::akma::{Kaf, PskIdentity};
    use msgin5g::session::embedded_tls::{TlsMemory, TlsSession};
    use msgin5g::session::{Psk, TlsConfig};
    use msgin5g::transport::Host;

    /// Gives these times, then fails the test.
    struct Times(std::vec::IntoIter<u64>);

    impl Host for Times {
        fn now_ms(&mut self) -> u64 {
            self.0.next().expect("it has given up by now")
        }

        fn idle(&mut self) {}
    }

    let mut memory: TlsMemory<_> = TlsMemory::new(Mute);
    let identity = PskIdentity::verbatim(b"someone").unwrap();
    let psk = Psk {
        key: &Kaf::from_octets([7; 32]),
        identity: &identity,
    };
    let config = TlsConfig::new("msgin5g.example.net");
    let mut times = Times(vec![1_000_000, 1_020_000, 5_000, 14_999, 15_000].into_iter());
    let rng = &mut rand_core::OsRng;
    let opened = TlsSession::open_blocking(&mut memory, &config, psk, rng, &mut times, 1_030_000);
    assert_eq!(opened.err(), Some(SessionError::TimedOut));
    assert_eq!(times.0.next(), None);
}

#[test]
fn a_place_of_the_caller_changes_nothing_in_what_is_refused() {
    let config = Config::new(b"someone", "msgin5g.example.net");
    let rng = &mut rand_core::OsRng;
    for (receive, send) in [(20, 640), (640, 20)] {
        let (mut receive, mut send) = (vec![0; receive], vec![0; send]);
        let mut psk = SoftwarePsk::<RustCrypto>::new(&[7; 32]);
        let begun = TlsSession::<_, RustCrypto>::begin(
            Mute,
            &config,
            &mut psk,
            rng,
            &mut receive,
            &mut send,
        );
        let expected = begun.err().unwrap();
        assert!(matches!(expected, SessionError::BufferTooSmall { .. }));
        let mut place = None;
        let buffers = (&mut receive[..], &mut send[..]);
        let begun = TlsSession::<_, RustCrypto>::begin_in(
            &mut place, Mute, &config, &mut psk, rng, buffers,
        );
        assert_eq!(begun.err(), Some(expected));
    }
}

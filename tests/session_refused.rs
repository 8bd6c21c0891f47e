//! Sessions that must not open: what a server, or nobody, says, and the error that names it.
#![cfg(feature = "embedded-tls")]

#[path = "support/tls.rs"]
mod tls;

use msgin5g::akma::Kaf;
use msgin5g::session::embedded_tls::TlsSession;
use msgin5g::session::{Psk, SessionError, TlsConfig, Unsupported};
use tls::*;

/// The error of opening towards this link; afterwards the same memory works with a good server.
fn refused_by(link: &Link) -> SessionError {
    let mut memory = Memory::new(link.clone());
    let e = failure(&mut memory, 1000).expect("opened");
    link.step();
    assert_usable_again(&mut memory);
    e
}

#[test]
fn another_key_is_told_as_key_rejected() {
    let link = Link::new(&Setup {
        key: [0x5A; 32],
        ..Setup::default()
    });
    assert_eq!(refused_by(&link), SessionError::KeyRejected);
    assert!(!link.server().open);
    let seen = link.server().seen.lock().unwrap().identity.clone();
    assert_eq!(seen, identity(116).as_bytes());
}

#[test]
fn an_identity_that_the_server_does_not_know_is_told_as_such() {
    let link = Link::new(&Setup {
        identity: identity(117),
        ..Setup::default()
    });
    assert_eq!(refused_by(&link), SessionError::IdentityUnknown);
}

#[test]
fn a_server_that_goes_on_with_a_certificate_is_refused_and_told() {
    let link = Link::new(&Setup {
        certificate: true,
        ..Setup::default()
    });
    assert_eq!(refused_by(&link), SessionError::PskDeclined);
    let error = link.server().error.clone().unwrap();
    assert!(error.contains("alert handshake failure"), "{error}");
}

#[test]
fn a_server_of_an_old_version_refuses_with_its_alert() {
    let link = Link::new(&Setup {
        tls12: true,
        ..Setup::default()
    });
    let protocol_version = 70;
    assert_eq!(refused_by(&link), SessionError::PeerAlert(protocol_version));
}

#[test]
fn a_server_without_our_protocol_refuses_with_its_alert() {
    let link = Link::new(&Setup::default());
    let mut memory = Memory::new(link);
    let config = TlsConfig {
        alpn: &[b"mqtt"],
        ..TlsConfig::new(NAME)
    };
    let (key, identity) = (Kaf::from_octets(KEY), identity(116));
    let psk = Psk {
        key: &key,
        identity: &identity,
    };
    let (mut rng, mut clock) = (rand_core::OsRng, Clock::default());
    let outcome =
        TlsSession::open_blocking(&mut memory, &config, psk, &mut rng, &mut clock, DEADLINE);
    let no_application_protocol = 120;
    let expected = SessionError::PeerAlert(no_application_protocol);
    assert_eq!(outcome.err(), Some(expected));
}

#[test]
fn alerts_in_place_of_an_answer_are_told_apart() {
    let cases = [
        (115, SessionError::IdentityUnknown),
        (40, SessionError::IdentityUnknown),
        (47, SessionError::KeyRejected),
        (51, SessionError::KeyRejected),
        (20, SessionError::KeyRejected),
        (80, SessionError::PeerAlert(80)),
        (255, SessionError::PeerAlert(255)),
        (0, SessionError::Closed),
    ];
    for (alert, expected) in cases {
        for version in [1, 3] {
            let link = Link::saying(&[21, 3, version, 0, 2, 2, alert]);
            assert_eq!(refused_by(&link), expected, "{alert}");
        }
    }
}

#[test]
fn a_server_that_hangs_up_is_truncation_wherever_it_stops() {
    let flight = flight();
    for end in 0..flight.len() {
        let link = Link::saying(&flight[..end]);
        link.hang_up();
        let mut memory = Memory::new(link);
        // Not the answer to this ClientHello, so what is whole is refused before the end.
        let e = failure(&mut memory, 1000);
        let whole = end >= first_protected_end(&flight);
        let expected = if whole {
            SessionError::ServerNotAuthenticated
        } else {
            SessionError::Truncated
        };
        assert_eq!(e, Some(expected), "{end} of {}", flight.len());
    }
}

#[test]
fn silence_is_a_time_out_at_the_deadline_wherever_it_begins() {
    let flight = flight();
    for end in (0..first_protected_end(&flight)).step_by(7) {
        let mut memory = Memory::new(Link::saying(&flight[..end]));
        let (config, key, identity) = (TlsConfig::new(NAME), Kaf::from_octets(KEY), identity(9));
        let psk = Psk {
            key: &key,
            identity: &identity,
        };
        let (mut rng, mut clock) = (rand_core::OsRng, Clock(7));
        let outcome =
            TlsSession::open_blocking(&mut memory, &config, psk, &mut rng, &mut clock, 207);
        assert_eq!(outcome.err(), Some(SessionError::TimedOut));
        assert_eq!(clock.0, 207, "not at the deadline");
    }
    let mut memory = Memory::new(Link::saying(&flight[..60]));
    assert_eq!(failure(&mut memory, 100), Some(SessionError::TimedOut));
    assert_usable_again(&mut memory);
}

#[test]
fn what_is_no_tls_is_told_by_its_first_octet() {
    let link = Link::saying(b"HTTP/1.1 400 Bad Request\r\n\r\n");
    let expected = SessionError::UnexpectedRecord { content_type: b'H' };
    assert_eq!(refused_by(&link), expected);
    // The peer may be a TLS server that was misled: it is told unexpected_message.
    let up: Vec<u8> = link.wire.borrow().up.iter().copied().collect();
    assert!(up.ends_with(&[21, 3, 3, 0, 2, 2, 10]), "{up:02x?}");

    let ssh = Link::saying(b"SSH-2.0-OpenSSH_9.2\r\n");
    let expected = SessionError::UnexpectedRecord { content_type: b'S' };
    assert_eq!(refused_by(&ssh), expected);
}

#[test]
fn headers_that_cannot_be_are_refused() {
    let cases: [(&[u8], SessionError); 7] = [
        // Empty, and older, handshake records.
        (&[22, 3, 3, 0, 0], SessionError::MalformedRecord),
        (&[22, 3, 1, 0, 50], SessionError::MalformedRecord),
        (
            &[22, 3, 3, 2, 129],
            SessionError::RecordTooLong {
                got: 641,
                fits: 640,
            },
        ),
        // Alerts that are too long or of no TLS version.
        (&[21, 3, 3, 0, 3], SessionError::MalformedRecord),
        (&[21, 2, 0, 0, 2], SessionError::MalformedRecord),
        // Nothing is protected, and nothing changes, before the ServerHello.
        (
            &[23, 3, 3, 0, 20],
            SessionError::UnexpectedRecord { content_type: 23 },
        ),
        (
            &[20, 3, 3, 0, 1],
            SessionError::UnexpectedRecord { content_type: 20 },
        ),
    ];
    for (header, expected) in cases {
        assert_eq!(refused_by(&Link::saying(header)), expected, "{header:?}");
    }
}

/// A ServerHello to be spoiled.
#[derive(Clone)]
struct Hello {
    legacy_version: u16,
    random: [u8; 32],
    session_id: Vec<u8>,
    suite: u16,
    compression: u8,
    extensions: Vec<(u16, Vec<u8>)>,
}

impl Default for Hello {
    fn default() -> Self {
        // The base point of P-256 (SEC 2 clause 2.4.2): a point on the curve that is no secret.
        let base = "046b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c296\
                    4fe342e2fe1a7f9b8ee7eb4a7c0f9e162bce33576b315ececbb6406837bf51f5";
        let mut share = vec![0, 0x17, 0, 65];
        share.extend(hex::decode(base).unwrap());
        Self {
            legacy_version: 0x0303,
            random: [7; 32],
            session_id: vec![],
            suite: 0x1301,
            compression: 0,
            extensions: vec![(43, vec![3, 4]), (51, share), (41, vec![0, 0])],
        }
    }
}

impl Hello {
    fn extension(mut self, kind: u16, data: &[u8]) -> Self {
        self.extensions.retain(|(k, _)| *k != kind);
        self.extensions.push((kind, data.to_vec()));
        self
    }

    fn without(mut self, kind: u16) -> Self {
        self.extensions.retain(|(k, _)| *k != kind);
        self
    }

    fn message(&self) -> Vec<u8> {
        let mut list = Vec::new();
        for (kind, data) in &self.extensions {
            list.extend(kind.to_be_bytes());
            list.extend(u16::try_from(data.len()).unwrap().to_be_bytes());
            list.extend(data);
        }
        let mut body = self.legacy_version.to_be_bytes().to_vec();
        body.extend(self.random);
        body.push(u8::try_from(self.session_id.len()).unwrap());
        body.extend(&self.session_id);
        body.extend(self.suite.to_be_bytes());
        body.push(self.compression);
        body.extend(u16::try_from(list.len()).unwrap().to_be_bytes());
        body.extend(list);
        let mut message = vec![2, 0];
        message.extend(u16::try_from(body.len()).unwrap().to_be_bytes());
        message.extend(body);
        message
    }

    /// The error of opening towards this ServerHello and a protected record after it.
    fn answer(&self) -> SessionError {
        answer(&self.message())
    }
}

fn answer(message: &[u8]) -> SessionError {
    let mut octets = vec![22, 3, 3];
    octets.extend(u16::try_from(message.len()).unwrap().to_be_bytes());
    octets.extend(message);
    octets.extend([23, 3, 3, 0, 40]);
    octets.extend([0x77; 40]);
    let mut memory = Memory::new(Link::saying(&octets));
    failure(&mut memory, 1000).expect("opened")
}

#[test]
fn a_good_server_hello_from_somebody_without_the_key_opens_nothing() {
    assert_eq!(
        Hello::default().answer(),
        SessionError::ServerNotAuthenticated
    );
}

#[test]
fn a_server_hello_that_chose_something_else_is_told_by_what() {
    let good = Hello::default;
    let retry: [u8; 32] =
        hex::decode("cf21ad74e59a6111be1d8c021e65b891c2a211167abb8c5e079e09e2c8a8339c")
            .unwrap()
            .try_into()
            .unwrap();
    let unsupported = |what| SessionError::Unsupported(what);
    let mut x25519 = vec![0, 0x1D, 0, 32];
    x25519.extend([9; 32]);
    let cases = [
        (good().without(41), SessionError::PskDeclined),
        (
            good().without(43),
            unsupported(Unsupported::Version(0x0303)),
        ),
        (
            good().extension(43, &[3, 3]),
            unsupported(Unsupported::Version(0x0303)),
        ),
        (
            Hello {
                suite: 0x1302,
                ..good()
            },
            unsupported(Unsupported::CipherSuite(0x1302)),
        ),
        (
            good().extension(51, &x25519),
            unsupported(Unsupported::Group(0x001D)),
        ),
        (
            Hello {
                random: retry,
                ..good()
            }
            .without(41)
            .extension(51, &[0, 0x1D])
            .extension(44, &[0, 1, 7]),
            unsupported(Unsupported::HelloRetryRequest),
        ),
        // TLS 1.2 with an extension that has no place in TLS 1.3, and one without any.
        (
            good().without(43).extension(0xFF01, &[0]),
            unsupported(Unsupported::Version(0x0303)),
        ),
        (
            Hello {
                extensions: vec![],
                ..good()
            },
            unsupported(Unsupported::Version(0x0303)),
        ),
    ];
    for (hello, expected) in cases {
        assert_eq!(hello.answer(), expected);
    }
}

#[test]
fn a_server_hello_that_breaks_the_protocol_is_refused() {
    let good = Hello::default;
    let share = |point: &[u8]| {
        let mut share = vec![0, 0x17];
        share.extend(u16::try_from(point.len()).unwrap().to_be_bytes());
        share.extend(point);
        share
    };
    let mut twice = good();
    twice.extensions.push((41, vec![0, 0]));
    let cases = [
        (
            "legacy version",
            Hello {
                legacy_version: 0x0301,
                ..good()
            },
        ),
        (
            "session id",
            Hello {
                session_id: vec![1],
                ..good()
            },
        ),
        (
            "compression",
            Hello {
                compression: 1,
                ..good()
            },
        ),
        ("other identity", good().extension(41, &[0, 1])),
        ("long identity", good().extension(41, &[0, 0, 0])),
        ("no key share", good().without(51)),
        ("no point", good().extension(51, &share(&[]))),
        ("compressed point", good().extension(51, &share(&[2; 33]))),
        ("infinity", good().extension(51, &share(&[0]))),
        ("off the curve", good().extension(51, &share(&[4; 65]))),
        (
            "octets after the point",
            good().extension(51, &[share(&[4; 65]), vec![0]].concat()),
        ),
        ("twice", twice),
        ("unknown extension", good().extension(0xFF01, &[0])),
        ("cookie", good().extension(44, &[0, 1, 7])),
    ];
    for (what, hello) in cases {
        assert_eq!(hello.answer(), SessionError::MalformedHandshake, "{what}");
    }
    let good = good().message();
    for end in 1..good.len() {
        assert_eq!(
            answer(&good[..end]),
            SessionError::MalformedHandshake,
            "{end}"
        );
    }
    let longer = [&good[..], &[0]].concat();
    assert_eq!(answer(&longer), SessionError::MalformedHandshake);
    let other_type = [&[1], &good[1..]].concat();
    assert_eq!(answer(&other_type), SessionError::MalformedHandshake);
}

/// What a good server sends to some other client.
fn flight() -> Vec<u8> {
    let link = Link::new(&Setup::default());
    let captured = std::rc::Rc::new(std::cell::RefCell::new(Vec::new()));
    let copy = captured.clone();
    let mut memory = Memory::new(link.mangle(move |sent| copy.borrow_mut().extend(sent.iter())));
    open(&mut memory).unwrap();
    captured.take()
}

/// Where the first protected record of a flight ends.
fn first_protected_end(flight: &[u8]) -> usize {
    let mut at = 0;
    loop {
        let kind = flight[at];
        at += 5 + usize::from(u16::from_be_bytes([flight[at + 3], flight[at + 4]]));
        if kind == 23 {
            return at;
        }
    }
}

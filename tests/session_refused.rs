//! Sessions that must not open: what a server, or nobody, says, and the error that names it.
#![cfg(feature = "embedded-tls")]

#[path = "support/tls.rs"]
mod tls;

use msgin5g::akma::Kaf;
use msgin5g::session::embedded_tls::TlsSession;
use msgin5g::session::{Psk, SessionError, TlsConfig};
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

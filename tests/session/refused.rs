//! Sessions that must not open: what a server, or nobody, says, and the error that names it.

use crate::backend::*;
use msgin5g::session::SessionError;

/// The error of opening towards this link; afterwards the same memory works with a good server.
fn refused_by<B: Backend>(link: &Link) -> SessionError {
    let mut memory = B::memory(link.clone());
    let e = failure::<B>(&mut memory, 1000).expect("opened");
    link.step();
    assert_usable_again::<B>(&mut memory);
    e
}

fn another_key_is_told_as_key_rejected<B: Backend>() {
    let link = Link::new(&Setup {
        key: [0x5A; 32],
        ..Setup::default()
    });
    assert_eq!(refused_by::<B>(&link), SessionError::KeyRejected);
    assert!(!link.server().open);
    let seen = link.server().seen.lock().unwrap().identity.clone();
    assert_eq!(seen, identity(116).as_bytes());
}

fn an_identity_that_the_server_does_not_know_is_told_as_such<B: Backend>() {
    let link = Link::new(&Setup {
        identity: identity(117),
        ..Setup::default()
    });
    assert_eq!(refused_by::<B>(&link), SessionError::IdentityUnknown);
}

fn a_server_that_goes_on_with_a_certificate_is_refused_and_told<B: Backend>() {
    let link = Link::new(&Setup {
        certificate: true,
        ..Setup::default()
    });
    assert_eq!(refused_by::<B>(&link), SessionError::PskDeclined);
    let error = link.server().error.clone().unwrap();
    assert!(error.contains("alert handshake failure"), "{error}");
}

fn a_server_of_an_old_version_refuses_with_its_alert<B: Backend>() {
    let link = Link::new(&Setup {
        tls12: true,
        ..Setup::default()
    });
    let protocol_version = 70;
    assert_eq!(
        refused_by::<B>(&link),
        SessionError::PeerAlert(protocol_version)
    );
}

fn a_server_without_our_protocol_refuses_with_its_alert<B: Backend>() {
    let link = Link::new(&Setup::default());
    let mut memory = B::memory(link);
    let ask = Ask {
        alpn: "mqtt",
        ..Ask::new()
    };
    let outcome = open_as::<B>(&mut memory, &ask);
    let no_application_protocol = 120;
    let expected = SessionError::PeerAlert(no_application_protocol);
    assert_eq!(outcome.err(), Some(expected));
}

fn alerts_in_place_of_an_answer_are_told_apart<B: Backend>() {
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
            assert_eq!(refused_by::<B>(&link), expected, "{alert}");
        }
    }
}

fn a_server_that_hangs_up_is_truncation_wherever_it_stops<B: Backend>() {
    let flight = flight::<B>();
    for end in 0..flight.len() {
        let link = Link::saying(&flight[..end]);
        link.hang_up();
        let mut memory = B::memory(link);
        // Not the answer to this ClientHello, so what is whole is refused before the end.
        let e = failure::<B>(&mut memory, 1000);
        let whole = end >= first_protected_end(&flight);
        let expected = if whole {
            SessionError::ServerNotAuthenticated
        } else {
            SessionError::Truncated
        };
        assert_eq!(e, Some(expected), "{end} of {}", flight.len());
    }
}

fn silence_is_a_time_out_at_the_deadline_wherever_it_begins<B: Backend>() {
    let flight = flight::<B>();
    for end in (0..first_protected_end(&flight)).step_by(7) {
        let mut memory = B::memory(Link::saying(&flight[..end]));
        let ask = Ask {
            patience: 200,
            ..Ask::new()
        };
        let mut clock = Clock(7);
        let outcome = B::open_with(&mut memory, &ask, &mut rand_core::OsRng, &mut clock);
        assert_eq!(outcome.err(), Some(SessionError::TimedOut));
        assert_eq!(clock.0, 207, "not at the deadline");
    }
    let mut memory = B::memory(Link::saying(&flight[..60]));
    assert_eq!(failure::<B>(&mut memory, 100), Some(SessionError::TimedOut));
    assert_usable_again::<B>(&mut memory);
}

fn what_is_no_tls_is_told_by_its_first_octet<B: Backend>() {
    let link = Link::saying(b"HTTP/1.1 400 Bad Request\r\n\r\n");
    let expected = SessionError::UnexpectedRecord { content_type: b'H' };
    assert_eq!(refused_by::<B>(&link), expected);
    // The peer may be a TLS server that was misled: it is told unexpected_message.
    let up: Vec<u8> = link.wire.borrow().up.iter().copied().collect();
    assert!(up.ends_with(&[21, 3, 3, 0, 2, 2, 10]), "{up:02x?}");

    let ssh = Link::saying(b"SSH-2.0-OpenSSH_9.2\r\n");
    let expected = SessionError::UnexpectedRecord { content_type: b'S' };
    assert_eq!(refused_by::<B>(&ssh), expected);
}

fn headers_that_cannot_be_are_refused<B: Backend>() {
    let cases: [(&[u8], SessionError); 7] = [
        // Empty, and older, handshake records.
        (&[22, 3, 3, 0, 0], SessionError::MalformedRecord),
        // The minor version is to be ignored (RFC 8446 section 5.1): the rest is waited for.
        (
            &[22, 3, 1, 0, 50],
            B::pick(SessionError::MalformedRecord, SessionError::TimedOut),
        ),
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
        // RFC 8446 section 5 lets it come from now on.
        (
            &[20, 3, 3, 0, 1],
            B::pick(
                SessionError::UnexpectedRecord { content_type: 20 },
                SessionError::TimedOut,
            ),
        ),
    ];
    for (header, expected) in cases {
        assert_eq!(
            refused_by::<B>(&Link::saying(header)),
            expected,
            "{header:?}"
        );
    }
}

/// What a good server sends to some other client.
fn flight<B: Backend>() -> Vec<u8> {
    let link = Link::new(&Setup::default());
    let captured = std::rc::Rc::new(std::cell::RefCell::new(Vec::new()));
    let copy = captured.clone();
    let mut memory = B::memory(link.mangle(move |sent| copy.borrow_mut().extend(sent.iter())));
    open::<B>(&mut memory).unwrap();
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

for_both_backends! {
    another_key_is_told_as_key_rejected,
    an_identity_that_the_server_does_not_know_is_told_as_such,
    a_server_that_goes_on_with_a_certificate_is_refused_and_told,
    a_server_of_an_old_version_refuses_with_its_alert,
    a_server_without_our_protocol_refuses_with_its_alert,
    alerts_in_place_of_an_answer_are_told_apart,
    a_server_that_hangs_up_is_truncation_wherever_it_stops,
    silence_is_a_time_out_at_the_deadline_wherever_it_begins,
    what_is_no_tls_is_told_by_its_first_octet,
    headers_that_cannot_be_are_refused,
}

//! The PSK alone, without a key exchange: only with feature `psk-ke`, which is off, and only when
//! asked for.

use crate::server::{HANDSHAKE, record};
use crate::talk::*;
use core::task::Poll;
use msgin5g::session::SessionError;

/// psk_key_exchange_modes (45) with one mode: 1, psk_dhe_ke.
const EPHEMERAL: [u8; 6] = [0, 45, 0, 2, 1, 1];

fn contains(message: &[u8], what: &[u8]) -> bool {
    message.windows(what.len()).any(|w| w == what)
}

#[test]
fn by_default_it_is_not_offered_and_not_taken() {
    let (mut client, link, mut server) = start();
    assert!(contains(server.heard(), &EPHEMERAL));
    let hello = server.server_hello_without_share();
    link.inject(&record(HANDSHAKE, &hello));
    let refused = Poll::Ready(Err(SessionError::MalformedHandshake));
    assert_eq!(client.poll_open(0), refused);
    // missing_extension
    server.read = None;
    assert_eq!(last_alert(&link, &mut server), Some(109));
}

#[cfg(feature = "psk-ke")]
mod on {
    use super::*;
    use crate::link::{Clock, Link, Setup, identity, recv_exact, send_all};
    use crate::server::DATA;
    use msgin5g::session::tls13::PskMode;
    use msgin5g::session::tls13::crypto::{RustCrypto, SoftwarePsk};
    use msgin5g::session::tls13::{Config, TlsSession};

    #[test]
    fn the_hello_offers_it_alone_and_the_session_opens() {
        let (mut client, link, mut server) = start_as(&KEY, |c| c.mode = PskMode::PskOnly);
        let hello = server.heard().to_vec();
        assert!(contains(&hello, &[0, 45, 0, 2, 1, 0]));
        assert!(server.share.is_empty());
        // Neither supported_groups (10) nor key_share (51).
        assert!(!contains(&hello, &[0, 10, 0, 4]) && !contains(&hello, &[0, 51, 0, 38]));
        let hello = server.server_hello_without_share();
        link.inject(&record(HANDSHAKE, &hello));
        finish(&mut client, &link, &mut server);
        link.inject(&server.record(DATA, b"data"));
        assert_eq!(recv_exact(&mut client, 4), Ok(b"data".to_vec()));
    }

    #[test]
    fn a_share_that_was_not_asked_for_is_refused() {
        let (mut client, link, mut server) = start_as(&KEY, |c| c.mode = PskMode::PskOnly);
        // As if it had been: the server computes with some share.
        server.share = vec![9; 32];
        let hello = server.server_hello();
        link.inject(&record(HANDSHAKE, &hello));
        let refused = Poll::Ready(Err(SessionError::MalformedHandshake));
        assert_eq!(client.poll_open(0), refused);
    }

    fn open_with_openssl(psk_ke: bool) -> Result<(), SessionError> {
        let link = Link::new(&Setup {
            psk_ke,
            ..Setup::default()
        });
        let id = identity(116);
        let mut config = Config::new(id.as_bytes(), "msgin5g.example.net");
        config.mode = PskMode::PskOnly;
        let mut psk = SoftwarePsk::<RustCrypto>::new(&KEY);
        let (mut receive, mut send) = ([0; 640], [0; 640]);
        let mut session = TlsSession::<_, RustCrypto>::open_blocking(
            link.clone(),
            &config,
            &mut psk,
            &mut rand_core::OsRng,
            (&mut receive, &mut send),
            &mut Clock::default(),
        )?;
        link.server().echo = true;
        send_all(&mut session, b"hello")?;
        assert_eq!(recv_exact(&mut session, 5), Ok(b"hello".to_vec()));
        Ok(())
    }

    #[test]
    fn openssl_does_it_only_when_told_to() {
        assert_eq!(open_with_openssl(true), Ok(()));
        let refused = Err(SessionError::IdentityUnknown);
        assert_eq!(open_with_openssl(false), refused);
    }
}

//! The session by embedded-tls against OpenSSL, with somebody on the path, and with a server
//! that goes on as it likes once the session is open.

#[path = "../../tests/support/forge.rs"]
mod forge;
#[path = "../../tests/support/link.rs"]
mod link;

use arbitrary::{Result, Unstructured};
use link::{Clock, KEY, Link, NAME, Setup, identity};
use msgin5g::akma::Kaf;
use msgin5g::session::embedded_tls::{TlsMemory, TlsSession};
use msgin5g::session::{Psk, Session, SessionError, TlsConfig};
use rand_core::OsRng;
use std::task::Poll;

type Memory = TlsMemory<Link>;

pub fn session_embedded_tls(data: &[u8]) {
    let _ = story(&mut Unstructured::new(data));
}

fn story(u: &mut Unstructured<'_>) -> Result<()> {
    match u.int_in_range(0..=3)? {
        // Nobody but the attacker.
        0 => {
            let octets = u.bytes(u.len())?;
            let link = Link::saying(octets);
            link.hang_up();
            assert!(open(&mut Memory::new(link)).is_err());
        }
        // The server's flight, changed on the way: no session, or the change did not matter.
        1 => {
            let edits: Vec<(u16, u8)> = u.arbitrary()?;
            let cut = u.arbitrary::<u16>()?;
            let link = Link::new(&Setup::default()).mangle(move |octets| {
                for (at, octet) in &edits {
                    let at = usize::from(*at) % octets.len();
                    octets[at] ^= octet;
                }
                octets.truncate(usize::from(cut) % octets.len() + 1);
            });
            let mut memory = Memory::new(link);
            let _ = open(&mut memory);
        }
        _ => after_the_handshake(u)?,
    }
    Ok(())
}

fn after_the_handshake(u: &mut Unstructured<'_>) -> Result<()> {
    let link = Link::new(&Setup::default());
    let mut memory = Memory::new(link.clone());
    let mut session = open(&mut memory).unwrap();
    link.step();
    let log = link.server().seen.lock().unwrap().key_log.clone();
    let mut forger = forge::Forger::new(&log, "SERVER_TRAFFIC_SECRET_0");
    // What the true server said, and what the client got.
    let (mut said, mut got) = (Vec::new(), Vec::new());
    let mut buf = [0; 700];
    let mut dead = false;
    while !u.is_empty() && !dead {
        match u.int_in_range(0..=9)? {
            0 => link.inject(&u.arbitrary::<Vec<u8>>()?),
            1..=4 => {
                let kind = *u.choose(&[23, 23, 22, 21, 20, 0])?;
                let content: Vec<u8> = u.arbitrary()?;
                let padding = if u.ratio(1, 4)? {
                    u.int_in_range(0..=700)?
                } else {
                    0
                };
                link.inject(&forger.record(kind, &content, padding));
                if kind == 23 {
                    said.extend(content);
                }
            }
            5 => drop(session.send(&u.arbitrary::<Vec<u8>>()?)),
            6 => drop(session.flush()),
            7 => {
                let blocked = u.arbitrary()?;
                link.block(blocked);
            }
            8 if u.ratio(1, 8)? => drop(session.close()),
            _ => {
                let len = u.int_in_range(0..=buf.len())?;
                match session.recv(&mut buf[..len]) {
                    Poll::Ready(Ok(n)) => got.extend(&buf[..n]),
                    Poll::Ready(Err(e)) => {
                        dead = true;
                        // And it stays so.
                        assert!(matches!(session.recv(&mut buf), Poll::Ready(Err(_))), "{e}");
                    }
                    Poll::Pending => {}
                }
            }
        }
        assert!(said.starts_with(&got), "a false message");
    }
    Ok(())
}

/// Opens, or gives up after half a second of the test's time.
fn open(memory: &mut Memory) -> core::result::Result<TlsSession<'_, Link>, SessionError> {
    let (key, identity) = (Kaf::from_octets(KEY), identity(116));
    let psk = Psk {
        key: &key,
        identity: &identity,
    };
    let mut clock = Clock::default();
    TlsSession::open_blocking(
        memory,
        &TlsConfig::new(NAME),
        psk,
        &mut OsRng,
        &mut clock,
        500,
    )
}

//! The session by the crate's own TLS 1.3 core against a server that has the key and says
//! whatever the octets want, and against one that has not.

#[path = "../../tests/support/tls13_server.rs"]
mod server;

use arbitrary::{Result, Unstructured};
use msgin5g::session::tls13::crypto::{NamedGroup, RustCrypto, SoftwarePsk};
use msgin5g::session::tls13::{Config, TlsSession};
use msgin5g::session::{Session, SessionError};
use msgin5g::transport::{StreamTransport, TransportError};
use server::Server;
use std::cell::RefCell;
use std::collections::VecDeque;
use std::rc::Rc;
use std::task::Poll;

const KEY: [u8; 32] = [0xA5; 32];

pub fn session_tls13(data: &[u8]) {
    let _ = story(&mut Unstructured::new(data));
}

#[derive(Default)]
struct Wire {
    up: Vec<u8>,
    down: VecDeque<u8>,
    closed: bool,
    blocked: bool,
}

#[derive(Clone, Default)]
struct Link(Rc<RefCell<Wire>>);

impl StreamTransport for Link {
    fn send(&mut self, data: &[u8]) -> Poll<std::result::Result<usize, TransportError>> {
        let mut wire = self.0.borrow_mut();
        if wire.blocked {
            return Poll::Pending;
        }
        wire.up.extend(data);
        Poll::Ready(Ok(data.len()))
    }

    fn recv(&mut self, buf: &mut [u8]) -> Poll<std::result::Result<usize, TransportError>> {
        let mut wire = self.0.borrow_mut();
        let n = buf.len().min(wire.down.len());
        for (place, octet) in buf.iter_mut().zip(wire.down.drain(..n)) {
            *place = octet;
        }
        match n {
            0 if wire.closed => Poll::Ready(Err(TransportError::Closed)),
            0 => Poll::Pending,
            n => Poll::Ready(Ok(n)),
        }
    }
}

impl Link {
    fn say(&self, octets: &[u8]) {
        self.0.borrow_mut().down.extend(octets);
    }
}

fn story(u: &mut Unstructured<'_>) -> Result<()> {
    let link = Link::default();
    let mut receive = vec![
        0;
        if u.ratio(1, 4)? {
            u.int_in_range(0..=400)?
        } else {
            640
        }
    ];
    let mut send = vec![
        0;
        if u.ratio(1, 4)? {
            u.int_in_range(0..=400)?
        } else {
            640
        }
    ];
    let mut config = Config::new(b"3GPP-AKMArid0.atid00@realm", "msgin5g.example.net");
    config.groups = &[NamedGroup::X25519];
    if u.ratio(1, 4)? {
        config.records_per_key = u.int_in_range(0..=5)?;
    }
    let mut psk = SoftwarePsk::<RustCrypto>::new(&KEY);
    let begun = TlsSession::<_, RustCrypto>::begin(
        link.clone(),
        &config,
        &mut psk,
        &mut rand_core::OsRng,
        &mut receive,
        &mut send,
    );
    let Ok(mut session) = begun else {
        return Ok(());
    };
    let mut now = 0;
    if session.poll_open(now).is_ready() {
        return Ok(());
    }
    let hello = link.0.borrow().up.clone();
    let mut server = Server::new(&KEY);
    server.client_hello(&hello[5..]);

    let mut good = true;
    let mut edit = |u: &mut Unstructured<'_>, octets: &mut Vec<u8>| -> Result<()> {
        if u.ratio(3, 4)? {
            return Ok(());
        }
        good = false;
        match u.int_in_range(0..=3)? {
            0 => octets.truncate(u.int_in_range(0..=octets.len())?),
            1 => octets.extend(u.arbitrary::<Vec<u8>>()?),
            2 => *octets = u.arbitrary()?,
            _ => {
                let at = u.choose_index(octets.len().max(1))?;
                if let Some(octet) = octets.get_mut(at) {
                    *octet ^= u.arbitrary::<u8>()?;
                }
            }
        }
        Ok(())
    };
    let mut hello = Vec::new();
    let mut told = Ok(());
    server.server_hello_with(0x0303, 0x0304, |message| {
        told = edit(u, message);
        hello = message.clone();
    });
    told?;
    link.say(&server::record(server::HANDSHAKE, &hello));
    if u.arbitrary()? {
        link.say(&server::record(20, &[1]));
    }
    let mut extensions = vec![0, 9, 0, 16, 0, 5, 0, 3, 2, b'h', b'2'];
    extensions = if u.arbitrary()? {
        vec![0, 0]
    } else {
        extensions
    };
    edit(u, &mut extensions)?;
    let mut flight = server.message(server::ENCRYPTED_EXTENSIONS, &extensions);
    flight.extend(server.finished());
    edit(u, &mut flight)?;
    let cut = u.int_in_range(0..=flight.len())?;
    for part in [&flight[..cut], &flight[cut..]] {
        if !part.is_empty() {
            link.say(&server.record(server::HANDSHAKE, part));
        }
    }
    let opened = session.poll_open(now);
    if opened != Poll::Ready(Ok(())) {
        if opened.is_pending() {
            now += 30_000;
            assert_eq!(
                session.poll_open(now),
                Poll::Ready(Err(SessionError::TimedOut))
            );
        }
        return Ok(());
    }
    server.use_application_keys();
    after_the_handshake(u, &link, &mut session, &mut server)
}

fn after_the_handshake(
    u: &mut Unstructured<'_>,
    link: &Link,
    session: &mut TlsSession<'_, Link, RustCrypto>,
    server: &mut Server,
) -> Result<()> {
    let (mut said, mut got) = (Vec::new(), Vec::new());
    let mut buf = [0; 700];
    while !u.is_empty() {
        match u.int_in_range(0..=10)? {
            0 => link.say(&u.arbitrary::<Vec<u8>>()?),
            1..=4 => {
                let kind =
                    *u.choose(&[server::DATA, server::DATA, server::HANDSHAKE, 21, 20, 0])?;
                let mut content: Vec<u8> = u.arbitrary()?;
                if kind == 0 {
                    // Padding: what ends in 23 before it would be data.
                    content.retain(|octet| *octet != server::DATA);
                }
                let record = server.record(kind, &content);
                link.say(&record);
                if kind == server::DATA {
                    said.extend(content);
                }
            }
            5 => {
                let update = server::message(server::KEY_UPDATE, &[u.int_in_range(0..=2)?]);
                let record = server.record(server::HANDSHAKE, &update);
                link.say(&record);
                let next = server.next_key(1);
                server.write = Some(next);
            }
            6 => drop(session.send(&u.arbitrary::<Vec<u8>>()?)),
            7 => drop(session.flush()),
            8 => link.0.borrow_mut().blocked = u.arbitrary()?,
            9 if u.ratio(1, 8)? => drop(session.close()),
            9 if u.ratio(1, 8)? => link.0.borrow_mut().closed = true,
            _ => {
                let len = u.int_in_range(0..=buf.len())?;
                match session.recv(&mut buf[..len]) {
                    Poll::Ready(Ok(n)) => got.extend(&buf[..n]),
                    Poll::Ready(Err(_)) => {
                        assert!(matches!(session.recv(&mut buf), Poll::Ready(Err(_))));
                        break;
                    }
                    Poll::Pending => {}
                }
            }
        }
        assert!(said.starts_with(&got), "a false message");
    }
    Ok(())
}

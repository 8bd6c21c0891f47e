//! Opening sessions by embedded-tls in tests.
#![allow(dead_code, unused_imports)]

#[path = "link.rs"]
mod link;

pub use link::*;

use msgin5g::akma::{Kaf, PskIdentity};
use msgin5g::session::embedded_tls::{TlsMemory, TlsSession};
use msgin5g::session::{Psk, SessionError, TlsConfig};

pub const DEADLINE: u64 = 60_000;

pub type Memory = TlsMemory<Link>;
pub type Client<'m> = TlsSession<'m, Link>;

/// Opens with [`KEY`] and an identity of 116 octets.
pub fn open(memory: &mut Memory) -> Result<Client<'_>, SessionError> {
    open_as(memory, KEY, &identity(116))
}

/// The error with which opening ends, within this many milliseconds.
pub fn failure(memory: &mut Memory, deadline: u64) -> Option<SessionError> {
    open_until(memory, KEY, &identity(116), deadline).err()
}

pub fn open_as<'m>(
    memory: &'m mut Memory,
    key: [u8; 32],
    identity: &PskIdentity,
) -> Result<Client<'m>, SessionError> {
    open_until(memory, key, identity, DEADLINE)
}

fn open_until<'m>(
    memory: &'m mut Memory,
    key: [u8; 32],
    identity: &PskIdentity,
    deadline: u64,
) -> Result<Client<'m>, SessionError> {
    let config = TlsConfig::new(NAME);
    let key = Kaf::from_octets(key);
    let psk = Psk {
        key: &key,
        identity,
    };
    let (mut rng, mut clock) = (rand_core::OsRng, Clock::default());
    TlsSession::open_blocking(memory, &config, psk, &mut rng, &mut clock, deadline)
}

/// The same memory on a new link to a good server opens and echoes.
pub fn assert_usable_again(memory: &mut Memory) {
    let link = Link::new(&Setup::default());
    *memory.transport_mut() = link.clone();
    let mut session = open(memory).unwrap();
    link.server().echo = true;
    assert_eq!(send_all(&mut session, b"again"), Ok(()));
    assert_eq!(recv_exact(&mut session, 5), Ok(b"again".to_vec()));
}

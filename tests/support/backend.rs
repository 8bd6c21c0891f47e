//! The same tests for each session backend: a test is a function of a [`Backend`], and
//! `for_both_backends!` makes one test of it for each.

pub use super::link::*;

use msgin5g::akma::{Kaf, PskIdentity};
use msgin5g::session::embedded_tls::{TlsMemory, TlsSession};
use msgin5g::session::tls13::crypto::{NamedGroup, RustCrypto, SoftwarePsk};
use msgin5g::session::tls13::{self, Config};
use msgin5g::session::{Psk, Session, SessionError, TlsConfig};
use rand_core::{CryptoRng, OsRng, RngCore};

pub const DEADLINE: u64 = 60_000;
const GROUPS: &[NamedGroup] = &[NamedGroup::Secp256r1];

/// One way to open a session over a [`Link`].
pub trait Backend {
    /// Where a session lives, with the link.
    type Memory;
    type Client<'m>: Session;
    /// The crate's own core.
    const OWN: bool;

    fn memory(link: Link) -> Self::Memory;

    /// The same memory, wherever it was left, with another link.
    fn relink(memory: &mut Self::Memory, link: Link);

    fn open_with<'m>(
        memory: &'m mut Self::Memory,
        ask: &'m Ask<'_>,
        rng: &mut (impl RngCore + CryptoRng),
        clock: &mut Clock,
    ) -> Result<Self::Client<'m>, SessionError>;

    /// What stands in the memory and, of an open session, beside it.
    fn dump(memory: &Self::Memory) -> Vec<Span>;

    /// One value for each backend, where they differ.
    fn pick<V>(embedded: V, own: V) -> V {
        if Self::OWN { own } else { embedded }
    }
}

/// What a test asks for.
#[derive(Clone)]
pub struct Ask<'a> {
    pub key: [u8; 32],
    pub identity: PskIdentity,
    pub name: &'a str,
    pub alpn: &'a str,
    /// Milliseconds that opening may take.
    pub patience: u32,
}

impl Ask<'_> {
    pub fn new() -> Self {
        Self {
            key: KEY,
            identity: identity(116),
            name: NAME,
            alpn: "coap",
            patience: DEADLINE as u32,
        }
    }
}

/// Octets of some memory, as a debugger or a cold boot would see them.
#[derive(Clone, Copy)]
pub struct Span {
    start: *const u8,
    len: usize,
}

impl Span {
    pub fn of<T: ?Sized>(value: &T) -> Self {
        Self {
            start: core::ptr::from_ref(value).cast(),
            len: size_of_val(value),
        }
    }

    pub fn octets(&self) -> Vec<u8> {
        // SAFETY: the value is alive and stays where it is. Read octet by octet and volatile, as
        // some are padding and others may be borrowed.
        (0..self.len)
            .map(|i| unsafe { self.start.add(i).read_volatile() })
            .collect()
    }

    pub fn contains(&self, what: &[u8]) -> bool {
        let octets = self.octets();
        octets.windows(what.len()).any(|window| window == what)
    }
}

/// The crate `embedded-tls` behind its fence.
pub struct EmbeddedTls;

impl Backend for EmbeddedTls {
    type Memory = Box<TlsMemory<Link>>;
    type Client<'m> = TlsSession<'m, Link>;
    const OWN: bool = false;

    fn memory(link: Link) -> Self::Memory {
        Box::new(TlsMemory::new(link))
    }

    fn relink(memory: &mut Self::Memory, link: Link) {
        *memory.transport_mut() = link;
    }

    fn open_with<'m>(
        memory: &'m mut Self::Memory,
        ask: &'m Ask<'_>,
        rng: &mut (impl RngCore + CryptoRng),
        clock: &mut Clock,
    ) -> Result<Self::Client<'m>, SessionError> {
        let alpn: &[&[u8]] = &[ask.alpn.as_bytes()];
        let config = TlsConfig {
            alpn,
            ..TlsConfig::new(ask.name)
        };
        let (key, identity) = (Kaf::from_octets(ask.key), &ask.identity);
        let psk = Psk {
            key: &key,
            identity,
        };
        let deadline = clock.0 + u64::from(ask.patience);
        TlsSession::open_blocking(memory, &config, psk, rng, clock, deadline)
    }

    fn dump(memory: &Self::Memory) -> Vec<Span> {
        vec![Span::of(&**memory)]
    }
}

/// The crate's own TLS 1.3 core.
pub struct Own;

/// Buffers with the length of a record and its header.
pub struct OwnMemory {
    link: Link,
    receive: Vec<u8>,
    send: Vec<u8>,
}

impl Backend for Own {
    type Memory = OwnMemory;
    type Client<'m> = tls13::TlsSession<'m, Link, RustCrypto>;
    const OWN: bool = true;

    fn memory(link: Link) -> Self::Memory {
        OwnMemory {
            link,
            receive: vec![0; 645],
            send: vec![0; 645],
        }
    }

    fn relink(memory: &mut Self::Memory, link: Link) {
        memory.link = link;
    }

    fn open_with<'m>(
        memory: &'m mut Self::Memory,
        ask: &'m Ask<'_>,
        rng: &mut (impl RngCore + CryptoRng),
        clock: &mut Clock,
    ) -> Result<Self::Client<'m>, SessionError> {
        let mut config = Config::new(ask.identity.as_bytes(), ask.name);
        config.alpn = ask.alpn.as_bytes();
        config.groups = GROUPS;
        // So that a server without the PSK shows that it has a certificate.
        config.signature_algorithms = true;
        config.handshake_timeout_ms = ask.patience;
        let mut psk = SoftwarePsk::<RustCrypto>::new(&ask.key);
        let buffers = (&mut memory.receive[..], &mut memory.send[..]);
        let transport = memory.link.clone();
        tls13::TlsSession::open_blocking(transport, &config, &mut psk, rng, buffers, clock)
    }

    fn dump(memory: &Self::Memory) -> Vec<Span> {
        vec![Span::of(&memory.receive[..]), Span::of(&memory.send[..])]
    }
}

/// Opens with [`KEY`] and an identity of 116 octets.
pub fn open<B: Backend>(memory: &mut B::Memory) -> Result<B::Client<'_>, SessionError> {
    open_as::<B>(memory, Box::leak(Box::new(Ask::new())))
}

pub fn open_as<'m, B: Backend>(
    memory: &'m mut B::Memory,
    ask: &'m Ask<'_>,
) -> Result<B::Client<'m>, SessionError> {
    B::open_with(memory, ask, &mut OsRng, &mut Clock::default())
}

/// The error with which opening ends, within this many milliseconds.
pub fn failure<B: Backend>(memory: &mut B::Memory, patience: u32) -> Option<SessionError> {
    let ask = Ask {
        patience,
        ..Ask::new()
    };
    open_as::<B>(memory, &ask).err()
}

/// The same memory on a new link to a good server opens and echoes.
pub fn assert_usable_again<B: Backend>(memory: &mut B::Memory) {
    let link = Link::new(&Setup::default());
    B::relink(memory, link.clone());
    let mut session = open::<B>(memory).unwrap();
    link.server().echo = true;
    assert_eq!(send_all(&mut session, b"again"), Ok(()));
    assert_eq!(recv_exact(&mut session, 5), Ok(b"again".to_vec()));
}

/// One test for each backend out of each function.
#[macro_export]
macro_rules! for_both_backends {
    ($($(#[$attribute:meta])* $name:ident,)*) => {
        mod embedded_tls {
            $($(#[$attribute])* #[test] fn $name() { super::$name::<super::EmbeddedTls>() })*
        }
        mod tls13 {
            $($(#[$attribute])* #[test] fn $name() { super::$name::<super::Own>() })*
        }
    };
}

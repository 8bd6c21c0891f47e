//! The sessions that a client can have: which there is, and what it lies in.

use core::task::Poll;

use msgin5g::client::Client;
use msgin5g::connection;
use msgin5g::rand_core::{CryptoRng, RngCore};
#[cfg(feature = "tls13")]
use msgin5g::session::tls13::{Config, crypto::RustCrypto};
use msgin5g::session::{Psk, SessionError};
#[cfg(feature = "snapshot")]
use msgin5g::snapshot::Association;

use crate::arena::{Arena, Owned};
use crate::config::msgin5g_config;
use crate::port::Port;
use crate::sizes::default;
use crate::{msgin5g_session as Session, msgin5g_status as Status};

/// One of those that are built in, in the caller's memory.
pub(crate) enum Channel {
    #[cfg(feature = "tls13")]
    Tls13(Owned<Streams>),
    #[cfg(feature = "dtls13")]
    Dtls13(Owned<Associations>),
    #[cfg(feature = "embedded-tls")]
    EmbeddedTls(Owned<connection::EmbeddedTls<'static, Port, embedded::Work>>),
    #[cfg(feature = "insecure-plaintext")]
    Stream(Owned<connection::Plain<Port>>),
    #[cfg(feature = "insecure-plaintext")]
    Datagrams(Owned<connection::PlainDatagrams<Port>>),
}

/// cbindgen:ignore
#[cfg(feature = "tls13")]
pub(crate) type Streams = connection::Tls13<'static, Port, RustCrypto>;
/// cbindgen:ignore
#[cfg(feature = "dtls13")]
pub(crate) type Associations = connection::Dtls13<'static, Port, RustCrypto>;

/// Octets of the first of the two buffers in which an association puts fragments together.
#[cfg(feature = "dtls13")]
pub(crate) const FRAGMENTS: usize = 256;

/// The one that is wanted, in what is left of the memory. Not inlined, as its stack is not needed afterwards.
///
/// # Safety
/// What the configuration points to is what the header asks for.
#[inline(never)]
pub(crate) unsafe fn make(
    arena: &mut Arena,
    given: &msgin5g_config,
    server_name: &'static str,
) -> Result<(Channel, Held), Status> {
    let is = |session: Session| given.session == session as u32;
    #[cfg(feature = "tls13")]
    if is(Session::Tls13) {
        let record = crate::sizes::size(given.sizes.record, default::RECORD);
        let channel = arena.own(|arena| {
            let (receive, send) = (arena.filled(record, 0)?, arena.filled(record, 0)?);
            Ok(Streams::new(Config::new(b"", server_name), receive, send))
        })?;
        return Ok((Channel::Tls13(channel), Held::default()));
    }
    #[cfg(feature = "dtls13")]
    if is(Session::Dtls13) {
        // SAFETY: the caller's promise.
        let dtls = unsafe { crate::datagrams::config(given) }?;
        let datagram = crate::sizes::size(given.sizes.record, default::DATAGRAM);
        let channel = arena.own(|arena| {
            let receive = arena.filled(datagram.saturating_add(FRAGMENTS), 0)?;
            let send = arena.filled(datagram, 0)?;
            let configs = (Config::new(b"", server_name), dtls);
            Ok(Associations::new(configs, receive, send))
        })?;
        return Ok((Channel::Dtls13(channel), Held::default()));
    }
    #[cfg(feature = "embedded-tls")]
    if is(Session::EmbeddedTls) {
        return embedded::make(arena, server_name);
    }
    #[cfg(feature = "insecure-plaintext")]
    if is(Session::InsecureStream) {
        let channel = arena.own(|_| Ok(connection::Plain::new()))?;
        return Ok((Channel::Stream(channel), Held::default()));
    }
    #[cfg(feature = "insecure-plaintext")]
    if is(Session::InsecureDatagrams) {
        let channel = arena.own(|_| Ok(connection::PlainDatagrams::new()))?;
        return Ok((Channel::Datagrams(channel), Held::default()));
    }
    let (_, _, _) = (arena, server_name, default::RECORD);
    match given.session {
        ..=Session::LAST => Err(Status::NotBuilt),
        _ => Err(Status::InvalidArgument),
    }
}

/// What a snapshot takes and gives.
#[cfg(feature = "snapshot")]
impl Channel {
    /// Whether sessions of this kind can be put away at all.
    pub fn may_sleep(&self) -> Result<(), Status> {
        match self {
            #[cfg(feature = "dtls13")]
            Self::Dtls13(_) => Ok(()),
            #[allow(unreachable_patterns, reason = "reached unless there is no other")]
            _ => Err(Status::InvalidConfig),
        }
    }

    /// Puts the association away. `None`: there is none that is open, or something is under way.
    pub fn export(&mut self) -> Option<Association> {
        match self {
            #[cfg(feature = "dtls13")]
            Self::Dtls13(channel) => channel.export().map(Association::Datagrams),
            #[allow(unreachable_patterns, reason = "as above")]
            _ => None,
        }
    }

    /// Goes on with one that was put away.
    pub fn resume(&mut self, association: Association) -> Result<(), Status> {
        match (self, association) {
            #[cfg(feature = "dtls13")]
            (Self::Dtls13(channel), Association::Datagrams(kept)) => {
                channel.resume(kept).map_err(|_| Status::SnapshotDoesNotFit)
            }
            _ => Err(Status::SnapshotDoesNotFit),
        }
    }
}

/// What has to be dropped after the channel; null: nothing.
#[cfg(not(feature = "embedded-tls"))]
pub(crate) type Held = ();
#[cfg(feature = "embedded-tls")]
pub(crate) type Held = Option<*mut dyn core::future::Future<Output = core::convert::Infallible>>;

#[cfg(feature = "embedded-tls")]
pub(crate) mod embedded {
    use core::convert::Infallible;
    use core::future::Future;
    use core::pin::Pin;

    use msgin5g::connection::{Desk, EmbeddedTls, EmbeddedTlsMemory};
    use msgin5g::session::TlsConfig;

    use super::{Channel, Held};
    use crate::arena::Arena;
    use crate::msgin5g_status as Status;
    use crate::port::Port;

    /// The future that does the sessions' work has no name, so it stands behind a pointer.
    pub(crate) type Work = Pin<&'static mut dyn Future<Output = Infallible>>;
    type Memory = EmbeddedTlsMemory<Port, 640, 640>;

    /// Octets of a future that nobody can name.
    const fn len_of<F>(
        _: fn(&'static mut Memory, TlsConfig<'static>) -> (&'static Desk<Port>, F),
    ) -> usize {
        size_of::<F>()
    }

    /// All that it takes of the arena, alignment included.
    pub(crate) const LEN: usize = size_of::<Memory>()
        + len_of(Memory::sessions)
        + size_of::<Work>()
        + size_of::<EmbeddedTls<'static, Port, Work>>()
        + 4 * 16;

    pub fn make(arena: &mut Arena, server_name: &'static str) -> Result<(Channel, Held), Status> {
        let memory = arena.put(Memory::new())?;
        let (desk, work) = memory.sessions(TlsConfig::new(server_name));
        let work: *mut (dyn Future<Output = Infallible> + 'static) = arena.put(work)?;
        // SAFETY: it lies in the caller's memory, which stays until the context is wiped; then it is dropped in
        // place. It does not move, and nobody else touches it.
        let pinned: Work = unsafe { Pin::new_unchecked(&mut *work) };
        let pinned = Pin::new(arena.put(pinned)?);
        let channel = arena.own(|_| Ok(EmbeddedTls::new(desk, pinned)))?;
        Ok((Channel::EmbeddedTls(channel), Some(work)))
    }
}

/// The same call to whichever it is.
macro_rules! each {
    ($self:ident, $channel:ident => $call:expr) => {
        match $self {
            #[cfg(feature = "tls13")]
            Channel::Tls13($channel) => $call,
            #[cfg(feature = "dtls13")]
            Channel::Dtls13($channel) => $call,
            #[cfg(feature = "embedded-tls")]
            Channel::EmbeddedTls($channel) => $call,
            #[cfg(feature = "insecure-plaintext")]
            Channel::Stream($channel) => $call,
            #[cfg(feature = "insecure-plaintext")]
            Channel::Datagrams($channel) => $call,
        }
    };
}

/// What takes much of the stack is not inlined: not all of it is needed at the same time.
impl connection::Channel for Channel {
    type Transport = Port;

    fn needs_key(&self) -> bool {
        each!(self, channel => channel.needs_key())
    }

    #[inline(never)]
    fn begin(
        &mut self,
        transport: Port,
        psk: Option<Psk<'_>>,
        rng: &mut (impl RngCore + CryptoRng),
    ) -> Result<(), SessionError> {
        each!(self, channel => channel.begin(transport, psk, rng))
    }

    #[inline(never)]
    fn poll_open(&mut self, now: u64) -> Poll<Result<(), SessionError>> {
        each!(self, channel => channel.poll_open(now))
    }

    fn join(&self, client: &mut Client<'_>) {
        each!(self, channel => channel.join(client));
    }

    #[inline(never)]
    fn exchange(&mut self, client: &mut Client<'_>, now: u64) -> Result<bool, SessionError> {
        each!(self, channel => channel.exchange(client, now))
    }

    #[inline(never)]
    fn poll_close(&mut self, now: u64) -> Poll<()> {
        each!(self, channel => channel.poll_close(now))
    }

    #[inline(never)]
    fn abandon(&mut self) {
        each!(self, channel => channel.abandon());
    }

    #[inline(never)]
    fn suspend(&mut self) {
        each!(self, channel => channel.suspend());
    }

    fn next_deadline(&self) -> Option<u64> {
        each!(self, channel => channel.next_deadline())
    }
}

//! The sessions that a context can hold.

use core::task::Poll;

use msgin5g::client::Client;
use msgin5g::connection;
use msgin5g::rand_core::{CryptoRng, RngCore};
use msgin5g::session::{Psk, SessionError};

use crate::arena::Arena;
use crate::msgin5g_status as Status;
use crate::port::Port;

/// One of those that are built in.
#[allow(
    clippy::large_enum_variant,
    reason = "there is no heap, and one of them is what it is for"
)]
pub(crate) enum Channel {
    #[cfg(feature = "tls13")]
    Tls13(connection::Tls13<'static, Port, msgin5g::session::tls13::crypto::RustCrypto>),
    #[cfg(feature = "embedded-tls")]
    EmbeddedTls(connection::EmbeddedTls<'static, Port, embedded::Work>),
}

impl Channel {
    #[cfg(feature = "tls13")]
    pub fn tls13(
        arena: &mut Arena,
        record: usize,
        server_name: &'static str,
    ) -> Result<Self, Status> {
        let config = msgin5g::session::tls13::Config::new(b"", server_name);
        let receive = arena.filled(record, 0_u8)?;
        let send = arena.filled(record, 0_u8)?;
        Ok(Self::Tls13(connection::Tls13::new(config, receive, send)))
    }

    #[cfg(not(feature = "tls13"))]
    pub fn tls13(_: &mut Arena, _: usize, _: &'static str) -> Result<Self, Status> {
        Err(Status::NotBuilt)
    }

    #[cfg(not(feature = "embedded-tls"))]
    pub fn embedded_tls(_: &mut Arena, _: &'static str) -> Result<(Self, Held), Status> {
        Err(Status::NotBuilt)
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
    pub(crate) const LEN: usize =
        size_of::<Memory>() + len_of(Memory::sessions) + size_of::<Work>() + 3 * 16;

    impl Channel {
        pub fn embedded_tls(
            arena: &mut Arena,
            server_name: &'static str,
        ) -> Result<(Self, Held), Status> {
            let memory = arena.put(Memory::new())?;
            let (desk, work) = memory.sessions(TlsConfig::new(server_name));
            let work: *mut (dyn Future<Output = Infallible> + 'static) = arena.put(work)?;
            // SAFETY: it lies in the caller's memory, which stays until the context is wiped; then it is dropped in
            // place. It does not move, and nobody else touches it.
            let pinned: Work = unsafe { Pin::new_unchecked(&mut *work) };
            let pinned = Pin::new(arena.put(pinned)?);
            Ok((
                Self::EmbeddedTls(EmbeddedTls::new(desk, pinned)),
                Some(work),
            ))
        }
    }
}

/// The same call to whichever it is.
macro_rules! each {
    ($self:ident, $channel:ident => $call:expr) => {
        match $self {
            #[cfg(feature = "tls13")]
            Channel::Tls13($channel) => $call,
            #[cfg(feature = "embedded-tls")]
            Channel::EmbeddedTls($channel) => $call,
        }
    };
}

impl connection::Channel for Channel {
    type Transport = Port;

    fn begin(
        &mut self,
        transport: Port,
        psk: Option<Psk<'_>>,
        rng: &mut (impl RngCore + CryptoRng),
    ) -> Result<(), SessionError> {
        each!(self, channel => channel.begin(transport, psk, rng))
    }

    fn poll_open(&mut self, now: u64) -> Poll<Result<(), SessionError>> {
        each!(self, channel => channel.poll_open(now))
    }

    fn join(&self, client: &mut Client<'_>) {
        each!(self, channel => channel.join(client));
    }

    fn exchange(&mut self, client: &mut Client<'_>, now: u64) -> Result<bool, SessionError> {
        each!(self, channel => channel.exchange(client, now))
    }

    fn poll_close(&mut self, now: u64) -> Poll<()> {
        each!(self, channel => channel.poll_close(now))
    }

    fn abandon(&mut self) {
        each!(self, channel => channel.abandon());
    }

    fn next_deadline(&self) -> Option<u64> {
        each!(self, channel => channel.next_deadline())
    }
}

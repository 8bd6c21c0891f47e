//! From a connected transport to an open session.

use super::memory::TlsMemory;
use super::pipe::Pipe;
use super::provider::Provider;
use super::stream::TlsSession;
use crate::session::{Psk, SessionError, TlsConfig, poll_once};
use crate::transport::{Host, StreamTransport};
use core::pin::pin;
use core::task::Poll;
use embedded_tls::{FlushPolicy, TlsConnection, TlsContext, TlsError};
use rand_core::{CryptoRng, RngCore};

/// Octets of our ClientHello as a record, without server name, identity, ALPN list and
/// max_fragment_length.
const HELLO_LEN: usize = 207;

impl<'m, T: StreamTransport, const RX: usize, const TX: usize> TlsSession<'m, T, RX, TX> {
    /// Opens a session over the memory's transport, which has to be connected.
    ///
    /// The future waits wherever the transport says "nothing now", without an end: the caller
    /// keeps the deadline and drops the future when it has passed. It registers no waker but
    /// asks to be polled again at once, so under an executor it is polled in a loop for as long
    /// as the handshake takes. Memory and transport are free again when it is dropped; the
    /// transport then has to be connected anew.
    ///
    /// 64 octets are drawn from `rng`, which has to be a true generator: everybody who can guess
    /// them and has K_AF reads the session.
    ///
    /// # Errors
    /// [`SessionError`], whose variants say what to do.
    pub async fn open(
        memory: &'m mut TlsMemory<T, RX, TX>,
        config: &TlsConfig<'_>,
        psk: Psk<'_>,
        rng: &mut (impl CryptoRng + RngCore + ?Sized),
    ) -> Result<Self, SessionError> {
        let opened = Self::handshake(memory, config, psk, rng).await;
        match &opened {
            Ok(_) => log_info!("session: open"),
            Err(e) => log_warn!("session: not opened: {}", e),
        }
        opened
    }

    /// Opens a session and waits for it until `deadline_ms` of the host's clock, idling in
    /// between.
    ///
    /// # Errors
    /// [`SessionError::TimedOut`] at the deadline, and those of [`open`](Self::open).
    pub fn open_blocking(
        memory: &'m mut TlsMemory<T, RX, TX>,
        config: &TlsConfig<'_>,
        psk: Psk<'_>,
        rng: &mut (impl CryptoRng + RngCore + ?Sized),
        host: &mut (impl Host + ?Sized),
        mut deadline_ms: u64,
    ) -> Result<Self, SessionError> {
        let mut time_ms = 0;
        let mut opening = pin!(Self::open(memory, config, psk, rng));
        loop {
            if let Poll::Ready(outcome) = poll_once(opening.as_mut()) {
                return outcome;
            }
            let now_ms = host.now_ms();
            // Where the clock goes back, what is left of the wait stays as it is.
            deadline_ms = deadline_ms.saturating_sub(u64::saturating_sub(time_ms, now_ms));
            time_ms = now_ms;
            if now_ms >= deadline_ms {
                log_warn!("session: not opened in time");
                return Err(SessionError::TimedOut);
            }
            host.idle();
        }
    }

    async fn handshake(
        memory: &'m mut TlsMemory<T, RX, TX>,
        config: &TlsConfig<'_>,
        psk: Psk<'_>,
        rng: &mut (impl CryptoRng + RngCore + ?Sized),
    ) -> Result<Self, SessionError> {
        check(config)?;
        let (fragment, fragment_len) = TlsMemory::<T, RX, TX>::max_fragment();
        let fragment = fragment.filter(|_| config.max_fragment_length);
        let needed = hello_len(config, psk, fragment.is_some());
        if needed > TX {
            return Err(SessionError::BufferTooSmall { needed });
        }
        let provider = Provider::draw(rng)?;

        // Never to be formatted: its Debug and defmt output show the key.
        let identities = [psk.identity.as_bytes()];
        let mut tls = embedded_tls::TlsConfig::new()
            .with_server_name(config.server_name)
            .with_psk(psk.key.as_octets(), &identities);
        if !config.alpn.is_empty() {
            tls = tls.with_alpn(config.alpn);
        }
        if let Some(fragment) = fragment {
            tls = tls.with_max_fragment_length(fragment);
        }

        let (stage, rx, tx) = memory.begin();
        let mut connection = TlsConnection::new(Pipe { stage }, rx, tx);
        // The session drives the transport itself.
        connection.set_flush_policy(FlushPolicy::Relaxed);
        let outcome = connection.open(TlsContext::new(&tls, provider)).await;

        let mut stage_now = stage.try_borrow_mut().map_err(|_| SessionError::Internal)?;
        match outcome {
            Ok(()) => {
                stage_now.handshake_done();
                drop(stage_now);
                Ok(Self::new(connection, stage, fragment_len))
            }
            Err(e) => {
                let e = stage_now.fault().unwrap_or_else(|| name(e));
                stage_now.wipe();
                Err(e)
            }
        }
    }
}

/// Refuses what cannot be written into a ClientHello.
fn check(config: &TlsConfig<'_>) -> Result<(), SessionError> {
    let name = config.server_name;
    let name_ok = (1..=253).contains(&name.len()) && name.is_ascii() && !name.ends_with('.');
    let alpn_ok = config.alpn.iter().all(|p| (1..=255).contains(&p.len()));
    if name_ok && alpn_ok {
        Ok(())
    } else {
        Err(SessionError::InvalidConfig)
    }
}

/// Octets of the ClientHello that `embedded-tls` will write.
fn hello_len(config: &TlsConfig<'_>, psk: Psk<'_>, max_fragment_length: bool) -> usize {
    const MAX_FRAGMENT_LEN: usize = 5;
    const SERVER_NAME_LEN: usize = 9;
    const ALPN_LEN: usize = 6;
    let names = config.alpn.iter().map(|name| name.len().saturating_add(1));
    let alpn = names.reduce(usize::saturating_add);
    let parts = [
        HELLO_LEN,
        if max_fragment_length {
            MAX_FRAGMENT_LEN
        } else {
            0
        },
        SERVER_NAME_LEN,
        config.server_name.len(),
        alpn.map_or(0, |names| names.saturating_add(ALPN_LEN)),
        psk.identity.as_bytes().len(),
    ];
    parts.into_iter().fold(0, usize::saturating_add)
}

/// What a failure of `embedded-tls` in the handshake means. Plaintext records, and so all
/// alerts, are judged by the stage: what is left comes from protected records.
fn name(e: TlsError) -> SessionError {
    match e {
        // A record that does not decrypt, or a Finished that does not match.
        TlsError::CryptoError | TlsError::InvalidSignature => SessionError::ServerNotAuthenticated,
        TlsError::Io(_)
        | TlsError::IoError
        | TlsError::InternalError
        | TlsError::MissingHandshake
        | TlsError::InsufficientSpace
        | TlsError::EncodeError => SessionError::Internal,
        _ => SessionError::MalformedHandshake,
    }
}

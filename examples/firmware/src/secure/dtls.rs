//! DTLS 1.3 by the crate's own core, over datagrams that the modem sends and receives.

use crate::channel::Datagrams;
use crate::clock::Clock;
use crate::config::SERVER_NAME;
use crate::line::Line;
use crate::once::Once;
use crate::ue::Problem;
use core::task::Poll;
use msgin5g::akma::{Kaf, PskIdentity};
use msgin5g::session::tls13::Config;
use msgin5g::session::tls13::crypto::{NamedGroup, RustCrypto, SoftwarePsk};
use msgin5g::session::tls13::dtls::{DtlsConfig, DtlsSession};
#[cfg(feature = "snapshot")]
use msgin5g::snapshot::Association;
use msgin5g::transport::Host;
use rand_core::{CryptoRng, RngCore};

type Dtls = DtlsSession<'static, Line, RustCrypto>;

/// An open session, which stays where it was begun: moving it up from call to call would cost the stack a copy each.
pub type Secure = Datagrams<&'static mut Dtls>;

static SESSION: Once<Option<Dtls>> = Once::new();

/// Datagrams of 512 octets of data: in, behind 256 octets for messages in fragments, and out, where the ClientHello
/// with a cookie has to find room, too.
static RECORDS: Once<([u8; 256 + 538], [u8; 576])> = Once::new();
/// The session speaks of it as long as it lives.
static IDENTITY: Once<PskIdentity> = Once::new();

pub fn handshake(
    line: Line,
    key: &Kaf,
    identity: PskIdentity,
    mut clock: Clock,
    rng: &mut (impl RngCore + CryptoRng),
) -> Result<Secure, Problem> {
    let identity = IDENTITY.take(|| identity).ok_or(Problem("memory"))?;
    let (receive, send) = RECORDS
        .take(|| ([0; 256 + 538], [0; 576]))
        .ok_or(Problem("memory"))?;
    let mut config = Config::new(identity.as_bytes(), SERVER_NAME);
    config.groups = &[NamedGroup::X25519];
    let session = begin(line, &config, key, rng, receive, send)?;
    loop {
        match session.poll(clock.now_ms()) {
            Poll::Ready(Ok(())) => return Ok(Datagrams(session)),
            Poll::Ready(Err(e)) => return Err(e).map_err(failed_at!("session")),
            Poll::Pending => clock.idle(),
        }
    }
}

/// Not inlined, so that what it takes to make a session is free again when it is opened.
#[inline(never)]
fn begin(
    line: Line,
    config: &Config<'static>,
    key: &Kaf,
    rng: &mut (impl RngCore + CryptoRng),
    receive: &'static mut [u8],
    send: &'static mut [u8],
) -> Result<&'static mut Dtls, Problem> {
    let place = SESSION.take(|| None).ok_or(Problem("memory"))?;
    let mut psk = SoftwarePsk::<RustCrypto>::new(key.as_octets());
    let configs = (config, &DtlsConfig::default());
    DtlsSession::begin_in(place, line, configs, &mut psk, rng, (receive, send))
        .map_err(failed_at!("session"))
}

/// Puts the association away; `None`: something is under way.
#[cfg(feature = "snapshot")]
pub fn put_away(session: &mut Secure) -> Option<Association> {
    session.0.export().map(Association::Datagrams)
}

/// Goes on with the association of an earlier life. The server knows it by its Connection ID, wherever it comes from.
#[cfg(feature = "snapshot")]
#[inline(never)]
pub fn resume(line: Line, kept: Association) -> Result<Secure, Problem> {
    let Association::Datagrams(kept) = kept else {
        return Err(Problem("a session of another kind"));
    };
    let place = SESSION.take(|| None).ok_or(Problem("memory"))?;
    let (receive, send) = RECORDS
        .take(|| ([0; 256 + 538], [0; 576]))
        .ok_or(Problem("memory"))?;
    let config = DtlsConfig::default();
    DtlsSession::resume_in(place, line, kept, &config, (receive, send))
        .map(Datagrams)
        .map_err(failed_at!("session"))
}

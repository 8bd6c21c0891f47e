//! TLS 1.3 by the crate's own core.

use crate::clock::Clock;
use crate::config::SERVER_NAME;
use crate::line::Line;
use crate::once::Once;
use crate::ue::Problem;
use core::task::Poll;
use msgin5g::akma::{Kaf, PskIdentity};
use msgin5g::session::tls13::crypto::{NamedGroup, RustCrypto, SoftwarePsk};
use msgin5g::session::tls13::{Config, TlsSession};
#[cfg(feature = "snapshot")]
use msgin5g::snapshot::Association;
use msgin5g::transport::Host;
use rand_core::{CryptoRng, RngCore};

/// An open session, which stays where it was begun: moving it up from call to call would cost the stack a copy each.
pub type Secure = &'static mut TlsSession<'static, Line, RustCrypto>;

static SESSION: Once<Option<TlsSession<'static, Line, RustCrypto>>> = Once::new();

/// Records of 512 octets of data, in and out.
static RECORDS: Once<([u8; 538], [u8; 538])> = Once::new();
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
        .take(|| ([0; 538], [0; 538]))
        .ok_or(Problem("memory"))?;
    let mut config = Config::new(identity.as_bytes(), SERVER_NAME);
    config.groups = &[
        #[cfg(feature = "tls13-x25519")]
        NamedGroup::X25519,
        #[cfg(feature = "tls13-p256")]
        NamedGroup::Secp256r1,
    ];
    let session = begin(line, &config, key, rng, receive, send)?;
    loop {
        match session.poll_open(clock.now_ms()) {
            Poll::Ready(opened) => return opened.map(|()| session).map_err(failed_at!("session")),
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
) -> Result<Secure, Problem> {
    let place = SESSION.take(|| None).ok_or(Problem("memory"))?;
    let mut psk = SoftwarePsk::<RustCrypto>::new(key.as_octets());
    TlsSession::begin_in(place, line, config, &mut psk, rng, (receive, send))
        .map_err(failed_at!("session"))
}

/// Puts the session away; `None`: something is under way.
#[cfg(feature = "snapshot")]
pub fn put_away(session: &mut Secure) -> Option<Association> {
    session.export().map(Association::Stream)
}

/// Goes on with the session of an earlier life, over the connection that the modem has kept.
#[cfg(feature = "snapshot")]
#[inline(never)]
pub fn resume(line: Line, kept: Association) -> Result<Secure, Problem> {
    let Association::Stream(kept) = kept else {
        return Err(Problem("a session of another kind"));
    };
    let place = SESSION.take(|| None).ok_or(Problem("memory"))?;
    let (receive, send) = RECORDS
        .take(|| ([0; 538], [0; 538]))
        .ok_or(Problem("memory"))?;
    let session = TlsSession::resume(line, kept, receive, send).map_err(failed_at!("session"))?;
    Ok(place.insert(session))
}

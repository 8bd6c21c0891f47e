//! TLS 1.3 by embedded-tls.

use crate::clock::Clock;
use crate::config::SERVER_NAME;
use crate::line::Line;
use crate::once::Once;
use crate::ue::{PATIENCE_MS, Problem};
use msgin5g::akma::{Kaf, PskIdentity};
use msgin5g::session::embedded_tls::{TlsMemory, TlsSession};
use msgin5g::session::{Psk, TlsConfig};
use msgin5g::transport::Host;
use rand_core::{CryptoRng, RngCore};

/// An open session, in static memory: on the stack it would lie below all that follows.
pub type Secure = &'static mut TlsSession<'static, Line>;

static SESSION: Once<Option<TlsSession<'static, Line>>> = Once::new();
static MEMORY: Once<TlsMemory<Line>> = Once::new();

pub fn handshake(
    line: Line,
    key: &Kaf,
    identity: PskIdentity,
    mut clock: Clock,
    rng: &mut (impl RngCore + CryptoRng),
) -> Result<Secure, Problem> {
    let place = SESSION.take(|| None).ok_or(Problem("memory"))?;
    let memory = MEMORY
        .take(|| TlsMemory::new(line))
        .ok_or(Problem("memory"))?;
    let tls = TlsConfig::new(SERVER_NAME);
    let psk = Psk {
        key,
        identity: &identity,
    };
    let deadline = clock.now_ms() + PATIENCE_MS;
    let session = TlsSession::open_blocking(memory, &tls, psk, rng, &mut clock, deadline);
    Ok(place.insert(session.map_err(failed_at!("session"))?))
}

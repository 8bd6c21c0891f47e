//! The secure session of this firmware: the crate's own TLS core, DTLS by the same core with a feature `dtls13-..`, or
//! embedded-tls with the feature of that name.

#[cfg(feature = "embedded-tls")]
mod embedded;
#[cfg(feature = "embedded-tls")]
pub use embedded::Secure;
#[cfg(feature = "embedded-tls")]
use embedded::handshake;

#[cfg(feature = "dtls13-x25519")]
mod dtls;
#[cfg(feature = "dtls13-x25519")]
pub use dtls::Secure;
#[cfg(feature = "dtls13-x25519")]
use dtls::handshake;
#[cfg(all(feature = "snapshot", feature = "dtls13-x25519"))]
pub use dtls::{put_away, resume};

#[cfg(not(any(feature = "embedded-tls", feature = "dtls13-x25519")))]
mod own;
#[cfg(not(any(feature = "embedded-tls", feature = "dtls13-x25519")))]
pub use own::Secure;
#[cfg(not(any(feature = "embedded-tls", feature = "dtls13-x25519")))]
use own::handshake;
#[cfg(all(
    feature = "snapshot",
    not(any(feature = "embedded-tls", feature = "dtls13-x25519"))
))]
pub use own::{put_away, resume};

use crate::clock::Clock;
use crate::line::Line;
use crate::meter::Meter;
use crate::ue::Problem;
use crate::{console, keys};
use rand_core::{CryptoRng, RngCore};

/// Keys and handshake. Not inlined: what a handshake needs of the stack is free again for the messages.
#[inline(never)]
pub fn open(
    line: Line,
    clock: Clock,
    rng: &mut (impl RngCore + CryptoRng),
) -> Result<Secure, Problem> {
    let meter = Meter::start();
    let af_id = keys::af_id().map_err(failed_at!("keys"))?;
    let context = keys::request(&af_id).map_err(failed_at!("keys"))?;
    let (key, identity) = (context.k_af(&af_id), context.psk_identity());
    console::figure("keys_insn", meter.stop().instructions);

    let meter = Meter::start();
    let session = handshake(line, &key, identity, clock, rng)?;
    let cost = meter.stop();
    console::figure("handshake_insn", cost.instructions);
    console::figure("handshake_octets", u64::from(cost.sent + cost.received));
    Ok(session)
}

//! Octets on the line by session: `examples/octets.rs` counts them in its transport.

use super::{Figure, Unit};
use crate::bridge::Server;
use crate::docs::store::Store;
use crate::firmware::Session;
use crate::host::{Network, PEER_KAUSF, PEER_SUPI, Programs};
use crate::run;
use anyhow::{Context, Result, bail};
use serde_json::Value;
use std::process::Command;

/// What is compared: key of the figures, as the program calls it, and words.
pub const SESSIONS: [(&str, &str, &str); 4] = [
    ("wire.plaintext", "plaintext", "none, over TCP"),
    ("wire.tls13", "tls13", "tls13, X25519"),
    ("wire.embedded_tls", "embedded-tls", "embedded-tls, P-256"),
    ("wire.dtls13", "dtls13", "dtls13, X25519"),
];

/// What the octets are for: as the program calls it, and the keys of those up and down.
pub const STEPS: [(&str, [&str; 2]); 3] = [
    ("handshake", ["handshake_up", "handshake_down"]),
    ("registration", ["registration_up", "registration_down"]),
    ("message", ["message_up", "message_down"]),
];

/// On a busy machine a datagram may be late and go again: the fewest octets of so many exchanges count.
const TRIES: usize = 5;

/// Counts for each session. Octets do not depend on the core.
pub fn measure(store: &mut Store) -> Result<()> {
    let words = ["build", "--quiet", "--example", "octets"];
    run::run(
        run::cargo()
            .args(words)
            .args(["--features", "embedded-tls"]),
    )?;
    let programs = Programs::build()?.over(Session::Dtls13)?;
    for (group, session, _) in SESSIONS {
        let over_datagrams = session == "dtls13";
        let mut fewest: Option<Vec<u64>> = None;
        for _ in 0..if over_datagrams { TRIES } else { 1 } {
            let told = match over_datagrams {
                true => against_wolfssl(&programs, session)?,
                false => run::output(&mut count(session))?,
            };
            let octets = read(&told).context(session)?;
            if fewest
                .as_ref()
                .is_none_or(|fewest| octets.iter().sum::<u64>() < fewest.iter().sum())
            {
                fewest = Some(octets);
            }
        }
        let keys = STEPS.iter().flat_map(|(_, keys)| keys);
        for (key, value) in keys.zip(fewest.unwrap_or_default()) {
            let figure = Figure {
                group,
                key,
                what: "",
                value,
                unit: Unit::Octets,
                octets: None,
            };
            store.put("", &figure);
        }
    }
    Ok(())
}

/// The program, which brings its own network.
fn count(session: &str) -> Command {
    let mut count = Command::new(run::target_dir().join("debug/examples/octets"));
    count.args(["--session", session]);
    count
}

fn against_wolfssl(programs: &Programs, session: &str) -> Result<String> {
    let network = Network::start(programs, &[])?;
    let Server::Datagrams(address) = network.for_firmware else {
        bail!("the network listens for no datagrams");
    };
    let mut count = count(session);
    count
        .args(["--tls", &network.address.to_string()])
        .args(["--dtls", &address.to_string()])
        .args(["--peer-supi", PEER_SUPI, "--peer-kausf", PEER_KAUSF]);
    let told = run::output(&mut count);
    network.finish()?;
    told
}

/// The octets of each step, up and down.
fn read(told: &str) -> Result<Vec<u64>> {
    let told: Value = serde_json::from_str(told)?;
    let octets = STEPS
        .iter()
        .flat_map(|(step, _)| [&told[step][0], &told[step][1]]);
    octets
        .map(|octets| octets.as_u64().context("a number of octets"))
        .collect()
}

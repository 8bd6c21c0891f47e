//! The scenario that looks for keys in RAM after all is closed and dropped.

use crate::exchange;
use crate::firmware::settings;
use crate::host::{Network, Peer};
use crate::run::{self, cargo, output};
use crate::scenario::{Shown, Stage};
use anyhow::{Context, Result, ensure};
use serde_json::Value;
use std::fs;
use std::path::PathBuf;

/// A directory for files of the firmware, which goes with this value.
pub struct Files(pub PathBuf);

impl Files {
    /// An empty one.
    pub fn new(name: &str) -> Result<Self> {
        let dir = run::target_dir().join(format!("{name}-{}", std::process::id()));
        // Of a run that was ended.
        let _ = fs::remove_dir_all(&dir);
        fs::create_dir_all(&dir).with_context(|| format!("cannot make {}", dir.display()))?;
        Ok(Self(dir))
    }
}

impl Drop for Files {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// Runs the exchange and searches what it leaves.
pub fn show(stage: &Stage) -> Result<Shown> {
    let files = Files::new("remains")?;
    let network = Network::start(stage.programs, &[])?;
    let peer = Peer::start(stage.programs, network.address)?;
    let (played, seen) =
        exchange::play_in(&files.0, stage.board, stage.firmware, network, peer, true)?;
    exchange::check(&played.figures, &seen)?;

    let read = |name: &str| fs::read(files.0.join(name)).with_context(|| name.to_owned());
    let (before, after) = (read("ram-before.bin")?, read("ram-after.bin")?);
    let fixed = usize::try_from(played.sizes.ram())?;
    ensure!(before.len() == after.len() && before.len() > fixed);
    let known = settings::UE_SERVICE_ID.as_bytes();
    ensure!(
        !places(&before, known).is_empty() && !places(&after, known).is_empty(),
        "the search does not see what is in the client's memory"
    );
    let mut words = format!("ram={} static={fixed}", before.len());
    let mut ladder = played.ladder;
    for (name, key) in keys()? {
        let found = places(&before, &key);
        for at in &found {
            ladder.push(format!("  {name} in RAM at {at} of {}", before.len()));
        }
        // What is left on the stack nobody in the crate can wipe: see docs/known-limits.md.
        ensure!(
            found.iter().all(|at| *at >= fixed),
            "{name} is in static memory: {found:?}"
        );
        let left = places(&after, &key);
        ensure!(
            left.is_empty(),
            "{name} is in RAM after the stack was cleared: {left:?}"
        );
        words += &format!(" {name}_on_stack={}", found.len());
    }
    Ok(Shown { ladder, words })
}

fn places(ram: &[u8], key: &[u8]) -> Vec<usize> {
    let windows = ram.windows(key.len()).enumerate();
    windows
        .filter(|(_, window)| *window == key)
        .map(|(at, _)| at)
        .collect()
}

/// The firmware's keys, by the example that prints them.
fn keys() -> Result<Vec<(&'static str, Vec<u8>)>> {
    let hex = |octets: &[u8]| -> String { octets.iter().map(|o| format!("{o:02x}")).collect() };
    let words = [
        "run",
        "--quiet",
        "--package",
        "msgin5g",
        "--example",
        "akma",
        "--",
    ];
    let printed = output(cargo().args(words).args([
        "--kausf",
        &hex(&settings::KAUSF),
        "--supi",
        settings::SUPI,
        "--rid",
        settings::ROUTING_INDICATOR,
        "--fqdn",
        settings::SERVER_NAME,
        "--ua",
        "0100000007",
    ]))?;
    let json: Value = serde_json::from_str(&printed)?;
    let mut keys = vec![("kausf", settings::KAUSF.to_vec())];
    for (name, member) in [("kakma", "k_akma"), ("kaf", "k_af")] {
        let text = json[member]
            .as_str()
            .with_context(|| format!("{member} in {printed}"))?;
        keys.push((name, octets(text)?));
    }
    Ok(keys)
}

fn octets(hex: &str) -> Result<Vec<u8>> {
    ensure!(hex.len() == 64, "32 octets in hexadecimal digits");
    (0..32)
        .map(|at| Ok(u8::from_str_radix(&hex[2 * at..2 * at + 2], 16)?))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::{octets, places};

    #[test]
    fn a_key_is_found_wherever_it_lies() {
        assert_eq!(places(b"..key..key", b"key"), [2, 7]);
        assert!(places(b"ke y", b"key").is_empty());
        assert_eq!(octets(&"0a".repeat(32)).unwrap(), [10; 32]);
    }
}

//! The scenario of stored messages, segments, groups and topics.
//!
//! The second UE writes to the firmware's while that is off. The network keeps the message in its file, is ended and
//! started again, and delivers it when the firmware has registered. Then the firmware does the rest.

use crate::exchange;
use crate::firmware::settings;
use crate::host::{Network, Peer, Programs};
use crate::run;
use crate::scenario::{Shown, Stage};
use anyhow::{Result, ensure};
use std::path::{Path, PathBuf};

/// What is said: the very file that the firmware is built with.
#[allow(dead_code, reason = "the firmware alone reads some")]
#[path = "../../examples/firmware/src/scenarios/messaging/texts.rs"]
mod texts;

/// Runs the scenario and checks that all of it happened.
pub fn show(stage: &Stage) -> Result<Shown> {
    let file = StoreFile::new();
    let mut ladder = leave_message(stage.programs, &file.0)?;
    ladder.push("  -- the network has ended, and is started again --".into());

    let network = network(stage.programs, &file.0)?;
    let topic = ["--topic", texts::TOPIC];
    let peer = Peer::start_with(stage.programs, network.address, &topic)?;
    let (played, seen) = exchange::play(stage.board, stage.firmware, network, peer, true)?;
    ladder.extend(played.ladder);

    let curve = str::from_utf8(&texts::CURVE)?;
    let expected = [curve, texts::TO_GROUP, texts::PUBLISH];
    ensure!(
        seen.messages == expected,
        "the second UE was to see {expected:?}, it saw {:?}",
        seen.messages
    );
    ensure!(
        seen.reports == 1,
        "the second UE got {} reports of its long message, not 1",
        seen.reports
    );
    let figures = &played.figures;
    for key in ["stored", "long", "group", "topic", "unsubscribed"] {
        let number = figures.number(key)?;
        ensure!(number == 1, "the firmware counts {key}={number}, not 1");
    }
    let (sent, received) = (
        figures.number("segments_sent")?,
        figures.number("segments_received")?,
    );
    let least = texts::CURVE.len() as u64 / u64::from(texts::SEGMENT) + 1;
    ensure!(
        sent >= least && received >= least,
        "{sent} segments out and {received} in, not {least} at least"
    );
    Ok(Shown {
        ladder,
        words: format!(
            "segments={sent}+{received} group=1+{} topic={} stored={} text={} ram={} stack={}",
            figures.number("group")?,
            figures.number("topic")?,
            figures.number("stored")?,
            played.sizes.text,
            played.sizes.ram(),
            figures.number("stack")?,
        ),
    })
}

/// The firmware is off: what is written to it is kept.
fn leave_message(programs: &Programs, file: &Path) -> Result<Vec<String>> {
    let network = network(programs, file)?;
    let words = ["--leave", texts::STORED, "--for", settings::UE_SERVICE_ID];
    let seen = Peer::start_with(programs, network.address, &words)?.finish()?;
    ensure!(seen.stored == 1, "the network has not stored the message");
    network.finish()
}

fn network(programs: &Programs, file: &Path) -> Result<Network> {
    let group = format!(
        "{}={},{}",
        texts::GROUP,
        settings::UE_SERVICE_ID,
        settings::PEER_SERVICE_ID
    );
    let file = file.to_string_lossy();
    Network::start(programs, &["--group", &group, "--store", &file])
}

/// The network's file, which goes with this value.
struct StoreFile(PathBuf);

impl StoreFile {
    fn new() -> Self {
        let name = format!("messaging-{}.sqlite", std::process::id());
        let file = Self(run::target_dir().join(name));
        file.remove();
        file
    }

    /// SQLite puts files of its own beside it.
    fn remove(&self) {
        for suffix in ["", "-wal", "-shm"] {
            // Not there is fine.
            let _ = std::fs::remove_file(format!("{}{suffix}", self.0.display()));
        }
    }
}

impl Drop for StoreFile {
    fn drop(&mut self) {
        self.remove();
    }
}

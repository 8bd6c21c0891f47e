//! The scenarios of a board that sleeps until an interrupt.

use crate::exchange;
use crate::host::{Network, Peer};
use crate::scenario::{Shown, Stage};
use anyhow::{Result, ensure};

/// The exchange, by a loop whose core sleeps in between.
pub fn superloop(stage: &Stage) -> Result<Shown> {
    let network = Network::start(stage.programs, &[])?;
    let peer = Peer::start(stage.programs, network.address)?;
    let (played, seen) = exchange::play(stage.board, stage.firmware, network, peer, true)?;
    let figures = &played.figures;
    exchange::check(figures, &seen)?;
    let wakeups = figures.number("wakeups")?;
    // What comes from the network comes in some dozens of pieces at the least, and nobody polls for it.
    ensure!(wakeups > 0, "the core has never slept");
    Ok(Shown {
        ladder: played.ladder,
        words: format!(
            "registered=1 sent=1 received=1 reports=1 wakeups={wakeups} text={} ram={} stack={}",
            played.sizes.text,
            played.sizes.ram(),
            figures.number("stack")?,
        ),
    })
}

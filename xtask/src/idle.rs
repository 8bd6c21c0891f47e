//! The scenarios of a board that sleeps until an interrupt.

use crate::bridge::Bridge;
use crate::exchange;
use crate::host::{Network, Peer};
use crate::qemu::Emulator;
use crate::scenario::{Shown, Stage};
use anyhow::{Context, Result, ensure};
use std::time::Instant;

/// The exchange, by a loop or a task that sleeps in between.
pub fn exchange(stage: &Stage) -> Result<Shown> {
    let network = Network::start(stage.programs, &[])?;
    let peer = Peer::start(stage.programs, network.address)?;
    let (played, seen) = exchange::play(stage.board, stage.firmware, network, peer, true)?;
    let figures = &played.figures;
    exchange::check(figures, &seen)?;
    let wakeups = figures.number("wakeups")?;
    // An answer takes its time, and nobody polls for it.
    ensure!(wakeups > 0, "it has never slept");
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

/// An hour in which nothing happens. The board's clock jumps over it.
pub fn power(stage: &Stage) -> Result<Shown> {
    let network = Network::start(stage.programs, &[])?;
    let mut emulator = Emulator::start_jumping(stage.board, stage.firmware)?;
    let bridge = Bridge::start(emulator.uart()?, network.for_firmware)?;
    let outcome = emulator.finish(Instant::now() + exchange::PATIENCE);
    drop(bridge);
    let mut ladder = network.finish()?;
    let outcome = outcome.with_context(|| ladder.join("\n"))?;
    let figures = &outcome.figures;
    ensure!(
        outcome.exit_code == 0,
        "the firmware ended with code {} at: {}\n{}",
        outcome.exit_code,
        figures.text("failed").unwrap_or("a panic"),
        ladder.join("\n")
    );
    let slept_ms = figures.number("slept_ms")?;
    ensure!(
        (3_600_000..3_601_000).contains(&slept_ms),
        "it slept for {slept_ms} ms"
    );
    let number = |of: &str| figures.number(&format!("wakeups_{of}"));
    let (ours, application, other) = (number("msgin5g")?, number("application")?, number("other")?);
    ladder.push(format!("wake-ups in 1 h: {ours} from msgin5g"));
    ladder.push(format!(
        "besides: {application} for the end of the hour, {other} for anything else"
    ));
    ensure!(
        (ours, application, other) == (0, 1, 0),
        "{}",
        ladder.join("\n")
    );
    Ok(Shown {
        ladder,
        words: format!(
            "slept_ms={slept_ms} wakeups_msgin5g={ours} stack={}",
            figures.number("stack")?
        ),
    })
}

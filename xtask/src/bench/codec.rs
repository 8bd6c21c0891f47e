//! Messages, their protection, segments, and what the client takes of flash and RAM.

use super::{Figure, Unit};
use crate::board::Board;
use crate::elf::{self, Sizes};
use crate::figures::Figures;
use crate::firmware;
use crate::qemu::Emulator;
use crate::toolchain::Toolchain;
use anyhow::{Result, ensure};
use std::time::{Duration, Instant};

const GROUP: &str = "codec";

/// Real time for the probe, which runs for a moment.
const PATIENCE: Duration = Duration::from_secs(60);

/// What is counted by instructions: key, words, and octets: a number, or the key of another figure.
const COUNTED: [(&str, &str, Octets); 7] = [
    (
        "plain_encode",
        "write a message of 200 octets, nothing optional",
        Octets::At("plain_octets"),
    ),
    ("plain_decode", "read it", Octets::At("plain_octets")),
    (
        "full_encode",
        "write one with all common members",
        Octets::At("full_octets"),
    ),
    ("full_decode", "read it", Octets::At("full_octets")),
    (
        "reassembly",
        "take in 4 segments of 200 octets, frames and JSON too",
        Octets::At("reassembly_octets"),
    ),
    ("seal_64", "AES-128-GCM in software", Octets::Are(64)),
    ("seal_256", "the same", Octets::Are(256)),
];

enum Octets {
    At(&'static str),
    Are(u64),
}

/// Programs that are weighed; what the first one takes is taken off the others.
const WEIGHED: [(&str, &str, &str); 2] = [
    ("probe_baseline", "", ""),
    (
        "probe_client",
        "client_flash",
        "flash of client, CoAP and messages",
    ),
];

/// Runs the probe and weighs the others.
pub fn measure(board: Board, toolchain: &Toolchain) -> Result<Vec<Figure>> {
    let features = ["probes", "tls13-x25519"];
    let probe = firmware::build(toolchain, board.target, "probe_codec", &features)?;
    let outcome = Emulator::start(board, &probe)?.finish(Instant::now() + PATIENCE)?;
    ensure!(
        outcome.exit_code == 0,
        "the probe ended with code {} at: {}",
        outcome.exit_code,
        outcome.figures.text("failed").unwrap_or("a panic")
    );
    let mut figures = Vec::new();
    for (key, what, octets) in COUNTED {
        figures.push(counted(&outcome.figures, key, what, octets)?);
    }
    for (key, what) in [
        ("client_size", "static RAM of the client itself"),
        ("client_memory_size", "its buffers, by default"),
    ] {
        figures.push(octets(key, what, outcome.figures.number(key)?));
    }
    let mut ground = Sizes::default();
    for (program, key, what) in WEIGHED {
        let sizes = elf::sizes(&firmware::build(
            toolchain,
            board.target,
            program,
            &["probes"],
        )?)?;
        if key.is_empty() {
            ground = sizes;
        } else {
            let flash = sizes.flash().saturating_sub(ground.flash());
            figures.push(octets(key, what, flash));
        }
    }
    Ok(figures)
}

fn counted(figures: &Figures, key: &'static str, what: &'static str, of: Octets) -> Result<Figure> {
    Ok(Figure {
        group: GROUP,
        key,
        what,
        value: figures.number(key)?,
        unit: Unit::Instructions,
        octets: Some(match of {
            Octets::At(key) => figures.number(key)?,
            Octets::Are(octets) => octets,
        }),
    })
}

fn octets(key: &'static str, what: &'static str, value: u64) -> Figure {
    Figure {
        group: GROUP,
        key,
        what,
        value,
        unit: Unit::Octets,
        octets: None,
    }
}

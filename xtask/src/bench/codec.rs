//! Messages, their protection, segments, and what the client takes of flash and RAM.

use super::{Figure, Unit};
use crate::board::Board;
use crate::elf;
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

/// What the probe tells besides.
const TOLD: [(&str, &str); 4] = [
    ("plain_octets", "JSON with nothing optional"),
    ("full_octets", "JSON with all common members"),
    ("client_size", "static RAM of the client itself"),
    ("client_memory_size", "its buffers, by default"),
];

enum Octets {
    At(&'static str),
    Are(u64),
}

/// Clients that are weighed, without what start-up and board take: key, words, features.
const WEIGHED: [(&str, &str, &[&str]); 2] = [
    (
        "client_flash",
        "flash of client, CoAP and messages, application and all",
        &["probes", "whole"],
    ),
    (
        "lean_client_flash",
        "the same without segments, aggregates and topics",
        &["probes"],
    ),
];

/// The probe, and what it is built with.
pub const PROGRAM: &str = "probe_codec";
pub const FEATURES: [&str; 2] = ["probes", "tls13-x25519"];

/// Runs the probe and weighs the others.
pub fn measure(board: Board, toolchain: &Toolchain) -> Result<Vec<Figure>> {
    let mut figures = count(board, toolchain)?;
    let weigh = |program: &str, features: &[&str]| {
        let built = firmware::build_lean(toolchain, board.target, program, features)?;
        Ok::<u64, anyhow::Error>(elf::sizes(&built)?.flash())
    };
    let ground = weigh("probe_baseline", &["probes"])?;
    for (key, what, features) in WEIGHED {
        let flash = weigh("probe_client", features)?.saturating_sub(ground);
        figures.push(octets(key, what, flash));
    }
    Ok(figures)
}

/// Runs the probe.
pub fn count(board: Board, toolchain: &Toolchain) -> Result<Vec<Figure>> {
    let probe = firmware::build(toolchain, board.target, PROGRAM, &FEATURES)?;
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
    for (key, what) in TOLD {
        figures.push(octets(key, what, outcome.figures.number(key)?));
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

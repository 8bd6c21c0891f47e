//! What the firmware shows: each scenario is a program of its own and has its counterpart on this machine.

use crate::board::{BOARDS, Board};
use crate::firmware::Session;
use crate::host::Programs;
use crate::toolchain::Toolchain;
use crate::{exchange, idle, messaging, remains, sleep};
use anyhow::Result;
use std::path::Path;

/// What the firmware does.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, clap::ValueEnum)]
pub enum Scenario {
    /// Registers, writes to another UE, reads its answer and leaves, through an AT modem of Quectel.
    ModemQuectel,
    /// The same through one of Nordic.
    ModemNordic,
    /// The same through one of u-blox.
    ModemSara,
    /// The same without a modem: the UART is a pipe to the server.
    Exchange,
    /// A stored message, a long one in segments each way, a group and a topic.
    Messaging,
    /// The exchange, and a search for keys in what is left in RAM.
    Remains,
    /// The exchange, by a firmware in C (only over `tls13`).
    C,
    /// Registers, switches off, and goes on after that (not over `embedded-tls`).
    Sleep,
    /// The exchange by a loop that sleeps until an interrupt (only over `tls13`).
    Superloop,
    /// The same by a task of Embassy's executor.
    Embassy,
    /// Registers and sleeps for an hour: what wakes it (only over `tls13`).
    Power,
}

/// What a scenario needs, ready to run.
pub struct Stage<'a> {
    pub board: Board,
    /// The firmware, built with logs if it has any.
    pub firmware: &'a Path,
    pub programs: &'a Programs,
}

/// What a scenario has shown.
pub struct Shown {
    /// As the reference network saw it.
    pub ladder: Vec<String>,
    /// The closing line after `demo: ok machine=..`.
    pub words: String,
}

impl Scenario {
    /// The name of its program in the firmware package.
    pub fn program(self) -> &'static str {
        match self {
            Self::ModemQuectel | Self::ModemNordic | Self::ModemSara | Self::Exchange => {
                "msgin5g-firmware"
            }
            Self::Messaging => "messaging",
            Self::Remains => "remains",
            Self::Sleep => "sleep",
            Self::Superloop => "superloop",
            Self::C => "firmware.elf",
            Self::Embassy => "embassy",
            Self::Power => "power",
        }
    }

    /// What it is built with besides.
    pub fn features(self) -> &'static [&'static str] {
        match self {
            Self::ModemQuectel => &["modem-quectel"],
            Self::ModemNordic => &["modem-nordic"],
            Self::ModemSara => &["modem-sara"],
            Self::Sleep => &["snapshot"],
            Self::Exchange | Self::Messaging | Self::Remains | Self::C => &[],
            Self::Superloop | Self::Power => &["interrupts"],
            Self::Embassy => &["embassy"],
        }
    }

    /// Runs it and checks what it does.
    pub fn run(self, stage: &Stage) -> Result<Shown> {
        match self {
            Self::ModemQuectel => exchange::show(stage, Some("quectel")),
            Self::ModemNordic => exchange::show(stage, Some("nordic")),
            Self::ModemSara => exchange::show(stage, Some("sara")),
            Self::Exchange => exchange::show(stage, None),
            Self::Messaging => messaging::show(stage),
            Self::Remains => remains::show(stage),
            Self::Sleep => sleep::show(stage),
            Self::C => exchange::show_without_log(stage),
            Self::Superloop | Self::Embassy => idle::exchange(stage),
            Self::Power => idle::power(stage),
        }
    }
}

/// Builds for them side by side: one after another it takes far longer.
pub fn build_all(toolchain: &Toolchain) -> Result<()> {
    let mut all = to_test();
    all.sort_by_key(|(scenario, session, _)| (*scenario, *session));
    for together in all.chunk_by(|a, b| (a.0, a.1) == (b.0, b.1)) {
        let targets: Vec<&str> = together.iter().map(|(.., board)| board.target).collect();
        if let Some((scenario, session, _)) = together.first() {
            session.build_all(toolchain, &targets, *scenario, true)?;
        }
    }
    Ok(())
}

/// What `cargo xtask test` shows with logs, each with the session and the board.
pub fn to_test() -> Vec<(Scenario, Session, Board)> {
    use Scenario::{
        Embassy, Messaging, ModemNordic, ModemQuectel, ModemSara, Power, Remains, Sleep, Superloop,
    };
    use Session::{Dtls13, EmbeddedTls, Tls13};
    let [m4, m3, m33] = BOARDS;
    vec![
        // The demo as the README has it.
        (ModemQuectel, Tls13, m4),
        (ModemNordic, Tls13, m3),
        (ModemSara, Tls13, m33),
        (ModemNordic, Dtls13, m4),
        (Messaging, EmbeddedTls, m4),
        (Messaging, Tls13, m4),
        (Messaging, Tls13, m3),
        (Messaging, EmbeddedTls, m33),
        (Remains, EmbeddedTls, m4),
        (Remains, Tls13, m4),
        (Sleep, Tls13, m4),
        (Sleep, Dtls13, m4),
        (Superloop, Tls13, m3),
        (Power, Tls13, m4),
        (Embassy, Tls13, m33),
    ]
}

//! One exchange: reference network, second UE, and the firmware in QEMU with its UART connected to the network.

use crate::board::Board;
use crate::bridge::Bridge;
use crate::elf::{self, Sizes};
use crate::figures::Figures;
use crate::firmware::settings;
use crate::host::{Network, Peer, Programs, Seen};
use crate::qemu::Emulator;
use crate::scenario::{Shown, Stage};
use anyhow::{Context, Result, bail, ensure};
use std::path::Path;
use std::time::{Duration, Instant};

/// Real time for the firmware's part. It takes a few seconds.
pub const PATIENCE: Duration = Duration::from_secs(90);

/// What an exchange showed.
pub struct Exchange {
    pub figures: Figures,
    pub sizes: Sizes,
    /// Octets on the line from the firmware and to it.
    pub octets: (u64, u64),
    /// The exchange as the reference network saw it.
    pub ladder: Vec<String>,
}

/// The exchange as a scenario, through a modem that speaks so, or none.
pub fn show(stage: &Stage, modem: Option<&str>) -> Result<Shown> {
    run(stage.board, stage.firmware, stage.programs, modem, true)?.shown()
}

/// The same by a firmware that keeps no log.
pub fn show_without_log(stage: &Stage) -> Result<Shown> {
    run(stage.board, stage.firmware, stage.programs, None, false)?.shown()
}

impl Exchange {
    /// The ladder and the words of the closing line.
    pub fn shown(self) -> Result<Shown> {
        let figures = &self.figures;
        let (up, down) = self.octets;
        let words = format!(
            "registered={} sent={} received={} reports={} \
             handshake_insn={} text={} ram={} stack={}",
            figures.number("registered")?,
            figures.number("sent")?,
            figures.number("received")?,
            figures.number("reports")?,
            figures.number("handshake_insn")?,
            self.sizes.text,
            self.sizes.ram(),
            figures.number("stack")?,
        );
        let mut ladder = self.ladder;
        ladder.push(format!(
            "octets on the line: {up} from the UE, {down} to it"
        ));
        Ok(Shown { ladder, words })
    }
}

/// Runs the firmware and checks that both UEs and the network tell the same story.
pub fn run(
    board: Board,
    firmware: &Path,
    programs: &Programs,
    modem: Option<&str>,
    logs_expected: bool,
) -> Result<Exchange> {
    let words = modem.map_or_else(Vec::new, |dialect| vec!["--modem", dialect]);
    let network = Network::start(programs, &words)?;
    let peer = Peer::start(programs, network.address)?;
    let (exchange, seen) = play(board, firmware, network, peer, logs_expected)?;
    check(&exchange.figures, &seen)?;
    Ok(exchange)
}

/// Runs the firmware in QEMU to its end against a network and a second UE that are there already, and ends those.
/// Gives what the second UE saw, too.
pub fn play(
    board: Board,
    firmware: &Path,
    network: Network,
    peer: Peer,
    logs_expected: bool,
) -> Result<(Exchange, Seen)> {
    play_in(
        Path::new("."),
        board,
        firmware,
        network,
        peer,
        logs_expected,
    )
}

/// The same where files of the firmware lie in this directory.
pub fn play_in(
    dir: &Path,
    board: Board,
    firmware: &Path,
    network: Network,
    peer: Peer,
    logs_expected: bool,
) -> Result<(Exchange, Seen)> {
    let a_kid = network.a_kid.clone();
    let mut emulator = Emulator::start_in(dir, board, firmware)?;
    let bridge = Bridge::start(emulator.uart()?, network.for_firmware)?;
    let outcome = emulator.finish(Instant::now() + PATIENCE);
    let octets = bridge.octets();
    drop(bridge);
    let seen = peer.finish();
    let ladder = network.finish()?;

    let outcome =
        outcome.with_context(|| format!("on {}\n{}", board.machine, ladder.join("\n")))?;
    let figures = outcome.figures;
    if outcome.exit_code != 0 {
        let step = figures.text("failed").unwrap_or("a panic");
        bail!(
            "the firmware ended with code {} at: {step}\n{}",
            outcome.exit_code,
            ladder.join("\n")
        );
    }
    check_log(&outcome.log, &a_kid, logs_expected)?;
    let exchange = Exchange {
        figures,
        sizes: elf::sizes(firmware)?,
        octets,
        ladder,
    };
    Ok((exchange, seen?))
}

/// There is a log where there should be one, and it tells no key and no whole A-KID.
fn check_log(log: &[String], a_kid: &str, expected: bool) -> Result<()> {
    ensure!(
        log.is_empty() != expected,
        "{} lines of log from the firmware",
        log.len()
    );
    let key = settings::KAUSF.map(|octet| format!("{octet:02x}")).concat();
    for line in log {
        ensure!(!line.contains(a_kid), "the log tells the A-KID: {line}");
        ensure!(
            !line.to_lowercase().contains(&key),
            "the log tells K_AUSF: {line}"
        );
    }
    Ok(())
}

/// One message each way, each reported, and both registrations ended.
pub fn check(figures: &Figures, seen: &Seen) -> Result<()> {
    for key in ["registered", "sent", "received", "reports", "deregistered"] {
        let number = figures.number(key)?;
        ensure!(number == 1, "the firmware counts {key}={number}, not 1");
    }
    ensure!(
        seen.messages == [settings::TEXT],
        "the second UE was to see {:?}, it saw {:?}",
        settings::TEXT,
        seen.messages
    );
    ensure!(
        seen.reports == 1,
        "the second UE got {} reports, not 1",
        seen.reports
    );
    let text = figures.text("received_text")?;
    ensure!(
        text == format!("shown: {}", settings::TEXT),
        "the firmware received {text:?}"
    );
    Ok(())
}

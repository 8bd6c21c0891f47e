//! `cargo xtask demo`: a scenario once, with everything shown.

use crate::board::Board;
use crate::firmware::Session;
use crate::host::Programs;
use crate::scenario::{Scenario, Shown, Stage};
use crate::toolchain::Toolchain;
use crate::{c, install};
use anyhow::{Result, ensure};

/// Installs what is missing, builds, runs the firmware and prints what it shows.
pub fn run(scenario: Scenario, board: Board, session: Session, may_install: bool) -> Result<()> {
    ensure!(
        (scenario, session) != (Scenario::Sleep, Session::EmbeddedTls),
        "a session of embedded-tls cannot be put away: take `--session tls13` or `dtls13`"
    );
    install::for_exchange(&[board.target], session.is_datagrams(), may_install)?;
    if scenario == Scenario::C {
        install::for_c_firmware(may_install)?;
    }
    let toolchain = Toolchain::find_or_make(&[board.target], may_install)?;
    println!("building the network and the firmware: the first time that takes some minutes");
    show(scenario, board, session, &toolchain, &Programs::build()?)?;
    println!("next: docs/porting.md, your modem in the place of the emulated one");
    Ok(())
}

/// Builds the firmware with logs, runs it and prints what it shows.
pub fn show(
    scenario: Scenario,
    board: Board,
    session: Session,
    toolchain: &Toolchain,
    programs: &Programs,
) -> Result<()> {
    let firmware = match scenario {
        Scenario::C => {
            ensure!(session == Session::Tls13, "the firmware in C is over tls13");
            c::firmware::build(toolchain, board)?
        }
        _ => session.build(toolchain, board.target, scenario, true)?,
    };
    let stage = Stage {
        board,
        firmware: &firmware,
        programs: &programs.over(session)?,
    };
    print(board, &scenario.run(&stage)?);
    Ok(())
}

/// The ladder and the closing line.
pub fn print(board: Board, shown: &Shown) {
    println!();
    for line in &shown.ladder {
        println!("{line}");
    }
    println!("demo: ok machine={} {}", board.machine, shown.words);
}

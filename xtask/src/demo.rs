//! `cargo xtask demo`: the whole road once, with everything shown.

use crate::board::Board;
use crate::exchange::{self, Exchange};
use crate::firmware::Session;
use crate::host::Programs;
use crate::install;
use crate::toolchain::Toolchain;
use anyhow::Result;

/// Installs what is missing, builds, runs the firmware and prints the exchange.
pub fn run(board: Board, session: Session, may_install: bool) -> Result<()> {
    install::for_exchange(&[board.target], may_install)?;
    let toolchain = Toolchain::find_or_make(&[board.target], may_install)?;
    let programs = Programs::build()?;
    let application = session.application(&toolchain, board.target, true)?;
    let exchange = exchange::run(board, &application, &programs, true)?;
    print(board, &exchange)
}

/// The ladder and the closing line.
pub fn print(board: Board, exchange: &Exchange) -> Result<()> {
    println!();
    for line in &exchange.ladder {
        println!("{line}");
    }
    let (up, down) = exchange.octets;
    println!("octets on the line: {up} from the UE, {down} to it");
    println!("{}", closing_line(board, exchange)?);
    Ok(())
}

fn closing_line(board: Board, exchange: &Exchange) -> Result<String> {
    let figures = &exchange.figures;
    Ok(format!(
        "demo: ok machine={} registered={} sent={} received={} reports={} handshake_insn={} text={} ram={} stack={}",
        board.machine,
        figures.number("registered")?,
        figures.number("sent")?,
        figures.number("received")?,
        figures.number("reports")?,
        figures.number("handshake_insn")?,
        exchange.sizes.text,
        exchange.sizes.ram(),
        figures.number("stack")?,
    ))
}

//! The firmware in C: its own Makefile builds it around the library.

use super::library::{self, For};
use crate::board::{BOARDS, Board};
use crate::run::{self, run};
use crate::scenario::Scenario;
use crate::toolchain::Toolchain;
use anyhow::{Result, ensure};
use std::path::PathBuf;
use std::process::Command;

/// Where it lies.
const SOURCES: &str = "capi/examples/firmware";
/// What the library has for it: what the firmware in Rust has, so that the two can be compared.
pub const FEATURES: &str = "tls13,whole";
/// The boards that its Makefile knows.
const MACHINES: [&str; 2] = ["mps2-an385", "mps2-an386"];

/// Those boards.
pub fn boards() -> impl Iterator<Item = Board> {
    let [m4, m3, _] = BOARDS;
    [m3, m4].into_iter()
}

/// Builds it for a board, with the library.
pub fn build(toolchain: &Toolchain, board: Board) -> Result<PathBuf> {
    ensure!(
        MACHINES.contains(&board.machine),
        "the firmware in C is for {}",
        MACHINES.join(" and ")
    );
    let library = library::make(toolchain, For::Target(board.target), Some(FEATURES))?;
    make(board, Scenario::C.program(), Some(library))
}

/// Builds the board without the SDK.
pub fn build_echo(board: Board) -> Result<PathBuf> {
    make(board, "echo.elf", None)
}

fn make(board: Board, program: &str, library: Option<PathBuf>) -> Result<PathBuf> {
    let out = run::target_dir().join("c").join(board.machine);
    let built = out.join(program);
    let mut make = Command::new("make");
    // What a make above this one says is not meant for it.
    make.env_remove("MAKEFLAGS").env_remove("MFLAGS");
    make.current_dir(run::root())
        .args(["--silent", "--directory", SOURCES])
        .arg(format!("MACHINE={}", board.machine))
        .arg(format!("OUT={}", out.display()));
    if let Some(library) = library {
        make.arg(format!("MSGIN5G_LIB={}", library.display()));
    }
    run(make.arg(&built))?;
    Ok(built)
}

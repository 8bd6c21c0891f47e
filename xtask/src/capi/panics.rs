//! Whose function a panic of the library calls: the program's if it has one, else the library's default.

use super::programs::{self, Program};
use anyhow::{Context, Result, ensure};
use object::{Object, ObjectSymbol};
use std::fs;
use std::os::unix::process::ExitStatusExt;
use std::path::Path;
use std::process::Command;

const OWN: Program = Program {
    name: "panics-own",
    sources: &["tests/panics.c"],
};
const DEFAULT: Program = Program {
    name: "panics-default",
    sources: &["tests/panics.c"],
};
const FUNCTION: &str = "msgin5g_on_panic";
/// What the program's own function ends it with.
const OWN_CODE: i32 = 7;
/// SIGILL: what an undefined instruction is on this computer.
const ILLEGAL_INSTRUCTION: i32 = 4;

/// Both programs have one such function, and the one that they should have.
pub fn the_program_decides(library: &Path) -> Result<()> {
    let own = programs::link(&OWN, library, &["-DOWN"])?;
    ensure!(!is_the_default(&own)?, "{FUNCTION}() is the library's");
    let ended = Command::new(&own).output()?.status;
    ensure!(ended.code() == Some(OWN_CODE), "with its own: {ended}");

    let default = programs::plain(&DEFAULT, library)?;
    ensure!(
        is_the_default(&default)?,
        "{FUNCTION}() is not the library's"
    );
    let ended = Command::new(&default).output()?.status;
    ensure!(
        ended.signal() == Some(ILLEGAL_INSTRUCTION),
        "with the default: {ended}"
    );
    println!("{FUNCTION}(): the program's own if it has one, else the default");
    Ok(())
}

/// Whether the one function of this name is the weak one. Rust's panic handler, which calls it, is there too.
fn is_the_default(program: &Path) -> Result<bool> {
    let octets = fs::read(program).with_context(|| format!("cannot read {}", program.display()))?;
    let file = object::File::parse(&*octets)?;
    let names = || file.symbols().filter_map(|symbol| symbol.name().ok());
    ensure!(
        names().any(|name| name.contains("rust_begin_unwind")),
        "no panic handler in {}",
        program.display()
    );
    let mut found = file
        .symbols()
        .filter(|symbol| symbol.name() == Ok(FUNCTION));
    let symbol = found.next().context("no function for panics")?;
    ensure!(found.next().is_none(), "two functions named {FUNCTION}");
    ensure!(symbol.is_definition(), "{FUNCTION} is not defined");
    Ok(symbol.is_weak())
}

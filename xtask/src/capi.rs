//! The C API: its header, its static library, and the programs in C that try it.

mod exchanges;
mod library;
mod panics;
mod programs;

use crate::run;
use anyhow::{Context, Result, bail};
use std::fs;
use std::path::{Path, PathBuf};

/// Writes capi/include/msgin5g.h, or says whether the one there is current.
pub fn header(check: bool) -> Result<()> {
    let place = dir().join("include/msgin5g.h");
    let fresh = generate(&dir())?;
    let old = fs::read_to_string(&place).unwrap_or_default();
    if old == fresh {
        println!("{} is current", place.display());
        return Ok(());
    }
    if check {
        let line = old.lines().zip(fresh.lines()).position(|(a, b)| a != b);
        bail!(
            "{} is not current from line {} on: run `cargo xtask header`",
            place.display(),
            line.unwrap_or_else(|| old.lines().count().min(fresh.lines().count())) + 1
        );
    }
    fs::write(&place, fresh).with_context(|| format!("cannot write {}", place.display()))?;
    println!("wrote {}", place.display());
    Ok(())
}

/// Everything about C that can be tried on this computer.
pub fn run(may_install: bool) -> Result<()> {
    crate::install::for_c(may_install)?;
    header(true)?;
    programs::header_compiles()?;
    let library = library::build()?;
    programs::run(&library)?;
    exchanges::run(&library)?;
    println!("C on this computer: ok");
    Ok(())
}

/// Where the C API lies.
fn dir() -> PathBuf {
    run::root().join("capi")
}

fn generate(capi: &Path) -> Result<String> {
    let config = cbindgen::Config::from_file(capi.join("cbindgen.toml"))
        .map_err(|error| anyhow::anyhow!("cbindgen.toml: {error}"))?;
    // Its modules are found from here.
    let builder = cbindgen::Builder::new()
        .with_config(config)
        .with_src(capi.join("src/lib.rs"));
    let mut text = Vec::new();
    builder.generate().context("cbindgen")?.write(&mut text);
    Ok(String::from_utf8(text)?)
}

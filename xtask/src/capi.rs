//! The C API: its header, its static library, and the programs in C that try it.

use crate::run;
use anyhow::{Context, Result, bail};
use std::fs;
use std::path::{Path, PathBuf};

/// Writes capi/include/msgin5g.h, or says whether the one there is current.
pub fn header(check: bool) -> Result<()> {
    let capi = run::root().join("capi");
    let place = capi.join("include/msgin5g.h");
    let fresh = generate(&capi)?;
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

/// Everything that can be tried on this computer.
pub fn run(_may_install: bool) -> Result<()> {
    header(true)?;
    let library = library()?;
    println!("{}", library.display());
    Ok(())
}

/// The static library for this computer, with all that can be built in.
pub fn library() -> Result<PathBuf> {
    let mut cargo = run::cargo();
    cargo.args([
        "rustc",
        "-q",
        "-p",
        "msgin5g-capi",
        "--lib",
        "--profile",
        "capi",
    ]);
    cargo.args([
        "--crate-type",
        "staticlib",
        "--features",
        "panic-handler,embedded-tls,base64,at,snapshot",
    ]);
    run::run(&mut cargo)?;
    Ok(run::target_dir().join("capi/libmsgin5g_c.a"))
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

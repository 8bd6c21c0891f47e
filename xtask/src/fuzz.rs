//! `cargo xtask fuzz`: libFuzzer on each parser, on the sessions and on the whole client.
//!
//! With a stable compiler and without cargo-fuzz: the flags that it would give are given here.

use crate::run::{cargo, output, root, run, target_dir};
use anyhow::{Context, Result, bail};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// What makes libFuzzer see which code an input reaches.
const COVERAGE: &str = "-Cpasses=sancov-module \
    -Cllvm-args=-sanitizer-coverage-level=4 \
    -Cllvm-args=-sanitizer-coverage-inline-8bit-counters \
    -Cllvm-args=-sanitizer-coverage-pc-table \
    -Cllvm-args=-sanitizer-coverage-trace-compares";

/// Longer inputs are slower and find no more.
const LONGEST_INPUT: u32 = 2048;

/// Builds the targets and runs each of them, or the one of this name, for so many seconds. The
/// corpus in the repository is read; what is found stays below `target/`.
pub fn run_targets(seconds: u32, only: Option<&str>) -> Result<()> {
    let names = targets()?;
    if let Some(wanted) = only
        && !names.iter().any(|name| name == wanted)
    {
        bail!("no target {wanted}: there are {}", names.join(", "));
    }
    let programs = build()?;
    for name in names.iter().filter(|name| only.is_none_or(|o| o == *name)) {
        fuzz(name, &programs, seconds)?;
    }
    Ok(())
}

/// The names of the targets: their files.
fn targets() -> Result<Vec<String>> {
    let mut names = Vec::new();
    for entry in fs::read_dir(root().join("fuzz/targets"))? {
        let path = entry?.path();
        names.extend(
            path.file_stem()
                .map(|stem| stem.to_string_lossy().into_owned()),
        );
    }
    names.sort();
    Ok(names)
}

/// Builds all targets and tells where they are. A target triple is named so that the flags hold for
/// what is fuzzed and not for build scripts.
fn build() -> Result<PathBuf> {
    let host = host()?;
    let place = target_dir().join("fuzz");
    run(cargo()
        .current_dir(root().join("fuzz"))
        .env("CARGO_TARGET_DIR", &place)
        .env("RUSTFLAGS", COVERAGE)
        .args([
            "build",
            "--quiet",
            "--release",
            "--locked",
            "--target",
            &host,
        ]))?;
    Ok(place.join(host).join("release"))
}

fn host() -> Result<String> {
    let rustc = std::env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
    let version = output(Command::new(rustc).arg("-vV"))?;
    let host = version.lines().find_map(|line| line.strip_prefix("host: "));
    Ok(host.context("rustc tells its host")?.to_owned())
}

fn fuzz(name: &str, programs: &Path, seconds: u32) -> Result<()> {
    let found = target_dir().join("fuzz/corpus").join(name);
    let artifacts = root().join("fuzz/artifacts").join(name);
    fs::create_dir_all(&found)?;
    fs::create_dir_all(&artifacts)?;
    let prefix = format!("{}/", artifacts.display());
    println!("fuzz {name}: {seconds} s");
    // libFuzzer's progress is for whoever looks for a finding; `output` shows it with one.
    let log = output(
        Command::new(programs.join(name))
            .current_dir(root())
            .arg(found)
            .arg(root().join("fuzz/corpus").join(name))
            .args([
                format!("-max_total_time={seconds}"),
                format!("-max_len={LONGEST_INPUT}"),
                format!("-artifact_prefix={prefix}"),
                "-timeout=10".into(),
                "-rss_limit_mb=1024".into(),
                "-print_final_stats=1".into(),
                "-verbosity=0".into(),
            ]),
    );
    log.map(drop).with_context(|| {
        format!(
            "{name} has a finding in {prefix}: run {} with it",
            programs.join(name).display()
        )
    })
}

//! `cargo xtask fuzz`: libFuzzer on each parser, on the sessions and on the whole client.
//!
//! With a stable compiler and without cargo-fuzz: the flags that it would give are given here.

use crate::install;
use crate::run::{cargo, line, output, root, run, target_dir};
use anyhow::{Context, Result, bail, ensure};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Mutex;
use std::time::SystemTime;

/// What makes libFuzzer see which code an input reaches.
const COVERAGE: [&str; 5] = [
    "-Cpasses=sancov-module",
    "-Cllvm-args=-sanitizer-coverage-level=4",
    "-Cllvm-args=-sanitizer-coverage-inline-8bit-counters",
    "-Cllvm-args=-sanitizer-coverage-pc-table",
    "-Cllvm-args=-sanitizer-coverage-trace-compares",
];

/// Longer inputs are slower and find no more.
const LONGEST_INPUT: u32 = 2048;

/// Builds the targets and runs each of them, or the one of this name, for so many seconds, as many at a time as
/// there are processors. The corpus in the repository is read; what is found stays below `target/`. Without a seed
/// it is another one each time.
pub fn run_targets(
    seconds: u32,
    only: Option<&str>,
    seed: Option<u32>,
    may_install: bool,
) -> Result<()> {
    install::for_fuzzing(may_install)?;
    can_instrument()?;
    let program = build()?;
    let mut names = targets(&program)?;
    if let Some(wanted) = only {
        ensure!(
            names.iter().any(|name| name == wanted),
            "no target {wanted}: there are {}",
            names.join(", ")
        );
        names.retain(|name| name == wanted);
    }
    let findings = side_by_side(&names, |name| fuzz(name, &program, seconds, seed));
    if !findings.is_empty() {
        bail!("{}", findings.join("\n"));
    }
    Ok(())
}

/// The names of the targets, as the program tells them.
fn targets(program: &Path) -> Result<Vec<String>> {
    let names = output(Command::new(program).env("FUZZ_TARGET", "list"))?;
    Ok(names.lines().map(str::to_owned).collect())
}

/// Says so if this compiler cannot do it, in place of an error out of some dependency.
fn can_instrument() -> Result<()> {
    let empty = target_dir().join("fuzz/empty.rs");
    fs::create_dir_all(target_dir().join("fuzz"))?;
    fs::write(&empty, "")?;
    let mut probe = Command::new(rustc());
    probe
        .args(["--crate-type=lib", "--emit=metadata,obj", "--out-dir"])
        .arg(target_dir().join("fuzz"))
        .args(COVERAGE)
        .arg(&empty);
    output(&mut probe).map(drop).with_context(|| {
        format!(
            "this compiler cannot make code for libFuzzer, so nothing is fuzzed; a rustc with LLVM's pass \
             sancov-module can, such as that of rustup or Debian: `{}`",
            line(&probe)
        )
    })
}

/// Builds all targets in one program and tells where it is. A target triple is named so that the flags hold for
/// what is fuzzed and not for build scripts.
fn build() -> Result<PathBuf> {
    let host = host()?;
    let place = target_dir().join("fuzz");
    run(cargo()
        .current_dir(root().join("fuzz"))
        .env("CARGO_TARGET_DIR", &place)
        .env("RUSTFLAGS", COVERAGE.join(" "))
        .args(["build", "--quiet", "--release", "--target", &host]))?;
    Ok(place.join(host).join("release/msgin5g-fuzz"))
}

fn host() -> Result<String> {
    let version = output(Command::new(rustc()).arg("-vV"))?;
    let host = version.lines().find_map(|line| line.strip_prefix("host: "));
    Ok(host.context("rustc tells its host")?.to_owned())
}

fn rustc() -> PathBuf {
    std::env::var_os("RUSTC").map_or_else(|| "rustc".into(), PathBuf::from)
}

/// Does it for each name, on all processors; gives what went wrong.
fn side_by_side(names: &[String], job: impl Fn(&str) -> Result<()> + Sync) -> Vec<String> {
    let left = Mutex::new(names.iter());
    let failed = Mutex::new(Vec::new());
    // The guard goes before the job begins.
    let next = || left.lock().ok().and_then(|mut names| names.next());
    let work = || {
        while let Some(name) = next() {
            if let (Err(error), Ok(mut failed)) = (job(name), failed.lock()) {
                failed.push(format!("{error:#}"));
            }
        }
    };
    let processors = std::thread::available_parallelism().map_or(1, usize::from);
    std::thread::scope(|scope| {
        for _ in 0..processors {
            scope.spawn(work);
        }
    });
    failed.into_inner().unwrap_or_default()
}

fn fuzz(name: &str, program: &Path, seconds: u32, seed: Option<u32>) -> Result<()> {
    let found = target_dir().join("fuzz/corpus").join(name);
    let artifacts = root().join("fuzz/artifacts").join(name);
    fs::create_dir_all(&found)?;
    fs::create_dir_all(&artifacts)?;
    let prefix = format!("{}/", artifacts.display());
    let seed = seed.unwrap_or_else(any_seed);
    let mut command = Command::new(program);
    command
        .current_dir(root())
        .env("FUZZ_TARGET", name)
        .arg(found)
        .arg(root().join("fuzz/corpus").join(name))
        .args([
            format!("-seed={seed}"),
            format!("-max_total_time={seconds}"),
            format!("-max_len={LONGEST_INPUT}"),
            format!("-artifact_prefix={prefix}"),
            "-timeout=10".into(),
            "-rss_limit_mb=1024".into(),
            "-print_final_stats=1".into(),
            "-verbosity=0".into(),
        ]);
    // libFuzzer writes to its error output: what of it is worth reading is said here, all of it with a finding.
    let result = command.output().with_context(|| line(&command))?;
    let log = String::from_utf8_lossy(&result.stderr);
    if !result.status.success() {
        bail!(
            "{log}\n{name} has a finding in {prefix} (seed {seed}): run `FUZZ_TARGET={name} {}` with it",
            program.display()
        );
    }
    let runs = log
        .lines()
        .find_map(|line| line.strip_prefix("stat::number_of_executed_units:"))
        .map_or("?", str::trim);
    println!("fuzz {name}: {runs} inputs in {seconds} s, seed {seed}, no finding");
    ensure!(
        runs.parse().is_ok_and(|runs: u64| runs > 0),
        "{name} ran nothing:\n{log}"
    );
    Ok(())
}

/// Another one each time.
fn any_seed() -> u32 {
    let since = SystemTime::UNIX_EPOCH.elapsed().unwrap_or_default();
    since.subsec_nanos().max(1)
}

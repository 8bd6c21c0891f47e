//! The workspace `interop/wolfssl`, apart from the rest because wolfSSL is GPL: the reference network's DTLS.

use crate::run;
use anyhow::Result;
use std::path::PathBuf;
use std::process::Command;

/// Format, lints and tests: the crate's own DTLS against wolfSSL, and the whole client against the reference network.
pub fn check() -> Result<()> {
    run::run(cargo().args(["fmt", "--check"]))?;
    let words = ["clippy", "--quiet", "--locked", "--all-targets"];
    run::run(cargo().args(words).args(["--", "-Dwarnings"]))?;
    run::run(cargo().args(["test", "--quiet", "--locked"]))
}

/// The cargo of that workspace. Its target directory is within ours.
fn cargo() -> Command {
    let mut command = run::cargo();
    // Its .cargo/config.toml counts only from there.
    command
        .current_dir(run::root().join("interop/wolfssl"))
        .env("CARGO_TARGET_DIR", target_dir());
    command
}

fn target_dir() -> PathBuf {
    run::target_dir().join("wolfssl")
}

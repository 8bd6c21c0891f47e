//! The static library for this computer.

use crate::run;
use anyhow::Result;
use std::path::PathBuf;

/// All that can be built in.
const FEATURES: &str = "panic-handler,dtls13,embedded-tls,insecure-plaintext,base64,at,snapshot,stored-message-update,msgin5g-5";

/// The static library for this computer.
pub fn build() -> Result<PathBuf> {
    let mut cargo = run::cargo();
    cargo
        .args(["rustc", "--quiet", "--package", "msgin5g-capi", "--lib"])
        .args(["--profile", "capi", "--crate-type", "staticlib"])
        .args(["--features", FEATURES]);
    run::run(&mut cargo)?;
    Ok(run::target_dir().join("capi/libmsgin5g_c.a"))
}

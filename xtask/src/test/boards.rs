//! Builds for Cortex-M, and the firmware on the emulated boards.

use super::Steps;
use crate::run::run;
use crate::toolchain::{TARGETS, Toolchain};

pub fn steps(steps: &mut Steps, toolchain: &Toolchain) {
    for target in TARGETS {
        steps.step(&format!("the crate for {target}"), || {
            for features in ["", "defmt,insecure-plaintext"] {
                let words = [
                    "build",
                    "--quiet",
                    "--package",
                    "msgin5g",
                    "--target",
                    target,
                    "--features",
                    features,
                ];
                run(toolchain.cargo().env("RUSTFLAGS", "-Dwarnings").args(words))?;
            }
            Ok(())
        });
    }
}

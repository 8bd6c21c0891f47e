//! `cargo xtask test`: everything that must hold, one step after another.

mod boards;
mod crates;
mod host;
mod source;

use crate::install;
use crate::toolchain::{TARGETS, Toolchain};
use anyhow::{Result, bail};
use std::time::Instant;

/// Runs all steps, whatever fails, and fails at the end if one did.
pub fn run(may_install: bool) -> Result<()> {
    let started = Instant::now();
    install::for_exchange(&TARGETS, may_install)?;
    let toolchain = Toolchain::find_or_make(&TARGETS, may_install)?;
    toolchain.describe();

    let mut steps = Steps::default();
    source::steps(&mut steps);
    host::steps(&mut steps);
    crates::steps(&mut steps);
    boards::steps(&mut steps, &toolchain);
    steps.close(started)
}

/// Counts and names what passed and what failed.
#[derive(Default)]
pub struct Steps {
    passed: usize,
    failed: Vec<String>,
}

impl Steps {
    /// Runs one step; an error is printed and remembered.
    pub fn step(&mut self, name: &str, check: impl FnOnce() -> Result<()>) {
        println!("\n== {name}");
        let started = Instant::now();
        let result = check();
        let seconds = started.elapsed().as_secs_f32();
        match result {
            Ok(()) => {
                println!("-- ok: {name} ({seconds:.1} s)");
                self.passed += 1;
            }
            Err(error) => {
                println!("-- FAILED: {name} ({seconds:.1} s)\n{error:#}");
                self.failed.push(name.to_owned());
            }
        }
    }

    fn close(self, started: Instant) -> Result<()> {
        println!("\n{:.0} s in all", started.elapsed().as_secs_f32());
        for name in &self.failed {
            println!("failed: {name}");
        }
        println!("{} passed, {} failed", self.passed, self.failed.len());
        if !self.failed.is_empty() {
            bail!("{} steps failed", self.failed.len());
        }
        Ok(())
    }
}

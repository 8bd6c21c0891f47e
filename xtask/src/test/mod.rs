//! `cargo xtask test`: everything that must hold, one step after another.

mod boards;
mod c;
mod crates;
mod host;
mod licences;
mod panics;
mod source;
mod walk;

use crate::bench::peer;
use crate::toolchain::{TARGETS, Toolchain};
use crate::{capi, fuzz, install, wolfssl};
use anyhow::{Result, bail};
use std::time::Instant;

/// Runs all steps, whatever fails, and fails at the end if one did.
pub fn run(only_c: bool, may_install: bool) -> Result<()> {
    let started = Instant::now();
    install::for_tests(&TARGETS, may_install)?;
    let toolchain = Toolchain::find_or_make(&TARGETS, may_install)?;
    toolchain.describe();

    let mut steps = Steps::default();
    if only_c {
        c::steps(&mut steps, &toolchain);
        return steps.close(started);
    }
    source::steps(&mut steps);
    host::steps(&mut steps);
    steps.step("C on this computer", || capi::run(may_install));
    steps.step("DTLS with wolfSSL", wolfssl::check);
    steps.step("send --dtls", wolfssl::send);
    crates::steps(&mut steps);
    licences::steps(&mut steps);
    panics::steps(&mut steps, &toolchain);
    c::steps(&mut steps, &toolchain);
    boards::steps(&mut steps, &toolchain);
    walk::steps(&mut steps);
    steps.step("Mbed TLS beside us", || {
        if install::peer_is_there() {
            return peer::check(&toolchain);
        }
        println!("no C compiler for Cortex-M: `cargo xtask bench --only peer` installs it");
        Ok(())
    });
    steps.step("fuzz targets, 10 s each", || {
        // The same seed each time: a change is judged by itself, not by luck. `cargo xtask fuzz` looks for more.
        fuzz::run_targets(10, None, Some(1), may_install)
    });
    steps.close(started)
}

/// Counts and names what passed and what failed.
#[derive(Default)]
pub struct Steps {
    done: Vec<Step>,
}

/// A step that has been run.
struct Step {
    name: String,
    seconds: f32,
    passed: bool,
}

impl Steps {
    /// Runs one step; an error is printed and remembered.
    pub fn step(&mut self, name: &str, check: impl FnOnce() -> Result<()>) {
        println!("\n== {name}");
        let started = Instant::now();
        let result = check();
        let seconds = started.elapsed().as_secs_f32();
        match result {
            Ok(()) => println!("-- ok: {name} ({seconds:.1} s)"),
            Err(ref error) => println!("-- FAILED: {name} ({seconds:.1} s)\n{error:#}"),
        }
        self.done.push(Step {
            name: name.to_owned(),
            seconds,
            passed: result.is_ok(),
        });
    }

    /// The time of each step, the slowest first, and what failed.
    fn close(mut self, started: Instant) -> Result<()> {
        println!("\nseconds  step");
        self.done.sort_by(|a, b| b.seconds.total_cmp(&a.seconds));
        for step in &self.done {
            println!("{:7.1}  {}", step.seconds, step.name);
        }
        println!("{:7.1}  in all\n", started.elapsed().as_secs_f32());

        let failed: Vec<&Step> = self.done.iter().filter(|step| !step.passed).collect();
        for step in &failed {
            println!("failed: {}", step.name);
        }
        let passed = self.done.len() - failed.len();
        println!("{passed} passed, {} failed", failed.len());
        if !failed.is_empty() {
            bail!("{} steps failed", failed.len());
        }
        Ok(())
    }
}

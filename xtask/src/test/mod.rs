//! `cargo xtask test`: everything that must hold.
//!
//! It is made of parts, and three rows of parts run side by side: much of what cargo and the tests do keeps one
//! processor busy and lets the others wait. No two parts of different rows build into the same directory, so that
//! none waits for another's lock for long. What a step prints is printed when the step ends, in one piece.

mod boards;
mod c;
mod crates;
mod host;
mod licences;
mod panics;
mod side;
mod source;
mod steps;
mod walk;

use crate::bench::peer;
use crate::toolchain::{TARGETS, Toolchain};
use crate::{capi, fuzz, host as programs, install, wolfssl};
use anyhow::Result;
use std::time::Instant;
use steps::Steps;

/// What can be checked by itself: `cargo xtask test --only PART`.
#[derive(Clone, Copy, PartialEq, Eq, Debug, clap::ValueEnum)]
pub enum Part {
    /// The crate, on this computer: format, lints, features, tests, documentation, dependencies.
    Crate,
    /// The crate and the firmware for Cortex-M, the exchanges on emulated boards and what they take.
    Boards,
    /// The C library and what it looks like to others.
    C,
    /// What README and docs/c.md tell a new user to type.
    Walk,
    /// DTLS against wolfSSL.
    Wolfssl,
    /// The fuzz targets, ten seconds each.
    Fuzz,
}

/// The parts of a row run one after another, the rows side by side. They are to end at about the same time.
const ROWS: [&[Part]; 3] = [
    &[Part::Boards],
    &[Part::Crate],
    &[Part::Fuzz, Part::Wolfssl, Part::C, Part::Walk],
];

/// Runs all steps, whatever fails, and fails at the end if one did.
pub fn run(only: Option<Part>, may_install: bool) -> Result<()> {
    let started = Instant::now();
    install::for_tests(&TARGETS, may_install)?;
    let toolchain = Toolchain::find_or_make(&TARGETS, may_install)?;
    toolchain.describe();

    let mut steps = Steps::default();
    match only {
        Some(part) => part.steps(&mut steps, &toolchain, may_install),
        None => {
            // Parts of all rows need them: none shall wait for another's cargo.
            steps.step("programs for the exchanges", || {
                programs::Programs::build()?;
                wolfssl::build_send(&host::testable_features()?)
            });
            side::by_side(&ROWS, &mut steps, may_install);
        }
    }
    steps.close(started)
}

impl Part {
    fn steps(self, steps: &mut Steps, toolchain: &Toolchain, may_install: bool) {
        match self {
            Self::Crate => {
                source::steps(steps);
                host::steps(steps);
                crates::steps(steps);
                licences::steps(steps);
            }
            Self::Boards => {
                boards::steps(steps, toolchain);
                panics::steps(steps, toolchain);
                steps.step("other TLS libraries beside us", || {
                    if install::peer_is_there() {
                        return peer::check(toolchain);
                    }
                    println!(
                        "no C compiler for Cortex-M: `cargo xtask bench --only peer` installs it"
                    );
                    Ok(())
                });
            }
            Self::C => {
                steps.step("C on this computer", || capi::run(may_install));
                c::steps(steps, toolchain);
            }
            Self::Walk => walk::steps(steps),
            Self::Wolfssl => {
                steps.step("DTLS with wolfSSL", wolfssl::check);
                steps.step("send --dtls", || wolfssl::send(&host::testable_features()?));
            }
            Self::Fuzz => steps.step("fuzz targets, 10 s each", || {
                // The same seed each time: a change is judged by itself, not by luck. `cargo xtask fuzz` looks for
                // more.
                fuzz::run_targets(10, None, Some(1), may_install)
            }),
        }
    }
}

//! Builds for Cortex-M, and the firmware on the emulated boards.

use super::Steps;
use crate::board::BOARDS;
use crate::compare::compare;
use crate::host::Programs;
use crate::run::run;
use crate::toolchain::{TARGETS, Toolchain};
use crate::{demo, exchange, firmware, metadata, readme, size};
use anyhow::{Context, Result};

pub fn steps(steps: &mut Steps, toolchain: &Toolchain) {
    for target in TARGETS {
        steps.step(&format!("the crate for {target}"), || {
            the_crate(toolchain, target)
        });
    }
    let mut programs = None;
    steps.step("reference network and second UE", || {
        programs = Some(Programs::build()?);
        Ok(())
    });
    let Some(programs) = programs else { return };

    let mut rows = Vec::new();
    for board in size::boards() {
        steps.step(
            &format!("exchange on {} with {} code", board.machine, board.core),
            || {
                let (row, exchange) = size::measure(board, toolchain, &programs)?;
                rows.push(row);
                demo::print(board, &exchange)
            },
        );
    }
    steps.step("demo, with logs", || {
        let board = BOARDS[0];
        let built = firmware::build(
            toolchain,
            board.target,
            &[firmware::APPLICATION],
            &["defmt"],
        )?;
        let exchange = exchange::run(board, &built[0], &programs, true)?;
        demo::print(board, &exchange)
    });
    steps.step("the README's sizes", || the_readmes_sizes(toolchain, &rows));
}

/// As it is by default, and with all that a microcontroller can use.
fn the_crate(toolchain: &Toolchain, target: &str) -> Result<()> {
    let mut all = metadata::features_of("msgin5g")?;
    all.retain(|feature| feature != "std");
    for (chore, features) in [("build", ""), ("check", all.join(",").as_str())] {
        let words = [
            chore,
            "--quiet",
            "--package",
            "msgin5g",
            "--profile",
            firmware::PROFILE,
            "--target",
            target,
        ];
        let mut command = toolchain.cargo();
        // The settings of the firmware, so that what is built serves it too.
        command.env("RUSTFLAGS", firmware::rustflags()).args(words);
        run(command.args(["--features", features]))?;
    }
    Ok(())
}

fn the_readmes_sizes(toolchain: &Toolchain, rows: &[size::Row]) -> Result<()> {
    let written = readme::table()?;
    let measured = size::table(toolchain, rows)?;
    let compiler = toolchain.version()?;
    let same_compiler = written.contains(&format!("with {compiler} "));
    if !same_compiler {
        println!("the README's figures are not of {compiler}: they may differ by a few percent");
    }
    println!("{measured}");
    compare(&written, &measured, same_compiler).context("figures")
}

//! Builds for Cortex-M, and the firmware on the emulated boards.

use super::steps::Steps;
use crate::board::BOARDS;
use crate::docs::store::Store;
use crate::host::Programs;
use crate::run::{line, run};
use crate::toolchain::{TARGETS, Toolchain};
use crate::{bench, budget, c, demo, firmware, metadata, scenario, size};
use anyhow::{Result, ensure};

pub fn steps(steps: &mut Steps, toolchain: &Toolchain) {
    steps.step("the crate for each target", || the_crate(toolchain));
    let mut programs = None;
    steps.step("reference network and second UE", || {
        programs = Some(Programs::build()?);
        Ok(())
    });
    let Some(programs) = programs else { return };
    steps.step("firmware", || {
        size::build_all(toolchain)?;
        scenario::build_all(toolchain)
    });

    let mut rows = Vec::new();
    for (session, board) in size::rows_to_measure() {
        let name = format!(
            "exchange on {}, {} code, {}",
            board.machine,
            board.core,
            session.name()
        );
        steps.step(&name, || {
            let (row, exchange) = size::measure(board, session, toolchain, &programs)?;
            rows.push(row);
            demo::print(board, &exchange.shown()?);
            Ok(())
        });
    }
    for board in c::firmware::boards() {
        let name = format!("exchange on {}, in C", board.machine);
        steps.step(&name, || {
            let (row, exchange) = size::measure_c(board, toolchain, &programs)?;
            rows.push(row);
            demo::print(board, &exchange.shown()?);
            Ok(())
        });
    }
    for (scenario, session, board) in scenario::to_test() {
        let name = format!(
            "demo of {scenario:?}, with logs, on {}, {}",
            board.machine,
            session.name()
        );
        steps.step(&name, || {
            demo::show(scenario, board, session, toolchain, &programs)
        });
    }
    steps.step("no firmware without random numbers", || {
        no_random_numbers(toolchain)
    });
    let mut parts = Vec::new();
    steps.step("the figures of the firmware", || {
        parts = size::weigh_parts(toolchain)?;
        let mut now = bench::store(toolchain)?;
        size::keep(&mut now, toolchain, &rows, &parts);
        Store::load()?.compare(&now)
    });
    steps.step("the figures of messages and of the line", || {
        Store::load()?.compare(&bench::sample(toolchain)?)
    });
    steps.step("size budget", || {
        budget::check(&size::measured(&rows, &parts))
    });
}

/// As it is by default, and with all that a microcontroller can use.
fn the_crate(toolchain: &Toolchain) -> Result<()> {
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
        ];
        let mut command = toolchain.cargo();
        // The settings of the firmware, so that what is built serves it too.
        command.env("RUSTFLAGS", firmware::rustflags()).args(words);
        for target in TARGETS {
            command.args(["--target", target]);
        }
        run(command.args(["--features", features]))?;
    }
    Ok(())
}

/// Without a TRNG and without the test generator the firmware says so and does not build.
fn no_random_numbers(toolchain: &Toolchain) -> Result<()> {
    let target = BOARDS[0].target;
    let words = [
        "check",
        "--quiet",
        "--package",
        "msgin5g-firmware",
        "--lib",
        "--target",
        target,
    ];
    let mut check = toolchain.cargo();
    check
        .args(words)
        .args(["--profile", firmware::PROFILE])
        .env("RUSTFLAGS", firmware::rustflags());
    println!("$ {}", line(&check));
    let result = check.output()?;
    ensure!(
        !result.status.success(),
        "the firmware builds without a source of random numbers"
    );
    let said = String::from_utf8_lossy(&result.stderr);
    ensure!(
        said.contains("the firmware needs random numbers"),
        "it failed for another reason:\n{said}"
    );
    Ok(())
}

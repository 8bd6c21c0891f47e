//! The project's chores. Each is one subcommand: `cargo xtask --help`.

mod api;
mod bench;
mod board;
mod bridge;
mod budget;
mod c;
mod capi;
mod demo;
mod docs;
mod elf;
mod exchange;
mod figures;
mod firmware;
mod fuzz;
mod host;
mod idle;
mod install;
mod logs;
mod messaging;
mod metadata;
mod qemu;
mod remains;
mod run;
mod scenario;
mod size;
mod sleep;
mod symbols;
mod test;
mod toolchain;
mod wolfssl;

use clap::{Parser, Subcommand};
use std::process::ExitCode;

/// The project's chores.
#[derive(Parser)]
#[command(name = "cargo xtask")]
struct Args {
    /// Install no Debian packages: say what is missing and stop.
    #[arg(long, global = true)]
    no_install: bool,
    #[command(subcommand)]
    chore: Chore,
}

#[derive(Subcommand)]
enum Chore {
    /// Find or make a Rust toolchain with the Cortex-M targets.
    Toolchain,
    /// Run the firmware against the reference network and show the exchange.
    Demo {
        /// What the firmware does.
        #[arg(long, value_enum, default_value_t = scenario::Scenario::ModemQuectel)]
        scenario: scenario::Scenario,
        /// The same as `--scenario sleep`.
        #[arg(long, conflicts_with = "scenario")]
        sleep: bool,
        /// The board, by the name of its QEMU machine.
        #[arg(long, default_value = board::BOARDS[0].machine, value_parser = board::by_name)]
        machine: board::Board,
        /// What carries the session.
        #[arg(long, value_enum, default_value_t = firmware::Session::Tls13)]
        session: firmware::Session,
    },
    /// Check everything: what CI runs.
    Test {
        /// This part only.
        #[arg(long, value_enum)]
        only: Option<test::Part>,
    },
    /// Feed arbitrary octets to everything that reads what others wrote (libFuzzer).
    Fuzz {
        /// For each target.
        #[arg(long, default_value_t = 10)]
        seconds: u32,
        /// This one only; fuzz/src/lib.rs lists them.
        #[arg(long)]
        target: Option<String>,
    },
    /// Print what the parts cost: instructions, flash and RAM, and octets on the line.
    Bench {
        /// One line of JSON for each figure.
        #[arg(long)]
        json: bool,
        /// This part only.
        #[arg(long, value_enum)]
        only: Option<bench::Group>,
        /// Keep the figures in docs/figures.json, and make tables, charts and numbers of the guide anew.
        #[arg(long)]
        write: bool,
    },
    /// Make tables, charts and numbers of README and guide from docs/figures.json and docs/fleet.json.
    Docs {
        /// Only say what would change, and which numbers nobody prints.
        #[arg(long)]
        check: bool,
    },
    /// Write the C header, capi/include/msgin5g.h.
    Header {
        /// Only say whether it is current.
        #[arg(long)]
        check: bool,
    },
    /// Compare the crate's public API with the list of it, api/msgin5g.txt.
    Api {
        /// Write the list.
        #[arg(long)]
        write: bool,
    },
    /// Make the C library for this computer and run the programs in C with it, against the reference network too.
    Capi,
    /// Build the C library and put it, its header, and its CMake and pkg-config files below a directory.
    InstallC {
        /// That directory.
        #[arg(long)]
        prefix: std::path::PathBuf,
        /// The Rust name of what to build for; this machine unless told otherwise.
        #[arg(long, value_parser = toolchain::TARGETS)]
        target: Option<String>,
        /// What is built in, comma-separated: features of capi/Cargo.toml, in the place of its defaults.
        #[arg(long)]
        features: Option<String>,
    },
    /// Print what the firmware takes of flash, RAM and instructions.
    Size {
        /// Keep the figures as `bench --write` does, and the list of functions.
        #[arg(long)]
        write: bool,
    },
}

fn main() -> ExitCode {
    match chore(&Args::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("xtask: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn chore(args: &Args) -> anyhow::Result<()> {
    let may_install = !args.no_install;
    match args.chore {
        Chore::Toolchain => {
            toolchain::Toolchain::find_or_make(&toolchain::TARGETS, may_install)?.describe();
            Ok(())
        }
        Chore::Docs { check } => docs::run(check),
        Chore::Api { write } => api::run(write),
        Chore::Header { check } => capi::header(check),
        Chore::Capi => capi::run(may_install),
        Chore::Demo {
            sleep: true,
            machine,
            session,
            ..
        } => demo::run(scenario::Scenario::Sleep, machine, session, may_install),
        Chore::Demo {
            scenario,
            machine,
            session,
            ..
        } => demo::run(scenario, machine, session, may_install),
        Chore::Test { only } => test::run(only, may_install),
        Chore::Fuzz {
            seconds,
            ref target,
        } => fuzz::run_targets(seconds, target.as_deref(), None, may_install),
        Chore::Bench { json, only, write } => bench::run(only, json, write, may_install),
        Chore::InstallC {
            ref prefix,
            ref target,
            ref features,
        } => c::install::run(prefix, target.as_deref(), features.as_deref(), may_install),
        Chore::Size { write } => size::run(write, may_install),
    }
}

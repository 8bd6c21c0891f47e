//! The project's chores. Each is one subcommand: `cargo xtask --help`.

mod board;
mod bridge;
mod elf;
mod figures;
mod firmware;
mod install;
mod logs;
mod metadata;
mod qemu;
mod run;
mod test;
mod toolchain;

use clap::{Parser, Subcommand};

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
    /// Check everything: what CI runs.
    Test,
}

fn main() -> anyhow::Result<()> {
    let args = Args::parse();
    let may_install = !args.no_install;
    match args.chore {
        Chore::Toolchain => {
            toolchain::Toolchain::find_or_make(&toolchain::TARGETS, may_install)?.describe();
            Ok(())
        }
        Chore::Test => test::run(may_install),
    }
}

//! Builds the firmware and the programs that are weighed beside it.

use crate::run;
use crate::scenario::Scenario;
use crate::toolchain::Toolchain;
use anyhow::{Result, ensure};
use std::path::PathBuf;
use std::process::Command;

/// Who the firmware's UE is: the very file that the firmware is built with.
#[path = "../../examples/firmware/src/config.rs"]
pub mod settings;

/// The cargo profile in the root Cargo.toml: small, and optimised in one piece.
pub const PROFILE: &str = "firmware";

/// A level of optimisation, each with a profile and so a directory of its own.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Opt {
    S,
    Z,
    Three,
}

impl Opt {
    /// The one that firmware has first.
    pub const ALL: [Self; 3] = [Self::S, Self::Z, Self::Three];

    /// As `opt-level` has it.
    pub fn name(self) -> &'static str {
        match self {
            Self::S => "s",
            Self::Z => "z",
            Self::Three => "3",
        }
    }

    fn profile(self) -> &'static str {
        match self {
            Self::S => PROFILE,
            Self::Z => "firmware-z",
            Self::Three => "firmware-3",
        }
    }
}

/// What carries the session.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, clap::ValueEnum)]
pub enum Session {
    /// The crate embedded-tls behind its fence, with P-256.
    EmbeddedTls,
    /// The crate's own TLS 1.3 core, with X25519.
    Tls13,
    /// DTLS 1.3 by the same core, with X25519: CoAP over UDP.
    Dtls13,
}

impl Session {
    /// As the tables say it.
    pub fn name(self) -> &'static str {
        match self {
            Self::EmbeddedTls => "embedded-tls, P-256",
            Self::Tls13 => "tls13, X25519",
            Self::Dtls13 => "dtls13, X25519",
        }
    }

    /// The same for the keys of figures.
    pub fn key(self) -> &'static str {
        match self {
            Self::EmbeddedTls => "firmware_embedded_tls",
            Self::Tls13 => "firmware_tls13",
            Self::Dtls13 => "firmware_dtls13",
        }
    }

    /// Whether the modem carries datagrams.
    pub fn is_datagrams(self) -> bool {
        self == Self::Dtls13
    }

    /// Builds the program of a scenario over this session for a target.
    pub fn build(
        self,
        toolchain: &Toolchain,
        target: &str,
        scenario: Scenario,
        logs: bool,
    ) -> Result<PathBuf> {
        self.build_all(toolchain, &[target], scenario, logs)?;
        found(toolchain.opt, target, scenario.program())
    }

    /// The same for several targets at once, side by side on all processors.
    pub fn build_all(
        self,
        toolchain: &Toolchain,
        targets: &[&str],
        scenario: Scenario,
        logs: bool,
    ) -> Result<()> {
        let mut features = scenario.features().to_vec();
        features.push(match self {
            Self::EmbeddedTls => "embedded-tls",
            Self::Tls13 => "tls13-x25519",
            Self::Dtls13 => "dtls13-x25519",
        });
        if logs {
            features.push("defmt");
        }
        build_all(toolchain, targets, &[scenario.program()], &features)
    }
}

/// Builds a program of the firmware package for a target, with all that the client can do, and gives its path.
pub fn build(
    toolchain: &Toolchain,
    target: &str,
    program: &str,
    features: &[&str],
) -> Result<PathBuf> {
    build_lean(toolchain, target, program, &[&["whole"], features].concat())
}

/// The same with nothing of the crate but these features.
pub fn build_lean(
    toolchain: &Toolchain,
    target: &str,
    program: &str,
    features: &[&str],
) -> Result<PathBuf> {
    run_cargo(toolchain, &[target], &[program], features)?;
    found(toolchain.opt, target, program)
}

/// As `build` for programs and targets, side by side: most of the time is one long optimisation for each.
pub fn build_all(
    toolchain: &Toolchain,
    targets: &[&str],
    programs: &[&str],
    features: &[&str],
) -> Result<()> {
    let features = [&["whole"], features].concat();
    run_cargo(toolchain, targets, programs, &features)
}

fn run_cargo(
    toolchain: &Toolchain,
    targets: &[&str],
    programs: &[&str],
    features: &[&str],
) -> Result<()> {
    run::run(&mut build_command(toolchain, targets, programs, features))
}

/// The command that builds programs.
pub fn build_command(
    toolchain: &Toolchain,
    targets: &[&str],
    programs: &[&str],
    features: &[&str],
) -> Command {
    let mut features = features.to_vec();
    features.push("insecure-test-rng");
    let mut command = toolchain.cargo();
    command
        .env("RUSTFLAGS", rustflags())
        // Without it only errors are logged.
        .env(
            "DEFMT_LOG",
            std::env::var("DEFMT_LOG").unwrap_or_else(|_| "info".into()),
        )
        .args([
            "build",
            "--quiet",
            "--package",
            "msgin5g-firmware",
            "--profile",
            toolchain.opt.profile(),
            "--no-default-features",
        ])
        .args(["--features", &features.join(",")]);
    for target in targets {
        command.args(["--target", target]);
    }
    for program in programs {
        command.args(["--bin", program]);
    }
    command
}

/// Where cargo has put it.
fn found(opt: Opt, target: &str, program: &str) -> Result<PathBuf> {
    let dir = run::target_dir().join(target).join(opt.profile());
    let built = dir.join(program);
    ensure!(built.is_file(), "cargo made no {}", built.display());
    Ok(built)
}

/// Warnings are errors, and no path of this machine gets into the binary: figures must not depend on where a home is.
pub fn rustflags() -> String {
    let home = std::env::var_os("CARGO_HOME")
        .map(PathBuf::from)
        .or_else(|| std::env::var_os("HOME").map(|home| PathBuf::from(home).join(".cargo")));
    let remap = home.map_or_else(String::new, |home| {
        format!(" --remap-path-prefix={}=cargo", home.display())
    });
    format!("-Dwarnings{remap}")
}

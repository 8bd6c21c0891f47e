//! The workspace `interop/wolfssl`, apart from the rest because wolfSSL is GPL: the reference network's DTLS.

use crate::bridge::Server;
use crate::firmware::{Session, settings};
use crate::host::{self, Network, Peer, Programs};
use crate::run;
use anyhow::{Result, bail, ensure};
use std::path::PathBuf;
use std::process::Command;

/// Format, lints and tests: the crate's own DTLS against wolfSSL, and the whole client against the reference network.
pub fn check() -> Result<()> {
    run::run(cargo().args(["fmt", "--check"]))?;
    let words = ["clippy", "--quiet", "--locked", "--all-targets"];
    run::run(cargo().args(words).args(["--", "-Dwarnings"]))?;
    run::run(cargo().args(["test", "--quiet", "--locked"]))
}

/// Builds `examples/send.rs` with these features: those of the tests, so that nothing is built again.
pub fn build_send(features: &[String]) -> Result<()> {
    let words = ["build", "--quiet", "--package", "msgin5g"];
    run::run(run::cargo().args(words).args([
        "--features",
        &features.join(","),
        "--example",
        "send",
    ]))
}

/// `examples/send.rs --dtls` as the firmware's UE, to the second UE, which is on TLS.
pub fn send(features: &[String]) -> Result<()> {
    if !host::are_built() {
        build_send(features)?;
    }
    let programs = Programs::build()?.over(Session::Dtls13)?;
    let network = Network::start(&programs, &[])?;
    let peer = Peer::start(&programs, network.address)?;
    let Server::Datagrams(address) = network.for_firmware else {
        bail!("the network listens for no datagrams");
    };
    let mut send = Command::new(run::target_dir().join("debug/examples/send"));
    send.args(["--dtls", "--server", &address.to_string()])
        .args(["--fqdn", settings::SERVER_NAME, "--kausf", &host::kausf()])
        .args(["--supi", settings::SUPI])
        .args(["--ue-service-id", settings::UE_SERVICE_ID])
        .args(["--to", settings::PEER_SERVICE_ID])
        .args(["--text", settings::TEXT, "--report"]);
    let sent = run::run(&mut send);
    let seen = peer.finish();
    for line in network.finish()? {
        println!("{line}");
    }
    sent?;
    ensure!(seen?.messages == [settings::TEXT], "it has not arrived");
    Ok(())
}

/// Builds the reference network with DTLS and gives its path.
pub fn network() -> Result<PathBuf> {
    let words = [
        "build",
        "--quiet",
        "--locked",
        "--bin",
        "msgin5g-testnet-dtls",
    ];
    run::run(cargo().args(words))?;
    Ok(target_dir().join("debug/msgin5g-testnet-dtls"))
}

/// The cargo of that workspace. Its target directory is within ours.
fn cargo() -> Command {
    let mut command = run::cargo();
    // Its .cargo/config.toml counts only from there.
    command
        .current_dir(run::root().join("interop/wolfssl"))
        .env("CARGO_TARGET_DIR", target_dir());
    command
}

fn target_dir() -> PathBuf {
    run::target_dir().join("wolfssl")
}

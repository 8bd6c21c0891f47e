//! What the crate depends on: the minimum Rust version, and no primitive twice.

use super::steps::Steps;
use crate::board::BOARDS;
use crate::run::{cargo, on_path, output, run};
use crate::{api, metadata};
use anyhow::{Context, Result, bail};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::process::Command;

/// Traits of the embedded Rust world that `cortex-m` brings in two generations: no code.
const HARMLESS_TWICE: [&str; 2] = ["embedded-hal", "nb"];

pub fn steps(steps: &mut Steps) {
    steps.step("minimum Rust version", minimum_rust_version);
    steps.step("public API", || api::run(false));
    steps.step("no crate twice in the firmware", no_crate_twice);
}

/// No dependency asks for a newer Rust than we promise. (That our own code uses nothing newer
/// is seen by clippy's `incompatible_msrv`, and by a build with that very version where it is installed.)
fn minimum_rust_version() -> Result<()> {
    let metadata = metadata::all()?;
    let packages: BTreeMap<&str, &Value> = metadata::packages(&metadata)?
        .iter()
        .filter_map(|package| Some((package["id"].as_str()?, package)))
        .collect();
    let root = packages
        .iter()
        .find(|(_, package)| package["name"] == "msgin5g")
        .map(|(id, _)| *id)
        .context("msgin5g is in the metadata")?;
    let promised = packages[root]["rust_version"]
        .as_str()
        .context("msgin5g states rust-version")?;
    println!("msgin5g promises Rust {promised}");

    let mut too_new = Vec::new();
    for id in dependencies(&metadata, root)? {
        let package = packages[id.as_str()];
        if let Some(wanted) = package["rust_version"].as_str()
            && numbers(wanted) > numbers(promised)
        {
            too_new.push(format!(
                "{} {} wants {wanted}",
                package["name"], package["version"]
            ));
        }
    }
    if !too_new.is_empty() {
        bail!("{}", too_new.join("\n"));
    }
    build_with(promised)
}

/// Everything that the crate links, itself included: no development or build dependencies.
fn dependencies(metadata: &Value, root: &str) -> Result<BTreeSet<String>> {
    let nodes = metadata["resolve"]["nodes"]
        .as_array()
        .context("the metadata list nodes")?;
    let mut seen = BTreeSet::new();
    let mut open = vec![root.to_owned()];
    while let Some(id) = open.pop() {
        if !seen.insert(id.clone()) {
            continue;
        }
        let node = nodes
            .iter()
            .find(|node| node["id"] == id.as_str())
            .context("each package is a node")?;
        for edge in node["deps"].as_array().into_iter().flatten() {
            let normal = edge["dep_kinds"]
                .as_array()
                .into_iter()
                .flatten()
                .any(|kind| kind["kind"].is_null());
            if let (true, Some(next)) = (normal, edge["pkg"].as_str()) {
                open.push(next.to_owned());
            }
        }
    }
    Ok(seen)
}

fn numbers(version: &str) -> Vec<u32> {
    let mut numbers: Vec<u32> = version
        .split('.')
        .map(|part| part.parse().unwrap_or(0))
        .collect();
    numbers.resize(3, 0);
    numbers
}

/// Checks the crate, all of it, with the promised version itself, if rustup has it already. It is never downloaded.
fn build_with(version: &str) -> Result<()> {
    let installed = if on_path("rustup") {
        output(Command::new("rustup").args(["toolchain", "list"]))?
    } else {
        String::new()
    };
    let Some(name) = installed.lines().find(|line| line.starts_with(version)) else {
        println!(
            "NOT BUILT with Rust {version}: it is not installed (`rustup toolchain install {version}`). That no \
             dependency wants more and that clippy knows nothing newer in the code is all that was seen"
        );
        return Ok(());
    };
    let name = name.split_whitespace().next().unwrap_or(name);
    let mut check = Command::new("rustup");
    check
        .current_dir(crate::run::root())
        .env_remove("RUSTC")
        .env_remove("CARGO");
    run(check.args([
        "run",
        name,
        "cargo",
        "check",
        "--quiet",
        "--package",
        "msgin5g",
        "--all-features",
    ]))
}

fn no_crate_twice() -> Result<()> {
    for board in BOARDS {
        let words = [
            "tree",
            "--duplicates",
            "--depth=0",
            "--prefix=none",
            "--edges=normal,no-proc-macro",
        ];
        let package = [
            "--package",
            "msgin5g-firmware",
            "--features",
            "embedded-tls,insecure-test-rng,defmt",
        ];
        let tree = output(
            cargo()
                .args(words)
                .args(package)
                .args(["--target", board.target]),
        )?;
        let twice: BTreeSet<&str> = tree
            .lines()
            .filter_map(|line| line.split_whitespace().next())
            .filter(|name| !HARMLESS_TWICE.contains(name))
            .collect();
        if !twice.is_empty() {
            bail!(
                "in more than one version for {}: {twice:?}\n{tree}",
                board.target
            );
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::numbers;

    #[test]
    fn versions_compare_by_number() {
        assert!(numbers("1.9") < numbers("1.88"));
        assert!(numbers("1.88") == numbers("1.88.0"));
        assert!(numbers("1.88.1") > numbers("1.88"));
    }
}

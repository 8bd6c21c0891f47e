//! The numbers in README.md and the guide: tables between marks, marked numbers in prose, and charts are made from
//! `docs/figures.json`. `cargo xtask docs` fills them, `cargo xtask test` sees to it that they agree.

mod blocks;
mod charts;
mod facts;
mod fleet;
mod marks;
pub mod store;
#[path = "../../../examples/support/svg.rs"]
mod svg;
pub mod tables;

use crate::run::root;
use anyhow::{Context, Result, bail, ensure};
use std::collections::BTreeSet;
use std::path::PathBuf;
use store::Store;

/// Documents outside `docs/`.
const OTHERS: [&str; 6] = [
    "README.md",
    "CHANGELOG.md",
    "CONTRIBUTING.md",
    "SECURITY.md",
    "capi/README.md",
    "examples/testnet/README.md",
];

/// Writes what is made of the figures. With `check` it says what would be written, and what is wrong otherwise.
pub fn run(check: bool) -> Result<()> {
    let store = Store::load()?;
    let mut stale = Vec::new();
    let mut keep = |path: PathBuf, text: String| -> Result<()> {
        let is = std::fs::read_to_string(&path).unwrap_or_default();
        if is == text {
            return Ok(());
        }
        if !check {
            return Ok(std::fs::write(&path, text)?);
        }
        stale.push(format!("{}{}", name(&path), first_difference(&is, &text)));
        Ok(())
    };
    let mut used = BTreeSet::new();
    let mut unmarked = Vec::new();
    let facts = facts::load()?;
    for path in documents()? {
        let name = name(&path);
        let text = std::fs::read_to_string(&path).with_context(|| name.clone())?;
        let filled = blocks::fill(&text, |block| {
            used.insert(block.to_owned());
            tables::make(block, &store)
        });
        let filled = filled.and_then(|text| marks::fill(&text, &store));
        let filled = filled.with_context(|| name.clone())?;
        unmarked.extend(
            facts
                .iter()
                .filter(|fact| fact.is_in(&name))
                .filter_map(|fact| fact.fault(&filled)),
        );
        unmarked.extend(facts::unmarked(&name, &filled, &facts));
        keep(path, filled)?;
    }
    for (file, text) in charts::all(&store)? {
        keep(root().join("docs/img").join(file), text)?;
    }
    keep(root().join("docs/img/fleet.svg"), fleet::chart()?)?;
    ensure!(
        stale.is_empty(),
        "not as docs/figures.json and docs/fleet.json have it; `cargo xtask docs` writes it\n{}",
        stale.join("\n")
    );
    for block in tables::NAMES {
        ensure!(used.contains(block), "no document has the table `{block}`");
    }
    if !unmarked.is_empty() {
        bail!(
            "numbers that nobody prints: mark them, `9 kB<!-- = KEY -->`, or name their source in xtask/facts.toml\n{}",
            unmarked.join("\n")
        );
    }
    Ok(())
}

fn name(path: &std::path::Path) -> String {
    let name = path.strip_prefix(root()).unwrap_or(path);
    name.display().to_string()
}

fn first_difference(is: &str, should: &str) -> String {
    let line = is
        .lines()
        .zip(should.lines())
        .position(|(is, should)| is != should);
    let line = line.unwrap_or_else(|| is.lines().count().min(should.lines().count()));
    let at = |text: &str| text.lines().nth(line).unwrap_or_default().to_owned();
    format!(
        ":{}\n  is:     {}\n  should: {}",
        line + 1,
        at(is),
        at(should)
    )
}

fn documents() -> Result<Vec<PathBuf>> {
    let mut paths: Vec<PathBuf> = OTHERS.map(|name| root().join(name)).into();
    for entry in std::fs::read_dir(root().join("docs"))? {
        let path = entry?.path();
        if path.extension().is_some_and(|ending| ending == "md") {
            paths.push(path);
        }
    }
    paths.sort();
    Ok(paths)
}

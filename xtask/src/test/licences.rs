//! Every package of the workspace may be used: its licence is one that `deny.toml` allows. What `cargo deny` does, without
//! that tool and without a network.

use super::steps::Steps;
use crate::metadata;
use crate::run::root;
use anyhow::{Context, Result, bail, ensure};
use serde::Deserialize;
use std::collections::BTreeSet;

pub fn steps(steps: &mut Steps) {
    steps.step("licences", licences);
}

#[derive(Deserialize)]
struct Deny {
    licenses: Licences,
}

#[derive(Deserialize)]
struct Licences {
    allow: BTreeSet<String>,
}

fn licences() -> Result<()> {
    let deny: Deny = toml::from_str(&std::fs::read_to_string(root().join("deny.toml"))?)?;
    let metadata = metadata::all()?;
    let mut refused = Vec::new();
    for package in metadata::packages(&metadata)? {
        let licence = package["license"].as_str().unwrap_or_default();
        if !is_allowed(licence, &deny.licenses.allow)
            .with_context(|| format!("{} has the licence {licence:?}", package["name"]))?
        {
            refused.push(format!("{} is {licence:?}", package["name"]));
        }
    }
    ensure!(
        refused.is_empty(),
        "not in deny.toml: {}",
        refused.join(", ")
    );
    Ok(())
}

/// Whether an expression of SPDX can be met: of each OR one side, of each AND both.
fn is_allowed(expression: &str, allow: &BTreeSet<String>) -> Result<bool> {
    // Old packages write a slash for OR.
    let spaced = expression
        .replace('/', " OR ")
        .replace('(', " ( ")
        .replace(')', " ) ");
    let mut words: Vec<&str> = spaced.split_whitespace().rev().collect();
    let allowed = either(&mut words, allow)?;
    ensure!(words.is_empty(), "an expression that does not end");
    Ok(allowed)
}

fn either(words: &mut Vec<&str>, allow: &BTreeSet<String>) -> Result<bool> {
    let mut allowed = both(words, allow)?;
    while words.pop_if(|word| *word == "OR").is_some() {
        allowed |= both(words, allow)?;
    }
    Ok(allowed)
}

fn both(words: &mut Vec<&str>, allow: &BTreeSet<String>) -> Result<bool> {
    let mut allowed = one(words, allow)?;
    while words.pop_if(|word| *word == "AND").is_some() {
        allowed &= one(words, allow)?;
    }
    Ok(allowed)
}

fn one(words: &mut Vec<&str>, allow: &BTreeSet<String>) -> Result<bool> {
    match words.pop() {
        Some("(") => {
            let allowed = either(words, allow)?;
            ensure!(words.pop() == Some(")"), "no closing bracket");
            Ok(allowed)
        }
        Some(name @ (")" | "OR" | "AND" | "WITH")) => bail!("{name} where a licence belongs"),
        Some(name) => {
            let name = match words.pop_if(|word| *word == "WITH") {
                Some(_) => format!("{name} WITH {}", words.pop().context("an exception")?),
                None => name.to_owned(),
            };
            Ok(allow.contains(&name))
        }
        None => bail!("no licence"),
    }
}

#[cfg(test)]
mod tests {
    use super::is_allowed;

    #[test]
    fn expressions_are_met_or_not() {
        let allow = ["MIT", "BSD-3-Clause", "A WITH e"]
            .map(str::to_owned)
            .into();
        for (expression, met) in [
            ("MIT", true),
            ("GPL-3.0", false),
            ("GPL-3.0 OR MIT", true),
            ("MIT/GPL-3.0", true),
            ("MIT AND GPL-3.0", false),
            ("(GPL-3.0 OR MIT) AND BSD-3-Clause", true),
            ("(GPL-3.0 OR MIT) AND GPL-3.0", false),
            ("A WITH e OR GPL-3.0", true),
            ("A WITH f", false),
        ] {
            assert_eq!(is_allowed(expression, &allow).unwrap(), met, "{expression}");
        }
        for broken in ["", "MIT OR", "(MIT", "MIT MIT", "MIT)"] {
            assert!(is_allowed(broken, &allow).is_err(), "{broken:?}");
        }
    }
}

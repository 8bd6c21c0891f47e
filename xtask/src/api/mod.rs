//! The public API of the crate as a list of lines, and what has become of it since the list was written.
//!
//! What a program could use and no longer can, or what it must do and had not to, is a broken line: the test fails until
//! the list is renewed, which a reviewer sees. What came in addition is told.

mod items;
mod types;

use crate::run::{self, cargo, root};
use anyhow::{Context, Result, ensure};
use std::collections::BTreeSet;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;

const LIST: &str = "api/msgin5g.txt";
/// What stands before a function that whoever implements a trait has to write.
const REQUIRED: &str = "required ";

/// Compares, or writes the list.
pub fn run(write: bool) -> Result<()> {
    let fresh: BTreeSet<String> = items::lines(&rustdoc()?)?;
    let place = root().join(LIST);
    if write {
        let lines: Vec<&str> = fresh.iter().map(String::as_str).collect();
        fs::write(&place, lines.join("\n") + "\n")?;
        println!("wrote {LIST}: {} lines", lines.len());
        return Ok(());
    }
    let listed = fs::read_to_string(&place).with_context(|| format!("cannot read {LIST}"))?;
    let listed: BTreeSet<String> = listed.lines().map(str::to_owned).collect();
    let (broken, added) = difference(&listed, &fresh);
    println!(
        "{} lines of public API, {} of them new",
        fresh.len(),
        added.len()
    );
    for line in &added {
        println!("+ {line}");
    }
    for line in &broken {
        println!("{line}");
    }
    ensure!(
        broken.is_empty(),
        "{} lines of the public API are broken:\n{}\nIf that is meant, say it in CHANGELOG.md and run \
         `cargo xtask api --write`",
        broken.len(),
        broken.join("\n")
    );
    Ok(())
}

/// What a program may trip over, each with its sign, and what only came in addition.
fn difference(listed: &BTreeSet<String>, fresh: &BTreeSet<String>) -> (Vec<String>, Vec<String>) {
    let gone = listed.difference(fresh).map(|line| format!("- {line}"));
    let (required, added): (Vec<&String>, Vec<&String>) = fresh
        .difference(listed)
        .partition(|line| line.starts_with(REQUIRED) && has_its_trait(line, listed));
    let required = required.into_iter().map(|line| format!("+ {line}"));
    (
        gone.chain(required).collect(),
        added.into_iter().cloned().collect(),
    )
}

/// Whether the trait of a required function was there before: then who implements it lacks the function.
fn has_its_trait(line: &str, listed: &BTreeSet<String>) -> bool {
    let words = line.split(['(', '<']).next().unwrap_or(line);
    let path = words.rsplit(' ').next().unwrap_or(words);
    path.rsplit_once("::").is_some_and(|(of, _)| {
        let header = format!("trait {of}");
        listed.iter().any(|line| {
            line.strip_prefix(&header)
                .is_some_and(|rest| !rest.starts_with(|c: char| c.is_alphanumeric() || c == '_'))
        })
    })
}

/// What rustdoc says as JSON, which is not stable: it is asked so for this alone.
fn rustdoc() -> Result<serde_json::Value> {
    let words = ["rustdoc", "--quiet", "--package", "msgin5g", "--lib"];
    run::run(
        cargo()
            .env("RUSTDOC", wrapper()?)
            .args(words)
            .args(["--all-features", "--"])
            .args(["-Zunstable-options", "--output-format", "json"]),
    )?;
    let written = run::target_dir().join("doc/msgin5g.json");
    let text = fs::read_to_string(&written)
        .with_context(|| format!("cannot read {}", written.display()))?;
    Ok(serde_json::from_str(&text)?)
}

/// A rustdoc that does what is not stable. Were cargo told the same, it would build half of the dependencies again, for
/// their build scripts look at this variable.
fn wrapper() -> Result<PathBuf> {
    let dir = run::target_dir().join("api");
    fs::create_dir_all(&dir)?;
    let place = dir.join("rustdoc");
    let rustdoc = std::env::var("RUSTDOC").unwrap_or_else(|_| "rustdoc".to_owned());
    fs::write(
        &place,
        format!("#!/bin/sh\nRUSTC_BOOTSTRAP=1 exec '{rustdoc}' \"$@\"\n"),
    )?;
    fs::set_permissions(&place, fs::Permissions::from_mode(0o755))?;
    Ok(place)
}

#[cfg(test)]
mod tests {
    use super::difference;
    use std::collections::BTreeSet;

    fn set(lines: &[&str]) -> BTreeSet<String> {
        lines.iter().map(|line| (*line).to_owned()).collect()
    }

    #[test]
    fn what_is_gone_is_broken_and_what_is_new_is_not() {
        let before = set(&["fn a()", "fn b()", "trait T<X>"]);
        let after = set(&[
            "fn a()",
            "fn b(u8)",
            "trait T<X>",
            "required fn T::c()",
            "trait Ta",
            "required fn Ta::c()",
        ]);
        let (broken, added) = difference(&before, &after);
        assert_eq!(broken, ["- fn b()", "+ required fn T::c()"]);
        assert_eq!(added, ["fn b(u8)", "required fn Ta::c()", "trait Ta"]);
    }
}

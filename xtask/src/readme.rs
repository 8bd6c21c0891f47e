//! The part of the README that is printed by `cargo xtask size`.

use crate::run::root;
use anyhow::{Context, Result, bail};
use std::path::PathBuf;

const BEGIN: &str = "<!-- size:begin -->\n";
const END: &str = "<!-- size:end -->";

fn path() -> PathBuf {
    root().join("README.md")
}

/// What stands between the marks.
pub fn table() -> Result<String> {
    let text = std::fs::read_to_string(path())?;
    let (_, table, _) = split(&text)?;
    Ok(table.to_owned())
}

/// Puts the table between the marks.
pub fn write(table: &str) -> Result<()> {
    let text = std::fs::read_to_string(path())?;
    let (before, _, after) = split(&text)?;
    std::fs::write(path(), format!("{before}{table}{after}"))?;
    Ok(())
}

/// The text up to and with the first mark, between the marks, from the second on.
fn split(text: &str) -> Result<(&str, &str, &str)> {
    let begin = text
        .find(BEGIN)
        .with_context(|| format!("README.md has no line {BEGIN:?}"))?
        + BEGIN.len();
    let Some(length) = text[begin..].find(END) else {
        bail!("README.md has no {END:?} after {BEGIN:?}");
    };
    let (before, rest) = text.split_at(begin);
    let (table, after) = rest.split_at(length);
    Ok((before, table, after))
}

#[cfg(test)]
mod tests {
    use super::split;

    #[test]
    fn finds_the_marks() {
        let text = "a\n<!-- size:begin -->\ntable\n<!-- size:end -->\nb\n";
        let (before, table, after) = split(text).unwrap();
        assert_eq!(before, "a\n<!-- size:begin -->\n");
        assert_eq!(table, "table\n");
        assert_eq!(after, "<!-- size:end -->\nb\n");
        assert!(split("no marks").is_err());
        assert!(split("<!-- size:begin -->\n").is_err());
    }
}

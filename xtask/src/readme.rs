//! The parts of the README that are printed by `cargo xtask size` and `cargo xtask bench --only peer`.

use crate::run::root;
use anyhow::{Context, Result, bail};
use std::path::PathBuf;

/// What `size` prints.
pub const SIZE: &str = "size";
/// What `bench --only peer` prints.
pub const PEER: &str = "peer";

fn path() -> PathBuf {
    root().join("README.md")
}

/// What stands between the marks of this part.
pub fn table(part: &str) -> Result<String> {
    let text = std::fs::read_to_string(path())?;
    let (_, table, _) = split(&text, part)?;
    Ok(table.to_owned())
}

/// Puts the table between the marks of this part.
pub fn write(part: &str, table: &str) -> Result<()> {
    let text = std::fs::read_to_string(path())?;
    let (before, _, after) = split(&text, part)?;
    std::fs::write(path(), format!("{before}{table}{after}"))?;
    Ok(())
}

/// The text up to and with the first mark, between the marks, from the second on.
fn split<'t>(text: &'t str, part: &str) -> Result<(&'t str, &'t str, &'t str)> {
    let begin_mark = format!("<!-- {part}:begin -->\n");
    let end_mark = format!("<!-- {part}:end -->");
    let begin = text
        .find(&begin_mark)
        .with_context(|| format!("README.md has no line {begin_mark:?}"))?
        + begin_mark.len();
    let Some(length) = text[begin..].find(&end_mark) else {
        bail!("README.md has no {end_mark:?} after {begin_mark:?}");
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
        let (before, table, after) = split(text, super::SIZE).unwrap();
        assert_eq!(before, "a\n<!-- size:begin -->\n");
        assert_eq!(table, "table\n");
        assert_eq!(after, "<!-- size:end -->\nb\n");
        assert!(split("no marks", "size").is_err());
        assert!(split("<!-- size:begin -->\n", "size").is_err());
    }
}

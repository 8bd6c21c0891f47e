//! Generated parts of a Markdown text: what stands between `<!-- NAME:begin -->` and `<!-- NAME:end -->`.

use anyhow::{Context, Result, bail};

/// The text with each block made anew by `make`, which is given its name.
pub fn fill(text: &str, mut make: impl FnMut(&str) -> Result<String>) -> Result<String> {
    let mut filled = String::new();
    let mut rest = text;
    while let Some((before, name, after)) = begin(rest) {
        let end_mark = format!("<!-- {name}:end -->");
        let Some(length) = after.find(&end_mark) else {
            bail!("no {end_mark:?} behind the begin of `{name}`");
        };
        let made = make(name).with_context(|| format!("the block `{name}`"))?;
        filled += before;
        filled += &format!("<!-- {name}:begin -->\n{}\n", made.trim_end());
        rest = &after[length..];
    }
    filled += rest;
    Ok(filled)
}

/// What stands before a block, its name, and what stands behind its first mark.
fn begin(text: &str) -> Option<(&str, &str, &str)> {
    let mut from = 0;
    while let Some(at) = text[from..].find("<!-- ").map(|at| from + at) {
        let inside = &text[at + 5..];
        if let Some((mark, after)) = inside.split_once(" -->\n")
            && let Some(name) = mark.strip_suffix(":begin")
            && !name.contains(char::is_whitespace)
        {
            return Some((&text[..at], name, after));
        }
        from = at + 5;
    }
    None
}

#[cfg(test)]
mod tests {
    use super::fill;

    const TEXT: &str = "a\n<!-- size:begin -->\nold\n<!-- size:end -->\nb <!-- x --> c\n";

    #[test]
    fn a_block_is_made_anew_and_the_rest_stays() {
        let filled = fill(TEXT, |name| Ok(format!("new {name}\n\n"))).unwrap();
        assert_eq!(filled, TEXT.replace("old", "new size"));
        assert_eq!(fill("no marks", |_| Ok(String::new())).unwrap(), "no marks");
    }

    #[test]
    fn a_block_has_an_end_and_somebody_who_makes_it() {
        assert!(fill("<!-- size:begin -->\n", |_| Ok(String::new())).is_err());
        assert!(fill(TEXT, |_| anyhow::bail!("unknown")).is_err());
    }
}

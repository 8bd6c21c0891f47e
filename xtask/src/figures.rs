//! `key=value` lines that the firmware writes to the emulator's error output.

use anyhow::{Context, Result};
use std::collections::BTreeMap;

/// Figures of one run, by name.
#[derive(Clone, Default, Debug)]
pub struct Figures(BTreeMap<String, String>);

impl Figures {
    /// Takes the line if it is a figure.
    pub fn take(&mut self, line: &str) -> bool {
        let is_key = |key: &str| {
            !key.is_empty()
                && key
                    .bytes()
                    .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_')
        };
        match line.split_once('=') {
            Some((key, value)) if is_key(key) => {
                self.0.insert(key.to_owned(), value.to_owned());
                true
            }
            _ => false,
        }
    }

    /// The value as text.
    pub fn text(&self, key: &str) -> Result<&str> {
        self.0
            .get(key)
            .map(String::as_str)
            .with_context(|| format!("the firmware did not report `{key}`"))
    }

    /// The value as a number.
    pub fn number(&self, key: &str) -> Result<u64> {
        let text = self.text(key)?;
        text.parse()
            .with_context(|| format!("`{key}={text}` is no number"))
    }
}

#[cfg(test)]
mod tests {
    use super::Figures;

    #[test]
    fn takes_figures_and_leaves_other_lines() {
        let mut figures = Figures::default();
        assert!(figures.take("stack=320"));
        assert!(figures.take("text=a = b"));
        assert!(!figures.take("qemu-system-arm: warning: x=1"));
        assert!(!figures.take("no figure"));
        assert_eq!(figures.number("stack").unwrap(), 320);
        assert_eq!(figures.text("text").unwrap(), "a = b");
        assert!(figures.number("text").is_err());
        assert!(figures.number("missing").is_err());
    }
}

//! What each function of a firmware takes of flash, and how that differs from what was written down.

use anyhow::{Context, Result};
use object::{Object, ObjectSymbol, SymbolKind};
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

/// Smaller ones are not worth a line in the file.
const SMALLEST: u64 = 320;
/// So many lines tell what grew.
const SHOWN: usize = 12;

/// Octets by name. Instances of one generic function count as one.
#[derive(Clone, Default, Debug, PartialEq, Eq)]
pub struct Symbols(BTreeMap<String, u64>);

impl Symbols {
    /// Functions and constants with a name of a file that was linked.
    pub fn of(path: &Path) -> Result<Self> {
        let file =
            std::fs::read(path).with_context(|| format!("cannot read {}", path.display()))?;
        let elf = object::File::parse(&*file)?;
        let mut octets = BTreeMap::new();
        let mut seen = BTreeSet::new();
        for symbol in elf.symbols() {
            let kind = symbol.kind();
            if symbol.size() == 0 || !matches!(kind, SymbolKind::Text | SymbolKind::Data) {
                continue;
            }
            // Two names for the same octets count once.
            if !seen.insert(symbol.address()) {
                continue;
            }
            *octets.entry(readable(symbol.name()?)).or_default() += symbol.size();
        }
        Ok(Self(octets))
    }

    /// The large ones, one a line, under a heading.
    pub fn write(&self, heading: &str) -> String {
        let mut large: Vec<_> = self.0.iter().filter(|(_, n)| **n >= SMALLEST).collect();
        large.sort_by_key(|(name, octets)| (std::cmp::Reverse(**octets), *name));
        let lines = large
            .iter()
            .map(|(name, octets)| format!("{octets} {name}\n"));
        format!("[{heading}]\n{}", lines.collect::<String>())
    }

    /// What stands under the heading in a text of [`Self::write`].
    pub fn read(text: &str, heading: &str) -> Option<Self> {
        let mut lines = text.lines();
        lines.find(|line| line.strip_prefix('[') == Some(&format!("{heading}]")))?;
        let octets = lines
            .take_while(|line| !line.starts_with('['))
            .filter_map(|line| line.split_once(' '))
            .filter_map(|(octets, name)| Some((name.to_owned(), octets.parse().ok()?)));
        Some(Self(octets.collect()))
    }

    /// What takes more than `before`, the largest growth first: one line each.
    pub fn grown_since(&self, before: &Self) -> Vec<String> {
        let grown = self.0.iter().filter_map(|(name, &is)| {
            let was = before.0.get(name).copied();
            // A small one that is not in the file may have been just below.
            let certain = was.unwrap_or(if is < SMALLEST { is } else { 0 });
            let growth = is.checked_sub(certain).filter(|growth| *growth > 0)?;
            Some((growth, is, was, name))
        });
        let mut grown: Vec<_> = grown.collect();
        grown.sort_by_key(|&(growth, _, _, name)| (std::cmp::Reverse(growth), name));
        let line = |(growth, is, was, name): (u64, u64, Option<u64>, &String)| match was {
            Some(was) => format!("  +{growth:<6} {was} -> {is}  {name}"),
            None => format!("  +{growth:<6} new, or under {SMALLEST} before  {name}"),
        };
        grown.into_iter().take(SHOWN).map(line).collect()
    }
}

/// Without the hash, which changes with everything.
fn readable(name: &str) -> String {
    format!("{:#}", rustc_demangle::demangle(name))
}

#[cfg(test)]
mod tests {
    use super::{Symbols, readable};

    fn symbols(of: &[(&str, u64)]) -> Symbols {
        Symbols(
            of.iter()
                .map(|(name, n)| ((*name).to_owned(), *n))
                .collect(),
        )
    }

    #[test]
    fn names_lose_their_hash() {
        let mangled = "_ZN7msgin5g6client4send17h0123456789abcdefE";
        assert_eq!(readable(mangled), "msgin5g::client::send");
        assert_eq!(readable("memcpy"), "memcpy");
    }

    #[test]
    fn what_is_written_is_read() {
        let both = symbols(&[("<a as b>::c", 900), ("d", 320)]);
        let text = both.write("one") + &symbols(&[("e", 5000), ("small", 319)]).write("two");
        assert_eq!(Symbols::read(&text, "one"), Some(both));
        assert_eq!(Symbols::read(&text, "two"), Some(symbols(&[("e", 5000)])));
        assert_eq!(Symbols::read(&text, "three"), None);
    }

    #[test]
    fn the_largest_growth_comes_first() {
        let before = symbols(&[("a", 400), ("b", 400), ("c", 400), ("gone", 900)]);
        let after = symbols(&[
            ("a", 410),
            ("b", 700),
            ("c", 390),
            ("new", 350),
            ("tiny", 80),
        ]);
        let told = after.grown_since(&before);
        assert_eq!(told.len(), 3, "{told:?}");
        assert!(told[0].contains("new") && told[0].contains("+350"));
        assert!(told[1].contains("+300") && told[1].contains("400 -> 700  b"));
        assert!(told[2].contains("+10") && told[2].ends_with("a"));
    }
}

//! `docs/figures.json`: every figure that was measured, under its key. Tables, charts and numbers in prose are made
//! from it, and what is measured anew is compared with it.

use crate::bench::{Figure, Unit};
use crate::run::root;
use anyhow::{Context, Result, bail, ensure};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::path::PathBuf;

/// Figures by key, and what they were measured with.
#[derive(Clone, Default, Debug, PartialEq, Eq)]
pub struct Store {
    with: BTreeMap<String, String>,
    figures: BTreeMap<String, Stored>,
}

/// A figure as it is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stored {
    pub value: u64,
    pub unit: Unit,
    /// What the value was spent on, in octets.
    pub octets: Option<u64>,
}

/// `m4f.s`: on which core, by which level of optimisation.
pub fn place(core: &str, opt: &str) -> String {
    let core = core.to_lowercase().replace("cortex-", "");
    format!("{}.{opt}", core.replace('+', "plus"))
}

fn path() -> PathBuf {
    root().join("docs/figures.json")
}

impl Store {
    /// What stands in the repository.
    pub fn load() -> Result<Self> {
        let text = std::fs::read_to_string(path()).context("docs/figures.json")?;
        Self::read(&text).context("docs/figures.json")
    }

    /// Puts it there.
    pub fn save(&self) -> Result<()> {
        Ok(std::fs::write(path(), self.write())?)
    }

    fn read(text: &str) -> Result<Self> {
        let whole: Value = serde_json::from_str(text)?;
        let mut store = Self::default();
        for (name, version) in whole["with"].as_object().context("\"with\"")? {
            let version = version.as_str().context("a version")?;
            store.with.insert(name.clone(), version.to_owned());
        }
        for (key, figure) in whole["figures"].as_object().context("\"figures\"")? {
            let unit = figure["unit"].as_str().and_then(Unit::by_name);
            let stored = Stored {
                value: figure["value"].as_u64().context("a value")?,
                unit: unit.with_context(|| format!("the unit of {key}"))?,
                octets: figure["octets"].as_u64(),
            };
            store.figures.insert(key.clone(), stored);
        }
        Ok(store)
    }

    /// One figure a line, so that a change is one line of a diff.
    fn write(&self) -> String {
        let figure = |(key, stored): (&String, &Stored)| {
            let octets = stored
                .octets
                .map(|octets| format!(", \"octets\": {octets}"));
            format!(
                "    \"{key}\": {{\"value\": {}, \"unit\": \"{}\"{}}}",
                stored.value,
                stored.unit.name(),
                octets.unwrap_or_default()
            )
        };
        let figures: Vec<String> = self.figures.iter().map(figure).collect();
        format!(
            "{{\n  \"with\": {},\n  \"figures\": {{\n{}\n  }}\n}}\n",
            json!(self.with),
            figures.join(",\n")
        )
    }

    /// Says what the figures were measured with.
    pub fn measured_with(&mut self, name: &str, version: &str) {
        self.with.insert(name.to_owned(), version.to_owned());
    }

    /// The version of what they were measured with.
    pub fn version_of(&self, name: &str) -> Result<&str> {
        let version = self.with.get(name).map(String::as_str);
        version.with_context(|| format!("no version of {name} in docs/figures.json"))
    }

    /// Keeps a figure of this place.
    pub fn put(&mut self, place: &str, figure: &Figure) {
        let key = match place {
            "" => format!("{}.{}", figure.group, figure.key),
            _ => format!("{place}.{}.{}", figure.group, figure.key),
        };
        let stored = Stored {
            value: figure.value,
            unit: figure.unit,
            octets: figure.octets,
        };
        self.figures.insert(key, stored);
    }

    /// What was measured anew takes the place of what stood there; all else stays.
    pub fn take(&mut self, newer: Self) {
        self.with.extend(newer.with);
        self.figures.extend(newer.figures);
    }

    /// One object a line, so that a file of runs can be compared.
    pub fn lines(&self) -> String {
        let line = |(key, stored): (&String, &Stored)| {
            let mut object = json!({"key": key, "value": stored.value, "unit": stored.unit.name()});
            if let Some(octets) = stored.octets {
                object["octets"] = json!(octets);
                let each = stored.value as f64 / octets.max(1) as f64;
                object["each"] = json!((each * 10.0).round() / 10.0);
            }
            for (name, version) in &self.with {
                object[name] = json!(version);
            }
            object.to_string()
        };
        let lines: Vec<String> = self.figures.iter().map(line).collect();
        lines.join("\n")
    }

    /// The figure of this key.
    pub fn get(&self, key: &str) -> Result<Stored> {
        let found = self.figures.get(key).copied();
        found.with_context(|| format!("no figure `{key}`: `cargo xtask bench --write` measures"))
    }

    /// Its value.
    pub fn value(&self, key: &str) -> Result<u64> {
        Ok(self.get(key)?.value)
    }

    /// Fails if a figure that was measured now is not what is kept, within what the compilers' versions allow.
    pub fn compare(&self, now: &Self) -> Result<()> {
        let same_compiler = ["rustc", "gcc"].iter().all(|name| {
            now.with
                .get(*name)
                .is_none_or(|is| self.with.get(*name) == Some(is))
        });
        if !same_compiler {
            println!("docs/figures.json is of other compilers: sizes may differ by a few percent");
        }
        let mut differences = Vec::new();
        ensure!(!now.figures.is_empty(), "nothing was measured");
        for (key, is) in &now.figures {
            match self.figures.get(key) {
                None => differences.push(format!("{key}: {} is not kept", is.value)),
                Some(was) if was.unit != is.unit || !agree(*was, *is, key, same_compiler) => {
                    differences.push(format!(
                        "{key}: {} is kept, {} measured",
                        was.value, is.value
                    ));
                }
                Some(_) => {}
            }
        }
        if !differences.is_empty() {
            bail!(
                "docs/figures.json is not what was measured; `cargo xtask bench --write` updates it\n{}",
                differences.join("\n")
            );
        }
        Ok(())
    }
}

/// So many percent may a figure differ. Another compiler makes other code. How deep the stack goes, and how many
/// instructions are counted, depends a little on how the octets arrive.
fn agree(was: Stored, is: Stored, key: &str, same_compiler: bool) -> bool {
    let percent = match (is.unit, same_compiler) {
        (Unit::Octets, _) if key.starts_with("wire.") => 0,
        (Unit::Instructions, _) => 10,
        (_, true) => 2,
        (_, false) => 5,
    };
    was.value.abs_diff(is.value) * 100 <= was.value * percent
}

#[cfg(test)]
mod tests {
    use super::{Store, place};
    use crate::bench::{Figure, Unit};

    fn store(value: u64, unit: Unit) -> Store {
        let mut store = Store::default();
        store.measured_with("rustc", "rustc 1.96.0");
        let figure = Figure {
            group: "codec",
            key: "decode",
            what: "reading",
            value,
            unit,
            octets: Some(463),
        };
        store.put(&place("Cortex-M0+", "s"), &figure);
        store
    }

    #[test]
    fn what_is_written_is_read() {
        let store = store(10_000, Unit::Octets);
        assert_eq!(Store::read(&store.write()).unwrap(), store);
        assert_eq!(store.value("m0plus.s.codec.decode").unwrap(), 10_000);
        assert!(store.value("m3.s.codec.decode").is_err());
    }

    #[test]
    fn sizes_are_closer_with_the_same_compiler() {
        let kept = store(10_000, Unit::Octets);
        assert!(kept.compare(&store(10_200, Unit::Octets)).is_ok());
        assert!(kept.compare(&store(10_201, Unit::Octets)).is_err());
        let mut other = store(10_500, Unit::Octets);
        other.measured_with("rustc", "rustc 1.97.0");
        assert!(kept.compare(&other).is_ok());
        let mut other = store(10_501, Unit::Octets);
        other.measured_with("rustc", "rustc 1.97.0");
        assert!(kept.compare(&other).is_err());
    }

    #[test]
    fn instructions_may_differ_more_and_units_not_at_all() {
        let kept = store(10_000, Unit::Instructions);
        assert!(kept.compare(&store(11_000, Unit::Instructions)).is_ok());
        assert!(kept.compare(&store(11_001, Unit::Instructions)).is_err());
        assert!(kept.compare(&store(10_000, Unit::Octets)).is_err());
    }
}

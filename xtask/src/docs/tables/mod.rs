//! The tables of README.md and the guide, made from the figures.

mod firmware;
mod parts;
mod sessions;

use super::fleet;
use super::store::{Store, place};
use crate::board::BOARDS;
use crate::firmware::Opt;
use crate::size::{grouped, millions};
use anyhow::{Result, bail};
pub use firmware::places;

/// All blocks that there are; each stands in some document.
pub const NAMES: [&str; 10] = [
    "aims",
    "size",
    "parts",
    "peer",
    "sessions",
    "wire",
    "footprint",
    "codec",
    "poll",
    "fleet",
];

/// The text of the block of this name.
pub fn make(name: &str, store: &Store) -> Result<String> {
    match name {
        "aims" => sessions::aims(store),
        "size" => firmware::size(store),
        "parts" => firmware::parts(store),
        "peer" => sessions::peer(store),
        "sessions" => sessions::sessions(store),
        "wire" => sessions::wire(store),
        "footprint" => firmware::footprint(store),
        "codec" => parts::codec(store),
        "poll" => parts::poll(store),
        "fleet" => fleet::table(),
        _ => bail!("nobody makes it"),
    }
}

/// Where figures of the first board at the usual level stand.
fn usual() -> String {
    place(BOARDS[0].core, Opt::S.name())
}

/// A heading: the first columns are words, the others numbers.
fn heading(words: &[&str], numbers: &[&str]) -> String {
    let line = |cells: &[String]| format!("| {} |\n", cells.join(" | "));
    let names: Vec<String> = [words, numbers]
        .concat()
        .iter()
        .map(ToString::to_string)
        .collect();
    let left = words.iter().map(|_| "---".to_owned());
    let rules: Vec<String> = left
        .chain(numbers.iter().map(|_| "---:".to_owned()))
        .collect();
    line(&names) + &line(&rules)
}

fn row(words: &[&str], numbers: &[String]) -> String {
    let words = words.iter().map(ToString::to_string);
    let cells: Vec<String> = words.chain(numbers.iter().cloned()).collect();
    format!("| {} |\n", cells.join(" | "))
}

/// Instructions: the large ones in millions.
fn instructions(value: u64) -> String {
    if value < 1_000_000 {
        return grouped(value);
    }
    millions(value)
}

/// Figures of one group in one place.
struct Group<'s> {
    store: &'s Store,
    prefix: String,
}

impl Group<'_> {
    fn value(&self, key: &str) -> Result<u64> {
        self.store.value(&format!("{}.{key}", self.prefix))
    }

    fn octets(&self, key: &str) -> Result<String> {
        Ok(grouped(self.value(key)?))
    }

    fn instructions(&self, key: &str) -> Result<String> {
        Ok(instructions(self.value(key)?))
    }

    /// Static RAM, stack, and a heap if there is one.
    fn ram(&self) -> Result<String> {
        Ok(grouped(
            self.value("static_ram")? + self.value("stack")? + self.heap(),
        ))
    }

    fn heap(&self) -> u64 {
        self.value("heap").unwrap_or(0)
    }
}

fn group<'s>(store: &'s Store, place: &str, name: &str) -> Group<'s> {
    let prefix = format!("{place}.{name}");
    Group { store, prefix }
}

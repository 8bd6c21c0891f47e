//! `cargo xtask bench`: what the parts cost, as a table or as lines of JSON.
//!
//! Each module beside this one measures one part and hands back its [`Figure`]s.

mod codec;
pub mod peer;
mod poll;
mod sessions;

use crate::board::BOARDS;
use crate::toolchain::{TARGETS, Toolchain};
use crate::{install, qemu, readme, size::grouped};
use anyhow::Result;
use serde_json::json;

/// One thing that was measured.
pub struct Figure {
    /// The module that measured it.
    pub group: &'static str,
    /// For programs: small letters and underscores. It stays when the words change.
    pub key: &'static str,
    /// For people.
    pub what: &'static str,
    pub value: u64,
    pub unit: Unit,
    /// Octets that the instructions were spent on, where they were.
    pub octets: Option<u64>,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Unit {
    Instructions,
    Octets,
}

impl Unit {
    fn name(self) -> &'static str {
        match self {
            Self::Instructions => "instructions",
            Self::Octets => "octets",
        }
    }
}

/// What can be measured by itself.
#[derive(Clone, Copy, PartialEq, Eq, Debug, clap::ValueEnum)]
pub enum Group {
    Codec,
    Poll,
    Sessions,
    /// Other TLS libraries beside our own TLS. Only when it is asked for: it needs a C compiler for Cortex-M.
    Peer,
}

/// Measures on the first board, the sessions on every board, and prints.
pub fn run(only: Option<Group>, as_json: bool, write: bool, may_install: bool) -> Result<()> {
    install::for_sessions(&TARGETS, may_install)?;
    if only == Some(Group::Peer) {
        install::for_peer(may_install)?;
    }
    let toolchain = Toolchain::find_or_make(&TARGETS, may_install)?;
    let board = BOARDS[0];
    let mut figures = Vec::new();
    if only.is_none_or(|only| only == Group::Codec) {
        figures.extend(codec::measure(board, &toolchain)?);
    }
    if only.is_none_or(|only| only == Group::Poll) {
        figures.extend(poll::measure(board, &toolchain)?);
    }
    let mut sessions = Vec::new();
    if only.is_none_or(|only| only == Group::Sessions) {
        sessions = sessions::measure(&toolchain)?;
    }
    let mut peers = Vec::new();
    if only == Some(Group::Peer) {
        peers = peer::measure(board, &toolchain)?;
    }
    if as_json {
        let compiler = toolchain.version()?;
        for figure in &figures {
            println!("{}", line(figure, board.core, &compiler));
        }
        for (figure, core) in sessions::figures(&[sessions, peers].concat()) {
            println!("{}", line(&figure, core, &compiler));
        }
    } else {
        println!(
            "\nOn {}, {}, QEMU {}, profile `firmware`. Instructions are QEMU's count, not cycles.\n",
            board.core,
            toolchain.version()?,
            qemu::version()?,
        );
        if !figures.is_empty() {
            println!("{}", table(&figures));
        }
        if !sessions.is_empty() {
            println!("\n{}", sessions::table(&sessions));
        }
        if !peers.is_empty() {
            let table = peer::table(&peers)?;
            println!("\n{table}");
            if write {
                readme::write(readme::PEER, &format!("{table}\n"))?;
            }
        }
    }
    Ok(())
}

fn table(figures: &[Figure]) -> String {
    let mut text =
        String::from("| what | value | unit | an octet |\n| --- | ---: | --- | ---: |\n");
    for figure in figures {
        let each = figure.octets.map_or_else(String::new, |octets| {
            format!("{:.1} of {octets}", each(figure.value, octets))
        });
        text += &format!(
            "| {} | {} | {} | {each} |\n",
            figure.what,
            grouped(figure.value),
            figure.unit.name()
        );
    }
    text
}

/// One object a line, so that a file of runs can be compared.
fn line(figure: &Figure, core: &str, compiler: &str) -> String {
    let mut object = json!({
        "group": figure.group,
        "key": figure.key,
        "value": figure.value,
        "unit": figure.unit.name(),
        "core": core,
        "compiler": compiler,
    });
    if let Some(octets) = figure.octets {
        object["octets"] = json!(octets);
        object["each"] = json!((each(figure.value, octets) * 10.0).round() / 10.0);
    }
    object.to_string()
}

fn each(value: u64, octets: u64) -> f64 {
    value as f64 / octets.max(1) as f64
}

#[cfg(test)]
mod tests {
    use super::{Figure, Unit, line, table};

    fn figure(octets: Option<u64>) -> Figure {
        Figure {
            group: "codec",
            key: "decode",
            what: "reading",
            value: 10_250,
            unit: Unit::Instructions,
            octets,
        }
    }

    #[test]
    fn a_row_has_the_cost_of_an_octet() {
        let text = table(&[figure(Some(500)), figure(None)]);
        assert!(text.contains("| reading | 10,250 | instructions | 20.5 of 500 |\n"));
        assert!(text.ends_with("| reading | 10,250 | instructions |  |\n"));
    }

    #[test]
    fn a_line_is_one_object() {
        let text = line(&figure(Some(500)), "Cortex-M4F", "rustc 1.88.0");
        let object: serde_json::Value = serde_json::from_str(&text).unwrap();
        assert_eq!(object["value"], 10_250);
        assert_eq!(object["each"], 20.5);
        assert!(!text.contains('\n'));
    }
}

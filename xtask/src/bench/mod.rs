//! `cargo xtask bench`: what the parts cost, as a table or as lines of JSON.
//!
//! Each module beside this one measures one part and hands back its [`Figure`]s. With `--write` they are kept in
//! `docs/figures.json`, and tables, charts and numbers of the guide are made from it.

mod codec;
pub mod footprint;
pub mod peer;
mod poll;
pub mod sessions;
pub mod wire;

use crate::board::BOARDS;
use crate::docs::store::{Store, place};
use crate::docs::{self, tables};
use crate::host::Programs;
use crate::toolchain::{TARGETS, Toolchain};
use crate::{install, qemu, size, size::grouped};
use anyhow::Result;

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
    pub fn name(self) -> &'static str {
        match self {
            Self::Instructions => "instructions",
            Self::Octets => "octets",
        }
    }

    pub fn by_name(name: &str) -> Option<Self> {
        [Self::Instructions, Self::Octets]
            .into_iter()
            .find(|unit| unit.name() == name)
    }
}

/// What can be measured by itself.
#[derive(Clone, Copy, PartialEq, Eq, Debug, clap::ValueEnum)]
pub enum Group {
    /// Messages, AEAD and segments, and the client's flash.
    Codec,
    /// One call of `Connection::poll`.
    Poll,
    /// The TLS sessions beside each other, on three cores.
    Sessions,
    /// Octets on the line, by session.
    Wire,
    /// The firmware on each core at each level of optimisation.
    Footprint,
    /// What `cargo xtask size` measures.
    Firmware,
    /// Other TLS libraries beside our own TLS.
    Peer,
}

/// Measures, prints, and with `write` keeps.
pub fn run(only: Option<Group>, as_json: bool, write: bool, may_install: bool) -> Result<()> {
    let wants = |group| only.is_none_or(|only| only == group);
    install::for_sessions(&TARGETS, may_install)?;
    install::for_exchange(&TARGETS, true, may_install)?;
    if wants(Group::Firmware) {
        install::for_c_firmware(may_install)?;
    }
    if wants(Group::Peer) {
        install::for_peer(may_install)?;
    }
    let toolchain = Toolchain::find_or_make(&TARGETS, may_install)?;
    let mut now = store(&toolchain)?;
    let mut texts = Vec::new();
    let mut within = Ok(());
    let board = BOARDS[0];
    for (group, measure) in [
        (
            Group::Codec,
            codec::measure as fn(_, &_) -> Result<Vec<Figure>>,
        ),
        (Group::Poll, poll::measure),
    ] {
        if wants(group) {
            let figures = measure(board, &toolchain)?;
            texts.push(table(&figures));
            for figure in &figures {
                now.put(&place(board.core, toolchain.opt.name()), figure);
            }
        }
    }
    if wants(Group::Sessions) {
        let rows = sessions::measure(&toolchain)?;
        for (figure, core) in sessions::figures(&rows) {
            now.put(&place(core, toolchain.opt.name()), &figure);
        }
        texts.push(tables::make("sessions", &now)?);
    }
    if wants(Group::Wire) {
        wire::measure(&mut now)?;
        texts.push(tables::make("wire", &now)?);
    }
    if wants(Group::Firmware) {
        within = size::measure_all(&toolchain, &Programs::build()?, &mut now, write)?;
        texts.push(tables::make("size", &now)?);
    }
    if wants(Group::Footprint) {
        footprint::measure(&toolchain, &Programs::build()?, &mut now)?;
        texts.push(tables::make("footprint", &now)?);
    }
    if wants(Group::Peer) {
        peer::measured_with(&mut now)?;
        let rows = peer::measure(board, &toolchain)?;
        for (figure, core) in sessions::figures(&rows) {
            now.put(&place(core, toolchain.opt.name()), &figure);
        }
        texts.push(tables::make("peer", &now)?);
    }
    if as_json {
        println!("{}", now.lines());
    } else {
        let conditions = "profile `firmware`. Instructions are QEMU's count, not cycles.";
        println!(
            "\n{}, QEMU {}, {conditions}\n\n{}",
            toolchain.version()?,
            qemu::version()?,
            texts.join("\n")
        );
    }
    if write {
        // All of it: what is no longer measured goes.
        let mut kept = if only.is_none() {
            Store::default()
        } else {
            Store::load()?
        };
        kept.take(now);
        kept.save()?;
        docs::run(false)?;
    }
    within
}

/// Figures that are cheap to measure: messages, AEAD and segments on the first board, and octets on the line.
pub fn sample(toolchain: &Toolchain) -> Result<Store> {
    let mut now = store(toolchain)?;
    for figure in codec::count(BOARDS[0], toolchain)? {
        now.put(&place(BOARDS[0].core, toolchain.opt.name()), &figure);
    }
    wire::measure(&mut now)?;
    Ok(now)
}

/// No figures yet, but what they are measured with.
pub fn store(toolchain: &Toolchain) -> Result<Store> {
    let mut store = Store::default();
    store.measured_with("rustc", &toolchain.version()?);
    store.measured_with("qemu", &qemu::version()?);
    Ok(store)
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

fn each(value: u64, octets: u64) -> f64 {
    value as f64 / octets.max(1) as f64
}

#[cfg(test)]
mod tests {
    use super::{Figure, Unit, table};

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
}

//! `cargo xtask size`: what the firmware takes, part by part and board by board.

use crate::bench::{self, Figure, Unit};
use crate::board::{BOARDS, Board};
use crate::docs::store::{Store, place};
use crate::docs::{self, tables};
use crate::elf::{self, Sizes};
use crate::exchange::{self, Exchange};
use crate::firmware::Session;
use crate::host::Programs;
use crate::scenario::Scenario;
use crate::symbols::Symbols;
use crate::toolchain::{TARGETS, Toolchain};
use crate::{budget, c, firmware, install};
use anyhow::{Result, ensure};
use std::path::Path;

/// Code for the smallest core; the board with the next larger one runs it.
pub const SMALLEST: Board = Board {
    machine: "mps2-an385",
    core: "Cortex-M0+",
    target: "thumbv6m-none-eabi",
};

/// Programs that are weighed on the first board: name, features, and what each holds.
pub const PARTS: [(&str, &[&str], &str); 5] = [
    (
        "probe_baseline",
        &["probes"],
        "start-up, UART, clock and console alone",
    ),
    (
        "probe_akma",
        &["probes"],
        "with AKMA: K_AUSF to K_AF and A-KID",
    ),
    (
        "probe_client",
        &["probes"],
        "with client, CoAP and messages over bare TCP",
    ),
    (
        "probe_session",
        &["probes", "embedded-tls"],
        "with the session of embedded-tls, P-256",
    ),
    (
        "probe_tls13",
        &["probes", "tls13-x25519"],
        "with the session of tls13, X25519",
    ),
];

/// The firmware in C, for keys of figures and for people.
const IN_C: (&str, &str) = ("firmware_c", "tls13, in C");

/// Builds all that is measured, side by side: one after another it takes far longer.
pub fn build_all(toolchain: &Toolchain) -> Result<()> {
    for session in [Session::EmbeddedTls, Session::Tls13, Session::Dtls13] {
        let rows = rows_to_measure().filter(|(of, _)| *of == session);
        let targets: Vec<&str> = rows.map(|(_, board)| board.target).collect();
        session.build_all(toolchain, &targets, Scenario::Exchange, false)?;
    }
    for together in PARTS.chunk_by(|(_, a, _), (_, b, _)| a == b) {
        let programs: Vec<&str> = together.iter().map(|(program, ..)| *program).collect();
        let features = together
            .first()
            .map_or(&[][..], |(_, features, _)| features);
        firmware::build_all(toolchain, &[BOARDS[0].target], &programs, features)?;
    }
    Ok(())
}

/// One firmware, measured.
pub struct Row {
    board: Board,
    /// For the keys of figures.
    group: &'static str,
    /// What carries the session, and the language if it is another.
    what: &'static str,
    sizes: Sizes,
    stack: u64,
    keys: u64,
    handshake: u64,
    symbols: Symbols,
}

/// One of the programs of [`PARTS`], weighed.
pub struct Part {
    program: &'static str,
    sizes: Sizes,
    symbols: Symbols,
}

/// What is held against the budget, and its functions where those are written down.
pub struct Measured {
    pub name: String,
    pub figures: Vec<(&'static str, u64)>,
    pub symbols: Option<Symbols>,
}

/// Measures, prints, and fails if it is more than the budget; with `write`, it goes into `docs/figures.json`, what is made
/// of that, and the list of functions.
pub fn run(write: bool, may_install: bool) -> Result<()> {
    install::for_exchange(&TARGETS, true, may_install)?;
    install::for_c_firmware(may_install)?;
    let toolchain = Toolchain::find_or_make(&TARGETS, may_install)?;
    let mut store = bench::store(&toolchain)?;
    let within = measure_all(&toolchain, &Programs::build()?, &mut store, write)?;
    println!("\n{}", tables::make("size", &store)?);
    if write {
        let mut kept = Store::load()?;
        kept.take(store);
        kept.save()?;
        docs::run(false)?;
    }
    within
}

/// Measures all rows and parts and gives whether they are within the budget. With `write` their functions are
/// written down.
pub fn measure_all(
    toolchain: &Toolchain,
    programs: &Programs,
    store: &mut Store,
    write: bool,
) -> Result<Result<()>> {
    build_all(toolchain)?;
    let mut rows = Vec::new();
    for (session, board) in rows_to_measure() {
        rows.push(measure(board, session, toolchain, programs)?.0);
    }
    for board in c::firmware::boards() {
        rows.push(measure_c(board, toolchain, programs)?.0);
    }
    let parts = weigh_parts(toolchain)?;
    keep(store, toolchain, &rows, &parts);
    let measured = measured(&rows, &parts);
    if write {
        budget::write_baseline(&measured)?;
    }
    Ok(budget::check(&measured))
}

/// Puts them among the figures.
pub fn keep(store: &mut Store, toolchain: &Toolchain, rows: &[Row], parts: &[Part]) {
    let mut put = |core, group, key, value, unit| {
        let figure = Figure {
            group,
            key,
            what: "",
            value,
            unit,
            octets: None,
        };
        store.put(&place(core, toolchain.opt.name()), &figure);
    };
    for row in rows {
        let mut put = |key, value, unit| put(row.board.core, row.group, key, value, unit);
        put("flash", row.sizes.flash(), Unit::Octets);
        put("constants", row.sizes.rodata, Unit::Octets);
        put("static_ram", row.sizes.ram(), Unit::Octets);
        put("stack", row.stack, Unit::Octets);
        put("keys", row.keys, Unit::Instructions);
        put("handshake", row.handshake, Unit::Instructions);
    }
    for part in parts {
        let mut put = |key, value| put(BOARDS[0].core, part.program, key, value, Unit::Octets);
        put("flash", part.sizes.flash());
        put("static_ram", part.sizes.ram());
    }
}

/// All that has a budget.
pub fn measured(rows: &[Row], parts: &[Part]) -> Vec<Measured> {
    let rows = rows.iter().map(|row| Measured {
        name: format!("{}, {}", row.what, row.board.core),
        figures: vec![
            ("flash", row.sizes.flash()),
            ("ram", row.sizes.ram() + row.stack),
            ("handshake", row.handshake),
        ],
        // The other cores have the same functions.
        symbols: (row.board == BOARDS[0]).then(|| row.symbols.clone()),
    });
    let parts = parts.iter().map(|part| Measured {
        name: part.program.to_owned(),
        figures: vec![("flash", part.sizes.flash()), ("ram", part.sizes.ram())],
        symbols: Some(part.symbols.clone()),
    });
    rows.chain(parts).collect()
}

/// Keys and names of the rows, each with its core.
pub fn names() -> impl Iterator<Item = (&'static str, &'static str, Board)> {
    let in_rust = rows_to_measure().map(|(session, board)| (session.key(), session.name(), board));
    in_rust.chain(c::firmware::boards().map(|board| (IN_C.0, IN_C.1, board)))
}

/// What has a row: each session of TLS on each core, DTLS on one.
pub fn rows_to_measure() -> impl Iterator<Item = (Session, Board)> {
    let boards = [SMALLEST, BOARDS[1], BOARDS[0], BOARDS[2]];
    [Session::Tls13, Session::EmbeddedTls]
        .into_iter()
        .flat_map(move |session| boards.map(|board| (session, board)))
        .chain([(Session::Dtls13, BOARDS[0])])
}

/// Builds the firmware as a product would, without logs, and runs the exchange.
pub fn measure(
    board: Board,
    session: Session,
    toolchain: &Toolchain,
    programs: &Programs,
) -> Result<(Row, Exchange)> {
    let application = session.build(toolchain, board.target, Scenario::Exchange, false)?;
    ensure!(
        !elf::has_section(&application, ".defmt")?,
        "a firmware without the feature `defmt` holds strings of logs"
    );
    let exchange = exchange::run(board, &application, &programs.over(session)?, None, false)?;
    let names = (session.key(), session.name());
    let row = Row::new(board, names, &application, &exchange)?;
    Ok((row, exchange))
}

/// The same for the firmware in C.
pub fn measure_c(
    board: Board,
    toolchain: &Toolchain,
    programs: &Programs,
) -> Result<(Row, Exchange)> {
    let application = c::firmware::build(toolchain, board)?;
    let exchange = exchange::run(board, &application, programs, None, false)?;
    let row = Row::new(board, IN_C, &application, &exchange)?;
    Ok((row, exchange))
}

impl Row {
    fn new(
        board: Board,
        (group, what): (&'static str, &'static str),
        application: &Path,
        exchange: &Exchange,
    ) -> Result<Self> {
        let figures = &exchange.figures;
        Ok(Self {
            board,
            group,
            what,
            sizes: exchange.sizes,
            stack: figures.number("stack")?,
            keys: figures.number("keys_insn")?,
            handshake: figures.number("handshake_insn")?,
            symbols: Symbols::of(application)?,
        })
    }
}

/// What each part takes on the first board.
pub fn weigh_parts(toolchain: &Toolchain) -> Result<Vec<Part>> {
    let weigh = |(program, features, _): (&'static str, &[&str], &str)| {
        let built = firmware::build(toolchain, BOARDS[0].target, program, features)?;
        Ok(Part {
            program,
            sizes: elf::sizes(&built)?,
            symbols: Symbols::of(&built)?,
        })
    };
    PARTS.into_iter().map(weigh).collect()
}

/// 12,345
pub fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// 11.35 M
pub fn millions(number: u64) -> String {
    format!("{:.2} M", number as f64 / 1e6)
}

#[cfg(test)]
mod tests {
    use super::{grouped, millions};

    #[test]
    fn numbers_as_people_write_them() {
        assert_eq!(grouped(0), "0");
        assert_eq!(grouped(999), "999");
        assert_eq!(grouped(1000), "1,000");
        assert_eq!(grouped(1234567), "1,234,567");
        assert_eq!(millions(11_347_120), "11.35 M");
    }
}

//! `cargo xtask size`: what the firmware takes, part by part and board by board.

use crate::board::{BOARDS, Board};
use crate::elf::{self, Sizes};
use crate::exchange::{self, Exchange};
use crate::firmware::Session;
use crate::host::Programs;
use crate::scenario::Scenario;
use crate::symbols::Symbols;
use crate::toolchain::{TARGETS, Toolchain};
use crate::{budget, c, firmware, install, qemu, readme};
use anyhow::{Result, ensure};
use std::path::Path;

/// Code for the smallest core; the board with the next larger one runs it.
pub const SMALLEST: Board = Board {
    machine: "mps2-an385",
    core: "Cortex-M0+",
    target: "thumbv6m-none-eabi",
};

/// Programs that are weighed on the first board: name, features, and what each holds.
const PARTS: [(&str, &[&str], &str); 5] = [
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
    what: &'static str,
    sizes: Sizes,
    symbols: Symbols,
}

/// What is held against the budget, and its functions where those are written down.
pub struct Measured {
    pub name: String,
    pub figures: Vec<(&'static str, u64)>,
    pub symbols: Option<Symbols>,
}

/// Measures, prints, and fails if it is more than the budget; with `write`, it goes into the README and into the
/// list of functions too.
pub fn run(write: bool, may_install: bool) -> Result<()> {
    install::for_exchange(&TARGETS, true, may_install)?;
    install::for_c_firmware(may_install)?;
    let toolchain = Toolchain::find_or_make(&TARGETS, may_install)?;
    let programs = Programs::build()?;
    build_all(&toolchain)?;
    let mut rows = Vec::new();
    for (session, board) in rows_to_measure() {
        rows.push(measure(board, session, &toolchain, &programs)?.0);
    }
    for board in c::firmware::boards() {
        rows.push(measure_c(board, &toolchain, &programs)?.0);
    }
    let parts = weigh_parts(&toolchain)?;
    let table = table(&toolchain, &rows, &parts)?;
    println!("\n{table}");
    let measured = measured(&rows, &parts);
    let within = budget::check(&measured);
    if write {
        readme::write(readme::SIZE, &table)?;
        budget::write_baseline(&measured)?;
    }
    within
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
    let row = Row::new(board, session.name(), &application, &exchange)?;
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
    let row = Row::new(board, "tls13, in C", &application, &exchange)?;
    Ok((row, exchange))
}

impl Row {
    fn new(
        board: Board,
        what: &'static str,
        application: &Path,
        exchange: &Exchange,
    ) -> Result<Self> {
        let figures = &exchange.figures;
        Ok(Self {
            board,
            what,
            sizes: exchange.sizes,
            stack: figures.number("stack")?,
            keys: figures.number("keys_insn")?,
            handshake: figures.number("handshake_insn")?,
            symbols: Symbols::of(application)?,
        })
    }
}

/// The text that stands in the README.
pub fn table(toolchain: &Toolchain, rows: &[Row], parts: &[Part]) -> Result<String> {
    let mut text = format!(
        "Measured with {} and QEMU {}. Sizes in octets; RAM is static RAM and stack. Instructions leave out the\n\
         waiting for the line; *keys* is from K_AUSF to K_AF.\n\n\
         | session | core | flash | of it constants | static RAM | stack | RAM | keys, insn | handshake, insn |\n\
         | --- | --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: |\n",
        toolchain.version()?,
        qemu::version()?,
    );
    for row in rows {
        text += &format!(
            "| {} | {} | {} | {} | {} | {} | {} | {} | {} |\n",
            row.what,
            row.board.core,
            grouped(row.sizes.flash()),
            grouped(row.sizes.rodata),
            grouped(row.sizes.ram()),
            grouped(row.stack),
            grouped(row.sizes.ram() + row.stack),
            millions(row.keys),
            millions(row.handshake),
        );
    }
    text += &format!(
        "\nParts on {}, each in a program of its own (they share code, so the sum is larger than the whole):\n\n\
         | program | flash | static RAM |\n| --- | ---: | ---: |\n",
        BOARDS[0].core
    );
    for part in parts {
        text += &format!(
            "| {} | {} | {} |\n",
            part.what,
            grouped(part.sizes.flash()),
            grouped(part.sizes.ram())
        );
    }
    text.push('\n');
    Ok(text)
}

/// What each part takes on the first board.
pub fn weigh_parts(toolchain: &Toolchain) -> Result<Vec<Part>> {
    let weigh = |(program, features, what): (&'static str, &[&str], &'static str)| {
        let built = firmware::build(toolchain, BOARDS[0].target, program, features)?;
        Ok(Part {
            program,
            what,
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

//! What one call of `Connection::poll` costs: the bound of the polled driver.

use super::{Figure, Unit};
use crate::board::Board;
use crate::exchange;
use crate::figures::Figures;
use crate::firmware;
use crate::host::{Network, Peer, Programs};
use crate::toolchain::Toolchain;
use anyhow::{Result, ensure};

const GROUP: &str = "poll";

/// Messages that the firmware's `probe_poll` sends.
const MESSAGES: u64 = 4;

/// Key, words, and whether they are spent on the octets of a record.
const FIGURES: [(&str, &str, bool); 8] = [
    (
        "poll_idle",
        "a call of poll with nothing to do, typical",
        false,
    ),
    ("poll_idle_max", "the same, longest", false),
    ("poll_octet", "with one octet of a record, typical", false),
    ("poll_octet_max", "the same, longest", false),
    (
        "poll_record_max",
        "with a whole record of a message, longest",
        true,
    ),
    (
        "poll_send_max",
        "in which something goes out, longest",
        false,
    ),
    (
        "poll_event_max",
        "a call of poll_event that gives one, longest",
        false,
    ),
    (
        "poll_opening_max",
        "the handshake's longest call of poll, X25519",
        false,
    ),
];

/// Runs the probe over both groups against the reference network.
pub fn measure(board: Board, toolchain: &Toolchain) -> Result<Vec<Figure>> {
    let programs = Programs::build()?;
    let measured = probe(board, toolchain, &programs, "tls13-x25519")?;
    let octets = measured.number("poll_record_octets")?;
    let mut figures = Vec::new();
    for (key, what, of_record) in FIGURES {
        let octets = of_record.then_some(octets);
        figures.push(figure(key, what, measured.number(key)?, octets));
    }
    let p256 = probe(board, toolchain, &programs, "tls13-p256")?;
    figures.push(figure(
        "poll_opening_p256_max",
        "the same with P-256 of p256",
        p256.number("poll_opening_max")?,
        None,
    ));
    Ok(figures)
}

fn probe(
    board: Board,
    toolchain: &Toolchain,
    programs: &Programs,
    session: &str,
) -> Result<Figures> {
    let features = ["probes", "interrupts", session];
    let probe = firmware::build(toolchain, board.target, "probe_poll", &features)?;
    let network = Network::start(programs, &[])?;
    let peer = Peer::start(programs, network.address)?;
    let (played, seen) = exchange::play(board, &probe, network, peer, false)?;
    let answers = played.figures.number("messages")?;
    ensure!(
        answers == MESSAGES && seen.messages.len() as u64 == MESSAGES,
        "{answers} answers came, and the second UE saw {:?}",
        seen.messages
    );
    Ok(played.figures)
}

fn figure(key: &'static str, what: &'static str, value: u64, octets: Option<u64>) -> Figure {
    Figure {
        group: GROUP,
        key,
        what,
        value,
        unit: Unit::Instructions,
        octets,
    }
}

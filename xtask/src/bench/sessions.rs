//! Both TLS sessions beside each other: a firmware that has a session and nothing else opens one with
//! OpenSSL and echoes 33 and 256 octets, on each board.

use super::{Figure, Unit};
use crate::board::{BOARDS, Board};
use crate::bridge::{self, Bridge};
use crate::elf::{self, Sizes};
use crate::firmware;
use crate::qemu::Emulator;
use crate::run::Guarded;
use crate::toolchain::Toolchain;
use anyhow::{Context, Result, ensure};
use std::io::{BufRead, BufReader};
use std::net::SocketAddr;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

/// Real time for one run, which takes a moment.
const PATIENCE: Duration = Duration::from_secs(60);
/// The key of the firmware's `probe::KEY`.
const KEY: &str = "a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5";

/// The identity of the firmware's `probe::IDENTITY`: another one would be refused.
const IDENTITY: &str = "3GPP-AKMA0.a7id5fA7hq0Qy8M1v4n2rK9w6Z3x5c7B0tY1uI2oP4s=@5gc.mnc001.mcc001.3gppnetwork.org-and-some-more";

/// What is compared: key, words, program, features, and whether P-256 is in assembly, which there is
/// for cores with the DSP extension only.
const SESSIONS: [(&str, &str, &str, &[&str], bool); 4] = [
    (
        "embedded_tls",
        "embedded-tls, P-256 of p256",
        "probe_session",
        &["probes", "embedded-tls"],
        false,
    ),
    (
        "tls13_p256",
        "tls13, P-256 of p256",
        "probe_tls13",
        &["probes", "tls13-p256"],
        false,
    ),
    (
        "tls13_p256_asm",
        "tls13, P-256 of p256-cortex-m4",
        "probe_tls13",
        &["probes", "tls13-p256-asm"],
        true,
    ),
    (
        "tls13_x25519",
        "tls13, X25519 of curve25519-dalek",
        "probe_tls13",
        &["probes", "tls13-x25519"],
        false,
    ),
];

/// One session on one board.
#[derive(Clone)]
pub struct Row {
    board: Board,
    key: &'static str,
    pub sizes: Sizes,
    /// What was taken of a heap at most: none of ours has one.
    pub heap: u64,
    pub stack: u64,
    pub handshake: u64,
    pub handshake_octets: u64,
    pub echo: [u64; 2],
    echo_octets: [u64; 2],
}

/// Measures all of them, and what a firmware takes without any session.
pub fn measure(toolchain: &Toolchain) -> Result<Vec<Row>> {
    let server = Server::start()?;
    let mut rows = Vec::new();
    for board in BOARDS {
        for (key, what, program, features, assembly) in SESSIONS {
            if assembly && board.core == "Cortex-M3" {
                continue;
            }
            let firmware = firmware::build(toolchain, board.target, program, features)?;
            rows.push(run(board, (key, what), &firmware, &server)?);
        }
    }
    Ok(rows)
}

/// The session of this key on this board.
pub fn measure_one(toolchain: &Toolchain, board: Board, key: &str, server: &Server) -> Result<Row> {
    let one = SESSIONS.into_iter().find(|(known, ..)| *known == key);
    let (key, what, program, features, _) = one.context("a session of this key")?;
    let firmware = firmware::build(toolchain, board.target, program, features)?;
    run(board, (key, what), &firmware, server)
}

/// Runs a firmware against the server.
pub fn run(
    board: Board,
    (key, what): (&'static str, &'static str),
    firmware: &Path,
    server: &Server,
) -> Result<Row> {
    let mut emulator = Emulator::start(board, firmware)?;
    let bridge = Bridge::start(emulator.uart()?, bridge::Server::Stream(server.address))?;
    let outcome = emulator.finish(Instant::now() + PATIENCE)?;
    drop(bridge);
    ensure!(
        outcome.exit_code == 0,
        "{what} on {} ended with code {}",
        board.core,
        outcome.exit_code
    );
    let number = |key| outcome.figures.number(key);
    Ok(Row {
        board,
        key,
        sizes: elf::sizes(firmware)?,
        heap: number("heap").unwrap_or(0),
        stack: number("stack")?,
        handshake: number("handshake")?,
        handshake_octets: number("handshake_octets")?,
        echo: [number("echo_short")?, number("echo_long")?],
        echo_octets: [number("echo_short_octets")?, number("echo_long_octets")?],
    })
}

/// Keys and names, in the order of the table.
pub fn names() -> impl Iterator<Item = (&'static str, &'static str)> {
    SESSIONS.into_iter().map(|(key, what, ..)| (key, what))
}

/// What was measured, figure by figure, with the core of each.
pub fn figures(rows: &[Row]) -> Vec<(Figure, &'static str)> {
    let mut figures = Vec::new();
    for row in rows {
        let mut push = |what, value, unit, octets| {
            figures.push((
                Figure {
                    group: row.key,
                    key: what,
                    what,
                    value,
                    unit,
                    octets,
                },
                row.board.core,
            ));
        };
        push("flash", row.sizes.flash(), Unit::Octets, None);
        push("static_ram", row.sizes.ram(), Unit::Octets, None);
        if row.heap > 0 {
            push("heap", row.heap, Unit::Octets, None);
        }
        push("stack", row.stack, Unit::Octets, None);
        push("handshake", row.handshake, Unit::Instructions, None);
        push("handshake_octets", row.handshake_octets, Unit::Octets, None);
        for (at, (insn, octets, len)) in [
            ("echo_short", "echo_short_octets", 33),
            ("echo_long", "echo_long_octets", 256),
        ]
        .into_iter()
        .enumerate()
        {
            push(insn, row.echo[at], Unit::Instructions, Some(len));
            push(octets, row.echo_octets[at], Unit::Octets, Some(len));
        }
    }
    figures
}

/// `openssl s_server` that answers each line with as many octets.
pub struct Server {
    address: SocketAddr,
    _process: Guarded,
}

impl Server {
    /// Starts it on a free port of the loopback.
    pub fn start() -> Result<Self> {
        // Its lines come when they are made, not by the block.
        let mut command = Command::new("stdbuf");
        command
            .args(["-o0", "openssl", "s_server", "-accept", "127.0.0.1:0"])
            .args(["-tls1_3", "-nocert", "-num_tickets", "0"])
            .args(["-psk", KEY, "-psk_identity", IDENTITY])
            .args(["-groups", "P-256:X25519", "-rev"])
            .args(["-ciphersuites", "TLS_AES_128_GCM_SHA256"])
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null());
        let mut process = Guarded::spawn(&mut command)?;
        let stdout = process.child().stdout.take();
        let mut lines = BufReader::new(stdout.context("the server has no output")?).lines();
        let accept = lines
            .by_ref()
            .map_while(Result::ok)
            .find(|line| line.starts_with("ACCEPT"))
            .context("the server did not say where it listens")?;
        // Nobody reads what it says about each connection, but it must not block on it.
        std::thread::spawn(move || lines.map_while(Result::ok).for_each(drop));
        let address = accept.trim_start_matches("ACCEPT").trim().parse();
        Ok(Self {
            address: address.with_context(|| format!("no address in `{accept}`"))?,
            _process: process,
        })
    }
}

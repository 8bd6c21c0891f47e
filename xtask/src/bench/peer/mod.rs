//! Other TLS libraries beside the crate's own TLS: the same handshake with the same server on the same emulated board, over
//! the same UART, under the same key. `interop/` has their firmware and fetches their sources.

mod library;

use super::sessions::{self, Row, Server};
use crate::board::{BOARDS, Board};
use crate::docs::store::{Store, place};
use crate::run;
use crate::toolchain::Toolchain;
use crate::{bench, elf};
use anyhow::Result;
use library::{Library, MBEDTLS, WOLFSSL};
use std::process::Command;

/// A library with one group.
struct Peer {
    key: &'static str,
    what: &'static str,
    library: Library,
    /// What picks it in the library's configuration.
    define: &'static str,
}

const PEERS: [Peer; 6] = [
    Peer {
        key: "mbedtls_x25519",
        what: "Mbed TLS, X25519",
        library: MBEDTLS,
        define: "PEER_X25519",
    },
    Peer {
        key: "mbedtls_p256",
        what: "Mbed TLS, P-256",
        library: MBEDTLS,
        define: "PEER_P256",
    },
    Peer {
        key: "mbedtls_p256m",
        what: "Mbed TLS, P-256 of p256-m",
        library: MBEDTLS,
        define: "PEER_P256_M",
    },
    Peer {
        key: "wolfssl_x25519",
        what: "wolfSSL, X25519",
        library: WOLFSSL,
        define: "PEER_X25519",
    },
    Peer {
        key: "wolfssl_x25519_small",
        what: "wolfSSL, X25519, all as small as it gets",
        library: WOLFSSL,
        define: "PEER_X25519_SMALL",
    },
    Peer {
        key: "wolfssl_p256",
        what: "wolfSSL, P-256 in assembly",
        library: WOLFSSL,
        define: "PEER_P256",
    },
];

/// Ours beside them, by the keys of the sessions' bench.
const OURS: [&str; 3] = ["tls13_x25519", "tls13_p256", "tls13_p256_asm"];

/// Ours first.
pub fn measure(board: Board, toolchain: &Toolchain) -> Result<Vec<Row>> {
    let server = Server::start()?;
    let mut rows = Vec::new();
    for key in OURS {
        rows.push(sessions::measure_one(toolchain, board, key, &server)?);
    }
    for peer in &PEERS {
        rows.push(peer.measure(board, &server)?);
    }
    Ok(rows)
}

/// Builds and runs one of ours and one of each library and compares them with what is kept.
pub fn check(toolchain: &Toolchain) -> Result<()> {
    let (board, server) = (BOARDS[0], Server::start()?);
    let mut rows = vec![sessions::measure_one(toolchain, board, OURS[0], &server)?];
    for peer in PEERS.iter().filter(|peer| peer.define == "PEER_X25519") {
        rows.push(peer.measure(board, &server)?);
    }
    let mut now = bench::store(toolchain)?;
    measured_with(&mut now)?;
    for (figure, core) in sessions::figures(&rows) {
        now.put(&place(core, toolchain.opt.name()), &figure);
    }
    let kept = Store::load()?;
    for version in ["gcc", "mbedtls", "wolfssl"] {
        if kept.version_of(version)? != now.version_of(version)? {
            println!("docs/figures.json is of another {version}: the peers are not compared");
            return Ok(());
        }
    }
    kept.compare(&now)
}

/// Says with which compiler and of which libraries the peers' figures are.
pub fn measured_with(store: &mut Store) -> Result<()> {
    let compiler = run::output(Command::new("arm-none-eabi-gcc").arg("-dumpversion"))?;
    store.measured_with("gcc", compiler.trim());
    store.measured_with("mbedtls", &MBEDTLS.find()?.version()?);
    store.measured_with("wolfssl", &WOLFSSL.find()?.version()?);
    Ok(())
}

/// Keys and names, in the order of the table.
pub fn names() -> impl Iterator<Item = (&'static str, &'static str)> {
    let ours = OURS
        .into_iter()
        .filter_map(|ours| sessions::names().find(|(key, _)| *key == ours));
    ours.chain(theirs())
}

/// All sessions on the first board: ours, and those of the peers.
pub fn all_names() -> impl Iterator<Item = (&'static str, &'static str)> {
    sessions::names().chain(theirs())
}

fn theirs() -> impl Iterator<Item = (&'static str, &'static str)> {
    PEERS.iter().map(|peer| (peer.key, peer.what))
}

impl Peer {
    fn measure(&self, board: Board, server: &Server) -> Result<Row> {
        let firmware = self.library.find()?.build(self.define)?;
        let mut row = sessions::run(board, (self.key, self.what), &firmware, server)?;
        // Room for a heap is no static RAM; what was taken of it is counted by itself.
        row.sizes.bss -= elf::section_size(&firmware, ".heap")?;
        Ok(row)
    }
}

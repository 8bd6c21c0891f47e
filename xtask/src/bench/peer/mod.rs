//! Other TLS libraries beside the crate's own TLS: the same handshake with the same server on the same emulated board, over
//! the same UART, under the same key. `interop/` has their firmware and fetches their sources.

mod library;

use super::sessions::{self, Row, Server};
use crate::board::{BOARDS, Board};
use crate::compare::compare;
use crate::elf;
use crate::readme;
use crate::run;
use crate::size::{grouped, millions};
use crate::toolchain::Toolchain;
use anyhow::{Context, Result};
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

/// Builds and runs one of ours and one of each library and compares them with what the README says.
pub fn check(toolchain: &Toolchain) -> Result<()> {
    let (board, server) = (BOARDS[0], Server::start()?);
    let mut rows = vec![sessions::measure_one(toolchain, board, OURS[0], &server)?];
    for peer in PEERS.iter().filter(|peer| peer.define == "PEER_X25519") {
        rows.push(peer.measure(board, &server)?);
    }
    let measured = table(&rows)?;
    println!("{measured}");
    let written = readme::table(readme::PEER)?;
    let (conditions, ..) = measured.split_once(", each with").context("conditions")?;
    if !written.contains(conditions) {
        println!("the README's figures are of another compiler or library: they are not compared");
        return Ok(());
    }
    // The heading, and these.
    let is_one = |line: &&str| {
        ["| session", "| ---"]
            .iter()
            .any(|mark| line.starts_with(mark))
            || rows
                .iter()
                .any(|row| line.starts_with(&format!("| {} |", row.what)))
    };
    let written: Vec<&str> = written.lines().filter(is_one).collect();
    compare(&written.join("\n"), &measured, false)
        .context("`cargo xtask bench --only peer --write` updates it")
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

/// The table, with the conditions under which it was made.
pub fn table(rows: &[Row]) -> Result<String> {
    let compiler = run::output(Command::new("arm-none-eabi-gcc").arg("-dumpversion"))?;
    let mut text = format!(
        "Mbed TLS {} and wolfSSL {} by GCC {} with `-Os` and LTO, each with what this needs and no more: `interop/mbedtls/firmware/config.h`,\n\
         `interop/wolfssl/firmware/user_settings.h`.\n\n\
         | session | flash | static RAM | heap | stack | RAM | handshake, insn | echo of 33, insn | of 256 | handshake, octets |\n\
         | --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |\n",
        MBEDTLS.find()?.version()?,
        WOLFSSL.find()?.version()?,
        compiler.trim()
    );
    for row in rows {
        let [short, long] = row.echo;
        text += &format!(
            "| {} | {} | {} | {} | {} | {} | {} | {} | {} | {} |\n",
            row.what,
            grouped(row.sizes.flash()),
            grouped(row.sizes.ram()),
            grouped(row.heap),
            grouped(row.stack),
            grouped(row.sizes.ram() + row.heap + row.stack),
            millions(row.handshake),
            grouped(short),
            grouped(long),
            row.handshake_octets,
        );
    }
    Ok(text)
}

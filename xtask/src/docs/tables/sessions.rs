//! Sessions beside each other: ours, those of other libraries, and what goes over the line.

use super::{group, heading, row, usual};
use crate::bench::{peer, sessions, wire};
use crate::board::BOARDS;
use crate::docs::store::{Store, place};
use crate::firmware::Opt;
use crate::size::grouped;
use anyhow::Result;

pub fn peer(store: &Store) -> Result<String> {
    let mut text = format!(
        "Mbed TLS {} and wolfSSL {} by GCC {} with `-Os` and LTO, each with what this needs and no more: `interop/mbedtls/firmware/config.h`,\n\
         `interop/wolfssl/firmware/user_settings.h`.\n\n",
        store.version_of("mbedtls")?,
        store.version_of("wolfssl")?,
        store.version_of("gcc")?,
    );
    let numbers = [
        "flash",
        "static RAM",
        "heap",
        "stack",
        "RAM",
        "handshake, insn",
        "echo of 33, insn",
        "of 256",
        "handshake, octets",
    ];
    text += &heading(&["session"], &numbers);
    for (key, what) in peer::names() {
        let of = group(store, &usual(), key);
        let numbers = [
            of.octets("flash")?,
            of.octets("static_ram")?,
            grouped(of.heap()),
            of.octets("stack")?,
            of.ram()?,
            of.instructions("handshake")?,
            of.instructions("echo_short")?,
            of.instructions("echo_long")?,
            of.octets("handshake_octets")?,
        ];
        text += &row(&[what], &numbers);
    }
    Ok(text)
}

pub fn sessions(store: &Store) -> Result<String> {
    let numbers = [
        "flash",
        "static RAM",
        "stack",
        "RAM",
        "handshake, insn",
        "echo of 33, insn",
        "of 256",
        "handshake, octets",
        "echo of 33, octets",
    ];
    let mut text = heading(&["session", "core"], &numbers);
    for board in BOARDS {
        for (key, what) in sessions::names() {
            let of = group(store, &place(board.core, Opt::S.name()), key);
            if of.value("flash").is_err() {
                continue; // assembly is for some cores only
            }
            let numbers = [
                of.octets("flash")?,
                of.octets("static_ram")?,
                of.octets("stack")?,
                of.ram()?,
                of.instructions("handshake")?,
                of.instructions("echo_short")?,
                of.instructions("echo_long")?,
                of.octets("handshake_octets")?,
                of.octets("echo_short_octets")?,
            ];
            text += &row(&[what, board.core], &numbers);
        }
    }
    Ok(text)
}

/// What the crate's own TLS was to reach: words, key of the session, the figures that count together, and the most that
/// they may be.
const AIMS: [(&str, &str, &[&str], u64); 5] = [
    ("flash, X25519", "tls13_x25519", &["flash"], 30_000),
    (
        "RAM with two records, and stack",
        "tls13_x25519",
        &["static_ram", "stack"],
        8_400,
    ),
    (
        "instructions of a handshake with portable X25519",
        "tls13_x25519",
        &["handshake"],
        4_000_000,
    ),
    (
        "instructions of a handshake with P-256 in assembly",
        "tls13_p256_asm",
        &["handshake"],
        1_500_000,
    ),
    (
        "instructions of an echo of 33 octets",
        "tls13_x25519",
        &["echo_short"],
        26_000,
    ),
];

pub fn aims(store: &Store) -> Result<String> {
    let mut text = heading(&["what"], &["aim: at most", "measured", ""]);
    for (what, session, keys, most) in AIMS {
        let of = group(store, &usual(), session);
        let mut value = 0;
        for key in keys {
            value += of.value(key)?;
        }
        let verdict = if value <= most { "reached" } else { "missed" };
        text += &row(
            &[what],
            &[grouped(most), grouped(value), verdict.to_owned()],
        );
    }
    Ok(text)
}

pub fn wire(store: &Store) -> Result<String> {
    let mut text = heading(
        &["session"],
        &["handshake", "registration", "message and report", "in all"],
    );
    for (key, _, what) in wire::SESSIONS {
        let mut cells = Vec::new();
        let (mut all_up, mut all_down) = (0, 0);
        for (_, [up, down]) in wire::STEPS {
            let up = store.value(&format!("{key}.{up}"))?;
            let down = store.value(&format!("{key}.{down}"))?;
            all_up += up;
            all_down += down;
            cells.push(format!("{} + {}", grouped(up), grouped(down)));
        }
        cells.push(grouped(all_up + all_down));
        text += &row(&[what], &cells);
    }
    Ok(text)
}

//! The firmware and its parts, by session, by core and by level of optimisation.

use super::{group, heading, row, usual};
use crate::bench::footprint;
use crate::docs::store::{Store, place};
use crate::firmware::Opt;
use crate::size::{self, PARTS};
use anyhow::Result;

pub fn size(store: &Store) -> Result<String> {
    let mut text = format!(
        "Measured with {} and QEMU {}. Sizes in octets; RAM is static RAM and stack. Instructions leave out the\n\
         waiting for the line; *keys* is from K_AUSF to K_AF.\n\n",
        store.version_of("rustc")?,
        store.version_of("qemu")?,
    );
    let numbers = [
        "flash",
        "of it constants",
        "static RAM",
        "stack",
        "RAM",
        "keys, insn",
        "handshake, insn",
    ];
    text += &heading(&["session", "core"], &numbers);
    for (key, what, board) in size::names() {
        let of = group(store, &place(board.core, Opt::S.name()), key);
        let numbers = [
            of.octets("flash")?,
            of.octets("constants")?,
            of.octets("static_ram")?,
            of.octets("stack")?,
            of.ram()?,
            of.instructions("keys")?,
            of.instructions("handshake")?,
        ];
        text += &row(&[what, board.core], &numbers);
    }
    Ok(text)
}

pub fn parts(store: &Store) -> Result<String> {
    let mut text = heading(&["program"], &["flash", "static RAM"]);
    for (program, _, what) in PARTS {
        let of = group(store, &usual(), program);
        text += &row(&[what], &[of.octets("flash")?, of.octets("static_ram")?]);
    }
    Ok(text)
}

/// What a row of the footprint has by instructions: group, key, and words.
const WORK: [(&str, &str, &str); 9] = [
    ("firmware_tls13", "keys", "K_AUSF to K_AF and A-KID"),
    ("firmware_tls13", "handshake", "handshake, X25519"),
    ("codec", "plain_encode", "encode a message"),
    ("codec", "plain_decode", "decode it"),
    ("codec", "full_encode", "encode one with all members"),
    ("codec", "full_decode", "decode it"),
    ("codec", "seal_64", "seal 64 octets"),
    ("codec", "seal_256", "seal 256"),
    ("codec", "reassembly", "put 4 segments together"),
];

pub fn footprint(store: &Store) -> Result<String> {
    let mut text = format!(
        "With {} and QEMU {}. Sizes in octets.\n\n",
        store.version_of("rustc")?,
        store.version_of("qemu")?
    );
    text += &heading(&["core", "opt"], &["flash", "static RAM", "stack", "RAM"]);
    for (core, opt, at) in places() {
        let of = group(store, &at, footprint::SESSION.key());
        let numbers = [
            of.octets("flash")?,
            of.octets("static_ram")?,
            of.octets("stack")?,
            of.ram()?,
        ];
        text += &row(&[core, opt], &numbers);
    }
    text += "\nInstructions:\n\n";
    text += &heading(&["core", "opt"], &WORK.map(|(.., what)| what));
    for (core, opt, at) in places() {
        let cells = WORK.map(|(name, key, _)| group(store, &at, name).instructions(key));
        text += &row(
            &[core, opt],
            &cells.into_iter().collect::<Result<Vec<_>>>()?,
        );
    }
    Ok(text)
}

/// Core, level, and where their figures stand.
pub fn places() -> impl Iterator<Item = (&'static str, &'static str, String)> {
    let with = |core| Opt::ALL.map(|opt| (core, opt.name(), place(core, opt.name())));
    let boards = footprint::boards().into_iter();
    boards.flat_map(move |board| with(board.core))
}

//! The tables of README.md and the guide, made from the figures.

use super::fleet;
use super::store::{Store, place};
use crate::bench::{footprint, peer, sessions, wire};
use crate::board::BOARDS;
use crate::firmware::Opt;
use crate::size::{self, PARTS, grouped, millions};
use anyhow::{Result, bail};

/// All blocks that there are; each stands in some document.
pub const NAMES: [&str; 9] = [
    "size",
    "parts",
    "peer",
    "sessions",
    "wire",
    "footprint",
    "codec",
    "poll",
    "fleet",
];

/// The text of the block of this name.
pub fn make(name: &str, store: &Store) -> Result<String> {
    match name {
        "size" => size(store),
        "parts" => parts(store),
        "peer" => peer(store),
        "sessions" => sessions(store),
        "wire" => wire(store),
        "footprint" => footprint(store),
        "codec" => codec(store),
        "poll" => poll(store),
        "fleet" => fleet::table(),
        _ => bail!("nobody makes it"),
    }
}

/// Where figures of the first board at the usual level stand.
fn usual() -> String {
    place(BOARDS[0].core, Opt::S.name())
}

/// A heading: the first columns are words, the others numbers.
fn heading(words: &[&str], numbers: &[&str]) -> String {
    let line = |cells: &[String]| format!("| {} |\n", cells.join(" | "));
    let names: Vec<String> = [words, numbers]
        .concat()
        .iter()
        .map(ToString::to_string)
        .collect();
    let left = words.iter().map(|_| "---".to_owned());
    let rules: Vec<String> = left
        .chain(numbers.iter().map(|_| "---:".to_owned()))
        .collect();
    line(&names) + &line(&rules)
}

fn row(words: &[&str], numbers: &[String]) -> String {
    let words = words.iter().map(ToString::to_string);
    let cells: Vec<String> = words.chain(numbers.iter().cloned()).collect();
    format!("| {} |\n", cells.join(" | "))
}

/// Instructions: the large ones in millions.
fn instructions(value: u64) -> String {
    if value < 1_000_000 {
        return grouped(value);
    }
    millions(value)
}

/// Figures of one group in one place.
struct Group<'s> {
    store: &'s Store,
    prefix: String,
}

impl Group<'_> {
    fn value(&self, key: &str) -> Result<u64> {
        self.store.value(&format!("{}.{key}", self.prefix))
    }

    fn octets(&self, key: &str) -> Result<String> {
        Ok(grouped(self.value(key)?))
    }

    fn instructions(&self, key: &str) -> Result<String> {
        Ok(instructions(self.value(key)?))
    }

    /// Static RAM, stack, and a heap if there is one.
    fn ram(&self) -> Result<String> {
        Ok(grouped(
            self.value("static_ram")? + self.value("stack")? + self.heap(),
        ))
    }

    fn heap(&self) -> u64 {
        self.value("heap").unwrap_or(0)
    }
}

fn group<'s>(store: &'s Store, place: &str, name: &str) -> Group<'s> {
    let prefix = format!("{place}.{name}");
    Group { store, prefix }
}

fn size(store: &Store) -> Result<String> {
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

fn parts(store: &Store) -> Result<String> {
    let mut text = heading(&["program"], &["flash", "static RAM"]);
    for (program, _, what) in PARTS {
        let of = group(store, &usual(), program);
        text += &row(&[what], &[of.octets("flash")?, of.octets("static_ram")?]);
    }
    Ok(text)
}

fn peer(store: &Store) -> Result<String> {
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

fn sessions(store: &Store) -> Result<String> {
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

fn wire(store: &Store) -> Result<String> {
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

fn footprint(store: &Store) -> Result<String> {
    let mut text = format!(
        "With {} and QEMU {}. Sizes in octets.\n\n",
        store.version_of("rustc")?,
        store.version_of("qemu")?
    );
    text += &heading(&["core", "opt"], &["flash", "static RAM", "stack", "RAM"]);
    for (core, opt, at) in places(store) {
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
    for (core, opt, at) in places(store) {
        let cells = WORK.map(|(name, key, _)| group(store, &at, name).instructions(key));
        text += &row(
            &[core, opt],
            &cells.into_iter().collect::<Result<Vec<_>>>()?,
        );
    }
    Ok(text)
}

/// Core, level, and where their figures stand, of those that were measured.
pub fn places(store: &Store) -> impl Iterator<Item = (&'static str, &'static str, String)> {
    let with = |core| Opt::ALL.map(|opt| (core, opt.name(), place(core, opt.name())));
    let all = footprint::boards()
        .into_iter()
        .flat_map(move |board| with(board.core));
    all.filter(|(.., at)| store.get(&format!("{at}.codec.reassembly")).is_ok())
}

fn codec(store: &Store) -> Result<String> {
    let mut text = heading(&["what"], &["octets", "instructions", "an octet"]);
    for (key, what) in [
        ("plain_encode", "write a message with nothing optional"),
        ("plain_decode", "read it"),
        ("full_encode", "write one with all common members"),
        ("full_decode", "read it"),
    ] {
        let figure = store.get(&format!("{}.codec.{key}", usual()))?;
        let octets = figure.octets.unwrap_or(1);
        let each = figure.value as f64 / octets.max(1) as f64;
        text += &row(
            &[what],
            &[grouped(octets), grouped(figure.value), format!("{each:.1}")],
        );
    }
    let of = group(store, &usual(), "codec");
    let mut more = heading(&["what"], &["octets"]);
    for (key, what) in [
        (
            "client_flash",
            "flash of client, CoAP and messages, a small application included",
        ),
        (
            "lean_client_flash",
            "the same without segments, aggregates and topics",
        ),
        ("client_size", "static RAM of the client itself"),
        ("client_memory_size", "its buffers, by default"),
    ] {
        more += &row(&[what], &[of.octets(key)?]);
    }
    Ok(format!("{text}\n{more}"))
}

fn poll(store: &Store) -> Result<String> {
    let of = group(store, &usual(), "poll");
    let record = store.get(&format!("{}.poll.poll_record_max", usual()))?;
    let record = format!(
        "`poll`, a whole record of a message has come ({} octets)",
        record.octets.unwrap_or_default()
    );
    let mut text = heading(&["one call"], &["typical", "longest"]);
    for (what, typical, longest) in [
        ("`poll`, nothing to do", Some("poll_idle"), "poll_idle_max"),
        (
            "`poll`, one octet of a record has come",
            Some("poll_octet"),
            "poll_octet_max",
        ),
        (&record, None, "poll_record_max"),
        (
            "`poll`, a message or a report goes out",
            None,
            "poll_send_max",
        ),
        ("`poll_event`, an event", None, "poll_event_max"),
        (
            "`poll`, the key exchange of the handshake, X25519",
            None,
            "poll_opening_max",
        ),
        ("the same with P-256", None, "poll_opening_p256_max"),
    ] {
        let typical = typical.map_or(Ok(String::new()), |key| of.octets(key))?;
        text += &row(&[what], &[typical, of.octets(longest)?]);
    }
    Ok(text)
}

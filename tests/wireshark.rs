//! The dissector of `tools/wireshark` and the key log, by what `tshark` (Debian package of this name) reads of
//! recorded messages.
#![cfg(all(
    feature = "insecure-key-log",
    feature = "insecure-plaintext",
    feature = "std",
    feature = "gcm",
    feature = "x25519",
    feature = "segmentation",
    feature = "datagrams"
))]

#[path = "../examples/support/capture.rs"]
mod capture;
#[allow(dead_code, reason = "each program uses a part")]
#[path = "../examples/support/carriage.rs"]
mod carriage;
#[path = "../examples/support/pcap.rs"]
mod pcap;
mod vectors;

use pcap::{Flow, From, Pcap};
use serde_json::Value;
use std::collections::BTreeSet;
use std::net::Ipv4Addr;
use std::path::{Path, PathBuf};
use std::process::Command;

const SERVER: Ipv4Addr = Ipv4Addr::new(192, 0, 2, 1);
const UE: Ipv4Addr = Ipv4Addr::new(192, 0, 2, 10);
/// Between values of one field: no text of ours has it.
const UNIT: char = '\u{1f}';

/// A directory of this test's own, removed at the end.
struct Scratch(PathBuf);

impl Scratch {
    fn new(name: &str) -> Self {
        let name = format!("msgin5g-wireshark-{name}-{}", std::process::id());
        let dir = std::env::temp_dir().join(name);
        std::fs::create_dir_all(&dir).unwrap();
        Self(dir)
    }

    fn file(&self, name: &str, octets: &[u8]) -> PathBuf {
        let path = self.0.join(name);
        std::fs::write(&path, octets).unwrap();
        path
    }

    /// The lines that tshark prints: these fields of each packet that matches.
    fn tshark(
        &self,
        file: &Path,
        keys: Option<&Path>,
        filter: &str,
        fields: &[String],
    ) -> Vec<String> {
        let mut tshark = Command::new("tshark");
        tshark
            .env("WIRESHARK_CONFIG_DIR", &self.0) // nobody's own settings
            .arg("-X")
            .arg(concat!(
                "lua_script:",
                env!("CARGO_MANIFEST_DIR"),
                "/tools/wireshark/msgin5g.lua"
            ))
            .arg("-r")
            .arg(file)
            .args([
                "-Y",
                filter,
                "-T",
                "fields",
                "-E",
                &format!("aggregator={UNIT}"),
            ]);
        if let Some(keys) = keys {
            tshark.args(["-o", &format!("tls.keylog_file:{}", keys.display())]);
        }
        for field in fields {
            tshark.args(["-e", field]);
        }
        let output = tshark.output().unwrap();
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success() && !said.contains("Lua"), "{said}");
        let lines = String::from_utf8(output.stdout).unwrap();
        lines.lines().map(str::to_owned).collect()
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

fn tshark_is_there() -> bool {
    let there = Command::new("tshark").arg("--version").output().is_ok();
    if !there {
        eprintln!("SKIPPED: needs tshark, from the package of this name");
    }
    there
}

fn names(fields: &[&str]) -> Vec<String> {
    fields.iter().map(|field| (*field).to_owned()).collect()
}

/// What must be nowhere in a sound exchange.
const FAULTS: &str =
    "msgin5g.unknown || msgin5g.no_json || msgin5g_coap.bad || _ws.malformed || _ws.lua.error";

#[test]
fn every_message_of_the_demo_is_read() {
    if !tshark_is_there() {
        return;
    }
    let captured = capture::record().unwrap();
    let scratch = Scratch::new("demo");
    let file = scratch.file("exchange.pcap", captured.pcap.octets());
    let keys = scratch.file("exchange.keys", captured.key_log.as_bytes());

    assert_eq!(
        captured.key_log.lines().count(),
        2 * 4,
        "two sessions, four secrets each"
    );
    assert_eq!(
        scratch.tshark(&file, Some(&keys), FAULTS, &names(&["frame.number"])),
        [""; 0]
    );

    // The Finished of both sides, under the secrets of the handshake.
    let finished = scratch.tshark(
        &file,
        Some(&keys),
        "tls.handshake.type == 20",
        &names(&["frame.number"]),
    );
    assert_eq!(finished.len(), 2 * 2);

    let fields = names(&["ip.src", "msgin5g.message_type", "msgin5g.payload"]);
    let lines = scratch.tshark(&file, Some(&keys), "msgin5g", &fields);
    // The carriages have UEs of their own: 10 and 11, 12 and 13, 14 and 15.
    for (carriage, ues) in [("TLS", [10, 11]), ("TCP", [12, 13]), ("UDP", [14, 15])] {
        let sent_by = |ue: &u8| -> (BTreeSet<&str>, BTreeSet<&str>) {
            let address = format!("192.0.2.{ue}\t");
            let own = lines.iter().filter_map(|line| line.strip_prefix(&address));
            let (types, payloads): (Vec<_>, Vec<_>) =
                own.filter_map(|l| l.split_once('\t')).unzip();
            (values(&types), values(&payloads))
        };
        let [meter, pump] = ues.each_ref().map(sent_by);
        assert_eq!(
            meter.0,
            BTreeSet::from(["REG", "MSG", "IMDN", "SEGCONFIR", "DEREG"]),
            "{carriage}"
        );
        assert_eq!(
            meter.1,
            BTreeSet::from(["valve 3: \"open\" \u{1f6b0}"]),
            "{carriage}"
        );
        assert_eq!(
            pump.0,
            BTreeSet::from(["REG", "MSG", "IMDN", "DEREG"]),
            "{carriage}"
        );
        let parts: usize = pump.1.iter().map(|part| part.chars().count()).sum();
        assert_eq!(pump.1.len(), 3, "{carriage}: three segments differ");
        assert_eq!(parts, 40 * "valve 3: is open. ".len(), "{carriage}");
    }

    // Without the keys nothing of the sessions can be read.
    let sources = scratch.tshark(&file, None, "msgin5g", &names(&["ip.addr"]));
    assert!(!sources.is_empty());
    for line in sources {
        assert!(
            !line.contains("192.0.2.10") && !line.contains("192.0.2.11"),
            "{line}"
        );
    }
}

fn values<'a>(columns: &[&'a str]) -> BTreeSet<&'a str> {
    let all = columns.iter().flat_map(|column| column.split(UNIT));
    all.filter(|value| !value.is_empty()).collect()
}

#[test]
fn every_member_of_the_vectors_is_read_over_datagrams_and_streams() {
    if !tshark_is_there() {
        return;
    }
    let mut vectors = vectors::all();
    vectors.retain(|vector| vector.payload().starts_with(b"{"));
    assert!(vectors.len() > 30);
    let mut pcap = Pcap::new();
    for (number, vector) in (0u16..).zip(&vectors) {
        let datagram = vector.datagram();
        let port = 20_000 + number;
        pcap.data(
            &mut Flow::udp((UE, port), (SERVER, 5683)),
            From::Ue,
            &datagram,
        );
        let mut flow = Flow::tcp((UE, port), (SERVER, 5683));
        pcap.open(&mut flow);
        for part in frame(&datagram).chunks(100) {
            pcap.data(&mut flow, From::Ue, part);
        }
    }
    let scratch = Scratch::new("vectors");
    let file = scratch.file("vectors.pcap", pcap.octets());

    let members: Vec<String> = rows()
        .into_iter()
        .map(|row| abbreviation(&row[0]))
        .collect();
    let mut fields = names(&["udp.srcport", "tcp.srcport", "msgin5g.unknown"]);
    fields.extend(members.iter().map(|member| format!("msgin5g.{member}")));
    let lines = scratch.tshark(&file, None, "msgin5g", &fields);
    for (number, vector) in vectors.iter().enumerate() {
        let mut expected = Vec::new();
        leaves(
            "",
            &serde_json::from_slice(&vector.payload()).unwrap(),
            &mut expected,
        );
        expected.sort();
        let port = (20_000 + number).to_string();
        for (carriage, column) in [("UDP", 0), ("TCP", 1)] {
            let mut read = Vec::new();
            let own = |line: &&String| line.split('\t').nth(column) == Some(port.as_str());
            let line = lines.iter().find(own);
            let line =
                line.unwrap_or_else(|| panic!("{} over {carriage} is not read", vector.file));
            let mut columns = line.split('\t').skip(2);
            // One vector has a member that nobody knows.
            let stranger = columns.next().unwrap();
            let has_one = vector.file.starts_with("97");
            assert_eq!(stranger.contains("unknownExtension"), has_one);
            assert_eq!(stranger.is_empty(), !has_one, "{}", vector.file);
            for (member, column) in members.iter().zip(columns) {
                let values = column.split(UNIT).filter(|value| !value.is_empty());
                read.extend(values.map(|value| (member.clone(), comparable(value))));
            }
            read.sort();
            assert_eq!(read, expected, "{} over {carriage}", vector.file);
        }
    }
}

#[test]
fn options_with_long_numbers_and_lengths_are_read() {
    if !tshark_is_there() {
        return;
    }
    // POST, token a1; Uri-Path m, Size1 (60, one more octet) 500, option 2000 (two more) of 300 octets of 7.
    let mut datagram = vec![
        0x41,
        2,
        0,
        1,
        0xa1,
        0xb1,
        b'm',
        0xd2,
        60 - 11 - 13,
        1,
        0xf4,
        0xee,
    ];
    datagram.extend(u16::to_be_bytes(2000 - 60 - 269));
    datagram.extend(u16::to_be_bytes(300 - 269));
    datagram.extend([7; 300]);
    let mut pcap = Pcap::new();
    let mut flow = Flow::tcp((UE, 20_000), (SERVER, 5683));
    pcap.open(&mut flow);
    pcap.data(&mut flow, From::Ue, &frame(&datagram));
    let scratch = Scratch::new("options");
    let file = scratch.file("options.pcap", pcap.octets());
    let fields = names(&[
        "msgin5g_coap.code",
        "msgin5g_coap.token",
        "msgin5g_coap.option",
    ]);
    let long = "07".repeat(300);
    assert_eq!(
        scratch.tshark(&file, None, "msgin5g_coap", &fields),
        [format!(
            "0.02 POST\ta1\tUri-Path: m{UNIT}Size1: 500{UNIT}Option 2000: {long}"
        )]
    );
}

/// The same message behind a length (RFC 8323 section 3.2).
fn frame(datagram: &[u8]) -> Vec<u8> {
    let token_len = usize::from(datagram[0] & 0xf);
    let rest = &datagram[4 + token_len..];
    let (nibble, extended) = match rest.len() {
        n @ ..13 => (n as u8, vec![]),
        n @ ..269 => (13, vec![(n - 13) as u8]),
        n => (14, ((n - 269) as u16).to_be_bytes().to_vec()),
    };
    let mut frame = vec![nibble << 4 | datagram[0] & 0xf];
    frame.extend(extended);
    frame.push(datagram[1]);
    frame.extend(&datagram[4..]);
    frame
}

/// Each value that is neither object nor list, with the member that it belongs to.
fn leaves(name: &str, value: &Value, found: &mut Vec<(String, String)>) {
    match value {
        Value::Object(members) => {
            for (name, value) in members.iter().filter(|(name, _)| member(name).is_some()) {
                leaves(name, value, found);
            }
        }
        Value::Array(items) => items.iter().for_each(|item| leaves(name, item, found)),
        Value::String(text) if text.is_empty() => {}
        Value::String(text) => found.push((known(name), comparable(text))),
        other => found.push((known(name), comparable(&other.to_string()))),
    }
}

/// tshark says 1 or True for true, by its version.
fn comparable(value: &str) -> String {
    match value.to_lowercase().as_str() {
        "true" | "yes" => "1".to_owned(),
        "false" | "no" => "0".to_owned(),
        _ => value.to_owned(),
    }
}

/// The member, of which there is one.
fn known(name: &str) -> String {
    member(name).unwrap_or_else(|| panic!("no member is called {name}"))
}

/// The member that a name means, by the table of the crate.
fn member(name: &str) -> Option<String> {
    let is_it = |row: &&Vec<String>| row.iter().any(|spelling| fold(spelling) == fold(name));
    let rows = rows();
    Some(abbreviation(&rows.iter().find(is_it)?[0]))
}

fn fold(name: &str) -> String {
    let letters = name.chars().filter(char::is_ascii_alphanumeric);
    letters.map(|c| c.to_ascii_lowercase()).collect()
}

fn abbreviation(name: &str) -> String {
    let letters = |c: char| !c.is_ascii_alphanumeric();
    name.to_lowercase()
        .split(letters)
        .collect::<Vec<_>>()
        .join("_")
}

/// The table of `src/message/wire.rs`: each member's spellings, the one that is sent first.
fn rows() -> Vec<Vec<String>> {
    let text = include_str!("../src/message/wire.rs");
    let (_, table) = text.split_once("\nmembers! {").unwrap();
    let (table, _) = table.split_once("\n}").unwrap();
    let code: String = table
        .lines()
        .filter(|line| !line.trim().starts_with("//"))
        .collect();
    let mut rows: Vec<Vec<String>> = code.split(';').map(quoted).collect();
    rows.retain(|row| !row.is_empty());
    rows
}

fn quoted(text: &str) -> Vec<String> {
    text.split('"')
        .skip(1)
        .step_by(2)
        .map(str::to_owned)
        .collect()
}

#[test]
fn the_dissector_has_the_names_of_the_crate() {
    let lua = include_str!("../tools/wireshark/msgin5g.lua");
    let (_, table) = lua.split_once("local MEMBERS = {\n").unwrap();
    let (table, _) = table.split_once("\n}").unwrap();
    let there: Vec<Vec<String>> = table.lines().map(quoted).collect();
    let here = rows();
    assert_eq!(there.len(), here.len());
    for (mut there, here) in there.into_iter().zip(here) {
        there.remove(1); // its shape
        assert_eq!(there, here);
    }
}

//! Messages, and one call of `Connection::poll`.

use super::{group, heading, row, usual};
use crate::docs::store::Store;
use crate::size::grouped;
use anyhow::Result;

pub fn codec(store: &Store) -> Result<String> {
    let mut text = heading(&["what"], &["octets", "instructions", "an octet"]);
    for (key, what) in [
        ("plain_encode", "write a message with nothing optional"),
        ("plain_decode", "read it"),
        ("full_encode", "write one with all common members"),
        ("full_decode", "read it"),
        ("seal_64", "seal with AES-128-GCM in software"),
        ("seal_256", "the same"),
        (
            "reassembly",
            "put 4 segments together, from CoAP to the event",
        ),
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

pub fn poll(store: &Store) -> Result<String> {
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

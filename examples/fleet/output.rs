//! A run for programs: `--record`.

use crate::record::{Record, Round};
use serde_json::{Value, json};

/// The run as JSON.
pub fn json(record: &Record) -> Value {
    let tenths = |value: f64| json!((value * 10.0).round() / 10.0);
    let three = |values: [f64; 3]| json!(values.map(tenths));
    let round = |round: &Round| {
        json!({
            "ues": round.ues,
            "registrations_a_second": tenths(round.registrations_a_second),
            "messages_a_second": tenths(round.messages_a_second),
            "registered_ms": three(round.registered),
            "delivered_ms": three(round.delivered),
            "reported_ms": three(round.reported),
            "octets_here": round.here,
            "octets_there": round.there,
            "reports": round.reports,
            "lost": round.lost,
        })
    };
    json!({
        "processors": record.processors,
        "messages": record.messages,
        "at_once": record.at_once,
        "ue_octets": record.ue_octets,
        "rounds": record.rounds.iter().map(round).collect::<Vec<_>>(),
    })
}

//! What `cargo run --release --example fleet -- --record docs/fleet.json` has measured: its table and its chart.

#[path = "../../../examples/fleet/plot.rs"]
mod plot;
#[path = "../../../examples/fleet/record.rs"]
mod record;

use super::svg;
use crate::run::root;
use anyhow::{Context, Result};
use record::{Record, Round};
use serde_json::Value;

fn load() -> Result<Record> {
    let text =
        std::fs::read_to_string(root().join("docs/fleet.json")).context("docs/fleet.json")?;
    let value: Value = serde_json::from_str(&text).context("docs/fleet.json")?;
    read(&value).context("docs/fleet.json")
}

/// The table of `docs/fleet.md`, with its conditions.
pub fn table() -> Result<String> {
    let record = load()?;
    let mut text = format!("{}\n\n{}\n", record.conditions(), Round::HEADING);
    for round in &record.rounds {
        text += &format!("{}\n", round.row());
    }
    Ok(text)
}

/// Its chart.
pub fn chart() -> Result<String> {
    Ok(plot::svg(&load()?.rounds))
}

/// What `--record` wrote.
fn read(value: &Value) -> Option<Record> {
    let number = |value: &Value, key: &str| usize::try_from(value[key].as_u64()?).ok();
    let three = |value: &Value| {
        let values: Vec<f64> = value.as_array()?.iter().filter_map(Value::as_f64).collect();
        <[f64; 3]>::try_from(values).ok()
    };
    let round = |value: &Value| {
        Some(Round {
            ues: number(value, "ues")?,
            registrations_a_second: value["registrations_a_second"].as_f64()?,
            messages_a_second: value["messages_a_second"].as_f64()?,
            registered: three(&value["registered_ms"])?,
            delivered: three(&value["delivered_ms"])?,
            reported: three(&value["reported_ms"])?,
            here: value["octets_here"].as_u64()?,
            there: value["octets_there"].as_u64(),
            reports: value["reports"].as_u64()?,
            lost: value["lost"].as_u64()?,
        })
    };
    Some(Record {
        processors: number(value, "processors")?,
        messages: value["messages"].as_u64()?,
        at_once: number(value, "at_once")?,
        ue_octets: number(value, "ue_octets")?,
        rounds: value["rounds"]
            .as_array()?
            .iter()
            .map(round)
            .collect::<Option<_>>()?,
    })
}

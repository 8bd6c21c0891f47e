//! `List of Segment range`: inclusive ranges of segment numbers, read in each form that is known.

use serde_json::{Value, json};

use super::{Fields, Malformed};

/// More ranges than this are refused.
const MOST: usize = 32;

/// Inclusive, first not above last.
pub type Range = (u64, u64);

/// The ranges that hold these numbers, in ascending order.
pub fn ranges_of(numbers: impl IntoIterator<Item = u64>) -> Vec<Range> {
    let mut ranges: Vec<Range> = Vec::new();
    for number in numbers {
        match ranges.last_mut() {
            Some((_, end)) if number == *end + 1 => *end = number,
            _ => ranges.push((number, number)),
        }
    }
    ranges
}

/// As JSON: an array of `{start, end}`. Only the first 32.
pub fn write_ranges(ranges: &[Range]) -> Value {
    let list = ranges.iter().take(MOST);
    list.map(|(start, end)| json!({"start": start, "end": end}))
        .collect()
}

/// For people: `2-2, 5-7`.
pub fn show_ranges(ranges: &[Range]) -> String {
    let shown: Vec<String> = ranges
        .iter()
        .map(|(start, end)| format!("{start}-{end}"))
        .collect();
    shown.join(", ")
}

/// Reads an array of objects, of pairs, of numbers or of texts; or one text with all of them.
pub fn read_ranges(value: &Value) -> Result<Vec<Range>, Malformed> {
    let ranges: Option<Vec<Range>> = match value {
        Value::Array(items) => items.iter().map(one).collect(),
        Value::String(text) => text.split([',', ';']).map(from_text).collect(),
        _ => None,
    };
    let mut ranges = ranges.ok_or_else(|| Malformed("not a list of segment ranges".to_owned()))?;
    if ranges.is_empty() || ranges.len() > MOST {
        return Err(Malformed(format!("no range, or more than {MOST}")));
    }
    ranges.sort_unstable();
    let mut merged: Vec<Range> = Vec::new();
    for (start, end) in ranges {
        match merged.last_mut() {
            Some(last) if start <= last.1 + 1 => last.1 = last.1.max(end),
            _ => merged.push((start, end)),
        }
    }
    Ok(merged)
}

fn one(item: &Value) -> Option<Range> {
    match item {
        Value::String(text) => from_text(text),
        Value::Number(_) => number(item).map(|n| (n, n)),
        Value::Array(pair) => match pair.as_slice() {
            [start, end] => ordered(number(start)?, number(end)?),
            _ => None,
        },
        Value::Object(_) => {
            let fields = Fields::of(item)?;
            ordered(
                number(fields.folded("start")?)?,
                number(fields.folded("end")?)?,
            )
        }
        _ => None,
    }
}

/// `5-7` or `5`, with or without parentheses.
fn from_text(text: &str) -> Option<Range> {
    let bare = text.trim().trim_start_matches('(').trim_end_matches(')');
    let (start, end) = bare.split_once('-').unwrap_or((bare, bare));
    ordered(start.trim().parse().ok()?, end.trim().parse().ok()?)
}

fn number(value: &Value) -> Option<u64> {
    match value {
        Value::String(text) => text.trim().parse().ok(),
        other => other.as_u64(),
    }
}

fn ordered(start: u64, end: u64) -> Option<Range> {
    (start <= end && end < 1 << 31).then_some((start, end))
}

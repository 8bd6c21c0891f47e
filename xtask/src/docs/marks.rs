//! Numbers in prose: a comment behind each says which figure it is, `about 30 kB<!-- = m4f.s.size_probe_tls13.flash -->`.
//!
//! Figures and numbers can be added and subtracted (`a - b`), and `a / octet` is the cost of an octet. The number is written anew with the
//! digits and the unit that it has: kB is 1,000 octets, KiB 1,024, k and M are thousands and millions.

use super::store::Store;
use crate::size::grouped;
use anyhow::{Context, Result, ensure};

const BEGIN: &str = "<!-- = ";
const END: &str = " -->";

/// The text with each marked number as the store has it.
pub fn fill(text: &str, store: &Store) -> Result<String> {
    let mut filled = String::new();
    let mut rest = text;
    while let Some((before, inside)) = rest.split_once(BEGIN) {
        let (what, after) = inside.split_once(END).context("a mark has no end")?;
        let value = evaluate(what, store)?;
        let (prose, number) = split_number(before);
        let made = format(number, value);
        filled += prose;
        filled += &made.with_context(|| format!("{BEGIN}{what}{END} stands behind {number:?}"))?;
        filled += &format!("{BEGIN}{what}{END}");
        rest = after;
    }
    filled += rest;
    Ok(filled)
}

/// The number at the end, with its unit.
pub fn split_number(text: &str) -> (&str, &str) {
    let words: Vec<&str> = text.rsplitn(3, [' ', '\n', '(', '|']).collect();
    let last = words.first().map_or(0, |word| word.len());
    let with_unit = words.get(1).map_or(0, |word| word.len());
    let starts_with_digit = |word: &&&str| word.starts_with(|c: char| c.is_ascii_digit());
    let length = match (
        words.first().filter(starts_with_digit),
        words.get(1).filter(starts_with_digit),
    ) {
        (Some(_), _) => last,
        (None, Some(_)) => with_unit + 1 + last,
        (None, None) => 0,
    };
    text.split_at(text.len() - length)
}

fn evaluate(what: &str, store: &Store) -> Result<f64> {
    let mut sum = 0.0;
    let mut sign = 1.0;
    let mut words = what.split_whitespace().peekable();
    while let Some(word) = words.next() {
        match word {
            "+" => sign = 1.0,
            "-" => sign = -1.0,
            "/" => {
                ensure!(
                    words.next() == Some("octet"),
                    "`/ octet` is all that can be divided by"
                );
            }
            number if number.starts_with(|c: char| c.is_ascii_digit()) => {
                sum += sign * number.parse::<f64>()?;
            }
            key => {
                let figure = store.get(key)?;
                let mut value = figure.value as f64;
                if words.peek() == Some(&"/") {
                    let octets = figure
                        .octets
                        .with_context(|| format!("{key} has no octets"))?;
                    value /= octets as f64;
                }
                sum += sign * value;
            }
        }
    }
    Ok(sum)
}

/// The value with as many digits behind the point, and the unit, as the number that stands there.
fn format(number: &str, value: f64) -> Option<String> {
    let digits = number.find(|c: char| !c.is_ascii_digit() && c != '.' && c != ',');
    let (digits, unit) = number.split_at(digits.unwrap_or(number.len()));
    if !digits.starts_with(|c: char| c.is_ascii_digit()) {
        return None;
    }
    let scale = match unit.trim() {
        "kB" => 1e3,
        "KiB" => 1024.0,
        "k" => 1e3,
        "M" => 1e6,
        _ => 1.0,
    };
    let places = digits.split_once('.').map_or(0, |(_, places)| places.len());
    let value = value / scale;
    let text = match places {
        0 => grouped(value.round() as u64),
        _ => format!("{value:.places$}"),
    };
    Some(format!("{text}{unit}"))
}

#[cfg(test)]
mod tests {
    use super::{fill, split_number};
    use crate::bench::{Figure, Unit};
    use crate::docs::store::Store;

    fn store() -> Store {
        let mut store = Store::default();
        for (key, value) in [("small", 1_450), ("large", 41_449)] {
            let figure = Figure {
                group: "g",
                key,
                what: "",
                value,
                unit: Unit::Octets,
                octets: Some(100),
            };
            store.put("m3.s", &figure);
        }
        store
    }

    #[test]
    fn a_number_keeps_its_unit_and_its_digits() {
        for (prose, right) in [
            (
                "takes 9 kB<!-- = m3.s.g.large -->.",
                "takes 41 kB<!-- = m3.s.g.large -->.",
            ),
            (
                "(9.0 kB<!-- = m3.s.g.small -->)",
                "(1.4 kB<!-- = m3.s.g.small -->)",
            ),
            (
                "9,000<!-- = m3.s.g.large -->",
                "41,449<!-- = m3.s.g.large -->",
            ),
            (
                "| 1.0<!-- = m3.s.g.small / octet --> |",
                "| 14.5<!-- = m3.s.g.small / octet --> |",
            ),
            (
                "1 octets<!-- = m3.s.g.large - m3.s.g.small -->",
                "39,999 octets<!-- = m3.s.g.large - m3.s.g.small -->",
            ),
        ] {
            assert_eq!(fill(prose, &store()).unwrap(), right);
        }
    }

    #[test]
    fn a_mark_has_a_figure_and_a_number() {
        assert!(fill("9 kB<!-- = m3.s.g.other -->", &store()).is_err());
        assert!(fill("some kB<!-- = m3.s.g.small -->", &store()).is_err());
        assert_eq!(split_number("it is 9 kB"), ("it is ", "9 kB"));
        assert_eq!(split_number("it is 9"), ("it is ", "9"));
    }
}

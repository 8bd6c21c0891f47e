//! Charts of figures, as SVG.

use super::store::{Store, place};
use super::svg::{self, COLOURS};
use super::tables;
use crate::bench::{footprint, peer, wire};
use crate::board::BOARDS;
use crate::firmware::Opt;
use crate::size::{PARTS, grouped, millions};
use anyhow::Result;

const LABELS: f64 = 290.0;
const BARS: f64 = 360.0;
const NUMBERS: f64 = 130.0;
const STEP: f64 = 20.0;

/// A bar of one or more pieces, and what stands behind it.
struct Bar {
    label: String,
    pieces: Vec<u64>,
    number: String,
}

/// Names of the files in `docs/img`, and the charts.
pub fn all(store: &Store) -> Result<Vec<(&'static str, String)>> {
    Ok(vec![
        ("parts.svg", parts(store)?),
        ("footprint.svg", firmware(store)?),
        ("handshake.svg", handshake(store)?),
        ("wire.svg", wire(store)?),
    ])
}

fn usual(key: &str) -> String {
    format!("{}.{key}", place(BOARDS[0].core, Opt::S.name()))
}

fn parts(store: &Store) -> Result<String> {
    let mut bars = Vec::new();
    for (program, _, what) in PARTS {
        let flash = store.value(&usual(&format!("{program}.flash")))?;
        let ram = store.value(&usual(&format!("{program}.static_ram")))?;
        bars.push(Bar {
            label: what.to_owned(),
            pieces: vec![flash, ram],
            number: format!("{} + {}", grouped(flash), grouped(ram)),
        });
    }
    let title = format!("Octets of each part, {}, opt s", BOARDS[0].core);
    Ok(draw(&title, &["flash", "static RAM"], &bars))
}

fn firmware(store: &Store) -> Result<String> {
    let mut bars = Vec::new();
    for (core, opt, at) in tables::places() {
        let value = |key| store.value(&format!("{at}.{}.{key}", footprint::SESSION.key()));
        let (flash, ram) = (value("flash")?, value("static_ram")? + value("stack")?);
        bars.push(Bar {
            label: format!("{core}, opt {opt}"),
            pieces: vec![flash, ram],
            number: format!("{} + {}", grouped(flash), grouped(ram)),
        });
    }
    let title = "Octets of the whole firmware of the demo, tls13 with X25519";
    Ok(draw(title, &["flash", "RAM: static and stack"], &bars))
}

fn handshake(store: &Store) -> Result<String> {
    let mut bars = Vec::new();
    for (key, what) in peer::all_names() {
        let value = store.value(&usual(&format!("{key}.handshake")))?;
        bars.push(Bar {
            label: what.to_owned(),
            pieces: vec![value],
            number: millions(value),
        });
    }
    let title = format!("Instructions of a handshake, {}, opt s", BOARDS[0].core);
    Ok(draw(&title, &[], &bars))
}

fn wire(store: &Store) -> Result<String> {
    let mut bars = Vec::new();
    for (group, _, what) in wire::SESSIONS {
        let mut pieces = Vec::new();
        for (_, [up, down]) in wire::STEPS {
            let value = |key: &str| store.value(&format!("{group}.{key}"));
            pieces.push(value(up)? + value(down)?);
        }
        bars.push(Bar {
            label: what.to_owned(),
            number: grouped(pieces.iter().sum()),
            pieces,
        });
    }
    let names = ["handshake", "registration", "message of 64 and report"];
    Ok(draw("Octets on the line, both ways", &names, &bars))
}

/// Horizontal bars, one below the other.
fn draw(title: &str, names: &[&str], bars: &[Bar]) -> String {
    let most = bars.iter().map(|bar| bar.pieces.iter().sum::<u64>()).max();
    let most = most.unwrap_or(1).max(1) as f64;
    let top = if names.is_empty() { 34.0 } else { 54.0 };
    let mut body = format!(
        "<text x=\"10\" y=\"20\" font-weight=\"bold\">{}</text>\n",
        svg::escaped(title)
    );
    let mut at = 10.0;
    for (name, colour) in names.iter().zip(COLOURS) {
        body += &format!(
            "<rect class=\"{colour}\" x=\"{at:.0}\" y=\"31\" width=\"10\" height=\"10\"/>\
             <text x=\"{:.0}\" y=\"40\">{}</text>\n",
            at + 15.0,
            svg::escaped(name)
        );
        at += 40.0 + 7.0 * name.len() as f64;
    }
    for (number, bar) in bars.iter().enumerate() {
        let y = top + STEP * number as f64;
        body += &format!(
            "<text x=\"{:.0}\" y=\"{:.0}\" text-anchor=\"end\">{}</text>",
            LABELS - 8.0,
            y + 11.0,
            svg::escaped(&bar.label)
        );
        let mut x = LABELS;
        for (piece, colour) in bar.pieces.iter().zip(COLOURS) {
            let width = *piece as f64 / most * BARS;
            body += &format!(
                "<rect class=\"{colour}\" x=\"{x:.1}\" y=\"{y:.0}\" width=\"{width:.1}\" height=\"14\"/>"
            );
            x += width;
        }
        body += &format!(
            "<text x=\"{:.1}\" y=\"{:.0}\">{}</text>\n",
            x + 6.0,
            y + 11.0,
            bar.number
        );
    }
    svg::document(
        LABELS + BARS + NUMBERS,
        top + STEP * bars.len() as f64 + 6.0,
        &body,
    )
}

#[cfg(test)]
mod tests {
    use super::{Bar, draw};

    #[test]
    fn the_longest_bar_fills_the_room() {
        let bar = |label: &str, pieces: &[u64]| Bar {
            label: label.to_owned(),
            pieces: pieces.to_vec(),
            number: "n".to_owned(),
        };
        let svg = draw(
            "a < b",
            &["x", "y"],
            &[bar("one", &[50, 50]), bar("two", &[25])],
        );
        assert!(svg.contains("a &lt; b"));
        assert!(svg.contains("class=\"a\" x=\"290.0\" y=\"54\" width=\"180.0\""));
        assert!(svg.contains("class=\"b\" x=\"470.0\" y=\"54\" width=\"180.0\""));
        assert!(svg.contains("class=\"a\" x=\"290.0\" y=\"74\" width=\"90.0\""));
    }
}

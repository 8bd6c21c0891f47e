//! The chart: how rates, latencies and memory go with the number of UEs, both scales by powers of ten.

use super::record::Round;
use super::svg::{self, COLOURS};

const PANEL: (f64, f64) = (250.0, 180.0);
const MARGIN: f64 = 50.0;

/// A line: its name, and its value in each round.
type Line<'a> = (&'a str, &'a dyn Fn(&Round) -> f64);

pub fn svg(rounds: &[Round]) -> String {
    let panels: [(&str, &[Line<'_>]); 3] = [
        (
            "a second",
            &[
                ("registrations", &|r| r.registrations_a_second),
                ("messages with reports", &|r| r.messages_a_second),
            ],
        ),
        (
            "ms until delivered",
            &[
                ("50 %", &|r| r.delivered[0]),
                ("95 %", &|r| r.delivered[1]),
                ("99 %", &|r| r.delivered[2]),
            ],
        ),
        (
            "KiB a UE",
            &[
                ("client", &|r| r.here as f64 / 1024.0),
                ("reference network", &|r| {
                    r.there.unwrap_or(0) as f64 / 1024.0
                }),
            ],
        ),
    ];
    let (width, height) = (
        (PANEL.0 + 2.0 * MARGIN) * panels.len() as f64,
        PANEL.1 + 2.0 * MARGIN,
    );
    let mut body = String::new();
    for (number, (title, lines)) in panels.into_iter().enumerate() {
        let left = number as f64 * (PANEL.0 + 2.0 * MARGIN) + MARGIN;
        body += &panel(rounds, title, lines, left);
    }
    svg::document(width, height, &body)
}

fn panel(rounds: &[Round], title: &str, lines: &[Line<'_>], left: f64) -> String {
    let decade = |value: f64| value.max(0.01).log10();
    let across: Vec<f64> = rounds
        .iter()
        .map(|round| decade(round.ues as f64))
        .collect();
    let values = || lines.iter().flat_map(|(_, of)| rounds.iter().map(of));
    let low = values().map(decade).fold(f64::MAX, f64::min).floor();
    let high = values()
        .map(decade)
        .fold(f64::MIN, f64::max)
        .ceil()
        .max(low + 1.0);
    let first = across.first().copied().unwrap_or(0.0);
    let last = across.last().copied().unwrap_or(1.0).max(first + 1.0);
    let x = |at: f64| left + (at - first) / (last - first) * PANEL.0;
    let y = |at: f64| MARGIN + (high - at) / (high - low) * PANEL.1;

    let mut svg = format!("<text x=\"{left}\" y=\"20\" font-weight=\"bold\">{title}</text>\n");
    let mut at = low;
    while at <= high {
        let (up, label) = (y(at), 10_f64.powf(at));
        svg += &format!(
            "<path d=\"M{left:.0} {up:.0}h{:.0}\" class=\"rule\"/>\
             <text x=\"{:.0}\" y=\"{:.0}\" text-anchor=\"end\">{label}</text>\n",
            PANEL.0,
            left - 5.0,
            up + 4.0
        );
        at += 1.0;
    }
    for (round, at) in rounds.iter().zip(&across) {
        svg += &format!(
            "<text x=\"{:.0}\" y=\"{:.0}\" text-anchor=\"middle\">{}</text>\n",
            x(*at),
            MARGIN + PANEL.1 + 16.0,
            round.ues
        );
    }
    for (number, ((name, of), colour)) in lines.iter().zip(COLOURS).enumerate() {
        let points: Vec<String> = rounds
            .iter()
            .zip(&across)
            .map(|(round, at)| format!("{:.0},{:.0}", x(*at), y(decade(of(round)))))
            .collect();
        svg += &format!(
            "<polyline class=\"line {colour}\" points=\"{}\"/>\
             <text x=\"{:.0}\" y=\"{:.0}\" class=\"{colour}\">{name}</text>\n",
            points.join(" "),
            left + 5.0,
            MARGIN + 14.0 + 14.0 * number as f64
        );
    }
    svg
}

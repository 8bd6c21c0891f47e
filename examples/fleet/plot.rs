//! The chart: how rates, latencies and memory go with the number of UEs, both scales by powers of ten.

use crate::measure::Round;

const PANEL: (f64, f64) = (250.0, 180.0);
const MARGIN: f64 = 50.0;

/// A line: its name, its colour, and its value in each round.
type Line<'a> = (&'a str, &'a str, &'a dyn Fn(&Round) -> f64);

pub fn svg(rounds: &[Round]) -> String {
    let panels: [(&str, &[Line<'_>]); 3] = [
        (
            "a second",
            &[
                ("registrations", "#1b6ca8", &|r| r.registrations_a_second),
                ("messages with reports", "#c2571a", &|r| r.messages_a_second),
            ],
        ),
        (
            "ms until delivered",
            &[
                ("50 %", "#1b6ca8", &|r| r.delivered[0]),
                ("95 %", "#7a7a7a", &|r| r.delivered[1]),
                ("99 %", "#c2571a", &|r| r.delivered[2]),
            ],
        ),
        (
            "KiB a UE",
            &[
                ("client", "#1b6ca8", &|r| r.here as f64 / 1024.0),
                ("reference network", "#7a7a7a", &|r| {
                    r.there.unwrap_or(0) as f64 / 1024.0
                }),
            ],
        ),
    ];
    let (width, height) = (
        (PANEL.0 + 2.0 * MARGIN) * panels.len() as f64,
        PANEL.1 + 2.0 * MARGIN,
    );
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width} {height}\" font-family=\"sans-serif\" font-size=\"12\">\n\
         <rect width=\"{width}\" height=\"{height}\" fill=\"white\"/>\n"
    );
    for (number, (title, lines)) in panels.into_iter().enumerate() {
        let left = number as f64 * (PANEL.0 + 2.0 * MARGIN) + MARGIN;
        svg += &panel(rounds, title, lines, left);
    }
    svg + "</svg>\n"
}

fn panel(rounds: &[Round], title: &str, lines: &[Line<'_>], left: f64) -> String {
    let decade = |value: f64| value.max(0.01).log10();
    let across: Vec<f64> = rounds
        .iter()
        .map(|round| decade(round.ues as f64))
        .collect();
    let values = || lines.iter().flat_map(|(.., of)| rounds.iter().map(of));
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
            "<path d=\"M{left:.0} {up:.0}h{:.0}\" stroke=\"#ddd\"/>\
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
    for (number, (name, colour, of)) in lines.iter().enumerate() {
        let points: Vec<String> = rounds
            .iter()
            .zip(&across)
            .map(|(round, at)| format!("{:.0},{:.0}", x(*at), y(decade(of(round)))))
            .collect();
        svg += &format!(
            "<polyline points=\"{}\" fill=\"none\" stroke=\"{colour}\" stroke-width=\"2\"/>\
             <text x=\"{:.0}\" y=\"{:.0}\" fill=\"{colour}\">{name}</text>\n",
            points.join(" "),
            left + 5.0,
            MARGIN + 14.0 + 14.0 * number as f64
        );
    }
    svg
}

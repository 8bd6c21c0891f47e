//! The exchange as a sequence diagram in plain text: a column for each party, a line for each message.

use crate::event::{Closing, Event, EventKind, Refusal};
use crate::server::PeerId;

/// Title of the server's column.
const SERVER: &str = "MSGin5G Server";
/// Width of a column.
const COLUMN: usize = 46;
/// Width of the time in front.
const TIME: usize = 9;

/// One line before it is laid out.
enum Line {
    /// From one party to another.
    Arrow {
        from: String,
        to: String,
        text: String,
    },
    /// About one party, without a message.
    Note { at: String, text: String },
}

/// Draws all events that mean something to a person.
pub fn draw(events: &[Event]) -> String {
    let lines: Vec<(&Event, Line)> = events
        .iter()
        .filter_map(|event| Some((event, line(&event.kind)?)))
        .collect();
    let parties = parties(&lines);
    let mut drawing = header(&parties);
    for (event, line) in &lines {
        drawing.push_str(&lay_out(event.at_ms, line, &parties));
    }
    drawing
}

/// One event as a line without columns, for a log that grows. `None`: not worth one.
pub fn brief(event: &Event) -> Option<String> {
    let text = match line(&event.kind)? {
        Line::Arrow { from, to, text } => format!("{from} -> {to}  {text}"),
        Line::Note { at, text } => format!("{at}  ({text})"),
    };
    Some(format!("{} {}", time(event.at_ms), shorten(&text, 200)))
}

/// Everybody in the order of appearance, built-in UEs behind the others, the server in the second place.
fn parties(lines: &[(&Event, Line)]) -> Vec<String> {
    let mut found: Vec<(bool, String)> = Vec::new();
    for (event, line) in lines {
        let named = match line {
            Line::Arrow { from, to, .. } => vec![from, to],
            Line::Note { at, .. } => vec![at],
        };
        for name in named {
            if name != SERVER && !found.iter().any(|(_, known)| known == name) {
                found.push((event.peer.is_some_and(PeerId::is_built_in), name.clone()));
            }
        }
    }
    found.sort_by_key(|(built_in, _)| *built_in);
    let mut parties: Vec<String> = found.into_iter().map(|(_, name)| name).collect();
    parties.insert(parties.len().min(1), SERVER.to_owned());
    parties
}

fn line(kind: &EventKind) -> Option<Line> {
    let arrow = |from: &str, to: &str, text: String| {
        Some(Line::Arrow {
            from: from.to_owned(),
            to: to.to_owned(),
            text,
        })
    };
    let note = |at: &str, text: String| {
        Some(Line::Note {
            at: at.to_owned(),
            text,
        })
    };
    match kind {
        EventKind::Authenticated { supi, a_kid } => {
            note(SERVER, format!("AUSF: {supi} has A-KID {a_kid}"))
        }
        EventKind::KafExpired { supi } => note(SERVER, format!("AAnF: K_AF of {supi} expired")),
        EventKind::Forgotten { supi } => note(SERVER, format!("AAnF: {supi} forgotten")),
        EventKind::Restarted => note(SERVER, "restart".to_owned()),
        EventKind::KeyAsked { a_kid, answer } => note(
            SERVER,
            match answer {
                Ok(supi) => format!("AAnF: {a_kid} is {supi}, K_AF given"),
                Err(error) => format!("AAnF: {a_kid}: {error}"),
            },
        ),
        EventKind::SessionOpened {
            ue,
            cipher: Some(cipher),
            ..
        } => arrow(ue, SERVER, format!("TLS 1.3 {cipher}")),
        EventKind::SessionOpened {
            ue, cipher: None, ..
        } => arrow(ue, SERVER, "plain CoAP".to_owned()),
        EventKind::SessionRefused { ue, reason } => arrow(
            SERVER,
            ue,
            format!("handshake refused: {}", refusal(reason)),
        ),
        EventKind::Moved { ue, to } => note(ue, format!("is at {to} now")),
        EventKind::SessionClosed { ue, how, .. } => note(ue, closing(how)),
        EventKind::Request { ue, what } => arrow(ue, SERVER, what.clone()),
        EventKind::Answer { ue, code, what } => arrow(
            SERVER,
            ue,
            what.as_ref()
                .map_or_else(|| code.to_string(), |what| format!("{code} {what}")),
        ),
        EventKind::Post { ue, what, .. } => arrow(SERVER, ue, what.clone()),
        EventKind::PostAnswer { ue, code, .. } => arrow(ue, SERVER, code.to_string()),
        EventKind::Signal {
            ue,
            inbound: true,
            what,
        } => arrow(ue, SERVER, what.clone()),
        EventKind::Signal {
            ue,
            inbound: false,
            what,
        } => arrow(SERVER, ue, what.clone()),
        EventKind::AsMessage {
            from, to, payload, ..
        } => arrow(SERVER, to, format!("message from {from}: {payload}")),
        EventKind::Stored { to, .. } => note(SERVER, format!("stored for {to}")),
        EventKind::Duplicate { from, kind, .. } => note(
            SERVER,
            format!("{} of {from} again, not passed on", kind.text()),
        ),
        EventKind::Reassembled {
            from,
            set,
            segments,
            octets,
        } => note(
            SERVER,
            format!("{set} of {from} complete: {segments} segments, {octets} octets"),
        ),
        EventKind::Recovery {
            set, ranges, round, ..
        } => note(
            SERVER,
            format!("{set} lacks {ranges}, asked for the {round}. time"),
        ),
        EventKind::SetLost { from, set, cause } => {
            note(SERVER, format!("{set} of {from} given up: {cause}"))
        }
        EventKind::Segmented {
            to, set, segments, ..
        } => note(SERVER, format!("{segments} segments for {to}, {set}")),
        EventKind::Resent { to, set, ranges } => {
            note(SERVER, format!("{ranges} of {set} again to {to}"))
        }
        EventKind::SetConfirmed { by, set, .. } => note(SERVER, format!("{set} is whole at {by}")),
        EventKind::Split { to, messages, .. } => {
            note(SERVER, format!("aggregate split into {messages} for {to}"))
        }
        EventKind::Aggregated { to, messages, .. } => {
            note(SERVER, format!("{messages} messages aggregated for {to}"))
        }
        EventKind::Unsubscribed {
            ue,
            topic,
            expired: true,
        } => note(SERVER, format!("subscription of {ue} to {topic} is over")),
        EventKind::Expired { to, .. } => note(SERVER, format!("a message for {to} expired")),
        EventKind::Updated {
            from, discarded, ..
        } => note(
            SERVER,
            format!(
                "a stored message of {from} {}",
                if *discarded { "discarded" } else { "updated" }
            ),
        ),
        EventKind::Http { from, what, status } => {
            arrow(from, SERVER, format!("HTTP {what}: {status}"))
        }
        EventKind::StoreFailed { what } => note(SERVER, format!("not stored: {what}")),
        EventKind::Fault { what } => note(SERVER, format!("fault: {what}")),
        EventKind::Connected { .. }
        | EventKind::Registered { .. }
        | EventKind::RegistrationRefused { .. }
        | EventKind::Deregistered { .. }
        | EventKind::Message { .. }
        | EventKind::Report { .. }
        | EventKind::Delivered { .. }
        | EventKind::Subscribed { .. }
        | EventKind::Unsubscribed { .. }
        | EventKind::Failed { .. } => None,
    }
}

fn refusal(reason: &Refusal) -> String {
    match reason {
        Refusal::ServerName(Some(name)) => format!("{name} is no AF here"),
        Refusal::ServerName(None) => "no server name".to_owned(),
        Refusal::NoPsk => "no PSK offered".to_owned(),
        Refusal::NotAkma => "not an AKMA identity".to_owned(),
        Refusal::Aanf(error) => error.to_string(),
        Refusal::WrongKey => "K_AF does not fit".to_owned(),
        Refusal::Other(text) => text.clone(),
    }
}

fn closing(how: &Closing) -> String {
    match how {
        Closing::Orderly => "closed".to_owned(),
        Closing::Truncated => "closed without close_notify".to_owned(),
        Closing::Aborted(why) => format!("aborted: {why}"),
        Closing::Cut => "cut".to_owned(),
        Closing::Error(text) => format!("lost: {text}"),
    }
}

fn header(parties: &[String]) -> String {
    let mut names = " ".repeat(TIME);
    let mut rails = " ".repeat(TIME);
    for name in parties {
        names.push_str(&format!("{:<COLUMN$}", shorten(name, COLUMN - 2)));
        rails.push_str(&format!("{:<COLUMN$}", "|"));
    }
    format!("{}\n{}\n", names.trim_end(), rails.trim_end())
}

fn lay_out(at_ms: u64, line: &Line, parties: &[String]) -> String {
    let column = |name: &str| parties.iter().position(|party| party == name).unwrap_or(0);
    let mut row = " ".repeat(TIME).into_bytes();
    row.resize(TIME + COLUMN * parties.len(), b' ');
    for n in 0..parties.len() {
        row[TIME + n * COLUMN] = b'|';
    }
    let mut row = String::from_utf8(row).unwrap_or_default();
    row.replace_range(..TIME - 1, &time(at_ms));
    let (start, text) = match line {
        Line::Note { at, text } => (column(at), format!("  * {text}")),
        Line::Arrow { from, to, text } => {
            let (from, to) = (column(from), column(to));
            let (left, right) = (from.min(to), from.max(to));
            let room = (right - left).max(1) * COLUMN - 1;
            let text = shorten(text, room.saturating_sub(6));
            let dashes = "-".repeat(room - 5 - text.chars().count());
            let drawn = if from <= to {
                format!("- {text} {dashes}->")
            } else {
                format!("<- {text} {dashes}-")
            };
            (left, drawn)
        }
    };
    let at = TIME + start * COLUMN + 1;
    let head: String = row.chars().take(at).collect();
    let tail: String = row.chars().skip(at + text.chars().count()).collect();
    format!("{}\n", format!("{head}{text}{tail}").trim_end())
}

fn time(at_ms: u64) -> String {
    format!("{:>4}.{:03}", at_ms / 1000, at_ms % 1000)
}

fn shorten(text: &str, room: usize) -> String {
    let clean: String = text
        .chars()
        .map(|c| if c.is_control() { ' ' } else { c })
        .collect();
    if clean.chars().count() <= room {
        return clean;
    }
    let mut short: String = clean.chars().take(room.saturating_sub(2)).collect();
    short.push_str("..");
    short
}

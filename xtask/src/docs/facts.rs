//! Numbers with a unit in prose must be marked as figures, or `xtask/facts.toml` says where they come from.

use crate::run::root;
use anyhow::{Context, Result};
use serde::Deserialize;

/// A number behind these, or before them, says what something costs, or how long it is.
const UNITS: [&str; 16] = [
    "octet",
    "octets",
    "kB",
    "KiB",
    "MB",
    "MiB",
    "k",
    "M",
    "instructions",
    "insn",
    "percent",
    "%",
    "ms",
    "cycles",
    "million",
    "thousand",
];

/// A number that nobody measures.
#[derive(Deserialize)]
pub struct Fact {
    /// The document.
    r#in: String,
    /// The words in it.
    text: String,
    /// `path: text`, and the text stands in that file; or the clause of a standard, or another reason.
    from: String,
}

#[derive(Deserialize)]
struct Facts {
    fact: Vec<Fact>,
}

/// What `xtask/facts.toml` says.
pub fn load() -> Result<Vec<Fact>> {
    let text = std::fs::read_to_string(root().join("xtask/facts.toml")).context("facts.toml")?;
    Ok(toml::from_str::<Facts>(&text).context("facts.toml")?.fact)
}

impl Fact {
    /// What is wrong with it, given the document that it is about.
    pub fn fault(&self, document: &str) -> Option<String> {
        let Self { r#in, text, from } = self;
        if !joined(document).contains(&joined(text)) {
            return Some(format!("xtask/facts.toml: {in} does not say {text:?}"));
        }
        let (path, snippet) = from
            .split_once(": ")
            .filter(|(path, _)| path.contains('/'))?;
        let source = std::fs::read_to_string(root().join(path)).unwrap_or_default();
        let stands = joined(&source).contains(&joined(snippet));
        (!stands).then(|| format!("{in} says {text:?}, but {path} has no {snippet:?}"))
    }

    /// Whether it is about this document.
    pub fn is_in(&self, name: &str) -> bool {
        self.r#in == name
    }
}

/// Words in one line.
fn joined(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Numbers in the prose of this document that are neither marked nor facts.
pub fn unmarked(name: &str, text: &str, facts: &[Fact]) -> Vec<String> {
    let mut prose = joined(&prose(current(name, text)));
    for fact in facts.iter().filter(|fact| fact.is_in(name)) {
        prose = prose.replace(&joined(&fact.text), "~");
    }
    let words: Vec<&str> = prose.split(' ').collect();
    let mut found = Vec::new();
    for (at, word) in words.iter().enumerate() {
        let next = words.get(at + 1).copied().unwrap_or_default();
        let behind = words.get(at + 1..).unwrap_or_default();
        let behind = behind.iter().take(4).copied().collect::<Vec<_>>().join(" ");
        let is_rate = word.starts_with(|c: char| c.is_ascii_digit()) && behind.contains("a second");
        if is_figure(word, next) || is_rate && !behind.contains(MARKED) {
            let around = &words[at.saturating_sub(4)..(at + 5).min(words.len())];
            found.push(format!("{name}: {:?}", around.join(" ")));
        }
    }
    found
}

/// Whether the word is a number of a unit, or one of many digits in a table.
fn is_figure(word: &str, next: &str) -> bool {
    let bare = |word: &str| {
        word.trim_matches(|c: char| "(),.;:*_".contains(c))
            .to_owned()
    };
    if word.contains(MARKED) || next.starts_with(MARKED) || next.contains(MARKED) {
        return false;
    }
    let number = bare(word);
    let digits = number.trim_start_matches(|c: char| c.is_ascii_digit() || ",.".contains(c));
    if digits.len() == number.len() {
        return false;
    }
    let unit = if digits.is_empty() {
        bare(next)
    } else {
        digits.to_owned()
    };
    let in_table = next == "|" && number.contains(',');
    UNITS.contains(&unit.as_str()) || in_table
}

/// What is about the present: of the changelog its first chapter.
fn current<'t>(name: &str, text: &'t str) -> &'t str {
    let mut chapters = text.match_indices("\n## ");
    match chapters.nth(1) {
        Some((second, _)) if name == "CHANGELOG.md" => &text[..second],
        _ => text,
    }
}

/// Stands for a mark.
const MARKED: char = '\u{1}';

/// The text without generated blocks, code and comments; a mark of a figure leaves a character.
fn prose(text: &str) -> String {
    let mut prose = String::new();
    let mut until: Option<String> = None;
    for line in text.lines() {
        if let Some(end) = &until {
            if line.trim_start().starts_with(end.as_str()) {
                until = None;
            }
            continue;
        }
        let start = line.trim_start();
        if start.starts_with("```") {
            until = Some("```".to_owned());
        } else if let Some(name) = start
            .strip_prefix("<!-- ")
            .and_then(|rest| rest.strip_suffix(":begin -->"))
        {
            until = Some(format!("<!-- {name}:end -->"));
        } else {
            prose += line;
            prose.push('\n');
        }
    }
    let mut clean = String::new();
    let mut rest = prose.as_str();
    while let Some((before, inside)) = rest.split_once("<!--") {
        clean += before;
        if inside.starts_with(" = ") {
            clean.push(MARKED);
        }
        rest = inside.split_once("-->").map_or("", |(_, after)| after);
    }
    clean + rest
}

#[cfg(test)]
mod tests {
    use super::{Fact, unmarked};

    fn fact(text: &str, from: &str) -> Fact {
        Fact {
            r#in: "a.md".to_owned(),
            text: text.to_owned(),
            from: from.to_owned(),
        }
    }

    #[test]
    fn a_number_with_a_unit_is_found() {
        for text in [
            "takes 41 kB of flash",
            "(3.9 M)",
            "it is\n12 octets.",
            "40 %",
            "| a | 1,243 | b |",
            "44.8k insn",
            "300 messages a second",
        ] {
            let text = text.replace("44.8k", "44.8 k");
            assert_eq!(unmarked("a.md", &text, &[]).len(), 1, "{text}");
        }
    }

    #[test]
    fn marks_code_blocks_and_facts_are_passed_over() {
        for text in [
            "takes 41 kB<!-- = m3.s.a --> of flash",
            "takes 41<!-- = m3.s.a --> kB of flash",
            "```\n41 kB\n```\n",
            "<!-- size:begin -->\n| 41 kB |\n<!-- size:end -->\n",
            "Cortex-M4, RFC 8323 says, in 3 octets' time",
        ] {
            let facts = [fact("3 octets' time", "RFC 1")];
            assert!(unmarked("a.md", text, &facts).is_empty(), "{text}");
            assert!(unmarked("b.md", "takes 3 octets' time 3 octets", &facts).len() == 1);
        }
    }

    #[test]
    fn what_an_old_release_took_may_stand() {
        let text = "# Changelog\n\n## Unreleased\n\nnothing\n\n## 0.1\n\ntakes 41 kB\n";
        assert!(unmarked("CHANGELOG.md", text, &[]).is_empty());
        assert_eq!(unmarked("b.md", text, &[]).len(), 1);
    }

    #[test]
    fn a_fact_stands_in_its_document_and_in_its_source() {
        let source = "xtask/Cargo.toml: name = \"xtask\"";
        assert!(
            fact("1152 octets", source)
                .fault("has\n1152\noctets.")
                .is_none()
        );
        assert!(
            fact("1152 octets", source)
                .fault("has 1153 octets")
                .is_some()
        );
        let other = "xtask/Cargo.toml: name = \"others\"";
        assert!(
            fact("1152 octets", other)
                .fault("has 1152 octets")
                .is_some()
        );
        assert!(
            fact("1152 octets", "RFC 8323 5.3.1")
                .fault("has 1152 octets")
                .is_none()
        );
    }
}

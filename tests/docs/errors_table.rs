//! Every error and every state that an application can see stands in docs/errors.md.

use std::fs;
use std::path::Path;

/// The enums of the table, and where they are.
const ENUMS: [(&str, &str); 6] = [
    ("ConnectionEvent", "src/connection/event.rs"),
    ("SessionError", "src/session/error.rs"),
    ("Unsupported", "src/session/error.rs"),
    ("KeySourceError", "src/akma/source.rs"),
    ("TransportError", "src/transport/mod.rs"),
    ("Failure", "src/client/event.rs"),
];

fn read(path: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(path);
    fs::read_to_string(&path).unwrap_or_else(|e| panic!("{}: {e}", path.display()))
}

/// The variants of an enum: the names that stand one indentation deep.
fn variants(source: &str, name: &str) -> Vec<String> {
    let start = [" {", "<'r> {", "<'a> {"]
        .iter()
        .find_map(|tail| source.find(&format!("pub enum {name}{tail}")))
        .unwrap_or_else(|| panic!("no enum {name}"));
    let body = source[start..].lines().skip(1);
    let body = body.take_while(|line| *line != "}");
    body.filter_map(|line| line.strip_prefix("    "))
        .filter(|line| line.starts_with(|c: char| c.is_ascii_uppercase()))
        .map(|line| {
            line.split(|c: char| !c.is_alphanumeric())
                .next()
                .unwrap()
                .to_owned()
        })
        .collect()
}

#[test]
fn each_variant_has_its_row() {
    let table = read("docs/errors.md");
    for (name, path) in ENUMS {
        let variants = variants(&read(path), name);
        assert!(variants.len() >= 2, "{name}: {variants:?}");
        for variant in &variants {
            let row = format!("| `{name}::{variant}` |");
            assert!(table.contains(&row), "docs/errors.md lacks {row}");
        }
        let rows = table.matches(&format!("| `{name}::")).count();
        assert_eq!(rows, variants.len(), "{name}: a row for what is no more");
    }
}

#[test]
fn each_row_says_what_it_means_and_what_to_do() {
    let rows = read("docs/errors.md");
    for row in rows.lines().filter(|line| line.starts_with("| `")) {
        let cells: Vec<&str> = row.trim_matches('|').split('|').map(str::trim).collect();
        assert!(
            cells.len() == 3 && cells.iter().all(|cell| !cell.is_empty()),
            "{row}"
        );
    }
}

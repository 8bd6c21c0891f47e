//! `docs/conformance.md` names tests and places in the code: each of them exists.

use std::{collections::BTreeMap, fs, path::Path};

/// A line of one of the tables: its cells.
fn rows() -> Vec<Vec<String>> {
    let text = fs::read_to_string(root().join("docs/conformance.md")).unwrap();
    let cells = |line: &str| -> Vec<String> {
        let inner = line.trim().trim_start_matches('|').trim_end_matches('|');
        inner
            .split('|')
            .map(|cell| cell.trim().to_owned())
            .collect()
    };
    let is_row = |line: &&str| {
        line.starts_with('|') && !line.starts_with("| clause") && !line.starts_with("| ---")
    };
    text.lines().filter(is_row).map(cells).collect()
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// What stands between backticks.
pub fn quoted(text: &str) -> impl Iterator<Item = &str> {
    text.split('`').skip(1).step_by(2)
}

/// Whether the file has this test: a function behind `#[test]`, in `proptest!` or not, or one that a macro
/// makes for both sessions.
pub fn has_test(file: &str, name: &str) -> bool {
    let head = format!("fn {name}(");
    let (mut is_test, mut is_list, mut is_first) = (false, false, false);
    for line in file.lines().map(str::trim) {
        is_list |= line.starts_with("for_both_backends!");
        if is_list && line.strip_suffix(',') == Some(name) {
            return file.contains(&format!("fn {name}<"));
        }
        // Behind this macro's bracket the name comes first, or after comments.
        let inside = line.strip_prefix("over_both!(");
        is_first |= inside.is_some();
        let inside = inside.unwrap_or(line);
        if is_first && !inside.is_empty() && !inside.starts_with("//") {
            if inside.split(',').next() == Some(name) {
                return true;
            }
            is_first = false;
        }
        if line == "#[test]" {
            is_test = true;
        } else if line.starts_with(&head) && is_test {
            return true;
        } else if line.starts_with("fn ") {
            is_test = false;
        }
    }
    false
}

#[test]
fn every_row_has_its_cells() {
    let rows = rows();
    assert!(rows.len() > 40, "{} rows", rows.len());
    for row in rows {
        assert_eq!(row.len(), 5, "{row:?}");
        assert!(!row[0].is_empty() && !row[1].is_empty(), "{row:?}");
        let nothing_to_show = ["not built", "none claimed"].contains(&row[2].as_str());
        assert_eq!(row[3].is_empty(), nothing_to_show, "{row:?}");
    }
}

#[test]
fn every_test_that_is_named_exists() {
    let mut files = BTreeMap::new();
    let mut named = 0;
    for row in rows() {
        // Tests stand in their own column, and may be named in the last one.
        for place in quoted(&row[3]).chain(quoted(&row[4])) {
            let Some((path, name)) = place.split_once(".rs::") else {
                continue;
            };
            let path = format!("{path}.rs");
            let file = files.entry(path.clone()).or_insert_with(|| {
                fs::read_to_string(root().join(&path)).unwrap_or_else(|_| panic!("no file {path}"))
            });
            assert!(has_test(file, name), "no test {name} in {path}");
            named += 1;
        }
        for place in quoted(&row[3]) {
            assert!(place.contains(".rs::"), "`{place}` is no test");
        }
    }
    assert!(named > 100, "{named} tests named");
}

/// A switch is a file, a feature, or a path whose last part is a name in that part of the crate.
#[test]
fn every_switch_that_is_named_exists() {
    let manifest = fs::read_to_string(root().join("Cargo.toml")).unwrap();
    let mut named = 0;
    for row in rows() {
        for place in quoted(&row[4]).filter(|place| !place.contains(".rs::")) {
            let is_there = if place.ends_with(".rs") {
                root().join(place).exists()
            } else if let Some((part, rest)) = place.split_once("::") {
                let name = rest.rsplit("::").next().unwrap();
                sources(&root().join("src").join(part)).iter().any(|text| {
                    ["fn ", "pub ", "struct ", "enum "]
                        .iter()
                        .any(|before| text.contains(&format!("{before}{name}")))
                })
            } else {
                manifest.contains(&format!("\n{place} = ["))
            };
            assert!(is_there, "no {place}: {row:?}");
            named += 1;
        }
    }
    assert!(named > 30, "{named} switches named");
}

fn sources(folder: &Path) -> Vec<String> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(sources(&path));
        } else {
            found.push(fs::read_to_string(path).unwrap());
        }
    }
    found
}

#[test]
fn a_test_is_told_from_a_function_and_from_a_comment() {
    let file = "#[test]\nfn one() {}\nfn helper() {}\n// fn two() {}\n";
    assert!(has_test(file, "one"));
    assert!(!has_test(file, "helper") && !has_test(file, "two") && !has_test(file, "on"));
    let file = "fn one<B>() {}\nfn two<B>() {}\nfor_both_backends! {\n    one,\n}\n";
    assert!(has_test(file, "one") && !has_test(file, "two"));
    let file =
        "over_both!(one, net, |d| {});\nover_both!(\n    /// Says.\n    two,\n    net,\n);\n";
    assert!(has_test(file, "one") && has_test(file, "two") && !has_test(file, "net"));
}

//! Rules that the source text must keep, beside what the compiler's lints see.

use super::steps::Steps;
use crate::docs;
use crate::run::root;
use anyhow::{Context, Result, bail};
use std::fs;
use std::path::{Path, PathBuf};

/// Lints that src/lib.rs must deny.
const LINTS: [&str; 9] = [
    "unwrap_used",
    "expect_used",
    "panic",
    "unreachable",
    "todo",
    "unimplemented",
    "indexing_slicing",
    "string_slice",
    "arithmetic_side_effects",
];

/// Calls that end in a panic.
const CALLS: [&str; 9] = [
    ".unwrap()",
    ".unwrap_err()",
    ".expect(",
    ".expect_err(",
    "panic!(",
    "unreachable!(",
    "todo!(",
    "unimplemented!(",
    "assert!(",
];

/// Longer files do more than one thing. The aim is 400.
const LONGEST: usize = 440;

pub fn steps(steps: &mut Steps) {
    steps.step("no panic and no indexing in src/", no_panic);
    steps.step("no long file", no_long_file);
    steps.step("numbers in the guide", || docs::run(true));
}

fn no_panic() -> Result<()> {
    let lib = fs::read_to_string(root().join("src/lib.rs"))?;
    for lint in LINTS {
        if !lib.contains(&format!("clippy::{lint}")) {
            bail!("src/lib.rs does not deny clippy::{lint}");
        }
    }
    if !lib.contains("#![forbid(unsafe_code)]") {
        bail!("src/lib.rs does not forbid unsafe code");
    }
    let mut found = Vec::new();
    for path in rust_files(&root().join("src"))? {
        if path.ends_with("tests.rs") {
            continue;
        }
        let text = fs::read_to_string(&path)?;
        for (number, what) in offences(&text) {
            let name = path.strip_prefix(root()).unwrap_or(&path);
            found.push(format!("{}:{number}: {what}", name.display()));
        }
    }
    if !found.is_empty() {
        bail!("{}", found.join("\n"));
    }
    Ok(())
}

/// Lines outside comments and tests that can panic or switch a lint off.
fn offences(text: &str) -> Vec<(usize, String)> {
    let mut found = Vec::new();
    let mut for_tests = false;
    let mut end_of_const: Option<String> = None;
    for (number, line) in text.lines().enumerate() {
        let code = code_of(line);
        if code.trim() == "#[cfg(test)]" {
            for_tests = true;
            continue;
        }
        if for_tests {
            if code.trim_start().starts_with("mod ") && code.contains('{') {
                break; // unit tests close a file
            }
            for_tests = false; // one item, on one line
            continue;
        }
        if code.trim_end().ends_with("const {") {
            end_of_const = Some(code.replace("const {", "}"));
        } else if end_of_const.as_deref() == Some(code.trim_end()) {
            end_of_const = None;
        }
        // An assertion in a constant is checked while building.
        let in_const = end_of_const.is_some() || code.contains("const ");
        let harmless = if in_const {
            "assert!("
        } else {
            "debug_assert!("
        };
        let code = code.replace(harmless, "");
        let hushed =
            code.contains("allow(clippy::") && LINTS.iter().any(|lint| code.contains(lint));
        if hushed || CALLS.iter().any(|call| code.contains(call)) || indexes(&code) {
            found.push((number + 1, line.trim().to_owned()));
        }
    }
    found
}

/// The line without its comment and without what stands in quotes.
fn code_of(line: &str) -> String {
    let line = line.replace("'\"'", "' '");
    let mut code = String::new();
    let mut quoted = false;
    let mut chars = line.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '\\' if quoted => {
                chars.next();
            }
            '"' => quoted = !quoted,
            '/' if !quoted && chars.peek() == Some(&'/') => break,
            _ if quoted => {}
            _ => code.push(c),
        }
    }
    code
}

/// `name[`, `)[` or `][`: an index. Types, attributes and macros put something else before the bracket.
/// `[..]` takes the whole and cannot fail.
fn indexes(code: &str) -> bool {
    let code = code.replace("[..]", "");
    let octets = code.as_bytes();
    octets.windows(2).any(|pair| {
        pair[1] == b'['
            && (pair[0].is_ascii_alphanumeric() || matches!(pair[0], b'_' | b')' | b']' | b'?'))
    })
}

fn no_long_file() -> Result<()> {
    let mut long = Vec::new();
    for path in rust_files(root())? {
        if path.starts_with(root().join("tests")) {
            continue; // one file a topic, however much there is to say
        }
        let lines = fs::read_to_string(&path)?.lines().count();
        if lines > LONGEST {
            let name = path
                .strip_prefix(root())
                .unwrap_or(&path)
                .display()
                .to_string();
            long.push(format!("{name} has {lines} lines; the limit is {LONGEST}"));
        }
    }
    if !long.is_empty() {
        bail!("{}", long.join("\n"));
    }
    Ok(())
}

fn rust_files(dir: &Path) -> Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    for entry in fs::read_dir(dir).with_context(|| format!("cannot read {}", dir.display()))? {
        let path = entry?.path();
        let name = path
            .file_name()
            .unwrap_or_default()
            .to_string_lossy()
            .into_owned();
        if path.is_dir() && !name.starts_with('.') && name != "target" {
            files.extend(rust_files(&path)?);
        } else if name.ends_with(".rs") {
            files.push(path);
        }
    }
    files.sort();
    Ok(files)
}

#[cfg(test)]
mod tests {
    use super::offences;

    fn lines(text: &str) -> Vec<usize> {
        offences(text)
            .into_iter()
            .map(|(number, _)| number)
            .collect()
    }

    #[test]
    fn sees_what_can_panic() {
        for line in [
            "let a = b[0];",
            "let a = f(x)[..2];",
            "let a = b?[0];",
            "x.unwrap();",
            "x.expect(\"text\");",
            "panic!()",
            "assert!(x);",
            "#[allow(clippy::indexing_slicing)]",
        ] {
            assert_eq!(lines(line), [1], "{line}");
        }
    }

    #[test]
    fn goes_on_after_an_item_for_tests() {
        assert_eq!(lines("#[cfg(test)]\nmod probe;\nx.unwrap();"), [3]);
        assert_eq!(lines("const {\nassert!(N > 0);\n}\nassert!(n > 0);"), [4]);
    }

    #[test]
    fn leaves_what_cannot() {
        for line in [
            "// let a = b[0];",
            "//! x.unwrap();",
            "let text = \"a[0]\";",
            "let a: [u8; 4] = [0; 4];",
            "#[cfg(feature = \"std\")]",
            "fn f(a: &[u8]) -> Option<[u8; 2]> {}",
            "let [a, b] = c;",
            "x.unwrap_or(0)",
            "debug_assert!(x);",
            "const _: () = assert!(N > 0);",
            "    const {\n        assert!(\n            N > 0\n        );\n    }",
            "&[][..]",
            "if octet == b'\"' || octet == b'[' {}",
            "#[cfg(test)]\nmod tests {\nx.unwrap();\n}",
        ] {
            assert_eq!(lines(line), [0; 0], "{line}");
        }
    }
}

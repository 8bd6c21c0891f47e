//! The guide hangs together: every link leads somewhere, every page is in the index, and code in it is compiled.

use crate::conformance::{has_test, quoted};
use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

/// Pages outside `docs/`.
const OTHERS: [&str; 5] = [
    "README.md",
    "CONTRIBUTING.md",
    "SECURITY.md",
    "capi/README.md",
    "examples/testnet/README.md",
];

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn guide() -> Vec<PathBuf> {
    let entries = fs::read_dir(root().join("docs")).unwrap();
    let mut pages: Vec<PathBuf> = entries.map(|entry| entry.unwrap().path()).collect();
    pages.retain(|path| path.extension().is_some_and(|ending| ending == "md"));
    assert!(pages.len() > 10);
    pages
}

/// The text without blocks of code and without code in a line, where brackets mean something else.
fn prose(text: &str) -> String {
    let mut in_code = false;
    let mut prose = String::new();
    for line in text.lines() {
        if line.trim_start().starts_with("```") {
            in_code = !in_code;
        } else if !in_code {
            prose.extend(line.split('`').step_by(2));
            prose.push('\n');
        }
    }
    prose
}

/// What stands in the round brackets of `[words](target)`.
fn targets(text: &str) -> Vec<String> {
    let prose = prose(text);
    let behind = prose.split("](").skip(1);
    behind
        .filter_map(|rest| rest.split_once(')'))
        .map(|(target, _)| target.trim().to_owned())
        .collect()
}

/// The anchors of a page, as the forges make them of headings.
fn anchors(text: &str) -> BTreeSet<String> {
    let mut in_code = false;
    let mut anchors = BTreeSet::new();
    for line in text.lines() {
        if line.trim_start().starts_with("```") {
            in_code = !in_code;
        }
        let heading = line.trim_start_matches('#');
        if in_code || heading.len() == line.len() || !heading.starts_with(' ') {
            continue;
        }
        let letters = heading.trim().to_lowercase();
        let kept = letters
            .chars()
            .filter(|c| c.is_alphanumeric() || matches!(c, ' ' | '-' | '_'));
        anchors.insert(kept.map(|c| if c == ' ' { '-' } else { c }).collect());
    }
    anchors
}

#[test]
fn every_link_leads_somewhere() {
    let mut dead = Vec::new();
    let mut followed = 0;
    for page in guide()
        .into_iter()
        .chain(OTHERS.map(|other| root().join(other)))
    {
        let text = fs::read_to_string(&page).unwrap();
        for target in targets(&text) {
            if target.starts_with("https://") || target.starts_with("mailto:") {
                continue;
            }
            followed += 1;
            let (file, anchor) = target.split_once('#').unwrap_or((&target, ""));
            let there = match file {
                "" => page.clone(),
                file => page.parent().unwrap().join(file),
            };
            let leads = there.exists()
                && (anchor.is_empty()
                    || fs::read_to_string(&there)
                        .is_ok_and(|text| anchors(&text).contains(anchor)));
            if !leads {
                dead.push(format!("{}: {target}", page.display()));
            }
        }
    }
    assert!(followed > 40, "{followed}");
    assert!(dead.is_empty(), "{}", dead.join("\n"));
}

/// A file or folder, or one at least of those that a star in the name stands for.
fn is_there(path: &Path) -> bool {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let Some((before, behind)) = name.split_once('*') else {
        return path.exists();
    };
    let entries = fs::read_dir(path.parent().unwrap()).into_iter().flatten();
    entries.flatten().any(|entry| {
        let name = entry.file_name();
        let name = name.to_string_lossy();
        name.starts_with(before) && name.ends_with(behind)
    })
}

/// A place in the repository between backticks is there, and so is the test that is named behind it.
#[test]
fn every_place_that_is_named_exists() {
    const FOLDERS: [&str; 9] = [
        "src/",
        "tests/",
        "examples/",
        "docs/",
        "xtask/",
        "capi/",
        "interop/",
        "tools/",
        "zephyr/",
    ];
    let mut gone = Vec::new();
    let mut named = 0;
    for page in guide()
        .into_iter()
        .chain(OTHERS.map(|other| root().join(other)))
    {
        let text = fs::read_to_string(&page).unwrap();
        for place in text.lines().flat_map(quoted) {
            let is_place = FOLDERS.iter().any(|folder| place.starts_with(folder));
            if !is_place || place.contains(' ') {
                continue;
            }
            named += 1;
            let (path, test) = place.split_once("::").unwrap_or((place, ""));
            // In the repository, or in the page's own folder.
            let found = [root(), page.parent().unwrap()].iter().any(|base| {
                let path = base.join(path);
                match test {
                    "" => is_there(&path),
                    name => fs::read_to_string(path).is_ok_and(|file| has_test(&file, name)),
                }
            });
            if !found {
                gone.push(format!("{}: {place}", page.display()));
            }
        }
    }
    assert!(named > 150, "{named}");
    assert!(gone.is_empty(), "{}", gone.join("\n"));
}

#[test]
fn every_page_is_in_the_index() {
    let index = fs::read_to_string(root().join("docs/README.md")).unwrap();
    let linked: BTreeSet<String> = targets(&index)
        .iter()
        .map(|target| target.split('#').next().unwrap().to_owned())
        .collect();
    for page in guide() {
        let name = page.file_name().unwrap().to_str().unwrap();
        assert!(
            name == "README.md" || linked.contains(name),
            "docs/README.md lacks {name}"
        );
    }
}

/// `src/lib.rs` takes a page with code in, so that its code is an example in the documentation; but for the page that
/// goes through a program.
#[test]
fn code_in_the_guide_is_compiled() {
    let lib = fs::read_to_string(root().join("src/lib.rs")).unwrap();
    for page in guide() {
        let text = fs::read_to_string(&page).unwrap();
        let mut blocks = text
            .lines()
            .filter(|line| line.starts_with("```"))
            .step_by(2);
        let name = page.file_name().unwrap().to_str().unwrap();
        let included = lib.contains(&format!("include_str!(\"../docs/{name}\")"))
            || name == "first-message.md";
        assert!(
            included || !blocks.any(|line| line.starts_with("```rust")),
            "{name}"
        );
    }
}

#[test]
fn the_page_of_the_first_message_goes_through_its_program() {
    let page = fs::read_to_string(root().join("docs/first-message.md")).unwrap();
    let program = fs::read_to_string(root().join("examples/first_message.rs")).unwrap();
    let pieces: Vec<&str> = page.split("```rust\n").skip(1).collect();
    assert!(pieces.len() > 4);
    for piece in pieces {
        let (piece, _) = piece.split_once("```").unwrap();
        assert!(program.contains(piece), "not in the program:\n{piece}");
    }
}

#[test]
fn headings_and_links_are_found() {
    let text = "# A b: `c`-d, e\n```\n# no\n[no](no)\n```\n[x](y#z) `[no](no)` ![p](q)\n";
    assert_eq!(anchors(text), BTreeSet::from(["a-b-c-d-e".to_owned()]));
    assert_eq!(targets(text), ["y#z", "q"]);
}

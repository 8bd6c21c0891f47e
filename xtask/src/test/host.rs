//! Format, lints, tests and documentation on the host.

use super::steps::Steps;
use crate::metadata;
use crate::run::{cargo, root, run, target_dir};
use anyhow::{Result, ensure};
use std::fs;

/// As the table in README has them.
const USE_CASES: [&str; 5] = [
    "meter",
    "alarm",
    "firmware_notice",
    "large_report",
    "gateway",
];

pub fn steps(steps: &mut Steps) {
    steps.step("format", || run(cargo().args(["fmt", "--all", "--check"])));
    steps.step("lints", || {
        let words = [
            "clippy",
            "--quiet",
            "--workspace",
            "--all-targets",
            "--all-features",
        ];
        run(cargo().args(words).args(["--", "-Dwarnings"]))
    });
    steps.step("each feature alone", each_feature_alone);
    steps.step("all that the client can do but one", all_but_each);
    steps.step("tests on the host", || {
        let features = testable_features()?.join(",");
        let words = [
            "test",
            "--quiet",
            "--package",
            "msgin5g",
            "--package",
            "msgin5g-testnet",
        ];
        run(cargo()
            .args(words)
            .args(["--all-targets", "--features", &features]))
    });
    steps.step("a fleet of 50 UEs", || {
        // With the features of the tests, so that nothing is built again.
        let features = testable_features()?.join(",");
        run(cargo()
            .args(["run", "--quiet", "--package", "msgin5g"])
            .args(["--features", &features, "--example", "fleet"])
            .args(["--", "--ues", "50"]))
    });
    steps.step("the use cases", use_cases);
    steps.step("tests of the lean client", || {
        let words = [
            "test",
            "--quiet",
            "--package",
            "msgin5g",
            "--no-default-features",
        ];
        run(cargo().args(words).args(["--test", "client_lean"]))
    });
    steps.step("tests of xtask", || {
        run(cargo().args(["test", "--quiet", "--package", "xtask"]))
    });
    steps.step("examples in the documentation", || {
        let features = testable_features()?.join(",");
        run(cargo().args([
            "test",
            "--quiet",
            "--doc",
            "--package",
            "msgin5g",
            "--features",
            &features,
        ]))
    });
    steps.step("documentation", || {
        let words = [
            "doc",
            "--quiet",
            "--workspace",
            "--no-deps",
            "--all-features",
            "--document-private-items",
        ];
        run(cargo().env("RUSTDOCFLAGS", "-Dwarnings").args(words))
    });
}

/// All features but `defmt`, whose logger exists on a microcontroller only: a test that logs would not link.
pub fn testable_features() -> Result<Vec<String>> {
    let mut features = metadata::features_of("msgin5g")?;
    features.retain(|feature| feature != "defmt");
    Ok(features
        .into_iter()
        .map(|feature| format!("msgin5g/{feature}"))
        .collect())
}

/// Each says by its exit code whether all came about that its story tells.
fn use_cases() -> Result<()> {
    // With the features of the tests, so that nothing is built again.
    let features = testable_features()?.join(",");
    let readme = fs::read_to_string(root().join("README.md"))?;
    for name in USE_CASES {
        let link = format!("(examples/{name}.rs)");
        ensure!(readme.contains(&link), "README has no link to {link}");
        run(cargo()
            .args(["run", "--quiet", "--package", "msgin5g"])
            .args(["--features", &features, "--example", name]))?;
    }
    // Told all that it has to know on its command line, so that cargo does not start it. The tests may have built it
    // under a name of theirs alone.
    run(cargo()
        .args(["build", "--quiet", "--package", "msgin5g"])
        .args(["--features", &features, "--example", "first_message"]))?;
    let program = target_dir().join("debug/examples/first_message");
    run(cargo()
        .args([
            "run",
            "--quiet",
            "--package",
            "msgin5g-testnet",
            "--",
            "--run",
        ])
        .arg(program)
        .arg("--ladder"))
}

fn each_feature_alone() -> Result<()> {
    lint_with("")?;
    for feature in metadata::features_of("msgin5g")? {
        if feature != "default" {
            lint_with(&feature)?;
        }
    }
    Ok(())
}

/// What a client can do is cut with features in the middle of its code: beside each alone, all but each. (All sets of
/// all features would be millions.)
fn all_but_each() -> Result<()> {
    const PARTS: [&str; 4] = ["segmentation", "aggregation", "topics", "datagrams"];
    for left_out in PARTS {
        let kept: Vec<&str> = PARTS.into_iter().filter(|part| *part != left_out).collect();
        lint_with(&kept.join(","))?;
    }
    lint_with(&PARTS.join(","))
}

fn lint_with(features: &str) -> Result<()> {
    let words = [
        "clippy",
        "--quiet",
        "--package",
        "msgin5g",
        "--no-default-features",
        "--features",
        features,
    ];
    run(cargo().args(words).args(["--", "-Dwarnings"]))
}

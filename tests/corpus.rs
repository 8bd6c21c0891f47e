//! The fuzz targets with the inputs that are kept: what was found once is not found again, and
//! what the targets assert holds for ordinary messages, too.

// Some targets use a part only of what they share with other tests.
#[allow(dead_code, unused_imports, clippy::duplicate_mod)]
#[path = "../fuzz/src/lib.rs"]
mod fuzz;

use std::{fs, path::Path};

#[test]
fn every_kept_input_passes_its_target() {
    let corpus = Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz/corpus");
    for (name, target) in fuzz::TARGETS {
        let mut inputs = 0;
        for entry in fs::read_dir(corpus.join(name)).expect(name) {
            let path = entry.unwrap().path();
            println!("{}", path.display());
            target(&fs::read(&path).unwrap());
            inputs += 1;
        }
        assert!(inputs > 0, "{name} has no corpus");
    }
}

/// Each prefix of a message is a message that was cut off; each must be refused or read.
#[test]
fn every_prefix_of_a_kept_input_passes_its_target() {
    let corpus = Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz/corpus");
    let cheap = |name: &str| !name.starts_with("session") && name != "client";
    for (name, target) in fuzz::TARGETS.iter().filter(|(name, _)| cheap(name)) {
        for entry in fs::read_dir(corpus.join(name)).unwrap() {
            let octets = fs::read(entry.unwrap().path()).unwrap();
            (0..octets.len()).for_each(|end| target(&octets[..end]));
        }
    }
}

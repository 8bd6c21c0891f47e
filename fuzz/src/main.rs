//! libFuzzer on the target that the variable `FUZZ_TARGET` names: one program for all, so that there is one list
//! of them and one build. `FUZZ_TARGET=list` lists them.
#![no_main]

use libfuzzer_sys::fuzz_target;
use msgin5g_fuzz::TARGETS;
use std::sync::OnceLock;

static TARGET: OnceLock<fn(&[u8])> = OnceLock::new();

fuzz_target!(
    init: {
        TARGET.get_or_init(chosen);
    },
    |data: &[u8]| TARGET.get_or_init(chosen)(data)
);

fn chosen() -> fn(&[u8]) {
    let wanted = std::env::var("FUZZ_TARGET").unwrap_or_default();
    if let Some((_, target)) = TARGETS.iter().find(|(name, _)| *name == wanted) {
        return *target;
    }
    for (name, _) in TARGETS {
        println!("{name}");
    }
    let known = wanted == "list";
    if !known {
        eprintln!("FUZZ_TARGET={wanted:?}: expected one of these, or \"list\"");
    }
    std::process::exit(if known { 0 } else { 2 })
}

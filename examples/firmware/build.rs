//! Picks the board and its memory map by the target that is built for.

use std::{env, fs, path::PathBuf};

/// Rust target, board, start of flash, start of RAM. The sizes are those of a small part,
/// not of the emulated board, so that a firmware which grows too large does not link.
const BOARDS: [(&str, &str, u32, u32); 4] = [
    ("thumbv6m-none-eabi", "mps2_an385", 0, 0x2000_0000),
    ("thumbv7m-none-eabi", "mps2_an385", 0, 0x2000_0000),
    ("thumbv7em-none-eabihf", "mps2_an386", 0, 0x2000_0000),
    (
        "thumbv8m.main-none-eabihf",
        "mps2_an505",
        0x1000_0000,
        0x3800_0000,
    ),
];

fn main() {
    println!("cargo:rerun-if-changed=build.rs");
    println!(
        "cargo:rustc-check-cfg=cfg(board, values(\"mps2_an385\", \"mps2_an386\", \"mps2_an505\"))"
    );

    let target = env::var("TARGET").expect("cargo sets TARGET");
    let Some((_, board, flash, ram)) = BOARDS.iter().find(|(name, ..)| *name == target) else {
        return; // a host: only the stub is built
    };
    println!("cargo:rustc-cfg=board=\"{board}\"");

    let out = PathBuf::from(env::var_os("OUT_DIR").expect("cargo sets OUT_DIR"));
    let memory = format!(
        "MEMORY\n{{\n  FLASH : ORIGIN = {flash:#x}, LENGTH = 512K\n  RAM : ORIGIN = {ram:#x}, LENGTH = 64K\n}}\n"
    );
    fs::write(out.join("memory.x"), memory).expect("OUT_DIR is writable");
    // Where a product names its interrupts: `src/interrupts/mod.rs` has all of ours.
    fs::write(out.join("device.x"), "").expect("OUT_DIR is writable");
    println!("cargo:rustc-link-search={}", out.display());
    println!("cargo:rustc-link-arg-bins=--nmagic");
    println!("cargo:rustc-link-arg-bins=-Tlink.x");
    if env::var_os("CARGO_FEATURE_DEFMT").is_some() {
        println!("cargo:rustc-link-arg-bins=-Tdefmt.x");
    }
}

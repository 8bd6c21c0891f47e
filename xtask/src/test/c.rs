//! The C library as others find it: its names, its files, its examples, and the code in its page.

use super::steps::Steps;
use crate::board::Board;
use crate::c::firmware::{FEATURES, boards, build_echo};
use crate::c::install;
use crate::c::library::{self, For};
use crate::qemu::Emulator;
use crate::run::{self, output, root, run};
use crate::toolchain::Toolchain;
use anyhow::{Context, Result, ensure};
use std::fs;
use std::io::{Read, Write};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

/// As strict as a C team is.
const STRICT: [&str; 5] = ["-std=c99", "-Wall", "-Wextra", "-Werror", "-pedantic"];
const PATIENCE: Duration = Duration::from_secs(60);

pub fn steps(steps: &mut Steps, toolchain: &Toolchain) {
    // As it comes, and as the firmware in C has it.
    for (board, features) in boards().zip([None, Some(FEATURES)]) {
        let name = format!("names in the C library, {}", board.core);
        steps.step(&name, || {
            library::check_names(toolchain, For::Target(board.target), features)
        });
        let name = format!("the board in C alone, {}", board.machine);
        steps.step(&name, || echo(board));
    }
    steps.step("names in the C library, this machine", || {
        library::check_names(toolchain, For::Host, None)
    });
    steps.step("names in the C header", || {
        let header = fs::read_to_string(root().join("capi/include/msgin5g.h"))?;
        let foreign = foreign_macros(&header);
        ensure!(foreign.is_empty(), "the header defines {foreign:?}");
        Ok(())
    });
    steps.step("the C library, installed", || installed(toolchain));
    steps.step("a task of FreeRTOS, a sample for Zephyr", for_kernels);
    steps.step("the code in docs/c.md", the_page);
}

/// Macros that do not begin with our prefix.
fn foreign_macros(header: &str) -> Vec<&str> {
    let words = header.lines().filter_map(|line| {
        let line = line.trim_start().strip_prefix('#')?;
        line.trim_start().strip_prefix("define ")
    });
    words
        .map(|words| words.split([' ', '(']).next().unwrap_or(words))
        .filter(|name| !name.starts_with("MSGIN5G_"))
        .collect()
}

/// The board sends back what it is sent, without the SDK.
fn echo(board: Board) -> Result<()> {
    const WORDS: &[u8] = b"hello\n\n";
    let mut emulator = Emulator::start(board, &build_echo(board)?)?;
    let mut line = emulator.uart()?;
    line.set_read_timeout(Some(PATIENCE))?;
    line.write_all(WORDS)?;
    let mut back = [0; WORDS.len()];
    line.read_exact(&mut back)?;
    ensure!(back == WORDS, "it sent back {back:?}");
    let outcome = emulator.finish(Instant::now() + PATIENCE)?;
    ensure!(
        outcome.exit_code == 0,
        "it ended with {}",
        outcome.exit_code
    );
    let octets = outcome.figures.number("octets")?;
    ensure!(octets == WORDS.len() as u64, "it counted {octets} octets");
    Ok(())
}

/// A C project finds it by CMake, and a command line by pkg-config, wherever it lies.
fn installed(toolchain: &Toolchain) -> Result<()> {
    let dir = scratch("installed")?;
    let prefix = dir.join("moved");
    install::into(toolchain, &dir.join("prefix"), For::Host, None)?;
    fs::rename(dir.join("prefix"), &prefix)?;
    let expected = format!(
        "msgin5g {}\n",
        crate::metadata::version_of(library::PACKAGE)?
    );
    let source = root().join("capi/examples/cmake");

    let build = dir.join("cmake");
    run(Command::new("cmake")
        .arg("-S")
        .arg(&source)
        .arg("-B")
        .arg(&build)
        .arg("--log-level=WARNING")
        .arg(format!("-DCMAKE_PREFIX_PATH={}", prefix.display())))?;
    run(Command::new("cmake").arg("--build").arg(&build))?;
    let said = output(&mut Command::new(build.join("version")))?;
    ensure!(said == expected, "by CMake: {said:?}, not {expected:?}");

    let mut pkg_config = Command::new("pkg-config");
    pkg_config.env("PKG_CONFIG_PATH", prefix.join("lib/pkgconfig"));
    let flags = output(pkg_config.args(["--cflags", "--libs", "msgin5g"]))?;
    let program = dir.join("by-pkg-config");
    run(cc()
        .args(STRICT)
        .arg(source.join("version.c"))
        .arg("-o")
        .arg(&program)
        .args(flags.split_whitespace()))?;
    let said = output(&mut Command::new(program))?;
    ensure!(
        said == expected,
        "by pkg-config: {said:?}, not {expected:?}"
    );
    Ok(())
}

/// Against declarations of what they call: the kernels are not here.
fn for_kernels() -> Result<()> {
    let object = scratch("kernels")?.join("object.o");
    for (source, declarations) in [
        (
            "capi/examples/freertos_task.c",
            "capi/examples/freertos_stub",
        ),
        ("zephyr/samples/send_reading/src/main.c", "zephyr/stub"),
    ] {
        run(cc()
            .args(STRICT)
            // Sockets are POSIX.
            .args(["-D_POSIX_C_SOURCE=200809L", "-I", "capi/include"])
            .args(["-I", declarations, "-c", source, "-o"])
            .arg(&object))?;
    }
    Ok(())
}

/// Each piece of C in the page is a file of its own.
fn the_page() -> Result<()> {
    let page = fs::read_to_string(root().join("docs/c.md")).context("docs/c.md")?;
    let pieces = pieces(&page);
    ensure!(!pieces.is_empty(), "docs/c.md has no C in it");
    let dir = scratch("page")?;
    for (line, piece) in pieces {
        let source = dir.join(format!("line_{line}.c"));
        fs::write(&source, piece)?;
        run(cc()
            .args(STRICT)
            .args(["-I", "capi/include", "-c", "-o"])
            .arg(source.with_extension("o"))
            .arg(&source))
        .with_context(|| format!("docs/c.md, line {line}"))?;
    }
    Ok(())
}

/// What stands between "```c" and "```", each with the line it begins in.
fn pieces(page: &str) -> Vec<(usize, String)> {
    let mut pieces = Vec::new();
    let mut lines = page.lines().enumerate();
    while let Some((number, line)) = lines.next() {
        if line == "```c" {
            let piece = lines.by_ref().map(|(_, line)| line);
            let piece: Vec<&str> = piece.take_while(|line| *line != "```").collect();
            pieces.push((number + 2, piece.join("\n") + "\n"));
        }
    }
    pieces
}

/// The C compiler of this machine, started in the repository.
fn cc() -> Command {
    let mut cc = Command::new(std::env::var_os("CC").unwrap_or_else(|| "cc".into()));
    cc.current_dir(root());
    cc
}

/// An empty directory.
fn scratch(name: &str) -> Result<PathBuf> {
    let dir: PathBuf = run::target_dir().join("c").join(name);
    if Path::new(&dir).exists() {
        fs::remove_dir_all(&dir)?;
    }
    fs::create_dir_all(&dir)?;
    Ok(dir)
}

#[cfg(test)]
mod tests {
    use super::{foreign_macros, pieces};

    #[test]
    fn sees_macros_of_others() {
        let header = "#define MSGIN5G_A 1\n  # define B(x) x\n#define C\nint define;\n";
        assert_eq!(foreign_macros(header), ["B", "C"]);
    }

    #[test]
    fn takes_the_c_out_of_a_page() {
        let page = "text\n```c\nint a;\nint b;\n```\n```console\n$ no\n```\n```c\nint c;\n```\n";
        let expected = [
            (3, "int a;\nint b;\n".to_owned()),
            (10, "int c;\n".to_owned()),
        ];
        assert_eq!(pieces(page), expected);
    }
}

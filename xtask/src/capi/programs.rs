//! The programs in C: compiled, and run under sanitizers and under valgrind.

use super::{dir, panics};
use crate::run;
use anyhow::{Context, Result, bail};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

const C99: [&str; 5] = ["-std=c99", "-Wall", "-Wextra", "-Werror", "-pedantic"];
const CPLUSPLUS17: [&str; 7] = [
    "-xc++",
    "-std=c++17",
    "-Wall",
    "-Wextra",
    "-Werror",
    "-pedantic",
    "-fno-exceptions",
];
const SANITIZERS: [&str; 2] = ["-fsanitize=address,undefined", "-fno-sanitize-recover=all"];

/// A program, its sources below capi/.
pub struct Program {
    pub name: &'static str,
    pub sources: &'static [&'static str],
}

const MISUSE: Program = Program {
    name: "misuse",
    sources: &[
        "tests/misuse.c",
        "tests/misuse_at.c",
        "tests/misuse_conformance.c",
        "tests/misuse_document.c",
        "tests/misuse_gateway.c",
        "tests/misuse_datagrams.c",
        "tests/bench.c",
    ],
};
/// Those that need nothing but the library.
const ALONE: [Program; 3] = [
    MISUSE,
    Program {
        name: "conformance",
        sources: &["tests/conformance.c", "ports/posix.c"],
    },
    Program {
        name: "document",
        sources: &["tests/document.c", "tests/bench.c"],
    },
];

/// The header by itself, as C and as C++.
pub fn header_compiles() -> Result<()> {
    let source = out()?.join("header.c");
    fs::write(
        &source,
        "#include \"msgin5g.h\"\n#include \"msgin5g.h\"\nint only_so_that_it_is_not_empty;\n",
    )?;
    let mut c = compiler("cc", &C99)?;
    run::run(c.arg("-fsyntax-only").arg(&source))?;
    let mut cplusplus = compiler("c++", &CPLUSPLUS17)?;
    run::run(cplusplus.arg("-fsyntax-only").arg(&source))?;
    // The example, too: C that a C++ program may take over.
    run::run(
        compiler("c++", &CPLUSPLUS17)?
            .arg("-fsyntax-only")
            .arg(dir().join("examples/host.c")),
    )
}

/// Those that need no network, each way.
pub fn run(library: &Path) -> Result<()> {
    every_function_is_misused()?;
    for program in &ALONE {
        run::run(&mut Command::new(sanitized(program, library)?))?;
        run::run(valgrind().arg(plain(program, library)?))?;
    }
    panics::the_program_decides(library)
}

/// Linked with sanitizers.
pub fn sanitized(program: &Program, library: &Path) -> Result<PathBuf> {
    link(program, library, &SANITIZERS)
}

/// Linked without.
pub fn plain(program: &Program, library: &Path) -> Result<PathBuf> {
    link(program, library, &[])
}

/// What a program is run under that has no sanitizers.
pub fn valgrind() -> Command {
    let mut command = Command::new("valgrind");
    command.args(["--quiet", "--error-exitcode=9", "--leak-check=full"]);
    command.arg(format!(
        "--suppressions={}",
        dir().join("tests/valgrind.supp").display()
    ));
    command
}

/// Each function of the header stands in the misuse test.
fn every_function_is_misused() -> Result<()> {
    let header = fs::read_to_string(dir().join("include/msgin5g.h"))?;
    let sources = MISUSE.sources.iter();
    let test = sources
        .map(|source| fs::read_to_string(dir().join(source)))
        .collect::<Result<String, _>>()?;
    let functions = functions(&header);
    if functions.len() < 30 {
        bail!("only {} functions found in the header", functions.len());
    }
    for function in functions {
        // What a program defines and the library only calls.
        let is_tried = [format!("{function}("), format!("({function})")]
            .iter()
            .any(|use_of_it| test.contains(use_of_it));
        if function != "msgin5g_on_panic" && !is_tried {
            bail!("{function}() is not in the sources of the misuse test");
        }
    }
    Ok(())
}

/// Names of declarations: at the beginning of a line, before a parenthesis.
fn functions(header: &str) -> Vec<&str> {
    let declarations = header
        .lines()
        .filter(|line| line.starts_with(|c: char| c.is_ascii_lowercase()));
    let names = declarations.filter_map(|line| {
        let (before, _) = line.split_once('(')?;
        before.rsplit([' ', '*']).next()
    });
    names.filter(|name| name.starts_with("msgin5g_")).collect()
}

/// Linked with these flags more.
pub fn link(program: &Program, library: &Path, flags: &[&str]) -> Result<PathBuf> {
    let suffix = if flags.is_empty() { "" } else { "-sanitized" };
    let binary = out()?.join(format!("{}{suffix}", program.name));
    let sources = program.sources.iter().map(|source| dir().join(source));
    let mut cc = compiler("cc", &C99)?;
    cc.args(["-g", "-O1"])
        .args(flags)
        .args(sources)
        .arg(library);
    run::run(cc.arg("-o").arg(&binary))?;
    Ok(binary)
}

fn compiler(name: &str, flags: &[&str]) -> Result<Command> {
    let mut command = Command::new(name);
    command.args(flags);
    for include in ["include", "ports", "tests"] {
        command.arg("-I").arg(dir().join(include));
    }
    Ok(command)
}

/// Where the programs go.
fn out() -> Result<PathBuf> {
    let out = run::target_dir().join("capi/programs");
    fs::create_dir_all(&out).with_context(|| format!("cannot make {}", out.display()))?;
    Ok(out)
}

#[cfg(test)]
mod tests {
    use super::functions;

    #[test]
    fn functions_are_found_in_a_header() {
        let header = " * msgin5g_no(\nconst char *msgin5g_a(int32_t x);\nmsgin5g_status msgin5g_b(void);\n    int32_t (*msgin5g_c)(void);\n";
        assert_eq!(functions(header), ["msgin5g_a", "msgin5g_b"]);
    }
}

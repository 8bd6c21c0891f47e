//! The programs in C: compiled, run under sanitizers and under valgrind, and against the reference network.

use super::dir;
use crate::host::{Network, Programs};
use crate::run;
use anyhow::{Context, Result, bail};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

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
struct Program {
    name: &'static str,
    sources: &'static [&'static str],
}

const MISUSE: Program = Program {
    name: "misuse",
    sources: &["tests/misuse.c", "tests/bench.c"],
};
const HOST: Program = Program {
    name: "host",
    sources: &["examples/host.c", "ports/posix.c"],
};

const K_AUSF: &str = "1111111111111111111111111111111111111111111111111111111111111111";
const UE: &str = "c-1@iot.example";
const ECHO: &str = "echo-1@iot.example";

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

/// All programs, each way.
pub fn run(library: &Path) -> Result<()> {
    every_function_is_misused()?;
    let programs = Programs::build()?;
    let sanitized = |program: &Program| link(program, library, &SANITIZERS);
    let plain = |program: &Program| link(program, library, &[]);

    run::run(&mut Command::new(sanitized(&MISUSE)?))?;
    run::run(valgrind().arg(plain(&MISUSE)?))?;
    let host = sanitized(&HOST)?;
    for session in ["0", "1"] {
        exchange(&programs, &mut Command::new(&host), session)?;
    }
    exchange(&programs, valgrind().arg(plain(&HOST)?), "0")
}

/// The host program against the reference network.
fn exchange(programs: &Programs, command: &mut Command, session: &str) -> Result<()> {
    let subscriber = format!("supi=001010000000007,kausf={K_AUSF},ue={UE}");
    let words = ["--subscriber", &subscriber, "--echo", ECHO];
    let network = Network::start(programs, &words)?;
    command
        .args([
            network.address.ip().to_string(),
            network.address.port().to_string(),
        ])
        .args([
            crate::firmware::settings::SERVER_NAME,
            K_AUSF,
            "001010000000007",
            UE,
            ECHO,
            session,
        ]);
    let mut child = run::Guarded::spawn(command)?;
    let code = child.wait_until(Instant::now() + Duration::from_secs(120))?;
    let ladder = network.finish()?;
    if code != 0 {
        bail!(
            "the host program ended with code {code}:\n{}",
            ladder.join("\n")
        );
    }
    Ok(())
}

/// Each function of the header stands in the misuse test.
fn every_function_is_misused() -> Result<()> {
    let header = fs::read_to_string(dir().join("include/msgin5g.h"))?;
    let test = fs::read_to_string(dir().join("tests/misuse.c"))?;
    let functions = functions(&header);
    if functions.len() < 30 {
        bail!("only {} functions found in the header", functions.len());
    }
    for function in functions {
        // What a program defines and the library only calls.
        if function != "msgin5g_on_panic" && !test.contains(&format!("{function}(")) {
            bail!("{function}() is not in capi/tests/misuse.c");
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

fn link(program: &Program, library: &Path, flags: &[&str]) -> Result<PathBuf> {
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

fn valgrind() -> Command {
    let mut command = Command::new("valgrind");
    command.args(["--quiet", "--error-exitcode=9", "--leak-check=full"]);
    command.arg(format!(
        "--suppressions={}",
        dir().join("tests/valgrind.supp").display()
    ));
    command
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

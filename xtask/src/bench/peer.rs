//! Mbed TLS beside the crate's own TLS: the same handshake with the same server on the same emulated board, over the same
//! UART, under the same key. `interop/mbedtls` has the firmware and fetches the sources of Mbed TLS.

use super::sessions::{self, Row, Server};
use crate::board::{BOARDS, Board};
use crate::compare::compare;
use crate::elf;
use crate::readme;
use crate::run::{self, root, target_dir};
use crate::size::{grouped, millions};
use crate::toolchain::Toolchain;
use anyhow::{Context, Result, bail};
use serde_json::Value;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::atomic::{AtomicUsize, Ordering};

/// Key, words, the definition that picks it.
const VARIANTS: [(&str, &str, &str); 3] = [
    ("mbedtls_x25519", "Mbed TLS, X25519", "PEER_X25519"),
    ("mbedtls_p256", "Mbed TLS, P-256", "PEER_P256"),
    ("mbedtls_p256m", "Mbed TLS, P-256 of p256-m", "PEER_P256_M"),
];
/// Ours beside it, by the keys of the sessions' bench.
const OURS: [&str; 2] = ["tls13_x25519", "tls13_p256"];

/// As `opt-level = "s"` with LTO in the profile `firmware`.
const FLAGS: [&str; 11] = [
    "-mcpu=cortex-m4",
    "-mthumb",
    "-mfloat-abi=hard",
    "-mfpu=fpv4-sp-d16",
    "-Os",
    "-flto=1",
    "-ffunction-sections",
    "-fdata-sections",
    "-ffreestanding",
    "-std=c11",
    "-w",
];

/// Files that need an operating system.
const LEFT_OUT: [&str; 4] = [
    "net_sockets.c",
    "timing.c",
    "entropy_poll.c",
    "psa_its_file.c",
];

/// Ours first.
pub fn measure(board: Board, toolchain: &Toolchain) -> Result<Vec<Row>> {
    let server = Server::start()?;
    let mut rows = Vec::new();
    for key in OURS {
        rows.push(sessions::measure_one(toolchain, board, key, &server)?);
    }
    let sources = Sources::find()?;
    for variant in VARIANTS {
        rows.push(one(board, &sources, &server, variant)?);
    }
    Ok(rows)
}

/// Builds and runs one of each side and compares them with what the README says.
pub fn check(toolchain: &Toolchain) -> Result<()> {
    let ([ours, ..], [theirs, ..]) = (OURS, VARIANTS);
    let (board, server) = (BOARDS[0], Server::start()?);
    let rows = [
        sessions::measure_one(toolchain, board, ours, &server)?,
        one(board, &Sources::find()?, &server, theirs)?,
    ];
    let measured = table(&rows)?;
    println!("{measured}");
    let written = readme::table(readme::PEER)?;
    let (gcc, ..) = measured.split_once(" with ").context("the compiler")?;
    if !written.contains(gcc) {
        println!("the README's figures are of another GCC: they are not compared");
        return Ok(());
    }
    // The heading, and these two.
    let is_one = |line: &&str| {
        ["| session", "| ---"]
            .iter()
            .any(|mark| line.starts_with(mark))
            || rows
                .iter()
                .any(|row| line.starts_with(&format!("| {} |", row.what)))
    };
    let written: Vec<&str> = written.lines().filter(is_one).collect();
    compare(&written.join("\n"), &measured, false)
        .context("`cargo xtask bench --only peer --write` updates it")
}

fn one(
    board: Board,
    sources: &Sources,
    server: &Server,
    (key, what, define): (&'static str, &'static str, &str),
) -> Result<Row> {
    let firmware = sources.build(define)?;
    let mut row = sessions::run(board, (key, what), &firmware, server)?;
    // Room for a heap is no static RAM; what was taken of it is counted by itself.
    row.sizes.bss -= elf::section_size(&firmware, ".heap")?;
    Ok(row)
}

/// The table, with the conditions under which it was made.
pub fn table(rows: &[Row]) -> Result<String> {
    let compiler = run::output(Command::new("arm-none-eabi-gcc").arg("-dumpversion"))?;
    let mut text = format!(
        "Mbed TLS 3.6.5 by GCC {} with `-Os` and LTO, in `interop/mbedtls/firmware/config.h` with what this needs and no more.\n\n\
         | session | flash | static RAM | heap | stack | RAM | handshake, insn | echo of 33, insn | of 256 | handshake, octets |\n\
         | --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |\n",
        compiler.trim()
    );
    for row in rows {
        let [short, long] = row.echo;
        text += &format!(
            "| {} | {} | {} | {} | {} | {} | {} | {} | {} | {} |\n",
            row.what,
            grouped(row.sizes.flash()),
            grouped(row.sizes.ram()),
            grouped(row.heap),
            grouped(row.stack),
            grouped(row.sizes.ram() + row.heap + row.stack),
            millions(row.handshake),
            grouped(short),
            grouped(long),
            row.handshake_octets,
        );
    }
    Ok(text)
}

/// Mbed TLS inside the crate that cargo fetched, and our firmware.
struct Sources {
    mbedtls: PathBuf,
    firmware: PathBuf,
}

impl Sources {
    fn find() -> Result<Self> {
        let here = root().join("interop/mbedtls");
        let mut metadata = run::cargo();
        metadata.current_dir(&here);
        let text = run::output(metadata.args(["metadata", "--locked", "--format-version", "1"]))?;
        let metadata: Value = serde_json::from_str(&text)?;
        let packages = metadata["packages"].as_array().context("packages")?;
        let manifest = packages
            .iter()
            .find(|package| package["name"] == "mbedtls-rs-sys")
            .and_then(|package| package["manifest_path"].as_str())
            .context("the crate with Mbed TLS is not there")?;
        Ok(Self {
            mbedtls: Path::new(manifest).with_file_name("mbedtls"),
            firmware: here.join("firmware"),
        })
    }

    /// Compiles and links a variant and gives the program.
    fn build(&self, define: &str) -> Result<PathBuf> {
        let out = target_dir().join("mbedtls").join(define);
        std::fs::create_dir_all(&out)?;
        let mut files = vec![self.firmware.join("main.c")];
        for entry in std::fs::read_dir(self.mbedtls.join("library"))? {
            let path = entry?.path();
            let name = path.file_name().unwrap_or_default();
            let wanted = !LEFT_OUT.iter().any(|left_out| name == *left_out);
            if path.extension().is_some_and(|ending| ending == "c") && wanted {
                files.push(path);
            }
        }
        let small = self.mbedtls.join("3rdparty/p256-m");
        files.push(small.join("p256-m_driver_entrypoints.c"));
        files.push(small.join("p256-m/p256-m.c"));
        files.sort();
        println!("Compiling {} files of Mbed TLS, {define}", files.len());
        let objects = self.compile_all(&files, &out, define)?;

        let program = out.join("peer.elf");
        let mut link = self.gcc(define);
        link.args(&objects)
            .args(["--specs=nano.specs", "-nostartfiles", "-Wl,--gc-sections"])
            .arg("-T")
            .arg(self.firmware.join("link.ld"))
            .arg("-o")
            .arg(&program);
        run::output(&mut link)?;
        Ok(program)
    }

    /// All files, on all processors.
    fn compile_all(&self, files: &[PathBuf], out: &Path, define: &str) -> Result<Vec<PathBuf>> {
        let object = |file: &PathBuf| {
            let name = file.file_name().unwrap_or_default();
            out.join(name).with_extension("o")
        };
        let next = AtomicUsize::new(0);
        let work = || -> Result<()> {
            while let Some(file) = files.get(next.fetch_add(1, Ordering::Relaxed)) {
                let mut compile = self.gcc(define);
                compile.arg("-c").arg(file).arg("-o").arg(object(file));
                run::output(&mut compile)?;
            }
            Ok(())
        };
        let processors = std::thread::available_parallelism().map_or(1, usize::from);
        std::thread::scope(|scope| {
            let workers: Vec<_> = (0..processors).map(|_| scope.spawn(work)).collect();
            workers
                .into_iter()
                .try_for_each(|worker| match worker.join() {
                    Ok(done) => done,
                    Err(_) => bail!("a compiler's keeper panicked"),
                })
        })?;
        Ok(files.iter().map(object).collect())
    }

    fn gcc(&self, define: &str) -> Command {
        let mut gcc = Command::new("arm-none-eabi-gcc");
        gcc.args(FLAGS)
            .arg(format!("-D{define}"))
            .arg("-DMBEDTLS_CONFIG_FILE=\"config.h\"")
            .arg("-DMBEDTLS_PSA_CRYPTO_CONFIG_FILE=\"crypto_config.h\"")
            .arg("-I")
            .arg(&self.firmware);
        for part in [
            "include",
            "library",
            "3rdparty/p256-m",
            "3rdparty/p256-m/p256-m",
        ] {
            gcc.arg("-I").arg(self.mbedtls.join(part));
        }
        gcc
    }
}

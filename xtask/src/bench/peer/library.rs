//! Other libraries: where their sources are, which of them count, and how they are built for the board.

use crate::run::{self, root, target_dir};
use anyhow::{Context, Result, bail};
use serde_json::Value;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::atomic::{AtomicUsize, Ordering};

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
    "-std=gnu11",
    "-w",
];

/// A library whose sources come inside a crate.
#[derive(Clone, Copy)]
pub struct Library {
    pub name: &'static str,
    /// The package that fetches the crate, and has the firmware in `firmware/`.
    package: &'static str,
    within: &'static str,
    /// The folder of the sources in the crate.
    folder: &'static str,
    /// The file with the version, and the name of its definition.
    version: (&'static str, &'static str),
    /// Folders of which each file counts, but those that need an operating system, and single files.
    all_of: &'static [&'static str],
    left_out: &'static [&'static str],
    files: &'static [&'static str],
    includes: &'static [&'static str],
    defines: &'static [&'static str],
}

pub const MBEDTLS: Library = Library {
    name: "Mbed TLS",
    package: "interop/mbedtls",
    within: "mbedtls-rs-sys",
    folder: "mbedtls",
    version: ("include/mbedtls/build_info.h", "MBEDTLS_VERSION_STRING "),
    all_of: &["library"],
    left_out: &[
        "net_sockets.c",
        "timing.c",
        "entropy_poll.c",
        "psa_its_file.c",
    ],
    files: &[
        "3rdparty/p256-m/p256-m_driver_entrypoints.c",
        "3rdparty/p256-m/p256-m/p256-m.c",
    ],
    includes: &[
        "include",
        "library",
        "3rdparty/p256-m",
        "3rdparty/p256-m/p256-m",
    ],
    defines: &[
        "-DMBEDTLS_CONFIG_FILE=\"config.h\"",
        "-DMBEDTLS_PSA_CRYPTO_CONFIG_FILE=\"crypto_config.h\"",
    ],
};

pub const WOLFSSL: Library = Library {
    name: "wolfSSL",
    package: "interop/wolfssl",
    within: "wolfssl-sys",
    folder: "wolfssl-src",
    version: ("wolfssl/version.h", "LIBWOLFSSL_VERSION_STRING "),
    all_of: &[],
    left_out: &[],
    files: &[
        "src/internal.c",
        "src/keys.c",
        "src/ssl.c",
        "src/tls.c",
        "src/tls13.c",
        "src/wolfio.c",
        "wolfcrypt/src/aes.c",
        "wolfcrypt/src/curve25519.c",
        "wolfcrypt/src/ecc.c",
        "wolfcrypt/src/fe_low_mem.c",
        "wolfcrypt/src/fe_operations.c",
        "wolfcrypt/src/hash.c",
        "wolfcrypt/src/hmac.c",
        "wolfcrypt/src/kdf.c",
        "wolfcrypt/src/memory.c",
        "wolfcrypt/src/random.c",
        "wolfcrypt/src/sha256.c",
        "wolfcrypt/src/sp_cortexm.c",
        "wolfcrypt/src/sp_int.c",
        "wolfcrypt/src/wc_port.c",
        "wolfcrypt/src/wolfmath.c",
    ],
    includes: &["."],
    defines: &["-DWOLFSSL_USER_SETTINGS"],
};

impl Library {
    /// Finds the sources that cargo fetched.
    pub fn find(self) -> Result<Sources> {
        let here = root().join(self.package);
        let mut metadata = run::cargo();
        metadata.current_dir(&here);
        let text = run::output(metadata.args(["metadata", "--locked", "--format-version", "1"]))?;
        let metadata: Value = serde_json::from_str(&text)?;
        let packages = metadata["packages"].as_array().context("packages")?;
        let manifest = packages
            .iter()
            .find(|package| package["name"] == self.within)
            .and_then(|package| package["manifest_path"].as_str())
            .with_context(|| format!("the crate with {} is not there", self.name))?;
        Ok(Sources {
            library: self,
            folder: Path::new(manifest).with_file_name(self.folder),
            firmware: here.join("firmware"),
        })
    }
}

/// A library that is there, and the firmware for it.
pub struct Sources {
    library: Library,
    folder: PathBuf,
    firmware: PathBuf,
}

impl Sources {
    /// Its version, as it says.
    pub fn version(&self) -> Result<String> {
        let (file, definition) = self.library.version;
        let text = std::fs::read_to_string(self.folder.join(file))?;
        let (_, after) = text.split_once(definition).context("no version")?;
        let version = after.split('"').nth(1).context("no version in quotes")?;
        Ok(version.to_owned())
    }

    /// Compiles and links a variant and gives the program.
    pub fn build(&self, define: &str) -> Result<PathBuf> {
        let out = target_dir().join(self.library.package).join(define);
        std::fs::create_dir_all(&out)?;
        let board = root().join("interop/board");
        let mut files = vec![self.firmware.join("main.c"), board.join("board.c")];
        files.extend(self.files()?);
        println!(
            "Compiling {} files of {}, {define}",
            files.len(),
            self.library.name
        );
        let objects = self.compile_all(&files, &out, define)?;

        let program = out.join("peer.elf");
        let mut link = self.gcc(define);
        link.args(&objects)
            .args(["--specs=nano.specs", "-nostartfiles", "-Wl,--gc-sections"])
            .arg("-T")
            .arg(board.join("link.ld"))
            .arg("-o")
            .arg(&program);
        run::output(&mut link)?;
        Ok(program)
    }

    /// The library's, in one order.
    fn files(&self) -> Result<Vec<PathBuf>> {
        let mut files: Vec<_> = self
            .library
            .files
            .iter()
            .map(|file| self.folder.join(file))
            .collect();
        for folder in self.library.all_of {
            for entry in std::fs::read_dir(self.folder.join(folder))? {
                let path = entry?.path();
                let name = path.file_name().unwrap_or_default();
                let wanted = !self
                    .library
                    .left_out
                    .iter()
                    .any(|left_out| name == *left_out);
                if path.extension().is_some_and(|ending| ending == "c") && wanted {
                    files.push(path);
                }
            }
        }
        files.sort();
        Ok(files)
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
            .args(self.library.defines)
            .arg("-I")
            .arg(&self.firmware)
            .arg("-I")
            .arg(root().join("interop/board"));
        for part in self.library.includes {
            gcc.arg("-I").arg(self.folder.join(part));
        }
        gcc
    }
}

//! A Rust toolchain with the Cortex-M targets: the active one if it has them, else one made of Debian's packages.
//!
//! Nothing is downloaded but Debian packages and the few crates that `core` is built with.

use crate::firmware::Opt;
use crate::install::{self, Package};
use crate::run;
use anyhow::{Context, Result, bail};
use std::fs;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::{Path, PathBuf};
use std::process::Command;

/// The targets that the project is built for.
pub const TARGETS: [&str; 4] = [
    "thumbv6m-none-eabi",
    "thumbv7m-none-eabi",
    "thumbv7em-none-eabihf",
    "thumbv8m.main-none-eabihf",
];

const DEBIAN_RUSTC: &str = "/usr/bin/rustc";
const DEBIAN_CARGO: &str = "/usr/bin/cargo";
const DEBIAN_RUSTLIB: &str = "/usr/lib/rustlib";

/// A compiler that has the Cortex-M targets.
pub struct Toolchain {
    /// None: the active one.
    rustc: Option<PathBuf>,
    /// How it optimises firmware.
    pub opt: Opt,
}

impl Toolchain {
    /// Finds the targets in the active toolchain or makes them from Debian's packages.
    pub fn find_or_make(targets: &[&str], may_install: bool) -> Result<Self> {
        if active_has(targets) {
            return Ok(Self::of(None));
        }
        make(targets, may_install).context(
            "no Cortex-M targets. Usually `rustup target add thumbv6m-none-eabi thumbv7m-none-eabi \
             thumbv7em-none-eabihf thumbv8m.main-none-eabihf` brings them; on Debian they are made from packages",
        )
    }

    fn of(rustc: Option<PathBuf>) -> Self {
        Self { rustc, opt: Opt::S }
    }

    /// The same compiler at another level of optimisation.
    pub fn at(&self, opt: Opt) -> Self {
        Self {
            rustc: self.rustc.clone(),
            opt,
        }
    }

    /// A cargo that builds with this compiler.
    pub fn cargo(&self) -> Command {
        let mut command = run::cargo();
        // Who steps through a firmware builds it without xtask, with all that the profile gives: this is faster.
        command.env("CARGO_PROFILE_FIRMWARE_DEBUG", "line-tables-only");
        if let Some(rustc) = &self.rustc {
            command.env("RUSTC", rustc);
        }
        command
    }

    /// `rustc 1.88.0`, without hash and date: what the figures depend on.
    pub fn version(&self) -> Result<String> {
        let rustc = self.rustc.clone().unwrap_or_else(|| "rustc".into());
        let version = run::output(Command::new(rustc).arg("--version"))?;
        Ok(version
            .split_whitespace()
            .take(2)
            .collect::<Vec<_>>()
            .join(" "))
    }

    /// Says what is used and how to use it by hand.
    pub fn describe(&self) {
        match &self.rustc {
            None => println!(
                "The active toolchain has the Cortex-M targets: `cargo build --target thumbv7em-none-eabihf`"
            ),
            Some(rustc) => println!(
                "Cortex-M targets made from Debian's packages: `RUSTC={} cargo build --target thumbv7em-none-eabihf`",
                rustc.display()
            ),
        }
    }
}

/// The Debian packages that these targets need: none if the active toolchain has them.
pub fn packages(targets: &[&str]) -> &'static [Package] {
    if active_has(targets) {
        &[]
    } else {
        &install::RUST
    }
}

fn active_has(targets: &[&str]) -> bool {
    let active = std::env::var_os("RUSTC").map_or_else(|| PathBuf::from("rustc"), PathBuf::from);
    targets.iter().all(|target| has_target(&active, target))
}

/// A linker that speaks GNU ld's language for Arm.
pub fn linker() -> Option<PathBuf> {
    let mut found = vec![PathBuf::from("/usr/bin/rust-lld")];
    for dir in fs::read_dir("/usr/lib").into_iter().flatten().flatten() {
        if dir.file_name().to_string_lossy().starts_with("llvm-") {
            found.push(dir.path().join("bin/lld"));
        }
    }
    // `is_file` follows links: a dangling /usr/bin/rust-lld does not count. The newest comes last.
    found.retain(|path| path.is_file());
    found.sort();
    found.pop()
}

fn has_target(rustc: &Path, target: &str) -> bool {
    let mut ask = Command::new(rustc);
    ask.current_dir(run::root())
        .args(["--print", "target-libdir", "--target", target]);
    run::output(&mut ask).is_ok_and(|dir| has_core(Path::new(dir.trim())))
}

fn has_core(dir: &Path) -> bool {
    let is_core = |name: &str| name.starts_with("libcore-") && name.ends_with(".rlib");
    fs::read_dir(dir).is_ok_and(|mut entries| {
        entries
            .any(|entry| entry.is_ok_and(|entry| entry.file_name().to_str().is_some_and(is_core)))
    })
}

/// A private sysroot: Debian's compiler, its host library, and `core` and `alloc` for each target.
fn make(targets: &[&str], may_install: bool) -> Result<Toolchain> {
    install::ensure(&install::RUST, may_install)?;
    let verbose = run::output(Command::new(DEBIAN_RUSTC).arg("-vV"))?;
    let field = |name: &str| {
        verbose
            .lines()
            .find_map(|line| line.strip_prefix(name))
            .map(str::trim)
            .with_context(|| format!("`{DEBIAN_RUSTC} -vV` does not say `{name}`"))
    };
    let host = field("host:")?;
    let commit: String = field("commit-hash:")?.chars().take(9).collect();
    let prefix = cache_dir()?.join(format!("rust-{}-{commit}", field("release:")?));

    let rustc = wrap(&prefix)?;
    let rustlib = prefix.join("lib/rustlib");
    fs::create_dir_all(rustlib.join(host).join("bin"))?;
    link(
        &Path::new(DEBIAN_RUSTLIB).join(host).join("lib"),
        &rustlib.join(host).join("lib"),
    )?;
    let lld = linker().context("lld is installed, but not found below /usr/lib/llvm-*/bin")?;
    link(&lld, &rustlib.join(host).join("bin/rust-lld"))?;

    for target in targets {
        if !has_core(&rustlib.join(target).join("lib")) {
            println!(
                "Building `core` for {target} from Debian's sources, once, into {}",
                prefix.display()
            );
            build_core(&prefix, target)
                .with_context(|| format!("cannot build `core` for {target}"))?;
        }
        if !has_target(&rustc, target) {
            bail!("{} does not find `core` for {target}", rustc.display());
        }
    }
    Ok(Toolchain::of(Some(rustc)))
}

fn cache_dir() -> Result<PathBuf> {
    let cache = match std::env::var_os("XDG_CACHE_HOME") {
        Some(dir) if !dir.is_empty() => PathBuf::from(dir),
        _ => PathBuf::from(std::env::var_os("HOME").context("HOME is not set")?).join(".cache"),
    };
    Ok(cache.join("msgin5g"))
}

/// `bin/rustc`: Debian's compiler that looks for libraries in the prefix.
fn wrap(prefix: &Path) -> Result<PathBuf> {
    let bin = prefix.join("bin");
    fs::create_dir_all(&bin)?;
    for tool in ["rustc", "rustdoc"] {
        let wrapper = bin.join(tool);
        let script = format!(
            "#!/bin/sh\nexec /usr/bin/{tool} --sysroot '{}' \"$@\"\n",
            prefix.display()
        );
        if fs::read_to_string(&wrapper).is_ok_and(|text| text == script) {
            continue; // untouched, so cargo does not take it for another compiler
        }
        let fresh = bin.join(format!("{tool}.{}", std::process::id()));
        fs::write(&fresh, script)?;
        fs::set_permissions(&fresh, fs::Permissions::from_mode(0o755))?;
        fs::rename(&fresh, &wrapper)?;
    }
    Ok(bin.join("rustc"))
}

fn link(original: &Path, at: &Path) -> Result<()> {
    if fs::read_link(at).is_ok_and(|now| now == original) {
        return Ok(());
    }
    let _ = fs::remove_file(at);
    symlink(original, at)
        .with_context(|| format!("cannot link {} to {}", at.display(), original.display()))
}

/// Builds an empty crate with `-Zbuild-std` and keeps the libraries that came of it.
fn build_core(prefix: &Path, target: &str) -> Result<()> {
    let seed = prefix.join(format!("seed.{}", std::process::id()));
    fs::create_dir_all(seed.join("src"))?;
    fs::write(
        seed.join("Cargo.toml"),
        "[package]\nname = \"seed\"\nversion = \"0.0.0\"\nedition = \"2021\"\n[workspace]\n[profile.release]\nopt-level = 3\n",
    )?;
    fs::write(seed.join("src/lib.rs"), "#![no_std]\n")?;

    let built = seed.join("target");
    let mut build = Command::new(DEBIAN_CARGO);
    // The seed must see nothing of the cargo and the settings that run xtask.
    for (key, _) in std::env::vars_os() {
        let name = key.to_string_lossy();
        if (name.starts_with("CARGO") && name != "CARGO_HOME") || name.starts_with("RUST") {
            build.env_remove(&key);
        }
    }
    build
        .current_dir(&seed)
        .env("RUSTC", DEBIAN_RUSTC)
        .env("RUSTC_BOOTSTRAP", "1")
        // Bitcode, so that a firmware can be optimised together with `core`.
        .env("RUSTFLAGS", "-Cembed-bitcode=yes")
        .args([
            "build",
            "--release",
            "-Zbuild-std=core,alloc",
            "-Zbuild-std-features=compiler-builtins-mem",
        ])
        .args(["--target", target, "--target-dir"])
        .arg(&built);
    let done = run::run(&mut build)
        .and_then(|()| keep(&built.join(target).join("release/deps"), prefix, target));
    let _ = fs::remove_dir_all(&seed);
    done
}

/// Copies the libraries into place in one step, so that a half-made target is never seen.
fn keep(deps: &Path, prefix: &Path, target: &str) -> Result<()> {
    let rustlib = prefix.join("lib/rustlib");
    let fresh = rustlib.join(format!("{target}.{}", std::process::id()));
    fs::create_dir_all(fresh.join("lib"))?;
    for entry in fs::read_dir(deps)? {
        let path = entry?.path();
        let name = path
            .file_name()
            .unwrap_or_default()
            .to_string_lossy()
            .into_owned();
        if name.ends_with(".rlib") && !name.starts_with("libseed-") {
            fs::copy(&path, fresh.join("lib").join(name))?;
        }
    }
    if fs::rename(&fresh, rustlib.join(target)).is_err() {
        let _ = fs::remove_dir_all(&fresh); // another process was faster
    }
    Ok(())
}

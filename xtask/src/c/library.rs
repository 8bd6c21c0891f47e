//! Makes the C library: one object in an archive, in which nothing but the API has a name for others.
//!
//! A Rust static library is several hundred objects, most of them functions that compilers call (`__aeabi_..`, `memcpy`,
//! on Cortex-M even `tan`), all with global names. A C program has its own of these, and which of two counts would
//! depend on the order of words on a linker's command line. So what the API needs is linked to one object first, and
//! all other names become local.

use super::archive::{Names, PREFIX};
use crate::firmware::{PROFILE, rustflags};
use crate::run::{self, run};
use crate::toolchain::Toolchain;
use anyhow::{Context, Result};
use std::path::{Path, PathBuf};
use std::process::Command;

/// The package that is the C API, and how cargo calls its library.
pub const PACKAGE: &str = "msgin5g-capi";
const BUILT: &str = "libmsgin5g_c.a";
/// How it is called for C programs.
pub const NAME: &str = "libmsgin5g.a";

/// What the library is for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum For<'a> {
    /// This machine.
    Host,
    /// A Cortex-M target, by its Rust name.
    Target(&'a str),
}

impl For<'_> {
    /// Linker and the like.
    fn tool(self, name: &str) -> Command {
        match self {
            Self::Host => Command::new(name),
            Self::Target(_) => Command::new(format!("arm-none-eabi-{name}")),
        }
    }

    fn dir(self) -> PathBuf {
        match self {
            Self::Host => run::target_dir(),
            Self::Target(target) => run::target_dir().join(target),
        }
        .join(PROFILE)
    }
}

/// Builds it with these features of its package, comma-separated, or its own defaults, and gives the path of the archive.
pub fn make(toolchain: &Toolchain, what: For, features: Option<&str>) -> Result<PathBuf> {
    let mut build = match what {
        For::Host => run::cargo(),
        For::Target(_) => toolchain.cargo(),
    };
    build
        .env("RUSTFLAGS", rustflags())
        .args(["rustc", "--quiet", "--package", PACKAGE, "--lib"])
        .args(["--profile", PROFILE, "--features", "panic-handler"])
        .args(["--crate-type", "staticlib"]);
    if let Some(features) = features {
        build.args(["--no-default-features", "--features", features]);
    }
    if let For::Target(target) = what {
        build.args(["--target", target]);
    }
    run(&mut build)?;
    seal(&what.dir().join(BUILT), what)
}

/// Links the archive to one object that shows the API only, and puts it into an archive of its own.
fn seal(built: &Path, what: For) -> Result<PathBuf> {
    let names = Names::of(built)?;
    let dir = what.dir().join("c");
    std::fs::create_dir_all(&dir)?;
    let (linked, object) = (dir.join("linked.o"), dir.join("msgin5g.o"));
    let archive = dir.join(NAME);

    let mut link = what.tool("ld");
    link.args(["-r", "--gc-sections"]);
    for name in names.own() {
        link.args(["-u", name]);
    }
    // Too long a line to print.
    run::output(link.arg("-o").arg(&linked).arg(built)).context("cannot link the C library")?;
    run(what
        .tool("objcopy")
        .args(["--wildcard", &format!("--keep-global-symbol={PREFIX}*")])
        .args(["--remove-section=.llvmbc", "--remove-section=.llvmcmd"])
        .args([&linked, &object]))?;
    if archive.exists() {
        std::fs::remove_file(&archive)?; // `ar` would add to it
    }
    run(what.tool("ar").arg("rcsD").args([&archive, &object]))?;
    Ok(archive)
}

/// Checks what it defines and what it needs.
pub fn check_names(toolchain: &Toolchain, what: For, features: Option<&str>) -> Result<()> {
    Names::of(&make(toolchain, what, features)?)?.check(what == For::Host)
}

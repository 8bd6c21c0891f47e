//! `cargo xtask install-c`: header, library, and the files by which CMake and pkg-config find them.

use super::library::{self, For};
use crate::run;
use crate::toolchain::Toolchain;
use crate::{install, metadata};
use anyhow::{Context, Result};
use std::fs;
use std::path::Path;

/// Builds the library for a Rust target, or for this machine, and puts all of it below a directory.
pub fn run(
    prefix: &Path,
    target: Option<&str>,
    features: Option<&str>,
    may_install: bool,
) -> Result<()> {
    install::for_c_library(target, may_install)?;
    let targets: Vec<&str> = target.into_iter().collect();
    let toolchain = Toolchain::find_or_make(&targets, may_install)?;
    let what = target.map_or(For::Host, For::Target);
    into(&toolchain, prefix, what, features)?;
    println!("installed: {}", prefix.display());
    Ok(())
}

/// The same with a toolchain that is there.
pub fn into(toolchain: &Toolchain, prefix: &Path, what: For, features: Option<&str>) -> Result<()> {
    let archive = library::make(toolchain, what, features)?;
    let capi = run::root().join("capi");
    let version = metadata::version_of(library::PACKAGE)?;
    let (major_minor, _) = version.rsplit_once('.').unwrap_or((&version, ""));
    let filled_in = |name: &str| -> Result<String> {
        let text = fs::read_to_string(capi.join(name)).with_context(|| name.to_owned())?;
        Ok(text
            .replace("@VERSION@", &version)
            .replace("@MAJOR_MINOR@", major_minor))
    };

    let [include, lib] = ["include", "lib"].map(|name| prefix.join(name));
    let [pkgconfig, cmake] = ["pkgconfig", "cmake/msgin5g"].map(|name| lib.join(name));
    for dir in [&include, &pkgconfig, &cmake] {
        fs::create_dir_all(dir).with_context(|| format!("cannot make {}", dir.display()))?;
    }
    fs::copy(capi.join("include/msgin5g.h"), include.join("msgin5g.h")).context("msgin5g.h")?;
    fs::copy(archive, lib.join(library::NAME))?;
    fs::write(pkgconfig.join("msgin5g.pc"), filled_in("msgin5g.pc.in")?)?;
    fs::write(
        cmake.join("msgin5gConfig.cmake"),
        filled_in("cmake/msgin5gConfig.cmake")?,
    )?;
    fs::write(
        cmake.join("msgin5gConfigVersion.cmake"),
        filled_in("cmake/msgin5gConfigVersion.cmake.in")?,
    )?;
    Ok(())
}

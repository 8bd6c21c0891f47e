//! Debian packages: what is missing is named with the reason, then installed, unless that is forbidden.

use crate::{run, toolchain};
use anyhow::{Context, Result, bail};
use std::path::Path;
use std::process::Command;

/// A package, how to see that what it brings is there, and what it is needed for.
pub struct Package {
    name: &'static str,
    present: fn() -> bool,
    why: &'static str,
}

/// The emulator of the boards.
const QEMU: Package = Package {
    name: "qemu-system-arm",
    present: || run::on_path("qemu-system-arm"),
    why: "runs the firmware on emulated Cortex-M boards",
};

/// What the reference network links.
const OPENSSL: [Package; 2] = [
    Package {
        name: "pkg-config",
        present: || run::on_path("pkg-config") || std::env::var_os("OPENSSL_DIR").is_some(),
        why: "finds OpenSSL for the reference network",
    },
    Package {
        name: "libssl-dev",
        present: || {
            std::env::var_os("OPENSSL_DIR").is_some()
                || Command::new("pkg-config")
                    .args(["--exists", "openssl"])
                    .status()
                    .is_ok_and(|status| status.success())
        },
        why: "TLS of the reference network",
    },
];

/// What libFuzzer is built with.
const CPLUSPLUS: Package = Package {
    name: "g++",
    present: || std::env::var_os("CXX").is_some() || run::on_path("c++"),
    why: "builds libFuzzer",
};

/// What builds wolfSSL, the DTLS of the reference network (`interop/wolfssl`).
const WOLFSSL: [Package; 7] = [
    Package {
        name: "gcc",
        present: || run::on_path("cc"),
        why: "compiles wolfSSL, the reference network's DTLS",
    },
    Package {
        name: "make",
        present: || run::on_path("make"),
        why: "runs wolfSSL's own build",
    },
    Package {
        name: "patch",
        present: || run::on_path("patch"),
        why: "applies the patches that come with wolfSSL's crate",
    },
    Package {
        name: "autoconf",
        present: || run::on_path("autoreconf"),
        why: "makes wolfSSL's configure script, which its crate does not bring",
    },
    Package {
        name: "automake",
        present: || run::on_path("automake"),
        why: "makes the makefiles for it",
    },
    Package {
        name: "libtool",
        present: || run::on_path("libtoolize"),
        why: "links wolfSSL's library",
    },
    Package {
        name: "libclang-dev",
        present: libclang_is_there,
        why: "reads wolfSSL's headers, to call it from Rust",
    },
];

/// What reads a recorded exchange.
const TSHARK: Package = Package {
    name: "tshark",
    present: || run::on_path("tshark"),
    why: "reads a recorded exchange with the dissector of tools/wireshark",
};

/// What compiles and watches the programs in C.
const C_ON_THIS_COMPUTER: [Package; 3] = [
    Package {
        name: "gcc",
        present: || run::on_path("cc"),
        why: "compiles the programs in C of capi",
    },
    Package {
        name: "g++",
        present: || run::on_path("c++"),
        why: "compiles the header of capi as C++",
    },
    Package {
        name: "valgrind",
        present: || run::on_path("valgrind"),
        why: "watches the programs in C of capi",
    },
];

/// What builds C for a board: our library's firmware, and the peers of the bench.
const C_FOR_CORTEX_M: [Package; 2] = [
    Package {
        name: "gcc-arm-none-eabi",
        present: || run::on_path("arm-none-eabi-gcc"),
        why: "compiles C for Cortex-M: the firmware in C, Mbed TLS and wolfSSL",
    },
    Package {
        name: "libnewlib-arm-none-eabi",
        present: nano_specs,
        why: "the C library that it is linked with",
    },
];

/// Servers of others that the tests talk with.
const TLS_PEERS: [Package; 2] = [
    Package {
        name: "gnutls-bin",
        present: || run::on_path("gnutls-serv"),
        why: "a second TLS server in the tests of the sessions",
    },
    Package {
        name: "openssl",
        present: || run::on_path("openssl"),
        why: "a TLS server whose console changes keys",
    },
];

/// What builds the firmware in C beside a compiler, and a C project that looks for the library.
const C: [Package; 2] = [
    Package {
        name: "make",
        present: || run::on_path("make"),
        why: "runs the Makefile of the firmware in C",
    },
    Package {
        name: "cmake",
        present: || run::on_path("cmake"),
        why: "builds a C project that finds the library by its CMake package",
    },
];

/// A compiler with the sources of its library, to build `core` for Cortex-M.
pub const RUST: [Package; 4] = [
    Package {
        name: "rustc-web",
        present: || Path::new("/usr/bin/rustc").is_file(),
        why: "a Rust compiler whose library can be built for Cortex-M from Debian's own sources",
    },
    Package {
        name: "cargo-web",
        present: || Path::new("/usr/bin/cargo").is_file(),
        why: "builds that library",
    },
    Package {
        name: "rust-web-src",
        present: || Path::new("/usr/lib/rustlib/src/rust/library/core").is_dir(),
        why: "the sources of the library `core`",
    },
    Package {
        name: "lld-22",
        present: || toolchain::linker().is_some(),
        why: "links for Cortex-M",
    },
];

/// Everything that building and running an exchange for these targets needs, in one go; `dtls`: over DTLS, too.
pub fn for_exchange(targets: &[&str], dtls: bool, allowed: bool) -> Result<()> {
    let packages = OPENSSL
        .iter()
        .chain(WOLFSSL.iter().filter(|_| dtls))
        .chain([&QEMU])
        .chain(toolchain::packages(targets));
    ensure(packages, allowed)
}

/// What the firmware in C needs beside what an exchange does.
pub fn for_c_firmware(allowed: bool) -> Result<()> {
    let [make, _] = &C;
    ensure(C_FOR_CORTEX_M.iter().chain([make]), allowed)
}

/// What the C library needs: for a Cortex-M target, or for this machine.
pub fn for_c_library(target: Option<&str>, allowed: bool) -> Result<()> {
    let Some(target) = target else {
        return Ok(());
    };
    ensure(
        C_FOR_CORTEX_M.iter().chain(toolchain::packages(&[target])),
        allowed,
    )
}

/// What the comparison of the sessions needs.
pub fn for_sessions(targets: &[&str], allowed: bool) -> Result<()> {
    let [_, openssl] = &TLS_PEERS;
    ensure(
        [&QEMU, openssl]
            .into_iter()
            .chain(toolchain::packages(targets)),
        allowed,
    )
}

/// What the fuzz targets need.
pub fn for_fuzzing(allowed: bool) -> Result<()> {
    ensure(OPENSSL.iter().chain([&CPLUSPLUS]), allowed)
}

/// Everything that the programs in C need on this computer.
pub fn for_c(allowed: bool) -> Result<()> {
    ensure(OPENSSL.iter().chain(&C_ON_THIS_COMPUTER), allowed)
}

/// Everything that `cargo xtask test` needs, in one go.
pub fn for_tests(targets: &[&str], allowed: bool) -> Result<()> {
    let packages = OPENSSL
        .iter()
        .chain(&WOLFSSL)
        .chain([&CPLUSPLUS, &QEMU, &TSHARK])
        .chain(&C_ON_THIS_COMPUTER)
        .chain(&TLS_PEERS)
        .chain(&C_FOR_CORTEX_M)
        .chain(&C)
        .chain(toolchain::packages(targets));
    ensure(packages, allowed)
}

/// What the comparison with other TLS libraries needs beyond that.
pub fn for_peer(allowed: bool) -> Result<()> {
    ensure(&C_FOR_CORTEX_M, allowed)
}

/// Whether all of that is there: the check of the peer is passed over where it is not.
pub fn peer_is_there() -> bool {
    C_FOR_CORTEX_M.iter().all(|package| (package.present)())
}

/// Whether the compiler finds the small newlib, wherever it lies.
fn nano_specs() -> bool {
    let ask = &mut Command::new("arm-none-eabi-gcc");
    run::output(ask.arg("-print-file-name=nano.specs")).is_ok_and(|path| path.contains('/'))
}

fn libclang_is_there() -> bool {
    let in_llvm = || {
        let versions = std::fs::read_dir("/usr/lib").ok()?;
        let mut versions = versions.filter_map(|entry| Some(entry.ok()?.path()));
        versions.find(|path| path.join("lib/libclang.so").is_file())
    };
    std::env::var_os("LIBCLANG_PATH").is_some() || in_llvm().is_some()
}

/// Installs those of the packages that are not there. `allowed` is false under `--no-install`.
pub fn ensure<'p>(packages: impl IntoIterator<Item = &'p Package>, allowed: bool) -> Result<()> {
    let mut missing: Vec<&Package> = packages
        .into_iter()
        .filter(|package| !(package.present)())
        .collect();
    // Several parts may want the same.
    missing.sort_by_key(|package| package.name);
    missing.dedup_by_key(|package| package.name);
    if missing.is_empty() {
        return Ok(());
    }
    println!("These Debian packages are missing:");
    for package in &missing {
        println!("  {:<16} {}", package.name, package.why);
    }
    let names: Vec<&str> = missing.iter().map(|package| package.name).collect();
    let by_hand = format!(
        "apt-get install --no-install-recommends {}",
        names.join(" ")
    );
    if !allowed {
        bail!("--no-install: install them yourself (`{by_hand}`) or run without it");
    }
    if !run::on_path("apt-get") {
        bail!("no apt-get here: install the same by your system's means");
    }
    println!("They are installed now with apt-get.");
    run::run(&mut as_root(&["apt-get", "update"]))
        .with_context(|| format!("try `{by_hand}` yourself"))?;
    let mut install = as_root(&["apt-get", "install", "--yes", "--no-install-recommends"]);
    run::run(install.args(&names)).with_context(|| format!("try `{by_hand}` yourself"))?;
    for package in missing {
        if !(package.present)() {
            bail!(
                "{} was installed, but what it should bring is not found",
                package.name
            );
        }
    }
    Ok(())
}

fn as_root(words: &[&str]) -> Command {
    // An ordinary user goes through sudo; root (and a container without sudo) does not.
    let root = run::output(Command::new("id").arg("-u")).is_ok_and(|id| id.trim() == "0");
    let mut words = words.iter();
    let mut command = if root {
        Command::new(words.next().expect("a command has a name"))
    } else {
        Command::new("sudo")
    };
    command.args(words).env("DEBIAN_FRONTEND", "noninteractive");
    command
}

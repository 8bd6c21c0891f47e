//! What the C library defines and what it needs: nothing that a program of another could mean, and no allocator.

use anyhow::{Context, Result, bail};
use object::read::archive::ArchiveFile;
use object::{Object, ObjectSymbol};
use std::collections::BTreeSet;
use std::path::Path;

/// What each of the library's names begins with.
pub const PREFIX: &str = "msgin5g_";

/// What a library for a host needs of the C library: what Rust compilers call without being asked. One for
/// Cortex-M has even these in itself, under names that nobody outside sees.
const NEEDED_ON_HOSTS: [&str; 6] = ["memcpy", "memmove", "memset", "memcmp", "bcmp", "strlen"];

/// Names that make or free memory, for a clear word when one is needed.
const ALLOCATORS: [&str; 13] = [
    "malloc",
    "calloc",
    "realloc",
    "free",
    "posix_memalign",
    "aligned_alloc",
    "_sbrk",
    "sbrk",
    "mmap",
    "__rust_alloc",
    "__rust_alloc_zeroed",
    "__rust_realloc",
    "__rust_dealloc",
];

/// The names of an archive.
#[derive(Default, Debug, PartialEq, Eq)]
pub struct Names {
    /// Global or weak, whether hidden or not: in an archive all of these can meet those of others.
    defined: BTreeSet<String>,
    /// Without those that another member of the archive defines.
    needed: BTreeSet<String>,
}

impl Names {
    /// Reads them, as `nm` does.
    pub fn of(path: &Path) -> Result<Self> {
        let file =
            std::fs::read(path).with_context(|| format!("cannot read {}", path.display()))?;
        let archive = ArchiveFile::parse(&*file)
            .with_context(|| format!("{} is no archive", path.display()))?;
        let mut names = Self::default();
        for member in archive.members() {
            let member = member?;
            let object = object::File::parse(member.data(&*file)?).with_context(|| {
                let name = String::from_utf8_lossy(member.name());
                format!("{name} in {} is no object", path.display())
            })?;
            for symbol in object.symbols().filter(|symbol| symbol.is_global()) {
                let name = symbol.name()?.to_owned();
                if symbol.is_undefined() {
                    names.needed.insert(name);
                } else {
                    names.defined.insert(name);
                }
            }
        }
        names.needed.retain(|name| !names.defined.contains(name));
        Ok(names)
    }

    /// Those that begin with the prefix.
    pub fn own(&self) -> impl Iterator<Item = &str> {
        let defined = self.defined.iter().map(String::as_str);
        defined.filter(|name| name.starts_with(PREFIX))
    }

    /// Fails if it defines or needs what it should not. On a host it may need a little.
    pub fn check(&self, for_host: bool) -> Result<()> {
        let faults = self.faults(for_host);
        if !faults.is_empty() {
            bail!("{}", faults.join("\n"));
        }
        println!(
            "it defines {} names, all {PREFIX}.., and needs {:?}",
            self.defined.len(),
            self.needed
        );
        Ok(())
    }

    fn faults(&self, for_host: bool) -> Vec<String> {
        let mut faults = Vec::new();
        if self.own().next().is_none() {
            faults.push(format!("it defines nothing that begins with {PREFIX}"));
        }
        for name in &self.defined {
            if !name.starts_with(PREFIX) {
                faults.push(format!("it defines {name}"));
            }
        }
        for name in &self.needed {
            if ALLOCATORS.contains(&name.as_str()) {
                faults.push(format!("it needs an allocator: {name}"));
            } else if !(for_host && NEEDED_ON_HOSTS.contains(&name.as_str())) {
                faults.push(format!("it needs {name}"));
            }
        }
        faults
    }
}

#[cfg(test)]
mod tests {
    use super::Names;

    fn faults(for_host: bool, defined: &[&str], needed: &[&str]) -> Vec<String> {
        let set = |names: &[&str]| names.iter().map(ToString::to_string).collect();
        let names = Names {
            defined: set(defined),
            needed: set(needed),
        };
        names.faults(for_host)
    }

    #[test]
    fn lets_pass_what_must_be() {
        assert_eq!(faults(true, &["msgin5g_poll"], &["memcpy"]), [""; 0]);
        assert_eq!(faults(false, &["msgin5g_poll"], &[]), [""; 0]);
    }

    #[test]
    fn sees_what_must_not() {
        let own = "msgin5g_poll";
        assert_eq!(faults(true, &[own, "poll"], &[]), ["it defines poll"]);
        assert_eq!(faults(false, &[own], &["memcpy"]), ["it needs memcpy"]);
        assert_eq!(faults(true, &[own], &["printf"]), ["it needs printf"]);
        let said = ["it needs an allocator: malloc"];
        assert_eq!(faults(true, &[own], &["malloc"]), said);
        assert_eq!(faults(true, &[], &[]).len(), 1);
    }
}

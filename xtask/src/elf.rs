//! What an ELF file takes of flash and RAM.

use anyhow::{Context, Result};
use object::read::elf::{ElfFile32, FileHeader, SectionHeader};
use object::{Endianness, Object, ObjectSection, elf};
use std::path::Path;

/// Octets by where they lie.
#[derive(Clone, Copy, Default, PartialEq, Eq, Debug)]
pub struct Sizes {
    /// Code and constants: what lies in flash only, vector table included.
    pub text: u64,
    /// Of `text`, the constants.
    pub rodata: u64,
    /// Initialised variables: in RAM, with a copy in flash.
    pub data: u64,
    /// Variables that begin as zero or as nothing: in RAM only.
    pub bss: u64,
}

impl Sizes {
    /// Flash in all.
    pub fn flash(&self) -> u64 {
        self.text + self.data
    }

    /// Static RAM in all.
    pub fn ram(&self) -> u64 {
        self.data + self.bss
    }
}

/// Whether the file has a section of this name with anything in it.
pub fn has_section(path: &Path, name: &str) -> Result<bool> {
    Ok(section_size(path, name)? > 0)
}

/// Octets of the section of this name, 0 without one.
pub fn section_size(path: &Path, name: &str) -> Result<u64> {
    let file = std::fs::read(path).with_context(|| format!("cannot read {}", path.display()))?;
    let elf = object::File::parse(&*file)?;
    Ok(elf
        .section_by_name(name)
        .map_or(0, |section| section.size()))
}

/// Adds up the sections that are loaded.
pub fn sizes(path: &Path) -> Result<Sizes> {
    let file = std::fs::read(path).with_context(|| format!("cannot read {}", path.display()))?;
    let elf: ElfFile32<'_, Endianness> = ElfFile32::parse(&*file)
        .with_context(|| format!("{} is no 32-bit ELF file", path.display()))?;
    let mut sizes = Sizes::default();
    let endian = elf.elf_header().endian()?;
    for section in elf.sections() {
        let header = section.elf_section_header();
        let flags = header.sh_flags(endian);
        if flags & elf::SHF_ALLOC == 0 {
            continue;
        }
        let size = section.size();
        if flags & elf::SHF_WRITE == 0 {
            sizes.text += size;
            if flags & elf::SHF_EXECINSTR == 0 && section.name()? != ".vector_table" {
                sizes.rodata += size;
            }
        } else if header.sh_type(endian) == elf::SHT_NOBITS {
            sizes.bss += size;
        } else {
            sizes.data += size;
        }
    }
    Ok(sizes)
}

//! The firmware's log: defmt frames on the emulator's standard output, decoded with the strings in its ELF file.

use anyhow::{Context, Result, bail};
use defmt_decoder::{DecodeError, Table};
use std::io::Read;

/// Prints each line as it comes until the output ends, and gives them all.
///
/// A firmware without logging prints nothing: octets from it are an error.
pub fn print(elf: &[u8], mut output: impl Read) -> Result<Vec<String>> {
    let table = Table::parse(elf).context("the log strings in the firmware cannot be read")?;
    let mut decoder = table.as_ref().map(Table::new_stream_decoder);
    let mut lines = Vec::new();
    let mut buf = [0; 1024];
    loop {
        let count = output.read(&mut buf)?;
        if count == 0 {
            return Ok(lines);
        }
        let Some(decoder) = &mut decoder else {
            bail!(
                "a firmware without logging wrote {:?}",
                String::from_utf8_lossy(&buf[..count])
            );
        };
        decoder.received(&buf[..count]);
        loop {
            match decoder.decode() {
                Ok(frame) => {
                    let line = frame.display(false).to_string();
                    println!("  firmware: {line}");
                    lines.push(line);
                }
                Err(DecodeError::UnexpectedEof) => break,
                Err(DecodeError::Malformed) => {
                    bail!(
                        "the firmware's log is malformed after {} lines",
                        lines.len()
                    )
                }
            }
        }
    }
}

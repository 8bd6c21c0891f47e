//! Records the demo's exchange for Wireshark: over TLS with its key log, over bare TCP and over bare UDP.
//!
//! ```console
//! $ cargo run --example capture --features insecure-key-log -- /tmp
//! $ wireshark -X lua_script:tools/wireshark/msgin5g.lua -o tls.keylog_file:/tmp/exchange.keys /tmp/exchange.pcap
//! ```

use clap::Parser;
use std::error::Error;
use std::path::PathBuf;

#[path = "support/capture.rs"]
mod capture;
#[allow(dead_code, reason = "each example uses a part")]
#[path = "support/carriage.rs"]
mod carriage;
#[path = "support/pcap.rs"]
mod pcap;

/// Records the demo's exchange for Wireshark.
#[derive(Parser)]
struct Args {
    /// Where exchange.pcap and exchange.keys go
    directory: PathBuf,
}

fn main() -> Result<(), Box<dyn Error>> {
    let directory = Args::parse().directory;
    let captured = capture::record()?;
    let (pcap, keys) = (
        directory.join("exchange.pcap"),
        directory.join("exchange.keys"),
    );
    std::fs::write(&pcap, captured.pcap.octets())?;
    std::fs::write(&keys, captured.key_log)?;
    eprintln!(
        "INSECURE: the secrets of the TLS sessions are in {}",
        keys.display()
    );
    println!(
        "wireshark -X lua_script:tools/wireshark/msgin5g.lua -o tls.keylog_file:{} {}",
        keys.display(),
        pcap.display()
    );
    Ok(())
}

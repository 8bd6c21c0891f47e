//! `msgin5g-testnet`: the reference network as a program of its own.

fn main() -> Result<(), Box<dyn std::error::Error>> {
    msgin5g_testnet::cli::run(None)
}

//! `msgin5g-testnet-dtls`: the reference network with CoAP over DTLS 1.3, by wolfSSL.

use std::sync::Arc;

use msgin5g_interop_wolfssl::WolfSsl;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    msgin5g_testnet::cli::run(Some(Arc::new(WolfSsl::default())))
}

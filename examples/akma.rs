//! AKMA keys on the command line: from K_AUSF to K_AF, as one line of JSON.
//!
//! ```text
//! cargo run --example akma -- --supi 001010000000001 --rid 0 \
//!     --kausf 474698caf02cc715db2ec0726510cfee6caa5bb1a649cb01224f2e23af94de1b \
//!     --fqdn msgin5g.example.com --ua 0100000007
//! ```
//!
//! It prints secrets. Use it with test subscribers.

#[path = "support/mod.rs"]
mod support;

use std::ffi::OsString;
use std::process::ExitCode;

use clap::Parser;
use msgin5g::akma::{AfId, AkmaError, PskIdentity, UaStarId};
use support::SubscriberArgs;

/// Derives K_AKMA, A-TID, A-KID, the PSK identity and K_AF from K_AUSF.
#[derive(Parser)]
#[command(name = "akma")]
struct Args {
    /// K_AUSF: 64 hexadecimal digits
    #[arg(long, value_name = "HEX")]
    kausf: String,
    #[command(flatten)]
    subscriber: SubscriberArgs,
    /// Host name of the AF, without scheme, port and dot at the end
    #[arg(long)]
    fqdn: String,
    /// Ua* identifier: 10 hexadecimal digits; 0100000007 is TLS 1.3
    #[arg(long, value_name = "HEX")]
    ua: String,
}

/// What the program says: on stdout, or on stderr with an exit code.
type Outcome = Result<String, (String, u8)>;

/// Bad input of any kind.
const BAD_INPUT: u8 = 2;

fn main() -> ExitCode {
    match run(std::env::args_os()) {
        Ok(line) => {
            println!("{line}");
            ExitCode::SUCCESS
        }
        Err((message, 0)) => {
            // The help text.
            print!("{message}");
            ExitCode::SUCCESS
        }
        Err((message, code)) => {
            eprintln!("{}", message.trim_end());
            ExitCode::from(code)
        }
    }
}

/// The whole program but for input and output, so that a test can call it.
pub fn run(args: impl IntoIterator<Item = OsString>) -> Outcome {
    let args = Args::try_parse_from(args).map_err(|error| {
        let code = if error.use_stderr() { BAD_INPUT } else { 0 };
        (error.to_string(), code)
    })?;
    derive(&args).map_err(|error| (format!("error: {error}"), BAD_INPUT))
}

fn derive(args: &Args) -> Result<String, AkmaError> {
    let af_id = AfId::new(&args.fqdn, UaStarId::from_hex(&args.ua)?)?;
    let (k_akma, a_kid, a_tid) = args.subscriber.derive(&args.kausf)?;
    let identity = PskIdentity::new(&a_kid);
    let k_af = k_akma.k_af(&af_id);

    Ok(serde_json::json!({
        "k_akma": hex::encode(k_akma.as_octets()),
        "a_tid": hex::encode(a_tid.as_octets()),
        "a_kid": a_kid.as_str(),
        "psk_identity": identity.as_str(),
        "k_af": hex::encode(k_af.as_octets()),
    })
    .to_string())
}

//! AKMA keys on the command line: from K_AUSF to K_AF, as one line of JSON.
//!
//! ```text
//! cargo run --example akma -- --supi 001010000000001 --rid 0 \
//!     --kausf 474698caf02cc715db2ec0726510cfee6caa5bb1a649cb01224f2e23af94de1b \
//!     --fqdn msgin5g.example.com --ua 0100000007
//! ```
//!
//! It prints secrets. Use it with test subscribers.

use std::ffi::OsString;
use std::process::ExitCode;

use clap::Parser;
use msgin5g::akma::{
    AKid, AKidForm, AfId, AkmaError, HomeNetwork, Kausf, MncLength, PskIdentity, RoutingIndicator,
    Supi, UaStarId,
};

/// Derives K_AKMA, A-TID, A-KID, the PSK identity and K_AF from K_AUSF.
#[derive(Parser)]
#[command(name = "akma")]
struct Args {
    /// K_AUSF: 64 hexadecimal digits
    #[arg(long, value_name = "HEX")]
    kausf: String,
    /// SUPI: the bare digits of an IMSI (no "imsi-"), or an NAI user@realm
    #[arg(long)]
    supi: String,
    /// Routing Indicator: 1 to 4 decimal digits
    #[arg(long)]
    rid: String,
    /// Host name of the AF, without scheme, port and dot at the end
    #[arg(long)]
    fqdn: String,
    /// Ua* identifier: 10 hexadecimal digits; 0100000007 is TLS 1.3
    #[arg(long, value_name = "HEX")]
    ua: String,
    /// Form of the A-KID: F1, F1a, F2, F3 or F4
    #[arg(long, default_value = "F1")]
    form: String,
    /// MCC of the home network: 3 digits. Without it: the IMSI's, or the
    /// NAI's own realm
    #[arg(long, requires = "mnc")]
    mcc: Option<String>,
    /// MNC of the home network: 2 or 3 digits. Without it: 2 digits of the IMSI
    #[arg(long, requires = "mcc")]
    mnc: Option<String>,
    /// NID of a home network that is an SNPN: 11 hexadecimal digits
    #[arg(long, requires = "mcc")]
    nid: Option<String>,
    /// Realm of the A-KID, instead of MCC and MNC
    #[arg(long, conflicts_with_all = ["mcc", "mnc", "nid"])]
    realm: Option<String>,
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
    let supi = Supi::parse(&args.supi)?;
    let af_id = AfId::new(&args.fqdn, UaStarId::from_hex(&args.ua)?)?;
    let rid = RoutingIndicator::new(&args.rid)?;
    let form: AKidForm = args.form.parse()?;
    let home = home_network(args, &supi)?;

    let (k_akma, a_tid) = Kausf::from_hex(&args.kausf)?.derive(&supi);
    let a_kid = AKid::build(form, &rid, &a_tid, &home)?;
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

fn home_network<'a>(args: &'a Args, supi: &Supi<'a>) -> Result<HomeNetwork<'a>, AkmaError> {
    match (&args.realm, &args.mcc, &args.mnc, &args.nid) {
        (Some(realm), ..) => HomeNetwork::verbatim(realm),
        (_, Some(mcc), Some(mnc), Some(nid)) => HomeNetwork::snpn(mcc, mnc, nid),
        (_, Some(mcc), Some(mnc), None) => HomeNetwork::plmn(mcc, mnc),
        _ => supi.home_network(MncLength::Two),
    }
}

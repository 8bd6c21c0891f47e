//! A fleet of UEs in one process: a load generator for a lab, and the SDK's own test of scale.
//!
//! ```console
//! $ cargo run --release --example fleet -- --ues 10000
//! ```
//!
//! Each UE is a whole client with keys and a TLS session of its own over a socket of its own. They register, write to each
//! other with reports, and leave; what it took is printed. That is done with 10 UEs, with 100, and so on up to the
//! number asked for. The server is the reference network in a process of its own, or `--server` with `--subscribers`.
//! It ends with an error if a report is missing.

mod limits;
mod measure;
mod network;
mod output;
mod plot;
mod record;
mod round;
#[path = "../support/svg.rs"]
mod svg;
mod ue;

use clap::Parser;
use record::{Record, Round};
use std::error::Error;
use std::net::SocketAddr;
use std::path::PathBuf;

/// Many UEs in one process, over real sockets.
#[derive(Parser)]
pub struct Args {
    /// How many UEs in the last round
    #[arg(long, default_value_t = 1000)]
    ues: usize,
    /// Messages that each UE sends in a round
    #[arg(long, default_value_t = 3)]
    messages: u32,
    /// So many handshakes, and so many messages, are under way at once
    #[arg(long, default_value_t = 64)]
    at_once: usize,
    /// Only the last round
    #[arg(long)]
    only: bool,
    /// Where the chart goes, as SVG
    #[arg(long)]
    plot: Option<PathBuf>,
    /// Where the figures go, as JSON: `cargo xtask docs` makes the guide's table and chart of `docs/fleet.json`
    #[arg(long)]
    record: Option<PathBuf>,
    /// A server that is there already, in place of the reference network
    #[arg(long, requires_all = ["fqdn", "subscribers"])]
    server: Option<SocketAddr>,
    /// Its name
    #[arg(long)]
    fqdn: Option<String>,
    /// Who the UEs are: lines of SUPI, K_AUSF in hexadecimal digits and UE Service ID, with commas
    #[arg(long)]
    subscribers: Option<PathBuf>,
    /// The server may be elsewhere than on this machine
    #[arg(long)]
    beyond_loopback: bool,
    /// Be the reference network for so many UEs, until the input ends
    #[arg(long, hide = true)]
    serve: Option<usize>,
}

fn main() -> Result<(), Box<dyn Error>> {
    let args = Args::parse();
    if let Some(ues) = args.serve {
        return network::serve(ues);
    }
    limits::check(args.ues)?;
    let mut record = Record {
        processors: std::thread::available_parallelism().map_or(1, usize::from),
        messages: args.messages.into(),
        at_once: args.at_once,
        ue_octets: ue::SIZE,
        rounds: Vec::new(),
    };
    for ues in sizes(args.ues, args.only) {
        let network = network::Network::start(&args, ues)?;
        let round = round::run(&args, &network, ues)?;
        if record.rounds.is_empty() {
            println!("{}\n\n{}", record.conditions(), Round::HEADING);
        }
        println!("{}", round.row());
        record.rounds.push(round);
    }
    if let Some(path) = &args.plot {
        std::fs::write(path, plot::svg(&record.rounds))?;
    }
    if let Some(path) = &args.record {
        let text = serde_json::to_string_pretty(&output::json(&record))?;
        std::fs::write(path, text + "\n")?;
    }
    let lost: u64 = record.rounds.iter().map(|round| round.lost).sum();
    let counted: u64 = record.rounds.iter().map(|round| round.reports).sum();
    println!("\nfleet: reports={counted} lost={lost}");
    match lost {
        0 => Ok(()),
        _ => Err(format!("{lost} reports are missing").into()),
    }
}

/// 10, 100, .. and the number asked for.
fn sizes(last: usize, only: bool) -> Vec<usize> {
    let tens = std::iter::successors(Some(10_usize), |n| n.checked_mul(10));
    let mut sizes: Vec<usize> = tens.take_while(|n| *n < last && !only).collect();
    sizes.push(last);
    sizes
}

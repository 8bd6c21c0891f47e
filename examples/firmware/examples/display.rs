//! The second UE of the demo, on a host: registers, answers each message, and ends with its standard input.
//!
//! It says what happens as lines of JSON. `cargo xtask demo` starts it.

use clap::Parser;
use msgin5g::akma::{
    AfId, AkmaKeySource, Kausf, KausfSource, MncLength, RoutingIndicator, Supi, UaStarId,
};
use msgin5g::client::{Client, ClientMemory, Config, Event, OutgoingMessage};
use msgin5g::driver;
use msgin5g::message::{Outcome, Recipient, UeServiceId};
use msgin5g::session::embedded_tls::{TlsMemory, TlsSession};
use msgin5g::session::{Psk, Session, TlsConfig};
use msgin5g::transport::{Host, StdHost, TcpTransport};
use rand_core::OsRng;
use serde_json::json;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::Poll;

type Problem = Box<dyn std::error::Error>;

/// A UE that shows messages and answers them.
#[derive(Parser)]
struct Args {
    /// Where the server listens.
    #[arg(long)]
    server: SocketAddr,
    /// Host name of the server.
    #[arg(long)]
    fqdn: String,
    /// K_AUSF: 64 hexadecimal digits.
    #[arg(long)]
    kausf: String,
    /// IMSI.
    #[arg(long)]
    supi: String,
    /// Who this UE is.
    #[arg(long)]
    ue_service_id: String,
}

fn main() -> Result<(), Problem> {
    let args = Args::parse();
    let supi = Supi::imsi(&args.supi)?;
    let af_id = AfId::new(&args.fqdn, UaStarId::TLS13)?;
    let mut source = KausfSource::new(
        supi,
        RoutingIndicator::default(),
        supi.home_network(MncLength::Two)?,
    )
    .with_k_ausf(Kausf::from_hex(&args.kausf)?);
    let Poll::Ready(context) = source.request(&af_id)? else {
        return Err("the key source is not ready".into());
    };
    let (key, identity) = (context.k_af(&af_id), context.psk_identity());

    let mut host = StdHost::new();
    let mut memory: TlsMemory<TcpTransport> = TlsMemory::new(TcpTransport::connect(args.server)?);
    let psk = Psk {
        key: &key,
        identity: &identity,
    };
    let deadline = host.now_ms() + 10_000;
    let tls = TlsConfig::new(&args.fqdn);
    let mut session =
        TlsSession::open_blocking(&mut memory, &tls, psk, &mut OsRng, &mut host, deadline)?;
    show_and_answer(&args, &mut session, &mut host)?;
    while session.close()?.is_pending() {
        host.idle();
    }
    Ok(())
}

fn show_and_answer(
    args: &Args,
    session: &mut impl Session,
    host: &mut StdHost,
) -> Result<(), Problem> {
    let mut memory: ClientMemory = ClientMemory::new();
    let config = Config::new(UeServiceId::new(&args.ue_service_id)?);
    let mut client = Client::new(config, memory.pieces(), &mut OsRng)?;
    client.connected();
    client.register()?;
    let ended = watch_input();
    let mut leaving = false;
    loop {
        let until = host.now_ms() + 50;
        driver::wait(session, &mut client, host, until)?;
        let mut answers = Vec::new();
        while let Some(event) = client.poll_event(host.now_ms()) {
            match event {
                Event::Registered => println!("{}", json!({"event": "registered"})),
                Event::Message { msg: message, .. } => {
                    let from = message.originator.as_str();
                    println!(
                        "{}",
                        json!({"event": "message", "from": from, "text": message.payload})
                    );
                    answers.push((from.to_owned(), format!("shown: {}", message.payload)));
                }
                Event::Report(report) => {
                    println!(
                        "{}",
                        json!({"event": "report", "delivered": report.status == Outcome::Success})
                    );
                }
                Event::Deregistered if leaving => return Ok(()),
                Event::Accepted { .. } => {}
                other => return Err(format!("{other:?}").into()),
            }
        }
        for (to, text) in answers {
            let to = Recipient::Ue(UeServiceId::new(&to)?);
            client.send(&OutgoingMessage::text(to, &text).with_report(), &mut OsRng)?;
        }
        if !leaving && ended.load(Ordering::Relaxed) {
            leaving = true;
            client.deregister()?;
        }
    }
}

/// Whoever started us holds our standard input; when it goes, we go.
fn watch_input() -> Arc<AtomicBool> {
    let ended = Arc::new(AtomicBool::new(false));
    let raise = Arc::clone(&ended);
    std::thread::spawn(move || {
        // An error of the input is an end like any other.
        let _ = std::io::copy(&mut std::io::stdin(), &mut std::io::sink());
        raise.store(true, Ordering::Relaxed);
    });
    ended
}

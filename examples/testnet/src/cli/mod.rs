//! The reference network as a program of its own.
//!
//! It prints one line of JSON when it is ready, then one line for each event, and ends with its time, its input, or
//! the program that it runs.

mod ask;
mod beside;

use std::collections::BTreeMap;
use std::error::Error;
use std::io::{self, Write};
use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use beside::Beside;
use clap::{Parser, Subcommand};
use serde_json::{Value, json};

use crate::datagram::DatagramSecurity;
use crate::modem::{Modem, ModemConfig, ModemFaults, ModemKind};
use crate::{
    AKidForm, ApplicationServer, Config, DtlsSettings, Event, MsgRespCarriage, Subscriber, TestNet,
    TopicDelivery, ladder,
};

/// Reference network for msgin5g: AUSF, AAnF and MSGin5G Server on this machine.
#[derive(Parser)]
#[command(args_conflicts_with_subcommands = true)]
struct Cli {
    /// Without one the network runs.
    #[command(subcommand)]
    command: Option<Command>,
    /// Where TLS listens; port 0 takes a free one.
    #[arg(long, default_value = "127.0.0.1:0")]
    listen: SocketAddr,
    /// Also listen for CoAP over bare TCP, where UE Service IDs are believed.
    #[arg(long, num_args = 0..=1, default_missing_value = "127.0.0.1:0")]
    plain: Option<SocketAddr>,
    /// Also listen for CoAP over UDP, where UE Service IDs are believed. Operators use port 65401.
    #[arg(long, num_args = 0..=1, default_missing_value = "127.0.0.1:0")]
    udp: Option<SocketAddr>,
    /// Also listen for CoAP over DTLS 1.3: only msgin5g-testnet-dtls of interop/wolfssl can.
    #[arg(long, num_args = 0..=1, default_missing_value = "127.0.0.1:0")]
    dtls: Option<SocketAddr>,
    /// Ua* identifier of DTLS, in 10 hexadecimal digits.
    #[arg(long, value_name = "HEX", value_parser = ua, default_value = "0100000007")]
    ua_dtls: [u8; 5],
    /// Also listen for application servers: TS 29.538 over plain HTTP.
    #[arg(long, num_args = 0..=1, default_missing_value = "127.0.0.1:0")]
    http: Option<SocketAddr>,
    /// Also be a modem with AT commands on a TCP port, whose sockets all lead to this network: to its DTLS if there is any,
    /// else to its TLS.
    #[arg(long, value_enum)]
    modem: Option<ModemKind>,
    /// Name of the application function: SNI, and the FQDN in AF_ID. May be repeated.
    #[arg(long, default_value = "msgin5g.example.com")]
    fqdn: Vec<String>,
    /// supi=..,kausf=HEX,ue=..[,rid=..][,mcc=..,mnc=..[,nid=..]|,realm=..][,akid=..]; or ck=,ik=,snn=,sqnak= or emsk= for kausf=.
    #[arg(long)]
    subscriber: Vec<Subscriber>,
    /// How the AUSF writes an A-KID: F1, F1a, F2, F3 or F4.
    #[arg(long, default_value = "F1")]
    form: AKidForm,
    /// A built-in UE that reports each message and answers it with one. May be repeated.
    #[arg(long, value_name = "UE_SERVICE_ID")]
    echo: Vec<String>,
    /// An application server that takes messages and reports them. May be repeated.
    #[arg(long, value_name = "AS_SERVICE_ID")]
    application_server: Vec<String>,
    /// GROUP=MEMBER,MEMBER... May be repeated.
    #[arg(long, value_parser = group)]
    group: Vec<(String, Vec<String>)>,
    /// Keep what is stored in this file of SQLite, over the end of the program.
    #[arg(long, value_name = "FILE")]
    store: Option<PathBuf>,
    /// Messages of a topic go as notifications (RFC 7641), not as POST.
    #[arg(long)]
    topic_notify: bool,
    /// Take the update of a stored message, whose message type is a placeholder.
    #[arg(long)]
    stored_message_update: bool,
    /// Send MSGRESP as the server's own POST, not in the response.
    #[arg(long)]
    msgresp_post: bool,
    /// Seconds that a K_AF lives.
    #[arg(long, default_value_t = 86400)]
    kaf_lifetime: u64,
    /// NewSessionTickets after each handshake.
    #[arg(long, default_value_t = 0)]
    tickets: usize,
    /// Go on with a self-signed certificate when no PSK fits.
    #[arg(long)]
    certificate_fallback: bool,
    /// One line of a ladder for each event in place of JSON, and the whole ladder at the end.
    #[arg(long)]
    ladder: bool,
    /// End after so many seconds. Without it: with the end of the standard input.
    #[arg(long = "for", value_name = "SECONDS")]
    seconds: Option<u64>,
    /// Run this program with ADDRESS PORT SERVER_NAME K_AUSF SUPI UE_SERVICE_ID PEER, and end with it. The UE is the first
    /// --subscriber, the peer the first --echo; what is not given is made up. With --ladder nothing is printed before the end.
    #[arg(long, value_name = "PROGRAM", conflicts_with = "seconds")]
    run: Option<PathBuf>,
}

/// What to do with a network that runs elsewhere.
#[derive(Subcommand)]
enum Command {
    /// Send a message of an application server.
    Send(Box<ask::Send>),
    /// Print what an application server got.
    Inbox(ask::Server),
}

/// Reads the command line and does what it says. `dtls` is what `--dtls` listens with.
pub fn run(dtls: Option<Arc<dyn DatagramSecurity>>) -> Result<(), Box<dyn Error>> {
    let mut cli = Cli::parse();
    match &cli.command {
        Some(Command::Send(send)) => return ask::send(send),
        Some(Command::Inbox(server)) => return ask::inbox(server),
        None => {}
    }
    if cli.run.is_some() {
        make_up(&mut cli)?;
    }
    let net = TestNet::start(config(&cli, dtls)?)?;
    let modem = cli.modem.map(|kind| {
        Modem::start(ModemConfig {
            kind,
            listen: SocketAddr::from((Ipv4Addr::LOCALHOST, 0)),
            route: Some(net.dtls_addr().unwrap_or(net.addr())),
            faults: ModemFaults::default(),
        })
    });
    let modem = modem.transpose()?;
    let ended = Arc::new(AtomicBool::new(false));
    let mut beside = None;
    if let (Some(program), [subscriber, ..], [peer, ..]) = (&cli.run, &*cli.subscriber, &*cli.echo)
    {
        let started = Beside::start(program, &net, subscriber, peer, ended.clone());
        beside = Some(started.map_err(|why| format!("{}: {why}", program.display()))?);
    } else {
        println!("{}", ready(&net, &cli, modem.as_ref()));
        if cli.seconds.is_none() {
            watch_input(ended.clone());
        }
    }
    follow(&net, &cli, &ended)?;
    if cli.ladder {
        println!("{}", net.ladder());
    }
    match beside.map(Beside::succeeded) {
        Some(false) => Err("the program failed; its words are above".into()),
        _ => Ok(()),
    }
}

/// A subscriber and a UE that answers, where none is given.
fn make_up(cli: &mut Cli) -> Result<(), Box<dyn Error>> {
    if cli.subscriber.is_empty() {
        cli.subscriber.push(beside::subscriber()?);
    }
    if cli.echo.is_empty() {
        cli.echo.push(beside::peer());
    }
    Ok(())
}

/// Where everything listens, and the A-KID of each subscriber.
fn ready(net: &TestNet, cli: &Cli, modem: Option<&Modem>) -> Value {
    let subscribers = cli.subscriber.iter();
    let a_kids: BTreeMap<&str, Option<String>> = subscribers
        .map(|s| (s.supi.as_str(), net.a_kid(&s.supi)))
        .collect();
    json!({
        "listening": net.addr().to_string(),
        "plain": net.plain_addr().map(|addr| addr.to_string()),
        "udp": net.udp_addr().map(|addr| addr.to_string()),
        "dtls": net.dtls_addr().map(|addr| addr.to_string()),
        "http": net.http_addr().map(|addr| format!("http://{addr}")),
        "modem": modem.map(|modem| modem.address().to_string()),
        "fqdn": net.af_fqdn(),
        "a_kid": a_kids,
    })
}

/// Prints events until the time is over or the input ended.
fn follow(net: &TestNet, cli: &Cli, ended: &AtomicBool) -> Result<(), Box<dyn Error>> {
    let end = cli
        .seconds
        .map(|seconds| Instant::now() + Duration::from_secs(seconds));
    let mut position = 0;
    loop {
        // Looked at before the events, so that those of the last moment are printed too.
        let over = ended.load(Ordering::SeqCst) || end.is_some_and(|end| Instant::now() >= end);
        let patience = if over {
            Duration::ZERO
        } else {
            Duration::from_millis(100)
        };
        let (events, behind) = net.events_after(position, patience);
        position = behind;
        // Lines between those of a program would be hard to read.
        if !(cli.ladder && cli.run.is_some()) {
            print(&events, cli.ladder)?;
        }
        if over {
            return Ok(());
        }
    }
}

fn print(events: &[Event], ladder: bool) -> Result<(), Box<dyn Error>> {
    let mut out = io::stdout().lock();
    for event in events {
        match ladder {
            false => writeln!(out, "{}", serde_json::to_string(event)?)?,
            true => ladder::brief(event).map_or(Ok(()), |line| writeln!(out, "{line}"))?,
        }
    }
    Ok(out.flush()?)
}

/// Whoever started us holds our standard input; when it goes, we go.
fn watch_input(ended: Arc<AtomicBool>) {
    std::thread::spawn(move || {
        // An error of the input is an end like any other.
        let _ = io::copy(&mut io::stdin(), &mut io::sink());
        ended.store(true, Ordering::SeqCst);
    });
}

fn config(cli: &Cli, dtls: Option<Arc<dyn DatagramSecurity>>) -> Result<Config, &'static str> {
    let dtls = cli.dtls.map(|listen| {
        Ok(DtlsSettings {
            listen,
            ua: cli.ua_dtls,
            security: dtls.ok_or("no DTLS in this program: take msgin5g-testnet-dtls")?,
        })
    });
    let mut config = Config {
        listen: cli.listen,
        plain: cli.plain,
        udp: cli.udp,
        dtls: dtls.transpose()?,
        http: cli.http,
        fqdns: cli.fqdn.clone(),
        a_kid_form: cli.form,
        kaf_lifetime: Duration::from_secs(cli.kaf_lifetime),
        subscribers: cli.subscriber.clone(),
        echo: cli.echo.clone(),
        store: cli.store.clone(),
        ..Config::default()
    };
    config.tls.tickets = cli.tickets;
    config.tls.certificate_fallback = cli.certificate_fallback;
    config.server.groups = cli.group.iter().cloned().collect();
    config.server.application_servers = cli
        .application_server
        .iter()
        .map(|id| ApplicationServer {
            id: id.clone(),
            reports: true,
        })
        .collect();
    config.server.stored_message_update = cli.stored_message_update;
    if cli.topic_notify {
        config.server.topics.delivery = TopicDelivery::Notify;
    }
    if cli.msgresp_post {
        config.server.msgresp = MsgRespCarriage::Post;
    }
    Ok(config)
}

fn ua(text: &str) -> Result<[u8; 5], &'static str> {
    let number = u64::from_str_radix(text, 16)
        .ok()
        .filter(|_| text.len() == 10);
    let [_, _, _, ua @ ..] = number
        .ok_or("expected 10 hexadecimal digits")?
        .to_be_bytes();
    Ok(ua)
}

fn group(text: &str) -> Result<(String, Vec<String>), String> {
    let (group, members) = text
        .split_once('=')
        .ok_or("expected GROUP=MEMBER,MEMBER..")?;
    Ok((
        group.to_owned(),
        members.split(',').map(str::to_owned).collect(),
    ))
}

//! A client for any MSGin5G Server: registers, sends, listens, de-registers.
//!
//! ```console
//! $ cargo run --example send -- --server 127.0.0.1:5684 --kausf HEX --supi 001010000000001 \
//!       --ue-service-id meter@iot.example --to pump@iot.example --text "valve 3 open" --report
//! ```
//!
//! A UE configuration document can tell server, path, UE Service ID and segment size: `--config FILE`.
//!
//! Each event is one line of JSON on standard output. Exits with 0 only if everything that was
//! asked for has happened, with 2 if the command line is not understood, and with 1 otherwise.

#[path = "support/carriage.rs"]
mod carriage;
#[path = "support/document.rs"]
mod document;
#[path = "support/events.rs"]
mod events;
#[path = "support/mod.rs"]
mod support;

use std::net::IpAddr;
use std::process::ExitCode;

use carriage::{Carriage, OverDatagrams, OverStream};
use clap::{Parser, ValueEnum};
use document::Document;
use events::event_as_json;
use msgin5g::akma::{AfId, AkmaError, Kaf, PskIdentity, UaStarId};
use msgin5g::client::{Client, ClientMemory, Config, Event, OutgoingMessage};
use msgin5g::configuration::Scheme;
use msgin5g::message::{
    AsServiceId, GroupServiceId, IdError, MessageId, MessagingTopic, Recipient, UeServiceId,
};
use msgin5g::session::tls13::crypto::{NamedGroup, RustCrypto, SoftwarePsk};
use msgin5g::session::tls13::dtls::{DtlsConfig, DtlsSession};
use msgin5g::session::tls13::{self, TlsSession};
use msgin5g::session::{Plaintext, PlaintextDatagrams};
use msgin5g::transport::{Host, StdHost, TcpTransport, UdpTransport};
use rand_core::OsRng;
use serde_json::{Value, json};
use support::SubscriberArgs;

/// Sends and receives MSGin5G messages; each event is a line of JSON.
#[derive(Parser)]
struct Args {
    /// A UE configuration document (TS 24.538 clause 7.2); what the command line says goes over it
    #[arg(long, value_name = "FILE")]
    config: Option<String>,
    #[arg(skip)]
    document: Option<Document>,
    /// Where the server listens
    #[arg(long, value_name = "HOST:PORT", required_unless_present = "config")]
    server: Option<String>,
    /// Host name of the server as in the AF_ID. Without it: HOST, or
    /// msgin5g.example.com where HOST is an address
    #[arg(long)]
    fqdn: Option<String>,
    /// Ua* identifier: 10 hexadecimal digits; 0100000007 is TLS 1.3, and taken for DTLS 1.3, too
    #[arg(long, value_name = "HEX", default_value = "0100000007")]
    ua: String,
    /// K_AUSF: 64 hexadecimal digits
    #[arg(long, value_name = "HEX")]
    #[arg(required_unless_present_any = ["psk", "plain", "udp"])]
    kausf: Option<String>,
    #[command(flatten)]
    subscriber: SubscriberArgs,
    /// A key in place of one that AKMA derives: 64 hexadecimal digits
    #[arg(
        long,
        value_name = "HEX",
        requires = "identity",
        conflicts_with = "kausf"
    )]
    psk: Option<String>,
    /// The PSK identity that goes with --psk, as it stands
    #[arg(long, value_name = "TEXT", requires = "psk")]
    identity: Option<String>,
    /// CoAP over bare TCP, without keys. For a bench, never for a network
    #[arg(long, conflicts_with_all = ["kausf", "psk"])]
    plain: bool,
    /// CoAP over bare UDP, without keys. For a bench, never for a network
    #[arg(long, conflicts_with_all = ["kausf", "psk", "plain"])]
    udp: bool,
    /// CoAP over UDP in DTLS 1.3, in place of TCP and TLS
    #[arg(long, conflicts_with_all = ["plain", "udp"])]
    dtls: bool,
    /// Who we are
    #[arg(long, value_name = "U", required_unless_present = "config")]
    ue_service_id: Option<String>,
    /// Path of the server's resource; empty for none. Without it: the document's, or msgin5g
    #[arg(long)]
    path: Option<String>,
    /// Whom to write to
    #[arg(long, value_name = "V", requires = "text")]
    to: Option<String>,
    /// What --to names
    #[arg(long, value_enum, default_value_t = Kind::Ue)]
    to_kind: Kind,
    /// What to write
    #[arg(long, value_name = "T", requires = "to")]
    text: Option<String>,
    /// Ask for a delivery status report, and wait for it
    #[arg(long, requires = "text")]
    report: bool,
    /// Subscribe to this topic before listening
    #[arg(long, value_name = "TOPIC")]
    subscribe: Option<String>,
    /// Print what arrives for this long
    #[arg(long, value_name = "SECONDS", default_value_t = 0)]
    listen: u64,
    /// How long each step may take
    #[arg(long, value_name = "SECONDS", default_value_t = 10)]
    timeout: u64,
}

#[derive(Clone, Copy, ValueEnum)]
enum Kind {
    Ue,
    As,
    Group,
    Topic,
}

impl Args {
    fn server(&self) -> &str {
        self.server.as_deref().unwrap_or_default()
    }

    fn ue_service_id(&self) -> Result<UeServiceId<'_>, IdError> {
        UeServiceId::new(self.ue_service_id.as_deref().unwrap_or_default())
    }

    /// Takes from a document what the command line does not say.
    fn complete(&mut self) -> Result<(), Problem> {
        let Some(file) = &self.config else {
            return Ok(());
        };
        let document = Document::read(file)?;
        if self.server.is_none() {
            // A document alone must not switch protection off.
            match document.scheme {
                Scheme::CoapsTcp => {}
                Scheme::Coaps => self.dtls |= !self.plain && !self.udp,
                Scheme::Coap if self.udp => {}
                Scheme::CoapTcp if self.plain => {}
                other => return Err(format!("{file}: {other:?} needs --udp or --plain").into()),
            }
        }
        self.server.get_or_insert(document.server.clone());
        self.ue_service_id
            .get_or_insert(document.ue_service_id.clone());
        self.fqdn = self.fqdn.take().or(document.fqdn.clone());
        self.document = Some(document);
        Ok(())
    }
}

fn main() -> ExitCode {
    let mut args = Args::parse();
    match connect_and_run(&mut args) {
        Ok(()) => ExitCode::SUCCESS,
        Err(problem) => {
            print_line(&json!({"event": "problem", "why": problem.to_string()}));
            eprintln!("send: {problem}");
            let bad_input = problem.is::<AkmaError>() || problem.is::<IdError>();
            ExitCode::from(if bad_input { 2 } else { 1 })
        }
    }
}

type Problem = Box<dyn std::error::Error>;

fn connect_and_run(args: &mut Args) -> Result<(), Problem> {
    // Bad input shows before anything is sent.
    args.complete()?;
    let args = &*args;
    let is_bare = args.plain || args.udp;
    let key = if is_bare { None } else { Some(key(args)?) };
    args.ue_service_id()?;
    recipient(args)?;

    let mut host = StdHost::new();
    if args.udp {
        let transport = UdpTransport::connect(args.server())?;
        let datagrams = PlaintextDatagrams::new(transport);
        return run(args, &mut OverDatagrams(datagrams), &mut host);
    }
    if let (true, Some((key, identity))) = (args.dtls, &key) {
        return over_dtls(args, key, identity, &mut host);
    }
    let transport = TcpTransport::connect(args.server())?;
    let Some((key, identity)) = key else {
        return run(args, &mut OverStream(Plaintext::new(transport)), &mut host);
    };
    let fqdn = fqdn(args);
    let mut config = tls13::Config::new(identity.as_bytes(), &fqdn);
    config.handshake_timeout_ms = u32::try_from(args.timeout.saturating_mul(1000))?;
    let mut psk = SoftwarePsk::<RustCrypto>::new(key.as_octets());
    let (mut receive, mut send) = ([0; 640], [0; 640]);
    let buffers = (&mut receive[..], &mut send[..]);
    let session = TlsSession::<_, RustCrypto>::open_blocking(
        transport, &config, &mut psk, &mut OsRng, buffers, &mut host,
    )?;
    print_line(&json!({"event": "session_open"}));
    run(args, &mut OverStream(session), &mut host)
}

fn over_dtls(
    args: &Args,
    key: &Kaf,
    identity: &PskIdentity,
    host: &mut StdHost,
) -> Result<(), Problem> {
    let fqdn = fqdn(args);
    let mut config = tls13::Config::new(identity.as_bytes(), &fqdn);
    config.groups = &[NamedGroup::X25519];
    config.handshake_timeout_ms = u32::try_from(args.timeout * 1000)?;
    let (mut receive, mut send) = ([0; 1536], [0; 1280]);
    let session: DtlsSession<'_, _, RustCrypto> = DtlsSession::open_blocking(
        UdpTransport::connect(args.server())?,
        (&config, &DtlsConfig::default()),
        &mut SoftwarePsk::<RustCrypto>::new(key.as_octets()),
        &mut OsRng,
        (&mut receive, &mut send),
        host,
    )?;
    print_line(&json!({"event": "session_open"}));
    run(args, &mut OverDatagrams(session), host)
}

fn key(args: &Args) -> Result<(Kaf, PskIdentity), AkmaError> {
    if let (Some(psk), Some(identity)) = (&args.psk, &args.identity) {
        return Ok((
            Kaf::from_hex(psk)?,
            PskIdentity::verbatim(identity.as_bytes())?,
        ));
    }
    let k_ausf = args.kausf.as_deref().unwrap_or_default();
    let (k_akma, a_kid, _) = args.subscriber.derive(k_ausf)?;
    let fqdn = fqdn(args);
    let af_id = AfId::new(&fqdn, UaStarId::from_hex(&args.ua)?)?;
    Ok((k_akma.k_af(&af_id), PskIdentity::new(&a_kid)))
}

/// The name in the AF_ID. An address cannot stand there (TS 33.535 A.4).
fn fqdn(args: &Args) -> String {
    let (host, _) = args
        .server()
        .rsplit_once(':')
        .unwrap_or((args.server(), ""));
    let is_address = host.trim_matches(['[', ']']).parse::<IpAddr>().is_ok() || host == "localhost";
    match &args.fqdn {
        Some(fqdn) => fqdn.clone(),
        None if is_address => "msgin5g.example.com".to_owned(),
        None => host.to_owned(),
    }
}

fn recipient(args: &Args) -> Result<Option<Recipient<'_>>, IdError> {
    let Some(to) = &args.to else {
        return Ok(None);
    };
    Ok(Some(match args.to_kind {
        Kind::Ue => Recipient::Ue(UeServiceId::new(to)?),
        Kind::As => Recipient::As(AsServiceId::new(to)?),
        Kind::Group => Recipient::Group(GroupServiceId::new(to)?),
        Kind::Topic => Recipient::Topic(MessagingTopic::new(to)?),
    }))
}

/// Everything from registration to de-registration, over any carriage.
fn run(args: &Args, session: &mut impl Carriage, host: &mut StdHost) -> Result<(), Problem> {
    let path: Vec<&str> = match (&args.path, &args.document) {
        (None, Some(document)) => document.path.iter().map(String::as_str).collect(),
        (path, _) => {
            let path = path.as_deref().unwrap_or("msgin5g");
            path.split('/').filter(|part| !part.is_empty()).collect()
        }
    };
    let mut config = Config::new(args.ue_service_id()?);
    if let Some(document) = &args.document {
        config.segment_size = document.segment_size;
    }
    config.server_path = &path;
    // A person waits: one attempt, and the steps below have their own time.
    config.max_attempts = 1;
    let mut memory = Box::new(ClientMemory::<4096, 4096, 65536, 8, 65536, 4>::new());
    let mut client = Client::new(config, memory.pieces(), &mut OsRng)?;
    let mut run = Run {
        args,
        client: &mut client,
        session,
        host,
    };
    run.session.connect(run.client);
    run.client.register()?;
    run.until("registration", |event| match event {
        Event::Registered => Some(Ok(())),
        Event::RegistrationFailed(failure) => Some(Err(failure.to_string())),
        _ => None,
    })?;
    run.send()?;
    run.subscribe()?;
    run.listen()?;
    run.client.deregister()?;
    run.until("de-registration", |event| {
        matches!(event, Event::Deregistered).then_some(Ok(()))
    })?;
    run.client.release();
    let now = run.host.now_ms();
    run.session.exchange(run.client, now)?;
    run.session.close(now);
    Ok(())
}

struct Run<'r, 'm, S> {
    args: &'r Args,
    client: &'r mut Client<'m>,
    session: &'r mut S,
    host: &'r mut StdHost,
}

impl<S: Carriage> Run<'_, '_, S> {
    fn send(&mut self) -> Result<(), Problem> {
        let (Some(to), Some(text)) = (recipient(self.args)?, &self.args.text) else {
            return Ok(());
        };
        let mut message = OutgoingMessage::text(to, text);
        message.report_wanted = self.args.report;
        message.may_segment = true;
        let sent = self.client.send(&message, &mut OsRng)?;
        let mut reported = false;
        self.until("acceptance of the message", |event| {
            // The report may overtake the answer.
            reported |= reports_success(event, sent) == Some(true);
            match event {
                Event::Accepted { message_id } if *message_id == sent => Some(Ok(())),
                Event::Failed {
                    message_id,
                    failure,
                } if *message_id == sent => Some(Err(failure.to_string())),
                Event::Stored { message_id } if *message_id == sent => Some(Ok(())),
                _ => None,
            }
        })?;
        if !self.args.report || reported {
            return Ok(());
        }
        self.until("the delivery status report", |event| {
            if let Event::Failed {
                message_id,
                failure,
            } = event
                && *message_id == sent
            {
                return Some(Err(failure.to_string()));
            }
            match reports_success(event, sent)? {
                true => Some(Ok(())),
                false => Some(Err("the recipient reports failure".to_owned())),
            }
        })
    }

    fn subscribe(&mut self) -> Result<(), Problem> {
        let Some(topic) = &self.args.subscribe else {
            return Ok(());
        };
        self.client
            .subscribe(&[MessagingTopic::new(topic)?], None)?;
        self.until("the subscription", |event| match event {
            Event::Subscribed { .. } => Some(Ok(())),
            Event::SubscriptionEnded { failure, .. } => Some(Err(
                failure.map_or_else(|| "ended".to_owned(), |failure| failure.to_string())
            )),
            _ => None,
        })
    }

    fn listen(&mut self) -> Result<(), Problem> {
        let until = self.host.now_ms() + self.args.listen * 1000;
        while self.session.wait(self.client, self.host, until)? {
            let now = self.host.now_ms();
            if let Some(event) = self.client.poll_event(now) {
                print_line(&event_as_json(&event));
            }
        }
        Ok(())
    }

    /// Prints events until `done` finds the one that ends this step.
    fn until(
        &mut self,
        what: &str,
        mut done: impl FnMut(&Event<'_>) -> Option<Result<(), String>>,
    ) -> Result<(), Problem> {
        let until = self.host.now_ms() + self.args.timeout * 1000;
        while self.session.wait(self.client, self.host, until)? {
            let now = self.host.now_ms();
            let Some(event) = self.client.poll_event(now) else {
                continue;
            };
            print_line(&event_as_json(&event));
            if let Some(outcome) = done(&event) {
                return outcome.map_err(|why| format!("{what}: {why}").into());
            }
        }
        Err(format!("{what}: nothing within {} s", self.args.timeout).into())
    }
}

/// Whether this event reports success or failure of our message; `None` for any other event.
fn reports_success(event: &Event<'_>, sent: MessageId<'_>) -> Option<bool> {
    match event {
        Event::Report(report) if report.message_id == sent => Some(report.status.is_success()),
        _ => None,
    }
}

fn print_line(value: &Value) {
    println!("{value}");
}

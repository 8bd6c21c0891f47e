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

#[path = "support/document.rs"]
mod document;
#[path = "support/events.rs"]
mod events;
#[path = "support/send_args.rs"]
mod send_args;
#[path = "support/mod.rs"]
mod support;

use std::io;
use std::process::ExitCode;
use std::task::Poll;

use clap::Parser;
use events::event_as_json;
use msgin5g::akma::{
    AfId, AkmaContext, AkmaError, AkmaKeySource, KeySourceError, PskIdentity, UaStarId,
};
use msgin5g::client::{Client, ClientMemory, Config, Event, OutgoingMessage};
use msgin5g::connection::{
    Channel, Connection, ConnectionEvent, Dtls13, Modem, Plain, PlainDatagrams, Settings, Tls13,
};
use msgin5g::message::{IdError, MessageId, MessagingTopic};
use msgin5g::session::tls13;
use msgin5g::session::tls13::crypto::{NamedGroup, RustCrypto};
use msgin5g::session::tls13::dtls::DtlsConfig;
use msgin5g::transport::{Host, StdHost, TcpTransport, TransportError, UdpTransport};
use rand_core::OsRng;
use send_args::Args;
use serde_json::{Value, json};

type Problem = Box<dyn std::error::Error>;

fn main() -> ExitCode {
    match run(Args::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(problem) => {
            print_line(&json!({"event": "problem", "why": problem.to_string()}));
            eprintln!("send: {problem}");
            let bad_input = problem.is::<AkmaError>() || problem.is::<IdError>();
            ExitCode::from(if bad_input { 2 } else { 1 })
        }
    }
}

/// Keys from the command line and sockets of this computer: what a modem is on a device.
struct Computer<F> {
    context: Option<AkmaContext>,
    /// In the place of the A-KID's.
    identity: Option<PskIdentity>,
    dial: F,
}

impl<F> AkmaKeySource for Computer<F> {
    fn request(&mut self, _: &AfId<'_>) -> Poll<Result<AkmaContext, KeySourceError>> {
        Poll::Ready(self.context.clone().ok_or(KeySourceError::NotSupported))
    }

    fn generation(&self) -> u32 {
        0
    }
}

impl<T, F: FnMut() -> io::Result<T>> Modem for Computer<F> {
    type Transport = T;

    fn dial(&mut self) -> Poll<Result<T, TransportError>> {
        let code = |e: io::Error| TransportError::Failed(e.raw_os_error().unwrap_or_default());
        Poll::Ready((self.dial)().map_err(code))
    }

    fn psk_identity(&self, context: &AkmaContext) -> PskIdentity {
        let given = self.identity.clone();
        given.unwrap_or_else(|| context.psk_identity())
    }
}

fn run(mut args: Args) -> Result<(), Problem> {
    // Bad input shows before anything is sent.
    args.complete()?;
    args.ue_service_id()?;
    args.recipient()?;
    let (context, identity) = args.key()?;

    let fqdn = args.fqdn();
    let mut tls = tls13::Config::new(b"", &fqdn);
    tls.handshake_timeout_ms = u32::try_from(args.timeout_ms())?;
    let (mut receive, mut send) = ([0; 1536], [0; 1280]);
    let tcp = || TcpTransport::connect(args.server());
    let udp = || UdpTransport::connect(args.server());
    macro_rules! over {
        ($dial:ident, $channel:expr) => {{
            let dial = $dial;
            let modem = Computer {
                context,
                identity,
                dial,
            };
            converse(&args, &fqdn, $channel, modem)
        }};
    }
    match (args.plain, args.udp, args.dtls) {
        (true, ..) => over!(tcp, Plain::new()),
        (_, true, _) => over!(udp, PlainDatagrams::new()),
        (.., true) => {
            tls.groups = &[NamedGroup::X25519];
            let configs = (tls, DtlsConfig::default());
            over!(
                udp,
                Dtls13::<_, RustCrypto>::new(configs, &mut receive, &mut send)
            )
        }
        _ => over!(
            tcp,
            Tls13::<_, RustCrypto>::new(tls, &mut receive, &mut send)
        ),
    }
}

/// Everything from registration to de-registration, over any channel.
fn converse<C: Channel>(
    args: &Args,
    fqdn: &str,
    channel: C,
    modem: impl Modem<Transport = C::Transport>,
) -> Result<(), Problem> {
    let settings = Settings::new(AfId::new(fqdn, UaStarId::from_hex(&args.ua)?)?);
    let path = args.path();
    let mut config = Config::new(args.ue_service_id()?);
    if let Some(document) = &args.document {
        config.segment_size = document.segment_size;
    }
    config.server_path = &path;
    // A person waits: one attempt, and the steps below have their own time.
    config.max_attempts = 1;
    let mut memory = Box::new(ClientMemory::<4096, 4096, 65536, 8, 65536, 4>::new());
    let mut ue = Ue {
        args,
        client: Client::new(config, memory.pieces(), &mut OsRng)?,
        connection: Connection::new(settings, channel),
        modem,
        host: StdHost::new(),
        trouble: None,
        is_closed: false,
    };
    ue.client.register()?;
    ue.until("registration", |event| match event {
        Event::Registered => Some(Ok(())),
        Event::RegistrationFailed(failure) => Some(Err(failure.to_string())),
        _ => None,
    })?;
    ue.send()?;
    ue.subscribe()?;
    ue.listen()?;
    ue.client.deregister()?;
    ue.until("de-registration", |event| {
        matches!(event, Event::Deregistered).then_some(Ok(()))
    })?;
    ue.close()
}

struct Ue<'a, 'm, C, M> {
    args: &'a Args,
    client: Client<'m>,
    connection: Connection<'a, C>,
    modem: M,
    host: StdHost,
    /// Why there is no session.
    trouble: Option<String>,
    is_closed: bool,
}

impl<C: Channel, M: Modem<Transport = C::Transport>> Ue<'_, '_, C, M> {
    fn send(&mut self) -> Result<(), Problem> {
        let (Some(to), Some(text)) = (self.args.recipient()?, &self.args.text) else {
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
        while self.turn(|_| {})? < until {}
        Ok(())
    }

    fn close(&mut self) -> Result<(), Problem> {
        self.connection.close();
        while !self.is_closed {
            self.turn(|_| {})?;
        }
        Ok(())
    }

    /// Prints events until `done` finds the one that ends this step. A session that breaks is
    /// opened again within its time.
    fn until(
        &mut self,
        what: &str,
        mut done: impl FnMut(&Event<'_>) -> Option<Result<(), String>>,
    ) -> Result<(), Problem> {
        let until = self.host.now_ms() + self.args.timeout_ms();
        let mut outcome = None;
        while outcome.is_none() {
            let now = self.turn(|event| outcome = outcome.take().or_else(|| done(event)))?;
            if now > until && outcome.is_none() {
                let why = self.trouble.take().unwrap_or_default();
                let limit = self.args.timeout;
                return Err(format!("{what}: nothing within {limit} s. {why}").into());
            }
        }
        outcome
            .unwrap_or(Ok(()))
            .map_err(|why| format!("{what}: {why}").into())
    }

    /// One turn of a superloop, as on a device, where the radio would sleep until
    /// [`Connection::next_deadline`] in the place of `idle`. Gives the time.
    fn turn(&mut self, mut on_event: impl FnMut(&Event<'_>)) -> Result<u64, Problem> {
        let now = self.host.now_ms();
        let (client, modem) = (&mut self.client, &mut self.modem);
        while let Some(event) = self.connection.poll(client, modem, now, &mut OsRng) {
            match event {
                ConnectionEvent::Connected => print_line(&json!({"event": "session_open"})),
                ConnectionEvent::Closed => self.is_closed = true,
                // A device waits for the next primary authentication. Here is none.
                ConnectionEvent::KeyRefused { .. } => return Err(event.to_string().into()),
                _ => {
                    let why = event.to_string();
                    print_line(&json!({"event": "no_session", "why": why}));
                    self.trouble = Some(why);
                }
            }
        }
        // One a turn: the next may be what the next step waits for.
        if let Some(event) = client.poll_event(now) {
            print_line(&event_as_json(&event));
            on_event(&event);
        } else {
            self.host.idle();
        }
        Ok(now)
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

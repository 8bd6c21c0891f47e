//! The second UE of the demos, on a host: registers, answers each message, and ends with its standard input.
//! With `--leave` it sends one message for a UE that is away, and ends.
//!
//! It says what happens as lines of JSON. `cargo xtask demo` starts it.

use clap::Parser;
use msgin5g::akma::{
    AfId, AkmaKeySource, Kausf, KausfSource, MncLength, RoutingIndicator, Supi, UaStarId,
};
use msgin5g::client::{Client, ClientMemory, Config, Event, OutgoingMessage};
use msgin5g::driver;
use msgin5g::message::{GroupServiceId, MessagingTopic, Msg, Outcome, Recipient, UeServiceId};
use msgin5g::session::Session;
use msgin5g::session::tls13::crypto::{RustCrypto, SoftwarePsk};
use msgin5g::session::tls13::{self, TlsSession};
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
    /// Leave this text for the UE `--for`, which is away: the server keeps it.
    #[arg(long, requires = "away", value_name = "TEXT")]
    leave: Option<String>,
    /// That UE.
    #[arg(long = "for", value_name = "UE_SERVICE_ID")]
    away: Option<String>,
    /// Topic on which to publish what comes after "publish: " in a message.
    #[arg(long, default_value = "display/alarm")]
    topic: String,
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
    let line = TcpTransport::connect(args.server)?;
    let tls = tls13::Config::new(identity.as_bytes(), &args.fqdn);
    let mut psk = SoftwarePsk::<RustCrypto>::new(key.as_octets());
    let (mut receive, mut send) = ([0; 640], [0; 640]);
    let buffers = (&mut receive[..], &mut send[..]);
    let mut session = TlsSession::<_, RustCrypto>::open_blocking(
        line, &tls, &mut psk, &mut OsRng, buffers, &mut host,
    )?;
    let mut memory = Memory::new();
    let config = Config::new(UeServiceId::new(&args.ue_service_id)?);
    let mut ue = Ue {
        client: Client::new(config, memory.pieces(), &mut OsRng)?,
        session: &mut session,
        host: &mut host,
        args: &args,
    };
    ue.client.connected();
    ue.client.register()?;
    match &args.leave {
        Some(text) => ue.leave_message(text)?,
        None => ue.show_and_answer()?,
    }
    while session.close()?.is_pending() {
        host.idle();
    }
    Ok(())
}

/// Long messages come and go in segments; these are put together here.
type Memory = ClientMemory<2048, 2048, 16_384, 16, 16_384, 4>;

struct Ue<'a, S: Session> {
    session: &'a mut S,
    client: Client<'a>,
    host: &'a mut StdHost,
    args: &'a Args,
}

impl<S: Session> Ue<'_, S> {
    /// Until the input ends and all is answered.
    fn show_and_answer(&mut self) -> Result<(), Problem> {
        let ended = watch_input();
        let mut leaving = false;
        loop {
            let until = self.host.now_ms() + 50;
            driver::wait(self.session, &mut self.client, self.host, until)?;
            let mut answers = Vec::new();
            while let Some(event) = self.client.poll_event(self.host.now_ms()) {
                match event {
                    Event::Message { msg, .. } => {
                        say(json!({
                            "event": "message",
                            "from": msg.originator.as_str(),
                            "to": msg.recipient.as_str(),
                            "text": msg.payload,
                        }));
                        answers.push(Answer::to(&msg));
                    }
                    Event::Deregistered if leaving => return Ok(()),
                    other => tell(&other)?,
                }
            }
            for answer in answers {
                let message = answer.message(&self.args.topic)?;
                self.client.send(&message, &mut OsRng)?;
            }
            if !leaving && ended.load(Ordering::Relaxed) {
                leaving = true;
                self.client.deregister()?;
            }
        }
    }

    /// Until the server says that it keeps the message.
    fn leave_message(&mut self, text: &str) -> Result<(), Problem> {
        let away = self.args.away.as_deref().unwrap_or_default();
        let to = Recipient::Ue(UeServiceId::new(away)?);
        let message = OutgoingMessage::text(to, text).with_storing(None);
        self.client.send(&message, &mut OsRng)?;
        let mut leaving = false;
        loop {
            let until = self.host.now_ms() + 50;
            driver::wait(self.session, &mut self.client, self.host, until)?;
            while let Some(event) = self.client.poll_event(self.host.now_ms()) {
                match event {
                    Event::Stored { .. } => {
                        say(json!({"event": "stored"}));
                        leaving = true;
                    }
                    Event::Deregistered if leaving => return Ok(()),
                    other => tell(&other)?,
                }
            }
            if leaving {
                // Under way already is fine.
                let _ = self.client.deregister();
            }
        }
    }
}

/// An event that is no message.
fn tell(event: &Event<'_>) -> Result<(), Problem> {
    match event {
        Event::Registered => say(json!({"event": "registered"})),
        Event::Report(report) => {
            say(json!({"event": "report", "delivered": report.status == Outcome::Success}))
        }
        Event::Accepted { .. }
        | Event::Segment(_)
        | Event::Progress { .. }
        | Event::SegmentsReleased { .. } => {}
        other => return Err(format!("{other:?}").into()),
    }
    Ok(())
}

fn say(event: serde_json::Value) {
    println!("{event}");
}

/// What the second UE sends upon a message.
struct Answer {
    to: Target,
    text: String,
}

enum Target {
    Ue(String),
    Group(String),
    Topic,
}

impl Answer {
    /// Back to where the message came from; a wish for a publication is fulfilled.
    fn to(msg: &Msg<'_>) -> Self {
        let (to, text) = match (msg.recipient, msg.payload.strip_prefix("publish: ")) {
            (Recipient::Group(group), _) => (Target::Group(group.as_str().to_owned()), None),
            (_, Some(text)) => (Target::Topic, Some(text.to_owned())),
            _ => (Target::Ue(msg.originator.as_str().to_owned()), None),
        };
        let text = text.unwrap_or_else(|| format!("shown: {}", msg.payload));
        Self { to, text }
    }

    fn message<'a>(&'a self, topic: &'a str) -> Result<OutgoingMessage<'a>, Problem> {
        let to = match &self.to {
            Target::Ue(ue) => Recipient::Ue(UeServiceId::new(ue)?),
            Target::Group(group) => Recipient::Group(GroupServiceId::new(group)?),
            Target::Topic => Recipient::Topic(MessagingTopic::new(topic)?),
        };
        let message = OutgoingMessage::text(to, &self.text).with_segments();
        Ok(match self.to {
            Target::Ue(_) => message.with_report(),
            Target::Group(_) | Target::Topic => message,
        })
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

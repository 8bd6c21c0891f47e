//! What goes over the line, by session: octets to open it, to register, and for a message of 64 octets with its report.
//!
//! ```console
//! $ cargo run --example octets --features embedded-tls -- --session tls13
//! ```
//!
//! A transport counts what the UE hands to TCP or UDP and takes from it; headers of TCP, UDP and IP come on top. The
//! recipient is a second UE in this program. The server is the reference network in this program, or one that is there
//! already: DTLS has only that of `interop/wolfssl`. `cargo xtask bench --only wire` runs all of them.

#[allow(dead_code)] // the firmware has more to say
#[path = "firmware/src/config.rs"]
mod settings;

use std::cell::Cell;
use std::error::Error;
use std::io;
use std::net::SocketAddr;
use std::pin::pin;
use std::rc::Rc;
use std::task::Poll;

use clap::{Parser, ValueEnum};
use msgin5g::akma::{AfId, Kausf, KausfSource, MncLength, RoutingIndicator, Supi, UaStarId};
use msgin5g::client::{Client, ClientMemory, Config, Event, OutgoingMessage};
use msgin5g::connection::{
    Channel, Connection, ConnectionEvent, Dtls13, EmbeddedTls, EmbeddedTlsMemory, Modem, Plain,
    Settings, Tls13,
};
use msgin5g::message::{Recipient, UeServiceId};
use msgin5g::session::TlsConfig;
use msgin5g::session::tls13;
use msgin5g::session::tls13::crypto::{NamedGroup, RustCrypto};
use msgin5g::session::tls13::dtls::DtlsConfig;
use msgin5g::transport::{
    DatagramTransport, Host, StdHost, StreamTransport, TcpTransport, TransportError, UdpTransport,
};
use msgin5g_testnet::{Subscriber, TestNet};
use rand_core::OsRng;
use serde_json::json;

/// The text that is sent.
const TEXT: &str = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";
/// Ends it if something is wrong; it takes a moment.
const PATIENCE_MS: u64 = 60_000;

/// What carries CoAP.
#[derive(Clone, Copy, PartialEq, Eq, Debug, ValueEnum)]
enum Over {
    Plaintext,
    Tls13,
    EmbeddedTls,
    Dtls13,
}

/// Octets on the line, by what they are for.
#[derive(Parser)]
struct Args {
    /// What carries CoAP
    #[arg(long, value_enum)]
    session: Over,
    /// A reference network with both UEs as subscribers: where it listens for TLS
    #[arg(long)]
    tls: Option<SocketAddr>,
    /// Where it listens for DTLS
    #[arg(long, requires = "tls")]
    dtls: Option<SocketAddr>,
    /// SUPI of the second UE
    #[arg(long, default_value = "001010000000002")]
    peer_supi: String,
    /// Its K_AUSF, in hexadecimal digits
    #[arg(
        long,
        default_value = "c2c2c2c2c2c2c2c2c2c2c2c2c2c2c2c2c2c2c2c2c2c2c2c2c2c2c2c2c2c2c2c2"
    )]
    peer_kausf: String,
}

fn main() -> Result<(), Box<dyn Error>> {
    let args = Args::parse();
    let peer_kausf = hex::decode(&args.peer_kausf)?;
    let peer_kausf = <[u8; 32]>::try_from(peer_kausf).map_err(|_| "K_AUSF has 32 octets")?;
    let network = match args.tls {
        Some(_) => None,
        None => Some(network(&args.peer_supi, peer_kausf)?),
    };
    let address = |given: Option<SocketAddr>, own: fn(&TestNet) -> Option<SocketAddr>| {
        given
            .or_else(|| network.as_ref().and_then(own))
            .ok_or("no server for this session")
    };
    let tls_address = address(args.tls, |network| Some(network.addr()))?;

    // The second UE, over TLS whatever the first has.
    let (mut receive, mut send) = ([0; 1200], [0; 1200]);
    let mut memory = ClientMemory::new();
    let mut peer = Ue::new(
        settings::PEER_SERVICE_ID,
        &mut memory,
        Tls13::<_, RustCrypto>::new(tls(), &mut receive, &mut send),
        (
            keys(&args.peer_supi, peer_kausf)?,
            dial(move || TcpTransport::connect(tls_address)),
        ),
    )?;
    peer.until(|seen| seen.registered)?;

    let count = Count::default();
    let tcp = |address: SocketAddr| {
        let count = count.clone();
        dial(move || Ok(Counted(TcpTransport::connect(address)?, count.clone())))
    };
    let keys = keys(settings::SUPI, settings::KAUSF)?;
    let mut memory = ClientMemory::new();
    let (mut receive, mut send) = ([0; 1200], [0; 1200]);
    macro_rules! over {
        ($channel:expr, $dial:expr) => {{
            let modem = (keys, $dial);
            let ue = Ue::new(settings::UE_SERVICE_ID, &mut memory, $channel, modem)?;
            exchange(ue, &mut peer, &count)
        }};
    }
    match args.session {
        Over::Plaintext => {
            let address = address(None, TestNet::plain_addr)?;
            over!(Plain::new(), tcp(address))
        }
        Over::Tls13 => {
            over!(
                Tls13::<_, RustCrypto>::new(tls(), &mut receive, &mut send),
                tcp(tls_address)
            )
        }
        Over::EmbeddedTls => {
            let mut memory = EmbeddedTlsMemory::<_, 1200, 1200>::new();
            let (desk, work) = memory.sessions(TlsConfig::new(settings::SERVER_NAME));
            let work = pin!(work);
            over!(EmbeddedTls::new(desk, work), tcp(tls_address))
        }
        Over::Dtls13 => {
            let address = address(args.dtls, TestNet::dtls_addr)?;
            let configs = (tls(), DtlsConfig::default());
            let count = count.clone();
            over!(
                Dtls13::<_, RustCrypto>::new(configs, &mut receive, &mut send),
                dial(move || Ok(Counted(UdpTransport::connect(address)?, count.clone())))
            )
        }
    }
}

/// The reference network with both UEs.
fn network(peer_supi: &str, peer_kausf: [u8; 32]) -> Result<TestNet, Box<dyn Error>> {
    let config = msgin5g_testnet::Config {
        fqdns: vec![settings::SERVER_NAME.to_owned()],
        ..msgin5g_testnet::Config::default().with_plain()
    };
    let network = TestNet::start(config)?;
    for (supi, kausf, id) in [
        (settings::SUPI, settings::KAUSF, settings::UE_SERVICE_ID),
        (peer_supi, peer_kausf, settings::PEER_SERVICE_ID),
    ] {
        network.add_subscriber(Subscriber::new(supi, kausf).with_ue(id))?;
    }
    Ok(network)
}

/// One group, X25519: what the firmware of the demo offers.
fn tls<'c>() -> tls13::Config<'c> {
    let mut config = tls13::Config::new(b"", settings::SERVER_NAME);
    config.groups = &[NamedGroup::X25519];
    config
}

fn keys(supi: &str, kausf: [u8; 32]) -> Result<KausfSource<'_>, Box<dyn Error>> {
    let supi = Supi::imsi(supi)?;
    let home = supi.home_network(MncLength::Two)?;
    let source = KausfSource::new(
        supi,
        RoutingIndicator::new(settings::ROUTING_INDICATOR)?,
        home,
    );
    Ok(source.with_k_ausf(Kausf::from_octets(kausf)))
}

fn dial<T>(
    mut connect: impl FnMut() -> io::Result<T>,
) -> impl FnMut() -> Poll<Result<T, TransportError>> {
    let code = |e: io::Error| TransportError::Failed(e.raw_os_error().unwrap_or_default());
    move || Poll::Ready(connect().map_err(code))
}

/// Each step of the first UE, and the octets of each as JSON.
fn exchange<C: Channel, D: Channel>(
    mut ue: Ue<'_, C, impl Modem<Transport = C::Transport>>,
    peer: &mut Ue<'_, D, impl Modem<Transport = D::Transport>>,
    count: &Count,
) -> Result<(), Box<dyn Error>> {
    ue.until(|seen| seen.connected)?;
    let handshake = count.take_answered();
    ue.until(|seen| seen.registered)?;
    ue.settle()?;
    let registration = count.take();
    let to = Recipient::Ue(UeServiceId::new(settings::PEER_SERVICE_ID)?);
    let message = OutgoingMessage::text(to, TEXT).with_report();
    ue.client.send(&message, &mut OsRng)?;
    while !(ue.seen.accepted && ue.seen.reported) {
        ue.turn()?;
        peer.turn()?;
    }
    ue.settle()?;
    let message = count.take();
    println!(
        "{}",
        json!({"handshake": handshake, "registration": registration, "message": message})
    );
    Ok(())
}

/// Octets up and down since they were last asked for.
#[derive(Clone, Default)]
struct Count(Rc<Cell<Counts>>);

#[derive(Clone, Copy, Default)]
struct Counts {
    up: usize,
    down: usize,
    /// `down` when something was last sent.
    answered: usize,
}

impl Count {
    fn add(&self, up: usize, down: usize) {
        let mut counts = self.0.get();
        counts.up += up;
        counts.down += down;
        if up > 0 {
            counts.answered = counts.down;
        }
        self.0.set(counts);
    }

    fn take(&self) -> [usize; 2] {
        let Counts { up, down, .. } = self.0.take();
        [up, down]
    }

    /// The same without what has come since something was last sent: behind our Finished the server goes on to CoAP, sooner
    /// or later.
    fn take_answered(&self) -> [usize; 2] {
        let Counts { up, down, answered } = self.0.get();
        self.0.set(Counts {
            down: down - answered,
            ..Counts::default()
        });
        [up, answered]
    }
}

/// A transport whose octets are counted.
struct Counted<T>(T, Count);

impl<T: StreamTransport> StreamTransport for Counted<T> {
    fn send(&mut self, data: &[u8]) -> Poll<Result<usize, TransportError>> {
        self.0.send(data).map_ok(|n| {
            self.1.add(n, 0);
            n
        })
    }

    fn recv(&mut self, buf: &mut [u8]) -> Poll<Result<usize, TransportError>> {
        self.0.recv(buf).map_ok(|n| {
            self.1.add(0, n);
            n
        })
    }
}

impl<T: DatagramTransport> DatagramTransport for Counted<T> {
    fn send(&mut self, datagram: &[u8]) -> Poll<Result<(), TransportError>> {
        self.0
            .send(datagram)
            .map_ok(|()| self.1.add(datagram.len(), 0))
    }

    fn recv(&mut self, buf: &mut [u8]) -> Poll<Result<usize, TransportError>> {
        self.0.recv(buf).map_ok(|n| {
            self.1.add(0, n);
            n
        })
    }
}

/// What one UE has been through.
#[derive(Default)]
struct Seen {
    connected: bool,
    registered: bool,
    accepted: bool,
    reported: bool,
}

struct Ue<'m, C, M> {
    client: Client<'m>,
    connection: Connection<'static, C>,
    modem: M,
    host: StdHost,
    seen: Seen,
}

type Memory = ClientMemory<1200, 1200, 2048, 8>;

impl<'m, C: Channel, M: Modem<Transport = C::Transport>> Ue<'m, C, M> {
    fn new(
        id: &'m str,
        memory: &'m mut Memory,
        channel: C,
        modem: M,
    ) -> Result<Self, Box<dyn Error>> {
        let config = Config::new(UeServiceId::new(id)?);
        let mut client = Client::new(config, memory.pieces(), &mut OsRng)?;
        client.register()?;
        let settings = Settings::new(AfId::new(settings::SERVER_NAME, UaStarId::TLS13)?);
        Ok(Self {
            client,
            connection: Connection::new(settings, channel),
            modem,
            host: StdHost::new(),
            seen: Seen::default(),
        })
    }

    fn until(&mut self, reached: impl Fn(&Seen) -> bool) -> Result<(), Box<dyn Error>> {
        while !reached(&self.seen) {
            self.turn()?;
        }
        Ok(())
    }

    /// One event at most, so that each step ends with what belongs to it.
    fn turn(&mut self) -> Result<(), Box<dyn Error>> {
        let now = self.host.now_ms();
        if now > PATIENCE_MS {
            return Err("it takes too long".into());
        }
        match self
            .connection
            .poll(&mut self.client, &mut self.modem, now, &mut OsRng)
        {
            Some(ConnectionEvent::Connected) => self.seen.connected = true,
            Some(event) => return Err(event.to_string().into()),
            None => match self.client.poll_event(now) {
                Some(Event::Registered) => self.seen.registered = true,
                Some(Event::Accepted { .. }) => self.seen.accepted = true,
                Some(Event::Report(report)) => self.seen.reported = report.status.is_success(),
                Some(Event::Message { .. }) => {}
                Some(event) => return Err(format!("{event:?}").into()),
                None => self.host.idle(),
            },
        }
        Ok(())
    }

    /// What has come is answered.
    fn settle(&mut self) -> Result<(), Box<dyn Error>> {
        self.turn()?;
        self.turn()
    }
}

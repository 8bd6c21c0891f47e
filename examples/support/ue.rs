//! What the examples of use cases share: a network to talk to, and what every UE is made of.
//!
//! On a device the modem stands where `TestNet` and the K_AUSF are, and the memory is a few `static`s.

use core::task::Poll;
use std::error::Error;

use msgin5g::akma::{AfId, Kausf, KausfSource, MncLength, RoutingIndicator, Supi, UaStarId};
use msgin5g::client::{Client, ClientMemory, Config, Event};
use msgin5g::connection::{Connection, Settings, Tls13};
use msgin5g::message::UeServiceId;
use msgin5g::session::tls13;
use msgin5g::session::tls13::crypto::RustCrypto;
use msgin5g::transport::{Host, StdHost, TcpTransport, TransportError};
use msgin5g_testnet::{ApplicationServer, Subscriber, TestNet};
use rand_core::OsRng;

pub type Problem = Box<dyn Error>;

/// Longest that an example takes, in milliseconds. It takes far less, but for a computer that is busy.
const PATIENCE: u64 = 60_000;

/// What a SIM and its subscription give a UE.
pub struct Sim {
    pub supi: &'static str,
    pub k_ausf: [u8; 32],
    pub service_id: &'static str,
}

impl Sim {
    pub const fn new(supi: &'static str, k_ausf: [u8; 32], service_id: &'static str) -> Self {
        Self {
            supi,
            k_ausf,
            service_id,
        }
    }
}

/// The reference network on this computer.
pub struct Bench {
    pub network: TestNet,
    host: StdHost,
}

impl Bench {
    /// Starts it: these are subscribers, and this application server takes messages and reports them.
    pub fn start(sims: &[&Sim], application_server: &str) -> Result<Self, Problem> {
        let mut config = msgin5g_testnet::Config::default();
        config.server.application_servers.push(ApplicationServer {
            id: application_server.to_owned(),
            reports: true,
        });
        let network = TestNet::start(config)?;
        for sim in sims {
            let subscriber = Subscriber::new(sim.supi, sim.k_ausf);
            network.add_subscriber(subscriber.with_ue(sim.service_id))?;
        }
        let host = StdHost::new();
        Ok(Self { network, host })
    }

    /// A UE with this SIM, configured by the application. It registers as soon as it is polled.
    pub fn ue(&self, sim: &Sim, configure: impl FnOnce(&mut Config<'_>)) -> Result<Ue, Problem> {
        // The modem: keys from K_AUSF, and a way to the server.
        let supi = Supi::imsi(sim.supi)?;
        let home = supi.home_network(MncLength::Two)?;
        let keys = KausfSource::new(supi, RoutingIndicator::new("0")?, home)
            .with_k_ausf(Kausf::from_octets(sim.k_ausf));
        let address = self.network.addr();
        let dial: Dial = Box::new(move || {
            let code = |e: std::io::Error| e.raw_os_error().unwrap_or_default();
            let dialled = TcpTransport::connect(address);
            Poll::Ready(dialled.map_err(|e| TransportError::Failed(code(e))))
        });

        // TLS with K_AF, one record in each direction.
        let fqdn: &str = Box::leak(self.network.af_fqdn().into());
        let [receive, send] = Box::leak(Box::new([[0; 640]; 2]));
        let tls = Tls13::new(tls13::Config::new(b"", fqdn), receive, send);
        let connection = Connection::new(Settings::new(AfId::new(fqdn, UaStarId::TLS13)?), tls);

        let mut config = Config::new(UeServiceId::new(sim.service_id)?);
        configure(&mut config);
        let memory: &mut ClientMemory = Box::leak(Box::default());
        let mut client = Client::new(config, memory.pieces(), &mut OsRng)?;
        client.register()?;
        Ok(Ue {
            name: sim.service_id,
            client,
            connection,
            modem: (keys, dial),
        })
    }

    /// Runs a superloop until it says that it is done.
    pub fn run(
        &mut self,
        mut turn: impl FnMut(&TestNet, u64) -> Result<bool, Problem>,
    ) -> Result<(), Problem> {
        let deadline = self.host.now_ms() + PATIENCE;
        loop {
            let now = self.host.now_ms();
            if turn(&self.network, now)? {
                return Ok(());
            }
            if now > deadline {
                return Err(format!("not in time; so far:\n{}", self.network.ladder()).into());
            }
            self.host.idle();
        }
    }
}

type Dial = Box<dyn FnMut() -> Poll<Result<TcpTransport, TransportError>>>;

/// A UE: a modem, a connection that its key opens, and a client in it.
pub struct Ue {
    pub name: &'static str,
    pub client: Client<'static>,
    connection: Connection<'static, Tls13<'static, TcpTransport, RustCrypto>>,
    modem: (KausfSource<'static>, Dial),
}

impl Ue {
    /// Does what there is to do, and gives the next event.
    pub fn poll(&mut self, now: u64) -> Option<Event<'_>> {
        let (client, modem) = (&mut self.client, &mut self.modem);
        while let Some(event) = self.connection.poll(client, modem, now, &mut OsRng) {
            println!("{}: {event}", self.name);
        }
        client.poll_event(now)
    }
}

//! The whole road on one computer: two UEs, and a network that plays AUSF, AAnF and MSGin5G Server.
//!
//! ```console
//! $ cargo run --example quickstart
//! ```
//!
//! A meter sends a message and asks for a report, a pump answers. Each has nothing but the K_AUSF
//! that its SIM's authentication left behind. What went over the wire is printed as a ladder.

use core::task::Poll;
use std::error::Error;
use std::net::SocketAddr;

use msgin5g::akma::{AfId, Kausf, KausfSource, MncLength, RoutingIndicator, Supi, UaStarId};
use msgin5g::client::{Client, ClientMemory, Config, Event, OutgoingMessage};
use msgin5g::connection::{Connection, Modem, Settings, Tls13};
use msgin5g::message::{Recipient, UeServiceId};
use msgin5g::session::tls13;
use msgin5g::session::tls13::crypto::RustCrypto;
use msgin5g::transport::{Host, StdHost, TcpTransport, TransportError};
use msgin5g_testnet::{Subscriber, TestNet};
use rand_core::OsRng;

const METER: Ue = Ue {
    supi: "001010000000001",
    k_ausf: [0x11; 32],
    service_id: "meter-7@iot.example",
};
const PUMP: Ue = Ue {
    supi: "001010000000002",
    k_ausf: [0x22; 32],
    service_id: "pump-3@iot.example",
};

/// What a SIM and its subscription give a UE.
struct Ue {
    supi: &'static str,
    k_ausf: [u8; 32],
    service_id: &'static str,
}

fn main() -> Result<(), Box<dyn Error>> {
    let network = TestNet::start(msgin5g_testnet::Config::default())?;
    for ue in [&METER, &PUMP] {
        network.add_subscriber(Subscriber::new(ue.supi, ue.k_ausf).with_ue(ue.service_id))?;
    }
    let fqdn = network.af_fqdn().to_owned();
    let mut host = StdHost::new();

    let (server, fqdn) = (network.addr(), fqdn.as_str());

    // Each UE: a modem, a connection that its key opens, and a client in it.
    let mut meter_modem = modem(&METER, server)?;
    let mut meter_records = [[0; 640]; 2];
    let mut meter_connection = connection(fqdn, &mut meter_records)?;
    let mut meter_memory = ClientMemory::<1152, 1152, 2048, 8>::new();
    let mut meter = client(&METER, &mut meter_memory)?;

    let mut pump_modem = modem(&PUMP, server)?;
    let mut pump_records = [[0; 640]; 2];
    let mut pump_connection = connection(fqdn, &mut pump_records)?;
    let mut pump_memory = ClientMemory::<1152, 1152, 2048, 8>::new();
    let mut pump = client(&PUMP, &mut pump_memory)?;

    // One superloop for both: move octets, take events, do what they ask for.
    let deadline = host.now_ms() + 20_000;
    let (mut at_meter, mut at_pump) = (Seen::default(), Seen::default());
    while !(at_meter.gone && at_pump.gone) {
        let now = host.now_ms();
        if now > deadline {
            return Err("the exchange did not end within 20 s".into());
        }
        while let Some(event) = meter_connection.poll(&mut meter, &mut meter_modem, now, &mut OsRng)
        {
            println!("meter: {event}");
        }
        while let Some(event) = pump_connection.poll(&mut pump, &mut pump_modem, now, &mut OsRng) {
            println!("pump: {event}");
        }
        at_meter.take_events("meter", &mut meter, now)?;
        at_pump.take_events("pump", &mut pump, now)?;

        // The meter speaks once both are there, and leaves when it has heard all it waits for.
        if at_meter.registered && at_pump.registered && !at_meter.spoke {
            say(&mut meter, &PUMP, "valve 3: open")?;
            at_meter.spoke = true;
        }
        if at_pump.heard && !at_pump.spoke {
            say(&mut pump, &METER, "valve 3: is open")?;
            at_pump.spoke = true;
        }
        for (seen, client) in [(&mut at_meter, &mut meter), (&mut at_pump, &mut pump)] {
            if seen.heard && seen.reported && !seen.leaving {
                client.deregister()?;
                seen.leaving = true;
            }
        }
        host.idle();
    }

    println!("{}", network.ladder());
    let counted = network.counters();
    println!(
        "quickstart: ok registered={} messages={} reports={}",
        counted.registrations, counted.messages, counted.reports
    );
    println!(
        "next: cargo xtask demo, where the meter is firmware; docs/README.md says what you saw"
    );
    Ok(())
}

/// What the modem does on a device: AKMA keys from K_AUSF, and a way to the server.
fn modem(
    ue: &Ue,
    server: SocketAddr,
) -> Result<impl Modem<Transport = TcpTransport> + use<>, Box<dyn Error>> {
    let supi = Supi::imsi(ue.supi)?;
    let home = supi.home_network(MncLength::Two)?;
    let keys = KausfSource::new(supi, RoutingIndicator::new("0")?, home)
        .with_k_ausf(Kausf::from_octets(ue.k_ausf));
    Ok((keys, move || {
        let code = |e: std::io::Error| e.raw_os_error().unwrap_or_default();
        let dialled = TcpTransport::connect(server);
        Poll::Ready(dialled.map_err(|e| TransportError::Failed(code(e))))
    }))
}

/// TLS with K_AF, one record in each direction.
fn connection<'a>(
    fqdn: &'a str,
    [receive, send]: &'a mut [[u8; 640]; 2],
) -> Result<Connection<'a, Tls13<'a, TcpTransport, RustCrypto>>, Box<dyn Error>> {
    let settings = Settings::new(AfId::new(fqdn, UaStarId::TLS13)?);
    let config = tls13::Config::new(b"", fqdn);
    Ok(Connection::new(settings, Tls13::new(config, receive, send)))
}

fn client<'m>(ue: &Ue, memory: &'m mut ClientMemory) -> Result<Client<'m>, Box<dyn Error>> {
    let config = Config::new(UeServiceId::new(ue.service_id)?);
    let mut client = Client::new(config, memory.pieces(), &mut OsRng)?;
    client.register()?;
    Ok(client)
}

fn say(client: &mut Client<'_>, to: &Ue, text: &str) -> Result<(), Box<dyn Error>> {
    let to = Recipient::Ue(UeServiceId::new(to.service_id)?);
    client.send(&OutgoingMessage::text(to, text).with_report(), &mut OsRng)?;
    Ok(())
}

/// What one UE has been through.
#[derive(Default)]
struct Seen {
    registered: bool,
    spoke: bool,
    heard: bool,
    reported: bool,
    leaving: bool,
    gone: bool,
}

impl Seen {
    fn take_events(
        &mut self,
        who: &str,
        client: &mut Client<'_>,
        now: u64,
    ) -> Result<(), Box<dyn Error>> {
        while let Some(event) = client.poll_event(now) {
            match event {
                Event::Registered => {
                    println!("{who}: registered");
                    self.registered = true;
                }
                Event::Message { msg, .. } => {
                    println!("{who}: {} says {:?}", msg.originator.as_str(), msg.payload);
                    self.heard = true;
                }
                Event::Report(report) => {
                    println!("{who}: delivered to {}", report.originator.as_str());
                    self.reported = report.status.is_success();
                }
                Event::Deregistered => self.gone = true,
                Event::Accepted { .. } | Event::Duplicate => {}
                other => return Err(format!("{who}: {other:?}").into()),
            }
        }
        Ok(())
    }
}

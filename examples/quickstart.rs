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

use msgin5g::akma::{
    AfId, AkmaKeySource, Kaf, Kausf, KausfSource, MncLength, PskIdentity, RoutingIndicator, Supi,
    UaStarId,
};
use msgin5g::client::{Client, ClientMemory, Config, Event, OutgoingMessage};
use msgin5g::driver;
use msgin5g::message::{Recipient, UeServiceId};
use msgin5g::session::tls13::crypto::{RustCrypto, SoftwarePsk};
use msgin5g::session::tls13::{self, TlsSession};
use msgin5g::transport::{Host, StdHost, TcpTransport};
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

    // Each UE: a session that its key opens, and a client in it.
    let (meter_keys, mut meter_records) = (keys(&METER, &fqdn)?, Records::new());
    let meter_line = TcpTransport::connect(network.addr())?;
    let mut meter_session = open(
        meter_line,
        &meter_keys,
        &fqdn,
        &mut meter_records,
        &mut host,
    )?;
    let mut meter_memory = ClientMemory::<1152, 1152, 2048, 8>::new();
    let mut meter = client(&METER, &mut meter_memory)?;

    let (pump_keys, mut pump_records) = (keys(&PUMP, &fqdn)?, Records::new());
    let pump_line = TcpTransport::connect(network.addr())?;
    let mut pump_session = open(pump_line, &pump_keys, &fqdn, &mut pump_records, &mut host)?;
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
        driver::exchange(&mut meter_session, &mut meter, now)?;
        driver::exchange(&mut pump_session, &mut pump, now)?;
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
    Ok(())
}

/// From K_AUSF to the key for this server and the name under which it finds the key: AKMA.
fn keys(ue: &Ue, fqdn: &str) -> Result<(Kaf, PskIdentity), Box<dyn Error>> {
    let supi = Supi::imsi(ue.supi)?;
    let home = supi.home_network(MncLength::Two)?;
    // On a device the modem is the source.
    let mut source = KausfSource::new(supi, RoutingIndicator::new("0")?, home)
        .with_k_ausf(Kausf::from_octets(ue.k_ausf));
    let af_id = AfId::new(fqdn, UaStarId::TLS13)?;
    let Poll::Ready(context) = source.request(&af_id) else {
        return Err("the keys are not there yet".into());
    };
    let context = context?;
    Ok((context.k_af(&af_id), context.psk_identity()))
}

/// Room for one record in each direction.
struct Records {
    receive: [u8; 640],
    send: [u8; 640],
}

impl Records {
    fn new() -> Self {
        Self {
            receive: [0; 640],
            send: [0; 640],
        }
    }
}

/// TLS with K_AF.
fn open<'m>(
    line: TcpTransport,
    (key, identity): &'m (Kaf, PskIdentity),
    fqdn: &'m str,
    records: &'m mut Records,
    host: &mut StdHost,
) -> Result<TlsSession<'m, TcpTransport, RustCrypto>, Box<dyn Error>> {
    let config = tls13::Config::new(identity.as_bytes(), fqdn);
    let mut psk = SoftwarePsk::<RustCrypto>::new(key.as_octets());
    let buffers = (&mut records.receive[..], &mut records.send[..]);
    let session = TlsSession::open_blocking(line, &config, &mut psk, &mut OsRng, buffers, host)?;
    Ok(session)
}

fn client<'m>(ue: &Ue, memory: &'m mut ClientMemory) -> Result<Client<'m>, Box<dyn Error>> {
    let config = Config::new(UeServiceId::new(ue.service_id)?);
    let mut client = Client::new(config, memory.pieces(), &mut OsRng)?;
    client.connected();
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
                Event::Registered => self.registered = true,
                Event::Message { msg, .. } => {
                    println!("{who}: {} says {:?}", msg.originator.as_str(), msg.payload);
                    self.heard = true;
                }
                Event::Report(report) => self.reported = report.status.is_success(),
                Event::Deregistered => self.gone = true,
                Event::Accepted { .. } | Event::Duplicate => {}
                other => return Err(format!("{who}: {other:?}").into()),
            }
        }
        Ok(())
    }
}

//! The first message: a UE registers, sends a message, hears the report and the answer, and leaves.
//!
//! `first_message ADDRESS PORT SERVER_NAME K_AUSF SUPI UE_SERVICE_ID PEER`, where the peer answers what it is sent.
//! docs/first-message.md goes through it.

use std::error::Error;
use std::task::Poll;

use msgin5g::akma::{AfId, Kausf, KausfSource, MncLength, RoutingIndicator, Supi, UaStarId};
use msgin5g::client::{Client, ClientMemory, Config, Event, OutgoingMessage};
use msgin5g::connection::{Connection, ConnectionEvent, Settings, Tls13};
use msgin5g::message::{Recipient, UeServiceId};
use msgin5g::session::tls13::{self, crypto::RustCrypto};
use msgin5g::transport::{Host, StdHost, TcpTransport, TransportError};
use rand_core::OsRng;

fn main() -> Result<(), Box<dyn Error>> {
    let words: Vec<String> = std::env::args().collect();
    let [_, address, port, server, k_ausf, supi, us, peer] = words.as_slice() else {
        return Err("expected ADDRESS PORT SERVER_NAME K_AUSF SUPI UE_SERVICE_ID PEER".into());
    };

    // 1. The modem: a source of keys, and a way to the server.
    let supi = Supi::parse(supi)?;
    let home = supi.home_network(MncLength::Two)?;
    let keys = KausfSource::new(supi, RoutingIndicator::new("0")?, home)
        .with_k_ausf(Kausf::from_hex(k_ausf)?);
    let dial = || {
        let dialled = TcpTransport::connect(format!("{address}:{port}"));
        let code = |e: std::io::Error| e.raw_os_error().unwrap_or_default();
        Poll::Ready(dialled.map_err(|e| TransportError::Failed(code(e))))
    };
    let mut modem = (keys, dial);

    // 2. The connection: TLS 1.3 with K_AF. The server's name is a part of that key.
    let (mut receive, mut send) = ([0; 640], [0; 640]);
    let config = tls13::Config::new(b"", server);
    let tls = Tls13::<_, RustCrypto>::new(config, &mut receive, &mut send);
    let settings = Settings::new(AfId::new(server, UaStarId::TLS13)?);
    let mut connection = Connection::new(settings, tls);

    // 3. The client: all it ever has is this memory. What it accepts waits until it can go out.
    let mut memory = ClientMemory::<1152, 1152, 2048, 8>::new();
    let config = Config::new(UeServiceId::new(us)?);
    let mut client = Client::new(config, memory.pieces(), &mut OsRng)?;
    client.register()?;
    let to = Recipient::Ue(UeServiceId::new(peer)?);
    let message = OutgoingMessage::text(to, "valve 3: open").with_report();
    client.send(&message, &mut OsRng)?;

    // 4. The loop: let the connection work, and see what has happened.
    let mut host = StdHost::new();
    let (mut reported, mut answered, mut leaving) = (false, false, false);
    while host.now_ms() < 60_000 {
        let now = host.now_ms();
        while let Some(event) = connection.poll(&mut client, &mut modem, now, &mut OsRng) {
            println!("{event}");
            if event == ConnectionEvent::Closed {
                println!("first_message: ok");
                return Ok(());
            }
        }
        match client.poll_event(now) {
            Some(Event::Registered) => println!("registered as {us}"),
            Some(Event::Accepted { .. }) => println!("the server has the message"),
            Some(Event::Report(report)) => {
                println!("{} reports {:?}", report.originator.as_str(), report.status);
                reported = true;
            }
            Some(Event::Message { msg, .. }) => {
                println!("{} says {:?}", msg.originator.as_str(), msg.payload);
                answered = true;
            }
            Some(Event::Deregistered) => connection.close(),
            Some(Event::RegistrationFailed(failure) | Event::Failed { failure, .. }) => {
                return Err(failure.to_string().into());
            }
            Some(other) => return Err(format!("{other:?}").into()),
            None => host.idle(),
        }
        if reported && answered && !leaving {
            client.deregister()?;
            leaving = true;
        }
    }
    Err("nothing more within a minute; docs/errors.md says what the lines above mean".into())
}

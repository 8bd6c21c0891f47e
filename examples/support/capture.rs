//! The exchange of the demo, recorded: over TLS with its key log, over bare TCP and over bare UDP.
//!
//! No right to capture is needed: what the transports carry over loopback is written down and put into packets.

use std::cell::RefCell;
use std::error::Error;
use std::net::Ipv4Addr;
use std::rc::Rc;
use std::sync::Mutex;
use std::task::Poll;

use msgin5g::akma::{AfId, AkmaKeySource, Kaf, Kausf, KausfSource, PskIdentity};
use msgin5g::akma::{MncLength, RoutingIndicator, Supi, UaStarId};
use msgin5g::client::{Client, ClientMemory, Config, Event, OutgoingMessage};
use msgin5g::message::{Priority, Recipient, UeServiceId};
use msgin5g::session::tls13::crypto::{RustCrypto, SoftwarePsk};
use msgin5g::session::tls13::{self, KeyLogLine, TlsSession};
use msgin5g::session::{Plaintext, PlaintextDatagrams};
use msgin5g::transport::{DatagramTransport, StreamTransport, TransportError};
use msgin5g::transport::{Host, StdHost, TcpTransport, UdpTransport};
use msgin5g_testnet::{Subscriber, TestNet};
use rand_core::OsRng;

use crate::carriage::{Carriage, OverDatagrams, OverStream};
use crate::pcap::{Flow, From, Pcap};

/// Where Wireshark looks for CoAP: over TLS, and without it.
const TLS_PORT: u16 = 5684;
const PLAIN_PORT: u16 = 5683;
/// Documentation addresses (RFC 5737): the loopback has but one.
const SERVER: Ipv4Addr = Ipv4Addr::new(192, 0, 2, 1);

const NAMES: [&str; 2] = ["meter-7@iot.example", "pump-3@iot.example"];
const KEYS: [[u8; 32]; 2] = [[0x11; 32], [0x22; 32]];
const SUPIS: [&str; 2] = ["001010000000001", "001010000000002"];
/// Ends the exchange if something is wrong; it takes a moment.
const PATIENCE_MS: u64 = 60_000;

/// How CoAP is carried.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Over {
    Tls,
    Tcp,
    Udp,
}

/// What was recorded.
pub struct Capture {
    pub pcap: Pcap,
    /// Lines for Wireshark's `tls.keylog_file`.
    pub key_log: String,
}

/// Runs the exchange over each carriage and records it.
pub fn record() -> Result<Capture, Box<dyn Error>> {
    let config = msgin5g_testnet::Config::default().with_plain().with_udp();
    let network = TestNet::start(config)?;
    for ((supi, key), name) in SUPIS.into_iter().zip(KEYS).zip(NAMES) {
        network.add_subscriber(Subscriber::new(supi, key).with_ue(name))?;
    }
    let key_log = Mutex::new(String::new());
    let tape = Tape::default();
    let mut flows = Vec::new();
    for over in [Over::Tls, Over::Tcp, Over::Udp] {
        let first = flows.len();
        for ue in 0..NAMES.len() {
            let number = u8::try_from(first + ue)?;
            let address = Ipv4Addr::new(192, 0, 2, 10 + number);
            let here = (address, 40_000 + u16::from(number));
            flows.push(match over {
                Over::Tls => Flow::tcp(here, (SERVER, TLS_PORT)),
                Over::Tcp => Flow::tcp(here, (SERVER, PLAIN_PORT)),
                Over::Udp => Flow::udp(here, (SERVER, PLAIN_PORT)),
            });
        }
        exchange(&network, over, &tape, first, &key_log)?;
    }
    let mut pcap = Pcap::new();
    for flow in &mut flows {
        pcap.open(flow);
    }
    for (flow, from, octets) in tape.0.borrow().iter() {
        pcap.data(&mut flows[*flow], *from, octets);
    }
    for flow in &mut flows {
        pcap.close(flow);
    }
    let key_log = key_log.into_inner().map_err(|_| "a panic elsewhere")?;
    Ok(Capture { pcap, key_log })
}

/// Two UEs register, write to each other with reports, and leave.
fn exchange(
    network: &TestNet,
    over: Over,
    tape: &Tape,
    first: usize,
    key_log: &Mutex<String>,
) -> Result<(), Box<dyn Error>> {
    let tell = |line: &KeyLogLine<'_>| {
        if let Ok(mut text) = key_log.lock() {
            *text += &format!("{line}\n");
        }
    };
    let keys = keys(network)?;
    let mut host = StdHost::new();
    let mut records = [[[0; 1200]; 2]; 2];
    let mut memories = [(); 2].map(|()| Box::new(ClientMemory::<1200, 1200, 2048, 8>::new()));
    let mut ues = Vec::new();
    for (number, (memory, records)) in memories.iter_mut().zip(&mut records).enumerate() {
        fn tap<T>(transport: T, flow: usize, tape: &Tape) -> Tap<T> {
            let tape = tape.clone();
            Tap {
                transport,
                flow,
                tape,
            }
        }
        let flow = first + number;
        let carriage: Box<dyn Carriage> = match over {
            Over::Tls => {
                let (key, identity) = &keys[number];
                let mut tls = tls13::Config::new(identity.as_bytes(), network.af_fqdn());
                tls.key_log = Some(&tell);
                let mut psk = SoftwarePsk::<RustCrypto>::new(key.as_octets());
                let transport = tap(TcpTransport::connect(network.addr())?, flow, tape);
                let [receive, send] = records;
                let buffers = (&mut receive[..], &mut send[..]);
                let session = TlsSession::<_, RustCrypto>::open_blocking(
                    transport, &tls, &mut psk, &mut OsRng, buffers, &mut host,
                )?;
                Box::new(OverStream(session))
            }
            Over::Tcp => {
                let address = network.plain_addr().ok_or("no address")?;
                let transport = tap(TcpTransport::connect(address)?, flow, tape);
                Box::new(OverStream(Plaintext::new(transport)))
            }
            Over::Udp => {
                let address = network.udp_addr().ok_or("no address")?;
                let transport = tap(UdpTransport::connect(address)?, flow, tape);
                Box::new(OverDatagrams(PlaintextDatagrams::new(transport)))
            }
        };
        let mut config = Config::new(UeServiceId::new(NAMES[number])?);
        config.segment_size = 300;
        let mut client = Client::new(config, memory.pieces(), &mut OsRng)?;
        carriage.connect(&mut client);
        client.register()?;
        ues.push((carriage, client, Seen::default()));
    }

    let deadline = host.now_ms() + PATIENCE_MS;
    while !ues.iter().all(|(.., seen)| seen.gone) {
        let now = host.now_ms();
        if now > deadline {
            return Err(format!("the exchange over {over:?} did not end").into());
        }
        let all_there = ues.iter().all(|(.., seen)| seen.registered);
        for (number, (carriage, client, seen)) in ues.iter_mut().enumerate() {
            carriage.exchange(client, now)?;
            seen.take_events(client, now)?;
            // The meter begins, the pump answers with a long text.
            if all_there && !seen.spoke && (number == 0 || seen.heard) {
                let to = Recipient::Ue(UeServiceId::new(NAMES[1 - number])?);
                let long = "valve 3: is open. ".repeat(40);
                let mut message = match number {
                    0 => OutgoingMessage::text(to, "valve 3: \"open\" \u{1f6b0}"),
                    _ => OutgoingMessage::text(to, &long).with_segments(),
                };
                message.priority = Priority::High;
                client.send(&message.with_report(), &mut OsRng)?;
                seen.spoke = true;
            }
            if seen.heard && seen.reported && !seen.leaving {
                client.deregister()?;
                seen.leaving = true;
            }
        }
        host.idle();
    }
    for (carriage, ..) in &mut ues {
        carriage.close(host.now_ms());
    }
    Ok(())
}

/// K_AF and the identity of each UE, as its SIM's authentication left them.
fn keys(network: &TestNet) -> Result<Vec<(Kaf, PskIdentity)>, Box<dyn Error>> {
    let af_id = AfId::new(network.af_fqdn(), UaStarId::TLS13)?;
    let mut keys = Vec::new();
    for (supi, k_ausf) in SUPIS.into_iter().zip(KEYS) {
        let supi = Supi::imsi(supi)?;
        let home = supi.home_network(MncLength::Two)?;
        let mut source = KausfSource::new(supi, RoutingIndicator::new("0")?, home)
            .with_k_ausf(Kausf::from_octets(k_ausf));
        let Poll::Ready(context) = source.request(&af_id) else {
            return Err("no key yet".into());
        };
        let context = context?;
        keys.push((context.k_af(&af_id), context.psk_identity()));
    }
    Ok(keys)
}

/// What went over the transports: of which flow, from whom.
#[derive(Clone, Default)]
struct Tape(Rc<RefCell<Vec<Piece>>>);

/// The flow, who sent, the octets.
type Piece = (usize, From, Vec<u8>);

/// A transport whose octets are written down.
struct Tap<T> {
    transport: T,
    flow: usize,
    tape: Tape,
}

impl<T> Tap<T> {
    fn note(&self, from: From, octets: &[u8]) {
        let piece = (self.flow, from, octets.to_vec());
        self.tape.0.borrow_mut().push(piece);
    }

    /// Octets of a stream: who reads a record in two pieces makes no packets of that.
    fn note_more(&self, from: From, octets: &[u8]) {
        match self.tape.0.borrow_mut().last_mut() {
            Some((flow, sender, piece)) if (*flow, *sender) == (self.flow, from) => {
                piece.extend(octets);
                return;
            }
            _ => {}
        }
        self.note(from, octets);
    }
}

impl<T: StreamTransport> StreamTransport for Tap<T> {
    fn send(&mut self, data: &[u8]) -> Poll<Result<usize, TransportError>> {
        let sent = self.transport.send(data);
        if let Poll::Ready(Ok(n)) = sent {
            self.note_more(From::Ue, &data[..n]);
        }
        sent
    }

    fn recv(&mut self, buf: &mut [u8]) -> Poll<Result<usize, TransportError>> {
        let received = self.transport.recv(buf);
        if let Poll::Ready(Ok(n)) = received {
            self.note_more(From::Server, &buf[..n]);
        }
        received
    }
}

impl<T: DatagramTransport> DatagramTransport for Tap<T> {
    fn send(&mut self, datagram: &[u8]) -> Poll<Result<(), TransportError>> {
        let sent = self.transport.send(datagram);
        if let Poll::Ready(Ok(())) = sent {
            self.note(From::Ue, datagram);
        }
        sent
    }

    fn recv(&mut self, buf: &mut [u8]) -> Poll<Result<usize, TransportError>> {
        let received = self.transport.recv(buf);
        if let Poll::Ready(Ok(n)) = received {
            self.note(From::Server, &buf[..n]);
        }
        received
    }
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
    fn take_events(&mut self, client: &mut Client<'_>, now: u64) -> Result<(), Box<dyn Error>> {
        while let Some(event) = client.poll_event(now) {
            match event {
                Event::Registered => self.registered = true,
                Event::Message { .. } => self.heard = true,
                Event::Report(report) => self.reported = report.status.is_success(),
                Event::Deregistered => self.gone = true,
                Event::Failed { .. } | Event::RegistrationFailed(_) => {
                    return Err(format!("{event:?}").into());
                }
                _ => {}
            }
        }
        Ok(())
    }
}

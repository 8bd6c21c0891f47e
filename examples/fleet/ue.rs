//! One UE: a socket, a session of its own, a client.

use crate::network::Identity;
use mio::net::TcpStream;
use msgin5g::akma::{AfId, AkmaContext, AkmaKeySource, Kausf, KausfSource};
use msgin5g::akma::{MncLength, PskIdentity, RoutingIndicator, Supi, UaStarId};
use msgin5g::client::{Client, ClientMemory, Config, Event, OutgoingMessage};
use msgin5g::driver;
use msgin5g::message::{Recipient, UeServiceId};
use msgin5g::session::Session;
use msgin5g::session::tls13::crypto::{RustCrypto, SoftwarePsk};
use msgin5g::session::tls13::{self, TlsSession};
use msgin5g::transport::{StreamTransport, TransportError};
use rand_core::OsRng;
use std::cell::Cell;
use std::error::Error;
use std::io::{ErrorKind, Read, Write};
use std::task::Poll;

/// Turns after which something is wrong: each takes octets or ends it.
const MANY: u32 = 10_000;

/// Octets of one record, each way.
const RECORD: usize = 640;

/// What a UE needs of memory, and its key. It stays where it is.
pub struct Memory {
    client: ClientMemory<1152, 1152, 1024, 4, 1024, 2>,
    records: [[u8; RECORD]; 2],
    identity: PskIdentity,
}

/// Octets of a UE without what the system holds for its socket.
pub const SIZE: usize = size_of::<Memory>() + size_of::<Ue<'static>>();

impl Memory {
    pub fn new() -> Self {
        Self {
            client: ClientMemory::new(),
            records: [[0; RECORD]; 2],
            identity: PskIdentity::verbatim(b"-").expect("one octet is an identity"),
        }
    }
}

/// What a UE has to tell.
pub enum Told {
    Registered,
    /// A message with this text came.
    Message(String),
    /// The message under way was delivered, or not.
    Report(bool),
    Left,
}

pub struct Ue<'m> {
    session: TlsSession<'m, Socket, RustCrypto>,
    client: Client<'m>,
    is_open: bool,
}

impl<'m> Ue<'m> {
    /// Derives the keys, dials, and begins the handshake.
    pub fn begin(
        socket: TcpStream,
        who: &'m Identity,
        fqdn: &'m str,
        memory: &'m mut Memory,
    ) -> Result<Self, Box<dyn Error>> {
        let af_id = AfId::new(fqdn, UaStarId::TLS13)?;
        let context = context(who, &af_id)?;
        let Memory {
            client: pieces,
            records,
            identity,
        } = memory;
        *identity = context.psk_identity();
        let mut psk = SoftwarePsk::<RustCrypto>::new(context.k_af(&af_id).as_octets());
        let mut tls = tls13::Config::new(identity.as_bytes(), fqdn);
        tls.handshake_timeout_ms = 600_000; // the queue in front of the server is what is measured
        let [receive, send] = records;
        let socket = Socket {
            stream: socket,
            dry: Cell::new(false),
        };
        let session = TlsSession::begin(socket, &tls, &mut psk, &mut OsRng, receive, send)?;
        let mut config = Config::new(UeServiceId::new(&who.service_id)?);
        config.answer_timeout_ms = 600_000;
        let mut client = Client::new(config, pieces.pieces(), &mut OsRng)?;
        client.connected();
        client.register()?;
        Ok(Self {
            session,
            client,
            is_open: false,
        })
    }

    /// Does all that can be done now.
    pub fn turn(&mut self, now: u64, mut tell: impl FnMut(Told)) -> Result<(), Box<dyn Error>> {
        for _ in 0..MANY {
            self.session.transport().dry.set(false);
            if !self.is_open {
                match self.session.poll_open(now) {
                    Poll::Ready(opened) => opened?,
                    Poll::Pending if self.session.transport().dry.get() => return Ok(()),
                    Poll::Pending => continue,
                }
                self.is_open = true;
            }
            driver::exchange(&mut self.session, &mut self.client, now)?;
            while let Some(event) = self.client.poll_event(now) {
                match event {
                    Event::Registered => tell(Told::Registered),
                    Event::Message { msg, .. } => tell(Told::Message(msg.payload.to_owned())),
                    Event::Report(report) => tell(Told::Report(report.status.is_success())),
                    Event::Deregistered => tell(Told::Left),
                    Event::Accepted { .. } | Event::Duplicate => {}
                    other => return Err(format!("{other:?}").into()),
                }
            }
            // An event may have made something to send, and the poll tells of new octets only.
            driver::exchange(&mut self.session, &mut self.client, now)?;
            if self.session.transport().dry.get() && !self.client.has_event(now) {
                return Ok(());
            }
        }
        Err("a UE finds no end".into())
    }

    /// Sends a message with a report.
    pub fn say(&mut self, to: &Identity, text: &str) -> Result<(), Box<dyn Error>> {
        let to = Recipient::Ue(UeServiceId::new(&to.service_id)?);
        let message = OutgoingMessage::text(to, text).with_report();
        self.client.send(&message, &mut OsRng)?;
        Ok(())
    }

    pub fn leave(&mut self) -> Result<(), Box<dyn Error>> {
        Ok(self.client.deregister()?)
    }

    /// Says farewell.
    pub fn close(&mut self) {
        let _ = self.session.close();
    }
}

/// A-KID and key, as the modem has them after primary authentication.
fn context(who: &Identity, af_id: &AfId<'_>) -> Result<AkmaContext, Box<dyn Error>> {
    let supi = Supi::imsi(&who.supi)?;
    let home = supi.home_network(MncLength::Two)?;
    let mut source = KausfSource::new(supi, RoutingIndicator::new("0")?, home)
        .with_k_ausf(Kausf::from_octets(who.k_ausf));
    match source.request(af_id) {
        Poll::Ready(context) => Ok(context?),
        Poll::Pending => Err("no key yet".into()),
    }
}

/// A socket that remembers whether it was read to its end.
struct Socket {
    stream: TcpStream,
    dry: Cell<bool>,
}

impl StreamTransport for Socket {
    fn send(&mut self, data: &[u8]) -> Poll<Result<usize, TransportError>> {
        outcome(self.stream.write(data))
    }

    fn recv(&mut self, buf: &mut [u8]) -> Poll<Result<usize, TransportError>> {
        let received = outcome(self.stream.read(buf));
        if received.is_pending() {
            self.dry.set(true);
        }
        received
    }
}

fn outcome(result: std::io::Result<usize>) -> Poll<Result<usize, TransportError>> {
    match result {
        Ok(0) => Poll::Ready(Err(TransportError::Closed)),
        Ok(n) => Poll::Ready(Ok(n)),
        // Not connected: the connection is still being made.
        Err(e)
            if matches!(
                e.kind(),
                ErrorKind::WouldBlock | ErrorKind::NotConnected | ErrorKind::Interrupted
            ) =>
        {
            Poll::Pending
        }
        Err(e) => Poll::Ready(Err(TransportError::Failed(e.raw_os_error().unwrap_or(-1)))),
    }
}

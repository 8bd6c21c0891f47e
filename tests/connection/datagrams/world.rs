//! A device over DTLS 1.3 and its server, in one thread: the test owns every datagram and every
//! millisecond. The server follows the Connection ID, from whatever socket a datagram comes.

use std::cell::{Cell, RefCell};
use std::collections::VecDeque;
use std::rc::Rc;
use std::task::Poll;

use msgin5g::akma::{
    AKid, AfId, AkmaContext, AkmaKey, AkmaKeySource, Kaf, KeySourceError, UaStarId,
};
use msgin5g::client::{Client, ClientMemory, Config, Event, OutgoingMessage};
use msgin5g::connection::{Connection, ConnectionEvent, Dtls13, Modem, Settings};
use msgin5g::message::{Recipient, UeServiceId};
use msgin5g::session::tls13;
use msgin5g::session::tls13::crypto::{NamedGroup, RustCrypto};
use msgin5g::session::tls13::dtls::DtlsConfig;
use msgin5g::transport::{DatagramTransport, TransportError};
use openssl::symm::{Cipher, decrypt_aead};
use rand_core::OsRng;

use crate::dtls::{ACK, Epoch, PSK, ack, buffer, epoch, fragments, plain};
use crate::server::*;

const FQDN: &str = "msgin5g.example.com";
/// How the client is to address the server.
const ID: [u8; 2] = [0xC1, 0xD1];

pub type Memory = ClientMemory<1152, 1152, 2048, 8>;
pub type Channel = Dtls13<'static, Socket, RustCrypto>;

pub fn memory() -> Memory {
    Memory::new()
}

/// The server.
#[derive(Default)]
pub struct Peer {
    association: Option<(Server, [Epoch; 4])>,
    pub down: VecDeque<Vec<u8>>,
    pub hellos: u32,
    pub registrations: u32,
    pub messages: u32,
    pub pings: u32,
    /// So many answers to requests are lost.
    pub drop_answers: u32,
    /// It never acknowledges a Finished.
    pub is_mean: bool,
    /// How often it was said to it.
    pub finished: u32,
    /// It has no Connection ID for itself.
    pub has_no_id: bool,
    /// How often it was told close_notify.
    pub farewells: u32,
}

impl Peer {
    pub fn forget(&mut self) {
        self.association = None;
    }

    /// Sends a message by itself.
    pub fn say(&mut self, datagram: &[u8]) {
        let (_, [_, down, ..]) = self.association.as_mut().expect("an association");
        self.down.push_back(down.seal(DATA, datagram));
    }

    fn hear(&mut self, datagram: &[u8]) {
        match datagram.first() {
            Some(22) => self.greet(datagram),
            Some(first) if first & 0b1110_0000 == 0b0010_0000 => self.hear_record(datagram),
            _ => panic!("{datagram:x?}"),
        }
    }

    fn greet(&mut self, hello: &[u8]) {
        self.hellos += 1;
        let mut server = Server::with_prefix("dtls13", &PSK);
        server.client_hello(&[&hello[13..17], &hello[25..]].concat());
        let has_no_id = self.has_no_id;
        let said = server.server_hello_with(0xfefd, 0xfefc, |hello| {
            if has_no_id {
                return;
            }
            hello.extend([0, 54, 0, 3, 2, ID[0], ID[1]]);
            hello[3] += 7;
            hello[43] += 7;
        });
        let rest = [
            server.message(ENCRYPTED_EXTENSIONS, &[0, 0]),
            server.finished(),
        ];
        self.down
            .push_back(plain(0, &fragments(&said, 0, 999).remove(0)));
        let mut handshake = epoch(&server, 2);
        for (number, message) in (1..).zip(rest) {
            let content = fragments(&message, number, 999).remove(0);
            self.down.push_back(handshake.seal(HANDSHAKE, &content));
        }
        let up = |number, secret| Epoch {
            number,
            key: server.key(secret),
        };
        let epochs = [
            handshake,
            epoch(&server, 3),
            up(2, &server.handshake[0]),
            up(3, &server.application[0]),
        ];
        self.association = Some((server, epochs));
    }

    fn hear_record(&mut self, record: &[u8]) {
        let Some((_, [_, down, up_handshake, up])) = &mut self.association else {
            return;
        };
        let up = match record[0] & 3 {
            2 => up_handshake,
            _ => up,
        };
        let Some((number, kind, content)) = open(up, record) else {
            return;
        };
        match (kind, &content[..]) {
            (ALERT, [1, 0]) => self.farewells += 1,
            (HANDSHAKE, [20, ..]) => {
                self.finished += 1;
                if !self.is_mean {
                    self.down.push_back(down.seal(ACK, &ack(2, number)));
                }
            }
            (DATA, [0x40, 0, high, low]) => {
                self.pings += 1;
                let answer = [0x70, 0, *high, *low];
                self.down.push_back(down.seal(DATA, &answer));
            }
            // A confirmable POST: version 1, and as many octets of token.
            (DATA, [first, 2, ..]) if first & 0xF0 == 0x40 => {
                let is_registration = content.windows(5).any(|w| w == b"\"REG\"");
                let code = match is_registration {
                    true => 0x41,
                    false => 0x44,
                };
                *match is_registration {
                    true => &mut self.registrations,
                    false => &mut self.messages,
                } += 1;
                let head = 4 + usize::from(first & 0xF);
                let mut answer = content[..head].to_vec();
                (answer[0], answer[1]) = (first | 0x20, code);
                match self.drop_answers {
                    0 => self.down.push_back(down.seal(DATA, &answer)),
                    _ => self.drop_answers -= 1,
                }
            }
            _ => {}
        }
    }
}

/// Opens a record with the server's Connection ID, if it has one. `None`: it is of another association.
fn open(epoch: &mut Epoch, record: &[u8]) -> Option<(u16, u8, Vec<u8>)> {
    let id = match record[0] & 0b0001_0000 {
        0 => &[][..],
        _ => &ID,
    };
    let at = 1 + id.len();
    let (header, body) = record.split_at(at + 2);
    assert_eq!(&header[1..at], id);
    let mask = epoch.mask(body);
    let mut header = header.to_vec();
    header[at] ^= mask[0];
    header[at + 1] ^= mask[1];
    let number = u16::from_be_bytes([header[at], header[at + 1]]);
    epoch.key.number = number.into();
    let (text, tag) = body.split_at(body.len() - 16);
    let (cipher, nonce) = (Cipher::aes_128_gcm(), epoch.key.nonce());
    let text = decrypt_aead(cipher, &epoch.key.key, Some(&nonce), &header, text, tag);
    let mut text = text.ok()?;
    let kind = text.pop()?;
    Some((number, kind, text))
}

/// A socket of the modem's, which may be lost.
pub struct Socket {
    peer: Rc<RefCell<Peer>>,
    number: u32,
    good: Rc<Cell<u32>>,
}

impl Socket {
    fn check(&self) -> Result<(), TransportError> {
        match self.good.get() == self.number {
            true => Ok(()),
            false => Err(TransportError::Failed(107)),
        }
    }
}

impl DatagramTransport for Socket {
    fn send(&mut self, datagram: &[u8]) -> Poll<Result<(), TransportError>> {
        self.check()?;
        self.peer.borrow_mut().hear(datagram);
        Poll::Ready(Ok(()))
    }

    fn recv(&mut self, buf: &mut [u8]) -> Poll<Result<usize, TransportError>> {
        self.check()?;
        match self.peer.borrow_mut().down.pop_front() {
            Some(datagram) => {
                buf[..datagram.len()].copy_from_slice(&datagram);
                Poll::Ready(Ok(datagram.len()))
            }
            None => Poll::Pending,
        }
    }
}

/// Keys and sockets.
pub struct Phone {
    pub peer: Rc<RefCell<Peer>>,
    good: Rc<Cell<u32>>,
    pub dialled: u32,
    failures: u32,
    pub asked: u32,
}

impl Phone {
    /// The socket is gone, with all that was on its way, and so many more cannot be had.
    pub fn lose_socket(&mut self, failures: u32) {
        self.good.set(0);
        self.failures = failures;
        self.peer.borrow_mut().down.clear();
    }
}

impl AkmaKeySource for Phone {
    fn request(&mut self, _: &AfId<'_>) -> Poll<Result<AkmaContext, KeySourceError>> {
        self.asked += 1;
        Poll::Ready(Ok(AkmaContext {
            a_kid: AKid::from_modem("0.aabbccdd@5gc.mnc001.mcc001.3gppnetwork.org").unwrap(),
            key: AkmaKey::Kaf(Kaf::from_octets(PSK)),
        }))
    }

    fn generation(&self) -> u32 {
        1
    }
}

impl Modem for Phone {
    type Transport = Socket;

    fn dial(&mut self) -> Poll<Result<Socket, TransportError>> {
        self.dialled += 1;
        if self.failures > 0 {
            self.failures -= 1;
            return Poll::Ready(Err(TransportError::Failed(107)));
        }
        self.good.set(self.dialled);
        Poll::Ready(Ok(Socket {
            peer: self.peer.clone(),
            number: self.dialled,
            good: self.good.clone(),
        }))
    }
}

/// Client, manager, modem and time.
pub struct Device<'m> {
    pub client: Client<'m>,
    pub connection: Connection<'static, Channel>,
    pub phone: Phone,
    pub now: u64,
    pub story: Vec<ConnectionEvent>,
    /// Messages that the server has taken.
    pub sent: u32,
    /// What else the application was told.
    pub events: Vec<String>,
}

impl<'m> Device<'m> {
    pub fn new(memory: &'m mut Memory) -> Self {
        Self::with(memory, |_| {})
    }

    pub fn with(memory: &'m mut Memory, adjust: impl FnOnce(&mut Settings<'_>)) -> Self {
        let mut config = tls13::Config::new(b"", FQDN);
        config.groups = &[NamedGroup::X25519];
        let configs = (config, DtlsConfig::default());
        let channel = Dtls13::new(configs, buffer(1536), buffer(1280));
        let mut settings = Settings::new(AfId::new(FQDN, UaStarId::TLS13).unwrap());
        adjust(&mut settings);
        let config = Config::new(UeServiceId::new("meter-7@iot.example").unwrap());
        Self {
            client: Client::new(config, memory.pieces(), &mut OsRng).unwrap(),
            connection: Connection::new(settings, channel),
            phone: Phone {
                peer: Rc::default(),
                good: Rc::default(),
                dialled: 0,
                failures: 0,
                asked: 0,
            },
            now: 0,
            story: Vec::new(),
            sent: 0,
            events: Vec::new(),
        }
    }

    pub fn registered(memory: &'m mut Memory) -> Self {
        let mut device = Self::new(memory);
        device.client.register().unwrap();
        device.turn();
        assert!(device.client.is_registered(), "{:?}", device.story);
        device
    }

    pub fn send(&mut self, text: &str) {
        let to = Recipient::Ue(UeServiceId::new("echo-1@iot.example").unwrap());
        let message = OutgoingMessage::text(to, text);
        self.client.send(&message, &mut OsRng).unwrap();
    }

    /// All that happens at this time.
    pub fn turn(&mut self) {
        for _ in 0..64 {
            let mut happened = false;
            let (client, phone) = (&mut self.client, &mut self.phone);
            while let Some(event) = self.connection.poll(client, phone, self.now, &mut OsRng) {
                self.story.push(event);
                happened = true;
            }
            while let Some(event) = self.client.poll_event(self.now) {
                happened = true;
                match event {
                    Event::Accepted { .. } => self.sent += 1,
                    other => self.events.push(format!("{other:?}")),
                }
            }
            if !happened {
                return;
            }
        }
        panic!("it never comes to rest at {}: {:?}", self.now, self.story);
    }

    /// Lets so many milliseconds pass, from one deadline to the next.
    pub fn pass(&mut self, ms: u64) {
        let end = self.now + ms;
        for _ in 0..10_000 {
            self.turn();
            match self.connection.next_deadline(&self.client) {
                Some(at) if at <= end => self.now = at.max(self.now),
                _ => {
                    self.now = end;
                    return;
                }
            }
        }
        panic!(
            "a deadline that never passes at {}: {:?}",
            self.now, self.story
        );
    }
}

//! What a server that has the key, a key source or a clock can do to a connection: nothing that has no end.

use core::task::Poll;
use std::cell::RefCell;
use std::rc::Rc;

use msgin5g::akma::{
    AKid, AfId, AkmaContext, AkmaKey, AkmaKeySource, Kaf, KeySourceError, UaStarId,
};
use msgin5g::client::{Client, ClientMemory, Config};
use msgin5g::coap::signal::{Release, Signal};
use msgin5g::coap::{Code, Outgoing, Token, stream};
use msgin5g::connection::{Channel, Connection, ConnectionEvent, Modem, Settings};
use msgin5g::message::UeServiceId;
use msgin5g::session::{Psk, SessionError};
use msgin5g::transport::TransportError;
use rand_core::{CryptoRng, OsRng, RngCore};

type Memory = ClientMemory<1152, 1152, 2048, 8>;

/// What the server does.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Server {
    /// It opens every session and answers every request so.
    Answers(Code),
    /// The same, and says Release with this Hold-Off (s) behind it.
    Releases(u32),
    /// It opens no session, and does not say so.
    IsSilent,
    /// It ends each session.
    HangsUp,
}

/// A session without octets that are hidden: what goes up is read, what comes down is written.
struct Here {
    server: Rc<RefCell<Server>>,
}

impl Channel for Here {
    type Transport = ();

    fn begin(
        &mut self,
        (): (),
        psk: Option<Psk<'_>>,
        _: &mut (impl RngCore + CryptoRng),
    ) -> Result<(), SessionError> {
        assert!(psk.is_some());
        Ok(())
    }

    fn poll_open(&mut self, _: u64) -> Poll<Result<(), SessionError>> {
        match *self.server.borrow() {
            Server::IsSilent => Poll::Pending,
            _ => Poll::Ready(Ok(())),
        }
    }

    fn exchange(&mut self, client: &mut Client<'_>, now: u64) -> Result<bool, SessionError> {
        if *self.server.borrow() == Server::HangsUp {
            return Err(SessionError::Closed);
        }
        let mut up = Vec::new();
        loop {
            let octets = client.poll_transmit(now);
            if octets.is_empty() {
                break;
            }
            up.extend_from_slice(octets);
            let n = octets.len();
            client.transmitted(n);
        }
        let mut down = Vec::new();
        let mut rest = &mut up[..];
        while let Ok(Some(front)) = stream::peek(rest) {
            let (_, behind) = rest.split_at_mut(front.frame_len);
            rest = behind;
            if front.code != Code::POST {
                continue;
            }
            let code = match *self.server.borrow() {
                Server::Answers(code) => code,
                _ => Code::CREATED,
            };
            let mut frame = [0; 64];
            let answer = Outgoing {
                code,
                token: front.token,
                options: &[],
                payload: &[],
            };
            let len = answer.encode_stream(&mut frame).unwrap();
            down.extend_from_slice(&frame[..len]);
            if let Server::Releases(hold_off) = *self.server.borrow() {
                let release = Signal::Release(Release {
                    hold_off: Some(hold_off),
                    ..Release::default()
                });
                let len = release.encode(Token::EMPTY, &mut frame).unwrap();
                down.extend_from_slice(&frame[..len]);
            }
        }
        let space = client.recv_space();
        space[..down.len()].copy_from_slice(&down);
        client.received(down.len());
        Ok(!down.is_empty())
    }

    fn poll_close(&mut self, _: u64) -> Poll<()> {
        Poll::Ready(())
    }

    fn abandon(&mut self) {}
}

/// Has another A-KID each time it is asked, as a source has that lets the modem authenticate for it.
#[derive(Default)]
struct Restless {
    asked: u32,
    dialled: u32,
    is_away: bool,
}

impl AkmaKeySource for Restless {
    fn request(&mut self, _: &AfId<'_>) -> Poll<Result<AkmaContext, KeySourceError>> {
        self.asked += 1;
        let a_kid = format!("0.{:064x}@5gc.mnc001.mcc001.3gppnetwork.org", self.asked);
        Poll::Ready(Ok(AkmaContext {
            a_kid: AKid::from_modem(&a_kid).unwrap(),
            key: AkmaKey::Kaf(Kaf::from_octets([7; 32])),
        }))
    }

    fn generation(&self) -> u32 {
        self.asked
    }
}

impl Modem for Restless {
    type Transport = ();

    fn dial(&mut self) -> Poll<Result<(), TransportError>> {
        if self.is_away {
            return Poll::Ready(Err(TransportError::Closed));
        }
        self.dialled += 1;
        Poll::Ready(Ok(()))
    }
}

struct Device<'m> {
    client: Client<'m>,
    connection: Connection<'static, Here>,
    modem: Restless,
    server: Rc<RefCell<Server>>,
    story: Vec<ConnectionEvent>,
}

impl<'m> Device<'m> {
    fn new(memory: &'m mut Memory, server: Server) -> Self {
        let server = Rc::new(RefCell::new(server));
        let config = Config::new(UeServiceId::new("meter-7@iot.example").unwrap());
        let af_id = AfId::new("msgin5g.example.com", UaStarId::TLS13).unwrap();
        let channel = Here {
            server: server.clone(),
        };
        Self {
            client: Client::new(config, memory.pieces(), &mut OsRng).unwrap(),
            connection: Connection::new(Settings::new(af_id), channel),
            modem: Restless::default(),
            server,
            story: Vec::new(),
        }
    }

    /// A turn of a superloop.
    fn turn(&mut self, now: u64) {
        for turns in 0.. {
            assert!(turns < 1000, "without end: {:?}", &self.story[..20]);
            let (client, modem) = (&mut self.client, &mut self.modem);
            let event = self.connection.poll(client, modem, now, &mut OsRng);
            let told = event.is_some();
            self.story.extend(event);
            let mut heard = false;
            while self.client.poll_event(now).is_some() {
                heard = true;
            }
            if !told && !heard {
                return;
            }
        }
    }

    fn deadline(&self) -> Option<u64> {
        self.connection.next_deadline(&self.client)
    }
}

/// The server opens every session and takes no registration, and there is another key each time.
#[test]
fn sessions_that_are_refused_once_they_are_open_are_no_loop() {
    let mut memory = Memory::new();
    let mut device = Device::new(&mut memory, Server::Answers(Code::UNAUTHORIZED));
    device.client.register().unwrap();
    let mut now = 0;
    while now < 24 * 3_600_000 {
        device.turn(now);
        now = device.deadline().expect("another attempt").max(now + 1);
    }
    // Two from one pause to the next.
    assert!(device.modem.dialled <= 2 * 212, "{}", device.modem.dialled);
    // A server that has come to its senses is found.
    *device.server.borrow_mut() = Server::Answers(Code::CREATED);
    device.turn(now);
    assert!(device.client.is_registered());
}

#[test]
fn no_hold_off_is_longer_than_a_day() {
    let mut memory = Memory::new();
    let mut device = Device::new(&mut memory, Server::Releases(u32::MAX));
    device.client.register().unwrap();
    device.turn(0);
    let Some(ConnectionEvent::Disconnected { retry_at, .. }) = device.story.last() else {
        panic!("{:?}", device.story);
    };
    assert!((86_400_000..=86_403_000).contains(retry_at), "{retry_at}");
}

/// Somebody sets the clock to a wrong day, and right again.
#[test]
fn a_clock_that_jumps_ahead_and_back_keeps_nobody_waiting() {
    const FAR: u64 = 1 << 50;
    let mut memory = Memory::new();
    let mut device = Device::new(&mut memory, Server::IsSilent);
    device.client.register().unwrap();
    device.turn(1000);
    for now in [FAR, 2000] {
        device.turn(now);
        let deadline = device.deadline().expect("it goes on");
        assert!(deadline <= now + 90_000, "{deadline} at {now}");
    }
    *device.server.borrow_mut() = Server::Answers(Code::CREATED);
    device.turn(5000);
    assert!(device.client.is_registered(), "{:?}", device.story);
    // Silence is measured anew as well.
    for now in [FAR, 6000] {
        device.turn(now);
    }
    assert!(device.connection.is_open());
}

/// At the end of time, or with a clock that is out of order, there is no next attempt.
#[test]
fn the_end_of_time_is_no_loop() {
    let mut memory = Memory::new();
    let mut device = Device::new(&mut memory, Server::IsSilent);
    device.modem.is_away = true;
    device.client.register().unwrap();
    device.turn(u64::MAX);
    assert_eq!(device.story.len(), 1);
    assert_eq!(device.deadline(), None);
    device.modem.is_away = false;
    *device.server.borrow_mut() = Server::Answers(Code::CREATED);
    device.turn(0);
    device.turn(10_000);
    assert!(device.client.is_registered());
}

/// What a session that lasted has shown: the pause after it is the first one again, after another it is not.
#[test]
fn a_session_that_lasted_makes_up_for_those_before() {
    for (lasts, pauses) in [(59_999, 32_000..=96_000), (60_000, 1_000..=3_000)] {
        let mut memory = Memory::new();
        let mut device = Device::new(&mut memory, Server::Answers(Code::CREATED));
        device.client.register().unwrap();
        device.modem.is_away = true;
        let mut now = 0;
        for _ in 0..5 {
            device.turn(now);
            now = device.deadline().expect("another attempt");
        }
        device.modem.is_away = false;
        device.turn(now);
        assert!(device.client.is_registered());
        now += lasts;
        device.turn(now);
        *device.server.borrow_mut() = Server::HangsUp;
        device.turn(now);
        let Some(ConnectionEvent::Disconnected { retry_at, .. }) = device.story.last() else {
            panic!("{:?}", device.story);
        };
        assert!(pauses.contains(&(retry_at - now)), "{}", retry_at - now);
    }
}

//! A device and the reference network in one thread, in memory: the test owns every octet and
//! every millisecond.

use core::pin::pin;
use core::task::Poll;
use std::cell::{Cell, RefCell};
use std::collections::BTreeSet;
use std::rc::Rc;

use msgin5g::akma::{
    AfId, AkmaContext, AkmaKeySource, Kausf, KausfSource, KeySourceError, MncLength,
    RoutingIndicator, Supi, UaStarId,
};
use msgin5g::client::{Client, ClientMemory, Config, Event, OutgoingMessage};
use msgin5g::connection::{
    Channel, Connection, ConnectionEvent, EmbeddedTls, EmbeddedTlsMemory, Modem, Plain, Settings,
    Tls13,
};
use msgin5g::message::{MessageId, Recipient, UeServiceId};
use msgin5g::session::TlsConfig;
use msgin5g::session::tls13::crypto::RustCrypto;
use msgin5g::session::tls13::{self};
use msgin5g::transport::{Faults, Faulty, StreamTransport, TransportError};
use msgin5g_testnet::{Line, MemoryNet, Subscriber};
use rand_core::{CryptoRng, RngCore};

pub const SUPI: &str = "001010000000001";
pub const METER: &str = "meter-7@iot.example";
pub const ECHO: &str = "echo-1@iot.example";
pub const FQDN: &str = "msgin5g.example.com";
pub const K_AUSF: [u8; 32] = [0x11; 32];

pub type Memory = ClientMemory<1152, 1152, 2048, 8>;
pub type Net = Rc<RefCell<MemoryNet>>;
pub type Keys = KausfSource<'static>;

/// The longest pause, shifted by half of it.
pub const LONGEST_WAIT_MS: u64 = 1_350_000;

/// The two TLS backends, and none.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Backend {
    EmbeddedTls,
    Tls13,
    Plain,
}

pub const BOTH: [Backend; 2] = [Backend::EmbeddedTls, Backend::Tls13];

/// A network with the meter as subscriber and an echo.
pub fn network() -> Net {
    network_with(|_| {})
}

pub fn network_with(adjust: impl FnOnce(&mut msgin5g_testnet::Config)) -> Net {
    let mut config = msgin5g_testnet::Config {
        echo: vec![ECHO.to_owned()],
        ..msgin5g_testnet::Config::default()
    };
    adjust(&mut config);
    let net = MemoryNet::new(config).expect("a network");
    net.add_subscriber(Subscriber::new(SUPI, K_AUSF).with_ue(METER))
        .expect("a subscriber");
    Rc::new(RefCell::new(net))
}

pub fn keys() -> Keys {
    let supi = Supi::imsi(SUPI).unwrap();
    let home = supi.home_network(MncLength::Two).unwrap();
    KausfSource::new(supi, RoutingIndicator::new("0").unwrap(), home)
        .with_k_ausf(Kausf::from_octets(K_AUSF))
}

pub fn settings() -> Settings<'static> {
    Settings::new(AfId::new(FQDN, UaStarId::TLS13).unwrap())
}

/// A transport to the network in memory.
pub struct Wire {
    net: Net,
    line: Line,
    moved: Rc<Cell<u64>>,
    ruin: Rc<Cell<Option<Ruin>>>,
    ruined: Option<Ruin>,
    attack: Option<Rc<RefCell<dyn Attack>>>,
    /// Octets on their way, up and down, of which the attacker has not seen a whole record yet.
    partial: [Vec<u8>; 2],
    /// What the attacker lets through downwards.
    down: Vec<u8>,
}

/// Somebody on the path, who sees whole records.
pub trait Attack {
    /// A record on its way: 0 is up, 1 is down. What goes on in its place.
    fn record(&mut self, way: usize, record: Vec<u8>) -> Vec<Vec<u8>>;
}

/// Takes the whole records from the front.
fn records(stream: &mut Vec<u8>) -> Vec<Vec<u8>> {
    let mut whole = Vec::new();
    while let [_, _, _, high, low, ..] = stream[..] {
        let len = 5 + usize::from(u16::from_be_bytes([high, low]));
        if stream.len() < len {
            break;
        }
        whole.push(stream.drain(..len).collect());
    }
    whole
}

/// What happens to the line of the moment when so many octets have moved over all lines.
#[derive(Debug, Clone, Copy)]
pub enum Ruin {
    Cut { at: u64 },
    Silence { at: u64 },
}

impl Wire {
    fn ruined(&mut self) -> Option<Ruin> {
        if let Some(ruin) = self.ruin.get() {
            let (Ruin::Cut { at } | Ruin::Silence { at }) = ruin;
            if self.moved.get() >= at {
                self.ruined = self.ruin.take();
            }
        }
        self.ruined
    }
}

impl StreamTransport for Wire {
    fn send(&mut self, data: &[u8]) -> Poll<Result<usize, TransportError>> {
        match self.ruined() {
            Some(Ruin::Cut { .. }) => return Poll::Ready(Err(TransportError::Closed)),
            Some(Ruin::Silence { .. }) => return Poll::Ready(Ok(data.len())),
            None => {}
        }
        let passed = match &self.attack {
            None => data.to_vec(),
            Some(attack) => {
                self.partial[0].extend(data);
                let whole = records(&mut self.partial[0]).into_iter();
                let mut attack = attack.borrow_mut();
                whole
                    .flat_map(|record| attack.record(0, record))
                    .flatten()
                    .collect()
            }
        };
        if !self.net.borrow_mut().send(self.line, &passed) {
            return Poll::Ready(Err(TransportError::Closed));
        }
        self.moved.set(self.moved.get() + data.len() as u64);
        Poll::Ready(Ok(data.len()))
    }

    fn recv(&mut self, buf: &mut [u8]) -> Poll<Result<usize, TransportError>> {
        match self.ruined() {
            Some(Ruin::Cut { .. }) => return Poll::Ready(Err(TransportError::Closed)),
            Some(Ruin::Silence { .. }) => return Poll::Pending,
            None => {}
        }
        if let Some(attack) = &self.attack {
            let mut octets = [0; 4096];
            let came = self.net.borrow_mut().recv(self.line, &mut octets);
            self.partial[1].extend(&octets[..came.unwrap_or(0)]);
            for record in records(&mut self.partial[1]) {
                self.down
                    .extend(attack.borrow_mut().record(1, record).concat());
            }
            let n = self.down.len().min(buf.len());
            for (to, from) in buf.iter_mut().zip(self.down.drain(..n)) {
                *to = from;
            }
            self.moved.set(self.moved.get() + n as u64);
            return match (n, came) {
                (0, None) => Poll::Ready(Err(TransportError::Closed)),
                (0, Some(_)) => Poll::Pending,
                _ => Poll::Ready(Ok(n)),
            };
        }
        match self.net.borrow_mut().recv(self.line, buf) {
            None => Poll::Ready(Err(TransportError::Closed)),
            Some(0) => Poll::Pending,
            Some(n) => {
                self.moved.set(self.moved.get() + n as u64);
                Poll::Ready(Ok(n))
            }
        }
    }
}

impl Drop for Wire {
    fn drop(&mut self) {
        self.net.borrow_mut().hang_up(self.line);
    }
}

/// Keys and a way to the network, whose lines are as bad as the test wants.
pub struct Phone {
    pub keys: Script,
    net: Net,
    secured: bool,
    pub moved: Rc<Cell<u64>>,
    pub ruin: Rc<Cell<Option<Ruin>>>,
    /// On the lines dialled next.
    pub attack: Option<Rc<RefCell<dyn Attack>>>,
    /// Of the lines dialled next, in this order; good ones after that.
    pub faults: Vec<Faults>,
    pub dialled: u32,
    pub pending_dials: u32,
    pub dial_error: Option<TransportError>,
}

/// A key source to which things happen when it is asked.
pub struct Script {
    pub source: Keys,
    /// How often it was asked.
    pub requests: u32,
    /// Its generation when it was asked last.
    pub answered: u32,
    /// What happens before the answer to this request, counted from 1.
    pub plan: Vec<(u32, Change)>,
    /// Another key each time.
    pub restless: bool,
}

#[derive(Debug, Clone, Copy)]
pub enum Change {
    /// A primary authentication begins.
    Authenticating,
}

impl Script {
    fn new() -> Self {
        Self {
            source: keys(),
            requests: 0,
            answered: 0,
            plan: Vec::new(),
            restless: false,
        }
    }

    pub fn set(&mut self, k_ausf: [u8; 32]) {
        self.source.set_k_ausf(Kausf::from_octets(k_ausf));
    }
}

impl AkmaKeySource for Phone {
    fn request(&mut self, af_id: &AfId<'_>) -> Poll<Result<AkmaContext, KeySourceError>> {
        let keys = &mut self.keys;
        keys.requests += 1;
        for (_, change) in keys
            .plan
            .clone()
            .iter()
            .filter(|(at, _)| *at == keys.requests)
        {
            match change {
                Change::Authenticating => keys.source.begin_authentication(),
            }
        }
        if keys.restless {
            let [a, b, c, d] = keys.requests.to_be_bytes();
            let mut k_ausf = [0x77; 32];
            k_ausf[..4].copy_from_slice(&[a, b, c, d]);
            keys.set(k_ausf);
        }
        keys.answered = keys.source.generation();
        keys.source.request(af_id)
    }

    fn generation(&self) -> u32 {
        self.keys.source.generation()
    }
}

impl Modem for Phone {
    type Transport = Faulty<Wire>;

    fn dial(&mut self) -> Poll<Result<Self::Transport, TransportError>> {
        if let Some(error) = self.dial_error {
            return Poll::Ready(Err(error));
        }
        if self.pending_dials > 0 {
            self.pending_dials -= 1;
            return Poll::Pending;
        }
        self.dialled += 1;
        let faults = match self.faults.is_empty() {
            true => Faults::NONE,
            false => self.faults.remove(0),
        };
        let line = self.net.borrow_mut().dial(self.secured);
        let wire = line.map(|line| Wire {
            net: self.net.clone(),
            line,
            moved: self.moved.clone(),
            ruin: self.ruin.clone(),
            ruined: None,
            attack: self.attack.clone(),
            partial: Default::default(),
            down: Vec::new(),
        });
        Poll::Ready(
            wire.map(|wire| Faulty::new(wire, faults))
                .ok_or(TransportError::Closed),
        )
    }
}

/// A device: client, connection, modem, time.
pub struct Device<'a, 'm, C> {
    pub client: Client<'m>,
    pub connection: Connection<'a, C>,
    pub phone: Phone,
    pub rng: Chance,
    pub now: u64,
    pub net: Net,
    pub story: Vec<ConnectionEvent>,
    /// How often `poll` was called.
    pub polls: u64,
    /// The generations of the keys under which sessions have been opened.
    pub keys_used: BTreeSet<u32>,
}

/// What the test does with a device, whatever its channel.
pub trait Test {
    fn run<C: Channel<Transport = Faulty<Wire>>>(self, device: &mut Device<'_, '_, C>);
}

/// Makes a device over this backend and runs the test with it.
pub fn with_device(
    backend: Backend,
    net: &Net,
    settings: Settings<'_>,
    configure: impl FnOnce(&mut Config<'_>),
    seed: u64,
    test: impl Test,
) {
    let mut memory = Memory::new();
    let mut config = Config::new(UeServiceId::new(METER).unwrap());
    configure(&mut config);
    let mut rng = Chance::new(seed);
    let client = Client::new(config, memory.pieces(), &mut rng).unwrap();
    let phone = Phone {
        keys: Script::new(),
        net: net.clone(),
        secured: backend != Backend::Plain,
        moved: Rc::default(),
        ruin: Rc::default(),
        attack: None,
        faults: Vec::new(),
        dialled: 0,
        pending_dials: 0,
        dial_error: None,
    };
    let base = (client, phone, rng, net.clone());
    match backend {
        Backend::EmbeddedTls => {
            let mut memory = EmbeddedTlsMemory::<Faulty<Wire>>::new();
            let (desk, work) = memory.sessions(TlsConfig::new(FQDN));
            let work = pin!(work);
            let channel = EmbeddedTls::new(desk, work);
            test.run(&mut device(base, settings, channel));
        }
        Backend::Tls13 => {
            let (mut receive, mut send) = ([0; 640], [0; 640]);
            let config = tls13::Config::new(b"", FQDN);
            let channel = Tls13::<_, RustCrypto>::new(config, &mut receive, &mut send);
            test.run(&mut device(base, settings, channel));
        }
        Backend::Plain => test.run(&mut device(base, settings, Plain::new())),
    }
}

fn device<'a, 'm, C: Channel>(
    (client, phone, rng, net): (Client<'m>, Phone, Chance, Net),
    settings: Settings<'a>,
    channel: C,
) -> Device<'a, 'm, C> {
    Device {
        client,
        connection: Connection::new(settings, channel),
        phone,
        rng,
        now: 0,
        net,
        story: Vec::new(),
        polls: 0,
        keys_used: BTreeSet::new(),
    }
}

impl<C: Channel<Transport = Faulty<Wire>>> Device<'_, '_, C> {
    /// One turn of a superloop. Whether anything has happened.
    pub fn turn(&mut self, mut on_event: impl FnMut(&Event<'_>)) -> bool {
        let before = (self.phone.moved.get(), self.phone.dialled);
        let mut happened = false;
        loop {
            self.polls += 1;
            let event =
                self.connection
                    .poll(&mut self.client, &mut self.phone, self.now, &mut self.rng);
            let Some(event) = event else { break };
            if event == ConnectionEvent::Connected {
                self.keys_used.insert(self.phone.keys.answered);
            }
            self.story.push(event);
            happened = true;
        }
        while let Some(event) = self.client.poll_event(self.now) {
            on_event(&event);
            happened = true;
        }
        happened || before != (self.phone.moved.get(), self.phone.dialled)
    }

    /// Turns until `done` says so. Time passes only when nothing else happens, and then to the
    /// next deadline at once, as on a device that sleeps. Fails after `limit` (ms).
    pub fn until(
        &mut self,
        limit: u64,
        mut on_event: impl FnMut(&Event<'_>),
        mut done: impl FnMut(&Self) -> bool,
    ) {
        let end = self.now + limit;
        let mut idle = 0;
        while !done(self) {
            if self.turn(&mut on_event) {
                idle = 0;
                continue;
            }
            idle += 1;
            // A line that stutters says "nothing now" and goes on.
            if idle < 4 {
                continue;
            }
            let own = self.connection.next_deadline(&self.client);
            // Whatever happens, a device without a session wakes up by itself.
            let latest = self.now + LONGEST_WAIT_MS;
            assert!(
                self.connection.is_open() || own.is_some_and(|at| at <= latest),
                "it hangs: {:?}",
                self.story
            );
            let net = self.net.borrow().next_due_ms();
            let theirs = net.map(|at| self.now + at.saturating_sub(self.net.borrow().now_ms()));
            let next = own.into_iter().chain(theirs).min();
            let next = next.unwrap_or_else(|| panic!("nothing will ever happen: {:?}", self.story));
            assert!(next <= end, "not within {limit} ms: {:?}", self.story);
            self.pass(next.saturating_sub(self.now).max(1));
        }
    }

    pub fn pass(&mut self, ms: u64) {
        self.now += ms;
        let time = std::time::Duration::from_millis(ms);
        self.net.borrow().advance(time);
        self.net.borrow_mut().work();
    }

    pub fn send(&mut self, to: &str, text: &str) -> MessageId<'static> {
        let to = Recipient::Ue(UeServiceId::new(to).unwrap());
        let message = OutgoingMessage::text(to, text).with_report();
        self.client.send(&message, &mut self.rng).unwrap()
    }
}

/// Numbers that one seed gives (xorshift64*). A generator for tests only.
#[derive(Clone)]
pub struct Chance(u64);

impl Chance {
    pub fn new(seed: u64) -> Self {
        let mut chance = Self(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1);
        chance.next_u64();
        chance
    }

    pub fn below(&mut self, bound: u64) -> u64 {
        (self.next_u64() >> 11) % bound
    }
}

impl RngCore for Chance {
    fn next_u32(&mut self) -> u32 {
        (self.next_u64() >> 32) as u32
    }

    fn next_u64(&mut self) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        self.0.wrapping_mul(0x2545_f491_4f6c_dd1d)
    }

    fn fill_bytes(&mut self, dest: &mut [u8]) {
        for chunk in dest.chunks_mut(8) {
            chunk.copy_from_slice(&self.next_u64().to_be_bytes()[..chunk.len()]);
        }
    }

    fn try_fill_bytes(&mut self, dest: &mut [u8]) -> Result<(), rand_core::Error> {
        self.fill_bytes(dest);
        Ok(())
    }
}

impl CryptoRng for Chance {}

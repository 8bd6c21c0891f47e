//! Messages for a long time: each comes exactly once and is reported exactly once, through a new
//! K_AUSF every 1,000 messages and a fault chosen at random every 50; and nothing piles up.
//!
//! The full 100,000 go up through the real client, the real manager and the crate's own TLS 1.3 to
//! OpenSSL and the reference server in memory, and as many echoes come back, in little more than
//! a minute. The same plan runs with fewer messages over embedded-tls and over a bare stream.
//! There is no clock: the time is the test's.
//!
//! That nothing piles up is looked at in two ways: the device, which has no heap, takes as many
//! messages at the end as a new one; and what device and network together hold of the heap is no
//! more after the last tenth of the messages than it was as soon as the server had as many as it
//! remembers.
//!
//! `SOAK_SEED=n` is another run, `SOAK_MESSAGES=n` a longer or shorter one.
#![cfg(all(
    feature = "embedded-tls",
    feature = "tls13",
    feature = "gcm",
    feature = "p256"
))]

#[path = "support/heap.rs"]
mod heap;
#[allow(dead_code, reason = "shared with the tests of the connection")]
#[path = "connection/network/world.rs"]
mod world;

use std::collections::{BTreeMap, HashMap};

use msgin5g::client::{Event, SendError};
use msgin5g::connection::{Channel, ConnectionEvent};
use msgin5g::message::MessageId;
use msgin5g::transport::Faulty;
use msgin5g_testnet::{Faults, MemoryNet, Refuse};
use rand_core::RngCore;
use world::*;

/// Messages on their way at once.
const AT_ONCE: usize = 2;
/// Messages and reports in the outbox, so that there is always room for the report on a message
/// that comes: this server gives a message up that is answered 5.03.
const PENDING: usize = 3;
const HOUR_MS: u64 = 3_600_000;
/// Messages up from one K_AUSF to the next, and from one fault to the next.
const KEY_LASTS: u64 = 1000;
const FAULT_EVERY: u64 = 50;

/// What the heap may grow by from one tenth of a long run to the next: half-empty tables and queues. One octet lost with
/// each message would be more.
const SLACK: i64 = 8_192;
/// Messages up after which the server's memory of what it has seen is full.
const SERVER_REMEMBERS: u64 = 10_000;

/// So many messages up, and as many back from the echo.
struct Soak {
    backend: Backend,
    messages: u64,
    seed: u64,
}

/// What became of a message.
#[derive(Debug, Default)]
struct Fate {
    number: u64,
    accepted: u32,
    reported: u32,
}

#[derive(Default)]
struct Ledger {
    /// Messages sent.
    number: u64,
    /// By Message ID, until all has come.
    open: HashMap<String, Fate>,
    /// Echoes by number, until they have come.
    echoes: HashMap<u64, u32>,
    done: u64,
    duplicates: u64,
}

impl Ledger {
    fn sent(&mut self, id: MessageId<'_>, number: u64) {
        let fate = Fate {
            number,
            ..Fate::default()
        };
        assert!(self.open.insert(id.to_string(), fate).is_none());
        self.echoes.insert(number, 0);
    }

    fn on(&mut self, event: &Event<'_>) {
        match event {
            Event::Accepted { message_id } => self.fate(message_id).accepted += 1,
            Event::Report(report) => {
                assert!(report.status.is_success());
                self.fate(&report.message_id).reported += 1;
            }
            Event::Message { msg, .. } => {
                let number = msg.payload.strip_prefix("echo: reading ").expect("an echo");
                let number: u64 = number.parse().expect("its number");
                let came = self.echoes.get_mut(&number).expect("not before, not twice");
                *came += 1;
            }
            Event::Duplicate => self.duplicates += 1,
            Event::Failed { .. } | Event::ReportFailed { .. } | Event::Malformed(_) => {
                panic!("{event:?}")
            }
            _ => {}
        }
    }

    fn fate(&mut self, id: &MessageId<'_>) -> &mut Fate {
        self.open
            .get_mut(&id.to_string())
            .expect("a message that is not over")
    }

    /// Strikes off what has come exactly once, in all three ways.
    fn settle(&mut self) {
        self.open.retain(|_, fate| {
            assert!(fate.accepted <= 1 && fate.reported <= 1, "{fate:?}");
            let echoed = self.echoes.get(&fate.number).copied().unwrap_or_default();
            let is_over = (fate.accepted, fate.reported, echoed) == (1, 1, 1);
            if is_over {
                self.echoes.remove(&fate.number);
                self.done += 1;
            }
            !is_over
        });
    }
}

impl Test for Soak {
    fn run<C: Channel<Transport = Faulty<Wire>>>(self, device: &mut Device<'_, '_, C>) {
        let mut ledger = Ledger::default();
        let mut tally = Tally::default();
        let mut chance = Chance::new(self.seed ^ 0x50ac);
        let mut heap = Vec::new();
        device.client.register().unwrap();
        for tenth in 1..=10 {
            let until = self.messages * tenth / 10;
            carry(device, &mut ledger, &mut tally, &mut chance, until);
            device.until(
                HOUR_MS,
                |event| ledger.on(event),
                |device| device.client.is_idle() && device.client.is_registered(),
            );
            device.turn(|event| ledger.on(event));
            tally.take(device);
            assert_eq!(device.net.borrow().waiting(METER), 0, "at the server");
            // What the network tells a person is not what it has to remember.
            device.net.borrow().forget_events();
            if ledger.done >= SERVER_REMEMBERS {
                heap.push(heap::in_use());
            }
        }
        // Nothing has piled up: as many fit as in a new client.
        assert_eq!(capacity(device), fresh_capacity());
        // What is lost with messages is lost in each tenth. A table of the server's, in which old names make room for
        // new ones, may be made twice as large once, whenever chance fills it with gaps.
        let grown = heap.windows(2).filter(|pair| pair[1] - pair[0] >= SLACK);
        let most = heap.len() / 3;
        assert!(grown.count() <= most, "the heap after each tenth: {heap:?}");
        println!(
            "{} messages each way over {} sessions under {} keys in {} h; {} repeats told apart; \
             {:?}; heap {heap:?}",
            ledger.done,
            device.phone.dialled,
            device.keys_used.len(),
            device.now / HOUR_MS,
            ledger.duplicates,
            tally.0,
        );
        if self.backend != Backend::Plain {
            // Between two changes the session breaks a dozen times: each key came to be used.
            let changes = usize::try_from(self.messages / KEY_LASTS).unwrap();
            assert!(device.keys_used.len() >= changes, "each key was used");
            let refused = tally.0.get("KeyRefused");
            assert!(changes < 10 || refused.is_some(), "{:?}", tally.0);
        }
    }
}

/// Sends until so many messages have come back, through changes of key and faults.
fn carry<C: Channel<Transport = Faulty<Wire>>>(
    device: &mut Device<'_, '_, C>,
    ledger: &mut Ledger,
    tally: &mut Tally,
    chance: &mut Chance,
    until: u64,
) {
    while ledger.done < until {
        let may_send = |ledger: &Ledger, device: &Device<'_, '_, C>| {
            ledger.open.len() < AT_ONCE && device.client.pending() < PENDING
        };
        while may_send(ledger, device) && ledger.number < until {
            ledger.number += 1;
            let number = ledger.number;
            let id = device.send(ECHO, &format!("reading {number}"));
            ledger.sent(id, number);
            if number.is_multiple_of(KEY_LASTS) {
                let n = number / KEY_LASTS;
                change_key(device, n, ledger, chance);
            }
            if number.is_multiple_of(FAULT_EVERY) {
                fault(device, chance);
            }
        }
        let before = ledger.done;
        let seen = std::cell::RefCell::new(&mut *ledger);
        device.until(
            12 * HOUR_MS,
            |event| seen.borrow_mut().on(event),
            |device| {
                let mut ledger = seen.borrow_mut();
                ledger.settle();
                ledger.done > before || (ledger.open.is_empty() && device.client.pending() == 0)
            },
        );
        tally.take(device);
    }
}

/// How often the manager told what.
#[derive(Default)]
struct Tally(BTreeMap<&'static str, u64>);

impl Tally {
    fn take<C>(&mut self, device: &mut Device<'_, '_, C>) {
        for event in device.story.drain(..) {
            let name = match event {
                ConnectionEvent::Connected => "Connected",
                ConnectionEvent::Disconnected { .. } => "Disconnected",
                ConnectionEvent::ConnectFailed { .. } => "ConnectFailed",
                ConnectionEvent::KeyChanged => "KeyChanged",
                ConnectionEvent::KeyRenewed => "KeyRenewed",
                ConnectionEvent::KeyRefused { .. } => "KeyRefused",
                ConnectionEvent::NothingLasts { .. } => "NothingLasts",
                other => panic!("{other}"),
            };
            *self.0.entry(name).or_default() += 1;
        }
    }
}

/// How many messages the outbox takes until it is full.
fn capacity<C: Channel<Transport = Faulty<Wire>>>(device: &mut Device<'_, '_, C>) -> usize {
    fill(&mut device.client, &mut device.rng)
}

fn fresh_capacity() -> usize {
    let mut memory = Memory::new();
    let config = msgin5g::client::Config::new(msgin5g::message::UeServiceId::new(METER).unwrap());
    let mut rng = Chance::new(1);
    let mut client = msgin5g::client::Client::new(config, memory.pieces(), &mut rng).unwrap();
    fill(&mut client, &mut rng)
}

fn fill(client: &mut msgin5g::client::Client<'_>, rng: &mut Chance) -> usize {
    let to = msgin5g::message::UeServiceId::new(ECHO).unwrap();
    let to = msgin5g::message::Recipient::Ue(to);
    let message = msgin5g::client::OutgoingMessage::text(to, "the same length for everybody");
    let mut count = 0;
    loop {
        match client.send(&message, rng) {
            Ok(_) => count += 1,
            Err(SendError::OutboxFull | SendError::OutboxTooSmall { .. }) => return count,
            Err(error) => panic!("{error}"),
        }
    }
}

/// A primary authentication. The network may know of it before the UE does, or a session may be
/// lost in between.
fn change_key<C: Channel<Transport = Faulty<Wire>>>(
    device: &mut Device<'_, '_, C>,
    n: u64,
    ledger: &mut Ledger,
    chance: &mut Chance,
) {
    let mut k_ausf = [0x80; 32];
    k_ausf[..8].copy_from_slice(&n.to_be_bytes());
    device.net.borrow().reauthenticate(SUPI, k_ausf);
    match chance.below(3) {
        0 => {}
        1 => {
            device.net.borrow().disconnect(METER, false);
        }
        _ => {
            // The UE comes with the old key, and is refused, before it knows.
            device.net.borrow().disconnect(METER, false);
            device.net.borrow_mut().work();
            for _ in 0..20 {
                device.connection.hurry();
                device.turn(|event| ledger.on(event));
                if matches!(
                    device.story.last(),
                    Some(ConnectionEvent::KeyRefused { .. })
                ) {
                    break;
                }
            }
        }
    }
    device.phone.keys.set(k_ausf);
}

/// Something goes wrong.
fn fault<C: Channel<Transport = Faulty<Wire>>>(
    device: &mut Device<'_, '_, C>,
    chance: &mut Chance,
) {
    let net = device.net.borrow();
    let cut = |net: &MemoryNet| {
        net.disconnect(METER, false);
    };
    let mut faults = Faults::default();
    match chance.below(12) {
        0 => {
            net.disconnect(METER, true);
        }
        1 => cut(&net),
        2 => net.restart(),
        3 => {
            faults.refuse_connections = 1 + chance.next_u32() % 3;
            cut(&net);
        }
        4 => {
            faults.stall_handshakes = 1;
            cut(&net);
        }
        5 => faults.drop_answers = 1,
        6 => faults.duplicate_answers = 3,
        7 => faults.lose_requests = 1,
        8 => faults.duplicate_deliveries = 3,
        9 => {
            faults.refuse_requests = Some(Refuse {
                max_age: Some(3),
                ..Refuse::once(msgin5g_testnet::coap::Code::UNAVAILABLE)
            });
        }
        10 => {
            // The line dies somewhere in the next messages.
            let at = device.phone.moved.get() + chance.below(3_000);
            device.phone.ruin.set(Some(Ruin::Cut { at }));
        }
        _ => {
            let at = device.phone.moved.get() + chance.below(3_000);
            device.phone.ruin.set(Some(Ruin::Silence { at }));
        }
    }
    net.set_faults(faults);
    drop(net);
    device.net.borrow_mut().work();
}

fn soak(backend: Backend, messages: u64) {
    let number = |name, usual| match std::env::var(name) {
        Ok(text) => text.parse().expect("a number"),
        Err(_) => usual,
    };
    let seed = number("SOAK_SEED", 1);
    println!("{backend:?}: SOAK_SEED={seed}");
    let messages = number("SOAK_MESSAGES", messages);
    let mut settings = settings();
    settings.ping_ms = Some(300_000);
    let test = Soak {
        backend,
        messages,
        seed,
    };
    with_device(backend, &network(), settings, |_| {}, seed, test);
}

#[test]
fn a_hundred_thousand_messages_over_the_own_core() {
    // As many come back.
    soak(Backend::Tls13, 100_000);
}

#[test]
fn thousands_over_embedded_tls() {
    soak(Backend::EmbeddedTls, 2_000);
}

#[test]
fn thousands_over_a_bare_stream() {
    soak(Backend::Plain, 5_000);
}

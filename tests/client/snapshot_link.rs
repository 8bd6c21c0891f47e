//! Two clients over bad links that lose their power at any moment: each is saved, its memory is
//! gone, and another life goes on from the snapshot on another clock, with the session it had or
//! with a new one.
//!
//! Whatever happens, each message reaches the application exactly once and as it was sent, each
//! wanted report comes exactly once, and in the end nobody holds anything. The same as
//! `link.rs`, and the same thousand runs.

use crate::ledger;
use crate::script;
use crate::sleeper;

use crate::ledger::{Ledger, Memory, NAMES};
use crate::on_the_way::{OnTheWay, Way};
use crate::relay::{Chance, Frame, Relay, Seen};
use crate::sleeper::Fuses;
use msgin5g::client::{Client, Config, Pieces};
use msgin5g::snapshot::{self, Contents};

/// Long after everything: an hour for each message.
const END_MS: u64 = 200 * 3_600_000;

/// SNAPSHOT_SEED: one run to look at.
#[test]
fn each_message_and_each_report_comes_exactly_once_through_any_number_of_lives() {
    if let Some(Found { seen, lives }) = ledger::run_all("SNAPSHOT_SEED", 1000, World::run) {
        // Otherwise it would all be easy.
        let rarest = seen.recoveries.min(seen.confirmations).min(seen.reports);
        assert!(
            rarest > 500 && seen.segments > 5_000 && seen.aggregates > 200,
            "{seen:?}"
        );
        let rarest = lives.resumed.min(lives.interrupted).min(lives.checkpoints);
        assert!(rarest > 500 && lives.full > 1_000, "{lives:?}");
    }
}

/// What a run has been through.
#[derive(Default)]
struct Found {
    seen: Seen,
    lives: Lives,
}

impl std::ops::AddAssign for Found {
    fn add_assign(&mut self, other: Self) {
        self.seen += other.seen;
        self.lives.add(other.lives);
    }
}

/// How often a life ended, and in which state.
#[derive(Debug, Default, Clone, Copy)]
struct Lives {
    /// The next one went on with the same session.
    resumed: u32,
    /// In the middle of a frame.
    interrupted: u32,
    /// It did not end after all.
    checkpoints: u32,
    /// With something in the outbox or half received.
    full: u32,
}

impl Lives {
    fn add(&mut self, other: Self) {
        self.resumed += other.resumed;
        self.interrupted += other.interrupted;
        self.checkpoints += other.checkpoints;
        self.full += other.full;
    }
}

/// A life that has ended, in flash.
struct Sleep {
    octets: Vec<u8>,
    since: u64,
    until: u64,
    /// The session lives on without it.
    keeps_session: bool,
}

struct World {
    clients: Vec<Client<'static>>,
    configs: [Config<'static>; 2],
    sleeps: [Option<Sleep>; 2],
    /// What the clients' clocks are behind.
    offsets: [u64; 2],
    fuses: [Fuses; 2],
    lives: Lives,
    relay: Relay,
    chance: Chance,
    rng: script::Counter,
    now: u64,
    on_the_way: OnTheWay,
    /// Sessions that were opened; frames of older ones do not arrive.
    sessions: [u64; 2],
    ledger: Ledger,
}

impl World {
    fn run(seed: u64) -> Found {
        let mut chance = Chance::new(seed);
        let mut rng = script::Counter(seed << 20);
        let configs = [0, 1].map(|side| {
            let mut config = ledger::config(side, &mut chance);
            config.answer_timeout_ms = 4_000;
            config
        });
        let clients = configs.map(|config| Client::new(config, memory(), &mut rng).unwrap());
        let clients = clients.into();
        let mut world = World {
            clients,
            configs,
            sleeps: [None, None],
            offsets: [0; 2],
            fuses: [Fuses::default(); 2],
            lives: Lives::default(),
            relay: Relay::new(NAMES),
            rng: script::Counter(seed << 21),
            now: 0,
            on_the_way: OnTheWay::default(),
            sessions: [0; 2],
            ledger: Ledger::new(seed, &mut chance),
            chance,
        };
        for side in 0..2 {
            world.clients[side].register().unwrap();
            world.connect(side);
        }
        while !world.is_over() {
            world.step();
            let ledger = &world.ledger;
            assert!(
                world.now < END_MS,
                "no end: {}",
                ledger.state(&world.clients)
            );
        }
        world.ledger.check(&world.clients);
        Found {
            seen: world.relay.seen,
            lives: world.lives,
        }
    }

    fn is_over(&self) -> bool {
        self.sleeps.iter().all(Option::is_none)
            && self.ledger.is_done(&self.clients)
            && self.relay.is_idle()
            && self.on_the_way.is_empty()
    }

    fn step(&mut self) {
        self.wake();
        for (side, sleep) in self.sleeps.iter().enumerate() {
            if let Some(sleep) = sleep {
                self.ledger.postpone(side, sleep.until + 1);
            }
        }
        for side in self.ledger.broken(self.now) {
            self.clients[side].disconnected();
            self.connect(side);
        }
        self.ledger.apply(&mut self.clients, self.now);
        for side in 0..2 {
            self.run_client(side);
            self.maybe_sleep(side);
        }
        for (side, frame) in self.relay.due(self.now) {
            self.put_on_way(side, Way::Down(self.sessions[side]), frame);
        }
        self.now = self.next_time();
        while let Some((side, way, frame)) = self.on_the_way.arrived(self.now) {
            match way {
                Way::Up(session) if session == self.sessions[side] => {
                    self.relay.take(side, &frame, self.now, &mut self.chance);
                }
                Way::Down(session) if session == self.sessions[side] => {
                    match &self.sleeps[side] {
                        None => self.give(side, &frame.octets),
                        // The modem keeps it.
                        Some(sleep) if sleep.keeps_session => {
                            let at = sleep.until + 1;
                            self.on_the_way.insert(at, (side, way, frame));
                        }
                        Some(_) => {}
                    }
                }
                // Of a session that is no more.
                _ => {}
            }
        }
    }

    fn next_time(&self) -> u64 {
        let awake = (0..2).filter(|side| self.sleeps[*side].is_none());
        let clients = awake.filter_map(|side| {
            let deadline = self.clients[side].next_deadline()?;
            Some(deadline.saturating_add(self.offsets[side]))
        });
        let sleeps = self.sleeps.iter().flatten().map(|sleep| sleep.until);
        let ways = self.on_the_way.next_time();
        let all = clients
            .chain(sleeps)
            .chain(ways)
            .chain(self.ledger.next_time())
            .chain(self.relay.deadline());
        // Time stands still while something can be done at once, but not for ever.
        all.min().unwrap_or(self.now).max(self.now + 1)
    }

    /// Sometimes the power goes, or a snapshot is made in case it does.
    fn maybe_sleep(&mut self, side: usize) {
        if self.sleeps[side].is_some() || self.chance.below(60) > 0 {
            return;
        }
        if self.chance.below(4) == 0 {
            // Some octets of a frame have left, and nothing that came has been looked at.
            let now = self.now - self.offsets[side];
            let n = self.clients[side].poll_transmit(now).len();
            if n > 1 {
                self.clients[side].transmitted(1);
            } else {
                let space = self.clients[side].recv_space();
                space[0] = 0xd0;
                self.clients[side].received(1);
            }
            self.sessions[side] += 1;
            self.relay.cut(side);
            self.lives.interrupted += 1;
        }
        let now = self.now - self.offsets[side];
        let client = &mut self.clients[side];
        self.lives.full += u32::from(!client.is_idle());
        let is_quiet = client.is_quiet();
        let mut octets = vec![0; Memory::SNAPSHOT_LEN];
        let mut contents = Contents {
            client: Some(client),
            ..Contents::default()
        };
        let key = sleeper::key(NAMES[side]);
        let fuses = &mut self.fuses[side];
        let len = snapshot::save(&mut contents, now, &key, fuses, &mut self.rng, &mut octets);
        octets.truncate(len.unwrap());
        if is_quiet && self.chance.below(6) == 0 {
            self.lives.checkpoints += 1;
            return;
        }
        self.sleeps[side] = Some(Sleep {
            octets,
            since: self.now,
            until: self.now + 1 + self.chance.below(20_000),
            keeps_session: is_quiet && self.chance.below(2) == 0,
        });
        // Nothing of it is left.
        self.clients[side] = Client::new(self.configs[side], memory(), &mut self.rng).unwrap();
    }

    fn wake(&mut self) {
        for (side, name) in NAMES.into_iter().enumerate() {
            let Some(mut sleep) = self.sleeps[side].take_if(|sleep| sleep.until <= self.now) else {
                continue;
            };
            // Another clock, and one that does not know exactly how long it was off.
            self.offsets[side] = self.now - self.chance.below(self.now.min(5_000) + 1);
            let now = self.now - self.offsets[side];
            let asleep_ms = match self.chance.below(3) {
                0 => 0,
                _ => self.now - sleep.since,
            };
            let key = sleeper::key(name);
            let opened = snapshot::open(&mut sleep.octets, &key, &mut self.fuses[side]).unwrap();
            let client = &mut self.clients[side];
            client.restore(&opened, now, asleep_ms).unwrap();
            if sleep.keeps_session {
                assert!(client.resumed());
                self.lives.resumed += 1;
            } else {
                self.connect(side);
            }
        }
    }

    fn connect(&mut self, side: usize) {
        self.sessions[side] += 1;
        self.relay.cut(side);
        self.clients[side].connected();
    }

    /// Lets a client do all that it can do now.
    fn run_client(&mut self, side: usize) {
        if self.sleeps[side].is_some() {
            return;
        }
        let now = self.now - self.offsets[side];
        loop {
            let mut idle = true;
            while self.ledger.take_event(&mut self.clients[side], side, now) {
                idle = false;
            }
            loop {
                let out = self.clients[side].poll_transmit(now);
                if out.is_empty() {
                    break;
                }
                let (frame, len) = (Frame::read(out), out.len());
                self.clients[side].transmitted(len);
                self.put_on_way(side, Way::Up(self.sessions[side]), frame);
                idle = false;
            }
            if idle {
                return;
            }
        }
    }

    fn put_on_way(&mut self, side: usize, way: Way, frame: Frame) {
        let sent = (side, way, frame);
        self.on_the_way.put(&mut self.chance, self.now, sent);
    }

    fn give(&mut self, side: usize, mut octets: &[u8]) {
        while !octets.is_empty() {
            let space = self.clients[side].recv_space();
            let n = space.len().min(octets.len());
            space[..n].copy_from_slice(&octets[..n]);
            self.clients[side].received(n);
            octets = &octets[n..];
            self.run_client(side);
        }
    }
}

/// Memory for one life.
fn memory() -> Pieces<'static> {
    Box::leak(Box::new(Memory::new())).pieces()
}

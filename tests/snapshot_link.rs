//! Two clients over bad links that lose their power at any moment: each is saved, its memory is
//! gone, and another life goes on from the snapshot on another clock, with the session it had or
//! with a new one.
//!
//! Whatever happens, each message reaches the application exactly once and as it was sent, each
//! wanted report comes exactly once, and in the end nobody holds anything. The same as
//! `client_link.rs`, and the same thousand runs.
#![cfg(feature = "snapshot")]

#[path = "client/relay.rs"]
mod relay;
#[allow(dead_code, reason = "each test file uses a part")]
#[path = "client/script.rs"]
mod script;
#[path = "support/sleeper.rs"]
mod sleeper;

use std::collections::{BTreeMap, HashMap};
use std::ops::Range;

use msgin5g::client::{Client, ClientMemory, Config, Event, OutgoingMessage, Pieces, Reports};
use msgin5g::message::{MessageId, Outcome, Priority, Recipient, UeServiceId};
use msgin5g::snapshot::{self, Contents};
use relay::{Chance, Frame, Relay, Seen};
use sleeper::Fuses;

const NAMES: [&str; 2] = ["ue-a@iot.example", "ue-b@iot.example"];
/// Long after everything: an hour for each message.
const END_MS: u64 = 200 * 3_600_000;

type Memory = ClientMemory<1500, 1024, 4096, 12, 3072, 4>;

#[test]
fn each_message_and_each_report_comes_exactly_once_through_any_number_of_lives() {
    // SNAPSHOT_SEED and SNAPSHOT_RUNS: one run to look at, or more than usual.
    let number = |name, usual| match std::env::var(name) {
        Ok(text) => text.parse().expect("a number"),
        Err(_) => usual,
    };
    let first: u64 = number("SNAPSHOT_SEED", 0);
    let runs: u64 = number("SNAPSHOT_RUNS", if first == 0 { 1000 } else { 1 });
    let halves = [first..first + runs / 2, first + runs / 2..first + runs];
    let seen = std::thread::scope(|scope| {
        let threads = halves.map(|seeds| scope.spawn(|| run_all(seeds)));
        let mut seen = (Seen::default(), Lives::default());
        for thread in threads {
            let (more, lives) = thread.join().expect("every run holds");
            seen.0 += more;
            seen.1.add(lives);
        }
        seen
    });
    let (seen, lives) = seen;
    println!("{seen:?} {lives:?}");
    if runs >= 1000 {
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

fn run_all(seeds: Range<u64>) -> (Seen, Lives) {
    let mut seen = (Seen::default(), Lives::default());
    for seed in seeds {
        match std::panic::catch_unwind(|| World::run(seed)) {
            Ok((here, lives)) => {
                seen.0 += here;
                seen.1.add(lives);
            }
            Err(panic) => {
                eprintln!("to see this run alone: SNAPSHOT_SEED={seed}");
                std::panic::resume_unwind(panic);
            }
        }
    }
    seen
}

/// A message that one side sends, and what became of it.
struct Sent {
    from: usize,
    payload: String,
    report_wanted: bool,
    streamed: bool,
    accepted: u32,
    received: u32,
    reported: u32,
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
    /// Frames on their way, by time of arrival.
    on_the_way: BTreeMap<(u64, u64), (usize, Way, Frame)>,
    count: u64,
    /// Sessions that were opened; frames of older ones do not arrive.
    sessions: [u64; 2],
    /// What is still to be accepted by a client.
    plan: Vec<(u64, Sent, Manner)>,
    sent: HashMap<String, Sent>,
    breaks: Vec<(u64, usize)>,
}

#[derive(Clone, Copy)]
enum Way {
    Up(u64),
    Down(u64),
}

#[derive(Clone, Copy)]
struct Manner {
    priority: Priority,
    aggregate: bool,
}

impl World {
    fn run(seed: u64) -> (Seen, Lives) {
        let mut chance = Chance::new(seed);
        let mut rng = script::Counter(seed << 20);
        let configs = NAMES.map(|name| {
            let mut config = Config::new(UeServiceId::new(name).unwrap());
            config.answer_timeout_ms = 4_000;
            config.retry_pause_ms = 500;
            config.max_attempts = 100;
            config.segment_size = 48 + chance.below(100) as u16;
            config.segment_recoveries = 200;
            config.segment_keep_ms = 3_600_000;
            if chance.below(2) == 0 {
                config.reports = Reports::ByApplication;
            }
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
            on_the_way: BTreeMap::new(),
            count: 0,
            sessions: [0; 2],
            plan: Vec::new(),
            sent: HashMap::new(),
            breaks: Vec::new(),
            chance,
        };
        world.make_plan();
        for side in 0..2 {
            world.clients[side].register().unwrap();
            world.connect(side);
        }
        while !world.is_over() {
            world.step();
            assert!(world.now < END_MS, "no end: {}", world.state());
        }
        world.check();
        (world.relay.seen, world.lives)
    }

    fn make_plan(&mut self) {
        for from in 0..2 {
            for _ in 0..self.chance.below(7) {
                let streamed = self.chance.below(6) == 0;
                let len = match self.chance.below(3) {
                    0 => 100 + self.chance.below(500),
                    _ => self.chance.below(40),
                };
                let sent = Sent {
                    from,
                    payload: self.chance.text(len as usize),
                    report_wanted: self.chance.below(2) == 0,
                    streamed,
                    accepted: 0,
                    received: 0,
                    reported: 0,
                };
                let manner = Manner {
                    priority: [Priority::Low, Priority::Middle, Priority::High]
                        [self.chance.below(3) as usize],
                    aggregate: self.chance.below(4) > 0,
                };
                // In bursts, so that some find company.
                self.plan.push((self.chance.below(3) * 5_000, sent, manner));
            }
            for _ in 0..self.chance.below(3) {
                self.breaks.push((self.chance.below(60_000), from));
            }
        }
    }

    fn is_over(&self) -> bool {
        self.plan.is_empty()
            && self.sleeps.iter().all(Option::is_none)
            && self.clients.iter().all(Client::is_idle)
            && self.relay.is_idle()
            && self.on_the_way.is_empty()
    }

    fn step(&mut self) {
        self.wake();
        self.apply_plan();
        for side in 0..2 {
            self.run_client(side);
            self.maybe_sleep(side);
        }
        for (side, frame) in self.relay.due(self.now) {
            self.put_on_way(side, Way::Down(self.sessions[side]), frame);
        }
        self.now = self.next_time();
        while let Some(entry) = self.on_the_way.first_entry() {
            if entry.key().0 > self.now {
                break;
            }
            let (side, way, frame) = entry.remove();
            match way {
                Way::Up(session) if session == self.sessions[side] => {
                    self.relay.take(side, &frame, self.now, &mut self.chance);
                }
                Way::Down(session) if session == self.sessions[side] => {
                    match &self.sleeps[side] {
                        None => self.give(side, &frame.octets),
                        // The modem keeps it.
                        Some(sleep) if sleep.keeps_session => {
                            self.count += 1;
                            let at = (sleep.until + 1, self.count);
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
        let ways = self.on_the_way.keys().map(|(at, _)| *at);
        let plan = self.plan.iter().map(|(at, ..)| *at);
        let breaks = self.breaks.iter().map(|(at, _)| *at);
        let all = clients
            .chain(sleeps)
            .chain(ways)
            .chain(plan)
            .chain(breaks)
            .chain(self.relay.deadline());
        // Time stands still while something can be done at once, but not for ever.
        all.min().unwrap_or(self.now).max(self.now + 1)
    }

    fn apply_plan(&mut self) {
        let now = self.now;
        let (broken, breaks): (Vec<_>, Vec<_>) =
            self.breaks.iter().copied().partition(|(at, _)| *at <= now);
        self.breaks = breaks;
        for (at, side) in broken {
            if let Some(sleep) = &mut self.sleeps[side] {
                // Nobody is there to notice: it will.
                self.breaks.push((sleep.until.max(at) + 1, side));
                continue;
            }
            self.clients[side].disconnected();
            self.connect(side);
        }
        for (at, sent, manner) in std::mem::take(&mut self.plan) {
            if at > now || self.sleeps[sent.from].is_some() {
                self.plan.push((at.max(now + 1), sent, manner));
                continue;
            }
            let to = Recipient::Ue(UeServiceId::new(NAMES[1 - sent.from]).unwrap());
            let mut message = OutgoingMessage::text(to, &sent.payload)
                .with_segments()
                .with_priority(manner.priority);
            message.report_wanted = sent.report_wanted;
            message.may_aggregate = manner.aggregate;
            let client = &mut self.clients[sent.from];
            let accepted = if sent.streamed {
                client.send_from(&message, sent.payload.len(), &mut self.rng)
            } else {
                client.send(&message, &mut self.rng)
            };
            match accepted {
                Ok(id) => {
                    self.sent.insert(id.to_string(), sent);
                }
                // Full: later.
                Err(_) => self.plan.push((now + 1_000, sent, manner)),
            }
        }
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
            while self.take_event(side) {
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

    fn take_event(&mut self, side: usize) -> bool {
        let now = self.now - self.offsets[side];
        let mut ticket = None;
        let mut wanted = None;
        {
            let Some(event) = self.clients[side].poll_event(now) else {
                return false;
            };
            match event {
                Event::Message { msg, report } => {
                    let sent = self
                        .sent
                        .get_mut(&msg.message_id.to_string())
                        .expect("was sent");
                    assert_eq!(sent.from, 1 - side);
                    assert_eq!(msg.payload, sent.payload);
                    assert_eq!(msg.originator.as_str(), NAMES[1 - side]);
                    assert_eq!(msg.report_wanted, sent.report_wanted);
                    sent.received += 1;
                    ticket = report;
                }
                Event::Report(report) => {
                    let sent = self
                        .sent
                        .get_mut(&report.message_id.to_string())
                        .expect("was sent");
                    assert!(report.status.is_success());
                    assert_eq!(sent.from, side);
                    sent.reported += 1;
                }
                Event::Accepted { message_id } => {
                    self.sent
                        .get_mut(&message_id.to_string())
                        .expect("was sent")
                        .accepted += 1;
                }
                Event::PayloadWanted {
                    message_id,
                    offset,
                    len,
                } => wanted = Some((message_id, offset, len)),
                Event::Failed { .. }
                | Event::Incomplete(_)
                | Event::ReportFailed { .. }
                | Event::RegistrationFailed(_)
                | Event::Malformed(_) => panic!("{event:?}"),
                _ => {}
            }
        }
        if let Some(ticket) = ticket {
            self.clients[side]
                .report(ticket, Outcome::Success, None)
                .unwrap();
        }
        if let Some((id, offset, len)) = wanted {
            self.supply(side, id, offset, len);
        }
        true
    }

    fn supply(&mut self, side: usize, id: MessageId<'_>, offset: usize, len: usize) {
        let sent = &self.sent[&id.to_string()];
        let part = &sent.payload.as_bytes()[offset..offset + len];
        self.clients[side]
            .supply(id, offset, part, self.now - self.offsets[side])
            .unwrap();
    }

    fn put_on_way(&mut self, side: usize, way: Way, frame: Frame) {
        // A CSM is the session's first octet; what follows goes as it may.
        let copies = match self.chance.below(10) {
            0 | 1 if !frame.is_signal => 0,
            2 => 2,
            _ => 1,
        };
        for _ in 0..copies {
            let slow = self.chance.below(8) == 0;
            let delay = 1 + self.chance.below(if slow { 8_000 } else { 300 });
            self.count += 1;
            let at = (self.now + delay, self.count);
            self.on_the_way.insert(at, (side, way, frame.clone()));
        }
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

    fn check(&self) {
        for (id, sent) in &self.sent {
            let wanted = u32::from(sent.report_wanted);
            let told = (sent.received, sent.accepted, sent.reported);
            assert_eq!(told, (1, 1, wanted), "{id}: received, accepted, reported");
        }
        for client in &self.clients {
            assert_eq!(client.pending(), 0);
            assert!(client.is_idle());
        }
    }

    fn state(&self) -> String {
        let open = self.sent.iter().filter(|(_, sent)| {
            (sent.received, sent.reported) != (1, u32::from(sent.report_wanted))
        });
        let open: Vec<_> = open
            .map(|(id, sent)| {
                (
                    id,
                    sent.received,
                    sent.accepted,
                    sent.reported,
                    sent.payload.len(),
                )
            })
            .collect();
        let pending: Vec<_> = self
            .clients
            .iter()
            .map(|client| (client.pending(), client.is_idle()))
            .collect();
        format!(
            "{open:?} pending {pending:?} relay {} on the way {}",
            self.relay.is_idle(),
            self.on_the_way.len()
        )
    }
}

/// Memory for one life.
fn memory() -> Pieces<'static> {
    Box::leak(Box::new(Memory::new())).pieces()
}

//! Two clients and a relay over links that lose, double, delay and reorder frames, and break.
//!
//! Whatever happens, each message reaches the application exactly once and as it was sent, each
//! wanted report comes exactly once, and in the end nobody holds anything. A thousand runs, each
//! with a seed of its own; the test owns the time.

#[path = "client/relay.rs"]
mod relay;
#[allow(dead_code, reason = "each test file uses a part")]
#[path = "client/script.rs"]
mod script;

use std::collections::{BTreeMap, HashMap};
use std::ops::Range;

use msgin5g::client::{Client, ClientMemory, Config, Event, OutgoingMessage, Reports};
use msgin5g::message::{MessageId, Outcome, Priority, Recipient, UeServiceId};
use relay::{Chance, Frame, Relay, Seen};

const NAMES: [&str; 2] = ["ue-a@iot.example", "ue-b@iot.example"];
/// Long after everything: an hour for each message.
const END_MS: u64 = 200 * 3_600_000;

type Memory = ClientMemory<1500, 1024, 4096, 12, 3072, 4>;

#[test]
fn each_message_and_each_report_comes_exactly_once() {
    // LINK_SEED and LINK_RUNS: one run to look at, or more than usual.
    let number = |name, usual| match std::env::var(name) {
        Ok(text) => text.parse().expect("a number"),
        Err(_) => usual,
    };
    let first: u64 = number("LINK_SEED", 0);
    let runs: u64 = number("LINK_RUNS", if first == 0 { 1000 } else { 1 });
    let halves = [first..first + runs / 2, first + runs / 2..first + runs];
    let seen = std::thread::scope(|scope| {
        let threads = halves.map(|seeds| scope.spawn(|| run_all(seeds)));
        let mut seen = Seen::default();
        for thread in threads {
            seen += thread.join().expect("every run holds");
        }
        seen
    });
    if runs >= 1000 {
        // Otherwise it would all be easy.
        let rarest = seen.recoveries.min(seen.confirmations).min(seen.reports);
        assert!(
            rarest > 500 && seen.segments > 5_000 && seen.aggregates > 200,
            "{seen:?}"
        );
    }
}

fn run_all(seeds: Range<u64>) -> Seen {
    let mut seen = Seen::default();
    for seed in seeds {
        match std::panic::catch_unwind(|| World::run(seed)) {
            Ok(here) => seen += here,
            Err(panic) => {
                eprintln!("to see this run alone: LINK_SEED={seed}");
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

struct World<'m> {
    clients: Vec<Client<'m>>,
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

impl World<'_> {
    fn run(seed: u64) -> Seen {
        let mut chance = Chance::new(seed);
        let mut memories = [Memory::new(), Memory::new()];
        let mut rng = script::Counter(seed << 20);
        let clients = memories.iter_mut().zip(NAMES).map(|(memory, name)| {
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
            Client::new(config, memory.pieces(), &mut rng).expect("a sound configuration")
        });
        let clients = clients.collect();
        let mut world = World {
            clients,
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
        world.relay.seen
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
            && self.clients.iter().all(Client::is_idle)
            && self.relay.is_idle()
            && self.on_the_way.is_empty()
    }

    fn step(&mut self) {
        self.apply_plan();
        for side in 0..2 {
            self.run_client(side);
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
                    self.give(side, &frame.octets);
                }
                // Of a session that is no more.
                _ => {}
            }
        }
    }

    fn next_time(&self) -> u64 {
        let clients = self.clients.iter().filter_map(Client::next_deadline);
        let ways = self.on_the_way.keys().map(|(at, _)| *at);
        let plan = self.plan.iter().map(|(at, ..)| *at);
        let breaks = self.breaks.iter().map(|(at, _)| *at);
        let all = clients
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
        for (_, side) in broken {
            self.clients[side].disconnected();
            self.connect(side);
        }
        for (at, sent, manner) in std::mem::take(&mut self.plan) {
            if at > now {
                self.plan.push((at, sent, manner));
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

    fn connect(&mut self, side: usize) {
        self.sessions[side] += 1;
        self.relay.cut(side);
        self.clients[side].connected();
    }

    /// Lets a client do all that it can do now.
    fn run_client(&mut self, side: usize) {
        loop {
            let mut idle = true;
            while self.take_event(side) {
                idle = false;
            }
            loop {
                let out = self.clients[side].poll_transmit(self.now);
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
        let now = self.now;
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
            .supply(id, offset, part, self.now)
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

//! Two clients and a relay over links that lose, double, delay and reorder frames, and break.
//!
//! Whatever happens, each message reaches the application exactly once and as it was sent, each
//! wanted report comes exactly once, and in the end nobody holds anything. A thousand runs, each
//! with a seed of its own; the test owns the time.

use crate::ledger;
use crate::script;

use crate::ledger::{Ledger, Memory, NAMES};
use crate::on_the_way::{OnTheWay, Way};
use crate::relay::{Chance, Frame, Relay, Seen};
use msgin5g::client::Client;

/// Long after everything: an hour for each message.
const END_MS: u64 = 200 * 3_600_000;

/// LINK_SEED: one run to look at.
#[test]
fn each_message_and_each_report_comes_exactly_once() {
    if let Some(seen) = ledger::run_all("LINK_SEED", 1000, World::run) {
        // Otherwise it would all be easy.
        let rarest = seen.recoveries.min(seen.confirmations).min(seen.reports);
        assert!(
            rarest > 500 && seen.segments > 5_000 && seen.aggregates > 200,
            "{seen:?}"
        );
    }
}

struct World<'m> {
    clients: Vec<Client<'m>>,
    ledger: Ledger,
    relay: Relay,
    chance: Chance,
    now: u64,
    on_the_way: OnTheWay,
    /// Sessions that were opened; frames of older ones do not arrive.
    sessions: [u64; 2],
}

impl World<'_> {
    fn run(seed: u64) -> Seen {
        let mut chance = Chance::new(seed);
        let mut memories = [Memory::new(), Memory::new()];
        let mut rng = script::Counter(seed << 20);
        let clients = memories.iter_mut().enumerate().map(|(side, memory)| {
            ledger::client(side, memory, &mut chance, &mut rng, |config| {
                config.answer_timeout_ms = 4_000;
            })
        });
        let clients = clients.collect();
        let mut world = World {
            clients,
            ledger: Ledger::new(seed, &mut chance),
            relay: Relay::new(NAMES),
            now: 0,
            on_the_way: OnTheWay::default(),
            sessions: [0; 2],
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
        world.relay.seen
    }

    fn is_over(&self) -> bool {
        self.ledger.is_done(&self.clients) && self.relay.is_idle() && self.on_the_way.is_empty()
    }

    fn step(&mut self) {
        for side in self.ledger.broken(self.now) {
            self.clients[side].disconnected();
            self.connect(side);
        }
        self.ledger.apply(&mut self.clients, self.now);
        for side in 0..2 {
            self.run_client(side);
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
                    self.give(side, &frame.octets);
                }
                // Of a session that is no more.
                _ => {}
            }
        }
    }

    fn next_time(&self) -> u64 {
        let clients = self.clients.iter().filter_map(Client::next_deadline);
        let ways = self.on_the_way.next_time();
        let all = clients.chain(ways).chain(self.ledger.next_time());
        let all = all.chain(self.relay.deadline());
        // Time stands still while something can be done at once, but not for ever.
        all.min().unwrap_or(self.now).max(self.now + 1)
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
            while self
                .ledger
                .take_event(&mut self.clients[side], side, self.now)
            {
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

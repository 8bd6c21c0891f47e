//! Somebody on the path between the device and the server, who has no key: forges, replays, drops,
//! reorders, cuts and changes TLS records, also those of earlier sessions. The device never
//! panics, never hangs past a deadline, and never takes a message for true that was not sent; and
//! when the attacker has gone, everything arrives, once.
//!
//! `ATTACK_SEED=n` runs one seed alone.

use std::cell::RefCell;
use std::rc::Rc;

use super::exchange::{Exchange, Seen};
use super::world::*;
use msgin5g::connection::Channel;
use msgin5g::transport::Faulty;

/// What the attacker did, by kind.
type Tally = [u32; KINDS];
const KINDS: usize = 12;

struct Attacker {
    chance: Chance,
    /// One record in so many is attacked; 0: none any more.
    one_in: u64,
    /// Attacks that are left.
    left: u32,
    /// Held back, to come behind the next one.
    held: [Option<Vec<u8>>; 2],
    /// Seen before, in any session.
    library: [Vec<Vec<u8>>; 2],
    tally: Tally,
}

impl Attacker {
    fn new(seed: u64) -> Self {
        let mut chance = Chance::new(seed);
        Self {
            one_in: 1 + chance.below(6),
            left: 1 + chance.below(6) as u32,
            chance,
            held: [None, None],
            library: [Vec::new(), Vec::new()],
            tally: [0; KINDS],
        }
    }

    /// A record that nobody made who has a key.
    fn forged(&mut self) -> Vec<u8> {
        const PLAIN: [&[u8]; 9] = [
            &[21, 3, 3, 0, 2, 1, 0],   // close_notify
            &[21, 3, 3, 0, 2, 2, 115], // unknown_psk_identity
            &[21, 3, 3, 0, 2, 2, 51],  // decrypt_error
            &[20, 3, 3, 0, 1, 1],
            &[22, 3, 3, 0, 4, 0, 0, 0, 0],
            &[22, 3, 3, 0, 5, 24, 0, 0, 1, 1], // KeyUpdate
            &[23, 3, 3, 0, 0],
            &[23, 3, 3, 0xff, 0xff],
            &[128, 46, 1, 3, 0],
        ];
        let which = self.chance.below(PLAIN.len() as u64 + 1) as usize;
        match PLAIN.get(which) {
            Some(record) => record.to_vec(),
            None => {
                let len = 17 + self.chance.below(500) as u16;
                let mut record = vec![23, 3, 3];
                record.extend(len.to_be_bytes());
                record.extend((0..len).map(|n| n as u8 ^ 0x5a));
                record
            }
        }
    }

    fn attack(&mut self, way: usize, mut record: Vec<u8>) -> Vec<Vec<u8>> {
        let kind = self.chance.below(KINDS as u64) as usize;
        self.tally[kind] += 1;
        let at = 5 + self.chance.below((record.len() as u64 - 5).max(1)) as usize;
        match kind {
            0 => vec![],
            1 => vec![record.clone(), record],
            2 => {
                self.held[way] = Some(record);
                vec![]
            }
            // Cut, and the header says so; cut, and it does not; longer than it says.
            3 => {
                record.truncate(at);
                let [high, low] = (record.len() as u16 - 5).to_be_bytes();
                (record[3], record[4]) = (high, low);
                vec![record]
            }
            4 => {
                record.truncate(at);
                vec![record]
            }
            5 => {
                record.extend([0x17; 40]);
                vec![record]
            }
            6 => {
                let last = record.len() - 1;
                record[at.min(last)] ^= 1 << self.chance.below(8);
                vec![record]
            }
            7 => {
                record[self.chance.below(5) as usize] ^= 1 << self.chance.below(8);
                vec![record]
            }
            8 => vec![self.forged(), record],
            9 => vec![record, self.forged()],
            // An old record, of either side.
            10 => {
                let from = self.chance.below(2) as usize;
                let old = self.chance.below(self.library[from].len() as u64) as usize;
                vec![self.library[from][old].clone(), record]
            }
            _ => {
                let from = self.chance.below(2) as usize;
                let old = self.chance.below(self.library[from].len() as u64) as usize;
                vec![self.library[from][old].clone()]
            }
        }
    }
}

impl Attack for Attacker {
    fn record(&mut self, way: usize, record: Vec<u8>) -> Vec<Vec<u8>> {
        self.library[way].push(record.clone());
        let both_seen = !self.library[0].is_empty() && !self.library[1].is_empty();
        let mut out = match self.left > 0 && both_seen && self.chance.below(self.one_in) == 0 {
            true => {
                self.left -= 1;
                self.attack(way, record)
            }
            false => vec![record],
        };
        if !out.is_empty() {
            out.extend(self.held[way].take());
        }
        out
    }
}

struct UnderAttack<'o> {
    attacker: Rc<RefCell<Attacker>>,
    seen: &'o mut Seen,
}

impl Test for UnderAttack<'_> {
    fn run<C: Channel<Transport = Faulty<Wire>>>(self, device: &mut Device<'_, '_, C>) {
        // A first session, of which the attacker keeps the records.
        device.phone.attack = Some(self.attacker.clone());
        let test = Exchange {
            lines: Vec::new(),
            seen: self.seen,
        };
        test.run(device);
    }
}

/// One run; how many sessions it took, and what was done.
fn run(backend: Backend, seed: u64) -> (u32, Tally) {
    let attacker = Rc::new(RefCell::new(Attacker::new(seed)));
    let mut seen = Seen::default();
    let mut settings = settings();
    settings.ping_ms = Some(600_000);
    let test = UnderAttack {
        attacker: attacker.clone(),
        seen: &mut seen,
    };
    with_device(backend, &network(), settings, |_| {}, seed, test);
    let tally = attacker.borrow().tally;
    (seen.dialled, tally)
}

fn all(backend: Backend) {
    let alone: Option<u64> = std::env::var("ATTACK_SEED")
        .ok()
        .map(|seed| seed.parse().unwrap());
    let seeds = alone.map_or(0..250, |seed| seed..seed + 1);
    let (mut sessions, mut tally) = (0, [0; KINDS]);
    for seed in seeds {
        let outcome = std::panic::catch_unwind(|| run(backend, seed));
        let (dialled, did) = outcome.unwrap_or_else(|panic| {
            eprintln!("{backend:?}: ATTACK_SEED={seed}");
            std::panic::resume_unwind(panic)
        });
        sessions += dialled;
        tally
            .iter_mut()
            .zip(did)
            .for_each(|(all, here)| *all += here);
    }
    println!("{backend:?}: {sessions} sessions, attacks by kind: {tally:?}");
    if alone.is_none() {
        assert!(tally.iter().all(|times| *times > 20), "{tally:?}");
        assert!(sessions > 500, "most attacks end a session: {sessions}");
    }
}

#[test]
fn nothing_false_comes_through_embedded_tls() {
    all(Backend::EmbeddedTls);
}

#[test]
fn nothing_false_comes_through_the_own_core() {
    all(Backend::Tls13);
}

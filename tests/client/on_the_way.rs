//! Frames on their way over a link that loses, doubles, delays and reorders them.

use std::collections::BTreeMap;

use crate::relay::{Chance, Frame};

/// To the relay or to a client, in which session.
#[derive(Clone, Copy)]
pub enum Way {
    Up(u64),
    Down(u64),
}

/// Time of arrival, and a number that tells those of one time apart.
type Arrival = (u64, u64);
/// Whose it is, where to, and what.
type Sent = (usize, Way, Frame);

#[derive(Default)]
pub struct OnTheWay {
    frames: BTreeMap<Arrival, Sent>,
    count: u64,
}

impl OnTheWay {
    /// A frame goes out. It may be lost, or arrive twice, and later than another that goes out after it.
    pub fn put(&mut self, chance: &mut Chance, now: u64, (side, way, frame): Sent) {
        // A CSM is the session's first octet; what follows goes as it may.
        let copies = match chance.below(10) {
            0 | 1 if !frame.is_signal => 0,
            2 => 2,
            _ => 1,
        };
        for _ in 0..copies {
            let slow = chance.below(8) == 0;
            let delay = 1 + chance.below(if slow { 8_000 } else { 300 });
            self.insert(now + delay, (side, way, frame.clone()));
        }
    }

    /// A frame arrives at this time.
    pub fn insert(&mut self, at: u64, frame: Sent) {
        self.count += 1;
        self.frames.insert((at, self.count), frame);
    }

    /// The next that has arrived by now.
    pub fn arrived(&mut self, now: u64) -> Option<Sent> {
        let first = self.frames.first_entry()?;
        (first.key().0 <= now).then(|| first.remove())
    }

    /// When the next arrives.
    pub fn next_time(&self) -> Option<u64> {
        self.frames.keys().next().map(|(at, _)| *at)
    }

    pub fn is_empty(&self) -> bool {
        self.frames.is_empty()
    }
}

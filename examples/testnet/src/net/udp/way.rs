//! The luck of datagrams on their way.

use std::collections::BTreeMap;
use std::net::SocketAddr;

use super::super::Shared;
use crate::carriage::random::Random;

/// One datagram on its way.
#[derive(Clone)]
pub struct Flight {
    pub inbound: bool,
    pub address: SocketAddr,
    pub octets: Vec<u8>,
    /// It goes as soon as another one has passed.
    overtaken: bool,
}

/// The way between a socket and the world.
pub struct Way {
    shared: Shared,
    /// Datagrams that come late, by time and number.
    late: BTreeMap<(u64, u64), Flight>,
    next_flight: u64,
}

impl Way {
    pub fn new(shared: Shared) -> Self {
        Self {
            shared,
            late: BTreeMap::new(),
            next_flight: 0,
        }
    }

    /// One datagram sets out, and meets its luck. Gives what arrives at once, in order.
    pub fn set_out(&mut self, inbound: bool, address: SocketAddr, octets: Vec<u8>) -> Vec<Flight> {
        let mut flight = Flight {
            inbound,
            address,
            octets,
            overtaken: false,
        };
        let luck = self.luck(&mut flight);
        if luck.lost {
            return Vec::new();
        }
        let mut arrived = Vec::new();
        for copy in 0..=u64::from(luck.twice) {
            match luck.late_ms {
                Some(late) if copy == 0 => self.later(late, flight.clone()),
                _ => arrived.push(flight.clone()),
            }
        }
        // Whatever waited to be overtaken was.
        if luck.late_ms.is_none() {
            let waiting = self
                .late
                .iter()
                .find(|(_, f)| f.overtaken && f.inbound == inbound);
            let waiting = waiting.map(|(key, _)| *key);
            arrived.extend(waiting.and_then(|key| self.late.remove(&key)));
        }
        arrived
    }

    /// A late one whose time has come by `now_ms`.
    pub fn due(&mut self, now_ms: u64) -> Option<Flight> {
        let entry = self.late.first_entry()?;
        (entry.key().0 <= now_ms).then(|| entry.remove())
    }

    pub fn next_due(&self) -> Option<u64> {
        self.late.first_key_value().map(|((at, _), _)| *at)
    }

    /// What is late never arrives.
    pub fn clear(&mut self) {
        self.late.clear();
    }

    fn luck(&self, flight: &mut Flight) -> Luck {
        let mut faults = self.shared.faults();
        let Some(faults) = faults.datagrams.as_mut() else {
            return Luck::default();
        };
        let mut random = Random(faults.seed);
        let mut happens = |percent: u8| random.below(100) < u64::from(percent);
        let mut luck = Luck {
            lost: happens(faults.lose),
            twice: happens(faults.duplicate),
            late_ms: None,
        };
        let late = happens(faults.delay);
        flight.overtaken = happens(faults.reorder);
        let longest = u64::try_from(faults.late.as_millis()).unwrap_or(u64::MAX);
        if late || flight.overtaken {
            luck.late_ms = Some(1 + random.below(longest));
        }
        faults.seed = random.0;
        luck
    }

    fn later(&mut self, late_ms: u64, flight: Flight) {
        let at = self.shared.log.now_ms() + late_ms;
        self.late.insert((at, self.next_flight), flight);
        self.next_flight += 1;
    }
}

#[derive(Default)]
struct Luck {
    lost: bool,
    twice: bool,
    late_ms: Option<u64>,
}

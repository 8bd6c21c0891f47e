//! What two sides send each other in a run with a seed, and what became of it: each message exactly
//! once, each wanted report exactly once.

use std::collections::HashMap;
use std::ops::Range;

use msgin5g::client::{Client, ClientMemory, Config, Event, OutgoingMessage, Reports};
use msgin5g::message::{MessageId, Outcome, Priority, Recipient, UeServiceId};

use crate::relay::Chance;
use crate::script::Counter;

pub const NAMES: [&str; 2] = ["ue-a@iot.example", "ue-b@iot.example"];

pub type Memory = ClientMemory<1500, 1024, 4096, 12, 3072, 4>;

pub struct Ledger {
    /// What is still to be accepted by a client.
    plan: Vec<(u64, Sent)>,
    sent: HashMap<String, Sent>,
    /// When a side's session breaks.
    breaks: Vec<(u64, usize)>,
    rng: Counter,
}

/// A message that one side sends, and what became of it.
struct Sent {
    from: usize,
    payload: String,
    report_wanted: bool,
    streamed: bool,
    priority: Priority,
    aggregate: bool,
    accepted: u32,
    received: u32,
    reported: u32,
}

/// A client of a side; how it behaves is left to chance.
pub fn client<'m>(
    side: usize,
    memory: &'m mut Memory,
    chance: &mut Chance,
    rng: &mut Counter,
    adjust: impl FnOnce(&mut Config<'m>),
) -> Client<'m> {
    let mut config = config(side, chance);
    adjust(&mut config);
    Client::new(config, memory.pieces(), rng).expect("a sound configuration")
}

/// The configuration of such a client.
pub fn config(side: usize, chance: &mut Chance) -> Config<'static> {
    let mut config = Config::new(UeServiceId::new(NAMES[side]).unwrap());
    config.retry_pause_ms = 500;
    config.max_attempts = 100;
    config.segment_size = 48 + chance.below(100) as u16;
    config.segment_recoveries = 200;
    config.segment_keep_ms = 3_600_000;
    if chance.below(2) == 0 {
        config.reports = Reports::ByApplication;
    }
    config
}

impl Ledger {
    pub fn new(seed: u64, chance: &mut Chance) -> Self {
        let mut ledger = Self {
            plan: Vec::new(),
            sent: HashMap::new(),
            breaks: Vec::new(),
            rng: Counter(seed << 21),
        };
        for from in 0..2 {
            for _ in 0..chance.below(7) {
                let streamed = chance.below(6) == 0;
                let len = match chance.below(3) {
                    0 => 100 + chance.below(500),
                    _ => chance.below(40),
                };
                let sent = Sent {
                    from,
                    payload: chance.text(len as usize),
                    report_wanted: chance.below(2) == 0,
                    streamed,
                    priority: [Priority::Low, Priority::Middle, Priority::High]
                        [chance.below(3) as usize],
                    aggregate: chance.below(4) > 0,
                    accepted: 0,
                    received: 0,
                    reported: 0,
                };
                // In bursts, so that some find company.
                ledger.plan.push((chance.below(3) * 5_000, sent));
            }
            for _ in 0..chance.below(3) {
                ledger.breaks.push((chance.below(60_000), from));
            }
        }
        ledger
    }

    /// Whether everything has been accepted, and the clients hold nothing and wait for nothing.
    pub fn is_done(&self, clients: &[Client<'_>]) -> bool {
        let mut all = clients.iter();
        self.plan.is_empty() && all.all(|one| one.is_idle() && one.next_deadline().is_none())
    }

    pub fn next_time(&self) -> Option<u64> {
        let plan = self.plan.iter().map(|(at, _)| *at);
        plan.chain(self.breaks.iter().map(|(at, _)| *at)).min()
    }

    /// Nothing happens to a side before then: it is not there.
    #[cfg(feature = "snapshot")]
    pub fn postpone(&mut self, side: usize, until: u64) {
        let plan = self.plan.iter_mut().filter(|(_, sent)| sent.from == side);
        let breaks = self.breaks.iter_mut().filter(|(_, at)| *at == side);
        let all = plan.map(|(at, _)| at).chain(breaks.map(|(at, _)| at));
        all.for_each(|at| *at = until.max(*at));
    }

    /// The sides whose session breaks now.
    pub fn broken(&mut self, now: u64) -> Vec<usize> {
        let due = self.breaks.extract_if(.., |(at, _)| *at <= now);
        due.map(|(_, side)| side).collect()
    }

    /// Has the clients accept what is to be sent by now.
    pub fn apply(&mut self, clients: &mut [Client<'_>], now: u64) {
        let due: Vec<_> = self.plan.extract_if(.., |(at, _)| *at <= now).collect();
        for (_, sent) in due {
            let to = Recipient::Ue(UeServiceId::new(NAMES[1 - sent.from]).unwrap());
            let mut message = OutgoingMessage::text(to, &sent.payload)
                .with_segments()
                .with_priority(sent.priority);
            message.report_wanted = sent.report_wanted;
            message.may_aggregate = sent.aggregate;
            let client = &mut clients[sent.from];
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
                Err(_) => self.plan.push((now + 1_000, sent)),
            }
        }
    }

    /// Takes an event, if there is one, and does what it asks for.
    pub fn take_event(&mut self, client: &mut Client<'_>, side: usize, now: u64) -> bool {
        let mut ticket = None;
        let mut wanted = None;
        let Some(event) = client.poll_event(now) else {
            return false;
        };
        match event {
            Event::Message { msg, report } => {
                let sent = self.find(msg.message_id);
                assert_eq!((sent.from, msg.payload), (1 - side, &*sent.payload));
                assert_eq!(msg.originator.as_str(), NAMES[1 - side]);
                assert_eq!(msg.report_wanted, sent.report_wanted);
                sent.received += 1;
                ticket = report;
            }
            Event::Report(report) => {
                let sent = self.find(report.message_id);
                assert!(report.status.is_success() && sent.from == side);
                sent.reported += 1;
            }
            Event::Accepted { message_id } => self.find(message_id).accepted += 1,
            Event::PayloadWanted {
                message_id,
                offset,
                len,
            } => wanted = Some((message_id, offset..offset + len)),
            Event::Failed { .. }
            | Event::Incomplete(_)
            | Event::ReportFailed { .. }
            | Event::RegistrationFailed(_)
            | Event::Malformed(_) => panic!("{event:?}"),
            _ => {}
        }
        if let Some(ticket) = ticket {
            client.report(ticket, Outcome::Success, None).unwrap();
        }
        if let Some((id, part)) = wanted {
            let offset = part.start;
            let part = &self.find(id).payload.as_bytes()[part];
            client.supply(id, offset, part, now).unwrap();
        }
        true
    }

    fn find(&mut self, id: MessageId<'_>) -> &mut Sent {
        self.sent.get_mut(&id.to_string()).expect("was sent")
    }

    /// All came once, and nobody holds anything.
    pub fn check(&self, clients: &[Client<'_>]) {
        for (id, sent) in &self.sent {
            let wanted = u32::from(sent.report_wanted);
            let told = (sent.received, sent.accepted, sent.reported);
            assert_eq!(told, (1, 1, wanted), "{id}: received, accepted, reported");
        }
        for client in clients {
            assert!(client.is_idle());
            assert_eq!((client.pending(), client.next_deadline()), (0, None));
        }
    }

    /// How many messages were sent.
    pub fn count(&self) -> usize {
        self.sent.len()
    }

    /// What is open, for a run that does not end.
    pub fn state(&self, clients: &[Client<'_>]) -> String {
        let open = self.sent.iter().filter(|(_, sent)| {
            (sent.received, sent.reported) != (1, u32::from(sent.report_wanted))
        });
        let told = |sent: &Sent| (sent.received, sent.accepted, sent.reported);
        let open: Vec<_> = open
            .map(|(id, sent)| (id, told(sent), sent.payload.len()))
            .collect();
        let pending: Vec<_> = clients
            .iter()
            .map(|one| (one.pending(), one.is_idle()))
            .collect();
        format!("{open:?} pending {pending:?}")
    }
}

/// Runs all seeds in two threads and adds up what they saw. The variable of this name, if it is set,
/// is the one seed to look at.
pub fn run_all<S: Default + std::ops::AddAssign + Send>(
    variable: &str,
    usual: u64,
    run: impl Fn(u64) -> S + Sync + std::panic::RefUnwindSafe,
) -> Option<S> {
    if let Ok(seed) = std::env::var(variable) {
        run(seed.parse().expect("a number"));
        return None;
    }
    let run_some = |seeds: Range<u64>| {
        let mut seen = S::default();
        for seed in seeds {
            match std::panic::catch_unwind(|| run(seed)) {
                Ok(here) => seen += here,
                Err(panic) => {
                    eprintln!("to see this run alone: {variable}={seed}");
                    std::panic::resume_unwind(panic);
                }
            }
        }
        seen
    };
    let mut seen = S::default();
    std::thread::scope(|scope| {
        let halves = [0..usual / 2, usual / 2..usual];
        let threads = halves.map(|seeds| scope.spawn(|| run_some(seeds)));
        for thread in threads {
            seen += thread.join().expect("every run holds");
        }
    });
    Some(seen)
}

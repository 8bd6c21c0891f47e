//! One round: so many UEs register, write to each other, and leave.

use crate::Args;
use crate::measure::{Times, resident};
use crate::network::Network;
use crate::record::Round;
use crate::ue::{Memory, Told, Ue};
use mio::net::TcpStream;
use mio::{Events, Interest, Poll, Token};
use std::collections::VecDeque;
use std::error::Error;
use std::time::{Duration, Instant};

/// What is not there when nothing has happened for so long is lost.
const PATIENCE: Duration = Duration::from_secs(60);
/// How often everybody's clock is looked at when nothing comes.
const LOOK: Duration = Duration::from_secs(1);

pub fn run(args: &Args, network: &Network, ues: usize) -> Result<Round, Box<dyn Error>> {
    let before = (resident(None), resident(network.process()));
    let mut memories: Vec<Memory> = (0..ues).map(|_| Memory::new()).collect();
    let mut fleet = Fleet::new(network, &mut memories)?;

    let window = args.at_once.clamp(1, ues);
    let register = fleet.phase(window, 1, Fleet::dial)?;
    let grown = |was: Option<u64>, is: Option<u64>| Some(is?.saturating_sub(was?) / ues as u64);
    let here = grown(before.0, resident(None));
    let there = network
        .process()
        .and_then(|id| grown(before.1, resident(Some(id))));

    let messages = fleet.phase(window, args.messages, Fleet::say)?;
    let wanted = u64::from(args.messages) * ues as u64;
    let (reports, arrived) = (fleet.reports, fleet.delivered.len());
    let lost = wanted.saturating_sub(reports.min(arrived as u64));
    if lost == 0 {
        fleet.phase(window, 1, Fleet::leave)?;
    }
    for ue in fleet.ues.iter_mut().flatten() {
        ue.close();
    }
    let percentiles = |times: &mut Times| [50, 95, 99].map(|percent| times.percentile(percent));
    Ok(Round {
        ues,
        registrations_a_second: ues as f64 / register.as_secs_f64(),
        messages_a_second: reports as f64 / messages.as_secs_f64(),
        registered: percentiles(&mut fleet.registered),
        delivered: percentiles(&mut fleet.delivered),
        reported: percentiles(&mut fleet.reported),
        here: here.unwrap_or(0),
        there,
        reports,
        lost,
    })
}

struct Fleet<'m> {
    network: &'m Network,
    memories: std::slice::IterMut<'m, Memory>,
    ues: Vec<Option<Ue<'m>>>,
    /// When each UE began what it is doing.
    began: Vec<Instant>,
    poll: Poll,
    start: Instant,
    /// What is over of the phase, and by whom.
    over: Vec<usize>,
    reports: u64,
    registered: Times,
    delivered: Times,
    reported: Times,
}

/// Lets the UE of this number begin.
type Begin<'m> = fn(&mut Fleet<'m>, usize) -> Result<(), Box<dyn Error>>;

impl<'m> Fleet<'m> {
    fn new(network: &'m Network, memories: &'m mut [Memory]) -> Result<Self, Box<dyn Error>> {
        let start = Instant::now();
        Ok(Self {
            network,
            ues: (0..memories.len()).map(|_| None).collect(),
            began: vec![start; memories.len()],
            memories: memories.iter_mut(),
            poll: Poll::new()?,
            start,
            over: Vec::new(),
            reports: 0,
            registered: Times::default(),
            delivered: Times::default(),
            reported: Times::default(),
        })
    }

    /// Each UE does it so many times, so many of them at once. Gives the time that it took, without the patience if
    /// something is lost.
    fn phase(
        &mut self,
        window: usize,
        times: u32,
        begin: Begin<'m>,
    ) -> Result<Duration, Box<dyn Error>> {
        let mut queue: VecDeque<(usize, u32)> = (0..self.ues.len()).map(|ue| (ue, times)).collect();
        let mut left: Vec<u32> = vec![times; self.ues.len()];
        let mut events = Events::with_capacity(1024);
        let (started, mut last) = (Instant::now(), Instant::now());
        let mut under_way = 0;
        while under_way > 0 || !queue.is_empty() {
            while under_way < window
                && let Some((ue, _)) = queue.pop_front()
            {
                self.began[ue] = Instant::now();
                under_way += 1;
                begin(self, ue)?;
                self.turn(ue)?;
            }
            if self.over.is_empty() {
                self.poll.poll(&mut events, Some(LOOK))?;
                for event in &events {
                    self.turn(event.token().0)?;
                }
                if events.is_empty() {
                    (0..self.ues.len()).try_for_each(|ue| self.turn(ue))?;
                }
            }
            for ue in std::mem::take(&mut self.over) {
                last = Instant::now();
                under_way -= 1;
                left[ue] -= 1;
                if left[ue] > 0 {
                    queue.push_back((ue, left[ue]));
                }
            }
            if last.elapsed() > PATIENCE {
                eprintln!("fleet: nothing has happened for {} s", PATIENCE.as_secs());
                break;
            }
        }
        Ok(last - started)
    }

    fn dial(&mut self, ue: usize) -> Result<(), Box<dyn Error>> {
        let (network, memory) = (self.network, self.memories.next().ok_or("no memory")?);
        let mut socket = TcpStream::connect(network.address)?;
        socket.set_nodelay(true)?;
        let both = Interest::READABLE | Interest::WRITABLE;
        self.poll
            .registry()
            .register(&mut socket, Token(ue), both)?;
        let who = &network.ues[ue];
        self.ues[ue] = Some(Ue::begin(socket, who, &network.fqdn, memory)?);
        Ok(())
    }

    /// To one who is far away in the list, with the time in the text.
    fn say(&mut self, ue: usize) -> Result<(), Box<dyn Error>> {
        let to = &self.network.ues[(ue + self.ues.len() / 2) % self.ues.len()];
        let text = format!(
            "{:>12} of {ue:>6}: 4711.3 kWh",
            self.start.elapsed().as_micros()
        );
        match &mut self.ues[ue] {
            Some(ue) => ue.say(to, &text),
            None => Ok(()),
        }
    }

    fn leave(&mut self, ue: usize) -> Result<(), Box<dyn Error>> {
        self.ues[ue].as_mut().map_or(Ok(()), Ue::leave)
    }

    /// Lets one UE do what it can, and notes what it tells.
    fn turn(&mut self, number: usize) -> Result<(), Box<dyn Error>> {
        let Some(ue) = &mut self.ues[number] else {
            return Ok(());
        };
        let mut told = Vec::new();
        let now = self.start.elapsed();
        ue.turn(now.as_millis() as u64, |one| told.push(one))
            .map_err(|error| format!("UE {number}: {error}"))?;
        let now = self.start.elapsed();
        for one in told {
            let took = self.began[number].elapsed();
            match one {
                Told::Registered => self.registered.add(took),
                Told::Report(true) => {
                    self.reports += 1;
                    self.reported.add(took);
                }
                Told::Report(false) => {
                    eprintln!("fleet: a report says that a message was not delivered")
                }
                Told::Left => {}
                Told::Message(text) => {
                    let sent = text
                        .split_whitespace()
                        .next()
                        .and_then(|word| word.parse().ok());
                    let sent = Duration::from_micros(sent.ok_or("a message that nobody sent")?);
                    self.delivered.add(now.saturating_sub(sent));
                    continue;
                }
            }
            self.over.push(number);
        }
        Ok(())
    }
}

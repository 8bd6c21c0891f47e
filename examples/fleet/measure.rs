//! Percentiles, rates and memory of a round.

use crate::ue;
use std::time::Duration;

/// How long each of many took.
#[derive(Default)]
pub struct Times(Vec<Duration>);

impl Times {
    pub fn add(&mut self, time: Duration) {
        self.0.push(time);
    }

    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// The time within which so many of a hundred were done, in milliseconds.
    pub fn percentile(&mut self, percent: usize) -> f64 {
        self.0.sort_unstable();
        let place = (self.0.len() * percent).div_ceil(100).max(1) - 1;
        self.0
            .get(place)
            .map_or(0.0, |time| time.as_secs_f64() * 1e3)
    }
}

/// What one round took.
pub struct Round {
    pub ues: usize,
    pub registrations_a_second: f64,
    pub messages_a_second: f64,
    /// Milliseconds at 50, 95 and 99 percent.
    pub registered: [f64; 3],
    pub delivered: [f64; 3],
    pub reported: [f64; 3],
    /// Octets of memory a UE, here and in the reference network.
    pub here: u64,
    pub there: Option<u64>,
    pub reports: u64,
    pub lost: u64,
}

impl Round {
    pub fn heading() -> String {
        format!(
            "Milliseconds are at 50, 95 and 99 percent. A UE is {} octets; KiB are what the process grew by.\n\n\
             | UEs | registrations/s | ms | messages/s | delivered, ms | reported, ms | KiB a UE | KiB at the server | reports | lost |\n\
             | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |",
            ue::SIZE
        )
    }

    pub fn row(&self) -> String {
        let three = |[a, b, c]: [f64; 3]| format!("{a:.1} / {b:.1} / {c:.1}");
        let kib = |octets: u64| format!("{:.1}", octets as f64 / 1024.0);
        format!(
            "| {} | {:.0} | {} | {:.0} | {} | {} | {} | {} | {} | {} |",
            self.ues,
            self.registrations_a_second,
            three(self.registered),
            self.messages_a_second,
            three(self.delivered),
            three(self.reported),
            kib(self.here),
            self.there.map_or_else(|| "?".to_owned(), kib),
            self.reports,
            self.lost
        )
    }
}

/// Octets of a process in memory, where the system tells; `None` is this one.
pub fn resident(process: Option<u32>) -> Option<u64> {
    let name = process.map_or_else(|| "self".to_owned(), |id| id.to_string());
    let status = std::fs::read_to_string(format!("/proc/{name}/status")).ok()?;
    let line = status
        .lines()
        .find_map(|line| line.strip_prefix("VmRSS:"))?;
    let kib: u64 = line.split_whitespace().next()?.parse().ok()?;
    Some(kib * 1024)
}

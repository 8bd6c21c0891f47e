//! What the rounds took, in words: `docs/fleet.md` is made from the record of a run.

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

/// A run, and under which conditions.
pub struct Record {
    /// What client and server shared.
    pub processors: usize,
    /// That each UE sent.
    pub messages: u64,
    /// So many handshakes, and so many messages, were under way at once.
    pub at_once: usize,
    /// Octets of the objects of one UE.
    pub ue_octets: usize,
    pub rounds: Vec<Round>,
}

impl Record {
    /// What holds for all rounds.
    pub fn conditions(&self) -> String {
        format!(
            "One run on {} processors, client and server side by side; {} messages a UE, {} handshakes and then {} messages\n\
             under way at once. Milliseconds are at 50, 95 and 99 percent. A UE is {} octets; KiB are what the process grew by.",
            self.processors, self.messages, self.at_once, self.at_once, self.ue_octets
        )
    }
}

impl Round {
    /// What [`row`](Self::row) has.
    pub const HEADING: &str = "| UEs | registrations/s | ms | messages/s | delivered, ms | reported, ms | KiB a UE | KiB at the server | reports | lost |\n\
         | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |";

    /// For people.
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

//! The application over an open session: registers, writes to another UE, reads its answer, leaves.

use crate::channel::Channel;
use crate::clock::Clock;
use crate::config::{PEER_SERVICE_ID, TEXT, UE_SERVICE_ID};
use crate::console;
use crate::memory::Memory;
use crate::meter::Meter;
pub use crate::steps::Ue;
use crate::steps::Witness;
use msgin5g::client::{Client, Config, Event, OutgoingMessage};
use msgin5g::message::{Recipient, UeServiceId};
use rand_core::{CryptoRng, RngCore};

/// No step may take longer, in milliseconds of the board's clock.
pub const PATIENCE_MS: u64 = 60_000;

/// Of the client of `main.rs` and most others.
static MEMORY: Memory<2048, 8, 2048, 4> = Memory::new();

/// Octets of a buffer that takes every snapshot of that client.
#[cfg(feature = "snapshot")]
pub const SNAPSHOT_LEN: usize = msgin5g::snapshot::max_len(2048, 8, 2048, 4);

/// A client that has said nothing yet, in this memory. Once.
pub fn client(rng: &mut (impl RngCore + CryptoRng)) -> Result<Client<'static>, Problem> {
    let id = UeServiceId::new(UE_SERVICE_ID).map_err(failed_at!("identity"))?;
    Client::new(Config::new(id), MEMORY.take()?, rng).map_err(failed_at!("configuration"))
}

/// Has it write to the other UE.
pub fn write(client: &mut Client<'_>, rng: &mut (impl RngCore + CryptoRng)) -> Result<(), Problem> {
    let peer = UeServiceId::new(PEER_SERVICE_ID).map_err(failed_at!("identity"))?;
    let message = OutgoingMessage::text(Recipient::Ue(peer), TEXT).with_report();
    client
        .send(&message, rng)
        .map(|_| ())
        .map_err(failed_at!("sending"))
}

/// The step at which it came to nothing. The log says more.
pub struct Problem(pub &'static str);

/// What this UE does while it has a session. Not inlined, so that its memory is not held during the handshake.
#[inline(never)]
pub fn run(
    session: &mut impl Channel,
    clock: Clock,
    rng: &mut (impl RngCore + CryptoRng),
) -> Result<(), Problem> {
    let mut ue = Ue::new(session, client(rng)?, clock);
    ue.session.connect(&mut ue.client);
    ue.register()?;
    ue.talk(rng)?;
    ue.leave()?;
    ue.tally.print();
    Ok(())
}

impl<S: Channel> Ue<'_, S, Tally> {
    /// Writes to the other UE, and waits for its report and its answer.
    pub fn talk(&mut self, rng: &mut (impl RngCore + CryptoRng)) -> Result<(), Problem> {
        let meter = Meter::start();
        write(&mut self.client, rng)?;
        self.until("exchange", Tally::has_talked)?;
        console::figure("messages_insn", meter.stop().instructions);
        Ok(())
    }
}

/// What has happened so far.
#[derive(Default)]
pub struct Tally {
    /// Registrations.
    pub registered: u32,
    sent: u32,
    received: u32,
    reports: u32,
    /// Ends of registrations.
    pub deregistered: u32,
}

impl Tally {
    /// Whether our message is delivered and the answer is here.
    pub fn has_talked(&self) -> bool {
        (self.sent, self.reports, self.received) == (1, 1, 1)
    }

    /// Counts it. What does not belong to the story ends it.
    pub fn count(&mut self, event: &Event<'_>) -> Result<(), Problem> {
        match event {
            Event::Registered => self.registered += 1,
            Event::Accepted { .. } => self.sent += 1,
            Event::Report(_) => self.reports += 1,
            Event::Message { msg: message, .. } => {
                info!("{}: {}", message.originator.as_str(), message.payload);
                console::text("received_text", message.payload.as_bytes());
                self.received += 1;
            }
            Event::Deregistered => self.deregistered += 1,
            other => {
                error!("{}", other);
                return Err(Problem("unexpected event"));
            }
        }
        Ok(())
    }

    /// Writes it to the console.
    pub fn print(&self) {
        console::figure("registered", self.registered.into());
        console::figure("sent", self.sent.into());
        console::figure("received", self.received.into());
        console::figure("reports", self.reports.into());
        console::figure("deregistered", self.deregistered.into());
    }
}

impl Witness for Tally {
    fn registered(&self) -> u32 {
        self.registered
    }

    fn deregistered(&self) -> u32 {
        self.deregistered
    }

    fn hear(&mut self, event: &Event<'_>) -> Result<(), Problem> {
        self.count(event)
    }
}

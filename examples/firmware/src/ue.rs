//! The application over an open session: registers, writes to another UE, reads its answer, leaves.

use crate::channel::Channel;
use crate::clock::Clock;
use crate::config::{PEER_SERVICE_ID, TEXT, UE_SERVICE_ID};
use crate::console;
use crate::meter::Meter;
use crate::once::Once;
use msgin5g::client::{Client, Config, Event, IncomingSlot, OutboxSlot, OutgoingMessage, Pieces};
use msgin5g::message::{Recipient, UeServiceId};
use msgin5g::transport::Host;
use rand_core::{CryptoRng, RngCore};

/// No step may take longer, in milliseconds of the board's clock.
pub const PATIENCE_MS: u64 = 60_000;

// The client's memory in pieces, none of which is ever built on the stack: `ClientMemory` as a whole would be.
static RX: Once<[u8; 1152]> = Once::new();
static TX: Once<[u8; 1152]> = Once::new();
static OUTBOX: Once<[u8; 2048]> = Once::new();
static SLOTS: Once<[OutboxSlot; 8]> = Once::new();
static INCOMING: Once<[u8; 2048]> = Once::new();
static INCOMING_SLOTS: Once<[IncomingSlot; 4]> = Once::new();

/// Octets of a buffer that takes every snapshot of a client in this memory.
#[cfg(feature = "snapshot")]
pub const SNAPSHOT_LEN: usize = msgin5g::snapshot::max_len(2048, 8, 2048, 4);

/// Memory for one client.
fn memory() -> Option<Pieces<'static>> {
    Some(Pieces {
        rx: RX.take(|| [0; 1152])?,
        tx: TX.take(|| [0; 1152])?,
        outbox: OUTBOX.take(|| [0; 2048])?,
        slots: SLOTS.take(|| [OutboxSlot::EMPTY; 8])?,
        incoming: INCOMING.take(|| [0; 2048])?,
        incoming_slots: INCOMING_SLOTS.take(|| [IncomingSlot::EMPTY; 4])?,
    })
}

/// A client that has said nothing yet, in this memory. Once.
pub fn client(rng: &mut (impl RngCore + CryptoRng)) -> Result<Client<'static>, Problem> {
    let id = UeServiceId::new(UE_SERVICE_ID).map_err(failed_at!("identity"))?;
    let memory = memory().ok_or(Problem("memory"))?;
    Client::new(Config::new(id), memory, rng).map_err(failed_at!("configuration"))
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
    let mut ue = Ue::new(session, clock, rng)?;
    ue.session.connect(&mut ue.client);
    ue.register()?;
    ue.talk(rng)?;
    ue.leave()?;
    ue.tally.print();
    Ok(())
}

/// The UE while it has a session.
pub struct Ue<'a, S: Channel> {
    /// Its session.
    pub session: &'a mut S,
    /// Its client.
    pub client: Client<'a>,
    clock: Clock,
    /// What has happened so far.
    pub tally: Tally,
}

impl<'a, S: Channel> Ue<'a, S> {
    /// A UE that has said nothing yet. Once, as there is one memory.
    pub fn new(
        session: &'a mut S,
        clock: Clock,
        rng: &mut (impl RngCore + CryptoRng),
    ) -> Result<Self, Problem> {
        Ok(Self {
            client: client(rng)?,
            session,
            clock,
            tally: Tally::default(),
        })
    }

    /// Registers, and waits for the answer.
    pub fn register(&mut self) -> Result<(), Problem> {
        let meter = Meter::start();
        self.client.register().map_err(failed_at!("registration"))?;
        self.until("registration", |tally| tally.registered == 1)?;
        console::figure("registration_insn", meter.stop().instructions);
        Ok(())
    }

    /// Writes to the other UE, and waits for its report and its answer.
    pub fn talk(&mut self, rng: &mut (impl RngCore + CryptoRng)) -> Result<(), Problem> {
        let meter = Meter::start();
        write(&mut self.client, rng)?;
        self.until("exchange", Tally::has_talked)?;
        console::figure("messages_insn", meter.stop().instructions);
        Ok(())
    }

    /// The client sees to it that our report of the answer is out before.
    pub fn leave(&mut self) -> Result<(), Problem> {
        self.client
            .deregister()
            .map_err(failed_at!("de-registration"))?;
        self.until("de-registration", |tally| tally.deregistered == 1)
    }

    /// Moves octets and takes events until the tally is as wished.
    fn until(
        &mut self,
        step: &'static str,
        reached: impl Fn(&Tally) -> bool,
    ) -> Result<(), Problem> {
        let deadline = self.clock.now_ms() + PATIENCE_MS;
        while !reached(&self.tally) {
            let something = self
                .session
                .wait(&mut self.client, &mut self.clock, deadline)
                .map_err(failed_at!("session lost"))?;
            if !something {
                error!("{}: nothing came in time", step);
                return Err(Problem(step));
            }
            while let Some(event) = self.client.poll_event(self.clock.now_ms()) {
                self.tally.count(&event)?;
            }
        }
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

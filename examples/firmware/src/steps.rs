//! A UE while it has a session, and the steps that every program of this firmware takes with it.

use crate::channel::Channel;
use crate::clock::Clock;
use crate::console;
use crate::meter::Meter;
use crate::ue::{PATIENCE_MS, Problem};
use msgin5g::client::{Client, Event};
use msgin5g::transport::Host;

/// What a program makes of the client's events.
pub trait Witness {
    /// Hears of an event. What does not belong to the program's story ends it.
    fn hear(&mut self, event: &Event<'_>) -> Result<(), Problem>;

    /// Gives the client what the event asked for.
    fn answer(&mut self, _client: &mut Client<'_>, _now: u64) -> Result<(), Problem> {
        Ok(())
    }

    /// Registrations so far.
    fn registered(&self) -> u32;

    /// Ends of registrations so far.
    fn deregistered(&self) -> u32;
}

/// The UE while it has a session.
pub struct Ue<'a, S, W> {
    /// Its session.
    pub session: &'a mut S,
    /// Its client.
    pub client: Client<'a>,
    clock: Clock,
    /// What has happened so far.
    pub tally: W,
}

impl<'a, S: Channel, W: Witness + Default> Ue<'a, S, W> {
    /// With a client that has said nothing yet.
    pub fn new(session: &'a mut S, client: Client<'a>, clock: Clock) -> Self {
        Self {
            session,
            client,
            clock,
            tally: W::default(),
        }
    }

    /// Registers, and waits for the answer.
    pub fn register(&mut self) -> Result<(), Problem> {
        let meter = Meter::start();
        self.client.register().map_err(failed_at!("registration"))?;
        self.until("registration", |tally| tally.registered() == 1)?;
        console::figure("registration_insn", meter.stop().instructions);
        Ok(())
    }

    /// De-registers. The client sees to it that what it owes others is out before.
    pub fn leave(&mut self) -> Result<(), Problem> {
        self.client
            .deregister()
            .map_err(failed_at!("de-registration"))?;
        self.until("de-registration", |tally| tally.deregistered() == 1)
    }

    /// Moves octets and takes events until the tally is as wished.
    pub fn until(
        &mut self,
        step: &'static str,
        reached: impl Fn(&W) -> bool,
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
            let now = self.clock.now_ms();
            while let Some(event) = self.client.poll_event(now) {
                self.tally.hear(&event)?;
                self.tally.answer(&mut self.client, now)?;
            }
        }
        Ok(())
    }
}

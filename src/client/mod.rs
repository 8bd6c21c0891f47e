//! The MSGin5G Client (TS 24.538, TS 23.554) as a state machine.
//!
//! No input, no output, no clock: octets and the time go in; octets, events and
//! the next deadline come out. So it runs in a superloop, in a task, under an
//! executor, and in a test that owns the time.
//!
//! ```text
//!            register, send, report, deregister
//!                          |
//!            +-------------v--------------+
//!  octets -> | inbox -> frames -> events  | -> poll_event
//!            |   |                        |
//!            |   +-> answers    outbox    |
//!            |          |         |       |
//!  octets <- | <--------+---------+       | -> next_deadline
//!            +----------------------------+
//! ```
//!
//! A driver moves the octets between the client and an open [`Session`](crate::session::Session):
//! see [`driver`](crate::driver).
//!
//! # The order of calls
//!
//! 1. [`connected`](Client::connected) when a session has been opened, each time.
//! 2. [`register`](Client::register) once; the client registers again by itself after a reconnect.
//! 3. [`send`](Client::send) at any time, also before: what is accepted is kept until it is answered.
//! 4. [`poll_event`](Client::poll_event) until it gives nothing, after each move of octets
//!    and at [`next_deadline`](Client::next_deadline).
//! 5. [`disconnected`](Client::disconnected) when the session is lost. Then back to 1.

mod config;
mod core;
mod duplicates;
mod event;
mod exchange;
mod inbound;
mod inbox;
mod journal;
mod memory;
mod outbound;
mod outbox;
mod outgoing;

pub use config::{Config, Reports};
pub use event::{Event, Failure, ReportTicket, SendError};
pub use memory::{ClientMemory, Pieces};
pub use outbox::OutboxSlot;
pub use outgoing::OutgoingMessage;

use rand_core::{CryptoRng, RngCore};

use self::core::{Core, Membership};
use crate::coap::CoapError;
use crate::message::{MessageId, Originator, Outcome};
use exchange::Exchange;
use inbox::{Arrival, Inbox};

/// An MSGin5G Client. See the [module](self) for how it is driven.
pub struct Client<'m> {
    inbox: Inbox<'m>,
    core: Core<'m>,
    /// Why the stream cannot be followed, until the application has been told.
    fault: Option<CoapError>,
}

impl<'m> Client<'m> {
    /// A client that is neither connected nor registered.
    ///
    /// The random numbers start the CoAP tokens and spread retries in time.
    pub fn new(
        config: Config<'m>,
        memory: Pieces<'m>,
        rng: &mut (impl RngCore + CryptoRng),
    ) -> Self {
        Self {
            inbox: Inbox::new(memory.rx),
            core: Core::new(
                config,
                memory.tx,
                memory.outbox,
                memory.slots,
                rng.next_u64(),
            ),
            fault: None,
        }
    }

    // ---- what the application wants -------------------------------------------------

    /// Registers with the server (TS 24.538 clause 6.3, TS 23.554 clause 8.2.1), now or as
    /// soon as there is a session. The outcome is [`Event::Registered`] or
    /// [`Event::RegistrationFailed`].
    ///
    /// # Errors
    ///
    /// [`SendError::Busy`] while a registration or de-registration is under way;
    /// [`SendError::TooLarge`] when the request does not fit the transmit memory.
    pub fn register(&mut self) -> Result<(), SendError> {
        self.core
            .change_membership(Membership::Registering(Exchange::NEW))
    }

    /// Ends the registration (TS 23.554 clause 8.2.2) once all that was accepted before
    /// has been sent and answered. The outcome is [`Event::Deregistered`].
    ///
    /// # Errors
    ///
    /// As for [`register`](Self::register).
    pub fn deregister(&mut self) -> Result<(), SendError> {
        self.core
            .change_membership(Membership::Deregistering(Exchange::NEW))
    }

    /// Accepts a message to a UE, an Application Server, a group or a topic
    /// (TS 23.554 clauses 8.3.2 and 8.7). It is kept until the server has answered; the
    /// outcome is [`Event::Accepted`], [`Event::Stored`] or [`Event::Failed`], and an
    /// [`Event::Report`] later where one was asked for.
    ///
    /// Returns the Message ID, 122 random bits from `rng`, by which all of these speak of it.
    ///
    /// # Errors
    ///
    /// [`SendError::OutboxFull`] and [`SendError::OutboxTooSmall`] pass by themselves,
    /// [`SendError::TooLarge`] does not. Nothing is accepted by halves.
    pub fn send(
        &mut self,
        message: &OutgoingMessage<'_>,
        rng: &mut (impl RngCore + CryptoRng),
    ) -> Result<MessageId<'static>, SendError> {
        let message_id = MessageId::Uuid(random_uuid(rng));
        let originator = Originator::Ue(self.core.config.registration.ue_service_id);
        self.core
            .accept_message(&message.to_msg(originator, message_id))?;
        Ok(message_id)
    }

    /// Reports what became of a received message (TS 23.554 clause 8.3.4), for
    /// [`Reports::ByApplication`]. `cause` says why, for a failure.
    ///
    /// # Errors
    ///
    /// [`SendError::UnknownTicket`] when the report has been given before. As for
    /// [`send`](Self::send) when a failure cannot be written down; the ticket stays good.
    pub fn report(
        &mut self,
        ticket: ReportTicket,
        outcome: Outcome<'_>,
        cause: Option<&str>,
    ) -> Result<(), SendError> {
        self.core.give_report(ticket, outcome, cause)
    }

    /// Asks the server for a sign of life (RFC 8323 section 5.4): [`Event::Pong`] is the answer.
    pub fn ping(&mut self) {
        self.core.outbound.signals.ping = true;
    }

    /// Says that this session is about to be closed (RFC 8323 section 5.5), after all that
    /// can be sent now.
    pub fn release(&mut self) {
        self.core.outbound.signals.release = true;
    }

    // ---- what the driver does -------------------------------------------------------

    /// A session is open. What was under way when the last one broke starts again.
    pub fn connected(&mut self) {
        self.disconnected();
        self.core.outbound.connect();
    }

    /// The session is lost or closed. Nothing that was accepted is lost with it.
    pub fn disconnected(&mut self) {
        self.inbox.clear();
        self.fault = None;
        self.core.interrupt();
    }

    /// Where octets from the session go; empty when it is full of events to
    /// be polled, and after [`Event::Malformed`].
    pub fn recv_space(&mut self) -> &mut [u8] {
        if self.core.outbound.is_deaf {
            return &mut [];
        }
        self.inbox.space()
    }

    /// `n` octets have been put into [`recv_space`](Self::recv_space).
    pub fn received(&mut self, n: usize) {
        self.inbox.received(n);
    }

    /// Octets for the session; empty when there is nothing to send now.
    pub fn poll_transmit(&mut self, now: u64) -> &[u8] {
        self.core.poll_transmit(self.inbox.capacity(), now)
    }

    /// The session has taken the first `n` octets of [`poll_transmit`](Self::poll_transmit).
    pub fn transmitted(&mut self, n: usize) {
        self.core.outbound.transmitted(n);
    }

    /// The next event, if any. `now` is in milliseconds from any origin that stays.
    pub fn poll_event(&mut self, now: u64) -> Option<Event<'_>> {
        let event = self.next_event(now)?;
        journal::note(&event);
        Some(event)
    }

    /// Whether [`poll_event`](Self::poll_event) has something.
    pub fn has_event(&mut self, now: u64) -> bool {
        self.core.lapse(now).is_some() || !matches!(self.next_frame(now), Ok(Arrival::Incomplete))
    }

    /// The time (ms) at which [`poll_event`](Self::poll_event) or
    /// [`poll_transmit`](Self::poll_transmit) has something even if nothing arrives;
    /// `None`: never. Until then the device may sleep, once `poll_transmit` is empty.
    pub fn next_deadline(&self) -> Option<u64> {
        self.core.next_deadline()
    }

    /// Whether the server has accepted the registration, on this session or an earlier one.
    pub fn is_registered(&self) -> bool {
        self.core.membership == Membership::Registered
    }

    /// Messages and reports accepted and not yet answered.
    pub fn pending(&self) -> usize {
        self.core.outbox.len()
    }

    fn next_event(&mut self, now: u64) -> Option<Event<'_>> {
        if let Some(end) = self.core.lapse(now) {
            return self.core.end(end);
        }
        match self.next_frame(now) {
            Ok(Arrival::Incomplete) => None,
            Ok(Arrival::Frame(head)) => Some(self.core.on_frame(self.inbox.take(&head))),
            Ok(Arrival::TooLarge(head)) => {
                self.inbox.take_oversize();
                Some(self.core.on_too_large(&head))
            }
            Err(error) => {
                self.inbox.clear();
                self.fault = None;
                Some(self.core.give_up(error))
            }
        }
    }

    /// The next frame that the application hears of; those before it are absorbed. Says the
    /// same again until that frame has been taken.
    fn next_frame(&mut self, now: u64) -> Result<Arrival, CoapError> {
        if let Some(fault) = self.fault {
            return Err(fault);
        }
        let front = self.absorb_up_to_next(now);
        self.fault = front.as_ref().err().copied();
        front
    }

    fn absorb_up_to_next(&mut self, now: u64) -> Result<Arrival, CoapError> {
        loop {
            if self.core.outbound.is_deaf {
                return Ok(Arrival::Incomplete);
            }
            if !self.core.can_answer() {
                // The driver sends the answers, then it goes on.
                return Ok(Arrival::Incomplete);
            }
            match self.inbox.front()? {
                Arrival::Frame(head) if !self.core.concerns_application(&head) => {
                    self.core.absorb(self.inbox.take(&head), now)?;
                }
                Arrival::TooLarge(head) if !self.core.concerns_application(&head) => {
                    self.inbox.take_oversize();
                    self.core.absorb_unread(&head, now);
                }
                front => return Ok(front),
            }
        }
    }
}

/// A UUID of version 4 (RFC 9562 section 5.4).
fn random_uuid(rng: &mut (impl RngCore + CryptoRng)) -> [u8; 16] {
    let mut octets = [0; 16];
    rng.fill_bytes(&mut octets);
    let mut number = u128::from_be_bytes(octets);
    number = number & !(0xf << 76) | 0x4 << 76; // version
    number = number & !(0x3 << 62) | 0x2 << 62; // variant
    number.to_be_bytes()
}

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
//!
//! # Long messages
//!
//! A message [that may](OutgoingMessage::with_segments) goes in segments when it is too long. What
//! the application holds itself, in flash or in a file, goes by [`send_from`](Client::send_from):
//!
//! ```
//! use msgin5g::client::{Client, Event, SendError};
//!
//! fn next(client: &mut Client<'_>, flash: &[u8], now: u64) -> Result<(), SendError> {
//!     if let Some(Event::PayloadWanted { message_id, offset, len }) = client.poll_event(now) {
//!         let part = &flash[offset..offset + len];
//!         return client.supply(message_id, offset, part, now);
//!     }
//!     Ok(())
//! }
//! ```
//!
//! Received segments are put together in the memory that [`ClientMemory`] gives; what does not
//! fit it is refused with 4.13.

#[cfg_attr(not(feature = "aggregation"), path = "aggregation/off.rs")]
mod aggregation;
mod clock;
mod config;
mod core;
#[cfg_attr(not(feature = "datagrams"), path = "datagrams_off.rs")]
mod datagrams;
mod event;
mod farewell;
mod journal;
mod membership;
mod memory;
mod outbox;
mod outgoing;
mod owed;
mod payload;
mod receiving;
mod requests;
#[cfg_attr(not(feature = "segmentation"), path = "segments/off.rs")]
mod segments;
mod sending;
#[cfg(feature = "snapshot")]
mod snapshot;
#[cfg(feature = "stored-message-update")]
mod storing;
#[cfg_attr(not(feature = "topics"), path = "topics_off.rs")]
mod topics;

pub use config::{Config, ConfigError, Reports};
#[cfg(feature = "segmentation")]
pub use event::PartialMessage;
#[cfg(feature = "topics")]
pub use event::Subscription;
pub use event::{Event, Failure, ReportTicket, SendError};
pub use farewell::Farewell;
pub use memory::{ClientMemory, Pieces};
pub use outbox::OutboxSlot;
pub use outgoing::OutgoingMessage;
pub use receiving::incoming::IncomingSlot;
pub(crate) use sending::request::MOST_PATH_SEGMENTS;
#[cfg(feature = "snapshot")]
pub(crate) use snapshot::snapshot_len;

use rand_core::{CryptoRng, RngCore};

use self::core::Core;
use crate::coap::CoapError;
use membership::Membership;
use receiving::inbox::{Arrival, Inbox};

/// An MSGin5G Client. See the [module](self) for how it is driven.
pub struct Client<'m> {
    inbox: Inbox<'m>,
    core: Core<'m>,
    /// Why the stream cannot be followed, until the application has been told.
    fault: Option<CoapError>,
    /// Something has been taken in since the last look at what is to be sent: it may have to be answered, or have made
    /// way for what waited.
    stirred: bool,
    /// The session waits for another way to the server.
    paused: bool,
    /// What of a session came out of a snapshot, until one is open.
    #[cfg(feature = "snapshot")]
    link: snapshot::Link,
}

impl<'m> Client<'m> {
    /// A client that is neither connected nor registered.
    ///
    /// The random numbers start the CoAP tokens and spread retries in time.
    ///
    /// # Errors
    ///
    /// What [`Config::check`] finds, and memory that cannot hold what the client needs in any case.
    pub fn new(
        config: Config<'m>,
        memory: Pieces<'m>,
        rng: &mut (impl RngCore + CryptoRng),
    ) -> Result<Self, ConfigError> {
        config.check()?;
        config.check_memory(memory.rx.len(), memory.tx.len())?;
        let (core, rx) = Core::new(config, memory, rng.next_u64());
        Ok(Self {
            inbox: Inbox::new(rx),
            core,
            fault: None,
            stirred: false,
            paused: false,
            #[cfg(feature = "snapshot")]
            link: snapshot::Link::None,
        })
    }

    /// A session is open. What was under way when the last one broke starts again.
    pub fn connected(&mut self) {
        self.disconnected();
        self.core.outbound.connect();
    }

    /// The same for datagrams (RFC 7252): the octets that go and come from here on are whole
    /// datagrams, each in one piece. What is lost goes again, what comes twice counts once, as
    /// [`Config::datagrams`] says. There is no Release here.
    ///
    /// The receive memory takes datagrams that are shorter than itself.
    #[cfg(feature = "datagrams")]
    pub fn connected_datagram(&mut self) {
        self.disconnected();
        self.inbox.take_datagrams();
        self.core.connect_datagrams();
    }

    /// The session takes datagrams of at most `octets`. The drivers say so; what is longer goes in
    /// segments or is refused when it is asked for, as with [`Config::max_datagram`].
    #[cfg(feature = "datagrams")]
    pub fn limit_datagrams(&mut self, octets: usize) {
        self.core.outbound.limit_datagrams(octets);
    }

    /// The session is lost or closed. Nothing that was accepted is lost with it.
    pub fn disconnected(&mut self) {
        self.forget_session();
        self.core.interrupt();
    }

    /// The transport is lost, and the session waits for another one: what was under way goes again
    /// then, without a registration.
    pub(crate) fn paused(&mut self) {
        self.forget_session();
        self.core.pause();
        self.paused = true;
    }

    /// The session goes on over another transport. `false`: it was none that waits.
    #[cfg(feature = "dtls13")]
    pub(crate) fn moved(&mut self) -> bool {
        let goes_on = ::core::mem::take(&mut self.paused);
        if goes_on {
            self.inbox.take_datagrams();
            self.core.connect_datagrams();
            // Who only listens is heard all the same: that tells the server the address.
            self.ping();
        }
        goes_on
    }

    /// A sign of life is to be asked for.
    pub(crate) fn will_ping(&self) -> bool {
        self.core.outbound.signals.ping
    }

    fn forget_session(&mut self) {
        self.inbox.clear();
        self.fault = None;
        self.paused = false;
        #[cfg(feature = "snapshot")]
        {
            self.link = snapshot::Link::None;
        }
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
        self.stirred = false;
        self.admit(now);
        self.core.poll_transmit(self.inbox.capacity(), now)
    }

    /// The session has taken the first `n` octets of [`poll_transmit`](Self::poll_transmit).
    pub fn transmitted(&mut self, n: usize) {
        if self.core.datagrams.is_on() {
            self.core.datagrams.transmitted();
        } else {
            self.core.outbound.transmitted(n);
        }
    }

    /// The next event, if any. `now` is in milliseconds from any origin that stays, and never goes
    /// back. If it does all the same, time stands still meanwhile.
    pub fn poll_event(&mut self, now: u64) -> Option<Event<'_>> {
        let event = self.next_event(now)?;
        journal::note(&event);
        Some(event)
    }

    /// Whether [`poll_event`](Self::poll_event) has something.
    pub fn has_event(&mut self, now: u64) -> bool {
        self.admit(now);
        self.core.incoming.sweep();
        self.core.known().is_some()
            || !matches!(self.next_frame(now), Ok(Arrival::Incomplete))
            // What the frames so far made known, and what time did.
            || self.core.known().is_some()
            || self.core.lapse(now).is_some()
    }

    /// The time (ms) at which [`poll_event`](Self::poll_event) or
    /// [`poll_transmit`](Self::poll_transmit) has something even if nothing arrives;
    /// `None`: never. Until then the device may sleep, once `poll_transmit` is empty: look at that
    /// after the events, too.
    pub fn next_deadline(&self) -> Option<u64> {
        self.core.next_deadline()
    }

    /// Whether the server has accepted the registration, on this session or an earlier one.
    pub fn is_registered(&self) -> bool {
        self.core.membership == Membership::Registered
    }

    /// Messages, reports and subscriptions accepted and not yet answered. Neither standing
    /// subscriptions count nor segments that are kept in case some are missed.
    pub fn pending(&self) -> usize {
        let entries = self.core.outbox.iter();
        entries.filter(|slot| slot.is_pending()).count()
    }

    /// Whether nothing of any message is in the client's memory any more: all is answered, all
    /// segments are with their recipients, all that arrived is handed over.
    pub fn is_idle(&self) -> bool {
        let mut subscriptions = self.core.outbox.iter();
        let sent = subscriptions
            .all(|slot| matches!(slot.kind, outbox::Kind::Subscription(_)) && !slot.is_pending());
        let mut arrived = self.core.incoming.shelf.iter();
        sent && arrived.all(|slot| slot.handed)
    }

    /// Whether `poll_transmit` may have something that it had not when it was asked last.
    pub(crate) fn is_stirred(&self) -> bool {
        self.stirred
    }

    /// Looks at the datagram that has arrived, if any: it becomes a frame, or nothing.
    fn admit(&mut self, now: u64) {
        self.core.tick(now);
        if self.core.datagrams.can_accept()
            && let Some((octets, is_whole)) = self.inbox.datagram()
        {
            let kept = self.core.accept_datagram(octets, is_whole, now);
            self.inbox.keep(kept);
        }
    }

    fn next_event(&mut self, now: u64) -> Option<Event<'_>> {
        self.admit(now);
        self.core.incoming.sweep();
        if let Some(owed) = self.core.known() {
            self.stirred = true;
            return self.core.tell(owed, now);
        }
        // An answer that has arrived counts, however late somebody looks: so frames go first.
        let next = self.next_frame(now);
        self.stirred |= !matches!(next, Ok(Arrival::Incomplete));
        match next {
            Ok(Arrival::Incomplete) => {
                // A frame that was absorbed may be what something ready waited for.
                let owed = self.core.known().or_else(|| self.core.lapse(now))?;
                self.stirred = true;
                self.core.tell(owed, now)
            }
            Ok(Arrival::Frame(head)) => Some(self.core.on_frame(self.inbox.take(&head), now)),
            Ok(Arrival::TooLarge(head)) => {
                self.inbox.take_oversize();
                Some(self.core.on_too_large(&head, now))
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
                    self.stirred = true;
                    self.core.absorb(self.inbox.take(&head), now)?;
                }
                Arrival::TooLarge(head) if !self.core.concerns_application(&head) => {
                    self.stirred = true;
                    self.inbox.take_oversize();
                    self.core.absorb_unread(&head, now);
                }
                front => return Ok(front),
            }
        }
    }
}

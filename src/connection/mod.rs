//! One connection to the MSGin5G Server that is always there, or comes back: keys, sessions and
//! the client behind one call.
//!
//! A cellular device loses its session every day: the network forgets its address, the modem
//! sleeps, K_AUSF changes, K_AF expires. [`Connection`] lives with all of that. It asks the key
//! source, dials, opens a session with K_AF, carries the client's octets, notices when the
//! server is gone, and begins again after a pause. What the client has accepted survives.
//!
//! ```
//! # use core::task::Poll;
//! # use msgin5g::transport::{StreamTransport, TransportError};
//! use msgin5g::client::{Client, Event};
//! use msgin5g::connection::{Channel, Connection, ConnectionEvent, Modem};
//! use msgin5g::rand_core::{CryptoRng, RngCore};
//!
//! /// One turn of a superloop. Never waits. Gives the time (ms) until which the radio may sleep
//! /// unless an octet arrives; `None`: for as long as it likes.
//! fn turn<C: Channel>(
//!     connection: &mut Connection<'_, C>,
//!     client: &mut Client<'_>,
//!     modem: &mut impl Modem<Transport = C::Transport>, // keys, and a way to the server
//!     now: u64,
//!     rng: &mut (impl RngCore + CryptoRng),
//! ) -> Option<u64> {
//!     while let Some(event) = connection.poll(client, modem, now, rng) {
//!         if let ConnectionEvent::KeyRefused { .. } = event {
//!             // have the modem register in 5GS anew, if it has nothing better to do
//!         }
//!     }
//!     while let Some(event) = client.poll_event(now) {
//!         if let Event::Message { msg, .. } = event {
//!             // msg.payload is for the application
//!         }
//!     }
//!     connection.next_deadline(client)
//! }
//! ```
//!
//! That is all: [`Client::register`] and [`Client::send`] are called at any time, connected or
//! not. No event of a connection has to be acted on.
//!
//! # States
//!
//! ```text
//!            +--------------------------------------------------------------+
//!            v                                                              |
//!  off -> asking the -> dialling -> opening -> open --> ended, or closed    |
//!         key source                  |                      |              |
//!            ^  |          (any failure) \____________________|             |
//!            |  |                                v                          |
//!            |  +---- no key, refused -------> pause --- time is over ------+
//!            |        and not renewed            |
//!            |                                   |
//!            +--- refused: once at once,    a new K_AUSF ends a pause
//!                 if the A-KID is new       that was for want of a key
//! ```
//!
//! # Keys
//!
//! A key is asked for when a session is about to be opened, held until the handshake has begun,
//! and then wiped. When K_AUSF changes (TS 24.501 clause 4.21), the open session goes on and the
//! next one takes the new key. A key that is refused is asked for again: a new A-KID is tried
//! once at once, the same one after a pause, because the pause ends by itself as soon as there
//! is a new K_AUSF. There are never more than two attempts from one whole pause to the next.
//!
//! # Silence
//!
//! Nothing is sent to find out whether the server is still there. It counts as gone when a
//! request is not answered and nothing else comes for [`Settings::silence_ms`]. A UE that only
//! listens does not notice a dead path; [`Settings::ping_ms`] makes it look, at the radio's cost.
//!
//! More, with a picture: `docs/connection.md`. What each error means: `docs/errors.md`.

mod channel;
mod clock;
#[cfg(feature = "dtls13")]
mod dtls13;
#[cfg(feature = "embedded-tls")]
mod embedded_tls;
mod event;
mod machine;
mod modem;
mod open;
mod opening;
mod pause;
#[cfg(feature = "insecure-plaintext")]
mod plain;
mod settings;
#[cfg(feature = "tls13")]
mod tls13;

pub use channel::Channel;
#[cfg(feature = "dtls13")]
pub use dtls13::Dtls13;
#[cfg(feature = "embedded-tls")]
pub use embedded_tls::{Desk, EmbeddedTls, EmbeddedTlsMemory};
pub use event::ConnectionEvent;
pub use modem::Modem;
#[cfg(feature = "insecure-plaintext")]
pub use modem::NoKeys;
#[cfg(feature = "insecure-plaintext")]
pub use plain::Plain;
#[cfg(all(feature = "insecure-plaintext", feature = "datagrams"))]
pub use plain::PlainDatagrams;
pub use settings::Settings;
#[cfg(feature = "tls13")]
pub use tls13::Tls13;

use rand_core::{CryptoRng, RngCore};

#[cfg(doc)]
use crate::akma::AkmaKeySource;
use crate::client::Client;
use machine::{Phase, Step};
use opening::{Keys, Print};
use pause::Failures;

/// Keeps a client connected. See the [module](self).
pub struct Connection<'a, C> {
    settings: Settings<'a>,
    channel: C,
    phase: Phase,
    wanted: bool,
    failures: Failures,
    /// So many that it is to be told.
    tell: bool,
    /// Of the key source, when it was last looked at.
    generation: Option<u32>,
    /// Of the identity that was tried last.
    print: Option<Print>,
    keys: Option<Keys>,
    /// Something was tried at once since the last pause.
    retried: bool,
    needs_authentication: bool,
    /// In this session.
    told_of_change: bool,
    /// The last session ended because of its key: the client has to register again.
    register: bool,
    opened_at: u64,
    heard_at: u64,
    /// Since when a request waits.
    asked_at: Option<u64>,
    pinged: bool,
    /// The time (ms) that it was told last.
    time: u64,
}

/// More steps than any way through the states takes, so that one call ends whatever the port does.
const ENOUGH: usize = 16;

impl<'a, C: Channel> Connection<'a, C> {
    /// A connection that begins to connect with the first [`poll`](Self::poll).
    pub fn new(settings: Settings<'a>, channel: C) -> Self {
        Self {
            settings,
            channel,
            phase: Phase::Off,
            wanted: true,
            failures: Failures::NONE,
            tell: false,
            generation: None,
            print: None,
            keys: None,
            retried: false,
            needs_authentication: false,
            told_of_change: false,
            register: false,
            opened_at: 0,
            heard_at: 0,
            asked_at: None,
            pinged: false,
            time: 0,
        }
    }

    /// Does what can be done now, and gives what is to be told. Never waits. `now` is in
    /// milliseconds from any origin that stays, and never goes back. If it does all the same, what is
    /// left of each wait stays as it is.
    ///
    /// Call it until it gives `None`: when octets have arrived, when the modem has said
    /// something, after calls that give the client something to send, and at
    /// [`next_deadline`](Self::next_deadline). Then take the client's events; octets are taken in
    /// again only when the events before them have been taken.
    ///
    /// It calls [`Client::connected`] and [`Client::disconnected`] itself.
    pub fn poll<M: Modem<Transport = C::Transport>>(
        &mut self,
        client: &mut Client<'_>,
        modem: &mut M,
        now: u64,
        rng: &mut (impl RngCore + CryptoRng),
    ) -> Option<ConnectionEvent> {
        self.tick(now);
        for _ in 0..ENOUGH {
            match self.step(client, modem, now, rng) {
                Step::Event(event) => return Some(event),
                Step::Again => {}
                Step::Wait => break,
            }
        }
        None
    }

    /// The time (ms) at which [`poll`](Self::poll) has something to do even if nothing arrives;
    /// one that has passed means at once, `None` never. Once `poll` has given `None` and then the
    /// client no event, the radio may sleep until then.
    pub fn next_deadline(&self, client: &Client<'_>) -> Option<u64> {
        let own = match self.phase {
            Phase::Off if self.wanted => Some(0),
            Phase::Off => None,
            Phase::Ended(_) => Some(0),
            Phase::Pausing { .. } | Phase::Asking { .. } | Phase::Dialling { .. }
                if !self.wanted =>
            {
                Some(0)
            }
            Phase::Pausing {
                until: u64::MAX, ..
            } => None,
            Phase::Pausing { until, .. }
            | Phase::Asking { until, .. }
            | Phase::Dialling { until }
            | Phase::Closing { until, .. } => Some(until),
            Phase::Opening { until } => self.earlier(Some(until)),
            Phase::Open if !self.wanted => Some(0),
            // What was taken in with the events is answered at once, and may have made way for something.
            Phase::Open if client.is_stirred() => Some(0),
            Phase::Open => {
                let watch = self.silent_at().into_iter().chain(self.ping_at());
                self.earlier(watch.min())
            }
        };
        own.into_iter().chain(client.next_deadline()).min()
    }

    /// Whether a session is open.
    pub fn is_open(&self) -> bool {
        self.phase == Phase::Open
    }

    /// Whether only a new primary authentication helps, as far as is known: the key source has no
    /// K_AUSF, or the server refuses the key and there is no newer one. Until the next session.
    pub fn needs_authentication(&self) -> bool {
        self.needs_authentication
    }

    /// Ends the session in order and stays away: [`ConnectionEvent::Closed`]. De-register first
    /// if the server shall know; what is not answered stays with the client.
    pub fn close(&mut self) {
        self.wanted = false;
    }

    /// Connects again after [`close`](Self::close).
    pub fn open(&mut self) {
        self.wanted = true;
    }

    /// There is news of the network, or somebody waits: a pause ends now. The pauses after it
    /// are as long as they would have been.
    pub fn hurry(&mut self) {
        if let Phase::Pausing { until, .. } = &mut self.phase {
            *until = 0;
        }
    }

    /// The channel, to look at it.
    pub fn channel(&self) -> &C {
        &self.channel
    }

    /// The channel, to put its session away or to take one up again.
    pub fn channel_mut(&mut self) -> &mut C {
        &mut self.channel
    }

    /// The session that the channel goes on with was opened when this was the
    /// [generation](crate::akma::AkmaKeySource::generation) of the key source, as a snapshot
    /// keeps it: so a K_AUSF that is new since then is told ([`ConnectionEvent::KeyChanged`]).
    pub fn opened_under(&mut self, generation: u32) {
        self.generation = Some(generation);
    }

    fn earlier(&self, own: Option<u64>) -> Option<u64> {
        own.into_iter().chain(self.channel.next_deadline()).min()
    }
}

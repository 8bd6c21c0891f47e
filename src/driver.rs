//! Moves octets between a client and an open session. No decisions are made here.
//!
//! * [`exchange`] is the polled driver: it never waits, for superloops and tasks.
//! * [`wait`] is the blocking one: it calls [`Host::idle`] until there is an event.
//! * [`wait_async`] is the same for an executor; it can be dropped at any point.
//! * `exchange_datagrams` and `wait_datagrams` are the same for datagrams.

mod asynchronous;

use core::task::Poll;

use crate::client::Client;
#[cfg(feature = "datagrams")]
use crate::session::DatagramSession;
use crate::session::{Session, SessionError};
use crate::transport::Host;

#[cfg(feature = "datagrams")]
pub use asynchronous::wait_datagrams_async;
pub use asynchronous::{AsyncHost, wait_async};

/// Octets that one call takes in at the most, so that it ends: somebody who floods the client
/// with one endless frame must not hold its caller.
const ENOUGH: usize = 1 << 16;

/// Turns of one call at the most over datagrams, each of which takes in one, for the same reason.
#[cfg(feature = "datagrams")]
const ENOUGH_DATAGRAMS: usize = 256;

/// Moves octets both ways until neither side has more now, or very many have come.
///
/// Call it when octets have arrived, after calls that give the client something to send,
/// and at [`Client::next_deadline`]. Then take the events by [`Client::poll_event`]: octets
/// are taken in again only when the events before them have been taken. And then call it once more
/// before you sleep: what came with the events may have to be answered.
///
/// # Errors
///
/// The session's. It is of no more use then: drop it, call [`Client::disconnected`], and
/// open another.
pub fn exchange<S: Session>(
    session: &mut S,
    client: &mut Client<'_>,
    now: u64,
) -> Result<(), SessionError> {
    move_octets(session, client, now).map(|_| ())
}

/// Exchanges octets until the client has an event or `until` (ms on the host's clock) has come.
///
/// Returns whether there is an event for [`Client::poll_event`].
///
/// # Errors
///
/// As [`exchange`].
pub fn wait<S: Session>(
    session: &mut S,
    client: &mut Client<'_>,
    host: &mut impl Host,
    until: u64,
) -> Result<bool, SessionError> {
    wait_with(
        |client, now| move_octets(session, client, now),
        client,
        host,
        until,
    )
}

/// As [`exchange`], for a client that [is connected](Client::connected_datagram) by datagrams.
///
/// Call it at [`Client::next_deadline`] and at [`DatagramSession::next_deadline`] in any case: what is
/// lost goes again by itself.
///
/// # Errors
///
/// As [`exchange`].
#[cfg(feature = "datagrams")]
pub fn exchange_datagrams<S: DatagramSession>(
    session: &mut S,
    client: &mut Client<'_>,
    now: u64,
) -> Result<(), SessionError> {
    move_datagrams(session, client, now).map(|_| ())
}

/// As [`wait`], for a client that [is connected](Client::connected_datagram) by datagrams.
///
/// # Errors
///
/// As [`exchange`].
#[cfg(feature = "datagrams")]
pub fn wait_datagrams<S: DatagramSession>(
    session: &mut S,
    client: &mut Client<'_>,
    host: &mut impl Host,
    until: u64,
) -> Result<bool, SessionError> {
    wait_with(
        |client, now| move_datagrams(session, client, now),
        client,
        host,
        until,
    )
}

fn wait_with<'m>(
    mut move_octets: impl FnMut(&mut Client<'m>, u64) -> Result<Moved, SessionError>,
    client: &mut Client<'m>,
    host: &mut impl Host,
    until: u64,
) -> Result<bool, SessionError> {
    loop {
        let now = host.now_ms();
        let moved = move_octets(client, now);
        // What arrived before the session ended still counts.
        if client.has_event(now) {
            return Ok(true);
        }
        let moved = moved?;
        if now >= until {
            return Ok(false);
        }
        // What was just received may have left something to send, a Pong for example.
        if !moved.any() {
            host.idle();
        }
    }
}

/// Which way octets went.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Moved {
    pub(crate) sent: bool,
    pub(crate) received: bool,
}

impl Moved {
    fn any(self) -> bool {
        self.sent || self.received
    }
}

/// As [`exchange`]; which way octets went.
pub(crate) fn move_octets<S: Session>(
    session: &mut S,
    client: &mut Client<'_>,
    now: u64,
) -> Result<Moved, SessionError> {
    let (mut moved, mut taken) = (Moved::default(), 0_usize);
    while taken < ENOUGH {
        let sent = send_all(session, client, now)?;
        let received = receive(session, client)?;
        if !sent && received == 0 {
            break;
        }
        moved.sent |= sent;
        moved.received |= received > 0;
        taken = taken.saturating_add(received);
    }
    Ok(moved)
}

fn send_all<S: Session>(
    session: &mut S,
    client: &mut Client<'_>,
    now: u64,
) -> Result<bool, SessionError> {
    let mut moved = false;
    loop {
        let octets = client.poll_transmit(now);
        if octets.is_empty() {
            break;
        }
        match session.send(octets)? {
            // A port that takes nothing must not hold the caller here.
            Poll::Ready(0) | Poll::Pending => break,
            Poll::Ready(n) => client.transmitted(n),
        }
        moved = true;
    }
    // Pending is fine: the next call goes on.
    let _ = session.flush()?;
    Ok(moved)
}

fn receive<S: Session>(session: &mut S, client: &mut Client<'_>) -> Result<usize, SessionError> {
    let space = client.recv_space();
    if space.is_empty() {
        return Ok(0);
    }
    match session.recv(space)? {
        Poll::Ready(n) => {
            client.received(n);
            Ok(n)
        }
        Poll::Pending => Ok(0),
    }
}

/// As [`move_octets`], for datagrams.
#[cfg(feature = "datagrams")]
pub(crate) fn move_datagrams<S: DatagramSession>(
    session: &mut S,
    client: &mut Client<'_>,
    now: u64,
) -> Result<Moved, SessionError> {
    client.limit_datagrams(session.max_datagram());
    let mut moved = Moved::default();
    for _ in 0..ENOUGH_DATAGRAMS {
        let mut moves = Moved::default();
        loop {
            let datagram = client.poll_transmit(now);
            if datagram.is_empty() {
                break;
            }
            let len = datagram.len();
            match session.send(datagram, now)? {
                Poll::Ready(()) => client.transmitted(len),
                Poll::Pending => break,
            }
            moves.sent = true;
        }
        // What concerns nobody but the client makes room for the next one.
        client.has_event(now);
        let space = client.recv_space();
        if !space.is_empty()
            && let Poll::Ready(n) = session.recv(space, now)?
        {
            client.received(n);
            moves.received |= n > 0;
        }
        if !moves.any() {
            break;
        }
        moved.sent |= moves.sent;
        moved.received |= moves.received;
    }
    Ok(moved)
}

use core::future::Future;

#[cfg(feature = "datagrams")]
use super::move_datagrams;
use super::{Moved, move_octets};
use crate::client::Client;
#[cfg(feature = "datagrams")]
use crate::session::DatagramSession;
use crate::session::{Session, SessionError};

/// A clock and a way to wait, for async firmware. Two lines over an executor's timer and the signal
/// that the interrupt of a UART sets.
pub trait AsyncHost {
    /// Milliseconds since any fixed moment. Never goes back.
    fn now_ms(&mut self) -> u64;

    /// Done when octets may have arrived, when the port may take more, or at `until` (ms on this
    /// clock), whatever comes first. To be done too early does no harm, and neither does it to be
    /// dropped.
    fn wait_until(&mut self, until: u64) -> impl Future<Output = ()>;
}

/// As [`wait`](super::wait), for async firmware: nothing is waited for but
/// [`AsyncHost::wait_until`].
///
/// # Cancelling
///
/// The future holds nothing: it can be dropped at any point, as the loser of a `select` is, and the next
/// call goes on where it was. No octet is lost and none goes twice.
///
/// ```
/// use msgin5g::client::{Client, Event};
/// use msgin5g::driver::{self, AsyncHost};
/// use msgin5g::session::{Session, SessionError};
///
/// /// A task: hands every message to the application.
/// async fn receive(
///     session: &mut impl Session,
///     client: &mut Client<'_>,
///     host: &mut impl AsyncHost,
/// ) -> Result<(), SessionError> {
///     loop {
///         driver::wait_async(session, client, host, u64::MAX).await?;
///         let now = host.now_ms();
///         while let Some(event) = client.poll_event(now) {
///             if let Event::Message { msg, .. } = event {
///                 // msg.payload is for the application
///             }
///         }
///     }
/// }
/// ```
///
/// # Errors
///
/// As [`exchange`](super::exchange).
pub async fn wait_async<S: Session>(
    session: &mut S,
    client: &mut Client<'_>,
    host: &mut impl AsyncHost,
    until: u64,
) -> Result<bool, SessionError> {
    let go_on = |client: &mut Client<'_>, now| (move_octets(session, client, now), None);
    wait_with(go_on, client, host, until).await
}

/// As [`wait_async`], for a client that [is connected](Client::connected_datagram) by datagrams.
///
/// # Errors
///
/// As [`exchange`](super::exchange).
#[cfg(feature = "datagrams")]
pub async fn wait_datagrams_async<S: DatagramSession>(
    session: &mut S,
    client: &mut Client<'_>,
    host: &mut impl AsyncHost,
    until: u64,
) -> Result<bool, SessionError> {
    let go_on = |client: &mut Client<'_>, now| {
        let moved = move_datagrams(session, client, now);
        (moved, session.next_deadline())
    };
    wait_with(go_on, client, host, until).await
}

/// `go_on` moves what is there, and says when the session itself is due.
async fn wait_with<'m>(
    mut go_on: impl FnMut(&mut Client<'m>, u64) -> (Result<Moved, SessionError>, Option<u64>),
    client: &mut Client<'m>,
    host: &mut impl AsyncHost,
    until: u64,
) -> Result<bool, SessionError> {
    loop {
        let now = host.now_ms();
        let (moved, due) = go_on(client, now);
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
            let due = client.next_deadline().into_iter().chain(due).min();
            host.wait_until(due.map_or(until, |due| due.min(until)))
                .await;
        }
    }
}

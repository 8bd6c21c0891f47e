//! The future that opens and holds session after session.

use core::convert::Infallible;
use core::future::{Future, poll_fn};
use core::pin::pin;
use core::task::Poll;

use rand_core::{CryptoRng, Error, RngCore};
use zeroize::Zeroizing;

use super::desk::Desk;
use crate::akma::{Kaf, PskIdentity};
use crate::session::embedded_tls::{TlsMemory, TlsSession};
use crate::session::{Psk, SessionError, TlsConfig};
use crate::transport::{StreamTransport, TransportError};

/// What a session is to be opened with. The key is wiped when this is dropped.
pub(super) struct Order<T> {
    transport: T,
    key: Kaf,
    identity: PskIdentity,
    drawn: Drawn,
}

impl<T> Order<T> {
    pub(super) fn new(
        transport: T,
        psk: Psk<'_>,
        rng: &mut (impl RngCore + CryptoRng),
    ) -> Result<Self, SessionError> {
        Ok(Self {
            transport,
            key: psk.key.clone(),
            identity: psk.identity.clone(),
            drawn: Drawn::from(rng)?,
        })
    }
}

/// Does what is asked for at the desk, for ever.
pub(super) async fn sessions<T: StreamTransport, const RX: usize, const TX: usize>(
    tls: &mut TlsMemory<Line<T>, RX, TX>,
    desk: &Desk<T>,
    config: TlsConfig<'_>,
) -> Infallible {
    loop {
        let order = poll_fn(|_| desk.take_order().map_or(Poll::Pending, Poll::Ready)).await;
        if let Some(error) = session(tls, desk, &config, order).await {
            desk.has_ended(error);
        }
        // Dropped, which hangs up.
        *tls.transport_mut() = Line::DEAD;
    }
}

/// One session from its beginning to its end. `None`: it was not wanted any more.
async fn session<T: StreamTransport, const RX: usize, const TX: usize>(
    tls: &mut TlsMemory<Line<T>, RX, TX>,
    desk: &Desk<T>,
    config: &TlsConfig<'_>,
    order: Order<T>,
) -> Option<SessionError> {
    let Order {
        transport,
        key,
        identity,
        mut drawn,
    } = order;
    *tls.transport_mut() = Line(Some(transport));
    let mut session = {
        let psk = Psk {
            key: &key,
            identity: &identity,
        };
        let mut opening = pin!(TlsSession::open(tls, config, psk, &mut drawn));
        let opened = poll_fn(|context| match desk.is_abandoned() {
            true => Poll::Ready(None),
            false => opening.as_mut().poll(context).map(Some),
        });
        match opened.await? {
            Ok(session) => session,
            Err(error) => return Some(error),
        }
    };
    drop(key);
    desk.has_opened();
    poll_fn(|_| desk.carry(&mut session)).await
}

/// The transport of the session of the moment; none in between.
pub(super) struct Line<T>(Option<T>);

impl<T> Line<T> {
    pub(super) const DEAD: Self = Self(None);
}

impl<T: StreamTransport> StreamTransport for Line<T> {
    fn send(&mut self, data: &[u8]) -> Poll<Result<usize, TransportError>> {
        match &mut self.0 {
            Some(transport) => transport.send(data),
            None => Poll::Ready(Err(TransportError::Closed)),
        }
    }

    fn recv(&mut self, buf: &mut [u8]) -> Poll<Result<usize, TransportError>> {
        match &mut self.0 {
            Some(transport) => transport.recv(buf),
            None => Poll::Ready(Err(TransportError::Closed)),
        }
    }
}

/// Random octets that were drawn beforehand: the future has no generator of its own.
pub(super) struct Drawn {
    octets: Zeroizing<[u8; 64]>,
    used: usize,
}

impl Drawn {
    fn from(rng: &mut (impl RngCore + CryptoRng)) -> Result<Self, SessionError> {
        let mut octets = Zeroizing::new([0; 64]);
        rng.try_fill_bytes(&mut *octets)
            .map_err(|_| SessionError::RandomSource)?;
        Ok(Self { octets, used: 0 })
    }
}

impl CryptoRng for Drawn {}

impl RngCore for Drawn {
    fn next_u32(&mut self) -> u32 {
        let mut octets = [0; 4];
        self.fill_bytes(&mut octets);
        u32::from_be_bytes(octets)
    }

    fn next_u64(&mut self) -> u64 {
        u64::from(self.next_u32()) << 32 | u64::from(self.next_u32())
    }

    fn fill_bytes(&mut self, dest: &mut [u8]) {
        // Those who draw from here use the one that can fail.
        let _ = self.try_fill_bytes(dest);
    }

    fn try_fill_bytes(&mut self, dest: &mut [u8]) -> Result<(), Error> {
        let mut left = self.octets.iter().skip(self.used);
        for octet in dest {
            // Once in 2^32 handshakes more is drawn: the same again is no good secret.
            let next = left.next().ok_or(Error::from(OUT_OF_OCTETS))?;
            *octet = *next;
            self.used = self.used.saturating_add(1);
        }
        Ok(())
    }
}

/// Any code that is not an operating system's.
const OUT_OF_OCTETS: core::num::NonZeroU32 =
    core::num::NonZeroU32::MIN.saturating_add(Error::CUSTOM_START);

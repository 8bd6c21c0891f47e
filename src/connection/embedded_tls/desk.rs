//! Between the channel and the future that holds the session.

use core::cell::{RefCell, RefMut};
use core::task::Poll;

use rand_core::{CryptoRng, RngCore};

use super::pipe::{Pipe, copy};
use super::work::Order;
use crate::session::{Psk, Session, SessionError};

/// Where sessions are asked for, and where their octets wait: 256 each way, wiped as they go.
///
/// Made by [`EmbeddedTlsMemory`](super::EmbeddedTlsMemory).
pub struct Desk<T>(RefCell<State<T>>);

struct State<T> {
    stage: Stage,
    order: Option<Order<T>>,
    out: Pipe,
    incoming: Pipe,
}

/// What is wanted of the work, or what became of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Stage {
    Idle,
    Opening,
    Open,
    Closing,
    /// To be dropped without a word.
    Abandoned,
    Ended(SessionError),
}

impl<T> Desk<T> {
    pub(super) const fn new() -> Self {
        Self(RefCell::new(State {
            stage: Stage::Idle,
            order: None,
            out: Pipe::new(),
            incoming: Pipe::new(),
        }))
    }

    /// No borrow is held across a call, so this does not fail.
    fn state(&self) -> Result<RefMut<'_, State<T>>, SessionError> {
        self.0.try_borrow_mut().map_err(|_| SessionError::Internal)
    }

    // ---- the side of the channel ----------------------------------------------------------

    pub(super) fn order(
        &self,
        transport: T,
        psk: Psk<'_>,
        rng: &mut (impl RngCore + CryptoRng),
    ) -> Result<(), SessionError> {
        let order = Order::new(transport, psk, rng)?;
        let mut state = self.state()?;
        state.order = Some(order);
        state.stage = Stage::Opening;
        Ok(())
    }

    pub(super) fn opened(&self) -> Poll<Result<(), SessionError>> {
        match self.state()?.stage {
            Stage::Open => Poll::Ready(Ok(())),
            Stage::Ended(error) => Poll::Ready(Err(error)),
            Stage::Opening => Poll::Pending,
            Stage::Idle | Stage::Closing | Stage::Abandoned => {
                Poll::Ready(Err(SessionError::Closed))
            }
        }
    }

    pub(super) fn is_full(&self) -> bool {
        self.state().is_ok_and(|state| state.out.is_full())
    }

    pub(super) fn send(&self, data: &[u8]) -> Poll<Result<usize, SessionError>> {
        let mut state = self.state()?;
        state.live()?;
        match copy(state.out.room(), data) {
            0 if !data.is_empty() => Poll::Pending,
            n => {
                state.out.put(n);
                Poll::Ready(Ok(n))
            }
        }
    }

    pub(super) fn flushed(&self) -> Poll<Result<(), SessionError>> {
        let state = self.state()?;
        state.live()?;
        match state.out.is_empty() {
            true => Poll::Ready(Ok(())),
            false => Poll::Pending,
        }
    }

    /// What came before the end is given before the end.
    pub(super) fn recv(&self, buf: &mut [u8]) -> Poll<Result<usize, SessionError>> {
        let mut state = self.state()?;
        match copy(buf, state.incoming.waiting()) {
            0 if !buf.is_empty() => {
                state.live()?;
                Poll::Pending
            }
            n => {
                state.incoming.taken(n);
                Poll::Ready(Ok(n))
            }
        }
    }

    pub(super) fn close(&self) {
        if let Ok(mut state) = self.state()
            && state.stage == Stage::Open
        {
            state.stage = Stage::Closing;
        }
    }

    pub(super) fn closed(&self) -> Poll<Result<(), SessionError>> {
        match self.state()?.stage {
            Stage::Closing => Poll::Pending,
            Stage::Ended(error) if error != SessionError::Closed => Poll::Ready(Err(error)),
            _ => Poll::Ready(Ok(())),
        }
    }

    /// The session is to be dropped by the work, which has to be polled then.
    pub(super) fn abandon(&self) {
        if let Ok(mut state) = self.state() {
            state.order = None;
            state.stage = Stage::Abandoned;
        }
    }

    pub(super) fn clear(&self) {
        if let Ok(mut state) = self.state() {
            state.out.clear();
            state.incoming.clear();
            state.stage = Stage::Idle;
        }
    }

    // ---- the side of the work ---------------------------------------------------------------

    pub(super) fn take_order(&self) -> Option<Order<T>> {
        self.state().ok()?.order.take()
    }

    pub(super) fn is_abandoned(&self) -> bool {
        self.state()
            .is_ok_and(|state| state.stage == Stage::Abandoned)
    }

    pub(super) fn has_opened(&self) {
        if let Ok(mut state) = self.state() {
            state.stage = Stage::Open;
        }
    }

    pub(super) fn has_ended(&self, error: SessionError) {
        if let Ok(mut state) = self.state() {
            state.stage = Stage::Ended(error);
        }
    }

    /// Moves octets between the desk and the session until it ends. `Ready(None)`: it is not
    /// wanted any more.
    pub(super) fn carry(&self, session: &mut impl Session) -> Poll<Option<SessionError>> {
        match self.state() {
            Err(error) => Poll::Ready(Some(error)),
            Ok(state) if state.stage == Stage::Abandoned => Poll::Ready(None),
            Ok(mut state) => match state.carry(session) {
                Ok(false) => Poll::Pending,
                Ok(true) => Poll::Ready(Some(SessionError::Closed)),
                Err(error) => Poll::Ready(Some(error)),
            },
        }
    }
}

impl<T> State<T> {
    fn live(&self) -> Result<(), SessionError> {
        match self.stage {
            Stage::Open => Ok(()),
            Stage::Ended(error) => Err(error),
            _ => Err(SessionError::Closed),
        }
    }

    /// Whether the session has been closed in order.
    fn carry(&mut self, session: &mut impl Session) -> Result<bool, SessionError> {
        while !self.out.is_empty() {
            match session.send(self.out.waiting())? {
                Poll::Ready(n) if n > 0 => self.out.taken(n),
                _ => break,
            }
        }
        // Pending is fine: the next call goes on.
        let _ = session.flush()?;
        if self.incoming.is_empty()
            && let Poll::Ready(n) = session.recv(self.incoming.room())?
        {
            self.incoming.put(n);
        }
        let may_close = self.stage == Stage::Closing && self.out.is_empty();
        Ok(may_close && session.close()?.is_ready())
    }
}

//! What goes through the socket.

use super::*;

impl<U, C, D, const RX: usize, const TX: usize> Modem<U, C, D, RX, TX>
where
    U: StreamTransport,
    C: FnMut() -> u64,
    D: Dialect,
{
    pub(in crate::transport::at) fn take(
        &mut self,
        data: &[u8],
    ) -> Poll<Result<usize, TransportError>> {
        let free = TX.saturating_sub(self.tx.len());
        let taken = data.get(..data.len().min(free)).unwrap_or_default();
        let result = match self.state() {
            Err(error) => Poll::Ready(Err(error)),
            Ok(()) if taken.is_empty() && !data.is_empty() => Poll::Pending,
            // As much as there is room for.
            Ok(()) => Poll::Ready(Ok(self
                .tx
                .extend_from_slice(taken)
                .map_or(0, |()| taken.len()))),
        };
        self.turn();
        result
    }

    pub(in crate::transport::at) fn take_datagram(
        &mut self,
        datagram: &[u8],
    ) -> Poll<Result<(), TransportError>> {
        let result = match self.state() {
            Err(error) => Poll::Ready(Err(error)),
            Ok(()) if !self.tx.is_empty() => Poll::Pending,
            // One that is too long is lost, as on any network.
            Ok(()) if datagram.len() > D::MOST => Poll::Ready(Ok(())),
            Ok(()) => {
                let _ = self.tx.extend_from_slice(datagram);
                Poll::Ready(Ok(()))
            }
        };
        self.turn();
        result
    }

    pub(in crate::transport::at) fn give(
        &mut self,
        buf: &mut [u8],
    ) -> Poll<Result<usize, TransportError>> {
        if buf.is_empty() {
            return Poll::Ready(Ok(0));
        }
        self.turn();
        let waiting = self.readable();
        let len = waiting.len().min(buf.len());
        if let (Some(to), Some(from)) = (buf.get_mut(..len), waiting.get(..len)) {
            to.copy_from_slice(from);
        }
        self.given = self.given.saturating_add(len);
        match len {
            0 => self.nothing_there(),
            len => Poll::Ready(Ok(len)),
        }
    }

    pub(in crate::transport::at) fn give_datagram(
        &mut self,
        buf: &mut [u8],
    ) -> Poll<Result<usize, TransportError>> {
        match self.give(buf) {
            Poll::Ready(Ok(len)) => {
                // What did not fit is cut off.
                self.given = self.rx.len();
                Poll::Ready(Ok(len))
            }
            other => other,
        }
    }

    /// What has been read and not been given. While a read is in hand it may grow.
    fn readable(&self) -> &[u8] {
        match self.doing {
            Doing::Receive(_) | Doing::Ask(_) => &[],
            _ if self.answer.is_some() => &[],
            _ => self.rx.get(self.given..).unwrap_or_default(),
        }
    }

    fn nothing_there(&self) -> Poll<Result<usize, TransportError>> {
        let is_read = !self.data_waits && !matches!(self.doing, Doing::Receive(_));
        let is_over = self.peer_closed && is_read && self.answer.is_none();
        match self.phase {
            Phase::Dead(error) => Poll::Ready(Err(error)),
            Phase::Open if !is_over => Poll::Pending,
            _ => Poll::Ready(Err(TransportError::Closed)),
        }
    }

    /// Whether the socket takes octets.
    fn state(&self) -> Result<(), TransportError> {
        match self.phase {
            Phase::Dead(error) => Err(error),
            Phase::Open if !self.peer_closed => Ok(()),
            _ => Err(TransportError::Closed),
        }
    }

    /// Goes on with an open socket.
    fn turn(&mut self) {
        let now = self.work();
        if self.answer.is_some() && now >= self.deadline {
            self.forget_answer();
        }
        if self.phase == Phase::Open && self.doing == Doing::Nothing && self.answer.is_none() {
            if self.given >= self.rx.len() {
                self.rx.clear();
                self.given = 0;
            }
            let may_read = self.data_waits && self.rx.is_empty();
            let may_send = !self.tx.is_empty() && !self.peer_closed && now >= self.retry_at;
            self.command.clear();
            if may_send && !(may_read && self.sent_last) {
                let len = self.tx.len().min(D::MOST);
                self.dialect.send(self.socket, len, &mut self.command);
                self.begin(Doing::Send(len), now);
            } else if may_read {
                self.dialect.receive(self.socket, RX, &mut self.command);
                // News of more may come before the answer is complete.
                self.data_waits = false;
                self.begin(Doing::Receive(false), now);
            }
            self.sent_last = matches!(self.doing, Doing::Send(_));
        }
        self.write();
    }
}

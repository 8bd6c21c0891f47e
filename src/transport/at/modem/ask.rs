//! Questions beside the socket.

use core::cell::RefCell;

use zeroize::Zeroize;

use super::*;

/// Somebody who can be asked: a [`Modem`], or one in a `RefCell` that is shared with who has its socket.
pub trait Ask {
    /// As [`Modem::ask`].
    ///
    /// # Errors
    /// As there.
    fn ask(
        &mut self,
        command: &str,
        prefix: &str,
        patience_ms: u32,
        line: &mut [u8],
    ) -> Poll<Result<usize, TransportError>>;

    /// As [`Modem::watch`].
    fn watch(&mut self, prefix: &'static str);

    /// As [`Modem::news`]. `None`: it is in somebody else's hand.
    fn news(&self) -> Option<u32>;

    /// The time (ms) on the modem's clock. `None`: it is in somebody else's hand.
    fn now_ms(&mut self) -> Option<u64>;
}

impl<U, C, D, const RX: usize, const TX: usize> Ask for Modem<U, C, D, RX, TX>
where
    U: StreamTransport,
    C: FnMut() -> u64,
    D: Dialect,
{
    fn ask(
        &mut self,
        command: &str,
        prefix: &str,
        patience_ms: u32,
        line: &mut [u8],
    ) -> Poll<Result<usize, TransportError>> {
        Self::ask(self, command, prefix, patience_ms, line)
    }

    fn watch(&mut self, prefix: &'static str) {
        Self::watch(self, prefix);
    }

    fn news(&self) -> Option<u32> {
        Some(Self::news(self))
    }

    fn now_ms(&mut self) -> Option<u64> {
        Some((self.clock)())
    }
}

impl<A: Ask> Ask for &RefCell<A> {
    fn ask(
        &mut self,
        command: &str,
        prefix: &str,
        patience_ms: u32,
        line: &mut [u8],
    ) -> Poll<Result<usize, TransportError>> {
        match self.try_borrow_mut() {
            Ok(mut modem) => modem.ask(command, prefix, patience_ms, line),
            Err(_) => Poll::Pending,
        }
    }

    fn watch(&mut self, prefix: &'static str) {
        if let Ok(mut modem) = self.try_borrow_mut() {
            modem.watch(prefix);
        }
    }

    fn news(&self) -> Option<u32> {
        self.try_borrow().ok()?.news()
    }

    fn now_ms(&mut self) -> Option<u64> {
        self.try_borrow_mut().ok()?.now_ms()
    }
}

impl<U, C, D, const RX: usize, const TX: usize> Modem<U, C, D, RX, TX>
where
    U: StreamTransport,
    C: FnMut() -> u64,
    D: Dialect,
{
    /// Asks the modem something else: to be called with the same command until it is ready.
    ///
    /// `prefix` is how the line of the answer begins that is wanted, such as `+CEREG`, 24 octets at the most; empty
    /// for one that has no name and begins with a letter or a digit, as that of `AT+CIMI`. How long that line is comes
    /// back, 0 if there was none; what does not fit `line` is cut off, and so is what is longer than 320 octets. This
    /// is also the way to a vendor's command for AKMA keys: `modem_keys`.
    ///
    /// While a socket is open it waits until everything that was read has been taken, and the socket waits while a
    /// question is in hand. Who asks may stop to do so: the answer is thrown away at another question, or when
    /// `patience_ms` is over. Answers are wiped from the modem's memory when they have been handed over.
    ///
    /// # Errors
    /// The modem refused, or did not answer in `patience_ms`. The socket goes on; it waits for another 5 s so
    /// that an answer which comes late is not taken for one of its own.
    pub fn ask(
        &mut self,
        command: &str,
        prefix: &str,
        patience_ms: u32,
        line: &mut [u8],
    ) -> Poll<Result<usize, TransportError>> {
        let now = self.work();
        if let Some(result) = self.answer {
            let is_ours = self.command.as_octets() == command.as_bytes();
            let len = self.rx.len().min(line.len());
            if is_ours && let (Some(to), Some(from)) = (line.get_mut(..len), self.rx.get(..len)) {
                to.copy_from_slice(from);
            }
            self.forget_answer();
            if is_ours {
                return Poll::Ready(result.map(|()| len));
            }
        }
        if self.doing == Doing::Nothing && self.rx.is_empty() {
            self.command.clear();
            self.command.text(command).patient(patience_ms);
            if !self.command.is_sendable() {
                return Poll::Ready(Err(TransportError::Failed(UNSENDABLE)));
            }
            self.prefix = prefix.chars().take(PREFIX).collect();
            self.begin(Doing::Ask(false), now);
        }
        self.write();
        Poll::Pending
    }

    /// From now on lines that begin so are counted whenever they come: news of the modem that nobody asked for. They
    /// are the answer to no question.
    pub fn watch(&mut self, prefix: &'static str) {
        self.watched = Some(prefix);
    }

    /// How many lines have come that are [watched](Self::watch). It wraps.
    pub fn news(&self) -> u32 {
        self.news
    }

    /// Looks at what the modem has said. Needed only while the socket is closed and nothing is asked: every other
    /// call does it as well.
    pub fn poll(&mut self) {
        self.work();
        self.write();
    }

    /// Throws an answer away, with what it says.
    pub(super) fn forget_answer(&mut self) {
        if self.answer.take().is_some() || matches!(self.doing, Doing::Ask(_)) {
            self.rx.as_mut_slice().zeroize();
            self.rx.clear();
        }
    }

    /// A line that has no other meaning: the one that is asked for, if it is the first that begins so.
    pub(super) fn on_other_line(&mut self) {
        let line = self.reader.line();
        if self
            .watched
            .is_some_and(|news| line.starts_with(news.as_bytes()))
        {
            self.news = self.news.wrapping_add(1);
            return;
        }
        // Lines that come unasked have a name behind `+`, `%`, `#` or the like.
        let is_wanted = match self.prefix.as_bytes() {
            [] => line.first().is_some_and(u8::is_ascii_alphanumeric),
            prefix => line.starts_with(prefix),
        };
        if self.doing == Doing::Ask(false) && is_wanted {
            self.doing = Doing::Ask(true);
            let len = line.len().min(RX);
            let _ = self.rx.extend_from_slice(line.get(..len).unwrap_or(line));
            // It may be a key.
            self.reader.wipe();
        }
    }
}

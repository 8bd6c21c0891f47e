use core::task::Poll;

use heapless::Vec;

use super::command::Form;
use super::fields::{after, number};
use super::reader::{Reader, Token};
use super::{Command, Datagrams, Dialect, Meaning, Opening, Remote, Stream, Way};
use crate::transport::{StreamTransport, TransportError};

/// The modem did not answer a command in its time.
pub const NO_ANSWER: i32 = -1;
/// The modem refused a command and gave no number.
pub const REFUSED: i32 = -2;
/// A command cannot be written: a host name that is too long or has a quotation mark.
pub const UNSENDABLE: i32 = -3;

/// Octets of the UART that one call looks at, so that it ends.
const ENOUGH: usize = 512;
/// How often a modem that may still be busy with something older is greeted, a second each.
const GREETINGS: u8 = 8;
const GREETING_MS: u32 = 1_000;
/// How long a modem that is full is left alone, in milliseconds.
const FULL_MS: u64 = 200;

/// One socket of a modem behind a UART. See the [module](super).
///
/// `C` is the clock: milliseconds of the same origin as everywhere else. `RX` is how much one read
/// takes out of the modem, at least the largest datagram over UDP; `TX` how much waits to be sent. Over
/// TCP about a record of the session, 640 octets each, is good.
pub struct Modem<U, C, D, const RX: usize, const TX: usize> {
    uart: U,
    clock: C,
    dialect: D,
    reader: Reader,
    command: Command,
    phase: Phase,
    doing: Doing,
    stage: Stage,
    /// When (ms) the command in hand must have been answered.
    deadline: u64,
    socket: u8,
    rx: Vec<u8, RX>,
    /// How much of `rx` the session has had.
    given: usize,
    tx: Vec<u8, TX>,
    /// When (ms) a modem that was full may be offered more.
    retry_at: u64,
    data_waits: bool,
    peer_closed: bool,
    /// What is sent is one datagram, to be sent whole or not at all.
    is_datagram: bool,
    sent_last: bool,
    answer: Option<Result<(), TransportError>>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Phase {
    Closed,
    /// Greetings are numbered from 0, the dialect's steps from `GREETINGS` on.
    Opening(u8),
    Open,
    Dead(TransportError),
}

/// The command in hand.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Doing {
    Nothing,
    Greet,
    /// With what is still missing: `OK`, and the line that says that it is open.
    Open(Opening, bool, bool),
    Send(usize),
    Receive,
    Close,
    Ask {
        has_line: bool,
    },
}

/// How far the command in hand has gone out.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Stage {
    Command(usize),
    AwaitsPrompt,
    Data(usize),
    Awaits,
}

impl<U, C, D, const RX: usize, const TX: usize> Modem<U, C, D, RX, TX>
where
    U: StreamTransport,
    C: FnMut() -> u64,
    D: Dialect,
{
    /// A modem that is switched on, and whose socket is closed.
    pub const fn new(uart: U, clock: C, dialect: D) -> Self {
        Self {
            uart,
            clock,
            dialect,
            reader: Reader::new(),
            command: Command::new(),
            phase: Phase::Closed,
            doing: Doing::Nothing,
            stage: Stage::Awaits,
            deadline: 0,
            socket: 0,
            rx: Vec::new(),
            given: 0,
            tx: Vec::new(),
            retry_at: 0,
            data_waits: false,
            peer_closed: false,
            is_datagram: false,
            sent_last: false,
            answer: None,
        }
    }

    /// Opens the socket: to be called again with the same `remote` until it is ready. An open one is
    /// closed first, and what waits in it is lost.
    ///
    /// # Errors
    /// What the modem said, as the [module](super) tells. The next call begins anew.
    pub fn connect(&mut self, remote: &Remote<'_>) -> Poll<Result<(), TransportError>> {
        if matches!(self.phase, Phase::Closed | Phase::Dead(_)) {
            self.forget();
            self.is_datagram = remote.way == Way::Udp;
            self.phase = Phase::Opening(0);
        }
        let now = self.work();
        if self.phase == Phase::Open {
            // What is in hand ends first; then it is closed.
            if self.doing == Doing::Nothing {
                self.begin_close(now);
            }
            self.write();
            return Poll::Pending;
        }
        if self.doing == Doing::Nothing
            && let Phase::Opening(step) = self.phase
        {
            match step.checked_sub(GREETINGS) {
                None => self.greet(now),
                Some(step) => {
                    self.command.clear();
                    let opening = self
                        .dialect
                        .open(step, remote, self.socket, &mut self.command);
                    if opening == Opening::Done {
                        self.phase = Phase::Open;
                        return Poll::Ready(Ok(()));
                    }
                    let awaits = opening == Opening::Await;
                    self.begin(Doing::Open(opening, true, awaits), now);
                }
            }
        }
        self.write();
        match self.phase {
            Phase::Dead(error) => {
                self.phase = Phase::Closed;
                Poll::Ready(Err(error))
            }
            _ => Poll::Pending,
        }
    }

    /// Closes the socket: to be called until it is ready. What was taken and has not been sent is lost.
    pub fn close(&mut self) -> Poll<()> {
        let now = self.work();
        if self.doing == Doing::Nothing {
            match self.phase {
                Phase::Open | Phase::Opening(_) => self.begin_close(now),
                Phase::Closed | Phase::Dead(_) => {
                    self.forget();
                    self.phase = Phase::Closed;
                    return Poll::Ready(());
                }
            }
        }
        self.write();
        Poll::Pending
    }

    /// The open socket as a stream.
    pub fn stream(&mut self) -> Stream<'_, U, C, D, RX, TX> {
        Stream(self)
    }

    /// The open socket as a way for datagrams.
    pub fn datagrams(&mut self) -> Datagrams<'_, U, C, D, RX, TX> {
        Datagrams(self)
    }

    /// Asks the modem something else: to be called with the same command until it is ready.
    ///
    /// `prefix` is how the line of the answer begins that is wanted, such as `+CEREG`; empty for a
    /// line that has no name, as that of `AT+CIMI`. How long that line is comes back, 0 if there was
    /// none; what does not fit `line` is cut off. This is also the way to a vendor's command for
    /// AKMA keys. While a socket is open it waits until everything that was read has been taken.
    ///
    /// # Errors
    /// The modem refused, or did not answer in `patience_ms`. The socket goes on.
    pub fn ask(
        &mut self,
        command: &str,
        prefix: &str,
        patience_ms: u32,
        line: &mut [u8],
    ) -> Poll<Result<usize, TransportError>> {
        let now = self.work_for(prefix);
        if let Some(result) = self.answer.take() {
            let len = self.rx.len().min(line.len());
            if let (Some(to), Some(from)) = (line.get_mut(..len), self.rx.get(..len)) {
                to.copy_from_slice(from);
            }
            self.rx.clear();
            return Poll::Ready(result.map(|()| len));
        }
        if self.doing == Doing::Nothing && self.rx.is_empty() {
            self.command.clear();
            self.command.text(command).patient(patience_ms);
            if !self.command.is_sendable() {
                return Poll::Ready(Err(TransportError::Failed(UNSENDABLE)));
            }
            self.begin(Doing::Ask { has_line: false }, now);
        }
        self.write();
        Poll::Pending
    }

    /// When (ms) a call is due although nothing comes from the modem; `None`: never, the device may
    /// sleep until its UART wakes it.
    pub fn next_deadline(&self) -> Option<u64> {
        match self.doing {
            Doing::Nothing if self.tx.is_empty() || self.phase != Phase::Open => None,
            Doing::Nothing => Some(self.retry_at),
            _ => Some(self.deadline),
        }
    }

    /// The UART, for its baud rate and pins.
    pub fn uart(&mut self) -> &mut U {
        &mut self.uart
    }

    pub(super) fn take(&mut self, data: &[u8]) -> Poll<Result<usize, TransportError>> {
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

    pub(super) fn take_datagram(&mut self, datagram: &[u8]) -> Poll<Result<(), TransportError>> {
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

    pub(super) fn give(&mut self, buf: &mut [u8]) -> Poll<Result<usize, TransportError>> {
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

    pub(super) fn give_datagram(&mut self, buf: &mut [u8]) -> Poll<Result<usize, TransportError>> {
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
            Doing::Receive | Doing::Ask { .. } => &[],
            _ => self.rx.get(self.given..).unwrap_or_default(),
        }
    }

    fn nothing_there(&self) -> Poll<Result<usize, TransportError>> {
        let is_over = self.peer_closed && !self.data_waits && self.doing != Doing::Receive;
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
        if self.phase == Phase::Open && self.doing == Doing::Nothing {
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
                self.begin(Doing::Receive, now);
            }
            self.sent_last = matches!(self.doing, Doing::Send(_));
        }
        self.write();
    }

    fn greet(&mut self, now: u64) {
        self.command.clear();
        // Echoes cost time. The answer also says that the modem is there.
        self.command.text("ATE0").patient(GREETING_MS);
        self.begin(Doing::Greet, now);
    }

    fn begin_close(&mut self, now: u64) {
        self.command.clear();
        self.dialect.close(self.socket, &mut self.command);
        self.begin(Doing::Close, now);
    }

    fn begin(&mut self, doing: Doing, now: u64) {
        if !self.command.is_sendable() {
            return self.die(TransportError::Failed(UNSENDABLE));
        }
        self.doing = doing;
        self.stage = Stage::Command(0);
        self.deadline = now.saturating_add(self.command.patience_ms.into());
    }

    fn forget(&mut self) {
        self.rx.clear();
        self.given = 0;
        self.tx.clear();
        self.reader.clear();
        self.doing = Doing::Nothing;
        self.stage = Stage::Awaits;
        self.data_waits = false;
        self.peer_closed = false;
        self.retry_at = 0;
        self.answer = None;
    }

    fn die(&mut self, error: TransportError) {
        if self.doing == Doing::Receive {
            // Data that did not come to its end may be the news of a modem that started anew.
            self.rx.clear();
        }
        self.doing = Doing::Nothing;
        self.stage = Stage::Awaits;
        self.tx.clear();
        self.phase = Phase::Dead(error);
    }
}

mod chat;

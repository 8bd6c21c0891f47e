use core::task::Poll;

use heapless::{String, Vec};

use super::command::Form;
use super::reader::Reader;
use super::{Command, Datagrams, Dialect, Meaning, Opening, Remote, Stream, Way};
use crate::transport::{StreamTransport, TransportError};

/// The modem did not answer a command in its time.
pub const NO_ANSWER: i32 = -1;
/// The modem refused a command and gave no number.
pub const REFUSED: i32 = -2;
/// A command cannot be written: a host name that is too long or has a quotation mark.
pub const UNSENDABLE: i32 = -3;
/// The modem sent more data than it was asked for.
pub const TOO_MUCH: i32 = -4;

/// Octets of the UART that one call looks at, so that it ends.
const ENOUGH: usize = 512;
/// How often a modem that may still be busy with something older is greeted, a second each.
const GREETINGS: u8 = 8;
const GREETING_MS: u32 = 1_000;
/// How long a modem that is full is left alone, in milliseconds.
const FULL_MS: u64 = 200;
/// How long after a command that was given up its answer may still come, in milliseconds.
const LATE_MS: u64 = 5_000;
/// How much of the beginning of a line is compared.
const PREFIX: usize = 24;

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
    /// The modem has given that number to a socket, and has not said that it is closed.
    has_socket: bool,
    /// A command was given up whose answer may still come, and would be taken for that of the next.
    owes_answer: bool,
    /// What was read, or the line that was asked for.
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
    /// How the line begins that is asked for.
    prefix: String<PREFIX>,
    /// What came of a question; nobody has had it yet.
    answer: Option<Result<(), TransportError>>,
    /// How a line begins that is counted whenever it comes.
    watched: Option<&'static str>,
    news: u32,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Phase {
    Closed,
    /// Greetings are numbered from 0; at `GREETINGS` a socket that is left over is closed, and the dialect's
    /// steps come behind it.
    Opening(u8),
    Open,
    Dead(TransportError),
}

/// The command in hand.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Doing {
    Nothing,
    Greet,
    /// Nothing, until a modem that owes an answer has had time for it.
    Hush,
    /// With what is still missing: `OK`, and the line that says that it is open.
    Open(Opening, bool, bool),
    Send(usize),
    /// With whether the line has come that says how much data follows.
    Receive(bool),
    Close,
    /// With whether the line has come that is asked for.
    Ask(bool),
    /// A question that was given up; its answer may still come.
    Late,
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
            has_socket: false,
            owes_answer: false,
            rx: Vec::new(),
            given: 0,
            tx: Vec::new(),
            retry_at: 0,
            data_waits: false,
            peer_closed: false,
            is_datagram: false,
            sent_last: false,
            prefix: String::new(),
            answer: None,
            watched: None,
            news: 0,
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
            && self.open_on(step, remote, now) == Opening::Done
        {
            self.phase = Phase::Open;
            return Poll::Ready(Ok(()));
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
                Phase::Opening(step) if step > GREETINGS || self.has_socket => {
                    self.begin_close(now)
                }
                Phase::Open => self.begin_close(now),
                Phase::Opening(_) | Phase::Closed | Phase::Dead(_) => {
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

    /// When (ms) a call is due although nothing comes from the modem; `None`: never, the device may
    /// sleep until its UART wakes it.
    pub fn next_deadline(&self) -> Option<u64> {
        match self.doing {
            Doing::Nothing if self.phase != Phase::Open => None,
            // An answer that nobody comes for.
            Doing::Nothing if self.answer.is_some() => Some(self.deadline),
            Doing::Nothing if self.tx.is_empty() || self.peer_closed => None,
            Doing::Nothing => Some(self.retry_at),
            _ => Some(self.deadline),
        }
    }

    /// The UART, for its baud rate and pins.
    pub fn uart(&mut self) -> &mut U {
        &mut self.uart
    }

    /// The next command of the opening; `Done` if there is none.
    fn open_on(&mut self, step: u8, remote: &Remote<'_>, now: u64) -> Opening {
        self.command.clear();
        let opening = match step.checked_sub(GREETINGS) {
            None => {
                // Echoes cost time. The answer also says that the modem is there.
                self.command.text("ATE0").patient(GREETING_MS);
                self.begin(Doing::Greet, now);
                return Opening::Step;
            }
            // A connection that ended badly has left its socket behind, and a modem has few.
            Some(0) if self.has_socket => {
                self.dialect.close(self.socket, &mut self.command);
                Opening::Try
            }
            Some(step) => {
                let step = step.saturating_sub(1);
                self.phase = Phase::Opening(GREETINGS.saturating_add(1).saturating_add(step));
                self.dialect
                    .open(step, remote, self.socket, &mut self.command)
            }
        };
        if opening != Opening::Done {
            let awaits = opening == Opening::Await;
            self.begin(Doing::Open(opening, true, awaits), now);
        }
        opening
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
        self.owes_answer |= !matches!(self.doing, Doing::Nothing | Doing::Hush);
        self.forget_answer();
        self.rx.clear();
        self.given = 0;
        self.tx.clear();
        self.reader.clear();
        self.doing = Doing::Nothing;
        self.stage = Stage::Awaits;
        self.data_waits = false;
        self.peer_closed = false;
        self.retry_at = 0;
    }

    /// The socket is of no more use, and what was in hand has not been answered.
    fn die(&mut self, error: TransportError) {
        self.owes_answer |= self.doing != Doing::Nothing;
        match self.doing {
            // Data that did not come to its end may be the news of a modem that started anew.
            Doing::Receive(_) => self.rx.clear(),
            Doing::Ask(_) => self.answer = Some(Err(error)),
            _ => {}
        }
        self.doing = Doing::Nothing;
        self.stage = Stage::Awaits;
        self.tx.clear();
        self.phase = Phase::Dead(error);
    }
}

pub(super) mod ask;
mod chat;
mod data;

//! The talk with the modem: what goes out, what comes in, what time does.

use super::super::fields::{after, number};
use super::super::reader::Token;
use super::*;

impl<U, C, D, const RX: usize, const TX: usize> Modem<U, C, D, RX, TX>
where
    U: StreamTransport,
    C: FnMut() -> u64,
    D: Dialect,
{
    /// Moves what is there, and lets time pass. Says what time it is.
    pub(super) fn work(&mut self) -> u64 {
        let now = (self.clock)();
        self.write();
        let mut looked_at = 0_usize;
        let mut piece = [0; 32];
        while looked_at < ENOUGH {
            match self.uart.recv(&mut piece) {
                Poll::Pending | Poll::Ready(Ok(0)) => break,
                Poll::Ready(Err(error)) => {
                    self.die(error);
                    break;
                }
                Poll::Ready(Ok(n)) => {
                    for octet in piece.iter().take(n) {
                        self.on_octet(*octet, now);
                    }
                    looked_at = looked_at.saturating_add(n);
                }
            }
        }
        if self.doing != Doing::Nothing && now >= self.deadline {
            self.on_timeout(now);
        }
        now
    }

    /// Writes of the command in hand what the UART takes.
    pub(super) fn write(&mut self) {
        let mut piece = [0; 32];
        loop {
            let len = match self.stage {
                Stage::Command(at) => self.command_octets(at, &mut piece),
                Stage::Data(at) => self.data_octets(at, &mut piece),
                Stage::AwaitsPrompt | Stage::Awaits => return,
            };
            let octets = piece.get(..len).unwrap_or_default();
            if octets.is_empty() {
                self.stage = match (self.stage, self.command.form) {
                    (Stage::Command(_), Form::Prompt(_)) => Stage::AwaitsPrompt,
                    _ => Stage::Awaits,
                };
                return;
            }
            match self.uart.send(octets) {
                Poll::Pending | Poll::Ready(Ok(0)) => return,
                Poll::Ready(Err(error)) => return self.die(error),
                Poll::Ready(Ok(n)) => match &mut self.stage {
                    Stage::Command(at) | Stage::Data(at) => *at = at.saturating_add(n),
                    _ => {}
                },
            }
        }
    }

    /// The command from a position on: its text, data in hexadecimal digits, the end of line.
    fn command_octets(&self, at: usize, piece: &mut [u8]) -> usize {
        let text = self.command.as_octets();
        let data: &[u8] = match (self.command.form, self.doing) {
            (Form::Hex, Doing::Send(len)) => self.tx.get(..len).unwrap_or_default(),
            _ => &[],
        };
        let quote = usize::from(!data.is_empty());
        let hex_from = text.len().saturating_add(quote);
        let hex_to = hex_from.saturating_add(data.len().saturating_mul(2));
        let end = hex_to.saturating_add(quote);
        let octet = |n: usize| match n {
            n if n < text.len() => text.get(n).copied(),
            n if n < hex_from => Some(b'"'),
            n if n < hex_to => {
                let digit = n.saturating_sub(hex_from);
                let octet = data.get(digit / 2)?;
                let nibble = if digit & 1 == 0 {
                    octet >> 4
                } else {
                    octet & 15
                };
                b"0123456789ABCDEF".get(usize::from(nibble)).copied()
            }
            n if n < end => Some(b'"'),
            n if n == end => Some(b'\r'),
            _ => None,
        };
        let mut len = 0_usize;
        for (place, octet) in piece.iter_mut().zip((at..).map_while(octet)) {
            *place = octet;
            len = len.saturating_add(1);
        }
        len
    }

    fn data_octets(&self, at: usize, piece: &mut [u8]) -> usize {
        let Doing::Send(len) = self.doing else {
            return 0;
        };
        let rest = self.tx.get(at..len).unwrap_or_default();
        let len = rest.len().min(piece.len());
        if let (Some(to), Some(from)) = (piece.get_mut(..len), rest.get(..len)) {
            to.copy_from_slice(from);
        }
        len
    }

    fn on_octet(&mut self, octet: u8, now: u64) {
        let prompt = match (self.stage, self.command.form) {
            (Stage::AwaitsPrompt, Form::Prompt(prompt)) => Some(prompt),
            _ => None,
        };
        let reads = self.doing == Doing::Receive(false);
        let dialect = &self.dialect;
        let mut has_header = false;
        let header = |line: &[u8]| {
            let len = dialect.data(line).filter(|_| reads);
            has_header = len.is_some();
            len
        };
        let meaning = match self.reader.take(octet, prompt, header) {
            None if has_header => {
                self.doing = Doing::Receive(true);
                return;
            }
            None => return,
            Some(Token::Prompt) => {
                self.stage = Stage::Data(0);
                return self.write();
            }
            Some(Token::Data(octet) | Token::LastData(octet)) => {
                // What is cut off a datagram is lost; a stream would have a hole.
                if self.rx.push(octet).is_err() && !self.is_datagram {
                    self.die(TransportError::Failed(TOO_MUCH));
                }
                return;
            }
            Some(Token::Line(line)) => match line {
                b"OK" => Meaning::Done,
                b"ERROR" => Meaning::Refused(None),
                // An echo.
                _ if line.starts_with(b"AT") => return,
                _ => match after(line, b"+CME ERROR") {
                    Some(mut fields) => Meaning::Refused(fields.text().and_then(number)),
                    None => self.dialect.meaning(line, self.socket),
                },
            },
        };
        if meaning == Meaning::Other {
            return self.on_other_line();
        }
        self.on_meaning(meaning, now);
    }

    fn on_meaning(&mut self, meaning: Meaning, now: u64) {
        match meaning {
            Meaning::Other => {}
            // It cannot be the answer to what has not gone out yet.
            Meaning::Done if self.stage != Stage::Awaits => {}
            Meaning::Refused(_) if matches!(self.stage, Stage::Command(_)) => {}
            Meaning::Done => self.on_done(now),
            Meaning::Refused(code) => self.on_refused(code, now),
            Meaning::Socket(socket) => {
                if let Doing::Open(..) = self.doing {
                    self.socket = socket;
                    self.has_socket = true;
                }
            }
            Meaning::Opened(result) => {
                if let Doing::Open(opening, ok_missing, _) = self.doing {
                    if let Some(code) = i32::try_from(result).ok().filter(|code| *code != 0) {
                        if !ok_missing {
                            self.doing = Doing::Nothing;
                        }
                        return self.die(TransportError::Failed(code));
                    }
                    self.doing = Doing::Open(opening, ok_missing, false);
                    self.step_if_complete();
                }
            }
            Meaning::DataWaits => self.data_waits = true,
            Meaning::Full => {
                if let Doing::Send(_) = self.doing {
                    self.doing = Doing::Nothing;
                    self.retry_at = now.saturating_add(FULL_MS);
                }
            }
            Meaning::Taken(taken) => {
                if let Doing::Send(len) = self.doing {
                    let taken = usize::try_from(taken).unwrap_or(len);
                    self.doing = Doing::Send(len.min(taken));
                }
            }
            Meaning::Closed => {
                self.peer_closed = true;
                // Something may still be there.
                self.data_waits = true;
            }
            // Before the modem has answered to anything, this is only news that it is there.
            Meaning::Restarted if matches!(self.phase, Phase::Opening(step) if step < GREETINGS) => {
            }
            Meaning::Restarted => {
                self.die(TransportError::Closed);
                self.has_socket = false;
                self.owes_answer = false;
            }
        }
    }

    fn on_done(&mut self, now: u64) {
        match self.doing {
            Doing::Nothing | Doing::Hush => return,
            Doing::Greet => return self.on_greeted(now),
            Doing::Open(opening, _, opened_missing) => {
                self.doing = Doing::Open(opening, false, opened_missing);
                return self.step_if_complete();
            }
            Doing::Send(len) => {
                let len = if self.is_datagram { TX } else { len };
                let rest = self
                    .tx
                    .get(len..)
                    .and_then(|rest| Vec::from_slice(rest).ok());
                self.tx = rest.unwrap_or_default();
            }
            // It belongs to something else: a read says first how much there is.
            Doing::Receive(false) => return,
            Doing::Receive(true) => self.data_waits |= !self.rx.is_empty(),
            Doing::Close => self.on_closed(),
            Doing::Ask(_) => self.answer = Some(Ok(())),
            Doing::Late => {}
        }
        self.doing = Doing::Nothing;
    }

    fn on_refused(&mut self, code: Option<u32>, now: u64) {
        let code = code.and_then(|code| i32::try_from(code).ok());
        let error = TransportError::Failed(code.unwrap_or(REFUSED));
        match self.doing {
            Doing::Nothing | Doing::Hush => return,
            // Whatever it refuses, it is there.
            Doing::Greet => return self.on_greeted(now),
            Doing::Open(Opening::Try, ..) => return self.next_step(),
            Doing::Open(..) => {
                self.doing = Doing::Nothing;
                return self.die(error);
            }
            // The connection is gone. What the modem still has can be read.
            Doing::Send(_) => {
                self.tx.clear();
                self.peer_closed = true;
                self.data_waits = true;
            }
            Doing::Receive(_) => {
                // Whatever has come is no data, if this is what comes behind it.
                self.rx.clear();
                self.peer_closed |= !D::READ_ERROR_IS_EMPTY;
            }
            Doing::Close => self.on_closed(),
            Doing::Ask(_) => self.answer = Some(Err(error)),
            Doing::Late => {}
        }
        self.doing = Doing::Nothing;
    }

    fn on_greeted(&mut self, now: u64) {
        if self.owes_answer {
            // Which of its answers this was cannot be known: there may be another on its way.
            self.doing = Doing::Hush;
            self.deadline = now.saturating_add(GREETING_MS.into());
        } else {
            self.doing = Doing::Nothing;
            self.phase = Phase::Opening(GREETINGS);
        }
    }

    fn on_closed(&mut self) {
        self.phase = Phase::Closed;
        self.has_socket = false;
    }

    fn on_timeout(&mut self, now: u64) {
        let error = TransportError::Failed(NO_ANSWER);
        match (self.doing, self.phase) {
            (Doing::Hush, _) => {
                self.owes_answer = false;
                self.doing = Doing::Nothing;
                self.phase = Phase::Opening(GREETINGS);
            }
            (Doing::Greet, Phase::Opening(step)) if step.saturating_add(1) < GREETINGS => {
                self.owes_answer = true;
                self.phase = Phase::Opening(step.saturating_add(1));
                self.doing = Doing::Nothing;
            }
            (Doing::Ask(_), _) => {
                self.answer = Some(Err(error));
                self.doing = Doing::Late;
                self.stage = Stage::Awaits;
                self.deadline = now.saturating_add(LATE_MS);
            }
            (Doing::Late, _) => self.doing = Doing::Nothing,
            (Doing::Close, _) => {
                self.owes_answer = true;
                self.phase = Phase::Closed;
                self.doing = Doing::Nothing;
            }
            _ => self.die(error),
        }
    }

    fn step_if_complete(&mut self) {
        if let Doing::Open(_, false, false) = self.doing {
            self.next_step();
        }
    }

    fn next_step(&mut self) {
        self.doing = Doing::Nothing;
        if let Phase::Opening(step) = self.phase {
            // What was left over is closed now.
            self.has_socket &= step != GREETINGS;
            self.phase = Phase::Opening(step.saturating_add(1));
        }
    }
}

//! AKMA keys out of a modem, by a vendor's AT command.
//!
//! No AT command for AKMA is known to us: TS 27.007 has none that could be cited, and neither has a vendor's manual.
//! The modem has the keys all the same: NAS hands the A-KID and K_AKMA to whoever asks (TS 24.501 clause 4.21). So this
//! is the hook for the command that the vendor of your modem tells you. Write down what it looks like, as a
//! [`KeyCommand`], and [`ModemKeys`] is the [`AkmaKeySource`] that a connection wants.
//!
//! The command of the example is invented:
//!
//! ```
//! use core::fmt::{self, Write};
//! use core::task::Poll;
//! use msgin5g::akma::{AKid, AfId, AkmaContext, AkmaKey, Kakma, KeySourceError};
//! use msgin5g::modem_keys::{KeyCommand, ModemKeys, fields};
//!
//! /// `AT+XAKMA="<name of the AF>"` is answered by `+XAKMA: "<A-KID>","<K_AKMA as 64 hexadecimal digits>"`.
//! struct Invented;
//!
//! impl KeyCommand for Invented {
//!     const PREFIX: &'static str = "+XAKMA:";
//!     const CHANGED: Option<&'static str> = Some("+XAKMACHANGED");
//!
//!     fn write(&self, af_id: &AfId<'_>, command: &mut dyn Write) -> fmt::Result {
//!         write!(command, "AT+XAKMA=\"{}\"", af_id.fqdn())
//!     }
//!
//!     fn read(&self, line: &str) -> Poll<Result<AkmaContext, KeySourceError>> {
//!         let mut fields = fields(line);
//!         let (Some(a_kid), Some(key)) = (fields.next(), fields.next()) else {
//!             // An authentication is running.
//!             return Poll::Pending;
//!         };
//!         let key = AkmaKey::Kakma(Kakma::from_hex(key)?);
//!         Poll::Ready(Ok(AkmaContext { a_kid: AKid::from_modem(a_kid)?, key }))
//!     }
//!
//!     fn refused(&self, code: i32) -> KeySourceError {
//!         match code {
//!             9001 => KeySourceError::NoKausf,
//!             9002 => KeySourceError::NotSupported,
//!             other => KeySourceError::Modem(other),
//!         }
//!     }
//! }
//! # use msgin5g::transport::at::Ask;
//! # fn source<M: Ask>(modem: M) {
//! // `modem`: a `Modem`, or `&RefCell<Modem>` where a session has its socket at the same time.
//! let keys = ModemKeys::new(modem, Invented);
//! # }
//! ```
//!
//! A modem that gives K_AF, and keeps K_AKMA to itself, is asked in the same way: the command carries the AF_ID
//! (`af_id.octets()`), and `read` returns [`AkmaKey::Kaf`](crate::akma::AkmaKey::Kaf). A modem that gives neither gives
//! its IMSI and its home network: see [`common::home_network`](crate::transport::at::common::home_network).

use core::cell::Cell;
use core::fmt::{self, Write};
use core::task::Poll;

use heapless::String;
use zeroize::Zeroizing;

use crate::akma::{AfId, AkmaContext, AkmaError, AkmaKeySource, KeySourceError};
use crate::transport::TransportError;
use crate::transport::at::{Ask, NO_ANSWER, UNSENDABLE};

/// Longest command and longest line of an answer, in octets.
const LONGEST: usize = 320;
/// How long a modem that has no key yet is left alone, in milliseconds.
const PAUSE_MS: u64 = 1_000;

/// A vendor's command for AKMA keys. See the [module](self).
pub trait KeyCommand {
    /// How the line begins that has the answer, with its colon: `+NAME:`.
    const PREFIX: &'static str;
    /// How the line begins by which the modem tells unasked that K_AUSF is another, if it does.
    const CHANGED: Option<&'static str> = None;
    /// How long the answer may take, in milliseconds. 10 s.
    const PATIENCE_MS: u32 = 10_000;

    /// Writes the command, 320 octets at the most, without an end of line. The name in an [`AfId`] cannot have a
    /// quotation mark.
    ///
    /// # Errors
    /// What `command` returned: it is too long.
    fn write(&self, af_id: &AfId<'_>, command: &mut dyn Write) -> fmt::Result;

    /// Reads the line of the answer, an empty one if the modem only said `OK`. `Pending`: the modem says that an
    /// authentication is running; it is asked again in a second.
    ///
    /// # Errors
    /// The line cannot be used ([`AkmaError`] turns into [`KeySourceError::BadAnswer`]), or says that there is no key.
    fn read(&self, line: &str) -> Poll<Result<AkmaContext, KeySourceError>>;

    /// What it means that the modem refused, with the number of `+CME ERROR`, or
    /// [`REFUSED`](crate::transport::at::REFUSED) for a bare `ERROR`. Which number says that there is no K_AUSF only
    /// the vendor knows.
    fn refused(&self, code: i32) -> KeySourceError {
        KeySourceError::Modem(code)
    }
}

/// A source of AKMA keys that asks a modem. See the [module](self).
#[derive(Debug)]
pub struct ModemKeys<M, K> {
    modem: M,
    command: K,
    /// When (ms on the modem's clock) the modem is asked again.
    again_at: u64,
    changes: u32,
    /// What the modem has told so far.
    news: Cell<u32>,
}

impl<M: Ask, K: KeyCommand> ModemKeys<M, K> {
    /// A source that asks `modem` by `command`. If that is a `RefCell`, nobody may have it in hand now.
    pub fn new(mut modem: M, command: K) -> Self {
        if let Some(changed) = K::CHANGED {
            modem.watch(changed);
        }
        Self {
            modem,
            command,
            again_at: 0,
            changes: 0,
            news: Cell::new(0),
        }
    }

    /// K_AUSF is another: told by something else than a line of the modem, or the USIM was changed.
    pub fn changed(&mut self) {
        self.changes = self.changes.wrapping_add(1);
    }

    /// The modem, for its socket.
    pub fn modem(&mut self) -> &mut M {
        &mut self.modem
    }

    fn ask(&mut self, af_id: &AfId<'_>, now: u64) -> Poll<Result<AkmaContext, KeySourceError>> {
        let mut command = String::<LONGEST>::new();
        if self.command.write(af_id, &mut command).is_err() {
            return Poll::Ready(Err(KeySourceError::Modem(UNSENDABLE)));
        }
        let mut line = Zeroizing::new([0; LONGEST]);
        let asked = self
            .modem
            .ask(&command, K::PREFIX, K::PATIENCE_MS, line.as_mut_slice());
        let len = match asked {
            Poll::Pending => return Poll::Pending,
            Poll::Ready(Ok(len)) => len,
            // Neither is an answer: the modem is silent, has started anew, or its line is dead.
            Poll::Ready(Err(TransportError::Failed(NO_ANSWER) | TransportError::Closed)) => {
                return Poll::Ready(Err(KeySourceError::TimedOut));
            }
            Poll::Ready(Err(TransportError::Failed(code))) => {
                return Poll::Ready(Err(self.command.refused(code)));
            }
        };
        let text = line
            .get(..len)
            .and_then(|line| core::str::from_utf8(line).ok());
        let Some(text) = text else {
            return Poll::Ready(Err(AkmaError::AKid.into()));
        };
        let answer = self.command.read(text);
        if answer.is_pending() {
            self.again_at = now.saturating_add(PAUSE_MS);
        }
        answer
    }
}

impl<M: Ask, K: KeyCommand> AkmaKeySource for ModemKeys<M, K> {
    fn request(&mut self, af_id: &AfId<'_>) -> Poll<Result<AkmaContext, KeySourceError>> {
        // Somebody else has the modem in hand.
        let Some(now) = self.modem.now_ms() else {
            return Poll::Pending;
        };
        if now < self.again_at {
            return Poll::Pending;
        }
        self.ask(af_id, now)
    }

    fn generation(&self) -> u32 {
        if let Some(news) = self.modem.news() {
            self.news.set(news);
        }
        self.changes.wrapping_add(self.news.get())
    }
}

/// The fields behind the name of a line, without their quotation marks and blanks: `a` and `b` of `+NAME: "a",b`. No
/// field may have a comma in it.
pub fn fields(line: &str) -> impl Iterator<Item = &str> {
    let (_, fields) = line.split_once(':').unwrap_or_default();
    fields
        .split(',')
        .map(|field| field.trim().trim_matches('"'))
}

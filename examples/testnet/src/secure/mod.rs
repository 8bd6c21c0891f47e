//! What lies between the socket and CoAP: TLS, or nothing. Sans I/O: wire octets in and out, clear octets in and out.

pub mod datagram;
pub(crate) mod hello;
mod keys;
mod pipe;
mod tls;

pub use keys::KeyService;
pub use tls::{TlsChannel, TlsServer};

use crate::event::{Closing, Refusal};
use pipe::Pipe;

/// The inside of one connection.
#[derive(Debug)]
pub enum Channel {
    Plain(PlainChannel),
    Tls(Box<TlsChannel>),
}

/// What a channel has to tell.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Progress {
    Opened(Opened),
    Data(Vec<u8>),
    Closed(Closing),
    Refused(Refusal),
}

/// An open session and what it proved.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Opened {
    /// SUPI and the end of K_AF, when a key of the AAnF opened the session.
    pub proven: Option<(String, u64)>,
    pub cipher: Option<String>,
}

/// No protection at all.
#[derive(Debug, Default)]
pub struct PlainChannel {
    pipe: Pipe,
    opened: bool,
    ended: bool,
}

impl Channel {
    /// Takes octets from the wire.
    pub fn input(&mut self, octets: &[u8]) {
        self.pipe().feed(octets);
    }

    /// The wire brings no more.
    pub fn input_end(&mut self) {
        self.pipe().end();
    }

    /// Goes as far as the octets allow.
    pub fn advance(&mut self) -> Vec<Progress> {
        match self {
            Self::Plain(plain) => plain.advance(),
            Self::Tls(tls) => tls.advance(),
        }
    }

    /// Sends clear octets.
    pub fn write(&mut self, data: &[u8]) -> Result<(), String> {
        match self {
            Self::Plain(plain) => {
                plain.pipe.output.extend_from_slice(data);
                Ok(())
            }
            Self::Tls(tls) => tls.write(data),
        }
    }

    /// Says close_notify where there is such a thing.
    pub fn close(&mut self) {
        if let Self::Tls(tls) = self {
            tls.close();
        }
    }

    /// Octets for the wire.
    pub fn take_output(&mut self) -> Vec<u8> {
        std::mem::take(&mut self.pipe().output)
    }

    fn pipe(&mut self) -> &mut Pipe {
        match self {
            Self::Plain(plain) => &mut plain.pipe,
            Self::Tls(tls) => tls.pipe(),
        }
    }
}

impl PlainChannel {
    fn advance(&mut self) -> Vec<Progress> {
        let mut progress = Vec::new();
        if !self.opened {
            self.opened = true;
            progress.push(Progress::Opened(Opened {
                proven: None,
                cipher: None,
            }));
        }
        let data: Vec<u8> = self.pipe.input.drain(..).collect();
        if !data.is_empty() {
            progress.push(Progress::Data(data));
        }
        if self.pipe.ended && !self.ended {
            self.ended = true;
            progress.push(Progress::Closed(Closing::Orderly));
        }
        progress
    }
}

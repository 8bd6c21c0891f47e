//! A connection that is put away.

use super::connection::Connection;
use super::crypto::{CipherSuite, Crypto};
use super::error::TlsError;
use super::incoming::Incoming;
use super::key_schedule::Secret;
use super::keys::{Kept, Keys};
use super::outgoing::{Outgoing, Owed};
use super::quiet::Quiet;
use super::wire::{Reader, Writer};
use core::fmt;
use zeroize::Zeroizing;

const VERSION: u8 = 1;

/// The state of an open connection: keys and record numbers.
///
/// Its octets are as secret as the keys, and good for one life: see [`Connection::resume`]. Wiped
/// when dropped.
pub struct Snapshot(Zeroizing<[u8; Snapshot::LEN]>);

impl<'b, C: Crypto> Connection<'b, C> {
    /// Goes on with a connection that [`export`](Self::export) has put away, over a transport that
    /// has lost nothing in between: a modem that kept the socket open, say.
    ///
    /// A snapshot is good for one life: going on twice from the same one uses record numbers
    /// twice, which breaks the protection of both. So it is used up here, and the module
    /// [`snapshot`](crate::snapshot) sees to it that its octets are, too.
    ///
    /// # Errors
    /// [`TlsError::BufferTooSmall`]: `receive` has to be as long as before;
    /// [`TlsError::Unsupported`] if this build has not the suite.
    #[allow(clippy::needless_pass_by_value, reason = "it is used up")]
    pub fn resume(
        snapshot: Snapshot,
        receive: &'b mut [u8],
        send: &'b mut [u8],
    ) -> Result<Self, TlsError> {
        let parts = snapshot.read()?;
        if receive.len() < parts.receive_len {
            return Err(TlsError::too_small(parts.receive_len));
        }
        Ok(Self {
            handshake: None,
            incoming: Incoming::new(receive),
            outgoing: Outgoing::new(send),
            owed: Owed::default(),
            keys: Keys::take_up(parts.keys)?,
            open: true,
            quiet: Quiet::default(),
            send_limit: parts.send_limit,
            read_end: None,
            write_end: None,
        })
    }

    /// Puts the connection away, to [`resume`](Self::resume) it later. Here it is over then,
    /// without a farewell: two that go on with it would use the same record numbers.
    ///
    /// `None`: nothing has changed. It is not open, closed, or something is under way: octets of a
    /// record, data to be read, a record to be sent.
    #[must_use]
    pub fn export(&mut self) -> Option<Snapshot> {
        self.prepare();
        let idle = self.is_open()
            && self.read_end.is_none()
            && self.write_end.is_none()
            && self.incoming.is_empty()
            && self.outgoing.is_empty();
        if !idle {
            return None;
        }
        let snapshot = Snapshot::write(&Parts {
            keys: self.keys.put_away()?,
            send_limit: self.send_limit,
            receive_len: self.incoming.capacity(),
        })?;
        self.wipe();
        Some(snapshot)
    }
}

/// What of a connection is kept.
struct Parts<S> {
    keys: Kept<S>,
    send_limit: usize,
    receive_len: usize,
}

impl Snapshot {
    /// Octets of a snapshot.
    pub const LEN: usize = 1 + 2 + 3 * 8 + 2 * 32 + 2 * 2 + 1;

    /// The octets, to be kept where keys may be kept.
    #[must_use]
    pub fn as_octets(&self) -> &[u8; Self::LEN] {
        &self.0
    }

    /// A snapshot from its octets. They are looked at when it is used.
    #[must_use]
    pub fn from_octets(octets: &[u8; Self::LEN]) -> Self {
        Self(Zeroizing::new(*octets))
    }

    fn write(from: &Parts<&Secret>) -> Option<Self> {
        let mut octets = Zeroizing::new([0; Self::LEN]);
        let mut w = Writer::new(&mut *octets);
        let keys = &from.keys;
        w.u8(VERSION);
        w.u16(keys.suite.code());
        for number in [keys.read.1, keys.write.1, keys.records_per_key] {
            w.put(&number.to_be_bytes());
        }
        w.put(&**keys.read.0);
        w.put(&**keys.write.0);
        w.u16(u16::try_from(from.send_limit).ok()?);
        w.u16(u16::try_from(from.receive_len).unwrap_or(u16::MAX));
        w.u8(u8::from(keys.asked));
        w.finish().ok()?;
        Some(Self(octets))
    }

    fn read(&self) -> Result<Parts<Secret>, TlsError> {
        let mut r = Reader::new(&*self.0);
        if r.u8()? != VERSION {
            return Err(TlsError::Unsupported);
        }
        let suite = CipherSuite::from_code(r.u16()?).ok_or(TlsError::Unsupported)?;
        let mut number = || r.array().map(|octets| u64::from_be_bytes(*octets));
        let (read, written, records_per_key) = (number()?, number()?, number()?);
        let keys = Kept {
            suite,
            read: (Zeroizing::new(*r.array()?), read),
            write: (Zeroizing::new(*r.array()?), written),
            records_per_key,
            asked: false,
        };
        let (send_limit, receive_len) = (r.u16()?, r.u16()?);
        Ok(Parts {
            keys: Kept {
                asked: r.u8()? != 0,
                ..keys
            },
            send_limit: send_limit.into(),
            receive_len: receive_len.into(),
        })
    }
}

impl fmt::Debug for Snapshot {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Snapshot(..)")
    }
}

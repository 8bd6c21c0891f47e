//! An association that is put away.

use super::super::crypto::{CipherSuite, Crypto};
use super::super::error::TlsError;
use super::super::handshake::ConnectionId;
use super::super::key_schedule::ApplicationSecrets;
use super::super::wire::{Reader, Writer};
use super::buffers::Buffers;
use super::config::DtlsConfig;
use super::connection::{DtlsConnection, STORE_LEN};
use super::record::{Epoch, ReadEpoch};
use super::window::Window;
use core::fmt;
use zeroize::Zeroizing;

const VERSION: u8 = 3;
const ID_LEN: usize = 20;

/// The state of an open association: keys, record numbers, Connection IDs.
///
/// Its octets are as secret as the keys, and good for one life: see
/// [`DtlsConnection::resume`](super::DtlsConnection::resume). Wiped when dropped.
pub struct Snapshot(Zeroizing<[u8; Snapshot::LEN]>);

impl Snapshot {
    /// Octets of a snapshot.
    pub const LEN: usize = 1 + 2 + 7 * 8 + 2 * 32 + 4 * 2 + 1 + 2 * (1 + ID_LEN);

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

    pub(super) fn take<C: Crypto>(from: &DtlsConnection<'_, C>) -> Option<Self> {
        let (suite, secrets) = (from.suite?, from.secrets.as_ref()?);
        let (write, [Some(read), _]) = (from.write.as_ref()?, &from.read) else {
            return None;
        };
        let mut octets = Zeroizing::new([0; Self::LEN]);
        let mut w = Writer::new(&mut *octets);
        w.u8(VERSION);
        w.u16(suite.code());
        for number in [
            write.number,
            write.records(),
            read.keys.number,
            read.window.next,
            read.window.seen,
            from.forged,
            from.records_per_key,
        ] {
            w.put(&number.to_be_bytes());
        }
        w.put(&*secrets.client);
        w.put(&*secrets.server);
        w.u16(from.message_in);
        w.u16(from.message_out);
        w.u16(u16::try_from(from.send_limit).ok()?);
        w.u16(u16::try_from(from.receive.len()).unwrap_or(u16::MAX));
        w.u8(u8::from(from.ids_agreed) | u8::from(from.asked) << 1);
        for id in [&from.own_id, &from.peer_id] {
            w.u8(u8::try_from(id.len()).ok()?);
            let mut padded = [0; ID_LEN];
            padded.get_mut(..id.len())?.copy_from_slice(id);
            w.put(&padded);
        }
        w.finish().ok()?;
        Some(Self(octets))
    }

    pub(super) fn restore<C: Crypto>(
        &self,
        into: &mut DtlsConnection<'_, C>,
    ) -> Result<(), TlsError> {
        let mut r = Reader::new(&*self.0);
        if r.u8()? != VERSION {
            return Err(TlsError::Unsupported);
        }
        let suite = CipherSuite::from_code(r.u16()?).ok_or(TlsError::Unsupported)?;
        let mut number = || r.array().map(|octets| u64::from_be_bytes(*octets));
        let (write_epoch, written) = (number()?, number()?);
        let (read_epoch, next, seen) = (number()?, number()?, number()?);
        let (forged, records_per_key) = (number()?, number()?);
        let secrets = ApplicationSecrets {
            client: Zeroizing::new(*r.array()?),
            server: Zeroizing::new(*r.array()?),
        };
        // One after the other, each where it stays: keys are large.
        let write = Epoch::new(suite, write_epoch, &secrets.client)?;
        into.write.insert(write).skip_to(written);
        let read = ReadEpoch::new(suite, read_epoch, &secrets.server)?;
        let [newest, _] = &mut into.read;
        newest.insert(read).window = Window { next, seen };
        into.suite = Some(suite);
        into.secrets = Some(secrets);
        into.message_in = r.u16()?;
        into.message_out = r.u16()?;
        into.send_limit = r.u16()?.into();
        // The server was told how long a record may be.
        let receive_len = usize::from(r.u16()?);
        if into.receive.len() < receive_len {
            return Err(TlsError::too_small(receive_len.saturating_add(STORE_LEN)));
        }
        into.forged = forged;
        into.records_per_key = records_per_key.max(1);
        let flags = r.u8()?;
        (into.ids_agreed, into.asked) = (flags & 1 != 0, flags & 2 != 0);
        for id in [&mut into.own_id, &mut into.peer_id] {
            let len = usize::from(r.u8()?);
            let padded = r.array::<ID_LEN>()?;
            let octets = padded.get(..len).ok_or(TlsError::Unsupported)?;
            *id = ConnectionId::from_slice(octets).map_err(|_| TlsError::Unsupported)?;
        }
        Ok(())
    }
}

impl<'b, C: Crypto> DtlsConnection<'b, C> {
    /// Goes on with an association that [`export`](Self::export) has put away.
    ///
    /// A snapshot is good for one life: going on twice from the same one uses record numbers
    /// twice, which breaks the protection of both. So it is used up here, and the crate's module
    /// `snapshot` sees to it that its octets are, too.
    ///
    /// # Errors
    /// [`TlsError::BufferTooSmall`]: `receive` has to be as long as before;
    /// [`TlsError::Unsupported`] if this build has not the suite.
    #[allow(clippy::needless_pass_by_value, reason = "it is used up")]
    pub fn resume(
        snapshot: Snapshot,
        dtls: &DtlsConfig<'b>,
        receive: &'b mut [u8],
        send: &'b mut [u8],
    ) -> Result<Self, TlsError> {
        let buffers = Buffers::new(receive, send);
        buffers.check(dtls)?;
        let mut this = Self::empty(dtls, buffers);
        snapshot.restore(&mut this)?;
        Ok(this)
    }

    /// Puts the association away, to [`resume`](Self::resume) it later. Here it is over then,
    /// without a farewell: two that go on with it would use the same record numbers.
    ///
    /// `None`: nothing has changed. It is not open, closed, or something is under way: data to be
    /// read, a datagram to be sent, a message to be acknowledged or put together.
    #[must_use]
    pub fn export(&mut self) -> Option<Snapshot> {
        let idle = self.is_open()
            && self.read_end.is_none()
            && self.write_end.is_none()
            && self.data.is_empty()
            && self.datagram.is_empty()
            && self.unsent.is_empty()
            && self.flight.is_over()
            && self.reassembly.is_empty()
            && !self.ack_due
            && !self.update_owed;
        let snapshot = if idle { Snapshot::take(self) } else { None }?;
        self.wipe();
        Some(snapshot)
    }
}

impl fmt::Debug for Snapshot {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Snapshot(..)")
    }
}

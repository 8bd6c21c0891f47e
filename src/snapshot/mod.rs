//! What survives sleep and reboot, as octets that can lie in flash.
//!
//! A snapshot holds the client (registration, accepted messages and reports, half-received
//! messages, subscriptions, what has been received before), the generation of the AKMA keys, and
//! a session that goes on without a handshake. K_AF or K_AKMA are in it only if asked for. It is
//! encrypted and authenticated under a key below a secret of the device, and good for one
//! restart: the [`MonotonicCounter`] sees to that.
//!
//! ```
//! use msgin5g::client::{Client, ClientMemory, Config};
//! use msgin5g::message::UeServiceId;
//! use msgin5g::snapshot::{self, Contents, MonotonicCounter, SealingKey, SnapshotError};
//! # use rand_core::OsRng;
//! # struct Fuses(u64);
//! # impl MonotonicCounter for Fuses {
//! #     fn value(&mut self) -> Option<u64> { Some(self.0) }
//! #     fn advance(&mut self) -> Option<u64> { self.0 += 1; Some(self.0) }
//! # }
//! type Memory = ClientMemory<1152, 1152, 2048, 8>;
//!
//! # fn main() -> Result<(), SnapshotError> {
//! # let (device_secret, mut counter) = ([7; 32], Fuses(0));
//! let us = UeServiceId::new("meter-7@iot.example").expect("an identity");
//! let key = SealingKey::new(&device_secret, us)?;
//!
//! // Before the power goes:
//! let mut memory = Memory::new();
//! let mut client = Client::new(Config::new(us), memory.pieces(), &mut OsRng).expect("a configuration");
//! # let now_ms = 1_000;
//! let mut flash = [0; Memory::SNAPSHOT_LEN];
//! let mut contents = Contents { client: Some(&mut client), ..Contents::default() };
//! let len = snapshot::save(&mut contents, now_ms, &key, &mut counter, &mut OsRng, &mut flash)?;
//!
//! // After it has come back. Clocks begin anew, so the time that has passed is told.
//! let mut memory = Memory::new();
//! let mut client = Client::new(Config::new(us), memory.pieces(), &mut OsRng).expect("a configuration");
//! # let (now_ms, asleep_ms) = (0, 3_600_000);
//! let opened = snapshot::open(&mut flash[..len], &key, &mut counter)?;
//! client.restore(&opened, now_ms, asleep_ms)?;
//! # drop(opened);
//! // It cannot be used again.
//! # assert!(snapshot::open(&mut flash[..len], &key, &mut counter).is_err());
//! # Ok(())
//! # }
//! ```
//!
//! # One life for each snapshot
//!
//! Who goes on twice from the same octets, with a session in them, uses record numbers twice, and
//! whoever listens can then read and forge. Three things keep that from happening:
//!
//! * `export` ends the session here as it is put away, and [`save`] uses up what it gave.
//! * [`save`] advances the counter and binds the snapshot to the new value: older ones are void.
//! * [`open`] advances it again before it gives anything: a reset right after that starts clean.
//!
//! Without a counter that survives everything that the snapshot survives, do not keep a session.

mod contents;
mod error;
mod octets;
mod sealing;

pub use contents::{Akma, AkmaState, Association, Contents};
pub use error::SnapshotError;
pub(crate) use octets::{Octets, Reader, Writer};
pub use sealing::SealingKey;

use rand_core::{CryptoRng, RngCore};
use zeroize::Zeroize;

/// A number that only ever grows, whatever happens to power and flash: in fuses, in a secure
/// element, in a replay-protected block; or the next best thing, a word of flash of its own.
pub trait MonotonicCounter {
    /// The value now. `None`: no answer.
    fn value(&mut self) -> Option<u64>;

    /// Makes it larger, for good, and tells the new value. `None`: it could not be done.
    fn advance(&mut self) -> Option<u64>;
}

impl<C: MonotonicCounter + ?Sized> MonotonicCounter for &mut C {
    fn value(&mut self) -> Option<u64> {
        C::value(self)
    }

    fn advance(&mut self) -> Option<u64> {
        C::advance(self)
    }
}

/// Octets that a snapshot of a client with these pieces of memory has at the most, session and
/// keys included. [`ClientMemory::SNAPSHOT_LEN`](crate::client::ClientMemory::SNAPSHOT_LEN) is
/// the same for memory in one piece.
#[must_use]
pub const fn max_len(outbox: usize, slots: usize, incoming: usize, incoming_slots: usize) -> usize {
    crate::client::snapshot_len(outbox, slots, incoming, incoming_slots)
        .saturating_add(contents::INDEX_MAX)
        .saturating_add(sealing::OVERHEAD)
}

/// Writes a sealed snapshot to the front of `out`, as of `now` (ms on the client's clock), and
/// gives its length. Older snapshots are void from here on, and a session in `contents` is used
/// up.
///
/// # Errors
/// [`SnapshotError::BufferTooSmall`], [`SnapshotError::NoRandom`], [`SnapshotError::Counter`].
/// Nothing has been used up then, and nothing readable stands in `out`.
pub fn save(
    contents: &mut Contents<'_, '_>,
    now: u64,
    key: &SealingKey<'_>,
    counter: &mut impl MonotonicCounter,
    rng: &mut (impl RngCore + CryptoRng),
    out: &mut [u8],
) -> Result<usize, SnapshotError> {
    let mut writer = Writer::new(sealing::place(out));
    contents.write(now, &mut writer);
    let len = writer.len();
    let needed = len.saturating_add(sealing::OVERHEAD);
    let sealed = if needed > out.len() {
        Err(SnapshotError::BufferTooSmall { needed })
    } else {
        let value = counter.advance().ok_or(SnapshotError::Counter);
        value.and_then(|value| key.seal(value, rng, len, out))
    };
    match sealed {
        Ok(_) => contents.association = None,
        Err(_) => out.zeroize(),
    }
    sealed
}

/// Opens a snapshot that stands at the front of `sealed`; what follows it does not matter. It
/// cannot be opened a second time.
///
/// The octets are decrypted where they are, and wiped when what is returned is dropped.
///
/// # Errors
/// Why it is refused. Start clean then.
pub fn open<'b>(
    sealed: &'b mut [u8],
    key: &SealingKey<'_>,
    counter: &mut impl MonotonicCounter,
) -> Result<Opened<'b>, SnapshotError> {
    let value = counter.value().ok_or(SnapshotError::Counter)?;
    let mut opened = Opened {
        plain: key.open(value, sealed)?,
        client_len: None,
        akma: None,
        association: None,
    };
    counter.advance().ok_or(SnapshotError::Counter)?;
    let found = contents::read(opened.plain)?;
    opened.client_len = found.client.map(<[u8]>::len);
    (opened.akma, opened.association) = (found.akma, found.association);
    Ok(opened)
}

/// A snapshot that has been opened. Restores a client by
/// [`Client::restore`](crate::client::Client::restore). Wiped when dropped.
pub struct Opened<'b> {
    plain: &'b mut [u8],
    /// Octets at the end that are the client's.
    client_len: Option<usize>,
    akma: Option<AkmaState>,
    association: Option<Association>,
}

impl Opened<'_> {
    /// The state of the AKMA keys, if it was saved.
    #[must_use]
    pub fn akma(&self) -> Option<&AkmaState> {
        self.akma.as_ref()
    }

    /// The session, if one was saved: once.
    #[must_use]
    pub fn take_association(&mut self) -> Option<Association> {
        self.association.take()
    }

    pub(crate) fn client(&self) -> Option<Reader<'_>> {
        let start = self.plain.len().checked_sub(self.client_len?)?;
        self.plain.get(start..).map(Reader::new)
    }
}

impl Drop for Opened<'_> {
    fn drop(&mut self) {
        self.plain.zeroize();
    }
}

impl core::fmt::Debug for Opened<'_> {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str("Opened(..)")
    }
}

//! What survives a reset, sealed.

use core::ffi::c_void;

use crate::context::Entered;
use crate::given::Sized32;
use crate::status::told;
use crate::{msgin5g_client, msgin5g_status};
use msgin5g_status as Status;

/// Octets that a snapshot of a client with the default sizes has at the most, where pointers have 32 or 64 bits.
pub const MSGIN5G_SNAPSHOT_SIZE: usize = 7168;

#[cfg(feature = "snapshot")]
const _: () = {
    use crate::sizes::default as size;
    let most = msgin5g::snapshot::max_len(size::OUTBOX, size::SLOTS, size::INCOMING, size::SETS);
    assert!(most <= MSGIN5G_SNAPSHOT_SIZE);
};

/// A number that only ever grows, whatever happens to power and flash: it keeps a snapshot from being used twice.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct msgin5g_counter {
    /// sizeof(msgin5g_counter).
    pub size: u32,
    /// Handed to the functions as it is.
    pub user: *mut c_void,
    /// The value now.
    ///
    /// \return 0 done, anything else failed
    pub value: Option<unsafe extern "C" fn(user: *mut c_void, value: *mut u64) -> i32>,
    /// Makes it larger for good, and tells the new value.
    ///
    /// \return 0 done, anything else failed
    pub advance: Option<unsafe extern "C" fn(user: *mut c_void, value: *mut u64) -> i32>,
}

// SAFETY: C's, size first, all 0 is valid.
unsafe impl Sized32 for msgin5g_counter {}

/// Writes the state of the client into octets for flash: registration, messages that wait, messages half received,
/// subscriptions. No session and no key is in it; the next life opens a session with a key of its own. Encrypted and
/// authenticated below a secret of the device; older snapshots are void from here on. The client can go on.
///
/// \param client the client
/// \param secret a secret of the device, 16 octets or more
/// \param secret_len octets of that
/// \param counter the monotonic counter
/// \param out where it goes: MSGIN5G_SNAPSHOT_SIZE octets are enough for the default sizes
/// \param out_size room there
/// \param out_len how many octets it has; unchanged after an error
/// \return MSGIN5G_STATUS_OK, MSGIN5G_STATUS_BUFFER_TOO_SMALL, MSGIN5G_STATUS_COUNTER_FAILED,
/// MSGIN5G_STATUS_RANDOM_FAILED, MSGIN5G_STATUS_KEY_LENGTH, MSGIN5G_STATUS_INVALID_ARGUMENT,
/// MSGIN5G_STATUS_INVALID_SIZE, MSGIN5G_STATUS_NOT_BUILT, MSGIN5G_STATUS_NOT_INITIALISED,
/// MSGIN5G_STATUS_IN_CALLBACK
#[unsafe(no_mangle)]
pub unsafe extern "C" fn msgin5g_snapshot_save(
    client: *mut msgin5g_client,
    secret: *const u8,
    secret_len: usize,
    counter: *const msgin5g_counter,
    out: *mut u8,
    out_size: usize,
    out_len: *mut usize,
) -> msgin5g_status {
    // SAFETY: as the header says.
    let save = || unsafe {
        let mut entered = Entered::new(client)?;
        imp::save(
            entered.parts(),
            (secret, secret_len),
            counter,
            (out, out_size),
            out_len,
        )
    };
    told(save())
}

/// The same for a sleep without power, with the association in it: what is restored goes on without a key, a handshake
/// and a registration. Only with MSGIN5G_SESSION_DTLS13; the server has to know the client by a Connection ID, or see it
/// at the same address. The association is over here then, and the server is not told: switch off, or msgin5g_wipe().
/// A client that is polled on all the same opens another.
///
/// Without a counter that survives everything that the snapshot survives, use msgin5g_snapshot_save(): whoever goes on
/// twice with one association uses its record numbers twice, which breaks the protection of both.
///
/// \param client the client
/// \param secret a secret of the device, 16 octets or more
/// \param secret_len octets of that
/// \param counter the monotonic counter
/// \param out where it goes: MSGIN5G_SNAPSHOT_SIZE octets are enough for the default sizes
/// \param out_size room there
/// \param out_len how many octets it has; unchanged after an error
/// \return MSGIN5G_STATUS_OK; MSGIN5G_STATUS_BUSY if none is open or something is under way: msgin5g_poll(), then again;
/// MSGIN5G_STATUS_INVALID_CONFIG if it is another session; MSGIN5G_STATUS_BUFFER_TOO_SMALL,
/// MSGIN5G_STATUS_COUNTER_FAILED, MSGIN5G_STATUS_RANDOM_FAILED, MSGIN5G_STATUS_KEY_LENGTH,
/// MSGIN5G_STATUS_INVALID_ARGUMENT, MSGIN5G_STATUS_INVALID_SIZE, MSGIN5G_STATUS_NOT_BUILT,
/// MSGIN5G_STATUS_NOT_INITIALISED, MSGIN5G_STATUS_IN_CALLBACK. After an error of room, counter or
/// generator the client goes on, too, with another association
#[unsafe(no_mangle)]
pub unsafe extern "C" fn msgin5g_snapshot_sleep(
    client: *mut msgin5g_client,
    secret: *const u8,
    secret_len: usize,
    counter: *const msgin5g_counter,
    out: *mut u8,
    out_size: usize,
    out_len: *mut usize,
) -> msgin5g_status {
    // SAFETY: as the header says.
    let sleep = || unsafe {
        let mut entered = Entered::new(client)?;
        imp::sleep(
            entered.parts(),
            (secret, secret_len),
            counter,
            (out, out_size),
            out_len,
        )
    };
    told(sleep())
}

/// Takes up what a snapshot holds. For a client that has just been initialised with the same configuration, before
/// its first msgin5g_poll(); do not register, it is registered if it was. A snapshot can be used once. The association
/// of one by msgin5g_snapshot_sleep() goes on; if the server has forgotten it, the first request is not answered, and
/// another is opened after msgin5g_config::silence_ms.
///
/// \param client the client
/// \param secret as it was saved with
/// \param secret_len octets of that
/// \param counter the monotonic counter
/// \param sealed the snapshot; it is decrypted where it lies, and wiped
/// \param sealed_len its octets; more may follow
/// \param now_ms the time on the clock of msgin5g_poll()
/// \param asleep_ms how long it is since it was saved, 0 if nobody knows
/// \return MSGIN5G_STATUS_OK; otherwise the client is as if it were new: MSGIN5G_STATUS_SNAPSHOT_INVALID,
/// MSGIN5G_STATUS_SNAPSHOT_OLD, MSGIN5G_STATUS_SNAPSHOT_DOES_NOT_FIT, MSGIN5G_STATUS_COUNTER_FAILED,
/// MSGIN5G_STATUS_KEY_LENGTH, MSGIN5G_STATUS_BUSY (it is connected), MSGIN5G_STATUS_INVALID_ARGUMENT,
/// MSGIN5G_STATUS_INVALID_SIZE, MSGIN5G_STATUS_NOT_BUILT, MSGIN5G_STATUS_NOT_INITIALISED,
/// MSGIN5G_STATUS_IN_CALLBACK
#[unsafe(no_mangle)]
pub unsafe extern "C" fn msgin5g_snapshot_restore(
    client: *mut msgin5g_client,
    secret: *const u8,
    secret_len: usize,
    counter: *const msgin5g_counter,
    sealed: *mut u8,
    sealed_len: usize,
    now_ms: u64,
    asleep_ms: u64,
) -> msgin5g_status {
    // SAFETY: as the header says.
    let restore = || unsafe {
        let mut entered = Entered::new(client)?;
        let times = (now_ms, asleep_ms);
        imp::restore(
            entered.parts(),
            (secret, secret_len),
            counter,
            (sealed, sealed_len),
            times,
        )
    };
    told(restore())
}

#[cfg(not(feature = "snapshot"))]
mod imp {
    use super::{Status, msgin5g_counter};
    use crate::context::Parts;

    pub unsafe fn save(
        _: Parts<'_>,
        _: (*const u8, usize),
        _: *const msgin5g_counter,
        _: (*mut u8, usize),
        _: *mut usize,
    ) -> Result<(), Status> {
        Err(Status::NotBuilt)
    }

    pub unsafe fn sleep(
        _: Parts<'_>,
        _: (*const u8, usize),
        _: *const msgin5g_counter,
        _: (*mut u8, usize),
        _: *mut usize,
    ) -> Result<(), Status> {
        Err(Status::NotBuilt)
    }

    pub unsafe fn restore(
        _: Parts<'_>,
        _: (*const u8, usize),
        _: *const msgin5g_counter,
        _: (*mut u8, usize),
        _: (u64, u64),
    ) -> Result<(), Status> {
        Err(Status::NotBuilt)
    }
}

#[cfg(feature = "snapshot")]
mod imp {
    use msgin5g::connection::Channel;
    use msgin5g::message::UeServiceId;
    use msgin5g::snapshot::{self, Contents, MonotonicCounter, SealingKey, SnapshotError};

    use super::{Status, msgin5g_counter};
    use crate::context::Parts;
    use crate::given;

    struct Counter(msgin5g_counter);

    type Ask = unsafe extern "C" fn(*mut core::ffi::c_void, *mut u64) -> i32;

    impl Counter {
        fn ask(&self, function: Option<Ask>) -> Option<u64> {
            let mut value = 0;
            // SAFETY: the caller's function with the caller's pointer, and a place that stays during the call.
            let code = unsafe { function?(self.0.user, &mut value) };
            (code == 0).then_some(value)
        }
    }

    impl MonotonicCounter for Counter {
        fn value(&mut self) -> Option<u64> {
            self.ask(self.0.value)
        }

        fn advance(&mut self) -> Option<u64> {
            self.ask(self.0.advance)
        }
    }

    /// # Safety
    /// As the header says.
    pub unsafe fn save(
        parts: Parts<'_>,
        secret: (*const u8, usize),
        counter: *const msgin5g_counter,
        out: (*mut u8, usize),
        out_len: *mut usize,
    ) -> Result<(), Status> {
        if out_len.is_null() {
            return Err(Status::InvalidArgument);
        }
        // SAFETY: the caller's promise.
        let (key, mut counter) = unsafe { key(parts.us, secret, counter) }?;
        // SAFETY: as above.
        let out = unsafe { given::room(out.0, out.1) }?;
        let mut contents = Contents {
            client: Some(parts.client),
            ..Contents::default()
        };
        let now = *parts.now;
        let len = snapshot::save(&mut contents, now, &key, &mut counter, parts.random, out)
            .map_err(status)?;
        // SAFETY: as above.
        unsafe { given::put(out_len, len) }
    }

    /// # Safety
    /// As the header says.
    pub unsafe fn sleep(
        parts: Parts<'_>,
        secret: (*const u8, usize),
        counter: *const msgin5g_counter,
        out: (*mut u8, usize),
        out_len: *mut usize,
    ) -> Result<(), Status> {
        if out_len.is_null() {
            return Err(Status::InvalidArgument);
        }
        // SAFETY: the caller's promise.
        let (key, mut counter) = unsafe { key(parts.us, secret, counter) }?;
        // SAFETY: as above.
        let out = unsafe { given::room(out.0, out.1) }?;
        let channel = parts.connection.channel_mut();
        channel.may_sleep()?;
        if !parts.client.is_quiet() {
            return Err(Status::Busy);
        }
        let mut contents = Contents {
            client: Some(parts.client),
            association: Some(channel.export().ok_or(Status::Busy)?),
            akma: parts.supplier.known(),
        };
        let now = *parts.now;
        match snapshot::save(&mut contents, now, &key, &mut counter, parts.random, out) {
            // SAFETY: as above.
            Ok(len) => unsafe { given::put(out_len, len) },
            // The association is over all the same: the connection finds none, and opens another.
            Err(error) => Err(status(error)),
        }
    }

    /// # Safety
    /// As the header says.
    pub unsafe fn restore(
        parts: Parts<'_>,
        secret: (*const u8, usize),
        counter: *const msgin5g_counter,
        sealed: (*mut u8, usize),
        (now, asleep): (u64, u64),
    ) -> Result<(), Status> {
        if parts.connection.is_open() {
            return Err(Status::Busy);
        }
        // SAFETY: the caller's promise.
        let (key, mut counter) = unsafe { key(parts.us, secret, counter) }?;
        // SAFETY: as above.
        let sealed = unsafe { given::room(sealed.0, sealed.1) }?;
        let mut opened = snapshot::open(sealed, &key, &mut counter).map_err(status)?;
        let channel = parts.connection.channel_mut();
        if let Some(association) = opened.take_association() {
            channel.resume(association)?;
        }
        if let Err(error) = parts.client.restore(&opened, now, asleep) {
            channel.abandon();
            return Err(status(error));
        }
        if let Some(akma) = opened.akma() {
            parts.connection.opened_under(akma.generation);
            parts.supplier.know(akma.generation, &akma.a_kid);
        }
        *parts.now = now;
        Ok(())
    }

    /// # Safety
    /// As the header says.
    unsafe fn key(
        us: &'static str,
        (secret, len): (*const u8, usize),
        counter: *const msgin5g_counter,
    ) -> Result<(SealingKey<'static>, Counter), Status> {
        // SAFETY: the caller's promise.
        let counter = unsafe { given::structure(counter) }?;
        if counter.value.is_none() || counter.advance.is_none() || secret.is_null() {
            return Err(Status::InvalidArgument);
        }
        // SAFETY: as above.
        let secret = unsafe { given::octets(secret, len, 1024) }?;
        let us = UeServiceId::new(us).map_err(|_| Status::InvalidIdentifier)?;
        Ok((
            SealingKey::new(secret, us).map_err(status)?,
            Counter(counter),
        ))
    }

    fn status(error: SnapshotError) -> Status {
        match error {
            SnapshotError::BufferTooSmall { .. } => Status::BufferTooSmall,
            SnapshotError::SecretTooShort => Status::KeyLength,
            SnapshotError::Counter => Status::CounterFailed,
            SnapshotError::NoRandom => Status::RandomFailed,
            SnapshotError::Old { .. } => Status::SnapshotOld,
            SnapshotError::DoesNotFit { .. } => Status::SnapshotDoesNotFit,
            _ => Status::SnapshotInvalid,
        }
    }
}

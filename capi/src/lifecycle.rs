//! From msgin5g_init() to msgin5g_wipe().

use core::mem::MaybeUninit;
use core::ptr::addr_of_mut;

use msgin5g::akma::AfId;
use msgin5g::client::{Client, Config, IncomingSlot, OutboxSlot, Pieces, Reports};
use msgin5g::connection::{Connection, Settings};
use msgin5g::message::{
    ClientProfile, CommunicationAvailability, Ports, TriggeringInformation, UeServiceId,
};

use crate::arena::Arena;
use crate::channel;
use crate::context::{Context, Entered, magic, place};
use crate::dispatch::{self, Handlers};
use crate::given;
use crate::port::{Port, Supplier};
use crate::random::Random;
use crate::sizes::{MSGIN5G_NEVER, default, size};
use crate::status::told;
use crate::{
    MSGIN5G_NONE, msgin5g_client, msgin5g_config, msgin5g_profile, msgin5g_sizes, msgin5g_status,
};
use msgin5g_status as Status;

/// Makes a client. It calls nothing but the random function, and connects with the first msgin5g_poll().
///
/// Do not call it for a client that is in use: msgin5g_wipe() it first. After an error there is no client.
///
/// \param client memory for it
/// \param config who it is and what it works with
/// \return MSGIN5G_STATUS_OK, MSGIN5G_STATUS_INVALID_ARGUMENT, MSGIN5G_STATUS_INVALID_SIZE,
/// MSGIN5G_STATUS_INVALID_TEXT, MSGIN5G_STATUS_INVALID_IDENTIFIER, MSGIN5G_STATUS_INVALID_CONFIG,
/// MSGIN5G_STATUS_AKMA_NAME, MSGIN5G_STATUS_BUFFER_TOO_SMALL, MSGIN5G_STATUS_NOT_BUILT, MSGIN5G_STATUS_RANDOM_FAILED
#[unsafe(no_mangle)]
pub unsafe extern "C" fn msgin5g_init(
    client: *mut msgin5g_client,
    config: *const msgin5g_config,
) -> msgin5g_status {
    match place(client) {
        // SAFETY: there is room for a context, and the configuration is what the header asks for.
        Ok(context) => told(unsafe { init(context, config) }),
        Err(status) => status,
    }
}

/// # Safety
/// As the header says.
unsafe fn init(context: *mut Context, config: *const msgin5g_config) -> Result<(), Status> {
    // SAFETY: the caller's promise, here and in all that follows.
    let given = unsafe { given::structure(config) }?;
    // SAFETY: as above.
    let (transport, keys, random) = unsafe {
        (
            given::structure(given.transport)?,
            given::structure(given.keys)?,
            given::structure(given.random)?,
        )
    };
    if keys.request.is_none() || given.memory.is_null() {
        return Err(Status::InvalidArgument);
    }
    if isize::try_from(given.memory_size).is_err() {
        return Err(Status::InvalidArgument);
    }
    let random = Random::new(random)?;
    // SAFETY: as above.
    #[allow(unused_mut, reason = "of use to a snapshot")]
    let mut supplier = Supplier {
        port: Port::new(transport)?,
        keys,
        // SAFETY: as above.
        separator: unsafe { given::optional_text(given.psk_separator) }?,
        #[cfg(feature = "snapshot")]
        known: None,
    };
    // SAFETY: as above.
    let server_name = unsafe { given::text::<'static>(given.server_name) }?;
    // SAFETY: as above.
    let af_id = AfId::new(server_name, unsafe { crate::akma::ua(given.ua_star_id) }?)?;

    // SAFETY: a place for a context; the path stays as long as the client that borrows it.
    let path: &'static mut [&'static str; 8] = unsafe {
        addr_of_mut!((*context).magic).write(0);
        addr_of_mut!((*context).path).write([""; 8]);
        &mut *addr_of_mut!((*context).path)
    };
    // SAFETY: as above.
    let us = unsafe { given::text::<'static>(given.ue_service_id) }?;
    // SAFETY: as above.
    let client_config = unsafe { client_config(&given, path) }?;

    // SAFETY: the caller's memory, which nobody else uses until the client is wiped.
    let mut arena = unsafe { Arena::new(given.memory.cast(), given.memory_size) };
    // SAFETY: as above.
    let (channel, held) = unsafe { channel::make(&mut arena, &given, server_name) }?;
    #[cfg(feature = "snapshot")]
    if channel.may_sleep().is_ok() {
        supplier.known = Some(arena.own(|_| Ok(None))?);
    }
    // SAFETY: a place for a client.
    let client = unsafe { &mut *addr_of_mut!((*context).client) };
    make_client(client, client_config, &mut arena, &given.sizes, random)?;

    // SAFETY: a place for a context; the magic number goes in last.
    unsafe {
        addr_of_mut!((*context).busy).write(0);
        addr_of_mut!((*context).now).write(0);
        addr_of_mut!((*context).handlers).write(Handlers {
            user: given.user,
            on_message: given.on_message,
            on_report: given.on_report,
            on_event: given.on_event,
        });
        addr_of_mut!((*context).random).write(random);
        addr_of_mut!((*context).supplier).write(supplier);
        addr_of_mut!((*context).us).write(us);
        addr_of_mut!((*context).memory).write(given.memory.cast());
        addr_of_mut!((*context).memory_size).write(given.memory_size);
        addr_of_mut!((*context).largest).write(size(given.sizes.outbox, default::OUTBOX));
        addr_of_mut!((*context).held).write(held);
        (*addr_of_mut!((*context).connection))
            .write(Connection::new(settings(&given, af_id), channel));
        addr_of_mut!((*context).magic).write(magic(context));
    }
    Ok(())
}

/// Not inlined, as its stack is not needed afterwards.
#[inline(never)]
fn make_client(
    place: &mut MaybeUninit<Client<'static>>,
    config: Config<'static>,
    arena: &mut Arena,
    sizes: &msgin5g_sizes,
    random: Random,
) -> Result<(), Status> {
    let pieces = Pieces {
        slots: arena.filled(size(sizes.slots, default::SLOTS), OutboxSlot::EMPTY)?,
        incoming_slots: arena.filled(size(sizes.sets, default::SETS), IncomingSlot::EMPTY)?,
        rx: arena.filled(size(sizes.receive, default::RECEIVE), 0)?,
        tx: arena.filled(size(sizes.send, default::SEND), 0)?,
        outbox: arena.filled(size(sizes.outbox, default::OUTBOX), 0)?,
        incoming: arena.filled(size(sizes.incoming, default::INCOMING), 0)?,
    };
    place.write(Client::new(config, pieces, &mut random.draw()?)?);
    Ok(())
}

/// Does what can be done now: keys, connecting, handshake, sending, receiving; and calls the functions of the
/// configuration. Never waits.
///
/// Call it when octets have arrived, when the modem has news, after functions that give the client something to
/// send, and at the time that it returned. Not from within a callback, and never at the same time from two tasks.
///
/// \param client the client
/// \param now_ms milliseconds from any origin that stays, never going back
/// \return when (ms) to call it again even if nothing arrives; a time that has passed: at once; MSGIN5G_NEVER: not.
/// Below 0: MSGIN5G_STATUS_INVALID_ARGUMENT, MSGIN5G_STATUS_NOT_INITIALISED, MSGIN5G_STATUS_IN_CALLBACK
#[unsafe(no_mangle)]
pub unsafe extern "C" fn msgin5g_poll(client: *mut msgin5g_client, now_ms: u64) -> i64 {
    // SAFETY: as the header says.
    let mut entered = match unsafe { Entered::new(client) } {
        Ok(entered) => entered,
        Err(status) => return i64::from(status as i32),
    };
    let parts = entered.parts();
    // Time does not go back.
    *parts.now = now_ms.max(*parts.now);
    match dispatch::run(parts) {
        Some(at) => i64::try_from(at).unwrap_or(MSGIN5G_NEVER),
        None => MSGIN5G_NEVER,
    }
}

/// Ends the session in order and stays away: MSGIN5G_EVENT_KIND_CLOSED comes when it is done. De-register before if
/// the server shall know. Goes on with msgin5g_poll().
///
/// \return MSGIN5G_STATUS_OK, MSGIN5G_STATUS_INVALID_ARGUMENT, MSGIN5G_STATUS_NOT_INITIALISED,
/// MSGIN5G_STATUS_IN_CALLBACK
#[unsafe(no_mangle)]
pub unsafe extern "C" fn msgin5g_close(client: *mut msgin5g_client) -> msgin5g_status {
    // SAFETY: as the header says.
    unsafe { with(client, |entered| entered.parts().connection.close()) }
}

/// Connects again after msgin5g_close(), by msgin5g_poll().
///
/// \return MSGIN5G_STATUS_OK, MSGIN5G_STATUS_INVALID_ARGUMENT, MSGIN5G_STATUS_NOT_INITIALISED,
/// MSGIN5G_STATUS_IN_CALLBACK
#[unsafe(no_mangle)]
pub unsafe extern "C" fn msgin5g_open(client: *mut msgin5g_client) -> msgin5g_status {
    // SAFETY: as the header says.
    unsafe { with(client, |entered| entered.parts().connection.open()) }
}

/// Ends a pause between two attempts to connect: the network is back, or somebody waits.
///
/// \return MSGIN5G_STATUS_OK, MSGIN5G_STATUS_INVALID_ARGUMENT, MSGIN5G_STATUS_NOT_INITIALISED,
/// MSGIN5G_STATUS_IN_CALLBACK
#[unsafe(no_mangle)]
pub unsafe extern "C" fn msgin5g_hurry(client: *mut msgin5g_client) -> msgin5g_status {
    // SAFETY: as the header says.
    unsafe { with(client, |entered| entered.parts().connection.hurry()) }
}

/// Ends a client at once, without a word to the server: closes the transport, wipes keys, context and memory. Both
/// are the caller's again. msgin5g_close() first, and msgin5g_poll() until it has closed, if there is time.
///
/// \return MSGIN5G_STATUS_OK, MSGIN5G_STATUS_INVALID_ARGUMENT, MSGIN5G_STATUS_NOT_INITIALISED,
/// MSGIN5G_STATUS_IN_CALLBACK
#[unsafe(no_mangle)]
pub unsafe extern "C" fn msgin5g_wipe(client: *mut msgin5g_client) -> msgin5g_status {
    // SAFETY: as the header says.
    match unsafe { Entered::new(client) } {
        Ok(mut entered) => {
            use msgin5g::connection::Modem;
            entered.parts().supplier.hang_up();
            entered.wipe();
            Status::Ok
        }
        Err(status) => status,
    }
}

/// Whether a session is open.
///
/// \return 1 or 0; below 0: MSGIN5G_STATUS_INVALID_ARGUMENT, MSGIN5G_STATUS_NOT_INITIALISED,
/// MSGIN5G_STATUS_IN_CALLBACK
#[unsafe(no_mangle)]
pub unsafe extern "C" fn msgin5g_is_connected(client: *mut msgin5g_client) -> i32 {
    // SAFETY: as the header says.
    unsafe {
        ask(client, |entered| {
            entered.parts().connection.is_open().into()
        })
    }
}

/// Whether the server has accepted the registration.
///
/// \return 1 or 0; below 0: MSGIN5G_STATUS_INVALID_ARGUMENT, MSGIN5G_STATUS_NOT_INITIALISED,
/// MSGIN5G_STATUS_IN_CALLBACK
#[unsafe(no_mangle)]
pub unsafe extern "C" fn msgin5g_is_registered(client: *mut msgin5g_client) -> i32 {
    // SAFETY: as the header says.
    unsafe {
        ask(client, |entered| {
            entered.parts().client.is_registered().into()
        })
    }
}

/// Whether only a new primary authentication helps, as far as is known.
///
/// \return 1 or 0; below 0: MSGIN5G_STATUS_INVALID_ARGUMENT, MSGIN5G_STATUS_NOT_INITIALISED,
/// MSGIN5G_STATUS_IN_CALLBACK
#[unsafe(no_mangle)]
pub unsafe extern "C" fn msgin5g_needs_authentication(client: *mut msgin5g_client) -> i32 {
    // SAFETY: as the header says.
    unsafe {
        ask(client, |entered| {
            entered.parts().connection.needs_authentication().into()
        })
    }
}

/// How many messages, reports and subscriptions are accepted and not answered yet.
///
/// \return 0 or more; below 0: MSGIN5G_STATUS_INVALID_ARGUMENT, MSGIN5G_STATUS_NOT_INITIALISED,
/// MSGIN5G_STATUS_IN_CALLBACK
#[unsafe(no_mangle)]
pub unsafe extern "C" fn msgin5g_pending(client: *mut msgin5g_client) -> i32 {
    // SAFETY: as the header says.
    unsafe {
        ask(client, |entered| {
            i32::try_from(entered.parts().client.pending()).unwrap_or(i32::MAX)
        })
    }
}

/// Whether nothing of any message is in the memory any more: all is answered and handed over.
///
/// \return 1 or 0; below 0: MSGIN5G_STATUS_INVALID_ARGUMENT, MSGIN5G_STATUS_NOT_INITIALISED,
/// MSGIN5G_STATUS_IN_CALLBACK
#[unsafe(no_mangle)]
pub unsafe extern "C" fn msgin5g_is_idle(client: *mut msgin5g_client) -> i32 {
    // SAFETY: as the header says.
    unsafe { ask(client, |entered| entered.parts().client.is_idle().into()) }
}

/// # Safety
/// As [`Entered::new`].
unsafe fn with(client: *mut msgin5g_client, act: impl FnOnce(&mut Entered)) -> Status {
    // SAFETY: the caller's promise.
    match unsafe { Entered::new(client) } {
        Ok(mut entered) => {
            act(&mut entered);
            Status::Ok
        }
        Err(status) => status,
    }
}

/// # Safety
/// As [`Entered::new`].
unsafe fn ask(client: *mut msgin5g_client, question: impl FnOnce(&mut Entered) -> i32) -> i32 {
    // SAFETY: the caller's promise.
    match unsafe { Entered::new(client) } {
        Ok(mut entered) => question(&mut entered),
        Err(status) => status as i32,
    }
}

/// 0 is the default.
fn set(value: &mut u32, given: u32) {
    match given {
        0 => {}
        MSGIN5G_NONE => *value = 0,
        given => *value = given,
    }
}

fn narrow<T: TryFrom<u32>>(value: &mut T, given: u32) -> Result<(), Status> {
    let number = match given {
        0 => return Ok(()),
        MSGIN5G_NONE => 0,
        given => given,
    };
    *value = T::try_from(number).map_err(|_| Status::InvalidConfig)?;
    Ok(())
}

fn optional(given: u32) -> Option<u32> {
    (given != 0 && given != MSGIN5G_NONE).then_some(given)
}

fn settings<'a>(given: &msgin5g_config, af_id: AfId<'a>) -> Settings<'a> {
    let mut settings = Settings::new(af_id);
    set(&mut settings.keys_timeout_ms, given.keys_timeout_ms);
    set(&mut settings.open_timeout_ms, given.open_timeout_ms);
    set(&mut settings.silence_ms, given.silence_ms);
    settings.ping_ms = optional(given.ping_ms);
    set(&mut settings.first_pause_ms, given.first_pause_ms);
    set(&mut settings.longest_pause_ms, given.longest_pause_ms);
    set(&mut settings.stable_ms, given.stable_ms);
    set(&mut settings.close_timeout_ms, given.close_timeout_ms);
    settings
}

/// # Safety
/// Its texts are texts that stay.
unsafe fn client_config(
    given: &msgin5g_config,
    path: &'static mut [&'static str; 8],
) -> Result<Config<'static>, Status> {
    // SAFETY: the caller's promise, here and in all that follows.
    let us = unsafe { given::text::<'static>(given.ue_service_id) }?;
    let us = UeServiceId::new(us).map_err(|_| Status::InvalidIdentifier)?;
    let mut config = Config::new(us);
    if !given.server_path.is_null() {
        let count = usize::try_from(given.server_path_count).unwrap_or(usize::MAX);
        let places = path.get_mut(..count).ok_or(Status::InvalidConfig)?;
        for (index, place) in places.iter_mut().enumerate() {
            // SAFETY: so many texts are there.
            *place =
                unsafe { given::text(given.server_path.wrapping_add(index).read_unaligned()) }?;
        }
        config.server_path = places;
    }
    // SAFETY: as above.
    if let Some(identifier) = unsafe { given::optional_text(given.service_identifier) }? {
        config.service_identifier = identifier;
    }
    if !given.profile.is_null() {
        // SAFETY: as above.
        config.registration.profile = unsafe { profile(given.profile) }?;
    }
    config.reports = match given.reports {
        0 => Reports::OnDelivery,
        1 => Reports::ByApplication,
        _ => return Err(Status::InvalidArgument),
    };
    set(&mut config.answer_timeout_ms, given.answer_timeout_ms);
    set(&mut config.retry_pause_ms, given.retry_pause_ms);
    narrow(&mut config.max_attempts, given.max_attempts)?;
    narrow(&mut config.max_breaks, given.max_breaks)?;
    narrow(&mut config.segment_size, given.segment_size)?;
    set(&mut config.segment_wait_ms, given.segment_wait_ms);
    narrow(&mut config.segment_recoveries, given.segment_recoveries)?;
    set(&mut config.segment_keep_ms, given.segment_keep_ms);
    narrow(&mut config.sets_per_originator, given.sets_per_originator)?;
    set(&mut config.aggregation_wait_ms, given.aggregation_wait_ms);
    config.registration_refresh_ms = optional(given.registration_refresh_ms);
    Ok(config)
}

/// # Safety
/// A profile whose texts are texts that stay.
pub(crate) unsafe fn profile(
    given: *const msgin5g_profile,
) -> Result<ClientProfile<'static>, Status> {
    // SAFETY: the caller's promise, here and in all that follows.
    let given = unsafe { given::structure(given) }?;
    // SAFETY: as above.
    let (ue_identifier, protocol, schedule) = unsafe {
        (
            given::optional_text(given.trigger_identifier)?,
            given::optional_text(given.trigger_protocol)?,
            given::optional_text(given.schedule)?,
        )
    };
    let used = given.trigger_ports.iter().take_while(|port| **port != 0);
    let used = given.trigger_ports.get(..used.count());
    Ok(ClientProfile {
        triggering: TriggeringInformation {
            ue_identifier,
            ports: used.and_then(Ports::new).unwrap_or_default(),
            protocol,
        },
        availability: CommunicationAvailability {
            schedule,
            duration: optional(given.duration),
            periodic: match given.periodic {
                0 => None,
                1 => Some(true),
                2 => Some(false),
                _ => return Err(Status::InvalidArgument),
            },
            interval: optional(given.interval),
        },
        maximum_segment_size: optional(given.maximum_segment_size),
    })
}

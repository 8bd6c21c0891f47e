//! What the application asks for.

use core::ffi::c_char;

use msgin5g::client::ReportTicket;
use msgin5g::message::{MessagingTopic, Outcome};

use crate::context::{Entered, Parts};
use crate::given;
use crate::status::told;
use crate::{msgin5g_client, msgin5g_profile, msgin5g_status};
use msgin5g_status as Status;

/// Registers with the server, now or as soon as there is a session. MSGIN5G_EVENT_KIND_REGISTERED or
/// MSGIN5G_EVENT_KIND_REGISTRATION_FAILED tells the outcome. Once is enough: it registers again by itself.
///
/// \return MSGIN5G_STATUS_OK, MSGIN5G_STATUS_BUSY, MSGIN5G_STATUS_TOO_LARGE, MSGIN5G_STATUS_INVALID_ARGUMENT,
/// MSGIN5G_STATUS_NOT_INITIALISED, MSGIN5G_STATUS_IN_CALLBACK
#[unsafe(no_mangle)]
pub unsafe extern "C" fn msgin5g_register(client: *mut msgin5g_client) -> msgin5g_status {
    // SAFETY: as the header says.
    unsafe { with(client, |parts| Ok(parts.client.register()?)) }
}

/// Ends the registration once all that was accepted before is answered: MSGIN5G_EVENT_KIND_DEREGISTERED.
///
/// \return MSGIN5G_STATUS_OK, MSGIN5G_STATUS_BUSY, MSGIN5G_STATUS_TOO_LARGE, MSGIN5G_STATUS_INVALID_ARGUMENT,
/// MSGIN5G_STATUS_NOT_INITIALISED, MSGIN5G_STATUS_IN_CALLBACK
#[unsafe(no_mangle)]
pub unsafe extern "C" fn msgin5g_deregister(client: *mut msgin5g_client) -> msgin5g_status {
    // SAFETY: as the header says.
    unsafe { with(client, |parts| Ok(parts.client.deregister()?)) }
}

/// Tells the server another profile, by registering again.
///
/// \param client the client
/// \param profile copied; its texts belong to the client until the next profile or msgin5g_wipe()
/// \return MSGIN5G_STATUS_OK, MSGIN5G_STATUS_BUSY, MSGIN5G_STATUS_TOO_LARGE, MSGIN5G_STATUS_INVALID_ARGUMENT,
/// MSGIN5G_STATUS_INVALID_SIZE, MSGIN5G_STATUS_INVALID_TEXT, MSGIN5G_STATUS_NOT_INITIALISED,
/// MSGIN5G_STATUS_IN_CALLBACK
#[unsafe(no_mangle)]
pub unsafe extern "C" fn msgin5g_change_profile(
    client: *mut msgin5g_client,
    profile: *const msgin5g_profile,
) -> msgin5g_status {
    let change = |parts: Parts<'_>| {
        // SAFETY: as the header says.
        let profile = unsafe { crate::lifecycle::profile(profile) }?;
        Ok(parts.client.change_profile(profile)?)
    };
    // SAFETY: as the header says.
    unsafe { with(client, change) }
}

/// A device trigger has come by SMS or NIDD: registers, and sends at once what waited.
///
/// \return MSGIN5G_STATUS_OK, MSGIN5G_STATUS_INVALID_ARGUMENT, MSGIN5G_STATUS_NOT_INITIALISED,
/// MSGIN5G_STATUS_IN_CALLBACK
#[unsafe(no_mangle)]
pub unsafe extern "C" fn msgin5g_on_device_trigger(client: *mut msgin5g_client) -> msgin5g_status {
    let trigger = |parts: Parts<'_>| {
        parts.client.on_device_trigger();
        parts.connection.hurry();
        Ok(())
    };
    // SAFETY: as the header says.
    unsafe { with(client, trigger) }
}

/// Subscribes to messaging topics: MSGIN5G_EVENT_KIND_SUBSCRIBED or MSGIN5G_EVENT_KIND_SUBSCRIPTION_ENDED.
///
/// \param client the client
/// \param topics texts that end with 0, read during the call
/// \param topic_count 1 to 8
/// \param expiration until when (RFC 3339), ended by 0; NULL: as long as the operator lets it
/// \param subscription where its number goes; not NULL
/// \return MSGIN5G_STATUS_OK, MSGIN5G_STATUS_TOPIC_COUNT, MSGIN5G_STATUS_INVALID_IDENTIFIER,
/// MSGIN5G_STATUS_INVALID_TEXT, MSGIN5G_STATUS_TOO_LARGE, MSGIN5G_STATUS_OUTBOX_FULL,
/// MSGIN5G_STATUS_OUTBOX_TOO_SMALL, MSGIN5G_STATUS_INVALID_ARGUMENT, MSGIN5G_STATUS_NOT_BUILT,
/// MSGIN5G_STATUS_NOT_INITIALISED, MSGIN5G_STATUS_IN_CALLBACK
#[unsafe(no_mangle)]
pub unsafe extern "C" fn msgin5g_subscribe(
    client: *mut msgin5g_client,
    topics: *const *const c_char,
    topic_count: usize,
    expiration: *const c_char,
    subscription: *mut u32,
) -> msgin5g_status {
    let subscribe = |parts: Parts<'_>| {
        if topics.is_null() || subscription.is_null() {
            return Err(Status::InvalidArgument);
        }
        let placeholder = MessagingTopic::new("-").map_err(|_| Status::Internal)?;
        let mut all = [placeholder; 8];
        let named = all.get_mut(..topic_count).ok_or(Status::TopicCount)?;
        for (index, topic) in named.iter_mut().enumerate() {
            // SAFETY: so many texts are there, as the header says.
            let text = unsafe { given::text(topics.wrapping_add(index).read_unaligned()) }?;
            *topic = MessagingTopic::new(text).map_err(|_| Status::InvalidIdentifier)?;
        }
        // SAFETY: as above.
        let expiration = unsafe { given::optional_text(expiration) }?;
        #[cfg(feature = "whole")]
        {
            let number = parts.client.subscribe(named, expiration)?.number();
            // SAFETY: as above.
            unsafe { given::put(subscription, number) }
        }
        #[cfg(not(feature = "whole"))]
        {
            let _ = (parts, named, expiration);
            Err(Status::NotBuilt)
        }
    };
    // SAFETY: as the header says.
    unsafe { with(client, subscribe) }
}

/// Ends a subscription: MSGIN5G_EVENT_KIND_SUBSCRIPTION_ENDED.
///
/// \param client the client
/// \param subscription as msgin5g_subscribe() gave it
/// \return MSGIN5G_STATUS_OK, MSGIN5G_STATUS_UNKNOWN_TICKET, MSGIN5G_STATUS_INVALID_ARGUMENT,
/// MSGIN5G_STATUS_NOT_BUILT, MSGIN5G_STATUS_NOT_INITIALISED, MSGIN5G_STATUS_IN_CALLBACK
#[unsafe(no_mangle)]
pub unsafe extern "C" fn msgin5g_unsubscribe(
    client: *mut msgin5g_client,
    subscription: u32,
) -> msgin5g_status {
    let unsubscribe = |parts: Parts<'_>| {
        #[cfg(feature = "whole")]
        {
            let subscription = msgin5g::client::Subscription::from_number(subscription);
            Ok(parts.client.unsubscribe(subscription)?)
        }
        #[cfg(not(feature = "whole"))]
        {
            let _ = (parts, subscription);
            Err(Status::NotBuilt)
        }
    };
    // SAFETY: as the header says.
    unsafe { with(client, unsubscribe) }
}

/// Reports what became of a received message, with MSGIN5G_REPORTS_BY_APPLICATION.
///
/// \param client the client
/// \param ticket msgin5g_received::report_ticket of that message
/// \param success 1 or 0
/// \param cause why it failed, ended by 0; NULL: not said
/// \return MSGIN5G_STATUS_OK, MSGIN5G_STATUS_UNKNOWN_TICKET, MSGIN5G_STATUS_OUTBOX_TOO_SMALL,
/// MSGIN5G_STATUS_TOO_LARGE, MSGIN5G_STATUS_INVALID_ARGUMENT, MSGIN5G_STATUS_INVALID_TEXT,
/// MSGIN5G_STATUS_NOT_INITIALISED, MSGIN5G_STATUS_IN_CALLBACK
#[unsafe(no_mangle)]
pub unsafe extern "C" fn msgin5g_give_report(
    client: *mut msgin5g_client,
    ticket: u32,
    success: i32,
    cause: *const c_char,
) -> msgin5g_status {
    let report = |parts: Parts<'_>| {
        // SAFETY: as the header says.
        let cause = unsafe { given::optional_text(cause) }?;
        let outcome = match success {
            0 => Outcome::Failure,
            1 => Outcome::Success,
            _ => return Err(Status::InvalidArgument),
        };
        let ticket = ReportTicket::from_number(ticket);
        Ok(parts.client.report(ticket, outcome, cause)?)
    };
    // SAFETY: as the header says.
    unsafe { with(client, report) }
}

/// Asks the server for a sign of life: MSGIN5G_EVENT_KIND_PONG.
///
/// \return MSGIN5G_STATUS_OK, MSGIN5G_STATUS_INVALID_ARGUMENT, MSGIN5G_STATUS_NOT_INITIALISED,
/// MSGIN5G_STATUS_IN_CALLBACK
#[unsafe(no_mangle)]
pub unsafe extern "C" fn msgin5g_ping(client: *mut msgin5g_client) -> msgin5g_status {
    let ping = |parts: Parts<'_>| {
        parts.client.ping();
        Ok(())
    };
    // SAFETY: as the header says.
    unsafe { with(client, ping) }
}

/// # Safety
/// As [`Entered::new`].
pub(crate) unsafe fn with(
    client: *mut msgin5g_client,
    act: impl FnOnce(Parts<'_>) -> Result<(), Status>,
) -> Status {
    // SAFETY: the caller's promise.
    match unsafe { Entered::new(client) } {
        Ok(mut entered) => told(act(entered.parts())),
        Err(status) => status,
    }
}

//! Messages that the server keeps.

use core::ffi::c_char;

use crate::context::Parts;
use crate::given;
use crate::requests::with;
use crate::{msgin5g_client, msgin5g_message_id, msgin5g_status};

/// Changes until when the server keeps a message of ours that it stores, or has it discarded (TS 23.554 V19 clause
/// 8.3.6.1): MSGIN5G_EVENT_KIND_UPDATED or MSGIN5G_EVENT_KIND_UPDATE_FAILED. The type of the message that says so is
/// not known yet, so only servers of this library understand it: feature `stored-message-update`.
///
/// \param client the client
/// \param message_id as msgin5g_send() gave it
/// \param destination the server that stores it, ended by 0
/// \param expiration date and time (RFC 3339, ended by 0); NULL: the message is discarded
/// \return MSGIN5G_STATUS_OK; MSGIN5G_STATUS_OUTBOX_FULL and MSGIN5G_STATUS_OUTBOX_TOO_SMALL, which pass;
/// MSGIN5G_STATUS_TOO_LARGE, MSGIN5G_STATUS_INVALID_ARGUMENT, MSGIN5G_STATUS_INVALID_TEXT, MSGIN5G_STATUS_NOT_BUILT,
/// MSGIN5G_STATUS_NOT_INITIALISED, MSGIN5G_STATUS_IN_CALLBACK
#[unsafe(no_mangle)]
pub unsafe extern "C" fn msgin5g_update_stored(
    client: *mut msgin5g_client,
    message_id: *const msgin5g_message_id,
    destination: *const c_char,
    expiration: *const c_char,
) -> msgin5g_status {
    let update = |parts: Parts<'_>| {
        // SAFETY: as the header says.
        let (id, destination, expiration) = unsafe {
            (
                given::array::<16>(message_id.cast())?,
                given::text(destination)?,
                given::optional_text(expiration)?,
            )
        };
        #[cfg(feature = "stored-message-update")]
        {
            let id = msgin5g::message::MessageId::Uuid(id);
            Ok(parts.client.update_stored(id, destination, expiration)?)
        }
        #[cfg(not(feature = "stored-message-update"))]
        {
            let _ = (parts, id, destination, expiration);
            Err(msgin5g_status::NotBuilt)
        }
    };
    // SAFETY: as the header says.
    unsafe { with(client, update) }
}

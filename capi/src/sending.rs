//! Messages on their way out.

use core::ffi::{c_char, c_void};

use msgin5g::client::OutgoingMessage;
use msgin5g::message::{
    AsServiceId, GroupServiceId, MessageId, MessagingTopic, Priority, Recipient, StoreAndForward,
    UeServiceId,
};

use crate::context::Parts;
use crate::given;
use crate::requests::with;
use crate::status::told;
use crate::{
    MSGIN5G_MAY_AGGREGATE, MSGIN5G_MAY_SEGMENT, MSGIN5G_MAY_STORE, MSGIN5G_REPORT_WANTED,
    msgin5g_client, msgin5g_message, msgin5g_message_id, msgin5g_status,
};
use msgin5g_status as Status;

/// Accepts a message whose payload is text (UTF-8). It is copied and kept until the server has answered, whether or
/// not there is a session: MSGIN5G_EVENT_KIND_ACCEPTED, MSGIN5G_EVENT_KIND_STORED or MSGIN5G_EVENT_KIND_FAILED, and
/// a report later if one was asked for. Goes out with msgin5g_poll().
///
/// \param client the client
/// \param message the message
/// \param message_id where its name goes; NULL: nowhere
/// \return MSGIN5G_STATUS_OK; MSGIN5G_STATUS_OUTBOX_FULL and MSGIN5G_STATUS_OUTBOX_TOO_SMALL, which pass;
/// MSGIN5G_STATUS_TOO_LARGE, MSGIN5G_STATUS_INVALID_ARGUMENT, MSGIN5G_STATUS_INVALID_SIZE,
/// MSGIN5G_STATUS_INVALID_TEXT, MSGIN5G_STATUS_INVALID_IDENTIFIER, MSGIN5G_STATUS_NOT_BUILT,
/// MSGIN5G_STATUS_RANDOM_FAILED, MSGIN5G_STATUS_NOT_INITIALISED, MSGIN5G_STATUS_IN_CALLBACK
#[unsafe(no_mangle)]
pub unsafe extern "C" fn msgin5g_send(
    client: *mut msgin5g_client,
    message: *const msgin5g_message,
    message_id: *mut msgin5g_message_id,
) -> msgin5g_status {
    let send = |parts: Parts<'_>| {
        // SAFETY: as the header says, here and below.
        let given = unsafe { given::structure(message) }?;
        // SAFETY: as above.
        let payload = unsafe { payload(&given, parts.largest) }?;
        let payload = core::str::from_utf8(payload).map_err(|_| Status::InvalidText)?;
        // SAFETY: as above.
        let message = unsafe { outgoing(&given, payload) }?;
        let id = parts.client.send(&message, &mut parts.random.draw()?)?;
        // SAFETY: as above.
        unsafe { put_id(message_id, id) };
        Ok(())
    };
    // SAFETY: as the header says.
    unsafe { with(client, send) }
}

/// The same for a payload of any octets, which go as base64 by a convention of this library: the recipient has to
/// know it and call msgin5g_decode_octets() or the like. They take a third more than msgin5g_send().
///
/// \param client the client
/// \param message the message
/// \param message_id where its name goes; NULL: nowhere
/// \return as msgin5g_send()
#[unsafe(no_mangle)]
pub unsafe extern "C" fn msgin5g_send_octets(
    client: *mut msgin5g_client,
    message: *const msgin5g_message,
    message_id: *mut msgin5g_message_id,
) -> msgin5g_status {
    let send = |parts: Parts<'_>| {
        // SAFETY: as the header says, here and below.
        let given = unsafe { given::structure(message) }?;
        // SAFETY: as above.
        let payload = unsafe { payload(&given, parts.largest) }?;
        // SAFETY: as above.
        let message = unsafe { outgoing(&given, "") }?;
        #[cfg(feature = "base64")]
        {
            let mut drawn = parts.random.draw()?;
            let id = parts.client.send_octets(&message, payload, &mut drawn)?;
            // SAFETY: as above.
            unsafe { put_id(message_id, id) };
            Ok(())
        }
        #[cfg(not(feature = "base64"))]
        {
            let _ = (payload, message, message_id);
            Err(Status::NotBuilt)
        }
    };
    // SAFETY: as the header says.
    unsafe { with(client, send) }
}

/// Octets of a payload that came as base64. May be called at any time from anywhere, also from callbacks.
///
/// \param payload what came
/// \param payload_len octets of that
/// \param out where the octets go
/// \param out_size room there; three quarters of `payload_len` are always enough
/// \param out_len how many there are; unchanged after an error
/// \return MSGIN5G_STATUS_OK, MSGIN5G_STATUS_INVALID_ARGUMENT, MSGIN5G_STATUS_INVALID_TEXT (no base64),
/// MSGIN5G_STATUS_TOO_LARGE (over 65,535 octets), MSGIN5G_STATUS_BUFFER_TOO_SMALL, MSGIN5G_STATUS_NOT_BUILT
#[unsafe(no_mangle)]
pub unsafe extern "C" fn msgin5g_decode_octets(
    payload: *const c_char,
    payload_len: usize,
    out: *mut u8,
    out_size: usize,
    out_len: *mut usize,
) -> msgin5g_status {
    let decode = || -> Result<(), Status> {
        if out_len.is_null() {
            return Err(Status::InvalidArgument);
        }
        // SAFETY: as the header says, here and below.
        let (payload, out) = unsafe {
            (
                given::octets(payload.cast(), payload_len, 0xffff)?,
                given::room(out, out_size)?,
            )
        };
        let text = core::str::from_utf8(payload).map_err(|_| Status::InvalidText)?;
        #[cfg(feature = "base64")]
        {
            let len = decoded(text, out)?;
            // SAFETY: as above.
            unsafe { given::put(out_len, len) }
        }
        #[cfg(not(feature = "base64"))]
        {
            let _ = (text, out);
            Err(Status::NotBuilt)
        }
    };
    told(decode())
}

/// Accepts a message whose payload the application holds, in flash or in a file: MSGIN5G_EVENT_KIND_PAYLOAD_WANTED
/// asks for it part by part, and msgin5g_supply() gives it. It stays as it is until
/// MSGIN5G_EVENT_KIND_SEGMENTS_RELEASED or MSGIN5G_EVENT_KIND_FAILED. Goes in segments.
///
/// \param client the client
/// \param message the message; its payload does not count, its `payload_len` does
/// \param message_id where its name goes; not NULL
/// \return as msgin5g_send()
#[unsafe(no_mangle)]
pub unsafe extern "C" fn msgin5g_send_from(
    client: *mut msgin5g_client,
    message: *const msgin5g_message,
    message_id: *mut msgin5g_message_id,
) -> msgin5g_status {
    let send = |parts: Parts<'_>| {
        if message_id.is_null() {
            return Err(Status::InvalidArgument);
        }
        // SAFETY: as the header says, here and below.
        let given = unsafe { given::structure(message) }?;
        // SAFETY: as above.
        let message = unsafe { outgoing(&given, "") }?;
        #[cfg(feature = "whole")]
        {
            let mut drawn = parts.random.draw()?;
            let id = parts
                .client
                .send_from(&message, given.payload_len, &mut drawn)?;
            // SAFETY: as above.
            unsafe { put_id(message_id, id) };
            Ok(())
        }
        #[cfg(not(feature = "whole"))]
        {
            let _ = (parts, message);
            Err(Status::NotBuilt)
        }
    };
    // SAFETY: as the header says.
    unsafe { with(client, send) }
}

/// Hands over the part of a payload that MSGIN5G_EVENT_KIND_PAYLOAD_WANTED asked for. It is read during the call.
/// UTF-8 but for characters that go on beyond the part.
///
/// \param client the client
/// \param message_id of the event
/// \param offset of the event
/// \param part the octets from there on
/// \param part_len `len` of the event
/// \return MSGIN5G_STATUS_OK; MSGIN5G_STATUS_BUSY: it is asked for again; MSGIN5G_STATUS_WRONG_PART,
/// MSGIN5G_STATUS_UNKNOWN_TICKET, MSGIN5G_STATUS_TOO_LARGE, MSGIN5G_STATUS_INVALID_ARGUMENT,
/// MSGIN5G_STATUS_NOT_BUILT, MSGIN5G_STATUS_NOT_INITIALISED, MSGIN5G_STATUS_IN_CALLBACK
#[unsafe(no_mangle)]
pub unsafe extern "C" fn msgin5g_supply(
    client: *mut msgin5g_client,
    message_id: *const msgin5g_message_id,
    offset: usize,
    part: *const c_void,
    part_len: usize,
) -> msgin5g_status {
    let supply = |parts: Parts<'_>| {
        // SAFETY: as the header says, here and below.
        let id = MessageId::Uuid(unsafe { given::array(message_id.cast()) }?);
        // SAFETY: as above.
        let part = unsafe { given::octets(part.cast(), part_len, 0xffff) }?;
        #[cfg(feature = "whole")]
        {
            Ok(parts.client.supply(id, offset, part, *parts.now)?)
        }
        #[cfg(not(feature = "whole"))]
        {
            let _ = (parts, id, offset, part);
            Err(Status::NotBuilt)
        }
    };
    // SAFETY: as the header says.
    unsafe { with(client, supply) }
}

/// # Safety
/// NULL or a place.
unsafe fn put_id(place: *mut msgin5g_message_id, id: MessageId<'_>) {
    if let MessageId::Uuid(octets) = id {
        // SAFETY: the caller's promise; NULL is fine.
        let _ = unsafe { given::put(place, msgin5g_message_id { octets }) };
    }
}

/// # Safety
/// The payload is there.
unsafe fn payload<'a>(given: &msgin5g_message, most: usize) -> Result<&'a [u8], Status> {
    // SAFETY: the caller's promise. What the outbox cannot hold is not even looked at.
    unsafe { given::octets(given.payload.cast(), given.payload_len, most) }
}

/// # Safety
/// Its texts are texts.
unsafe fn outgoing<'a>(
    given: &msgin5g_message,
    payload: &'a str,
) -> Result<OutgoingMessage<'a>, Status> {
    const KNOWN: u32 =
        MSGIN5G_REPORT_WANTED | MSGIN5G_MAY_STORE | MSGIN5G_MAY_SEGMENT | MSGIN5G_MAY_AGGREGATE;
    if given.flags & !KNOWN != 0 {
        return Err(Status::InvalidArgument);
    }
    // SAFETY: the caller's promise.
    let to = unsafe { given::text::<'a>(given.recipient) }?;
    let recipient = match given.recipient_kind {
        0 => UeServiceId::new(to).map(Recipient::Ue),
        1 => AsServiceId::new(to).map(Recipient::As),
        2 => GroupServiceId::new(to).map(Recipient::Group),
        3 => MessagingTopic::new(to).map(Recipient::Topic),
        _ => return Err(Status::InvalidArgument),
    };
    let mut message =
        OutgoingMessage::text(recipient.map_err(|_| Status::InvalidIdentifier)?, payload);
    // SAFETY: as above.
    message.application_id = unsafe { given::optional_text(given.application_id) }?;
    message.priority = match given.priority {
        0 => Priority::Middle,
        1 => Priority::Low,
        2 => Priority::High,
        _ => return Err(Status::InvalidArgument),
    };
    message.report_wanted = given.flags & MSGIN5G_REPORT_WANTED != 0;
    if given.flags & MSGIN5G_MAY_STORE != 0 {
        // SAFETY: as above.
        let expiration = unsafe { given::optional_text(given.store_until) }?;
        message.store_and_forward = StoreAndForward::Yes { expiration };
    }
    #[cfg(feature = "whole")]
    {
        message.may_segment = given.flags & MSGIN5G_MAY_SEGMENT != 0;
        message.may_aggregate = given.flags & MSGIN5G_MAY_AGGREGATE != 0;
    }
    #[cfg(not(feature = "whole"))]
    if given.flags & (MSGIN5G_MAY_SEGMENT | MSGIN5G_MAY_AGGREGATE) != 0 {
        return Err(Status::NotBuilt);
    }
    Ok(message)
}

#[cfg(feature = "base64")]
fn decoded(text: &str, out: &mut [u8]) -> Result<usize, Status> {
    use msgin5g::message::base64::{Base64Error, decode};
    let octets = decode(text, out).map_err(|error| match error {
        Base64Error::BufferTooSmall { .. } => Status::BufferTooSmall,
        _ => Status::InvalidText,
    })?;
    Ok(octets.len())
}

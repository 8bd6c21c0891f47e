//! UEs without a client behind this one: MSGin5G-5.

use core::ffi::{c_char, c_void};

use crate::given::Sized32;
use crate::status::told;
use crate::{msgin5g_client, msgin5g_message_id, msgin5g_received, msgin5g_report, msgin5g_status};

/// Applications that can be registered with one gateway.
pub const MSGIN5G_GATEWAY_APPLICATIONS: usize = 16;
/// Reports that one gateway can wait for, from either side; it knows as many messages again that want none.
pub const MSGIN5G_GATEWAY_EXCHANGES: usize = 32;
/// 8-octet words of a gateway.
pub const MSGIN5G_GATEWAY_WORDS: usize = 460;
/// Numbers of msgin5g_gateway_config::l3_codings.
pub const MSGIN5G_L3_CODINGS: usize = 12;

/// A gateway for UEs that have no client (TS 23.554 clause 8.11, TS 24.538 clauses 6.3.2 and 6.4.2; experimental, for
/// annex A of the latter is guidance). In memory of yours, not to be moved or copied. Only the library looks into it.
#[repr(C)]
pub struct msgin5g_gateway {
    /// Nothing that you should look at.
    pub opaque: [u64; MSGIN5G_GATEWAY_WORDS],
}

/// The way to a UE behind the gateway. What you receive from it and send to it goes over this.
#[repr(C)]
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct msgin5g_link {
    /// 1 a link of PC5; 0 any other.
    pub is_layer2: u32,
    /// The Layer-2 ID, 24 bits; of any other link a number of your choice.
    pub id: u32,
}

/// How messages are written on the links of a gateway.
#[repr(u32)]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum msgin5g_local_form {
    /// Standard L3 messages (TS 24.538 clause A.2), over PC5.
    L3 = 0,
    /// CoAP in datagrams, with JSON (clause A.3).
    Coap = 1,
}

/// What a gateway is told once. Set all of it to 0, then `size`, then what matters. Texts belong to the gateway as long
/// as it is used.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct msgin5g_gateway_config {
    /// sizeof(msgin5g_gateway_config).
    pub size: u32,
    /// One of msgin5g_local_form. For links of both forms make two gateways.
    pub form: u32,
    /// The UE Service ID of the client that messages go out with. Needed.
    pub ue_service_id: *const c_char,
    /// Applications that one link may register. 0: 4.
    pub applications_per_link: u32,
    /// Reports that one link may wait for or owe. 0: 8.
    pub exchanges_per_link: u32,
    /// How long a report is waited for, ms. 0: one hour.
    pub exchange_lifetime_ms: u32,
    /// Elements of `path`, up to 8.
    pub path_count: u32,
    /// Path of the resource at the UEs, one text an element, for requests over CoAP. NULL: none.
    pub path: *const *const c_char,
    /// For L3, whose numbers the standard leaves open: MSGIN5G_L3_CODINGS octets, copied. Message types: sending, report
    /// sending, delivery, report delivery, registration, de-registration; identifiers: Application ID, Originator Address,
    /// Failure Cause, Layer-2 ID; values of a delivery status: delivered, not delivered. NULL: 1, 2, 3, 4, 5, 6, 0x0a, 0x10,
    /// 0x11, 0x12, 1, 0.
    pub l3_codings: *const u8,
    /// Handed to the function below as it is.
    pub user: *mut c_void,
    /// Whether an application may register over a link. NULL: all may.
    ///
    /// \return 1 or 0
    pub may_register: Option<
        unsafe extern "C" fn(
            user: *mut c_void,
            link: *const msgin5g_link,
            application_id: u32,
        ) -> i32,
    >,
}

// SAFETY: C's, size first, all 0 is valid.
unsafe impl Sized32 for msgin5g_gateway_config {}

/// What a gateway has made of something.
#[repr(u32)]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum msgin5g_step_kind {
    /// Nothing.
    None = 0,
    /// An application can be reached from here on: `application_id`.
    Registered = 1,
    /// An application can no longer be reached: `application_id`.
    Deregistered = 2,
    /// The client has accepted a message of the UE: `message_id`.
    Sent = 3,
    /// The client has accepted a report of the UE: `message_id`.
    Reported = 4,
    /// The same message again: nothing was to be done but to answer it.
    Repeated = 5,
    /// The UE has answered a request, over CoAP: nothing was to be done.
    Answered = 6,
    /// A message goes to the UE of `link`.
    Delivery = 7,
    /// A report goes to the UE of `link`.
    ReportDelivery = 8,
}

/// Why a gateway does not take something.
#[repr(u32)]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum msgin5g_refusal {
    /// It does.
    None = 0,
    /// What came over the link cannot be read.
    Unreadable = 1,
    /// It has no form on L3: an address under 5 octets, a Message ID that is no UUID, an empty payload.
    Unwritable = 2,
    /// Nothing is registered over this link, or not this application, or it may not.
    NotRegistered = 3,
    /// The application is registered over another link.
    ApplicationTaken = 4,
    /// The Layer-2 ID in a registration is not that of the link.
    OtherLink = 5,
    /// No room for another application or report, in all or for this link.
    Full = 6,
    /// A message that goes down has come up.
    Direction = 7,
    /// An address that cannot be used, or that of an area.
    Target = 8,
    /// A Message ID that is no UUID.
    MessageId = 9,
    /// Another message with this Message ID waits for its report.
    MessageIdTaken = 10,
    /// Nobody behind the gateway waits for a report on this message.
    UnknownMessage = 11,
    /// No application for this message.
    NoApplication = 12,
    /// Something that this header does not know yet.
    Other = 13,
}

/// What is to go over a link, and why. Set `size`, `out` and `out_size` before; the rest is set by the call.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct msgin5g_gateway_step {
    /// sizeof(msgin5g_gateway_step).
    pub size: u32,
    /// One of msgin5g_step_kind.
    pub kind: u32,
    /// Where octets for the link go.
    pub out: *mut u8,
    /// Room there: 12 for answers, about 150 and the payload for messages.
    pub out_size: usize,
    /// How many are to be sent over `link`; 0: none.
    pub out_len: usize,
    /// The link.
    pub link: msgin5g_link,
    /// One of msgin5g_refusal, with MSGIN5G_STATUS_NOT_TAKEN.
    pub refusal: u32,
    /// Number of an application.
    pub application_id: u32,
    /// The message that it is about, if its ID is a UUID.
    pub message_id: msgin5g_message_id,
    /// With a report of the UE: the ticket of the message. If msgin5g_gateway_from_ue() could not give the report, give it
    /// later by msgin5g_give_report(). 0: none.
    pub report_ticket: u32,
    /// Whether the UE reports success: 1 or 0.
    pub success: u32,
}

// SAFETY: C's, size first, all 0 is valid.
unsafe impl Sized32 for msgin5g_gateway_step {}

/// Makes a gateway with nobody behind it.
///
/// \param gateway memory for it
/// \param config for whom it sends, and how its links speak
/// \return MSGIN5G_STATUS_OK, MSGIN5G_STATUS_INVALID_ARGUMENT, MSGIN5G_STATUS_INVALID_SIZE,
/// MSGIN5G_STATUS_INVALID_TEXT, MSGIN5G_STATUS_INVALID_IDENTIFIER, MSGIN5G_STATUS_INVALID_CONFIG (the path),
/// MSGIN5G_STATUS_NOT_BUILT
#[unsafe(no_mangle)]
pub unsafe extern "C" fn msgin5g_gateway_init(
    gateway: *mut msgin5g_gateway,
    config: *const msgin5g_gateway_config,
) -> msgin5g_status {
    // SAFETY: as the header says.
    told(unsafe { imp::init(gateway, config) })
}

/// Octets have come from a UE: a whole L3 message or a whole datagram. Registers its application, or hands its message or
/// its report to the client, under the client's own UE Service ID. Not to be called out of a callback of the client.
///
/// Over CoAP there is an answer in `step` whatever becomes of the request, also with an error of the client.
///
/// \param gateway the gateway
/// \param client what sends
/// \param link where they came from
/// \param octets they are changed
/// \param octets_len how many
/// \param now_ms the time on the clock of msgin5g_poll()
/// \param step what became of it; not NULL
/// \return MSGIN5G_STATUS_OK; MSGIN5G_STATUS_NOT_TAKEN: `step` says why; as msgin5g_send() or msgin5g_give_report() if the
/// client does not accept it: the UE may try again; MSGIN5G_STATUS_BUFFER_TOO_SMALL, MSGIN5G_STATUS_INVALID_ARGUMENT,
/// MSGIN5G_STATUS_INVALID_SIZE, MSGIN5G_STATUS_NOT_BUILT, MSGIN5G_STATUS_NOT_INITIALISED, MSGIN5G_STATUS_IN_CALLBACK
#[unsafe(no_mangle)]
pub unsafe extern "C" fn msgin5g_gateway_from_ue(
    gateway: *mut msgin5g_gateway,
    client: *mut msgin5g_client,
    link: *const msgin5g_link,
    octets: *mut u8,
    octets_len: usize,
    now_ms: u64,
    step: *mut msgin5g_gateway_step,
) -> msgin5g_status {
    // SAFETY: as the header says.
    told(unsafe { imp::from_ue(gateway, client, link, (octets, octets_len), now_ms, step) })
}

/// The client has received a message: what goes to the UE that it is for. To be called out of on_message(). A message
/// that names no application is for the only one that is registered. If it is not taken and a report is due, give one of
/// failure, after msgin5g_poll().
///
/// \param gateway the gateway
/// \param message what on_message() was given
/// \param now_ms the time on the clock of msgin5g_poll()
/// \param step what is to go over which link; not NULL
/// \return MSGIN5G_STATUS_OK; MSGIN5G_STATUS_NOT_TAKEN: `step` says why; MSGIN5G_STATUS_BUFFER_TOO_SMALL,
/// MSGIN5G_STATUS_INVALID_ARGUMENT, MSGIN5G_STATUS_INVALID_SIZE, MSGIN5G_STATUS_INVALID_TEXT, MSGIN5G_STATUS_NOT_BUILT,
/// MSGIN5G_STATUS_NOT_INITIALISED
#[unsafe(no_mangle)]
pub unsafe extern "C" fn msgin5g_gateway_message(
    gateway: *mut msgin5g_gateway,
    message: *const msgin5g_received,
    now_ms: u64,
    step: *mut msgin5g_gateway_step,
) -> msgin5g_status {
    // SAFETY: as the header says.
    told(unsafe { imp::message(gateway, message, now_ms, step) })
}

/// The client has received a report: what goes to the UE that waits for it. To be called out of on_report().
///
/// \param gateway the gateway
/// \param report what on_report() was given
/// \param now_ms the time on the clock of msgin5g_poll()
/// \param step what is to go over which link; not NULL
/// \return as msgin5g_gateway_message()
#[unsafe(no_mangle)]
pub unsafe extern "C" fn msgin5g_gateway_report(
    gateway: *mut msgin5g_gateway,
    report: *const msgin5g_report,
    now_ms: u64,
    step: *mut msgin5g_gateway_step,
) -> msgin5g_status {
    // SAFETY: as the header says.
    told(unsafe { imp::report(gateway, report, now_ms, step) })
}

/// The client could not send a message of a UE (MSGIN5G_EVENT_KIND_FAILED): what goes to that UE, if it waits for a report.
///
/// \param gateway the gateway
/// \param message_id of the event
/// \param cause why, for the UE, ended by 0; not NULL
/// \param step what is to go over which link; not NULL
/// \return as msgin5g_gateway_message()
#[unsafe(no_mangle)]
pub unsafe extern "C" fn msgin5g_gateway_failure(
    gateway: *mut msgin5g_gateway,
    message_id: *const msgin5g_message_id,
    cause: *const c_char,
    step: *mut msgin5g_gateway_step,
) -> msgin5g_status {
    // SAFETY: as the header says.
    told(unsafe { imp::failure(gateway, message_id, cause, step) })
}

/// A link is lost: its applications are no longer reached, and nothing is waited for. Then msgin5g_gateway_lapsed().
///
/// \return MSGIN5G_STATUS_OK, MSGIN5G_STATUS_INVALID_ARGUMENT, MSGIN5G_STATUS_NOT_BUILT, MSGIN5G_STATUS_NOT_INITIALISED
#[unsafe(no_mangle)]
pub unsafe extern "C" fn msgin5g_gateway_forget(
    gateway: *mut msgin5g_gateway,
    link: *const msgin5g_link,
) -> msgin5g_status {
    // SAFETY: as the header says.
    told(unsafe { imp::forget(gateway, link) })
}

/// A report that a UE owes and that did not come in time: the client keeps a place for it until msgin5g_give_report() with
/// this ticket says that it failed. Ask until there is none, after msgin5g_gateway_forget() and now and then.
///
/// \param gateway the gateway
/// \param now_ms the time on the clock of msgin5g_poll()
/// \param ticket where the ticket goes; not NULL
/// \return 1 there is one; 0 none; below 0: MSGIN5G_STATUS_INVALID_ARGUMENT, MSGIN5G_STATUS_NOT_BUILT,
/// MSGIN5G_STATUS_NOT_INITIALISED
#[unsafe(no_mangle)]
pub unsafe extern "C" fn msgin5g_gateway_lapsed(
    gateway: *mut msgin5g_gateway,
    now_ms: u64,
    ticket: *mut u32,
) -> i32 {
    // SAFETY: as the header says.
    match unsafe { imp::lapsed(gateway, now_ms, ticket) } {
        Ok(is_there) => is_there.into(),
        Err(status) => status as i32,
    }
}

#[cfg(feature = "msgin5g-5")]
#[path = "gateway_role.rs"]
mod imp;

#[cfg(not(feature = "msgin5g-5"))]
#[path = "gateway_off.rs"]
mod imp;

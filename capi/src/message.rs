//! Messages and reports as C sees them.

use core::ffi::{c_char, c_void};

use crate::given::Sized32;

/// A text that does not end with 0: valid during the callback that it was handed to. UTF-8.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct msgin5g_text {
    /// Never NULL.
    pub data: *const c_char,
    /// Octets.
    pub len: usize,
}

impl msgin5g_text {
    pub(crate) const fn new(text: &str) -> Self {
        Self {
            data: text.as_ptr().cast(),
            len: text.len(),
        }
    }

    pub(crate) const EMPTY: Self = Self::new("");
}

/// The name of a message sent from here: the octets of a UUID.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct msgin5g_message_id {
    /// As they go over the wire.
    pub octets: [u8; 16],
}

/// What kind of address it is.
#[repr(u32)]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum msgin5g_address {
    /// A UE.
    Ue = 0,
    /// An Application Server.
    As = 1,
    /// All members of a group.
    Group = 2,
    /// All who subscribed to a topic.
    Topic = 3,
    /// All UEs in an area. Only received.
    BroadcastArea = 4,
}

/// How urgent a message is.
#[repr(u32)]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum msgin5g_priority {
    /// What holds when nothing is said.
    Middle = 0,
    /// Goes last.
    Low = 1,
    /// Goes first, and is never aggregated.
    High = 2,
}

/// The recipient shall report the delivery.
pub const MSGIN5G_REPORT_WANTED: u32 = 1;
/// The server may keep the message while its recipient is away.
pub const MSGIN5G_MAY_STORE: u32 = 2;
/// The message may go in segments if it is too long for one piece.
pub const MSGIN5G_MAY_SEGMENT: u32 = 4;
/// The message may wait for others to the same target and go with them.
pub const MSGIN5G_MAY_AGGREGATE: u32 = 8;

/// A message to be sent. All that it points to is read during the call and is the caller's again after it.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct msgin5g_message {
    /// sizeof(msgin5g_message).
    pub size: u32,
    /// What kind of address `recipient` is: one of msgin5g_address.
    pub recipient_kind: u32,
    /// Whom it is for, ended by 0.
    pub recipient: *const c_char,
    /// Which application at the recipient, ended by 0; NULL: its default one.
    pub application_id: *const c_char,
    /// UTF-8 for msgin5g_send(), any octets for msgin5g_send_octets(). NULL with a length of 0.
    pub payload: *const c_void,
    /// Octets of the payload.
    pub payload_len: usize,
    /// One of msgin5g_priority.
    pub priority: u32,
    /// MSGIN5G_REPORT_WANTED, MSGIN5G_MAY_STORE, MSGIN5G_MAY_SEGMENT, MSGIN5G_MAY_AGGREGATE, or'ed.
    pub flags: u32,
    /// With MSGIN5G_MAY_STORE: date and time (RFC 3339, ended by 0) until when; NULL: as long as the operator likes.
    pub store_until: *const c_char,
}

// SAFETY: C's, size first, all 0 is valid.
unsafe impl Sized32 for msgin5g_message {}

/// A message that has arrived. Newer libraries add members at the end; `size` says how many there are.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct msgin5g_received {
    /// Octets of this structure.
    pub size: u32,
    /// What kind of address the originator is: one of msgin5g_address.
    pub originator_kind: u32,
    /// Who sends it.
    pub originator: msgin5g_text,
    /// What kind of address the recipient is: one of msgin5g_address.
    pub recipient_kind: u32,
    /// One of msgin5g_priority.
    pub priority: u32,
    /// Whom it is for: this UE, or a group, area or topic.
    pub recipient: msgin5g_text,
    /// Its Message ID: a UUID with hyphens, or what the sender made of it, up to 64 octets.
    pub message_id: msgin5g_text,
    /// The application it is for; empty: the default one.
    pub application_id: msgin5g_text,
    /// UTF-8. Octets by agreement as base64, see msgin5g_decode_octets().
    pub payload: msgin5g_text,
    /// Whether the sender asks for a report: 1 or 0.
    pub report_wanted: u32,
    /// Whether msgin5g_give_report() is to be called, with `report_ticket`: 1 or 0.
    pub report_due: u32,
    /// What msgin5g_give_report() takes.
    pub report_ticket: u32,
}

// SAFETY: C's, size first, all 0 is valid.
unsafe impl Sized32 for msgin5g_received {}

/// What became of a message that was sent from here.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct msgin5g_report {
    /// Octets of this structure.
    pub size: u32,
    /// Whether the message reached its application: 1 or 0.
    pub success: u32,
    /// What kind of address the originator is: one of msgin5g_address.
    pub originator_kind: u32,
    /// Whether the report names a message of ours by its UUID, in `message_id`: 1 or 0.
    pub has_message_id: u32,
    /// As msgin5g_send() gave it.
    pub message_id: msgin5g_message_id,
    /// Who reports.
    pub originator: msgin5g_text,
    /// The Message ID as text.
    pub message_id_text: msgin5g_text,
    /// Why it failed, in free text; empty: not said.
    pub cause: msgin5g_text,
}

// SAFETY: C's, size first, all 0 is valid.
unsafe impl Sized32 for msgin5g_report {}

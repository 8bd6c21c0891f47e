//! Everything else that happens.

use crate::{msgin5g_message_id, msgin5g_text};

/// What has happened. Which members of msgin5g_event it sets stands with each; all others are 0 or empty.
#[repr(u32)]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum msgin5g_event_kind {
    /// Something that this header does not know yet. To be ignored.
    Unknown = 0,
    /// A session is open.
    Connected = 1,
    /// The session has ended: `status`, `detail`, `retry_at_ms`. The library connects again by itself.
    Disconnected = 2,
    /// No session could be opened: `status`, `detail`, `retry_at_ms`.
    ConnectFailed = 3,
    /// The key source has no key: `status`, `detail`, `retry_at_ms`.
    NoKey = 4,
    /// K_AUSF has changed; the open session goes on.
    KeyChanged = 5,
    /// The key was refused, a newer one is tried at once.
    KeyRenewed = 6,
    /// The server refuses the key and there is no newer one: `status`, `detail`, `retry_at_ms`. Have the modem
    /// register in 5GS anew.
    KeyRefused = 7,
    /// Closed as msgin5g_close() asked for.
    Closed = 8,
    /// The server has accepted the registration.
    Registered = 20,
    /// The server has refused it: `status`, `coap_code`, `cause`.
    RegistrationFailed = 21,
    /// The server does not know this client any more; it is registering again by itself.
    RegistrationLost = 22,
    /// A gateway will answer the registration later.
    RegistrationPending = 23,
    /// The registration has ended.
    Deregistered = 24,
    /// The server has taken the message over: `message_id`.
    Accepted = 30,
    /// The recipient is away, the server keeps the message: `message_id`.
    Stored = 31,
    /// The message will not be delivered: `message_id`, `status`, `detail`, `coap_code`, `cause`.
    Failed = 32,
    /// The message goes again in smaller pieces: `message_id`.
    Retried = 33,
    /// The server has taken `count` of `total` segments: `message_id`.
    Progress = 34,
    /// msgin5g_supply() is to give `len` octets from `offset` on: `message_id`.
    PayloadWanted = 35,
    /// The recipient misses `count` segments, which go again: `message_id`.
    SegmentsWanted = 36,
    /// The segments are kept no longer: `message_id`; `count` is 1 if the recipient has all of them.
    SegmentsReleased = 37,
    /// A segment has arrived, others are missing: `originator`, `message_id_text`, `count`, `total` (0: not known).
    Segment = 38,
    /// Segments did not arrive though asked for again: `originator`, `message_id_text`, `count`, `total`.
    Incomplete = 39,
    /// The server did not take a report of ours: `message_id` if it is a UUID, `status`, `coap_code`, `cause`.
    ReportFailed = 40,
    /// The server has changed how long it keeps the message, or discarded it: `message_id`.
    Updated = 41,
    /// The server has not changed how long it keeps the message: `message_id`, `status`, `coap_code`, `cause`.
    UpdateFailed = 42,
    /// The subscription stands: `subscription`, `expiration` (RFC 3339; empty: not said).
    Subscribed = 50,
    /// The subscription is no more: `subscription`; `status` and `coap_code`, `cause` unless it was asked for.
    SubscriptionEnded = 51,
    /// The server repeated something that was handed over before. For the curious only.
    Duplicate = 60,
    /// A request of the server was refused: `coap_code`.
    RequestRefused = 61,
    /// The answer to msgin5g_ping().
    Pong = 62,
    /// The server asks to connect again, after `hold_off_s`. The library does.
    Released = 63,
    /// The server has given the session up. The library opens another.
    Aborted = 64,
    /// What the server sent was no CoAP. The library opens another session.
    Malformed = 65,
}

/// Something has happened. Newer libraries add members at the end; `size` says how many there are.
#[repr(C)]
pub struct msgin5g_event {
    /// Octets of this structure.
    pub size: u32,
    /// One of msgin5g_event_kind.
    pub kind: u32,
    /// Why: one of msgin5g_status.
    pub status: i32,
    /// The number that goes with `status`: an alert, the transport's or the modem's own code.
    pub detail: i32,
    /// Of a message sent from here, as msgin5g_send() gave it.
    pub message_id: msgin5g_message_id,
    /// The server's answer: class times 32 plus detail, 0x84 for 4.04.
    pub coap_code: u32,
    /// As msgin5g_subscribe() gave it.
    pub subscription: u32,
    /// The server's words.
    pub cause: msgin5g_text,
    /// Date and time, RFC 3339.
    pub expiration: msgin5g_text,
    /// Who sends a message in segments.
    pub originator: msgin5g_text,
    /// The Message ID of a received message.
    pub message_id_text: msgin5g_text,
    /// When another attempt is made, ms on the clock of msgin5g_poll().
    pub retry_at_ms: u64,
    /// Octets from the first of a payload.
    pub offset: usize,
    /// Octets.
    pub len: usize,
    /// Seconds.
    pub hold_off_s: u32,
    /// How many.
    pub count: u16,
    /// Of how many.
    pub total: u16,
}

impl msgin5g_event {
    pub(crate) fn new(kind: msgin5g_event_kind) -> Self {
        Self {
            size: u32::try_from(size_of::<Self>()).unwrap_or(0),
            kind: kind as u32,
            status: 0,
            detail: 0,
            message_id: msgin5g_message_id { octets: [0; 16] },
            coap_code: 0,
            subscription: 0,
            cause: msgin5g_text::EMPTY,
            expiration: msgin5g_text::EMPTY,
            originator: msgin5g_text::EMPTY,
            message_id_text: msgin5g_text::EMPTY,
            retry_at_ms: 0,
            offset: 0,
            len: 0,
            hold_off_s: 0,
            count: 0,
            total: 0,
        }
    }
}

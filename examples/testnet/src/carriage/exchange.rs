//! One exchange of datagrams, seen from each side.

use crate::coap::Code;
use crate::server::DeliveryId;

/// A CON or NON of the peer.
#[derive(Debug)]
pub(super) struct Inbound {
    pub(super) mid: u16,
    /// `None` for a response.
    pub(super) token: Option<Vec<u8>>,
    pub(super) until_ms: u64,
    pub(super) confirmable: bool,
    /// When an empty ACK is due, for a response that takes long.
    pub(super) ack_due: Option<u64>,
    /// What goes out again for a repeat.
    pub(super) reply: Option<Vec<u8>>,
}

/// A CON of ours.
#[derive(Debug)]
pub(super) struct Outbound {
    pub(super) mid: u16,
    pub(super) token: Vec<u8>,
    pub(super) octets: Vec<u8>,
    pub(super) what: What,
    pub(super) due_ms: u64,
    pub(super) timeout_ms: u64,
    pub(super) sent: u32,
    /// Confirmed without an answer: it must come by then.
    pub(super) acked_until: Option<u64>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum What {
    Post(DeliveryId),
    Notification(DeliveryId, Code),
    Response,
    Ping,
}

/// How a request ended before any answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Posted {
    /// It went out, and no answer is awaited.
    Done,
    TooLarge,
}

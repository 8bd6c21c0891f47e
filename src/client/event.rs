//! What the client tells the application, and its errors.

use core::fmt;

use crate::coap::{CoapError, Code};
use crate::message::{MessageId, Msg, Report};

/// Something the application should know. Text in it lies in the client's receive
/// memory and is gone with the next call to the client.
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[non_exhaustive]
pub enum Event<'r> {
    /// The server has accepted the registration: messages flow from here on.
    Registered,
    /// The server has refused the registration. [`Code::FORBIDDEN`] means that the UE
    /// Service ID is not bound to the subscription whose key opened the session.
    RegistrationFailed(Failure<'r>),
    /// The server no longer knows this client (4.01); it is registering again by itself.
    RegistrationLost,
    /// A gateway collects registrations and will answer later (TS 23.554 clause 8.2.7).
    RegistrationPending,
    /// The server has ended the registration, or did not answer in time, which the
    /// client takes for the same.
    Deregistered,
    /// A message for the application. Its CoAP answer is on its way.
    Message {
        /// The message.
        msg: Msg<'r>,
        /// With [`Reports::ByApplication`](super::Reports::ByApplication), for a message that
        /// asks for a report: what [`Client::report`](super::Client::report) takes.
        report: Option<ReportTicket>,
    },
    /// A delivery status report about a message sent from here.
    Report(Report<'r>),
    /// The server has taken the message over.
    Accepted {
        /// As [`Client::send`](super::Client::send) returned it.
        message_id: MessageId<'static>,
    },
    /// The recipient is away; the server keeps the message for later (MSGRESP *stored*).
    Stored {
        /// As [`Client::send`](super::Client::send) returned it.
        message_id: MessageId<'static>,
    },
    /// The message will not be delivered, or nobody can say any more.
    Failed {
        /// As [`Client::send`](super::Client::send) returned it.
        message_id: MessageId<'static>,
        /// What stood in the way.
        failure: Failure<'r>,
    },
    /// A report of ours that the server did not take.
    ReportFailed {
        /// Of the message that the report was about; `None` where it is not a UUID.
        message_id: Option<MessageId<'static>>,
        /// What stood in the way.
        failure: Failure<'r>,
    },
    /// The server repeated a message or a report that was handed over before. It was
    /// answered again and is mentioned for the curious only.
    Duplicate,
    /// A request of the server could not be served and was answered with this code.
    Refused(Code),
    /// The server answers a [`Client::ping`](super::Client::ping).
    Pong,
    /// The server asks to close this session and to connect again
    /// (RFC 8323 section 5.5), after the given seconds if any.
    Released {
        /// *Hold-Off*, seconds to wait before connecting again.
        hold_off_s: u32,
    },
    /// The server has given this session up (RFC 8323 section 5.6).
    Aborted,
    /// The octets from the server were not CoAP. The session is of no more use; an
    /// Abort is on its way. Close it and open another: no accepted message is lost.
    Malformed(CoapError),
}

/// Stands for a received message whose sender waits for a report. The client keeps what the
/// report needs in its outbox until it is given.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct ReportTicket(pub(super) u32);

/// Why a request came to nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[non_exhaustive]
pub enum Failure<'r> {
    /// The server answered with an error code, and with *Failure Cause* where it gave one.
    Answered {
        /// A 4.xx or 5.xx code, or a 2.xx one whose content says failure.
        code: Code,
        /// The server's words.
        cause: Option<&'r str>,
    },
    /// The server said in a message response that delivery failed or was rejected.
    Undeliverable {
        /// The server's words.
        cause: Option<&'r str>,
    },
    /// No answer to any attempt.
    NoAnswer,
    /// The server takes smaller messages only.
    TooLarge {
        /// Most octets a CoAP message to this server may have.
        limit: usize,
    },
}

/// Why a request was not accepted. What was accepted before is not touched.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[non_exhaustive]
pub enum SendError {
    /// No slot is free. Try again after an event, or give the client more slots.
    OutboxFull,
    /// The outbox lacks room for the request: it has this many octets too few now.
    /// Try again after an event, or give the client more memory.
    OutboxTooSmall {
        /// Octets the request needs.
        needed: usize,
    },
    /// The request does not fit the transmit memory, or exceeds what the server takes.
    TooLarge {
        /// Octets the CoAP message would have.
        needed: usize,
        /// Octets it may have.
        limit: usize,
    },
    /// There is a registration or de-registration under way already.
    Busy,
    /// There is no received message with this ticket that waits for a report.
    UnknownTicket,
}

impl fmt::Display for SendError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::OutboxFull => f.write_str("no free slot in the outbox"),
            Self::OutboxTooSmall { needed } => {
                write!(f, "the outbox has less than {needed} octets free")
            }
            Self::TooLarge { needed, limit } => {
                write!(f, "message of {needed} octets, at most {limit} can be sent")
            }
            Self::Busy => f.write_str("a registration or de-registration is under way"),
            Self::UnknownTicket => f.write_str("no message with this ticket waits for a report"),
        }
    }
}

impl core::error::Error for SendError {}

impl fmt::Display for Failure<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Answered { code, cause } => {
                write!(f, "answered {code}")?;
                cause.map_or(Ok(()), |cause| write!(f, ": {cause}"))
            }
            Self::Undeliverable { cause } => {
                write!(f, "not delivered: {}", cause.unwrap_or("no cause given"))
            }
            Self::NoAnswer => f.write_str("no answer"),
            Self::TooLarge { limit } => write!(f, "the server takes {limit} octets at most"),
        }
    }
}

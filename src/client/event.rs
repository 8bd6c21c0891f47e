//! What the client tells the application, and its errors.

use core::fmt;

use crate::coap::{CoapError, Code};
#[cfg(feature = "segmentation")]
use crate::message::Originator;
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
    /// The server no longer knows this client (4.01, 4.04); it is registering again by itself.
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
    /// A segment of a message has arrived and others are missing yet
    /// (TS 23.554 clause 8.5); the last one gives [`Event::Message`] instead.
    #[cfg(feature = "segmentation")]
    Segment(PartialMessage<'r>),
    /// Segments of a message did not arrive, although they were asked for again. Its sender
    /// is told so if it asked for a report.
    #[cfg(feature = "segmentation")]
    Incomplete(PartialMessage<'r>),
    /// A delivery status report about a message sent from here.
    Report(Report<'r>),
    /// The server has taken the message over.
    Accepted {
        /// As [`Client::send`](super::Client::send) returned it.
        message_id: MessageId<'static>,
    },
    /// The server has taken one more segment of a message; the last one gives
    /// [`Event::Accepted`] instead.
    #[cfg(feature = "segmentation")]
    Progress {
        /// As [`Client::send`](super::Client::send) returned it.
        message_id: MessageId<'static>,
        /// Segments that the server has taken.
        sent: u16,
        /// Segments in all.
        total: u16,
    },
    /// The server takes smaller messages only; this one goes again in (smaller) segments, or
    /// without others around it.
    Retried {
        /// As [`Client::send`](super::Client::send) returned it.
        message_id: MessageId<'static>,
    },
    /// Time to hand over a part of a message's payload, by
    /// [`Client::supply`](super::Client::supply).
    #[cfg(feature = "segmentation")]
    PayloadWanted {
        /// As [`Client::send_from`](super::Client::send_from) returned it.
        message_id: MessageId<'static>,
        /// Where the part begins, in octets from the payload's first.
        offset: usize,
        /// How many octets it has; never more than the configured segment size.
        len: usize,
    },
    /// The recipient misses segments, which are being sent again (TS 24.538 clause 6.5.1.2.1).
    #[cfg(feature = "segmentation")]
    SegmentsWanted {
        /// As [`Client::send`](super::Client::send) returned it.
        message_id: MessageId<'static>,
        /// How many.
        count: u16,
    },
    /// The segments of a message are kept no longer. From here on nobody asks for the payload
    /// of a message that the application holds.
    #[cfg(feature = "segmentation")]
    SegmentsReleased {
        /// As [`Client::send`](super::Client::send) returned it.
        message_id: MessageId<'static>,
        /// The recipient has said that all have arrived; otherwise the time is over.
        confirmed: bool,
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
    /// The server has taken the subscription (TS 23.554 clause 8.8.1). The client renews it by
    /// itself when the session is opened anew.
    #[cfg(feature = "topics")]
    Subscribed {
        /// As [`Client::subscribe`](super::Client::subscribe) returned it.
        subscription: Subscription,
        /// Date and time (RFC 3339) when it ends, if the server says so. The client has no
        /// calendar: the application subscribes again before.
        expiration: Option<&'r str>,
    },
    /// The subscription is no more: ended by [`Client::unsubscribe`](super::Client::unsubscribe),
    /// or refused or ended by the server.
    #[cfg(feature = "topics")]
    SubscriptionEnded {
        /// As [`Client::subscribe`](super::Client::subscribe) returned it.
        subscription: Subscription,
        /// Why; `None` when it was asked for.
        failure: Option<Failure<'r>>,
    },
    /// The server has changed how long it keeps a message, or discarded it.
    #[cfg(feature = "stored-message-update")]
    Updated {
        /// The stored message.
        message_id: MessageId<'static>,
    },
    /// The server has not changed how long it keeps a message.
    #[cfg(feature = "stored-message-update")]
    UpdateFailed {
        /// The stored message.
        message_id: MessageId<'static>,
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

impl ReportTicket {
    /// For programs that keep it as a number, such as those in C.
    #[must_use]
    pub const fn number(self) -> u32 {
        self.0
    }

    /// What [`number`](Self::number) told. Any other number is a ticket that nothing waits for.
    #[must_use]
    pub const fn from_number(number: u32) -> Self {
        Self(number)
    }
}

/// A received message of which segments are missing.
#[cfg(feature = "segmentation")]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct PartialMessage<'r> {
    /// Who sends the message.
    pub originator: Originator<'r>,
    /// The message.
    pub message_id: MessageId<'r>,
    /// Segments that are here.
    pub received: u16,
    /// Segments in all, once that is known.
    pub total: Option<u16>,
}

/// Names a subscription to topics.
#[cfg(feature = "topics")]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Subscription(pub(super) u32);

#[cfg(feature = "topics")]
impl Subscription {
    /// For programs that keep it as a number, such as those in C.
    #[must_use]
    pub const fn number(self) -> u32 {
        self.0
    }

    /// What [`number`](Self::number) told. Any other number names no subscription.
    #[must_use]
    pub const fn from_number(number: u32) -> Self {
        Self(number)
    }
}

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
    /// Session after session broke while this request, and no other, was under way: it is taken
    /// for the reason ([`Config::max_breaks`](super::Config::max_breaks)).
    SessionBroken {
        /// How many sessions.
        times: u8,
    },
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
    /// No slot is free; of three or more the last one is kept for reports. Try again after an
    /// event, or give the client more slots.
    OutboxFull,
    /// The outbox lacks room for the request; the last 96 octets of 768 or more are kept for
    /// reports. Try again after an event, or give the client more memory.
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
    /// There is no received message with this ticket that waits for a report, no such
    /// subscription, or no such message to supply a payload for.
    UnknownTicket,
    /// The octets are not what was asked for: another place or length, or no UTF-8.
    WrongPart,
    /// Over 8 topics in one subscription, or none.
    TopicCount,
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
            Self::UnknownTicket => f.write_str("nothing with this name waits for it"),
            Self::WrongPart => f.write_str("not the part of the payload that was asked for"),
            Self::TopicCount => f.write_str("1 to 8 topics in one subscription expected"),
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
            Self::SessionBroken { times } => {
                write!(f, "the session broke {times} times while it was under way")
            }
            Self::TooLarge { limit } => write!(f, "the server takes {limit} octets at most"),
        }
    }
}

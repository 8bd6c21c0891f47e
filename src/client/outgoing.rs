//! A message as the application thinks of it.

use crate::message::{MessageId, Msg, Originator, Priority, Recipient, StoreAndForward};

/// A message to be sent: what to say, to whom, and how.
///
/// ```
/// use msgin5g::client::OutgoingMessage;
/// use msgin5g::message::{AsServiceId, Priority, Recipient};
///
/// let to = Recipient::As(AsServiceId::new("metering@utility.example")?);
/// let alarm = OutgoingMessage::text(to, "meter opened")
///     .with_report()
///     .with_priority(Priority::High);
/// assert!(alarm.report_wanted);
/// # Ok::<(), msgin5g::message::IdError>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[non_exhaustive]
pub struct OutgoingMessage<'a> {
    /// A UE, an Application Server, a group or a topic. A UE cannot broadcast
    /// (TS 23.554 clause 8.7.3 knows that from Application Servers only).
    pub recipient: Recipient<'a>,
    /// Which application at the recipient it is for; `None` for its default one.
    pub application_id: Option<&'a str>,
    /// Text. Octets go as base64 by agreement between the applications: `Client::send_octets` of
    /// feature `base64`.
    pub payload: &'a str,
    /// Whether the recipient shall report the delivery.
    pub report_wanted: bool,
    /// High goes first and is never aggregated. Middle by default.
    pub priority: Priority,
    /// Whether the server may keep the message while the recipient is away. No by default.
    pub store_and_forward: StoreAndForward<'a>,
    /// Whether it may go in segments (TS 23.554 clause 8.5) if it is longer than the configured
    /// segment size or than what can be sent. No by default: then it goes whole or is refused.
    #[cfg(feature = "segmentation")]
    pub may_segment: bool,
    /// Whether it may wait for others to the same target and go with them in one request
    /// (TS 23.554 clause 8.4). No by default. A message of priority High never does.
    #[cfg(feature = "aggregation")]
    pub may_aggregate: bool,
}

impl<'a> OutgoingMessage<'a> {
    /// A message of middle priority that asks for nothing.
    pub const fn text(recipient: Recipient<'a>, payload: &'a str) -> Self {
        Self {
            recipient,
            application_id: None,
            payload,
            report_wanted: false,
            priority: Priority::Middle,
            store_and_forward: StoreAndForward::No,
            #[cfg(feature = "segmentation")]
            may_segment: false,
            #[cfg(feature = "aggregation")]
            may_aggregate: false,
        }
    }

    /// The same message, with a wish for a delivery status report.
    #[must_use]
    pub const fn with_report(mut self) -> Self {
        self.report_wanted = true;
        self
    }

    /// The same message, with this priority.
    #[must_use]
    pub const fn with_priority(mut self, priority: Priority) -> Self {
        self.priority = priority;
        self
    }

    /// The same message, for this application at the recipient.
    #[must_use]
    pub const fn with_application_id(mut self, application_id: &'a str) -> Self {
        self.application_id = Some(application_id);
        self
    }

    /// The same message, which the server may keep while the recipient is away, until this date
    /// and time (RFC 3339) if any (TS 23.554 clause 8.3.6).
    #[must_use]
    pub const fn with_storing(mut self, expiration: Option<&'a str>) -> Self {
        self.store_and_forward = StoreAndForward::Yes { expiration };
        self
    }

    /// The same message, which may go in segments.
    #[cfg(feature = "segmentation")]
    #[must_use]
    pub const fn with_segments(mut self) -> Self {
        self.may_segment = true;
        self
    }

    /// The same message, which may go together with others.
    #[cfg(feature = "aggregation")]
    #[must_use]
    pub const fn with_aggregation(mut self) -> Self {
        self.may_aggregate = true;
        self
    }

    pub(super) const fn is_segmentable(&self) -> bool {
        #[cfg(feature = "segmentation")]
        return self.may_segment;
        #[cfg(not(feature = "segmentation"))]
        false
    }

    pub(super) const fn is_aggregable(&self) -> bool {
        #[cfg(feature = "aggregation")]
        return self.may_aggregate;
        #[cfg(not(feature = "aggregation"))]
        false
    }

    pub(super) fn to_msg(self, originator: Originator<'a>, message_id: MessageId<'a>) -> Msg<'a> {
        Msg {
            application_id: self.application_id,
            report_wanted: self.report_wanted,
            priority: Some(self.priority),
            store_and_forward: self.store_and_forward,
            ..Msg::new(originator, self.recipient, message_id, self.payload)
        }
    }
}

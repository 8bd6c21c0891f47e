//! The answer to a topic subscription (TS 23.554 clause 8.8.1, TS 29.538 TopicSubscriptionAck).
//!
//! The subscription itself has no JSON: it is a GET with Observe, whose topics stand in Uri-Query (UNCONFIRMED).

use super::{
    DecodeError, EncodeError, Outcome,
    members::{Fields, Members, Scope, Spans},
    wire::Member,
    writer::Writer,
};

/// What the server says to a subscription or its end.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct SubscriptionResponse<'a> {
    /// Whether it worked. An answer without it is read as its response code says.
    pub status: Option<Outcome<'a>>,
    /// Date and time (RFC 3339) when the subscription ends.
    pub expiration: Option<&'a str>,
    /// Why it failed, in free text.
    pub failure_cause: Option<&'a str>,
}

impl<'a> SubscriptionResponse<'a> {
    /// Reads the payload of a response. Strings are unescaped in place.
    ///
    /// # Errors
    /// [`DecodeError`], see there. An empty payload is not JSON: look before.
    pub fn decode(json: &'a mut [u8]) -> Result<Self, DecodeError> {
        let mut spans = Spans::new();
        let members = Members::read(json, &mut spans, Scope::CLIENT)?;
        let fields: &dyn Fields<'a> = &members;
        Ok(Self {
            status: fields.text(Member::SubscriptionStatus).map(Outcome::read),
            expiration: fields.text(Member::Expiration),
            failure_cause: fields.text(Member::FailureCause),
        })
    }

    /// Writes the payload of a response and tells its length in octets.
    ///
    /// # Errors
    /// [`EncodeError::BufferTooSmall`] tells the size that is enough.
    pub fn encode(&self, out: &mut [u8]) -> Result<usize, EncodeError> {
        let mut writer = Writer::answer(out);
        writer.optional_text(Member::SubscriptionStatus, self.status.map(Outcome::word));
        writer.optional_text(Member::Expiration, self.expiration);
        writer.optional_text(Member::FailureCause, self.failure_cause);
        writer.finish()
    }

    /// Whether the payload says no, whatever the response code says.
    #[must_use]
    pub fn is_refused(&self) -> bool {
        self.status.is_some_and(|status| !status.is_success())
    }
}

//! What the application asks a client for.

use rand_core::{CryptoRng, RngCore};

#[cfg(feature = "topics")]
use super::Subscription;
use super::core::Manner;
use super::membership::Membership;
use super::outbox::exchange::Exchange;
use super::payload::Payload;
use super::{Client, OutgoingMessage, ReportTicket, SendError};
#[cfg(doc)]
use super::{Event, Reports};
#[cfg(feature = "topics")]
use crate::message::MessagingTopic;
use crate::message::{ClientProfile, MessageId, Outcome};

impl<'m> Client<'m> {
    /// Registers with the server (TS 24.538 clause 6.3, TS 23.554 clause 8.2.1), now or as
    /// soon as there is a session. The outcome is [`Event::Registered`] or
    /// [`Event::RegistrationFailed`].
    ///
    /// # Errors
    ///
    /// [`SendError::Busy`] while a registration or de-registration is under way;
    /// [`SendError::TooLarge`] when the request does not fit the transmit memory.
    pub fn register(&mut self) -> Result<(), SendError> {
        self.core
            .change_membership(Membership::Registering(Exchange::NEW))
    }

    /// Tells the server another profile (TS 23.554 table 8.2.1-1) by registering again, at once
    /// if the client is registered: [`Event::Registered`].
    ///
    /// # Errors
    ///
    /// As for [`register`](Self::register).
    pub fn change_profile(&mut self, profile: ClientProfile<'m>) -> Result<(), SendError> {
        self.core.change_profile(profile)
    }

    /// A device trigger has come by SMS or NIDD (TS 23.554 clause 8.9): registers, now or as
    /// soon as there is a session, and sends at once what waited for its next attempt. That the
    /// UE is there lets the server deliver.
    pub fn on_device_trigger(&mut self) {
        self.core.on_device_trigger();
    }

    /// Ends the registration (TS 23.554 clause 8.2.2) once all that was accepted before
    /// has been answered or has failed, also what waits for its next attempt: that may take as
    /// long as the server puts it off. Reports that the application still owes are not waited for.
    /// The outcome is [`Event::Deregistered`].
    ///
    /// # Errors
    ///
    /// As for [`register`](Self::register).
    pub fn deregister(&mut self) -> Result<(), SendError> {
        self.core
            .change_membership(Membership::Deregistering(Exchange::NEW))
    }

    /// Accepts a message to a UE, an Application Server, a group or a topic
    /// (TS 23.554 clauses 8.3.2 and 8.7). It is kept until the server has answered; the
    /// outcome is [`Event::Accepted`], [`Event::Stored`] or [`Event::Failed`], and an
    /// [`Event::Report`] later where one was asked for.
    ///
    /// Returns the Message ID, 122 random bits from `rng`, by which all of these speak of it.
    ///
    /// # Errors
    ///
    /// [`SendError::OutboxFull`] and [`SendError::OutboxTooSmall`] pass by themselves,
    /// [`SendError::TooLarge`] does not. Nothing is accepted by halves.
    pub fn send(
        &mut self,
        message: &OutgoingMessage<'_>,
        rng: &mut (impl RngCore + CryptoRng),
    ) -> Result<MessageId<'static>, SendError> {
        self.accept(message, Payload::Text(message.payload), rng)
    }

    /// Accepts a message whose payload is octets, which go as base64: a
    /// [convention](crate::message::base64) of this crate that the recipient has to know. The payload of
    /// `message` itself does not count. The octets are written straight into the outbox, where they
    /// take a third more.
    ///
    /// # Errors
    ///
    /// As [`send`](Self::send).
    #[cfg(feature = "base64")]
    pub fn send_octets(
        &mut self,
        message: &OutgoingMessage<'_>,
        octets: &[u8],
        rng: &mut (impl RngCore + CryptoRng),
    ) -> Result<MessageId<'static>, SendError> {
        self.accept(message, Payload::Octets(octets), rng)
    }

    fn accept(
        &mut self,
        message: &OutgoingMessage<'_>,
        payload: Payload<'_>,
        rng: &mut (impl RngCore + CryptoRng),
    ) -> Result<MessageId<'static>, SendError> {
        let message_id = MessageId::Uuid(random_uuid(rng));
        let manner = Manner {
            may_segment: message.is_segmentable(),
            aggregate_id: message.is_aggregable().then(|| random_uuid(rng)),
        };
        let msg = OutgoingMessage {
            payload: payload.lent(),
            ..*message
        }
        .to_msg(self.core.us(), message_id);
        self.core.accept_message(&msg, payload, manner)?;
        Ok(message_id)
    }

    /// [`send`](Self::send) with a Message ID that was made elsewhere: a gateway keeps that of the
    /// constrained UE, so that reports match (TS 24.538 clause 6.4.2). It is never aggregated.
    ///
    /// # Errors
    ///
    /// As [`send`](Self::send).
    #[cfg(feature = "msgin5g-5")]
    pub fn send_as(
        &mut self,
        message: &OutgoingMessage<'_>,
        message_id: [u8; 16],
    ) -> Result<(), SendError> {
        let manner = Manner {
            may_segment: message.is_segmentable(),
            aggregate_id: None,
        };
        let msg = message.to_msg(self.core.us(), MessageId::Uuid(message_id));
        self.core
            .accept_message(&msg, Payload::Text(message.payload), manner)
    }

    /// Accepts a message whose payload of `len` octets the application holds, in flash or in a
    /// file. [`Event::PayloadWanted`] asks for it part by part, each time one can go out, and
    /// [`supply`](Self::supply) takes it. The payload of `message` itself does not count.
    ///
    /// The application keeps the payload as it is until [`Event::SegmentsReleased`] or
    /// [`Event::Failed`]: a part may be wanted again.
    ///
    /// # Errors
    ///
    /// As [`send`](Self::send).
    #[cfg(feature = "segmentation")]
    pub fn send_from(
        &mut self,
        message: &OutgoingMessage<'_>,
        len: usize,
        rng: &mut (impl RngCore + CryptoRng),
    ) -> Result<MessageId<'static>, SendError> {
        let message_id = MessageId::Uuid(random_uuid(rng));
        let msg = OutgoingMessage {
            payload: "",
            ..*message
        }
        .to_msg(self.core.us(), message_id);
        self.core.accept_segmented(&msg, Payload::Elsewhere(len))?;
        Ok(message_id)
    }

    /// Hands over the part of a payload that [`Event::PayloadWanted`] asked for: these octets,
    /// UTF-8 but for characters that go on beyond the part.
    ///
    /// # Errors
    ///
    /// [`SendError::Busy`] when something else is on its way out at the moment: the part is
    /// asked for again. [`SendError::WrongPart`] and [`SendError::UnknownTicket`] when it is not
    /// what was asked for.
    #[cfg(feature = "segmentation")]
    pub fn supply(
        &mut self,
        message_id: MessageId<'_>,
        offset: usize,
        part: &[u8],
        now: u64,
    ) -> Result<(), SendError> {
        self.core.supply(message_id, offset, part, now)
    }

    /// Subscribes to 1 to 8 messaging topics (TS 23.554 clause 8.8.1), until `expiration` (RFC
    /// 3339) or as long as the operator lets it. The outcome is [`Event::Subscribed`] or
    /// [`Event::SubscriptionEnded`]; messages on the topics come as [`Event::Message`].
    ///
    /// A subscription keeps its slot and its memory in the outbox until it ends.
    ///
    /// # Errors
    ///
    /// [`SendError::TopicCount`], and as [`send`](Self::send). A topic of more than 249 octets
    /// is [`SendError::TooLarge`].
    #[cfg(feature = "topics")]
    pub fn subscribe(
        &mut self,
        topics: &[MessagingTopic<'_>],
        expiration: Option<&str>,
    ) -> Result<Subscription, SendError> {
        self.core.subscribe(topics, expiration)
    }

    /// Ends a subscription (TS 23.554 clause 8.8.3): [`Event::SubscriptionEnded`].
    ///
    /// # Errors
    ///
    /// [`SendError::UnknownTicket`] when it has ended or is being ended already.
    #[cfg(feature = "topics")]
    pub fn unsubscribe(&mut self, subscription: Subscription) -> Result<(), SendError> {
        self.core.unsubscribe(subscription)
    }

    /// Changes until when (RFC 3339) the server at `destination` keeps a message that it stores,
    /// or has it discarded: `None` (TS 23.554 V19 clause 8.3.6.1). The outcome is
    /// [`Event::Updated`] or [`Event::UpdateFailed`].
    ///
    /// # Errors
    ///
    /// As [`send`](Self::send).
    #[cfg(feature = "stored-message-update")]
    pub fn update_stored(
        &mut self,
        message_id: MessageId<'_>,
        destination: &str,
        expiration: Option<&str>,
    ) -> Result<(), SendError> {
        self.core.update_stored(message_id, destination, expiration)
    }

    /// Reports what became of a received message (TS 23.554 clause 8.3.4), for
    /// [`Reports::ByApplication`]. `cause` says why, for a failure.
    ///
    /// # Errors
    ///
    /// [`SendError::UnknownTicket`] when the report has been given before. As for
    /// [`send`](Self::send) when a failure cannot be written down; the ticket stays good.
    pub fn report(
        &mut self,
        ticket: ReportTicket,
        outcome: Outcome<'_>,
        cause: Option<&str>,
    ) -> Result<(), SendError> {
        self.core.give_report(ticket, outcome, cause)
    }

    /// Asks the server for a sign of life: [`Event::Pong`] is the answer. A Ping over a stream (RFC
    /// 8323 section 5.4), an empty confirmable message over datagrams (RFC 7252 section 4.3); there
    /// requests go first, and one that comes after it takes its place, and its answer that of the
    /// event.
    pub fn ping(&mut self) {
        self.core.outbound.signals.ping = true;
    }

    /// Says that this session is about to be closed (RFC 8323 section 5.5), after all that
    /// can be sent now. Only over a stream.
    pub fn release(&mut self) {
        self.core.outbound.signals.release = true;
    }
}

/// A UUID of version 4 (RFC 9562 section 5.4).
fn random_uuid(rng: &mut (impl RngCore + CryptoRng)) -> [u8; 16] {
    let mut octets = [0; 16];
    rng.fill_bytes(&mut octets);
    let mut number = u128::from_be_bytes(octets);
    number = number & !(0xf << 76) | 0x4 << 76; // version
    number = number & !(0x3 << 62) | 0x2 << 62; // variant
    number.to_be_bytes()
}
